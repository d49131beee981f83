"""What comes in: convoys with their hours, and what was made to depend on what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.duty import ConvoyRun
from clearway.model.fleet import AID, PATIENTS, Convoy, LinkedMovement, deadlock
from clearway.publish.board import NONE
from clearway.publish.edition import Edition
from clearway.publish.sources import Statement, is_assumed, source_words
from clearway.publish.words import Said


@dataclass(frozen=True, slots=True)
class ConvoyRow:
    """One convoy.

    Attributes
    ----------
    code, name, vehicles, zone, persons
        What is to come in, where to, and whom it serves.
    day, comes, hours
        On which day and when it may pass the gate, and its journey, each step with its hour; no
        hours where it is not brought in.
    sent
        Whether the plan brings it in.
    chance
        Members in which it arrives.
    source
        Where it comes from.
    """

    code: Said
    name: Said
    vehicles: Said
    zone: Said
    persons: Said
    day: Said
    comes: Said
    hours: tuple[Said, ...]
    sent: bool
    chance: Said
    source: Statement


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One condition: what may begin after what, when each did, and whether it was kept.

    ``code`` is ``met``, ``barred`` (broken, or in a deadlock) or ``condition`` (nothing began).
    """

    name: Said
    then: Said
    after: Said
    begins: Said
    done: Said
    code: str
    state: Said
    source: Statement


def convoy_rows(edition: Edition, arrived: NDArray[np.bool_] | None) -> Iterator[ConvoyRow]:
    """Yield the convoys in the scenario's order.

    Parameters
    ----------
    edition
        Whose words are used.
    arrived
        Shape (m, c), whether each reached its zone; None if it was not simulated.
    """
    runs = {convoy.id: run for convoy, run in edition.rides.convoys}
    for row, convoy in enumerate(edition.scenario.aid.convoys):
        chance = NONE
        if arrived is not None:
            chance = edition.words.share(float(arrived[:, row].mean()))
        yield _convoy_row(edition, convoy, runs.get(convoy.id), chance)


def _convoy_row(edition: Edition, convoy: Convoy, run: ConvoyRun | None, chance: Said) -> ConvoyRow:
    words = edition.words
    name = words.name(convoy.name)
    source = Statement(name, name, is_assumed(convoy.source), source_words(edition, convoy.source))
    since, until = (edition.scenario.seconds(at) for at in (convoy.since, convoy.until))
    day = edition.calendar.short(edition.calendar.day_of(since))
    return ConvoyRow(
        code=words.code(convoy.id),
        name=name,
        vehicles=words.number(convoy.vehicles),
        zone=words.code(convoy.zone),
        persons=words.number(convoy.persons) if convoy.persons else NONE,
        day=day,
        comes=words.say("live.moment", day=day, time=edition.calendar.hours(since, until)),
        hours=_hours(edition, run) if run else (),
        sent=run is not None,
        chance=chance,
        source=source,
    )


def _hours(edition: Edition, run: ConvoyRun) -> tuple[Said, ...]:
    """Return when it leaves, passes the gate, is unloaded, passes the gate again, and is back."""
    words, clock, trip = edition.words, edition.calendar.clock, run.trip
    gates = [
        words.say("vehicles.by_gate", code=code, time=clock(at))
        for code, at in (
            (trip.corridor_in, trip.gate_in_s),
            (trip.corridor_out, trip.gate_out_s),
        )
    ]
    stop = trip.stops[0]
    unloaded = edition.calendar.hours(stop.arrive_s, stop.leave_s)
    return clock(trip.leave_s), gates[0], unloaded, gates[1], clock(trip.arrive_s)


def link_rows(edition: Edition) -> Iterator[LinkRow]:
    """Yield the conditions in the scenario's order."""
    scenario, words = edition.scenario, edition.words
    spans = _spans(edition)
    broken = {one.where for one in edition.verdict.breaches if one.rule == "linked"}
    ring = set(deadlock(scenario.aid.links))
    for link in scenario.aid.links:
        begins, done = (
            _at(edition, spans[told][n]) if told in spans else words.say("linked.never")
            for n, told in enumerate((link.then, link.after))
        )
        code, state = _state(link, broken, ring, spans)
        name = words.code(link.id)
        yield LinkRow(
            name=name,
            then=subject(edition, link.then),
            after=subject(edition, link.after),
            begins=begins,
            done=done,
            code=code,
            state=words.say(f"linked.{state}"),
            source=Statement(
                name, name, is_assumed(link.source), source_words(edition, link.source)
            ),
        )


def deadlock_words(edition: Edition) -> Said | None:
    """Name conditions that wait for one another in a ring, or return None."""
    ring = deadlock(edition.scenario.aid.links)
    if not ring:
        return None
    words = edition.words
    links = {one.id: one for one in edition.scenario.aid.links}
    parts = words.listed(
        words.say(
            "linked.waits",
            id=name,
            then=subject(edition, links[name].then),
            after=subject(edition, links[name].after),
        )
        for name in ring
    )
    return words.say("linked.deadlock", parts=parts)


def subject(edition: Edition, told: str) -> Said:
    """Return ``aid:A1`` or ``patients:2016-10-20`` in words."""
    kind, _, name = told.partition(":")
    if kind == AID:
        return edition.words.say("linked.convoy", code=name)
    return edition.words.say("linked.patients", day=edition.words.code(name))


def _state(
    link: LinkedMovement,
    broken: set[str],
    ring: set[str],
    spans: dict[str, tuple[float, float]],
) -> tuple[str, str]:
    """Return the mark and the word of a condition's state."""
    if link.id in ring:
        return "barred", "ring"
    if link.id in broken:
        return "barred", "broken"
    if link.then not in spans:
        return "condition", "not_begun"
    return "met", "kept"


def _spans(edition: Edition) -> dict[str, tuple[float, float]]:
    """Return when each convoy and each day's patients begin and are done."""
    scenario, found = edition.scenario, {}
    rates = {one.id: one.vehicles_per_s.central for one in scenario.corridors}
    for convoy, run in edition.rides.convoys:
        rate = rates.get(run.trip.corridor_in, 0.0)
        first = run.trip.gate_in_s - ((convoy.vehicles - 1) / rate if rate else 0.0)
        found[f"{AID}:{convoy.id}"] = (first, float(run.trip.stops[0].arrive_s))
    for ride in edition.rides.all:
        if ride.patients:
            day = scenario.moment(ride.trip.gate_out_s).date().isoformat()
            told = f"{PATIENTS}:{day}"
            own = (float(ride.trip.gate_out_s), ride.out_s)
            first, last = found.get(told, own)
            found[told] = (min(first, own[0]), max(last, own[1]))
    return found


def _at(edition: Edition, seconds: float) -> Said:
    calendar = edition.calendar
    day = calendar.short(calendar.day_of(seconds))
    return edition.words.say("live.moment", day=day, time=calendar.clock(seconds))
