"""How nouns validate themselves: gather every breach, then raise one error."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearway.errors import Breach, ScenarioError

_SHOWN = 60


def shown(value: object) -> str:
    """Return ``value`` as text short enough to read in one line."""
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class Checks:
    """A list of breaches that a noun fills while it looks at itself."""

    def __init__(self, noun: str) -> None:
        """Start empty; ``noun`` names what is being checked, as in ``corridor C1``."""
        self._noun = noun
        self._breaches: list[Breach] = []

    def that(self, holds: bool, field: str, value: object, rule: str) -> None:
        """Note a breach of ``rule`` by ``field`` unless it ``holds``."""
        if not holds:
            self._breaches.append(Breach("", 0, f"{self._noun}.{field}", shown(value), rule))

    def number(self, field: str, value: float, low: float, high: float) -> None:
        """Note a breach unless ``value`` is a finite number from ``low`` to ``high``."""
        # The range first: a whole number may be too large to be asked whether it is finite.
        inside = low <= value <= high and math.isfinite(value)
        self.that(inside, field, value, f"must be a number from {low:g} to {high:g}")

    def unique(self, field: str, ids: Iterable[object]) -> None:
        """Note a breach for each id that stands more than once."""
        seen: set[object] = set()
        for one in ids:
            self.that(one not in seen, field, one, "must be unique")
            seen.add(one)

    def done(self) -> None:
        """Raise :class:`~clearway.errors.ScenarioError` if anything was noted."""
        if self._breaches:
            raise ScenarioError(tuple(self._breaches))


def frozen_array(values: Any, dtype: Any) -> NDArray[Any]:
    """Return a read-only copy of ``values``."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array
