"""Read the streets: ``network/node.csv`` and ``network/link.csv`` (GMNS)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.network import SIDES, STATES, Links, Network, Nodes
from clearway.read import tables
from clearway.read.breaches import BreachLog
from clearway.read.geometry import Places, linestring, metres
from clearway.read.schema import LARGEST_ID
from clearway.read.tables import Kind, Table

#: Kilometres an hour in a metre a second, and seconds in an hour.
_KPH: Final = 3.6
_HOUR_S: Final = 3600

#: A line may end this far from the node that it leads to, in metres.
_LOOSE_END_M: Final = 50.0

#: A length may be this share below the line drawn for it, and this many metres more.
_SHORT_SHARE, _SHORT_M = 0.1, 10.0

NODE_COLUMNS: Final[dict[str, Kind]] = {
    "node_id": tables.whole(0, LARGEST_ID),
    "x_coord": tables.number(-180, 180),
    "y_coord": tables.number(-90, 90),
}

LINK_COLUMNS: Final[dict[str, Kind]] = {
    "link_id": tables.whole(0, LARGEST_ID),
    "from_node_id": tables.whole(0, LARGEST_ID),
    "to_node_id": tables.whole(0, LARGEST_ID),
    "directed": tables.flag(),
    "length_m": tables.number(0.01, 100_000),
    "width_m": tables.number(0.01, 1_000),
    "lanes": tables.number(0, 100),
    "free_speed_kph": tables.number(0, 200),
    "capacity_veh_per_h": tables.number(0, 100_000),
    "facility_type": tables.code(),
    "side": tables.choice(*SIDES),
    "state": tables.choice(*STATES),
    "geometry": linestring(),
}


def check_nodes(nodes: Table, log: BreachLog) -> None:
    """Note the node ids that stand twice."""
    if nodes.has("node_id"):
        nodes.check_unique(log, "node_id")


def check_links(links: Table, nodes: Table | None, log: BreachLog) -> None:
    """Note the links whose ids stand twice, or whose ends are no two nodes.

    Parameters
    ----------
    links, nodes
        The two tables; None where there is no table of nodes to look into.
    log
        Where breaches are noted.
    """
    if links.has("link_id"):
        links.check_unique(log, "link_id")
    ends = ("from_node_id", "to_node_id")
    if nodes is not None and nodes.has("node_id") and len(nodes):
        for name in filter(links.has, ends):
            known = np.isin(links.columns[name], nodes.columns["node_id"])
            rule = "must be the id of a node in network/node.csv"
            links.note(log, name, links.good[name] & ~known, rule)
            links.good[name] &= known
    if links.has(*ends):
        same = links.columns[ends[0]] == links.columns[ends[1]]
        same &= links.all_good(*ends)
        links.note(log, ends[1], same, "must not be from_node_id")


def check_lines(links: Table, nodes: Table, log: BreachLog) -> None:
    """Note the links whose line does not lead from node to node, or is longer than they are.

    Parameters
    ----------
    links, nodes
        The two tables, with columns that keep their rules where they are good.
    log
        Where breaches are noted.
    """
    rows = _whole_rows(links, nodes)
    if not len(rows):
        return
    ends = [_places_of(nodes, links.columns[name][rows]) for name in _ENDS]
    lines = [
        line or ((*map(float, a),), (*map(float, b),))
        for line, a, b in zip(links.columns["geometry"][rows], *ends, strict=True)
    ]
    drawn = [np.array([line[at] for line in lines]) for at in (0, -1)]
    loose = np.maximum(metres(drawn[0], ends[0]), metres(drawn[1], ends[1])) > _LOOSE_END_M
    rule = "must lead from from_node_id to to_node_id"
    _note(links, log, "geometry", rows[loose], rule)
    least = (1 - _SHORT_SHARE) * _drawn_m(lines) - _SHORT_M
    short = ~loose & (links.columns["length_m"][rows] < least)
    rule = "must be in metres, and not shorter than the line drawn for it"
    _note(links, log, "length_m", rows[short], rule)


_ENDS: Final = ("from_node_id", "to_node_id")


def _whole_rows(links: Table, nodes: Table) -> NDArray[np.int64]:
    """Return the links whose line, length and both ends can be looked at."""
    names = (*_ENDS, "length_m", "geometry")
    if not links.has(*names) or not nodes.has(*NODE_COLUMNS) or not len(nodes):
        return np.zeros(0, dtype=np.int64)
    placed = nodes.columns["node_id"][nodes.all_good(*NODE_COLUMNS)]
    good = links.all_good(*names)
    for name in _ENDS:
        good &= np.isin(links.columns[name], placed)
    return np.flatnonzero(good)


def _places_of(nodes: Table, ids: NDArray[np.int64]) -> Places:
    known = nodes.columns["node_id"]
    order = np.argsort(known, kind="stable")
    rows = order[np.searchsorted(known, ids, sorter=order)]
    return np.column_stack([nodes.columns["x_coord"][rows], nodes.columns["y_coord"][rows]])


def _drawn_m(lines: list[Any]) -> NDArray[np.float64]:
    """Return the length of each line, metres."""
    counts = np.array([len(line) for line in lines])
    points = np.array([point for line in lines for point in line])
    steps = metres(points[1:], points[:-1])
    last = np.cumsum(counts)[:-1] - 1
    steps[last] = 0.0  # from the end of one line to the start of the next is no step
    starts = np.cumsum(counts) - counts
    return np.asarray(np.add.reduceat(np.append(steps, 0.0), starts))


def _note(links: Table, log: BreachLog, name: str, rows: NDArray[np.int64], rule: str) -> None:
    bad = np.zeros(len(links), dtype=bool)
    bad[rows] = True
    links.note(log, name, bad, rule)


def part_network(nodes: Table, links: Table) -> Network:
    """Return the network of those nodes and links that keep every rule.

    Parameters
    ----------
    nodes, links
        The two tables, with all their columns.
    """
    sound = nodes.all_good(*NODE_COLUMNS) & _first(nodes.columns["node_id"])
    placed = nodes.columns["node_id"][sound]
    whole = links.all_good(*LINK_COLUMNS) & _first(links.columns["link_id"])
    for name in _ENDS:
        whole &= np.isin(links.columns[name], placed)
    whole &= links.columns[_ENDS[0]] != links.columns[_ENDS[1]]
    node = {name: nodes.columns[name][sound] for name in NODE_COLUMNS}
    link = {name: links.columns[name][whole] for name in LINK_COLUMNS}
    return Network(Nodes(node["node_id"], node["x_coord"], node["y_coord"]), _links(node, link))


def _first(ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return, shape (n,), which ids stand there for the first time."""
    first = np.zeros(len(ids), dtype=bool)
    first[np.unique(ids, return_index=True)[1]] = True
    return first


def _links(node: dict[str, NDArray[Any]], link: dict[str, NDArray[Any]]) -> Links:
    """Return the links in SI units; a line that is not given is straight."""
    place = dict(
        zip(
            node["node_id"].tolist(),
            zip(node["x_coord"].tolist(), node["y_coord"].tolist(), strict=True),
            strict=True,
        )
    )
    ends = zip(link["from_node_id"].tolist(), link["to_node_id"].tolist(), strict=True)
    return Links(
        id=link["link_id"],
        from_node=link["from_node_id"],
        to_node=link["to_node_id"],
        directed=link["directed"],
        length_m=link["length_m"],
        width_m=link["width_m"],
        lanes=link["lanes"],
        speed_m_per_s=link["free_speed_kph"] / _KPH,
        capacity_veh_per_s=link["capacity_veh_per_h"] / _HOUR_S,
        facility=link["facility_type"],
        side=link["side"],
        state=link["state"],
        line=tuple(
            line or (place[start], place[end])
            for line, (start, end) in zip(link["geometry"], ends, strict=True)
        ),
    )
