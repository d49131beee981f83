"""How far what is told lies from what is known: never farther, and never nearer, than was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.publish.release.coarse import Coarse
from clearway.publish.release.profiles import DAY_S, FULL, GATE, HOUR_S, PROFILES, PUBLIC
from clearway.publish.release.redact import Subject, redacted
from tests.scenarios import four_sides, one_corridor

LOWER = [name for name, one in PROFILES.items() if not one.whole]
SCENARIO = one_corridor()
#: Beside the two ends of summer time in Damascus in 2016, each an hour twice or not at all.
CLOCKS = (datetime(2016, 3, 25, tzinfo=UTC), datetime(2016, 10, 28, tzinfo=UTC))
moments = st.builds(
    lambda start, seconds: start + timedelta(seconds=seconds),
    st.sampled_from((*CLOCKS, datetime(2016, 10, 20, tzinfo=UTC))),
    st.integers(-2 * DAY_S, 2 * DAY_S),
)


def grain(profile: str) -> int:
    told = PROFILES[profile].grain_s
    assert told is not None
    return told or SCENARIO.planning.slot_s


@settings(deadline=None)
@given(moments, st.sampled_from(LOWER))
def test_a_time_is_told_as_one_that_is_past_by_less_than_the_grain(
    moment: datetime, profile: str
) -> None:
    told = Coarse(SCENARIO, PROFILES[profile]).moment(moment)
    if profile == PUBLIC:
        local = SCENARIO.moment(SCENARIO.seconds(moment))
        assert told == local.date().isoformat()
        return
    past = (moment - datetime.fromisoformat(told)).total_seconds()
    assert 0 <= past < grain(profile)


@settings(deadline=None)
@given(moments, st.integers(0, HOUR_S - 1))
def test_times_of_one_slot_cannot_be_told_apart(moment: datetime, later: int) -> None:
    coarse = Coarse(SCENARIO, PROFILES[GATE])
    first = datetime.fromisoformat(coarse.moment(moment))
    other = first + timedelta(seconds=later % SCENARIO.planning.slot_s)
    assert coarse.moment(first) == coarse.moment(other) == coarse.moment(moment)


@settings(deadline=None)
@given(moments)
def test_the_full_profile_is_told_the_moment_itself(moment: datetime) -> None:
    told = Coarse(SCENARIO, PROFILES[FULL]).moment(moment)
    assert datetime.fromisoformat(told) == moment


@given(st.floats(-180, 180), st.sampled_from(LOWER))
def test_a_place_is_told_within_half_a_step(degrees: float, profile: str) -> None:
    one = PROFILES[profile]
    assert one.decimals is not None
    told = Coarse(SCENARIO, one).degrees(degrees)
    assert abs(told - degrees) <= 0.5 * 10.0**-one.decimals + 1e-9
    assert len(f"{told!r}".rpartition(".")[2]) <= max(one.decimals, 1)
    assert Coarse(SCENARIO, one).degrees(told) == told


@given(st.lists(st.tuples(st.floats(30, 40), st.floats(30, 40)), min_size=1, max_size=9))
def test_an_outline_is_told_in_order_and_without_repeats(points: list[tuple[float, float]]) -> None:
    coarse = Coarse(SCENARIO, PROFILES[PUBLIC])
    told = coarse.points(points)
    rounded = [[coarse.degrees(lon), coarse.degrees(lat)] for lon, lat in points]
    assert all(first != second for first, second in pairwise(told))
    assert [one for one in rounded if one not in told] == []
    assert told[0] == rounded[0]


@pytest.mark.parametrize("profile", LOWER)
def test_no_zone_is_nearer_to_its_assembly_point_than_to_its_middle(profile: str) -> None:
    """What is told of a zone follows from its rings alone: moving the point changes nothing."""
    town = four_sides()
    nodes = [zone.node for zone in town.zones]
    turned = zip(town.zones, [*nodes[1:], nodes[0]], strict=True)
    moved = town.replace(zones=tuple(replace(zone, node=node) for zone, node in turned))
    assert moved.zones != town.zones
    first, second = (redacted(Subject(one), PROFILES[profile]) for one in (town, moved))
    assert first == second
