"""Whatever happens to a good folder, reading it gives a scenario or breaches, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearway.errors import Breach, ScenarioError
from clearway.model.scenario import Scenario
from clearway.read.scenario import read_scenario
from tests.read import rides
from tests.read.folders import ALL_FILES, PATIENTS, PLAN, written

#: What stands in place of a number, a word, or a piece of either.
_NASTY = (
    *("", "nan", "inf", "-inf", "-1", "0", "1e999", "1e-999", "9223372036854775808", "0x7f", "1_0"),
    *("true", "[]", "{}", "[[]]", "[1,", "{a=1}", "null", "2016-10-20", "2016-10-20T08:00:00Z"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", '"', "'", '"""', "\\", "\\u0000"),
    *(",", ";", "=", ".", "#", "[", "]", "{", "}", "a.b", "Z1", "G1", "C1", "R1", "102", "1018"),
    *("36.2", "37.15", "91", "LINESTRING", "LINESTRING EMPTY", "Polygon", "MultiPolygon"),
    *("aid:A1", "patients:2016-10-20", "24:00", "bus", "H1", "D2", "walk", "car", "P-001", "IITT"),
    *("red", "+963 944 123456", "الاسم", "first_name", "handed over"),
    *(
        "FeatureCollection",
        "features",
        "coordinates",
        "given",
        "no reply",
        "split-log",
        "triangular",
    ),
)
_CONTROLS = ("\n", "\r", "\t", "\x00", "\x1b", "\u2028", "\ufeff", "\u202e", "\U0001f6b6", "é")

Change = Callable[[bytes], bytes]


def _cut(content: bytes, at: float, share: float) -> bytes:
    start = int(at * len(content))
    return content[:start] + content[start + max(1, int(share * 40)) :]


def _put(content: bytes, at: float, piece: bytes) -> bytes:
    start = int(at * len(content))
    return content[:start] + piece + content[start:]


def _flip(content: bytes, at: float, bits: int) -> bytes:
    start = min(int(at * len(content)), len(content) - 1)
    return content[:start] + bytes([content[start] ^ bits]) + content[start + 1 :]


def _instead(content: bytes, at: float, piece: bytes) -> bytes:
    """Put ``piece`` in place of one cell: what stands between two separators."""
    start = int(at * len(content))
    ends = [content.find(mark, start) for mark in (b",", b"\n", b" ", b"]", b'"', b"}", b")")]
    end = min((end for end in ends if end >= 0), default=len(content))
    marks = (b",", b"\n", b" ", b"[", b'"', b"{", b"(")
    begin = max(content.rfind(mark, 0, start) for mark in marks) + 1
    return content[:begin] + piece + content[end:]


def _lines(content: bytes, one: float, other: float, how: str) -> bytes:
    """Swap, drop or repeat lines."""
    lines = content.split(b"\n")
    a, b = int(one * len(lines)), int(other * len(lines))
    if how == "swap":
        lines[a], lines[b] = lines[b], lines[a]
    elif how == "drop":
        del lines[a]
    else:
        lines.insert(b, lines[a])
    return b"\n".join(lines)


_PLACES = st.floats(0, 1, exclude_max=True)
_PIECES = st.sampled_from(_NASTY + _CONTROLS).map(str.encode) | st.binary(max_size=6)
_CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(lambda at, share: lambda c: _cut(c, at, share), _PLACES, _PLACES),
    st.builds(lambda at, piece: lambda c: _put(c, at, piece), _PLACES, _PIECES),
    st.builds(lambda at, bits: lambda c: _flip(c, at, bits), _PLACES, st.integers(1, 255)),
    st.builds(lambda at, piece: lambda c: _instead(c, at, piece), _PLACES, _PIECES),
    st.builds(
        lambda one, other, how: lambda c: _lines(c, one, other, how),
        _PLACES,
        _PLACES,
        st.sampled_from(["swap", "drop", "repeat"]),
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one good folder for all examples; each puts back what it changed."""
    return written(rides.told(), tmp_path_factory.mktemp("fuzz") / "s")


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=st.lists(st.tuples(st.sampled_from(ALL_FILES), _CHANGES), min_size=1, max_size=4))
def test_broken_folder_gives_a_scenario_or_breaches(
    folder: Path, changes: list[tuple[str, Change]]
) -> None:
    good = {name: (folder / name).read_bytes() for name in ALL_FILES}
    try:
        for name, change in changes:
            content = (folder / name).read_bytes()
            (folder / name).write_bytes(change(content) if content else content)
        _assert_read_or_told(folder)
    finally:
        for name, content in good.items():
            (folder / name).write_bytes(content)


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=st.lists(_CHANGES, min_size=1, max_size=4), patients=st.booleans())
def test_broken_vehicles_and_patients_give_a_scenario_or_breaches(
    folder: Path, changes: list[Change], patients: bool
) -> None:
    """In ``patients.csv``, and in ``scenario.toml`` from its first table of vehicles on."""
    path = folder / (PATIENTS if patients else PLAN)
    good = path.read_bytes()
    head, mark, tail = good.partition(b"[[vehicle_type]]")
    content = good if patients else mark + tail
    try:
        for change in changes:
            content = change(content) if content else content
        path.write_bytes(content if patients else head + content)
        _assert_read_or_told(folder)
    finally:
        path.write_bytes(good)


def _assert_read_or_told(folder: Path) -> None:
    told: tuple[Breach, ...] = ()
    scenario = None
    try:
        scenario = read_scenario(folder)
    except ScenarioError as error:
        told = error.breaches
    assert isinstance(scenario, Scenario) != bool(told)
    for breach in told:
        assert breach.file in ALL_FILES
        content = (folder / breach.file).read_bytes()
        assert 0 <= breach.row <= content.count(b"\n") + content.count(b"\r") + 1
        assert breach.field
        assert breach.rule
        assert str(breach).isprintable()
