"""The report in a browser: offline, without a request, live, and harmless."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from clearway.judge.check import judge
from clearway.publish.isolate import clean, unisolated
from clearway.publish.report import publish, report_name
from tests.publish.pages import good_plan, hostile, town, town_folder

LANGS = ("en", "ar")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
)
PAINTED = "#live-map[data-painted=yes]"
WAIT_MS = 30_000


@dataclass
class Watched:
    """A page, with all that it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen."""
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(("blob:", "data:")):
            self.requests.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        # The software renderer of a test machine tells that reading pixels is slow.
        if message.type in {"error", "warning"} and "GPU stall" not in message.text:
            self.complaints.append(message.text)

    def text(self, selector: str) -> str:
        """Return what stands in the first element of ``selector``."""
        return self.page.locator(selector).first.inner_text()

    def number(self, selector: str) -> int:
        """Return a number that stands alone in an element."""
        return int(clean(self.text(selector)).replace(",", ""))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, without a network and with WebGL in software."""
    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the town's report."""
    return town_folder(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", params=LANGS)
def opened(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Watched]:
    """Return the report in one language, opened from its file and painted."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page())
    watched.page.goto((folder / report_name(request.param)).as_uri())
    watched.page.wait_for_selector(PAINTED, timeout=WAIT_MS)
    yield watched
    context.close()


def test_it_opens_from_a_file_without_a_request_or_a_complaint(opened: Watched) -> None:
    assert opened.requests == [opened.page.url]
    assert opened.page.url.startswith("file:")
    assert opened.complaints == []


def test_language_and_direction_reach_the_page(opened: Watched) -> None:
    lang = opened.page.evaluate("document.documentElement.lang")
    style = opened.page.evaluate("getComputedStyle(document.body).direction")
    assert (lang, style) in {("en", "ltr"), ("ar", "rtl")}
    other = "report.html" if lang == "ar" else "report.ar.html"
    assert opened.page.locator(f'a[href="{other}"]').is_visible()


def test_the_map_is_painted(opened: Watched) -> None:
    """Count the colours of the map's picture; an empty canvas has one."""
    opened.page.locator("#live-map").scroll_into_view_if_needed()
    colours = opened.page.evaluate(
        """async (picture) => {
            const image = new Image();
            image.src = "data:image/png;base64," + picture;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            const { data } = context.getImageData(0, 0, image.width, image.height);
            const seen = {};
            for (let at = 0; at < data.length; at += 4) {
                const key = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
                seen[key] = (seen[key] ?? 0) + 1;
            }
            return Object.values(seen).filter((count) => count > 30).length;
        }""",
        picture(opened),
    )
    assert colours > 8
    assert opened.page.locator("#sketch").is_hidden()


def picture(opened: Watched) -> str:
    """Return a picture of the map in base64."""
    return base64.b64encode(opened.page.locator("#live-map").screenshot()).decode("ascii")


def test_the_slider_moves_the_figures(opened: Watched) -> None:
    _, _, verdict = town()
    slider = opened.page.locator("#slot")
    slider.focus()
    slider.press("Home")
    first = opened.text("#moment")
    assert clean(first).endswith("08:15")
    early = opened.number('[data-corridor="all"] .out')
    slider.press("ArrowUp")
    assert clean(opened.text("#moment")).endswith("08:30")
    assert early < opened.number('[data-corridor="all"] .out') < verdict.people_out
    slider.press("End")
    assert opened.number('[data-corridor="all"] .out') == verdict.people_out
    assert opened.number('[data-corridor="all"] .waiting') == 0
    said = slider.get_attribute("aria-valuetext")
    assert said == opened.text("#moment")
    assert clean(said or "").endswith("09:30")


def test_days_are_jumped_to_and_play_goes_on(opened: Watched) -> None:
    opened.page.locator('[data-session="1"]').click()
    jumped = opened.text("#moment")
    assert "21" in clean(jumped)
    play = opened.page.locator("#play")
    play.click()
    assert play.get_attribute("aria-pressed") == "true"
    opened.page.wait_for_function(
        "(before) => document.getElementById('moment').textContent !== before", arg=jumped
    )
    play.click()
    assert play.get_attribute("aria-pressed") == "false"


def test_what_the_script_says_in_arabic_is_isolated(opened: Watched) -> None:
    if opened.page.evaluate("document.documentElement.lang") == "en":
        assert "people" in opened.text("#calls-count")
        return
    for selector in ("#moment", "#under-way", "#calls-count", "#live-table"):
        text = opened.page.locator(selector).first.text_content() or ""
        assert unisolated(text) == [], selector


def test_calls_are_filtered_and_sorted(opened: Watched) -> None:
    scenario, plan, _ = town()
    page = opened.page
    shown = page.locator("#calls-table tbody tr:visible")
    assert shown.count() == len(plan.movements)
    page.locator("#calls-zone").select_option("4")
    wanted = [move for move in plan.movements if move.zone == scenario.zones[4].id]
    assert shown.count() == len(wanted) > 0
    count = clean(opened.text("#calls-count"))
    assert f"{sum(move.persons for move in wanted):,}" in count
    page.locator("#calls-day").select_option("1")
    assert 0 < shown.count() < len(wanted)
    page.locator("#calls-all").click()
    assert shown.count() == len(plan.movements)
    page.locator('[data-sort="persons"]').click()
    people = [int(clean(text).replace(",", "")) for text in column(opened, 8)]
    assert people == sorted(people, reverse=True)
    page.locator('[data-sort="time"]').click()
    assert people != [int(clean(text).replace(",", "")) for text in column(opened, 8)]


def column(opened: Watched, number: int) -> list[str]:
    """Return the texts of one column of the call-forward table."""
    cells = opened.page.locator(f"#calls-table tbody tr > :nth-child({number})")
    return cells.all_text_contents()


def test_a_zone_on_the_map_leads_to_its_calls(opened: Watched) -> None:
    page = opened.page
    click_a_zone(page)
    page.locator(".zone-popup button").click(timeout=WAIT_MS)
    assert page.locator("#calls-zone").input_value() != ""
    page.locator("#calls-all").click()


def click_a_zone(page: Page) -> None:
    """Press the middle of the map, a little above a street corner."""
    page.locator("#live-map").scroll_into_view_if_needed()
    box = page.locator("#live-map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 14)


def test_nothing_is_wider_than_a_telephone(browser: Browser, folder: Path) -> None:
    for lang in LANGS:
        page = browser.new_page(viewport={"width": 360, "height": 700})
        page.goto((folder / report_name(lang)).as_uri())
        page.wait_for_selector(PAINTED, timeout=WAIT_MS)
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0
        page.close()


def test_without_webgl_the_drawing_stands_in(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); };"
    )
    watched = Watched(page)
    page.goto((folder / "report.html").as_uri())
    assert page.locator("#sketch").is_visible()
    assert page.locator("#live-map").is_hidden()
    assert "cannot draw the live map" in watched.text(".unmapped-only")
    page.locator("#slot").press("End")
    assert watched.number('[data-corridor="all"] .out') == town()[2].people_out
    assert watched.complaints == []
    page.close()


