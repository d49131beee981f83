"""``clearway abort`` and ``clearway drill``: what everybody under way does if all stops."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from clearway.cli.codes import FAILED, OK
from clearway.cli.local_time import moment, moment_or_now
from clearway.cli.passphrase import VARIABLE, passphrase
from clearway.cli.say import complain, printable
from clearway.cli.write import expect_file, write_text
from clearway.errors import Breach, ScenarioError
from clearway.judge.abort import judge_abort
from clearway.judge.check import judge
from clearway.model.abort import Abort
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort import abort
from clearway.operate.abort_run import begun
from clearway.operate.run_folder import is_encrypted_run, open_run
from clearway.publish.abort_basis import Basis
from clearway.publish.abort_file import abort_to_json
from clearway.publish.abort_text import AbortText
from clearway.publish.isolate import LRI, PDI
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario

#: A space that does not break, which a terminal need not know.
_JOINED: Final = "\u00a0"


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """An abort, and what it was made from.

    Attributes
    ----------
    scenario, plan
        As printed, or of a running pause as they are known.
    at_s
        The moment that it is for; None for every step.
    abort
        As its judge found it to hold.
    basis
        What it rests on; None of what is printed.
    """

    scenario: Scenario
    plan: Plan
    at_s: int | None
    abort: Abort
    basis: Basis | None

    def head(self, lang: str) -> Iterator[str]:
        """Yield what it rests on in words; nothing of what is printed."""
        if self.basis is not None:
            yield from self.basis.lines(self.scenario, lang)


def write_abort(arguments: argparse.Namespace) -> int:
    """Work out and check what everybody does at every step, or at one moment; say and write it."""
    if arguments.out is not None:
        expect_file(arguments.out)
    found = _found(arguments)
    if found is None:
        return FAILED
    text = AbortText(found.scenario, found.plan, found.abort, arguments.lang)
    _say(arguments, found.head(arguments.lang))
    _say(arguments, text.summary() if found.at_s is None else text.step(found.at_s))
    if arguments.out is not None:
        write_text(arguments.out, abort_to_json(found.scenario, found.abort, found.basis))
    return OK


def drill(arguments: argparse.Namespace) -> int:
    """Walk through a stop, stage by stage; at a terminal, each waits for Enter."""
    found = _found(arguments)
    if found is None or found.at_s is None:
        return FAILED
    text = AbortText(found.scenario, found.plan, found.abort, arguments.lang)
    _say(arguments, found.head(arguments.lang))
    waits = sys.stdin.isatty() and sys.stdout.isatty() and not arguments.quiet
    for number, (heading, *lines) in enumerate(text.drill(found.at_s), 1):
        if number > 1 and waits:
            _say(arguments, [text.walk_on()])
            sys.stdin.readline()
        _say(arguments, [f"{number}. {heading}", *(f"   {line}" for line in lines), ""])
    return OK


def _found(arguments: argparse.Namespace) -> _Found | None:
    """Return the abort asked for; None, with every breach said, if it breaks a rule."""
    if arguments.plan is None:
        return _of_run(arguments)
    if arguments.now is not None:
        rule = "is for the folder of a running pause; a printed plan is known as it is"
        raise _refused("--now", arguments.now, rule)
    scenario = read_scenario(arguments.scenario)
    plan = read_plan(arguments.plan, scenario)
    at_s = None if arguments.at is None else _seconds(scenario, arguments.at)
    broken = judge(scenario, plan).breaches
    complain(map(str, broken))
    return None if broken else _checked(scenario, plan, at_s, None)


def _of_run(arguments: argparse.Namespace) -> _Found | None:
    """Return the abort of a running pause at one moment, by what the log tells until then."""
    run = open_run(arguments.scenario, _secret(arguments))
    told = arguments.at if arguments.now is None else arguments.now
    now = moment_or_now(told, "--now", lambda: run.scenario.timezone).replace(microsecond=0)
    now_s = at_s = run.scenario.seconds(now)
    if arguments.at is not None:
        at_s = _seconds(run.scenario, arguments.at)
    if now_s > at_s:
        raise _refused("--now", arguments.now or "", "must not be later than --at")
    found = begun(run, now)
    return _checked(found.scenario, found.plan, at_s, found.basis)


def _checked(
    scenario: Scenario, plan: Plan, at_s: int | None, basis: Basis | None
) -> _Found | None:
    found = abort(scenario, plan, at_s)
    broken = judge_abort(scenario, plan, found, at_s)
    complain(map(str, broken))
    return None if broken else _Found(scenario, plan, at_s, found, basis)


def _secret(arguments: argparse.Namespace) -> str | None:
    if not is_encrypted_run(arguments.scenario):
        return None
    return passphrase(arguments.passphrase_file, VARIABLE, "Passphrase of the run")


def _seconds(scenario: Scenario, told: str) -> int:
    return scenario.seconds(moment(told, "--at", lambda: scenario.timezone))


def _refused(field: str, value: str, rule: str) -> ScenarioError:
    return ScenarioError((Breach("", 0, field, value[:60], rule),))


def _say(arguments: argparse.Namespace, lines: Iterable[str]) -> None:
    if not arguments.quiet:
        sys.stdout.writelines(f"{_shown(line)}\n" for line in lines)


def _shown(text: str) -> str:
    """Return ``text`` harmless to show; the isolates that keep numbers whole in it are ours."""
    plain = text.replace(_JOINED, " ")
    return "".join(one if one in (LRI, PDI) else printable(one) for one in plain)
