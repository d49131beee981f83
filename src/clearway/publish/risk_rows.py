"""The tables of risk, row by row, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clearway.model.comparison import Comparison
from clearway.model.outcome import Ensemble, Share
from clearway.publish.colours import corridor_colour
from clearway.publish.edition import Edition
from clearway.publish.fan import hours
from clearway.publish.needs import Need, needs
from clearway.publish.recommend import NONE, share_seen
from clearway.publish.risk import (
    Harm,
    Spread,
    day_ends,
    exposures,
    harm_in_all,
    harms,
)
from clearway.publish.words import Said, Words

_EXPOSED: Final = ("walking", "waiting", "corridor", "all")


@dataclass(frozen=True, slots=True)
class HarmRow:
    """One corridor, or all of them where it has no colour."""

    code: Said
    name: Said
    colour: str | None
    caught: Said
    caught_most: Said
    turned_back: Said
    turned_back_tail: Said
    stops: Said
    in_open: Said
    in_open_tail: Said
    wait: Said
    wait_worst: Said
    density: Said
    density_tail: Said
    alarm: Said


@dataclass(frozen=True, slots=True)
class HourRow:
    """People out by one moment."""

    first: bool
    day: Said
    time: Said
    quantiles: tuple[Said, ...]
    planned: Said


@dataclass(frozen=True, slots=True)
class DayRow:
    """How one day went over the members."""

    day: Said
    late: Said
    late_worst: Said
    never: Said
    notice: Said
    stopped: Said
    extended: Said
    failed: Said


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What withstanding costs or gains: a figure with its interval, and what it means."""

    name: Said
    mean: Said
    low: Said
    high: Said
    note: Said


def harm_rows(edition: Edition, ensemble: Ensemble) -> Iterator[HarmRow]:
    """Yield what may become of people at each corridor, then at all together."""
    scenario, words = edition.scenario, edition.words
    found = zip(scenario.corridors, harms(scenario, ensemble), strict=True)
    for row, (corridor, harm) in enumerate(found):
        named = (words.code(corridor.id), words.name(corridor.name))
        yield _harm_row(words, named, corridor_colour(row), harm)
    named = (words.say("risk.all"), Said(""))
    yield _harm_row(words, named, None, harm_in_all(scenario, ensemble))


def _harm_row(words: Words, named: tuple[Said, Said], colour: str | None, harm: Harm) -> HarmRow:
    code, name = named
    return HarmRow(
        code=code,
        name=name,
        colour=colour,
        caught=share_seen(words, harm.caught),
        caught_most=words.number(harm.caught_persons.most),
        turned_back=words.number(harm.turned_back.mean),
        turned_back_tail=words.number(harm.turned_back.tail),
        stops=_often(words, harm.stops),
        in_open=words.number(harm.in_open.mean) if harm.in_open else NONE,
        in_open_tail=words.number(harm.in_open.tail) if harm.in_open else NONE,
        wait=words.duration(harm.wait_s.median),
        wait_worst=words.duration(harm.wait_s.high),
        density=words.number(harm.density.median, 1),
        density_tail=words.number(harm.density.tail, 1),
        alarm=_often(words, harm.alarm),
    )


def _often(words: Words, share: Share) -> Said:
    return words.share(share.value)


def hour_rows(edition: Edition, ensemble: Ensemble) -> Iterator[HourRow]:
    """Yield the drawing of people out as figures."""
    words, calendar = edition.words, edition.calendar
    before = None
    for hour in hours(ensemble, edition.course, calendar):
        day = calendar.day_of(hour.at_s)
        yield HourRow(
            first=day != before,
            day=calendar.short(day),
            time=calendar.clock(hour.at_s),
            quantiles=tuple(words.number(value) for value in hour.quantiles),
            planned=words.number(hour.planned),
        )
        before = day


def exposure_rows(
    edition: Edition, ensemble: Ensemble
) -> Iterator[tuple[Said, Said, Said, Said, Said]]:
    """Yield name, mean, and the quantiles 10, 50 and 90 % of exposed person-hours."""
    words = edition.words
    for name, spread in zip(_EXPOSED, exposures(ensemble), strict=True):
        said = words.say(f"exposed.{name}")
        yield (
            said,
            words.number(spread.mean),
            words.number(spread.low),
            words.number(spread.median),
            words.number(spread.high),
        )


def price_rows(edition: Edition, comparison: Comparison) -> Iterator[PriceRow]:
    """Yield the price of robustness, the gain over a flat margin, and of perfect information."""
    words = edition.words
    yield _price(words, "robustness", comparison.price_of_robustness)
    gain = comparison.gain_over_flat
    if gain is not None and comparison.flat is not None:
        yield _price(words, "flat", gain)
    else:
        name, note = words.say("price.flat"), words.say("price.no_flat")
        yield PriceRow(name, NONE, NONE, NONE, note)
    yield _price(words, "information", comparison.perfect_information)


def _price(words: Words, name: str, found: tuple[float, float, float]) -> PriceRow:
    mean, low, high = (words.number(value) for value in found)
    return PriceRow(words.say(f"price.{name}"), mean, low, high, words.say(f"price.{name}_note"))


def day_rows(edition: Edition, ensemble: Ensemble) -> Iterator[DayRow]:
    """Yield how the windows of each day went."""
    words, calendar = edition.words, edition.calendar
    found = list(day_ends(edition.scenario, ensemble))
    for one in found:
        again = sum(other.day == one.day for other in found) > 1
        name = calendar.short(one.day)
        clock = calendar.clock(one.opens_s)
        yield DayRow(
            day=words.say("live.moment", day=name, time=clock) if again else name,
            late=words.duration(one.late_s.median) if one.late_s else NONE,
            late_worst=words.duration(one.late_s.high) if one.late_s else NONE,
            never=_often(words, one.never),
            notice=_often(words, one.notice),
            stopped=_often(words, one.stopped),
            extended=_often(words, one.extended),
            failed=_often(words, one.failed),
        )


def need_rows(
    edition: Edition, ensemble: Ensemble
) -> Iterator[tuple[Said, Said, str, tuple[Said, ...]]]:
    """Yield code, name, colour, and median and 90 % of water, toilets and sheltered places."""
    words = edition.words
    corridors = edition.scenario.corridors
    found = zip(corridors, needs(edition.scenario, ensemble), strict=True)
    for row, (corridor, need) in enumerate(found):
        figures = tuple(words.number(value) for value in _needed(need))
        yield words.code(corridor.id), words.name(corridor.name), corridor_colour(row), figures


def _needed(need: Need) -> Iterator[float]:
    spreads: tuple[Spread, ...] = (need.water_l, need.toilets, need.places)
    for spread in spreads:
        yield spread.median
        yield spread.high
