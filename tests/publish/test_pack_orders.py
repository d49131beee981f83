"""Orders of drivers, convoys, zones and gates against the plan, worked out by other means."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from clearway.model.corridor import Corridor
from clearway.model.duty import Duty, Trip
from clearway.model.network import Network
from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario
from clearway.publish.pack.pack import Pack, pack
from clearway.publish.pack.sheet import Page
from tests.judge.sound import sound
from tests.plans import greedy_plan
from tests.publish.packs import DAY, packed, ruled, town
from tests.scenarios import car_town, four_sides, late_window, two_gates

CASES = ("aid_in", "car_town", "one_bus", "two_ambulances")


@cache
def case(name: str) -> tuple[Scenario, Plan, Pack]:
    scenario, plan = sound(name)
    return scenario, plan, pack(scenario, plan, DAY)


def today(scenario: Scenario, plan: Plan) -> list[Duty]:
    return [one for one in plan.duties if scenario.moment(one.trips[0].gate_in_s).date() == DAY]


def pages(found: Pack, kind: str, subject: str) -> list[Page]:
    return [one for one in found.pages if (one.kind, one.subject) == (kind, subject)]


def rows(found: Pack, kind: str, subject: str, part: str) -> list[dict[str, Any]]:
    return [
        row
        for page in pages(found, kind, subject)
        for one in page.facts["parts"]
        if one["part"] == part
        for row in one["rows"]
    ]


def metres(network: Network, links: tuple[int, ...]) -> float:
    length = dict(zip(network.links.id.tolist(), network.links.length_m.tolist(), strict=True))
    return math.fsum(length[one] for one in links)


@pytest.mark.parametrize("name", CASES)
def test_a_drivers_hours_never_go_back(name: str) -> None:
    scenario, plan, found = case(name)
    for duty in today(scenario, plan):
        steps = rows(found, "vehicle", duty.vehicle, "steps")
        hours = [hour for one in steps for hour in (one["from"], one["until"]) if hour is not None]
        shown = [one["from"] for one in steps]
        assert shown == sorted(shown)
        assert min(hours) == duty.trips[0].leave_s
        assert max(hours) == max(duty.back_s, duty.trips[-1].done_s)
        assert [one["trip"] for one in steps] == sorted(one["trip"] for one in steps)


@pytest.mark.parametrize("name", CASES)
def test_who_boards_is_whom_the_trip_carries(name: str) -> None:
    scenario, plan, found = case(name)
    persons = {one.code: one.persons for one in scenario.care.patients}
    for duty in today(scenario, plan):
        steps = rows(found, "vehicle", duty.vehicle, "steps")
        for number, trip in enumerate(duty.trips, start=1):
            own = [one for one in steps if one["trip"] == number and one["do"] == "board"]
            assert sum(one.get("persons", 0) for one in own) == sum(
                load.persons for stop in trip.stops for load in stop.loads
            )
            codes = [code for one in own for code in one.get("patients", ())]
            assert codes == [code for stop in trip.stops for code in stop.patients]
            company = sum(one.get("companions", 0) for one in own)
            assert company == sum(persons[code] - 1 for code in codes)


@pytest.mark.parametrize("name", CASES)
def test_each_trip_passes_its_gates_and_arrives(name: str) -> None:
    scenario, plan, found = case(name)
    for duty in today(scenario, plan):
        steps = rows(found, "vehicle", duty.vehicle, "steps")
        for number, trip in enumerate(duty.trips, start=1):
            told = {
                one["do"]: (one["where"], one["from"])
                for one in steps
                if one["trip"] == number and one["do"] not in ("board", "back")
            }
            told.pop("leave", None)
            wanted = {
                "gate_out": (trip.corridor_out, trip.gate_out_s),
                "arrive": (trip.destination, trip.arrive_s),
            }
            if trip.corridor_in:
                wanted["gate_in"] = (trip.corridor_in, trip.gate_in_s)
            assert told == wanted


def driven(trip: Trip) -> list[tuple[str, str, tuple[int, ...]]]:
    legs, where = [], trip.corridor_in
    for stop in trip.stops:
        if stop.links:
            legs.append((where or stop.zone, stop.zone, stop.links))
        where = stop.zone
    if trip.links_out:
        legs.append((where, trip.corridor_out, trip.links_out))
    return legs


@pytest.mark.parametrize("name", CASES)
def test_ways_are_as_long_as_their_streets(name: str) -> None:
    scenario, plan, found = case(name)
    for duty in today(scenario, plan):
        told = {
            (one["start"], one["end"], one["km"])
            for one in rows(found, "vehicle", duty.vehicle, "ways")
        }
        assert told == {
            (start, end, f"{metres(scenario.network, links) / 1000:.1f}")
            for trip in duty.trips
            for start, end, links in driven(trip)
        }


@pytest.mark.parametrize("name", CASES)
def test_a_driver_finds_every_place_that_an_order_names(name: str) -> None:
    scenario, plan, found = case(name)
    for duty in today(scenario, plan):
        steps = rows(found, "vehicle", duty.vehicle, "steps")
        spots = rows(found, "vehicle", duty.vehicle, "spots")
        assert [one["code"] for one in spots] == list(dict.fromkeys(one["where"] for one in steps))
        for one in spots:
            lat, lon = map(float, one["place"]["dd"].split(", "))
            assert -90 <= lat <= 90
            assert -180 <= lon <= 180


@pytest.mark.parametrize("name", CASES)
def test_zones_and_drivers_say_the_same_of_each_stop(name: str) -> None:
    scenario, plan, found = case(name)
    zones: Counter[tuple[Any, ...]] = Counter()
    for zone in scenario.zones:
        for one in rows(found, "zone", zone.id, "visits"):
            who = one.get("group") or f"patients {one['patients']}"
            zones[zone.id, one["vehicle"], one["from"], one["until"], who, one["persons"]] += 1
    letters = {one.id: "ABCDEFGH"[row] for row, one in enumerate(scenario.groups)}
    persons = {one.code: one.persons for one in scenario.care.patients}
    wanted: Counter[tuple[Any, ...]] = Counter()
    for duty in today(scenario, plan):
        for stop in (stop for trip in duty.trips for stop in trip.stops):
            head = (stop.zone, duty.vehicle, stop.arrive_s, stop.leave_s)
            for load in stop.loads:
                wanted[*head, letters[load.group], load.persons] += 1
            if stop.patients:
                people = sum(persons[code] for code in stop.patients)
                wanted[*head, f"patients {len(stop.patients)}", people] += 1
    assert zones == wanted


@pytest.mark.parametrize("name", CASES)
def test_gates_expect_what_drivers_are_told(name: str) -> None:
    scenario, _, found = case(name)
    gates: Counter[tuple[Any, ...]] = Counter()
    for corridor in scenario.corridors:
        for one in rows(found, "gate", corridor.id, "passes"):
            gates[corridor.id, one["vehicle"], one["trip"], one["way"], one["at"]] += 1
    drivers: Counter[tuple[Any, ...]] = Counter()
    for kind in ("vehicle", "convoy"):
        for subject in {page.subject for page in found.pages if page.kind == kind}:
            for one in rows(found, kind, subject, "steps"):
                if one["do"] in ("gate_in", "gate_out"):
                    way = one["do"].removeprefix("gate_")
                    drivers[one["where"], subject, one["trip"], way, one["from"]] += 1
    assert gates == drivers


@pytest.mark.parametrize("name", CASES)
def test_households_called_and_fetched_are_each_told_once(name: str) -> None:
    scenario, _, found = case(name)
    taken: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for zone in scenario.zones:
        for part in ("calls", "visits"):
            for one in rows(found, "zone", zone.id, part):
                if "first" in one:
                    last = one["first"] + one["households"] - 1
                    taken[zone.id, one["group"]].append((one["first"], last))
    assert taken
    for spans in taken.values():
        for before, after in pairwise(sorted(spans)):
            assert before[1] < after[0]
        assert min(first for first, _ in spans) >= 1


def corridor_of(scenario: Scenario, move: Movement) -> Corridor:
    return next(one for one in scenario.corridors if one.id == move.corridor)


def ticks(scenario: Scenario, move: Movement, links: tuple[int, ...]) -> int:
    """Return seconds of a way: each link to whole ticks, half up, one at least."""
    network, tick_s = scenario.network, scenario.planning.tick_s
    group = next(one for one in scenario.groups if one.id == move.group)
    total = 0
    for link in links:
        row = network.links.id.tolist().index(link)
        pace = group.speed_m_per_s.central
        limit = float(network.links.speed_m_per_s[row])
        if "car" in group.modes and limit > 0:
            pace = min(pace, limit)
        total += max(1, math.floor(float(network.links.length_m[row]) / (pace * tick_s) + 0.5))
    return total * tick_s


@pytest.mark.parametrize("build", [two_gates, four_sides, late_window, car_town])
def test_hours_at_a_gate_follow_from_streets_and_paces(build: Any) -> None:
    scenario = build()
    plan = greedy_plan(scenario)
    found = pack(scenario, plan, DAY)
    moves = {one.id: one for one in plan.movements}
    looked = 0
    for corridor in scenario.corridors:
        for one in rows(found, "gate", corridor.id, "calls"):
            move = moves[one["id"]]
            before = move.links[: move.links.index(corridor.links[0])]
            walk = ticks(scenario, move, before)
            assert one["from"] == move.depart_s + walk
            assert one["until"] == move.depart_s + walk + scenario.planning.slot_s
            looked += 1
    assert looked


@pytest.mark.parametrize("build", [two_gates, four_sides, late_window])
def test_nobody_is_told_an_hour_after_which_the_closing_catches_them(build: Any) -> None:
    scenario = build()
    plan = greedy_plan(scenario)
    found = pack(scenario, plan, DAY)
    moves = {one.id: one for one in plan.movements}
    looked = 0
    for zone in scenario.zones:
        for one in rows(found, "zone", zone.id, "calls"):
            if one["latest"] is None:
                continue
            move = moves[one["id"]]
            corridor = corridor_of(scenario, move)
            at = move.links.index(corridor.links[0])
            whole = ticks(scenario, move, move.links[: at + len(corridor.links)])
            closes = max(
                scenario.seconds(window.closes)
                for window in scenario.windows
                if window.corridor == corridor.id
                and scenario.seconds(window.opens) <= move.depart_s
            )
            spare = closes - corridor.margin_s - (one["latest"] + whole)
            assert 0 <= spare < 61  # the last whole minute at which it still goes
            assert one["latest"] % 60 == 0
            assert one["from"] <= one["latest"]
            looked += 1
    assert looked


def test_rules_of_the_plan_count_back_from_the_closing() -> None:
    scenario, plan = town()
    found = pack(scenario, ruled(plan, scenario), DAY)
    closes = scenario.seconds(scenario.windows[0].closes)
    for zone in scenario.zones:
        for one in rows(found, "zone", zone.id, "calls"):
            assert one["latest"] == (closes - 1830) // 60 * 60
    for row, one in enumerate(rows(found, "gate", "C1", "last")):
        before = 600 + 60 * row
        assert one["last"] == (closes - before) // 60 * 60
        assert one["again"] == (closes - before - 300) // 60 * 60
        assert one["minutes"] == -(-before // 60)


@pytest.mark.parametrize("name", CASES)
def test_a_gates_tally_expects_everybody_once(name: str) -> None:
    scenario, _, found = case(name)
    for corridor in scenario.corridors:
        counts = rows(found, "tally-counts", corridor.id, "rows")
        if not counts:
            continue
        for before, after in pairwise(counts):
            assert before["until"] <= after["from"]
        opens, closes = counts[0]["from"], counts[-1]["until"]
        came = Fraction(0)
        for one in rows(found, "gate", corridor.id, "calls"):
            inside = max(0, min(closes, one["until"]) - max(opens, one["from"]))
            came += Fraction(one["persons"] * inside, one["until"] - one["from"])
        assert abs(sum(one["walk"] for one in counts) - came) <= Fraction(len(counts), 2)
        passed = rows(found, "gate", corridor.id, "passes")
        inside_window = [one for one in passed if opens <= one["at"] < closes]
        assert sum(one["ride"] for one in counts) == sum(one["persons"] for one in inside_window)
        expected = sum(one["vehicles"] for one in inside_window)
        assert sum(one["vehicles"] for one in counts) == expected


def test_a_convoy_is_told_what_its_run_does() -> None:
    scenario, plan = town()
    told = {one.id: one for one in scenario.aid.convoys}
    for run in plan.convoys:
        convoy = told[run.convoy]
        steps = rows(packed(), "convoy", convoy.id, "steps")
        if scenario.moment(run.trip.gate_in_s).date() != DAY:
            assert steps == []
            continue
        assert [(one["do"], one["where"]) for one in steps] == [
            ("leave", convoy.depot),
            ("gate_in", run.trip.corridor_in),
            *(("unload", stop.zone) for stop in run.trip.stops),
            ("gate_out", run.trip.corridor_out),
            ("arrive", run.trip.destination),
        ]
        hours = [one["from"] for one in steps]
        assert hours == sorted(hours)
        head = pages(packed(), "convoy", convoy.id)[0].facts
        assert (head["vehicles"], head["serves"]) == (convoy.vehicles, convoy.persons)
        linked = [
            one
            for one in scenario.aid.links
            if convoy.id in (one.then.partition(":")[2], one.after.partition(":")[2])
            and "aid" in (one.then.partition(":")[0], one.after.partition(":")[0])
        ]
        assert {one["id"] for one in head["conditions"]} <= {one.id for one in linked}


def test_a_slip_says_who_fetches_a_patient_and_when() -> None:
    scenario, plan = town()
    wanted = {}
    for duty in today(scenario, plan):
        for number, trip in enumerate(duty.trips, start=1):
            for stop in trip.stops:
                for code in stop.patients:
                    wanted[code] = (duty.vehicle, number, stop.zone, stop.arrive_s, stop.leave_s)
    slips = {one.subject: one.facts for one in packed().pages if one.kind == "patient"}
    found = {
        code: (one["vehicle"], one["trip"], one["zone"], *one["board"])
        for code, one in slips.items()
    }
    assert found == wanted
    listed = {one.code: one for one in scenario.care.patients}
    for code, one in slips.items():
        assert one["companions"] == listed[code].persons - 1
        assert one["board"][1] <= one["gate"] <= one["there"]
