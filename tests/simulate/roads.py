"""Streets and units in few words, and queues worked out without the simulation."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearway.simulate.streets import Streets, Units

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link; without a word about it: no length, no limit, no speed but the unit's own."""

    length_m: float = 0.0
    speed_m_per_s: float = inf
    flow_per_s: float = inf
    storage: float = inf
    walkway_m2: float = 0.0
    wave_m_per_s: float = inf
    check_points: int = 0


def streets(*links: Link) -> Streets:
    """Return links as the simulation takes them."""
    fields = Link.__dataclass_fields__
    return Streets(**{field: np.array([getattr(one, field) for one in links]) for field in fields})


def units(
    depart_s: NDArray[Any],
    *ways: Sequence[int],
    size: float | Numbers = 1.0,
    speed: float | Numbers = 1.2,
    work: Numbers | None = None,
) -> Units:
    """Return units of which the n-th goes the n-th of ``ways``, and so on in turn."""
    count = len(depart_s)
    mine = [ways[number % len(ways)] for number in range(count)]
    alike = np.ones(count)
    return Units(
        size=size * alike,
        speed_m_per_s=speed * alike,
        depart_s=np.asarray(depart_s, dtype=np.float64),
        route_start=np.cumsum([0, *map(len, mine)]),
        route=np.array([link for way in mine for link in way]),
        work=size * alike if work is None else work,
    )


def served(come_s: Numbers, takes_s: Numbers, points: int) -> Numbers:
    """Return when each is done at ``points`` check points: first come first served, exactly."""
    free = [0.0] * points
    done = np.empty(len(come_s))
    for one in np.argsort(come_s, kind="stable"):
        begins = max(come_s[one], heapq.heappop(free))
        done[one] = begins + takes_s[one]
        heapq.heappush(free, done[one])
    return done


def erlang_c(points: int, load: float) -> float:
    """Return the probability of having to wait in M/M/c, ``load`` = arrivals × time of a check."""
    last = load**points / factorial(points) * points / (points - load)
    return last / (sum(load**n / factorial(n) for n in range(points)) + last)


def deterministic_wait(points: int, load: float, service_s: float) -> float:
    """Return the exact mean wait in M/D/c.

    Crommelin (1932), as a sum over the states of the embedded chain: the number present one
    service later is what came in it, and those beyond ``points``. Solved here by repeating that
    step until it settles, on enough states.
    """
    states = 40 * points + 400
    arrivals = _poisson(load, states)
    here = np.zeros(states)
    here[0] = 1.0
    for _ in range(200_000):
        kept = np.concatenate([[here[: points + 1].sum()], here[points + 1 :]])
        after = np.convolve(kept, arrivals)[:states]
        if np.abs(after - here).max() < 1e-15:
            break
        here = after
    queue = float((np.maximum(np.arange(states) - points, 0) * here).sum())
    return queue / (load / service_s)


def _poisson(mean: float, states: int) -> Numbers:
    found = np.empty(states)
    found[0] = np.exp(-mean)
    for n in range(1, states):
        found[n] = found[n - 1] * mean / n
    return found
