"""What may come, what is accepted and what is on record: written, read, and refused."""

from __future__ import annotations

import dataclasses
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearway.model.agreement import CONSENT_LEVELS, CONSENT_STATES, GIVEN, Agreement, Consent
from clearway.model.corridor import NO_SOURCE
from clearway.model.facts import SHAPES, SPLIT_LOG, Estimate, Text
from clearway.model.scenario import CERTAIN, NOTHING_AGREED, USUAL, Scenario
from clearway.model.thresholds import Threshold, Thresholds
from clearway.model.uncertainty import RANGES, Uncertainty
from clearway.read.scenario import read_scenario
from tests import scenarios
from tests.read import terms
from tests.read.folders import PLAN, breaches, change, only, written

_CORRIDOR_FIELDS = (
    "gate_persons_per_s",
    "check_points",
    "open_limit_persons",
    "open_limit_source",
)


def _toml(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / PLAN).read_text(encoding="utf-8"))


def _again(scenario: Scenario, folder: Path) -> Scenario:
    return read_scenario(written(scenario, folder))


def test_every_table_comes_back_exactly(tmp_path: Path) -> None:
    made = terms.told()
    back = _again(made, tmp_path / "s")
    assert back.uncertainty == made.uncertainty
    assert back.thresholds == made.thresholds
    assert back.agreement == made.agreement
    for one, other in zip(back.corridors, made.corridors, strict=True):
        for field in _CORRIDOR_FIELDS:
            assert getattr(one, field) == getattr(other, field), field


def test_nothing_of_the_tiny_scenario_is_as_by_default() -> None:
    # Otherwise the test above would not see a key that is dropped.
    made = terms.told()
    for field in dataclasses.fields(Uncertainty):
        assert getattr(made.uncertainty, field.name) != getattr(CERTAIN, field.name)
    for field in dataclasses.fields(Thresholds):
        assert getattr(made.thresholds, field.name) != getattr(USUAL, field.name)
    for field in dataclasses.fields(Agreement):
        assert getattr(made.agreement, field.name) != getattr(NOTHING_AGREED, field.name)


def test_it_is_written_the_same_again(tmp_path: Path) -> None:
    first = written(terms.told(), tmp_path / "first")
    second = written(read_scenario(first), tmp_path / "second")
    assert (first / PLAN).read_bytes() == (second / PLAN).read_bytes()


def test_what_is_not_said_is_not_written_and_has_its_default(tmp_path: Path) -> None:
    folder = written(scenarios.two_gates(), tmp_path / "s")
    tables = {"uncertainty", "thresholds", "consent", "hazard", "provision"}
    assert not {*tables, "notification", "decider"} & set(_toml(folder))
    back = read_scenario(folder)
    assert (back.uncertainty, back.thresholds) == (CERTAIN, USUAL)
    assert back.agreement == NOTHING_AGREED
    for corridor in back.corridors:
        assert corridor.check_points == 1
        assert corridor.open_limit_persons == float("inf")
        assert corridor.open_limit_source == NO_SOURCE
        assert corridor.gate_persons_per_s.shape == "split"


def test_a_folder_written_before_there_were_such_tables_is_read(tmp_path: Path) -> None:
    folder = written(scenarios.two_gates(), tmp_path / "s")
    change(folder, PLAN, "check_points = 1\n", "", count=2)
    assert [corridor.check_points for corridor in read_scenario(folder).corridors] == [1, 1]


def test_units_are_those_of_the_key(tmp_path: Path) -> None:
    data = _toml(written(terms.told(), tmp_path / "s"))
    uncertain = data["uncertainty"]
    assert uncertain["start_delay_h"]["central"] == 2
    assert uncertain["extension_h"]["high"] == 3
    assert uncertain["notice_min"]["low"] == 15
    assert uncertain["lateness_min"]["high"] == 20
    assert data["thresholds"]["wait_min"]["bar"] == 90
    assert data["notification"]["lead_h"] == 48
    assert data["corridor"][0]["open_limit"]["persons"] == 450
    assert data["corridor"][0]["gate"]["check_points"] == 4
    assert data["corridor"][0]["gate"]["rate_persons_per_h"]["low"] == 60


