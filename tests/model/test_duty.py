"""What vehicles do: loads, stops, trips and duties, and plans that have them."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.duty import ConvoyRun, Duty, Load, Stop, Trip
from clearway.model.outcome import DIED, LEFT, MOVED, PATIENT_ENDS, REFUSED, FleetOutcome, Share
from clearway.model.verdict import AidTally, CareTally, FleetTally
from tests.model.nouns import fields, movement, plan, refusal
from tests.model.test_outcome import MEMBERS, ensemble


def load(**changes: Any) -> Load:
    """Return two households with seven persons."""
    return dataclasses.replace(Load("slow", 3, 2, 7), **changes)


def trip(*stops: Stop) -> Trip:
    """Return a trip in and out by C1."""
    return Trip("C1", "C1", 0, 600, stops, 1_800, (5, 7), "R1", 2_400, 3_000)


def duty(**changes: Any) -> Duty:
    """Return a day of one trip with two stops."""
    stops = (
        Stop("N3", (7, 5), 900, 1_200, loads=(load(), load(first_household=5, persons=4))),
        Stop("N4", (), 1_300, 1_500, patients=("P-1", "P-2")),
    )
    made = Duty("bus-1 2016-10-20", "bus-1", "bus", "D1", (trip(*stops),), 4_000)
    return dataclasses.replace(made, **changes)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"first_household": -1}, ["load slow.first_household"]),
        ({"households": 0, "persons": 0}, ["load slow.households"]),
        ({"persons": 1}, ["load slow.persons"]),
        ({"persons": 19}, ["load slow.persons"]),
        ({"persons": math.nan}, ["load slow.persons"]),
    ],
)
def test_loads_are_refused_by_field(changes: dict[str, Any], refused: list[str]) -> None:
    """Two households have two to eighteen persons."""
    assert fields(load(), **changes) == refused


@given(st.integers(1, 1_000), st.integers(1, 9))
def test_a_load_is_of_whole_households(households: int, size: int) -> None:
    made = load(households=households, persons=households * size)
    assert made.persons == households * size
    assert fields(made, persons=9 * households + 1) == ["load slow.persons"]


def test_a_trip_has_a_stop_and_a_duty_a_trip() -> None:
    assert refusal(trip) == [("trip.stops", "must have at least one")]
    assert fields(duty(), trips=()) == ["duty bus-1 2016-10-20.trips"]


def test_a_trip_tells_all_that_board() -> None:
    """In the order of its stops."""
    (made,) = duty().trips
    assert [one.first_household for one in made.loads] == [3, 5]
    assert made.patients == ("P-1", "P-2")
    assert trip(Stop("N3", (), 0, 1)).loads == ()


def test_people_out_are_those_on_foot_and_those_who_ride() -> None:
    """Patients are not of the demand."""
    made = plan(duties=(duty(),))
    assert made.riders == 11
    assert made.persons == movement().persons + 11
    assert made.patients == ("P-1", "P-2")
    assert plan().riders == 0
    assert plan().patients == ()


def test_duties_have_codes_of_their_own() -> None:
    assert fields(plan(), duties=(duty(), duty(vehicle="bus-2"))) == ["plan.duties.id"]


def test_a_plan_keeps_its_convoys() -> None:
    run = ConvoyRun("A1", trip(Stop("N3", (), 0, 1)))
    assert plan(convoys=(run,)).convoys == (run,)
    assert plan().convoys == ()


def outcome(**changes: Any) -> FleetOutcome:
    """Return four members with three patients: all out in the first, fewer in each that follows."""
    ends = np.array(
        [
            [MOVED, MOVED, MOVED],
            [MOVED, MOVED, LEFT],
            [MOVED, REFUSED, MOVED],
            [DIED, LEFT, LEFT],
        ]
    )
    columns: dict[str, Any] = {
        "patient_out_s": np.where(ends == MOVED, 900.0, np.inf),
        "patient_end": ends,
        "companions_out": np.arange(MEMBERS),
        "riders": np.zeros(MEMBERS),
        "trips": np.full(MEMBERS, 2),
        "beds": np.zeros((MEMBERS, 2)),
        "aid_arrived": np.ones((MEMBERS, 1)),
    }
    return FleetOutcome(**(columns | changes))


@pytest.mark.parametrize(
    ("patients", "hits"),
    [((1, 1, 1), 1), ((1, 1, 0), 2), ((1, 0, 0), 3), ((0, 0, 1), 2), ((0, 0, 0), 4)],
)
def test_all_of_some_patients_are_out(patients: tuple[int, ...], hits: int) -> None:
    """All of none are out in every member."""
    asked = np.array(patients, dtype=bool)
    assert outcome().all_out(asked) == Share(hits, MEMBERS)


def test_ends_have_names() -> None:
    assert [PATIENT_ENDS[n] for n in (MOVED, LEFT, REFUSED, DIED)] == [
        *("moved", "left", "refused", "died")
    ]


def test_outcomes_of_the_fleet_are_frozen_and_of_their_kinds() -> None:
    made = outcome()
    assert made.patient_out_s.dtype == np.float32
    assert made.patient_end.dtype == np.int8
    assert made.aid_arrived.dtype == np.bool_
    with pytest.raises(ValueError, match="read-only"):
        made.beds[0, 0] = 1


@pytest.mark.parametrize(
    "field", ["patient_out_s", "patient_end", "companions_out", "riders", "beds", "aid_arrived"]
)
def test_every_column_of_the_fleet_has_a_row_a_member(field: str) -> None:
    column = getattr(outcome(), field)
    assert fields(outcome(), **{field: column[:-1]}) == [f"fleet outcome.{field}"]


def test_an_ensemble_takes_the_fleet_of_its_own_members() -> None:
    assert ensemble().fleet is None
    made = outcome()
    assert ensemble(fleet=made).fleet is made
    short = outcome(
        **{field.name: getattr(made, field.name)[:-1] for field in dataclasses.fields(FleetOutcome)}
    )
    assert fields(ensemble(), fleet=short) == ["ensemble.fleet"]


def test_tallies_hold_what_was_counted() -> None:
    """Plain counts: patients, vehicles and convoys are told apart."""
    care = CareTally(5, 2, 3, 2, 1, (("red", 2, 2),), (("H1", "surgery", 2.0, 1),))
    fleet, aid = FleetTally(4, 6, 100, 90, 80), AidTally(2, 1, 500)
    assert care.red_out <= care.red <= care.listed
    assert fleet.seats_used <= fleet.seats_offered
    assert aid.arrived <= aid.convoys
    with pytest.raises(dataclasses.FrozenInstanceError):
        aid.arrived = 2  # type: ignore[misc]
