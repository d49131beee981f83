"""The report: one HTML file a language that asks no host for anything."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clearway.errors import ClearwayError
from clearway.model.comparison import Comparison
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.agreement import (
    consent_rows,
    hazard_rows,
    notice_rows,
    provision_rows,
    threshold_rows,
)
from clearway.publish.axes import NARROW, WIDE
from clearway.publish.beside import NOTHING_BESIDE, Beside
from clearway.publish.calls import call_rows
from clearway.publish.colours import corridor_colour
from clearway.publish.course import course
from clearway.publish.curve import curve
from clearway.publish.days import Calendar
from clearway.publish.edition import Edition
from clearway.publish.figures import measures
from clearway.publish.finding import finding
from clearway.publish.fleet_sources import fleet_figures, fleet_statements
from clearway.publish.gate_sheet import closings_differ, departure_rows, gate_rows
from clearway.publish.map_data import map_data, map_words
from clearway.publish.moving import SECTIONS, has_moving, moving
from clearway.publish.outlook import outlook
from clearway.publish.plan_file import plan_to_json
from clearway.publish.recommend import decider_words, recommendation, review_words
from clearway.publish.rides import rides
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
from clearway.publish.uncertain import uncertainty_rows
from clearway.publish.walks import walks
from clearway.publish.words import ENGLISH, LANGS, words

_HERE: Final = Path(__file__).parent
_BUNDLE: Final = _HERE / "static"
#: Sections in the order of the page, and those that need an ensemble.
CONTENTS: Final = (
    *("fan", "mouths", "risk", "needs", "reasons", *SECTIONS, "rules"),
    *("map", "curve", "corridors", "binding"),
    *("shares", "staying", "assumptions", "limits", "calls"),
)
SIMULATED: Final = ("fan", "mouths", "risk", "needs")


def publish(
    scenario: Scenario,
    plan: Plan,
    ensemble: Ensemble | None,
    verdict: Verdict,
    folder: str | os.PathLike[str],
    *,
    beside: Beside = NOTHING_BESIDE,
) -> None:
    """Write the report in both languages, the plan file and the summary into ``folder``.

    Parameters
    ----------
    scenario, plan, verdict
        What was planned, and what the judge found.
    ensemble
        What became of the plan in simulation; None if it was not simulated, which the report says.
    folder
        Made if it is not there; files of an earlier run are replaced, each in one move.
    beside
        The same draws under other plans, and how long each verb took.

    Raises
    ------
    ClearwayError
        If the report's bundle has not been built.
    """
    began = time.perf_counter()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    pages = reports(scenario, plan, ensemble, verdict, beside.comparison)
    for lang, page in pages.items():
        _write(target / report_name(lang), page)
    _write(target / "plan.json", plan_to_json(scenario, plan))
    seconds = {**beside.timings, "publish": time.perf_counter() - began}
    timed = replace(beside, timings=seconds)
    figures = summary(scenario, plan, ensemble, verdict, timed)
    _write(target / "summary.json", json.dumps(figures, ensure_ascii=False, indent=2) + "\n")


def report_name(lang: str) -> str:
    """Return the name of the report's file in one language."""
    return "report.html" if lang == ENGLISH else f"report.{lang}.html"


def reports(
    scenario: Scenario,
    plan: Plan,
    ensemble: Ensemble | None,
    verdict: Verdict,
    comparison: Comparison | None = None,
) -> dict[str, str]:
    """Return the report's pages by language.

    Raises
    ------
    ClearwayError
        If the bundle of script and style has not been built.
    """
    walked, ridden = walks(scenario, plan), rides(scenario, plan)
    happened = course(scenario, walked, verdict, ridden)
    lines = street_lines(scenario)
    shared = _Shared(
        ensemble=ensemble,
        comparison=comparison,
        drawing=sketch(scenario, verdict, walked, lines, ridden),
        data=map_data(scenario, verdict, walked, happened, lines, ridden),
        bundle=_bundle(),
        templates=_environment(),
    )
    pages = {}
    for lang in LANGS:
        said = words(lang)
        calendar = Calendar(scenario, said)
        edition = Edition(scenario, plan, verdict, walked, happened, said, calendar, ridden)
        pages[lang] = _page(edition, shared)
    return pages


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """What both languages show alike, and what they are told from."""

    ensemble: Ensemble | None
    comparison: Comparison | None
    drawing: Sketch
    data: dict[str, Any]
    bundle: _Bundle
    templates: Environment


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


