"""What is printed of a step against what its parts do, and printed ways against the streets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from clearway.judge.abort_seen import NONE, Part
from clearway.judge.abort_step import NEAR_S, StepCheck
from clearway.judge.case import CRUMB
from clearway.judge.columns import link_rows
from clearway.model.abort import AT_NODE, HOME, ON, Order
from clearway.model.verdict import PlanBreach

#: Persons by which a sum may be off.
_OFF: Final = 1e-3


class OrderCheck:
    """Checks the orders of one step."""

    def __init__(self, step: StepCheck) -> None:
        """Take a step that was looked at."""
        self.of, self.step = step, step.step
        self.parts = dict(step.pairs)

    def breaches(self) -> Iterator[PlanBreach]:
        """Yield everything wrong with the orders."""
        free: dict[int, set[int]] = {}
        for row, (mover, _, _) in enumerate(self.of.keys):
            free.setdefault(mover, set()).add(row)
        for order in self.step.orders:
            mine = free.get(order.mover, set())
            rows = sorted(row for row in mine if self._holds(order, row))
            mine -= set(rows)
            problem = next(self._problems(order, rows), None)
            if problem is not None:
                yield self._breach("order", order, problem)
            elif order.goes != ON:
                wrong = next(self._way(order, rows), None)
                if wrong is not None:
                    yield self._breach("route", order, wrong)
            elif order.links:
                yield self._breach("route", order, "names links, though it goes on as planned")
        for row in sorted(row for rows in free.values() for row in rows):
            key = self.of.keys[row]
            text = f"{self.of.name(key)} has no printed order for those who left at {key[1]} s."
            yield PlanBreach("order", self.of.place(key), 0, 1, "orders", text)

    def _breach(self, rule: str, order: Order, text: str) -> PlanBreach:
        key = (order.mover, order.first_left_s, order.past)
        text = f"The order of {self.of.name(key)} {text}."
        return PlanBreach(rule, self.of.place(key), 0, 0, "", text)

    def _holds(self, order: Order, row: int) -> bool:
        _, left_s, past = self.of.keys[row]
        within = past == order.past and order.first_left_s <= left_s <= order.last_left_s
        return within and int(self.step.goes[row]) == order.goes

    def _problems(self, order: Order, rows: list[int]) -> Iterator[str]:
        """Yield what an order says otherwise than its parts do."""
        if not rows:
            yield "is for nobody"
            return
        lefts = [self.of.keys[row][1] for row in rows]
        if (min(lefts), max(lefts)) != (order.first_left_s, order.last_left_s):
            yield "names moments of leaving at which nobody left"
        persons = sum(float(self.step.persons[row]) for row in rows)
        if not abs(persons - order.persons) <= _OFF:
            yield f"is for {order.persons:.1f} persons, and {persons:.1f} get it"
        by_s = max(int(self.step.by_s[row]) for row in rows)
        if by_s != order.by_s:
            yield f"says by {order.by_s} s, and the last is there at {by_s} s"
        if not self._slowest(order, rows):
            yield "does not begin where those are who take longest"

    def _slowest(self, order: Order, rows: list[int]) -> list[int]:
        """Return the parts at the place where an order begins that take as long as it says."""
        return [
            row
            for row in rows
            if int(self.step.by_s[row]) == order.by_s
            and int(self.step.node[row]) == order.node
            and int(self.step.link[row]) == order.link
            and abs(float(self.step.into_s[row]) - order.into_s) <= NEAR_S
        ]

    def _way(self, order: Order, rows: list[int]) -> Iterator[str]:
        """Yield why the printed way does not lead to where it should in the time it says."""
        part = self.parts.get(self._slowest(order, rows)[0])
        if part is None or part.spot is None or not HOME <= order.goes < len(self.of.shelters):
            return  # told as somebody who is not there, is past the gate, or goes nowhere
        seconds, at = self._begin(order, part)
        if not math.isfinite(seconds):
            yield "begins in a direction in which it cannot go"
            return
        network = self.of.reach.network
        going = self.of.reach.going(part.who)
        known = link_rows(network.links.id, list(order.links))
        for link, row in zip(order.links, known.tolist(), strict=True):
            ends = (int(self.of.reach.start[row]), int(self.of.reach.end[row]))
            if row == NONE or at not in ends:
                yield f"is not connected: link {link} does not go on from where it is"
                return
            forward = ends[0] == at
            if not self.of.reach.inside[row] or not going.may(row, forward=forward):
                yield f"uses link {link}, which is closed, not inside, or not for it"
                return
            seconds += float(going.seconds[row])
            at = ends[1] if forward else ends[0]
        end = part.home if order.goes == HOME else self.of.shelters[order.goes]
        if at != end:
            yield "does not lead to where it goes"
        if math.ceil(seconds - CRUMB) > order.by_s - self.step.at_s:
            yield f"takes {seconds:.0f} s, and says {order.by_s - self.step.at_s} s"

    def _begin(self, order: Order, part: Part) -> tuple[float, int]:
        """Return the seconds to the node to go to first, and that node; infinite if it cannot."""
        spot, nodes = part.spot, self.of.reach.network.nodes.id
        if spot is None:
            return math.inf, NONE
        if order.toward == int(nodes[spot.node]) and (spot.turns or order.link == AT_NODE):
            return spot.into_s, spot.node
        if spot.ahead != NONE and order.toward == int(nodes[spot.ahead]):
            return spot.left_s, spot.ahead
        return math.inf, NONE
