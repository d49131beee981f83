"""Ensembles made by hand: courses of a pause that are plausible, and were not simulated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearway.model.comparison import Alternative, Comparison
from clearway.model.outcome import (
    AS_ANNOUNCED,
    EXTENDED,
    FAILED,
    NEVER_OPENED,
    STOPPED,
    STOPPED_WITH_NOTICE,
    Ensemble,
)
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.publish.course import sessions

#: How likely each ending is, in the order of the codes above.
_ENDINGS = (AS_ANNOUNCED, NEVER_OPENED, STOPPED_WITH_NOTICE, STOPPED, EXTENDED, FAILED)
_LIKELY = (0.4, 0.1, 0.1, 0.1, 0.25, 0.05)


def blank(scenario: Scenario, members: int = 4, *, bins: int = 8, bin_s: int = 900) -> Ensemble:
    """Return members in which all windows opened as announced and nobody left home."""
    corridors, groups = len(scenario.corridors), len(scenario.groups)
    windows = [(scenario.seconds(w.opens), scenario.seconds(w.closes)) for w in scenario.windows]
    opens, closes = np.array(windows).T
    persons = np.zeros((members, corridors), dtype=np.int64)
    return Ensemble(
        scenario=scenario.id,
        seed=1,
        numbers=np.arange(members),
        bin_s=bin_s,
        out=np.zeros((members, bins, corridors, groups), dtype=np.int32),
        queue=np.zeros((members, bins, corridors), dtype=np.float32),
        open=np.zeros((members, bins, corridors), dtype=np.float32),
        longest_wait_s=np.zeros((members, corridors), dtype=np.float32),
        exposure_person_s=np.zeros((members, 3)),
        called=np.zeros(members, dtype=np.int64),
        uncalled=np.zeros(members, dtype=np.int64),
        willing=np.zeros((members, groups), dtype=np.int64),
        caught=persons,
        turned_back=persons,
        uncalled_back=persons,
        in_open=persons,
        recalled=persons,
        arrived=np.zeros((members, len(scenario.receptions)), dtype=np.int64),
        most=np.zeros(members, dtype=np.int64),
        opens_s=np.tile(opens, (members, 1)),
        closes_s=np.tile(closes, (members, 1)),
        ending=np.zeros((members, len(scenario.windows)), dtype=np.int8),
    )


def drawn(
    scenario: Scenario, plan: Plan, members: int = 40, *, bin_s: int = 900, seed: int = 5
) -> Ensemble:
    """Return members in which days begin late, end early or are extended, and gates vary."""
    random = np.random.default_rng(seed)
    start = blank(scenario, members, bins=_bins(scenario, bin_s), bin_s=bin_s)
    opens, closes, ending = _windows(scenario, members, random)
    out = _out(scenario, plan, (opens, closes), start, random)
    passed = out.sum(axis=3)
    holding = np.array([corridor.holding.limit_persons for corridor in scenario.corridors])
    busy = passed / np.maximum(1, passed.max(axis=1, keepdims=True))
    queue = busy * holding * random.uniform(0.2, 1.1, (members, 1, 1))
    inside = passed * random.uniform(0.4, 0.9, (members, 1, 1))
    stopped = _by_corridor(scenario, ending == STOPPED)
    noticed = _by_corridor(scenario, ending == STOPPED_WITH_NOTICE)
    peak = inside.max(axis=1)
    caught = np.where(random.random(peak.shape) < 0.004, np.ceil(0.1 * peak), 0)
    people = out.sum(axis=(1, 2, 3))
    share = random.uniform(0.2, 0.4, (members, 3)) * (900, 400, 500)
    return replace(
        start,
        seed=1,
        out=out,
        queue=queue.astype(np.float32),
        open=inside.astype(np.float32),
        longest_wait_s=(queue.max(axis=1) * random.uniform(2, 8, peak.shape)).astype(np.float32),
        exposure_person_s=people[:, None] * share,
        called=people + 50,
        uncalled=people // 20,
        willing=out.sum(axis=(1, 2)) + random.integers(0, 3, (members, len(scenario.groups))),
        caught=caught.astype(np.int64),
        turned_back=(noticed * peak * 0.6 + stopped * peak * 0.3).astype(np.int64),
        uncalled_back=(noticed * peak * 0.1).astype(np.int64),
        in_open=(stopped * peak * random.uniform(0.2, 0.9, peak.shape)).astype(np.int64),
        arrived=_arrived(scenario, out),
        most=(people * random.uniform(1.02, 1.2, members)).astype(np.int64),
        opens_s=opens,
        closes_s=closes,
        ending=ending,
    )


def compared(ensemble: Ensemble, promised: int, *, flat: bool = True) -> Comparison:
    """Return a plan beside one that brings out more at a higher risk, and one that brings fewer."""
    caught = ensemble.caught.copy()
    caught[:: max(1, len(ensemble) // 3), 0] = 12
    more = replace(ensemble, out=_scaled(ensemble.out, 1.05), caught=caught)
    fewer = replace(ensemble, out=_scaled(ensemble.out, 0.9))
    return Comparison(
        ensemble=ensemble,
        deterministic=Alternative(round(1.05 * promised), None, more),
        flat=Alternative(round(0.9 * promised), 5400.0, fewer) if flat else None,
    )


def changed(ensemble: Ensemble, **columns: Any) -> Ensemble:
    """Return ``ensemble`` with some columns replaced, given as nested lists."""
    arrays: dict[str, Any] = {name: np.asarray(value) for name, value in columns.items()}
    return replace(ensemble, **arrays)


def _scaled(out: NDArray[np.int32], factor: float) -> NDArray[np.int32]:
    return np.round(out * factor).astype(np.int32)


def _bins(scenario: Scenario, bin_s: int) -> int:
    last = max(one.closes_s for one in sessions(scenario))
    return -(-(last + 4 * 3600) // bin_s)


def _windows(
    scenario: Scenario, members: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]:
    """Draw when each day opens and closes; all windows of a day share it, failures apart."""
    announced = [(scenario.seconds(w.opens), scenario.seconds(w.closes)) for w in scenario.windows]
    opens, closes = (
        np.tile(np.array(column), (members, 1)) for column in zip(*announced, strict=True)
    )
    ending = np.zeros(opens.shape, dtype=np.int8)
    for moment in sorted({opens_s for opens_s, _ in announced}):
        rows = [n for n, (opens_s, _) in enumerate(announced) if opens_s == moment]
        length = closes[:, rows] - opens[:, rows]
        code = random.choice(_ENDINGS, size=members, p=_LIKELY)
        late = (random.uniform(0, 0.4, members)[:, None] * length).astype(np.int64)
        part = random.uniform(0.5, 0.95, members)[:, None]
        cut = np.isin(code, (STOPPED, STOPPED_WITH_NOTICE))[:, None]
        longer = (code == EXTENDED)[:, None] * random.choice([1800, 3600, 7200], (members, 1))
        closes[:, rows] += longer
        closes[:, rows] -= np.where(cut, (1 - part) * length, 0).astype(np.int64)
        opens[:, rows] = np.minimum(opens[:, rows] + late, closes[:, rows])
        ending[:, rows] = np.where(code == FAILED, AS_ANNOUNCED, code)[:, None]
        ending[code == FAILED, rows[0]] = FAILED
        never = code == NEVER_OPENED
        closes[np.ix_(never, rows)] = opens[np.ix_(never, rows)]
    return opens, closes, ending


def _out(
    scenario: Scenario,
    plan: Plan,
    hours: tuple[NDArray[np.int64], NDArray[np.int64]],
    start: Ensemble,
    random: np.random.Generator,
) -> NDArray[np.int32]:
    """Let people out evenly while a window is open, at the plan's rate times a drawn factor."""
    opens, closes = hours
    out = np.zeros(start.out.shape)
    edges = np.arange(start.out.shape[1] + 1) * start.bin_s
    rows = {corridor.id: row for row, corridor in enumerate(scenario.corridors)}
    for number, window in enumerate(scenario.windows):
        shares = _planned(scenario, plan, number)
        length = scenario.seconds(window.closes) - scenario.seconds(window.opens)
        since = np.maximum(edges[:-1], opens[:, number, None])
        until = np.minimum(edges[1:], closes[:, number, None])
        share = np.maximum(0, until - since) / length
        rate = np.exp(random.normal(-0.15, 0.3, len(out)))[:, None]
        out[:, :, rows[window.corridor], :] += (share * rate)[:, :, None] * shares
    return np.round(out).astype(np.int32)


def _planned(scenario: Scenario, plan: Plan, number: int) -> NDArray[np.float64]:
    """Return the persons of each group whom the plan sends through one window."""
    window = scenario.windows[number]
    opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
    groups = {group.id: row for row, group in enumerate(scenario.groups)}
    found = np.zeros(len(scenario.groups))
    for move in plan.movements:
        if move.corridor == window.corridor and opens <= move.depart_s < closes:
            found[groups[move.group]] += move.persons
    return found


def _by_corridor(scenario: Scenario, windows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    own = [window.corridor for window in scenario.windows]
    columns = [
        windows[:, [n for n, name in enumerate(own) if name == corridor.id]].any(axis=1)
        for corridor in scenario.corridors
    ]
    return np.stack(columns, axis=1)


def _arrived(scenario: Scenario, out: NDArray[np.int32]) -> NDArray[np.int64]:
    rows = {site.id: row for row, site in enumerate(scenario.receptions)}
    found = np.zeros((len(out), len(rows)), dtype=np.int64)
    for number, corridor in enumerate(scenario.corridors):
        found[:, rows[corridor.reception]] += out[:, :, number, :].sum(axis=(1, 2))
    return found
