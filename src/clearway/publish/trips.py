"""Vehicles in figures: types with their trips and places, and every trip with its hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from clearway.model.fleet import VehicleType
from clearway.publish.edition import Edition
from clearway.publish.rides import Ride
from clearway.publish.words import Said


@dataclass(frozen=True, slots=True)
class TypeRow:
    """Vehicles of one type, or all of them.

    Attributes
    ----------
    name, places, care
        What it is; empty for all of them.
    figures
        Vehicles, duties, trips, places offered, places taken, share of them, riders, patients,
        companions.
    """

    name: Said
    places: Said
    care: Said
    figures: tuple[Said, ...]


def type_rows(edition: Edition) -> Iterator[TypeRow]:
    """Yield the fleet's types, then all of them."""
    words, scenario = edition.words, edition.scenario
    total = [0] * 8
    for kind in scenario.fleet.types:
        count = sum(one.count for one in scenario.fleet.vehicles if one.type == kind.id)
        shifts = [one for one in edition.rides.shifts if one.type.id == kind.id]
        if not count and not shifts:
            continue
        aboard = [ride for one in shifts for ride in one.rides if ride.persons]
        numbers = [
            count,
            len(shifts),
            len(aboard),
            len(aboard) * places_of(kind),
            sum(ride.persons for ride in aboard),
            sum(ride.riders for ride in aboard),
            sum(len(ride.patients) for ride in aboard),
            sum(ride.companions for ride in aboard),
        ]
        total = [mine + its for mine, its in zip(total, numbers, strict=True)]
        places = words.say(
            "vehicles.places_of",
            seats=kind.seats,
            wheelchairs=kind.wheelchairs,
            stretchers=kind.stretchers,
        )
        care = words.say(f"care.{kind.care}")
        yield TypeRow(words.name(kind.name), places, care, _figures(edition, numbers))
    yield TypeRow(words.say("vehicles.all"), Said(""), Said(""), _figures(edition, total))


def places_of(kind: VehicleType) -> int:
    """Return the places of any kind in a vehicle."""
    return kind.seats + kind.wheelchairs + kind.stretchers


def _figures(edition: Edition, numbers: list[int]) -> tuple[Said, ...]:
    words = edition.words
    said = [words.number(one) for one in numbers]
    offered, taken = numbers[3], numbers[4]
    share = words.share(taken / offered) if offered else Said("–")
    return (*said[:5], share, *said[5:])


def trip_rows(edition: Edition) -> Markup:
    """Return the table of every trip, by day, type and vehicle."""
    # Every part of a row is escaped below.
    return Markup("\n").join(_row(edition, ride) for ride in edition.rides.all)


def _row(edition: Edition, ride: Ride) -> Markup:
    words, calendar, trip = edition.words, edition.calendar, ride.trip
    clock = calendar.clock
    stops = [
        words.say(
            "vehicles.stop_at",
            zone=stop.zone,
            hours=calendar.hours(stop.arrive_s, stop.leave_s),
        )
        for stop in trip.stops
    ]
    into = words.say("vehicles.inside")
    if trip.corridor_in:
        into = _gate(edition, trip.corridor_in, trip.gate_in_s)
    cells = (
        calendar.short(ride.day),
        clock(trip.leave_s),
        into,
        words.listed(stops),
        _aboard(edition, ride),
        _gate(edition, trip.corridor_out, trip.gate_out_s),
        words.code(trip.destination),
        clock(trip.arrive_s),
        clock(trip.done_s),
    )
    row = "".join(f"<td>{escape(cell)}" for cell in cells)
    return Markup(  # noqa: S704 - every cell is escaped above
        f"<tr><th scope=row>{escape(words.code(ride.vehicle))}{row}"
    )


def _gate(edition: Edition, corridor: str, at: float) -> Said:
    return edition.words.say("vehicles.by_gate", code=corridor, time=edition.calendar.clock(at))


def _aboard(edition: Edition, ride: Ride) -> Said:
    """Say who is aboard: patients by their codes with the count of companions, or how many."""
    words = edition.words
    if not ride.patients:
        return edition.persons(ride.riders)
    codes = words.listed(words.code(one.code) for one in ride.patients)
    if not ride.companions:
        return codes
    company = words.say("patients.company", n=ride.companions)
    return words.say("vehicles.with", codes=codes, company=company)
