"""Scenarios built from a made town: what every import must hold, whatever the streets."""

from __future__ import annotations

import dataclasses
import functools
import re

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from clearway.errors import ScenarioError
from clearway.model.network import CLOSED, CROSSING, INSIDE, OPEN, OUTSIDE, Links
from clearway.model.scenario import Scenario
from clearway.read.highway import HIGHWAYS
from clearway.read.scenario_build import build_scenario
from tests.read import town
from tests.read.town import HALF


@functools.cache
def built() -> Scenario:
    """Return the town as a scenario."""
    return build_scenario(town.town(), town.recipe())


def links_where(links: Links, side: str, state: str) -> np.ndarray:
    """Return which links are of a side and in a state."""
    return np.asarray((links.side == side) & (links.state == state))


def parts(scenario: Scenario, allowed: np.ndarray) -> np.ndarray:
    """Return shape (nodes,), the connected part of each node over allowed links."""
    network = scenario.network
    ends = [
        network.node_index(column[allowed])
        for column in (network.links.from_node, network.links.to_node)
    ]
    size = len(network.nodes)
    graph = coo_array((np.ones(len(ends[0])), tuple(ends)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1])


def breaches(**changes: object) -> list[str]:
    """Return the breaches that a changed recipe raises."""
    with pytest.raises(ScenarioError) as caught:
        build_scenario(town.town(), town.recipe(**changes))
    return [str(breach) for breach in caught.value.breaches]


def test_people_and_parts_are_those_asked_for() -> None:
    """2,000 people in 8 zones, four corridors with a window and a site each."""
    scenario = built()
    assert scenario.demand.persons.sum() == 2_000
    assert len(scenario.zones) == 8
    assert [corridor.id for corridor in scenario.corridors] == ["C1", "C2", "C3", "C4"]
    assert [site.id for site in scenario.receptions] == ["R1", "R2", "R3", "R4"]
    assert [window.corridor for window in scenario.windows] == ["C1", "C2", "C3", "C4"]


def test_lengths_inside_are_those_of_the_streets() -> None:
    """Contraction loses no metre: two 1.2 km primary streets and 16 residential ones."""
    links = built().network.links
    inside = links.side == INSIDE
    grid = 18 * 1_200
    cut = 8 * (HALF - 600)
    crossing = links.length_m[links.side == CROSSING].sum()
    assert links.length_m[inside].sum() + crossing == pytest.approx(grid + cut, abs=8 * 60)
    assert links.length_m[inside].sum() <= grid + cut


def test_only_corridor_crossings_are_open() -> None:
    """Four crossings become corridors; the stubs beside them stay closed."""
    scenario = built()
    links = scenario.network.links
    open_crossings = set(links.id[links_where(links, CROSSING, OPEN)].tolist())
    assert open_crossings == {corridor.links[0] for corridor in scenario.corridors}
    assert links_where(links, CROSSING, CLOSED).sum() == 4
    assert not links_where(links, INSIDE, CLOSED).any()
    assert not links_where(links, OUTSIDE, CLOSED).any()


def test_every_zone_reaches_every_mouth_inside() -> None:
    """Over open links inside alone, as a plan must walk."""
    scenario = built()
    part = parts(scenario, links_where(scenario.network.links, INSIDE, OPEN))
    nodes = [zone.node for zone in scenario.zones]
    nodes += [corridor.mouth for corridor in scenario.corridors]
    assert len(set(part[scenario.network.node_index(nodes)])) == 1


def test_every_exit_reaches_its_reception_site_outside() -> None:
    """Over links outside that are no corridor's."""
    scenario = built()
    network = scenario.network
    taken = [link for corridor in scenario.corridors for link in corridor.links]
    free = (network.links.side == OUTSIDE) & ~np.isin(network.links.id, taken)
    part = parts(scenario, free)
    for corridor, site in zip(scenario.corridors, scenario.receptions, strict=True):
        last = network.link_index(corridor.links[-1:])[0]
        ends = (network.links.from_node[last], network.links.to_node[last])
        rows = network.node_index([*ends, site.node])
        assert part[rows[2]] in part[rows[:2]]


def test_corridors_lead_out_by_the_primary_roads() -> None:
    """About 1 km each, from a node inside at the outline, and no link is shared."""
    scenario = built()
    links = scenario.network.links
    every = [link for corridor in scenario.corridors for link in corridor.links]
    assert len(every) == len(set(every))
    for corridor in scenario.corridors:
        rows = scenario.network.link_index(corridor.links)
        assert 800 <= links.length_m[rows].sum() <= 1_300
        assert links.side[rows].tolist() == [CROSSING] + [OUTSIDE] * (len(rows) - 1)
        assert set(links.facility[rows]) == {"primary"}


