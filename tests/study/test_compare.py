"""Plans side by side: the same draws, the least margin, and differences member by member."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clearway.model.comparison import Comparison
from clearway.model.draws import draw_course
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.simulate.simulate import simulate
from clearway.simulate.usual import usual_rules
from clearway.solve.solve import solve
from clearway.study.compare import MARGINS_MIN, compare, members_accepted, slowest_first
from tests.plans import greedy_plan
from tests.scenarios import four_sides, one_corridor
from tests.solve.unsure import est, two_unsure_gates

#: Members that are not the first few, so that another choice of them would show.
MEMBERS = tuple(range(5, 65))
SEED = 3
RISK = 0.05


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return two gates of which nobody knows much."""
    return two_unsure_gates()


@pytest.fixture(scope="module")
def robust(scenario: Scenario) -> Plan:
    """Return its plan at a risk of one in twenty."""
    return solve(scenario, risk=RISK)


@pytest.fixture(scope="module")
def ensemble(scenario: Scenario, robust: Plan) -> Ensemble:
    """Return what became of it."""
    return simulate(scenario, robust, MEMBERS, SEED)


@pytest.fixture(scope="module")
def heard() -> list[tuple[int, int]]:
    """Return the list of what is told while plans are compared."""
    return []


@pytest.fixture(scope="module")
def compared(
    scenario: Scenario, robust: Plan, ensemble: Ensemble, heard: list[tuple[int, int]]
) -> Comparison:
    """Return the plan beside the others."""
    found = compare(scenario, robust, ensemble, progress=lambda done, of: heard.append((done, of)))
    assert found is not None
    return found


def flat(scenario: Scenario, minutes: float) -> Ensemble:
    """Return what becomes of the plan for the mean under one margin, member by member."""
    plan = solve(scenario)
    rules = usual_rules(scenario, plan, minutes * 60.0)
    return simulate(scenario, plan.replace(rules=rules), MEMBERS, SEED)


def test_all_plans_meet_the_same_draws(compared: Comparison, ensemble: Ensemble) -> None:
    assert compared.ensemble is ensemble
    assert compared.flat is not None
    for other in (compared.deterministic.ensemble, compared.flat.ensemble):
        assert other.numbers.tolist() == list(MEMBERS)
        assert other.seed == SEED
        assert np.array_equal(other.ending, ensemble.ending)
        assert np.array_equal(other.opens_s, ensemble.opens_s)


def test_the_plan_for_the_mean_runs_by_the_usual_rules(
    compared: Comparison, scenario: Scenario
) -> None:
    plan = solve(scenario)
    assert compared.deterministic.promised == plan.persons
    assert compared.deterministic.margin_s is None
    told = simulate(scenario, plan, MEMBERS, SEED)
    assert np.array_equal(told.out, compared.deterministic.ensemble.out)
    assert np.array_equal(told.caught, compared.deterministic.ensemble.caught)


def test_the_flat_margin_is_the_least_that_catches_no_more_than_accepted(
    compared: Comparison, scenario: Scenario, ensemble: Ensemble
) -> None:
    """Each margin that is tried, run in full: all shorter ones catch more members."""
    allowed = max(3, ensemble.anyone_caught.hits)  # one in twenty of sixty
    assert compared.flat is not None
    assert compared.flat.margin_s is not None
    assert compared.flat.margin_s / 60 in MARGINS_MIN
    shorter = [minutes for minutes in MARGINS_MIN if minutes * 60 < compared.flat.margin_s]
    assert shorter
    for minutes in shorter:
        assert flat(scenario, minutes).anyone_caught.hits > allowed
    found = flat(scenario, compared.flat.margin_s / 60)
    assert found.anyone_caught.hits <= allowed
    assert np.array_equal(found.out, compared.flat.ensemble.out)
    assert compared.flat.promised == compared.deterministic.promised


def test_margins_are_tried_from_the_least_on() -> None:
    assert list(MARGINS_MIN) == sorted(set(MARGINS_MIN))
    assert MARGINS_MIN[0] == 30
    assert MARGINS_MIN[-1] == 480


def test_what_it_costs_and_gains_is_told_member_by_member(
    compared: Comparison, scenario: Scenario, robust: Plan
) -> None:
    """Each member simulated alone, for each plan: the mean of the differences."""
    assert compared.flat is not None
    assert compared.flat.margin_s is not None
    plan = solve(scenario)
    rules = usual_rules(scenario, plan, compared.flat.margin_s)
    price, gain, more = [], [], []
    for number in MEMBERS:
        mine, mean, other = (
            simulate(scenario, one, [number], SEED)
            for one in (robust, plan, plan.replace(rules=rules))
        )
        price.append(int(mean.people_out[0] - mine.people_out[0]))
        gain.append(int(mine.people_out[0] - other.people_out[0]))
        more.append(int(mine.most[0] - mine.people_out[0]))
    assert compared.gain_over_flat is not None
    told = (compared.price_of_robustness, compared.gain_over_flat, compared.perfect_information)
    for (mean_of, low, high), values in zip(told, (price, gain, more), strict=True):
        assert mean_of == pytest.approx(np.mean(values))
        half = 1.959964 * np.std(values, ddof=1) / len(values) ** 0.5
        assert (low, high) == pytest.approx((mean_of - half, mean_of + half))
    assert min(more) >= 0


