"""Words and tables of the documents that are made from records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def as_verdict(*, reached: bool) -> str:
    """Return whether an aim was reached, in words."""
    return "reached" if reached else "**not reached**"


def as_times(ratio: float) -> str:
    """Return a ratio with as many digits as it is worth."""
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def as_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
