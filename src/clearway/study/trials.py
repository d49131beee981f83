"""Recorded figures beside simulated ones: interval, hit or miss, and how many hits in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.checks import Checks
from clearway.model.facts import Text
from clearway.model.outcome import Ensemble, Share
from clearway.model.scenario import Scenario
from clearway.study.cases import PATIENTS, Recorded

#: Share of members that an interval holds, and where it and the median lie.
INTERVAL: Final = 0.8
_SHARES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Trial:
    """One recorded figure beside the members' interval.

    Attributes
    ----------
    case
        Id of the scenario.
    title
        What people read for it.
    recorded
        What was recorded.
    low, median, high
        Persons, or patients, out in the same stretch: a tenth, a half and nine tenths of the
        members have fewer.
    below
        In how many members at most as many came out as were recorded.
    """

    case: str
    title: Text
    recorded: Recorded
    low: float
    median: float
    high: float
    below: Share

    def __post_init__(self) -> None:
        """Refuse an interval that is not ordered."""
        checks = Checks(f"trial {self.case}")
        ordered = 0 <= self.low <= self.median <= self.high
        checks.that(ordered, "low", self.low, "must satisfy 0 <= low <= median <= high")
        checks.done()

    @property
    def hit(self) -> bool:
        """Whether the interval holds the recorded figure, its ends included."""
        return self.low <= self.recorded.persons <= self.high


@dataclass(frozen=True, slots=True)
class History:
    """All trials; misses stay among them.

    Attributes
    ----------
    trials
        Case by case, in the order of the file.
    members, seed
        Of each case's ensemble.
    """

    trials: tuple[Trial, ...]
    members: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse a history of nothing."""
        checks = Checks("history")
        checks.that(bool(self.trials), "trials", "", "must have at least one")
        checks.done()

    @property
    def hits(self) -> Share:
        """How many intervals hold their record."""
        return Share(sum(trial.hit for trial in self.trials), len(self.trials))

    @property
    def expected_hits(self) -> float:
        """How many would, if the intervals are right."""
        return INTERVAL * len(self.trials)


def measured(scenario: Scenario, ensemble: Ensemble, recorded: Recorded) -> Trial:
    """Set a record beside the members of an ensemble.

    A bin of the ensemble counts if it begins within the recorded stretch. The busiest part is as
    many bins as it is long, at least one. Patients count by the second at which they are out of
    the exit; a plan without vehicles moves none.

    Parameters
    ----------
    scenario
        Of the ensemble.
    ensemble
        Any number of members.
    recorded
        The stretch of time and what was recorded in it.
    """
    ends = (scenario.seconds(recorded.begins), scenario.seconds(recorded.ends))
    if recorded.counts == PATIENTS:
        out = _patients(ensemble, ends)
    else:
        out = _persons(ensemble, ends, recorded.busiest_s)
    low, median, high = np.quantile(out, _SHARES).tolist()
    below = Share(int((out <= recorded.persons).sum()), len(ensemble))
    return Trial(scenario.id, scenario.title, recorded, low, median, high, below)


def _persons(
    ensemble: Ensemble, ends: tuple[int, int], busiest_s: float | None
) -> NDArray[np.int64]:
    """Return the persons out in a stretch, or in its busiest part, shape (m,)."""
    first, last = (max(0, -(-at // ensemble.bin_s)) for at in ends)
    each = ensemble.out[:, first:last].sum(axis=(2, 3), dtype=np.int64)
    if busiest_s is None or each.shape[1] == 0:
        return np.asarray(each.sum(axis=1))
    bins = min(each.shape[1], max(1, round(busiest_s / ensemble.bin_s)))
    so_far = np.pad(each.cumsum(axis=1), ((0, 0), (1, 0)))
    return np.asarray((so_far[:, bins:] - so_far[:, :-bins]).max(axis=1))


def _patients(ensemble: Ensemble, ends: tuple[int, int]) -> NDArray[np.int64]:
    """Return the patients out in a stretch, shape (m,)."""
    if ensemble.fleet is None:
        return np.zeros(len(ensemble), dtype=np.int64)
    out_s = ensemble.fleet.patient_out_s
    return np.asarray(((out_s >= ends[0]) & (out_s < ends[1])).sum(axis=1))
