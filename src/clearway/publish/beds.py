"""Beds over the pause: how many of each kind are taken by the end of each day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import Hospital
from clearway.publish.board import NONE, bed_name
from clearway.publish.edition import Edition
from clearway.publish.words import Said


@dataclass(frozen=True, slots=True)
class BedRow:
    """Beds of one kind in one hospital; ``first`` opens a hospital's rows, ``rows`` of them.

    Attributes
    ----------
    code, name, hours
        Of the hospital.
    first, rows
        Its place in the table.
    kind, places
        Of the beds.
    taken
        By the end of each day.
    steps
        Days, by their number, that add any, and the share of the places that each adds.
    free
        What is left in the end.
    full
        Whether none is.
    mean, tail
        Patients received over the members, in all kinds: mean and quantile 95 %.
    """

    code: Said
    name: Said
    hours: Said
    first: bool
    rows: int
    kind: Said
    places: Said
    taken: tuple[Said, ...]
    steps: tuple[tuple[int, float], ...]
    free: Said
    full: bool
    mean: Said
    tail: Said


def bed_days(edition: Edition) -> tuple[date, ...]:
    """Return the days of the pause, and any later one on which patients arrive."""
    days = {one.day for one in edition.course.sessions}
    days |= {_day(edition, ride.trip.arrive_s) for ride in edition.rides.all if ride.patients}
    return tuple(sorted(days))


def bed_rows(edition: Edition, received: NDArray[np.int64] | None) -> Iterator[BedRow]:
    """Yield each hospital's kinds of beds.

    Parameters
    ----------
    edition
        Whose words are used.
    received
        Shape (m, hospitals), patients received in each member; None if it was not simulated.
    """
    days = bed_days(edition)
    taken = Counter(
        (ride.trip.destination, one.bed, _day(edition, ride.trip.arrive_s))
        for ride in edition.rides.all
        for one in ride.patients
    )
    for row, hospital in enumerate(edition.scenario.care.hospitals):
        mean, tail = NONE, NONE
        if received is not None:
            mean = edition.words.number(float(received[:, row].mean()))
            tail = edition.words.number(float(np.quantile(received[:, row], 0.95)))
        for at, beds in enumerate(hospital.beds):
            counts = [taken[hospital.id, beds.kind, day] for day in days]
            yield _row(edition, (hospital, at), counts, (mean, tail))


def _row(
    edition: Edition, beds: tuple[Hospital, int], counts: list[int], seen: tuple[Said, Said]
) -> BedRow:
    words = edition.words
    hospital, at = beds
    kind = hospital.beds[at]
    places = kind.places.central
    so_far = np.cumsum(counts).tolist()
    return BedRow(
        code=words.code(hospital.id),
        name=words.name(hospital.name),
        hours=_hours(edition, hospital),
        first=at == 0,
        rows=len(hospital.beds),
        kind=bed_name(edition, kind.kind),
        places=words.amount(places),
        taken=tuple(words.number(n) for n in so_far),
        steps=tuple((day, min(1.0, n / max(places, n))) for day, n in enumerate(counts) if n),
        free=words.amount(max(0.0, places - so_far[-1])),
        full=places - so_far[-1] < 1,
        mean=seen[0],
        tail=seen[1],
    )


def _hours(edition: Edition, hospital: Hospital) -> Said:
    words = edition.words
    if hospital.closes_s - hospital.opens_s >= 86_400:
        return words.say("beds.always")
    clocks = [_clock(one) for one in (hospital.opens_s, hospital.closes_s)]
    return words.say("time.range", opens=words.code(clocks[0]), closes=words.code(clocks[1]))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def _day(edition: Edition, seconds: float) -> date:
    return edition.calendar.day_of(seconds)
