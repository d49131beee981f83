"""What became of a plan in many simulated courses of the pause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from clearway.model.checks import Checks, frozen_array

#: How a window of one member ended.
AS_ANNOUNCED, NEVER_OPENED, STOPPED_WITH_NOTICE, STOPPED, EXTENDED, FAILED = range(6)
ENDINGS: Final = ("announced", "never", "notice", "stopped", "extended", "failed")

#: What became of a patient in one member: brought out, still inside, refused the destination, or
#: died before the vehicle came.
MOVED, LEFT, REFUSED, DIED = range(4)
PATIENT_ENDS: Final = ("moved", "left", "refused", "died")


@dataclass(frozen=True, slots=True)
class Share:
    """A probability estimated from a sample, with an interval that holds at small counts.

    Attributes
    ----------
    hits, of
        How often it happened, in how many members.
    """

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share seen; 0 of none."""
        return self.hits / self.of if self.of else 0.0

    def upper(self, confidence: float = 0.95) -> float:
        """Return the one-sided upper limit (Clopper and Pearson 1934)."""
        if self.hits >= self.of:
            return 1.0
        return float(betaincinv(self.hits + 1, self.of - self.hits, confidence))

    def lower(self, confidence: float = 0.95) -> float:
        """Return the one-sided lower limit (Clopper and Pearson 1934)."""
        if self.hits == 0:
            return 0.0
        return float(betaincinv(self.hits, self.of - self.hits + 1, 1 - confidence))


