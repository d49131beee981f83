"""The ledger of guarantees: who consented to what, what is missing, and who must be told when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from clearway.model.agreement import CONSENT_LEVELS, CONSENT_STATES, NO_REPLY
from clearway.model.checks import Checks
from clearway.model.event import NOTICE_STATES
from clearway.model.facts import Text

#: Nothing is on record.
NOTHING: Final = ""
#: Why a consent does not count: nobody is listed at that level, nothing is on record, what is on
#: record is no consent, it was refused, it was withdrawn, it ends before the closing, a second
#: person does not stand for its record.
NOBODY, ABSENT, NOT_GIVEN = "nobody listed", "nothing on record", "not given"
WAS_REFUSED, WAS_WITHDRAWN, ENDS_BEFORE = "refused", "withdrawn", "ends before closing"
#: How a notice stands beside its lead time: in time, after it, to be sent still, should have been
#: sent by now, sent and not answered.
IN_TIME, NOTIFIED_LATE, NOT_YET, OVERDUE = "in time", "notified late", "not yet", "overdue"
LEADS: Final = ("", IN_TIME, NOTIFIED_LATE, NOT_YET, OVERDUE, NO_REPLY)
#: Whether a second key stood for the record: it is none of the log's, nobody did, one did, one
#: does not agree.
NO_RECORD, ALONE, CONFIRMED, DISPUTED = "", "alone", "confirmed", "disputed"
CONFIRMATIONS: Final = (NO_RECORD, ALONE, CONFIRMED, DISPUTED)
LACKS: Final = (
    "",
    NOBODY,
    ABSENT,
    NOT_GIVEN,
    WAS_REFUSED,
    WAS_WITHDRAWN,
    ENDS_BEFORE,
    DISPUTED,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What one party was told of one window, at one level, and what came back.

    Attributes
    ----------
    state
        One of ``clearway.model.event.NOTICE_STATES``; empty if nothing is on record.
    at
        Moment of the last record.
    first
        Moment of the first notice, which the lead time is measured by.
    channel
        By which it was last sent; may be empty.
    due
        Moment by which notice must be sent: the lead time before the opening. None if no lead
        time is set.
    lead
        One of ``LEADS``; empty if no lead time is set.
    """

    state: str
    at: datetime | None
    first: datetime | None
    channel: str
    due: datetime | None
    lead: str

    def __post_init__(self) -> None:
        """Refuse words that are not in the lists."""
        checks = Checks("notice")
        states = (NOTHING, *NOTICE_STATES)
        checks.that(self.state in states, "state", self.state, f"must be one of {states}")
        checks.that(self.lead in LEADS, "lead", self.lead, f"must be one of {LEADS}")
        checks.done()

    @property
    def warns(self) -> bool:
        """Whether somebody has to see to it."""
        return self.lead in {NOTIFIED_LATE, OVERDUE, NO_REPLY}


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One line of the ledger: a party at a level, for one window.

    Attributes
    ----------
    corridor
        Id.
    day
        Local date of the window's opening.
    party
        Whose; None where nobody is listed at that level.
    level
        One of ``clearway.model.agreement.CONSENT_LEVELS``.
    state
        One of ``clearway.model.agreement.CONSENT_STATES``; empty if nothing is on record.
    lacks
        One of ``LACKS``; empty if this consent counts.
    evidence
        Where it is recorded.
    expires
        Until when it holds; None without end.
    told
        When it was told; None if it stands in the scenario.
    record
        Hash of its record; empty if it stands in the scenario.
    confirmation
        One of ``CONFIRMATIONS``.
    notice
        What they were told of this window.
    role, channel, backup, if_lost
        How they are reached; None where no contact is listed.
    """

    corridor: str
    day: date
    party: Text | None
    level: str
    state: str
    lacks: str
    evidence: str
    expires: datetime | None
    told: datetime | None
    record: str
    confirmation: str
    notice: Notice
    role: Text | None = None
    channel: str | None = None
    backup: str | None = None
    if_lost: Text | None = None

    def __post_init__(self) -> None:
        """Refuse words that are not in the lists."""
        checks = Checks(f"guarantee {self.corridor} {self.level}")
        states = (NOTHING, *CONSENT_STATES)
        for field, known in (
            ("level", CONSENT_LEVELS),
            ("state", states),
            ("lacks", LACKS),
            ("confirmation", CONFIRMATIONS),
        ):
            told = getattr(self, field)
            checks.that(told in known, field, told, f"must be one of {known}")
        checks.done()

    @property
    def counts(self) -> bool:
        """Whether this consent was given and holds until the window closes."""
        return not self.lacks


@dataclass(frozen=True, slots=True)
class LedgerWindow:
    """One window of one corridor, and all who have to consent to it.

    Attributes
    ----------
    corridor
        Id.
    day
        Local date of its opening.
    opens, closes
        As known now.
    over
        Whether it is over.
    rows
        By level, then in the order in which parties are named; one for each level at which nobody
        is listed.
    """

    corridor: str
    day: date
    opens: datetime
    closes: datetime
    over: bool
    rows: tuple[Guarantee, ...]

    @property
    def agreed(self) -> bool:
        """Whether every party listed consented at every level until its closing (R1)."""
        return bool(self.rows) and all(row.counts for row in self.rows)

    @property
    def missing(self) -> tuple[Guarantee, ...]:
        """What is missing, by name."""
        return tuple(row for row in self.rows if not row.counts)

    @property
    def warnings(self) -> tuple[Guarantee, ...]:
        """Whose notice somebody has to see to."""
        return tuple(row for row in self.rows if row.party is not None and row.notice.warns)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All windows as they stand at one moment.

    Attributes
    ----------
    scenario
        Id.
    now
        When.
    windows
        By opening, then in the order of the scenario's corridors.
    """

    scenario: str
    now: datetime
    windows: tuple[LedgerWindow, ...]

    @property
    def rows(self) -> tuple[Guarantee, ...]:
        """Every line."""
        return tuple(row for window in self.windows for row in window.rows)

    def window(self, corridor: str, day: date) -> LedgerWindow:
        """Return the window of a corridor and day; ``KeyError`` if there is none."""
        for one in self.windows:
            if (one.corridor, one.day) == (corridor, day):
                return one
        raise KeyError((corridor, day))
