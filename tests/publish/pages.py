"""The report's pages as tests read them: parsed, with the words that people see."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from clearway.judge.check import judge
from clearway.model.facts import Fact, Text
from clearway.model.plan import PARTIAL, Binding, Plan, Status
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.report import publish, reports
from tests.plans import greedy_plan
from tests.scenarios import four_sides

#: Elements whose text nobody reads.
_UNREAD = {"script", "style"}
_VOID = {"meta", "input", "br", "link", "img", "hr"}
#: Their end may be left out.
_OPEN = {"th", "td", "tr"}

#: Words that try to leave the place where they are shown.
HOSTILE = (
    "<script>window.hacked=1</script>",
    '"><img src=x onerror=window.hacked=1>',
    "</script><script>window.hacked=1</script>",
    "' onmouseover='window.hacked=1",
    "{{ 7 * 7 }}{% raw %}",
    "<!--<script>",
    "\u202eturned\u2066 round",
)


@dataclass
class Page(HTMLParser):
    """One page: its elements' attributes, its texts, and the content of its scripts."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    scripts: list[tuple[dict[str, str], str]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin to parse."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element, and open it."""
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        if tag == "script":
            self.scripts.append((found, ""))
        if tag not in _VOID | _OPEN:
            self.path.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element."""
        if tag not in _VOID | _OPEN:
            assert self.path.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what is read, and what a script or style says."""
        if self.path and self.path[-1] == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        elif self.path and self.path[-1] == "style":
            self.styles.append(data)
        elif data.strip():
            self.texts.append(data.strip())

    @property
    def ids(self) -> list[str]:
        """Every id, in order."""
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]

    @property
    def read(self) -> str:
        """All that people read."""
        return "\n".join(self.texts)

    def data(self, name: str) -> Any:
        """Return the JSON that the page carries under that id."""
        return next(json.loads(text) for attrs, text in self.scripts if attrs.get("id") == name)


def parsed(html: str) -> Page:
    """Return a page that was closed in order."""
    page = Page()
    page.feed(html)
    page.close()
    assert page.path == []
    return page


def good_plan(scenario: Scenario) -> Plan:
    """Return a greedy plan that says what binds."""
    plan = greedy_plan(scenario)
    texts = [Text(f"C{k} is full.", f"الممر C{k} ممتلئ.") for k in (1, 2)]
    day = 86_400
    binding = (
        Binding("gate", "C1", 600, 3600, 150.0, texts[0]),
        Binding("gate", "C1", day + 600, day + 3600, 150.0, texts[0]),
        Binding("gate", "C2", 600, day + 3600, 80.0, texts[1]),
        Binding("reception", "R1", 0, 3600, 0.5, texts[0]),
        Binding("link", "1001", 0, 3600, 2.0, texts[0]),
        Binding("window", "C2", 0, 3600, 20.0, texts[1]),
        Binding("other", "X9", 0, 3600, 1.0, texts[1]),
    )
    return plan.replace(status=Status(PARTIAL, texts[0], binding))


def hostile(scenario: Scenario) -> Scenario:
    """Return ``scenario`` with names and sources that try to run as script."""

    def named(number: int) -> str:
        return HOSTILE[number % len(HOSTILE)]

    def text(number: int) -> Text:
        return Text(f"{named(number)} en", f"{named(number)} عربي")

    replace = dataclasses.replace
    everything = " ".join(HOSTILE)
    return scenario.replace(
        title=Text(everything, f"{everything} عربي"),
        attribution=HOSTILE,
        zones=tuple(replace(z, id=f"Z{n}{named(n)}") for n, z in enumerate(scenario.zones)),
        groups=tuple(replace(g, name=text(n)) for n, g in enumerate(scenario.groups)),
        corridors=tuple(
            replace(c, name=text(n + 1), source=everything)
            for n, c in enumerate(scenario.corridors)
        ),
        receptions=tuple(replace(r, name=text(n + 2)) for n, r in enumerate(scenario.receptions)),
        facts=tuple(Fact(name, text(n), name) for n, name in enumerate(HOSTILE)),
        windows=tuple(replace(window, source=everything) for window in scenario.windows),
    )


@cache
def town() -> tuple[Scenario, Plan, Verdict]:
    """Return nine zones, two groups, four corridors and two days, planned and judged."""
    scenario = four_sides(households=np.array([2, 3, 4, 6, 5, 4, 2, 1, 1]), uptake=0.9)
    plan = good_plan(scenario)
    return scenario, plan, judge(scenario, plan)


@cache
def town_pages() -> dict[str, str]:
    """Return the town's report by language."""
    return reports(*town())


def town_folder(folder: Path) -> Path:
    """Write the town's report into ``folder`` and return it."""
    publish(*town(), folder, timings={"read": 0.5, "solve": 2.0, "judge": 0.5, "peak_mb": 300.0})
    return folder
