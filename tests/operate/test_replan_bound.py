"""The bound of plans made anew, against every plan that there is of a very small pause."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest

from clearway.judge.anew import judge_replan
from clearway.judge.case import open_case
from clearway.judge.outcome import levels
from clearway.model.plan import PEOPLE, Movement, Plan
from clearway.model.replan import Changes, Replan, Turn
from clearway.model.scenario import Scenario
from clearway.operate.replan import Offer, replan
from clearway.operate.replan_events import revise
from clearway.solve.problem import pose
from clearway.solve.routes import Routes
from clearway.solve.solve import solve
from tests.scenarios import one_corridor, two_gates

STEP = 300
#: Households of four, six and eight persons.
FAMILIES = (0, 0, 0, 1, 0, 1, 0, 1, 0)
NOBODY = Changes(0, 0, 0, 0, 0)


@cache
def small(name: str) -> tuple[Scenario, Plan]:
    """Return a pause of three households, and its plan."""
    rules = {"slot_s": 600, "step_s": STEP, "margin_min": 5.0}
    if name == "one gate":
        scenario = one_corridor(
            households=FAMILIES, gates_persons_per_h=(24.0,), windows=((1, 8, 8.75),), **rules
        )
    elif name == "two gates":
        scenario = two_gates(
            zones=((1, 0),),
            speeds_m_per_s=(1.2,),
            households=FAMILIES,
            gates_persons_per_h=(24.0, 18.0),
            windows=((1, 8, 8.5), (2, 8, 8.5)),
            **rules,
        )
    else:
        scenario = one_corridor(
            households=(FAMILIES, (0, 1, 0, 0, 0, 0, 0, 0, 0)),
            speeds_m_per_s=(1.2, 0.8),
            weights=(1.0, 4.0),
            gates_persons_per_h=(24.0,),
            windows=((1, 8, 8.5),),
            **rules,
        )
    return scenario, solve(scenario)


CASES = (
    ("one gate", 300, "C1 at 50%"),
    ("one gate", 600, "C1 closes 08:30"),
    ("one gate", 600, "C1 at 200%"),
    ("one gate", 900, "C1 opens 08:20"),
    ("one gate", 300, "C1 closed"),
    ("two gates", 300, "C1 closed"),
    ("two gates", 300, "C2 at 50%"),
    ("two gates", 600, "C1 at 150%"),
    ("two groups", 300, "C1 at 50%"),
    ("two groups", 600, "C1 at 300%"),
)


def made(name: str, now_s: int, event: str) -> tuple[Scenario, Offer]:
    """Return the scenario after an event, and the plan made anew."""
    scenario, plan = small(name)
    revised = revise(scenario, plan, now_s, [event]).scenario
    return revised, replan(scenario, plan, revised, now_s)


def every_plan(name: str, revised: Scenario, now_s: int) -> Iterator[Replan]:
    """Yield each way to call, or not to call, every household that has not left; none is judged.

    Whoever had left goes on or turns.
    """
    plan = small(name)[1]
    begun = [one for one in plan.movements if one.depart_s < now_s]
    calls = [_calls(revised, zone, group, now_s) for zone, group in _pairs(revised)]
    ahead = [ways for pair in calls for ways in pair]
    left = {
        (one.zone, one.group, at)
        for one in begun
        for at in range(one.first_household, one.first_household + one.households)
    }
    homes = [ways for key, ways in ahead if key not in left]
    for going in product(*((one, None) for one in begun)):
        turns = tuple(_turn(one, now_s) for one in begun if one not in going)
        kept = [one for one in going if one is not None]
        for chosen in product(*homes):
            moves = tuple(sorted((*kept, *(one for one in chosen if one)), key=_order))
            new = plan.replace(movements=moves, levels=())
            yield Replan(now_s, new, turns, NOBODY, 0.0, 0.0)


def _order(one: Movement) -> tuple[int, str]:
    return one.depart_s, one.id


def _pairs(scenario: Scenario) -> Iterator[tuple[int, int]]:
    return product(range(len(scenario.zones)), range(len(scenario.groups)))


def _calls(
    scenario: Scenario, zone: int, group: int, now_s: int
) -> list[tuple[tuple[str, str, int], list[Movement | None]]]:
    """Return of each household its name, and every call of it, or none."""
    problem = pose(scenario)
    routes, found = Routes(problem), []
    end = max(scenario.seconds(one.closes) for one in scenario.windows)
    for at, size in enumerate(scenario.demand.sequence(zone, group).tolist()):
        ways: list[Movement | None] = [None]
        for k, corridor in enumerate(scenario.corridors):
            rows = routes.links(routes.shortest(zone, group, k))
            links = tuple(scenario.network.links.id[rows].tolist())
            name = f"{group}-{at}-{corridor.id}"
            ways += [
                Movement(
                    id=name,
                    zone=scenario.zones[zone].id,
                    group=scenario.groups[group].id,
                    corridor=corridor.id,
                    links=links,
                    depart_s=depart,
                    first_household=at,
                    households=1,
                    persons=int(size),
                )
                for depart in range(now_s, end, STEP)
            ]
        found.append(((scenario.zones[zone].id, scenario.groups[group].id, at), ways))
    return found


def _turn(one: Movement, now_s: int) -> Turn:
    return Turn(
        movement=one.id,
        zone=one.zone,
        group=one.group,
        corridor=one.corridor,
        first_household=one.first_household,
        households=one.households,
        persons=one.persons,
        place=one.zone,
        back_s=now_s,
    )


def called(revised: Scenario, one: Replan) -> tuple[float, float]:
    """Return persons, and weighted persons, whom a plan calls or lets go on."""
    weights = {group.id: group.weight for group in revised.groups}
    moves = one.plan.movements
    return (
        float(sum(move.persons for move in moves)),
        float(sum(weights[move.group] * move.persons for move in moves)),
    )


def all_out(revised: Scenario, one: Replan) -> bool:
    """Whether by the replay all whom a plan calls are out."""
    return levels(open_case(revised, one.plan))[PEOPLE] >= one.plan.persons - 1e-6


def is_sound(name: str, revised: Scenario, one: Replan) -> bool:
    """Whether a plan breaks no rule but that it does not count its changes and its persons."""
    scenario, plan = small(name)
    found = judge_replan(scenario, plan, revised, one)
    return all(breach.rule == "claim" for breach in found)


@pytest.mark.parametrize(("name", "now_s", "event"), CASES)
def test_no_plan_that_keeps_the_rules_beats_the_bound(name: str, now_s: int, event: str) -> None:
    revised, offer = made(name, now_s, event)
    assert not offer.breaches
    level = offer.replan.plan.level(PEOPLE)
    best, heaviest, sound = 0.0, 0.0, 0
    for one in every_plan(name, revised, now_s):
        people, heavy = called(revised, one)
        # Who calls no more than others bring out needs no judge.
        if people <= best and heavy <= heaviest:
            continue
        if is_sound(name, revised, one) and all_out(revised, one):
            sound += 1
            best, heaviest = max(best, people), max(heaviest, heavy)
    assert best <= level.bound + 1e-6
    assert heaviest <= offer.replan.weight_bound + 1e-6
    assert sound > 0 or level.value == 0
    # It is no worse than the best by more than the largest household.
    assert level.value >= best - 8
