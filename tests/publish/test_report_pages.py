"""The report's pages: complete, the same in both languages, and harmless."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clearway.errors import ClearwayError
from clearway.judge.check import judge
from clearway.model.facts import Text
from clearway.model.plan import INFEASIBLE, Plan, Status
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach
from clearway.publish import report
from clearway.publish.isolate import clean, unisolated
from clearway.publish.report import publish, reports
from clearway.publish.words import words
from tests.plans import greedy_plan
from tests.publish.ensembles import drawn
from tests.publish.pages import (
    HOSTILE,
    good_plan,
    hostile,
    hostile_decision,
    parsed,
    town,
    town_comparison,
    town_ensemble,
    town_folder,
    town_pages,
)

LANGS = ("en", "ar")
SECTIONS = {
    *("finding", "reasons", "fan", "mouths", "risk", "needs", "rules"),
    *("map", "curve", "corridors", "binding", "shares", "staying"),
    *("assumptions", "limits", "calls", "sources"),
}
FILES = {"report.html", "report.ar.html", "plan.json", "summary.json"}


def pages(scenario: Scenario, plan: Plan) -> dict[str, str]:
    """Return the report of a plan, judged."""
    return reports(scenario, plan, None, judge(scenario, plan))


def publish_town(folder: str | Path) -> None:
    """Write the town's report without simulation."""
    scenario, plan, verdict = town()
    publish(scenario, plan, None, verdict, folder)


def test_publish_writes_four_files_and_nothing_else(tmp_path: Path) -> None:
    folder = town_folder(tmp_path / "new" / "folder")
    assert {path.name for path in folder.iterdir()} == FILES
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["seconds"]["publish"] > 0
    assert summary["seconds"]["solve"] == 2.0
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert len(plan["movements"]) == summary["movements"] == len(town()[1].movements)


def test_files_of_an_earlier_run_are_replaced(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text("old", encoding="utf-8")
    publish_town(str(tmp_path))
    assert all((tmp_path / name).stat().st_size > 500 for name in FILES)


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.html").write_text("old", encoding="utf-8")

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(f"no room for {self} as {target}")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no room"):
        publish_town(tmp_path)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_without_a_bundle_it_says_how_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "_BUNDLE", tmp_path)
    with pytest.raises(ClearwayError, match="make install"):
        publish_town(tmp_path)


def test_the_same_plan_gives_the_same_pages() -> None:
    scenario, plan, verdict = town()
    again = reports(scenario, plan, town_ensemble(), verdict, town_comparison())
    assert again == town_pages()


@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_language_and_direction_are_set(lang: str, direction: str) -> None:
    page = parsed(town_pages()[lang])
    root = next(attrs for tag, attrs in page.elements if tag == "html")
    assert root == {"lang": lang, "dir": direction}


def test_both_languages_have_the_same_ids_once() -> None:
    english, arabic = (parsed(town_pages()[lang]).ids for lang in LANGS)
    assert english == arabic
    assert len(english) == len(set(english))
    assert set(english) >= SECTIONS


def test_both_languages_have_the_same_numbers() -> None:
    english, arabic = (
        re.findall(r"\d[\d,.]*", clean(parsed(town_pages()[lang]).read)) for lang in LANGS
    )
    scenario, _, verdict = town()
    for number in (verdict.people_inside, verdict.people_willing, verdict.people_out):
        assert f"{number:,}" in english
        assert f"{number:,}" in arabic
    assert len(scenario.zones) == 9


@pytest.mark.parametrize("lang", LANGS)
def test_ids_that_are_pointed_to_are_there(lang: str) -> None:
    page = parsed(town_pages()[lang])
    for name in ("aria-labelledby", "for"):
        wanted = {attrs[name] for _, attrs in page.elements if name in attrs}
        assert wanted <= set(page.ids)
    anchors = {attrs["href"] for tag, attrs in page.elements if tag == "a"}
    assert {one[1:] for one in anchors if one.startswith("#")} <= set(page.ids)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_points_to_no_host(lang: str) -> None:
    page = parsed(town_pages()[lang])
    for tag, attrs in page.elements:
        assert "src" not in attrs, tag
        assert tag not in {"link", "iframe", "object", "embed", "base", "form"}
        assert not any(name.startswith("on") for name in attrs), tag
        target = attrs.get("href", "")
        assert target.startswith("#") or target in {"", "report.html", "report.ar.html"}
    styles = re.sub(r"url\(\"?data:", "", "".join(page.styles))
    assert "url(" not in styles
    assert "@import" not in styles


