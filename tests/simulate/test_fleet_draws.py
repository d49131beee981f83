"""What vehicles and patients draw: the scenario's distributions, the same whoever else draws."""

from __future__ import annotations

import dataclasses
from functools import cache
from math import exp, sqrt
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from clearway.model.care import Care, Patient
from clearway.model.draws import FleetDraw, draw_course, draw_fleet
from clearway.model.facts import Estimate
from clearway.model.outcome import DIED, REFUSED
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.simulate.simulate import simulate
from tests.judge.sound import sound
from tests.scenarios import ASSUMED, two_ambulances
from tests.simulate.worlds import exactly

MEMBERS: Final = 60
EACH: Final = 50
HOUR: Final = 3600.0
COLOURS: Final = ("red", "yellow", "green", "black")


def ward(**told: float) -> Scenario:
    """Return two hundred patients, fifty of each colour, with some of what may come known."""
    scenario = two_ambulances()
    patients = tuple(
        Patient(f"{colour}-{n}", "Z1", colour, "seated", 0, "general")
        for colour in COLOURS
        for n in range(EACH)
    )
    care = Care("IITT", patients, scenario.care.hospitals)
    unsure = Uncertainty(**{field: exactly(value) for field, value in told.items()})
    return scenario.replace(care=care, uncertainty=unsure)


@cache
def sampled(scenario: Scenario, vehicles: int = 3) -> tuple[FleetDraw, ...]:
    return tuple(draw_fleet(scenario, 11, number, vehicles=vehicles) for number in range(MEMBERS))


def share_is(hits: NDArray[np.bool_], expected: float) -> None:
    """Assert that a share lies within four standard errors of what is expected."""
    error = sqrt(max(expected * (1 - expected), 1e-12) / hits.size)
    assert abs(hits.mean() - expected) <= 4 * error, (hits.mean(), expected, error)


@pytest.mark.parametrize("hours", [1.0, 5.0, 28.0])
def test_deaths_come_at_an_even_rate(hours: float) -> None:
    scenario = ward(death_red_per_h=0.08, death_yellow_per_h=0.02)
    dies = np.array([one.dies_s for one in sampled(scenario)]).reshape(MEMBERS, 4, EACH)
    dead = dies <= hours * HOUR
    share_is(dead[:, 0], 1 - exp(-0.08 * hours))
    share_is(dead[:, 1], 1 - exp(-0.02 * hours))
    assert not dead[:, 2:].any()


def test_under_triage_makes_one_colour_worse_and_no_more() -> None:
    scenario = ward(death_red_per_h=1.0, death_yellow_per_h=0.0, under_triage_share=0.2)
    dies = np.array([one.dies_s for one in sampled(scenario)]).reshape(MEMBERS, 4, EACH)
    mortal = np.isfinite(dies)
    assert mortal[:, 0].all()
    share_is(mortal[:, 1], 0.2)
    assert not mortal[:, 2:].any()
    greens = ward(death_red_per_h=0.0, death_yellow_per_h=1.0, under_triage_share=0.2)
    mortal = np.isfinite([one.dies_s for one in sampled(greens)]).reshape(MEMBERS, 4, EACH)
    assert not mortal[:, 0].any()
    share_is(mortal[:, 1], 0.8)
    share_is(mortal[:, 2], 0.2)
    assert not mortal[:, 3].any()


def test_refusals_and_breakdowns_come_as_often_as_told() -> None:
    draws = sampled(ward(refusal_share=0.3, breakdown_share=0.25), 40)
    share_is(np.array([one.refuses for one in draws]), 0.3)
    breaks = np.array([one.breaks for one in draws])
    assert breaks.shape == (MEMBERS, 40, 2)
    share_is(np.isfinite(breaks), 0.25)
    moments = breaks[np.isfinite(breaks)]
    assert moments.min() >= 0
    assert moments.max() < 1
    for part in (0.1, 0.5, 0.9):
        share_is(moments < part, part)


