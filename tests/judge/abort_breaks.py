"""Good aborts broken on purpose, one way at a time; the judge must name each by its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.abort import AT_NODE, HOME, ON, Abort, AbortStep, Mover, Order, Turn
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort import abort
from tests.judge.sound import sound
from tests.operate.aborts import with_shelters
from tests.plans import greedy_plan
from tests.scenarios import FIRST_NODE, two_gates

Change = Callable[[Abort], Abort]
Where = NDArray[np.bool_]


@dataclass(frozen=True)
class AbortBreak:
    """A good abort changed so that it breaks one rule.

    Attributes
    ----------
    name
        What was done to it.
    rule
        The rule that the judge must name.
    also
        Other rules that cannot but be broken with it.
    change
        Makes the broken one of the good one.
    """

    name: str
    rule: str
    change: Change
    also: frozenset[str] = frozenset()

    def make(self) -> tuple[Scenario, Plan, Abort]:
        """Return the scenario, the plan and the broken abort."""
        scenario, plan, found = good()
        return scenario, plan, self.change(found)


@cache
def good() -> tuple[Scenario, Plan, Abort]:
    """Return three zones between two gates, a shelter that is too small and one that is not."""
    scenario = two_gates(crossing_m=60.0, open_m=60.0)
    scenario = with_shelters(scenario, (FIRST_NODE + 5, 6), (FIRST_NODE + 7, 1e4))
    plan = greedy_plan(scenario, most_households=9)
    return scenario, plan, abort(scenario, plan)


@cache
def good_fleet() -> tuple[Scenario, Plan, Abort]:
    """Return a bus, two ambulances and a convoy, with a shelter in the middle."""
    scenario, plan = sound("aid_in")
    scenario = with_shelters(scenario, (FIRST_NODE + 1, 20))
    return scenario, plan, abort(scenario, plan)


def chosen(found: Abort, wanted: Callable[[AbortStep], Where]) -> tuple[int, int]:
    """Return the first step, and the first part in it, that is wanted."""
    for row, step in enumerate(found.steps):
        parts = np.flatnonzero(wanted(step))
        if len(parts):
            return row, int(parts[0])
    raise LookupError


def on_step(row: int, change: Callable[[AbortStep], AbortStep]) -> Change:
    """Return what changes one step."""

    def changed(found: Abort) -> Abort:
        steps = list(found.steps)
        steps[row] = change(steps[row])
        return replace(found, steps=tuple(steps))

    return changed


def on_part(wanted: Callable[[AbortStep], Where], **values: Any) -> Change:
    """Return what gives one part other values, each a value or a function of the old one."""

    def changed(found: Abort) -> Abort:
        row, part = chosen(found, wanted)

        def other(step: AbortStep) -> AbortStep:
            columns: dict[str, Any] = {}
            for name, value in values.items():
                column = np.array(getattr(step, name))
                column[part] = value(column[part]) if callable(value) else value
                columns[name] = column
            return replace(step, **columns)

        return on_step(row, other)(found)

    return changed


def without_part(found: Abort) -> Abort:
    """Return the abort with one part left out of its first step."""
    return on_step(0, lambda step: _rows(step, np.arange(1, len(step))))(found)


def part_twice(found: Abort) -> Abort:
    """Return the abort with one part told twice."""
    return on_step(0, lambda step: _rows(step, np.append(np.arange(len(step)), 0)))(found)


def _rows(step: AbortStep, rows: NDArray[np.int64]) -> AbortStep:
    names = ("mover", "left_s", "persons", "past", "node", "link", "into_s", "goes", "by_s")
    return replace(step, **dict[str, Any]({name: getattr(step, name)[rows] for name in names}))


def on_order(wanted: Callable[[Order], bool], **values: Any) -> Change:
    """Return what gives the first order that is wanted other values."""

    def changed(found: Abort) -> Abort:
        for row, step in enumerate(found.steps):
            for n, order in enumerate(step.orders):
                if wanted(order):
                    told = {k: v(order) if callable(v) else v for k, v in values.items()}
                    orders = list(step.orders)
                    orders[n] = replace(order, **told)
                    fixed = tuple(orders)

                    def other(one: AbortStep, fixed: tuple[Order, ...] = fixed) -> AbortStep:
                        return replace(one, orders=fixed)

                    return on_step(row, other)(found)
        raise LookupError

    return changed


def on_turn(change: Callable[[Turn], Turn]) -> Change:
    """Return what changes the first turn-back."""
    return lambda found: replace(found, turns=(change(found.turns[0]), *found.turns[1:]))


def overfull(found: Abort) -> Abort:
    """Return the abort with everybody who goes home at one step in the small shelter."""
    row, _ = chosen(found, lambda step: step.goes == HOME)

    def other(step: AbortStep) -> AbortStep:
        return replace(step, goes=np.where(step.goes == HOME, 0, step.goes))

    return on_step(row, other)(found)


def _home(step: AbortStep) -> Where:
    return np.asarray(step.goes == HOME)


def _on(step: AbortStep) -> Where:
    return np.asarray((step.goes == ON) & ~step.past)


def _past(step: AbortStep) -> Where:
    return np.asarray(step.past)


def _sheltered(step: AbortStep) -> Where:
    return np.asarray(step.goes >= 0)


def _back(order: Order) -> bool:
    return order.goes != ON and len(order.links) > 0


_FOLLOWS: Final = frozenset({"order", "bound", "time", "route"})

ABORT_BREAKS: Final = (
    AbortBreak("another scenario", "scenario", lambda a: replace(a, scenario="other")),
    AbortBreak("other shelters", "scenario", lambda a: replace(a, shelters=("X",))),
    AbortBreak(
        "other movers",
        "scenario",
        lambda a: replace(a, movers=(Mover("block", "nobody"), *a.movers[1:])),
    ),
    AbortBreak("a step left out", "step", lambda a: replace(a, steps=a.steps[:-1])),
    AbortBreak("a step twice", "step", lambda a: replace(a, steps=(*a.steps, a.steps[0]))),
    AbortBreak(
        "a step off the grid",
        "step",
        on_step(0, lambda step: replace(step, at_s=step.at_s + 1)),
        frozenset({"place", "time", "persons", "twice", "forgotten", "bound", "sooner", "route"}),
    ),
    AbortBreak("somebody forgotten", "forgotten", without_part, frozenset({"order", "bound"})),
    AbortBreak("somebody told twice", "twice", part_twice, frozenset({"order", "bound"})),
    AbortBreak(
        "somebody who is not there",
        "twice",
        on_part(_home, left_s=lambda left: left + 5),
        frozenset({"forgotten", "order", "bound"}),
    ),
    AbortBreak(
        "a person more", "persons", on_part(_home, persons=lambda p: p + 1), frozenset({"order"})
    ),
    AbortBreak(
        "a mover that is none",
        "twice",
        on_part(_home, mover=9_999),
        frozenset({"forgotten", "order", "bound"}),
    ),
    AbortBreak(
        "a place a street on",
        "place",
        on_part(_home, into_s=lambda into: into + 30),
        frozenset({"order", "route"}),
    ),
    AbortBreak("another node", "place", on_part(_on, node=999), frozenset({"order", "route"})),
    AbortBreak("past the gate and sent home", "past", on_part(_past, goes=HOME), _FOLLOWS),
    AbortBreak("past the gate and sent to a shelter", "past", on_part(_past, goes=1), _FOLLOWS),
    AbortBreak(
        "to a shelter that is none", "nowhere", on_part(_home, goes=7), _FOLLOWS | {"sooner"}
    ),
    AbortBreak("there too soon", "time", on_part(_home, by_s=lambda by: by - 1), _FOLLOWS),
    AbortBreak("there too late", "time", on_part(_sheltered, by_s=lambda by: by + 60), _FOLLOWS),
    AbortBreak("a shelter overfull", "full", overfull, _FOLLOWS | {"sooner"}),
    AbortBreak("home though on is sooner", "sooner", on_part(_on, goes=HOME), _FOLLOWS),
    AbortBreak("on though home is sooner", "sooner", on_part(_home, goes=ON), _FOLLOWS),
    AbortBreak("to the farther shelter", "sooner", on_part(_home, goes=1), _FOLLOWS | {"nowhere"}),
    AbortBreak(
        "a bound too good",
        "bound",
        on_step(0, lambda step: replace(step, bound_s=step.person_s + 5)),
    ),
    AbortBreak(
        "a time in the open too small",
        "bound",
        on_step(0, lambda step: replace(step, person_s=step.person_s - 5)),
    ),
    AbortBreak(
        "a price below nothing",
        "bound",
        on_step(0, lambda step: replace(step, prices=np.array([-1.0, 0.0]))),
    ),
    AbortBreak(
        "a price for one shelter alone",
        "bound",
        on_step(0, lambda step: replace(step, prices=np.array([0.0]))),
    ),
    AbortBreak(
        "an order left out",
        "order",
        on_step(0, lambda step: replace(step, orders=step.orders[1:])),
    ),
    AbortBreak(
        "an order for nobody",
        "order",
        on_step(0, lambda step: replace(step, orders=(*step.orders, step.orders[0]))),
    ),
    AbortBreak(
        "an order for more", "order", on_order(lambda _: True, persons=lambda o: o.persons + 1)
    ),
    AbortBreak("an order that hurries", "order", on_order(_back, by_s=lambda o: o.by_s - 60)),
    AbortBreak("an order from elsewhere", "order", on_order(_back, node=lambda o: o.node + 1)),
    AbortBreak(
        "an order that leaves later",
        "order",
        on_order(lambda _: True, last_left_s=lambda o: o.last_left_s + 30),
    ),
    AbortBreak("a way cut short", "route", on_order(_back, links=lambda o: o.links[:-1])),
    AbortBreak("a way with a gap", "route", on_order(_back, links=lambda o: (1001, *o.links))),
    AbortBreak(
        "a way over a link that is none", "route", on_order(_back, links=lambda o: (9, *o.links))
    ),
    AbortBreak(
        "a way that goes to and fro",
        "route",
        on_order(_back, links=lambda o: (*o.links, o.links[-1], o.links[-1])),
    ),
    AbortBreak("a way that begins elsewhere", "route", on_order(_back, toward=999)),
    AbortBreak(
        "a way for who goes on",
        "route",
        on_order(lambda o: o.goes == ON, links=(1001,)),
    ),
    AbortBreak(
        "a turn-back a second early",
        "turn",
        on_turn(lambda turn: replace(turn, after_s=turn.after_s - 1)),
    ),
    AbortBreak(
        "a turn-back a second late",
        "turn",
        on_turn(lambda turn: replace(turn, after_s=turn.after_s + 1)),
    ),
    AbortBreak(
        "a turn-back before leaving", "turn", on_turn(lambda turn: replace(turn, after_s=-60))
    ),
    AbortBreak(
        "a turn-back to elsewhere",
        "turn",
        on_turn(lambda turn: replace(turn, goes=1 if turn.goes == 0 else 0)),
    ),
    AbortBreak(
        "a turn-back at another node", "turn", on_turn(lambda turn: replace(turn, node=999))
    ),
    AbortBreak(
        "a turn-back on another link",
        "turn",
        on_turn(lambda turn: replace(turn, link=1001 if turn.link == AT_NODE else AT_NODE)),
    ),
    AbortBreak(
        "a turn-back ten metres off",
        "turn",
        on_turn(lambda turn: replace(turn, lon=turn.lon + 1e-4)),
    ),
    AbortBreak("a turn-back missing", "turn", lambda a: replace(a, turns=a.turns[1:])),
    AbortBreak("a turn-back twice", "turn", lambda a: replace(a, turns=(*a.turns, a.turns[0]))),
    AbortBreak(
        "a turn-back of nobody",
        "turn",
        lambda a: replace(a, turns=(*a.turns, replace(a.turns[0], mover=9_999))),
    ),
)
