"""Named scenarios that every test may ask for; ``tests.scenarios`` builds others."""

from __future__ import annotations

import pytest

from clearway.model.scenario import Scenario
from tests import scenarios


@pytest.fixture
def one_corridor() -> Scenario:
    """One zone of 28 households, two streets from the gate of C1, open from 08:00 to 10:00."""
    return scenarios.one_corridor()


@pytest.fixture
def two_gates() -> Scenario:
    """Three zones and two groups between an eastern gate and one half as fast in the west."""
    return scenarios.two_gates()


@pytest.fixture
def late_window() -> Scenario:
    """Two corridors: C1 from 08:00 to 09:15, C2 opens late, from 09:00 to 10:00."""
    return scenarios.late_window()


@pytest.fixture
def two_days() -> Scenario:
    """One corridor, open for an hour on each of two days, too short for all on the first."""
    return scenarios.two_days()


@pytest.fixture
def narrow_street() -> Scenario:
    """One street carries 47 persons a slot, where the gate would serve 900: streets bind."""
    return scenarios.narrow_street()


@pytest.fixture
def small_site() -> Scenario:
    """Two corridors, the faster of which leads to a reception site with 40 places."""
    return scenarios.small_site()


@pytest.fixture
def four_sides() -> Scenario:
    """Nine zones, two groups and four corridors on the four sides of a 5 by 5 grid, two days."""
    return scenarios.four_sides()


@pytest.fixture
def one_bus() -> Scenario:
    """Two zones; G1 walks or rides, G2 rides alone, in wheelchairs; a bus outside, C1 till noon."""
    return scenarios.one_bus()


@pytest.fixture
def two_ambulances() -> Scenario:
    """``one_bus`` with two ambulances A, five patients (two red) and two hospitals, two days."""
    return scenarios.two_ambulances()


@pytest.fixture
def aid_in() -> Scenario:
    """``two_ambulances``, and a convoy A1 of three trucks to Z2; patients may go only after it."""
    return scenarios.aid_in()


@pytest.fixture
def car_town() -> Scenario:
    """Three zones and two corridors on a grid; G1 walks, G2 drives at 10 m/s, two to a car."""
    return scenarios.car_town()
