"""The report of a simulated plan: the recommendation first, every section, both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from clearway.model.outcome import Ensemble
from clearway.model.scenario import Scenario
from clearway.publish.isolate import clean, unisolated
from clearway.publish.moving import SECTIONS
from clearway.publish.outlook import outlook
from clearway.publish.report import CONTENTS, SIMULATED, reports
from clearway.publish.risk import harm_in_all, people_out
from clearway.publish.risk_rows import day_rows, exposure_rows, harm_rows, hour_rows, need_rows
from tests.plans import greedy_plan
from tests.publish.ensembles import blank, drawn
from tests.publish.pages import (
    bare_pages,
    parsed,
    town,
    town_comparison,
    town_ensemble,
    town_pages,
)
from tests.publish.test_report_rows import edition, town_edition

LANGS = ("en", "ar")
TABLES = (
    *("other-table", "fan-table", "peak-table", "risk-table", "exposed-table", "went-table"),
    *("price-table", "course-table", "need-table", "reason-table", "consent-table"),
    *("hazard-table", "notice-table", "provision-table", "limit-table"),
    *("gate-rule-table", "departure-table", "uncertain-table"),
)


def rows_of(html: str, table: str) -> list[list[str]]:
    """Return the texts of a table's cells, row by row, its head first."""
    body = html[html.index(f'<table id="{table}">') :]
    body = body[: body.index("</table>")]
    rows = re.findall(r"<tr[^>]*>(.*?)(?=<tr|</thead>|</tbody>|$)", body, re.DOTALL)
    cells = [re.split(r"<t[hd][^>]*>", row)[1:] for row in rows]
    return [[plain(cell) for cell in row] for row in cells]


def plain(cell: str) -> str:
    """Return the words of a cell."""
    return clean(re.sub(r"<[^>]+>", "", cell)).replace("&lt;", "<").strip()


# --------------------------------------------------------------------------- first screen


def test_the_recommendation_is_the_first_thing_that_is_said() -> None:
    read = parsed(town_pages()["en"]).read
    order = [
        *("Tiny scenario", "The software recommends"),
        *("DO NOT RUN", "7 reasons bar it, 1 is a condition; 2 are met.", "People out (median)"),
        *("What bars it", "No reply for C1.", "What would turn it: A consent for C1."),
        *("2 more in the table of all reasons.", "Conditions", "Told 30 h before, of 48 h."),
        *("the decision is made by: Head of office.", "Decision", "Date", "Role and signature"),
        *("Thursday 20 October 2016, 02:00", "This plan", "No pause"),
        *("The plan, if all goes as announced", "come out in 2 days"),
    ]
    places = [read.index(said) for said in order]
    assert places == sorted(places)


def test_the_decision_is_a_word_and_not_a_colour_alone() -> None:
    for lang, word in (("en", "DO NOT RUN"), ("ar", "عدم التنفيذ")):
        page = parsed(town_pages()[lang])
        assert word in page.texts
        section = next(attrs for _, attrs in page.elements if attrs.get("id") == "recommendation")
        assert section["class"] == "recommend do-not-run"


def test_the_first_screen_has_the_figures_of_the_members() -> None:
    out, caught = people_out(town_ensemble()), town_ensemble().anyone_caught
    read = parsed(town_pages()["en"]).read
    first = read[: read.index("Map and hours")]
    for figure in (out.spread.median, out.spread.low, out.spread.high, out.worst):
        assert f"{round(figure):,}" in first
    assert f"seen in {caught.hits} of {caught.of} simulated courses" in first


def test_a_plan_that_was_not_simulated_recommends_nothing() -> None:
    for lang, said in (("en", "This plan was not simulated"), ("ar", "لم تُحاكَ هذه الخطة")):
        page = parsed(bare_pages()[lang])
        assert said in clean(page.read)
        assert "recommend no-word" in {attrs.get("class") for _, attrs in page.elements}
        assert not set(SIMULATED) & set(page.ids)
        assert "record" not in {attrs.get("class") for _, attrs in page.elements}
        anchors = {attrs["href"] for tag, attrs in page.elements if tag == "a"}
        assert {one[1:] for one in anchors if one.startswith("#")} <= set(page.ids)


