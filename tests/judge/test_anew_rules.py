"""Plans made anew that are broken on purpose, rule by rule; and that only facts are excused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from clearway.judge.anew import AT_GATES, FACTS, RULES_ANEW, judge_replan
from clearway.judge.check import CHECKS
from clearway.model.duty import Duty, Trip
from clearway.model.plan import Movement, Plan
from clearway.model.replan import Replan, Turn
from clearway.model.scenario import Scenario
from clearway.operate.replan import replan
from clearway.operate.replan_events import revise
from clearway.solve.solve import solve
from tests.scenarios import one_bus, two_gates

NOW = 1_500

Made = tuple[Scenario, Plan, Scenario, Replan]
Change = Callable[[Movement], Movement]


@cache
def walked(event: str = "C1 at 50%", now_s: int = NOW) -> Made:
    """Return a scenario and plan of walkers, and both after an event."""
    scenario = two_gates()
    plan = solve(scenario)
    revised = revise(scenario, plan, now_s, [event]).scenario
    return scenario, plan, revised, replan(scenario, plan, revised, now_s).replan


@cache
def driven() -> Made:
    """Return the same with a bus that is under way."""
    scenario = one_bus()
    plan = solve(scenario)
    now_s = plan.duties[0].trips[1].gate_in_s + 60
    revised = revise(scenario, plan, now_s, ["C1 at 50%"]).scenario
    return scenario, plan, revised, replan(scenario, plan, revised, now_s).replan


def found(case: Made, **changes: object) -> set[tuple[str, str]]:
    """Return rules and places that the judge names once some of a plan made anew is changed."""
    scenario, plan, revised, one = case
    changed = replace(one, **changes)  # type: ignore[arg-type]
    return {(each.rule, each.where) for each in judge_replan(scenario, plan, revised, changed)}


def rules(case: Made, plan: Plan) -> set[str]:
    """Return the rules that another plan breaks."""
    return {rule for rule, _ in found(case, plan=plan)}


def last(case: Made) -> Movement:
    """Return the last movement that is still to leave."""
    return next(one for one in reversed(case[3].plan.movements) if one.depart_s >= NOW)


def with_last(case: Made, change: Change) -> Plan:
    """Return the plan with its last movement changed."""
    mine, plan = last(case), case[3].plan
    moves = tuple(change(one) if one is mine else one for one in plan.movements)
    return plan.replace(movements=moves)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("reference", lambda one: replace(one, zone="Z9")),
        ("reference", lambda one: replace(one, corridor="C9")),
        ("reference", lambda one: replace(one, group="G9")),
        ("supply", lambda one: replace(one, first_household=9_999)),
        ("household", lambda one: replace(one, persons=one.persons + 1)),
        ("household", lambda one: replace(one, persons=one.households)),
        ("route", lambda one: replace(one, links=one.links[1:])),
        ("route", lambda one: replace(one, links=one.links[:-1])),
        ("slot", lambda one: replace(one, depart_s=one.depart_s + 7)),
        ("conservation", lambda one: replace(one, depart_s=one.depart_s + 108_000)),
        ("margin", lambda one: replace(one, depart_s=5_100)),
    ],
)
def test_a_rule_that_a_later_call_breaks_is_named(rule: str, change: Change) -> None:
    case = walked()
    assert rule in rules(case, with_last(case, change))


def test_a_gate_that_too_many_are_called_to_is_named() -> None:
    case = walked()
    moves = tuple(
        replace(one, depart_s=last(case).depart_s) if one.depart_s >= NOW else one
        for one in case[3].plan.movements
    )
    assert (AT_GATES | {"gate"}) & rules(case, case[3].plan.replace(movements=moves))


def test_too_few_places_are_named() -> None:
    scenario, plan, revised, one = walked()
    sites = tuple(
        replace(site, places=replace(site.places, low=1.0, central=1.0, high=1.0))
        for site in revised.receptions
    )
    broken = judge_replan(scenario, plan, revised.replace(receptions=sites), one)
    assert "reception" in {each.rule for each in broken}


def test_levels_and_bounds_must_be_right() -> None:
    case = walked()
    plan = case[3].plan
    level = plan.level("people_out")
    more = plan.replace(levels=(replace(level, value=level.value + 2, bound=level.bound + 2),))
    assert ("claim", "people_out") in found(case, plan=more)


def test_more_than_the_lane_checks_is_named() -> None:
    case = driven()
    duty = case[3].plan.duties[0]
    again = replace(duty, id="other", vehicle="M-bus-9")
    assert {"duty", "supply"} & rules(case, case[3].plan.replace(duties=(duty, again)))


def changed_trip(case: Made, change: Callable[[Trip], Trip]) -> Plan:
    """Return the plan with the last trip of its vehicle changed."""
    plan = case[3].plan
    duty = plan.duties[0]
    trips = (*duty.trips[:-1], change(duty.trips[-1]))
    return plan.replace(duties=(replace(duty, trips=trips),))


@pytest.mark.parametrize(
    "change",
    [
        lambda trip: replace(trip, corridor_out="C9"),
        lambda trip: replace(trip, destination="R9"),
        lambda trip: replace(trip, arrive_s=trip.gate_out_s + 1, done_s=trip.done_s),
        lambda trip: replace(trip, gate_out_s=trip.gate_in_s + 1),
        lambda trip: replace(trip, links_out=trip.links_out[1:]),
    ],
)
def test_a_trip_that_cannot_be_driven_is_named(change: Callable[[Trip], Trip]) -> None:
    case = driven()
    assert rules(case, changed_trip(case, change)) - {"claim"}


def test_a_vehicle_that_there_is_not_is_named() -> None:
    case = driven()
    duty: Duty = case[3].plan.duties[0]
    plan = case[3].plan.replace(duties=(replace(duty, vehicle="nobody", type="none"),))
    assert ("past", duty.id) in found(case, plan=plan)


def let_go_on(case: Made) -> Replan:
    """Return a plan in which those who turn go on to their gate in place of turning."""
    one = case[3]
    turned = {turn.movement for turn in one.turns}
    back = tuple(move for move in case[1].movements if move.id in turned)
    kept = tuple(move for move in one.plan.movements if move.id not in turned)
    mine = [(turn.zone, turn.group, turn.first_household, turn.households) for turn in one.turns]
    kept = tuple(
        move
        for move in kept
        if move.depart_s < one.now_s
        or not any(
            (move.zone, move.group) == (zone, group)
            and move.first_household < first + count
            and first < move.first_household + move.households
            for zone, group, first, count in mine
        )
    )
    return replace(one, plan=one.plan.replace(movements=(*back, *kept), levels=()), turns=())


def test_nobody_on_the_way_to_a_closed_gate_is_let_go_on() -> None:
    case = walked("C1 closed")
    assert case[3].turns
    wrong = let_go_on(case)
    broken = judge_replan(case[0], case[1], case[2], wrong)
    assert {"gate", "conservation"} & {each.rule for each in broken}


@pytest.mark.parametrize("now_s", [900, 1_500, 2_100, 3_000])
def test_nobody_on_the_way_is_let_go_on_when_all_stops(now_s: int) -> None:
    case = walked("stop", now_s)
    assert case[3].turns
    broken = judge_replan(case[0], case[1], case[2], let_go_on(case))
    assert {"gate", "conservation"} & {each.rule for each in broken}


def test_a_fact_made_worse_is_a_fault() -> None:
    scenario, plan, revised, one = walked("C1 closes 08:26")
    mine = next(m for m in one.plan.movements if m.corridor == "C2" and m.depart_s >= NOW)
    gone = next(m for m in plan.movements if m.corridor == "C1")
    later = replace(mine, corridor="C1", links=gone.links, depart_s=NOW)
    moves = tuple(later if move is mine else move for move in one.plan.movements)
    broken = judge_replan(
        scenario, plan, revised, replace(one, plan=one.plan.replace(movements=moves))
    )
    assert {each.rule for each in broken} - {"claim", "route"}


def test_who_was_turned_earlier_is_not_called_before_being_back() -> None:
    case = walked()
    called = last(case)
    turn = Turn(
        movement="C1-0001",
        zone=called.zone,
        group=called.group,
        corridor="C1",
        first_household=called.first_household,
        households=1,
        persons=1,
        place=called.zone,
        back_s=called.depart_s + 1,
    )
    assert ("household", called.id) in found(case, earlier=(turn,))
    assert ("household", called.id) not in found(
        case, earlier=(replace(turn, back_s=called.depart_s),)
    )
    beside = replace(turn, first_household=called.first_household + called.households)
    assert ("household", called.id) not in found(case, earlier=(beside,))


def test_who_is_on_the_way_back_is_not_fetched_either() -> None:
    case = driven()
    duty = case[3].plan.duties[0]
    n, trip = next((n, one) for n, one in enumerate(duty.trips, 1) if one.gate_in_s > case[3].now_s)
    stop = trip.stops[0]
    load = stop.loads[0]
    turn = Turn(
        movement="earlier",
        zone=stop.zone,
        group=load.group,
        corridor="C1",
        first_household=load.first_household,
        households=1,
        persons=1,
        place=stop.zone,
        back_s=stop.leave_s + 60,
    )
    assert ("household", f"{duty.id} trip {n}") in found(case, earlier=(turn,))


def test_only_what_can_be_a_fact_is_excused() -> None:
    assert AT_GATES < FACTS < set(CHECKS)
    assert set(RULES_ANEW) == set(CHECKS)
    # These can be kept whatever happened: nobody need call twice, or claim what is not so.
    assert not FACTS & {
        "conservation",
        "supply",
        "household",
        "claim",
        "route",
        "reference",
        "slot",
        "spread",
    }
