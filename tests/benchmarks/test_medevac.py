"""The medical task: one question for every program, and one set of rules for every answer."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import medevac_pyvrp, medevac_vroom
from benchmarks.medevac_hours import FAR_S, boarding, check_s, rides, square
from benchmarks.medevac_replay import Lane, Ride, Tour, lay, score
from benchmarks.medevac_session import beside, keep, served
from benchmarks.medevac_task import Task, by_colour, fits, medical, needs, task
from clearway.model.care import STRETCHER, WHEELCHAIR, Beds, Patient
from clearway.model.facts import Estimate
from clearway.model.fleet import Vehicles
from clearway.model.scenario import Scenario
from tests.scenarios import two_ambulances

ASSUMED = "assumed: for tests"


def question(scenario: Scenario | None = None) -> Task:
    """Return the medical task of a scenario, or of the tiny one with two ambulances."""
    return task(medical(scenario or two_ambulances(), 3))


def everybody(asked: Task) -> list[Tour]:
    """Return one tour of one ambulance that fetches whom it can, one after another."""
    kind = next(one for one in asked.kinds if one.type.stretchers)
    depot = next(iter(kind.counts))
    found = [
        Ride(((one.zone, (one.code,)),), asked.hospital[one.code])
        for one in asked.patients
        if one.code in asked.hospital and fits(one, kind.type)
    ]
    return [Tour(kind.type.id, depot, 0, tuple(found))]


def changed(scenario: Scenario, **changes: Any) -> Scenario:
    """Return a scenario with every patient changed."""
    patients = tuple(dataclasses.replace(one, **changes) for one in scenario.care.patients)
    return scenario.replace(care=dataclasses.replace(scenario.care, patients=patients))


def test_only_patients_are_asked_about() -> None:
    """Nobody else is called and no aid comes in; the days are the first ones."""
    asked = question()
    scenario = asked.scenario
    assert scenario.planning.uptake.high == 0
    assert scenario.aid.convoys == ()
    assert len(asked.days) == 2
    assert len(task(medical(two_ambulances(), 1)).days) == 1
    assert {one.code for one in asked.patients} == {
        one.code for one in two_ambulances().care.patients if one.waiting
    }


def test_driving_takes_what_the_rules_say() -> None:
    """Length over the lower of both speeds inside; crow's distance with a detour outside."""
    asked = question()
    kind, scenario = asked.kinds[0], asked.scenario
    links = scenario.network.links
    corridor = scenario.corridors[0]
    rows = scenario.network.link_index(corridor.links)
    speed = np.minimum(links.speed_m_per_s[rows], kind.type.speed_m_per_s.central)
    assert kind.through_out_s[0] == pytest.approx(float((links.length_m[rows] / speed).sum()))
    assert (np.diag(kind.between_s) == 0).all()
    assert np.isfinite(kind.into_s).all()
    assert kind.into_s == pytest.approx(kind.out_s)  # no street of the tiny grid is one-way


def test_a_way_out_is_never_shorter_than_its_parts() -> None:
    """The quickest corridor is chosen for each pair."""
    kind = question().kinds[0]
    bring, fetch = kind.bring_s(), kind.fetch_s()
    for k in range(len(kind.through_out_s)):
        out = kind.out_s[k][:, None] + kind.through_out_s[k] + kind.outside_s[:, k][None]
        assert (bring <= out + 1e-9).all()
    assert np.allclose(fetch.T, bring)


def test_places_are_counted_by_posture() -> None:
    """One who lies takes a stretcher; companions sit."""
    asked = question()
    one = dataclasses.replace(asked.patients[0], posture=STRETCHER, companions=2)
    assert needs(one) == (2, 0, 1)
    assert needs(dataclasses.replace(one, posture=WHEELCHAIR)) == (2, 1, 0)
    assert needs(dataclasses.replace(one, posture="walking")) == (3, 0, 0)


