"""The committed flagship's vehicles, patients, beds and aid."""

from __future__ import annotations

import functools
import importlib.util
import tomllib
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import pytest
import shapely

from clearway.model.care import CONSENTED, LISTED, STRETCHER, WHEELCHAIR, Patient
from clearway.model.corridor import HoldingArea
from clearway.model.fleet import ADVANCED, CARE, VehicleType
from clearway.model.population import RIDE, WALK
from clearway.model.scenario import CERTAIN, Scenario
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario import read_scenario

FOLDER: Final = Path(__file__).parents[2] / "examples" / "aleppo-2016"
TYPES: Final = {"bus": 40, "ambulance": 20, "minibus": 12}


@functools.cache
def flagship() -> Scenario:
    """Return the committed scenario."""
    return read_scenario(FOLDER)


@functools.cache
def shares() -> dict[str, Any]:
    """Return what patients are drawn from."""
    return tomllib.loads((FOLDER / "patients.toml").read_text("utf-8"))


@functools.cache
def script() -> ModuleType:
    """Return the script that draws them."""
    spec = importlib.util.spec_from_file_location("flagship_patients", FOLDER / "patients.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kind(name: str) -> VehicleType:
    """Return a vehicle type."""
    return next(one for one in flagship().fleet.types if one.id == name)


def drawn(**changes: Any) -> tuple[Patient, ...]:
    """Return the patients drawn again, with other shares where told."""
    told = {**shares(), **changes}
    found = script().draw(told, flagship().zones, flagship().care.hospitals)
    assert isinstance(found, tuple)
    return found


def test_forty_buses_twenty_ambulances_and_twelve_minibuses_stand_outside() -> None:
    """As many of each as told, at depots that lie outside the outline."""
    fleet = flagship().fleet
    count: Counter[str] = Counter()
    for one in fleet.vehicles:
        count[one.type] += one.count
    assert count == TYPES
    pocket = shapely.Polygon(flagship().outline)
    for depot in fleet.depots:
        assert depot.node is None
        assert not pocket.contains(shapely.Point(depot.lon, depot.lat))
        assert depot.source.startswith("assumed")


def test_places_are_those_of_december_2016_or_assumed() -> None:
    """Fifty a bus, two stretchers an ambulance; minibuses are assumed."""
    bus, ambulance, minibus = (kind(name) for name in TYPES)
    assert (bus.seats, bus.wheelchairs, bus.stretchers, bus.care) == (50, 0, 0, CARE[0])
    assert (ambulance.seats, ambulance.stretchers, ambulance.care) == (3, 2, ADVANCED)
    assert (minibus.seats, minibus.wheelchairs) == (8, 4)
    assert all("December 2016" in one.source for one in (bus, ambulance))
    assert minibus.source.startswith("assumed")


def test_boarding_a_bus_takes_what_the_field_says() -> None:
    """10 to 20 minutes; 30 to 60 with assistance."""
    for told in (kind("bus").board_s, kind("bus").alight_s):
        assert (told.low, told.central, told.high) == (600, 900, 1200)
    assisted = kind("minibus").board_s
    assert (assisted.central, assisted.high) == (1800, 3600)
    assert flagship().uncertainty.boarding_factor.high == 3


def test_every_figure_of_the_fleet_has_a_range_or_says_assumed() -> None:
    """Speeds and standing times vary; nobody measured them."""
    fleet = flagship().fleet
    told = [fleet.outside_m_per_s, fleet.outside_detour]
    told += [one.speed_m_per_s for one in fleet.types]
    assert all(one.assumed and one.low < one.central < one.high for one in told)
    assert all(one.alight_s.assumed and one.board_s.assumed for one in fleet.types)
    assert all(corridor.vehicles_per_s.assumed for corridor in flagship().corridors)


def test_each_gate_lets_a_vehicle_a_minute_through() -> None:
    """In a lane of its own; what the gate lets through on foot is as it was."""
    for corridor in flagship().corridors:
        lane = corridor.vehicles_per_s
        assert lane.central == pytest.approx(1 / 60)
        assert lane.low < lane.central < lane.high
        assert isinstance(corridor.holding, HoldingArea)


def test_who_may_ride_depends_on_walking_alone() -> None:
    """Households with a wheelchair and slow walkers are offered places; all may walk."""
    modes = {group.id: group.modes for group in flagship().groups}
    assert modes == {"wheelchair": (WALK, RIDE), "slow": (WALK, RIDE), "able": (WALK,)}
    users = {group.id: group.wheelchair_users for group in flagship().groups}
    assert users == {"wheelchair": 1, "slow": 0, "able": 0}


def test_patients_are_the_ones_that_the_script_draws() -> None:
    """The same seed, shares and zones give the same four hundred."""
    assert drawn() == flagship().care.patients
    assert drawn(seed=1) != flagship().care.patients


def test_patients_have_codes_and_nothing_that_names_anybody() -> None:
    """P-001 to P-400; the file has the columns of the format and no other."""
    patients = flagship().care.patients
    assert [one.code for one in patients] == [f"P-{number:03d}" for number in range(1, 401)]
    head = (FOLDER / "patients.csv").read_text("utf-8").splitlines()[0]
    columns = "code,zone_id,category,posture,companions,bed,care,ready,accepts,refuses,state"
    assert head == columns
    assert {one.state for one in patients} == {LISTED, CONSENTED}


def test_shares_are_met_to_the_nearest_patient() -> None:
    """Of 400: 60 red, 180 yellow, 160 green, with four companions to five patients."""
    patients = flagship().care.patients
    assert Counter(one.category for one in patients) == {"red": 60, "yellow": 180, "green": 160}
    assert (
        sum(one.companions for one in patients) / 400 == shares()["companions"]["mean"]["central"]
    )
    red = [one for one in patients if one.category == "red"]
    assert sum(one.posture == STRETCHER for one in red) == 0.85 * len(red)
    assert sum(one.bed == "intensive" for one in red) == 0.45 * len(red)
    assert sum(one.care == ADVANCED for one in red) == 0.7 * len(red)
    assert sum(bool(one.refuses) for one in patients) == 20
    assert sum(one.ready is not None for one in patients) == 24


def test_each_zone_has_about_its_share_of_patients_and_all_can_be_fetched() -> None:
    """Five or six; those of the zone that no vehicle reaches are listed next to it."""
    count = Counter(one.zone for one in flagship().care.patients)
    assert count["S1"] == 0
    others = [n for zone, n in count.items() if zone != "S5"]
    assert set(others) <= {5, 6}
    assert count["S5"] in (10, 11, 12)
    links = flagship().network.links
    drivable = (links.lanes > 0) & (links.speed_m_per_s > 0)
    streets = set(links.from_node[drivable].tolist()) | set(links.to_node[drivable].tolist())
    closed = {zone.id for zone in flagship().zones if zone.node not in streets}
    assert closed == {"S1"}


def test_some_vehicle_has_the_places_and_the_care_that_each_patient_needs() -> None:
    """Nobody is left for want of a place that was never thought of."""
    types = [kind(name) for name in TYPES]
    for one in flagship().care.patients:
        wheels, lying = int(one.posture == WHEELCHAIR), int(one.posture == STRETCHER)
        seats = one.persons - wheels - lying
        able = [
            type_
            for type_ in types
            if (type_.seats, type_.wheelchairs, type_.stretchers)
            >= (seats, type_.wheelchairs and wheels, lying)
            and type_.wheelchairs >= wheels
            and type_.stretchers >= lying
            and CARE.index(type_.care) >= CARE.index(one.care)
        ]
        assert able, one


def test_eight_hospitals_lie_outside_and_say_that_their_places_are_approximate() -> None:
    """Eight were used in December 2016; no list of them with beds was found."""
    hospitals = flagship().care.hospitals
    assert [one.id for one in hospitals] == [f"H{number}" for number in range(1, 9)]
    pocket = shapely.Polygon(flagship().outline)
    for one in hospitals:
        assert not pocket.contains(shapely.Point(one.lon, one.lat))
        assert one.source.startswith("assumed: places approximate")
        for beds in one.beds:
            assert beds.places.assumed
            assert beds.places.low < beds.places.central < beds.places.high


def test_beds_are_short_in_one_kind_alone_and_not_for_the_worst() -> None:
    """General beds bind; those that reds need are enough for all who need them."""
    hospitals, patients = flagship().care.hospitals, flagship().care.patients
    needed = Counter(one.bed for one in patients)
    left = {bed: sum(one.places(bed) for one in hospitals) - needed[bed] for bed in needed}
    assert {bed for bed, places in left.items() if places < 0} == {"general"}
    assert left["general"] > -30
    assert "general" not in {one.bed for one in patients if one.category == "red"}


def test_what_patients_accept_can_be_had() -> None:
    """Where one hospital alone is accepted it has such beds; refusals leave one at least."""
    hospitals = {one.id: one for one in flagship().care.hospitals}
    for one in flagship().care.patients:
        open_to = {one.accepts} if one.accepts else set(hospitals) - set(one.refuses)
        assert any(hospitals[name].places(one.bed) > 0 for name in open_to), one


def test_one_convoy_a_day_goes_in_and_nothing_waits_for_it() -> None:
    """No condition between movements was ours to set."""
    aid, scenario = flagship().aid, flagship()
    assert [one.since.date().isoformat() for one in aid.convoys] == [
        f"2016-10-{day}" for day in (20, 21, 22)
    ]
    assert aid.links == ()
    zones = {zone.id for zone in scenario.zones}
    for one in aid.convoys:
        assert one.zone in zones
        assert one.source.startswith("assumed")
    assert "truck" not in {one.type for one in scenario.fleet.vehicles}
    facts = {fact.topic: fact for fact in scenario.facts}
    assert "medical supplies were not let in" in facts["aid going in"].text.en


def test_what_may_happen_to_patients_and_vehicles_has_its_range() -> None:
    """Refusal 0, 5, 30 %; under-triage between SALT and START; the rest is assumed."""
    told = flagship().uncertainty
    ranges = {"refusal_share": (0, 0.05, 0.3), "under_triage_share": (0.09, 0.15, 0.2)}
    for name, range_ in ranges.items():
        found = getattr(told, name)
        assert (found.low, found.central, found.high) == range_
    for name in ("boarding_factor", "breakdown_share", "death_red_per_h", "death_yellow_per_h"):
        assert getattr(told, name).assumed
        assert getattr(told, name) != getattr(CERTAIN, name)
    assert told.death_yellow_per_h.central < told.death_red_per_h.central


def test_folder_and_recipe_say_the_same_of_vehicles_care_and_aid() -> None:
    """Table by table; what the recipe says of gates is there an hour."""
    scenario, recipe = flagship(), read_recipe(FOLDER / "recipe.toml")
    assert scenario.fleet.vehicles == recipe.fleet.vehicles
    assert [one.id for one in scenario.fleet.types] == [one.id for one in recipe.fleet.types]
    assert scenario.care.hospitals == recipe.care.hospitals
    assert scenario.aid == recipe.aid
    assert scenario.groups == tuple(one.group for one in recipe.groups)


def test_shares_that_nobody_reported_say_assumed_and_have_a_range() -> None:
    """Every table that patients are drawn from names its source."""
    told = shares()
    for name in ("category", "companions", "ready", "choice", "state", "count"):
        assert told[name]["source"].strip(), name
    for field in ("posture", "care", "bed"):
        for colour, one in told[field].items():
            assert one["source"].startswith("assumed"), (field, colour)
            assert one["range"] > 0
            assert sum(one["shares"].values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("told", "count", "each"),
    [((1, 1), 5, [3, 2]), ((0.85, 0.15), 60, [51, 9]), ((0, 2, 1), 4, [0, 3, 1]), ((1,), 0, [0])],
)
def test_shares_are_dealt_by_largest_remainders(
    told: tuple[float, ...], count: int, each: list[int]
) -> None:
    """As many as asked for in all, the first of equal remainders first."""
    dealt = script().dealt(told, count)
    assert np.bincount(dealt, minlength=len(told)).tolist() == each


def test_more_patients_can_be_drawn_from_the_same_shares() -> None:
    """811 were moved in December 2016."""
    more = drawn(count={"central": 811})
    assert len({one.code for one in more}) == 811
    assert Counter(one.category for one in more)["red"] in (121, 122)
