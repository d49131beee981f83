"""Words and tables of the documents that are made from records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

NOTHING: Final = "Not measured in this session."


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


def as_share(share: float) -> str:
    """Return a share in per cent, with as many digits as an aim of some per cent needs."""
    return f"{share:.2%}"


def as_machine(found: Mapping[str, Any]) -> str:
    """Return when and on what figures were measured, as far as their record tells it."""
    box = found.get("machine")
    when = f"Measured {found['measured']}" if "measured" in found else "Measured"
    if box is None:
        return f"{when}:"
    others = ", ".join(f"{name} {number}" for name, number in sorted(box["packages"].items()))
    return (
        f"{when} on {box['cores']} cores ({box['processor']}), Python {box['python']}, Clearway "
        f"{box['clearway']}, {others}; load average {box['load_1_min']:.1f}:"
    )