def test_a_bed_is_kept_for_reds_first_and_for_no_more_than_there_are() -> None:
    """Who finds none is left without."""
    scenario = two_ambulances()
    hospital = scenario.care.hospitals[0]
    one_bed = tuple(Beds(bed.kind, Estimate(1, 1, 1, ASSUMED)) for bed in hospital.beds)
    patients = tuple(
        dataclasses.replace(one, bed=one_bed[0].kind, accepts="", refuses=(), category=colour)
        for one, colour in zip(scenario.care.patients[:2], ("green", "red"), strict=True)
    )
    care = dataclasses.replace(
        scenario.care,
        hospitals=(dataclasses.replace(hospital, beds=one_bed[:1]),),
        patients=patients,
    )
    asked = question(scenario.replace(care=care))
    assert asked.hospital == {patients[1].code: hospital.id}
    assert by_colour(asked, set(asked.hospital)) == {"red": 1, "yellow": 0, "green": 0, "black": 0}


def test_tours_are_laid_out_one_ride_after_another() -> None:
    """Each patient is out later than the one before, and all at a hospital after that."""
    asked = question()
    found = lay(asked, everybody(asked))
    order = [ride.codes[0] for ride in everybody(asked)[0].rides]
    times = [found.out_s[code] for code in order if code in found.out_s]
    assert times == sorted(times)
    assert len(times) > 1
    assert all(found.there_s[code] > out for code, out in found.out_s.items())


def test_what_a_ride_takes_adds_up() -> None:
    """Gate at the opening, street, boarding, street, check, corridor, road."""
    asked = question()
    tour = everybody(asked)[0]
    first = dataclasses.replace(tour, rides=tour.rides[:1])
    (code,) = first.rides[0].codes
    patient = next(one for one in asked.patients if one.code == code)
    kind = next(one for one in asked.kinds if one.type.id == tour.kind)
    zone = asked.zones[patient.zone]
    ways = [
        kind.into_s[k, zone]
        + kind.type.board_s.central
        + kind.out_s[k, zone]
        + asked.check_s(k, patient.persons)
        + kind.through_out_s[k]
        for k in range(len(kind.through_out_s))
    ]
    opens = float(np.nanmin(asked.days[0].opens_s))
    out = lay(asked, [first]).out_s[code] - opens
    assert out == pytest.approx(min(ways)) or len(ways) > 1


def test_whom_a_rule_keeps_out_does_not_count() -> None:
    """No second time, no place twice, no hospital that was refused, nobody unknown."""
    asked = question()
    (tour,) = everybody(asked)
    first = tour.rides[0]
    (code,) = first.codes
    stranger = Ride(((first.stops[0][0], ("nobody",)),), first.hospital)
    found = lay(asked, [dataclasses.replace(tour, rides=(first, first, stranger))])
    assert set(found.out_s) == {code}
    assert found.left == {"twice": 1, "unknown": 1}
    refusing = changed(asked.scenario, accepts="", refuses=(first.hospital,))
    there = [ride for ride in tour.rides if ride.hospital == first.hospital]
    assert lay(task(refusing), [tour]).left["destination refused"] == len(there) > 0


def test_nobody_is_out_after_the_closing() -> None:
    """A vehicle that is asked for too much leaves the last ones behind."""
    scenario = two_ambulances()
    whole = lay(question(scenario), everybody(question(scenario)))
    first = min(scenario.windows, key=lambda one: one.opens)
    closes = scenario.moment(min(whole.out_s.values()) + scenario.corridors[0].margin_s + 1)
    asked = question(scenario.replace(windows=(dataclasses.replace(first, closes=closes),)))
    found = lay(asked, everybody(asked))
    for out in found.out_s.values():
        assert out <= np.nanmax(asked.days[0].closes_s) - asked.scenario.corridors[0].margin_s
    assert len(found.out_s) < len(whole.out_s)
    assert found.left["not out before closing"] >= 1


def test_vehicles_that_are_not_there_are_noted() -> None:
    """An adapter that uses more than the fleet has would be seen."""
    asked = question()
    (tour,) = everybody(asked)
    has = next(one.counts for one in asked.kinds if one.type.id == tour.kind)[tour.depot]
    found = lay(asked, [tour] + [dataclasses.replace(tour, rides=())] * has)
    assert found.left["vehicles that are not there"] == 1


