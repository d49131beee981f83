"""Good plans broken on purpose, one way at a time, each with the breach that must be named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from clearway.model.network import CLOSED, OUTSIDE, Links, Network
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Movement, Plan
from clearway.model.scenario import Scenario
from tests.plans import greedy_plan
from tests.scenarios import late_window, narrow_street, one_corridor, two_gates

Case = tuple[Scenario, Plan]


@dataclass(frozen=True)
class Break:
    """One way to break a plan.

    Attributes
    ----------
    name
        What is wrong.
    rule, where
        What the judge must name; ``where`` is how the place begins.
    make
        Gives a scenario with the broken plan.
    """

    name: str
    rule: str
    where: str
    make: Callable[[], Case]


def _two_blocks() -> Case:
    """One zone in two movements, M1 at 08:00 and M2 at 08:15, through a wide gate."""
    scenario = one_corridor(gates_persons_per_h=(3600.0,))
    return scenario, _silent(greedy_plan(scenario, most_households=14))


def _many_blocks() -> Case:
    """Three zones, two groups, two corridors, half of all households willing."""
    scenario = two_gates(uptake=0.5)
    return scenario, _silent(greedy_plan(scenario))


def _silent(plan: Plan) -> Plan:
    """Return ``plan`` without claims, which most breaks would make untrue as well."""
    return plan.replace(levels=())


def _changed(case: Case, name: str, **changes: Any) -> Case:
    scenario, plan = case
    moves = tuple(replace(m, **changes) if m.id == name else m for m in plan.movements)
    assert moves != plan.movements
    return scenario, plan.replace(movements=moves)


def _move(case: Case, name: str) -> Movement:
    return next(move for move in case[1].movements if move.id == name)


def _links(scenario: Scenario, **columns: Any) -> Scenario:
    """Return the scenario with other columns of its links."""
    old = scenario.network.links
    kept = {field: getattr(old, field) for field in Links.__slots__}
    return scenario.replace(network=Network(scenario.network.nodes, Links(**(kept | columns))))


def _last_of(case: Case, zone: str) -> Movement:
    return [move for move in case[1].movements if move.zone == zone and move.group == "G1"][-1]


def _beyond_willing() -> Case:
    case = _many_blocks()
    move = _last_of(case, "Z1")
    sizes = case[0].demand.sequence(0, 0)
    end = move.first_household + move.households
    assert end == len(case[0].demand.willing(0, 0, 0.5))
    persons = move.persons + int(sizes[end])
    return _changed(case, move.id, households=move.households + 1, persons=persons)


def _called_twice() -> Case:
    case = _two_blocks()
    move, sizes = _move(case, "M2"), case[0].demand.sequence(0, 0)
    first = move.first_household - 1
    persons = move.persons + int(sizes[first])
    households = move.households + 1
    return _changed(case, "M2", first_household=first, households=households, persons=persons)


def _hole() -> Case:
    scenario, plan = _two_blocks()
    return scenario, plan.replace(movements=plan.movements[1:])


def _swapped() -> Case:
    case = _changed(_two_blocks(), "M1", depart_s=900)
    return _changed(case, "M2", depart_s=0)


def _route(change: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Case:
    case = _two_blocks()
    return _changed(case, "M1", links=change(_move(case, "M1").links))


def _other_start() -> Case:
    case = _many_blocks()
    other = next(m for m in case[1].movements if m.zone == "Z2" and m.corridor == "C1")
    move = next(m for m in case[1].movements if m.zone == "Z1" and m.corridor == "C1")
    return _changed(case, move.id, links=other.links)


def _other_corridor() -> Case:
    case = _many_blocks()
    move = next(m for m in case[1].movements if m.corridor == "C1")
    return _changed(case, move.id, corridor="C2")


def _closed_street() -> Case:
    scenario, plan = _two_blocks()
    state = scenario.network.links.state.copy()
    state[scenario.network.links.id == 1002] = CLOSED
    return _links(scenario, state=state), plan


def _street_outside() -> Case:
    scenario, plan = _two_blocks()
    side = scenario.network.links.side.copy().astype("<U8")
    side[scenario.network.links.id == 1002] = OUTSIDE
    return _links(scenario, side=side), plan


def _back_inside() -> Case:
    scenario, plan = _two_blocks()
    side = scenario.network.links.side.copy().astype("<U8")
    side[scenario.network.links.id == 1005] = "inside"
    return _links(scenario, side=side), plan


def _early() -> Case:
    scenario = late_window()
    plan = _silent(greedy_plan(scenario))
    move = next(m for m in plan.movements if m.corridor == "C2")
    others = tuple(m for m in plan.movements if m.zone != move.zone)
    alone = replace(move, depart_s=3000, first_household=0, households=1, persons=1)
    first = int(scenario.demand.sequence(int(move.zone[1]) - 1, 0)[0])
    alone = replace(alone, id="M9", persons=first)
    return scenario, plan.replace(movements=(*others, alone))


def _never_open() -> Case:
    scenario, plan = _many_blocks()
    windows = tuple(w for w in scenario.windows if w.corridor == "C1")
    return scenario.replace(windows=windows), plan


def _wider_margin() -> Case:
    scenario, plan = _two_blocks()
    corridors = tuple(replace(c, margin_s=5_700) for c in scenario.corridors)
    return scenario.replace(corridors=corridors), plan


def _crowded_street() -> Case:
    scenario = narrow_street()
    return _changed((scenario, _silent(greedy_plan(scenario))), "M2", depart_s=0)


def _slow_gate() -> Case:
    """Return a corridor of 20 s without margin: it passes until it closes, then 72 still wait."""
    changes = {"crossing_m": 12.0, "open_m": 12.0, "margin_min": 0.0, "windows": ((1, 8, 8.5),)}
    plan = _silent(greedy_plan(one_corridor(**changes)))
    return one_corridor(**changes, gates_persons_per_h=(120.0,)), plan


def _small(**changes: Any) -> Callable[[], Case]:
    """Return a plan that is good but for one change of the scenario."""
    return lambda: (one_corridor(**changes), _silent(greedy_plan(one_corridor())))


def _unfair() -> Case:
    scenario, plan = two_gates(spread=0.1), greedy_plan(two_gates())
    moves = tuple(move for move in plan.movements if move.zone != "Z3")
    return scenario, _silent(plan.replace(movements=moves))


def _level(name: str, **changes: Any) -> Callable[[], Case]:
    def make() -> Case:
        scenario = one_corridor()
        plan = greedy_plan(scenario)
        levels = tuple(replace(one, **changes) if one.name == name else one for one in plan.levels)
        return scenario, plan.replace(levels=levels)

    return make


def _claim(**changes: Any) -> Callable[[], Case]:
    def make() -> Case:
        scenario, plan = _two_blocks()
        return scenario, plan.replace(**changes)

    return make


def _shift(name: str, depart_s: Any) -> Callable[[], Case]:
    return lambda: _changed(_two_blocks(), name, depart_s=depart_s)


def _one(**changes: Any) -> Callable[[], Case]:
    return lambda: _changed(_many_blocks(), "M1", **changes)


def _insert_detour(links: tuple[int, ...]) -> tuple[int, ...]:
    return (links[0], links[0], *links)


def _backwards(links: tuple[int, ...]) -> tuple[int, ...]:
    return (*links[:2], links[3], links[2], *links[4:])


BREAKS: Final = (
    Break("other scenario", "scenario", "elsewhere", _claim(scenario="elsewhere")),
    Break("unknown zone", "reference", "M1", _one(zone="Q7")),
    Break("unknown group", "reference", "M1", _one(group="G9")),
    Break("unknown corridor", "reference", "M1", _one(corridor="C9")),
    Break(
        "unknown link",
        "reference",
        "M2",
        lambda: _changed(_two_blocks(), "M2", links=(1001, 77, 1003, 1004, 1005)),
    ),
    Break("one household more than willing", "supply", "M", _beyond_willing),
    Break("a household called twice", "supply", "M2", _called_twice),
    Break(
        "a person too many",
        "household",
        "M1",
        lambda: _changed(_two_blocks(), "M1", persons=_move(_two_blocks(), "M1").persons + 1),
    ),
    Break(
        "a person too few",
        "household",
        "M2",
        lambda: _changed(_two_blocks(), "M2", persons=_move(_two_blocks(), "M2").persons - 1),
    ),
    Break(
        "half a household",
        "household",
        "M2",
        lambda: _changed(
            _two_blocks(), "M2", households=_move(_two_blocks(), "M2").households - 0.5
        ),
    ),
    Break("households left out", "household", "M2", _hole),
    Break("later households first", "household", "M2", _swapped),
    Break("a street missing", "route", "M1", lambda: _route(lambda links: links[:1] + links[2:])),
    Break("begins elsewhere", "route", "M", _other_start),
    Break("a street back and forth", "route", "M1", lambda: _route(_insert_detour)),
    Break("ends before the site", "route", "M1", lambda: _route(lambda links: links[:-1])),
    Break("corridor out of order", "route", "M1", lambda: _route(_backwards)),
    Break("ends at the mouth", "route", "M1", lambda: _route(lambda links: links[:2])),
    Break("another corridor's route", "route", "M", _other_corridor),
    Break("a closed street", "closed", "M", _closed_street),
    Break("over a street outside", "closed", "M", _street_outside),
    Break("back inside behind the exit", "closed", "M", _back_inside),
    Break("off the grid of steps", "slot", "M2", _shift("M2", 930)),
    Break("half a second", "slot", "M2", _shift("M2", 900.5)),
    Break("leaves before its window opens", "window", "M9", _early),
    Break("a corridor that never opens", "window", "M", _never_open),
    Break("leaves before the first opening", "window", "M1", _shift("M1", -600)),
    Break("leaves too late for the margin", "margin", "C1 2016-10-20 10:00", _shift("M2", 4800)),
    Break("a wider margin", "margin", "C1 2016-10-20 10:00", _wider_margin),
    Break("two blocks in one street", "link", "100", _crowded_street),
    Break("a narrower corridor", "link", "100", _small(corridor_width_m=0.05)),
    Break("a gate too slow", "gate", "C1 2016-10-20 08:30", _slow_gate),
    Break(
        "a crowded holding area",
        "holding",
        "C1 2016-10-20 08:18",
        _small(gates_persons_per_h=(240.0,), holding_persons=20.0),
    ),
    Break("a full site", "reception", "R1", _small(places=(100.0,))),
    Break("a zone left behind", "spread", "Z3 Z1", _unfair),
    Break("comes after closing", "conservation", "M2", _shift("M2", 7080)),
    Break("claims more people", "claim", PEOPLE, _level(PEOPLE, value=125.0)),
    Break("claims less exposure", "claim", EXPOSURE, _level(EXPOSURE, value=10.0)),
    Break("claims fewer hours", "claim", HOURS, _level(HOURS, value=20.0)),
    Break("claims no number", "claim", HOURS, _level(HOURS, value=float("nan"))),
    Break("claims other willing", "claim", "willing_persons", _claim(willing_persons=123)),
    Break("claims another uptake", "claim", "uptake", _claim(uptake=0.9)),
    Break("more people than its bound", "bound", PEOPLE, _level(PEOPLE, bound=123.0)),
    Break("less exposure than its bound", "bound", EXPOSURE, _level(EXPOSURE, bound=18.7)),
    Break("fewer hours than its bound", "bound", HOURS, _level(HOURS, bound=33.1)),
    Break("a bound that is no number", "bound", HOURS, _level(HOURS, bound=float("nan"))),
    Break("an endless bound", "bound", EXPOSURE, _level(EXPOSURE, bound=np.inf)),
)