def test_reception_sites_are_one_to_three_km_on_and_apart() -> None:
    """Each corridor has its own."""
    scenario = built()
    sites = scenario.network.node_index([site.node for site in scenario.receptions])
    nodes = scenario.network.nodes
    places = np.stack([nodes.lon[sites] * 90_000, nodes.lat[sites] * 111_000], axis=1)
    middle = places.mean(axis=0)
    far = np.hypot(*(places - middle).T)
    assert (far > HALF + 1_800).all()
    assert (far < HALF + 4_300).all()
    assert len(set(scenario.network.nodes.id[sites].tolist())) == 4


def test_streets_outside_that_lead_nowhere_are_left_out() -> None:
    """The primary road beyond the reception site, and stubs beyond closed crossings."""
    links = built().network.links
    outside = links.side == OUTSIDE
    assert links.length_m[outside].sum() < 4 * 3_400
    assert set(links.facility[outside]) == {"primary"}


def test_chains_are_contracted() -> None:
    """Out on the roads, only mouths, exits, sites and the ring of kept streets remain nodes."""
    scenario = built()
    links = scenario.network.links
    degree = np.bincount(
        scenario.network.node_index(np.concatenate([links.from_node, links.to_node]))
    )
    outside = links.side == OUTSIDE
    assert outside.sum() <= 12
    fixed = [zone.node for zone in scenario.zones]
    fixed += [site.node for site in scenario.receptions]
    ids = scenario.network.nodes.id[degree == 2]
    for node in set(ids.tolist()) - set(fixed):
        meet = (links.from_node == node) | (links.to_node == node)
        kinds = set(zip(links.side[meet], links.facility[meet], strict=True))
        exits = {corridor.links[-1] for corridor in scenario.corridors}
        assert len(kinds) > 1 or exits & set(links.id[meet].tolist())


def test_links_have_the_figures_of_their_class() -> None:
    """In SI units."""
    links = built().network.links
    for name in ("primary", "residential"):
        rows, kind = links.facility == name, HIGHWAYS[name]
        assert set(links.width_m[rows]) == {kind.width_m}
        assert set(links.lanes[rows]) == {kind.lanes}
        assert links.speed_m_per_s[rows] == pytest.approx(kind.speed_kph / 3.6)
        assert links.capacity_veh_per_s[rows] == pytest.approx(kind.capacity_veh_per_h / 3_600)


def test_figures_of_the_data_come_first() -> None:
    """A street that says how wide it is is that wide; one lane more carries one lane more."""
    streets = town.town()
    width, lanes = streets.width_m.copy(), streets.lanes.copy()
    row = int(np.flatnonzero(streets.highway == "residential")[0])
    width[row], lanes[row] = 9.5, 3.0
    changed = dataclasses.replace(streets, width_m=width, lanes=lanes)
    links = build_scenario(changed, town.recipe()).network.links
    told = links.width_m == 9.5
    assert links.lanes[told].tolist() == [3.0]
    usual = HIGHWAYS["residential"].capacity_veh_per_h / 3_600
    assert links.capacity_veh_per_s[told] == pytest.approx([3 * usual])


def test_one_ways_are_honoured() -> None:
    """A one-way street is directed, from its start to its end, and people still walk both ways."""
    streets = town.town()
    one_way = streets.directed.copy()
    row = int(np.flatnonzero(streets.highway == "residential")[0])
    one_way[row] = True
    scenario = build_scenario(dataclasses.replace(streets, directed=one_way), town.recipe())
    links, nodes = scenario.network.links, scenario.network.nodes
    (found,) = np.flatnonzero(links.directed)
    begin = scenario.network.node_index(links.from_node[[found]])[0]
    first = shapely.get_coordinates(streets.line[row])[0] - np.array(town.MIDDLE)
    assert (nodes.lon[begin], nodes.lat[begin]) == pytest.approx(town.degrees([first])[0], abs=1e-5)


def test_lines_begin_and_end_at_their_nodes() -> None:
    """To the last digit, so that a drawn map has no gaps."""
    network = built().network
    for field, at in (("from_node", 0), ("to_node", -1)):
        rows = network.node_index(getattr(network.links, field))
        places = [line[at] for line in network.links.line]
        nodes = zip(network.nodes.lon[rows], network.nodes.lat[rows], strict=True)
        assert places == [tuple(place) for place in nodes]


def test_zones_tile_the_outline() -> None:
    """As drawn in degrees: no gap and no overlap worth a house."""
    scenario = built()
    shapes = [
        shapely.union_all([shapely.Polygon(ring) for ring in z.rings]) for z in scenario.zones
    ]
    pocket = shapely.Polygon(scenario.outline)
    assert sum(shape.area for shape in shapes) == pytest.approx(pocket.area, rel=1e-3)
    assert shapely.union_all(shapes).symmetric_difference(pocket).area < pocket.area * 1e-3


def test_zones_are_balanced_and_hold_their_share_of_people() -> None:
    """Within a tenth by residential metres, within one by persons."""
    scenario = built()
    metres = np.array([zone.residential_m for zone in scenario.zones])
    assert np.abs(metres / metres.mean() - 1).max() < 0.1
    persons = scenario.demand.persons.sum(axis=1)
    assert np.abs(persons - 2_000 * metres / metres.sum()).max() <= 1.01


