"""How the command line complains: lines on stderr that a terminal can show without harm."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable


def complain(lines: Iterable[str]) -> None:
    """Write ``lines`` to stderr; nobody is left to tell if that fails."""
    with contextlib.suppress(OSError):
        for line in lines:
            sys.stderr.write(f"clearway: {printable(line.rstrip())}\n")
        sys.stderr.flush()


def printable(text: str) -> str:
    """Return ``text`` without letters that steer a terminal or turn what is read around."""
    return "".join(one if one.isprintable() or one == "\n" else ascii(one)[1:-1] for one in text)