def test_members_without_a_decision_are_shown_all_the_same() -> None:
    scenario, plan, verdict = town()
    unheard = replace(verdict, decision=None)
    read = parsed(reports(scenario, plan, town_ensemble(), unheard)["en"]).read
    assert "what is on record was not looked at" in read
    assert "People out (median)" in read
    assert "The plan was not compared with others." in read
    assert "This plan was not simulated" not in read


# -------------------------------------------------------------------------------- sections


def test_sections_stand_in_the_order_of_the_contents() -> None:
    page = parsed(town_pages()["en"])
    found = [name for name in page.ids if name in CONTENTS]
    assert found == [name for name in CONTENTS if name not in SECTIONS]
    bare = [name for name in parsed(bare_pages()["en"]).ids if name in CONTENTS]
    assert bare == [name for name in found if name not in SIMULATED]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_as_many_cells_as_its_head(table: str) -> None:
    for lang in LANGS:
        head, *rows = rows_of(town_pages()[lang], table)
        assert rows, table
        spanned = table == "gate-rule-table"
        for row in rows:
            assert len(row) == len(head) or (spanned and len(row) == len(head) - 1), row
            assert all(row), row
        assert len(rows_of(town_pages()["en"], table)) == len(rows) + 1


def test_the_risk_table_says_what_the_members_say() -> None:
    scenario, _, _ = town()
    _, *rows = rows_of(town_pages()["en"], "risk-table")
    assert len(rows) == len(scenario.corridors) + 1
    whole = harm_in_all(scenario, town_ensemble())
    last = rows[-1]
    assert last[0] == "All corridors"
    assert last[1].startswith(f"{whole.caught.hits} of {whole.caught.of} (≤")
    assert last[3] == f"{whole.turned_back.mean:,.0f}"
    assert whole.in_open is not None
    assert last[6] == f"{whole.in_open.mean:,.0f}"
    assert last[10] == f"{whole.density.median:,.1f}"


def test_a_fan_is_drawn_in_two_sizes_and_a_queue_for_each_corridor() -> None:
    corridors = len(town()[0].corridors)
    for lang in LANGS:
        page = parsed(town_pages()[lang])
        drawn_ = [attrs for tag, attrs in page.elements if tag == "svg" and "class" in attrs]
        kinds = [attrs["class"].split()[-1] for attrs in drawn_]
        assert kinds.count("small") == 2 * corridors
        assert kinds.count("wide") == kinds.count("narrow") == 2
        assert all(attrs["aria-label"].strip() for attrs in drawn_)
        assert {attrs["direction"] for attrs in drawn_} == {"rtl" if lang == "ar" else "ltr"}


def test_limits_of_the_open_are_drawn_where_there_are_any() -> None:
    scenario, plan, verdict = town()
    assert "sets no limit for people between gate and exit" in parsed(town_pages()["en"]).read
    limited = scenario.replace(
        corridors=(replace(scenario.corridors[0], open_limit_persons=77.0), *scenario.corridors[1:])
    )
    html = reports(limited, plan, town_ensemble(), verdict)["en"]
    assert "sets no limit" not in parsed(html).read
    _, first, second, *_ = rows_of(html, "peak-table")
    assert (first[-1], second[-1]) == ("77", "–")


def test_rules_that_were_not_made_are_said_to_be_usual() -> None:
    assert "This plan was made without rules for the gates." in parsed(bare_pages()["en"]).read
    assert "accepts a chance of 1\u00a0% that anyone is caught" in parsed(town_pages()["en"]).read
    scenario, plan, verdict = town()
    assert plan.rules is not None
    anyhow = plan.replace(rules=replace(plan.rules, risk=1.0))
    read = parsed(reports(scenario, anyhow, None, verdict)["en"]).read
    assert "No chance of being caught was set" in read


def test_an_empty_record_is_said_to_be_empty() -> None:
    read = parsed(bare_pages()["en"]).read
    for said in (
        "No consent of any party is on record.",
        "No hazard is on record; that is no proof that there is none.",
        "No notification of the parties is on record.",
        "Nothing is on record for those who stay.",
    ):
        assert said in read
        assert said not in parsed(town_pages()["en"]).read


