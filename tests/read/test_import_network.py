"""The network and the facts of an import: what is kept, what links are given, what is told."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.facts import Estimate, Fact
from clearway.model.network import CROSSING, INSIDE, Links
from clearway.model.scenario import Scenario
from clearway.read.highway import HIGHWAYS
from clearway.read.network_build import build_network
from clearway.read.recipe import ImportOptions, Mouth
from clearway.read.scenario_build import build_scenario
from tests.read import cities, town
from tests.read.cities import SEEDS, city
from tests.read.town import HALF, Line

few = settings(max_examples=15, deadline=None)


def built(extra: tuple[Line, ...] = (), **changes: Any) -> Scenario:
    """Return the town with extra streets and a changed recipe as a scenario."""
    return build_scenario(town.town(extra), town.recipe(**changes))


def fact(scenario: Scenario, topic: str) -> Fact:
    """Return the one fact of a topic."""
    (found,) = [one for one in scenario.facts if one.topic == topic]
    return found


def metres_of(links: Links, **columns: str) -> float:
    """Return the metres of the links that have these values."""
    rows = np.ones(len(links), dtype=bool)
    for name, value in columns.items():
        rows &= getattr(links, name) == value
    return float(links.length_m[rows].sum())


@few
@given(SEEDS)
def test_drawn_lines_stay_close_to_the_streets(seed: int) -> None:
    """Two metres of simplifying, one of rounding: what is drawn is where the street is."""
    made = city(seed)
    pieces, built_links = made.pieces, made.built.network.links
    for number in built_links.id[:: max(1, len(built_links) // 15)].tolist():
        street = shapely.line_merge(
            shapely.union_all(pieces.line[np.flatnonzero(made.built.link == number)])
        )
        (row,) = made.built.network.link_index([number])
        drawn = shapely.LineString(cities.in_metres(list(built_links.line[row])))
        assert shapely.hausdorff_distance(street, drawn) < cities.SIMPLIFY_M + 1.5


@few
@given(SEEDS, st.sampled_from([0.0, 1.0, 20.0]))
def test_simplifying_changes_drawings_alone(seed: int, simplify_m: float) -> None:
    """Lengths, ends and states stay; coarser drawings have no more points."""
    made = city(seed)
    stays = cities.stays_of(made.ways)
    again = build_network(made.streets, made.pieces, made.kept, stays, simplify_m)
    links = again.network.links
    assert links.length_m.tolist() == made.built.network.links.length_m.tolist()
    assert links.from_node.tolist() == made.built.network.links.from_node.tolist()
    points = [sum(map(len, one.line)) for one in (links, made.built.network.links)]
    assert points[0] <= points[1] if simplify_m > cities.SIMPLIFY_M else points[0] >= points[1]


@few
@given(SEEDS)
def test_what_is_left_out_is_numbered_nought(seed: int) -> None:
    """Kept pieces have a link each; nodes of the network have a place of the pieces each."""
    made = city(seed)
    assert ((made.built.link > 0) == made.kept).all()
    assert set(made.built.link[made.kept].tolist()) == set(made.built.network.links.id.tolist())
    nodes = made.built.node[made.built.node > 0]
    assert sorted(nodes.tolist()) == made.built.network.nodes.id.tolist()


@few
@given(SEEDS)
def test_kept_streets_are_those_that_a_plan_can_use(seed: int) -> None:
    """All of the connected part inside, nothing inside that is cut off, all ways out."""
    made = city(seed)
    pieces = made.pieces
    reached = made.part[pieces.start] | made.part[pieces.end]
    assert (made.kept[pieces.inside] == reached[pieces.inside]).all()
    assert (made.kept[pieces.crossing] == reached[pieces.crossing]).all()
    for way in made.ways:
        assert made.kept[[*way.pieces, *way.onward]].all()


#: The eastern road in two stretches, so that streets can meet it 900 m out, and two that do.
MEETING: tuple[Line, ...] = (
    ("primary", ((600.0, 0.0), (900.0, 0.0))),
    ("primary", ((900.0, 0.0), (town.FAR, 0.0))),
    ("secondary", ((900.0, 0.0), (900.0, 500.0))),
    ("secondary", ((900.0, 0.0), (900.0, -500.0))),
)


def eastern(extra: tuple[Line, ...], **changes: Any) -> float:
    """Return the metres of secondary streets kept, with ``extra`` in the eastern road's place."""
    made = town.town(extra)
    tips = [shapely.get_coordinates(line)[-1] - np.array(town.MIDDLE) for line in made.line]
    old = next(row for row, tip in enumerate(tips) if np.allclose(tip, (town.FAR, 0)))
    rows = np.delete(np.arange(len(made)), old)
    columns = {
        field.name: getattr(made, field.name)[rows]
        for field in dataclasses.fields(made)
        if field.name not in ("crs", "source")
    }
    scenario = build_scenario(dataclasses.replace(made, **columns), town.recipe(**changes))
    return metres_of(scenario.network.links, facility="secondary")


