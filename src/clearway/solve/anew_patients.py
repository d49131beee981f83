"""Patients whose trip is given up: into free places of other trips, or of those with less claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clearway.model.care import COLOURS, STRETCHER, WHEELCHAIR, Patient
from clearway.model.duty import Trip
from clearway.model.fleet import CARE, VehicleType
from clearway.model.scenario import Scenario, row_of
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import Lanes, persons_aboard
from clearway.solve.beds import accepts
from clearway.solve.drives import Drives

#: A trip by the rows of its vehicle and in that vehicle's day, and the row of a stop.
_Place = tuple[int, int, int]


class Places:
    """Gives places on trips that are still to come to patients who have lost theirs.

    Those with the highest claim come first. Who finds a free place at their zone takes it; else one
    of a patient with a lower claim, who then looks for another.
    """

    def __init__(
        self, scenario: Scenario, tables: dict[str, Drives], clock: Clock, lanes: Lanes
    ) -> None:
        """Start with no trips."""
        self._scenario, self._tables, self._clock, self._lanes = scenario, tables, clock, lanes
        self._patients = {one.code: one for one in scenario.care.patients}
        self._persons = persons_aboard(scenario)
        self._hospitals = {one.id: one for one in scenario.care.hospitals}
        self._corridors, self._zones = row_of(scenario.corridors), row_of(scenario.zones)

    def give(self, days: Sequence[tuple[str, list[Trip]]], left: list[str]) -> list[str]:
        """Change trips so that those who were left have places; return who has none.

        Parameters
        ----------
        days
            Type of vehicle and trips, one a duty; the lists are changed.
        left
            Codes of patients whose trip is given up.
        """
        waiting = sorted(left, key=self._claim)
        without = list[str]()
        while waiting:
            code = waiting.pop(0)
            found = self._place(days, self._patients[code])
            if found is None:
                without.append(code)
                continue
            place, other = found
            self._board(days, place, code, other)
            if other is not None:
                waiting = sorted([*waiting, other], key=self._claim)
        return without

    def _claim(self, code: str) -> tuple[int, str]:
        return self._rank(self._patients[code]), code

    def _rank(self, one: Patient) -> int:
        return COLOURS.index(self._scenario.care.colour(one))

    def _place(
        self, days: Sequence[tuple[str, list[Trip]]], one: Patient
    ) -> tuple[_Place, str | None] | None:
        """Return the soonest free place for a patient, or that of one with the least claim."""
        beds = self._beds(days)
        options = list[tuple[tuple[int, int], _Place, str | None]]()
        for place, trip in self._ahead(days, one):
            kind = self._tables[days[place[0]][0]].type
            for other in (None, *self._lower(trip.stops[place[2]].patients, one)):
                if self._fits(trip, kind, one, other) and self._bed(trip, beds, one, other):
                    rank = 0 if other is None else -self._rank(self._patients[other])
                    key = (1 if other else 0, rank), place, other
                    options.append(key)
        if not options:
            return None
        best = min(options, key=lambda one: (one[0], self._trip(days, one[1]).gate_out_s, one[1]))
        return best[1], best[2]

    def _trip(self, days: Sequence[tuple[str, list[Trip]]], place: _Place) -> Trip:
        return days[place[0]][1][place[1]]

    def _ahead(
        self, days: Sequence[tuple[str, list[Trip]]], one: Patient
    ) -> Iterator[tuple[_Place, Trip]]:
        """Yield stops at a patient's zone that are still to come, of trips with patients."""
        ready = None if one.ready is None else self._scenario.seconds(one.ready)
        for n, (_, trips) in enumerate(days):
            for m, trip in enumerate(trips):
                if not trip.patients or trip.destination not in self._hospitals:
                    continue
                for at, stop in enumerate(trip.stops):
                    late = stop.arrive_s >= self._clock.now_s
                    if stop.zone == one.zone and late and (ready is None or ready <= stop.leave_s):
                        yield (n, m, at), trip

    def _lower(self, aboard: Sequence[str], one: Patient) -> Iterator[str]:
        for code in aboard:
            if self._rank(self._patients[code]) > self._rank(one):
                yield code

    def _fits(self, trip: Trip, kind: VehicleType, one: Patient, other: str | None) -> bool:
        """Whether a patient has room, care and time on a trip, in another's place or beside all."""
        aboard = [self._patients[code] for code in trip.patients if code != other]
        needs = [_needs(each) for each in (*aboard, one)]
        seats, chairs, lying = (sum(column) for column in zip(*needs, strict=True))
        room = seats <= kind.seats and chairs <= kind.wheelchairs and lying <= kind.stretchers
        if not room or CARE.index(one.care) > CARE.index(kind.care):
            return False
        k, zone = self._corridors[trip.corridor_out], self._zones[trip.stops[-1].zone]
        persons = sum(each.persons for each in (*aboard, one))
        there = trip.stops[-1].leave_s + float(self._tables[kind.id].stop_gate[k, zone])
        more = persons - sum(self._persons[code] for code in trip.patients)
        in_time = self._lanes.checked(k, there, persons) <= trip.gate_out_s
        return in_time and (more <= 0 or self._lanes.serves(k, trip.gate_out_s, more))

    def _beds(self, days: Sequence[tuple[str, list[Trip]]]) -> Counter[tuple[str, str]]:
        """Return the beds that are taken, by hospital and kind."""
        return Counter(
            (trip.destination, self._patients[code].bed)
            for _, trips in days
            for trip in trips
            for code in trip.patients
        )

    def _bed(
        self, trip: Trip, beds: Counter[tuple[str, str]], one: Patient, other: str | None
    ) -> bool:
        if not accepts(one, trip.destination):
            return False
        used = beds[trip.destination, one.bed]
        same = other is not None and self._patients[other].bed == one.bed
        return used - same + 1 <= self._hospitals[trip.destination].places(one.bed)

    def _board(
        self,
        days: Sequence[tuple[str, list[Trip]]],
        place: _Place,
        code: str,
        other: str | None,
    ) -> None:
        n, m, at = place
        trip = days[n][1][m]
        stops = list(trip.stops)
        codes = tuple(one for one in stops[at].patients if one != other)
        stops[at] = replace(stops[at], patients=(*codes, code))
        more = self._persons[code] - (0 if other is None else self._persons[other])
        self._lanes.take(self._corridors[trip.corridor_out], trip.gate_out_s, more, times=0)
        days[n][1][m] = replace(trip, stops=tuple(stops))


def _needs(one: Patient) -> tuple[int, int, int]:
    """Return the seats, wheelchair places and stretchers of a patient and companions."""
    chairs, lying = int(one.posture == WHEELCHAIR), int(one.posture == STRETCHER)
    return one.persons - chairs - lying, chairs, lying
