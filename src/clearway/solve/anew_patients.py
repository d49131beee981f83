"""Patients whose trip is given up: into free places of other trips, or of those with less claim."""

from __future__ import annotations

import math
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
from clearway.solve.drives import Drives, places

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
        self._place_row = {name: n for n, (name, _, _) in enumerate(places(scenario))}
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
            for other in (None, *self._lower(trip, one)):
                fits = self._fits(trip, kind, one, other) and self._bed(trip, beds, one, other)
                if fits and self._timed(days, place, one, other) is not None:
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

    def _lower(self, trip: Trip, one: Patient) -> Iterator[str]:
        """Yield those with a lower claim who are not aboard yet."""
        for stop in trip.stops:
            for code in stop.patients if stop.arrive_s >= self._clock.now_s else ():
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
        persons = sum(each.persons for each in (*aboard, one))
        more = persons - sum(self._persons[code] for code in trip.patients)
        k = self._corridors[trip.corridor_out]
        return more <= 0 or self._lanes.serves(k, trip.gate_out_s, more)

    def _timed(
        self,
        days: Sequence[tuple[str, list[Trip]]],
        place: _Place,
        one: Patient,
        other: str | None,
    ) -> list[Trip] | None:
        """Return a vehicle's trips with that of a place as much later as more checks take.

        None if it would pass in another slot, too late, or if its next trip would be late too.
        """
        n, m, _ = place
        trips = list(days[n][1])
        trip, drives = trips[m], self._tables[days[n][0]]
        k, zone = self._corridors[trip.corridor_out], self._zones[trip.stops[-1].zone]
        persons = one.persons + sum(self._persons[code] for code in trip.patients if code != other)
        there = trip.stops[-1].leave_s + float(drives.stop_gate[k, zone])
        checked = self._lanes.checked(k, there, persons)
        if checked <= trip.gate_out_s:
            return trips
        if not math.isfinite(checked):
            return None
        late, slot_s = math.ceil(checked) - trip.gate_out_s, self._scenario.planning.slot_s
        gate, hours = trip.gate_out_s + late, self._lanes.hours(k, trip.gate_out_s)
        if hours is None or gate // slot_s != trip.gate_out_s // slot_s:
            return None
        if gate + float(drives.outward[k]) > hours.out_by:
            return None
        moments = {name: getattr(trip, name) + late for name in ("arrive_s", "done_s")}
        trips[m] = replace(trip, gate_out_s=gate, **moments)
        if m + 1 < len(trips) and trips[m].done_s > trips[m + 1].leave_s:
            after = trips[m + 1]
            way_in = self._corridors[after.corridor_in]
            drive = float(drives.outside[self._place_row[trip.destination], way_in])
            if trips[m].done_s + drive + float(drives.inward[way_in]) > after.gate_in_s:
                return None
            trips[m + 1] = replace(after, leave_s=trips[m].done_s)
        return trips

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
        days[n][1][:] = self._timed(days, place, self._patients[code], other) or days[n][1]
        trip = days[n][1][m]
        stops = list(trip.stops)
        for row, stop in enumerate(stops):
            codes = tuple(one for one in stop.patients if one != other)
            stops[row] = replace(stop, patients=codes)
        stops[at] = replace(stops[at], patients=(*stops[at].patients, code))
        more = self._persons[code] - (0 if other is None else self._persons[other])
        self._lanes.take(self._corridors[trip.corridor_out], trip.gate_out_s, more, times=0)
        days[n][1][m] = replace(trip, stops=tuple(stops))


def _needs(one: Patient) -> tuple[int, int, int]:
    """Return the seats, wheelchair places and stretchers of a patient and companions."""
    chairs, lying = int(one.posture == WHEELCHAIR), int(one.posture == STRETCHER)
    return one.persons - chairs - lying, chairs, lying
