"""The beds that are left, and who may have them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from clearway.model.care import DAY_S, Patient
from clearway.model.scenario import Scenario


class Wards:
    """Beds by hospital and kind; each patient takes one for the whole pause."""

    def __init__(self, scenario: Scenario) -> None:
        """Start with all beds free."""
        self._scenario = scenario
        self._left = [
            {beds.kind: int(beds.places.central) for beds in one.beds}
            for one in scenario.care.hospitals
        ]

    def open_to(self, patients: Sequence[Patient]) -> list[int]:
        """Return the rows of hospitals that all of some patients accept."""
        ids = [one.id for one in self._scenario.care.hospitals]
        return [n for n, name in enumerate(ids) if all(accepts(one, name) for one in patients)]

    def fits(self, hospital: int, patients: Sequence[Patient]) -> bool:
        """Return whether all of some patients may have a bed there."""
        name, wanted = self._scenario.care.hospitals[hospital].id, dict[str, int]()
        for one in patients:
            wanted[one.bed] = wanted.get(one.bed, 0) + 1
        enough = all(self._left[hospital].get(kind, 0) >= n for kind, n in wanted.items())
        return enough and all(accepts(one, name) for one in patients)

    def takes_in(self, hospital: int, second: float) -> bool:
        """Return whether a hospital is open at a second from the scenario's start."""
        one, at = self._scenario.care.hospitals[hospital], self._scenario.moment(second)
        of_day = (at.hour * 60 + at.minute) * 60 + at.second
        return one.opens_s <= of_day and (of_day <= one.closes_s or one.closes_s == DAY_S)

    def take(self, hospital: int, patients: Sequence[Patient]) -> None:
        """Give beds to patients."""
        for one in patients:
            self._left[hospital][one.bed] -= 1


def accepts(one: Patient, hospital: str) -> bool:
    """Return whether a patient would go to a hospital."""
    return one.accepts in {"", hospital} and hospital not in one.refuses


def most_in_beds(scenario: Scenario, patients: Sequence[Patient]) -> int:
    """Return how many of some patients can have beds that they accept: a maximum flow.

    Patients who need the same kind and accept the same hospitals are one node.
    """
    hospitals = scenario.care.hospitals
    alike: dict[tuple[str, tuple[int, ...]], int] = {}
    for one in patients:
        to = tuple(n for n, place in enumerate(hospitals) if accepts(one, place.id))
        alike[one.bed, to] = alike.get((one.bed, to), 0) + 1
    wards = {(n, b.kind): int(b.places.central) for n, h in enumerate(hospitals) for b in h.beds}
    ward_row = {key: 1 + len(alike) + n for n, key in enumerate(wards)}
    sink = 1 + len(alike) + len(wards)
    arcs = [(0, 1 + n, count) for n, count in enumerate(alike.values())]
    for n, ((kind, to), count) in enumerate(alike.items()):
        arcs += [(1 + n, ward_row[h, kind], count) for h in to if (h, kind) in wards]
    arcs += [(ward_row[key], sink, places) for key, places in wards.items()]
    if not alike:
        return 0
    tail, head, most = (np.array(column, dtype=np.int32) for column in zip(*arcs, strict=True))
    graph = csr_array((most, (tail, head)), shape=(sink + 1, sink + 1))
    return int(maximum_flow(graph, 0, sink).flow_value)
