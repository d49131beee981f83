"""Hold, last departure, last entry, and how blocks wait for their turn: by the units' own times."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from clearway.model.outcome import NEVER_OPENED
from clearway.model.rules import GateRule, LastDeparture
from clearway.simulate.case import lay_out
from clearway.simulate.state import (
    CORRIDOR,
    GROUP,
    N_BACK,
    N_UNCALLED_BACK,
    OUT,
)
from clearway.simulate.usual import usual_rules
from tests.plans import greedy_plan
from tests.scenarios import one_corridor, two_days, two_gates
from tests.simulate.worlds import (
    PERSONS,
    Ran,
    as_announced,
    average,
    blocks,
    planned,
    queue_free,
    ruled,
    run,
    unsure,
)

STEP_S = 60


def calls_s(ran: Ran) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return when each household was called, of those that left."""
    count = len(ran.case.folk.size)
    return np.asarray(ran.left[:count] - ran.world.pause.leave_s[:count])


def held(*departs_s: int, **rules: float) -> Ran:
    """Return nine blocks of ten at a slow gate: they can only wait."""
    case = queue_free(*(departs_s or [0] * 9), closes_s=36_000, **rules)
    ran = run(case, as_announced(case.scenario, rate=[1 / 120]))
    assert ran.out == PERSONS
    return ran


def test_no_block_is_called_while_more_wait_than_the_cap() -> None:
    ran = held(*range(0, 8100, 900), hold_queue_persons=4.0)
    called, joined, passed = calls_s(ran)[::10], ran.joined[:PERSONS], ran.passed[:PERSONS]
    assert max(int(((joined < at) & (passed > at)).sum()) for at in called) <= 4
    # It is the cap that held: a step before each call that came late more than the cap waited.
    late = called[called > np.arange(0, 8100, 900) + 1]
    before = [int(((joined < at - STEP_S) & (passed > at - STEP_S)).sum()) for at in late]
    assert len(late) > 3
    assert min(before) > 4


def test_no_block_is_called_while_more_are_under_way_than_the_cap() -> None:
    ran = held(hold_called_persons=12.0)
    called = calls_s(ran)
    for at in np.unique(called.round(3)):
        under_way = ((called < at - 1) & (ran.passed[:PERSONS] > at)).sum()
        assert under_way <= 12
    # Two blocks at once, as ten are no more than twelve; then one or two at a time.
    assert (called < 1).sum() == 20


def test_without_caps_all_are_called_at_once() -> None:
    assert (calls_s(held()) < 1).all()


def test_a_cap_of_nobody_lets_one_block_out_at_a_time() -> None:
    ran = held(hold_called_persons=0.0)
    called, passed = calls_s(ran), ran.passed[:PERSONS]
    for block in range(1, 9):
        mine, before = slice(10 * block, 10 * block + 10), slice(10 * block - 10, 10 * block)
        assert (called[mine] > passed[before].max()).all()


@pytest.mark.parametrize("cap", [1.0, 7.0, 7.5])
def test_no_more_are_in_the_corridor_than_its_limit(cap: float) -> None:
    case = queue_free(open_persons=cap)
    ran = run(case, as_announced(case.scenario))
    chosen = ran.phase == OUT
    passed, out = ran.passed[chosen], ran.ended[chosen]
    inside = [((passed <= at) & (out > at)).sum() for at in passed]
    assert max(inside) == int(cap)
    assert ran.world.pause.open.max() == int(cap)


def test_a_household_larger_than_the_limit_passes_alone() -> None:
    scenario = one_corridor(households=(0, 0, 0, 0, 0, 0, 0, 0, 3))
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan, open_persons=5.0))
    ran = run(case, as_announced(scenario))
    assert ran.out == 27
    assert ran.world.pause.open.max() == 9


def test_where_nobody_is_admitted_after_a_second_check_nobody_is_called() -> None:
    case = queue_free(open_recheck_persons=0.0)
    ran = run(case, as_announced(case.scenario, recheck_rate=[0.5]))
    assert ran.out == 0
    assert not ran.world.pause.called.any()
    assert run(case, as_announced(case.scenario)).out == PERSONS


