"""The report's pages as tests read them: parsed, with the words that people see."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from clearway.judge.check import judge
from clearway.model.agreement import (
    GIVEN,
    LOCAL,
    NO_REPLY,
    Agreement,
    Consent,
    Decider,
    Hazard,
    Notification,
    Provision,
)
from clearway.model.comparison import Comparison
from clearway.model.facts import SPLIT_LOG, TRIANGULAR, Estimate, Fact, Text
from clearway.model.outcome import Ensemble
from clearway.model.plan import PARTIAL, Binding, Plan, Status
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.model.thresholds import BARRED, CONDITION, MET
from clearway.model.uncertainty import Uncertainty
from clearway.model.verdict import DO_NOT_RUN, Decision, Reason, Verdict
from clearway.publish.beside import Beside
from clearway.publish.report import publish, reports
from tests.plans import greedy_plan
from tests.publish.ensembles import compared, drawn
from tests.scenarios import ASSUMED, four_sides

#: Elements whose text nobody reads.
_UNREAD = {"script", "style"}
_VOID = {"meta", "input", "br", "link", "img", "hr", "col"}
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
    return plan.replace(status=Status(PARTIAL, texts[0], binding), rules=rules(scenario, plan))


def rules(scenario: Scenario, plan: Plan) -> Rules:
    """Return rules for every gate, and a last departure for each way that the plan uses."""
    gates = tuple(
        GateRule(corridor.id, 400.0, 900.0, math.inf, (1500.0, 2700.0)[: len(scenario.groups)], 60)
        for corridor in scenario.corridors
    )
    ways = sorted({(move.zone, move.group, move.corridor) for move in plan.movements})
    last = tuple(LastDeparture(*way, 3600.0 + 60 * n) for n, way in enumerate(ways))
    return Rules(0.01, gates, last)


def uncertainty() -> Uncertainty:
    """Return distributions of each shape and each unit."""
    return Uncertainty(
        start_delay_s=Estimate(0, 7200, 36_000, ASSUMED),
        notice_s=Estimate(900, 3600, 10_800, ASSUMED, SPLIT_LOG),
        lateness_s=Estimate(0, 60, 119, ASSUMED, TRIANGULAR),
        stop_share=Estimate(0.02, 0.05, 0.1, ASSUMED, TRIANGULAR),
        long_factor=Estimate(1, 2.5, 4, ASSUMED),
    )


def agreement(scenario: Scenario) -> Agreement:
    """Return consents, one missing, a hazard that bars, and all else that can be on record."""
    codes = tuple(corridor.id for corridor in scenario.corridors)
    party, other = Text("First party", "الطرف الأول"), Text("Second party", "الطرف الثاني")
    gate = Text("Gate 2", "البوابة 2")
    start = scenario.start
    return Agreement(
        consents=(
            Consent(
                "A1", party, LOCAL, codes, GIVEN, "Letter 12/3", scenario.moment(90_000), ASSUMED
            ),
            Consent("A2", other, LOCAL, codes[:1], NO_REPLY, "", None, ASSUMED),
            Consent("A3", gate, "gate", codes[-1:], GIVEN, "Radio log", None, ASSUMED),
        ),
        hazards=(
            Hazard(codes[0], Text("Fire within 200 m.", "إطلاق نار على بعد 200 م."), True, ASSUMED),
            Hazard(codes[-1], Text("Rubble.", "أنقاض."), False, ASSUMED),
        ),
        provisions=(Provision(Text("Bread for 3 days.", "خبز لمدة 3 أيام."), ASSUMED),),
        notification=Notification(start - timedelta(hours=30), timedelta(hours=48), ASSUMED),
        decider=Decider(Text("Head of office", "رئيس المكتب"), start - timedelta(hours=6)),
    )


def decision() -> Decision:
    """Return a recommendation not to run, with more reasons than the first screen shows."""
    missing = tuple(
        Reason(
            "consent",
            f"C{k}",
            BARRED,
            Text(f"No reply for C{k}.", f"لا رد بشأن C{k}."),
            Text(f"A consent for C{k}.", f"موافقة على C{k}."),
        )
        for k in range(1, 8)
    )
    lead = Text("Told 30 h before, of 48 h.", "أُبلغ قبل 30 ساعة من أصل 48 ساعة.")
    earlier = Text("18 h more.", "18 ساعة إضافية.")
    met = Reason("caught", "", MET, Text("At most 1 %.", "1 % على الأكثر."))
    later = Reason("a topic of later days", "", MET, Text("Well.", "حسن."))
    return Decision(
        DO_NOT_RUN, (met, Reason("lead", "", CONDITION, lead, earlier), *missing, later)
    )


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
        agreement=_hostile_agreement(agreement(scenario)),
    )


def _hostile_agreement(told: Agreement) -> Agreement:
    everything = " ".join(HOSTILE)
    text = Text(f"{everything} en", f"{everything} عربي")
    replace = dataclasses.replace
    return Agreement(
        consents=tuple(
            replace(one, party=text, evidence=everything, source=everything)
            for one in told.consents
        ),
        hazards=tuple(replace(one, text=text, source=everything) for one in told.hazards),
        provisions=(Provision(text, everything),),
        notification=Notification(None, timedelta(hours=1), everything),
        decider=Decider(text),
    )


def hostile_decision() -> Decision:
    """Return a recommendation whose words try to run as script."""
    everything = " ".join(HOSTILE)
    text = Text(f"{everything} en", f"{everything} عربي")
    states = (BARRED, CONDITION, MET)
    return Decision(
        DO_NOT_RUN, tuple(Reason(one, one, s, text, text) for one in HOSTILE for s in states)
    )


@cache
def town() -> tuple[Scenario, Plan, Verdict]:
    """Return nine zones, two groups, four corridors and two days, planned and judged."""
    scenario = four_sides(households=np.array([2, 3, 4, 6, 5, 4, 2, 1, 1]), uptake=0.9)
    scenario = scenario.replace(agreement=agreement(scenario), uncertainty=uncertainty())
    plan = good_plan(scenario)
    return scenario, plan, dataclasses.replace(judge(scenario, plan), decision=decision())


@cache
def town_ensemble() -> Ensemble:
    """Return what may become of the town's plan."""
    scenario, plan, _ = town()
    return drawn(scenario, plan)


@cache
def town_comparison() -> Comparison:
    """Return the town's plan beside others."""
    return compared(town_ensemble(), town()[2].people_out)


@cache
def town_pages() -> dict[str, str]:
    """Return the town's report by language, with all that a report can have."""
    scenario, plan, verdict = town()
    return reports(scenario, plan, town_ensemble(), verdict, town_comparison())


@cache
def bare_pages() -> dict[str, str]:
    """Return the report of a plan that was not simulated, of a scenario with nothing on record."""
    scenario, plan, verdict = town()
    scenario = scenario.replace(agreement=Agreement())
    unheard = dataclasses.replace(verdict, decision=None)
    return reports(scenario, plan.replace(rules=None), None, unheard)


def town_folder(folder: Path) -> Path:
    """Write the town's report into ``folder`` and return it."""
    scenario, plan, verdict = town()
    timings = {"read": 0.5, "solve": 2.0, "judge": 0.5, "peak_mb": 300.0}
    beside = Beside(town_comparison(), timings)
    publish(scenario, plan, town_ensemble(), verdict, folder, beside=beside)
    return folder
