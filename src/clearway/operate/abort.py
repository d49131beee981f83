"""If all stops now: for each step of a plan, where everybody under way goes, and by when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearway.model.abort import AT_NODE, Abort, AbortStep
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort_movers import Moved, moved_by
from clearway.operate.abort_orders import OrderMaker
from clearway.operate.abort_parts import Parts, parts_at, returns
from clearway.operate.abort_places import Placed, place
from clearway.operate.abort_tracks import NO_LINK
from clearway.operate.abort_turns import turns
from clearway.operate.abort_ways import Ways


def abort(scenario: Scenario, plan: Plan, at_s: int | None = None) -> Abort:
    """Work out what everybody under way does if all stops without notice.

    People past the gate go on to the exit. All others go where they are soonest out or under cover:
    on as the plan says, home, or to a shelter, as far as the shelters hold them; time in the open
    is least in all. Going on never takes longer than the plan says, as nobody joins a queue behind
    whom they would not have come.

    Parameters
    ----------
    scenario, plan
        The plan keeps every rule: it was judged.
    at_s
        A moment, seconds from the scenario's start; by default all steps, one a call-forward slot,
        at which anybody is under way.

    Returns
    -------
    Abort
        With one step for each moment; without any at a moment at which nobody is under way. For
        one moment, it has the turn-backs of those alone who may be under way then.
    """
    ways = Ways(scenario)
    moved = moved_by(scenario, plan, ways, at_s)
    maker = _Maker(scenario, moved, ways)
    moments = range(0) if at_s is None else range(at_s, at_s + 1)
    if at_s is None:
        slot = scenario.planning.slot_s
        first, last = moved.moments
        moments = range(first // slot * slot, last + slot, slot)
    found = ((moment, parts_at(scenario, moved, moment)) for moment in moments)
    return Abort(
        scenario=scenario.id,
        movers=moved.movers,
        shelters=tuple(shelter.id for shelter in scenario.shelters),
        turns=turns(scenario, moved, ways),
        steps=tuple(maker.step(moment, parts) for moment, parts in found if len(parts)),
    )


class _Maker:
    """Makes one step after another."""

    def __init__(self, scenario: Scenario, moved: Moved, ways: Ways) -> None:
        self.scenario, self.moved, self.ways = scenario, moved, ways
        self.room = np.array([one.places.central for one in scenario.shelters], dtype=float)
        self.orders = OrderMaker(scenario, moved, ways)

    def step(self, at_s: int, parts: Parts) -> AbortStep:
        """Return what all of ``parts`` do."""
        back = returns(self.scenario, self.moved, self.ways, parts)
        placed = place(parts, back, self.room)
        carried = parts.persons > 0
        node, link = self._places(parts)
        return AbortStep(
            at_s=at_s,
            mover=parts.mover,
            left_s=parts.left_s,
            persons=parts.persons,
            past=parts.past,
            node=node,
            link=link,
            into_s=parts.into_s,
            goes=placed.goes,
            by_s=at_s + _whole(placed),
            orders=tuple(self.orders.orders(at_s, parts, placed)),
            prices=placed.prices,
            person_s=float((parts.persons * placed.seconds)[carried].sum()),
            bound_s=placed.bound_s,
        )

    def _places(self, parts: Parts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        tracks, network = self.moved.tracks, self.scenario.network
        mouths = np.array([one.mouth for one in self.scenario.corridors], dtype=np.int64)
        node = network.nodes.id[tracks.node[parts.entry]] if len(tracks.node) else parts.entry
        node = np.where(parts.past, mouths[parts.mouth], node)
        rows = tracks.link[parts.entry] if len(tracks.link) else parts.entry
        stands = parts.past | (rows == NO_LINK) | (parts.into_s == 0)
        return node, np.where(stands, AT_NODE, network.links.id[rows])


def _whole(placed: Placed) -> NDArray[np.int64]:
    return placed.seconds.astype(np.int64)
