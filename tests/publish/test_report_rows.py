"""The report's sentences and rows, one by one, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from clearway.judge.check import judge
from clearway.model.facts import Estimate, Fact, Text
from clearway.model.plan import HOURS, LIMITED, OPTIMAL, PEOPLE, Binding, Level, Plan, Status
from clearway.model.scenario import Scenario
from clearway.model.verdict import RULES, PlanBreach, Verdict
from clearway.publish.calls import call_rows
from clearway.publish.course import course
from clearway.publish.days import Calendar
from clearway.publish.edition import Edition
from clearway.publish.finding import Finding, finding
from clearway.publish.isolate import clean, unisolated
from clearway.publish.report import reports
from clearway.publish.sources import fact_rows, figure_rows, place_rows, window_rows
from clearway.publish.tables import (
    binding_lines,
    binding_rows,
    corridor_rows,
    group_rows,
    rule_rows,
    site_rows,
    spread,
    zone_shares,
)
from clearway.publish.walks import walks
from clearway.publish.words import words
from clearway.solve import solve
from tests import scenarios
from tests.plans import greedy_plan
from tests.publish.pages import good_plan, town


def edition(
    scenario: Scenario, plan: Plan, verdict: Verdict | None = None, lang: str = "en"
) -> Edition:
    """Return what one edition is written from."""
    found = verdict or judge(scenario, plan)
    walked, said = walks(scenario, plan), words(lang)
    happened = course(scenario, walked, found)
    return Edition(scenario, plan, found, walked, happened, said, Calendar(scenario, said))


def town_edition(lang: str = "en", **changes: Any) -> Edition:
    """Return the town's edition, its plan with ``changes``."""
    scenario, plan, verdict = town()
    return edition(scenario, plan.replace(**changes), verdict, lang)


def said_by(rows: Iterable[Any]) -> list[str]:
    """Return every text in rows of dataclasses or tuples."""
    found: list[str] = []
    for row in rows:
        names = getattr(type(row), "__slots__", ())
        parts = [getattr(row, name) for name in names] if names else list(row)
        found += [part for part in parts if isinstance(part, str)]
    return found


def levels(plan: Plan, bound: float) -> tuple[Level, ...]:
    """Return the plan's levels with another bound on people."""
    return tuple(
        replace(level, bound=bound) if level.name == PEOPLE else level for level in plan.levels
    )


# --------------------------------------------------------------------------- first screen


@pytest.mark.parametrize(
    ("out", "willing", "sentence"),
    [
        (0, 220, "Nobody comes out by this plan. 220 people are expected to leave, of 300 inside."),
        (220, 220, "All 220 who are expected to leave come out in 2 days, of 300 inside."),
        (
            219,
            220,
            (
                "219 people come out in 2 days: 99.5\u00a0% of the 220 who are expected to "
                "leave, of 300 inside."
            ),
        ),
        (0, 0, "Nobody comes out by this plan. 0 people are expected to leave, of 300 inside."),
    ],
)
def test_the_sentence_says_all_some_or_none(out: int, willing: int, sentence: str) -> None:
    scenario, plan, verdict = town()
    counted = replace(verdict, people_out=out, people_willing=willing, people_inside=300)
    assert finding(edition(scenario, plan, counted)).sentence == sentence


def test_a_proof_is_said_with_its_gap() -> None:
    _, plan, verdict = town()
    out = verdict.people_out
    near = finding(town_edition(levels=levels(plan, out / 0.99)))
    assert f"brings out more than {out / 0.99:,.0f}; this one is within 1\u00a0%" in near.proof
    best = finding(town_edition(levels=levels(plan, float(out))))
    assert best.proof.endswith("brings out more people.")
    none = finding(town_edition(levels=()))
    assert none.proof.startswith("Nothing was proved")
    assert none.bound_share is None


def test_the_bar_holds_everyone_once() -> None:
    _, _, verdict = town()
    found = finding(town_edition())
    assert sum(part.share for part in found.parts) == pytest.approx(1)
    assert [part.name for part in found.parts] == ["out", "left", "stay"]
    assert found.parts[0].count == f"{verdict.people_out:,}"
    assert found.bound_share is not None
    assert found.parts[0].share <= found.bound_share <= 1


