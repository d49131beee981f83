"""Releases of any plan and any counts: nothing raises, and nothing small can be worked out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from clearway.judge.check import judge
from clearway.model.agreement import CONSENT_LEVELS, CONSENT_STATES
from clearway.model.care import COLOURS, POSTURES, STATES
from clearway.model.event import CALL_STATES, CONVOY_STATES, VEHICLE_STATES, WINDOW_STATES
from clearway.model.fleet import CARE
from clearway.model.scenario import Scenario
from clearway.model.thresholds import STATES as REASON_STATES
from clearway.model.verdict import DECISIONS, Verdict
from clearway.publish.isolate import clean
from clearway.publish.release.fields import EVENTS, NOUNS
from clearway.publish.release.page import page, sections
from clearway.publish.release.profiles import FULL, LEAST_COUNT, PARTNER, PROFILES
from clearway.publish.release.redact import Subject, redacted
from clearway.publish.release.said import release_words, value_said
from clearway.publish.release.tallies import INSIDE, OUT, WILLING, tallies
from clearway.seal.canonical import canonical
from tests.plans import greedy_plan
from tests.publish.releases import everything, leaves
from tests.scenarios import aid_in, car_town, four_sides, late_window, two_days, two_gates

LOWER = [name for name, one in PROFILES.items() if not one.whole]
#: Every name that data below the full profile may use for anything.
NAMES = {
    field
    for told in (*NOUNS.values(), *EVENTS.values())
    for field, rule in told.items()
    if rule.classes != {FULL}
} | {"what", "by", "where", "counts", "log", "scenario", "plan", "verdict", "persons"}
TOWN = four_sides()
ZONES = [zone.id for zone in TOWN.zones]


@pytest.mark.parametrize("profile", LOWER)
@pytest.mark.parametrize("most", [1, 3, 1000])
@pytest.mark.parametrize("make", [two_gates, two_days, late_window, car_town, aid_in])
def test_any_plan_is_released_field_by_field(
    make: Callable[[], Scenario], most: int, profile: str
) -> None:
    scenario = make()
    plan = greedy_plan(scenario, most_households=most)
    data = redacted(Subject(scenario, plan, judge(scenario, plan)), PROFILES[profile])
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert {key for path, _ in leaves(data) for key in path} <= NAMES
    counts = [value for path, value in leaves(data) if path[-1] == "persons"]
    assert counts
    assert all(value is None or value >= LEAST_COUNT for value in counts)
    mark = {"recipient": "Team", "id": "0" * 10, "moment": "2016-10-20 12:00", "profile": profile}
    english, arabic = (page(data, lang, mark) for lang in ("en", "ar"))
    assert english.count("<tr>") == arabic.count("<tr>") > len(scenario.windows)
    assert english.count("<td>") == arabic.count("<td>")


def test_blocks_of_a_few_persons_do_not_stand_in_the_open() -> None:
    """With one household a block most are small: each is hidden, and so is what tells it."""
    scenario = two_gates()
    plan = greedy_plan(scenario, most_households=1)
    verdict = judge(scenario, plan)
    data = redacted(Subject(scenario, plan, verdict), PROFILES["gate"])
    told = {one["id"]: one["persons"] for one in data["plan"]["movements"]}
    small = [move for move in plan.movements if move.persons < LEAST_COUNT]
    assert len(small) > 10
    assert all(told[move.id] is None for move in small)
    for zone, out in zip(scenario.zones, verdict.out_by_zone, strict=True):
        hidden = [m.persons for m in plan.movements if m.zone == zone.id and told[m.id] is None]
        assert len(hidden) != 1
        assert sum(hidden) == 0 or sum(hidden) >= LEAST_COUNT or out < LEAST_COUNT


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    """Draw who is willing and who comes out, zone by zone, often nearly all or nearly nobody."""
    inside = TOWN.demand.persons.sum(axis=1).tolist()
    near = st.integers(0, 6)
    willing, out = [], []
    for count in inside:
        few = draw(near)
        willing.append(draw(st.sampled_from((count - few, count, count // 2, few))))
        left = draw(near)
        out.append(max(draw(st.sampled_from((willing[-1] - left, willing[-1], left, 0))), 0))
    out = [min(pair) for pair in zip(out, willing, strict=True)]
    total = sum(out)
    first = draw(st.integers(0, total))
    group = draw(st.integers(0, total))
    return Verdict(
        breaches=(),
        people_inside=sum(inside),
        people_willing=sum(willing),
        people_out=total,
        out_by_day=(("2016-10-20", first), ("2016-10-21", total - first)),
        out_by_zone=tuple(out),
        willing_by_zone=tuple(willing),
        out_by_group=(group, total - group),
        hours_until_out=0.0,
        exposure_person_hours=0.0,
        step_s=60,
        gates=(),
        peak_link_use=0.0,
    )


@settings(max_examples=25, deadline=None)
@given(verdicts())
def test_no_reader_can_work_out_a_few_persons_of_any_zone(verdict: Verdict) -> None:
    """As a reader would: by a linear program over all that is unknown, from what was published."""
    seen = {
        (row.what, row.where): row.persons
        for row in tallies(PROFILES[PARTNER], TOWN, None, verdict, ()).rows
        if row.by in {"", "zone"}
    }
    reader = _Reader(seen)
    for at, (out, willing) in enumerate(
        zip(verdict.out_by_zone, verdict.willing_by_zone, strict=True)
    ):
        zone = ZONES[at]
        for value, aim in (
            (out, {(OUT, zone): 1.0}),
            (willing - out, {(WILLING, zone): 1.0, (OUT, zone): -1.0}),
        ):
            if 0 < value < LEAST_COUNT:
                low, high = reader.bounds(aim)
                assert low <= value + 1e-6
                assert value - 1e-6 <= high
                assert high - low >= LEAST_COUNT - 1e-6, (zone, aim, low, high)


class _Reader:
    """Somebody who holds the published table and knows that nobody comes out who is not inside."""

    def __init__(self, seen: dict[tuple[str, str], int | None]) -> None:
        self.keys = list(seen)
        place = {key: n for n, key in enumerate(self.keys)}
        equal, right = [], []
        for key, value in seen.items():
            if value is not None:
                equal.append(self._row({key: 1.0}))
                right.append(float(value))
        for what in (INSIDE, WILLING, OUT):
            equal.append(self._row({(what, ""): 1.0, **{(what, zone): -1.0 for zone in ZONES}}))
            right.append(0.0)
        less = [
            self._row({(low, zone): 1.0, (high, zone): -1.0})
            for zone in ["", *ZONES]
            for low, high in ((OUT, WILLING), (WILLING, INSIDE))
        ]
        self.equal, self.right, self.less = np.array(equal), np.array(right), np.array(less)
        assert len(place) == len(self.keys)

    def bounds(self, aim: dict[tuple[str, str], float]) -> tuple[float, float]:
        """Return between what a sum of entries must lie."""
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * self._row(aim),
                A_ub=self.less,
                b_ub=np.zeros(len(self.less)),
                A_eq=self.equal,
                b_eq=self.right,
                method="highs",
            )
            ends.append(sign * found.fun if found.status == 0 else float("inf"))
        return ends[0], ends[1]

    def _row(self, aim: dict[tuple[str, str], float]) -> Any:
        return np.array([aim.get(key, 0.0) for key in self.keys])


def test_the_reader_would_find_what_is_not_guarded() -> None:
    seen: dict[tuple[str, str], int | None] = {
        (what, zone): 100 for what in (INSIDE, WILLING, OUT) for zone in ZONES
    }
    seen |= {(what, ""): 100 * len(ZONES) for what in (INSIDE, WILLING, OUT)}
    seen[OUT, ZONES[0]] = None
    seen[OUT, ""] = 100 * len(ZONES) - 3
    reader = _Reader(seen)
    assert reader.bounds({(OUT, ZONES[0]): 1.0}) == pytest.approx((97.0, 97.0))


@pytest.mark.parametrize(
    "values",
    [
        *(CONSENT_LEVELS, CONSENT_STATES, COLOURS, POSTURES, STATES, CARE, DECISIONS),
        *(REASON_STATES, WINDOW_STATES, CALL_STATES, VEHICLE_STATES, CONVOY_STATES),
        tuple(
            kind
            for kind, told in EVENTS.items()
            if any(rule.classes != {FULL} for rule in told.values())
        ),
    ],
    ids=lambda told: told[0],
)
def test_every_word_of_a_closed_list_is_said_in_both_languages(values: tuple[str, ...]) -> None:
    for value in values:
        english, arabic = (clean(value_said(release_words(lang), value)) for lang in ("en", "ar"))
        assert english
        assert any("\u0600" <= one <= "\u06ff" for one in arabic), value
        assert not any("a" <= one <= "z" for one in arabic), value


def test_figures_and_truths_are_said() -> None:
    english, arabic = release_words("en"), release_words("ar")
    assert value_said(english, True) == "yes"
    assert value_said(arabic, False) == "لا"
    assert value_said(english, 1234567) == "1,234,567"
    assert value_said(english, 0.5) == "0.5"
    assert clean(value_said(arabic, 12.25)) == "12.25"
    assert value_said(english, "C1") == "C1"
    with pytest.raises(ValueError, match="no words"):
        release_words("fr")


def test_topics_of_a_recommendation_are_said_as_in_the_report() -> None:
    data = redacted(everything(), PROFILES[PARTNER])
    told = {one.id: one for one in sections(data, release_words("ar"))}["decision"]
    topics = {row[0] for row in told.rows}
    assert "الموافقة" in topics
    assert any("a topic of later days" in one for one in topics), "one that nobody named"


def test_data_of_every_profile_has_a_canonical_form() -> None:
    for profile in LOWER:
        data = redacted(everything(), PROFILES[profile])
        assert canonical(data) == canonical(json.loads(canonical(data)))
    small = replace(everything(), plan=None, verdict=None, events=())
    assert set(redacted(small, PROFILES["public"])) == {"scenario", "counts"}
