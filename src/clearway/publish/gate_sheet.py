"""The rules of a plan as gate teams read them: clock times, counts and metres."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from clearway.model.rules import GateRule, Rules
from clearway.publish.colours import corridor_colour
from clearway.publish.edition import Edition
from clearway.publish.words import Said, Words


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate on days with the same closing; ``first`` opens a gate's rows, ``rows`` of them."""

    code: Said
    name: Said
    colour: str
    first: bool
    rows: int
    queue: Said
    called: Said
    open: Said
    mark: Said
    days: Said
    closes: Said
    last: tuple[tuple[Said, Said], ...]


@dataclass(frozen=True, slots=True)
class DepartureRow:
    """When each group of one zone leaves for one corridor at the latest."""

    zone: Said
    corridor: Said
    colour: str
    days: Said
    last: tuple[tuple[Said, Said] | None, ...]


@dataclass(frozen=True, slots=True)
class _Closing:
    """Days on which a corridor closes at the same hour after as long a window."""

    opens_s: int
    closes_s: int
    days: tuple[date, ...]


def gate_rows(edition: Edition, rules: Rules) -> Iterator[GateRow]:
    """Yield what the team at each gate does, corridor by corridor.

    Where people are checked again at the corridor's end, other rules stand in rows of their own.
    """
    by_corridor = {gate.corridor: gate for gate in rules.gates}
    for row, corridor in enumerate(edition.scenario.corridors):
        gate = by_corridor.get(corridor.id)
        if gate is None:
            continue
        closings = _closings(edition, corridor.id)
        pairs = [(closing, again) for again in _checked(gate) for closing in closings]
        for at, (closing, again) in enumerate(pairs):
            found = _gate_row(edition, gate, closing, row)
            found = replace(found, first=at == 0, rows=len(pairs))
            yield _again(edition, gate, closing, found) if again else found


def _checked(gate: GateRule) -> tuple[bool, ...]:
    """Return whether there are rules for days without, and with a second check."""
    other = bool(gate.last_entry_recheck_s) or math.isfinite(gate.open_recheck_persons)
    return (False, True) if other else (False,)


def _gate_row(edition: Edition, gate: GateRule, closing: _Closing, row: int) -> GateRow:
    words, corridor = edition.words, edition.scenario.corridors[row]
    return GateRow(
        code=words.code(corridor.id),
        name=words.name(corridor.name),
        colour=corridor_colour(row),
        first=True,
        rows=1,
        queue=_cap(words, gate.hold_queue_persons),
        called=_cap(words, gate.hold_called_persons),
        open=_cap(words, gate.open_persons),
        mark=words.number(gate.turn_m),
        days=edition.calendar.days(closing.days),
        closes=edition.calendar.clock(closing.closes_s),
        last=_last(edition, closing, gate.last_entry_s),
    )


def _again(edition: Edition, gate: GateRule, closing: _Closing, row: GateRow) -> GateRow:
    """Return a gate's row for days on which people are checked again."""
    words, persons = edition.words, min(gate.open_persons, gate.open_recheck_persons)
    nobody = (words.say("rules.nobody"), Said(""))
    last = _last(edition, closing, gate.last_entry_recheck_s or gate.last_entry_s)
    return replace(
        row,
        open=_cap(words, persons),
        days=words.say("rules.recheck", days=row.days),
        last=last if persons > 0 else (nobody,) * len(last),
    )


def _last(
    edition: Edition, closing: _Closing, seconds: tuple[float, ...]
) -> tuple[tuple[Said, Said], ...]:
    nobody = (edition.words.say("rules.nobody"), Said(""))
    return tuple(_before(edition, closing, before) or nobody for before in seconds)


def departure_rows(edition: Edition, rules: Rules) -> Iterator[DepartureRow]:
    """Yield the last departures, zone by zone in the scenario's order."""
    scenario, words = edition.scenario, edition.words
    known = {(one.zone, one.corridor, one.group): one.before_s for one in rules.last_departures}
    pairs = {(zone, corridor) for zone, corridor, _ in known}
    for zone in scenario.zones:
        for row, corridor in enumerate(scenario.corridors):
            if (zone.id, corridor.id) not in pairs:
                continue
            for closing in _closings(edition, corridor.id):
                found = [known.get((zone.id, corridor.id, group.id)) for group in scenario.groups]
                yield DepartureRow(
                    zone=words.code(zone.id),
                    corridor=words.code(corridor.id),
                    colour=corridor_colour(row),
                    days=edition.calendar.days(closing.days),
                    last=tuple(
                        None if before is None else _last(edition, closing, (before,))[0]
                        for before in found
                    ),
                )


def closings_differ(edition: Edition) -> bool:
    """Return whether any corridor closes at different hours on different days."""
    return any(len(_closings(edition, one.id)) > 1 for one in edition.scenario.corridors)


def _before(edition: Edition, closing: _Closing, before_s: float) -> tuple[Said, Said] | None:
    """Return a moment so long before a closing, and how long; None where nobody could go then.

    A clock has no seconds: the moment is rounded down, so that nobody is ever told a later one.
    """
    moment = math.floor((closing.closes_s - before_s) / 60) * 60
    if moment < closing.opens_s:
        return None
    minutes = edition.words.say("rules.before", n=math.ceil(before_s / 60))
    return edition.calendar.clock(moment), minutes


def _closings(edition: Edition, corridor: str) -> list[_Closing]:
    """Return a corridor's windows, those that open and close at the same hours together."""
    scenario, calendar = edition.scenario, edition.calendar
    together: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for window in sorted(scenario.windows, key=lambda one: scenario.seconds(one.opens)):
        if window.corridor == corridor:
            span = (scenario.seconds(window.opens), scenario.seconds(window.closes))
            hours = (str(calendar.clock(span[0])), str(calendar.clock(span[1])))
            together.setdefault(hours, []).append(span)
    return [
        _Closing(*spans[0], tuple(calendar.day_of(closes) for _, closes in spans))
        for spans in together.values()
    ]


def _cap(words: Words, persons: float) -> Said:
    return words.number(persons) if math.isfinite(persons) else words.say("rules.no_cap")
