"""Rows and words at their edges: many patients at one stop, no end of a rule, moments that join."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clearway.model.abort import Mover
from clearway.model.facts import Text
from clearway.publish.days import Calendar
from clearway.publish.pack.abort import _merge
from clearway.publish.pack.blocks import TABLE_MM, Column, Tongue, fit, pairs, run, table
from clearway.publish.pack.day import day_of, latest
from clearway.publish.pack.driver import _CODES, _boarding
from clearway.publish.pack.gate import _hold, _vehicles
from clearway.publish.pack.pack import pack
from clearway.publish.pack.patient import _bed, _colour, _open
from clearway.publish.pack.press import pack_words
from clearway.publish.words import Said
from tests.publish.packs import DAY, MARKS, ruled, town
from tests.scenarios import one_corridor


def tongue(lang: str = "en") -> Tongue:
    words = pack_words(lang)
    return Tongue(words, Calendar(town()[0], words))


def plain(said: str) -> str:
    return said.translate(MARKS)


def test_many_patients_at_one_stop_take_rows_of_a_few() -> None:
    scenario, plan = town()
    day = day_of(scenario, plan, DAY)
    stop = next(
        one
        for shift in day.shifts
        for ride in shift.rides
        for one in ride.trip.stops
        if one.patients
    )
    listed = {one.code: one for one in scenario.care.patients}
    codes = tuple(listed)[:5] * 2
    rows = list(_boarding(day, 1, replace(stop, loads=(), patients=codes), listed))
    assert [len(row["patients"]) for row in rows] == [_CODES, _CODES, len(codes) - 2 * _CODES]
    assert [row["more"] for row in rows] == [False, True, True]
    assert sum(row["companions"] for row in rows) == sum(listed[one].companions for one in codes)
    assert {row["from"] for row in rows} == {stop.arrive_s}


def test_a_stop_where_nobody_boards_is_a_step() -> None:
    scenario, plan = town()
    day = day_of(scenario, plan, DAY)
    stop = replace(day.shifts[0].rides[0].trip.stops[0], loads=(), patients=())
    rows = list(_boarding(day, 2, stop, {}))
    assert [(row["trip"], row["do"], row["where"]) for row in rows] == [(2, "board", stop.zone)]


def test_moments_with_the_same_orders_are_one_row() -> None:
    rows: list[dict[str, Any]] = []
    mover = Mover("block", "M1")
    for at_s, goes, by_s in ((0, ["home"], 300), (900, ["home"], 1500), (1800, ["home", "on"], 9)):
        _merge(rows, mover, at_s, goes, by_s)
    assert [(row["from"], row["until"], row["goes"], row["by"]) for row in rows] == [
        (0, 900, ["home"], 1500),
        (1800, 1800, ["home", "on"], 9),
    ]


@pytest.mark.parametrize(
    ("before_s", "found"),
    [(0, 7200), (1, 7140), (59, 7140), (60, 7140), (61, 7080), (7200, 0), (7201, None)],
)
def test_the_last_moment_is_a_whole_minute_and_never_later(
    before_s: int, found: int | None
) -> None:
    scenario = one_corridor()
    assert latest(scenario, scenario.windows[0], before_s) == found


def test_a_cap_is_said_with_what_holds_on_days_with_a_second_check() -> None:
    said = tongue()
    assert "while 73 people" in plain(_hold(said, "open", 73, 73))
    assert plain(_hold(said, "open", 73, 19)).endswith("checked again at the exit: 19.")
    assert plain(_hold(said, "open", 73, 0)).endswith("admit nobody.")
    assert "No number was set" in _hold(said, "queue", None)


def test_a_convoy_is_named_with_its_vehicles() -> None:
    assert plain(_vehicles(tongue(), {"vehicle": "A1", "vehicles": 10})) == "A1: 10 vehicles"
    assert plain(_vehicles(tongue(), {"vehicle": "bus-01", "vehicles": 1})) == "bus-01"


def test_a_hospitals_hours_are_said_as_they_are() -> None:
    said = tongue("ar")
    assert plain(_open(said, 8 * 3600, 16 * 3600 + 1800)) == "من 08:00 إلى 16:30"
    assert plain(_open(said, 0, 86_400)) == "مفتوح ليلًا ونهارًا"


def test_other_triage_systems_say_their_own_word_beside_the_colour() -> None:
    assert plain(_colour(tongue(), "red", "immediate")) == "Red (immediate)"
    assert _colour(tongue(), "red", "red") == "Red"
    assert plain(_bed(tongue(), "burns")) == "burns"
    assert _bed(tongue("ar"), "surgical") == "جراحة"


def test_runs_are_said_in_words_and_one_is_one() -> None:
    assert plain(run(tongue("ar"), 3, 9)) == "من 3 إلى 9"
    assert plain(run(tongue(), 7, 7)) == "7"


def test_long_names_are_cut_at_their_end() -> None:
    assert fit("  a   b ", 5) == "a b"
    assert fit("abcdef", 6) == "abcdef"
    assert fit("abcdefg", 6) == "abcde…"
    both = {"en": "x" * 99, "ar": "ع" * 99}
    assert len(tongue().name(both, 20)) == 20
    assert len(plain(tongue("ar").name(both, 20))) == 20


def test_blocks_are_as_high_as_what_stands_in_them() -> None:
    cells = [[Said("a")]] * 3
    assert table(Said("t"), [Column(Said("h"), 1)], cells, 8.0)["mm"] == TABLE_MM + 24
    assert pairs([(Said("a"), Said("b"))] * 5, 2, 12.0)["mm"] == 36
    assert pairs([(Said("a"), Said("b"))] * 5, 4, 12.0)["mm"] == 24


def test_more_groups_than_letters_have_names_still() -> None:
    scenario, plan = town()
    day = day_of(scenario, plan, DAY)
    one = scenario.groups[0]
    many = tuple(replace(one, id=f"G{n}", name=Text(f"{n}", f"{n}")) for n in range(30))
    crowded = replace(day, scenario=_Groups(many))  # type: ignore[arg-type]  # groups alone
    assert (crowded.letter("G0"), crowded.letter("G25"), crowded.letter("G26")) == ("A", "Z", "G27")
    assert len({crowded.letter(one.id) for one in many}) == 30
    assert [row["letter"] for row in crowded.legend(["G2", "G1"])] == ["B", "C"]


def test_a_plan_with_rules_prints_other_pages_at_gates_and_zones_alone() -> None:
    scenario, plan = town()
    old, new = pack(scenario, plan, DAY), pack(scenario, ruled(plan, scenario), DAY)
    changed = {
        one.kind
        for one, its in zip(old.pages, new.pages, strict=True)
        if dict(one.facts) != dict(its.facts)
    }
    assert changed == {"gate", "zone"}


class _Groups:
    """A scenario of which nothing but the groups is asked."""

    def __init__(self, groups: tuple[Any, ...]) -> None:
        self.groups = groups
