"""What one member draws: a function of scenario, seed and the member's number alone.

Each topic has a counter-based stream of its own (Philox, Salmon et al. 2011, as NumPy has it), so
that a draw is the same whatever else was drawn before, in whatever thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import GREEN, RED, YELLOW
from clearway.model.outcome import (
    AS_ANNOUNCED,
    EXTENDED,
    FAILED,
    NEVER_OPENED,
    STOPPED,
    STOPPED_WITH_NOTICE,
)
from clearway.model.scenario import Scenario, row_of

MEMBER, DAY, CORRIDOR, ZONE, HOUSEHOLD, CHECK = range(6)
FLEET, VEHICLE, STAND, PATIENT, LANE, CONVOY = range(6, 12)
_TOPICS: Final = 16
#: The colour that somebody is in truth whose triage was one too low; nothing is worse than red.
_WORSE: Final = MappingProxyType({YELLOW: RED, GREEN: YELLOW})
#: Seconds before the announced closing at which an extension is known.
EXTENSION_KNOWN_S: Final = 7200
#: Times that a vehicle stands, at stops and destinations, of which each of its days draws anew.
STANDS: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """The course of the pause in one member; w windows, z zones.

    Attributes
    ----------
    opens_s, ends_s, known_s
        Shape (w,), whole seconds from the start on the scenario's steps: when each window opens
        (its announced end or later: never), when it ends, and from when on that end is known.
    ending
        Shape (w,), rows of ``model.outcome.ENDINGS``.
    rate
        Shape (w,), persons a second through the gate.
    recheck_rate
        Shape (w,), persons a second through the second check; 0 where there is none.
    uptake
        Shape (z,), share of households that go.
    pace
        Factor on all walking speeds.
    long_share, long_factor, service_cv, uncalled_share
        As drawn for this member.
    """

    opens_s: NDArray[np.int64]
    ends_s: NDArray[np.int64]
    known_s: NDArray[np.int64]
    ending: NDArray[np.int8]
    rate: NDArray[np.float64]
    recheck_rate: NDArray[np.float64]
    uptake: NDArray[np.float64]
    pace: float
    long_share: float
    long_factor: float
    service_cv: float
    uncalled_share: float


@dataclass(frozen=True, slots=True, eq=False)
class FleetDraw:
    """What vehicles and patients meet in one member; v vehicles, d days, p patients, c convoys.

    Attributes
    ----------
    outside_factor
        Seconds of a drive outside, beside those by central figures.
    speed_m_per_s
        Shape (types,), most speed of each type.
    lane
        Shape (w,), vehicles a second through the gate of each window.
    breaks
        Shape (v, d), share of its day at which a vehicle breaks down; infinite: it does not.
    stand, factor
        Shape (v, d, ``STANDS``): share of draws of the time that a stop takes by its type, and the
        factor on it.
    unload
        Shape (c,), share of draws of the time that a convoy is unloaded.
    refuses
        Shape (p,), whether a patient refuses the destination when it is offered.
    dies_s
        Shape (p,), seconds from the start after which a patient dies who still waits; may be
        infinite.
    """

    outside_factor: float
    speed_m_per_s: NDArray[np.float64]
    lane: NDArray[np.float64]
    breaks: NDArray[np.float64]
    stand: NDArray[np.float64]
    factor: NDArray[np.float64]
    unload: NDArray[np.float64]
    refuses: NDArray[np.bool_]
    dies_s: NDArray[np.float64]


def stream(seed: int, member: int, topic: int) -> np.random.Generator:
    """Return the stream of one topic of one member."""
    return np.random.Generator(np.random.Philox(key=[seed, member * _TOPICS + topic]))


def draw_course(scenario: Scenario, seed: int, member: int) -> Draw:
    """Return how the pause runs in this member."""
    unsure = scenario.uncertainty
    shares = stream(seed, member, MEMBER).random(12).tolist()
    chances = _Chances(
        stop=float(unsure.stop_share.at(shares[0])),
        unannounced=float(unsure.unannounced_share.at(shares[1])),
        extend=float(unsure.extend_share.at(shares[2])),
        fail=float(unsure.fail_share.at(shares[3])),
        recheck=float(unsure.recheck_share.at(shares[4])),
    )
    zone = unsure.zone_factor.at(stream(seed, member, ZONE).random(len(scenario.zones)))
    uptake = np.clip(float(scenario.planning.uptake.at(shares[5])) * zone, 0.0, 1.0)
    days = stream(seed, member, DAY).random((len(_days(scenario)), 8))
    corridors = stream(seed, member, CORRIDOR).random((len(scenario.windows), 8))
    runs = _runs(scenario, chances, days, corridors)
    rows = row_of(scenario.corridors)
    gates = [scenario.corridors[rows[window.corridor]] for window in scenario.windows]
    rate = np.array(
        [
            float(gate.gate_persons_per_s.at(u))
            for gate, u in zip(gates, corridors[:, 0], strict=True)
        ]
    )
    again = corridors[:, 1] < chances.recheck
    return Draw(
        opens_s=np.array([run.opens for run in runs]),
        ends_s=np.array([run.ends for run in runs]),
        known_s=np.array([run.known for run in runs]),
        ending=np.array([run.ending for run in runs], dtype=np.int8),
        rate=rate,
        recheck_rate=np.where(again, rate * unsure.recheck_factor.at(corridors[:, 2]), 0.0),
        uptake=uptake,
        pace=float(unsure.pace_factor.at(shares[6])),
        long_share=float(unsure.long_share.at(shares[7])),
        long_factor=float(unsure.long_factor.at(shares[8])),
        service_cv=float(unsure.service_cv.at(shares[9])),
        uncalled_share=float(unsure.uncalled_share.at(shares[10])),
    )


def draw_fleet(scenario: Scenario, seed: int, member: int, *, vehicles: int) -> FleetDraw:
    """Return what vehicles and patients meet in this member.

    Parameters
    ----------
    scenario, seed, member
        What it is a function of.
    vehicles
        How many are asked about; each draws the same beside any number of others.
    """
    unsure, fleet = scenario.uncertainty, scenario.fleet
    common = stream(seed, member, FLEET)
    shares = common.random(16).tolist()
    outside, detour = fleet.outside_m_per_s, fleet.outside_detour
    slower = outside.central / outside.at(shares[0])
    slower = slower * detour.at(shares[1]) / detour.central
    types = common.random(len(fleet.types)).tolist()
    days = len(_days(scenario))
    breaks = stream(seed, member, VEHICLE).random((vehicles, days, 2))
    stands = stream(seed, member, STAND).random((vehicles, days, STANDS, 2))
    lanes = stream(seed, member, LANE).random(len(scenario.windows)).tolist()
    gates = {one.id: one for one in scenario.corridors}
    told = zip(scenario.windows, lanes, strict=True)
    broken = breaks[:, :, 0] < float(unsure.breakdown_share.at(shares[2]))
    patients = stream(seed, member, PATIENT).random((len(scenario.care.patients), 3))
    return FleetDraw(
        outside_factor=float(slower),
        speed_m_per_s=np.array(
            [float(one.speed_m_per_s.at(u)) for one, u in zip(fleet.types, types, strict=True)]
        ),
        lane=np.array([float(gates[one.corridor].vehicles_per_s.at(u)) for one, u in told]),
        breaks=np.where(broken, breaks[:, :, 1], np.inf),
        stand=stands[:, :, :, 0],
        factor=unsure.boarding_factor.at(stands[:, :, :, 1]),
        unload=stream(seed, member, CONVOY).random(len(scenario.aid.convoys)),
        refuses=patients[:, 0] < float(unsure.refusal_share.at(shares[3])),
        dies_s=_deaths(scenario, shares[4:7], patients),
    )


def _deaths(
    scenario: Scenario, shares: list[float], patients: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return when each patient who waits dies: at an even rate, by the colour that is true."""
    unsure, care = scenario.uncertainty, scenario.care
    worse = patients[:, 1] < float(unsure.under_triage_share.at(shares[0]))
    rates = {
        RED: float(unsure.death_red_per_h.at(shares[1])),
        YELLOW: float(unsure.death_yellow_per_h.at(shares[2])),
    }
    truth = [
        _WORSE.get(care.colour(one), care.colour(one)) if under else care.colour(one)
        for one, under in zip(care.patients, worse.tolist(), strict=True)
    ]
    rate = np.array([rates.get(colour, 0.0) for colour in truth])
    waits_h = -np.log1p(-patients[:, 2])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(rate > 0, 3600.0 * waits_h / rate, np.inf)


