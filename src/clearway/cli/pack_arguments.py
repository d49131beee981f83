"""What the commands of orders on paper accept. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Final

_Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse gives this type no public name

_BOTH: Final = "both"
_MOST: Final = 1_000_000


def add_pack(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    """Add ``pack``, ``check-page`` and ``tally``."""
    verb = _verb(verbs, "pack", "print the orders of one day: every page, in both languages")
    _add_day(verb)
    verb.add_argument("--out", type=Path, required=True, metavar="PATH", help="folder to write to")
    verb.add_argument(
        "--lang",
        choices=("en", "ar", _BOTH),
        default=_BOTH,
        help="language of the pages (default: %(default)s)",
    )
    verb.add_argument(
        "--version",
        type=_version,
        default=1,
        metavar="N",
        help="number of the plan among those of the pause (default: %(default)s)",
    )
    _add_key(verb, "key that signs every page; without it none is signed")
    verb = _verb(verbs, "check-page", "say whether a printed page is one of this plan's")
    verb.add_argument(
        "--code", metavar="TEXT", help="text of the page's code (default: read from stdin)"
    )
    verb.add_argument(
        "--public",
        metavar="KEY",
        help="public half of the key that must have signed it, as 'clearway log key' shows it",
    )
    verb = _verb(verbs, "tally", "write a filled tally form into the log of the day")
    verb.add_argument("form", type=Path, metavar="FORM", help="one of the pack's forms (CSV)")
    _add_day(verb)
    verb.add_argument("--log", required=True, metavar="LOG", help="a file, or a PostgreSQL URL")
    _add_key(verb, "key of this laptop (default: LOG.key)")


def _verb(verbs: _Verbs[argparse.ArgumentParser], name: str, says: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", allow_abbrev=False
    )
    loudness = verb.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="say nothing but errors")
    loudness.add_argument("--verbose", action="store_true", help="log each step; show tracebacks")
    verb.add_argument("scenario", type=Path, metavar="DIR", help="scenario folder")
    verb.add_argument("plan", type=Path, metavar="PLAN", help="plan file (plan.json)")
    return verb


def _add_day(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--day", type=_day, required=True, metavar="DATE", help="such as 2016-10-20, local time"
    )


def _add_key(verb: argparse.ArgumentParser, says: str) -> None:
    verb.add_argument("--key", type=Path, metavar="FILE", help=says)
    verb.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="first line: the passphrase"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a date such as 2016-10-20") from None


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {_MOST:,}")
    return int(text)
