"""All that the report shows of an ensemble, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.comparison import Comparison
from clearway.model.outcome import Ensemble
from clearway.publish.axes import NARROW, SMALL, WIDE
from clearway.publish.colours import corridor_colour
from clearway.publish.edition import Edition
from clearway.publish.fan import Chart, fan, held, over_day
from clearway.publish.needs import PERSONS_PER_TOILET, WATER_L_PER_PERSON_DAY
from clearway.publish.recommend import Likely, Other, likely, others
from clearway.publish.risk import alarms, harm_in_all, spread_of
from clearway.publish.risk_rows import (
    DayRow,
    HarmRow,
    HourRow,
    PriceRow,
    day_rows,
    exposure_rows,
    harm_rows,
    hour_rows,
    need_rows,
    price_rows,
)
from clearway.publish.words import Said

_EVERY: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One corridor's drawing: its code, name and colour, and the drawing in words."""

    code: Said
    name: Said
    colour: str
    chart: Chart
    alt: Said


@dataclass(frozen=True, slots=True)
class Outlook:
    """The sections about risk.

    Attributes
    ----------
    likely, others
        The first screen's figures, and the courses of action.
    fans, fan_words, hours
        People out in two sizes, in words, and in figures.
    queues, opens, peaks
        Drawings and table of those who wait and of those in the open, by corridor.
    open_limits
        Whether any corridor has a limit for people in the open.
    harms, harm_notes, exposed, days
        Tables of risk.
    prices
        Empty if the plan was not compared with others.
    needs, needs_words
        What holding areas need, and how it was counted.
    """

    likely: tuple[Likely, ...]
    others: tuple[Other, ...]
    fans: dict[str, Chart]
    fan_words: Said
    hours: tuple[HourRow, ...]
    queues: tuple[Drawing, ...]
    opens: tuple[Drawing, ...]
    open_limits: bool
    peaks: tuple[tuple[Said, str, tuple[Said, ...]], ...]
    harms: tuple[HarmRow, ...]
    harm_notes: Said
    exposed: tuple[tuple[Said, Said, Said, Said, Said], ...]
    days: tuple[DayRow, ...]
    prices: tuple[PriceRow, ...]
    needs: tuple[tuple[Said, Said, str, tuple[Said, ...]], ...]
    needs_words: Said


def outlook(edition: Edition, ensemble: Ensemble, comparison: Comparison | None) -> Outlook:
    """Return all that the report shows of ``ensemble``."""
    corridors = edition.scenario.corridors
    sizes = {"wide": WIDE, "narrow": NARROW}
    return Outlook(
        likely=tuple(likely(edition, ensemble)),
        others=tuple(others(edition, comparison, ensemble)),
        fans={
            name: fan(ensemble, edition.course, edition.calendar, size)
            for name, size in sizes.items()
        },
        fan_words=_fan_words(edition, ensemble),
        hours=tuple(hour_rows(edition, ensemble)),
        queues=tuple(_drawings(edition, ensemble, ensemble.queue, _queue_levels(edition))),
        opens=tuple(_drawings(edition, ensemble, ensemble.open, _open_levels(edition))),
        open_limits=any(np.isfinite(one.open_limit_persons) for one in corridors),
        peaks=tuple(_peaks(edition, ensemble)),
        harms=tuple(harm_rows(edition, ensemble)),
        harm_notes=_harm_notes(edition, ensemble),
        exposed=tuple(exposure_rows(edition, ensemble)),
        days=tuple(day_rows(edition, ensemble)),
        prices=tuple(price_rows(edition, comparison)) if comparison else (),
        needs=tuple(need_rows(edition, ensemble)),
        needs_words=edition.words.say(
            "needs.intro",
            litres=edition.words.amount(WATER_L_PER_PERSON_DAY),
            persons=PERSONS_PER_TOILET,
            bin=edition.words.duration(ensemble.bin_s),
        ),
    )


def _fan_words(edition: Edition, ensemble: Ensemble) -> Said:
    """Return the drawing of people out in words, for those who cannot see it."""
    words = edition.words
    low, median, high = ensemble.out_over_time(_EVERY)
    points = []
    sessions = held(edition.course.sessions, ensemble)
    for session, day in zip(sessions, edition.days, strict=True):
        row = min(-(-session.closes_s // ensemble.bin_s), len(median)) - 1
        figures = {"n": round(median[row]), "low": round(low[row]), "high": round(high[row])}
        points.append(words.say("fan.point", day=day, **figures))
    return words.say("fan.alt", points=words.listed(points))


def _queue_levels(edition: Edition) -> list[dict[str, float]]:
    return [{"limit": one.limit, "alarm": one.alarm} for one in alarms(edition.scenario)]


def _open_levels(edition: Edition) -> list[dict[str, float]]:
    return [{"limit": one.open_limit_persons} for one in edition.scenario.corridors]


def _drawings(
    edition: Edition,
    ensemble: Ensemble,
    persons: NDArray[np.float32],
    levels: list[dict[str, float]],
) -> Iterator[Drawing]:
    words = edition.words
    sessions = held(edition.course.sessions, ensemble)
    for row, corridor in enumerate(edition.scenario.corridors):
        own = persons[:, :, row]
        median, high = np.quantile(own, (0.5, 0.95), axis=0).max(axis=1).tolist()
        code = words.code(corridor.id)
        yield Drawing(
            code=code,
            name=words.name(corridor.name),
            colour=corridor_colour(row),
            chart=over_day(own, ensemble.bin_s, sessions, edition.calendar, SMALL, levels[row]),
            alt=words.say("mouths.alt", code=code, n=round(median), high=round(high)),
        )


def _peaks(edition: Edition, ensemble: Ensemble) -> Iterator[tuple[Said, str, tuple[Said, ...]]]:
    """Yield code, colour, and the most who wait or are in the open, with their limits."""
    words, scenario = edition.words, edition.scenario
    for row, (corridor, limits) in enumerate(
        zip(scenario.corridors, alarms(scenario), strict=True)
    ):
        waiting = spread_of(ensemble.queue[:, :, row].max(axis=1))
        inside = spread_of(ensemble.open[:, :, row].max(axis=1))
        figures = (
            *(waiting.median, waiting.tail, limits.limit, limits.alarm),
            *(inside.median, inside.tail, corridor.open_limit_persons),
        )
        colour = corridor_colour(row)
        yield words.code(corridor.id), colour, tuple(words.number(one) for one in figures)


def _harm_notes(edition: Edition, ensemble: Ensemble) -> Said:
    uncalled = harm_in_all(edition.scenario, ensemble).uncalled_back
    words = edition.words
    return words.say(
        "risk.notes",
        uncalled=words.number(uncalled.mean),
        uncalled_tail=words.number(uncalled.tail),
    )
