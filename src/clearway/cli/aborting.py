"""``clearway abort`` and ``clearway drill``: what everybody under way does if all stops."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Final

from clearway.cli.codes import FAILED, OK
from clearway.cli.local_time import moment
from clearway.cli.say import complain, printable
from clearway.cli.write import expect_file, write_text
from clearway.judge.abort import judge_abort
from clearway.judge.check import judge
from clearway.model.abort import Abort
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort import abort
from clearway.publish.abort_file import abort_to_json
from clearway.publish.abort_text import AbortText
from clearway.publish.isolate import LRI, PDI
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario

#: A space that does not break, which a terminal need not know.
_JOINED: Final = "\u00a0"


def write_abort(arguments: argparse.Namespace) -> int:
    """Work out and check what everybody does at every step, or at one moment; say and write it."""
    if arguments.out is not None:
        expect_file(arguments.out)
    scenario = read_scenario(arguments.scenario)
    plan = read_plan(arguments.plan, scenario)
    at_s = None if arguments.at is None else _seconds(scenario, arguments.at)
    found = _checked(scenario, plan, at_s)
    if found is None:
        return FAILED
    text = AbortText(scenario, plan, found, arguments.lang)
    _say(arguments, text.summary() if at_s is None else text.step(at_s))
    if arguments.out is not None:
        write_text(arguments.out, abort_to_json(scenario, found))
    return OK


def drill(arguments: argparse.Namespace) -> int:
    """Walk through a stop, stage by stage; at a terminal, each waits for Enter."""
    scenario = read_scenario(arguments.scenario)
    plan = read_plan(arguments.plan, scenario)
    at_s = _seconds(scenario, arguments.at)
    found = _checked(scenario, plan, at_s)
    if found is None:
        return FAILED
    text = AbortText(scenario, plan, found, arguments.lang)
    waits = sys.stdin.isatty() and sys.stdout.isatty() and not arguments.quiet
    for number, (heading, *lines) in enumerate(text.drill(at_s), 1):
        if number > 1 and waits:
            _say(arguments, [text.walk_on()])
            sys.stdin.readline()
        _say(arguments, [f"{number}. {heading}", *(f"   {line}" for line in lines), ""])
    return OK


def _checked(scenario: Scenario, plan: Plan, at_s: int | None) -> Abort | None:
    """Return the abort of a plan; None, with every breach said, if either breaks a rule."""
    broken = judge(scenario, plan).breaches
    if not broken:
        found = abort(scenario, plan, at_s)
        broken = judge_abort(scenario, plan, found, at_s)
    complain(map(str, broken))
    return None if broken else found


def _seconds(scenario: Scenario, told: str) -> int:
    return scenario.seconds(moment(told, "--at", lambda: scenario.timezone))


def _say(arguments: argparse.Namespace, lines: Iterable[str]) -> None:
    if not arguments.quiet:
        sys.stdout.writelines(f"{_shown(line)}\n" for line in lines)


def _shown(text: str) -> str:
    """Return ``text`` harmless to show; the isolates that keep numbers whole in it are ours."""
    plain = text.replace(_JOINED, " ")
    return "".join(one if one in (LRI, PDI) else printable(one) for one in plain)
