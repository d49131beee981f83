"""Patients by code alone, beds, and who has a claim before whom."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.care import (
    BLACK,
    COLOURS,
    DAY_S,
    GREEN,
    RED,
    STATES,
    SYSTEMS,
    WAITING,
    YELLOW,
    Beds,
    Care,
    Hospital,
    Patient,
    metres_between,
)
from tests.model.nouns import ASSUMED, EIGHT, NAME, estimate, fields, refusal

NO_ZONE = datetime(2016, 10, 20, 8)  # noqa: DTZ001 - a moment without a zone is what is refused


def patient(**changes: Any) -> Patient:
    """Return a red patient with one companion."""
    made = Patient("P-001", "N3", "red", "stretcher", 1, "surgery", "basic", EIGHT)
    return dataclasses.replace(made, **changes)


def hospital(**changes: Any) -> Hospital:
    """Return a hospital with two kinds of bed."""
    beds = (Beds("surgery", estimate(1, 2, 3)), Beds("general", estimate(10)))
    made = Hospital("H1", NAME, 37.1, 36.2, beds, ASSUMED)
    return dataclasses.replace(made, **changes)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"code": " "}, "patient  .code"),
        ({"posture": "lying"}, "patient P-001.posture"),
        ({"care": "much"}, "patient P-001.care"),
        ({"state": "approved"}, "patient P-001.state"),
        ({"companions": -1}, "patient P-001.companions"),
        ({"companions": 10}, "patient P-001.companions"),
        ({"companions": math.nan}, "patient P-001.companions"),
        ({"bed": ""}, "patient P-001.bed"),
        ({"ready": NO_ZONE}, "patient P-001.ready"),
        ({"accepts": "H1", "refuses": ("H2", "H1")}, "patient P-001.accepts"),
    ],
)
def test_patients_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(patient(), **changes) == [refused]


def test_there_is_no_field_for_who_a_patient_is() -> None:
    """A code, where, what they need, what they said: nothing else."""
    names = {field.name for field in dataclasses.fields(Patient)}
    assert names == {
        *("code", "zone", "category", "posture", "companions", "bed", "care", "ready"),
        *("accepts", "refuses", "state"),
    }


@pytest.mark.parametrize("state", STATES)
def test_who_may_still_be_called(state: str) -> None:
    """Listed, assessed, consented; nobody who refused, died or has gone."""
    assert patient(state=state).waiting == (state in {"listed", "assessed", "consented"})
    assert (state in WAITING) == patient(state=state).waiting


@given(st.integers(0, 9))
def test_a_patient_counts_with_companions(companions: int) -> None:
    assert patient(companions=companions).persons == companions + 1


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"id": ""}, "hospital .id"),
        ({"lon": 181}, "hospital H1.lon"),
        ({"lat": math.inf}, "hospital H1.lat"),
        ({"beds": ()}, "hospital H1.beds"),
        ({"beds": (Beds("a", estimate(1)), Beds("a", estimate(2)))}, "hospital H1.beds.kind"),
        ({"opens_s": -1}, "hospital H1.opens_s"),
        ({"closes_s": DAY_S + 1}, "hospital H1.closes_s"),
        ({"opens_s": 3_600, "closes_s": 3_600}, "hospital H1.closes_s"),
        ({"source": ""}, "hospital H1.source"),
    ],
)
def test_hospitals_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(hospital(), **changes) == [refused]


def test_beds_have_a_kind_and_are_never_fewer_than_none() -> None:
    made = Beds("surgery", estimate(1))
    assert fields(made, kind=" ") == ["beds  .kind"]
    assert fields(made, places=estimate(-1, 0, 1)) == ["beds surgery.places.low"]


def test_places_are_those_of_the_kind_by_their_central_estimate() -> None:
    assert hospital().places("surgery") == 2
    assert hospital().places("general") == 10
    assert hospital().places("burns") == 0


def test_every_category_has_a_colour() -> None:
    """Each system names the four, the most urgent first."""
    for categories in SYSTEMS.values():
        assert tuple(categories.values()) == COLOURS
    assert COLOURS == (RED, YELLOW, GREEN, BLACK)


@pytest.mark.parametrize("system", list(SYSTEMS))
def test_a_colour_is_that_of_the_system(system: str) -> None:
    made = [patient(code=f"P{n}", category=category) for n, category in enumerate(SYSTEMS[system])]
    care = Care(system, tuple(made))
    assert [care.colour(one) for one in made] == list(COLOURS)


def test_care_is_refused_by_field() -> None:
    care = Care("IITT", (patient(),), (hospital(),))
    assert fields(care, system="ABC") == ["care.system"]
    assert fields(care, patients=(patient(), patient())) == ["care.patients.code"]
    assert fields(care, hospitals=(hospital(), hospital())) == ["care.hospitals.id"]
    assert fields(care, system="START") == ["care.patient P-001.category"]
    assert fields(care, patients=(patient(accepts="H7"),)) == ["care.patient P-001.accepts"]
    assert fields(care, patients=(patient(refuses=("H1", "H8")),)) == ["care.patient P-001.accepts"]


def test_the_rule_of_a_category_names_those_of_the_system() -> None:
    ((_, rule),) = refusal(lambda: Care("SALT", (patient(),), ()))
    assert all(category in rule for category in SYSTEMS["SALT"])


def test_without_patients_nothing_is_listed() -> None:
    assert (Care().system, Care().patients, Care().hospitals) == ("IITT", (), ())


# Great-circle distances on a sphere of 6,371 km: a degree of the equator, of a meridian, half of
# the globe, and Aleppo to Damascus.
_FAR = [
    ((0, 0), (1, 0), 111_194.9),
    ((37, 36), (37, 37), 111_194.9),
    ((0, 0), (180, 0), 20_015_086.8),
    ((0, 90), (77, -90), 20_015_086.8),
    ((37.16, 36.2), (36.29, 33.51), 309_400.0),
]


@pytest.mark.parametrize(("one", "other", "metres"), _FAR)
def test_distances_are_those_of_a_sphere(
    one: tuple[float, float], other: tuple[float, float], metres: float
) -> None:
    assert metres_between(*one, *other) == pytest.approx(metres, rel=2e-3)


_LON, _LAT = st.floats(-180, 180), st.floats(-90, 90)


@given(_LON, _LAT, _LON, _LAT)
def test_a_distance_is_the_same_both_ways(a: float, b: float, c: float, d: float) -> None:
    there = metres_between(a, b, c, d)
    assert there == pytest.approx(metres_between(c, d, a, b), abs=1e-3)
    assert 0 <= there <= np.pi * 6_371_000.0 + 1e-3
    assert metres_between(a, b, a, b) == pytest.approx(0.0, abs=1e-6)
