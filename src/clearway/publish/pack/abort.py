"""The abort card: what everybody under way does if all stops now, by zone, gate and vehicle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from clearway.model.abort import BLOCK, CONVOY, HOME, ON, Abort, AbortStep, Mover
from clearway.publish.pack.blocks import (
    BIG,
    EMPTY,
    NAMED,
    TABLE_MM,
    Block,
    Tongue,
    lines,
    spots,
)
from clearway.publish.pack.day import Day, spot
from clearway.publish.pack.fields import Field, Row, clock, count, listing
from clearway.publish.pack.sheet import (
    ABORT_GATE,
    ABORT_VEHICLE,
    ABORT_ZONE,
    BODY_MM,
    Facts,
    Page,
    Part,
    Sheet,
    both,
    spread,
)
from clearway.publish.words import Said

ROW_MM: Final = 9.0
SPOT_MM: Final = 11.0
_RULES: Final = ("now", "gate", "past", "before", "shut", "shelter")
_INTRO_MM: Final = 8.0 * len(_RULES) + 3


@dataclass(frozen=True, slots=True, eq=False)
class Cards:
    """The abort cards of one day.

    Attributes
    ----------
    day
        Which.
    abort
        What everybody does at each step.
    """

    day: Day
    abort: Abort

    def zones(self) -> Iterator[Sheet]:
        """Yield a card for each zone from which anybody is called."""
        rows, turns = self._by_mover(), self._turns()
        for zone in self.day.scenario.zones:
            own = [one for one in self.day.calls if one.movement.zone == zone.id]
            keys = [Mover(BLOCK, one.movement.id) for one in own]
            if keys:
                yield self._card(ABORT_ZONE, zone.id, keys, rows, turns)

    def vehicles(self) -> Iterator[Sheet]:
        """Yield a card for each vehicle and each convoy."""
        rows, turns = self._by_mover(), self._turns()
        for shift in self.day.shifts:
            keys = [one for one in self.abort.movers if one.id == shift.duty.id and one.trip]
            yield self._card(ABORT_VEHICLE, shift.duty.vehicle, keys, rows, turns)
        for convoy, _ in self.day.convoys:
            keys = [m for m in self.abort.movers if m.kind == CONVOY and m.id == convoy.id]
            yield self._card(ABORT_VEHICLE, convoy.id, keys, rows, turns)

    def gates(self) -> Iterator[Sheet]:
        """Yield a card for each gate: how many are where, slot by slot."""
        corridor = self._corridors()
        for row, one in enumerate(self.day.scenario.corridors):
            if one not in self.day.corridors:
                continue
            slots = tuple(self._slots(one.id, corridor == row))
            yield Sheet(
                ABORT_GATE, one.id, self._pages([Part("slots", slots, TABLE_MM, ROW_MM)], set())
            )

    def _card(
        self,
        kind: str,
        subject: str,
        keys: Iterable[Mover],
        rows: dict[Mover, list[Facts]],
        turns: dict[Mover, Facts],
    ) -> Sheet:
        wanted = list(keys)
        orders = tuple(row for key in wanted for row in rows.get(key, ()))
        back = tuple(turns[key] for key in wanted if key in turns)
        codes = {code for row in orders for code in row["goes"]} | {row["to"] for row in back}
        parts = [
            Part("turns", back, TABLE_MM, ROW_MM),
            Part("orders", orders, TABLE_MM, ROW_MM),
        ]
        return Sheet(kind, subject, self._pages(parts, codes))

    def _pages(self, parts: list[Part], codes: set[str]) -> tuple[Facts, ...]:
        shelters = tuple(
            {
                "code": one.id,
                "what": NAMED,
                "name": both(one.name),
                "place": self.day.spot(one.node),
            }
            for one in self.day.scenario.shelters
            if one.id in codes
        )
        every = [*parts, Part("spots", shelters, TABLE_MM, SPOT_MM)]
        return tuple({"parts": page} for page in spread(every, BODY_MM - _INTRO_MM, BODY_MM))

    def _goes(self, goes: int) -> str:
        names = {ON: "on", HOME: "home"}
        return names.get(goes) or self.abort.shelters[goes]

    def _steps(self) -> Iterator[AbortStep]:
        scenario = self.day.scenario
        for step in self.abort.steps:
            if scenario.moment(step.at_s).date() == self.day.date:
                yield step

    def _by_mover(self) -> dict[Mover, list[Facts]]:
        """Return the orders of each mover; moments in a row with the same orders are one row."""
        found: dict[Mover, list[Facts]] = defaultdict(list)
        for step in self._steps():
            told: dict[int, set[str]] = defaultdict(set)
            until: dict[int, int] = {}
            for order in step.orders:
                told[order.mover].add(self._goes(order.goes))
                until[order.mover] = max(until.get(order.mover, 0), order.by_s)
            for row, goes in told.items():
                mover = self.abort.movers[row]
                _merge(found[mover], mover, step.at_s, sorted(goes), until[row])
        return found

    def _turns(self) -> dict[Mover, Facts]:
        found = {}
        for turn in self.abort.turns:
            mover = self.abort.movers[turn.mover]
            found[mover] = {
                "id": mover.id,
                "trip": mover.trip,
                "minutes": turn.after_s // 60,
                "place": spot(turn.lat, turn.lon),
                "to": self._goes(turn.goes),
            }
        return found

    def _corridors(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Shape (movers,), the row of the corridor that each goes out by; -1 if unknown."""
        scenario, plan = self.day.scenario, self.day.plan
        rows = {one.id: row for row, one in enumerate(scenario.corridors)}
        by = {Mover(BLOCK, one.id): one.corridor for one in plan.movements}
        for duty in plan.duties:
            for number, trip in enumerate(duty.trips, start=1):
                by[Mover("vehicle", duty.id, number)] = trip.corridor_out
        for run in plan.convoys:
            by[Mover(CONVOY, run.convoy, 1)] = run.trip.corridor_out
            by[Mover(CONVOY, run.convoy)] = run.trip.corridor_out
        return np.array(
            [rows.get(by.get(one, ""), -1) for one in self.abort.movers], dtype=np.int64
        )

    def _slots(self, corridor: str, own: np.ndarray[Any, np.dtype[np.bool_]]) -> Iterator[Facts]:
        """Yield the most people in each place over the steps of each slot of a gate's windows."""
        scenario, slot_s = self.day.scenario, self.day.scenario.planning.slot_s
        steps = list(self._steps())
        for window in self.day.windows(corridor):
            opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
            for start in range(opens, closes, slot_s):
                end = min(start + slot_s, closes)
                inside = [one for one in steps if start <= one.at_s < end]
                counts = [_counts(step, own) for step in inside]
                if not counts:
                    continue
                most = np.max([one for one, _ in counts], axis=0)
                heads = np.ceil(most - 1e-6).astype(int).tolist()
                yield {
                    "from": start,
                    "until": end,
                    "past": heads[0],
                    "on": heads[1],
                    "home": heads[2],
                    "shelters": heads[3],
                    "by": max(by for _, by in counts) or None,
                }