def test_a_gate_that_checks_nobody_all_day_calls_nobody_and_recovers() -> None:
    scenario = two_days(households=(30, 0, 0, 0, 0, 0, 0, 0, 0))
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    ran = run(case, as_announced(scenario, rate=[0.0, 1.0]))
    assert ran.out == 30
    assert (calls_s(ran) == 24 * 3600).all()
    itself = dataclasses.replace(as_announced(scenario, rate=[0.0, 1.0]), uncalled_share=1.0)
    early = run(case, itself, average(30, hour=np.full(30, 0.1)))
    assert early.tally(N_UNCALLED_BACK) == 30


def test_a_block_that_is_too_late_is_not_called_and_later_ones_are() -> None:
    scenario = one_corridor(zones=((0, 0), (1, 0)), households=(10, 0, 0, 0, 0, 0, 0, 0, 0))
    far, near = (blocks(scenario, 3600, zone=z).movements[0] for z in (0, 1))
    plan = planned(scenario, far, dataclasses.replace(near, id="near"))
    rules = ruled(scenario, plan)
    latest = (LastDeparture("Z1", "G1", "C1", 3700.0), LastDeparture("Z2", "G1", "C1", 3500.0))
    ran = run(
        lay_out(scenario, plan, dataclasses.replace(rules, last_departures=latest)),
        as_announced(scenario),
    )
    assert ran.world.pause.called.tolist() == [0, 1]
    assert ran.out == 10


def test_blocks_slide_to_the_next_window_in_their_order() -> None:
    scenario = two_days(households=(30, 0, 0, 0, 0, 0, 0, 0, 0))
    plan = blocks(scenario, 0, 900, 86_400 + 900)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    draw = as_announced(scenario, opens_s=[3600, 86_400], ending=[NEVER_OPENED, 0], rate=[1.0, 1.0])
    ran = run(case, draw)
    assert ran.out == 30
    assert calls_s(ran) == pytest.approx(np.repeat([86_400, 86_400, 87_300], 10))


def test_whoever_was_sent_home_is_called_first_the_next_day() -> None:
    scenario = two_days(households=(90, 0, 0, 0, 0, 0, 0, 0, 0), gates_persons_per_h=(30.0,))
    plan = blocks(scenario, 0, 86_400)
    rules = ruled(scenario, plan, last_entry_s=(600.0,), hold_called_persons=20.0)
    ran = run(lay_out(scenario, plan, rules), as_announced(scenario))
    first = (ran.passed[:45] > 0) & (ran.passed[:45] <= 3000)
    again = ran.left[90:][ran.left[90:] > 0]
    assert 10 < first.sum() < 35
    assert first.sum() + len(again) == 45
    # 21 of the 22 at once; the last, and all who are called for the first time, when some passed.
    spread = ran.world.pause.leave_s[:45][~first]
    assert again[:21] == pytest.approx(86_400 + spread[:21])
    assert (calls_s(ran)[45:][ran.left[45:90] > 0] > 86_400).all()
    second = (ran.passed > 86_400) & (ran.phase == OUT)
    assert ran.out == first.sum() + second.sum()
    assert second[90:].sum() > second[45:90].sum()


def test_nobody_is_admitted_later_than_the_last_entry_of_the_group() -> None:
    scenario = two_gates(households=(6, 3, 1, 0, 0, 0, 0, 0, 0))
    plan = greedy_plan(scenario)
    plain = ruled(scenario, plan)
    gates = tuple(
        dataclasses.replace(gate, last_entry_s=times)
        for gate, times in zip(plain.gates, ((6600.0, 6300.0), (6700.0, 6900.0)), strict=True)
    )
    case = lay_out(scenario, plan, dataclasses.replace(plain, gates=gates))
    ran = run(case, as_announced(scenario))
    whole = ran.world.crowd.whole
    for k, gate in enumerate(gates):
        for g, before in enumerate(gate.last_entry_s):
            mine = (whole[:, CORRIDOR] == k) & (whole[:, GROUP] == g)
            assert ran.passed[mine].max(initial=0) <= 7200 - before
    assert ran.tally(N_BACK) + ran.tally(N_BACK, 1) > 0


def test_lateness_is_added_to_the_call() -> None:
    case = queue_free()
    late = unsure(case.scenario, lateness_s=600.0)
    plan = blocks(late, 0)
    ran = run(lay_out(late, plan, ruled(late, plan)), as_announced(late))
    assert ran.left[:PERSONS] == pytest.approx(605 + 10 * np.arange(PERSONS))
    assert ran.out == PERSONS


