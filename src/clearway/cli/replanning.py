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
from clearway.model.event import Event
from clearway.model.plan import PEOPLE, Plan
from clearway.model.replan import Turn
from clearway.model.scenario import Scenario
from clearway.operate.known import known
from clearway.operate.replan import Offer, Replanner
from clearway.operate.replan_adopt import adopt
from clearway.operate.replan_events import revise
from clearway.operate.replan_records import expect_openings, said_in_records, with_said
from clearway.operate.replan_resume import taken_up
from clearway.operate.replan_turned import still_away
from clearway.operate.run_folder import KEY_FILE, Run, is_encrypted_run, open_run
from clearway.operate.state_said import said
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario
from clearway.seal.keys import load_key

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
    earlier
        Those whom plans before turned and who are not back yet.
    run
        Of which this is; None if there is a plan only.
    events
        What was said and the log does not tell.
    """

    before: Scenario
    plan: Plan
    now_s: int
    told: Scenario
    lost: tuple[str, ...] = ()
    earlier: tuple[Turn, ...] = ()
    run: Run | None = None
    events: tuple[Event, ...] = ()


def replan_run(arguments: argparse.Namespace) -> int:
    """Make a plan anew for all that can still change; say what it comes to, and write it."""
    if arguments.out is not None:
        expect_folder(arguments.out)
    begun = _begun(arguments)
    plan = begun.plan
    if arguments.announced is not None:
        announced = read_plan(arguments.announced, begun.before)
        plan = taken_up(plan, announced, begun.now_s)
    offer = Replanner(begun.before).replan(
        begun.before,
        plan,
        begun.told,
        begun.now_s,
        lost_vehicles=begun.lost,
        earlier=begun.earlier,
    )
    if offer.breaches:
        complain(map(str, offer.breaches))
        return FAILED
    _say(arguments, offer)
    if arguments.out is not None:
        write_scenario(begun.told, arguments.out / "scenario")
        text = plan_to_json(begun.told, offer.replan.plan)
        write_text(arguments.out / PLAN_FILE, text)
        tell(arguments, f"{arguments.out}: the plan, and the scenario as it is known now")
    if arguments.adopt and begun.run is not None:
        _adopt(arguments, begun.run, begun, offer.replan.plan)
    return OK


def _begun(arguments: argparse.Namespace) -> _Begun:
    """Return what has happened: by the log of a running pause, or as printed until now."""
    folder: Path = arguments.run
    if not (folder / PLAN_FILE).exists():
        return _begun_run(arguments)
    if arguments.adopt:
        rule = "needs the folder of a running pause; this one has a plan and no log"
        raise ScenarioError((Breach("", 0, "--adopt", str(folder), rule),))
    place = arguments.scenario or folder / "scenario"
    scenario = read_scenario(place)
    plan = read_plan(folder / PLAN_FILE, scenario)
    now_s = _seconds(scenario, arguments.now)
    revised = revise(scenario, plan, now_s, arguments.event)
    return _Begun(scenario, plan, now_s, revised.scenario, revised.lost)


def _begun_run(arguments: argparse.Namespace) -> _Begun:
    run = open_run(arguments.run, _secret(arguments))
    scenario, now_s = run.scenario, _seconds(run.scenario, arguments.now)
    now = scenario.moment(now_s)
    plan = run.plan(now)
    events = said_in_records(scenario, plan, run.records, now_s, arguments.event)
    told = known(scenario, with_said(run.records, events), now)
    expect_openings(told, plan, now_s)
    named = [one.at for one in said(run.records).sayings if one.event.kind == "plan"]
    then = known(scenario, run.records, max((at for at in named if at <= now), default=now))
    return _Begun(
        before=then.scenario,
        plan=plan,
        now_s=now_s,
        told=told.scenario,
        lost=tuple(told.lost),
        earlier=still_away(run, now_s),
        run=run,
        events=events,
    )


def _adopt(arguments: argparse.Namespace, run: Run, begun: _Begun, plan: Plan) -> None:
    key = load_key(run.folder / KEY_FILE, run.passphrase)
    version = adopt(run, plan, begun.events, key, begun.now_s)
    told = f"{len(begun.events):,} records of what happened before it"
    tell(arguments, f"{run.folder}: plan {version} holds; {told}")


def _secret(arguments: argparse.Namespace) -> str | None:
    if not is_encrypted_run(arguments.run):
        return None
    return passphrase(arguments.passphrase_file, VARIABLE, "Passphrase of the run", twice=False)


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
