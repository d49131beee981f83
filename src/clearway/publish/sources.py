"""Every figure and statement that a plan rests on, with its source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from clearway.model.corridor import GateChange
from clearway.model.facts import ASSUMED, Estimate
from clearway.model.population import CAR
from clearway.publish.edition import Edition
from clearway.publish.isolate import clean
from clearway.publish.words import Said

_MARK: Final = re.compile(rf"^\s*{ASSUMED}\b[\s:;,.]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its range if it has one, its unit and its source."""

    what: Said
    low: Said
    central: Said
    high: Said
    shape: Said
    unit: Said
    assumed: bool
    source: Said


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said, and who said it."""

    what: Said
    text: Said
    assumed: bool
    source: Said


def figure_rows(edition: Edition) -> Iterator[Figure]:
    """Yield every estimate of the scenario."""
    scenario, words = edition.scenario, edition.words
    uptake = words.say("assumptions.uptake")
    yield figure(edition, uptake, scenario.planning.uptake, "of_households", 100)
    for group in scenario.groups:
        pace = "driven.speed" if CAR in group.modes else "assumptions.speed"
        what = words.say(pace, name=words.name(group.name))
        yield figure(edition, what, group.speed_m_per_s, "m_s", 1)
    for group in scenario.groups:
        what = words.say("assumptions.weight", name=words.name(group.name))
        yield _exact(edition, what, group.weight, "factor", group.weight_source)
    for corridor in scenario.corridors:
        what = words.say("assumptions.gate", code=corridor.id)
        yield figure(edition, what, corridor.gate_persons_per_s, "per_h", 3600)
    for corridor in scenario.corridors:
        held, what = corridor.holding, words.say("assumptions.holding", code=corridor.id)
        yield _exact(edition, what, held.limit_persons, "people", held.source)
        what = words.say("assumptions.area", code=corridor.id)
        yield _exact(edition, what, held.area_m2, "m2", held.source)
    for site in scenario.receptions:
        what = words.say("assumptions.places_at", code=site.id, name=words.name(site.name))
        yield figure(edition, what, site.places, "people", 1)
    for shelter in scenario.shelters:
        name = words.name(shelter.name)
        what = words.say("assumptions.shelter_at", code=shelter.id, name=name)
        yield figure(edition, what, shelter.places, "people", 1)


def window_rows(edition: Edition) -> Iterator[Statement]:
    """Yield the windows, those of the same hours and source together, and gates that change."""
    scenario, words, calendar = edition.scenario, edition.words, edition.calendar
    together: dict[tuple[int, int, str], list[Said]] = {}
    for window in sorted(scenario.windows, key=lambda one: one.opens):
        key = (scenario.seconds(window.opens), scenario.seconds(window.closes), window.source)
        together.setdefault(key, []).append(words.code(window.corridor))
    for (opens, closes, source), corridors in together.items():
        text = words.say(
            "assumptions.window_item",
            corridors=words.listed(corridors),
            hours=calendar.hours(opens, closes),
        )
        day = calendar.day(calendar.day_of(opens))
        yield Statement(day, text, is_assumed(source), source_words(edition, source))
    yield from map(_change_row(edition), scenario.changes)


def _change_row(edition: Edition) -> Callable[[GateChange], Statement]:
    """Return what makes the row of hours in which a gate serves otherwise."""
    scenario, words, calendar = edition.scenario, edition.words, edition.calendar

    def row(change: GateChange) -> Statement:
        since, until = scenario.seconds(change.since), scenario.seconds(change.until)
        hours = calendar.hours(since, until)
        if calendar.day_of(since) != calendar.day_of(until):
            first, last = calendar.at(change.since), calendar.at(change.until)
            hours = words.say("time.from_to", first=first, last=last)
        text = words.say(
            "assumptions.change_item",
            corridor=words.code(change.corridor),
            persons=words.share(change.persons_share),
            vehicles=words.share(change.vehicles_share),
            hours=hours,
        )
        source = source_words(edition, change.source)
        day = calendar.day(calendar.day_of(since))
        return Statement(day, text, is_assumed(change.source), source)

    return row


def place_rows(edition: Edition) -> Iterator[Statement]:
    """Yield where each corridor's place comes from."""
    for corridor in edition.scenario.corridors:
        yield Statement(
            edition.words.code(corridor.id),
            edition.words.name(corridor.name),
            is_assumed(corridor.source),
            source_words(edition, corridor.source),
        )


def fact_rows(edition: Edition) -> Iterator[Statement]:
    """Yield the scenario's facts."""
    for fact in edition.scenario.facts:
        yield Statement(
            edition.words.quote(fact.topic),
            edition.words.name(fact.text),
            is_assumed(fact.source),
            source_words(edition, fact.source),
        )


def figure(edition: Edition, what: Said, estimate: Estimate, unit: str, factor: float) -> Figure:
    """Return the row of one estimate.

    Parameters
    ----------
    edition
        Whose words are used.
    what
        Its name.
    estimate
        In the unit of the model.
    unit, factor
        Name of the unit in which it is read, and what a value is multiplied by to be in it.
    """
    words = edition.words
    ranges = estimate.low < estimate.high
    return Figure(
        what=what,
        low=words.amount(estimate.low * factor) if ranges else Said("–"),
        central=words.amount(estimate.central * factor),
        high=words.amount(estimate.high * factor) if ranges else Said("–"),
        shape=words.say(f"shape.{estimate.shape}") if ranges else Said("–"),
        unit=words.say(f"assumptions.{unit}"),
        assumed=is_assumed(estimate.source),
        source=source_words(edition, estimate.source),
    )


def _exact(edition: Edition, what: Said, value: float, unit: str, source: str) -> Figure:
    return figure(edition, what, Estimate(value, value, value, source), unit, 1)


def source_words(edition: Edition, source: str) -> Said:
    """Return a source without the word that its mark says already."""
    return edition.words.quote(_MARK.sub("", clean(source)))


def is_assumed(source: str) -> bool:
    """Return whether any part of a source is an assumption: the reader sees it marked."""
    return ASSUMED in source.lower()
