"""The report with vehicles, patients and aid in a browser: offline, folded, printed, on the map."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from clearway.judge.check import judge
from clearway.publish.report import publish, report_name
from tests.publish.driven import aided, aided_ensemble, hostile_case
from tests.publish.test_browser import LANGS, PAINTED, WAIT_MS, Watched, browser

__all__ = ["browser"]
UNFOLD = "for (const part of document.querySelectorAll('details')) part.open = true"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the report of the aided plan."""
    scenario, plan, verdict = aided()
    target = tmp_path_factory.mktemp("aided")
    publish(scenario, plan, aided_ensemble(), verdict, target)
    return target


@pytest.fixture(scope="module", params=LANGS)
def opened(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Watched]:
    """Return the report in one language, opened from its file and painted."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page())
    watched.page.goto((folder / report_name(request.param)).as_uri())
    watched.page.wait_for_selector(PAINTED, timeout=WAIT_MS)
    yield watched
    context.close()


def test_it_asks_for_nothing_and_complains_of_nothing(opened: Watched) -> None:
    assert opened.requests == [opened.page.url]
    assert opened.complaints == []


def test_the_first_screen_holds_patients_riders_and_aid(opened: Watched) -> None:
    """What a planner must know stands in the first 900 pixels."""
    for name in ("red", "all_red", "patients", "patients_worst", "riders", "aid"):
        box = opened.page.locator(f"#moved-{name}").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900


def test_boards_unfold_when_they_are_pressed(opened: Watched) -> None:
    board = opened.page.locator("#board-green table")
    assert board.is_hidden()
    opened.page.locator("#board-green summary").click()
    assert board.is_visible()
    opened.page.locator("#board-green summary").click()
    assert board.is_hidden()
    assert opened.page.locator("#board-red table").is_visible()


def test_on_paper_everything_is_unfolded(opened: Watched) -> None:
    page = opened.page
    folded = page.locator("details:not([open], .as-shown)")
    before = folded.count()
    assert before > 0
    assert page.locator("details.as-shown[open]").count() == 0  # every trip: only if unfolded
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0
    assert page.locator("details.as-shown[open]").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.count() == before
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_the_table_beside_the_map_counts_riders(opened: Watched) -> None:
    _, plan, verdict = aided()
    slider = opened.page.locator("#slot")
    slider.focus()
    slider.press("End")
    assert opened.number('[data-corridor="all"] .out') == verdict.people_out
    passed = 0
    slider.press("Home")
    for _ in range(int(slider.get_attribute("max") or 0) + 1):
        passed += opened.number('[data-corridor="all"] .passed')
        slider.press("ArrowUp")
    assert abs(passed - verdict.people_out) <= plan.riders / 10


def test_drawings_of_duties_are_as_wide_as_the_page(opened: Watched) -> None:
    page = opened.page.locator("#vehicles").bounding_box()
    drawing = opened.page.locator(".duties[open] .gantt").first.bounding_box()
    assert page is not None
    assert drawing is not None
    assert drawing["width"] == pytest.approx(page["width"], abs=20)
    assert opened.page.locator(".duties[open] .gantt .stop").first.is_visible()


def test_nothing_is_wider_than_a_telephone(browser: Browser, folder: Path) -> None:
    for lang in LANGS:
        page = browser.new_page(viewport={"width": 360, "height": 700})
        page.goto((folder / report_name(lang)).as_uri())
        page.wait_for_selector(PAINTED, timeout=WAIT_MS)
        page.evaluate(UNFOLD)
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0
        page.close()


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_names_run_nothing(browser: Browser, tmp_path: Path, lang: str) -> None:
    scenario, plan = hostile_case()
    publish(scenario, plan, aided_ensemble(), judge(scenario, plan), tmp_path)
    watched = Watched(browser.new_page())
    watched.page.goto((tmp_path / report_name(lang)).as_uri())
    watched.page.wait_for_selector(PAINTED, timeout=WAIT_MS)
    watched.page.evaluate(UNFOLD)
    assert watched.page.evaluate("window.hacked === undefined")
    assert watched.complaints == []
    assert watched.requests == [watched.page.url]
    watched.page.close()


def test_without_scripts_boards_and_drawings_are_there(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "report.ar.html").as_uri())
    for selector in (
        *("#moved", "#board-red table", "#type-table", ".duties[open] .gantt", "#bed-table"),
        *("#convoy-table", "#linked-table", "#sketch .place", "#map-places"),
    ):
        assert page.locator(selector).first.is_visible(), selector
    assert page.locator("#sketch .convoy").count() == 1
    page.locator("#board-green summary").click()
    assert page.locator("#board-green table").is_visible()
    context.close()
