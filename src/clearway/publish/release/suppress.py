"""Hide small counts, and as many others as it takes that totals do not give them away.

Counts are entries by key, tied by sums: a total and its parts. An entry below the least count is
hidden. Whoever reads the rest can still bound it from the sums; so every hidden small count is
looked at as such a reader would, by two linear programs over all that is hidden (nothing below
zero, every sum as published), and while the two bounds lie nearer than the least count, one more
entry is hidden: the smallest of those that stand in a sum with it. Hiding more only widens bounds,
so one pass is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from clearway.publish.release.profiles import LEAST_COUNT

#: What a count is of, such as ("out", "zone", "Z1").
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and the parts that add up to it.

    Attributes
    ----------
    total
        Its key.
    parts
        Theirs.
    """

    total: Key
    parts: tuple[Key, ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """All of them."""
        return (self.total, *self.parts)


@dataclass(slots=True)
class _Tables:
    values: Mapping[Key, int]
    sums: Sequence[Sum]
    hidden: set[Key]
    within: dict[Key, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row, one in enumerate(self.sums):
            for key in one.keys:
                self.within.setdefault(key, []).append(row)


def suppressed(
    values: Mapping[Key, int],
    sums: Iterable[Sum],
    never: Iterable[Key] = (),
    least: int = LEAST_COUNT,
) -> frozenset[Key]:
    """Return the keys of the entries that must not be published.

    Parameters
    ----------
    values
        Every count, 0 or more.
    sums
        How they are tied.
    never
        Entries that are not published anyway, such as a difference that a reader can compute.
    least
        Smallest count that may be seen.

    Raises
    ------
    ValueError
        If a sum does not add up, or a count is below zero: what is hidden could not be told.
    """
    ties = list(sums)
    _check(values, ties)
    small = {key for key, value in values.items() if value < least}
    tables = _Tables(values, ties, small | set(never))
    # Nobody is given away by a zero that can be computed; one to four persons are.
    for key in [one for one in values if 0 < values[one] < least]:
        while not _wide(tables, key, least):
            tables.hidden.add(_next(tables, key))
    return frozenset(tables.hidden)


def bounds(
    values: Mapping[Key, int], sums: Sequence[Sum], hidden: Iterable[Key], key: Key
) -> tuple[float, float]:
    """Return between what a reader of all that is not hidden can tell one hidden count to lie."""
    return _bounds(_Tables(values, sums, set(hidden)), key)


def _check(values: Mapping[Key, int], sums: Sequence[Sum]) -> None:
    for key, value in values.items():
        if value < 0:
            raise ValueError(f"{key} is below zero")
    for one in sums:
        if values[one.total] != sum(values[part] for part in one.parts):
            raise ValueError(f"{one.total} is not the sum of its parts")


def _wide(tables: _Tables, key: Key, least: int) -> bool:
    low, high = _bounds(tables, key)
    return high - low >= least - 1e-6


def _bounds(tables: _Tables, key: Key) -> tuple[float, float]:
    rows, keys = _component(tables, key)
    if not rows:
        return 0.0, float("inf")
    column = {one: n for n, one in enumerate(keys)}
    left, right = np.zeros((len(rows), len(keys))), np.zeros(len(rows))
    for n, row in enumerate(rows):
        one = tables.sums[row]
        for sign, part in ((1, one.total), *((-1, part) for part in one.parts)):
            if part in column:
                left[n, column[part]] += sign
            else:
                right[n] -= sign * tables.values[part]
    aim = np.zeros(len(keys))
    aim[column[key]] = 1.0
    ends = []
    for sign in (1, -1):
        found = linprog(sign * aim, A_eq=left, b_eq=right, method="highs")
        ends.append(sign * found.fun if found.status == 0 else float("inf"))
    return ends[0], ends[1]


def _component(tables: _Tables, key: Key) -> tuple[list[int], list[Key]]:
    """Return the sums, and the hidden entries in them, that have to do with one hidden entry."""
    rows, keys, waiting = dict[int, None](), {key: None}, [key]
    while waiting:
        for row in tables.within.get(waiting.pop(), []):
            if row in rows:
                continue
            rows[row] = None
            for one in tables.sums[row].keys:
                if one in tables.hidden and one not in keys:
                    keys[one] = None
                    waiting.append(one)
    return list(rows), list(keys)


def _next(tables: _Tables, key: Key) -> Key:
    """Return the entry to hide next: the smallest in a sum with ``key``, or with what it is in."""
    near = tables.within[key]
    for rows in (near, _component(tables, key)[0]):
        seen = {one for row in rows for one in tables.sums[row].keys} - tables.hidden
        if seen:
            return min(seen, key=lambda one: (tables.values[one], repr(one)))
    # With everything in its sums hidden, no number bounds it: that is wide.
    raise AssertionError(f"nothing left to hide beside {key}")