def test_a_shape_is_written_where_it_is_not_the_usual_one(tmp_path: Path) -> None:
    data = _toml(written(terms.told(), tmp_path / "s"))
    assert data["corridor"][0]["gate"]["rate_persons_per_h"]["shape"] == SPLIT_LOG
    assert data["uncertainty"]["stop_share"]["shape"] == "triangular"
    assert "shape" not in data["uncertainty"]["start_delay_h"]


def test_one_key_alone_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    folder = written(scenarios.two_gates(), tmp_path / "s")
    lines = '\n[uncertainty]\nnotice_min = { low = 15, central = 60, high = 180, source = "x" }\n'
    lines += '\n[thresholds]\nwait_min = { go = 30, bar = 45, source = "y" }\n'
    with (folder / PLAN).open("a", encoding="utf-8") as file:
        file.write(lines)
    back = read_scenario(folder)
    assert back.uncertainty == CERTAIN.replace(notice_s=Estimate(900, 3_600, 10_800, "x"))
    assert back.thresholds == USUAL.replace(wait_s=Threshold(1_800, 2_700, "y"))


def test_moments_are_local_and_evidence_may_be_missing(tmp_path: Path) -> None:
    folder = written(terms.told(), tmp_path / "s")
    text = (folder / PLAN).read_text(encoding="utf-8")
    assert "expires = 2016-10-20T20:00:00+03:00" in text
    assert "sent = 2016-10-17T12:00:00+03:00" in text
    assert "review = 2016-10-20T06:00:00+03:00" in text
    change(folder, PLAN, "sent = 2016-10-17T12:00:00+03:00", "sent = 2016-10-17T09:00:00Z")
    back = read_scenario(folder)
    told = back.agreement.notification
    assert told is not None
    assert told.sent is not None
    assert told.sent.utcoffset() == timedelta(hours=3)
    assert told.sent == scenarios.at_hour(-60)
    assert [consent.evidence for consent in back.agreement.consents] == ["letter 12", ""]


def _estimate(values: list[float], shape: str) -> Estimate:
    low, central, high = sorted(values)
    return Estimate(low, central, high, terms.SOURCE, shape if low > 0 else "split")


def _estimates(low: float, high: float) -> st.SearchStrategy[Estimate]:
    values = st.lists(st.floats(low, high), min_size=3, max_size=3)
    return st.builds(_estimate, values, st.sampled_from(SHAPES))


_UNCERTAIN = st.builds(Uncertainty, **{name: _estimates(*ends) for name, ends in RANGES.items()})


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(uncertainty=_UNCERTAIN)
def test_any_uncertainty_comes_back(tmp_path: Path, uncertainty: Uncertainty) -> None:
    folder = tmp_path / "s"
    back = _again(terms.told(uncertainty=uncertainty), folder).uncertainty
    first = (folder / PLAN).read_bytes()
    for field in dataclasses.fields(Uncertainty):
        one, other = getattr(back, field.name), getattr(uncertainty, field.name)
        assert (one.source, one.shape) == (other.source, other.shape)
        pairs = [(getattr(one, end), getattr(other, end)) for end in ("low", "central", "high")]
        for value, written_as in pairs:
            assert value == pytest.approx(written_as, rel=1e-8, abs=1e-300)
    _again(terms.told(uncertainty=back), folder)
    assert (folder / PLAN).read_bytes() == first


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    level=st.sampled_from(CONSENT_LEVELS),
    state=st.sampled_from(CONSENT_STATES),
    hours=st.none() | st.integers(-1_000, 1_000),
    words=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).filter(
        str.strip
    ),
    corridors=st.sampled_from([("C1",), ("C2",), ("C2", "C1")]),
)
def test_any_consent_comes_back(
    tmp_path: Path,
    level: str,
    state: str,
    hours: int | None,
    words: str,
    corridors: tuple[str, ...],
) -> None:
    expires = None if hours is None else scenarios.at_hour(hours)
    proof = words if state == GIVEN else ""
    one = Consent("A", Text(words, words), level, corridors, state, proof, expires, words)
    made = terms.told(agreement=Agreement(consents=(one,)))
    assert _again(made, tmp_path / "s").agreement.consents == (one,)


