"""``clearway start``, ``status`` and ``ledger``: a pause that runs, from its folder alone."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable
from datetime import datetime

from clearway.cli.codes import OK
from clearway.cli.local_time import moment_or_now
from clearway.cli.passphrase import VARIABLE, passphrase
from clearway.cli.say import complain, printable, tell
from clearway.operate.ledger import ledger
from clearway.operate.ledger_text import ledger_json, ledger_lines
from clearway.operate.log.conflicts import conflicts
from clearway.operate.log.opening import is_encrypted
from clearway.operate.run_folder import LOG_FILE, Run, is_encrypted_run, open_run, start_run
from clearway.operate.state import state
from clearway.operate.state_text import state_lines
from clearway.publish.isolate import LRI, PDI
from clearway.read.scenario import read_scenario


def start(arguments: argparse.Namespace) -> int:
    """Make the folder of a pause that begins."""
    at = moment_or_now(arguments.at, "--at", lambda: read_scenario(arguments.scenario).timezone)
    secret = _secret(arguments, twice=True) if arguments.encrypted else None
    run = start_run(arguments.scenario, arguments.plan, arguments.out, at, secret)
    record = run.records[0]
    tell(arguments, f"{arguments.out}: plan 1 holds; {LOG_FILE} begins, writer {record.writer}")
    tell(arguments, f"hash {record.hash}")
    return OK


def status(arguments: argparse.Namespace) -> int:
    """Say who is where, what gates do, and what does not fit."""
    run, now = _opened(arguments)
    found = state(run.scenario, run.plan(now), run.records, now)
    if arguments.json:
        _say(arguments, [json.dumps(dataclasses.asdict(found), indent=1)])
    else:
        _say(arguments, state_lines(run.scenario, found, arguments.lang))
    return OK


def show_ledger(arguments: argparse.Namespace) -> int:
    """Say what is agreed, what is missing, and who must be told."""
    run, now = _opened(arguments)
    found = ledger(run.scenario, run.records, now)
    if arguments.json:
        _say(arguments, [json.dumps(ledger_json(found), indent=1)])
    else:
        _say(arguments, ledger_lines(run.scenario, found, arguments.lang))
    return OK


def _opened(arguments: argparse.Namespace) -> tuple[Run, datetime]:
    sealed = is_encrypted_run(arguments.run)
    sealed = sealed or (arguments.log is not None and is_encrypted(arguments.log))
    run = open_run(arguments.run, _secret(arguments) if sealed else None, arguments.log)
    complain(
        f"conflict: {one.what} ({one.one.hash[:12]} and {one.other.hash[:12]}); 'log show' has both"
        for one in conflicts(run.records)
        if one.settled is None
    )
    return run, moment_or_now(arguments.now, "--now", lambda: run.scenario.timezone)


def _secret(arguments: argparse.Namespace, *, twice: bool = False) -> str:
    prompt = "Passphrase of the run"
    return passphrase(arguments.passphrase_file, VARIABLE, prompt, twice=twice)


def _say(arguments: argparse.Namespace, lines: Iterable[str]) -> None:
    """Write lines, harmless to show; the isolates that keep numbers whole in them are ours."""
    if not arguments.quiet:
        sys.stdout.writelines(f"{_shown(line)}\n" for text in lines for line in text.split("\n"))


def _shown(text: str) -> str:
    return "".join(one if one in (LRI, PDI, "\u00a0") else printable(one) for one in text)
