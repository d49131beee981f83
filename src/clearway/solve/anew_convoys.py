"""Aid convoys from now on: as announced, or later where lanes are slow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from clearway.model.duty import ConvoyRun, Trip
from clearway.model.fleet import Convoy
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario, row_of
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import Lanes
from clearway.solve.drives import Drives

#: Seconds by which a convoy may be later.
CONVOY_LATER_S: Final = 4 * 3600


class ConvoysAnew:
    """Runs a plan's convoys again; they take their places in the lanes before all others."""

    def __init__(
        self, scenario: Scenario, tables: Mapping[str, Drives], clock: Clock, lanes: Lanes
    ) -> None:
        """Keep what all convoys need."""
        self._scenario, self._tables, self._clock, self._lanes = scenario, tables, clock, lanes
        self._corridors = row_of(scenario.corridors)

    def run(self, plan: Plan) -> tuple[ConvoyRun, ...]:
        """Return the convoys that can still run, as announced or later; they take lanes first."""
        kept = []
        for run in plan.convoys:
            one = next((c for c in self._scenario.aid.convoys if c.id == run.convoy), None)
            if one is None:
                continue
            # One that is inside waits for its gate if need be.
            begun = run.trip.gate_in_s < self._clock.now_s
            later = run.trip if begun else next(self._delays(one, run.trip), None)
            if later is None:
                continue
            kept.append(replace(run, trip=later))
            for k, passes in self._passes(one, later):
                for at in passes:
                    self._lanes.take(k, at)
        return tuple(kept)

    def _delays(self, one: Convoy, trip: Trip) -> Iterator[Trip]:
        """Yield a convoy's trip as much later as its lanes need, within its hours."""
        outward = float(self._tables[one.type].outward[self._corridors[trip.corridor_out]])
        until = self._scenario.seconds(one.until)
        for late in range(0, CONVOY_LATER_S + 1, self._clock.step_s):
            new = _later(trip, late)
            hours = self._lanes.hours(self._corridors[new.corridor_out], new.gate_out_s)
            if hours is None or new.gate_out_s + outward > hours.out_by or new.gate_in_s > until:
                continue
            if all(self._lanes.fits(k, passes) for k, passes in self._passes(one, new)):
                yield new

    def _passes(self, one: Convoy, trip: Trip) -> Iterator[tuple[int, list[float]]]:
        """Yield the rows of a convoy's gates, and when each of its vehicles passes."""
        for corridor, last in (
            (trip.corridor_in, trip.gate_in_s),
            (trip.corridor_out, trip.gate_out_s),
        ):
            if corridor:
                k = self._corridors[corridor]
                rate = self._scenario.corridors[k].vehicles_per_s.central
                apart = 1 / rate if rate > 0 else 0.0
                yield k, [last - j * apart for j in range(one.vehicles)]


def _later(trip: Trip, seconds: int) -> Trip:
    """Return a trip with all its moments later."""
    stops = tuple(
        replace(stop, arrive_s=stop.arrive_s + seconds, leave_s=stop.leave_s + seconds)
        for stop in trip.stops
    )
    moments = ("leave_s", "gate_in_s", "gate_out_s", "arrive_s", "done_s")
    return replace(trip, stops=stops, **{n: getattr(trip, n) + seconds for n in moments})