def test_major_streets_around_are_kept_where_they_join_the_ways() -> None:
    """Two that meet the eastern road are kept; one that meets nothing is not."""
    lonely: Line = ("secondary", ((1_200.0, 100.0), (1_200.0, 500.0)))
    assert eastern((*MEETING, lonely)) == pytest.approx(1_000, abs=1)
    assert eastern((*MEETING[:2], lonely)) == 0


def test_major_streets_far_from_the_outline_are_left_out() -> None:
    """Beyond ``outside_m`` nobody needs them."""
    near = dataclasses.replace(town.recipe().options, outside_m=100.0)
    assert eastern(MEETING, options=near) == 0


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("width_m", 0.0, HIGHWAYS["residential"].width_m),
        ("width_m", -3.0, HIGHWAYS["residential"].width_m),
        ("lanes", 0.0, 0.0),
        ("speed_kph", 72.0, 20.0),
        ("speed_kph", float("inf"), HIGHWAYS["residential"].speed_kph / 3.6),
        ("capacity_veh_per_h", 1_800.0, 0.5),
    ],
)
def test_figures_of_the_data_are_taken_where_they_are_sound(
    field: str, value: float, expected: float
) -> None:
    """A street without width would carry nobody: its class has one."""
    streets = town.town()
    column = getattr(streets, field).copy()
    row = int(np.flatnonzero(streets.highway == "residential")[0])
    column[row] = value
    changed = dataclasses.replace(streets, **{field: column})
    links = build_scenario(changed, town.recipe()).network.links
    si = {"speed_kph": "speed_m_per_s", "capacity_veh_per_h": "capacity_veh_per_s"}
    inside = (links.side == INSIDE) & (links.facility == "residential")
    found = getattr(links, si.get(field, field))[inside]
    assert np.isclose(found, expected).any()
    usual = getattr(HIGHWAYS["residential"], field) / (3.6 if field == "speed_kph" else 1)
    assert np.isclose(found, usual / (3_600 if field == "capacity_veh_per_h" else 1)).sum() > 1


def test_a_street_of_other_width_is_a_link_of_its_own() -> None:
    """Pieces are joined only where all figures are alike, so no width is averaged away."""
    streets = town.streets_of(
        [
            ("residential", ((-500.0, 10.0), (-400.0, 10.0))),
            ("residential", ((-400.0, 10.0), (-300.0, 10.0))),
            ("residential", ((-300.0, 10.0), (-150.0, 0.0))),
        ]
    )
    base = town.town()
    width = np.concatenate([base.width_m, [3.0, 5.0, 5.0]])
    both = town.streets_of(
        [(kind, _points(line)) for kind, line in zip(base.highway, base.line, strict=True)]
        + [(kind, _points(line)) for kind, line in zip(streets.highway, streets.line, strict=True)]
    )
    links = build_scenario(dataclasses.replace(both, width_m=width), town.recipe()).network.links
    told = {w: links.length_m[links.width_m == w].sum() for w in (3.0, 5.0)}
    assert told == pytest.approx({3.0: 100.0, 5.0: 100.0 + np.hypot(150, 10)}, abs=0.2)


def _points(line: Any) -> tuple[tuple[float, float], ...]:
    places = np.round(shapely.get_coordinates(line) - np.array(town.MIDDLE), 6)
    return tuple((float(x), float(y)) for x, y in places)


@pytest.mark.parametrize("rate", [0.0, 0.4, 1.0, 5.0, 77.0])
@pytest.mark.parametrize("room", [0.67, 0.7, 2.0])
def test_holding_areas_of_slow_gates_are_sound(rate: float, room: float) -> None:
    """Room for an hour of the gate, at least a square metre, and never crowded."""
    slow = dataclasses.replace(
        town.mouth("C1", HALF, 0.0), gate_persons_per_h=Estimate(0, rate, 100, town.ASSUMED)
    )
    options = dataclasses.replace(town.recipe().options, holding_m2_per_person=room)
    (corridor,) = built(mouths=(slow,), options=options).corridors
    assert corridor.holding.limit_persons == round(rate)
    assert corridor.holding.area_m2 >= max(1, room * round(rate))
    assert corridor.gate_persons_per_s.central == pytest.approx(rate / 3_600)


