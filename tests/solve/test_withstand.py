"""Rules that withstand: there for each gate, in bounds, chosen as told, and they hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.plan import Plan
from clearway.model.rules import Rules
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.simulate.simulate import simulate
from clearway.solve.courses import SEED
from clearway.solve.solve import solve
from clearway.solve.withstand import (
    AGAIN_MIN,
    AGAIN_SHARES,
    CALLED_MIN,
    MEMBERS,
    QUEUES,
    SCREENED,
    USED,
    _affordable,
    _again,
    _crossing_s,
    _holds,
    _mouths,
    _Option,
    _options,
    _share_out,
    _Tried,
    _try,
    before_gate_m,
    withstand,
)
from tests.plans import greedy_plan
from tests.scenarios import four_sides, late_window, one_corridor, two_days, two_gates
from tests.solve.rehearsals import rehearsed
from tests.solve.unsure import MUCH, est, small_sample, two_unsure_gates

RISK = 0.05
UNSURE = two_unsure_gates()


def rules_of(scenario: Scenario, risk: float = RISK, plan: Plan | None = None) -> Rules:
    """Return rules for the greedy plan of a scenario, or another."""
    movements = (plan or greedy_plan(scenario)).movements
    return withstand(scenario, movements, before_gate_m(scenario, movements), risk)


@pytest.fixture(scope="module")
def robust() -> Plan:
    """Return the plan of two gates of which nobody knows much, at a risk of one in twenty."""
    return solve(UNSURE, risk=RISK)


@pytest.fixture(scope="module")
def rules(robust: Plan) -> Rules:
    """Return its rules."""
    assert robust.rules is not None
    return robust.rules


def test_each_corridor_has_its_rule_in_the_order_of_the_scenario(rules: Rules) -> None:
    assert [gate.corridor for gate in rules.gates] == ["C1", "C2"]
    assert rules.risk == RISK


def test_each_zone_and_group_that_is_called_has_its_last_departure(
    robust: Plan, rules: Rules
) -> None:
    told = [(one.zone, one.group, one.corridor) for one in rules.last_departures]
    assert told == sorted({(one.zone, one.group, one.corridor) for one in robust.movements})


def test_the_last_entry_leaves_the_slowest_time_to_get_out(rules: Rules) -> None:
    """360 m at 1.2 and 0.6 m/s, four fifths of it at worst, and three minutes: whole minutes."""
    by_hand = (600.0, 960.0)  # 375 + 180 = 555, and 750 + 180 = 930
    assert [gate.last_entry_s for gate in rules.gates] == [by_hand, by_hand]


def test_a_last_departure_leaves_the_walk_and_what_was_found_best(
    robust: Plan, rules: Rules
) -> None:
    """The walk at central speed to the last entry, and 0, 30, 60 or 90 minutes more."""
    walks = before_gate_m(UNSURE, robust.movements)
    metres = {
        (one.zone, one.group, one.corridor): walk
        for one, walk in zip(robust.movements, walks, strict=True)
    }
    speed, entry = {"G1": 1.2, "G2": 0.6}, {"G1": 600.0, "G2": 960.0}
    slacks: dict[str, set[float]] = {"C1": set(), "C2": set()}
    for one in rules.last_departures:
        walk = metres[one.zone, one.group, one.corridor] / speed[one.group]
        over = one.before_s - entry[one.group] - walk
        slacks[one.corridor].add(np.floor(over / 60))
        assert one.before_s % 60 == 0
    for found in slacks.values():
        assert len(found) == 1
        assert found <= {0, 30, 60, 90}


def test_caps_are_among_those_tried_and_within_the_limits_of_the_place(rules: Rules) -> None:
    for gate, corridor in zip(rules.gates, UNSURE.corridors, strict=True):
        limit, rate = corridor.holding.limit_persons, corridor.gate_persons_per_s.central
        assert gate.hold_queue_persons in {np.floor(share * limit) for share in QUEUES}
        called = {np.floor(max(rate * minutes * 60, 9.0)) for minutes in CALLED_MIN}
        assert gate.hold_called_persons in called
        assert gate.open_persons == corridor.open_limit_persons
        assert gate.open_recheck_persons <= corridor.open_limit_persons
        assert gate.turn_m == 180
        assert all(np.greater_equal(gate.last_entry_recheck_s, gate.last_entry_s))


def test_the_same_rules_come_twice(rules: Rules, robust: Plan) -> None:
    """Threads or not: nothing depends on which corridor is done first."""
    assert rules_of(UNSURE, plan=robust) == rules


def test_no_other_cap_that_is_tried_does_better_on_the_sample() -> None:
    """Most out less the weight of those turned back, over the courses that caps are tried on."""
    movements = greedy_plan(UNSURE).movements
    mouths = _mouths(UNSURE, movements, before_gate_m(UNSURE, movements), None)
    weight = UNSURE.thresholds.turned_back_weight
    for mouth in mouths:
        gate, slack = _holds(UNSURE, mouth, weight)
        sample, worth = mouth.plain[:SCREENED], {}
        rate, limit = (
            mouth.corridor.gate_persons_per_s.central,
            mouth.corridor.holding.limit_persons,
        )
        for minutes, share in product(CALLED_MIN, QUEUES):
            other = gate._replace(
                hold_called=max(rate * minutes * 60, 9.0), hold_queue=share * limit
            )
            found = _try(UNSURE, mouth, other, 1800.0, sample)
            worth[other.hold_called, other.hold_queue] = found.out - weight * found.back
        assert worth[gate.hold_called, gate.hold_queue] == max(worth.values())
        slacks = [_try(UNSURE, mouth, gate, 60.0 * m, sample) for m in (0, 30, 60, 90)]
        best = max(found.out - weight * found.back for found in slacks)
        mine = _try(UNSURE, mouth, gate, slack, sample)
        assert mine.out - weight * mine.back == best


def test_who_weighs_those_turned_back_more_calls_no_more() -> None:
    """Caps on people under way and in the queue, on the same sample, as the weight grows."""
    caps = []
    for weight in (0.0, 1.0, 10.0):
        scenario = UNSURE.replace(thresholds=UNSURE.thresholds.replace(turned_back_weight=weight))
        gates = rules_of(scenario, plan=greedy_plan(UNSURE)).gates
        caps.append([(gate.hold_called_persons, gate.hold_queue_persons) for gate in gates])
    drops = -np.diff(np.array(caps), axis=0)
    assert (drops >= 0).all()
    assert (drops > 0).any()


def test_people_before_the_gate_of_an_unused_corridor_are_held_too() -> None:
    """People come of themselves: it has a rule, at its limits, and no last departure."""
    scenario = UNSURE
    plan = greedy_plan(scenario)
    east = tuple(one for one in plan.movements if one.corridor == "C1")
    with small_sample():
        rules = rules_of(scenario, plan=plan.replace(movements=east))
    unused = rules.gates[1]
    assert unused.hold_queue_persons == scenario.corridors[1].holding.limit_persons
    assert unused.last_entry_s == (600.0, 960.0)
    assert unused.open_recheck_persons == 0
    assert {one.corridor for one in rules.last_departures} == {"C1"}


def test_where_nobody_is_called_at_all_there_are_rules() -> None:
    with small_sample():
        rules = rules_of(UNSURE, plan=greedy_plan(UNSURE).replace(movements=()))
    assert [gate.corridor for gate in rules.gates] == ["C1", "C2"]
    assert rules.last_departures == ()


def test_a_corridor_that_never_opens_has_a_rule() -> None:
    scenario = late_window(windows=((1, 8, 9.25),)).replace(uncertainty=MUCH)
    with small_sample():
        rules = rules_of(scenario)
    assert [gate.corridor for gate in rules.gates] == ["C1", "C2"]
    assert {one.corridor for one in rules.last_departures} == {"C1"}
    assert simulate(scenario, greedy_plan(scenario).replace(rules=rules), 20).willing.shape[0] == 20


def test_where_nobody_is_checked_again_nobody_would_be_admitted_if_they_were() -> None:
    """Nothing was found out about such days, so nothing is ventured on them."""
    scenario = two_unsure_gates(MUCH.replace(recheck_share=est(0.0)))
    for gate in rules_of(scenario).gates:
        assert gate.open_recheck_persons == 0
        assert gate.last_entry_recheck_s == gate.last_entry_s


def test_where_all_are_checked_again_there_is_a_way_to_let_people_in() -> None:
    scenario = two_unsure_gates(MUCH.replace(recheck_share=est(1.0)))
    plan = solve(scenario, risk=RISK)
    assert plan.rules is not None
    assert all(gate.open_recheck_persons > 0 for gate in plan.rules.gates)
    assert all(gate.last_entry_recheck_s > gate.last_entry_s for gate in plan.rules.gates)
    ensemble = simulate(scenario, plan, 200, 5)
    assert ensemble.people_out.mean() > 100
    assert ensemble.anyone_caught.lower() <= RISK


def test_a_corridor_that_takes_more_than_a_day_has_last_entries_of_a_day() -> None:
    """Nobody would get through in time: the rules can be told all the same."""
    scenario = one_corridor(open_m=40_000.0, windows=((1, 8, 60),)).replace(
        uncertainty=Uncertainty(pace_factor=est(0.2, 1.0), recheck_share=est(0.5))
    )
    with small_sample():
        (gate,) = rules_of(scenario).gates
    assert gate.last_entry_s == gate.last_entry_recheck_s == (86_400.0,)


@pytest.mark.parametrize("make", [one_corridor, two_gates, late_window, two_days, four_sides])
def test_with_nothing_uncertain_all_of_the_plan_comes_out(make: object) -> None:
    """The rules stand in nobody's way, and nobody is caught or turned back."""
    assert callable(make)
    scenario = make()
    plan = solve(scenario, risk=0.01)
    ensemble = simulate(scenario, plan, 2)
    assert ensemble.people_out.min() >= 0.98 * plan.persons
    assert ensemble.caught.sum() == 0
    assert ensemble.turned_back.sum() <= 0.01 * plan.persons
    assert plan.persons > 0