@dataclass(frozen=True, slots=True)
class _Chances:
    """Probabilities as one member drew them."""

    stop: float
    unannounced: float
    extend: float
    fail: float
    recheck: float


@dataclass(frozen=True, slots=True)
class _Run:
    """One window as it ran, in seconds from the start."""

    opens: int
    ends: int
    known: int
    ending: int


def _days(scenario: Scenario) -> list[float]:
    return sorted({window.opens.astimezone(UTC).timestamp() for window in scenario.windows})


def _runs(
    scenario: Scenario,
    chances: _Chances,
    days: NDArray[np.float64],
    corridors: NDArray[np.float64],
) -> list[_Run]:
    """Return how each window ran; a corridor that has failed opens no more."""
    day_of = {moment: row for row, moment in enumerate(_days(scenario))}
    # Through seconds: two moments of one zone compare by the clock, which may be put back.
    order = sorted(
        range(len(scenario.windows)), key=lambda w: scenario.seconds(scenario.windows[w].opens)
    )
    runs: dict[int, _Run] = {}
    failed: set[str] = set()
    for w in order:
        window = scenario.windows[w]
        closes = scenario.seconds(window.closes)
        if window.corridor in failed:
            runs[w] = _Run(closes, closes, closes, FAILED)
            continue
        day = days[day_of[window.opens.astimezone(UTC).timestamp()]].tolist()
        run = _day_run(scenario, w, chances, day)
        if run.ending != NEVER_OPENED and corridors[w, 3] < chances.fail:
            run = _failure(scenario, run, closes, chances, corridors[w].tolist())
            if run.ending == FAILED:
                failed.add(window.corridor)
        runs[w] = run
    return [runs[w] for w in range(len(scenario.windows))]


