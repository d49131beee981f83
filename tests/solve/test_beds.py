"""Beds: as many patients of the highest colour as any assignment gives a bed, then of the next."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.care import COLOURS, Beds, Care, Patient
from clearway.model.scenario import Scenario
from clearway.solve.beds import Wards, _placed, accepts, most_in_beds
from tests.scenarios import two_ambulances
from tests.solve.fleets import exactly, patients

HOURS = st.sampled_from(((0, 86_400), (9 * 3600, 86_400), (0, 12 * 3600)))


@st.composite
def wards(draw: st.DrawFn) -> Scenario:
    """Draw at most six patients, and beds of two kinds in two hospitals."""
    base = two_ambulances()
    places = st.integers(0, 2)
    hospitals = tuple(
        replace(
            one,
            beds=tuple(
                Beds(kind, exactly(float(draw(places)))) for kind in ("surgical", "general")
            ),
        )
        for one in base.care.hospitals
    )
    return base.replace(care=Care("IITT", draw(patients()), hospitals))


def ranked(scenario: Scenario) -> list[list[Patient]]:
    """Return the patients by colour."""
    care = scenario.care
    return [[one for one in care.patients if care.colour(one) == colour] for colour in COLOURS]


def assignments(scenario: Scenario, some: Sequence[Patient]) -> list[list[tuple[Patient, int]]]:
    """Return every way of giving some of the patients a bed that they accept."""
    hospitals = scenario.care.hospitals
    found = []
    for choice in itertools.product(range(-1, len(hospitals)), repeat=len(some)):
        given_ = [(one, h) for one, h in zip(some, choice, strict=True) if h >= 0]
        wanted: dict[tuple[int, str], int] = {}
        for one, h in given_:
            wanted[h, one.bed] = wanted.get((h, one.bed), 0) + 1
        fine = all(accepts(one, hospitals[h].id) for one, h in given_)
        if fine and all(hospitals[h].places(kind) >= n for (h, kind), n in wanted.items()):
            found.append(given_)
    return found


@settings(max_examples=40, deadline=None, derandomize=True)
@given(wards())
def test_most_in_beds_is_the_most_of_all_assignments(scenario: Scenario) -> None:
    some = scenario.care.patients
    assert most_in_beds(scenario, some) == max(len(one) for one in assignments(scenario, some))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(wards(), st.randoms(use_true_random=False))
def test_whoever_is_admitted_first_the_best_by_colour_get_beds(scenario: Scenario, draw) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Beds are asked for in any order, each in any hospital that says it fits."""
    found, care = Wards(scenario, ranked(scenario)), scenario.care
    waiting, got = list(care.patients), list[Patient]()
    while True:
        open_ = [(one, h) for one in waiting for h in found.open_to([one]) if found.fits(h, [one])]
        if not open_:
            break
        one, h = draw.choice(open_)
        found.take(h, [one])
        waiting.remove(one)
        got.append(one)

    def counts(some: Sequence[Patient]) -> tuple[int, ...]:
        return tuple(sum(care.colour(one) == colour for one in some) for colour in COLOURS)

    every = [[one for one, _ in some] for some in assignments(scenario, care.patients)]
    assert counts(got) == max(counts(some) for some in every)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(wards(), st.data())
def test_patients_fit_together_as_they_fit_one_by_one(
    scenario: Scenario, data: st.DataObject
) -> None:
    some = data.draw(st.lists(st.sampled_from(range(6)), max_size=3, unique=True))
    group = [scenario.care.patients[n] for n in some if n < len(scenario.care.patients)]
    for h in range(len(scenario.care.hospitals)):
        together = Wards(scenario, ranked(scenario))
        fits = together.fits(h, group)
        single = Wards(scenario, ranked(scenario))
        one_by_one = True
        for one in group:
            one_by_one = one_by_one and single.fits(h, [one])
            if one_by_one:
                single.take(h, [one])
        # Two who are due alike may have their beds in turn or at once.
        assert fits == one_by_one


def test_the_named_patients_of_two_hospitals() -> None:
    scenario = two_ambulances()
    care = scenario.care
    found = Wards(scenario, ranked(scenario))
    first, second, third, fourth, fifth = care.patients
    assert [found.open_to([one]) for one in care.patients] == [[0, 1], [1], [0, 1], [0, 1], [1]]
    # H2 has one surgical bed, and P2 accepts no other: nobody else may have it.
    assert not found.fits(1, [first])
    assert found.fits(1, [second])
    assert found.fits(0, [first, third])
    assert not found.fits(0, [first, fifth])
    assert found.open_to([second, first]) == [1]
    assert found.open_to([fourth]) == [0, 1]


def test_black_has_no_bed_before_green() -> None:
    base = two_ambulances()
    told = [replace(base.care.patients[3], code=name, category=name) for name in ("black", "green")]
    beds = tuple(
        replace(one, beds=(Beds("general", exactly(float(n))),))
        for n, one in enumerate(base.care.hospitals)
    )
    scenario = base.replace(care=Care("IITT", tuple(told), beds))
    found = Wards(scenario, ranked(scenario))
    assert [found.fits(1, [one]) for one in told] == [False, True]
    assert most_in_beds(scenario, told) == 1


@settings(max_examples=40, deadline=None, derandomize=True)
@given(HOURS, st.integers(0, 2 * 86_400))
def test_a_hospital_is_open_from_its_hour_to_its_hour(hours: tuple[int, int], second: int) -> None:
    base = two_ambulances()
    care = base.care
    one = replace(care.hospitals[0], opens_s=hours[0], closes_s=hours[1])
    scenario = base.replace(care=replace(care, hospitals=(one, care.hospitals[1])))
    at = Wards(scenario, ranked(scenario)).open_from(0, second)
    of_day = (8 * 3600 + second) % 86_400  # the pause begins at eight
    if of_day > hours[1]:
        assert at == math.inf
    else:
        assert at == second + max(0, hours[0] - of_day)


@pytest.mark.parametrize(("told", "yes"), [("", True), ("H1", True), ("H2", False)])
def test_one_accepts_any_hospital_or_the_one_named(told: str, *, yes: bool) -> None:
    one = replace(two_ambulances().care.patients[0], accepts=told)
    assert accepts(one, "H1") is yes
    assert not accepts(replace(one, accepts="", refuses=("H1",)), "H1")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 4)).map(lambda to: tuple(sorted(to))), st.integers(1, 5)),
        min_size=1,
        max_size=6,
    ),
    st.dictionaries(st.integers(0, 4), st.integers(1, 5), min_size=1),
)
def test_as_many_have_a_place_as_the_narrowest_cut_lets(
    sorts: list[tuple[tuple[int, ...], int]], there: dict[int, int]
) -> None:
    """Hall's theorem, ward by ward: who accepts nothing but some wards shares the places there."""
    cuts = (
        sum(there.get(h, 0) for h in some) + sum(n for to, n in sorts if not set(to) <= set(some))
        for size in range(6)
        for some in itertools.combinations(range(5), size)
    )
    assert _placed(sorts, there) == min(cuts)
