"""What a report may be given beside the plan, its members and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from clearway.model.comparison import Comparison


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What a report has room for and can do without.

    Attributes
    ----------
    comparison
        The same draws under other plans; None if nothing was compared.
    timings
        Seconds that each verb took, by its name, and ``peak_mb``.
    """

    comparison: Comparison | None = None
    timings: Mapping[str, float] = field(default_factory=dict)


NOTHING_BESIDE: Final = Beside()