def test_whoever_comes_uncalled_comes_at_any_announced_hour() -> None:
    case = queue_free(closes_s=3600)
    draw = dataclasses.replace(as_announced(case.scenario), uncalled_share=1.0)
    hours = (np.arange(PERSONS) + 0.5) / PERSONS
    ran = run(case, draw, average(PERSONS, hour=hours))
    assert ran.left[:PERSONS] == pytest.approx(3600 * hours)
    assert ran.world.pause.total[3:].tolist() == [0, PERSONS]
    # Walked 200 s and checked for 6 s: who leaves by 3394 passes; who passes by 3300 is out.
    passed = int((3600 * hours + 206 <= 3600).sum())
    out = int((3600 * hours + 506 <= 3600).sum())
    assert ran.out == out
    assert ran.tally(N_UNCALLED_BACK) == PERSONS - passed
    assert ran.persons(OUT) == out


def test_whoever_comes_uncalled_waits_for_a_late_opening() -> None:
    case = queue_free()
    draw = dataclasses.replace(as_announced(case.scenario, opens_s=[3600]), uncalled_share=1.0)
    ran = run(case, draw, average(PERSONS, hour=np.full(PERSONS, 1e-3)))
    assert ran.out == PERSONS
    assert ran.world.pause.queue.max() == PERSONS
    assert ran.passed[:PERSONS].min() == pytest.approx(3606)
    assert ran.passed[:PERSONS].max() == pytest.approx(3600 + 6 * PERSONS)
    # They step out at once, and the street lets 2.6 of them enter in a second.
    came = 7.2 + (PERSONS - 1) / 2.6 + 200
    assert ran.world.pause.tally[0, 5] == pytest.approx(3600 + 6 * PERSONS - came)


def test_the_usual_rules_are_the_scenarios_own() -> None:
    scenario = one_corridor(holding_persons=120.0, margin_min=10.0)
    plan = greedy_plan(scenario)
    rules = usual_rules(scenario, plan)
    # 240 m to the mouth, 360 m through the corridor at 1.2 m/s; the gate serves one in 6 s.
    called = rules.gates[0].hold_called_persons
    assert called == pytest.approx(120 + 200 / 6)
    assert rules.gates == (GateRule("C1", 120.0, called, np.inf, (900.0,), 180.0),)
    before_s = rules.last_departures[0].before_s
    assert before_s == pytest.approx(1100.0)
    assert rules.last_departures == (LastDeparture("Z1", "G1", "C1", before_s),)
    flat = usual_rules(scenario, plan, margin_s=1234.0)
    assert flat.gates[0].last_entry_s == (1234.0,)
    assert flat.last_departures[0].before_s == pytest.approx(1434.0)


def test_usual_rules_of_a_plan_that_calls_nobody() -> None:
    scenario = two_gates()
    rules = usual_rules(scenario, planned(scenario))
    assert [gate.corridor for gate in rules.gates] == ["C1", "C2"]
    assert rules.last_departures == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_that_queues_nowhere_brings_out_all_it_says(seed: int) -> None:
    sizes = np.random.default_rng(seed).integers(0, 3, 9)
    scenario = two_gates(households=sizes, gates_persons_per_h=(7200.0, 7200.0))
    plan = greedy_plan(scenario)
    assert plan.persons == scenario.demand.persons.sum() > 0
    ran = run(lay_out(scenario, plan, usual_rules(scenario, plan)), as_announced(scenario))
    assert ran.out == plan.persons


def test_a_plan_that_fills_its_gate_brings_out_what_it_says_to_a_few_per_cent() -> None:
    scenario = one_corridor(households=np.array((2, 3, 4, 6, 5, 4, 2, 1, 1)) * 20)
    plan = greedy_plan(scenario)
    assert 300 < plan.persons < scenario.demand.persons.sum()
    ran = run(lay_out(scenario, plan, usual_rules(scenario, plan)), as_announced(scenario))
    assert ran.out == pytest.approx(plan.persons, rel=0.05)


def test_every_household_is_in_the_case_once() -> None:
    scenario = two_gates(uptake=0.6)
    plan = greedy_plan(scenario)
    case = lay_out(scenario, plan, usual_rules(scenario, plan))
    assert case.folk.size.sum() == scenario.demand.persons.sum()
    assert sorted(case.folk.row.tolist()) == list(range(len(case.folk.size)))
    for z in range(3):
        for g in range(2):
            mine = (case.folk.zone == z) & (case.folk.group == g)
            assert sorted(case.folk.size[mine]) == sorted(scenario.demand.sequence(z, g))