def _counts(
    step: AbortStep, own: np.ndarray[Any, np.dtype[np.bool_]]
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], int]:
    """Return persons past the gate, going on, home, and to shelters; and when all are there."""
    mine = own[step.mover]
    persons, goes = step.persons[mine], step.goes[mine]
    past = step.past[mine] & (goes == ON)
    groups = (past, (goes == ON) & ~past, goes == HOME, goes >= 0)
    found = [persons[one].sum() for one in groups]
    by = int(step.by_s[mine].max()) if mine.any() else 0
    return np.array(found, dtype=np.float64), by


def _merge(rows: list[Facts], mover: Mover, at_s: int, goes: list[str], by_s: int) -> None:
    if rows and rows[-1]["goes"] == goes:
        rows[-1]["until"] = at_s
        rows[-1]["by"] = max(rows[-1]["by"], by_s)
    else:
        head = {"id": mover.id, "trip": mover.trip}
        rows.append({**head, "from": at_s, "until": at_s, "goes": goes, "by": by_s})


def abort_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of an abort card."""
    blocks: list[Block] = []
    if page.number == 1:
        texts = [tongue.say(f"abort.{key}") for key in _RULES]
        blocks += [lines(texts, 8.0, 13.0), lines([EMPTY], 3)]
    for part in page.facts["parts"]:
        if part["part"] == "spots":
            blocks.append(spots(tongue, part["rows"], SPOT_MM))
        else:
            title, fields = _TABLES[part["part"]]
            blocks.append(listing(tongue, title, fields, part["rows"], ROW_MM))
    if not page.facts["parts"]:
        blocks.append(lines([tongue.say("abort.nobody")], 8.0))
    return blocks


def _who(tongue: Tongue, row: Row) -> Said:
    return tongue.say("abort.trip", n=row["trip"]) if row["trip"] else tongue.code(row["id"])


def _goes(tongue: Tongue, goes: str, trip: int) -> Said:
    if goes == "home" and trip:
        return tongue.say("goes.stop")
    if goes in ("on", "home"):
        return tongue.say(f"goes.{goes}")
    return tongue.say("goes.shelter", code=tongue.code(goes))


def _all_go(tongue: Tongue, row: Row) -> Said:
    return tongue.words.listed(_goes(tongue, goes, row["trip"]) for goes in row["goes"])


_TURNS: Final = (
    Field("abort.who", 1.3, _who),
    Field("abort.minutes", 1.2, count("minutes"), BIG),
    Field("abort.back", 1.5, lambda tongue, one: _goes(tongue, one["to"], one["trip"]), BIG),
    Field("spots.dd", 2, lambda tongue, one: tongue.code(one["place"]["dd"])),
    Field("spots.mgrs", 2.2, lambda tongue, one: tongue.code(one["place"]["mgrs"])),
)

_ORDERS: Final = (
    Field("abort.who", 1.3, _who),
    Field("abort.from", 1, clock("from"), BIG),
    Field("abort.until", 1, clock("until"), BIG),
    Field("abort.do", 3, _all_go, BIG),
    Field("abort.by", 1.2, clock("by"), BIG),
)

_SLOTS: Final = (
    Field("abort.from", 1, clock("from"), BIG),
    Field("abort.until", 1, clock("until"), BIG),
    Field("abort.n_past", 1.3, count("past")),
    Field("abort.n_on", 1.3, count("on")),
    Field("abort.n_home", 1.3, count("home")),
    Field("abort.n_shelter", 1.3, count("shelters")),
    Field("abort.by", 1.1, clock("by"), BIG),
)


#: By its part of the page, what each table is called and what stands in it.
_TABLES: Final[Mapping[str, tuple[str, tuple[Field, ...]]]] = MappingProxyType(
    {
        "turns": ("abort.turns", _TURNS),
        "orders": ("abort.orders", _ORDERS),
        "slots": ("abort.slots", _SLOTS),
    }
)
