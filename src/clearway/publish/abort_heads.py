"""Whole people of an abort: what is printed of the parts adds up to what is printed of them all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from clearway.model.abort import ON, AbortStep, Order

#: Persons fewer than this are the rounding of floating-point numbers.
_CRUMB: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Whole people of one step.

    Attributes
    ----------
    step
        Whose.
    counts
        How many people each of its orders is about.
    """

    step: AbortStep
    counts: tuple[int, ...]

    @property
    def all(self) -> int:
        """Everybody under way."""
        return sum(self.counts)

    @property
    def on(self) -> int:
        """Those who go on to the exit."""
        return self.going(ON)

    def going(self, goes: int) -> int:
        """Return how many go on, home, or to the shelter of a row."""
        return sum(count for order, count in self.orders() if order.goes == goes)

    def orders(self) -> Iterator[tuple[Order, int]]:
        """Return each order and how many people it is about."""
        return zip(self.step.orders, self.counts, strict=True)


def heads(step: AbortStep) -> Heads:
    """Count the people of a step in whole numbers.

    All of them are counted up to whole people, never down. They are shared out among the places
    that people go to, and what is for a place among its orders.
    """
    places = sorted({one.goes for one in step.orders})
    rows = [[row for row, one in enumerate(step.orders) if one.goes == goes] for goes in places]
    persons = [[step.orders[row].persons for row in own] for own in rows]
    sums = [sum(own) for own in persons]
    counts = shared(sums, math.ceil(sum(sums) - _CRUMB))
    found = [0] * len(step.orders)
    for own, parts, count in zip(rows, persons, counts, strict=True):
        for row, head in zip(own, shared(parts, count), strict=True):
            found[row] = head
    return Heads(step, tuple(found))


def shared(parts: Sequence[float], total: int) -> list[int]:
    """Return whole numbers that add up to ``total``, by largest remainders.

    None is nothing where the part is something, as long as another has more than one to give.

    Parameters
    ----------
    parts
        Not negative.
    total
        Their sum, rounded up or down.
    """
    found = [math.floor(part + _CRUMB) for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda row: (found[row] - parts[row], row))
    for row in by_rest[: max(0, total - sum(found))]:
        found[row] += 1
    for row, part in enumerate(parts):
        most = max(range(len(found)), key=lambda one: (found[one], -one))
        if part > _CRUMB and not found[row] and found[most] > 1:
            found[row], found[most] = 1, found[most] - 1
    return found