def test_without_scripts_everything_but_the_controls_is_there(
    browser: Browser, folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "report.ar.html").as_uri())
    for selector in (
        "#sketch",
        "#curve .curve.wide",
        "#fan .curve.wide",
        "#risk-table",
        "#corridor-table",
        "#calls-table",
        "#figure-table",
    ):
        assert page.locator(selector).is_visible(), selector
    for selector in ("#slot", ".filters", "#print", "[data-sort]"):
        assert page.locator(selector).first.is_hidden(), selector
    context.close()


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_names_run_nothing(browser: Browser, tmp_path: Path, lang: str) -> None:
    scenario = hostile(town()[0])
    plan = good_plan(scenario)
    publish(scenario, plan, None, judge(scenario, plan), tmp_path)
    watched = Watched(browser.new_page())
    watched.page.goto((tmp_path / report_name(lang)).as_uri())
    watched.page.wait_for_selector(PAINTED, timeout=WAIT_MS)
    click_a_zone(watched.page)
    watched.page.wait_for_selector(".zone-popup", timeout=WAIT_MS)
    assert watched.page.evaluate("window.hacked === undefined")
    assert watched.complaints == []
    assert watched.requests == [watched.page.url]
    watched.page.close()


def test_paper_has_the_drawing_and_every_call(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "report.html").as_uri())
    page.wait_for_selector(PAINTED, timeout=WAIT_MS)
    page.emulate_media(media="print")
    assert page.locator("#sketch").is_visible()
    for selector in ("#live-map", "#slot", ".filters", "nav", "#print"):
        assert page.locator(selector).is_hidden(), selector
    rows = page.locator("#calls-table tbody tr:visible")
    assert rows.count() == len(town()[1].movements)
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()
