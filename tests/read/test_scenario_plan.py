"""Every way to break ``scenario.toml`` is told with its line, key, value and rule."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from clearway.model.scenario import Scenario
from clearway.read.document import Path as KeyPath
from clearway.read.scenario_schema import ScenarioTable
from clearway.read.schema import FORMAT
from clearway.read.toml import TomlLines
from tests.read.folders import PLAN, breaches, change, line_of, only, written

_ARABIC = "سيناريو صغير"

# What is replaced, by what; then line by its words, key, value, and words of the rule.
_ONE_BREACH = [
    ('id = "tiny"', 'id = ""', 'id = ""', "id", "", "1 to 40 letters"),
    ('id = "tiny"', 'id = "a b"', 'id = "a b"', "id", "a b", "1 to 40 letters"),
    ('id = "tiny"', 'id = "t\\n"', 'id = "t', "id", "t\\n", "1 to 40 letters"),
    ('id = "tiny"', "id = 7", "id = 7", "id", "7", "must be text in quotes"),
    (FORMAT, "clearway-scenario/9", "format", "format", "clearway-scenario/9", FORMAT),
    ("Asia/Damascus", "Asia/Dimashq", "timezone", "timezone", "Asia/Dimashq", "IANA name"),
    ("Asia/Damascus", "Asia", "timezone", "timezone", "Asia", "IANA name"),
    ("Asia/Damascus", "/etc/passwd", "timezone", "timezone", "/etc/passwd", "IANA name"),
    ('en = "Tiny scenario"', 'en = " "', "title", "title.en", " ", "must not be empty"),
    (f'ar = "{_ARABIC}"', "ar = 1", "title", "title.ar", "1", "must be text in quotes"),
    (f', ar = "{_ARABIC}"', "", "title", "title.ar", "", "must be given"),
    (f'"{_ARABIC}"', '"a\\u0007b"', "title", "title.ar", "a\\x07b", "control character"),
    ("[37.1494, 36.199513]", "[37.1494]", "  [37.1494]", "outline[1]", "[37.1494]", "at least 2"),
    ("[37.1494, ", "[inf, ", "[inf", "outline[1][1]", "inf", "must be a finite number"),
    ("[37.1494, ", '["x", ', '["x"', "outline[1][1]", "x", "must be a number"),
    ("slot_min = 15", "slot_min = -15", "slot_min", "planning.slot_min", "-15", "above 0"),
    ("slot_min = 15", "slot_min = 14.5", "step_s", "planning.step_s", "60", "divide slot_min"),
    ("slot_min = 15", "slot_min = true", "slot_min", "planning.slot_min", "True", "a number"),
    ("step_s = 60", "step_s = 60.5", "step_s", "planning.step_s", "60.5", "whole number"),
    ("tick_s = 10", "tick_s = 0", "tick_s", "planning.tick_s", "0", "1 or more"),
    ("tick_s = 10", "tick_s = 7", "tick_s", "planning.tick_s", "7", "divide step_s"),
    ("spread = 1", "spread = 1.5", "spread", "planning.spread", "1.5", "1 or less"),
    ("low = 1,", "low = -0.1,", "uptake", "planning.uptake.low", "-0.1", "0 or more"),
    ("low = 1,", "low = nan,", "uptake", "planning.uptake.low", "nan", "finite number"),
    (
        "central = 1,",
        "central = 0.5,",
        "uptake",
        "planning.uptake.central",
        "1 / 0.5 / 1",
        "low to",
    ),
    ("slot_min", "slot_s", "slot_s", "planning.slot_s", "15", "must be slot_min"),
    ('id = "G2"', 'id = "G1"', 'id = "G1"', "group[2].id", "G1", "must be unique"),
    ("weight = 1", "weight = 0.5", "weight =", "group[1].weight", "0.5", "1 or more"),
    ("weight = 1", 'weight = "1"', "weight =", "group[1].weight", "1", "must be a number"),
    ("low = 1.2", "low = 0.01", "low = 0.01", "group[1].speed_m_per_s.low", "0.01", "0.05 or"),
    ("high = 0.6", "high = 3.5", "high = 3.5", "group[2].speed_m_per_s.high", "3.5", "3 or less"),
    (
        "low = 1.2",
        "low = 1.3",
        "low = 1.3",
        "group[1].speed_m_per_s.central",
        "1.3 / 1.2 / 1.2",
        "to",
    ),
    (
        "low = 600",
        "low = -600",
        "low = -600",
        "corridor[1].gate.rate_persons_per_h.low",
        "-600",
        "0 or",
    ),
    ("mouth = 108", "mouth = 7", "mouth = 7", "corridor[1].mouth", "7", "id of a node"),
    ("mouth = 108", "mouth = -1", "mouth = -1", "corridor[1].mouth", "-1", "0 or more"),
    ("mouth = 108", "mouth = 1e3", "mouth = 1e3", "corridor[1].mouth", "1000.0", "whole number"),
    ("[1018, 1019]", "[]", "links = []", "corridor[1].links", "[]", "at least 1"),
    ("[1018, 1019]", "1018", "links = 1018", "corridor[1].links", "1018", "must be a list"),
    ("[1018, 1019]", "[1018, 1018]", "1018]", "corridor[1].links[2]", "1018", "must be unique"),
    ("[1018, 1019]", "[1018, 99]", "99]", "corridor[1].links[2]", "99", "not touch the network"),
    ("margin_min = 30", "margin_min = -1", "= -1", "corridor[1].margin_min", "-1", "0 or more"),
    ("margin_min = 30", "margin_min = 1441", "1441", "corridor[1].margin_min", "1441", "1440 or"),
    (
        'reception = "R1"',
        'reception = "R9"',
        '"R9"',
        "corridor[1].reception",
        "R9",
        "reception site",
    ),
    ("area_m2 = 1000", "area_m2 = 0.5", "= 0.5", "corridor[1].holding_area.area_m2", "0.5", "1 or"),
    (
        "limit_persons = 1000",
        "limit_persons = 1501",
        "= 1501",
        "corridor[1].holding_area.limit_persons",
        "1501",
        "at most 1.5 persons a square metre",
    ),
    ('id = "R2"', 'id = "R1"', 'id = "R1"', "reception[2].id", "R1", "must be unique"),
    ("node = 115", "node = 3", "node = 3", "reception[1].node", "3", "id of a node"),
    ("low = 1000000", "low = -1", "low = -1", "reception[1].places_persons.low", "-1", "0 or more"),
    (
        "closes = 2016-10-20T10",
        "closes = 2016-10-20T07",
        "closes = 2016-10-20T07",
        "window[1].closes",
        "2016-10-20 07:00:00+03:00",
        "must be after it opens",
    ),
    (
        "closes = 2016-10-20T10:00:00",
        "closes = 2016-10-20T08:00:00",
        "closes = 2016-10-20T08",
        "window[1].closes",
        "2016-10-20 08:00:00+03:00",
        "must be after it opens",
    ),
    (
        "closes = 2016-10",
        "closes = 2017-10",
        "closes",
        "window[1].closes",
        "2017-10-20 10:00:00+03:00",
        "within 31 days",
    ),
    (
        "08:00:00+03:00",
        "08:00:00",
        "opens",
        "window[1].opens",
        "2016-10-20 08:00:00",
        "must carry a time zone",
    ),
    (
        "2016-10-20T08:00:00+03:00",
        "2016-10-20",
        "opens",
        "window[1].opens",
        "2016-10-20",
        "a moment",
    ),
    ("opens = 2016", "opens = 1066", "opens", "window[1].opens", "1066-10-20 08", "in the years"),
    (
        "08:00:00+",
        "08:00:00.5+",
        "opens",
        "window[1].opens",
        "2016-10-20 08:00:00.5",
        "whole second",
    ),
    ('["C1", "C2"]', '["C1", "C7"]', "C7", "window[1].corridors[2]", "C7", "id of a corridor"),
    ('["C1", "C2"]', '["C1", "C1"]', '"C1"]', "window[1].corridors[2]", "C1", "must be unique"),
    ('topic = "streets"', 'topic = ""', "topic", "fact[1].topic", "", "must not be empty"),
    ('topic = "streets"\n', "", "[[fact]]", "fact[1].topic", "", "must be given"),
]


@pytest.fixture
def folder(two_gates: Scenario, tmp_path: Path) -> Path:
    """Return a good folder, to be broken."""
    return written(two_gates, tmp_path / "s")


@pytest.mark.parametrize("case", _ONE_BREACH)
def test_breach(folder: Path, case: tuple[str, ...]) -> None:
    old, new, words, field, value, rule = case
    change(folder, PLAN, old, new)
    told = [one for one in breaches(folder) if one.field == field]
    assert len(told) == 1, breaches(folder)
    assert told[0].file == PLAN
    assert told[0].value.startswith(value)
    assert rule in told[0].rule
    line = (folder / PLAN).read_text(encoding="utf-8").split("\n")[told[0].row - 1]
    assert words in line


def test_key_with_an_unknown_unit(folder: Path) -> None:
    change(folder, PLAN, "rate_persons_per_h", "rate_persons_per_min")
    missing, unknown = breaches(folder)
    row = line_of(folder, PLAN, "rate_persons_per_min")
    assert (missing.field, missing.rule) == (
        "corridor[1].gate.rate_persons_per_h",
        "must be given",
    )
    assert missing.row == row - 1
    assert (unknown.file, unknown.row) == (PLAN, row)
    assert unknown.field == "corridor[1].gate.rate_persons_per_min"
    assert unknown.value.startswith("{'low': 600")
    assert unknown.rule == "must be rate_persons_per_h: no other name or unit is known here"


def test_unknown_key_like_no_other(folder: Path) -> None:
    change(folder, PLAN, "[planning]", "[planning]\nreligion = 1")
    breach = only(folder)
    assert breach.field == "planning.religion"
    assert breach.rule == ("must be a known key: one of slot_min, spread, step_s, tick_s, uptake")


def test_table_that_is_a_list_and_list_that_is_a_table(folder: Path) -> None:
    change(folder, PLAN, "[planning]", "[[planning]]")
    change(folder, PLAN, "[[fact]]", "[fact]")
    planning, fact = breaches(folder)
    assert (planning.field, planning.rule) == ("planning", "must be a table of keys")
    assert (fact.field, fact.rule) == ("fact", "must be a list")


def test_no_corridor(folder: Path) -> None:
    text = (folder / PLAN).read_text(encoding="utf-8")
    first, last = text.index("[[corridor]]"), text.index("[[reception]]")
    (folder / PLAN).write_text(text[:first] + text[last:], encoding="utf-8")
    told = {(one.field, one.rule) for one in breaches(folder)}
    assert ("corridor", "must be given") in told
    assert ("window[1].corridors[1]", "must be the id of a corridor") in told


def test_not_toml(folder: Path) -> None:
    change(folder, PLAN, "step_s = 60", "step_s = = 60")
    breach = only(folder)
    assert (breach.file, breach.row, breach.field) == (PLAN, line_of(folder, PLAN, "= ="), "file")
    assert breach.rule == "must be TOML: Invalid value"


def test_key_that_stands_twice(folder: Path) -> None:
    change(folder, PLAN, "step_s = 60", "step_s = 60\nstep_s = 30")
    breach = only(folder)
    assert breach.row == line_of(folder, PLAN, "step_s = 30")
    assert "must be TOML" in breach.rule


def test_window_that_overlaps_another(two_days: Scenario, tmp_path: Path) -> None:
    folder = written(two_days, tmp_path / "s")
    change(folder, PLAN, "closes = 2016-10-20", "closes = 2016-10-21")
    breach = only(folder)
    assert (breach.file, breach.field) == (PLAN, "window[2].opens")
    assert breach.row == line_of(folder, PLAN, "opens = ", 2)
    assert breach.value == "2016-10-21 08:00:00+03:00 (C1)"
    assert breach.rule == "must not overlap another window of the same corridor"


def test_breaches_beside_one_another_in_one_table(folder: Path) -> None:
    change(folder, PLAN, "low = 600", "low = -1")
    change(folder, PLAN, "margin_min = 30", 'margin_min = "half an hour"')
    change(folder, PLAN, "[1018, 1019]", "[1019, 1018]")
    change(folder, PLAN, "limit_persons = 1000", "limit_persons = 2000")
    told = [one.field for one in breaches(folder)]
    assert told == [
        "corridor[1].links",
        "corridor[1].margin_min",
        "corridor[1].gate.rate_persons_per_h.low",
        "corridor[1].holding_area.limit_persons",
    ]


def test_hopeless_file_is_told_in_part_and_counted(folder: Path) -> None:
    with (folder / PLAN).open("a", encoding="utf-8") as file:
        file.writelines(f"key{n} = {n}\n" for n in range(7_000))
    told = breaches(folder)
    assert told[0].field == "and 2,000 more"
    assert sum("known key" in one.rule for one in told) == 1_001
    assert told[-1].field == "and 4,000 more"


def test_lines_of_keys_in_every_way_to_write_them() -> None:
    text = '''# a comment with [brackets] = and "quotes"
a = 1
"b c" = { d = [1,
  2, { e = 3 }], f = """
