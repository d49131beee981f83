"""Aborts by arithmetic: who is where when all stops, what is nearest, by when they are there."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from clearway.judge.abort import judge_abort
from clearway.model.abort import AT_NODE, BLOCK, CONVOY, HOME, ON, VEHICLE, AbortStep, Mover
from clearway.model.corridor import GateChange
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort import abort
from tests.judge.sound import sound
from tests.operate.aborts import CORRIDOR_S, STREET_S, only, street, with_shelters
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED, car_town, one_corridor, two_days

SLOT = 900


def at(scenario: Scenario, plan: Plan, at_s: int) -> AbortStep:
    """Return what everybody does if all stops then."""
    (step,) = abort(scenario, plan, at_s).steps
    return step


def row(step: AbortStep, left_s: int, *, past: bool = False) -> int:
    """Return the row of the part that left home then."""
    (found,) = np.flatnonzero((step.left_s == left_s) & (step.past == past)).tolist()
    return int(found)


# ------------------------------------------------------------------------------------- where


def test_nobody_is_under_way_before_anybody_has_left() -> None:
    scenario, plan = street()
    assert abort(scenario, plan, 0).steps == ()
    assert len(at(scenario, plan, 1)) == 1


def test_a_block_is_spread_along_its_way() -> None:
    scenario, plan = street()
    step = at(scenario, plan, 180)
    assert step.left_s.tolist() == [0, 60, 120]
    assert step.persons.tolist() == [2.0, 2.0, 2.0]
    assert step.node.tolist() == [102, 102, 101]
    assert step.link.tolist() == [1002, 1002, 1001]
    assert step.into_s.tolist() == [80.0, 20.0, 60.0]


def test_who_is_at_a_node_is_on_no_link() -> None:
    scenario, plan = street()
    step = at(scenario, plan, STREET_S)
    assert (step.node[0], step.link[0], step.into_s[0]) == (102, AT_NODE, 0.0)


def test_who_waits_at_the_gate_stands_at_the_mouth() -> None:
    # They come at 200 s; the gate serves from the next whole step on.
    scenario, plan = street()
    step = at(scenario, plan, 230)
    assert (step.node[0], step.link[0], step.past[0]) == (103, AT_NODE, False)


def test_who_has_passed_the_gate_goes_on_and_is_out_in_time() -> None:
    scenario, plan = street((103, 1000))
    step = at(scenario, plan, 240)
    one = row(step, 0, past=True)
    assert (step.goes[one], step.by_s[one]) == (ON, 240 + CORRIDOR_S)
    assert step.node[one] == 103


def test_who_is_out_of_the_exit_is_under_way_no_more() -> None:
    scenario, plan = street()
    assert 0 in at(scenario, plan, 539).left_s
    assert 0 not in at(scenario, plan, 540).left_s


def test_a_queue_at_a_slow_gate_goes_on_step_by_step() -> None:
    # One person a minute: each two that come need two steps, and the queue grows.
    _, plan = street()
    scenario = one_corridor(households=(30, *[0] * 8), gates_persons_per_h=(60.0,))
    step = at(scenario, plan, 300)
    assert [step.persons[row(step, 0, past=True)], step.persons[row(step, 60)]] == [2.0, 2.0]
    # The first have passed at 240 and 300; the last of them is out 300 s after that.
    assert step.by_s[row(step, 0, past=True)] == 300 + CORRIDOR_S
    earlier = at(scenario, plan, 250)
    assert earlier.persons[row(earlier, 0, past=True)] == 1.0
    assert earlier.persons[row(earlier, 0)] == 1.0
    assert earlier.by_s[row(earlier, 0, past=True)] == 240 + CORRIDOR_S


# ------------------------------------------------------------------------------- on, home, shelter


def test_home_is_nearer_at_the_beginning() -> None:
    scenario, plan = street()
    step = at(scenario, plan, 90)
    assert step.goes.tolist() == [HOME, HOME]
    assert (step.by_s - 90).tolist() == [90, 30]


def test_going_on_is_nearer_behind_a_short_corridor() -> None:
    scenario, plan = street(crossing_m=12.0, open_m=12.0)
    # 20 s of corridor: the first are out at 260 s. At 131 s going back takes 131 s, on 129 s.
    step = at(scenario, plan, 131)
    assert step.goes.tolist() == [ON, HOME, HOME]
    assert step.by_s.tolist() == [260, 131 + 71, 131 + 11]
    # A second earlier both take 130 s: back, as nobody knows who waits outside.
    assert at(scenario, plan, 130).goes[0] == HOME


def test_a_shelter_ahead_is_nearer_than_home() -> None:
    scenario, plan = street((103, 1000))
    step = at(scenario, plan, 180)
    assert step.goes.tolist() == [0, 0, HOME]
    assert step.by_s.tolist() == [180 + 20, 180 + 80, 180 + 60]


def test_home_comes_before_a_shelter_that_is_as_near() -> None:
    scenario, plan = street((102, 1000))
    assert at(scenario, plan, 50).goes.tolist() == [HOME]
    assert at(scenario, plan, 51).goes.tolist() == [0]


def test_a_full_shelter_sends_on_whom_it_costs_least() -> None:
    # Four left at 0 and 60; at 180 s the shelter at the mouth is 20 and 80 s away, home 180 and
    # 120: the place saves the first 160 s and the others 40.
    scenario, plan = street((103, 2))
    step = at(scenario, plan, 180)
    assert step.goes.tolist() == [0, HOME, HOME]
    assert step.prices[0] >= 40
    assert step.gap == pytest.approx(0, abs=1e-9)
    assert step.sheltered(1).tolist() == [2.0]


def test_parts_stay_whole_where_a_shelter_is_nearly_full() -> None:
    scenario, plan = street((103, 3))
    step = at(scenario, plan, 180)
    assert step.goes.tolist() == [0, HOME, HOME]
    # A bound that let one person of two in: 40 s saved.
    assert step.person_s - step.bound_s == pytest.approx(40)
    assert step.gap == pytest.approx(40 / step.bound_s)


def test_without_shelters_everybody_goes_on_or_home() -> None:
    scenario, plan = street()
    found = abort(scenario, plan)
    assert found.shelters == ()
    assert {int(one) for step in found.steps for one in step.goes} == {ON, HOME}
    assert all(len(step.prices) == 0 for step in found.steps)


def test_a_shelter_that_no_street_leads_to_takes_nobody() -> None:
    # Node 106 is the reception site: outside.
    scenario, plan = street((106, 1000))
    assert (at(scenario, plan, 180).goes < 0).all()


# ------------------------------------------------------------------------------------- steps


def test_steps_are_slots_while_anybody_is_under_way() -> None:
    scenario, plan = street()
    found = abort(scenario, plan)
    assert found.moments == (SLOT,)
    late = only(plan, depart_s=SLOT)
    assert abort(scenario, late).moments == (2 * SLOT,)


def test_nights_between_days_have_no_steps(two_days: Scenario) -> None:
    plan = greedy_plan(two_days)
    found = abort(two_days, plan)
    hours = [two_days.moment(at_s).hour for at_s in found.moments]
    assert set(hours) <= {8, 9}
    assert {two_days.moment(at_s).day for at_s in found.moments} == {20, 21}


def test_a_step_alone_is_that_of_the_whole_table() -> None:
    scenario, plan = sound("aid_in")
    scenario = with_shelters(scenario, (102, 20), (103, 5))
    for step in abort(scenario, plan).steps:
        alone = at(scenario, plan, step.at_s)
        for name in ("mover", "left_s", "persons", "past", "node", "link", "goes", "by_s"):
            assert np.array_equal(getattr(alone, name), getattr(step, name)), name
        assert alone.orders == step.orders


def test_the_same_plan_gives_the_same_abort() -> None:
    scenario, plan = sound("two_ambulances")
    scenario = with_shelters(scenario, (102, 10))
    first, second = abort(scenario, plan), abort(scenario, plan)
    assert first.turns == second.turns
    for one, other in zip(first.steps, second.steps, strict=True):
        assert one.orders == other.orders
        assert one.goes.tolist() == other.goes.tolist()


def test_an_empty_plan_moves_nobody() -> None:
    scenario, plan = street()
    found = abort(scenario, plan.replace(movements=()))
    assert (found.movers, found.turns, found.steps) == ((), (), ())


def test_a_block_of_a_shorter_span_leaves_in_fewer_steps() -> None:
    scenario, plan = street()
    short = only(plan, span_s=120)
    step = at(scenario, short, 180)
    assert step.left_s.tolist() == [0, 60]
    assert step.persons.tolist() == [15.0, 15.0]


def test_a_gate_that_stands_still_for_a_while_makes_going_on_long() -> None:
    scenario, plan = street(crossing_m=12.0, open_m=12.0)
    start = scenario.start
    change = GateChange("C1", start, start + timedelta(minutes=20), 0.0, 1.0, "assumed: for tests")
    shut = scenario.replace(changes=(change,))
    assert at(scenario, plan, 190).goes[0] == ON
    step = at(shut, plan, 190)
    assert step.goes[0] == HOME
    # Served when it goes on: at 20 minutes ten may pass, the first among them.
    assert at(shut, plan, 1100).by_s[0] == 1200 + 20


def test_cars_turn_round_only_where_streets_let_them() -> None:
    scenario, plan = sound("car_town")
    scenario = with_shelters(scenario, (106, 1000))
    one_way = set(scenario.network.links.id[scenario.network.links.directed].tolist())
    groups = {move.id: move.group for move in plan.movements}
    found = abort(scenario, plan)
    for step in found.steps:
        for order in step.orders:
            if groups[found.movers[order.mover].id] == "G2" and order.goes != ON:
                assert order.link not in one_way or order.toward != order.node
    assert judge_abort(scenario, plan, found) == ()


# ------------------------------------------------------------------------------------- orders


def test_neighbours_that_go_to_one_place_are_one_order() -> None:
    scenario, plan = street((103, 1000))
    first, second = at(scenario, plan, 180).orders
    assert (first.goes, first.first_left_s, first.last_left_s, first.persons) == (0, 0, 60, 4.0)
    assert (second.goes, second.first_left_s, second.last_left_s) == (HOME, 120, 120)


def test_an_order_begins_with_those_who_take_longest() -> None:
    scenario, plan = street((103, 1000))
    first, second = at(scenario, plan, 180).orders
    assert (first.node, first.link, first.into_s, first.by_s) == (102, 1002, 20.0, 260)
    assert (first.toward, first.links) == (103, ())
    assert (second.toward, second.links) == (101, ())


def test_a_way_back_names_its_links() -> None:
    scenario, plan = street()
    (order,) = at(scenario, plan, 160).orders
    assert (order.goes, order.node, order.link) == (HOME, 102, 1002)
    assert (order.toward, order.links) == (102, (1001,))


def test_who_goes_on_has_no_way_but_the_plan() -> None:
    scenario, plan = street()
    orders = at(scenario, plan, 300).orders
    assert [(one.past, one.goes) for one in orders] == [(True, ON), (False, HOME)]
    assert orders[0].links == ()


# ------------------------------------------------------------------------------------- vehicles


def test_movers_are_blocks_trips_and_convoys() -> None:
    scenario, plan = sound("aid_in")
    found = abort(scenario, plan)
    blocks = len(plan.movements)
    assert [one.kind for one in found.movers[:blocks]] == [BLOCK] * blocks
    assert found.movers[blocks] == Mover(VEHICLE, plan.duties[0].id, 1)
    assert found.movers[blocks + 1] == Mover(VEHICLE, plan.duties[0].id, 2)
    assert found.movers[-1] == Mover(CONVOY, "A1", 1)


def bus(step: AbortStep, found: tuple[Mover, ...], trip: int) -> int:
    """Return the row of the bus on a trip."""
    mover = next(n for n, one in enumerate(found) if one.id.startswith("bus") and one.trip == trip)
    (only_one,) = np.flatnonzero(step.mover == mover).tolist()
    return int(only_one)


def test_a_vehicle_that_stands_at_its_stop_stays_there_and_carries_nobody() -> None:
    scenario, plan = sound("one_bus")
    (stop,) = plan.duties[0].trips[0].stops
    found = abort(scenario, plan, stop.arrive_s + 1)
    (step,) = found.steps
    one = bus(step, found.movers, 1)
    assert (step.goes[one], step.persons[one]) == (HOME, 0.0)
    assert step.by_s[one] == step.at_s


def test_a_loaded_vehicle_goes_back_to_its_stop_or_on() -> None:
    scenario, plan = sound("one_bus")
    trip = plan.duties[0].trips[0]
    leave = trip.stops[0].leave_s
    found = abort(scenario, plan, leave + 3)
    (step,) = found.steps
    one = bus(step, found.movers, 1)
    assert step.persons[one] == sum(load.persons for load in trip.loads)
    assert (step.goes[one], step.by_s[one]) == (HOME, leave + 6)


def test_a_vehicle_past_the_gate_goes_on() -> None:
    scenario, plan = sound("one_bus")
    trip = plan.duties[0].trips[0]
    found = abort(scenario, plan, trip.gate_out_s + 1)
    (step,) = found.steps
    one = bus(step, found.movers, 1)
    # 360 m at 6 m/s.
    assert (step.goes[one], step.past[one], step.by_s[one]) == (ON, True, trip.gate_out_s + 60)


def test_a_vehicle_on_its_way_in_turns_back_out_of_the_exit() -> None:
    scenario, plan = sound("one_bus")
    trip = plan.duties[0].trips[0]
    found = abort(scenario, plan, trip.gate_in_s - 10)
    (step,) = found.steps
    one = bus(step, found.movers, 1)
    # It has driven 50 of the 60 seconds of the corridor.
    assert (step.goes[one], step.past[one], step.by_s[one] - step.at_s) == (ON, True, 50)


def test_a_vehicle_with_people_from_two_stops_goes_to_a_shelter_or_on() -> None:
    scenario, plan = sound("one_bus")
    scenario = with_shelters(scenario, (101, 1000))
    trip = plan.duties[0].trips[1]
    assert len(trip.stops) == 2
    found = abort(scenario, plan, trip.stops[1].leave_s + 3)
    (step,) = found.steps
    one = bus(step, found.movers, 2)
    assert step.goes[one] in (0, ON)
    assert step.persons[one] == sum(load.persons for load in trip.loads)


def test_patients_and_companions_are_aboard() -> None:
    scenario, plan = sound("two_ambulances")
    duty = next(one for one in plan.duties if one.id.startswith("amb-02"))
    trip = duty.trips[0]
    found = abort(scenario, plan, trip.stops[-1].leave_s + 1)
    (step,) = found.steps
    row_of = next(n for n, one in enumerate(found.movers) if one.id == duty.id)
    (part,) = np.flatnonzero(step.mover == row_of).tolist()
    persons = {one.code: one.persons for one in scenario.care.patients}
    assert step.persons[part] == sum(persons[code] for code in trip.patients) == 4


def test_an_unloading_convoy_stays_where_it_is() -> None:
    scenario, plan = sound("aid_in")
    run = plan.convoys[0]
    found = abort(scenario, plan, run.trip.stops[0].arrive_s + 60)
    (step,) = found.steps
    (part,) = np.flatnonzero(step.mover == len(found.movers) - 1).tolist()
    assert (step.goes[part], step.by_s[part], step.persons[part]) == (HOME, step.at_s, 0.0)


def test_full_shelters_leave_crews_alone() -> None:
    # A crew takes no place: a vehicle with nobody aboard goes where it is nearest.
    scenario, plan = sound("one_bus")
    scenario = with_shelters(scenario, (103, 0))
    trip = plan.duties[0].trips[0]
    found = abort(scenario, plan, trip.gate_in_s)
    (step,) = found.steps
    one = bus(step, found.movers, 1)
    assert (step.goes[one], step.by_s[one]) == (0, step.at_s)
    assert step.sheltered(1).tolist() == [0.0]


# ------------------------------------------------------------------------------------- turns


def test_the_latest_turn_back_is_where_both_ways_take_as_long() -> None:
    scenario, plan = street(crossing_m=12.0, open_m=12.0)
    (turn,) = abort(scenario, plan).turns
    # Out 260 s after leaving: back is no slower up to 130 s.
    assert (turn.after_s, turn.node, turn.link, turn.into_s) == (130, 102, 1002, 30.0)
    assert turn.goes == HOME
    nodes = scenario.network.nodes
    lon = nodes.lon[scenario.network.node_index([102, 103])]
    assert turn.lon == pytest.approx(lon[0] + 0.3 * (lon[1] - lon[0]), abs=1e-6)


def test_behind_a_long_corridor_one_may_turn_back_until_the_gate() -> None:
    scenario, plan = street()
    (turn,) = abort(scenario, plan).turns
    # 300 s of corridor are longer than any way home: up to the moment of passing, at 240 s.
    assert (turn.after_s, turn.node, turn.link) == (240, 103, AT_NODE)


def test_a_shelter_on_the_way_makes_the_turn_back_later() -> None:
    short = {"crossing_m": 12.0, "open_m": 12.0}
    scenario, plan = street((102, 1), **short)
    (turn,) = abort(scenario, plan).turns
    # From 102 on 100 s back at most: (260 + 100 - 0) / 2.
    assert (turn.after_s, turn.link, turn.into_s, turn.goes) == (180, 1002, 80.0, 0)


def test_every_mover_that_can_turn_back_has_a_turn_back() -> None:
    scenario, plan = sound("aid_in")
    found = abort(scenario, plan)
    # Those in a bus that come from two stops have no home in common, and there is no shelter.
    mixed = found.movers.index(Mover(VEHICLE, plan.duties[0].id, 2))
    everybody = set(range(len(found.movers)))
    assert {turn.mover for turn in found.turns} == everybody - {mixed}
    sheltered = abort(with_shelters(scenario, (102, 1)), plan)
    assert {turn.mover for turn in sheltered.turns} == everybody


def test_at_one_moment_only_those_who_may_be_under_way_have_one() -> None:
    scenario, plan = sound("aid_in")
    everybody = abort(scenario, plan).turns
    some = abort(scenario, plan, 900)
    assert set(some.turns) < set(everybody)
    under_way = {int(one) for one in some.steps[0].mover[~some.steps[0].past]}
    assert under_way <= {turn.mover for turn in some.turns}


# ------------------------------------------------------------------------------------- conserved


@pytest.mark.parametrize("name", ["one_bus", "two_ambulances", "aid_in", "car_town"])
def test_under_way_is_on_plus_back_at_every_minute(name: str) -> None:
    """Who left home less who is out of the exit is under way: nobody is lost, nobody is added."""
    scenario, plan = sound(name)
    scenario = with_shelters(scenario, (102, 7), (101, 3))
    walkers = len(plan.movements)
    called = np.array([move.persons for move in plan.movements], dtype=float)
    done = np.zeros(walkers)
    for at_s in range(60, 4 * 3600, 420):
        steps = abort(scenario, plan, at_s).steps
        if not steps:
            continue
        (step,) = steps
        mine = step.mover < walkers
        under = np.bincount(step.mover[mine], step.persons[mine], walkers).astype(np.float64)
        left = [
            move.persons * min(max(-(-(at_s - move.depart_s) // 60), 0), 15) / 15
            for move in plan.movements
        ]
        out = np.array(left, dtype=np.float64) - under
        # Who is out stays out, and never more than were called.
        assert (out >= done - 1e-6).all()
        assert (out <= called + 1e-6).all()
        done = out.astype(np.float64)
        assert step.on + step.back == pytest.approx(step.persons.sum())
        assert (step.sheltered(2) <= np.array([7.0, 3.0]) + 1e-6).all()


def test_a_city_is_laid_out_the_same_in_any_order_of_its_movements() -> None:
    scenario, plan = street((103, 4))
    half = replace(plan.movements[0], id="A", households=15, persons=15, depart_s=0)
    other = replace(half, id="B", first_household=15, depart_s=120)
    for moves in itertools.permutations((half, other)):
        found = abort(scenario, plan.replace(movements=moves), 400)
        (step,) = found.steps
        held = {found.movers[m].id for m in step.mover[step.goes == 0].tolist()}
        assert held <= {"A", "B"}
        assert step.sheltered(1)[0] <= 4
        assert judge_abort(scenario, plan.replace(movements=moves), found, 400) == ()


def test_where_cars_go_one_way_there_may_be_no_way_home() -> None:
    scenario = car_town()
    plan = greedy_plan(scenario)
    found = abort(scenario, plan)
    cars = [n for n, move in enumerate(plan.movements) if move.group == "G2"]
    assert cars
    assert judge_abort(scenario, plan, found) == ()


def test_a_change_of_a_gate_is_known_to_the_judge_too() -> None:
    scenario = with_shelters(one_corridor(), (103, 10))
    plan = greedy_plan(scenario, most_households=6)
    start = scenario.start
    half = GateChange("C1", start, start + timedelta(hours=1), 0.5, 1.0, ASSUMED)
    slow = scenario.replace(changes=(half,))
    assert judge_abort(slow, plan, abort(slow, plan)) == ()
    told = judge_abort(slow, plan, abort(scenario, plan))
    assert told == () or {one.rule for one in told} <= {"time", "persons", "bound", "order", "turn"}


def test_the_days_of_a_pause_do_not_mix() -> None:
    scenario = with_shelters(two_days(), (102, 3))
    plan = greedy_plan(scenario)
    assert judge_abort(scenario, plan, abort(scenario, plan)) == ()
