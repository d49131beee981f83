"""Pauses that run, kept in memory, for tests of plans made anew from what a log tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.replan import Offer, Replanner
from clearway.operate.replan_begun import Begun, begun
from clearway.operate.run_folder import Run
from tests.operate.events import Pages
from tests.operate.replans import case, length_s, replanner

MINUTE = 60
BEFORE = -3600


@dataclass(frozen=True, slots=True, eq=False)
class InMemory(Run):
    """A run whose plans lie in no folder."""

    plans: dict[int, Plan] = field(default_factory=dict)

    def plan(self, now: datetime) -> Plan:
        """Return the plan that holds at ``now``."""
        return self.plans[self.version(now)]


class Pause:
    """A pause, its log and its plans, while a test lets it go on."""

    def __init__(self, scenario: Scenario, plan: Plan, again: Replanner) -> None:
        """Begin: the first plan holds from an hour before the first opening."""
        self.scenario, self.plans, self._again = scenario, {1: plan}, again
        self.pages = Pages()
        self.tell(BEFORE, "plan", scenario="0" * 64, plan="0" * 64, version=1)

    @classmethod
    def of(cls, name: str) -> Pause:
        """Begin one of a tiny scenario."""
        return cls(*case(name), replanner(name))

    @property
    def run(self) -> InMemory:
        """The pause as commands see it."""
        return InMemory(
            folder=Path("none"),
            scenario=self.scenario,
            scenario_hash="0" * 64,
            records=tuple(self.pages.records),
            passphrase=None,
            plans=self.plans,
        )

    def tell(self, at_s: int, kind: str, /, **about: Any) -> None:
        """Write down what happened so many seconds after the start."""
        self.pages.tell(kind, self.scenario.moment(at_s), **about)

    def window(self, n: int, state: str, at_s: int, opens_s: int, closes_s: int) -> None:
        """Write down what became of a window of the scenario."""
        one, moment = self.scenario.windows[n], self.scenario.moment
        hours = {"opens": moment(opens_s).isoformat(), "closes": moment(closes_s).isoformat()}
        day = one.opens.date().isoformat()
        self.tell(at_s, "window", corridor=one.corridor, day=day, state=state, **hours)

    def open_all(self) -> None:
        """Write down that every window opened as announced."""
        for n, one in enumerate(self.scenario.windows):
            opens, closes = (self.scenario.seconds(at) for at in (one.opens, one.closes))
            self.window(n, "opened", opens, opens, closes)

    def begun(self, now_s: int, *words: str) -> Begun:
        """Return what a plan made anew starts from."""
        return begun(self.run, now_s, words)

    def replan(self, there: Begun) -> Offer:
        """Make the plan anew."""
        return self._again.replan(
            there.before,
            there.plan,
            there.told,
            there.now_s,
            lost_vehicles=there.lost,
            past=there.past,
        )

    def adopt(self, now_s: int, *words: str) -> Offer:
        """Make the plan anew, and let it hold from then on."""
        there = self.begun(now_s, *words)
        offer = self.replan(there)
        for event in there.events:
            self.pages.write(event)
        version = len(self.plans) + 1
        self.plans[version] = offer.replan.plan
        self.tell(now_s, "plan", scenario="0" * 64, plan="0" * 64, version=version)
        return offer


@st.composite
def told(draw: st.DrawFn, name: str, until_s: int) -> Pause:
    """Draw a pause of which anything may be told until a moment."""
    pause = Pause.of(name)
    rows: list[tuple[int, str, dict[str, Any]]] = []
    moment = st.integers(0, max(until_s // 30, 1)).map(lambda one: one * 30)
    for n in range(len(pause.scenario.windows)):
        rows += [(at, "window", {"n": n, **about}) for at, about in draw(_hours(pause, n, until_s))]
    for _ in range(draw(st.integers(0, 3))):
        corridor = draw(st.sampled_from([one.id for one in pause.scenario.corridors]))
        rows += draw(_gate(corridor, moment))
    vehicles = sorted({duty.vehicle for plan in pause.plans.values() for duty in plan.duties})
    for vehicle in vehicles[:1] if draw(st.booleans()) else ():
        trip = draw(st.integers(1, 2))
        state = draw(st.sampled_from(("lost", "lost", "gate in", "gate out", "left")))
        rows.append((draw(moment), "vehicle", {"vehicle": vehicle, "trip": trip, "state": state}))
    names = [move.id for move in pause.plans[1].movements]
    for name_ in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else ():
        state = draw(st.sampled_from(("held", "turned", "home", "called")))
        rows.append((draw(moment), "call", {"movements": [name_], "state": state}))
    for at, kind, about in sorted(rows, key=lambda one: one[0]):
        if kind == "window":
            pause.window(about["n"], about["state"], at, *about["hours"])
        else:
            pause.tell(at, kind, **about)
    return pause


@st.composite
def _gate(
    draw: st.DrawFn, corridor: str, moment: st.SearchStrategy[int]
) -> list[tuple[int, str, dict[str, Any]]]:
    """Draw a closure, a stop, or a share, and perhaps its end."""
    since, until = sorted((draw(moment), draw(moment)))
    ends = draw(st.booleans())
    kind = draw(st.sampled_from(("closure", "closure", "stop", "gate")))
    rows: list[tuple[int, str, dict[str, Any]]]
    if kind == "closure":
        rows = [
            (at, kind, {"corridor": corridor, "closed": shut, "reason": ""})
            for at, shut in ((since, True), (until, False))
        ]
    elif kind == "stop":
        named = draw(st.sampled_from(([], [corridor])))
        about: dict[str, Any] = {"corridors": named, "reason": ""}
        rows = [(since, "stop", about), (until, "resume", about)]
    else:
        shares = (draw(st.sampled_from((0.0, 0.25, 0.5, 2.0))), 1.0)
        rows = [
            (at, kind, {"corridor": corridor, "persons_share": share, "vehicles_share": share})
            for at, share in zip((since, until), shares, strict=True)
        ]
    return rows if ends else rows[:1]


@st.composite
def _hours(draw: st.DrawFn, pause: Pause, n: int, until_s: int) -> list[tuple[int, dict[str, Any]]]:
    """Draw when a window opened, and whether it was cut, or is longer than announced."""
    window = pause.scenario.windows[n]
    opens, closes = (pause.scenario.seconds(at) for at in (window.opens, window.closes))
    opened = opens + draw(st.sampled_from((0, 0, 0, 0, 300, 1230, 2400)))
    if opened >= min(closes, until_s):
        if opens >= until_s:
            return []
        return [(opens, {"state": "closed", "hours": (opens, opens)})]  # It did not open.
    rows = [(opened, {"state": "opened", "hours": (opened, closes)})]
    ended = draw(st.sampled_from(("", "", "cut", "closed", "again", "longer")))
    at = draw(st.integers(opened, min(closes, until_s)))
    if ended == "cut":
        rows.append((at, {"state": "cut", "hours": (opened, draw(st.integers(at, closes)))}))
    elif ended in {"closed", "again"} and opened < at:
        rows.append((at, {"state": "closed", "hours": (opened, at)}))
        if ended == "again" and at + 600 < min(closes, until_s):
            rows.append((at + 600, {"state": "opened", "hours": (at + 600, closes)}))
    elif ended == "longer" and at < closes:
        rows.append((at, {"state": "announced", "hours": (opened, closes + 900)}))
    return rows


def last_s(name: str) -> int:
    """Return a moment at which the last window of the first day of a tiny scenario is over."""
    return min(length_s(case(name)[0]), 4 * 3600) + 900
