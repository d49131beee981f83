"""Who is under way at one moment, where, and how long each way to cover takes from there."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario
from clearway.operate.abort_gates import CRUMB, NEVER
from clearway.operate.abort_movers import Drive, Moved
from clearway.operate.abort_tracks import NO_LINK
from clearway.operate.abort_ways import NOWHERE, Ways


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Everybody under way at a moment; one row a part, by mover and moment of leaving.

    Attributes
    ----------
    mover, left_s, persons, past
        As in ``AbortStep``.
    entry
        Shape (n,), entry of the tracks that was reached last; -1 between gate and exit.
    into_s
        Shape (n,), seconds since then.
    mouth
        Shape (n,), row of the corridor of those between gate and exit; -1 of all others.
    on_s
        Shape (n,), seconds until out of the exit.
    home
        Shape (n,), row of the node that counts as home; -1 for none.
    """

    mover: NDArray[np.int64]
    left_s: NDArray[np.int64]
    persons: NDArray[np.float64]
    past: NDArray[np.bool_]
    entry: NDArray[np.int64]
    into_s: NDArray[np.float64]
    mouth: NDArray[np.int64]
    on_s: NDArray[np.float64]
    home: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(self.mover)

    def taken(self, rows: NDArray[np.int64]) -> Parts:
        """Return those of ``rows``."""
        return Parts(*(getattr(self, field)[rows] for field in self.__slots__))


def parts_at(scenario: Scenario, moved: Moved, at_s: int) -> Parts:
    """Return everybody under way at a moment."""
    found = [*_on_foot(scenario, moved, at_s), _driven(moved, at_s)]
    columns = [np.concatenate([getattr(one, field) for one in found]) for field in Parts.__slots__]
    whole = Parts(*columns)
    return whole.taken(np.lexsort((~whole.past, whole.left_s, whole.mover)))


