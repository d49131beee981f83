"""Read tables of comma-separated values: whole columns at once, cell by cell where one fails."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.read.breaches import BreachLog
from clearway.read.document import unknown_name
from clearway.read.schema import CODE_PATTERN, CODE_RULE

#: More than any city needs; a table beyond it would fill the memory.
MOST_ROWS: Final = 400_000
MOST_COLUMNS: Final = 100

_CODE: Final = re.compile(CODE_PATTERN)
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,20}")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FLAGS: Final = {
    "1": True,
    "true": True,
    "True": True,
    "TRUE": True,
    "0": False,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What the cells of a column are.

    Attributes
    ----------
    rule
        What a cell must be, in one plain sentence.
    cell
        Turns the text of one cell, without spaces around it, into its value; None breaks the rule.
    column
        Turns all cells into an array; None where that takes a look at each.
    filler
        What stands in the array where a cell breaks the rule.
    """

    rule: str
    cell: Callable[[str], Any]
    column: Callable[[Sequence[str]], NDArray[Any] | None]
    filler: Any


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one table that could be read.

    Attributes
    ----------
    file
        Name of the file.
    line
        Shape (n,), line at which each row begins.
    columns
        One array of shape (n,) for each column that is there.
    good
        For each of these columns shape (n,): whether the cell keeps the column's rule.
    """

    file: str
    line: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]
    good: dict[str, NDArray[np.bool_]]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.line)

    def has(self, *names: str) -> bool:
        """Tell whether all these columns are there."""
        return all(name in self.columns for name in names)

    def all_good(self, *names: str) -> NDArray[np.bool_]:
        """Return, shape (n,), where the cells of all these columns keep their rules."""
        return np.asarray(np.logical_and.reduce([self.good[name] for name in names]))

    def note(self, log: BreachLog, name: str, bad: NDArray[np.bool_], rule: str) -> None:
        """Note a breach of ``rule`` by column ``name`` in each row of ``bad``, shape (n,)."""
        values = self.columns[name]
        for row in np.flatnonzero(bad).tolist():
            log.add(self.file, int(self.line[row]), name, values[row], rule)

    def check_unique(self, log: BreachLog, *names: str) -> None:
        """Note a breach for each row that repeats the values of an earlier one in ``names``."""
        seen: set[tuple[Any, ...]] = set()
        good = self.all_good(*names).tolist()
        keys = zip(*(self.columns[name].tolist() for name in names), strict=True)
        again = np.zeros(len(self), dtype=bool)
        for row, key in enumerate(keys):
            again[row] = good[row] and key in seen
            if good[row]:
                seen.add(key)
        rule = "must be unique" if len(names) == 1 else f"must be unique ({', '.join(names)})"
        self.note(log, names[0], again, rule)


def read_table(
    file: str,
    text: str,
    kinds: dict[str, Kind],
    log: BreachLog,
    *,
    refused: Callable[[str], str | None] | None = None,
) -> Table | None:
    """Return the table in ``text``, or None where not even its header can be read.

    Parameters
    ----------
    file
        Name of the file, for the log.
    text
        What stands in it, with its line ends as they are.
    kinds
        The columns that must be there, in any order, and what their cells are.
    log
        Where breaches are noted: of the header, of rows with too few or too many cells, and of
        cells that break the rule of their column.
    refused
        Gives the rule that an unknown column breaks beside being unknown; None where it breaks no
        other.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if len(header) > MOST_COLUMNS:
            rule = f"must have at most {MOST_COLUMNS} columns"
            log.add(file, 1, "file", f"{len(header):,} columns", rule)
            return None
        _check_header(file, header, list(kinds), log, refused)
        if not set(header) & set(kinds):
            return None
        rows, lines = _rows(file, reader, len(header), log)
    except csv.Error as error:
        log.add(file, reader.line_num, "file", "", f"must be comma-separated values: {error}")
        return None
    cells = dict(zip(header, zip(*rows, strict=True), strict=False)) if rows else {}
    table = Table(file, np.array(lines, dtype=np.int64), {}, {})
    for name, kind in kinds.items():
        if name in header:
            _convert(table, name, kind, cells.get(name, ()), log)
    return table


def _check_header(
    file: str,
    header: list[str],
    known: list[str],
    log: BreachLog,
    refused: Callable[[str], str | None] | None,
) -> None:
    for name in known:
        if name not in header:
            log.add(file, 1, name, "", "must be a column of the header")
    for place, name in enumerate(header):
        field = name or f"column {place + 1}"
        if name in header[:place]:
            log.add(file, 1, field, name, "must be one column, not two")
        elif name not in known:
            rule = refused(name) if refused is not None else None
            log.add(file, 1, field, name, rule or unknown_name(name, known, "column"))