def _page(edition: Edition, shared: _Shared) -> str:
    said, scenario = edition.words, edition.scenario
    other = next(one for one in LANGS if one != said.lang)
    colours = [corridor_colour(row) for row in range(len(scenario.corridors))]
    live = map_words(scenario, said, edition.course) | {"colours": colours}
    return shared.templates.get_template("report.html.j2").render(
        t=said.say,
        words=said,
        calendar=edition.calendar,
        edition=edition,
        scenario=scenario,
        plan=edition.plan,
        verdict=edition.verdict,
        drawing=shared.drawing,
        sessions=edition.course.sessions,
        colours=colours,
        map_data=_json(shared.data),
        map_words=_json(live),
        bundle=shared.bundle,
        other_lang=other,
        other_file=report_name(other),
        **_on_top(edition, shared),
        **_as_planned(edition),
        **_on_record(edition),
    )


def _on_top(edition: Edition, shared: _Shared) -> dict[str, Any]:
    """Return the first screen, and what is shown of the members."""
    decision, simulated = edition.verdict.decision, shared.ensemble is not None
    shown = moving(edition, shared.ensemble) if has_moving(edition.verdict) else None
    there = set(CONTENTS) - set(SECTIONS) | set(shown.sections if shown else ())
    if not simulated:
        there -= set(SIMULATED)
    return {
        "finding": finding(edition),
        "recommended": recommendation(edition, decision) if decision else None,
        "decider": decider_words(edition),
        "review": review_words(edition),
        "outlook": outlook(edition, shared.ensemble, shared.comparison)
        if shared.ensemble is not None
        else None,
        "moving": shown,
        "contents": [one for one in CONTENTS if one in there],
    }


def _as_planned(edition: Edition) -> dict[str, Any]:
    """Return the tables of the plan, if all goes as announced, and its rules."""
    lines = _lines(edition.plan, edition.verdict)
    rules = edition.plan.rules
    return {
        "curves": {
            "wide": curve(edition.course, edition.calendar, lines, WIDE),
            "narrow": curve(edition.course, edition.calendar, lines, NARROW),
        },
        "binding_lines": list(binding_lines(edition)),
        "binding": list(binding_rows(edition)),
        "corridor_rows": list(corridor_rows(edition)),
        "site_rows": list(site_rows(edition)),
        "zone_shares": list(zone_shares(edition)),
        "spread": spread(edition),
        "group_rows": list(group_rows(edition)),
        "call_rows": call_rows(edition),
        "gate_rows": list(gate_rows(edition, rules)) if rules else [],
        "closings_differ": closings_differ(edition),
        "departure_rows": list(departure_rows(edition, rules)) if rules else [],
    }


def _on_record(edition: Edition) -> dict[str, Any]:
    """Return what the plan rests on, with its sources."""
    return {
        "consent_rows": list(consent_rows(edition)),
        "hazard_rows": list(hazard_rows(edition)),
        "notice_rows": list(notice_rows(edition)),
        "provision_rows": list(provision_rows(edition)),
        "threshold_rows": list(threshold_rows(edition)),
        "uncertainty_rows": list(uncertainty_rows(edition)),
        "figure_rows": [*figure_rows(edition), *fleet_figures(edition)],
        "rule_rows": list(rule_rows(edition)),
        "window_rows": list(window_rows(edition)),
        "place_rows": list(place_rows(edition)),
        "fleet_rows": list(fleet_statements(edition)),
        "fact_rows": list(fact_rows(edition)),
    }


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