@pytest.mark.parametrize("lang", LANGS)
def test_the_policy_lets_one_script_run_and_nothing_load(lang: str) -> None:
    page = parsed(town_pages()[lang])
    policy = next(
        attrs["content"] for tag, attrs in page.elements if "http-equiv" in attrs and tag == "meta"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    running = [text for attrs, text in page.scripts if "type" not in attrs]
    digest = base64.b64encode(hashlib.sha256(running[0].encode()).digest()).decode()
    assert len(running) == 1
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert "http" not in policy


def test_no_number_in_arabic_may_be_turned_round() -> None:
    page = parsed(town_pages()["ar"])
    assert [text for text in page.texts if unisolated(text)] == []
    shown = ("title", "aria-label", "content", "placeholder", "alt")
    attributes = [attrs[name] for tag, attrs in page.elements for name in shown if name in attrs]
    attributes = [text for text in attributes if re.search("[\u0600-\u06ff]", text)]
    assert attributes
    assert [text for text in attributes if unisolated(text)] == []
    live = page.data("map-words")
    said = [*live["days"], *live["clocks"], *live["corridors"], *live["groups"]]
    assert [text for text in said if unisolated(text)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_no_place_of_a_sentence_is_left_empty(lang: str) -> None:
    read = parsed(town_pages()[lang]).read
    assert "{" not in read
    assert "None" not in read
    assert "nan" not in read


def test_the_first_screen_says_what_matters() -> None:
    _, plan, verdict = town()
    read = parsed(town_pages()["en"]).read
    first = read[: read.index("Map and hours")]
    for said in (
        "A plan, not a permission",
        "20 and 21 October 2016",
        "from 08:00 to 09:30",
        f"{verdict.people_out:,}",
        f"of the {verdict.people_willing:,} who are expected to leave",
        f"of {verdict.people_inside:,} inside",
        "No breach found",
        "Gates are full on 20 and 21 October 2016",
        "Planned for 90\u00a0% of households",
    ):
        assert said in first, said
    assert verdict.people_out < verdict.people_willing
    assert plan.persons == verdict.people_out


def test_what_binds_is_said_by_kind_and_best_first() -> None:
    html = town_pages()["en"]
    read = parsed(html).read
    assert "Gates are full on 20 and 21 October 2016." in read
    assert "this many more: C1: 150 and C2: 80." in read
    assert "One more place at one site brings out about this many more: R1: 0.5." in read
    assert "One unit more of one limit brings out about this many more: X9: 1." in read
    table = html[html.index('id="binding-table"') :]
    rows = re.findall(r'<th scope="row">(\w+)</th><td>[^<]+</td><td class="n">([\d.]+)</td>', table)
    assert rows == [
        *(("C1", "150"), ("C1", "150"), ("C2", "80"), ("C2", "20")),
        *(("1001", "2"), ("X9", "1"), ("R1", "0.5")),
    ]
    assert "البوابات ممتلئة" in clean(parsed(town_pages()["ar"]).read)


def test_breaches_stand_first_and_are_counted() -> None:
    scenario, plan, verdict = town()
    found = tuple(
        PlanBreach("gate", f"C1 at 08:{n:02d}", 12.0, 10.0, "persons", "12 pass, 10 can.")
        for n in range(15)
    )
    broken = replace(verdict, breaches=found)
    both = reports(scenario, plan, None, broken)
    english, arabic = parsed(both["en"]).read, parsed(both["ar"])
    assert "15 breaches found: this plan cannot be carried out as it stands." in english
    assert english.count("12 pass, 10 can.") == 6
    assert "Gate capacity, C1 at 08:00: 12 pass, 10 can." in english
    assert "9 more are in the verdict." in english
    assert "No breach found" not in english
    assert english.index("15 breaches") < english.index("come out in 2 days")
    assert "15 مخالفة" in clean(arabic.read)
    assert [text for text in arabic.texts if unisolated(text)] == []


def test_sources_and_the_word_assumed_are_shown() -> None:
    scenario, _, _ = town()
    for lang, badge in (("en", "assumed"), ("ar", "مفترَض")):
        page = parsed(town_pages()[lang])
        marked = sum(attrs.get("class") == "assumed" for _, attrs in page.elements)
        estimates = 1 + len(scenario.groups) + len(scenario.corridors) + len(scenario.receptions)
        assert marked > estimates
        assert page.texts.count(badge) == marked
        unset = "the scenario sets no other", "as announced, since the scenario says nothing else"
        shown = clean(page.read)
        sources = [shown.count(f"\n{source}\n") for source in ("for tests", *unset)]
        assert sum(sources) == marked
        assert min(sources) > 5


def test_an_empty_plan_says_so() -> None:
    scenario, plan, _ = town()
    reason = Text("No corridor can be reached.", "لا يمكن الوصول إلى أي ممر.")
    empty = plan.replace(movements=(), levels=(), status=Status(INFEASIBLE, reason))
    both = pages(scenario, empty)
    english = parsed(both["en"]).read
    for said in (
        "Nobody comes out by this plan.",
        "No corridor can be reached.",
        "Nothing was proved",
        "Nobody is called.",
        "no proven limit",
    ):
        assert said in english, said
    assert "Nothing binds" not in english
    assert parsed(both["ar"]).ids == parsed(both["en"]).ids


def test_all_out_and_proved_best_is_said_plainly(one_corridor: Scenario) -> None:
    plan = greedy_plan(one_corridor)
    read = parsed(pages(one_corridor, plan)["en"]).read
    willing = judge(one_corridor, plan).people_willing
    assert f"All {willing} who are expected to leave come out in one day" in read
    assert "brings out more people." in read


def test_a_plan_of_another_place_is_shown_with_its_breaches(one_corridor: Scenario) -> None:
    plan = greedy_plan(one_corridor)
    first, *rest = plan.movements
    wrong: list[dict[str, Any]] = [
        {"zone": "Q9"},
        {"group": "nobody"},
        {"corridor": "C9"},
        {"links": (999_999, *first.links)},
        {"links": first.links[:1]},
    ]
    for changes in wrong:
        changed = plan.replace(movements=(replace(first, **changes), *rest))
        read = parsed(pages(one_corridor, changed)["en"]).read
        assert "this plan cannot be carried out as it stands" in read, changes


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_names_stay_text(lang: str) -> None:
    scenario = hostile(town()[0])
    plan = good_plan(scenario)
    verdict = replace(judge(scenario, plan), decision=hostile_decision())
    page = parsed(reports(scenario, plan, drawn(scenario, plan), verdict)[lang])
    ordinary = parsed(town_pages()[lang])
    tags = {tag for tag, _ in page.elements}
    assert tags == {tag for tag, _ in ordinary.elements}
    assert len(page.scripts) == len(ordinary.scripts) == 3
    assert not any(name.startswith("on") for _, attrs in page.elements for name in attrs)
    read = clean(page.read)
    for name in HOSTILE:
        assert clean(name) in read, name
    assert "\u202e" not in page.read
    assert page.data("map-data")["zones"][1]["id"] == f"Z1{HOSTILE[1]}"


def test_hours_that_differ_get_their_column(late_window: Scenario) -> None:
    read = parsed(pages(late_window, greedy_plan(late_window))["en"]).read
    assert "opening hours differ by corridor and day" in read
    assert "from 09:00 to 10:00" in read
    same = parsed(town_pages()["en"]).read
    assert "\nOpen\n" in read
    assert "\nOpen\n" not in same


def test_call_rows_are_in_order_and_add_up() -> None:
    _, plan, verdict = town()
    page = parsed(town_pages()["en"])
    marks = [
        [int(part) for part in attrs["data-is"].split()]
        for tag, attrs in page.elements
        if tag == "tr" and "data-is" in attrs
    ]
    assert len(marks) == len(plan.movements)
    assert [mark[4] for mark in marks] == list(range(len(marks)))
    assert sum(mark[5] for mark in marks) == verdict.people_out
    assert {mark[3] for mark in marks} == {0, 1}


def test_the_fairness_rule_is_named(two_gates: Scenario) -> None:
    rule = replace(two_gates.planning, spread=0.25)
    scenario = two_gates.replace(planning=rule)
    read = parsed(pages(scenario, greedy_plan(scenario))["en"]).read
    assert "The plan keeps it at 25\u00a0% or less." in read
    assert "Largest difference of shares between zones" in read
    assert "No fairness rule was asked for." in parsed(town_pages()["en"]).read


def test_the_contents_name_every_section() -> None:
    for lang in LANGS:
        said = words(lang)
        read = parsed(town_pages()[lang]).texts
        for section in sorted(SECTIONS - {"finding", "sources"}):
            assert read.count(said.say(f"{section}.title")) >= 2, section