def _day_run(scenario: Scenario, w: int, chances: _Chances, day: list[float]) -> _Run:
    """Return how a window runs by what was decided for its whole day."""
    unsure, window = scenario.uncertainty, scenario.windows[w]
    closes = scenario.seconds(window.closes)
    late = float(unsure.start_delay_s.at(day[0]))
    announced = scenario.seconds(window.opens)
    opens = max(announced, _whole(scenario, announced + late))
    if opens >= closes:
        return _Run(closes, closes, closes, NEVER_OPENED)
    if day[1] < chances.stop:
        ends = min(closes, _whole(scenario, opens + day[2] * (closes - opens)))
        if day[3] < chances.unannounced:
            return _Run(opens, ends, ends, STOPPED)
        notice = float(unsure.notice_s.at(day[4]))
        known = min(ends, max(opens, _whole(scenario, ends - notice)))
        return _Run(opens, ends, known, STOPPED_WITH_NOTICE)
    if day[5] < chances.extend:
        longer = float(unsure.extension_s.at(day[6]))
        following = [
            scenario.seconds(other.opens)
            for other in scenario.windows
            if other.corridor == window.corridor and scenario.seconds(other.opens) >= closes
        ]
        ends = max(closes, min([_whole(scenario, closes + longer), *following]))
        return _Run(opens, ends, max(opens, closes - EXTENSION_KNOWN_S), EXTENDED)
    return _Run(opens, closes, closes, AS_ANNOUNCED)


def _failure(
    scenario: Scenario, run: _Run, closes: int, chances: _Chances, corridor: list[float]
) -> _Run:
    """Return ``run`` cut short by the corridor's failure, if that comes before its end."""
    fails = min(closes, _whole(scenario, run.opens + corridor[4] * (closes - run.opens)))
    if fails >= run.ends:
        return run
    if corridor[5] < chances.unannounced:
        return _Run(run.opens, fails, fails, FAILED)
    notice = float(scenario.uncertainty.notice_s.at(corridor[6]))
    known = min(fails, max(run.opens, _whole(scenario, fails - notice)))
    return _Run(run.opens, fails, known, FAILED)


def _whole(scenario: Scenario, seconds: float) -> int:
    step = scenario.planning.step_s
    return round(seconds / step) * step
