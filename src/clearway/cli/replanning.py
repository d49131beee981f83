"""``clearway replan``: a plan made anew on the day, judged before it is offered."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from clearway.cli.codes import FAILED, OK
from clearway.cli.local_time import moment
from clearway.cli.passphrase import VARIABLE, passphrase
from clearway.cli.say import complain, printable, tell
from clearway.cli.write import expect_folder, write_text
from clearway.errors import Breach, ScenarioError
from clearway.model.plan import PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.operate.replan import Offer, Replanner
from clearway.operate.replan_adopt import adopt
from clearway.operate.replan_begun import Begun, begun
from clearway.operate.replan_events import revise
from clearway.operate.replan_resume import taken_up
from clearway.operate.run_folder import KEY_FILE, Run, is_encrypted_run, open_run
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario
from clearway.seal.keys import load_key

PLAN_FILE: Final = "plan.json"


def replan_run(arguments: argparse.Namespace) -> int:
    """Make a plan anew for all that can still change; say what it comes to, and write it."""
    if arguments.out is not None:
        expect_folder(arguments.out)
    run = _run(arguments)
    there = _as_printed(arguments) if run is None else _by_the_log(arguments, run)
    plan = there.plan
    if arguments.announced is not None:
        announced = read_plan(arguments.announced, there.before)
        plan = taken_up(plan, announced, there.now_s)
    offer = Replanner(there.before).replan(
        there.before,
        plan,
        there.told,
        there.now_s,
        lost_vehicles=there.lost,
        past=there.past,
    )
    if offer.breaches:
        complain(map(str, offer.breaches))
        return FAILED
    _say(arguments, offer)
    if arguments.out is not None:
        write_scenario(there.told, arguments.out / "scenario")
        text = plan_to_json(there.told, offer.replan.plan)
        write_text(arguments.out / PLAN_FILE, text)
        tell(arguments, f"{arguments.out}: the plan, and the scenario as it is known now")
    if arguments.adopt and run is not None:
        _adopt(arguments, run, there, offer.replan.plan)
    return OK


def _run(arguments: argparse.Namespace) -> Run | None:
    """Return the running pause; None of a folder that has a plan and no log."""
    folder: Path = arguments.run
    if not (folder / PLAN_FILE).exists():
        return open_run(folder, _secret(arguments))
    if arguments.adopt:
        rule = "needs the folder of a running pause; this one has a plan and no log"
        raise ScenarioError((Breach("", 0, "--adopt", str(folder), rule),))
    return None


def _by_the_log(arguments: argparse.Namespace, run: Run) -> Begun:
    return begun(run, _seconds(run.scenario, arguments.now), arguments.event)


def _as_printed(arguments: argparse.Namespace) -> Begun:
    """Return a plan that ran as printed until now."""
    scenario = read_scenario(arguments.scenario or arguments.run / "scenario")
    plan = read_plan(arguments.run / PLAN_FILE, scenario)
    now_s = _seconds(scenario, arguments.now)
    revised = revise(scenario, plan, now_s, arguments.event)
    return Begun(scenario, plan, now_s, revised.scenario, revised.lost)


def _adopt(arguments: argparse.Namespace, run: Run, there: Begun, plan: Plan) -> None:
    key = load_key(run.folder / KEY_FILE, run.passphrase)
    version = adopt(run, plan, there.events, key, there.now_s)
    told = f"{len(there.events):,} records of what happened before it"
    tell(arguments, f"{run.folder}: plan {version} holds; {told}")


def _secret(arguments: argparse.Namespace) -> str | None:
    if not is_encrypted_run(arguments.run):
        return None
    return passphrase(arguments.passphrase_file, VARIABLE, "Passphrase of the run", twice=False)


def _seconds(scenario: Scenario, text: str) -> int:
    return scenario.seconds(moment(text, "--now", lambda: scenario.timezone))


def _say(arguments: argparse.Namespace, offer: Offer) -> None:
    made = offer.replan
    level = made.plan.level(PEOPLE)
    lines = [
        made.plan.status.reason.en,
        f"gap {level.gap:.2%}; by weight {1 - made.weight / max(made.weight_bound, 1e-9):.2%}",
        f"{made.turned:,} people turn back, in {len(made.turns):,} blocks",
        _orders(offer),
        "judged: no rule is broken",
    ]
    if not arguments.quiet:
        sys.stdout.writelines(f"{printable(line)}\n" for line in lines)


def _orders(offer: Offer) -> str:
    changes = offer.replan.changes
    return (
        f"orders changed: {changes.affected_changed:,} of {changes.affected:,} households that the"
        f" event touches, {changes.unaffected_changed:,} of {changes.unaffected:,} others"
        f" ({changes.share:.2%}); {changes.newly_called:,} are newly called"
    )
