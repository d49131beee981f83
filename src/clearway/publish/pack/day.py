"""One day of a plan: who is called, what drives, and the hours that bind both."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from clearway.errors import Breach, ScenarioError
from clearway.model.corridor import Corridor, Window
from clearway.model.duty import ConvoyRun, Load
from clearway.model.fleet import Convoy
from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario
from clearway.publish.pack.place import decimal, mgrs, sexagesimal
from clearway.publish.pack.sheet import Facts, both
from clearway.publish.rides import Shift, rides
from clearway.publish.walks import walks

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Call:
    """One movement of the day.

    Attributes
    ----------
    movement
        As planned.
    until_s
        When the last of it leaves home.
    gate_s, gate_until_s
        When the first and the last of it are at the mouth.
    last_s
        When it may be called at the latest; None if that is never.
    """

    movement: Movement
    until_s: int
    gate_s: int
    gate_until_s: int
    last_s: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """All that is printed is drawn from here.

    Attributes
    ----------
    scenario, plan, date
        Of which day of what.
    calls
        Movements by departure, then id.
    shifts, convoys
        What vehicles and convoys do.
    """

    scenario: Scenario
    plan: Plan
    date: date
    calls: tuple[Call, ...]
    shifts: tuple[Shift, ...]
    convoys: tuple[tuple[Convoy, ConvoyRun], ...]

    def windows(self, corridor: str) -> tuple[Window, ...]:
        """Return the windows of a corridor that open on this day, in order."""
        return tuple(one for one in self.all_windows if one.corridor == corridor)

    @property
    def all_windows(self) -> tuple[Window, ...]:
        """All windows that open on this day, by opening."""
        scenario = self.scenario
        own = [
            one
            for one in scenario.windows
            if scenario.moment(scenario.seconds(one.opens)).date() == self.date
        ]
        return tuple(sorted(own, key=lambda one: scenario.seconds(one.opens)))

    @property
    def corridors(self) -> tuple[Corridor, ...]:
        """Corridors with a window on this day."""
        open_ones = {one.corridor for one in self.all_windows}
        return tuple(one for one in self.scenario.corridors if one.id in open_ones)

    def letter(self, group: str) -> str:
        """Return the letter by which tables name a group."""
        row = [one.id for one in self.scenario.groups].index(group)
        return _LETTERS[row] if row < len(_LETTERS) else f"G{row + 1}"

    def legend(self, groups: Iterable[str]) -> list[Facts]:
        """Return what the letters of ``groups`` mean, in the scenario's order."""
        used = set(groups)
        return [
            {"letter": self.letter(one.id), "name": both(one.name)}
            for one in self.scenario.groups
            if one.id in used
        ]

    def load(self, load: Load) -> Facts:
        """Return a load as it stands in a row; order numbers are counted from 1."""
        return {
            "group": self.letter(load.group),
            "households": load.households,
            "persons": load.persons,
            "first": load.first_household + 1,
        }

    def spot(self, node: int) -> Facts:
        """Return where a node is, in three notations."""
        nodes = self.scenario.network.nodes
        row = self.scenario.network.node_index([node])[0]
        return spot(float(nodes.lat[row]), float(nodes.lon[row]))

    def site(self, code: str) -> tuple[Facts, Facts] | None:
        """Return name and place of a reception site, hospital or depot; None if unknown."""
        scenario = self.scenario
        for reception in scenario.receptions:
            if reception.id == code:
                return both(reception.name), self.spot(reception.node)
        for hospital in scenario.care.hospitals:
            if hospital.id == code:
                return both(hospital.name), spot(hospital.lat, hospital.lon)
        for depot in scenario.fleet.depots:
            if depot.id == code:
                return both(depot.name), spot(depot.lat, depot.lon)
        return None


def spot(lat: float, lon: float) -> Facts:
    """Return one place in three notations."""
    return {"dd": decimal(lat, lon), "dms": sexagesimal(lat, lon), "mgrs": mgrs(lat, lon)}


def day_of(scenario: Scenario, plan: Plan, date: date) -> Day:
    """Return one day of ``plan``.

    Raises
    ------
    ScenarioError
        If no corridor opens on that day.
    """
    days = sorted({scenario.moment(scenario.seconds(one.opens)).date() for one in scenario.windows})
    if date not in days:
        known = ", ".join(one.isoformat() for one in days)
        rule = f"must be a day on which a corridor opens: {known}"
        raise ScenarioError((Breach("", 0, "day", date.isoformat(), rule),))
    ridden = rides(scenario, plan)
    return Day(
        scenario=scenario,
        plan=plan,
        date=date,
        calls=tuple(_calls(scenario, plan, date)),
        shifts=tuple(one for one in ridden.shifts if one.day == date),
        convoys=tuple(
            (convoy, run)
            for convoy, run in ridden.convoys
            if scenario.moment(run.trip.gate_in_s).date() == date
        ),
    )


def only(scenario: Scenario, plan: Plan, date: date) -> Plan:
    """Return what ``plan`` does on one day, without its levels: all that its abort cards need."""

    def on_day(seconds: float) -> bool:
        return scenario.moment(seconds).date() == date

    return plan.replace(
        movements=tuple(one for one in plan.movements if on_day(one.depart_s)),
        duties=tuple(one for one in plan.duties if on_day(one.trips[0].gate_in_s)),
        convoys=tuple(one for one in plan.convoys if on_day(one.trip.gate_in_s)),
        levels=(),
    )


def _calls(scenario: Scenario, plan: Plan, date: date) -> list[Call]:
    walked = walks(scenario, plan)
    last = {}
    if plan.rules is not None:
        last = {
            (one.zone, one.group, one.corridor): one.before_s for one in plan.rules.last_departures
        }
    found = []
    for row, movement in enumerate(walked.movements):
        if scenario.moment(movement.depart_s).date() != date:
            continue
        walk = int(walked.gate_s[row])
        through = int(walked.corridor_s[walked.corridor[row], walked.group[row]])
        margin = scenario.corridors[int(walked.corridor[row])].margin_s
        usual = math.ceil(walk + through + margin)
        before = last.get((movement.zone, movement.group, movement.corridor), usual)
        span = int(walked.span_s[row])
        window = _window(scenario, movement, movement.depart_s)
        found.append(
            Call(
                movement=movement,
                until_s=movement.depart_s + span,
                gate_s=movement.depart_s + walk,
                gate_until_s=movement.depart_s + walk + span,
                last_s=None if window is None else latest(scenario, window, before),
            )
        )
    return sorted(found, key=lambda one: (one.movement.depart_s, one.movement.id))


def _window(scenario: Scenario, movement: Movement, depart_s: int) -> Window | None:
    """Return the window that a movement uses: nobody leaves home before it opened."""
    opened = [
        one
        for one in scenario.windows
        if one.corridor == movement.corridor and scenario.seconds(one.opens) <= depart_s
    ]
    return max(opened, key=lambda one: scenario.seconds(one.opens), default=None)


def latest(scenario: Scenario, window: Window, before_s: float) -> int | None:
    """Return the last whole minute so long before a closing; None if the window opens later.

    A clock has no seconds: it is rounded down, so that nobody is ever told a later moment.
    """
    opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
    moment = math.floor((closes - before_s) / _MINUTE_S) * _MINUTE_S
    return moment if moment >= opens else None
