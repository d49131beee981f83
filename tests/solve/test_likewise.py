"""Those who go by themselves, planned beside vehicles that another plan has."""

from __future__ import annotations

from clearway.judge.check import judge
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Movement
from clearway.solve.options import SolveOptions
from clearway.solve.solve import solve
from tests.scenarios import aid_in, one_bus, two_ambulances


def _moves(movements: tuple[Movement, ...]) -> list[tuple[str, str, int, int, int]]:
    return [(m.zone, m.corridor, m.depart_s, m.first_household, m.households) for m in movements]


def test_beside_the_same_vehicles_the_same_people_go() -> None:
    for scenario in (one_bus(), two_ambulances(), aid_in()):
        plan = solve(scenario)
        again = solve(scenario, SolveOptions(vehicles=plan))
        assert plan.duties or plan.convoys
        assert again.duties == plan.duties
        assert again.convoys == plan.convoys
        assert _moves(again.movements) == _moves(plan.movements)
        for name in (PEOPLE, EXPOSURE, HOURS):
            assert again.level(name).value == plan.level(name).value
        assert not judge(scenario, again).breaches


def test_what_was_proved_of_patients_is_kept_and_no_bound_is_too_good() -> None:
    scenario = two_ambulances()
    plan = solve(scenario)
    again = solve(scenario, SolveOptions(vehicles=plan))
    assert again.levels[:2] == plan.levels[:2]
    people = again.level(PEOPLE)
    assert people.bound >= plan.level(PEOPLE).bound
    assert again.level(EXPOSURE).bound == 0.0
    assert again.level(HOURS).bound == 0.0


def test_without_their_rides_the_riders_go_on_foot_or_stay() -> None:
    scenario = one_bus()
    plan = solve(scenario)
    assert plan.riders > 0
    afoot = solve(scenario, SolveOptions(vehicles=plan.replace(duties=())))
    assert afoot.riders == 0
    assert not afoot.duties
    assert not judge(scenario, afoot).breaches


def test_the_rules_of_a_risk_are_made_for_it() -> None:
    scenario = one_bus()
    plan = solve(scenario, risk=0.05)
    assert plan.rules is not None
    assert solve(scenario, SolveOptions(vehicles=plan)).rules is None
    again = solve(scenario, SolveOptions(vehicles=plan), risk=0.05)
    assert again.rules is not None
    assert again.duties == plan.duties
