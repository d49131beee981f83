"""Every kind of event, and every rule of its fields, broken one by one."""

from __future__ import annotations

import math
import operator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.event import (
    CALL_STATES,
    CASE_STATES,
    CHAINS,
    CONVOY_STATES,
    KINDS,
    NOTICE_STATES,
    VEHICLE_STATES,
    WINDOW_STATES,
    Event,
)

AT = datetime(2016, 10, 20, 8, tzinfo=UTC)
MOMENT = "2016-10-20T11:20:00+03:00"
HASH = "0123456789abcdef" * 4

#: One sound event of each kind, written out: what the log's documentation promises.
SOUND: dict[str, dict[str, Any]] = {
    "plan": {"scenario": HASH, "plan": HASH, "version": 1},
    "consent": {
        "id": "A1",
        "party": "Party A",
        "level": "gate",
        "corridors": ["C1"],
        "state": "given",
        "evidence": "letter",
        "expires": MOMENT,
    },
    "notice": {
        "party": "Party A",
        "level": "local",
        "corridors": ["C1"],
        "window": "2016-10-20",
        "channel": "VHF 12",
        "state": "notified",
        "evidence": "",
    },
    "window": {
        "corridor": "C1",
        "day": "2016-10-20",
        "state": "opened",
        "opens": MOMENT,
        "closes": "2016-10-20T19:00+03:00",
    },
    "closure": {"corridor": "C1", "closed": True, "reason": ""},
    "gate": {"corridor": "C1", "persons_share": 0.5, "vehicles_share": 1},
    "count": {"corridor": "C1", "since": MOMENT, "until": MOMENT, "persons": 0},
    "call": {"movements": ["M1", "M2"], "state": "called"},
    "vehicle": {"vehicle": "bus-01", "trip": 1, "state": "boarded"},
    "convoy": {"convoy": "A1", "state": "delivered"},
    "patient": {"code": "P1", "state": "moved", "place": ""},
    "observation": {"corridor": "", "zone": "Z1", "text": "هدوء"},
    "incident": {"corridor": "C1", "zone": "", "text": "A shot was heard."},
    "stop": {"corridors": [], "reason": ""},
    "resume": {"corridors": ["C1"], "reason": "said by radio"},
    "decision": {
        "id": "D1",
        "text": "Wait.",
        "alternatives": ["Go."],
        "role": "lead",
        "review": None,
    },
    "confirmation": {"of": HASH, "role": "lead", "agrees": False},
    "correction": {"of": HASH, "reason": "wrong gate", "instead": None},
    "release": {"profile": "gate", "to": "Team", "file": HASH, "expires": MOMENT},
    "deletion": {"file": HASH, "reason": "past its date"},
}

#: What no field of a type takes, and what it takes at its edges.
BROKEN: dict[str, tuple[Any, ...]] = {
    "text": ("", " ", "\t\n", None, 7, True, ["C1"], {}),
    "maybe": (None, 0, False, [], {}),
    "hash": ("", HASH[1:], HASH + "0", HASH.upper(), "g" * 64, f"{HASH}\n", None, 7, []),
    "moment": ("", "noon", "2016-10-20", "2016-10-20T11:20:00", None, 1476951600, AT, []),
    "later": ("", "noon", "2016-10-20T11:20:00", False, 0, []),
    "count": (-1, 10**7 + 1, 10**400, 1.0, "1", True, None, math.nan, []),
    "share": (-1e-9, 10.001, 10**400, math.nan, math.inf, -math.inf, "1", True, None, []),
    "texts": (None, "C1", ("C1",), ["C1", 2], [None], [["C1"]], {"C1": 1}, {"C1"}),
    "yes": (0, 1, "true", None, "", []),
    "event": ("closure", [], {}, {"kind": "closure"}, {"kind": 1, "at": 2, "about": 3, "x": 4}, 0),
}
TAKEN: dict[str, tuple[Any, ...]] = {
    "text": ("x", " x ", "\u200fنص", "0"),
    "maybe": ("", " ", "any"),
    "hash": ("0" * 64, "f" * 64),
    "moment": ("2016-10-20T11:20Z", "2016-10-20T11:20:30.5+03:00", "1900-01-01T00:00:00-12:00"),
    "later": (None, MOMENT),
    "count": (0, 1, 10**7),
    "share": (0, 0.0, 1, 10, 10.0, 1e-300),
    "texts": ([], [""], ["C1", "C1"]),
    "yes": (True, False),
    "event": (None, {"kind": "x", "at": 1, "about": None}),
}
STATES: dict[str, tuple[str, ...]] = {
    "window": WINDOW_STATES,
    "call": CALL_STATES,
    "vehicle": VEHICLE_STATES,
    "convoy": CONVOY_STATES,
    "patient": CASE_STATES,
    "notice": NOTICE_STATES,
    "consent": ("notified", "acknowledged", "no reply", "given", "refused", "withdrawn"),
}
_BY_NAME = {
    "corridors": "texts",
    "movements": "texts",
    "alternatives": "texts",
    "opens": "moment",
    "closes": "moment",
    "since": "moment",
    "until": "moment",
    "review": "later",
    "version": "count",
    "persons": "count",
    "trip": "count",
    "persons_share": "share",
    "vehicles_share": "share",
    "closed": "yes",
    "agrees": "yes",
    "instead": "event",
    "of": "hash",
    "file": "hash",
    "evidence": "maybe",
    "place": "maybe",
    "zone": "maybe",
}
#: The same name is of another type in another kind.
_BY_KIND = {
    ("plan", "scenario"): "hash",
    ("plan", "plan"): "hash",
    ("consent", "expires"): "later",
    ("release", "expires"): "moment",
    ("closure", "reason"): "maybe",
    ("stop", "reason"): "maybe",
    ("resume", "reason"): "maybe",
    ("observation", "corridor"): "maybe",
    ("incident", "corridor"): "maybe",
}
FIELDS = [(kind, key) for kind, about in SOUND.items() for key in about]