def test_what_the_report_does_not_say_depends_on_what_was_done() -> None:
    simulated, bare = parsed(town_pages()["en"]).read, parsed(bare_pages()["en"]).read
    assert "Chances are those of the distributions" in simulated
    assert "every input stands at its central value" not in simulated
    assert "every input stands at its central value" in bare
    assert "people do not slow one another down, and nobody comes uncalled" in bare


# ----------------------------------------------------------------------------------- rows


def test_hours_mark_the_first_row_of_each_day() -> None:
    rows = list(hour_rows(town_edition("en"), town_ensemble()))
    firsts = [row.day for row in rows if row.first]
    assert firsts == ["Thu 20", "Fri 21"]
    assert rows[0].first
    assert {len(row.quantiles) for row in rows} == {5}


def test_exposure_in_all_is_the_sum_of_its_means() -> None:
    rows = list(exposure_rows(town_edition("en"), town_ensemble()))
    means = [float(row[1].replace(",", "")) for row in rows]
    assert means[3] == pytest.approx(sum(means[:3]), abs=2)
    assert [row[0] for row in rows][-1] == "In all"


def test_two_days_of_one_date_are_told_apart(late_window: Scenario) -> None:
    """Windows that open at different moments of one date are days of their own."""
    found = edition(late_window, greedy_plan(late_window))
    rows = list(day_rows(found, blank(late_window)))
    assert [row.day for row in rows] == ["Thu 20, 08:00", "Thu 20, 09:00"]
    assert {row.never for row in rows} == {"0\u00a0%"}


def test_a_corridor_has_one_row_of_needs_with_six_figures() -> None:
    rows = list(need_rows(town_edition("en"), town_ensemble()))
    assert [row[0] for row in rows] == [one.id for one in town()[0].corridors]
    assert {len(row[3]) for row in rows} == {6}


@pytest.mark.parametrize("rows", [harm_rows, hour_rows, exposure_rows, day_rows, need_rows])
def test_arabic_rows_of_risk_are_isolated(rows: object) -> None:
    assert callable(rows)
    texts = said(list(rows(town_edition("ar"), town_ensemble())))
    assert texts
    assert [text for text in texts if unisolated(text) and not text.startswith("#")] == []


def said(value: object) -> list[str]:
    """Return every text in nested rows."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, (list, tuple)):
        return [text for part in value for text in said(part)]
    names = getattr(type(value), "__slots__", ())
    return [text for name in names for text in said(getattr(value, name))]


def one_member(seed: int) -> Ensemble:
    """Return a single member of the town's plan."""
    scenario, plan, _ = town()
    return drawn(scenario, plan, 1, seed=seed)


@pytest.mark.parametrize("seed", range(3))
def test_one_member_is_enough_for_a_report(seed: int) -> None:
    found = outlook(town_edition(), one_member(seed), None)
    assert len(found.harms) == len(town()[0].corridors) + 1
    assert found.prices == ()
    assert "nan" not in " ".join(said([found.harms, found.hours, found.likely]))


def test_nobody_out_in_any_member_is_drawn_as_nothing() -> None:
    scenario, plan, verdict = town()
    both = reports(scenario, plan, blank(scenario, 3, bins=200), verdict)
    for lang in LANGS:
        page = parsed(both[lang])
        assert "nan" not in page.read
        assert [text for text in page.texts if lang == "ar" and unisolated(text)] == []
    assert "0 of 3 (≤\u00a063.2\u00a0%)" in parsed(both["en"]).read


def test_the_same_members_in_another_order_give_the_same_words() -> None:
    ensemble = town_ensemble()
    turned = np.arange(len(ensemble))[::-1]
    columns = {
        name: getattr(ensemble, name)[turned]
        for name in ensemble.__slots__
        if isinstance(getattr(ensemble, name), np.ndarray)
    }
    again = outlook(town_edition(), replace(ensemble, **columns), None)
    first = outlook(town_edition(), ensemble, None)
    assert said([again.harms, again.hours, again.likely]) == said(
        [first.harms, first.hours, first.likely]
    )


def test_prices_stand_only_where_there_is_a_comparison() -> None:
    with_one = outlook(town_edition(), town_ensemble(), town_comparison())
    assert len(with_one.prices) == 3
    assert len(with_one.others) == 4
