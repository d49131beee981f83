"""The report: one HTML file a language that asks no host for anything."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clearway.errors import ClearwayError
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.calls import call_rows
from clearway.publish.colours import corridor_colour
from clearway.publish.course import Course, course
from clearway.publish.curve import NARROW, WIDE, curve
from clearway.publish.days import Calendar
from clearway.publish.edition import Edition
from clearway.publish.figures import measures
from clearway.publish.finding import finding
from clearway.publish.map_data import map_data, map_words
from clearway.publish.plan_file import plan_to_json
from clearway.publish.sketch import Sketch, sketch
from clearway.publish.sources import fact_rows, figure_rows, place_rows, window_rows
from clearway.publish.streets import street_lines
from clearway.publish.summary import summary
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
from clearway.publish.walks import Walks, walks
from clearway.publish.words import ENGLISH, LANGS, words

_HERE: Final = Path(__file__).parent
_BUNDLE: Final = _HERE / "static"


def publish(
    scenario: Scenario,
    plan: Plan,
    verdict: Verdict,
    folder: str | os.PathLike[str],
    *,
    timings: Mapping[str, float] | None = None,
) -> None:
    """Write the report in both languages, the plan file and the summary into ``folder``.

    Parameters
    ----------
    scenario, plan, verdict
        What was planned, and what the judge found.
    folder
        Made if it is not there; files of an earlier run are replaced, each in one move.
    timings
        Seconds that ``read``, ``solve`` and ``judge`` took, and ``peak_mb``, for the summary.

    Raises
    ------
    ClearwayError
        If the report's bundle has not been built.
    """
    began = time.perf_counter()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for lang, page in reports(scenario, plan, verdict).items():
        _write(target / report_name(lang), page)
    _write(target / "plan.json", plan_to_json(scenario, plan))
    seconds = {**(timings or {}), "publish": time.perf_counter() - began}
    figures = summary(scenario, plan, verdict, seconds)
    _write(target / "summary.json", json.dumps(figures, ensure_ascii=False, indent=2) + "\n")


def report_name(lang: str) -> str:
    """Return the name of the report's file in one language."""
    return "report.html" if lang == ENGLISH else f"report.{lang}.html"


def reports(scenario: Scenario, plan: Plan, verdict: Verdict) -> dict[str, str]:
    """Return the report's pages by language.

    Raises
    ------
    ClearwayError
        If the bundle of script and style has not been built.
    """
    shared = _shared(scenario, plan, verdict)
    return {lang: _page(scenario, plan, verdict, shared, lang) for lang in LANGS}


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """What both languages show alike."""

    walks: Walks
    course: Course
    drawing: Sketch
    data: dict[str, Any]
    bundle: _Bundle


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Script and style that go into the page, and the script's digest for its policy."""

    script: Markup
    style: Markup

    @property
    def digest(self) -> str:
        """The digest of the script as a content security policy names it."""
        raw = hashlib.sha256(self.script.encode()).digest()
        return "sha256-" + base64.b64encode(raw).decode("ascii")


def _shared(scenario: Scenario, plan: Plan, verdict: Verdict) -> _Shared:
    walked = walks(scenario, plan)
    happened = course(scenario, walked, verdict)
    lines = street_lines(scenario)
    return _Shared(
        walks=walked,
        course=happened,
        drawing=sketch(scenario, verdict, walked, lines),
        data=map_data(scenario, verdict, walked, happened, lines),
        bundle=_bundle(),
    )


def _bundle() -> _Bundle:
    try:
        script = (_BUNDLE / "report.js").read_text(encoding="utf-8")
        style = (_BUNDLE / "report.css").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ClearwayError(
            "the report's bundle is missing; `make install` builds it (in web/: npm ci, "
            "npm run build)"
        ) from error
    # A script element ends at the first "</script", whatever the script means by it.
    script = script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return _Bundle(Markup(script), Markup(style))  # noqa: S704 - our own files


def _page(scenario: Scenario, plan: Plan, verdict: Verdict, shared: _Shared, lang: str) -> str:
    said = words(lang)
    calendar = Calendar(scenario, said)
    edition = Edition(scenario, plan, verdict, shared.walks, shared.course, said, calendar)
    other = next(one for one in LANGS if one != lang)
    colours = [corridor_colour(row) for row in range(len(scenario.corridors))]
    live = map_words(scenario, said, shared.course) | {"colours": colours}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            t=said.say,
            words=said,
            calendar=calendar,
            edition=edition,
            scenario=scenario,
            plan=plan,
            verdict=verdict,
            drawing=shared.drawing,
            sessions=shared.course.sessions,
            finding=finding(edition),
            curves={
                "wide": curve(shared.course, calendar, _lines(plan, verdict), WIDE),
                "narrow": curve(shared.course, calendar, _lines(plan, verdict), NARROW),
            },
            colours=colours,
            binding_lines=list(binding_lines(edition)),
            binding=list(binding_rows(edition)),
            corridor_rows=list(corridor_rows(edition)),
            site_rows=list(site_rows(edition)),
            zone_shares=list(zone_shares(edition)),
            spread=spread(edition),
            group_rows=list(group_rows(edition)),
            figure_rows=list(figure_rows(edition)),
            rule_rows=list(rule_rows(edition)),
            window_rows=list(window_rows(edition)),
            place_rows=list(place_rows(edition)),
            fact_rows=list(fact_rows(edition)),
            call_rows=call_rows(edition),
            map_data=_json(shared.data),
            map_words=_json(live),
            bundle=shared.bundle,
            other_lang=other,
            other_file=report_name(other),
        )
    )


def _lines(plan: Plan, verdict: Verdict) -> dict[str, float]:
    people, _, _ = measures(plan, verdict)
    lines = {"willing": float(verdict.people_willing)}
    return lines if people.bound is None else lines | {"bound": people.bound}


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _json(value: Any) -> Markup:
    """Return JSON that may stand in a script element: it holds no markup, whatever is in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - every character that markup needs is replaced


def _write(path: Path, text: str) -> None:
    """Write ``text`` at once: whoever reads ``path`` sees the old file or the new one."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