[g]
h = 1
""" }
i.j."k.l" = 2016-10-20 08:00:00+03:00

[m.n]
o = 'x = [' # p = 1
[[m.q]]
[[m.q]]
r = [
  [1, 2], # s
  [3, 4],
]
[m.q.t]
u = true
[[m.q.v]]
w = 1.5
'''
    lines = TomlLines(text)
    expected: dict[KeyPath, int] = {
        ("a",): 2,
        ("b c",): 3,
        ("b c", "d", 0): 3,
        ("b c", "d", 1): 4,
        ("b c", "d", 2, "e"): 4,
        ("b c", "f"): 4,
        ("i", "j", "k.l"): 8,
        ("m", "n"): 10,
        ("m", "n", "o"): 11,
        ("m", "q", 0): 12,
        ("m", "q", 1): 13,
        ("m", "q", 1, "r"): 14,
        ("m", "q", 1, "r", 1): 16,
        ("m", "q", 1, "r", 1, 0): 16,
        ("m", "q", 1, "t", "u"): 19,
        ("m", "q", 1, "v", 0, "w"): 21,
        ("g",): 0,
        ("m", "q", 1, "t", "missing"): 18,
    }
    assert {path: lines(path) for path in expected} == expected
    assert all(_at(tomllib.loads(text), path) for path in list(expected)[:-2])


def _at(data: Any, path: KeyPath) -> bool:
    """Tell whether something stands at ``path``, so that the expectation above is right."""
    for part in path:
        data = data[part]
    return data is not None


def test_line_of_every_key_that_is_written(four_sides: Scenario, tmp_path: Path) -> None:
    text = (written(four_sides, tmp_path / "s") / PLAN).read_text(encoding="utf-8")
    lines, rows = TomlLines(text), text.split("\n")
    checked = 0
    for path in _paths(tomllib.loads(text), ()):
        if isinstance(path[-1], str):
            row = lines(path)
            # A list of tables has no line of its own, its entries have.
            at = row or lines((*path, 0))
            assert f"{path[-1]} =" in rows[at - 1] or f"{path[-1]}]" in rows[at - 1]
            checked += 1
    assert checked > 100


def _paths(data: object, path: KeyPath) -> list[KeyPath]:
    parts: list[tuple[str | int, object]] = []
    if isinstance(data, dict):
        parts = list(data.items())
    elif isinstance(data, list):
        parts = list(enumerate(data))
    found = [(*path, name) for name, _ in parts]
    return found + [deep for name, part in parts for deep in _paths(part, (*path, name))]


def test_schema_refuses_every_key_that_it_does_not_name() -> None:
    assert issubclass(ScenarioTable, BaseModel)
    assert ScenarioTable.model_config["extra"] == "forbid"
    assert ScenarioTable.model_config["strict"] is True