@dataclass(frozen=True, slots=True, eq=False)
class FleetOutcome:
    """What became of patients, riders and convoys: m members, p patients, h hospitals, c convoys.

    Attributes
    ----------
    patient_out_s
        Shape (m, p), seconds from the start at which each patient was out of the exit; infinite if
        never.
    patient_end
        Shape (m, p), rows of ``PATIENT_ENDS``.
    companions_out
        Shape (m,), companions brought out.
    riders
        Shape (m,), persons of the demand brought out by vehicles; they are in ``Ensemble.out`` too.
    trips
        Shape (m,), trips that reached their destination.
    beds
        Shape (m, h), patients received by each hospital.
    aid_arrived
        Shape (m, c), whether each convoy reached its zone.
    """

    patient_out_s: NDArray[np.float32]
    patient_end: NDArray[np.int8]
    companions_out: NDArray[np.int64]
    riders: NDArray[np.int64]
    trips: NDArray[np.int64]
    beds: NDArray[np.int64]
    aid_arrived: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Freeze the columns; refuse columns of different length."""
        for field, kind in _FLEET_COLUMNS.items():
            object.__setattr__(self, field, frozen_array(getattr(self, field), kind))
        checks = Checks("fleet outcome")
        for field in _FLEET_COLUMNS:
            told = len(getattr(self, field))
            checks.that(told == len(self.trips), field, told, "must have a row a member")
        checks.done()

    def all_out(self, patients: NDArray[np.bool_]) -> Share:
        """In how many members all of some patients, shape (p,), were brought out."""
        out = (self.patient_end == MOVED) | ~patients
        return Share(int(out.all(axis=1).sum()), len(self.trips))


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """Members of a simulation: m members, b bins of time, k corridors, g groups, w windows.

    Attributes
    ----------
    scenario
        Id.
    seed
        From which every member was drawn.
    numbers
        Shape (m,), the member's number; with the seed it fixes all that it drew.
    bin_s
        Seconds a bin; bin 0 begins at the scenario's start.
    out
        Shape (m, b, k, g), persons that left the corridor by its exit in each bin.
    queue
        Shape (m, b, k), most persons waiting at the mouth in each bin.
    open
        Shape (m, b, k), most persons between gate and exit in each bin.
    longest_wait_s
        Shape (m, k), longest wait at the mouth.
    exposure_person_s
        Shape (m, 3), person-seconds in the open: on the way to the mouth (and back, for those
        sent home), waiting at it, and in the corridor.
    called, uncalled
        Shape (m,), persons that left home because they were called, each time that they did, and
        of themselves.
    willing
        Shape (m, g), persons in households that would go.
    caught
        Shape (m, k), persons inside a corridor when it closed, as announced or with notice.
    turned_back
        Shape (m, k), persons called out and sent home, each time; they are called again first.
    uncalled_back
        Shape (m, k), persons who came of themselves and were sent home.
    in_open
        Shape (m, k), persons inside a corridor when it closed without notice.
    recalled
        Shape (m, k), of those turned back, persons who were already in the corridor.
    arrived
        Shape (m, sites), persons that reached each reception site.
    most
        Shape (m,), persons that no plan could have exceeded had it known the member's draw.
    opens_s, closes_s
        Shape (m, w), seconds from the start at which each window in fact opened and closed;
        equal if it never opened.
    ending
        Shape (m, w), how it ended: a row of ``ENDINGS``.
    fleet
        What became of patients, riders and convoys; None for a plan without vehicles.
    """

    scenario: str
    seed: int
    numbers: NDArray[np.int64]
    bin_s: int
    out: NDArray[np.int32]
    queue: NDArray[np.float32]
    open: NDArray[np.float32]
    longest_wait_s: NDArray[np.float32]
    exposure_person_s: NDArray[np.float64]
    called: NDArray[np.int64]
    uncalled: NDArray[np.int64]
    willing: NDArray[np.int64]
    caught: NDArray[np.int64]
    turned_back: NDArray[np.int64]
    uncalled_back: NDArray[np.int64]
    in_open: NDArray[np.int64]
    recalled: NDArray[np.int64]
    arrived: NDArray[np.int64]
    most: NDArray[np.int64]
    opens_s: NDArray[np.int64]
    closes_s: NDArray[np.int64]
    ending: NDArray[np.int8]
    fleet: FleetOutcome | None = None

    def __post_init__(self) -> None:
        """Freeze the columns; refuse an empty ensemble and columns of different length."""
        for field, kind in _COLUMNS.items():
            object.__setattr__(self, field, frozen_array(getattr(self, field), kind))
        checks = Checks("ensemble")
        checks.that(len(self.numbers) > 0, "numbers", "", "must have at least one member")
        for field in _COLUMNS:
            told = len(getattr(self, field))
            checks.that(told == len(self.numbers), field, told, "must have a row a member")
        if self.fleet is not None:
            told = len(self.fleet.trips)
            checks.that(told == len(self.numbers), "fleet", told, "must have a row a member")
        checks.unique("numbers", self.numbers.tolist())
        checks.done()

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.numbers)

    @property
    def people_out(self) -> NDArray[np.int64]:
        """Shape (m,), persons brought out."""
        return np.asarray(self.out.sum(axis=(1, 2, 3), dtype=np.int64))

    @property
    def anyone_caught(self) -> Share:
        """In how many members anyone was caught."""
        return Share(int((self.caught.sum(axis=1) > 0).sum()), len(self))

    def all_out(self, group: int) -> Share:
        """In how many members all of a group (its row) who would go came out."""
        missing = self.willing[:, group] > self.out[:, :, :, group].sum(axis=(1, 2))
        return Share(int((~missing).sum()), len(self))

    def out_over_time(self, shares: tuple[float, ...]) -> NDArray[np.float64]:
        """Return quantiles of the persons out so far, shape (shares, b), by the end of each bin."""
        total = self.out.sum(axis=(2, 3), dtype=np.int64).cumsum(axis=1)
        return np.asarray(np.quantile(total, shares, axis=0))


def mean_interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean and its two-sided 95 % interval (normal approximation).

    Parameters
    ----------
    values
        Shape (m,), one a member.
    """
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, mean, mean
    half = 1.959964 * float(np.std(values, ddof=1)) / float(np.sqrt(len(values)))
    return mean, mean - half, mean + half


_FLEET_COLUMNS: Final = {
    "patient_out_s": np.float32,
    "patient_end": np.int8,
    "companions_out": np.int64,
    "riders": np.int64,
    "trips": np.int64,
    "beds": np.int64,
    "aid_arrived": np.bool_,
}

_COLUMNS: Final = {
    "numbers": np.int64,
    "out": np.int32,
    "queue": np.float32,
    "open": np.float32,
    "longest_wait_s": np.float32,
    "exposure_person_s": np.float64,
    "called": np.int64,
    "uncalled": np.int64,
    "willing": np.int64,
    "caught": np.int64,
    "turned_back": np.int64,
    "uncalled_back": np.int64,
    "in_open": np.int64,
    "recalled": np.int64,
    "arrived": np.int64,
    "most": np.int64,
    "opens_s": np.int64,
    "closes_s": np.int64,
    "ending": np.int8,
}