def test_a_lane_lets_so_many_through_a_slot() -> None:
    """The next waits for the next slot."""
    asked = question()
    slot = asked.scenario.planning.slot_s
    most = int(asked.scenario.corridors[0].vehicles_per_s.central * slot + 1e-6)
    lane = Lane(asked)
    for _ in range(most):
        assert lane.next_s(0, 10.0) == 10.0
        lane.take(0, 10.0)
    assert lane.next_s(0, 10.0) == slot
    assert lane.next_s(0, slot + 5.0) == slot + 5.0


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.data())
def test_cutting_tours_loses_nobody(numbers: list[int], data: st.DataObject) -> None:
    """Whatever order a program boards and unloads in: each arrives once, with their own."""
    codes = [f"P-{number}-{turn}" for turn, number in enumerate(numbers)]
    asked = question()
    patients = tuple(dataclasses.replace(asked.patients[0], code=code) for code in codes)
    asked = dataclasses.replace(asked, patients=patients)
    chosen = {code: f"H{code[2]}" for code in codes}
    events = data.draw(st.permutations(codes * 2))
    steps = [(code not in events[:turn], code) for turn, code in enumerate(events)]
    found = rides(steps, asked, chosen)
    assert sorted(code for ride in found for code in ride.codes) == sorted(codes)
    for ride in found:
        assert {chosen[code] for code in ride.codes} == {ride.hospital}


def test_those_carried_along_board_when_they_arrive() -> None:
    """Two hospitals in one round are two trips, as plans have it."""
    asked = question()
    a, b = (dataclasses.replace(asked.patients[0], code=code) for code in ("A", "B"))
    asked = dataclasses.replace(asked, patients=(a, b))
    steps = [(True, "A"), (True, "B"), (False, "A"), (False, "B")]
    found = rides(steps, asked, {"A": "H1", "B": "H2"})
    assert [(ride.hospital, ride.codes) for ride in found] == [("H1", ("A",)), ("H2", ("B",))]
    together = rides(steps, asked, {"A": "H1", "B": "H1"})
    assert [ride.codes for ride in together] == [("A", "B")]


def test_hours_of_boarding_leave_time_to_be_out() -> None:
    """Whoever boards at the last moment is out at the last moment, by the slowest that fits."""
    asked = question()
    patient = asked.patients[0]
    span = boarding(asked, patient, asked.days[0])
    assert span is not None
    kind = max(
        (one for one in asked.kinds if fits(patient, one.type)),
        key=lambda one: one.type.board_s.central,
    )
    zone = asked.zones[patient.zone]
    out = [
        span[1]
        + kind.type.board_s.central
        + kind.out_s[k, zone]
        + asked.check_s(k, patient.persons)
        + kind.through_out_s[k]
        + corridor.margin_s
        - asked.days[0].closes_s[k]
        for k, corridor in enumerate(asked.scenario.corridors)
    ]
    assert -1.0 <= min(out) <= 1e-6
    late = asked.scenario.moment(span[1] + 1)
    waiting = dataclasses.replace(patient, ready=late)
    assert boarding(asked, waiting, asked.days[0]) is None


def test_nobody_drives_from_hospital_to_hospital() -> None:
    """And nobody takes no time but to stay."""
    asked = question()
    way = square(asked, asked.kinds[0])
    depots, places = len(asked.scenario.fleet.depots), len(asked.places)
    between = way[depots:places, depots:places]
    assert (between[~np.eye(places - depots, dtype=bool)] == FAR_S).all()
    assert (np.diag(way) == 0).all()
    assert way.shape == (places + len(asked.zones),) * 2
    patient = asked.patients[0]
    seconds = check_s(asked, asked.kinds[0], patient, asked.hospital[patient.code])
    assert seconds in {
        asked.check_s(k, patient.persons) for k in range(len(asked.scenario.corridors))
    }


