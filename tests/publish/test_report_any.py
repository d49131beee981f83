"""Whatever the scenario and the plan, there is a report, and it keeps its rules."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge.check import judge
from clearway.model.scenario import Scenario
from clearway.publish.beside import NOTHING_BESIDE
from clearway.publish.isolate import unisolated
from clearway.publish.report import reports
from clearway.publish.summary import summary
from tests.plans import greedy_plan
from tests.publish.pages import parsed
from tests.scenarios import Recipe, build

HOURS = st.sampled_from([(8.0, 9.0), (8.5, 12.25), (22.0, 25.5), (0.0, 24.0), (32.0, 33.0)])


@st.composite
def any_scenario(draw: st.DrawFn) -> Scenario:
    """Draw a small town: gates from shut to wide, odd hours, empty zones, one group or two."""
    corridors = draw(st.integers(1, 4))
    columns = draw(st.integers(2, 4))
    windows = tuple((k + 1, *draw(HOURS)) for k in range(corridors))
    return build(
        Recipe(
            columns=columns,
            rows=draw(st.integers(1, 3)),
            zones=tuple((n, 0) for n in range(draw(st.integers(1, columns)))),
            households=draw(st.sampled_from([0, 1, (2, 3, 4, 6, 5, 4, 2, 1, 1)])),
            speeds_m_per_s=draw(st.sampled_from([(1.2,), (1.2, 0.6)])),
            gates_persons_per_h=tuple(
                draw(st.sampled_from([0.0, 45.0, 600.0])) for _ in range(corridors)
            ),
            windows=windows,
            open_m=draw(st.sampled_from([120.0, 2400.0])),
            margin_min=draw(st.sampled_from([0.0, 30.0, 120.0])),
            uptake=draw(st.sampled_from([0.0, 0.37, 1.0])),
            spread=draw(st.sampled_from([0.1, 1.0])),
        )
    )


@settings(max_examples=15, deadline=None)
@given(any_scenario())
def test_any_plan_has_a_report(scenario: Scenario) -> None:
    plan = greedy_plan(scenario)
    verdict = judge(scenario, plan)
    both = reports(scenario, plan, None, verdict)
    english, arabic = parsed(both["en"]), parsed(both["ar"])
    assert english.ids == arabic.ids
    assert [text for text in arabic.texts if unisolated(text)] == []
    for page in (english, arabic):
        assert not re.search(r"\b(nan|inf|None)\b", page.read)
        rows = [attrs for tag, attrs in page.elements if tag == "tr" and "data-is" in attrs]
        assert len(rows) == len(plan.movements)
    found = summary(scenario, plan, None, verdict, NOTHING_BESIDE)
    assert found["people"]["out"] == plan.persons
    assert ("No breach found" in english.read) == (found["breaches"] == 0)
