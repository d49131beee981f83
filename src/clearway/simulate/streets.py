"""Units on streets and through gates, without a pause around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from clearway.model.checks import Checks, frozen_array
from clearway.simulate.flow import enter, happen
from clearway.simulate.state import (
    AT,
    CORRIDOR,
    COUNTS,
    COURSE,
    END,
    LEFT,
    LENGTH,
    LINK_INDEXES,
    LINK_NUMBERS,
    LIVE,
    M2,
    NOBODY,
    OUT,
    PACE,
    PHASE,
    POINTS,
    SECONDS_EACH,
    SIZE,
    SPACE,
    SPEED,
    STORAGE,
    TIME,
    UNIT_INDEXES,
    UNIT_NUMBERS,
    WALKING,
    WAVE_S,
    Crowd,
    Pause,
    Roads,
    World,
    borrow,
    new_wheel,
    no_rows,
)
from clearway.simulate.wheel import pop, turn

TICK_S: Final = 0.0625


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Directed links, one row each.

    Attributes
    ----------
    length_m
        Shape (m,); 0 for a gate.
    speed_m_per_s
        Shape (m,), most that anyone moves at; infinite where only the unit's own speed counts.
    flow_per_s
        Shape (m,), units of size that pass its entry and its end in a second at most; at check
        points, what all of them together let through. Infinite is no limit.
    storage
        Shape (m,), units of size that stand on it at most.
    walkway_m2
        Shape (m,), area over which people on foot spread (speed falls with density); 0 where speed
        does not depend on density.
    wave_m_per_s
        Shape (m,), speed at which a gap travels back through a standing queue; infinite: at once.
    check_points
        Shape (m,), how many are served in parallel, each by its own work; 0 for a street.
    """

    length_m: NDArray[np.float64]
    speed_m_per_s: NDArray[np.float64]
    flow_per_s: NDArray[np.float64]
    storage: NDArray[np.float64]
    walkway_m2: NDArray[np.float64]
    wave_m_per_s: NDArray[np.float64]
    check_points: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Freeze the columns; refuse unequal lengths, and links that nothing passes."""
        checks = Checks("streets")
        for field in self.__slots__:
            kind = np.int64 if field == "check_points" else np.float64
            object.__setattr__(self, field, frozen_array(getattr(self, field), kind))
            told = len(getattr(self, field))
            checks.that(told == len(self.length_m), field, told, "must have a row a link")
        for field in ("speed_m_per_s", "flow_per_s", "storage", "wave_m_per_s"):
            checks.that(bool((getattr(self, field) > 0).all()), field, "", "must be above 0")
        for field in ("length_m", "walkway_m2", "check_points"):
            checks.that(bool((getattr(self, field) >= 0).all()), field, "", "must be 0 or more")
        checks.done()

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.length_m)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Households on foot, or vehicles, each with its way.

    Attributes
    ----------
    size
        Shape (n,), persons, or vehicles.
    speed_m_per_s
        Shape (n,), free speed.
    depart_s
        Shape (n,), when it leaves, 0 or later; it waits off the streets until there is room.
    route_start
        Shape (n + 1,), where each unit's way begins in ``route``; the last is where all end.
    route
        Rows of links.
    work
        Shape (n,), what a check of it takes, in sizes of an average check.
    """

    size: NDArray[np.float64]
    speed_m_per_s: NDArray[np.float64]
    depart_s: NDArray[np.float64]
    route_start: NDArray[np.int64]
    route: NDArray[np.int64]
    work: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the columns; refuse unequal lengths, empty ways, sizes and speeds of nothing."""
        checks = Checks("units")
        kinds = {"route_start": np.int64, "route": np.int64}
        for field in self.__slots__:
            kind = kinds.get(field, np.float64)
            object.__setattr__(self, field, frozen_array(getattr(self, field), kind))
        for field in ("speed_m_per_s", "depart_s", "work"):
            told = len(getattr(self, field))
            checks.that(told == len(self.size), field, told, "must have a row a unit")
        ways = len(self.route_start) == len(self.size) + 1 and bool(
            (np.diff(self.route_start) > 0).all()
        )
        checks.that(ways, "route_start", len(self.route_start), "must begin a way for each unit")
        for field in ("size", "speed_m_per_s"):
            checks.that(bool((getattr(self, field) > 0).all()), field, "", "must be above 0")
        for field in ("depart_s", "work"):
            checks.that(bool((getattr(self, field) >= 0).all()), field, "", "must be 0 or more")
        checks.done()


def drive(streets: Streets, units: Units, horizon_s: float) -> NDArray[np.float64]:
    """Return when each unit has come to the end of its way.

    Parameters
    ----------
    streets, units
        What moves where; ways name rows of ``streets``.
    horizon_s
        Seconds after which nothing is followed any more.

    Returns
    -------
    NDArray
        Shape (n,), seconds; infinite for those still under way.
    """
    first = units.route[units.route_start[:-1]]
    doors, door = np.unique(first, return_inverse=True)
    roads = new_roads(streets, len(doors))
    crowd = _crowd(units, len(streets) + door)
    world = World(roads, crowd, new_wheel(horizon_s, TICK_S), no_pause())
    order = np.argsort(units.depart_s, kind="stable")
    _drive(world, order, units.depart_s[order])
    arrived = crowd.whole[:, PHASE] == OUT
    return np.where(arrived, crowd.real[:, TIME], np.inf)


def new_roads(streets: Streets, doors: int) -> Roads:
    """Return the links of ``streets``, and after them as many doors where units wait to begin."""
    count = len(streets) + doors
    number = no_rows(count, LINK_NUMBERS, np.float64)
    index = no_rows(count, LINK_INDEXES, np.int32)
    index[:] = NOBODY
    number[:, SPEED] = number[:, STORAGE] = np.inf
    known = slice(0, len(streets))
    number[known, SECONDS_EACH] = 1.0 / streets.flow_per_s
    number[known, LENGTH] = streets.length_m
    number[known, SPEED] = streets.speed_m_per_s
    number[known, STORAGE] = streets.storage
    number[known, M2] = streets.walkway_m2
    number[known, WAVE_S] = streets.length_m / streets.wave_m_per_s
    index[:, POINTS] = 0
    index[known, POINTS] = streets.check_points
    return Roads(number, index)


def no_pause() -> Pause:
    """Return a pause with no corridor, so that units know no gate."""
    none = np.zeros
    return Pause(
        rule=none((0, 5)),
        last_entry_s=none((0, 2, 1)),
        gate=none(0, dtype=np.int32),
        again=none(0, dtype=np.int32),
        live=none((0, LIVE)),
        shut=none((0, 1), dtype=np.int8),
        course=none((0, 0, COURSE)),
        block=none((0, 2)),
        folk=none(1, dtype=np.int64),
        blocks_of=none(1, dtype=np.int64),
        called=none(0, dtype=np.int8),
        will=none(0, dtype=np.int8),
        origin=none(0, dtype=np.int32),
        home=none((0, 3), dtype=np.int32),
        spread_s=none(0),
        chain=none((1, 2), dtype=np.int32),
        leave_s=none(0),
        metres=none(0, dtype=np.float32),
        out=none((1, 0, 1), dtype=np.int32),
        queue=none((1, 0), dtype=np.float32),
        open=none((1, 0), dtype=np.float32),
        tally=none((0, COUNTS)),
        total=none(5),
        bin_s=np.array([900.0]),
        taken=none((0, 0)),
    )


def _crowd(units: Units, door: NDArray[np.int64]) -> Crowd:
    count = len(units.size)
    number = no_rows(count, UNIT_NUMBERS, np.float64)
    number[:, PACE], number[:, SIZE] = units.speed_m_per_s, units.size
    number[:, SPACE] = units.size
    number[:, LEFT] = units.depart_s
    index = no_rows(count, UNIT_INDEXES, np.int32)
    # Each way gets its door put before it.
    index[:, AT] = units.route_start[:-1] + np.arange(count)
    index[:, END] = units.route_start[1:] + np.arange(1, count + 1)
    index[:, CORRIDOR] = NOBODY
    index[:, PHASE] = WALKING
    route = np.insert(units.route, units.route_start[:-1], door)
    return Crowd(number, index, route.astype(np.int32), units.work.copy())


@numba.njit(cache=True, nogil=True)
def _drive(held: World, order: NDArray[np.int64], depart_s: NDArray[np.float64]) -> Any:
    world = borrow(held)
    wheel, leaving = world.wheel, 0
    for tick in range(wheel.ticks[0]):
        turn(world, tick)
        until = (tick + 1) / wheel.per_s[0]
        # Whoever leaves in this tick has its first event in it, or later.
        while leaving < len(order) and depart_s[leaving] < until:
            unit = order[leaving]
            enter(world, world.crowd.route[world.crowd.whole[unit, AT]], unit, depart_s[leaving])
            leaving += 1
        run_tick(world)


@numba.njit(cache=True, nogil=True, forceinline=True)
def run_tick(world: World) -> Any:
    """Carry out all events of the present tick."""
    while True:
        unit = pop(world)
        if unit == NOBODY:
            return
        happen(world, unit)
