"""Courses that a corridor is rehearsed in: a sample of what the pause may do, and its call list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from clearway.model.draws import Draw, draw_course
from clearway.model.outcome import FAILED, STOPPED
from clearway.model.plan import Movement
from clearway.model.scenario import Scenario, row_of
from clearway.solve.yard import Calls, Course

#: Where the solver's draws come from; whoever certifies a plan draws from other seeds.
SEED = 1 << 40
_SHARES = (np.arange(64) + 0.5) / 64


def call_list(
    scenario: Scenario, movements: Sequence[Movement], corridor: str, before_gate_m: Sequence[float]
) -> Calls:
    """Return the blocks of one corridor as they are called.

    Parameters
    ----------
    scenario, movements, corridor
        The table, and the corridor's id.
    before_gate_m
        Metres that each movement walks before the gate.
    """
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    mine = [n for n, one in enumerate(movements) if one.corridor == corridor]
    mine.sort(key=lambda n: (movements[n].depart_s, n))
    uptake, slot_s = scenario.planning.uptake.central, scenario.planning.slot_s
    order = {
        (one.zone, one.group): scenario.demand.sequence(zones[one.zone], groups[one.group])
        for one in (movements[n] for n in mine)
    }
    sizes = [
        _stretch(movements[n], uptake, order[movements[n].zone, movements[n].group]) for n in mine
    ]
    return Calls(
        depart_s=np.array([movements[n].depart_s for n in mine], dtype=np.float64),
        span_s=np.array([movements[n].leaves_over_s(slot_s) for n in mine], dtype=np.float64),
        walk_m=np.array([before_gate_m[n] for n in mine], dtype=np.float64),
        late_s=np.zeros(len(mine)),
        start=np.concatenate([[0], np.cumsum([len(size) for size in sizes])]).astype(np.int64),
        zone=np.array([zones[movements[n].zone] for n in mine], dtype=np.int64),
        group=np.array([groups[movements[n].group] for n in mine], dtype=np.int64),
        size=np.concatenate([np.empty(0), *sizes]).astype(np.float64),
        step_s=float(scenario.planning.step_s),
    )


def _stretch(movement: Movement, uptake: float, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the households that a block calls: those expected and, in proportion, the others."""
    willing = max(int(np.floor(uptake * len(order) + 0.5)), 1)
    ends = movement.first_household, movement.first_household + movement.households
    first, last = (int(np.floor(end * len(order) / willing + 0.5)) for end in ends)
    return order[first:last]


def courses(scenario: Scenario, members: int) -> list[tuple[Course, ...]]:
    """Return for each corridor its courses in ``members`` draws; none if it has no window."""
    draws = [draw_course(scenario, SEED, member) for member in range(members)]
    itself = _nearest_persons(scenario)
    return [
        tuple(_course(scenario, draw, k, itself[k], n) for n, draw in enumerate(draws))
        for k in range(len(scenario.corridors))
    ]


def _course(scenario: Scenario, draw: Draw, k: int, persons: float, number: int) -> Course:
    unsure = scenario.uncertainty
    mine = [
        w
        for w, window in enumerate(scenario.windows)
        if window.corridor == scenario.corridors[k].id
    ]
    mine.sort(key=lambda w: scenario.seconds(scenario.windows[w].opens))
    closes = np.array([scenario.seconds(scenario.windows[w].closes) for w in mine])
    opens = np.array([scenario.seconds(scenario.windows[w].opens) for w in mine])
    sudden = np.isin(draw.ending[mine], (STOPPED, FAILED)) & (
        draw.known_s[mine] == draw.ends_s[mine]
    )
    columns = (
        draw.opens_s[mine],
        draw.ends_s[mine],
        closes,
        draw.known_s[mine],
        sudden,
        draw.rate[mine],
        draw.recheck_rate[mine],
        opens,
    )
    speed = [group.speed_m_per_s.at(_SHARES) * draw.pace for group in scenario.groups]
    going = persons * float(draw.uptake.mean()) * draw.uncalled_share
    return Course(
        window=np.stack(columns, axis=1).astype(np.float64).reshape(-1, 8),
        come=draw.uptake * (1.0 - draw.uncalled_share),
        speed=np.array(speed),
        work=_work(draw.service_cv),
        long=np.array([draw.long_share, draw.long_factor]),
        late=unsure.lateness_s.at(_SHARES),
        uncalled_per_s=going / max(float((closes - opens).sum()), 1.0),
        key=number * 1000 + k + 1,
    )


def _work(cv: float) -> NDArray[np.float64]:
    """Return the quantiles of a gamma distribution of mean 1."""
    if cv <= 0:
        return np.ones(64)
    shape = 1 / cv**2
    work = np.asarray(gammaincinv(shape, _SHARES)) / shape
    return np.asarray(work / work.mean())


def _nearest_persons(scenario: Scenario) -> NDArray[np.float64]:
    """Return the persons for whom each mouth is the nearest, as the crow flies."""
    nodes = scenario.network.nodes
    home = scenario.network.node_index([zone.node for zone in scenario.zones])
    mouth = scenario.network.node_index([corridor.mouth for corridor in scenario.corridors])
    north = nodes.lat[home][:, None] - nodes.lat[mouth][None]
    shrink = np.cos(np.radians(nodes.lat[mouth].mean()))
    east = (nodes.lon[home][:, None] - nodes.lon[mouth][None]) * shrink
    nearest = np.hypot(north, east).argmin(axis=1)
    persons = scenario.demand.persons.sum(axis=1)
    near = np.bincount(nearest, weights=persons, minlength=len(scenario.corridors))
    return np.asarray(near, dtype=np.float64)
