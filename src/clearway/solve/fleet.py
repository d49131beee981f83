"""All that drives: aid in, patients first, then those who ride; what that takes of the gates."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from clearway.model.care import RED
from clearway.model.duty import ConvoyRun, Duty
from clearway.model.fleet import AID, PATIENTS, deadlock
from clearway.model.plan import PATIENTS_OUT, RED_OUT, Level
from clearway.model.scenario import Scenario, row_of
from clearway.solve.beds import most_in_beds
from clearway.solve.booking import Booking, Day, days
from clearway.solve.convoys import run_convoy
from clearway.solve.crews import Crew, Crews
from clearway.solve.drives import Drives, drives
from clearway.solve.joint import Joint
from clearway.solve.medevac import Medevac, fetched
from clearway.solve.problem import Problem, pose
from clearway.solve.replay import SECONDS_PER_HOUR, Outcome
from clearway.solve.riders import Rides, board_all
from clearway.solve.stays import settle, staying
from clearway.solve.taken import Taken
from clearway.solve.vehicles import Turn, duty, turns


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """What vehicles do, and what they take.

    Attributes
    ----------
    duties, convoys
        As the plan has them.
    taken
        Of gates, households and sites.
    riders
        Values of those of the demand who ride.
    for_patients, left
        Duties before anybody was given rides, and what those and convoys leave.
    crews, joint
        Vehicles after what they do for patients, and the program of their days.
    levels
        ``red_out`` and ``patients_out`` with their bounds; none without patients.
    waiting
        Ids of conditions in a ring: what they speak of does not move.
    """

    duties: tuple[Duty, ...]
    convoys: tuple[ConvoyRun, ...]
    taken: Taken
    riders: Outcome
    for_patients: tuple[Duty, ...]
    left: Problem
    crews: tuple[Crew, ...]
    joint: Joint
    levels: tuple[Level, ...]
    waiting: tuple[str, ...]


def plan_fleet(problem: Problem, *, outside: bool = False) -> Driven:
    """Plan everything that drives in the scenario of ``problem``, which has nothing taken.

    With ``outside`` vehicles that stand inside are planned as if they came in for their first trip
    too; they do not.

    What was made to depend on something else follows it (R12). Patients have the first claim on
    vehicles and gates; the vehicles' hours that are left go to those who ride.
    """
    scenario = problem.scenario
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    booking = Booking(scenario)
    turns_of = openings(scenario, tables, outside=outside)
    all_turns = [turn for parts in turns_of.values() for part in parts for turn in part]
    medevac = Medevac(scenario, tables, booking)
    convoys = _in_turn(scenario, tables, booking, medevac, turns_of)
    before = [duty(scenario, turn) for turn in settle(scenario, tables, all_turns)]
    for n, turn in enumerate(all_turns):
        past = (one for one in all_turns[:n] if one.vehicle.name == turn.vehicle.name)
        turn.waits = turn.waits and not any(one.trips for one in past)
    taken = taken_by(scenario, tuple(one for one in before if one))
    left = pose(scenario, taken)
    crews = Crews(scenario, tables, all_turns)
    rides = Rides(left, crews, booking)
    rides.give()
    boarded, _ = board_all(scenario, [all_turns])
    made = [duty(scenario, turn) for some in boarded for turn in settle(scenario, tables, some)]
    duties = tuple(
        sorted((one for one in made if one), key=lambda one: (one.trips[0].leave_s, one.id))
    )
    return Driven(
        duties=duties,
        convoys=tuple(convoys),
        taken=taken_by(scenario, duties),
        riders=ridden(scenario, tables, duties),
        for_patients=tuple(one for one in before if one),
        left=left,
        crews=crews.alike,
        joint=rides.joint,
        levels=_levels(scenario, tables, duties),
        waiting=deadlock(scenario.aid.links),
    )


def openings(
    scenario: Scenario, tables: dict[str, Drives], *, outside: bool = False
) -> dict[str, list[list[Turn]]]:
    """Return every vehicle's empty turns by date, a list for each opening on it.

    A duty is of one opening. Between two on one date vehicles are back at the depot; where they
    overlap, each has its share of the vehicles. Those whose depot is inside do not go back there;
    with ``outside`` they are taken to be outside from the beginning.
    """
    reach = max((_reach(one) for one in tables.values()), default=0.0)
    found: dict[str, list[list[Turn]]] = {}
    for day, *others in _at_once(days(scenario)):
        parts = found.setdefault(day.date, [])
        since = math.floor(float(day.opens.min()) - reach) if parts else -math.inf
        for before in parts:
            before[:] = [_between(turn, -math.inf, since) for turn in before]
        number, every = len(parts), 1 + len(others)
        for n, one in enumerate((day, *others)):
            name = f"{one.date} {number + n + 1}" if number + n else one.date
            mine = turns(scenario, replace(one, date=name))[n::every]
            parts.append([_between(turn, since, math.inf) for turn in mine])
    if scenario.fleet.inside:
        parts = [part for parts in found.values() for part in parts]
        staying(scenario, tables, parts, outside=outside)
    return found


def _at_once(all_days: tuple[Day, ...]) -> list[list[Day]]:
    """Return openings, those of one date together that are open at the same time."""
    found = list[list[Day]]()
    for day in all_days:
        last = found[-1] if found else []
        closes = max((float(one.closes.max()) for one in last), default=-math.inf)
        if last and last[0].date == day.date and float(day.opens.min()) < closes:
            last.append(day)
        else:
            found.append([day])
    return found


def _reach(one: Drives) -> float:
    """Return the most seconds from a depot to a gate."""
    drive = (one.outside + one.inward)[: len(one.scenario.fleet.depots)]
    return float(drive[np.isfinite(drive)].max(initial=0.0))


def _between(turn: Turn, since_s: float, until_s: float) -> Turn:
    """Return a turn whose vehicle is away between two moments only."""
    vehicle = turn.vehicle
    if vehicle.inside:
        return turn
    since_s, until_s = max(vehicle.since_s, since_s), min(vehicle.until_s, until_s)
    kept = replace(vehicle, since_s=since_s, until_s=until_s)
    return Turn(kept, turn.day, turn.place, max(turn.free_s, since_s))


def _in_turn(
    scenario: Scenario,
    tables: dict[str, Drives],
    booking: Booking,
    medevac: Medevac,
    turns_of: dict[str, list[list[Turn]]],
) -> list[ConvoyRun]:
    """Plan convoys, then patients day by day, each after that on which it depends.

    What waits for something that never comes about does not begin.
    """
    convoys = {f"{AID}:{one.id}": one for one in scenario.aid.convoys}
    open_ = [*convoys, *(f"{PATIENTS}:{date}" for date in turns_of)]
    after: dict[str, list[str]] = {name: [] for name in open_}
    for link in scenario.aid.links:
        after.setdefault(link.then, []).append(link.after)
    all_days = days(scenario)
    done: dict[str, float] = {}
    runs = list[ConvoyRun]()
    while ready := [name for name in open_ if all(one in done for one in after[name])]:
        name = ready[0]
        open_.remove(name)
        since = max((done[one] for one in after[name]), default=-math.inf)
        if name in convoys:
            one = convoys[name]
            run = run_convoy(scenario, one, tables[one.type], booking, all_days, since)
            if run is not None:
                runs.append(run)
                done[name] = float(run.trip.stops[0].arrive_s)
        else:
            parts = turns_of[name.partition(":")[2]]
            for part in parts:
                medevac.run(part, since)
            if not any(name.startswith(f"{PATIENTS}:") for name in open_):
                medevac.run_rest(parts[-1], since)
            day_turns = [turn for part in parts for turn in part]
            if any(trip.patients for turn in day_turns for trip in turn.trips):
                # What waits for a day on which nobody is moved never begins.
                done[name] = _last_out(scenario, tables, day_turns, since)
    return runs


def _last_out(
    scenario: Scenario, tables: dict[str, Drives], day_turns: list[Turn], since: float
) -> float:
    """Return when the last patient of a day is out of the exit; its opening if there is none."""
    row = row_of(scenario.corridors)
    day: Day = day_turns[0].day if day_turns else days(scenario)[0]
    last = max(since, float(day.opens[np.isfinite(day.opens)].min()))
    for turn in day_turns:
        outward = tables[turn.vehicle.kind.id].outward
        for trip in turn.trips:
            if trip.patients:
                last = max(last, trip.gate_out_s + float(outward[row[trip.corridor_out]]))
    return last


def taken_by(scenario: Scenario, duties: tuple[Duty, ...]) -> Taken:
    """Return what vehicles take of gates, households and sites."""
    corridors, sites = row_of(scenario.corridors), row_of(scenario.receptions)
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    ledger, ride = Booking(scenario), np.zeros((len(zones), len(groups)), dtype=np.int64)
    persons = {one.code: one.persons for one in scenario.care.patients}
    places = np.zeros(len(sites))
    for one in duties:
        for trip in one.trips:
            aboard = sum(load.persons for load in trip.loads)
            if trip.destination in sites:
                places[sites[trip.destination]] += aboard
            for stop in trip.stops:
                for load in stop.loads:
                    ride[zones[stop.zone], groups[load.group]] += load.households
            aboard += sum(persons[code] for code in trip.patients)
            ledger.take(corridors[trip.corridor_out], trip.gate_out_s, aboard)
    return Taken(ledger.aboard, ride, places)


def ridden(scenario: Scenario, tables: dict[str, Drives], duties: tuple[Duty, ...]) -> Outcome:
    """Return what those who ride add to the levels."""
    rows, weights = row_of(scenario.corridors), {one.id: one.weight for one in scenario.groups}
    persons, weight, exposure, hours = 0, 0.0, 0.0, 0.0
    for one in duties:
        for trip in one.trips:
            out = trip.gate_out_s + float(tables[one.type].outward[rows[trip.corridor_out]])
            for stop in trip.stops:
                for load in stop.loads:
                    persons += load.persons
                    weight += weights[load.group] * load.persons
                    exposure += load.persons * (out - stop.leave_s) / SECONDS_PER_HOUR
                    hours += load.persons * out / SECONDS_PER_HOUR
    return Outcome(persons, weight, exposure, hours)


def _levels(
    scenario: Scenario, tables: dict[str, Drives], duties: tuple[Duty, ...]
) -> tuple[Level, ...]:
    """Return how many patients are brought out, and at most could be: by beds and vehicles."""
    care = scenario.care
    waiting = [one for one in care.patients if one.waiting]
    if not waiting:
        return ()
    moved = {code for one in duties for trip in one.trips for code in trip.patients}
    able = fetched(scenario, tables)
    red = [one for one in able if care.colour(one) == RED]
    out_red = sum(care.colour(one) == RED for one in waiting if one.code in moved)
    return (
        Level(RED_OUT, float(out_red), float(most_in_beds(scenario, red))),
        Level(PATIENTS_OUT, float(len(moved)), float(most_in_beds(scenario, able))),
    )
