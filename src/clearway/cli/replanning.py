"""``clearway replan``: a plan made anew on the day, judged before it is offered."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from clearway.cli.codes import FAILED, OK
from clearway.cli.passphrase import VARIABLE, passphrase
from clearway.cli.say import complain, printable, tell
from clearway.cli.write import expect_folder, write_text
from clearway.errors import Breach, ScenarioError
from clearway.model.plan import PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.operate.known import known
from clearway.operate.replan import Offer, Replanner
from clearway.operate.replan_events import revise
from clearway.operate.replan_resume import taken_up
from clearway.operate.run_folder import is_encrypted_run, open_run
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario

PLAN_FILE: Final = "plan.json"
_FORM: Final = "must be a moment to the second, such as 2016-10-20T11:20"


@dataclass(frozen=True, slots=True)
class _Begun:
    """A pause as it ran until now.

    Attributes
    ----------
    before
        Conditions under which the plan was made.
    plan
        The plan that holds.
    now_s
        Seconds from the scenario's start.
    told
        Conditions as records tell them now.
    lost
        Names of vehicles that are gone.
    """

    before: Scenario
    plan: Plan
    now_s: int
    told: Scenario
    lost: tuple[str, ...] = ()


def replan_run(arguments: argparse.Namespace) -> int:
    """Make a plan anew for all that can still change; say what it comes to, and write it."""
    if arguments.out is not None:
        expect_folder(arguments.out)
    begun = _begun(arguments)
    plan = begun.plan
    if arguments.announced is not None:
        announced = read_plan(arguments.announced, begun.before)
        plan = taken_up(plan, announced, begun.now_s)
    known_now = revise(begun.told, plan, begun.now_s, arguments.event)
    lost = tuple(dict.fromkeys((*begun.lost, *known_now.lost)))
    offer = Replanner(begun.before).replan(
        begun.before, plan, known_now.scenario, begun.now_s, lost_vehicles=lost
    )
    if offer.breaches:
        complain(map(str, offer.breaches))
        return FAILED
    _say(arguments, offer)
    if arguments.out is not None:
        write_scenario(known_now.scenario, arguments.out / "scenario")
        text = plan_to_json(known_now.scenario, offer.replan.plan)
        write_text(arguments.out / PLAN_FILE, text)
        tell(arguments, f"{arguments.out}: the plan, and the scenario as it is known now")
    return OK


def _begun(arguments: argparse.Namespace) -> _Begun:
    """Return what has happened: by the log of a running pause, or as printed until now."""
    folder: Path = arguments.run
    if (folder / PLAN_FILE).exists():
        place = arguments.scenario or folder / "scenario"
        scenario = read_scenario(place)
        plan = read_plan(folder / PLAN_FILE, scenario)
        return _Begun(scenario, plan, _seconds(scenario, arguments.now), scenario)
    secret = None
    if is_encrypted_run(folder):
        prompt = "Passphrase of the run"
        secret = passphrase(arguments.passphrase_file, VARIABLE, prompt, twice=False)
    run = open_run(folder, secret)
    now_s = _seconds(run.scenario, arguments.now)
    now = run.scenario.moment(now_s)
    made = max(
        (one.event.at for one in run.records if one.event.kind == "plan" and one.event.at <= now),
        default=now,
    )
    then, told = known(run.scenario, run.records, made), known(run.scenario, run.records, now)
    return _Begun(then.scenario, run.plan(now), now_s, told.scenario, tuple(told.lost))


def _seconds(scenario: Scenario, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ScenarioError((Breach("", 0, "--now", text[:60], _FORM),)) from None
    if moment.microsecond:
        raise ScenarioError((Breach("", 0, "--now", text[:60], _FORM),))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(scenario.timezone))
    return scenario.seconds(moment)


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
