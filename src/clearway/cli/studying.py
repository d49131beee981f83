"""``clearway study``: recorded cases as foreseen, and what contraflow is worth."""

from __future__ import annotations

import argparse
import sys

from clearway.cli.codes import OK
from clearway.cli.progress import ProgressLine
from clearway.cli.say import printable
from clearway.publish.isolate import LRI, PDI
from clearway.read.scenario import read_scenario
from clearway.solve.options import SolveOptions
from clearway.study.contraflow import contraflow, contraflow_json, contraflow_text
from clearway.study.history import history
from clearway.study.history_text import history_json, history_table


def study(arguments: argparse.Namespace) -> int:
    """Try every recorded case and print its interval, the record, and hit or miss.

    Or make a scenario's plan with its contraflow links and without, and print what they are worth.
    """
    if arguments.subject == "contraflow":
        return _contraflow(arguments)
    line = ProgressLine(sys.stderr, quiet=arguments.quiet)
    found = history(
        arguments.folder,
        members=arguments.members,
        seed=arguments.seed,
        progress=_Quarters(line),
    )
    line.close()
    text = history_json(found) if arguments.json else history_table(found, arguments.lang)
    if not arguments.quiet:
        sys.stdout.writelines(f"{_shown(one)}\n" for one in text.splitlines())
    return OK


def _contraflow(arguments: argparse.Namespace) -> int:
    asked = {"seconds": arguments.seconds, "gap": arguments.gap}
    options = SolveOptions(**{name: value for name, value in asked.items() if value is not None})
    found = contraflow(read_scenario(arguments.folder), options)
    text = contraflow_json(found) if arguments.json else contraflow_text(found)
    if not arguments.quiet:
        sys.stdout.write(text)
    return OK


class _Quarters:
    """Says how far each case has come, a quarter at a time."""

    def __init__(self, line: ProgressLine) -> None:
        self._line = line
        self._said = ("", -1)

    def __call__(self, case: str, done: int, of: int) -> None:
        now = (case, 4 * done // of)
        if now != self._said:
            self._said = now
            self._line.say(f"{case}: {done:,} of {of:,} members")


def _shown(text: str) -> str:
    """Return ``text`` harmless to show; the isolates that keep numbers whole in it are ours."""
    return "".join(one if one in (LRI, PDI) else printable(one) for one in text)
