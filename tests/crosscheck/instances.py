"""Small instances, drawn at random, in which streets bind; and a district of Aleppo."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from clearway.model.network import Network
from clearway.model.population import Demand
from clearway.model.scenario import NO_AID, NO_CARE, NO_FLEET, NOTHING_AGREED, Scenario
from tests.scenarios import Recipe, at_hour, build

#: Width of a street that lets one person through in a minute (1.3 persons/m/s, IMO).
ONE_A_MINUTE_M = 1 / 78


def drawn(seed: int, *, groups: int = 1) -> Scenario:
    """Return a grid with streets of random width, zones, gates and one or two days."""
    draw = np.random.default_rng(seed)
    columns, rows = int(draw.integers(2, 6)), int(draw.integers(2, 5))
    places = [(c, r) for c in range(columns) for r in range(rows)]
    count = int(draw.integers(1, min(5, len(places)) + 1))
    zones = tuple(places[at] for at in draw.choice(len(places), count, replace=False))
    corridors = int(draw.integers(1, 5))
    days = int(draw.integers(1, 3))
    hours = float(draw.integers(20, 40)) / 60
    recipe = Recipe(
        columns=columns,
        rows=rows,
        spacing_m=float(draw.choice([70, 110, 150])),
        zones=zones,
        households=draw.integers(0, 12, (count, groups, 9)),
        speeds_m_per_s=(1.2, 0.7, 0.5)[:groups],
        weights=(1.0, 2.0, 3.0)[:groups],
        gates_persons_per_h=tuple(60.0 * draw.integers(8, 30, corridors)),
        crossing_m=70,
        open_m=70,
        beyond_m=70,
        windows=tuple(
            (k + 1, 8 + 24 * day, 8 + 24 * day + hours)
            for day in range(days)
            for k in range(corridors)
        ),
        margin_min=float(draw.integers(0, 4)),
        slot_s=60,
        step_s=60,
        tick_s=60,
    )
    scenario = build(recipe)
    inside = scenario.network.links.side == "inside"
    persons = draw.integers(1, 5, len(inside))
    width = np.where(inside, persons * ONE_A_MINUTE_M, scenario.network.links.width_m)
    return scenario.replace(network=with_links(scenario.network, width_m=width))


def with_links(network: Network, **columns: Any) -> Network:
    """Return a network with some columns of its links replaced."""
    return Network(network.nodes, dataclasses.replace(network.links, **columns))


def district(scenario: Scenario, sector: str, corridors: tuple[str, ...]) -> Scenario:
    """Return one sector of a city for an hour and a half, on streets a tenth as wide.

    Streets inside are kept where they lie in the box around the sector's zones and the mouths.
    """
    zones = [z for z, zone in enumerate(scenario.zones) if zone.id.startswith(sector)]
    kept = tuple(c for c in scenario.corridors if c.id in corridors)
    network = scenario.network
    nodes, links = network.nodes, network.links
    anchors = network.node_index(
        [scenario.zones[z].node for z in zones] + [corridor.mouth for corridor in kept]
    )
    margin = 0.0015
    box = np.ones(len(nodes), dtype=bool)
    for at in (nodes.lon, nodes.lat):
        box &= (at >= at[anchors].min() - margin) & (at <= at[anchors].max() + margin)
    ends = [network.node_index(ids) for ids in (links.from_node, links.to_node)]
    keep = (links.side != "inside") | (box[ends[0]] & box[ends[1]])
    columns: dict[str, Any] = {
        field.name: getattr(links, field.name)[keep]
        for field in dataclasses.fields(links)
        if field.name != "line"
    }
    columns["line"] = tuple(line for line, here in zip(links.line, keep, strict=True) if here)
    columns["width_m"] = np.where(columns["side"] == "inside", 0.1, 1.0) * columns["width_m"]
    windows = tuple(
        dataclasses.replace(window, closes=at_hour(10))
        for window in scenario.windows
        if window.corridor in corridors and window.opens == at_hour(8)
    )
    planning = dataclasses.replace(scenario.planning, slot_s=60, step_s=60, tick_s=60)
    return scenario.replace(
        network=Network(nodes, type(links)(**columns)),
        zones=tuple(scenario.zones[z] for z in zones),
        fleet=NO_FLEET,
        care=NO_CARE,
        aid=NO_AID,
        demand=Demand(scenario.demand.households[zones]),
        corridors=kept,
        windows=windows,
        planning=planning,
        agreement=NOTHING_AGREED,  # it names corridors that are not here
    )


EXAMPLE = Path(__file__).parents[2] / "examples" / "aleppo-2016"
