"""Random tiny scenarios for Hypothesis, as recipes that fail in a form one can read."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from hypothesis import strategies as st

from clearway.model.network import Network
from clearway.model.plan import Plan
from clearway.model.population import Demand
from clearway.model.scenario import Scenario
from clearway.solve import Progress, SolveOptions, solve
from tests.scenarios import Recipe

#: Rounds after which a random example is cut short; what comes out must hold all the same.
ROUNDS = 6
#: No example is cut short by the clock, for the same plan must come out on any machine.
NO_CLOCK = SolveOptions(seconds=1e7)

#: Slot, step and tick in seconds.
GRIDS = (
    (900, 60, 10),
    (300, 60, 10),
    (900, 300, 10),
    (60, 60, 10),
    (300, 300, 300),
    (900, 180, 20),
)

windows_of_a_corridor = st.tuples(
    st.sampled_from((0.0, 0.0, 7 / 60, 0.25, 47 / 3600)),
    st.sampled_from((0.3, 0.5, 0.75, 1.0, 1.1, 1.37)),
)


@st.composite
def recipes(draw: st.DrawFn, *, wide: bool | None = None, fair: bool = True) -> Recipe:
    """Draw a recipe; ``wide`` streets never bind (drawn if None), ``fair`` allows a spread."""
    columns, rows = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    places = [(column, row) for column in range(columns) for row in range(rows)]
    zones = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    groups, corridors = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    slot_s, step_s, tick_s = draw(st.sampled_from(GRIDS))
    if wide is None:
        wide = draw(st.booleans())
    narrow = st.sampled_from((0.02, 0.04, 0.08, 0.15))
    sites = st.one_of(st.just(()), _each(corridors, (1e6, 75.0, 30.0, 7.0)))
    return Recipe(
        columns=columns,
        rows=rows,
        spacing_m=draw(st.sampled_from((120.0, 60.0, 200.0))),
        width_m=2.0 if wide else draw(narrow),
        corridor_width_m=4.0 if wide else draw(st.sampled_from((4.0, 4.0, 0.2, 0.06))),
        open_m=draw(st.sampled_from((240.0, 60.0))),
        zones=tuple(zones),
        households=draw(_households(len(zones), groups)),
        speeds_m_per_s=draw(_each(groups, (1.2, 0.6, 0.8))),
        weights=draw(_each(groups, (1.0, 1.0, 2.0, 5.0))),
        gates_persons_per_h=draw(_each(corridors, (60.0, 120.0, 300.0, 600.0, 47.3, 1200.0))),
        places=draw(sites),
        windows=draw(_windows(corridors)),
        margin_min=draw(st.sampled_from((0.0, 2.5, 5.0, 10.0))),
        holding_persons=draw(st.sampled_from((1000.0, 1000.0, 0.0, 0.5, 3.0, 8.0, 20.0))),
        uptake=draw(st.sampled_from((1.0, 1.0, 0.7, 0.4))),
        spread=draw(st.sampled_from((1.0, 1.0, 0.5, 0.2, 0.05))) if fair else 1.0,
        slot_s=slot_s,
        step_s=step_s,
        tick_s=tick_s,
    )


def _each(count: int, values: tuple[float, ...]) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(*[st.sampled_from(values) for _ in range(count)])


@st.composite
def _households(draw: st.DrawFn, zones: int, groups: int) -> list[list[list[int]]]:
    most = draw(st.sampled_from((1, 4, 9)))
    sizes = st.lists(st.integers(0, most), min_size=9, max_size=9)
    return [[draw(sizes) for _ in range(groups)] for _ in range(zones)]


@st.composite
def _windows(draw: st.DrawFn, corridors: int) -> tuple[tuple[int, float, float], ...]:
    found = []
    for day in range(draw(st.integers(1, 2))):
        for corridor in range(1, corridors + 1):
            late, hours = draw(windows_of_a_corridor)
            opens = 8 + 24 * day + late
            found.append((corridor, opens, opens + hours))
    return tuple(found)


def solved(scenario: Scenario) -> Plan:
    """Return the plan after a number of rounds, most often the best."""
    rounds: list[Progress] = []
    return solve(scenario, NO_CLOCK, progress=rounds.append, stop=lambda: len(rounds) >= ROUNDS)


def wider_windows(recipe: Recipe, minutes: int) -> Recipe:
    """Return ``recipe`` with every window closing ``minutes`` later."""
    late = minutes / 60
    return dataclasses.replace(
        recipe, windows=tuple((k, opens, closes + late) for k, opens, closes in recipe.windows)
    )


def shuffled(scenario: Scenario, seed: int) -> Scenario:
    """Return the same pause with zones, corridors, windows, sites and links in another order."""
    draw = np.random.default_rng(seed)
    zones = draw.permutation(len(scenario.zones))
    return scenario.replace(
        network=_shuffled_network(scenario.network, draw),
        zones=tuple(scenario.zones[z] for z in zones),
        demand=Demand(scenario.demand.households[zones]),
        **{
            field: tuple(getattr(scenario, field)[at] for at in draw.permutation(count))
            for field in ("corridors", "receptions", "windows")
            for count in (len(getattr(scenario, field)),)
        },
    )


def renamed(scenario: Scenario) -> Scenario:
    """Return the same pause with every id another, and other ways of writing each link."""
    links, nodes = scenario.network.links, scenario.network.nodes

    def link(ids: Any) -> Any:
        return 90_000 - np.asarray(ids)

    def node(ids: Any) -> Any:
        return 7 * np.asarray(ids) + 3

    network = Network(
        dataclasses.replace(nodes, id=node(nodes.id)),
        dataclasses.replace(
            links,
            id=link(links.id),
            from_node=node(links.to_node),
            to_node=node(links.from_node),
            line=tuple(line[::-1] for line in links.line),
        ),
    )
    return scenario.replace(
        id="other",
        network=network,
        groups=tuple(dataclasses.replace(one, id=f"{one.id}x") for one in scenario.groups),
        zones=tuple(
            dataclasses.replace(one, id=f"A{one.id}", node=int(node(one.node)))
            for one in scenario.zones
        ),
        corridors=tuple(
            dataclasses.replace(
                one,
                id=f"K{one.id}",
                mouth=int(node(one.mouth)),
                links=tuple(link(one.links).tolist()),
                reception=f"S{one.reception}",
            )
            for one in scenario.corridors
        ),
        receptions=tuple(
            dataclasses.replace(one, id=f"S{one.id}", node=int(node(one.node)))
            for one in scenario.receptions
        ),
        windows=tuple(
            dataclasses.replace(one, corridor=f"K{one.corridor}") for one in scenario.windows
        ),
    )


def _shuffled_network(network: Network, draw: np.random.Generator) -> Network:
    links = network.links
    order = draw.permutation(len(links))
    columns: dict[str, Any] = {
        field.name: getattr(links, field.name)[order]
        for field in dataclasses.fields(links)
        if field.name != "line"
    }
    line = tuple(links.line[row] for row in order)
    nodes = draw.permutation(len(network.nodes))
    shuffled_nodes = type(network.nodes)(
        network.nodes.id[nodes], network.nodes.lon[nodes], network.nodes.lat[nodes]
    )
    return Network(shuffled_nodes, type(links)(**columns, line=line))
