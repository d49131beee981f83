"""How solving ended and what binds, in words that follow from the figures."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

from clearway.model.plan import INFEASIBLE, LIMITED, OPTIMAL, PARTIAL, PEOPLE, Level
from clearway.model.scenario import Scenario
from clearway.solve import solve
from clearway.solve.explain import Shadow, _about, explain
from clearway.solve.problem import Problem, pose
from clearway.solve.relax import Relaxation
from tests.scenarios import narrow_street, one_corridor, small_site, two_days, two_gates
from tests.solve.test_walks import with_links

MANY = (2000, 0, 0, 0, 0, 0, 0, 0, 0)


def closed(scenario: Scenario, side: str) -> Scenario:
    """Return ``scenario`` without its streets on one side but for the corridors."""
    state = scenario.network.links.state.copy()
    state[scenario.network.links.side == side] = "closed"
    state[scenario.network.link_index([c.links for c in scenario.corridors])] = "open"
    return with_links(scenario, state=state)


NOBODY = {
    "no households": (one_corridor(households=0), "Nobody is expected to come"),
    "no uptake": (one_corridor(uptake=0.0), "Nobody is expected to come"),
    "no street inside": (closed(one_corridor(), "inside"), "No open street leads"),
    "no street to the site": (closed(one_corridor(), "outside"), "No open street leads"),
    "gate shut": (one_corridor(gates_persons_per_h=(0.0,)), "No gate lets anyone through"),
    "both gates shut": (two_gates(gates_persons_per_h=(0.0, 0.0)), "No gate lets anyone through"),
    "short window": (one_corridor(windows=((1, 8, 8.25),)), "Every window is too short"),
    "margin": (one_corridor(margin_min=115.0), "Every window is too short"),
    "far from the gate": (
        one_corridor(
            columns=12,
            zones=((0, 0), (11, 0)),
            households=[[(0, 0, 0, 1, 0, 0, 0, 0, 0)], [(0,) * 9]],
            windows=((1, 8, 8.5),),
            margin_min=0.0,
        ),
        "Every window is too short",
    ),
    "site full": (one_corridor(places=(0.0,)), "No whole household fits through"),
    "site too small": (
        one_corridor(households=(0,) * 8 + (5,), places=(8.0,)),
        "No whole household fits through",
    ),
    "street too narrow": (
        one_corridor(households=(0,) * 8 + (5,), width_m=0.004, gates_persons_per_h=(36.0,)),
        "No whole household fits through",
    ),
    "held back": (
        closed(two_gates(spread=0.0, zones=((3, 1), (1, 0), (0, 2))), "inside"),
        "the fairness rule",
    ),
}


@pytest.mark.parametrize("case", NOBODY)
def test_why_nobody_can_be_brought_out(case: str) -> None:
    scenario, words = NOBODY[case]
    plan = solve(scenario)
    assert plan.status.code == INFEASIBLE
    assert words in plan.status.reason.en
    assert plan.movements == ()
    assert re.search("[\u0600-\u06ff]", plan.status.reason.ar)
    assert all(level.value == 0 for level in plan.levels)


def test_everyone_is_said_in_words() -> None:
    status = solve(two_gates()).status
    assert status.code == OPTIMAL
    assert status.reason.en == "Everyone who is expected to come can be brought out."
    assert status.binding == ()


def test_a_gate_that_binds_is_named_with_its_hours() -> None:
    status = solve(two_days(households=MANY)).status
    assert status.code == PARTIAL
    assert [one.kind for one in status.binding] == ["gate", "gate"]
    # The first can pass in step 4, the last in step 25; two a minute are 120 an hour.
    assert [(one.from_s, one.until_s) for one in status.binding] == [
        (240, 26 * 60),
        (86_400 + 240, 86_400 + 26 * 60),
    ]
    assert [one.worth_persons for one in status.binding] == pytest.approx([120, 120])
    first = status.binding[0].text
    assert "One more hour at C1 on 20 October: about 120 people" in first.en
    assert "08:04 to 08:26" in first.en
    assert "C1" in first.ar
    assert "20" in first.ar
    assert "no plan brings out more than 88" in status.reason.en


def test_an_hour_is_worth_no_more_than_those_who_are_left() -> None:
    plan = solve(two_days())
    left = plan.willing_persons - plan.persons
    assert 0 < left < 120
    assert [one.worth_persons for one in plan.status.binding] == [left, left]


def test_an_hour_more_brings_out_what_it_is_said_to_be_worth() -> None:
    before = solve(two_days(households=MANY))
    after = solve(two_days(households=MANY, windows=((1, 8, 10), (1, 32, 33))))
    gained = after.level(PEOPLE).bound - before.level(PEOPLE).bound
    assert gained == pytest.approx(before.status.binding[0].worth_persons)


def test_a_full_site_is_named() -> None:
    scenario = small_site(gates_persons_per_h=(600.0, 30.0), households=MANY)
    status = solve(scenario).status
    sites = [one for one in status.binding if one.kind == "reception"]
    assert [one.where for one in sites] == ["R1"]
    assert sites[0].worth_persons == pytest.approx(1)
    assert "Reception site R1 is full" in sites[0].text.en


def test_a_street_that_binds_is_named() -> None:
    scenario = narrow_street(households=MANY)
    plan = solve(scenario)
    links = [one for one in plan.status.binding if one.kind == "link"]
    assert {one.where for one in links} <= {"1001", "1002"}
    assert links
    # All come over one of the two: one per cent wider brings out about one per cent more.
    worth = sum(one.worth_persons for one in links)
    assert worth == pytest.approx(0.01 * plan.level(PEOPLE).bound, rel=0.1)
    wider = solve(narrow_street(households=MANY, width_m=0.04 * 1.25)).level(PEOPLE).bound
    assert wider == pytest.approx(plan.level(PEOPLE).bound + 25 * worth, rel=0.03)


def test_who_was_stopped_is_told_so() -> None:
    plan = solve(two_days(), stop=lambda: True)
    assert plan.status.code == LIMITED
    assert "stopped before it was finished" in plan.status.reason.en


def test_a_finished_plan_short_of_everyone_is_partial() -> None:
    problem = pose(one_corridor())
    for finished, code in ((True, PARTIAL), (False, LIMITED)):
        status = explain(problem, None, Level(PEOPLE, 100.0, 120.0), finished=finished)
        assert status.code == code
        assert status.reason.en.startswith("100 of 124 people expected to come")
    done = explain(problem, None, Level(PEOPLE, 124.0, 124.0), finished=False)
    assert done.code == LIMITED


def test_what_is_worth_most_comes_first() -> None:
    problem = pose(two_gates(households=MANY))
    binding = explain(problem, shadow_of(problem), Level(PEOPLE, 10.0, 20.0), finished=True).binding
    assert [one.where for one in binding] == ["C1", "C2"]
    assert binding[0].worth_persons > binding[1].worth_persons > 0


def test_limits_that_are_worth_nothing_are_not_named() -> None:
    problem = pose(two_gates(households=MANY))
    shadow = shadow_of(problem)
    nothing = dataclasses.replace(shadow, worth=0 * shadow.worth + 1e-9)
    assert explain(problem, nothing, Level(PEOPLE, 10.0, 20.0), finished=True).binding == ()


def shadow_of(problem: Problem) -> Shadow:
    """Return what the relaxation finds limits to be worth."""
    relaxation = Relaxation(problem)
    return Shadow.of_relaxation(relaxation, relaxation.best(PEOPLE, weighted=False))


@pytest.mark.parametrize(
    ("persons", "words"),
    [
        (0.04, "0.0"),
        (3.14, "3.1"),
        (9.96, "10.0"),
        (12.4, "12"),
        (1234, "1,200"),
        (98_765, "99,000"),
    ],
)
def test_two_figures_count(persons: float, words: str) -> None:
    assert _about(persons) == words


@pytest.mark.parametrize("changes", [{}, {"households": MANY}, {"gates_persons_per_h": (60.0,)}])
def test_words_are_said_in_both_languages(changes: dict[str, Any]) -> None:
    status = solve(one_corridor(**changes)).status
    for text in (status.reason, *(one.text for one in status.binding)):
        assert re.search("[\u0600-\u06ff]", text.ar)
        assert not re.search("[\u0600-\u06ff]", text.en)
        for word in ("safe", "approved"):
            assert word not in text.en.lower()
        # The figures of both are the same.
        assert sorted(re.findall(r"\d[\d,.:]*\d|\d", text.en)) == sorted(
            re.findall(r"\d[\d,.:]*\d|\d", text.ar)
        )


def test_streets_are_worth_nothing_in_the_relaxation() -> None:
    shadow = shadow_of(pose(narrow_street(households=MANY)))
    assert len(shadow.keys) == len(shadow.link) == 0
    assert np.isfinite(shadow.worth).all()


def test_who_was_stopped_before_anyone_was_placed_is_not_told_that_nobody_can_go() -> None:
    status = explain(pose(one_corridor()), None, Level(PEOPLE, 0.0, 124.0), finished=False)
    assert status.code == LIMITED
    assert "stopped" in status.reason.en


def test_an_hour_is_worth_what_the_gates_longest_run_of_steps_is() -> None:
    problem = pose(one_corridor(gates_persons_per_h=(60.0,)))
    nothing = np.empty(0, dtype=np.int64)
    shadow = Shadow(
        first=np.array([3, 5, 50]),
        end=np.array([5, 50, 52]),
        window=np.zeros(3, dtype=np.int64),
        worth=np.array([0.1, 0.7, 0.2]),
        site=np.zeros(1),
        keys=nothing,
        link=np.empty(0),
    )
    status = explain(problem, shadow, Level(PEOPLE, 24.0, 24.0), finished=True)
    assert [one.worth_persons for one in status.binding] == [pytest.approx(60 * 0.7)]
    assert (status.binding[0].from_s, status.binding[0].until_s) == (180, 3120)
