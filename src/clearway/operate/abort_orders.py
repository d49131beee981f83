"""What is printed of a step: parts of one mover next to one another that go to one place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clearway.model.abort import AT_NODE, HOME, ON, Order
from clearway.model.scenario import Scenario
from clearway.operate.abort_gates import CRUMB
from clearway.operate.abort_movers import Moved
from clearway.operate.abort_parts import Parts, together
from clearway.operate.abort_places import Placed
from clearway.operate.abort_tracks import NO_LINK
from clearway.operate.abort_ways import Ways


class OrderMaker:
    """Writes the orders of one step after another."""

    def __init__(self, scenario: Scenario, moved: Moved, ways: Ways) -> None:
        """Take what orders speak of."""
        self.scenario, self.moved, self.ways = scenario, moved, ways
        self.shelters = scenario.network.node_index([one.node for one in scenario.shelters])

    def orders(self, at_s: int, parts: Parts, placed: Placed) -> Iterator[Order]:
        """Yield the orders of a step, by mover and moment of leaving."""
        keys = zip(parts.mover.tolist(), parts.past.tolist(), placed.goes.tolist(), strict=True)
        for run in together(list(keys)):
            rows = np.array(run)
            slowest = int(rows[placed.seconds[rows].argmax()])
            goes = int(placed.goes[slowest])
            toward, links = self._way(parts, slowest, goes)
            node, link = where(self.scenario, self.moved, parts, slowest)
            yield Order(
                mover=int(parts.mover[slowest]),
                goes=goes,
                past=bool(parts.past[slowest]),
                first_left_s=int(parts.left_s[rows].min()),
                last_left_s=int(parts.left_s[rows].max()),
                persons=float(parts.persons[rows].sum()),
                node=node,
                link=link,
                into_s=float(parts.into_s[slowest]),
                toward=toward if goes != ON else node,
                links=links,
                by_s=at_s + int(placed.seconds[slowest]),
            )

    def _way(self, parts: Parts, row: int, goes: int) -> tuple[int, tuple[int, ...]]:
        """Return the id of the node to go to first, and the links from there to where one goes."""
        if goes == ON:
            return AT_NODE, ()
        tracks, name = self.moved.tracks, self.moved.paces[int(parts.mover[row])]
        end = int(parts.home[row]) if goes == HOME else int(self.shelters[goes])
        (tree,) = self.ways.trees(name, [end])
        entry, into = int(parts.entry[row]), float(parts.into_s[row])
        first = int(tracks.node[entry])
        if tracks.link[entry] != NO_LINK and not (tracks.turns[entry] and not into):
            after = int(tracks.node[entry + 1])
            left = float(tracks.enter_s[entry + 1] - tracks.enter_s[entry]) - into
            turned = tree.seconds[first] + into
            may = bool(tracks.turns[entry]) or into == 0
            if not may or tree.seconds[after] + left < turned - CRUMB:
                first = after
        node = int(self.scenario.network.nodes.id[first])
        return node, self.ways.route(name, first, end)


def where(scenario: Scenario, moved: Moved, parts: Parts, row: int) -> tuple[int, int]:
    """Return ids of the node that a part passed last, and of the link that it is on."""
    if parts.past[row]:
        return scenario.corridors[int(parts.mouth[row])].mouth, AT_NODE
    entry = int(parts.entry[row])
    link = int(moved.tracks.link[entry])
    node = int(scenario.network.nodes.id[moved.tracks.node[entry]])
    stands = link == NO_LINK or not parts.into_s[row]
    return node, AT_NODE if stands else int(scenario.network.links.id[link])
