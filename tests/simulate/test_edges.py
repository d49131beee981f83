"""Plans, places and windows at the edge of what there is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from clearway.model.draws import draw_course
from clearway.model.facts import Estimate
from clearway.model.network import CLOSED, Links
from clearway.model.outcome import NEVER_OPENED, STOPPED_WITH_NOTICE
from clearway.model.scenario import Scenario
from clearway.simulate.case import CRUSH_PERSONS_PER_M2, lay_out
from clearway.simulate.simulate import simulate
from clearway.simulate.state import (
    AT,
    BIN_S,
    CHECKED,
    HOME,
    N_BACK,
    N_UNCALLED_BACK,
    OUT,
    SENT_HOME,
    STATE,
)
from clearway.simulate.usual import usual_rules
from clearway.simulate.ways import nearest_mouths
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED, late_window, one_corridor, two_days, two_gates
from tests.simulate.worlds import (
    as_announced,
    average,
    blocks,
    planned,
    ruled,
    run,
    unsure,
)

ONES = (30, 0, 0, 0, 0, 0, 0, 0, 0)


def closed(scenario: Scenario, *links: int) -> Scenario:
    """Return the scenario with some links closed."""
    network = scenario.network
    state = network.links.state.copy()
    state[network.link_index(np.array(links))] = CLOSED
    changed: Links = dataclasses.replace(network.links, state=state)
    return scenario.replace(network=dataclasses.replace(network, links=changed))


def test_a_plan_that_calls_nobody() -> None:
    scenario = two_gates()
    found = simulate(scenario, planned(scenario), 3)
    assert found.people_out.tolist() == [0, 0, 0]
    assert found.called.tolist() == [0, 0, 0]
    assert (found.willing.sum(axis=1) == scenario.demand.persons.sum()).all()
    assert found.exposure_person_s.sum() == 0


def test_whoever_comes_uncalled_comes_without_any_plan() -> None:
    scenario = unsure(two_gates(households=ONES), uncalled_share=1.0)
    found = simulate(scenario, planned(scenario), 3)
    assert (found.uncalled == scenario.demand.persons.sum()).all()
    assert (found.called == 0).all()
    assert (found.people_out > 0).all()
    assert (found.people_out + found.uncalled_back.sum(axis=1) == found.uncalled).all()


def test_nobody_would_go() -> None:
    scenario = two_gates(uptake=0.0)
    found = simulate(scenario, planned(scenario), 2)
    assert found.willing.sum() == 0
    assert found.people_out.sum() == found.most.sum() == 0


def test_nobody_goes_though_the_plan_reckons_with_all() -> None:
    scenario = two_gates()
    plan = greedy_plan(scenario)
    nobody = Estimate(0.0, 0.0, 0.0, ASSUMED)
    other = scenario.replace(planning=dataclasses.replace(scenario.planning, uptake=nobody))
    found = simulate(other, plan, 2)
    assert found.people_out.sum() == found.called.sum() == 0


def test_a_plan_of_half_calls_all_who_may_go() -> None:
    scenario = one_corridor(households=ONES, uptake=0.5)
    plan = greedy_plan(scenario)
    assert sum(move.households for move in plan.movements) == 15
    all_go = Estimate(1.0, 1.0, 1.0, ASSUMED)
    more = scenario.replace(planning=dataclasses.replace(scenario.planning, uptake=all_go))
    assert simulate(more, plan, 1).people_out.tolist() == [30]


def test_a_corridor_without_a_window_opens_for_nobody() -> None:
    scenario = two_gates(households=ONES, windows=((1, 8, 10),))
    plan = blocks(scenario, 0, zone=0, corridor=1)
    case = lay_out(scenario, plan, usual_rules(scenario, plan))
    ran = run(case, as_announced(scenario))
    assert (ran.phase == HOME).all()
    itself = dataclasses.replace(as_announced(scenario), uncalled_share=1.0)
    ran = run(case, itself)
    at_gate = [k for k in (0, 1) if ran.persons(OUT, SENT_HOME, corridor=k)]
    assert ran.persons(OUT, corridor=1) == 0
    assert 1 in at_gate
    assert ran.tally(N_UNCALLED_BACK, 1) == ran.persons(SENT_HOME, corridor=1)


def test_windows_of_different_lengths_and_days() -> None:
    scenario = late_window(
        households=ONES,
        windows=((1, 8, 8.5), (2, 8.75, 10), (1, 9, 9.25), (2, 32, 33), (1, 34, 36)),
    )
    plan = greedy_plan(scenario)
    found = simulate(scenario, plan, 2)
    assert found.opens_s.tolist() == [[0, 2700, 3600, 86_400, 93_600]] * 2
    assert found.closes_s.tolist() == [[1800, 7200, 4500, 90_000, 100_800]] * 2
    assert (found.people_out == plan.persons).all()
    assert found.out.shape[1] * BIN_S >= 100_800


def test_a_zone_at_the_mouth_walks_nowhere() -> None:
    scenario = one_corridor(zones=((2, 0),), households=ONES)
    plan = blocks(scenario, 0)
    ran = run(lay_out(scenario, plan, ruled(scenario, plan)), as_announced(scenario))
    assert ran.out == 30
    assert (ran.joined == ran.left).all()
    itself = dataclasses.replace(as_announced(scenario), uncalled_share=1.0)
    ran = run(lay_out(scenario, plan, ruled(scenario, plan)), itself)
    assert ran.out == 30


def test_a_zone_that_no_street_joins_to_a_mouth_stays() -> None:
    scenario = one_corridor(zones=((0, 0), (2, 0)), households=ONES)
    scenario = closed(unsure(scenario, uncalled_share=1.0), 1001)
    near, ways = nearest_mouths(scenario)
    assert near.tolist() == [-1, 0]
    assert [way.length_m for way in ways] == [0.0, 0.0]
    found = simulate(scenario, planned(scenario), 2)
    assert found.uncalled.tolist() == [30, 30]
    assert found.willing.sum(axis=1).tolist() == [60, 60]


def test_no_zone_at_all_can_reach_a_mouth() -> None:
    scenario = closed(unsure(one_corridor(households=ONES), uncalled_share=1.0), 1001)
    found = simulate(scenario, planned(scenario), 2)
    assert found.people_out.sum() == found.uncalled.sum() == 0
    assert found.willing.sum(axis=1).tolist() == [30, 30]


def test_a_household_larger_than_what_a_street_holds_passes_when_it_is_empty() -> None:
    nines = (0, 0, 0, 0, 0, 0, 0, 0, 4)
    scenario = one_corridor(households=nines, spacing_m=20.0, width_m=0.1)
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    assert case.streets.storage[:6].min() < 9
    ran = run(case, as_announced(scenario))
    assert ran.out == 36


def test_a_holding_area_for_nobody_still_lets_households_through() -> None:
    scenario = one_corridor(
        households=(0, 0, 0, 0, 0, 0, 0, 0, 4), holding_m2=1.0, holding_persons=0
    )
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    assert case.streets.storage[case.gate[0]] == CRUSH_PERSONS_PER_M2
    ran = run(case, as_announced(scenario))
    assert ran.out == 36
    assert ran.world.pause.queue.max() == 9


def test_a_full_holding_area_keeps_people_in_the_street() -> None:
    scenario = one_corridor(
        households=(90, 0, 0, 0, 0, 0, 0, 0, 0), holding_m2=5.0, holding_persons=5.0
    )
    plan = blocks(scenario, 0)
    ran = run(lay_out(scenario, plan, ruled(scenario, plan)), as_announced(scenario, rate=[1 / 60]))
    assert ran.world.pause.queue.max() == 20
    assert ran.out == 90
    # Once twenty wait, each joins when another passes, and waits twenty checks.
    free = 205 + 10 * np.arange(20, 90)
    assert ran.joined[20:90] == pytest.approx(np.maximum(free, ran.passed[:70]))
    assert (ran.passed - ran.joined)[23:90] == pytest.approx(20 * 60)


@pytest.mark.parametrize("step_s", [60, 900, 1800, 3600])
def test_the_pause_ends_for_everyone_whatever_the_step(step_s: int) -> None:
    scenario = one_corridor(households=ONES, slot_s=3600, step_s=step_s, windows=((1, 8, 10.3),))
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    ran = run(case, as_announced(scenario, rate=[1 / 600]))
    assert ran.world.pause.live[0, 0] == 0, "the gate was never shut"
    assert ran.out + ran.tally(N_BACK) + ran.tally(0) == 30
    assert not (ran.phase == 2).any()


def test_a_walk_longer_than_the_rest_of_the_pause_ends_at_home() -> None:
    scenario = unsure(two_gates(households=ONES, spacing_m=5000.0), uncalled_share=1.0)
    found = simulate(scenario, planned(scenario), 2)
    assert (found.uncalled == scenario.demand.persons.sum()).all()
    rest = found.people_out + found.caught.sum(axis=1) + found.uncalled_back.sum(axis=1)
    assert (rest == found.uncalled).all()
    assert (found.uncalled_back.sum(axis=1) > 0).all()


def test_a_check_that_outlasts_its_window_does_not_hold_up_the_next_day() -> None:
    """Who was being checked at the closing has gone home; the check point is free next morning."""
    scenario = two_days(households=(2, 0, 0, 0, 0, 0, 0, 0, 0))
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    # A check of 30 hours on the first day, of a second on the other.
    ran = run(case, as_announced(scenario, rate=[1 / (30 * 3600), 1.0]))
    assert ran.tally(N_BACK) == 2
    assert ran.out == 2
    assert ran.passed.max() < 86_400 + 900 + 300
    assert (ran.world.crowd.whole[:, STATE] != CHECKED).all()


def test_a_second_check_that_outlasts_the_closing_frees_its_check_point() -> None:
    scenario = two_days(households=(6, 0, 0, 0, 0, 0, 0, 0, 0))
    plan = blocks(scenario, 0, 86_400)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    ran = run(case, as_announced(scenario, rate=[1.0, 1.0], recheck_rate=[1 / 90_000, 1 / 10]))
    assert ran.tally(0) == 3
    assert ran.out == 3


def test_room_kept_for_one_who_goes_home_is_given_to_those_who_wait() -> None:
    """A street full of people for one corridor empties at its closing; others go on over it."""
    scenario = two_gates(
        households=[[(30, 0, 0, 0, 0, 0, 0, 0, 0), (0,) * 9]] * 3,
        width_m=0.08,
        spacing_m=60.0,
        holding_m2=1.0,
        holding_persons=1.0,
        windows=((1, 8, 8.5), (2, 8, 12)),
    )
    moves = [
        dataclasses.replace(
            blocks(scenario, 0, zone=z, corridor=k).movements[0],
            id=f"{z}{k}",
            first_household=15 * k,
            households=15,
            persons=15,
        )
        for z in range(3)
        for k in range(2)
    ]
    plan = planned(scenario, *moves)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    ran = run(case, as_announced(scenario, rate=[1 / 600, 1.0]))
    assert ran.persons(OUT, corridor=1) == 45
    assert ran.persons(OUT, corridor=0) + ran.tally(0) + ran.tally(N_BACK) == 45
    assert ran.tally(N_BACK) > 20


def test_nobody_is_called_and_sent_home_over_and_over() -> None:
    """A gate that has shut for a group calls nobody of it, though no last departure says so."""
    scenario = two_days(households=ONES)
    plan = blocks(scenario, 900)
    case = lay_out(scenario, plan, ruled(scenario, plan, last_entry_s=(3000.0,)))
    ran = run(case, as_announced(scenario))
    # Due at 900, when the gate has shut: called at the next opening, and who is late stays.
    assert (ran.left[:30][ran.left[:30] > 0] >= 86_400).all()
    assert 0 < ran.out < 30
    again = ran.world.pause.origin[30 : ran.world.pause.chain[-1, 0]]
    assert len(again) == len(np.unique(again)) == 30 - ran.out


def test_every_zone_joins_its_nearest_mouth_on_foot() -> None:
    scenario = two_gates()
    near, ways = nearest_mouths(scenario)
    # Mouths stand at (3, 1) and (0, 1); zones at (1, 0), (2, 1), (1, 2), streets of 120 m.
    assert near.tolist() == [1, 0, 1]
    assert [way.length_m for way in ways] == pytest.approx([240, 120, 240])
    assert [len(way.steps) for way in ways] == [2, 1, 2]


def test_two_streets_between_the_same_nodes_are_two_streets() -> None:
    scenario = one_corridor(columns=2, households=ONES)
    links = scenario.network.links
    short = {
        field: np.concatenate([getattr(links, field), getattr(links, field)[:1]])
        for field in links.__slots__
        if field != "line"
    }
    short["id"][-1], short["length_m"][-1] = 1999, 60.0
    twice = dataclasses.replace(links, **short, line=(*links.line, links.line[0]))
    scenario = scenario.replace(network=dataclasses.replace(scenario.network, links=twice))
    _, ways = nearest_mouths(scenario)
    assert ways[0].length_m == pytest.approx(60)
    assert ways[0].steps.tolist() == [2 * (len(twice.id) - 1)]


def test_a_window_that_opens_and_stops_at_once() -> None:
    scenario = one_corridor(households=ONES)
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    draw = as_announced(
        scenario, opens_s=[600], ends_s=[600], known_s=[600], ending=[STOPPED_WITH_NOTICE]
    )
    ran = run(case, draw)
    assert ran.out == 0
    assert not ran.world.pause.called.any()


def test_most_is_what_gates_people_and_sites_allow() -> None:
    scenario = one_corridor(households=ONES, gates_persons_per_h=(10.0,))
    assert simulate(scenario, planned(scenario), 1).most.tolist() == [20]
    slow = unsure(scenario, long_share=0.5, long_factor=3.0)
    assert simulate(slow, planned(scenario), 1).most.tolist() == [10]
    assert simulate(one_corridor(households=ONES), planned(scenario), 1).most.tolist() == [30]
    few = one_corridor(households=ONES, places=(7.0,))
    assert simulate(few, planned(scenario), 1).most.tolist() == [7]
    never = unsure(scenario, start_delay_s=7200.0)
    found = simulate(never, planned(scenario), 1)
    assert found.most.tolist() == [0]
    assert found.ending.tolist() == [[NEVER_OPENED]]


def test_a_member_runs_by_the_draw_of_its_number() -> None:
    scenario = unsure(two_days(households=ONES), stop_share=0.5, notice_s=600.0)
    found = simulate(scenario, planned(scenario), [4, 9], 3)
    for row, number in enumerate((4, 9)):
        draw = draw_course(scenario, 3, number)
        assert found.opens_s[row].tolist() == draw.opens_s.tolist()
        assert found.closes_s[row].tolist() == draw.ends_s.tolist()
        assert found.ending[row].tolist() == draw.ending.tolist()


def test_pace_and_group_speed_multiply() -> None:
    scenario = one_corridor(households=ONES, speeds_m_per_s=(0.8,))
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    slow = dataclasses.replace(as_announced(scenario, rate=[100.0]), pace=0.5)
    ran = run(case, slow, average(30))
    assert ran.joined[:30] - ran.left[:30] == pytest.approx(np.full(30, 240 / 0.4))
    assert ran.ended[:30] - ran.passed[:30] == pytest.approx(np.full(30, 360 / 0.4))
    assert (ran.world.crowd.whole[:30, AT] > 0).all()
