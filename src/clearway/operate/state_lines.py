"""Tables for a terminal in both languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from clearway.model.facts import Text
from clearway.publish.isolate import FSI, LRI, PDI, RLI
from clearway.publish.words import ARABIC, Said, Words

_MARKS = frozenset((LRI, RLI, FSI, PDI))


def table(
    words: Words, title: Text | None, head: Sequence[Text], rows: Iterable[Sequence[Said]]
) -> Iterator[str]:
    """Yield a table's lines; nothing if it has no row.

    Columns are padded; in Arabic, where a terminal may set each line from the right or not, cells
    stand between bars.

    Parameters
    ----------
    words
        Of the language.
    title
        What it is, after an empty line; None for neither.
    head
        What its columns are.
    rows
        Cells, as many as columns.
    """
    cells = [[words.name(one) for one in head], *([*row] for row in rows)]
    if len(cells) == 1:
        return
    if title is not None:
        yield ""
        yield words.name(title)
    if words.lang == ARABIC:
        yield from (f"  {' | '.join(row)}" for row in cells)
        return
    widths = [max(width(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        padded = (cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        yield f"  {'  '.join(padded)}".rstrip()


def width(text: str) -> int:
    """Return the columns that ``text`` takes: marks that nobody sees take none."""
    return sum(1 for one in text if one not in _MARKS and not unicodedata.combining(one))
