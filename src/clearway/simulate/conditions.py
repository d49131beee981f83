"""What was made to depend on what, as a table of subjects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from clearway.model.fleet import AID, PATIENTS
from clearway.model.scenario import Scenario
from clearway.simulate.traffic import NONE


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """Subjects: all convoys, then the patients of each date that a condition names.

    Attributes
    ----------
    date
        Shape (d,), subject of the patients of each day; -1 where no condition names them.
    awaits
        Shape (subjects, subjects): whether one begins only when the other is done.
    never
        Shape (subjects,), whether it is in a ring of conditions, or waits for one that is.
    """

    date: NDArray[np.int64]
    awaits: NDArray[np.int8]
    never: NDArray[np.int8]


def conditions(scenario: Scenario) -> Conditions:
    """Return the conditions of a scenario."""
    links = scenario.aid.links
    told = [subject for link in links for subject in (link.then, link.after)]
    dates = sorted({one for one in told if one.startswith(f"{PATIENTS}:")})
    names = [*(f"{AID}:{one.id}" for one in scenario.aid.convoys), *dates]
    rows = {name: row for row, name in enumerate(names)}
    awaits = np.zeros((len(names), len(names)), dtype=np.int8)
    for link in links:
        awaits[rows[link.then], rows[link.after]] = 1
    zone = ZoneInfo(scenario.timezone)
    openings = sorted({one.opens.astimezone(UTC) for one in scenario.windows})
    days = [f"{PATIENTS}:{moment.astimezone(zone).date().isoformat()}" for moment in openings]
    date = np.array([rows.get(day, NONE) for day in days], dtype=np.int64)
    return Conditions(date, awaits, _never(awaits))


def _never(awaits: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return who is left when whoever waits for nobody, or for those gone before, has gone."""
    left = np.ones(len(awaits), dtype=np.bool_)
    while True:
        goes = left & ~(awaits.astype(np.bool_) & left).any(axis=1)
        if not goes.any():
            return left.astype(np.int8)
        left &= ~goes