def _on_foot(scenario: Scenario, moved: Moved, at_s: int) -> tuple[Parts, Parts]:
    """Return cohorts that have not passed their gate, and what of them is between gate and exit."""
    cohorts, step_s = moved.cohorts, scenario.planning.step_s
    gone = (cohorts.left_s < at_s) & (at_s < cohorts.out_s)
    rows = np.flatnonzero(gone)
    step = np.full(len(gone), at_s // step_s)
    passed = cohorts.queued.share(step)
    out = cohorts.queued.share((at_s - cohorts.through_s) // step_s)
    waits = rows[(cohorts.persons * (1 - passed))[rows] > CRUMB]
    open_ = rows[(cohorts.persons * (passed - out))[rows] > CRUMB]
    elapsed = (at_s - cohorts.left_s[waits]).astype(np.float64)
    reached = moved.tracks.where(moved.track[cohorts.mover[waits]], elapsed)
    before = _rows(
        moved,
        waits,
        persons=(cohorts.persons * (1 - passed))[waits],
        entry=reached,
        into_s=_behind(moved, reached, elapsed),
        on_s=np.where(cohorts.out_s[waits] < NEVER, cohorts.out_s[waits] - at_s, np.inf),
    )
    # The last of those who have passed by now.
    last = cohorts.queued.when(passed) * step_s + cohorts.through_s
    nothing = np.full(len(open_), NOWHERE)
    behind = _rows(
        moved,
        open_,
        persons=(cohorts.persons * (passed - out))[open_],
        entry=nothing,
        into_s=np.zeros(len(open_)),
        on_s=(last[open_] - at_s).astype(np.float64),
    )
    return before, behind


def _behind(
    moved: Moved, entry: NDArray[np.int64], elapsed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the seconds since an entry was reached; none of those who stand at it."""
    into = elapsed - moved.tracks.enter_s[entry]
    stands = (moved.tracks.link[entry] == NO_LINK) | (into <= CRUMB)
    return np.where(stands, 0.0, into)


def _rows(
    moved: Moved,
    rows: NDArray[np.int64],
    *,
    persons: NDArray[np.float64],
    entry: NDArray[np.int64],
    into_s: NDArray[np.float64],
    on_s: NDArray[np.float64],
) -> Parts:
    cohorts, past = moved.cohorts, entry == NOWHERE
    mover = cohorts.mover[rows]
    return Parts(
        mover=mover,
        left_s=cohorts.left_s[rows],
        persons=persons,
        past=past,
        entry=entry,
        into_s=into_s,
        mouth=np.where(past, cohorts.corridor[rows], NOWHERE),
        on_s=on_s,
        home=np.array(moved.homes, dtype=np.int64)[mover],
    )


def _driven(moved: Moved, at_s: int) -> Parts:
    found = [one for one in moved.drives if one.since_s <= at_s < one.until_s]
    tracks = np.array([one.track for one in found], dtype=np.int64)
    elapsed = np.array([at_s - one.left_s for one in found], dtype=np.float64)
    past = tracks == NOWHERE
    entry, into = np.full(len(found), NOWHERE), np.zeros(len(found))
    entry[~past] = moved.tracks.where(tracks[~past], elapsed[~past])
    into[~past] = _behind(moved, entry[~past], elapsed[~past])
    return Parts(
        mover=np.array([one.mover for one in found], dtype=np.int64),
        left_s=np.array([one.left_s for one in found], dtype=np.int64),
        persons=np.array([one.persons for one in found], dtype=np.float64),
        past=past,
        entry=entry,
        into_s=into,
        mouth=np.array([one.corridor for one in found], dtype=np.int64),
        on_s=np.array([_on_s(one, at_s) for one in found], dtype=np.float64),
        home=np.array([one.home for one in found], dtype=np.int64),
    )


def _on_s(drive: Drive, at_s: int) -> float:
    """Return the seconds until a vehicle is out of the exit; one on its way in goes back out."""
    inward = drive.track == NOWHERE and drive.on_s < 0
    left = at_s - drive.left_s if inward else drive.on_s - at_s
    return float(math.ceil(left - CRUMB))


@dataclass(frozen=True, slots=True, eq=False)
class Returns:
    """Seconds from each part to cover.

    Attributes
    ----------
    home_s
        Shape (n,), infinite without a way home.
    shelter_s
        Shape (n, shelters), infinite without a way.
    """

    home_s: NDArray[np.float64]
    shelter_s: NDArray[np.float64]


def returns(scenario: Scenario, moved: Moved, ways: Ways, parts: Parts) -> Returns:
    """Return how long each part takes home and to each shelter, in whole seconds rounded up."""
    nodes = scenario.network.node_index([shelter.node for shelter in scenario.shelters])
    home_s = np.full(len(parts), np.inf)
    shelter_s = np.full((len(parts), len(nodes)), np.inf)
    names = np.array(moved.paces)[parts.mover] if len(parts) else np.empty(0, dtype=np.str_)
    for name in np.unique(names).tolist():
        mine = np.flatnonzero((names == name) & ~parts.past)
        for at, node in enumerate(nodes.tolist()):
            shelter_s[mine, at] = _to(moved, ways, parts.taken(mine), name, node)
        for node in np.unique(parts.home[mine]).tolist():
            own = mine[parts.home[mine] == node]
            if node != NOWHERE:
                home_s[own] = _to(moved, ways, parts.taken(own), name, node)
    return Returns(home_s, shelter_s)


def _to(moved: Moved, ways: Ways, parts: Parts, name: str, node: int) -> NDArray[np.float64]:
    """Return the seconds from each of ``parts`` to a node, turning round where that is quicker."""
    (tree,) = ways.trees(name, [node])
    tracks, entry = moved.tracks, parts.entry
    stands = tracks.link[entry] == NO_LINK
    back = tree.seconds[tracks.node[entry]] + parts.into_s
    back[~tracks.turns[entry] & (parts.into_s > 0)] = np.inf
    after = np.where(stands, entry, entry + 1)
    left = tracks.enter_s[after] - tracks.enter_s[entry] - parts.into_s
    ahead = np.where(stands, np.inf, tree.seconds[tracks.node[after]] + left)
    return np.asarray(np.ceil(np.minimum(back, ahead) - CRUMB))


def together(keys: list[tuple[int, ...]]) -> list[range]:
    """Return the runs of equal neighbours."""
    runs, begin = list[range](), 0
    for _, group in itertools.groupby(keys):
        end = begin + len(list(group))
        runs.append(range(begin, end))
        begin = end
    return runs
