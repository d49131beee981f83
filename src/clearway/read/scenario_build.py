"""From street lines and a recipe to a scenario: the steps of an import, in order."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from clearway.errors import Breach, ScenarioError
from clearway.model.corridor import NO_VEHICLES, Corridor, HoldingArea, Reception, Window
from clearway.model.facts import Estimate
from clearway.model.network import INSIDE, OPEN
from clearway.model.population import Zone
from clearway.model.scenario import Scenario
from clearway.model.shelter import Shelter
from clearway.read.corridors_build import Way, find_ways
from clearway.read.facts_build import found_facts, import_facts, street_facts
from clearway.read.network_build import DEGREE_DIGITS, Built, Stays, build_network, kept_pieces
from clearway.read.people_build import spread_people
from clearway.read.pieces import Pieces, cut_streets, main_part, project
from clearway.read.recipe import Mouth, Recipe
from clearway.read.streets import Streets
from clearway.read.zones_build import Area, lay_zones

#: Border points of zones may leave the outline by this much in the drawing, metres.
_ZONE_SIMPLIFY_M = 1.0


def build_scenario(streets: Streets, recipe: Recipe) -> Scenario:
    """Make a scenario from street lines; the same streets and recipe give the same scenario.

    Parameters
    ----------
    streets
        Lines, in any coordinate system.
    recipe
        The pocket, the mouths, the people, the hours, and how streets become a scenario.

    Raises
    ------
    ScenarioError
        If the outline encloses no connected streets, a mouth has no crossing that leads on, or
        the parts do not fit together.
    """
    options = recipe.options
    pieces = cut_streets(streets, recipe.outline, options)
    part = main_part(pieces, pieces.inside, pieces.length_m)
    if not part.any():
        rule = "must have streets inside that are connected"
        raise ScenarioError((Breach("", 0, "outline", recipe.id, rule),))
    ways = find_ways(pieces, part, recipe.mouths, _places(recipe.mouths, pieces.crs), options)
    areas = _areas(pieces, part, options.zones)
    kept = kept_pieces(pieces, part, ways, options.outside_m)
    built = build_network(streets, pieces, kept, _stays(ways, areas), options.simplify_m)
    told = (*import_facts(recipe, streets), *found_facts(recipe, pieces, kept, ways))
    return Scenario(
        id=recipe.id,
        title=recipe.title,
        timezone=recipe.timezone,
        attribution=recipe.attribution,
        outline=recipe.outline,
        planning=recipe.planning,
        network=built.network,
        groups=tuple(share.group for share in recipe.groups),
        zones=_zones(areas, built, pieces.crs),
        demand=spread_people(recipe, np.array([area.weight for area in areas])),
        corridors=_corridors(recipe, ways, built),
        receptions=_receptions(recipe, ways, built),
        windows=_windows(recipe),
        facts=(*recipe.facts, *told, *street_facts(built)),
        uncertainty=recipe.uncertainty,
        thresholds=recipe.thresholds,
        agreement=recipe.agreement,
        fleet=recipe.fleet,
        care=recipe.care,
        aid=recipe.aid,
        changes=recipe.changes,
        shelters=_shelters(recipe, built),
    )


def _places(mouths: tuple[Mouth, ...], crs: str) -> NDArray[np.float64]:
    points = shapely.points([mouth.lon for mouth in mouths], [mouth.lat for mouth in mouths])
    return np.asarray(shapely.get_coordinates(project(points, "EPSG:4326", crs)))


def _stays(ways: tuple[Way, ...], areas: tuple[Area, ...]) -> Stays:
    nodes = [node for way in ways for node in (way.mouth, way.exit, way.reception)]
    homes = [area.home for area in areas]
    return Stays(crossings=tuple(way.pieces[0] for way in ways), nodes=(*nodes, *homes))


def _areas(pieces: Pieces, part: NDArray[np.bool_], count: int) -> tuple[Area, ...]:
    """Lay zones over the connected part; each node weighs half of each residential piece at it."""
    lived = pieces.inside & part[pieces.start]
    homes = lived & pieces.flags("residential")
    # Data without residential classes still has people along its streets.
    weighed = homes if homes.any() else lived
    half = pieces.length_m[weighed] / 2
    weight = np.zeros(len(pieces.x))
    for ends in (pieces.start, pieces.end):
        weight += np.bincount(ends[weighed], weights=half, minlength=len(weight))
    nodes = np.flatnonzero(part)
    places = np.stack([pieces.x[nodes], pieces.y[nodes]], axis=1)
    areas = lay_zones(pieces.pocket, places, weight[nodes], count)
    return tuple(
        Area(area.code, area.shape, nodes[area.nodes], area.weight, int(nodes[area.home]))
        for area in areas
    )


def _zones(areas: tuple[Area, ...], built: Built, crs: str) -> tuple[Zone, ...]:
    shapes = shapely.coverage_simplify([area.shape for area in areas], _ZONE_SIMPLIFY_M)
    plain = project(np.asarray(shapes, dtype=object), crs, "EPSG:4326")
    return tuple(
        Zone(area.code, int(built.node[area.home]), round(area.weight, 1), _rings(shape))
        for area, shape in zip(areas, plain, strict=True)
    )


def _rings(shape: shapely.Geometry) -> tuple[tuple[tuple[float, float], ...], ...]:
    rings = []
    for part in getattr(shape, "geoms", [shape]):
        points = np.round(shapely.get_coordinates(part.exterior)[:-1], DEGREE_DIGITS)
        rings.append(tuple((float(lon), float(lat)) for lon, lat in points))
    return tuple(rings)


def _corridors(recipe: Recipe, ways: tuple[Way, ...], built: Built) -> tuple[Corridor, ...]:
    return tuple(
        _corridor(recipe, mouth, way, built) for mouth, way in zip(recipe.mouths, ways, strict=True)
    )


def _corridor(recipe: Recipe, mouth: Mouth, way: Way, built: Built) -> Corridor:
    options, rate, lane = recipe.options, mouth.gate_persons_per_h, mouth.vehicles_per_h
    limit = round(rate.central)
    # Rounded up, so that the limit never crowds it; a gate that stands still has an area, too.
    area = max(1, math.ceil(options.holding_m2_per_person * limit))
    room = f"assumed: one hour of the gate at {options.holding_m2_per_person:g} m2 a person"
    return Corridor(
        id=mouth.id,
        name=mouth.name,
        mouth=int(built.node[way.mouth]),
        links=built.path(way.pieces),
        gate_persons_per_s=_each_second(rate),
        holding=HoldingArea(area, limit, room),
        margin_s=options.margin_s,
        reception=_site(mouth),
        source=mouth.source,
        check_points=mouth.check_points,
        open_limit_persons=mouth.open_limit_persons,
        open_limit_source=mouth.open_limit_source,
        vehicles_per_s=lane if lane == NO_VEHICLES else _each_second(lane),
    )


def _each_second(rate: Estimate) -> Estimate:
    """Return a rate an hour as one a second."""
    low, central, high = (value / 3_600 for value in (rate.low, rate.central, rate.high))
    return Estimate(low, central, high, rate.source, rate.shape)


def _receptions(recipe: Recipe, ways: tuple[Way, ...], built: Built) -> tuple[Reception, ...]:
    return tuple(
        Reception(
            _site(mouth), mouth.reception_name, int(built.node[way.reception]), mouth.places_persons
        )
        for mouth, way in zip(recipe.mouths, ways, strict=True)
    )


def _shelters(recipe: Recipe, built: Built) -> tuple[Shelter, ...]:
    """Return the shelters, each at the nearest node where an open inside street ends."""
    network = built.network
    streets = (network.links.side == INSIDE) & (network.links.state == OPEN)
    ends = np.union1d(network.links.from_node[streets], network.links.to_node[streets])
    rows = network.node_index(ends)
    lon, lat = network.nodes.lon[rows], network.nodes.lat[rows]
    found = []
    for one in recipe.shelters:
        east = (lon - one.lon) * math.cos(math.radians(one.lat))
        nearest = int(np.hypot(east, lat - one.lat).argmin())
        found.append(Shelter(one.id, one.name, int(ends[nearest]), one.places))
    return tuple(found)


def _site(mouth: Mouth) -> str:
    return f"R{mouth.id.lstrip('C')}"


def _windows(recipe: Recipe) -> tuple[Window, ...]:
    return tuple(
        Window(mouth.id, hours.opens, hours.closes, hours.source)
        for hours in recipe.hours
        for mouth in recipe.mouths
    )
