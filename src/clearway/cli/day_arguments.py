"""What ``start``, ``status`` and ``ledger`` accept. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

_Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse gives this type no public name


def add_day(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    """Add ``start``, ``status`` and ``ledger`` to the commands."""
    start = _verb(verbs, "start", "make the folder of a pause that begins: scenario, plan, log")
    start.add_argument("scenario", type=Path, metavar="DIR", help="scenario folder")
    start.add_argument("plan", type=Path, metavar="PLAN", help="plan file (plan.json)")
    start.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder to make")
    start.add_argument(
        "--at", metavar="MOMENT", help="from when on the plan holds (default: now), local time"
    )
    start.add_argument("--encrypted", action="store_true", help="encrypt everything in it")
    _add_secret(start)
    for name, says in (
        ("status", "say who is where, what gates do, and what does not fit"),
        ("ledger", "say what is agreed, what is missing, and who must be told"),
    ):
        verb = _verb(verbs, name, says)
        verb.add_argument("run", type=Path, metavar="RUN", help="folder of a running pause")
        verb.add_argument(
            "--now", metavar="MOMENT", help="such as 2016-10-20T11:20, local (default: now)"
        )
        verb.add_argument("--log", metavar="LOG", help="another log than the folder's own")
        verb.add_argument("--lang", choices=("en", "ar"), default="en", help="of the tables")
        verb.add_argument("--json", action="store_true", help="print JSON in place of tables")
        _add_secret(verb)


def _add_secret(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="first line: the passphrase"
    )


def _verb(verbs: _Verbs[argparse.ArgumentParser], name: str, says: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", allow_abbrev=False
    )
    loudness = verb.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="say nothing but errors")
    loudness.add_argument("--verbose", action="store_true", help="log each step; show tracebacks")
    return verb
