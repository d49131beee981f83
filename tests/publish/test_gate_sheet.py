"""Rules for the gates in clock times: never later than they may be."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.publish.edition import Edition
from clearway.publish.gate_sheet import closings_differ, departure_rows, gate_rows
from clearway.publish.isolate import clean, unisolated
from tests import scenarios
from tests.plans import greedy_plan
from tests.publish.pages import town
from tests.publish.test_report_rows import edition, said_by, town_edition

GATE = GateRule("C1", 400.0, 900.0, math.inf, (1500.0,), 60.0)


def place(scenario: Scenario, lang: str = "en") -> Edition:
    """Return an edition of a scenario with any plan."""
    return edition(scenario, greedy_plan(scenario), lang=lang)


def rule(gate: GateRule, *departures: LastDeparture) -> Rules:
    """Return rules with one gate."""
    return Rules(0.01, (gate,), departures)


def later(scenario: Scenario, hours: float) -> Scenario:
    """Return a scenario whose last window closes so much later."""
    *first, last = scenario.windows
    return scenario.replace(
        windows=(*first, replace(last, closes=last.closes + timedelta(hours=hours)))
    )


def test_a_gate_reads_hours_counts_and_metres(one_corridor: Scenario) -> None:
    (row,) = gate_rows(place(one_corridor), rule(GATE))
    assert (row.code, row.queue, row.called, row.open, row.mark) == (
        *("C1", "400", "900", "no cap", "60"),
    )
    assert row.days == "20 October 2016"
    closes = one_corridor.moment(one_corridor.seconds(one_corridor.windows[0].closes))
    assert row.closes == f"{closes:%H:%M}"
    ((clock, minutes),) = row.last
    assert clock == f"{closes - timedelta(minutes=25):%H:%M}"
    assert minutes == "(25 min)"


def test_days_that_close_alike_stand_in_one_row(two_days: Scenario) -> None:
    (row,) = gate_rows(place(two_days), rule(GATE))
    assert row.days == "20 and 21 October 2016"
    assert not closings_differ(place(two_days))
    changed = later(two_days, 0.5)
    found = list(gate_rows(place(changed), rule(GATE)))
    assert [one.days for one in found] == ["20 October 2016", "21 October 2016"]
    assert [(one.first, one.rows) for one in found] == [(True, 2), (False, 2)]
    assert found[0].last != found[1].last
    assert found[0].last[0][1] == found[1].last[0][1]
    assert closings_differ(place(changed))


def test_a_second_check_has_a_row_of_its_own(one_corridor: Scenario) -> None:
    again = replace(GATE, last_entry_recheck_s=(2400.0,), open_recheck_persons=70.0)
    usual, checked = gate_rows(place(one_corridor), rule(again))
    assert usual.last[0][1] == "(25 min)"
    assert checked.last[0][1] == "(40 min)"
    assert (usual.open, checked.open) == ("no cap", "70")
    assert "checked again" in checked.days
    assert [usual.rows, checked.rows] == [2, 2]
    assert not checked.first


def test_the_lower_of_two_caps_holds_where_people_are_checked_again(
    one_corridor: Scenario,
) -> None:
    again = replace(GATE, open_persons=50.0, last_entry_recheck_s=(2400.0,))
    _, checked = gate_rows(place(one_corridor), rule(again))
    assert checked.open == "50"


def test_nobody_is_admitted_where_none_may_be_in_the_open(one_corridor: Scenario) -> None:
    shut = replace(GATE, open_recheck_persons=0.0)
    usual, checked = gate_rows(place(one_corridor), rule(shut))
    assert checked.last == (("nobody", ""),)
    assert usual.last[0][0] != "nobody"


def test_an_entry_before_the_opening_is_nobodys(one_corridor: Scenario) -> None:
    early = replace(GATE, last_entry_s=(86_000.0,))
    (row,) = gate_rows(place(one_corridor), rule(early))
    assert row.last == (("nobody", ""),)


@given(st.floats(0, 7200, width=32, allow_subnormal=False))
def test_a_clock_is_never_later_than_the_rule(before: float) -> None:
    scenario = scenarios.one_corridor()
    (row,) = gate_rows(place(scenario), rule(replace(GATE, last_entry_s=(before,))))
    ((clock, minutes),) = row.last
    closes = scenario.seconds(scenario.windows[0].closes)
    if closes - before < 0:
        return
    told = next(s for s in range(0, closes + 1, 60) if f"{scenario.moment(s):%H:%M}" == clock)
    assert closes - before - 60 < told <= closes - before
    assert int(minutes.split()[0].strip("(")) * 60 >= before - 1e-6


def test_a_gate_without_a_rule_has_no_row(two_gates: Scenario) -> None:
    assert [row.code for row in gate_rows(place(two_gates), rule(GATE))] == ["C1"]


# ---------------------------------------------------------------------------- departures


def test_departures_stand_zone_by_zone_with_a_place_for_each_group() -> None:
    scenario, plan, _ = town()
    first, second = scenario.groups[0].id, scenario.groups[1].id
    last = (
        LastDeparture("Z2", second, "C1", 4200.0),
        LastDeparture("Z1", first, "C2", 3600.0),
        LastDeparture("Z1", first, "C1", 3660.0),
        LastDeparture("Z1", second, "C1", 5400.0),
    )
    rows = list(departure_rows(edition(scenario, plan), rule(GATE, *last)))
    assert [(row.zone, row.corridor) for row in rows] == [("Z1", "C1"), ("Z1", "C2"), ("Z2", "C1")]
    assert rows[0].last == (("08:29", "(61 min)"), ("08:00", "(90 min)"))
    assert rows[1].last == (("08:30", "(60 min)"), None)
    assert rows[2].last[0] is None


def test_a_departure_before_the_opening_is_nobodys(one_corridor: Scenario) -> None:
    group = one_corridor.groups[0].id
    last = LastDeparture("Z1", group, "C1", 80_000.0)
    (row,) = departure_rows(place(one_corridor), rule(GATE, last))
    assert row.last == (("nobody", ""),)


def test_every_way_of_the_plan_has_its_last_departure() -> None:
    scenario, plan, _ = town()
    assert plan.rules is not None
    rows = list(departure_rows(town_edition(), plan.rules))
    ways = {(move.zone, move.corridor) for move in plan.movements}
    assert {(row.zone, row.corridor) for row in rows} == ways
    told = sum(pair is not None for row in rows for pair in row.last)
    assert told == len(plan.rules.last_departures)
    assert len(scenario.groups) == len(rows[0].last)


@pytest.mark.parametrize("rows", [gate_rows, departure_rows])
def test_arabic_rules_are_isolated(rows: object) -> None:
    assert callable(rows)
    rules = town()[1].rules
    found = list(rows(town_edition("ar"), rules))
    assert found
    texts = said_by(found)
    texts += [part for row in found for pair in row.last for part in pair or ()]
    assert [text for text in texts if unisolated(text) and not text.startswith("#")] == []
    assert any("د" in clean(text) for text in texts)
