"""Make duties and convoys of a plan file; what no schema can say is noted."""

from __future__ import annotations

from clearway.errors import ScenarioError
from clearway.model.duty import ConvoyRun, Duty, Load, Stop, Trip
from clearway.model.scenario import Scenario
from clearway.read.document import Document, Path
from clearway.read.plan_schema import DutyTable, LoadTable, PlanTable, StopTable, TripTable


def duties_of(
    document: Document[PlanTable], table: PlanTable, scenario: Scenario
) -> tuple[Duty, ...]:
    """Return what the vehicles of the fleet do; loads that hold nobody are noted."""
    make = _Builder(document, scenario)
    return tuple(make.duty(("duties", n), one) for n, one in enumerate(table.duties))


def convoys_of(
    document: Document[PlanTable], table: PlanTable, scenario: Scenario
) -> tuple[ConvoyRun, ...]:
    """Return what the convoys do, as ``duties_of``."""
    make = _Builder(document, scenario)
    return tuple(
        ConvoyRun(one.convoy, make.trip(("convoys", n, "trip"), one.trip))
        for n, one in enumerate(table.convoys)
    )


class _Builder:
    """Makes nouns of tables; knows the clock, and where breaches are noted."""

    def __init__(self, document: Document[PlanTable], scenario: Scenario) -> None:
        self._document, self._seconds = document, scenario.seconds

    def duty(self, path: Path, table: DutyTable) -> Duty:
        trips = enumerate(table.trips)
        return Duty(
            id=table.id,
            vehicle=table.vehicle,
            type=table.type,
            depot=table.depot,
            trips=tuple(self.trip((*path, "trips", n), one) for n, one in trips),
            back_s=self._seconds(table.back),
        )

    def trip(self, path: Path, table: TripTable) -> Trip:
        stops = enumerate(table.stops)
        return Trip(
            corridor_in=table.corridor_in or "",
            corridor_out=table.corridor_out,
            leave_s=self._seconds(table.leave),
            gate_in_s=self._seconds(table.gate_in),
            stops=tuple(self._stop((*path, "stops", n), one) for n, one in stops),
            gate_out_s=self._seconds(table.gate_out),
            links_out=tuple(table.route_out),
            destination=table.destination,
            arrive_s=self._seconds(table.arrive),
            done_s=self._seconds(table.done),
        )

    def _stop(self, path: Path, table: StopTable) -> Stop:
        loads = (self._load((*path, "loads", n), one) for n, one in enumerate(table.loads))
        return Stop(
            zone=table.zone,
            links=tuple(table.route),
            arrive_s=self._seconds(table.arrive),
            leave_s=self._seconds(table.leave),
            loads=tuple(load for load in loads if load is not None),
            patients=tuple(table.patients),
        )

    def _load(self, path: Path, table: LoadTable) -> Load | None:
        try:
            return Load(table.group, table.first_household, table.households, table.persons)
        except ScenarioError as error:
            for breach in error.breaches:
                field = breach.field.rpartition(".")[2]
                self._document.note((*path, field), breach.value, breach.rule)
            return None
