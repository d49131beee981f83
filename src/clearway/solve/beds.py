"""The beds that are left, and who may have them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from clearway.model.care import DAY_S, Patient
from clearway.model.scenario import Scenario

#: Kind of bed, rows of the hospitals that are accepted, and colour.
_Alike = tuple[str, tuple[int, ...], str]


class Wards:
    """Beds by hospital and kind; each patient takes one for the whole pause.

    A bed is given only if all those who are to have one can still get one: first as many as
    possible of the highest colour, then of the next (a matroid, so that the greedy choice of each
    colour after the other is best for all).
    """

    def __init__(self, scenario: Scenario, ranked: Sequence[Sequence[Patient]]) -> None:
        """Start with all beds free.

        Parameters
        ----------
        scenario
            Whose hospitals they are.
        ranked
            Patients who can be fetched at all, by colour.
        """
        self._scenario = scenario
        self._left = {
            (n, beds.kind): int(beds.places.central)
            for n, one in enumerate(scenario.care.hospitals)
            for beds in one.beds
        }
        self._due = self._chosen(ranked)
        self._known: dict[tuple[int, tuple[_Alike, ...]], bool] = {}

    def _chosen(self, ranked: Sequence[Sequence[Patient]]) -> dict[_Alike, int]:
        """Return how many of each sort of patient are to have a bed."""
        due: dict[_Alike, int] = {}
        for patients in ranked:
            for one in patients:
                sort = alike(self._scenario, one)
                more = {**due, sort: due.get(sort, 0) + 1}
                if _flow(self._left, more) == sum(more.values()):
                    due = more
        return due

    def due(self, one: Patient) -> bool:
        """Return whether a bed is kept for one like this."""
        return self._due.get(alike(self._scenario, one), 0) > 0

    def release(self, patients: Sequence[Patient]) -> None:
        """Keep what is left for ``patients`` alone, the first before the next: no others come."""
        self._due = self._chosen([patients])
        self._known.clear()

    def open_to(self, patients: Sequence[Patient]) -> list[int]:
        """Return the rows of hospitals that all of some patients accept."""
        ids = [one.id for one in self._scenario.care.hospitals]
        return [n for n, name in enumerate(ids) if all(accepts(one, name) for one in patients)]

    def fits(self, hospital: int, patients: Sequence[Patient]) -> bool:
        """Return whether all of some patients may have a bed there, and nobody due loses theirs."""
        name, wanted = self._scenario.care.hospitals[hospital].id, dict[str, int]()
        for one in patients:
            wanted[one.bed] = wanted.get(one.bed, 0) + 1
        enough = all(self._left.get((hospital, kind), 0) >= n for kind, n in wanted.items())
        if not enough or not all(accepts(one, name) for one in patients):
            return False
        at = hospital, tuple(sorted(alike(self._scenario, one) for one in patients))
        if at not in self._known:
            self._known[at] = self._fair(hospital, patients)
        return self._known[at]

    def _fair(self, hospital: int, patients: Sequence[Patient]) -> bool:
        left, due = dict(self._left), dict(self._due)
        for one in patients:
            sort = alike(self._scenario, one)
            if not due.get(sort, 0):
                return False
            due[sort] -= 1
            left[hospital, one.bed] -= 1
        # Kinds of bed have nothing to do with one another.
        kinds = {one.bed for one in patients}
        due = {sort: count for sort, count in due.items() if sort[0] in kinds}
        return _flow(left, due) == sum(due.values())

    def open_from(self, hospital: int, second: float) -> float:
        """Return the first second from ``second`` on at which a hospital is open on that day.

        Infinite if it has closed.
        """
        one, at = self._scenario.care.hospitals[hospital], self._scenario.moment(second)
        of_day = (at.hour * 60 + at.minute) * 60 + at.second
        if of_day > one.closes_s and one.closes_s < DAY_S:
            return math.inf
        return second + max(0, one.opens_s - of_day)

    def take(self, hospital: int, patients: Sequence[Patient]) -> None:
        """Give beds to patients."""
        for one in patients:
            self._left[hospital, one.bed] -= 1
            self._due[alike(self._scenario, one)] -= 1
        self._known.clear()


def accepts(one: Patient, hospital: str) -> bool:
    """Return whether a patient would go to a hospital."""
    return one.accepts in {"", hospital} and hospital not in one.refuses


def alike(scenario: Scenario, one: Patient) -> _Alike:
    """Return what patients have in common who may have the same beds."""
    hospitals = scenario.care.hospitals
    to = tuple(n for n, place in enumerate(hospitals) if accepts(one, place.id))
    return one.bed, to, scenario.care.colour(one)


def most_in_beds(scenario: Scenario, patients: Sequence[Patient]) -> int:
    """Return how many of some patients can have beds that they accept."""
    beds = {
        (n, one.kind): int(one.places.central)
        for n, place in enumerate(scenario.care.hospitals)
        for one in place.beds
    }
    due: dict[_Alike, int] = {}
    for one in patients:
        sort = alike(scenario, one)
        due[sort] = due.get(sort, 0) + 1
    return _flow(beds, due)


def _flow(beds: dict[tuple[int, str], int], due: dict[_Alike, int]) -> int:
    """Return how many can have a bed: a maximum flow, kind by kind."""
    total = 0
    for kind in {sort[0] for sort in due}:
        sorts = [(sort[1], count) for sort, count in due.items() if sort[0] == kind and count]
        wards = {h: count for (h, name), count in beds.items() if name == kind and count > 0}
        wanted, there = sum(count for _, count in sorts), sum(wards.values())
        everywhere = set(wards)
        if all(everywhere <= set(to) for to, _ in sorts):
            total += min(wanted, there)
        elif sorts and wards:
            total += _placed(sorts, wards)
    return total


def _placed(sorts: list[tuple[tuple[int, ...], int]], wards: dict[int, int]) -> int:
    """Return how many have a place: hospitals that are accepted, and how many accept just those.

    Those who accept fewest choose first. Who finds no place that is free may let somebody else
    move to another one: augmenting paths (Ford and Fulkerson 1956). Few sorts and wards make plain
    dictionaries quicker than any library's matrices.
    """
    many: dict[tuple[int, ...], int] = {}
    for to, count in sorts:
        mine = tuple(h for h in to if h in wards)
        many[mine] = many.get(mine, 0) + count
    free, has = dict(wards), dict[tuple[int, ...], dict[int, int]]()
    placed = 0
    for to in sorted(many, key=len):
        has[to], left = dict.fromkeys(to, 0), many[to]
        while left and (found := _find(to, left, has, free)):
            left -= found
        placed += many[to] - left
    return placed


def _find(
    to: tuple[int, ...],
    left: int,
    has: dict[tuple[int, ...], dict[int, int]],
    free: dict[int, int],
) -> int:
    """Find places for some of ``left`` more who accept ``to``; return for how many."""
    # Who would come to each ward, and from which; -1 for those who have no place yet.
    came = dict.fromkeys(to, (to, -1))
    queue = deque(to)
    while queue:
        ward = queue.popleft()
        if free[ward]:
            return _move(ward, min(left, free[ward]), came, has, free)
        for others, there in has.items():
            for other in there if there.get(ward) else ():
                if other not in came:
                    came[other] = others, ward
                    queue.append(other)
    return 0


def _move(
    ward: int,
    most: int,
    came: dict[int, tuple[tuple[int, ...], int]],
    has: dict[tuple[int, ...], dict[int, int]],
    free: dict[int, int],
) -> int:
    """Let as many as can, at most so many, move along a way that ends in a ward; return them."""
    way, at = list[tuple[tuple[int, ...], int, int]](), ward
    while at >= 0:
        who, before = came[at]
        way.append((who, before, at))
        at = before
    count = min([most, *(has[who][before] for who, before, _ in way if before >= 0)])
    for who, before, to in way:
        has[who][to] += count
        if before >= 0:
            has[who][before] -= count
    free[ward] -= count
    return count