def type_of(kind: str, key: str) -> str:
    """Return what may stand in a field: by kind, by name, or a text that is not empty."""
    return _BY_KIND.get((kind, key), _BY_NAME.get(key, "text"))


def words_of(kind: str, key: str) -> tuple[str, ...]:
    """Return the words that may stand in a field; none where any text may."""
    if key == "level":
        return ("headquarters", "local", "gate")
    return STATES.get(kind, ()) if key == "state" else ()


def refused(kind: str, about: dict[str, Any], at: datetime = AT) -> list[tuple[str, str]]:
    """Return field and rule of every breach of an event that must not be."""
    with pytest.raises(ScenarioError) as caught:
        Event(kind, at, about)
    return [(one.field, one.rule) for one in caught.value.breaches]


def test_there_is_a_sound_event_of_every_kind_with_every_field() -> None:
    assert set(SOUND) == set(KINDS)
    for kind, about in SOUND.items():
        assert set(about) == set(KINDS[kind]), kind
        event = Event(kind, AT, about)
        assert (event.kind, event.at, dict(event.about)) == (kind, AT, about)


@pytest.mark.parametrize(("kind", "key"), FIELDS)
def test_a_field_takes_no_value_of_another_type(kind: str, key: str) -> None:
    words = words_of(kind, key)
    wrong = ("", "safe", "Given", None, 3, [], [words[:1]]) if words else BROKEN[type_of(kind, key)]
    for value in wrong:
        found = refused(kind, {**SOUND[kind], key: value})
        assert [field for field, _ in found] == [f"event {kind}.{key}"], value


@pytest.mark.parametrize(("kind", "key"), FIELDS)
def test_a_field_takes_every_value_up_to_its_edges(kind: str, key: str) -> None:
    for value in words_of(kind, key) or TAKEN[type_of(kind, key)]:
        assert Event(kind, AT, {**SOUND[kind], key: value}).about[key] == value


@pytest.mark.parametrize(("kind", "key"), FIELDS)
def test_a_field_that_is_missing_or_misspelt_is_named(kind: str, key: str) -> None:
    rest = {name: value for name, value in SOUND[kind].items() if name != key}
    assert refused(kind, rest) == [(f"event {kind}.{key}", "must be told")]
    both = refused(kind, {**rest, f"{key}s": SOUND[kind][key]})
    assert [field for field, _ in both] == [f"event {kind}.{key}s", f"event {kind}.{key}"]
    assert both[0][1] == f"is none of {tuple(KINDS[kind])}"


@given(st.sampled_from(sorted(SOUND)), st.data())
def test_every_fault_is_listed_at_once(kind: str, data: st.DataObject) -> None:
    keys = sorted(SOUND[kind])
    broken = data.draw(st.sets(st.sampled_from(keys), min_size=1), label="broken")
    missing = data.draw(st.sets(st.sampled_from(sorted(broken))), label="missing")
    about = {key: value for key, value in SOUND[kind].items() if key not in missing}
    about |= dict.fromkeys(broken - missing, 0.5j)
    found = refused(kind, about)
    assert sorted(field for field, _ in found) == sorted(f"event {kind}.{key}" for key in broken)
    assert {field for field, rule in found if rule == "must be told"} == {
        f"event {kind}.{key}" for key in missing
    }


def test_an_unknown_kind_and_a_moment_without_zone_are_told_together() -> None:
    found = refused("rumour", {}, datetime(2016, 10, 20, 8))  # noqa: DTZ001 - that is what is wrong
    assert [field for field, _ in found] == ["event rumour.kind", "event rumour.at"]
    assert all(f"'{kind}'" in found[0][1] for kind in KINDS)
    assert found[1][1] == "must carry a time zone"


def test_what_an_event_tells_is_its_own() -> None:
    about = dict(SOUND["closure"])
    event = Event("closure", AT, about)
    about["closed"] = False
    assert event.about["closed"] is True
    with pytest.raises(TypeError):
        operator.setitem(event.about, "closed", False)  # type: ignore[call-overload]


def test_no_word_of_a_state_claims_what_nobody_may_promise() -> None:
    told = {*WINDOW_STATES, *CALL_STATES, *VEHICLE_STATES, *CONVOY_STATES, *CASE_STATES}
    told |= {*NOTICE_STATES, *CHAINS, *KINDS, *(key for about in SOUND.values() for key in about)}
    assert not {one for one in told if "safe" in one or "approv" in one or "author" in one}


def test_states_are_told_apart_within_their_kind() -> None:
    for states in (*STATES.values(), CHAINS, tuple(KINDS)):
        assert len(set(states)) == len(states)


@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 5 * 10**7), st.floats(), st.text(max_size=3)
    )
)
def test_a_count_is_what_python_counts_with(value: Any) -> None:
    fits = type(value) is int and value in range(10**7 + 1)
    about = {**SOUND["count"], "persons": value}
    if fits:
        assert Event("count", AT, about).about["persons"] == value
    else:
        assert len(refused("count", about)) == 1


@given(st.datetimes(timezones=st.sampled_from([None, UTC])))
def test_a_moment_is_one_with_a_zone(moment: datetime) -> None:
    about = {**SOUND["count"], "until": moment.isoformat()}
    if moment.tzinfo is None:
        assert [field for field, _ in refused("count", about)] == ["event count.until"]
    else:
        assert datetime.fromisoformat(Event("count", AT, about).about["until"]) == moment
