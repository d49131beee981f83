"""How the command line speaks: results on stdout, complaints on stderr, both harmless to show."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterable


def tell(arguments: argparse.Namespace, text: str) -> None:
    """Write ``text`` to stdout, unless the user asked for quiet."""
    if not arguments.quiet:
        sys.stdout.writelines(f"{printable(line)}\n" for line in text.splitlines())


def complain(lines: Iterable[str]) -> None:
    """Write ``lines`` to stderr; nobody is left to tell if that fails."""
    with contextlib.suppress(OSError):
        for line in lines:
            sys.stderr.write(f"clearway: {printable(line)}\n")
        sys.stderr.flush()


def printable(text: str) -> str:
    """Return ``text`` without letters that steer a terminal or turn what is read around."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
