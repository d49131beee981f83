"""Tables of facts: each column has a name, a width, and one way to say what stands in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clearway.publish.pack.blocks import PLAIN, Block, Column, Tongue, table
from clearway.publish.words import Said

Row = Mapping[str, Any]
Cell = Callable[[Tongue, Row], Said]


@dataclass(frozen=True, slots=True)
class Field:
    """One column, and what it says of a row.

    Attributes
    ----------
    head
        Key of its name among the pack's words.
    width
        Its share of the width.
    cell
        Says it.
    style
        As of :class:`~clearway.publish.pack.blocks.Column`.
    """

    head: str
    width: float
    cell: Cell
    style: str = PLAIN


def clock(key: str) -> Cell:
    """Return what says an hour."""
    return lambda tongue, row: tongue.clock(row[key])


def code(key: str) -> Cell:
    """Return what says an id."""
    return lambda tongue, row: tongue.code(row[key])


def count(key: str) -> Cell:
    """Return what says a count."""
    return lambda tongue, row: tongue.number(row[key])


def listing(
    tongue: Tongue, title: str, fields: Sequence[Field], rows: Sequence[Row], row_mm: float
) -> Block:
    """Return the table of ``rows`` under the words that ``title`` is the key of."""
    columns = [Column(tongue.say(one.head), one.width, one.style) for one in fields]
    cells = [[one.cell(tongue, row) for one in fields] for row in rows]
    return table(tongue.say(title), columns, cells, row_mm)
