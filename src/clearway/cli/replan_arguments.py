"""What ``clearway replan`` accepts. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

_Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse gives this type no public name


def add_replan(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    """Add the command."""
    verb = verbs.add_parser(
        "replan",
        help="make a plan anew on the day, for all that can still change",
        description="Make a plan anew on the day, for all that can still change.",
        epilog='EVENT is one of "C1 closed", "C1 open", "C1 at 50%%", "C1 opens 10:00", "C1 closes'
        ' 2016-10-21T15:00", "bus-01 bus-02 lost", "stop" or "resume"; times are local.',
        allow_abbrev=False,
    )
    loudness = verb.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="say nothing but errors")
    loudness.add_argument("--verbose", action="store_true", help="log each step; show tracebacks")
    verb.add_argument(
        "run", type=Path, metavar="RUN", help="folder of a running pause, or with a plan.json"
    )
    verb.add_argument(
        "--scenario", type=Path, metavar="DIR", help="scenario of the plan.json in RUN"
    )
    verb.add_argument("--now", required=True, metavar="MOMENT", help="such as 2016-10-20T11:20")
    verb.add_argument(
        "--event",
        action="append",
        default=[],
        metavar="EVENT",
        help="what happened, in plain words; may be given more than once",
    )
    verb.add_argument(
        "--announced",
        type=Path,
        metavar="PLAN",
        help="after a stop: the plan before it, whose orders are taken up again as far as can be",
    )
    verb.add_argument("--passphrase-file", type=Path, metavar="FILE", help="of an encrypted RUN")
    verb.add_argument(
        "--adopt",
        action="store_true",
        help="let the new plan hold in RUN from --now on, and write the events into its log",
    )
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="folder to write the new plan and scenario to"
    )
