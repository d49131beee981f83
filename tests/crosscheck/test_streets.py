"""Streets bind: column generation finds what other programs find on the explicit graph."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from clearway.model.facts import Estimate
from clearway.model.population import Demand
from clearway.model.scenario import Scenario
from clearway.read.scenario import read_scenario
from tests.crosscheck.explicit import expand, explicit_levels, most_people
from tests.crosscheck.instances import EXAMPLE, district, drawn
from tests.crosscheck.programs import HELD, optimum

EXACT = 1e-6

#: Draws in which streets bind, as the first test makes sure.
ONE_GROUP = (
    *(0, 1, 2, 6, 7, 9, 10, 11, 12, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30, 33),
    *(35, 37, 38, 39, 40, 42, 45, 46, 47, 48, 49, 50, 51, 53, 55),
)
TWO_GROUPS = (0, 1, 2, 3, 4, 5, 6, 8)
THREE_GROUPS = (0, 1, 2, 3, 5)


def only(scenario: Scenario, group: str) -> Scenario:
    """Return the scenario with the people of one group alone, who count one each."""
    at = [one.id for one in scenario.groups].index(group)
    households = scenario.demand.households[:, at : at + 1]
    alike = dataclasses.replace(scenario.groups[at], weight=1.0)
    return scenario.replace(groups=(alike,), demand=Demand(households))


@pytest.fixture(scope="module")
def north() -> Scenario:
    """Aleppo's northern zones with two corridors for two hours, streets a tenth as wide."""
    return district(read_scenario(EXAMPLE), "N", ("C2", "C3"))


@pytest.mark.parametrize("seed", ONE_GROUP)
def test_one_group_is_a_maximum_flow(seed: int) -> None:
    scenario = drawn(seed)
    found = optimum(scenario)
    assert found.streets_bind
    assert found.people == pytest.approx(most_people(expand(scenario, 0)), abs=1e-3)
    assert found.people_bound == pytest.approx(found.people, rel=EXACT)


@pytest.mark.parametrize("seed", ONE_GROUP[::4])
def test_nothing_is_gained_by_waiting_at_the_mouth(seed: int) -> None:
    scenario = drawn(seed)
    waits = most_people(expand(scenario, 0, waiting=True))
    assert waits == pytest.approx(most_people(expand(scenario, 0, waiting=False)), abs=1e-3)


@pytest.mark.parametrize(
    ("seed", "groups"), [(s, 2) for s in TWO_GROUPS] + [(s, 3) for s in THREE_GROUPS]
)
def test_every_level_of_many_groups_is_the_explicit_program(seed: int, groups: int) -> None:
    scenario = drawn(seed, groups=groups)
    found, explicit = optimum(scenario), explicit_levels(scenario, HELD, waiting=False)
    assert found.streets_bind
    assert found.people == pytest.approx(explicit.people, rel=EXACT)
    assert found.exposure == pytest.approx(explicit.exposure, rel=EXACT)
    assert found.hours == pytest.approx(explicit.hours, rel=EXACT)
    assert found.people_bound == pytest.approx(found.people, rel=EXACT)
    assert found.exposure_bound == pytest.approx(found.exposure, rel=EXACT)
    assert found.hours_bound == pytest.approx(found.hours, rel=EXACT)


def test_a_district_of_aleppo_is_a_maximum_flow(north: Scenario) -> None:
    scenario = only(north, "able")
    found = optimum(scenario)
    assert found.streets_bind
    assert found.people == pytest.approx(most_people(expand(scenario, 0)), abs=1e-3)


def test_a_district_with_wide_gates_is_a_maximum_flow(north: Scenario) -> None:
    scenario = only(with_gates(north, 5.0), "slow")
    found = optimum(scenario)
    assert found.people < 0.8 * found.people_on_wide_streets
    assert found.people == pytest.approx(most_people(expand(scenario, 0)), abs=1e-3)


def test_a_wrong_walking_time_is_caught() -> None:
    """The check can fail: with streets a tenth longer in the explicit graph, the two part."""
    scenario = drawn(ONE_GROUP[0])
    links = scenario.network.links
    longer = dataclasses.replace(links, length_m=links.length_m * 1.6)
    other = scenario.replace(network=dataclasses.replace(scenario.network, links=longer))
    assert not np.isclose(optimum(scenario).people, most_people(expand(other, 0)), atol=1e-3)


def with_gates(scenario: Scenario, factor: float) -> Scenario:
    """Return the scenario with every gate faster by a factor."""
    corridors = []
    for corridor in scenario.corridors:
        rate = factor * corridor.gate_persons_per_s.central
        faster = Estimate(rate, rate, rate, "assumed: for tests")
        corridors.append(dataclasses.replace(corridor, gate_persons_per_s=faster))
    return scenario.replace(corridors=tuple(corridors))
