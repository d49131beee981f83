"""What the members of an ensemble come to: figures as plain values, in no language."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearway.model.outcome import (
    ENDINGS,
    EXTENDED,
    FAILED,
    NEVER_OPENED,
    STOPPED,
    STOPPED_WITH_NOTICE,
    Ensemble,
    Share,
)
from clearway.model.scenario import Scenario

#: Persons a square metre at a mouth above which people are at risk of being crushed.
ALARM_PERSONS_PER_M2: Final = 3.5
#: The share of members that the words "the worst tenth" mean.
WORST: Final = 0.1
_H: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How one figure is spread over the members.

    Attributes
    ----------
    mean, low, median, high
        Mean, and the quantiles 10, 50 and 90 %: four in five members lie from low to high.
    tail
        The quantile 95 %.
    most
        The highest of all.
    """

    mean: float
    low: float
    median: float
    high: float
    tail: float
    most: float


@dataclass(frozen=True, slots=True)
class PeopleOut:
    """Persons brought out.

    Attributes
    ----------
    spread
        Over the members.
    worst
        Mean of the worst tenth of the members.
    """

    spread: Spread
    worst: float


@dataclass(frozen=True, slots=True)
class Harm:
    """What may become of people at one corridor, or at all of them together.

    Attributes
    ----------
    caught
        Members in which anyone was inside at a closing, as announced or with notice.
    caught_persons
        How many were.
    turned_back, uncalled_back
        Persons called out and sent home, and persons who came of themselves and were.
    stops
        Members with a closing without notice: of a window that was stopped, or of a corridor
        that failed with anyone inside.
    in_open
        Persons inside at such a closing, over those members; None if there is none.
    wait_s
        Longest wait at the mouth.
    density
        Highest persons a square metre at the mouth.
    alarm
        Members in which it rose above ``ALARM_PERSONS_PER_M2``.
    """

    caught: Share
    caught_persons: Spread
    turned_back: Spread
    uncalled_back: Spread
    stops: Share
    in_open: Spread | None
    wait_s: Spread
    density: Spread
    alarm: Share


@dataclass(frozen=True, slots=True)
class DayEnd:
    """How the windows announced to open at one moment went.

    Attributes
    ----------
    day
        Local date.
    opens_s
        When they were announced to open, seconds from the scenario's start.
    late_s
        By how much they opened later, over the members in which they opened; None if never.
    never, notice, stopped, extended, failed
        Members in which all never opened, and in which any was stopped with notice, stopped
        without, extended, or failed.
    """

    day: date
    opens_s: int
    late_s: Spread | None
    never: Share
    notice: Share
    stopped: Share
    extended: Share
    failed: Share


@dataclass(frozen=True, slots=True)
class Alarm:
    """Heights in persons at one mouth: the planned limit of those who wait, and the alarm."""

    limit: float
    alarm: float


def spread_of(values: ArrayLike) -> Spread:
    """Return how ``values``, one a member, are spread.

    Parameters
    ----------
    values
        Shape (m,), at least one.
    """
    found = np.asarray(values, dtype=np.float64)
    low, median, high, tail = np.quantile(found, (WORST, 0.5, 1 - WORST, 0.95)).tolist()
    return Spread(float(found.mean()), low, median, high, tail, float(found.max()))


def people_out(ensemble: Ensemble) -> PeopleOut:
    """Return how many come out."""
    out = np.sort(ensemble.people_out)
    worst = out[: max(1, math.ceil(WORST * len(out)))]
    return PeopleOut(spread_of(out), float(worst.mean()))


def harms(scenario: Scenario, ensemble: Ensemble) -> tuple[Harm, ...]:
    """Return what may become of people at each corridor, in the scenario's order."""
    return tuple(_harm(scenario, ensemble, [row]) for row in range(len(scenario.corridors)))


def harm_in_all(scenario: Scenario, ensemble: Ensemble) -> Harm:
    """Return what may become of people: persons added up, the worst mouth for waits."""
    return _harm(scenario, ensemble, list(range(len(scenario.corridors))))


def _harm(scenario: Scenario, ensemble: Ensemble, rows: list[int]) -> Harm:
    caught = ensemble.caught[:, rows].sum(axis=1)
    in_open = ensemble.in_open[:, rows].sum(axis=1)
    own = {scenario.corridors[row].id for row in rows}
    windows = [n for n, window in enumerate(scenario.windows) if window.corridor in own]
    stopped = (ensemble.ending[:, windows] == STOPPED).any(axis=1) | (in_open > 0)
    density = peak_densities(scenario, ensemble)[:, rows].max(axis=1)
    members = len(ensemble)
    return Harm(
        caught=Share(int((caught > 0).sum()), members),
        caught_persons=spread_of(caught),
        turned_back=spread_of(ensemble.turned_back[:, rows].sum(axis=1)),
        uncalled_back=spread_of(ensemble.uncalled_back[:, rows].sum(axis=1)),
        stops=Share(int(stopped.sum()), members),
        in_open=spread_of(in_open[stopped]) if stopped.any() else None,
        wait_s=spread_of(ensemble.longest_wait_s[:, rows].max(axis=1)),
        density=spread_of(density),
        alarm=Share(int((density > ALARM_PERSONS_PER_M2).sum()), members),
    )


def peak_densities(scenario: Scenario, ensemble: Ensemble) -> NDArray[np.float64]:
    """Return the highest persons a square metre at each mouth, shape (members, corridors)."""
    areas = np.array([corridor.holding.area_m2 for corridor in scenario.corridors])
    return np.asarray(ensemble.queue.max(axis=1).astype(np.float64) / areas)


def alarms(scenario: Scenario) -> tuple[Alarm, ...]:
    """Return the limits of those who wait, corridor by corridor."""
    held = [corridor.holding for corridor in scenario.corridors]
    return tuple(Alarm(one.limit_persons, ALARM_PERSONS_PER_M2 * one.area_m2) for one in held)


def exposures(ensemble: Ensemble) -> tuple[Spread, Spread, Spread, Spread]:
    """Return person-hours on the way, waiting at a mouth, in a corridor, and in all."""
    hours = ensemble.exposure_person_s / _H
    parts = [spread_of(hours[:, kind]) for kind in range(3)]
    return parts[0], parts[1], parts[2], spread_of(hours.sum(axis=1))


def day_ends(scenario: Scenario, ensemble: Ensemble) -> Iterator[DayEnd]:
    """Yield how each day went, in order of time.

    A day is all windows announced to open at the same moment.
    """
    opens = np.array([scenario.seconds(window.opens) for window in scenario.windows])
    for moment in sorted(set(opens.tolist())):
        rows = np.flatnonzero(opens == moment)
        ending = ensemble.ending[:, rows]
        opened = ensemble.closes_s[:, rows] > ensemble.opens_s[:, rows]
        late = np.where(opened, ensemble.opens_s[:, rows] - moment, 0).max(axis=1)
        happened = {
            name: Share(int((ending == code).any(axis=1).sum()), len(ensemble))
            for code, name in enumerate(ENDINGS)
        }
        never = (ending == NEVER_OPENED).all(axis=1)
        any_open = opened.any(axis=1)
        yield DayEnd(
            day=scenario.moment(moment).date(),
            opens_s=moment,
            late_s=spread_of(late[any_open]) if any_open.any() else None,
            never=Share(int(never.sum()), len(ensemble)),
            notice=happened[ENDINGS[STOPPED_WITH_NOTICE]],
            stopped=happened[ENDINGS[STOPPED]],
            extended=happened[ENDINGS[EXTENDED]],
            failed=happened[ENDINGS[FAILED]],
        )
