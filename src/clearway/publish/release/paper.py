"""Where the printed pages of a release begin: at the same rows in every language.

How wide words are differs from language to language and from typeface to typeface. So heights are
reckoned before printing, as much as any language may need, and pages are broken by them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

#: Pixels of CSS: A4 within its margins, the line of a cell and of a paragraph, padding with border.
_WIDTH: Final = 703.0
_HEIGHT: Final = 1030.0
_CELL_LINE, _LINE = 19.3, 24.1
_CELL_PAD_X, _CELL_PAD_Y = 17.0, 7.6
#: A section's heading with its margins; a paragraph's margins.
_HEADING: Final = 60.0
_PARAGRAPH: Final = 17.0
#: Width of a letter in pixels, at most on average: in a cell, in a heading of a table, in a line.
_IN_CELL, _IN_HEAD, _IN_LINE = 8.0, 8.9, 9.6
#: Letters of a column that are kept together if there is room.
_MOST_LETTERS: Final = 26
#: Rows that stay with the heading of their table.
_TOGETHER: Final = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """One table in one language, as text without marks.

    Attributes
    ----------
    head
        Names of columns.
    rows
        Cells, row by row.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """How one table is printed in every language.

    Attributes
    ----------
    widths
        Of its columns, in per cent.
    starts_page
        Whether its heading is the first of a page.
    parts
        First row, and the row after the last, of what stands on each page.
    """

    widths: tuple[float, ...]
    starts_page: bool
    parts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A document in one language, as text without marks.

    Attributes
    ----------
    mark
        The line at the head of every page.
    top, bottom
        Paragraphs before the first table, and after the last.
    tables
        Of the same columns and rows in every language.
    """

    mark: str
    top: tuple[str, ...]
    tables: tuple[Grid, ...]
    bottom: tuple[str, ...]


def spread(texts: Sequence[Text]) -> tuple[tuple[Spread, ...], bool]:
    """Return how each table is printed, and whether what follows the last begins a page.

    Parameters
    ----------
    texts
        The document in every language.
    """
    head = max(_paragraph(one.mark) for one in texts)
    used = head + max(_paragraphs(one.top) for one in texts)
    found = []
    for grids in zip(*(one.tables for one in texts), strict=True):
        widths = _widths(grids)
        names = max(_row(grid.head, widths, _IN_HEAD) for grid in grids)
        rows = [
            max(_row(cells, widths, _IN_CELL) for cells in same)
            for same in zip(*(grid.rows for grid in grids), strict=True)
        ]
        starts = used + _HEADING + names + sum(rows[:_TOGETHER]) > _HEIGHT and used > head
        used = (head if starts else used) + _HEADING + names
        breaks = [0]
        for at, height in enumerate(rows):
            if used + height > _HEIGHT and at > breaks[-1]:
                breaks.append(at)
                used = head + names
            used += height
        found.append(Spread(_shares(widths), starts, _parts(breaks, len(rows))))
    end = max(_paragraphs(one.bottom) for one in texts) + _HEADING
    return tuple(found), used + end > _HEIGHT


def _parts(breaks: Sequence[int], rows: int) -> tuple[tuple[int, int], ...]:
    return tuple(zip(breaks, [*breaks[1:], rows], strict=True))


def _widths(grids: Sequence[Grid]) -> list[float]:
    """Return pixels for each column: room for its longest word, then by what stands in it."""
    columns = range(len(grids[0].head))
    least, wanted = [], []
    for column in columns:
        heads = [(grid.head[column], _IN_HEAD) for grid in grids]
        cells = [(row[column], _IN_CELL) for grid in grids for row in grid.rows]
        words = [
            len(word) * letter for text, letter in (*heads, *cells) for word in text.split() or [""]
        ]
        whole = max(len(text) * letter for text, letter in (*heads, *cells))
        most = _MOST_LETTERS * _IN_CELL
        least.append(min(max(words), most) + _CELL_PAD_X)
        wanted.append(max(min(whole, 4 * most) - least[-1] + _CELL_PAD_X, 0.0) + 1.0)
    rest = _WIDTH - sum(least)
    if rest < 0:
        return [one * _WIDTH / sum(least) for one in least]
    return [one + rest * more / sum(wanted) for one, more in zip(least, wanted, strict=True)]


def _shares(widths: Sequence[float]) -> tuple[float, ...]:
    """Return widths in per cent that add up to 100, with two digits."""
    edges = [round(100 * one / sum(widths), 2) for one in accumulate(widths)]
    return tuple(round(b - a, 2) for a, b in zip([0.0, *edges], edges, strict=False))


def _row(cells: Sequence[str], widths: Sequence[float], letter: float) -> float:
    lines = (
        _lines(text, (width - _CELL_PAD_X) / letter)
        for text, width in zip(cells, widths, strict=True)
    )
    return max(lines) * _CELL_LINE + _CELL_PAD_Y


def _paragraphs(texts: Sequence[str]) -> float:
    return sum(map(_paragraph, texts))


def _paragraph(text: str) -> float:
    return _lines(text, _WIDTH / _IN_LINE) * _LINE + _PARAGRAPH


def _lines(text: str, letters: float) -> int:
    """Return how many lines a text takes with so many letters a line, broken between words."""
    lines, used = 1, 0.0
    for word in text.split():
        length = len(word)
        if used and used + 1 + length <= letters:
            used += 1 + length
            continue
        lines += 1 if used else 0
        if length > letters:
            more = math.ceil(length / max(letters, 1.0)) - 1
            lines, length = lines + more, length - int(more * letters)
        used = float(length)
    return lines
