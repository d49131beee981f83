"""Vehicles of which everything is known: what was drawn is given, every trip can be seen."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearway.model.draws import STANDS, Draw, FleetDraw
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.simulate.case import Case, lay_out
from clearway.simulate.fleet import Drawn, FleetRun, run_vehicles
from clearway.simulate.orders import Roster
from clearway.simulate.traffic import ARRIVED, OUT_S, PASSED_IN, PASSED_OUT, PHASE
from clearway.simulate.usual import usual_rules
from tests.simulate.worlds import as_announced

HOUR = 3600.0


@dataclass(frozen=True, eq=False)
class Went:
    """One member's vehicles after they ran."""

    case: Case
    roster: Roster
    run: FleetRun

    def when(self, column: int) -> list[float]:
        """Return one of the times of all trips, by vehicle; infinite where it never came."""
        return [float(one) for one in self.run.yard.trip_s[:, column]]

    @property
    def phases(self) -> list[int]:
        """What became of each trip."""
        return [int(one) for one in self.run.yard.trip[:, PHASE]]

    @property
    def passed_in(self) -> list[float]:
        """When each trip passed the gate inward."""
        return self.when(PASSED_IN)

    @property
    def passed_out(self) -> list[float]:
        """When each trip passed the gate outward."""
        return self.when(PASSED_OUT)

    @property
    def out(self) -> list[float]:
        """When each trip was out of the exit."""
        return self.when(OUT_S)

    @property
    def arrived(self) -> list[float]:
        """When each trip came to where it goes."""
        return self.when(ARRIVED)

    @property
    def ends(self) -> list[int]:
        """What became of each patient."""
        return [int(one) for one in self.run.patient_end]

    def harms(self) -> list[int]:
        """Persons caught, turned back and in the open, at all corridors together."""
        return [int(one) for one in self.run.tally.sum(axis=0)]


def laid(scenario: Scenario, plan: Plan) -> tuple[Case, Roster]:
    """Return the case of a plan by its usual rules, and its vehicles."""
    case = lay_out(scenario, plan, usual_rules(scenario, plan))
    assert case.roster is not None
    return case, case.roster


def as_told(scenario: Scenario, roster: Roster, **changes: Any) -> FleetDraw:
    """Return the draw in which vehicles and patients meet nothing unexpected, with ``changes``."""
    vehicles, days = roster.day_s.shape[:2]
    patients = len(scenario.care.patients)
    draw = FleetDraw(
        outside_factor=1.0,
        speed_m_per_s=np.array([one.speed_m_per_s.central for one in scenario.fleet.types]),
        lane=_lanes(scenario),
        breaks=np.full((vehicles, days), np.inf),
        stand=np.full((vehicles, days, STANDS), 0.5),
        factor=np.ones((vehicles, days, STANDS)),
        unload=np.full(len(scenario.aid.convoys), 0.5),
        refuses=np.zeros(patients, dtype=np.bool_),
        dies_s=np.full(patients, np.inf),
    )
    return dataclasses.replace(draw, **changes)


def _lanes(scenario: Scenario) -> NDArray[np.float64]:
    rates = {one.id: one.vehicles_per_s.central for one in scenario.corridors}
    return np.array([rates[one.corridor] for one in scenario.windows])


def went(
    scenario: Scenario, plan: Plan, course: dict[str, Any] | None = None, **changes: Any
) -> Went:
    """Return what becomes of vehicles when the pause and they draw as told, all else as planned."""
    case, roster = laid(scenario, plan)
    draw: Draw = as_announced(scenario, **(course or {}))
    comes = np.ones(len(roster.household), dtype=np.bool_)
    drawn = Drawn(draw, as_told(scenario, roster, **changes), comes)
    return Went(case, roster, run_vehicles(scenario, roster, drawn, case.bins))


def of_vehicle(roster: Roster, day: int, share: float, vehicle: int = 0) -> NDArray[np.float64]:
    """Return breakdowns: one vehicle, one day, at a share of its day."""
    breaks = np.full(roster.day_s.shape[:2], np.inf)
    breaks[vehicle, day] = share
    return breaks
