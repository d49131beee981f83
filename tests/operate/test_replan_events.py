"""Events in plain words: what is known after them, and what cannot be read."""

from __future__ import annotations

import pytest

from clearway.errors import ScenarioError
from clearway.model.plan import Plan
from clearway.model.rates import VEHICLES, Shares
from clearway.model.scenario import Scenario
from clearway.operate.replan_events import FORMS, Revised, revise
from clearway.solve.solve import solve
from tests.scenarios import late_window, one_bus, two_days, two_gates

HOUR = 3600


def said(scenario: Scenario, now_s: int, *events: str) -> Revised:
    """Return what is known after events, with a plan that has no vehicles."""
    return revise(scenario, plan_of(scenario), now_s, events)


def plan_of(scenario: Scenario) -> Plan:
    """Return a plan of a scenario."""
    return solve(scenario)


def share(known: Revised, corridor: str, second: int, serves: str = "persons_share") -> float:
    """Return at what share of its rate a gate serves at a moment."""
    return float(Shares(known.scenario, corridor, serves).at([second])[0])  # type: ignore[arg-type]


def test_a_closed_gate_lets_nobody_through_from_now_on() -> None:
    known = said(two_gates(), 1800, "C1 closed")
    assert share(known, "C1", 1799) == 1
    assert share(known, "C1", 1800) == share(known, "C1", 2 * HOUR - 1) == 0
    assert share(known, "C1", 1800, VEHICLES) == 0
    assert share(known, "C2", 1800) == 1


def test_an_open_gate_serves_as_usual_again() -> None:
    known = said(two_gates(), 1800, "C1 closed")
    known = revise(known.scenario, plan_of(two_gates()), 2400, ["C1 open"])
    assert share(known, "C1", 2399) == 0
    assert share(known, "C1", 2400) == 1


def test_a_slow_gate_serves_a_share() -> None:
    assert share(said(two_gates(), 60, "C2 at 50%"), "C2", 60) == 0.5
    assert share(said(two_gates(), 60, "C2 at 150%"), "C2", 60) == 1.5


def test_all_stop_and_all_go_on() -> None:
    known = said(two_gates(), 600, "stop")
    assert [share(known, k, 600) for k in ("C1", "C2")] == [0, 0]
    known = revise(known.scenario, plan_of(two_gates()), 1200, ["resume"])
    assert [share(known, k, 1200) for k in ("C1", "C2")] == [1, 1]


def test_a_stop_leaves_windows_that_are_over_alone() -> None:
    known = said(late_window(), 5000, "stop")  # C1 closed at 4500 s.
    assert {change.corridor for change in known.scenario.changes} == {"C2"}


def test_a_late_opening_keeps_the_clock() -> None:
    scenario = late_window()
    known = said(scenario, 600, "C2 opens 09:30")
    assert known.scenario.start == scenario.start
    assert known.scenario.windows == scenario.windows
    assert share(known, "C2", HOUR) == share(known, "C2", 5399) == 0
    assert share(known, "C2", 5400) == 1


def test_an_opening_that_is_said_late_undoes_nothing() -> None:
    known = said(late_window(), 4200, "C2 opens 09:30")
    assert share(known, "C2", 4199) == 1
    assert share(known, "C2", 4200) == 0


def test_an_early_opening_moves_the_window() -> None:
    scenario = late_window()
    known = said(scenario, 600, "C2 opens 08:30")
    assert scenario.seconds(known.scenario.windows[1].opens) == 1800
    assert not known.scenario.changes


def test_an_opening_lifts_what_shuts_the_gate() -> None:
    scenario, plan = two_gates(), plan_of(two_gates())
    for shut in ("C1 closed", "stop", "C1 at 0%"):
        known = revise(revise(scenario, plan, 900, [shut]).scenario, plan, 1200, ["C1 opens 08:40"])
        assert [share(known, "C1", at) for at in (899, 900, 2399, 2400, 7100)] == [1, 0, 0, 1, 1]
        assert share(known, "C2", 2400) == (shut != "stop")
    known = said(scenario, 900, "C1 at 50%", "C1 opens 08:40")
    assert [share(known, "C1", at) for at in (899, 900, 2400)] == [1, 0, 0.5]


def test_an_earlier_opening_takes_the_place_of_a_later_one() -> None:
    known = said(late_window(), 600, "C2 opens 09:30", "C2 opens 09:15")
    assert [share(known, "C2", at) for at in (3600, 4499, 4500)] == [0, 0, 1]


def test_an_early_closing_moves_the_window() -> None:
    scenario = two_gates()
    known = said(scenario, 600, "C1 closes 09:00")
    assert [scenario.seconds(one.closes) for one in known.scenario.windows] == [HOUR, 2 * HOUR]


def test_a_closing_may_be_later_too_and_on_another_day() -> None:
    scenario = two_days()
    known = said(scenario, 600, "C1 closes 2016-10-21T10:00")
    assert [scenario.seconds(one.closes) for one in known.scenario.windows] == [HOUR, 26 * HOUR]


def test_vehicles_are_lost_once() -> None:
    scenario = one_bus()
    plan = plan_of(scenario)
    name = plan.duties[0].vehicle
    known = revise(scenario, plan, 60, [f"{name} lost", f"{name} lost"])
    assert known.lost == (name,)
    assert known.scenario == scenario


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        ("", "must be"),
        ("C1", "must be"),
        ("C1 closed now", "must be"),
        ("C1 at half", "must be"),
        ("C9 closed", "C9 is none"),
        ("C9 opens 09:00", "C9 is none"),
        ("C1 opens soon", "must tell a time"),
        ("C1 opens 11:00", "before the window closes"),
        ("C1 closes 07:00", "must not be before now"),
        ("C1 closes 08:05", "must not be before now"),
        ("C1 opens 2016-12-20T09:00", "must be on a day"),
        ("C1 opens 07:00", "must not be before now"),
        ("bus-77 lost", "bus-77 is none"),
        ("lost", "must be"),
    ],
)
def test_what_cannot_be_read_is_said(event: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        said(two_gates(), 600, event)
    (breach,) = raised.value.breaches
    assert breach.field == "--event"
    assert breach.value == event
    assert rule in breach.rule


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ScenarioError) as raised:
        said(two_gates(), 600, "C8 closed", "C1 closed", "what")
    assert [one.value for one in raised.value.breaches] == ["C8 closed", "what"]


def test_a_gate_whose_windows_are_over_is_not_closed_again() -> None:
    with pytest.raises(ScenarioError, match="not over"):
        said(late_window(), 5000, "C1 closed")


def test_nothing_opens_before_the_clock_begins() -> None:
    scenario = late_window()
    with pytest.raises(ScenarioError, match="first opening"):
        revise(scenario, plan_of(scenario), -7200, ["C2 opens 07:30"])


def test_every_form_stands_in_words() -> None:
    for word in ("closed", "open", "at 50%", "opens", "closes", "lost", "stop", "resume"):
        assert word in FORMS