def _rows(file: str, reader: Any, width: int, log: BreachLog) -> tuple[list[list[str]], list[int]]:
    """Return the rows of the right width, and the line at which each begins."""
    rows, lines, before = [], [], reader.line_num
    for row in islice(reader, MOST_ROWS):
        if len(row) == width:
            rows.append(row)
            lines.append(before + 1)
        elif row:
            rule = f"must have {width} cells, as the header has"
            log.add(file, before + 1, "row", f"{len(row)} cells", rule)
        before = reader.line_num
    if next(reader, None) is not None:
        log.add(file, before + 1, "row", "", f"must have at most {MOST_ROWS:,} rows")
    if not rows:
        log.add(file, 0, "row", "", "must have at least one row that can be read")
    return rows, lines


def _convert(table: Table, name: str, kind: Kind, cells: Sequence[str], log: BreachLog) -> None:
    values = kind.column(cells)
    good = np.ones(len(cells), dtype=bool)
    if values is None:
        looked_at = [kind.cell(cell.strip()) for cell in cells]
        good = np.array([value is not None for value in looked_at], dtype=bool)
        filled = [kind.filler if value is None else value for value in looked_at]
        values = column_of(filled)
        for row in np.flatnonzero(~good).tolist():
            log.add(table.file, int(table.line[row]), name, cells[row], kind.rule)
    table.columns[name], table.good[name] = values, good


def column_of(values: Sequence[Any]) -> NDArray[Any]:
    """Return ``values`` as one column; tuples stay whole."""
    if values and isinstance(values[0], tuple):
        column = np.empty(len(values), dtype=object)
        column[:] = values
        return column
    return np.array(values)


def whole(low: int, high: int) -> Kind:
    """Return the kind of whole numbers from ``low`` to ``high``."""

    def cell(text: str) -> int | None:
        value = int(text) if _WHOLE.fullmatch(text) else None
        return value if value is not None and low <= value <= high else None

    def column(cells: Sequence[str]) -> NDArray[Any] | None:
        if not _made_of(cells, b"0123456789-"):
            return None
        try:
            values = np.array(list(map(int, cells)), dtype=np.int64)
        except (ValueError, OverflowError):
            return None
        return values if ((low <= values) & (values <= high)).all() else None

    return Kind(f"must be a whole number from {low} to {high}", cell, column, low)


def number(low: float, high: float) -> Kind:
    """Return the kind of finite numbers from ``low`` to ``high``."""

    def cell(text: str) -> float | None:
        value = float(text) if _NUMBER.fullmatch(text) else None
        return value if value is not None and low <= value <= high else None

    def column(cells: Sequence[str]) -> NDArray[Any] | None:
        if not _made_of(cells, b"0123456789-+.eE"):
            return None
        try:
            values = np.array(list(map(float, cells)), dtype=np.float64)
        except ValueError:
            return None
        return values if ((low <= values) & (values <= high)).all() else None

    return Kind(f"must be a finite number from {low:.10g} to {high:.10g}", cell, column, low)


def choice(*words: str) -> Kind:
    """Return the kind of cells that are one of ``words``."""

    def cell(text: str) -> str | None:
        return text if text in words else None

    def column(cells: Sequence[str]) -> NDArray[Any] | None:
        return np.array(cells, dtype=np.str_) if set(cells) <= set(words) else None

    return Kind(f"must be one of {', '.join(words)}", cell, column, words[0])


def code() -> Kind:
    """Return the kind of short codes."""

    def cell(text: str) -> str | None:
        return text if _CODE.fullmatch(text) else None

    def column(cells: Sequence[str]) -> NDArray[Any] | None:
        good = all(map(_CODE.fullmatch, set(cells)))
        return np.array(cells, dtype=np.str_) if good else None

    return Kind(CODE_RULE, cell, column, "")


def flag() -> Kind:
    """Return the kind of cells that are true or false."""

    def column(cells: Sequence[str]) -> NDArray[Any] | None:
        good = set(cells) <= set(_FLAGS)
        return np.array([_FLAGS[one] for one in cells], dtype=np.bool_) if good else None

    return Kind("must be 1 or 0, or true or false", _FLAGS.get, column, False)


def _made_of(cells: Sequence[str], characters: bytes) -> bool:
    """Tell whether the cells have these characters alone; Python reads ``1_0`` as ten."""
    return not "\n".join(cells).encode().translate(None, characters + b"\n")
