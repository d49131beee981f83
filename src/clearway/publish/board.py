"""The patient board: codes by colour, who is fetched when, or why not. No other identity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from clearway.model.care import COLOURS, SYSTEMS
from clearway.model.outcome import MOVED
from clearway.publish.edition import Edition
from clearway.publish.fates import ENDED, WHY, Fate
from clearway.publish.risk import WORST
from clearway.publish.words import Said

NONE = Said("–")
#: Cells that say when, in what and where to; one reason takes their place.
_JOURNEY = 6


@dataclass(frozen=True, slots=True)
class ColourRow:
    """Patients of one colour, or of all: those who may be called, and what becomes of them.

    Attributes
    ----------
    colour
        Empty for all of them.
    name
        The colour, with the system's own word where that is another.
    listed, out, left, companions
        By the plan.
    chance, worst
        Members in which all of them are out, and how many are in the worst tenth; a dash if it
        was not simulated.
    """

    colour: str
    name: Said
    listed: Said
    out: Said
    left: Said
    companions: Said
    chance: Said
    worst: Said


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many patients of each colour, and of all, are not moved for one reason."""

    why: Said
    counts: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The patients of one colour: a line that sums them up, and their rows as HTML."""

    colour: str
    title: Said
    sum: Said
    rows: Markup


@dataclass(frozen=True, slots=True)
class Patients:
    """All that the report shows of patients.

    Attributes
    ----------
    colours
        A row a colour that anyone has, then all of them.
    reasons
        Why patients are not moved, by those colours.
    boards
        A board a colour that anyone has.
    simulated
        Whether the boards say in how many members each patient is out.
    """

    colours: tuple[ColourRow, ...]
    reasons: tuple[ReasonCount, ...]
    boards: tuple[Board, ...]
    simulated: bool


def patients(edition: Edition, found: tuple[Fate, ...], out: NDArray[np.bool_] | None) -> Patients:
    """Return the board.

    Parameters
    ----------
    edition
        Whose words are used.
    found
        What becomes of every patient listed.
    out
        Shape (m, p), whether each is out in each member; None if it was not simulated.
    """
    there = [colour for colour in COLOURS if any(one.colour == colour for one in found)]
    groups = {colour: tuple(one for one in found if one.colour == colour) for colour in there}
    rows = [_colour_row(edition, colour, own, out) for colour, own in groups.items()]
    rows.append(_colour_row(edition, "", found, out))
    return Patients(
        colours=tuple(rows),
        reasons=tuple(_reasons(edition, groups)),
        boards=tuple(_board(edition, colour, own, out) for colour, own in groups.items()),
        simulated=out is not None,
    )


def colour_name(edition: Edition, colour: str) -> Said:
    """Return a colour in words, with the triage system's own word where that is another."""
    words = edition.words
    own = [name for name, one in SYSTEMS[edition.scenario.care.system].items() if one == colour]
    name = words.say(f"colour.{colour}")
    if own == [colour] or not own:
        return name
    return words.say("patients.category", colour=name, category=words.quote(own[0]))


