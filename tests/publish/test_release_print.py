"""Releases on paper: the watermark stands on every page, and nothing is asked of the network."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from clearway.publish.isolate import clean
from clearway.publish.release.handing import Terms, redacted_release, usual_expiry
from tests.publish.bundles import KEY
from tests.publish.releases import everything
from tests.publish.test_browser import FLAGS, NAMES

NOW = datetime(2016, 10, 19, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[str], str, str]]:
    """Return, by language, the words of each printed page, the title, and the release's id."""
    place = tmp_path_factory.mktemp("print")
    terms = Terms("gate", "Relief agency", NOW, usual_expiry("gate", NOW), "Asia/Damascus")
    release = redacted_release(everything(), terms, KEY)
    found = {}
    program = next(path for name in NAMES if (path := shutil.which(name)))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=list(FLAGS))
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for lang in ("en", "ar"):
            file = place / f"release.{lang}.html"
            file.write_bytes(release.files[file.name])
            page.goto(file.as_uri())
            (place / f"{lang}.pdf").write_bytes(page.pdf(prefer_css_page_size=True))
            found[lang] = (pages(place / f"{lang}.pdf"), page.title(), release.id)
        browser.close()
        assert [one for one in asked if not one.startswith("file://")] == []
    return found


def pages(pdf: Path) -> list[str]:
    """Return the words of each page."""
    program = shutil.which("pdftotext")
    assert program is not None
    said = subprocess.run([program, str(pdf), "-"], capture_output=True, check=True)
    return [clean(one) for one in said.stdout.decode().split("\f")[:-1]]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_watermark_is_on_every_page(
    printed: dict[str, tuple[list[str], str, str]], lang: str
) -> None:
    told, title, release = printed[lang]
    assert len(told) > 1
    assert all(release in one and "Relief agency" in one for one in told)
    assert release in title
    assert "Relief agency" in title


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """Return the marks on each printed page, by profile and language: one a section and a row."""
    place = tmp_path_factory.mktemp("marked")
    program = next(path for name in NAMES if (path := shutil.which(name)))
    found = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=list(FLAGS))
        page = browser.new_page()
        for profile in ("public", "partner", "gate", "medical"):
            terms = Terms(profile, "Relief agency", NOW, usual_expiry(profile, NOW), "UTC")
            release = redacted_release(everything(), terms, KEY)
            for lang in ("en", "ar"):
                html = release.files[f"release.{lang}.html"].decode()
                begin, *rest = re.split(r"(?<=<h2>)|(?<=<tr><td>)", html)
                html = begin + "".join(f"Q{n}Q {part}" for n, part in enumerate(rest))
                file = place / f"{profile}.{lang}.html"
                file.write_text(html, "utf-8")
                page.goto(file.as_uri())
                file.with_suffix(".pdf").write_bytes(page.pdf(prefer_css_page_size=True))
                told = pages(file.with_suffix(".pdf"))
                found[f"{profile} {lang}"] = [re.findall(r"Q\d+Q", one) for one in told]
        browser.close()
    return found


@pytest.mark.parametrize("profile", ["public", "partner", "gate", "medical"])
def test_each_section_stands_on_the_same_pages_in_both_languages(
    marked: dict[str, list[list[str]]], profile: str
) -> None:
    english, arabic = marked[f"{profile} en"], marked[f"{profile} ar"]
    assert english == arabic
    assert len(english) > 1
    assert len([one for page in english for one in page]) >= 6


def test_the_last_page_is_reached(printed: dict[str, tuple[list[str], str, str]]) -> None:
    attribution = everything().scenario.attribution[0]
    assert all(attribution in told[-1].replace("\n", " ") for told, _, _ in printed.values())