# What is replaced, by what; then line by its words, key, value, and words of the rule.
_ONE_BREACH = [
    ("central = 2, high", "central = 13, high", "start_", "start_delay_h.central", "0 / 13", "low"),
    ("high = 12,", "high = 721,", "start_", "start_delay_h.high", "721", "720 or less"),
    ("start_delay_h", "start_delay_s", "start_", "start_delay_s", "{", "must be start_delay_h"),
    ("low = 0.1, c", "low = -0.1, c", "stop_", "stop_share.low", "-0.1", "0 or more"),
    ("high = 0.5,", "high = 1.5,", "stop_", "stop_share.high", "1.5", "1 or less"),
    ('"triangular"', '"bell"', "stop_", "stop_share.shape", "bell", "'split', 'split-log' or"),
    ("low = 15,", "low = 0,", "notice", "notice_min.shape", "split-log", "where low is 0"),
    ("high = 180,", "high = 1441,", "notice", "notice_min.high", "1441", "1440 or less"),
    ("{ low = 2, c", "{ low = 0.5, c", "long_f", "long_factor.low", "0.5", "1 or more"),
    ("high = 1.5,", "high = 3.5,", "service", "service_cv.high", "3.5", "3 or less"),
    ("low = 0.8,", "low = 0.05,", "pace", "pace_factor.low", "0.05", "0.1 or more"),
    ("low = 0.85,", "low = nan,", "zone", "zone_factor.low", "nan", "finite"),
    ("high = 20,", "high = 361,", "late", "lateness_min.high", "361", "360 or less"),
]
_LIMIT_BREACH = [
    ("go = 0.02, bar = 0.04", "go = 0.02, bar = 0.01", "caught_share.bar", "0.01", "go or more"),
    ("go = 0.02,", "go = 1.02,", "caught_share.go", "1.02", "1 or less"),
    ("go = 0.95, bar = 0.6", "go = 0.6, bar = 0.6", "first_priority_share.bar", "0.6", "below go"),
    ("go = 0.95, bar = 0.6", "go = 0.5, bar = 0.9", "first_priority_share.bar", "0.9", "below go"),
    ("go = 60,", "go = -60,", "wait_min.go", "-60", "0 or more"),
    ("wait_min", "wait_s", "wait_s", "{", "must be wait_min"),
    ("value = 0.5,", "value = 11,", "turned_back_weight.value", "11", "10 or less"),
    ("go = 3, ", "", "density_persons_per_m2.go", "", "must be given"),
]
_RECORD_BREACH = [
    ('id = "G-2"', 'id = "H1"', '"H1"', "consent[2].id", "H1", "must be unique"),
    ('"headquarters"', '"capital"', "level", "consent[1].level", "capital", "'headquarters', "),
    ('"given"', '"approved"', "state", "consent[1].state", "approved", "'notified', "),
    ('evidence = "letter 12"\n', "", "[[cons", "consent[1].evidence", "None", "where consent was"),
    ('"letter 12"', '" "', "evidence", "consent[1].evidence", " ", "must not be empty"),
    ("T20:00:00+03:00", "T20:00:00", "expires", "consent[1].expires", "2016", "a time zone"),
    ('corridors = ["C2"]', "corridors = []", "[]", "consent[2].corridors", "[]", "at least 1"),
    ('corridors = ["C2"]', 'corridors = ["X"]', '"X"', "consent[2].corridors[1]", "X", "corridor"),
    (
        'corridors = ["C2"]',
        'corridors = ["C2", "C2"]',
        '"C2", "C2"',
        "consent[2].corridors[2]",
        "C2",
        "must be unique",
    ),
    ('corridor = "C2"', 'corridor = "C9"', '"C9"', "hazard[2].corridor", "C9", "of a corridor"),
    ("bars = true", "bars = 1", "bars = 1", "hazard[1].bars", "1", "must be true or false"),
    ("bars = true\n", "", "[[hazard]]", "hazard[1].bars", "", "must be given"),
    ("lead_h = 48", "lead_h = -1", "lead_h", "notification.lead_h", "-1", "0 or more"),
    ("T12:00:00+03:00", "T12:00:00", "sent", "notification.sent", "2016-10-17", "a time zone"),
    ("lead_h = 48", "lead_min = 48", "lead_min", "notification.lead_min", "48", "must be lead_h"),
    ("T06:00:00+03:00", "T06:00:00", "review", "decider.review", "2016-10-20 06", "a time zone"),
    ("points = 4", "points = 0", "points", "corridor[1].gate.check_points", "0", "1 or more"),
    ("points = 4", "points = 1.5", "points", "corridor[1].gate.check_points", "1.5", "whole"),
    ("persons = 450", "persons = 0.5", "0.5", "corridor[1].open_limit.persons", "0.5", "1 or"),
    ("persons = 450", "persons = inf", "inf", "corridor[1].open_limit.persons", "inf", "finite"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a good folder with every table, to be broken."""
    return written(terms.told(), tmp_path / "s")


def _assert_told(folder: Path, words: str, field: str, value: str, rule: str) -> None:
    (told,) = [one for one in breaches(folder) if one.field == field]
    assert told.file == PLAN
    assert told.value.startswith(value)
    assert rule in told.rule
    line = (folder / PLAN).read_text(encoding="utf-8").split("\n")[told.row - 1]
    assert words in line


@pytest.mark.parametrize("case", _ONE_BREACH)
def test_breach_of_what_may_come(folder: Path, case: tuple[str, ...]) -> None:
    old, new, words, field, value, rule = case
    text = (folder / PLAN).read_text(encoding="utf-8")
    head, mark, tail = text.partition("[uncertainty]")
    assert old in tail
    (folder / PLAN).write_text(head + mark + tail.replace(old, new, 1), encoding="utf-8")
    _assert_told(folder, words, f"uncertainty.{field}", value, rule)


@pytest.mark.parametrize("case", _LIMIT_BREACH)
def test_breach_of_what_is_accepted(folder: Path, case: tuple[str, ...]) -> None:
    old, new, field, value, rule = case
    change(folder, PLAN, old, new)
    _assert_told(folder, field.partition(".")[0], f"thresholds.{field}", value, rule)


@pytest.mark.parametrize("case", _RECORD_BREACH)
def test_breach_of_what_is_on_record(folder: Path, case: tuple[str, ...]) -> None:
    old, new, *told = case
    change(folder, PLAN, old, new)
    _assert_told(folder, *told)


def test_every_breach_is_told_at_once(folder: Path) -> None:
    change(folder, PLAN, "go = 0.02, bar = 0.04", "go = 0.02, bar = 0.01")
    change(folder, PLAN, "bars = true", "bars = 1")
    change(folder, PLAN, "points = 4", "points = 0")
    assert [one.field for one in breaches(folder)] == [
        "corridor[1].gate.check_points",
        "thresholds.caught_share.bar",
        "hazard[1].bars",
    ]


def test_a_corridor_whose_own_code_is_wrong_is_told_once(folder: Path) -> None:
    change(folder, PLAN, 'id = "C2"', 'id = "C 2"')
    assert only(folder).field == "corridor[2].id"


def test_a_range_drawn_on_a_scale_of_logarithms_begins_above_zero(folder: Path) -> None:
    change(folder, PLAN, "{ low = 60, central = 600", "{ low = 0, central = 600")
    told = only(folder)
    assert told.field == "corridor[1].gate.rate_persons_per_h.shape"
    assert told.rule == "must be split or triangular where low is 0"


def test_an_unknown_table_is_refused(folder: Path) -> None:
    change(folder, PLAN, "[decider]", "[deciders]")
    assert only(folder).rule == "must be decider: no other name or unit is known here"
