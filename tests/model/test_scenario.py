"""The scenario: parts that fit together, and time that counts through a change of clocks."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.care import Care
from clearway.model.corridor import NO_VEHICLES, Window
from clearway.model.population import Demand
from clearway.model.scenario import NO_AID, NO_CARE, NO_FLEET, Planning, Scenario, row_of
from tests import scenarios
from tests.model.nouns import ASSUMED, estimate, fields, planning, refusal
from tests.read import rides

DAMASCUS = ZoneInfo("Asia/Damascus")
#: Two sides of the night of 28 October 2016, when clocks in Damascus went back by an hour.
BEFORE = datetime(2016, 10, 27, 22, tzinfo=DAMASCUS)
AFTER = datetime(2016, 10, 28, 8, tzinfo=DAMASCUS)
TINY = scenarios.two_gates()


def over_night() -> Scenario:
    """Return a scenario whose second window opens after clocks went back."""
    return scenarios.one_corridor().replace(
        windows=(
            Window("C1", BEFORE, BEFORE + timedelta(hours=1), ASSUMED),
            Window("C1", AFTER, AFTER + timedelta(hours=2), ASSUMED),
        )
    )


def refused(**changes: Any) -> list[tuple[str, str]]:
    """Return what is refused of the tiny scenario after changes."""
    return refusal(lambda: TINY.replace(**changes))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slot_s": 0}, "slot_s"),
        ({"slot_s": 86_401}, "slot_s"),
        ({"slot_s": 90}, "step_s"),
        ({"step_s": 0.5}, "step_s"),
        ({"tick_s": 7}, "tick_s"),
        ({"tick_s": float("nan")}, "tick_s"),
        ({"uptake": estimate(-0.1, 0.5, 0.9)}, "uptake.low"),
        ({"uptake": estimate(0.1, 0.5, 1.1)}, "uptake.high"),
        ({"spread": -0.01}, "spread"),
        ({"spread": 1.01}, "spread"),
    ],
)
def test_planning_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    assert fields(planning(), **changes) == [f"planning.{field}"]


@given(st.integers(1, 60), st.integers(1, 20), st.integers(1, 20))
def test_grids_divide_one_another(tick: int, steps: int, slots: int) -> None:
    """Any multiple of a multiple is sound; one second more is not."""
    sound = Planning(tick * steps * slots, tick * steps, tick, estimate(1))
    assert sound.slot_s % sound.step_s == sound.step_s % sound.tick_s == 0
    if tick * steps > 1:
        assert fields(sound, slot_s=sound.slot_s + 1) == ["planning.step_s"]


@pytest.mark.parametrize("field", ["groups", "zones", "corridors", "receptions", "windows"])
def test_every_part_must_be_there(field: str) -> None:
    assert (f"scenario.{field}", "must have at least one") in refused(**{field: ()})


@pytest.mark.parametrize("field", ["groups", "zones", "corridors", "receptions"])
def test_codes_are_unique_among_their_kind(field: str) -> None:
    parts = getattr(TINY, field)
    assert (f"scenario.{field}.id", "must be unique") in refused(**{field: (*parts, parts[0])})


@pytest.mark.parametrize("shape", [(2, 2, 9), (3, 1, 9), (2, 3, 9)])
def test_demand_has_a_row_a_zone_and_a_column_a_group(shape: tuple[int, ...]) -> None:
    """Three zones and two groups here."""
    ((field, rule),) = refused(demand=Demand(np.ones(shape, dtype=np.int64)))
    assert (field, rule) == ("scenario.demand", "must have shape (3, 2)")


def test_a_zone_stands_at_a_node() -> None:
    lost = dataclasses.replace(TINY.zones[1], node=5)
    found = refused(zones=(TINY.zones[0], lost, TINY.zones[2]))
    assert found == [("scenario.zone Z2.node", "must be a node")]


def test_a_site_stands_at_a_node() -> None:
    lost = dataclasses.replace(TINY.receptions[0], node=-1)
    found = refused(receptions=(lost, TINY.receptions[1]))
    assert found == [("scenario.reception R1.node", "must be a node")]


def test_a_corridor_leads_to_a_known_site() -> None:
    lost = dataclasses.replace(TINY.corridors[0], reception="R9")
    found = refused(corridors=(lost, TINY.corridors[1]))
    assert found == [("scenario.corridor C1.reception", "must be a reception site")]


def test_a_corridor_has_a_path() -> None:
    """Its own rules are in the tests of paths; here, that they are asked."""
    lost = dataclasses.replace(TINY.corridors[1], links=TINY.corridors[1].links[::-1])
    ((field, rule),) = refused(corridors=(TINY.corridors[0], lost))
    assert field == "scenario.corridor C2.links"
    assert "must be connected from the mouth on" in rule


def test_windows_name_corridors() -> None:
    stranger = dataclasses.replace(TINY.windows[0], corridor="C9")
    found = refused(windows=(*TINY.windows, stranger))
    assert found == [("scenario.window C9", "must name a corridor")]


def test_windows_of_one_corridor_do_not_overlap() -> None:
    """One that begins as the other ends is sound; a minute earlier is not."""
    first = TINY.windows[0]
    then = Window("C1", first.closes, first.closes + timedelta(hours=1), ASSUMED)
    assert len(TINY.replace(windows=(then, *TINY.windows)).windows) == 3
    early = dataclasses.replace(then, opens=then.opens - timedelta(minutes=1))
    found = refused(windows=(early, *TINY.windows))
    assert found == [("scenario.window C1.opens", "must not overlap another window")]


def test_windows_that_follow_in_the_hour_that_comes_twice_do_not_overlap() -> None:
    """By the clock the second begins before the first ends."""
    first = Window("C1", BEFORE, datetime(2016, 10, 27, 23, 40, tzinfo=DAMASCUS), ASSUMED)
    again = datetime(2016, 10, 27, 23, 10, tzinfo=DAMASCUS, fold=1)
    second = Window("C1", again, again + timedelta(hours=1), ASSUMED)
    scenario = scenarios.one_corridor().replace(windows=(second, first))
    assert scenario.start == BEFORE
    assert scenario.seconds(again) == 130 * 60


def test_the_start_is_the_first_opening() -> None:
    """Whatever the order in which windows are told."""
    late = scenarios.late_window()
    assert late.start == scenarios.at_hour(8)
    assert late.replace(windows=late.windows[::-1]).start == scenarios.at_hour(8)


def test_an_hour_more_passes_when_clocks_go_back() -> None:
    """Ten hours by the clock from 22:00 to 08:00, eleven in truth."""
    scenario = over_night()
    assert scenario.seconds(AFTER) == 11 * 3_600
    assert scenario.moment(11 * 3_600) == AFTER
    assert scenario.moment(11 * 3_600).utcoffset() == timedelta(hours=2)
    assert scenario.moment(0).utcoffset() == timedelta(hours=3)


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """23:30 comes ninety minutes after 22:00, and again an hour later."""
    scenario = over_night()
    first, second = scenario.moment(90 * 60), scenario.moment(150 * 60)
    assert first.strftime("%H:%M") == second.strftime("%H:%M") == "23:30"
    assert (first.fold, second.fold) == (0, 1)
    assert (scenario.seconds(first), scenario.seconds(second)) == (90 * 60, 150 * 60)


def test_the_day_changes_after_the_hour_that_comes_twice() -> None:
    """Local midnight comes three hours after 22:00 that night."""
    scenario = over_night()
    assert scenario.moment(3 * 3_600 - 1).date() == date(2016, 10, 27)
    assert scenario.moment(3 * 3_600).date() == date(2016, 10, 28)


@given(st.integers(-86_400, 31 * 86_400))
def test_seconds_and_moments_undo_each_other(seconds: int) -> None:
    """Also before the start, and on either side of the change."""
    scenario = over_night()
    moment = scenario.moment(seconds)
    assert scenario.seconds(moment) == seconds
    assert scenario.seconds(moment.astimezone(UTC)) == seconds
    assert moment.tzinfo == DAMASCUS


@given(st.integers(0, 86_400), st.integers(0, 86_400))
def test_later_seconds_are_later_moments(one: int, two: int) -> None:
    """In UTC; local clocks may show an earlier time."""
    scenario = over_night()
    apart = scenario.moment(two).astimezone(UTC) - scenario.moment(one).astimezone(UTC)
    assert apart.total_seconds() == two - one


def test_windows_told_in_another_zone_are_the_same_moments() -> None:
    """The zone of the scenario is what people see."""
    scenario = over_night()
    moved = scenario.replace(
        windows=tuple(
            dataclasses.replace(
                one, opens=one.opens.astimezone(UTC), closes=one.closes.astimezone(UTC)
            )
            for one in scenario.windows
        )
    )
    assert moved.moment(0).isoformat() == scenario.moment(0).isoformat()
    assert moved.seconds(AFTER) == scenario.seconds(AFTER)


def test_a_scenario_cannot_be_changed_but_copied() -> None:
    """The copy is checked anew, and its start is its own."""
    late = tuple(
        dataclasses.replace(one, opens=one.opens + timedelta(minutes=30)) for one in TINY.windows
    )
    assert TINY.start == scenarios.at_hour(8)
    assert TINY.replace(windows=late).start == scenarios.at_hour(8.5)
    assert TINY.start == scenarios.at_hour(8)
    with pytest.raises(dataclasses.FrozenInstanceError):
        TINY.zones = ()  # type: ignore[misc]
    with pytest.raises(ScenarioError):
        TINY.replace(zones=TINY.zones[:1])


def test_rows_are_by_code() -> None:
    assert row_of(TINY.zones) == {"Z1": 0, "Z2": 1, "Z3": 2}
    assert row_of(()) == {}


def riding(**changes: Any) -> list[tuple[str, str]]:
    """Return what is refused of the scenario with vehicles and patients after changes."""
    return refusal(lambda: rides.told().replace(**changes))


def test_vehicles_use_corridors_that_are_there() -> None:
    fleet = rides.told().fleet
    bus = dataclasses.replace(fleet.types[0], corridors=("C1", "C8", "C9"))
    told = riding(fleet=dataclasses.replace(fleet, types=(bus, *fleet.types[1:])))
    assert told == [("scenario.vehicle type bus.corridors", "must be a corridor")] * 2


def test_depots_inside_stand_at_nodes() -> None:
    fleet = rides.told().fleet
    moved = dataclasses.replace(fleet.depots[1], node=9_999)
    told = riding(fleet=dataclasses.replace(fleet, depots=(fleet.depots[0], moved)))
    assert told == [("scenario.depot D2.node", "must be a node")]


def test_patients_and_convoys_are_of_zones() -> None:
    care, aid = rides.told().care, rides.told().aid
    patient = dataclasses.replace(care.patients[0], zone="Z9")
    convoy = dataclasses.replace(aid.convoys[0], zone="Z8", depot="D7", type="tram")
    told = riding(
        care=dataclasses.replace(care, patients=(patient,)),
        aid=dataclasses.replace(aid, convoys=(convoy, aid.convoys[1])),
    )
    assert told == [
        ("scenario.patient P-001.zone", "must be a zone"),
        ("scenario.convoy A1.zone", "must be a zone"),
        ("scenario.convoy A1.depot", "must be a depot"),
        ("scenario.convoy A1.type", "must be a vehicle type"),
    ]


def test_places_that_trips_go_to_have_codes_of_their_own() -> None:
    """Reception sites, hospitals and depots: a trip names its destination by the code alone."""
    care = rides.told().care
    other = dataclasses.replace(care.hospitals[1], id="R1")
    patients = tuple(dataclasses.replace(one, accepts="", refuses=()) for one in care.patients)
    told = riding(care=Care(care.system, patients, (care.hospitals[0], other)))
    assert told == [("scenario.receptions, hospitals, depots", "must be unique")]


def test_contraflow_is_on_links_of_one_direction() -> None:
    made = rides.told()
    two_way = int(made.network.links.id[~made.network.links.directed][0])
    rule = "must be a link with one direction"
    assert riding(contraflow=(two_way,)) == [("scenario.contraflow", rule)]
    assert riding(contraflow=(99_999,)) == [("scenario.contraflow", rule)]


def test_a_scenario_has_nothing_that_rides_unless_it_says_so() -> None:
    assert (TINY.fleet, TINY.care, TINY.aid) == (NO_FLEET, NO_CARE, NO_AID)
    assert TINY.contraflow == ()
    assert all(corridor.vehicles_per_s == NO_VEHICLES for corridor in TINY.corridors)