def test_a_zone_lies_around_its_node() -> None:
    """Its people join the streets within its border."""
    scenario = built()
    rows = scenario.network.node_index([zone.node for zone in scenario.zones])
    nodes = scenario.network.nodes
    for zone, row in zip(scenario.zones, rows, strict=True):
        shape = shapely.union_all([shapely.Polygon(ring) for ring in zone.rings])
        assert shape.buffer(1e-4).contains(shapely.Point(nodes.lon[row], nodes.lat[row]))


def test_holding_areas_have_room_for_an_hour() -> None:
    """And never more than 1.5 persons a square metre."""
    for corridor in built().corridors:
        assert corridor.holding.limit_persons == 600
        assert corridor.holding.area_m2 == 1_200


def test_everything_assumed_is_said_in_both_languages() -> None:
    """Facts tell classes, zones, crossings, corridors, people; assumptions say so."""
    facts = {fact.topic: fact for fact in built().facts}
    assert {"outline", "people", "zones", "households", "streets", "crossings", "corridors"} <= set(
        facts
    )
    assert {"street class primary", "street class residential", "mouths"} <= set(facts)
    assert "street class motorway" not in facts
    for fact in facts.values():
        assert fact.assumed
        assert re.search(r"[\u0600-\u06ff]", fact.text.ar)
        assert not re.search(r"[\u0600-\u06ff]", fact.text.en)


def test_the_same_input_gives_the_same_scenario() -> None:
    """To the last number."""
    again = build_scenario(town.town(), town.recipe())
    assert np.array_equal(again.network.links.from_node, built().network.links.from_node)
    assert again.network.links.line == built().network.links.line
    assert again.zones == built().zones
    assert again.corridors == built().corridors
    assert np.array_equal(again.demand.households, built().demand.households)


def test_streets_that_are_cut_off_inside_are_left_out_and_told() -> None:
    """A street that no other touches holds nobody."""
    island = ("residential", ((40.0, 40.0), (110.0, 40.0)))
    scenario = build_scenario(town.town([island]), town.recipe())
    (fact,) = [fact for fact in scenario.facts if fact.topic == "streets left out"]
    assert "0.1 km" in fact.text.en
    assert len(scenario.network.links) == len(built().network.links)


def test_without_residential_streets_people_live_along_all() -> None:
    """GMNS data may have no residential class; the scenario says what was done."""
    streets = town.town()
    plain = np.where(streets.highway == "residential", "unclassified", streets.highway)
    scenario = build_scenario(dataclasses.replace(streets, highway=plain), town.recipe())
    (fact,) = [fact for fact in scenario.facts if fact.topic == "zones"]
    assert "no residential streets" in fact.text.en
    assert scenario.demand.persons.sum() == 2_000


def test_a_minor_crossing_serves_where_no_major_one_is_near() -> None:
    """A residential street leads out in the north-east; the primary roads are 650 m away."""
    lane = [
        ("residential", ((600.0, 600.0), (900.0, 600.0))),
        ("residential", ((900.0, 600.0), (4_200.0, 700.0))),
    ]
    near = dataclasses.replace(town.recipe().options, mouth_m=300.0)
    recipe = town.recipe(mouths=(town.mouth("C1", HALF, 600.0),), options=near)
    scenario = build_scenario(town.town(lane), recipe)
    rows = scenario.network.link_index(scenario.corridors[0].links)
    assert set(scenario.network.links.facility[rows]) == {"residential"}


def test_two_mouths_at_one_road_get_two_crossings() -> None:
    """The second goes to the next crossing that leads on, at least 400 m away."""
    mouths = (town.mouth("C1", HALF, 0.0), town.mouth("C2", HALF, 10.0))
    scenario = build_scenario(town.town(), town.recipe(mouths=mouths))
    first, second = (set(corridor.links) for corridor in scenario.corridors)
    assert not first & second
    assert scenario.corridors[0].mouth != scenario.corridors[1].mouth


def test_a_mouth_far_from_any_crossing_is_refused_by_name() -> None:
    """Every such mouth has a breach of its own."""
    mouths = (town.mouth("C1", 9_000.0, 0.0), town.mouth("C2", 0.0, HALF), town.mouth("C3", 0, 0))
    near = dataclasses.replace(town.recipe().options, mouth_m=500.0)
    found = breaches(mouths=mouths, options=near)
    assert [re.findall(r"mouth (C\d)", one) for one in found] == [["C1"], ["C3"]]


def test_a_crossing_that_leads_nowhere_is_refused() -> None:
    """The roads end 3.5 km out: no reception site 5 km on."""
    far = dataclasses.replace(town.recipe().options, onward_m=(5_000.0, 5_500.0, 6_000.0))
    assert len(breaches(options=far)) == 4


def test_an_outline_without_streets_inside_is_refused() -> None:
    """A field beside the town."""
    field = town.degrees([(100, 100), (120, 100), (120, 120), (100, 120)])
    assert breaches(outline=field) == [
        "scenario: outline = town: must have streets inside that are connected"
    ]
