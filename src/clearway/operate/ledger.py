"""The ledger of guarantees at a moment, from the scenario and the log alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from clearway.model.agreement import (
    CONSENT_LEVELS,
    GIVEN,
    NO_REPLY,
    NOTIFIED,
    REFUSED,
    WITHDRAWN,
    Contact,
)
from clearway.model.facts import Text
from clearway.model.ledger import (
    ABSENT,
    DISPUTED,
    ENDS_BEFORE,
    IN_TIME,
    NO_RECORD,
    NOBODY,
    NOT_GIVEN,
    NOT_YET,
    NOTHING,
    NOTIFIED_LATE,
    OVERDUE,
    WAS_REFUSED,
    WAS_WITHDRAWN,
    Guarantee,
    Ledger,
    LedgerWindow,
    Notice,
)
from clearway.model.record import Record
from clearway.model.scenario import Scenario, row_of
from clearway.operate.known import Known, known
from clearway.operate.known_agreement import Standing, known_parties, party_named
from clearway.operate.known_windows import Stretches
from clearway.operate.state_said import Saying

_INSTEAD: Final = {REFUSED: WAS_REFUSED, WITHDRAWN: WAS_WITHDRAWN}

#: A party at a level.
Seat = tuple[Text, str]


def ledger(scenario: Scenario, records: Iterable[Record], now: datetime) -> Ledger:
    """Return the ledger at ``now``.

    Listed for a corridor is every party, at every level, that a consent, a contact or a notice
    names for it. A window is agreed only if each of them gave consent, with evidence, that holds
    until it closes, and if at each level somebody is listed.

    Parameters
    ----------
    scenario
        As it was before the pause.
    records
        Of the log, in any order.
    now
        A moment with a time zone.
    """
    return ledger_of(scenario, known(scenario, records, now), now)


def ledger_of(scenario: Scenario, conditions: Known, now: datetime) -> Ledger:
    """Return the ledger under conditions that are known already.

    Parameters
    ----------
    scenario
        As it was before the pause.
    conditions
        As known at ``now``, of the same scenario.
    now
        A moment with a time zone.
    """
    corridors = row_of(scenario.corridors)
    writer = _Writer(scenario, conditions, now)
    windows = sorted(
        (writer.window(one) for one in conditions.windows),
        key=lambda one: (one.opens.astimezone(UTC), corridors[one.corridor]),
    )
    return Ledger(scenario.id, now, tuple(windows))


class _Writer:
    """What the lines of a ledger are written from."""

    def __init__(self, scenario: Scenario, conditions: Known, now: datetime) -> None:
        self.scenario, self.conditions, self.now = scenario, conditions, now
        agreement = scenario.agreement
        everywhere = tuple(one.id for one in scenario.corridors)
        self.consents: dict[tuple[str, Seat], Standing] = {}
        self.seats: dict[str, dict[Seat, None]] = {name: {} for name in everywhere}
        self.contacts: dict[tuple[str, Seat], Contact] = {}
        for standing in conditions.consents:
            seat = (standing.consent.party, standing.consent.level)
            for name in standing.consent.corridors:
                self._worst(name, seat, standing)
                self.seats[name][seat] = None
        for contact in agreement.contacts:
            seat = (contact.party, contact.level)
            for name in contact.corridors or everywhere:
                self.seats[name].setdefault(seat)
                self.contacts.setdefault((name, seat), contact)
        self.notices = _notices(scenario, conditions)
        for name, seat, _ in self.notices:
            self.seats[name].setdefault(seat)

    def window(self, one: Stretches) -> LedgerWindow:
        """Return what stands for one window."""
        name, closes = one.window.corridor, one.window.closes
        opens = self._opens(one)
        day = self.scenario.moment(self.scenario.seconds(one.window.opens)).date()
        seats = self.seats[name]
        rows = []
        for level in CONSENT_LEVELS:
            own = [seat for seat in seats if seat[1] == level]
            rows += [self._row(one, name, day, seat) for seat in own]
            if not own:
                rows.append(_nobody(name, day, level))
        over = closes.astimezone(UTC) <= self.now.astimezone(UTC)
        return LedgerWindow(name, day, opens, closes, over, tuple(rows))

    def _opens(self, window: Stretches) -> datetime:
        """Return when a window opened, or is announced to open."""
        if window.late or not window.open_s:
            return window.window.opens
        return self.scenario.moment(window.open_s[0][0])

    def _worst(self, name: str, seat: Seat, standing: Standing) -> None:
        """Keep of two consents of one seat, which only a scenario can have, the one that is less.

        What the log says comes alone: it takes the place of what was said before.
        """
        before = self.consents.get((name, seat))
        if before is None or _rank(standing) < _rank(before):
            self.consents[name, seat] = standing

    def _row(self, window: Stretches, name: str, day: date, seat: Seat) -> Guarantee:
        standing, contact = self.consents.get((name, seat)), self.contacts.get((name, seat))
        consent = None if standing is None else standing.consent
        saying = None if standing is None else standing.saying
        return Guarantee(
            corridor=name,
            day=day,
            party=seat[0],
            level=seat[1],
            state=NOTHING if consent is None else consent.state,
            lacks=_lacks(standing, window.window.closes),
            evidence="" if consent is None else consent.evidence,
            expires=None if consent is None else consent.expires,
            told=None if saying is None else saying.at,
            record="" if saying is None else saying.record.hash,
            confirmation=NO_RECORD if saying is None else saying.confirmation,
            notice=self._notice(window, name, day, seat),
            role=None if contact is None else contact.role,
            channel=None if contact is None else contact.channel,
            backup=None if contact is None else contact.backup,
            if_lost=None if contact is None else contact.if_lost,
        )

    def _notice(self, window: Stretches, name: str, day: date, seat: Seat) -> Notice:
        told = self.scenario.agreement.notification
        due = None if told is None else self._opens(window) - told.lead
        found = self.notices.get((name, seat, day), [])
        announced = None if told is None or told.sent is None else told.sent
        if announced is not None and announced.astimezone(UTC) > self.now.astimezone(UTC):
            announced = None
        moments = [*([announced] if announced is not None else []), *(one.at for one in found)]
        first = min(moments, key=lambda at: at.astimezone(UTC), default=None)
        state = NOTHING if first is None else NOTIFIED
        if found:
            state = found[-1].event.about["state"]
        return Notice(
            state=state,
            at=found[-1].at if found else announced,
            first=first,
            channel=found[-1].event.about["channel"] if found else "",
            due=due,
            lead=_lead(state, first, due, self.now),
        )


def _notices(
    scenario: Scenario, conditions: Known
) -> Mapping[tuple[str, Seat, date], Sequence[Saying]]:
    """Return the notices by corridor, seat and day, each in order."""
    parties = known_parties(scenario)
    corridors = [one.id for one in scenario.corridors]
    found: dict[tuple[str, Seat, date], list[Saying]] = defaultdict(list)
    for one in conditions.of("notice"):
        about = one.event.about
        try:
            day = date.fromisoformat(about["window"].strip())
        except ValueError:
            continue
        seat = (party_named(about["party"], parties), about["level"])
        for name in about["corridors"] or corridors:
            if name in corridors:
                found[name, seat, day].append(one)
    return found


def _rank(standing: Standing) -> tuple[bool, float]:
    """Return what orders consents of one seat: those not given first, then those that end first."""
    consent = standing.consent
    ends = float("inf") if consent.expires is None else consent.expires.timestamp()
    return consent.state == GIVEN, ends


def _lacks(standing: Standing | None, closes: datetime) -> str:
    if standing is None:
        return ABSENT
    consent = standing.consent
    if consent.state != GIVEN:
        return _INSTEAD.get(consent.state, NOT_GIVEN)
    ends = consent.expires
    if ends is not None and ends.astimezone(UTC) < closes.astimezone(UTC):
        return ENDS_BEFORE
    disputed = standing.saying is not None and standing.saying.confirmation == DISPUTED
    return DISPUTED if disputed else ""


def _lead(state: str, first: datetime | None, due: datetime | None, now: datetime) -> str:
    """Say how a notice stands beside its lead time."""
    if state == NO_REPLY:
        return NO_REPLY
    if due is None:
        return ""
    by = due.astimezone(UTC)
    if first is None:
        return NOT_YET if now.astimezone(UTC) <= by else OVERDUE
    return IN_TIME if first.astimezone(UTC) <= by else NOTIFIED_LATE


def _nobody(corridor: str, day: date, level: str) -> Guarantee:
    unknown = Notice(NOTHING, None, None, "", None, "")
    return Guarantee(
        corridor, day, None, level, NOTHING, NOBODY, "", None, None, "", NO_RECORD, unknown
    )
