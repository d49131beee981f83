"""``clearway study``: what the software would have said of cases whose outcome is recorded."""

from __future__ import annotations

import argparse
import sys

from clearway.cli.codes import OK
from clearway.cli.progress import ProgressLine
from clearway.cli.say import printable
from clearway.publish.isolate import LRI, PDI
from clearway.study.history import history
from clearway.study.history_text import history_json, history_table


def study(arguments: argparse.Namespace) -> int:
    """Try every recorded case and print its interval, the record, and hit or miss."""
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