def test_the_plan_brings_out_more_than_one_flat_margin(compared: Comparison) -> None:
    """At a risk that is no higher: that is what rules for each gate are for."""
    assert compared.gain_over_flat is not None
    assert compared.gain_over_flat[1] > 0


def test_whoever_waits_hears_how_far_it_is(
    compared: Comparison, heard: list[tuple[int, int]]
) -> None:
    """Members of the two plans, never beyond their number, and never fewer than before."""
    assert compared.flat is not None
    done = [number for number, _ in heard]
    assert {of for _, of in heard} == {2 * len(MEMBERS)}
    assert done == sorted(done)
    assert done[-1] == 2 * len(MEMBERS)


def test_a_margin_that_fails_is_found_out_by_few_members(
    compared: Comparison, heard: list[tuple[int, int]]
) -> None:
    """One is told of each member that is run, of margins refused too."""
    assert compared.flat is not None
    assert compared.flat.margin_s is not None
    refused = sum(minutes * 60 < compared.flat.margin_s for minutes in MARGINS_MIN)
    assert refused > 0
    in_vain = len(heard) - 2 * len(MEMBERS)
    # More must be caught than are allowed, and no more are run than show it, and one a thread.
    assert 4 * refused <= in_vain < refused * len(MEMBERS) / 3


def test_members_whose_second_check_is_slow_go_first() -> None:
    scenario = four_sides().replace(
        uncertainty=Uncertainty(recheck_share=est(0.15), recheck_factor=est(0.05, 0.4, 1.0))
    )
    plan = greedy_plan(scenario)
    ensemble = simulate(scenario, plan, range(30, 10, -1), SEED)
    order = slowest_first(scenario, ensemble)
    assert sorted(order) == list(range(11, 31))
    slowest = []
    for number in order:
        rates = draw_course(scenario, SEED, number).recheck_rate
        slowest.append(min((float(rate) for rate in rates if rate > 0), default=np.inf))
    assert slowest == sorted(slowest)
    assert slowest[0] < slowest[5]
    # Those without any come last, in the order in which they stand.
    without = [number for number, one in zip(order, slowest, strict=True) if one == np.inf]
    assert len(without) > 1
    assert without == sorted(without, reverse=True)


def test_a_plan_without_rules_has_no_flat_margin_beside_it(
    scenario: Scenario, ensemble: Ensemble
) -> None:
    """Nothing was accepted, so there is no equal risk."""
    plan = solve(scenario)
    told = simulate(scenario, plan, MEMBERS[:5], SEED)
    found = compare(scenario, plan, told)
    assert found is not None
    assert found.flat is None
    assert found.gain_over_flat is None
    assert found.price_of_robustness == (0.0, 0.0, 0.0)
    assert len(ensemble) == len(MEMBERS)


def test_a_risk_that_no_margin_meets_leaves_none() -> None:
    """Stopped at any hour, at once: whoever is inside is caught, unless nobody is ever let in."""
    scenario = one_corridor(
        windows=((1, 8, 20),), gates_persons_per_h=(20.0,), households=(9,) * 9
    ).replace(uncertainty=Uncertainty(stop_share=est(1.0)))
    plan = solve(scenario, risk=0.01)
    assert plan.rules is not None
    shut = tuple(replace(gate, open_persons=0.0) for gate in plan.rules.gates)
    careful = plan.replace(rules=replace(plan.rules, gates=shut))
    told = simulate(scenario, careful, 20, SEED)
    assert told.anyone_caught.hits == 0
    found = compare(scenario, careful, told)
    assert found is not None
    assert found.flat is None
    assert found.deterministic.ensemble.anyone_caught.hits > 0
    assert found.price_of_robustness[0] == found.deterministic.ensemble.people_out.mean()


@pytest.mark.parametrize("heard_before", [0, 1, 70])
def test_who_is_stopped_gives_nothing(
    scenario: Scenario, robust: Plan, ensemble: Ensemble, heard_before: int
) -> None:
    """At once, in the first run, or in a later one: half a comparison would mislead."""
    answers = iter([False] * heard_before)
    assert compare(scenario, robust, ensemble, stop=lambda: next(answers, True)) is None


def test_where_nobody_is_ever_caught_the_least_margin_is_taken() -> None:
    """Nothing uncertain: the first that is tried."""
    scenario = one_corridor()
    plan = solve(scenario, risk=0.01)
    found = compare(scenario, plan, simulate(scenario, plan, 3, SEED))
    assert found is not None
    assert found.flat is not None
    assert found.flat.margin_s == 60.0 * MARGINS_MIN[0]
    assert found.perfect_information[0] == 0


@pytest.mark.parametrize(
    ("risk", "members", "accepted"),
    [(0.29, 100, 29), (0.01, 99, 0), (0.01, 100, 1), (0.05, 60, 3), (0.07, 100, 7), (1.0, 8, 8)],
)
def test_the_members_accepted_are_the_whole_ones(risk: float, members: int, accepted: int) -> None:
    """29 % of a hundred are 29, though the product of the floats is less in its last bit."""
    assert members_accepted(risk, members) == accepted


def test_members_in_any_order_are_compared_one_by_one(scenario: Scenario, robust: Plan) -> None:
    backward = simulate(scenario, robust, MEMBERS[::-1], SEED)
    found = compare(scenario, robust, backward)
    assert found is not None
    assert found.flat is not None
    assert found.flat.ensemble.numbers.tolist() == list(MEMBERS[::-1])
    assert found.deterministic.ensemble.numbers.tolist() == list(MEMBERS[::-1])