def test_the_sample_keeps_its_share_of_the_risk(robust: Plan) -> None:
    """Rehearsed in the solver's own courses, second checks where they were drawn."""
    found = rehearsed(UNSURE, robust, SEED, range(MEMBERS))
    caught = float((found[:, :, 2].sum(axis=1) > 0).mean())
    assert caught <= RISK
    assert caught <= USED * RISK + 2 * (USED * RISK / MEMBERS) ** 0.5


def test_rehearsing_tells_what_the_simulation_does(robust: Plan) -> None:
    """In the mean over the same draws: people out within a twentieth, turned back a fifth."""
    members = range(200)
    found = rehearsed(UNSURE, robust, 3, members)
    told = simulate(UNSURE, robust, members, 3)
    out = told.people_out.mean()
    back = told.turned_back.sum(axis=1).mean()
    assert found[:, :, 0].sum(axis=1).mean() == pytest.approx(out, rel=0.05)
    assert found[:, :, 1].sum(axis=1).mean() == pytest.approx(back, rel=0.2)
    pairs = np.corrcoef(found[:, :, 0].sum(axis=1), told.people_out)
    assert pairs[0, 1] > 0.85


def test_where_households_are_certain_rehearsing_and_simulating_agree_member_by_member() -> None:
    """Days, gates and second checks as drawn: people out within a household or two a window."""
    hours = MUCH.replace(
        long_share=est(0.0),
        service_cv=est(0.0),
        zone_factor=est(1.0),
        uncalled_share=est(0.0),
        pace_factor=est(1.0),
        lateness_s=est(0.0),
    )
    scenario = two_unsure_gates(hours)
    scenario = scenario.replace(planning=replace(scenario.planning, uptake=est(1.0)))
    plan = solve(scenario, risk=RISK)
    members = range(60)
    found = rehearsed(scenario, plan, 3, members)[:, :, 0]
    told = simulate(scenario, plan, members, 3).out.sum(axis=(1, 3))
    assert np.abs(found - told).mean() < 9
    assert np.corrcoef(found.ravel(), told.ravel())[0, 1] > 0.98


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[list[_Option], np.ndarray]]:
    """Draw what rules for second checks would do at one to three corridors."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    made = []
    for _ in range(draw(st.integers(1, 3))):
        options = [_Option(0.0, 0.0, _Tried(0.0, 0.0, np.zeros(20, dtype=bool)))]
        for n in range(draw(st.integers(0, 5))):
            caught = rng.random(20) < rng.choice([0.0, 0.1, 0.5])
            options.append(_Option(1.0, n, _Tried(float(rng.integers(0, 1000)), 0.0, caught)))
        made.append((options, rng.random(20) < rng.choice([0.0, 0.0, 0.1])))
    return made


def _risk(tables: list[tuple[list[_Option], np.ndarray]], chosen: tuple[_Option, ...]) -> float:
    """Return the probability that anyone is caught: a second check on every fifth day."""
    plain = np.any([never for _, never in tables], axis=0).mean()
    return float(plain + 0.2 * sum(one.tried.caught.mean() for one in chosen))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(tables(), st.sampled_from((0.001, 0.01, 0.05, 0.2)))
def test_the_risk_is_shared_out_so_that_most_come_out(
    tables: list[tuple[list[_Option], np.ndarray]], budget: float
) -> None:
    """No other choice with no more risk brings out more; less to share never brings out more."""
    scenario = UNSURE.replace(uncertainty=MUCH.replace(recheck_share=est(0.2)))
    chosen = tuple(_share_out(scenario, tables, budget))
    risk, out = _risk(tables, chosen), sum(one.tried.out for one in chosen)
    every = list(product(*(options for options, _ in tables)))
    if min(_risk(tables, other) for other in every) <= budget:
        assert risk <= budget + 1e-12
    for other in every:
        if _risk(tables, other) <= risk - 1e-12:
            assert sum(one.tried.out for one in other) <= out + 1e-6
    less = _share_out(scenario, tables, budget / 3)
    assert sum(one.tried.out for one in less) <= out
    assert _risk(tables, tuple(less)) <= risk + 1e-12
    assert len(chosen) == len(tables)


def test_less_risk_means_fewer_at_gates_with_a_second_check() -> None:
    """At each gate: caught in no more courses, and no more people brought out on such days."""
    movements = greedy_plan(UNSURE).movements
    mouths = _mouths(UNSURE, movements, before_gate_m(UNSURE, movements), None)
    made = [_options(UNSURE, mouth, _holds(UNSURE, mouth, 0.25), MEMBERS) for mouth in mouths]
    before: list[_Option] = []
    steps = 0
    for risk in (1.0, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001):
        chosen = _share_out(UNSURE, made, USED * risk)
        for one, other in zip(chosen, before, strict=False):
            assert one.tried.caught.mean() <= other.tried.caught.mean()
            assert one.tried.out <= other.tried.out
            steps += one != other
        before = chosen
    assert steps >= 3


def test_a_rule_that_alone_uses_up_the_risk_is_not_tried_to_the_end() -> None:
    movements = greedy_plan(UNSURE).movements
    mouths = _mouths(UNSURE, movements, before_gate_m(UNSURE, movements), None)
    dropped = 0
    for mouth in mouths:
        chosen = _holds(UNSURE, mouth, 0.25)
        every, _ = _options(UNSURE, mouth, chosen, MEMBERS)
        for most in (0, 3, 30):
            some, _ = _options(UNSURE, mouth, chosen, most)
            kept = {(one.share, one.minutes): one.tried for one in some}
            assert len(kept) == len(some)
            for one in every:
                tried = kept.get((one.share, one.minutes))
                if tried is None:
                    assert one.tried.caught.sum() > most
                    dropped += 1
                else:
                    assert tried.caught.tolist() == one.tried.caught.tolist()
                    assert tried.out == pytest.approx(one.tried.out)
    assert dropped


def test_what_another_rule_outdoes_is_not_tried_to_the_end_and_would_not_be_chosen() -> None:
    """Beside every rule tried on every course: as chosen as without, at any price of the risk."""
    movements = greedy_plan(UNSURE).movements
    mouths = _mouths(UNSURE, movements, before_gate_m(UNSURE, movements), None)
    every, some = list[tuple[list[_Option], np.ndarray]](), list[tuple[list[_Option], np.ndarray]]()
    for mouth in mouths:
        gate, slack = _holds(UNSURE, mouth, 0.25)
        kept, plain = _options(UNSURE, mouth, (gate, slack), MEMBERS)
        tried = [
            _Option(
                share,
                minutes,
                _try(UNSURE, mouth, _again(mouth, gate, share, minutes), slack, mouth.again),
            )
            for share, minutes in product(AGAIN_SHARES[1:], AGAIN_MIN)
        ]
        every.append(([kept[0], *tried], plain))
        some.append((kept, plain))
        places = [(one.share, one.minutes) for one in kept[1:]]
        assert places == sorted(places)
        # Whatever was dropped, another lets more out and catches no more often.
        for one in tried:
            assert (one.share, one.minutes) in places or any(
                other.tried.out >= one.tried.out
                and other.tried.caught.sum() <= one.tried.caught.sum()
                for other in kept
            )
    assert sum(len(options) for options, _ in some) < sum(len(options) for options, _ in every)
    for risk in (1.0, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001):
        chosen = [_share_out(UNSURE, tables_, USED * risk) for tables_ in (every, some)]
        assert [(one.share, one.minutes) for one in chosen[0]] == [
            (one.share, one.minutes) for one in chosen[1]
        ]


def test_what_is_affordable_grows_with_the_risk_and_with_days_without_a_second_check() -> None:
    often = UNSURE.replace(uncertainty=MUCH.replace(recheck_share=est(0.5)))
    seldom = UNSURE.replace(uncertainty=MUCH.replace(recheck_share=est(0.1)))
    never = UNSURE.replace(uncertainty=MUCH.replace(recheck_share=est(0.0)))
    assert _affordable(often, 0.05) == MEMBERS // 10
    assert _affordable(seldom, 0.05) == MEMBERS // 2
    assert _affordable(seldom, 0.5) == MEMBERS
    assert _affordable(never, 0.0) == MEMBERS


def test_the_slowest_are_those_of_the_lowest_speed_at_the_lowest_pace() -> None:
    movements = greedy_plan(UNSURE).movements
    groups = tuple(
        replace(group, speed_m_per_s=est(0.5, group.speed_m_per_s.central, 1.5))
        for group in UNSURE.groups
    )
    scenario = UNSURE.replace(groups=groups)
    mouths = _mouths(scenario, movements, before_gate_m(scenario, movements), None)
    # 360 m at 0.4 m/s are 900 s.
    assert _crossing_s(scenario, mouths[0]).tolist() == [1080.0, 1080.0]