def moved_in(outcome: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return whether each patient is out in each member, shape (m, p)."""
    return np.asarray(outcome == MOVED)


def _colour_row(
    edition: Edition, colour: str, own: tuple[Fate, ...], out: NDArray[np.bool_] | None
) -> ColourRow:
    words = edition.words
    waiting = [one for one in own if one.patient.waiting]
    moved = [one for one in own if one.moved]
    chance, worst = NONE, NONE
    if out is not None and waiting:
        mine = out[:, [one.row for one in waiting]]
        chance = words.share(float(mine.all(axis=1).mean()))
        worst = words.number(worst_tenth(mine.sum(axis=1)))
    return ColourRow(
        colour=colour,
        name=colour_name(edition, colour) if colour else words.say("patients.all"),
        listed=words.number(len(waiting)),
        out=words.number(len(moved)),
        left=words.number(sum(not one.moved for one in waiting)),
        companions=words.number(sum(one.patient.companions for one in moved)),
        chance=chance,
        worst=worst,
    )


def worst_tenth(values: NDArray[np.int64]) -> float:
    """Return the mean of the worst tenth of the members, shape (m,), fewest first."""
    ordered = np.sort(values)
    return float(ordered[: max(1, int(np.ceil(WORST * len(ordered))))].mean())


def _reasons(edition: Edition, groups: dict[str, tuple[Fate, ...]]) -> Iterator[ReasonCount]:
    words = edition.words
    for why in WHY:
        counts = [sum(one.why == why for one in own) for own in groups.values()]
        if any(counts):
            numbers = tuple(words.number(n) for n in (*counts, sum(counts)))
            yield ReasonCount(words.say(f"why.{why}"), numbers)


def _board(
    edition: Edition, colour: str, own: tuple[Fate, ...], out: NDArray[np.bool_] | None
) -> Board:
    words = edition.words
    waiting = sum(one.patient.waiting for one in own)
    moved = sum(one.moved for one in own)
    ordered = sorted(own, key=_place)
    total = words.say(
        "patients.sum", out=moved, of=waiting, left=max(0, waiting - moved), n=len(own)
    )
    # Every part of a row is escaped below.
    rows = Markup("\n").join(_row(edition, one, out) for one in ordered)
    return Board(colour, colour_name(edition, colour), total, rows)


def _place(one: Fate) -> tuple[int, float, str]:
    """Order a board: those left first, then by the hour at which they are fetched."""
    if one.stop is not None:
        return 1, one.stop.arrive_s, one.patient.code
    return (2 if one.why in ENDED else 0), 0.0, one.patient.code


def _row(edition: Edition, one: Fate, out: NDArray[np.bool_] | None) -> Markup:
    words, patient = edition.words, one.patient
    cells = [
        words.code(patient.zone),
        words.say(f"posture.{patient.posture}"),
        words.number(patient.companions),
        words.say(f"care.{patient.care}"),
        _bed(edition, one),
        *(_journey(edition, one)),
    ]
    row = f"<th scope=row>{escape(words.code(patient.code))}"
    row += "".join(f"<td>{escape(cell)}" for cell in cells)
    if not one.moved:
        row += f"<td class=left colspan={_JOURNEY}>{escape(_why(edition, one))}"
    if out is not None:
        row += f"<td class=n>{escape(words.share(float(out[:, one.row].mean())))}"
    state = "moved" if one.moved else "ended" if one.why in ENDED else "left"
    return Markup(f"<tr class={state}>{row}")  # noqa: S704 - every cell is escaped above


def _why(edition: Edition, one: Fate) -> Said:
    words = edition.words
    if one.why in ENDED:
        return words.say(f"why.{one.why}")
    return words.say("patients.not_moved", why=words.say(f"why.{one.why}"))


def _journey(edition: Edition, one: Fate) -> tuple[Said, ...]:
    """Return day, when they board, the vehicle, the gate with its hour, hospital, and arrival."""
    if one.ride is None or one.stop is None:
        return ()
    words, calendar, trip = edition.words, edition.calendar, one.ride.trip
    gate = words.say(
        "vehicles.by_gate", code=trip.corridor_out, time=calendar.clock(trip.gate_out_s)
    )
    return (
        calendar.short(calendar.day_of(one.stop.arrive_s)),
        calendar.clock(one.stop.arrive_s),
        words.code(one.ride.vehicle),
        gate,
        words.code(trip.destination),
        calendar.clock(trip.arrive_s),
    )


def _bed(edition: Edition, one: Fate) -> Said:
    words, patient = edition.words, one.patient
    bed = bed_name(edition, patient.bed)
    if patient.accepts:
        return words.say("patients.only", bed=bed, hospital=patient.accepts)
    if patient.refuses:
        codes = words.listed(words.code(name) for name in patient.refuses)
        return words.say("patients.not", bed=bed, hospitals=codes)
    return bed


def bed_name(edition: Edition, kind: str) -> Said:
    """Return a kind of bed in words, if it is a usual one."""
    key = f"bed.{kind}"
    words = edition.words
    return words.say(key) if key in words.messages else words.quote(kind)