def test_cards_say_averages_a_person() -> None:
    _, _, verdict = town()
    cards = {card.id: card for card in finding(town_edition()).cards}
    assert list(cards) == ["people", "hours", "exposure", "inside"]
    minutes = round(verdict.exposure_person_hours / verdict.people_out * 60)
    assert cards["exposure"].figure == f"{minutes} min"
    assert cards["people"].proof == cards["people"].proof
    assert "person-hours; proven: at least" in (cards["exposure"].proof or "")
    assert "proven: at most" in (cards["people"].proof or "")
    assert cards["inside"].figure == f"{verdict.people_inside - verdict.people_out:,}"
    assert cards["inside"].proof is None


def test_days_are_measured_against_the_best() -> None:
    _, _, verdict = town()
    days = finding(town_edition()).days
    assert [day.name for day in days] == ["Thu 20", "Fri 21"]
    assert max(day.share for day in days) == 1
    assert [day.count for day in days] == [f"{count:,}" for _, count in verdict.out_by_day]


@pytest.mark.parametrize("rule", [*RULES, "a rule of later days"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_rule_has_words(rule: str, lang: str) -> None:
    scenario, plan, verdict = town()
    breach = PlanBreach(rule, "C1 at 08:15", 12.0, 10.0, "persons", "12 pass, 10 can.")
    broken = replace(verdict, breaches=(breach,))
    found = finding(edition(scenario, plan, broken, lang))
    assert not found.holds
    (line,) = found.breaches
    assert "12 pass, 10 can." in clean(line)
    assert "C1 at 08:15" in clean(line)
    if lang == "ar":
        assert unisolated(line) == []
        assert rule == "a rule of later days" or re.match("[\u0600-\u06ff]", clean(line))


def test_more_breaches_than_fit_are_counted() -> None:
    scenario, plan, verdict = town()
    breach = PlanBreach("gate", "C1", 12.0, 10.0, "persons", "12 pass, 10 can.")

    def shown(count: int) -> Finding:
        return finding(edition(scenario, plan, replace(verdict, breaches=(breach,) * count)))

    assert shown(6).more_breaches is None
    assert shown(7).more_breaches == "1 more are in the verdict."
    assert len(shown(7).breaches) == 6
    assert shown(1).check.startswith("1 breach found")


def test_the_reason_is_given_where_the_limits_do_not_say_it() -> None:
    reason = Text("Interrupted after 2 s.", "أُوقف بعد 2 ثانية.")
    stopped = finding(town_edition(status=Status(LIMITED, reason)))
    assert stopped.reason == "Stopped early: the best plan so far. Interrupted after 2 s."
    binding = Binding("gate", "C1", 0, 3600, 10.0, reason)
    proved = finding(town_edition(status=Status(OPTIMAL, reason, (binding,))))
    assert proved.reason == "Everyone who is expected to come is brought out."


# -------------------------------------------------------------------------------- tables


def test_corridor_rows_stand_corridor_by_corridor() -> None:
    rows = list(corridor_rows(town_edition()))
    assert [row.code for row in rows] == ["C1", "C1", "C2", "C2", "C3", "C3", "C4", "C4"]
    assert [row.first for row in rows] == [True, False] * 4
    assert {row.rows for row in rows} == {2}
    assert [row.day for row in rows[:2]] == ["Thu 20", "Fri 21"]
    assert rows[0].hours == "from 08:00 to 09:30"
    assert len({row.colour for row in rows}) == 4
    assert all(" of 1,000" in row.queue for row in rows)


def test_a_queue_is_told_with_its_minute(one_corridor: Scenario) -> None:
    plan = greedy_plan(one_corridor)
    verdict = judge(one_corridor, plan)
    waiting = verdict.gates[0].waiting.copy()
    waiting[:] = 0
    waiting[9] = 41.6
    gate = replace(verdict.gates[0], waiting=waiting)
    (row,) = corridor_rows(edition(one_corridor, plan, replace(verdict, gates=(gate,))))
    assert row.queue == "42 of 1,000, at 08:10"


@pytest.mark.parametrize(
    ("busy", "said"),
    [
        ((), "never"),
        ((range(10, 40),), "from 08:10 to 08:40"),
        ((range(5, 25), range(60, 90)), "50 min, from 08:05 to 09:30"),
    ],
)
def test_full_hours_are_said_in_one_phrase(
    one_corridor: Scenario, busy: tuple[range, ...], said: str
) -> None:
    plan = greedy_plan(one_corridor)
    verdict = judge(one_corridor, plan)
    passed = verdict.gates[0].passed * 0
    for steps in busy:
        passed[steps.start : steps.stop] = 10.0
    gate = replace(verdict.gates[0], passed=passed)
    (row,) = corridor_rows(edition(one_corridor, plan, replace(verdict, gates=(gate,))))
    assert row.full == said


def test_binding_lines_join_the_days_and_round() -> None:
    text = Text("Full.", "ممتلئ.")
    day = 86_400
    limits = (
        Binding("gate", "C1", 0, 3600, 1234.5, text),
        Binding("gate", "C1", day, day + 3600, 1211.0, text),
        Binding("gate", "C2", 0, day + 3600, 98.7, text),
        Binding("gate", "C3", 0, 3600, 7.0, text),
    )
    lines = list(binding_lines(town_edition(status=Status(OPTIMAL, text, limits))))
    assert len(lines) == 2
    assert "on 20 and 21 October 2016." in lines[0]
    assert lines[0].endswith("this many more: C1: 1,200 and C2: 99.")
    assert "on 20 October 2016." in lines[1]
    assert lines[1].endswith("C3: 7.")


def test_a_limit_over_midnight_names_both_days() -> None:
    text = Text("Full.", "ممتلئ.")
    limit = Binding("gate", "C1", 1800, 86_400 + 1800, 5.0, text)
    (row,) = binding_rows(town_edition(status=Status(OPTIMAL, text, (limit,))))
    assert row.when == "from Thu 20, 08:30 to Fri 21, 08:30"


def test_shares_begin_with_those_worst_off() -> None:
    scenario, plan, verdict = town()
    out = tuple(range(10, 100, 10))
    counted = replace(verdict, out_by_zone=out, willing_by_zone=(100,) * 8 + (0,))
    found = edition(scenario, plan, counted)
    zones = list(zone_shares(found))
    assert [zone.code for zone in zones] == [f"Z{n}" for n in range(1, 9)]
    assert zones[0].percent == "10\u00a0%"
    assert zones[0].text == "10 of 100"
    assert spread(found) == pytest.approx(0.7)


def test_nobody_willing_is_no_spread() -> None:
    scenario, plan, verdict = town()
    nobody = replace(verdict, willing_by_zone=(0,) * 9, out_by_zone=(0,) * 9)
    found = edition(scenario, plan, nobody)
    assert list(zone_shares(found)) == []
    assert spread(found) == 0


def test_groups_and_sites_have_rows() -> None:
    groups = list(group_rows(town_edition()))
    sites = list(site_rows(town_edition()))
    assert [row[0] for row in groups] == ["Group 1", "Group 2"]
    assert [row[0] for row in sites] == ["R1", "R2", "R3", "R4"]
    assert sites[0][3] == "1,000,000"


def test_a_site_without_places_has_no_share() -> None:
    scenario = scenarios.one_corridor(places=(0.0,))
    (row,) = site_rows(edition(scenario, greedy_plan(scenario)))
    assert row[2:] == ("0", "0", "–")


def test_rules_carry_unit_and_source() -> None:
    rows = {
        str(name): (value, unit, source) for name, value, unit, source in rule_rows(town_edition())
    }
    assert rows["Call-forward slot"] == ("15", "min", "rule of this scenario")
    flow = rows["Most people a metre of walkway passes"]
    assert flow == ("1.3", "people/m/s", "IMO MSC.1/Circ.1533, specific flow")
    assert rows["Out before closing, C3"][:2] == ("30", "min")


# ------------------------------------------------------------------------------- sources


def test_every_estimate_of_the_scenario_has_a_row() -> None:
    scenario, _, _ = town()
    rows = list(figure_rows(town_edition()))
    groups, corridors = len(scenario.groups), len(scenario.corridors)
    assert len(rows) == 1 + 2 * groups + 3 * corridors + len(scenario.receptions)
    assert all(row.assumed and row.source == "for tests" for row in rows)
    assert rows[0].central == "90"
    assert rows[0].low == "–"


def test_ranges_are_shown_in_the_unit_of_the_row() -> None:
    scenario, plan, verdict = town()
    first = scenario.corridors[0]
    gate = Estimate(60 / 3600, 600 / 3600, 1800 / 3600, "Survey of 12 October 2016")
    changed = scenario.replace(
        corridors=(replace(first, gate_persons_per_s=gate), *scenario.corridors[1:])
    )
    row = next(r for r in figure_rows(edition(changed, plan, verdict)) if r.what == "Gate of C1")
    assert (row.low, row.central, row.high, row.unit) == ("60", "600", "1,800", "people/h")
    assert not row.assumed
    assert row.source == "Survey of 12 October 2016"


@pytest.mark.parametrize(
    ("source", "assumed", "shown"),
    [
        ("assumed: light checks", True, "light checks"),
        ("Assumed", True, ""),
        ("IMO: 1.2 m/s; the range is assumed", True, "IMO: 1.2 m/s; the range is assumed"),
        ("Reuters, 12 October", False, "Reuters, 12 October"),
    ],
)
def test_the_word_assumed_stands_once(source: str, *, assumed: bool, shown: str) -> None:
    scenario, plan, verdict = town()
    fact = Fact("people", Text("About 275,000.", "نحو 275,000."), source)
    (row,) = fact_rows(edition(scenario.replace(facts=(fact,)), plan, verdict))
    assert row.assumed is assumed
    assert row.source == shown
    assert row.text == "About 275,000."


def test_windows_of_the_same_hours_stand_together(late_window: Scenario) -> None:
    rows = list(window_rows(town_edition()))
    assert [row.text for row in rows] == ["C1, C2, C3 and C4: from 08:00 to 09:30"] * 2
    assert [row.what for row in rows] == ["Thursday 20 October 2016", "Friday 21 October 2016"]
    late = list(window_rows(edition(late_window, greedy_plan(late_window))))
    assert [row.text for row in late] == ["C1: from 08:00 to 09:15", "C2: from 09:00 to 10:00"]
    assert [row.what for row in place_rows(town_edition())] == ["C1", "C2", "C3", "C4"]


@pytest.mark.parametrize(
    "rows",
    [
        *(corridor_rows, binding_rows, zone_shares, group_rows, site_rows, rule_rows),
        *(figure_rows, window_rows, place_rows, fact_rows),
    ],
)
def test_arabic_rows_are_isolated_and_as_many(rows: Any) -> None:
    scenario, _, verdict = town()
    plan = good_plan(scenario)
    arabic = list(rows(edition(scenario, plan, verdict, "ar")))
    english = list(rows(edition(scenario, plan, verdict)))
    assert len(arabic) == len(english) > 0
    texts = said_by(arabic)
    assert texts
    plain = [text for text in texts if unisolated(text) and not text.startswith("#")]
    assert plain == []


# --------------------------------------------------------------------------------- calls


def test_calls_stand_in_order_of_time_then_zone() -> None:
    found = town_edition()
    rows = str(call_rows(found)).splitlines()
    moves = found.plan.movements
    assert len(rows) == len(moves)
    shown = [re.findall(r">([^<]*)", row) for row in rows]
    clocks = [(cells[2], cells[3]) for cells in shown]
    assert clocks == sorted(clocks, key=lambda at: (at[0][-2:], at[1]))
    assert {cells[5] for cells in shown} <= {"C1", "C2", "C3", "C4"}
    assert sum(int(cells[7]) for cells in shown) == sum(move.households for move in moves)
    assert sum(int(cells[8]) for cells in shown) == sum(move.persons for move in moves)


def test_a_call_leaves_over_one_slot_and_says_its_walk(one_corridor: Scenario) -> None:
    plan = greedy_plan(one_corridor)
    first = plan.replace(movements=plan.movements[:1])
    cells = re.findall(r">([^<]*)", str(call_rows(edition(one_corridor, first))))
    leaves = one_corridor.moment(first.movements[0].depart_s)
    assert cells[3] == leaves.strftime("%H:%M")
    assert cells[4] == one_corridor.moment(first.movements[0].depart_s + 900).strftime("%H:%M")
    assert cells[9] == "3"


def test_a_plan_that_waits_for_shorter_ways_says_so() -> None:
    scenario = scenarios.late_window()
    plan = solve(scenario)
    verdict = judge(scenario, plan)
    assert plan.level(HOURS).gap > 0.1
    at_once = Level(HOURS, verdict.hours_until_out, verdict.hours_until_out)
    soonest = plan.replace(levels=(*plan.levels[:2], at_once))
    words = "less time in the open comes first"
    assert words in reports(scenario, plan, None, verdict)["en"]
    assert words not in reports(scenario, soonest, None, verdict)["en"]
