"""The pause with its hours summed up: paths through streets of so many persons in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import EXPOSURE, PEOPLE
from clearway.solve.highs import INFINITY, LinearProgram, Optimum, Sparse
from clearway.solve.master import COUNT
from clearway.solve.problem import Problem
from clearway.solve.relax import HOLD
from clearway.solve.useful import gate_persons, street_room
from clearway.solve.walks import cheapest_trees, follow

#: Reduced cost below which a path is worth adding, in the level's unit.
WORTHLESS: Final = -1e-6
#: Share of a street's room by which it may be overfull before its row is added.
OVERFULL: Final = 1e-7
#: Cost of a tick where all else is equal; far below what any bound is rounded to.
QUICK: Final = 1e-11
#: Most rounds of pricing; a few are enough.
ROUNDS: Final = 60
#: Share of the value within which its bound is near enough.
NEAR: Final = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One way of a zone's group through a corridor: its arcs inside, and streets and ticks."""

    zone: int
    group: int
    corridor: int
    arcs: NDArray[np.int64]
    ways: NDArray[np.int64]
    ticks: int


@dataclass(frozen=True, slots=True, eq=False)
class SteadyFlow:
    """An optimum with the hours summed up.

    Attributes
    ----------
    bound
        No plan that the rules allow is better; persons count above zero.
    persons
        Shape (paths,), on each path found so far.
    """

    bound: float
    persons: NDArray[np.float64]