def test_the_share_cut_off_is_told() -> None:
    """A quarter of a kilometre behind no street: the length and its share of what is inside."""
    island: Line = ("residential", ((20.0, 40.0), (130.0, 110.0)))
    plain, cut = built(), built((island,))
    assert fact(plain, "streets left out").text.en.startswith("0.0 km of street inside (0.0%)")
    length = np.hypot(110, 70)
    inside = metres_of(plain.network.links, side=INSIDE) + length
    said = fact(cut, "streets left out").text
    assert said.en.startswith(f"0.1 km of street inside ({length / inside:.1%})")
    assert f"{length / inside:.1%}" in said.ar


def test_how_far_each_mouth_was_moved_is_told() -> None:
    """By code, in metres, for each."""
    mouths = (town.mouth("C1", HALF, 0.0), town.mouth("X9", 0.0, HALF + 300))
    scenario = built(mouths=mouths)
    said = fact(scenario, "mouths").text.en
    nodes = scenario.network.nodes
    for mouth, corridor in zip(mouths, scenario.corridors, strict=True):
        (row,) = scenario.network.node_index([corridor.mouth])
        here = cities.in_metres([(nodes.lon[row], nodes.lat[row]), (mouth.lon, mouth.lat)])
        told = float(said.split(f"{mouth.id} ")[1].split(" m")[0])
        assert told == pytest.approx(np.hypot(*(here[0] - here[1])), abs=2)
    assert [site.id for site in scenario.receptions] == ["R1", "RX9"]


@pytest.mark.parametrize("one_way", [(), (0,)])
def test_data_without_one_ways_is_told(one_way: tuple[int, ...]) -> None:
    """Many sources drop them; the reader must know that none were known."""
    streets = town.town()
    directed = np.isin(np.arange(len(streets)), one_way)
    scenario = build_scenario(dataclasses.replace(streets, directed=directed), town.recipe())
    assert ("no one-way streets" in fact(scenario, "streets").text.en) == (not one_way)


def test_the_rules_of_the_import_are_told_with_their_figures() -> None:
    """Lengths, distances and room are those of the options, whatever they are."""
    options = ImportOptions(
        zones=4, corridor_m=(700.0, 900.0, 1_111.0), onward_m=(950.0, 1_500.0, 2_222.0),
        holding_m2_per_person=3.5,
    )  # fmt: skip
    scenario = built(options=options)
    for lang in ("en", "ar"):
        corridors = fact(scenario, "corridors").text.say(lang)
        assert all(figure in corridors for figure in ("700", "1111", "950", "2222"))
        assert "3.5" in fact(scenario, "holding areas").text.say(lang)
        assert "2,000" in fact(scenario, "people").text.say(lang)


def test_facts_of_the_recipe_come_first_and_unchanged() -> None:
    """What people wrote themselves stands before what the import says."""
    mine = Fact("mine", town.recipe().title, "RT, 20 October 2016")
    scenario = built(facts=(mine,))
    assert scenario.facts[0] == mine
    assert [one.topic for one in scenario.facts[1:]] == [one.topic for one in built().facts]


@pytest.mark.parametrize("mouths", [1, 2, 3])
def test_one_crossing_is_open_for_each_mouth(mouths: int) -> None:
    """And the others of the eight are closed."""
    wanted: tuple[Mouth, ...] = town.recipe().mouths[:mouths]
    links = built(mouths=wanted).network.links
    crossing = links.side == CROSSING
    assert (links.state[crossing] == "open").sum() == mouths
    assert (links.state[crossing] == "closed").sum() == 8 - mouths


def test_more_mouths_than_crossings_are_refused() -> None:
    """Five roads are wanted where four lead on."""
    mouths = tuple(town.mouth(f"C{n}", HALF, 10.0 * n) for n in range(1, 6))
    near = dataclasses.replace(town.recipe().options, mouth_m=20_000.0)
    with pytest.raises(ScenarioError) as caught:
        built(mouths=mouths, options=near)
    assert [breach.field for breach in caught.value.breaches] == ["mouth C5"]
