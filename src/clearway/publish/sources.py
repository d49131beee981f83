"""Every figure and statement that a plan rests on, with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clearway.model.facts import ASSUMED, Estimate
from clearway.publish.edition import Edition
from clearway.publish.words import Said


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its range, its unit and its source."""

    what: Said
    low: Said
    central: Said
    high: Said
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
    yield _figure(edition, uptake, scenario.planning.uptake, "of_households", 100)
    for group in scenario.groups:
        what = words.say("assumptions.speed", name=words.name(group.name))
        yield _figure(edition, what, group.speed_m_per_s, "m_s", 1)
    for group in scenario.groups:
        what = words.say("assumptions.weight", name=words.name(group.name))
        yield _exact(edition, what, group.weight, "factor", group.weight_source)
    for corridor in scenario.corridors:
        what = words.say("assumptions.gate", code=corridor.id)
        yield _figure(edition, what, corridor.gate_persons_per_s, "per_h", 3600)
    for corridor in scenario.corridors:
        held, what = corridor.holding, words.say("assumptions.holding", code=corridor.id)
        yield _exact(edition, what, held.limit_persons, "people", held.source)
        what = words.say("assumptions.area", code=corridor.id)
        yield _exact(edition, what, held.area_m2, "m2", held.source)
    for site in scenario.receptions:
        what = words.say("assumptions.places_at", code=site.id, name=words.name(site.name))
        yield _figure(edition, what, site.places, "people", 1)


def window_rows(edition: Edition) -> Iterator[Statement]:
    """Yield the windows, those of the same hours and source together."""
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
        yield Statement(day, text, _assumed(source), words.quote(source))


def place_rows(edition: Edition) -> Iterator[Statement]:
    """Yield where each corridor's place comes from."""
    for corridor in edition.scenario.corridors:
        yield Statement(
            edition.words.code(corridor.id),
            edition.words.name(corridor.name),
            _assumed(corridor.source),
            edition.words.quote(corridor.source),
        )


def fact_rows(edition: Edition) -> Iterator[Statement]:
    """Yield the scenario's facts."""
    for fact in edition.scenario.facts:
        yield Statement(
            edition.words.quote(fact.topic),
            edition.words.name(fact.text),
            _assumed(fact.source),
            edition.words.quote(fact.source),
        )


def _figure(edition: Edition, what: Said, estimate: Estimate, unit: str, factor: float) -> Figure:
    words = edition.words
    return Figure(
        what=what,
        low=words.amount(estimate.low * factor),
        central=words.amount(estimate.central * factor),
        high=words.amount(estimate.high * factor),
        unit=words.say(f"assumptions.{unit}"),
        assumed=_assumed(estimate.source),
        source=words.quote(estimate.source),
    )


def _exact(edition: Edition, what: Said, value: float, unit: str, source: str) -> Figure:
    return _figure(edition, what, Estimate(value, value, value, source), unit, 1)


def _assumed(source: str) -> bool:
    """Return whether any part of a source is an assumption: the reader sees it marked."""
    return ASSUMED in source.lower()
