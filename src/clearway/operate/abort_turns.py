"""The latest point on a way up to which going back is no slower than going on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from clearway.model.abort import AT_NODE, HOME, Turn
from clearway.model.scenario import Scenario
from clearway.operate.abort_gates import CRUMB, NEVER
from clearway.operate.abort_movers import Moved
from clearway.operate.abort_tracks import NO_LINK
from clearway.operate.abort_ways import NOWHERE, Ways


class _Way(NamedTuple):
    """One mover's way to its gate: how long it takes to be past the gate and out, and its home."""

    mover: int
    track: int
    pass_s: float
    out_s: float
    home: int


def turns(scenario: Scenario, moved: Moved, ways: Ways) -> tuple[Turn, ...]:
    """Return the latest turn-back of each mover that can turn back at all.

    The time left until out falls by a second a second, the time back grows by a second a second at
    most: there is one point up to which back is no slower. Capacities are not looked at. Of a block
    it is the point of its cohort that would be out soonest, so that it holds for all of them.
    """
    nodes = scenario.network.node_index([shelter.node for shelter in scenario.shelters]).tolist()
    found = (_turn(scenario, moved, ways, way, nodes) for way in _all_ways(moved))
    return tuple(turn for turn in found if turn is not None)


def _all_ways(moved: Moved) -> Iterator[_Way]:
    cohorts = moved.cohorts
    took = cohorts.out_s - cohorts.left_s
    for row, home in enumerate(moved.homes):
        mine = np.flatnonzero((cohorts.mover == row) & (cohorts.out_s < NEVER))
        if len(mine) and moved.track[row] != NOWHERE:
            one = mine[took[mine].argmin()]
            pass_s = float(cohorts.pass_s[one] - cohorts.left_s[one])
            yield _Way(row, int(moved.track[row]), pass_s, float(took[one]), home)
    # The last drive of a trip inside is the one out to the gate.
    last = {one.mover: one for one in moved.drives if one.track != NOWHERE}
    for drive in last.values():
        pass_s, out_s = drive.until_s - drive.left_s, drive.on_s - drive.left_s
        yield _Way(drive.mover, drive.track, float(pass_s), out_s, drive.home)


def _turn(
    scenario: Scenario, moved: Moved, ways: Ways, way: _Way, shelters: list[int]
) -> Turn | None:
    tracks = moved.tracks
    begin, end = tracks.offset[way.track], tracks.offset[way.track + 1]
    targets = [*([way.home] if way.home != NOWHERE else []), *shelters]
    if not targets:
        return None
    trees = ways.trees(moved.paces[way.mover], targets)
    seconds = np.stack([tree.seconds[tracks.node[begin:end]] for tree in trees])
    back, enter = seconds.min(axis=0), tracks.enter_s[begin:end]
    holds = back + enter <= way.out_s + CRUMB
    if not holds[0]:
        return None
    at = int(np.flatnonzero(holds)[-1])
    link = int(tracks.link[begin + at])
    if link == NO_LINK:
        after = min(way.out_s - back[at], way.pass_s)
    elif tracks.turns[begin + at]:
        after = (way.out_s + enter[at] - back[at]) / 2
    else:
        after = enter[at]
    after_s = math.floor(after + CRUMB)
    # The whole second before may be on the link before.
    at = int(np.flatnonzero(enter <= after_s + CRUMB)[-1])
    node, link = int(tracks.node[begin + at]), int(tracks.link[begin + at])
    into = 0.0 if link == NO_LINK else after_s - float(enter[at])
    into = into if into > CRUMB else 0.0
    costs = seconds[:, at] + (into if tracks.turns[begin + at] or not into else np.inf)
    long_s = 0.0
    if link != NO_LINK:
        long_s = float(enter[at + 1] - enter[at])
        costs = np.minimum(costs, seconds[:, at + 1] + long_s - into)
    best = int(costs.argmin()) - (1 if way.home != NOWHERE else 0)
    lon, lat = _place(scenario, node, link, into / long_s if long_s else 0.0)
    stands = link == NO_LINK or not into
    return Turn(
        mover=way.mover,
        after_s=after_s,
        node=int(scenario.network.nodes.id[node]),
        link=AT_NODE if stands else int(scenario.network.links.id[link]),
        into_s=into,
        lon=lon,
        lat=lat,
        goes=best if best >= 0 else HOME,
    )


def _place(scenario: Scenario, node: int, link: int, share: float) -> tuple[float, float]:
    """Return the place that far along a link from one of its nodes, degrees to seven decimals."""
    nodes, links = scenario.network.nodes, scenario.network.links
    if link == NO_LINK:
        return round(float(nodes.lon[node]), 7), round(float(nodes.lat[node]), 7)
    line = np.array(links.line[link])
    if links.from_node[link] != nodes.id[node]:
        line = line[::-1]
    scale = np.array([math.cos(math.radians(float(line[0, 1]))), 1.0])
    along = np.append(0.0, np.cumsum(np.hypot(*(np.diff(line, axis=0) * scale).T)))
    at = min(share, 1.0) * along[-1]
    lon, lat = (float(np.interp(at, along, line[:, n])) for n in (0, 1))
    return round(lon, 7), round(lat, 7)
