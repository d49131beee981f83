"""What everybody does if all stops, in words for a terminal: in short, at one moment, as a drill."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from clearway.model.abort import AT_NODE, BLOCK, HOME, ON, Abort, AbortStep, Order
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.publish.days import Calendar
from clearway.publish.words import Said, words

#: Links of a way that are named one by one.
_NAMED: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class AbortText:
    """Says an abort in one language.

    Attributes
    ----------
    scenario, plan, abort
        What is said.
    lang
        ``en`` or ``ar``.
    """

    scenario: Scenario
    plan: Plan
    abort: Abort
    lang: str

    def summary(self) -> Iterator[str]:
        """Yield how many are under way at most, who goes where, and how full shelters get."""
        said, steps = words(self.lang), self.abort.steps
        if not steps:
            yield said.say("abort.nobody")
            return
        most = max(steps, key=lambda step: step.on + step.back)
        yield said.say("abort.steps", n=len(steps))
        yield said.say(
            "abort.most",
            moment=self._moment(most.at_s),
            persons=self._persons(most.on + most.back),
        )
        yield said.say("abort.longest", time=said.duration(self._longest()))
        load = np.max([step.sheltered(len(self.abort.shelters)) for step in steps], axis=0)
        for shelter, persons in zip(self.scenario.shelters, load.tolist(), strict=True):
            yield said.say(
                "abort.fullest",
                code=shelter.id,
                name=said.name(shelter.name),
                persons=self._persons(persons),
                places=said.number(shelter.places.central),
            )
        yield said.say("abort.gap", gap=said.share_up(max(step.gap for step in steps)))

    def step(self, at_s: int) -> Iterator[str]:
        """Yield every order of one moment; one line if nobody is under way."""
        step = self._step(at_s)
        yield from self._head(at_s, step)
        for order in step.orders if step is not None else ():
            yield self._order(order)

    def drill(self, at_s: int) -> Iterator[list[str]]:
        """Yield the stages of a drill, each a heading and its lines."""
        said, step = words(self.lang), self._step(at_s)
        yield [said.say("abort.stage_stop"), *self._head(at_s, step), said.say("abort.no_call")]
        yield [said.say("abort.stage_tell"), *self._contacts()]
        if step is None:
            return
        orders = step.orders
        yield [
            said.say("abort.stage_past"),
            *(self._order(one) for one in orders if one.past),
        ]
        on = [one for one in orders if one.goes == ON and not one.past]
        yield [
            said.say("abort.stage_on"),
            said.say("abort.gates"),
            *map(self._order, on),
        ]
        back = [one for one in orders if one.goes != ON]
        yield [said.say("abort.stage_back"), *map(self._order, back), *self._ways(back)]
        yield [said.say("abort.stage_shelters"), *self._shelters(step), said.say("abort.count")]

    def _step(self, at_s: int) -> AbortStep | None:
        return self.abort.at(at_s) if at_s in self.abort.moments else None

    def _head(self, at_s: int, step: AbortStep | None) -> Iterator[str]:
        said = words(self.lang)
        yield said.say("abort.title", moment=self._moment(at_s))
        if step is None:
            yield said.say("abort.nobody")
            return
        yield said.say(
            "abort.under_way",
            persons=self._persons(step.on + step.back),
            on=self._persons(step.on),
            back=self._persons(step.back),
        )
        yield said.say("abort.all_by", time=self._clock(int(step.by_s.max())))

    def _order(self, order: Order) -> str:
        said = words(self.lang)
        return said.say(
            "abort.order",
            who=self._who(order.mover),
            persons=self._persons(order.persons),
            where=self._where(order),
            goes=self._goes(order),
            by=self._clock(order.by_s),
        )

    def _who(self, row: int) -> Said:
        said, mover = words(self.lang), self.abort.movers[row]
        if mover.kind == BLOCK:
            move = self.plan.movements[row]
            code = said.code(mover.id)
            return said.say("abort.block", code=code, zone=said.code(move.zone))
        return said.say("abort.trip", code=said.code(mover.id), n=mover.trip)

    def _where(self, order: Order) -> Said:
        said, nodes = words(self.lang), self.scenario.network.nodes
        if order.past:
            return said.say("abort.past", corridor=self._corridor(order))
        row = int(self.scenario.network.node_index([order.node])[0])
        place = said.code(f"{nodes.lat[row]:.5f}, {nodes.lon[row]:.5f}")
        node = said.code(order.node)
        if order.link == AT_NODE:
            return said.say("abort.at_node", node=node, place=place)
        link = said.code(order.link)
        return said.say("abort.on_link", node=node, place=place, link=link)

    def _goes(self, order: Order) -> Said:
        said = words(self.lang)
        if order.goes == ON:
            return said.say("abort.on", corridor=self._corridor(order))
        if order.goes == HOME:
            return said.say("abort.home")
        shelter = self.scenario.shelters[order.goes]
        return said.say("abort.shelter", code=shelter.id, name=said.name(shelter.name))

    def _ways(self, orders: list[Order]) -> Iterator[str]:
        """Yield the way of each order that goes back, link by link up to a few."""
        said = words(self.lang)
        for order in orders:
            codes = [said.code(link) for link in order.links[:_NAMED]]
            if codes:
                yield said.say(
                    "abort.way",
                    who=self._who(order.mover),
                    node=said.code(order.toward),
                    links=said.listed(codes),
                    n=len(order.links),
                )

    def _corridor(self, order: Order) -> Said:
        """Return the code of the corridor that an order's mover goes out by, or is in."""
        said, mover = words(self.lang), self.abort.movers[order.mover]
        if order.past:
            inside = (one.id for one in self.scenario.corridors if one.mouth == order.node)
            return said.code(next(inside))
        if mover.kind == BLOCK:
            return said.code(self.plan.movements[order.mover].corridor)
        runs = {run.convoy: run.trip for run in self.plan.convoys}
        duties = {duty.id: duty for duty in self.plan.duties}
        duty = duties.get(mover.id)
        trip = runs[mover.id] if duty is None else duty.trips[mover.trip - 1]
        return said.code(trip.corridor_out)

    def _contacts(self) -> Iterator[str]:
        said, contacts = words(self.lang), self.scenario.agreement.contacts
        for one in contacts:
            yield said.say(
                "abort.contact",
                party=said.name(one.party),
                role=said.name(one.role),
                channel=said.quote(one.channel),
                backup=said.quote(one.backup),
            )
            yield said.say("abort.if_lost", text=said.name(one.if_lost))
        if not contacts:
            yield said.say("abort.no_contacts")

    def _shelters(self, step: AbortStep) -> Iterator[str]:
        said = words(self.lang)
        load = step.sheltered(len(self.abort.shelters)).tolist()
        for row, (shelter, persons) in enumerate(zip(self.scenario.shelters, load, strict=True)):
            if persons > 0:
                yield said.say(
                    "abort.expects",
                    code=shelter.id,
                    name=said.name(shelter.name),
                    persons=self._persons(persons),
                    places=said.number(shelter.places.central),
                    by=self._clock(int(step.by_s[step.goes == row].max())),
                )
        home = step.goes == HOME
        if home.any():
            yield said.say(
                "abort.at_home",
                persons=self._persons(float(step.persons[home].sum())),
                by=self._clock(int(step.by_s[home].max())),
            )

    def _persons(self, persons: float) -> Said:
        # Rounded up: what is counted on arrival is never more than was told.
        return words(self.lang).say("unit.persons", n=math.ceil(persons - 1e-6))

    def _longest(self) -> int:
        return max(int(step.by_s.max()) - step.at_s for step in self.abort.steps)

    def _clock(self, seconds: int) -> Said:
        return self._calendar.clock(math.ceil(seconds / 60) * 60)

    def _moment(self, seconds: int) -> Said:
        return self._calendar.at(self.scenario.moment(seconds))

    @property
    def _calendar(self) -> Calendar:
        return Calendar(self.scenario, words(self.lang))
