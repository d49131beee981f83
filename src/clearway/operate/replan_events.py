"""What happened, in a few plain words: the scenario as it is known from then on."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from clearway.errors import Breach, ScenarioError
from clearway.model.corridor import GateChange, Window
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario

#: What an event may say; told where one cannot be read.
FORMS: Final = (
    '"C1 closed", "C1 open", "C1 at 50%", "C1 opens 10:00", "C1 closes 2016-10-21T15:00",'
    ' "bus-01 bus-02 lost", "stop" or "resume"'
)
_SOURCE: Final = "said on the day"


@dataclass(frozen=True, slots=True)
class Revised:
    """What is known after some events.

    Attributes
    ----------
    scenario
        With windows and gates as they are known now.
    lost
        Names of vehicles that are gone.
    """

    scenario: Scenario
    lost: tuple[str, ...] = ()


def revise(scenario: Scenario, plan: Plan, now_s: int, events: Iterable[str]) -> Revised:
    """Return what is known once ``events`` have been said, in their order.

    Parameters
    ----------
    scenario, plan
        As they were; the plan has the names of vehicles.
    now_s
        Seconds from the scenario's start at which they are said.
    events
        Each in one of ``FORMS``. Times are local, on the day of ``now_s`` unless a date is told.

    Raises
    ------
    ScenarioError
        With every event that cannot be read, or that names what is not there.
    """
    found, wrong = Revised(scenario), list[Breach]()
    for event in events:
        told = event.strip()
        try:
            found = _one(found, plan, now_s, told)
        except ScenarioError as error:
            rules = "; ".join(breach.rule for breach in error.breaches)
            wrong.append(Breach("", 0, "--event", told, rules))
    if wrong:
        raise ScenarioError(tuple(wrong))
    return found


def window_on(scenario: Scenario, corridor: str, at: datetime) -> Window:
    """Return the window of a corridor on the local day of a moment.

    Raises
    ------
    ScenarioError
        If there is no such corridor, or none that day.
    """
    _check_corridor(scenario, corridor)
    day = scenario.moment(scenario.seconds(at)).date()
    for one in scenario.windows:
        if one.corridor == corridor and scenario.moment(scenario.seconds(one.opens)).date() == day:
            return one
    raise _refusal(f"must be on a day on which {corridor} has a window")


def moment_said(scenario: Scenario, now_s: int, told: str) -> datetime:
    """Return the moment that some words tell: local, of the day of ``now_s`` if they tell no date.

    Raises
    ------
    ScenarioError
        If they tell none.
    """
    zone, today = ZoneInfo(scenario.timezone), scenario.moment(now_s).date()
    text = told if "T" in told else f"{today.isoformat()}T{told}"
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refusal("must tell a time such as 10:00 or 2016-10-21T10:00") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _one(known: Revised, plan: Plan, now_s: int, told: str) -> Revised:
    """Return what is known after one event more."""
    if told in {"stop", "resume"}:
        every = [one.id for one in known.scenario.corridors]
        return _serve(known, every, now_s, 0.0 if told == "stop" else 1.0)
    *names, last = told.split() or [""]
    if last == "lost" and names:
        return _lose(known, plan, names)
    if len(names) == 1 and last in {"closed", "open"}:
        return _serve(known, names, now_s, 0.0 if last == "closed" else 1.0)
    verb = names[1] if len(names) == 2 else ""
    if verb == "at" and re.fullmatch(r"\d{1,3}%", last):
        return _serve(known, names[:1], now_s, int(last[:-1]) / 100)
    if verb in {"opens", "closes"}:
        at = moment_said(known.scenario, now_s, last)
        move = _opens if verb == "opens" else _closes
        return Revised(move(known.scenario, names[0], at, now_s), known.lost)
    raise _refusal(f"must be {FORMS}")


def _refusal(rule: str) -> ScenarioError:
    return ScenarioError((Breach("", 0, "--event", "", rule),))


def _serve(known: Revised, corridors: list[str], now_s: int, share: float) -> Revised:
    """Let gates serve at a share of their usual rate from now on."""
    scenario, changes = known.scenario, list(known.scenario.changes)
    for name in corridors:
        _check_corridor(scenario, name)
        until = max((one.closes for one in scenario.windows if one.corridor == name), default=None)
        since = scenario.moment(now_s)
        if until is None or not since < until:
            if len(corridors) > 1:
                continue
            raise _refusal("must name a corridor with a window that is not over")
        changes.append(GateChange(name, since, until, share, share, _SOURCE))
    return Revised(scenario.replace(changes=tuple(changes)), known.lost)


def _lose(known: Revised, plan: Plan, names: list[str]) -> Revised:
    there = {duty.vehicle for duty in plan.duties}
    unknown = [name for name in names if name not in there]
    if unknown:
        raise _refusal(f"must name vehicles of the plan; {unknown[0]} is none")
    return dataclasses.replace(known, lost=tuple(dict.fromkeys((*known.lost, *names))))


def _opens(scenario: Scenario, corridor: str, at: datetime, now_s: int) -> Scenario:
    """Let a window open at another moment: later by a gate that lets nobody through until then.

    Whatever shut the gate before ends then: who tells that it opens means that people can pass.
    """
    window = window_on(scenario, corridor, at)
    if at >= window.closes:
        raise _refusal("must be before the window closes")
    scenario = _lifted(scenario, corridor, at, now_s)
    if at > window.opens:
        # What went through before now did so, whatever was said of the opening.
        since = max(window.opens, scenario.moment(now_s))
        if not since < at:
            raise _refusal("must not be before now")
        change = GateChange(corridor, since, at, 0.0, 0.0, _SOURCE)
        return scenario.replace(changes=(*scenario.changes, change))
    if scenario.seconds(at) < now_s:
        raise _refusal("must not be before now")
    return _with_window(scenario, window, dataclasses.replace(window, opens=at))


def _lifted(scenario: Scenario, corridor: str, at: datetime, now_s: int) -> Scenario:
    """Return a scenario in which what shuts a gate now, or was said to, is over at a moment."""
    now, changes = scenario.moment(now_s), list[GateChange]()
    for one in scenario.changes:
        shuts = one.corridor == corridor and one.persons_share == one.vehicles_share == 0
        said_ = one.since <= now or one.source == _SOURCE
        if not (shuts and said_ and one.since <= at < one.until):
            changes.append(one)
        elif one.since < at:
            changes.append(dataclasses.replace(one, until=at))
    return scenario.replace(changes=tuple(changes))


def _closes(scenario: Scenario, corridor: str, at: datetime, now_s: int) -> Scenario:
    window = window_on(scenario, corridor, at)
    if scenario.seconds(at) < now_s:
        raise _refusal("must not be before now")
    if at <= window.opens:
        raise _refusal("must be after the window opens")
    return _with_window(scenario, window, dataclasses.replace(window, closes=at))


def _with_window(scenario: Scenario, old: Window, new: Window) -> Scenario:
    windows = tuple(new if one is old else one for one in scenario.windows)
    revised = scenario.replace(windows=windows)
    if revised.start != scenario.start:
        raise _refusal("must not be before the first opening, from which times are counted")
    return revised


def _check_corridor(scenario: Scenario, name: str) -> None:
    if name not in {one.id for one in scenario.corridors}:
        raise _refusal(f"must name a corridor; {name} is none")