@pytest.mark.parametrize("program", [medevac_vroom, medevac_pyvrp])
def test_both_programs_serve_all_whom_the_tiny_task_can_serve(program: Any) -> None:
    """As many as one vehicle after another would, at least; by the same rules."""
    asked = question()
    tours = program.solve(asked, limit_s=1.0)
    found = lay(asked, tours)
    assert len(found.out_s) >= len(lay(asked, everybody(asked)).out_s)
    assert "vehicles that are not there" not in found.left
    told = score(asked, found)
    assert told["served"] == sum(told["by_colour"].values()) == len(found.out_s)
    assert told["last_there_h"] > told["last_out_h"] > 0


def test_no_program_is_asked_when_there_is_nothing_to_do() -> None:
    """No vehicles, or no patient with a bed: no tours."""
    scenario = two_ambulances()
    none = tuple(Vehicles(one.type, one.depot, 0, ASSUMED) for one in scenario.fleet.vehicles)
    empty = dataclasses.replace(scenario.fleet, vehicles=none)
    refused = question(changed(scenario, state="refused"))
    assert refused.patients == ()
    assert medevac_vroom.solve(refused) == []
    assert medevac_pyvrp.solve(refused) == []
    assert lay(question(scenario.replace(fleet=empty)), []).out_s == {}


def row(colours: tuple[int, int, int], seconds: float, end: str = "done") -> dict[str, object]:
    """Return what a program found."""
    names = ("red", "yellow", "green")
    by_name = dict(zip(names, colours, strict=True)) | {"black": 0}
    return {"end": end, "by_colour": by_name, "solve": {"wall_s": seconds, "cpu_s": seconds}}


def test_the_better_of_the_others_serves_more_reds_then_more_of_the_next() -> None:
    """Time decides between equals."""
    programs = {
        "a": row((5, 9, 9), 1.0),
        "b": row((6, 1, 1), 9.0),
        "c": row((6, 1, 1), 4.0),
        "clearway": row((6, 2, 0), 2.0),
    }
    found = beside(programs)
    assert found["better"] == "c"
    assert (found["first_by_claim"], found["no_fewer"], found["no_later"]) == (True, False, True)
    assert found["more"] == {"red": 0, "yellow": 1, "green": -1, "black": 0}
    assert found["ratio"] == 2.0


@pytest.mark.parametrize(
    "programs",
    [
        {"a": row((1, 1, 1), 1.0)},
        {"clearway": row((1, 1, 1), 1.0)},
        {"a": row((1, 1, 1), 1.0), "clearway": {"end": "failed", "why": "?"}},
        {"a": {"end": "time limit"}, "clearway": row((1, 1, 1), 1.0)},
    ],
)
def test_nothing_is_compared_with_what_was_not_measured(
    programs: dict[str, dict[str, object]],
) -> None:
    """A failure is no figure."""
    assert beside(programs) == {}


def test_served_is_in_the_order_of_claims() -> None:
    """Reds first."""
    assert served(row((3, 2, 1), 1.0)) == (3, 2, 1, 0)


def test_other_parts_of_the_record_stay(tmp_path: Path) -> None:
    """Each benchmark of this issue writes its own part of one file."""
    target = tmp_path / "bench" / "fleet.json"
    keep({"cases": [1]}, target)
    told = json.loads(target.read_text("utf-8"))
    target.write_text(json.dumps({**told, "coquimbo": {"gap": 0.01}}), "utf-8")
    keep({"cases": [2]}, target)
    assert json.loads(target.read_text("utf-8")) == {
        "medevac": {"cases": [2]},
        "coquimbo": {"gap": 0.01},
    }


def test_a_patient_fits_where_places_and_care_do() -> None:
    """Each kind of need keeps one out."""
    asked = question()
    kind = asked.kinds[0].type
    one: Patient = dataclasses.replace(asked.patients[0], posture=STRETCHER, companions=0)
    assert fits(one, dataclasses.replace(kind, stretchers=1, care="advanced"))
    assert not fits(one, dataclasses.replace(kind, stretchers=0, care="advanced"))
    careful = dataclasses.replace(one, care="advanced")
    assert not fits(careful, dataclasses.replace(kind, stretchers=1, care="basic"))
    many = dataclasses.replace(one, companions=9)
    assert not fits(many, dataclasses.replace(kind, stretchers=1, seats=8, care="advanced"))