class Steady:
    r"""The least cost of people on paths, as if each street's hours were one.

    With :math:`x_p` persons on path :math:`p` of zone :math:`i`, group :math:`g` and corridor
    :math:`k`:

    .. math::

        \sum_{p \in ig} x_p \le S_{ig}, \qquad \sum_{p \in k} x_p \le \Gamma_k, \qquad
        \sum_{p \in r} x_p \le P_r, \qquad \sum_{p \ni \ell} a_g x_p \le u_\ell T_\ell

    :math:`\Gamma_k` is what gate :math:`k` serves in all from the first who can be there to the
    last who may enter, :math:`T_\ell` the slots in which anyone who is out in time can enter street
    :math:`\ell`, :math:`a_g` what a person takes of it. Any plan, summed over its hours, is a
    solution, whatever its slots, waits and routes. Paths are priced by shortest ways.
    """

    def __init__(self, problem: Problem) -> None:
        """Write the rows that do not depend on paths."""
        self._problem = problem
        self._room = street_room(problem)
        self.paths: list[Path] = []
        self._known: set[tuple[int, int, int, bytes]] = set()
        self._rows: dict[int, int] = {}
        self._lp = LinearProgram()
        zones, groups = problem.supply.shape
        self._gate_row = zones * groups
        self._site_row = self._gate_row + len(problem.tails[0])
        self._hold = self._site_row + len(problem.places)
        limits = [problem.supply.ravel(), gate_persons(problem), problem.places]
        upper = np.concatenate([*limits, [INFINITY]])
        self._lp.add_rows(np.full(len(upper), -INFINITY), upper)

    @property
    def watched(self) -> int:
        """Number of streets that were overfull in any round."""
        return len(self._rows)

    @property
    def binding(self) -> NDArray[np.int64]:
        """The streets that were overfull in any round, as modes, links and directions."""
        return np.array(sorted(self._rows), dtype=np.int64)

    def best(self, level: str, *, weight: float = 0.0) -> SteadyFlow:
        """Return the best of a level among flows of at least ``weight`` weighted persons.

        Parameters
        ----------
        level
            ``people_out`` by weight, ``persons`` all alike, or ``exposure_person_hours``.
        weight
            Weighted persons brought out, at least; there must be a flow of so many.
        """
        self._lp.set_row(self._hold, -INFINITY, INFINITY)
        if not self.paths:
            self._price(PEOPLE, np.zeros(self._lp.rows))
        if weight > 0:
            # Paths enough for so many are found on the way to the most.
            most = float(self._problem.weights[self._groups()] @ self._rounds(PEOPLE).persons)
            self._lp.set_row(self._hold, min(weight, most) * (1 - HOLD), INFINITY)
        return self._rounds(level)

    def _groups(self) -> NDArray[np.int64]:
        return np.array([path.group for path in self.paths], dtype=np.int64)

    def _rounds(self, level: str) -> SteadyFlow:
        bound, optimum = -INFINITY, self._solve(level)
        for _ in range(ROUNDS):
            least, found = self._price(level, optimum.dual)
            bound = max(bound, optimum.objective + float((self._problem.supply * least).sum()))
            if not found or optimum.objective - bound <= NEAR * abs(bound):
                break
            optimum = self._solve(level)
        sign = 1.0 if level == EXPOSURE else -1.0
        persons = np.zeros(len(self.paths))
        persons[: len(optimum.x)] = np.maximum(optimum.x, 0.0)
        return SteadyFlow(sign * bound, persons)

    def _solve(self, level: str) -> Optimum:
        self._lp.set_costs(np.array([self._cost(path, level) for path in self.paths]))
        while True:
            optimum = self._lp.solve()
            load = self._load(optimum.x)
            over = np.flatnonzero(load > self._room * (1 + OVERFULL) + OVERFULL)
            new = [int(way) for way in over if int(way) not in self._rows]
            if not new:
                return optimum
            self._watch(new)

    def _cost(self, path: Path, level: str) -> float:
        if level == EXPOSURE:
            return path.ticks * self._problem.scenario.planning.tick_s / 3600.0
        return -1.0 if level == COUNT else -float(self._problem.weights[path.group])

    def _load(self, persons: NDArray[np.float64]) -> NDArray[np.float64]:
        load, unit = np.zeros(len(self._room)), self._problem.modes.unit
        for at in np.flatnonzero(persons > 0):
            path = self.paths[at]
            load[path.ways] += persons[at] * unit[path.group]
        return load

    def _watch(self, new: list[int]) -> None:
        place = {way: at for at, way in enumerate(new)}
        unit = self._problem.modes.unit
        rows: list[list[tuple[int, float]]] = [[] for _ in new]
        for at, path in enumerate(self.paths):
            for way in path.ways.tolist():
                if way in place:
                    rows[place[way]].append((at, float(unit[path.group])))
        first = self._lp.rows
        flat = [entry for row in rows for entry in row]
        lengths = np.array([len(row) for row in rows])
        entries = Sparse(
            (np.cumsum(lengths) - lengths).astype(np.int32),
            np.array([at for at, _ in flat], dtype=np.int32),
            np.array([share for _, share in flat], dtype=np.float64),
        )
        self._lp.add_rows(np.full(len(new), -INFINITY), self._room[new], entries)
        self._rows |= {way: first + at for at, way in enumerate(new)}

    def _price(self, level: str, dual: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
        """Add paths of negative reduced cost; return the least of each (z, g), and how many."""
        p = self._problem
        toll = np.zeros(len(self._room))
        for way, row in self._rows.items():
            toll[way] = max(0.0, -float(dual[row]))
        least, found = np.zeros(p.supply.shape), 0
        network = p.scenario.network
        mouths = network.node_index([corridor.mouth for corridor in p.scenario.corridors])
        for group in np.flatnonzero(p.modes.able & p.supply.any(axis=0)):
            arcs = p.inside[p.modes.of_group[group]]
            cost = self._arc_cost(int(group), level, toll)
            # No street is free of cost: of ways that cost alike the shorter is taken.
            quick = p.ticks[group, arcs.link] * QUICK
            trees = cheapest_trees(arcs, cost + quick, mouths)
            for k in range(len(mouths)):
                low, more = self._price_through((int(group), k), level, dual, toll, trees)
                least[:, group] = np.minimum(least[:, group], low)
                found += more
        return least, found

    def _arc_cost(self, group: int, level: str, toll: NDArray[np.float64]) -> NDArray[np.float64]:
        p = self._problem
        cost = toll[self._ways(group)] * p.modes.unit[group]
        if level == EXPOSURE:
            arcs = p.inside[p.modes.of_group[group]]
            cost = cost + p.ticks[group, arcs.link] * (p.scenario.planning.tick_s / 3600.0)
        return np.asarray(cost)

    def _ways(self, group: int) -> NDArray[np.int64]:
        """Return the street of each arc inside, numbered as in ``street_room``."""
        p, mode = self._problem, int(self._problem.modes.of_group[group])
        arcs = p.inside[mode]
        return np.asarray(2 * (arcs.link + mode * p.modes.room.shape[1]) + ~arcs.forward)

    def _price_through(
        self,
        place: tuple[int, int],
        level: str,
        dual: NDArray[np.float64],
        toll: NDArray[np.float64],
        trees: tuple[NDArray[np.float64], NDArray[np.int64]],
    ) -> tuple[NDArray[np.float64], int]:
        """Add the paths of one group through one corridor; return their least cost by zone."""
        p, (group, k) = self._problem, place
        mode, zones = int(p.modes.of_group[group]), np.arange(p.supply.shape[0])
        tail, least = p.tails[mode][k], np.zeros(p.supply.shape[0])
        if tail is None:
            return least, 0
        behind = 2 * (tail.links + mode * p.modes.room.shape[1]) + ~tail.forward
        end = Path(0, group, k, zones[:0], behind, int(p.corridor_ticks[group, k]))
        cost = self._cost(end, level) + float(toll[behind].sum() * p.modes.unit[group])
        cost -= float(dual[self._hold] * p.weights[group])
        cost -= float(dual[self._gate_row + k] + dual[self._site_row + p.site[k]])
        supply = dual[zones * p.supply.shape[1] + group]
        reach = trees[0][k][p.zone_node]
        there = np.isfinite(reach) & (p.supply[:, group] > 0)
        whole = np.where(there, cost - supply + np.where(there, reach, 0.0), 0.0)
        found = 0
        for zone in np.flatnonzero(whole < WORTHLESS):
            arcs = follow(p.inside[mode], trees[1][k], int(p.zone_node[zone]))
            ticks = int(p.ticks[group, p.inside[mode].link[arcs]].sum()) + end.ticks
            ways = np.concatenate([self._ways(group)[arcs], behind])
            found += self._add(Path(int(zone), group, k, arcs, ways, ticks))
        return np.minimum(whole, 0.0), found

    def _add(self, path: Path) -> bool:
        """Add a path as a column; return whether it is new."""
        name = (path.zone, path.group, path.corridor, path.ways.tobytes())
        if name in self._known or len(np.unique(path.ways // 2)) < len(path.ways):
            return False
        self._known.add(name)
        self.paths.append(path)
        p = self._problem
        rows = [
            path.zone * p.supply.shape[1] + path.group,
            self._gate_row + path.corridor,
            self._site_row + int(p.site[path.corridor]),
            self._hold,
        ]
        values = [1.0, 1.0, 1.0, float(p.weights[path.group])]
        streets = [self._rows[way] for way in path.ways.tolist() if way in self._rows]
        values += [float(p.modes.unit[path.group])] * len(streets)
        index = np.array(rows + streets, dtype=np.int32)
        entries = Sparse(np.zeros(1, np.int32), index, np.array(values))
        self._lp.add_columns(np.zeros(1), np.array([INFINITY]), entries)
        return True
