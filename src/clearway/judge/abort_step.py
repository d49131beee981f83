"""One step of an abort against who is under way: who, where, where to, by when, and room."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearway.judge.abort_reach import Reach
from clearway.judge.abort_seen import NONE, Part, Watch
from clearway.judge.case import CRUMB, exceeds
from clearway.judge.words import people, plain
from clearway.model.abort import AT_NODE, HOME, ON, AbortStep
from clearway.model.verdict import PlanBreach

#: Seconds by which a place may be off: the rounding of floating-point numbers.
NEAR_S: Final = 0.01

#: What a part is told by: its mover, when it left, whether it is between gate and exit.
Key = tuple[int, int, bool]


class Choices(NamedTuple):
    """Whole seconds from a part to the exit, home, and each shelter; infinite without a way."""

    on_s: float
    home_s: float
    shelter_s: NDArray[np.float64]

    def to(self, goes: int) -> float:
        """Return the seconds to where somebody goes."""
        if goes in (ON, HOME):
            return self.on_s if goes == ON else self.home_s
        return float(self.shelter_s[goes]) if 0 <= goes < len(self.shelter_s) else math.inf


class StepCheck:
    """Checks one step."""

    def __init__(self, watch: Watch, reach: Reach, step: AbortStep) -> None:
        """See who is under way at the moment of ``step``."""
        scenario = watch.case.scenario
        self.watch, self.reach, self.step = watch, reach, step
        self.room = np.array([one.places.central for one in scenario.shelters], dtype=float)
        nodes = scenario.network.node_index([one.node for one in scenario.shelters])
        self.shelters: list[int] = nodes.tolist()
        self.names = [shelter.id for shelter in scenario.shelters]
        self.when = watch.case.when(step.at_s)
        self.seen = {(one.mover, one.left_s, one.past): one for one in watch.parts(step.at_s)}
        told = zip(step.mover.tolist(), step.left_s.tolist(), step.past.tolist(), strict=True)
        self.keys: list[Key] = list(told)
        self.pairs = [
            (row, self.seen[key]) for row, key in enumerate(self.keys) if key in self.seen
        ]
        self.choices = self._choices([part for _, part in self.pairs])

    def breaches(self) -> Iterator[PlanBreach]:
        """Yield everything wrong with the step."""
        yield from self._who()
        for (row, part), choices in zip(self.pairs, self.choices, strict=True):
            yield from self._where(row, part)
            yield from self._goes(row, part, choices)
        yield from self._room()
        yield from self._figures()

    def name(self, key: Key) -> str:
        """Return who somebody is, in words."""
        movers = self.watch.movers
        if not 0 <= key[0] < len(movers):
            return f"mover {key[0]}"
        mover = movers[key[0]]
        trip = f" trip {mover.trip}" if mover.trip else ""
        return f"{plain(mover.id)}{trip}"

    def place(self, key: Key) -> str:
        """Return whom a breach is about, and when."""
        return f"{self.name(key)} at {self.when}"

    def _breach(self, rule: str, key: Key, pair: tuple[float, float], text: str) -> PlanBreach:
        unit = "persons" if rule == "persons" else "s"
        return PlanBreach(rule, self.place(key), *pair, unit, f"{self.name(key)} {text}.")

    def _choices(self, parts: list[Part]) -> list[Choices]:
        """Return the choices of each part; who goes alike is looked at together."""
        home = np.full(len(parts), np.inf)
        there = np.full((len(parts), len(self.shelters)), np.inf)
        rows = np.flatnonzero([part.spot is not None for part in parts])
        spots = np.array([parts[row].spot for row in rows.tolist()], dtype=float).reshape(-1, 6)
        whose = np.array([str(parts[row].who) for row in rows.tolist()], dtype=np.str_)
        homes = np.array([parts[row].home for row in rows.tolist()], dtype=np.int64)
        for name in np.unique(whose).tolist():
            mine = np.flatnonzero(whose == name)
            who = parts[int(rows[mine[0]])].who
            for at, node in enumerate(self.shelters):
                there[rows[mine], at] = _whole_seconds(self.reach.to(who, node), spots[mine])
            for node in np.unique(homes[mine]).tolist():
                own = mine[homes[mine] == node]
                if node != NONE:
                    home[rows[own]] = _whole_seconds(self.reach.to(who, node), spots[own])
        ways = zip(parts, home.tolist(), there, strict=True)
        return [Choices(part.on_s, own, shelters) for part, own, shelters in ways]

    def _who(self) -> Iterator[PlanBreach]:
        counts = Counter(self.keys)
        for key in self.seen.keys() - counts.keys():
            persons = self.seen[key].persons
            text = f"has {people(persons)} under way, who left at {key[1]} s and are told nothing"
            yield PlanBreach(
                "forgotten", self.place(key), 0, persons, "persons", f"{self.name(key)} {text}."
            )
        for key, count in counts.items():
            if count > 1:
                yield self._breach("twice", key, (count, 1), f"is told {count} things at once")
            if key not in self.seen:
                text = f"is told something, though nobody of it who left at {key[1]} s is there"
                yield self._breach("twice", key, (count, 0), text)
        for row, part in self.pairs:
            told = float(self.step.persons[row])
            if not abs(told - part.persons) <= CRUMB * (1 + part.persons):
                text = f"has {people(part.persons)} under way who left at {part.left_s} s"
                yield self._breach("persons", self.keys[row], (told, part.persons), text)

    def _where(self, row: int, part: Part) -> Iterator[PlanBreach]:
        network = self.watch.case.scenario.network
        told = (int(self.step.node[row]), int(self.step.link[row]), float(self.step.into_s[row]))
        if part.spot is None:
            corridor = self.watch.case.scenario.corridors[part.corridor]
            right = (corridor.mouth, AT_NODE, 0.0)
        else:
            stands = part.spot.link == NONE or part.spot.into_s <= CRUMB
            link = AT_NODE if stands else int(network.links.id[part.spot.link])
            right = (int(network.nodes.id[part.spot.node]), link, part.spot.into_s)
        if told[:2] != right[:2] or not abs(told[2] - right[2]) <= NEAR_S:
            text = f"is {right[2]:.0f} s behind node {right[0]}, not where it is said to be"
            yield self._breach("place", self.keys[row], (told[2], right[2]), text)

    def _goes(self, row: int, part: Part, choices: Choices) -> Iterator[PlanBreach]:
        goes, key = int(self.step.goes[row]), self.keys[row]
        if part.past and goes != ON:
            text = "is between gate and exit, and is sent back"
            yield self._breach("past", key, (goes, ON), text)
            return
        seconds = choices.to(goes)
        if not math.isfinite(seconds):
            yield self._breach("nowhere", key, (goes, ON), "is sent to where no way leads")
            return
        told = int(self.step.by_s[row]) - self.step.at_s
        if told != seconds:
            text = f"takes {seconds:.0f} s to where it goes, not {told} s"
            yield self._breach("time", key, (told, seconds), text)

    def _room(self) -> Iterator[PlanBreach]:
        """Yield shelters that are too full, and who could be out or under cover sooner."""
        load = np.zeros(len(self.room))
        for row, part in self.pairs:
            goes = int(self.step.goes[row])
            if 0 <= goes < len(load):
                load[goes] += part.persons
        for name, held, most in zip(self.names, load.tolist(), self.room.tolist(), strict=True):
            if exceeds(held, most):
                text = (
                    f"Shelter {name} would have {people(held)} at {self.when}; it holds {most:g}."
                )
                where = f"{name} at {self.when}"
                yield PlanBreach("full", where, held, most, "persons", text)
        left = self.room - load
        for (row, part), choices in zip(self.pairs, self.choices, strict=True):
            now = choices.to(int(self.step.goes[row]))
            free = choices.shelter_s[left - part.persons >= CRUMB]
            best = min([choices.on_s, choices.home_s, *free.tolist()])
            if not part.past and math.isfinite(now) and best < now:
                text = f"could be out or under cover in {best:.0f} s and not in {now:.0f} s"
                yield self._breach("sooner", self.keys[row], (now, best), text)

    def _figures(self) -> Iterator[PlanBreach]:
        """Yield whether the time in the open, and its bound, are not what was worked out."""
        step, prices = self.step, self.step.prices
        where = f"step at {self.when}"
        if prices.shape != self.room.shape or not (np.isfinite(prices) & (prices >= 0)).all():
            text = "The prices of places in shelters are not one number each, 0 or more."
            yield PlanBreach("bound", where, 0, 0, "s", text)
            return
        spent = least = 0.0
        for (row, part), choices in zip(self.pairs, self.choices, strict=True):
            own = choices.on_s if part.past else min(choices.on_s, choices.home_s)
            priced = [] if part.past else (choices.shelter_s + prices).tolist()
            if part.persons > 0:
                spent += part.persons * (int(step.by_s[row]) - step.at_s)
                least += part.persons * min([own, *priced])
        least -= float((prices * self.room).sum())
        for told, right, what in (
            (step.person_s, spent, "Time in the open"),
            (step.bound_s, least, "The least time in the open"),
        ):
            if not abs(told - right) <= 1e-6 * (1 + abs(right)) + 1e-3:
                text = f"{what} is {right:,.0f} person-seconds at {self.when}, not {told:,.0f}."
                yield PlanBreach("bound", where, told, right, "person-s", text)


def _whole_seconds(to: NDArray[np.float64], spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shape (n,), least seconds from each of ``spots`` (n, 6) to a node, rounded up."""
    node, ahead = (spots[:, column].astype(np.int64) for column in (0, 1))
    into, left, turns = spots[:, 3], spots[:, 4], spots[:, 5] > 0
    turned = np.where(turns | (into <= 0), to[node] + into, np.inf)
    onward = np.where(ahead == NONE, np.inf, to[ahead] + left)
    return np.asarray(np.ceil(np.minimum(turned, onward) - CRUMB))