def test_a_share_that_is_not_known_is_drawn_once_a_member() -> None:
    scenario = ward()
    unsure = scenario.uncertainty.replace(refusal_share=Estimate(0.0, 0.1, 0.9, ASSUMED))
    draws = sampled(scenario.replace(uncertainty=unsure))
    refusing = np.array([one.refuses.mean() for one in draws])
    assert refusing.std() > 3 * sqrt(0.25 / (4 * EACH)) / 2
    assert 0.3 < (refusing < 0.1).mean() < 0.7


def test_times_speeds_and_lanes_follow_their_estimates() -> None:
    scenario = ward()
    wide = Estimate(2.0, 5.0, 9.0, ASSUMED)
    types = tuple(dataclasses.replace(one, speed_m_per_s=wide) for one in scenario.fleet.types)
    fleet = dataclasses.replace(
        scenario.fleet,
        types=types,
        outside_m_per_s=Estimate(5.0, 10.0, 20.0, ASSUMED),
        outside_detour=Estimate(1.0, 1.3, 2.6, ASSUMED),
    )
    lane = Estimate(0.01, 0.02, 0.05, ASSUMED)
    corridors = tuple(dataclasses.replace(one, vehicles_per_s=lane) for one in scenario.corridors)
    factor = Estimate(0.5, 1.0, 3.0, ASSUMED)
    unsure = scenario.uncertainty.replace(boarding_factor=factor)
    draws = sampled(scenario.replace(fleet=fleet, corridors=corridors, uncertainty=unsure))
    for told, values in (
        (wide, np.array([one.speed_m_per_s for one in draws])),
        (lane, np.array([one.lane for one in draws])),
        (factor, np.array([one.factor for one in draws])),
    ):
        assert values.min() >= told.low
        assert values.max() <= told.high
        share_is(values < told.central, 0.5)
    outside = np.array([one.outside_factor for one in draws])
    assert (outside >= 0.5 / 1.3).all()
    assert (outside <= 2.0 * 2.0).all()
    assert len(np.unique(outside)) == MEMBERS


def test_as_told_nothing_comes_otherwise() -> None:
    scenario = ward()
    draw = draw_fleet(scenario, 5, 0, vehicles=4)
    assert draw.outside_factor == 1.0
    assert (draw.factor == 1.0).all()
    assert np.isinf(draw.breaks).all()
    assert np.isinf(draw.dies_s).all()
    assert not draw.refuses.any()


def test_a_vehicle_draws_the_same_beside_any_number_of_others() -> None:
    scenario = ward(breakdown_share=0.5)
    few, many = (draw_fleet(scenario, 5, 7, vehicles=count) for count in (2, 30))
    assert few.breaks.tobytes() == many.breaks[:2].tobytes()
    assert few.stand.tobytes() == many.stand[:2].tobytes()
    assert few.dies_s.tobytes() == many.dies_s.tobytes()


def test_what_vehicles_meet_leaves_the_course_as_it_was() -> None:
    scenario = ward(stop_share=0.5, start_delay_s=600.0)
    worse = ward(stop_share=0.5, start_delay_s=600.0, breakdown_share=1.0, death_red_per_h=1.0)
    for number in range(10):
        one, other = (draw_course(told, 3, number) for told in (scenario, worse))
        for field in dataclasses.fields(one):
            mine, theirs = getattr(one, field.name), getattr(other, field.name)
            assert np.array_equal(mine, theirs)


def test_members_show_deaths_and_refusals_as_drawn() -> None:
    scenario, plan = sound("two_ambulances")
    told = Uncertainty(refusal_share=exactly(0.25), death_red_per_h=exactly(0.3))
    found = simulate(scenario.replace(uncertainty=told), plan, members=300, seed=2).fleet
    assert found is not None
    # P1 is fetched after its vehicle has come; until then it may die, and then refuse.
    fetched = plan.duties[1].trips[0].stops[0].arrive_s
    lives = exp(-0.3 * fetched / HOUR)
    share_is(found.patient_end[:, 0] == DIED, 1 - lives)
    share_is(found.patient_end[:, 0] == REFUSED, 0.25 * lives)
    share_is(found.patient_end[:, 3] == REFUSED, 0.25)
    assert found.all_out(np.array([False, False, False, True, False])).hits == (
        300 - (found.patient_end[:, 3] == REFUSED).sum()
    )
