"""Colours of the corridors: told apart with any colour vision, dark enough on white."""

from __future__ import annotations

from typing import Final

CORRIDORS: Final = (
    *("#0b62a8", "#c4570c", "#0a7d62", "#8f2d78", "#7a6a00", "#b3202c"),
    *("#4b5d6b", "#2f8fb5", "#6b4fb3", "#5d8f1f"),
)


def corridor_colour(row: int) -> str:
    """Return the colour of the corridor in that row of the scenario."""
    return CORRIDORS[row % len(CORRIDORS)]
