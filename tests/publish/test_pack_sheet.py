"""Rows over pages: none lost, none moved, none too many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clearway.model.facts import Text
from clearway.publish.pack.sheet import BODY_MM, KINDS, Facts, Part, both, spread

HEAD_MM = 20.0
PARTS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from((8.0, 9.5, 11.0, 34.0))), max_size=4)


def parts_of(told: list[tuple[int, float]]) -> list[Part]:
    return [
        Part(f"part {n}", tuple({"n": n, "row": row} for row in range(rows)), HEAD_MM, row_mm)
        for n, (rows, row_mm) in enumerate(told)
    ]


@given(PARTS, st.floats(0, BODY_MM))
def test_every_row_stands_once_and_in_order(told: list[tuple[int, float]], first: float) -> None:
    parts = parts_of(told)
    pages = spread(parts, first, BODY_MM)
    rows = [row for page in pages for part in page for row in part["rows"]]
    assert rows == [row for part in parts for row in part.rows]
    assert all(part["rows"] for page in pages for part in page)


@given(PARTS, st.floats(0, BODY_MM))
def test_no_page_is_higher_than_its_room(told: list[tuple[int, float]], first: float) -> None:
    parts = {part.name: part for part in parts_of(told)}
    pages = spread(list(parts.values()), first, BODY_MM)
    for number, page in enumerate(pages):
        height = sum(_height(parts[part["part"]], part["rows"]) for part in page)
        assert height <= (BODY_MM if number else first) + 1e-6


@given(PARTS)
def test_only_the_first_page_may_be_empty(told: list[tuple[int, float]]) -> None:
    pages = spread(parts_of(told), 30.0, BODY_MM)
    assert all(pages[1:])
    assert len(pages) >= 1


def test_no_lone_first_row_at_the_end_of_a_page() -> None:
    parts = parts_of([(10, 10.0), (5, 10.0)])
    # Room for the first ten rows, the second heading and one row of it.
    pages = spread(parts, HEAD_MM + 100 + HEAD_MM + 10, BODY_MM)
    assert [part["part"] for part in pages[0]] == ["part 0"]
    assert len(pages[1][0]["rows"]) == 5


def test_a_page_without_rows_is_a_page() -> None:
    assert spread([], 10, 100) == [[]]
    assert spread([Part("none", (), HEAD_MM, 8)], 10, 100) == [[]]


def test_names_stand_in_both_languages() -> None:
    assert both(Text("School", "مدرسة")) == {"en": "School", "ar": "مدرسة"}
    assert len(set(KINDS)) == len(KINDS)


def _height(part: Part, rows: list[Facts]) -> float:
    return part.head_mm + part.row_mm * len(rows)
