"""What ``clearway abort`` and ``clearway drill`` accept. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

_Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse gives this type no public name


def add_abort(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    """Add both commands."""
    verb = _verb(verbs, "abort", "say where everybody under way goes if all stops, step by step")
    verb.add_argument("--at", metavar="MOMENT", help="one moment alone, in words, order by order")
    _add_run(verb, "--at, else now")
    verb.add_argument("--out", type=Path, metavar="FILE", help="file to write it to (JSON)")
    verb = _verb(verbs, "drill", "walk through a stop at one moment, stage by stage")
    verb.add_argument("--at", metavar="MOMENT", required=True, help="when all stops")
    _add_run(verb, "--at")


def _add_run(verb: argparse.ArgumentParser, default: str) -> None:
    verb.add_argument(
        "--now",
        metavar="MOMENT",
        help=f"of a running pause: by when plan and conditions are known (default: {default})",
    )
    verb.add_argument("--passphrase-file", type=Path, metavar="FILE", help="of an encrypted RUN")


def _verb(verbs: _Verbs[argparse.ArgumentParser], name: str, says: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name,
        help=says,
        description=f"{says[0].upper()}{says[1:]}.",
        epilog="MOMENT is local time, such as 2016-10-20T11:20, or carries its offset.",
        allow_abbrev=False,
    )
    loudness = verb.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="say nothing but errors")
    loudness.add_argument("--verbose", action="store_true", help="log each step; show tracebacks")
    verb.add_argument(
        "scenario",
        type=Path,
        metavar="DIR",
        help="folder of a running pause; or of a scenario, with its plan",
    )
    verb.add_argument(
        "plan", type=Path, nargs="?", metavar="PLAN", help="plan file (plan.json) of a scenario"
    )
    verb.add_argument(
        "--lang", choices=("en", "ar"), default="en", help="language (default: %(default)s)"
    )
    return verb
