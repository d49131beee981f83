"""What was agreed with whom, what bars a corridor, and who decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from clearway.model.checks import Checks
from clearway.model.facts import Text

HEADQUARTERS, LOCAL, GATE = "headquarters", "local", "gate"
CONSENT_LEVELS: Final = (HEADQUARTERS, LOCAL, GATE)
NOTIFIED, ACKNOWLEDGED, NO_REPLY = "notified", "acknowledged", "no reply"
GIVEN, REFUSED, WITHDRAWN = "given", "refused", "withdrawn"
CONSENT_STATES: Final = (NOTIFIED, ACKNOWLEDGED, NO_REPLY, GIVEN, REFUSED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Consent:
    """What one party said, at one level, to some of the corridors.

    Attributes
    ----------
    id
        Short code, unique in the scenario.
    party
        Whose consent is needed.
    level
        One of ``CONSENT_LEVELS``.
    corridors
        Ids of the corridors that it is about.
    state
        One of ``CONSENT_STATES``; only ``given`` counts.
    evidence
        Where it is recorded; empty only where it was not given.
    expires
        Moment until which it holds; None without end.
    source
        Where this record comes from.
    """

    id: str
    party: Text
    level: str
    corridors: tuple[str, ...]
    state: str
    evidence: str
    expires: datetime | None
    source: str

    def __post_init__(self) -> None:
        """Refuse unknown levels and states, and a consent given without evidence."""
        checks = Checks(f"consent {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        levels, states = CONSENT_LEVELS, CONSENT_STATES
        checks.that(self.level in levels, "level", self.level, f"must be one of {levels}")
        checks.that(self.state in states, "state", self.state, f"must be one of {states}")
        checks.that(bool(self.corridors), "corridors", "", "must name at least one")
        proved = self.state != GIVEN or bool(self.evidence.strip())
        checks.that(proved, "evidence", self.evidence, "must be told where consent was given")
        zoned = self.expires is None or self.expires.tzinfo is not None
        checks.that(zoned, "expires", self.expires, "must carry a time zone")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Hazard:
    """Something at a corridor that bars its use, or that people must be told.

    Attributes
    ----------
    corridor
        Id.
    text
        What was reported.
    bars
        Whether nobody should be sent there while it lasts.
    source
        Where it comes from.
    """

    corridor: str
    text: Text
    bars: bool
    source: str

    def __post_init__(self) -> None:
        """Refuse a hazard without source."""
        checks = Checks(f"hazard {self.corridor}")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Notification:
    """When the parties were told of the pause, and how long before it they must be.

    Attributes
    ----------
    sent
        Moment; None if it was not recorded.
    lead
        Least time between it and the first opening (48 hours, 24 in an emergency).
    source
        Where both come from.
    """

    sent: datetime | None
    lead: timedelta
    source: str

    def __post_init__(self) -> None:
        """Refuse a moment without a zone and a negative lead."""
        checks = Checks("notification")
        zoned = self.sent is None or self.sent.tzinfo is not None
        checks.that(zoned, "sent", self.sent, "must carry a time zone")
        checks.that(self.lead >= timedelta(0), "lead", self.lead, "must be 0 or more")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Decider:
    """The role that decides whether the pause runs, and when the decision is looked at again.

    Attributes
    ----------
    role
        A role, never a person.
    review
        Moment of the next review; None if none was set.
    """

    role: Text
    review: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a moment without a zone."""
        checks = Checks("decider")
        zoned = self.review is None or self.review.tzinfo is not None
        checks.that(zoned, "review", self.review, "must carry a time zone")
        checks.done()


@dataclass(frozen=True, slots=True)
class Provision:
    """Something that is done for those who stay.

    Attributes
    ----------
    text
        What.
    source
        Who committed to it, and where that is recorded.
    """

    text: Text
    source: str

    def __post_init__(self) -> None:
        """Refuse a provision without source."""
        checks = Checks("provision")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Contact:
    """How one level of one party is reached, and how if that fails.

    Attributes
    ----------
    party
        Whose.
    level
        One of ``CONSENT_LEVELS``.
    corridors
        Ids of the corridors that it is for; empty for all.
    role
        Who answers: a role, never a person.
    channel, backup
        Such as a radio channel or a telephone number; the backup must be another one.
    if_lost
        What is done when neither answers.
    source
        Where this comes from.
    """

    party: Text
    level: str
    corridors: tuple[str, ...]
    role: Text
    channel: str
    backup: str
    if_lost: Text
    source: str

    def __post_init__(self) -> None:
        """Refuse unknown levels, and a contact without a channel of its own for backup."""
        checks = Checks(f"contact {self.party.en} {self.level}")
        levels = CONSENT_LEVELS
        checks.that(self.level in levels, "level", self.level, f"must be one of {levels}")
        for field in ("channel", "backup", "source"):
            told = getattr(self, field)
            checks.that(bool(told.strip()), field, told, "must not be empty")
        other = self.backup.strip() != self.channel.strip()
        checks.that(other, "backup", self.backup, "must be another channel")
        checks.done()


@dataclass(frozen=True, slots=True)
class Agreement:
    """All that is on record about whether the pause may run.

    Attributes
    ----------
    consents, hazards, provisions, contacts
        In the scenario's order.
    notification, decider
        None if the scenario says nothing.
    """

    consents: tuple[Consent, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    provisions: tuple[Provision, ...] = ()
    notification: Notification | None = None
    decider: Decider | None = None
    contacts: tuple[Contact, ...] = ()

    def __post_init__(self) -> None:
        """Refuse repeated ids."""
        checks = Checks("agreement")
        checks.unique("consents.id", [consent.id for consent in self.consents])
        checks.done()
