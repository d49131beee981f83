"""Whether each turn-back is the latest: back is no slower than on there, and slower a second on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from clearway.judge.abort_reach import Reach
from clearway.judge.abort_seen import NONE, Last, Spot, Watch
from clearway.judge.abort_step import NEAR_S
from clearway.judge.words import plain
from clearway.model.abort import AT_NODE, HOME, Abort, Turn
from clearway.model.care import metres_between
from clearway.model.verdict import PlanBreach

#: Metres by which a place on a link may be off: degrees are rounded.
_NEAR_M: Final = 1.0
_CRUMB_S: Final = 1e-3


class TurnCheck:
    """Checks the turn-backs of an abort."""

    def __init__(self, watch: Watch, reach: Reach) -> None:
        """Take who is under way."""
        self.watch, self.reach = watch, reach
        scenario = watch.case.scenario
        nodes = scenario.network.node_index([one.node for one in scenario.shelters])
        self.shelters: list[int] = nodes.tolist()

    def breaches(self, abort: Abort, movers: set[int] | None) -> Iterator[PlanBreach]:
        """Yield turn-backs that are wrong, and those of ``movers`` (None: all) that are missing."""
        counts = Counter(turn.mover for turn in abort.turns)
        told = {turn.mover: turn for turn in abort.turns}
        lasts = dict(self.watch.lasts(None if movers is None else movers | told.keys()))
        for row, last in lasts.items():
            turn = told.get(row)
            if turn is not None:
                problem = next(self._problems(turn, last), None)
                if problem is not None:
                    yield self._breach(row, float(turn.after_s), f"turn-back {problem}")
            elif (movers is None or row in movers) and self._holds(last, 0):
                yield self._breach(row, 0.0, "turn-back is missing")
        for row, count in counts.items():
            if count > 1 or row not in lasts:
                yield self._breach(row, float(count), "turn-back stands twice, or is of nobody")

    def _breach(self, row: int, value: float, text: str) -> PlanBreach:
        movers = self.watch.movers
        name = plain(movers[row].id) if 0 <= row < len(movers) else f"mover {row}"
        if 0 <= row < len(movers) and movers[row].trip:
            name += f" trip {movers[row].trip}"
        return PlanBreach("turn", name, value, 0, "s", f"Of {name}, the {text}.")

    def _problems(self, turn: Turn, last: Last) -> Iterator[str]:
        if not 0 <= turn.after_s <= last.pass_s:
            yield f"is {turn.after_s} s after leaving, when it is not on its way to the gate"
            return
        if not self._holds(last, turn.after_s):
            yield f"is too late: after {turn.after_s} s going on is quicker"
        if turn.after_s + 1 <= last.pass_s and self._holds(last, turn.after_s + 1, -_CRUMB_S):
            yield f"is not the latest: after {turn.after_s + 1} s going back is no slower"
        spot = last.way.spot(float(turn.after_s))
        yield from self._place(turn, spot)
        best = min(self._targets(last, spot).values(), default=math.inf)
        if not self._targets(last, spot).get(turn.goes, math.inf) <= best + _CRUMB_S:
            yield "does not name the nearest place to go back to"

    def _place(self, turn: Turn, spot: Spot) -> Iterator[str]:
        network = self.reach.network
        stands = spot.link == NONE or spot.into_s <= _CRUMB_S
        link = AT_NODE if stands else int(network.links.id[spot.link])
        right = (int(network.nodes.id[spot.node]), link)
        if (turn.node, turn.link) != right or not abs(turn.into_s - spot.into_s) <= NEAR_S:
            yield f"names another place than the one {spot.into_s:.0f} s behind node {right[0]}"
            return
        lon, lat = self._degrees(spot)
        told = turn.lon, turn.lat
        off = metres_between(*told, lon, lat) if all(map(math.isfinite, told)) else math.inf
        if not off <= _NEAR_M:
            yield f"has a place {off:.0f} m from where it is"

    def _degrees(self, spot: Spot) -> tuple[float, float]:
        """Return where a spot is, along the drawn line of its link."""
        nodes, links = self.reach.network.nodes, self.reach.network.links
        if spot.link == NONE:
            return float(nodes.lon[spot.node]), float(nodes.lat[spot.node])
        line = list(links.line[spot.link])
        if int(self.reach.start[spot.link]) != spot.node:
            line.reverse()
        legs = [metres_between(*a, *b) for a, b in pairwise(line)]
        left = sum(legs) * spot.into_s / (spot.into_s + spot.left_s)
        for ((lon, lat), (lon2, lat2)), leg in zip(pairwise(line), legs, strict=True):
            if left <= leg:
                part = left / leg if leg > 0 else 0.0
                return lon + part * (lon2 - lon), lat + part * (lat2 - lat)
            left -= leg
        return line[-1]

    def _holds(self, last: Last, after_s: int, spare_s: float = _CRUMB_S) -> bool:
        """Whether going back so long after leaving is no slower than going on."""
        spot = last.way.spot(float(after_s))
        back = min(self._targets(last, spot).values(), default=math.inf)
        return bool(back <= last.out_s - after_s + spare_s)

    def _targets(self, last: Last, spot: Spot) -> dict[int, float]:
        """Return the seconds to home and each shelter."""
        ends = {HOME: last.home} if last.home != NONE else {}
        ends |= dict(enumerate(self.shelters))
        found = {}
        for goes, node in ends.items():
            to = self.reach.to(last.who, node)
            turned = float(to[spot.node]) + spot.into_s if spot.turns or not spot.into_s else np.inf
            ahead = float(to[spot.ahead]) + spot.left_s if spot.ahead != NONE else np.inf
            found[goes] = min(turned, ahead)
        return found
