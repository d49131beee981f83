"""Counts of persons for one profile: which are told, and which are hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clearway.model.event import Event
from clearway.model.plan import Movement, Plan
from clearway.model.population import Demand
from clearway.model.scenario import Scenario
from clearway.model.verdict import CareTally, Verdict
from clearway.publish.release.fields import event_rule, rule_of
from clearway.publish.release.profiles import Profile
from clearway.publish.release.suppress import Key, Sum, suppressed

INSIDE, WILLING, OUT = "inside", "willing", "out"
LISTED, RED = "patients listed", "red patients"
PATIENTS_OUT, RED_OUT, COMPANIONS = "patients out", "red patients out", "companions out"
BEDS = "beds used"
#: Differences that a reader can compute: never published, and never given away.
_STAY, _LEFT, _WAIT, _RODE = "stay", "left", "wait", "rode"
_MOVEMENT, _EVENT = "movement", "event"


@dataclass(frozen=True, slots=True)
class Row:
    """One count in a table.

    Attributes
    ----------
    what
        Such as ``out``.
    by, where
        What the table is split by, such as ``zone``, and which; both empty for the total.
    persons
        None if it is hidden.
    """

    what: str
    by: str
    where: str
    persons: int | None


@dataclass(frozen=True, slots=True)
class Tallies:
    """All counts of persons that a profile is told.

    Attributes
    ----------
    rows
        The tables' counts, totals first.
    movements
        Persons of each movement by its id; None if hidden.
    events
        Persons of each event that counts some, by its place in the list; None if hidden.
    """

    rows: tuple[Row, ...] = ()
    movements: Mapping[str, int | None] = field(default_factory=dict)
    events: Mapping[int, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Ledger:
    """Entries while they are gathered; those of classes that the profile sees are published."""

    profile: Profile
    values: dict[Key, int] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    never: set[Key] = field(default_factory=set)

    def add(self, key: Key, value: float, noun: type, name: str) -> None:
        self.values[key] = round(value)
        if not self.profile.allows(rule_of(noun, name).classes):
            self.never.add(key)

    def tie(self, total: Key, parts: Sequence[Key]) -> None:
        """Tie a total to its parts, where the numbers say that they belong together."""
        if parts and self.values[total] == sum(self.values[part] for part in parts):
            self.sums.append(Sum(total, tuple(parts)))

    def differ(self, name: str, most: Key, least: Key) -> None:
        """Guard what lies between two counts, such as those who stay behind."""
        between = self.values[most] - self.values[least]
        if between >= 0:
            key = (name, *most, *least)
            self.values[key] = between
            self.never.add(key)
            self.sums.append(Sum(most, (least, key)))


def tallies(
    profile: Profile,
    scenario: Scenario,
    plan: Plan | None,
    verdict: Verdict | None,
    events: Sequence[Event],
) -> Tallies:
    """Return the counts that ``profile`` is told, the small ones hidden.

    Parameters
    ----------
    profile
        Whose eyes; one that sees everything is told every count.
    scenario, plan, verdict
        What was planned, and what the judge found; the last two may be missing.
    events
        Of the log, in the order in which they are released.
    """
    ledger = _Ledger(profile)
    _inside(ledger, scenario)
    if verdict is not None:
        _out(ledger, scenario, verdict)
        if verdict.care is not None:
            _care(ledger, verdict.care)
    if plan is not None:
        _movements(ledger, scenario, plan)
    _counted(ledger, events)
    hidden = frozenset[Key]()
    if not profile.whole:
        hidden = suppressed(ledger.values, ledger.sums, ledger.never)
    return _told(ledger, hidden)


def _inside(ledger: _Ledger, scenario: Scenario) -> None:
    persons = scenario.demand.persons
    zones, groups = persons.sum(axis=1).tolist(), persons.sum(axis=0).tolist()
    ledger.add((INSIDE, "", ""), int(persons.sum()), Verdict, "people_inside")
    for zone, count in zip(scenario.zones, zones, strict=True):
        ledger.add((INSIDE, "zone", zone.id), count, Demand, "households")
    for group, count in zip(scenario.groups, groups, strict=True):
        ledger.add((INSIDE, "group", group.id), count, Demand, "households")
    for by in ("zone", "group"):
        ledger.tie((INSIDE, "", ""), _keys(ledger, INSIDE, by))


def _out(ledger: _Ledger, scenario: Scenario, verdict: Verdict) -> None:
    ledger.add((WILLING, "", ""), verdict.people_willing, Verdict, "people_willing")
    ledger.add((OUT, "", ""), verdict.people_out, Verdict, "people_out")
    zones = [zone.id for zone in scenario.zones]
    groups = [group.id for group in scenario.groups]
    told = (
        (WILLING, "zone", zip(zones, verdict.willing_by_zone, strict=True), "willing_by_zone"),
        (OUT, "zone", zip(zones, verdict.out_by_zone, strict=True), "out_by_zone"),
        (OUT, "group", zip(groups, verdict.out_by_group, strict=True), "out_by_group"),
        (OUT, "day", iter(verdict.out_by_day), "out_by_day"),
    )
    for what, by, pairs, name in told:
        for where, count in pairs:
            ledger.add((what, by, where), count, Verdict, name)
        ledger.tie((what, "", ""), _keys(ledger, what, by))
    for place in (("", ""), *(("zone", zone) for zone in zones)):
        ledger.differ(_STAY, (INSIDE, *place), (WILLING, *place))
        ledger.differ(_LEFT, (WILLING, *place), (OUT, *place))
    for place in (("", ""), *(("zone", zone) for zone in zones), *(("group", g) for g in groups)):
        ledger.differ(_LEFT, (INSIDE, *place), (OUT, *place))


def _care(ledger: _Ledger, care: CareTally) -> None:
    for what, count, name in (
        (LISTED, care.listed, "listed"),
        (PATIENTS_OUT, care.out, "out"),
        (RED, care.red, "red"),
        (RED_OUT, care.red_out, "red_out"),
        (COMPANIONS, care.companions_out, "companions_out"),
    ):
        ledger.add((what, "", ""), count, CareTally, name)
    for colour, listed, out in care.colours:
        ledger.add((LISTED, "colour", colour), listed, CareTally, "colours")
        ledger.add((PATIENTS_OUT, "colour", colour), out, CareTally, "colours")
        ledger.differ(_WAIT, (LISTED, "colour", colour), (PATIENTS_OUT, "colour", colour))
    for hospital, kind, _, used in care.beds:
        ledger.add((BEDS, "bed", f"{hospital} {kind}"), used, CareTally, "beds")
    for what, by, of in (
        (LISTED, "colour", LISTED),
        (PATIENTS_OUT, "colour", PATIENTS_OUT),
        (PATIENTS_OUT, "bed", BEDS),
    ):
        ledger.tie((what, "", ""), _keys(ledger, of, by))
    ledger.differ(_WAIT, (LISTED, "", ""), (PATIENTS_OUT, "", ""))
    ledger.differ(_WAIT, (LISTED, "", ""), (RED, "", ""))
    ledger.differ(_WAIT, (RED, "", ""), (RED_OUT, "", ""))
    ledger.differ(_WAIT, (PATIENTS_OUT, "", ""), (RED_OUT, "", ""))


def _movements(ledger: _Ledger, scenario: Scenario, plan: Plan) -> None:
    """Add each movement where its count is told; with those of a zone that ride, they are its."""
    if not ledger.profile.allows(rule_of(Movement, "persons").classes):
        return
    by_zone: dict[str, list[Key]] = {zone.id: [] for zone in scenario.zones}
    for move in plan.movements:
        key = (_MOVEMENT, move.id)
        ledger.add(key, move.persons, Movement, "persons")
        by_zone.setdefault(move.zone, []).append(key)
    for zone, keys in by_zone.items():
        total = (OUT, "zone", zone)
        if total in ledger.values:
            _tie_zone(ledger, total, keys)


def _tie_zone(ledger: _Ledger, total: Key, keys: list[Key]) -> None:
    """Tie a zone's persons to its movements; what else came out of it rode."""
    rode = ledger.values[total] - sum(ledger.values[key] for key in keys)
    if rode > 0:
        ride = (_RODE, *total)
        ledger.values[ride] = rode
        ledger.never.add(ride)
        ledger.tie(total, [*keys, ride])
    elif rode == 0:
        ledger.tie(total, keys)


def _counted(ledger: _Ledger, events: Sequence[Event]) -> None:
    allowed = ledger.profile.allows(event_rule("count", "persons").classes)
    for n, event in enumerate(events):
        if event.kind == "count" and allowed:
            ledger.values[(_EVENT, str(n))] = event.about["persons"]


def _keys(ledger: _Ledger, what: str, by: str) -> list[Key]:
    return [key for key in ledger.values if key[:2] == (what, by)]


def _told(ledger: _Ledger, hidden: frozenset[Key]) -> Tallies:
    shown = {
        key: None if key in hidden else value
        for key, value in ledger.values.items()
        if key not in ledger.never
    }
    return Tallies(
        rows=tuple(_rows(shown)),
        movements={key[1]: count for key, count in shown.items() if key[0] == _MOVEMENT},
        events={int(key[1]): count for key, count in shown.items() if key[0] == _EVENT},
    )


def _rows(shown: Mapping[Key, int | None]) -> Iterator[Row]:
    for key, count in shown.items():
        if key[0] not in {_MOVEMENT, _EVENT}:
            what, by, where = key
            yield Row(what, by, where, count)
