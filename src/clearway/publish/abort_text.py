"""What everybody does if all stops, in words for a terminal: in short, one moment, a drill."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from clearway.model.abort import AT_NODE, BLOCK, HOME, ON, Abort, Order
from clearway.model.duty import Duty, Trip
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.publish.abort_heads import Heads, heads
from clearway.publish.days import Calendar
from clearway.publish.words import Said, words

#: Links of a way that are named one by one.
_NAMED: Final = 8


class AbortText:
    """Says an abort in one language."""

    def __init__(self, scenario: Scenario, plan: Plan, abort: Abort, lang: str) -> None:
        """Take what is said, and the language: ``en`` or ``ar``."""
        self.scenario, self.abort = scenario, abort
        self.phrases = _Phrases(scenario, plan, abort, lang)
        self.say = self.phrases.words.say

    def summary(self) -> Iterator[str]:
        """Yield how many are under way at most, who goes where, and how full shelters get."""
        steps, phrases = self.abort.steps, self.phrases
        if not steps:
            yield self.say("abort.nobody")
            return
        counted = [heads(step) for step in steps]
        most = max(counted, key=lambda one: one.all)
        yield self.say("abort.steps", n=len(steps))
        moment, persons = phrases.moment(most.step.at_s), phrases.persons(most.all)
        yield self.say("abort.most", moment=moment, persons=persons)
        longest = max(int(step.by_s.max()) - step.at_s for step in steps)
        yield self.say("abort.longest", time=phrases.words.duration(longest))
        for row, shelter in enumerate(self.scenario.shelters):
            persons = phrases.persons(max(one.going(row) for one in counted))
            yield self.say(
                "abort.fullest",
                code=shelter.id,
                name=phrases.words.name(shelter.name),
                persons=persons,
                places=phrases.words.number(shelter.places.central),
            )
        yield self.say("abort.gap", gap=phrases.words.share_up(max(step.gap for step in steps)))

    def step(self, at_s: int) -> Iterator[str]:
        """Yield every order of one moment; one line if nobody is under way."""
        found = self._heads(at_s)
        yield from self._head(at_s, found)
        if found is not None:
            yield from (self.phrases.order(*one) for one in found.orders())

    def drill(self, at_s: int) -> Iterator[list[str]]:
        """Yield the stages of a drill, each a heading and its lines."""
        found, phrases = self._heads(at_s), self.phrases
        yield [self.say("abort.stage_stop"), *self._head(at_s, found), self.say("abort.no_call")]
        yield [self.say("abort.stage_tell"), *self._contacts()]
        if found is None:
            return
        told = [(order, phrases.order(order, count)) for order, count in found.orders()]
        past = (line for order, line in told if order.past)
        on = (line for order, line in told if order.goes == ON and not order.past)
        back = [(order, line) for order, line in told if order.goes != ON]
        yield [self.say("abort.stage_past"), *past]
        yield [self.say("abort.stage_on"), self.say("abort.gates"), *on]
        ways = (way for order, _ in back for way in phrases.way(order))
        yield [self.say("abort.stage_back"), *(line for _, line in back), *ways]
        yield [self.say("abort.stage_shelters"), *self._shelters(found), self.say("abort.count")]

    def walk_on(self) -> str:
        """Return what asks to go on to the next stage."""
        return self.say("abort.walk_on")

    def _heads(self, at_s: int) -> Heads | None:
        return heads(self.abort.at(at_s)) if at_s in self.abort.moments else None

    def _head(self, at_s: int, found: Heads | None) -> Iterator[str]:
        phrases = self.phrases
        yield self.say("abort.title", moment=phrases.moment(at_s))
        if found is None:
            yield self.say("abort.nobody")
            return
        yield self.say(
            "abort.under_way",
            persons=phrases.persons(found.all),
            on=phrases.persons(found.on),
            back=phrases.persons(found.all - found.on),
        )
        yield self.say("abort.all_by", time=phrases.clock(int(found.step.by_s.max())))

    def _contacts(self) -> Iterator[str]:
        said, contacts = self.phrases.words, self.scenario.agreement.contacts
        for one in contacts:
            yield self.say(
                "abort.contact",
                party=said.name(one.party),
                role=said.name(one.role),
                channel=said.quote(one.channel),
                backup=said.quote(one.backup),
            )
            yield self.say("abort.if_lost", text=said.name(one.if_lost))
        if not contacts:
            yield self.say("abort.no_contacts")

    def _shelters(self, found: Heads) -> Iterator[str]:
        phrases, step = self.phrases, found.step
        for row, shelter in enumerate(self.scenario.shelters):
            if persons := found.going(row):
                yield self.say(
                    "abort.expects",
                    code=shelter.id,
                    name=phrases.words.name(shelter.name),
                    persons=phrases.persons(persons),
                    places=phrases.words.number(shelter.places.central),
                    by=phrases.clock(int(step.by_s[step.goes == row].max())),
                )
        home = step.goes == HOME
        if home.any():
            yield self.say(
                "abort.at_home",
                persons=phrases.persons(found.going(HOME)),
                by=phrases.clock(int(step.by_s[home].max())),
            )


class _Phrases:
    """Says who, where, where to and by when."""

    def __init__(self, scenario: Scenario, plan: Plan, abort: Abort, lang: str) -> None:
        self.scenario, self.plan, self.abort = scenario, plan, abort
        self.words = words(lang)
        self.calendar = Calendar(scenario, self.words)

    def order(self, order: Order, persons: int) -> str:
        """Return one order, which is about so many people, as a line."""
        return self.words.say(
            "abort.order",
            who=self._who(order.mover),
            persons=self.persons(persons),
            where=self._where(order),
            goes=self._goes(order),
            by=self.clock(order.by_s),
        )

    def way(self, order: Order) -> Iterator[str]:
        """Yield the way back of an order, its first links by name; nothing if it has none."""
        if order.links:
            codes = [self.words.code(link) for link in order.links[:_NAMED]]
            yield self.words.say(
                "abort.way",
                who=self._who(order.mover),
                node=self.words.code(order.toward),
                links=self.words.listed(codes),
                n=len(order.links),
            )

    def persons(self, persons: int) -> Said:
        """Return a count of people."""
        return self.words.say("unit.persons", n=persons)

    def clock(self, seconds: int) -> Said:
        """Return the time of day, rounded up to minutes."""
        return self.calendar.clock(math.ceil(seconds / 60) * 60)

    def moment(self, seconds: int) -> Said:
        """Return day and time."""
        return self.calendar.at(self.scenario.moment(seconds))

    def _who(self, row: int) -> Said:
        said, mover = self.words, self.abort.movers[row]
        if mover.kind == BLOCK:
            zone = said.code(self.plan.movements[row].zone)
            return said.say("abort.block", code=said.code(mover.id), zone=zone)
        return said.say("abort.trip", code=said.code(mover.id), n=mover.trip)

    def _where(self, order: Order) -> Said:
        said, nodes = self.words, self.scenario.network.nodes
        if order.past:
            return said.say("abort.past", corridor=self._corridor(order))
        row = int(self.scenario.network.node_index([order.node])[0])
        place = said.code(f"{nodes.lat[row]:.5f}, {nodes.lon[row]:.5f}")
        node = said.code(order.node)
        if order.link == AT_NODE:
            return said.say("abort.at_node", node=node, place=place)
        return said.say("abort.on_link", node=node, place=place, link=said.code(order.link))

    def _goes(self, order: Order) -> Said:
        said = self.words
        if order.goes == ON:
            return said.say("abort.on", corridor=self._corridor(order))
        if order.goes == HOME:
            return said.say("abort.home")
        shelter = self.scenario.shelters[order.goes]
        return said.say("abort.shelter", code=shelter.id, name=said.name(shelter.name))

    def _corridor(self, order: Order) -> Said:
        """Return the code of the corridor that an order's mover is in, or goes out by."""
        mover = self.abort.movers[order.mover]
        if order.past:
            inside = (one.id for one in self.scenario.corridors if one.mouth == order.node)
            return self.words.code(next(inside))
        if mover.kind == BLOCK:
            return self.words.code(self.plan.movements[order.mover].corridor)
        trips = [(duty.id, n, trip) for duty in self.plan.duties for n, trip in _numbered(duty)]
        trips += [(run.convoy, 1, run.trip) for run in self.plan.convoys]
        found = (trip for name, n, trip in trips if (name, n) == (mover.id, mover.trip))
        return self.words.code(next(found).corridor_out)


def _numbered(duty: Duty) -> Iterator[tuple[int, Trip]]:
    return enumerate(duty.trips, 1)
