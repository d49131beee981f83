"""Where printed pages of a release begin: reckoned once, for every language alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.publish.release.paper import Grid, Text, spread

WORDS = st.text("abcdefgh ", min_size=0, max_size=60)


@st.composite
def documents(draw: st.DrawFn) -> tuple[Text, Text]:
    """Return one document in two languages: tables of the same shape, other words."""
    shapes = draw(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 60)), max_size=4))
    found = []
    for _ in range(2):
        longest = draw(st.lists(WORDS, min_size=1, max_size=5))
        tables = []
        for columns, rows in shapes:
            cells = [
                tuple(longest[(row * columns + column) % len(longest)] for column in range(columns))
                for row in range(rows + 1)
            ]
            tables.append(Grid(cells[0], tuple(cells[1:])))
        top = tuple(draw(st.lists(WORDS, max_size=4)))
        found.append(Text("a line at the head", top, tuple(tables), ("a foot",)))
    return found[0], found[1]


@given(documents())
def test_every_row_stands_once_and_in_order(both: tuple[Text, Text]) -> None:
    spreads, _ = spread(both)
    assert len(spreads) == len(both[0].tables)
    for one, grid in zip(spreads, both[0].tables, strict=True):
        assert [at for first, end in one.parts for at in range(first, end)] == [
            *range(len(grid.rows))
        ]
        assert one.parts[0][0] == 0
        assert len(one.widths) == len(grid.head)
        assert sum(one.widths) == pytest.approx(100, abs=0.01)
        assert min(one.widths) > 0
    if spreads:
        # Nothing but the paragraphs before stands above the first table.
        assert not spreads[0].starts_page or sum(map(len, both[0].top + both[1].top)) > 100


@given(documents())
def test_languages_may_be_told_in_any_order(both: tuple[Text, Text]) -> None:
    assert spread(both) == spread(both[::-1])


@given(documents())
def test_a_language_with_longer_words_never_has_fewer_pages(both: tuple[Text, Text]) -> None:
    def pages(texts: tuple[Text, ...]) -> int:
        spreads, end = spread(texts)
        return 1 + end + sum(one.starts_page + len(one.parts) - 1 for one in spreads)

    one = both[0]
    longer = replace(one, top=(*one.top, "word " * 400))
    assert pages((one, longer)) >= pages((one, one))
    assert pages((longer, one)) == pages((one, longer))


def table(rows: int, cell: str = "x") -> Grid:
    return Grid(("a", "b"), tuple((cell, cell) for _ in range(rows)))


def document(*tables: Grid) -> Text:
    return Text("mark", ("title",), tables, ("end",))


def test_pages_by_hand() -> None:
    """A page of 1,030 pixels, less 41 for the mark; a row of one line takes 27."""
    ((only,), end) = spread([document(table(10))])
    assert (only.starts_page, only.parts, end) == (False, ((0, 10),), False)
    assert only.widths == (50.0, 50.0)
    ((long,), _) = spread([document(table(100))])
    first, second, *rest = [end - begin for begin, end in long.parts]
    # Mark, title, heading and names leave 861 pixels; later pages have no title and no heading.
    assert (first, second) == (32, 35)
    assert sum((first, second, *rest)) == 100


def test_a_heading_keeps_two_rows_with_it() -> None:
    for rows in range(20, 36):
        (one, two), _ = spread([document(table(rows), table(3))])
        # 861 pixels hold 26 rows, a heading with names and two rows more; from 33 on, the second
        # page has room again.
        assert two.starts_page == (27 <= rows <= 32)
        assert len(one.parts) == 1 + (rows > 32)
        assert two.parts == (((0, 2), (2, 3)) if rows == 26 else ((0, 3),))


def test_the_language_that_needs_more_room_decides() -> None:
    short, long = document(table(60)), document(table(60, "words " * 40))
    ((alone,), _), ((together,), _) = spread([short]), spread([short, long])
    assert len(together.parts) > len(alone.parts)
    assert together == spread([long])[0][0]


def test_a_word_without_end_takes_lines_too() -> None:
    ((cut,), _) = spread([document(table(60, "w" * 400))])
    ((plain,), _) = spread([document(table(60))])
    assert len(cut.parts) > len(plain.parts)
