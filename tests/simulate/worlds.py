"""Members of which everything is known: what was drawn is given, and every unit can be looked at.

``queue_free()`` is the pause in which nobody waits: ninety households of one person, called at
once, of whom the i-th leaves after 5 + 10 i seconds, comes to the gate 200 s later, is checked for
6 s and walks the corridor's 360 m in 300 s. So it passes after 211 + 10 i seconds and is out after
511 + 10 i.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.draws import Draw
from clearway.model.facts import Estimate, Text
from clearway.model.outcome import AS_ANNOUNCED
from clearway.model.plan import PARTIAL, Movement, Plan, Status
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.simulate.case import Case, lay_out
from clearway.simulate.course import run_pause
from clearway.simulate.households import HouseholdDraw
from clearway.simulate.member import _crowd, _pause, _roads
from clearway.simulate.state import (
    BIN_S,
    CORRIDOR,
    GOES,
    JOINED,
    LEFT,
    PASSED,
    PHASE,
    SIZE,
    STAYS,
    TIME,
    UNCALLED,
    World,
    new_wheel,
)
from clearway.simulate.streets import TICK_S
from clearway.simulate.usual import usual_rules
from tests.plans import ways_out
from tests.scenarios import ASSUMED, one_corridor

PERSONS: Final = 90
EVERY_S: Final = 10


@dataclass(frozen=True, eq=False)
class Ran:
    """One member after it ran."""

    case: Case
    draw: Draw
    world: World
    will: NDArray[np.int8]

    def column(self, column: int) -> NDArray[np.float64]:
        """Return one of the columns of numbers, all units."""
        return np.asarray(self.world.crowd.real[:, column])

    @property
    def left(self) -> NDArray[np.float64]:
        """When each unit left home; 0 if it never did."""
        return self.column(LEFT)

    @property
    def joined(self) -> NDArray[np.float64]:
        """When each unit came to its gate; 0 if it never did."""
        return self.column(JOINED)

    @property
    def passed(self) -> NDArray[np.float64]:
        """When each unit passed its gate; 0 if it never did."""
        return self.column(PASSED)

    @property
    def ended(self) -> NDArray[np.float64]:
        """When the last thing happened to each unit."""
        return self.column(TIME)

    @property
    def phase(self) -> NDArray[np.int32]:
        """Where each unit is in the pause."""
        return np.asarray(self.world.crowd.whole[:, PHASE])

    @property
    def corridor(self) -> NDArray[np.int32]:
        """The corridor of each unit; -1 of those that stand by."""
        return np.asarray(self.world.crowd.whole[:, CORRIDOR])

    def persons(self, *phases: int, corridor: int | None = None) -> int:
        """Return the persons in units that ended in any of ``phases``."""
        chosen = np.isin(self.phase, phases)
        if corridor is not None:
            chosen &= self.corridor == corridor
        return int(self.column(SIZE)[chosen].sum())

    def tally(self, column: int, corridor: int = 0) -> int:
        """Return what the member counted at a corridor."""
        return int(self.world.pause.tally[corridor, column])

    @property
    def out(self) -> int:
        """Persons counted out."""
        return int(self.world.pause.out.sum())


def as_announced(scenario: Scenario, **changes: Any) -> Draw:
    """Return the draw in which all goes as announced, with ``changes``."""
    rows = {corridor.id: corridor for corridor in scenario.corridors}
    opens = [scenario.seconds(window.opens) for window in scenario.windows]
    closes = [scenario.seconds(window.closes) for window in scenario.windows]
    rates = [rows[window.corridor].gate_persons_per_s.central for window in scenario.windows]
    draw = Draw(
        opens_s=np.array(opens),
        ends_s=np.array(closes),
        known_s=np.array(closes),
        ending=np.full(len(opens), AS_ANNOUNCED, dtype=np.int8),
        rate=np.array(rates),
        recheck_rate=np.zeros(len(opens)),
        uptake=np.ones(len(scenario.zones)),
        pace=1.0,
        long_share=0.0,
        long_factor=1.0,
        service_cv=0.0,
        uncalled_share=0.0,
    )
    arrays = {
        field: np.asarray(value) for field, value in changes.items() if isinstance(value, list)
    }
    return dataclasses.replace(draw, **{**changes, **arrays})


def average(count: int, **changes: Any) -> HouseholdDraw:
    """Return households that are all in the middle: all go, none of itself, checks alike."""
    half = np.full(count, 0.5)
    folk = HouseholdDraw(half, half, half, half, half, np.ones(count))
    return dataclasses.replace(folk, **changes)


def run(
    case: Case,
    draw: Draw,
    folk: HouseholdDraw | None = None,
    taken: NDArray[np.float64] | None = None,
) -> Ran:
    """Return the member that draws ``draw`` and ``folk``, or else average households.

    Of the gates' rates vehicles take ``taken``, shape (k, steps), or else nothing.
    """
    folk = folk or average(len(case.folk.size))
    goes = folk.goes < draw.uptake[case.folk.zone]
    will = np.where(goes, np.int8(GOES), np.int8(STAYS))
    will[goes & (folk.uncalled < draw.uncalled_share) & (case.folk.near_way >= 0)] = UNCALLED
    pause = _pause(case, draw, folk, will)
    if taken is not None:
        pause = pause._replace(taken=taken)
    crowd = _crowd(case, draw, folk, will == UNCALLED)
    world = World(_roads(case), crowd, new_wheel(case.horizon_s, TICK_S), pause)
    run_pause(world, float(case.scenario.planning.step_s))
    return Ran(case, draw, world, will)


def ruled(scenario: Scenario, plan: Plan, **changes: Any) -> Rules:
    """Return rules that hold nobody, send nobody home and turn half way, with ``changes``."""
    groups = len(scenario.groups)
    gates = [
        GateRule(one.corridor, math.inf, math.inf, math.inf, (0.0,) * groups, one.turn_m)
        for one in usual_rules(scenario, plan).gates
    ]
    return Rules(1.0, tuple(dataclasses.replace(gate, **changes) for gate in gates), ())


def blocks(scenario: Scenario, *departs_s: int, zone: int = 0, corridor: int = 0) -> Plan:
    """Return a plan that calls one zone's households of the first group in even blocks."""
    way = ways_out(scenario)[zone, 0, corridor]
    sizes = scenario.demand.willing(zone, 0, 1.0)
    ends = np.linspace(0, len(sizes), len(departs_s) + 1).astype(int)
    movements = [
        Movement(
            f"M{number + 1}",
            scenario.zones[zone].id,
            scenario.groups[0].id,
            scenario.corridors[corridor].id,
            way.links,
            depart,
            int(first),
            int(last - first),
            int(sizes[first:last].sum()),
        )
        for number, (depart, first, last) in enumerate(zip(departs_s, ends, ends[1:], strict=False))
    ]
    return planned(scenario, *movements)


def planned(scenario: Scenario, *movements: Movement) -> Plan:
    """Return a plan of ``movements``, of which nothing is claimed."""
    status = Status(PARTIAL, Text("By hand.", "خطة يدوية."))
    willing = int(scenario.demand.persons.sum())
    return Plan(scenario.id, movements, (), status, willing, 1.0)


def exactly(value: float) -> Estimate:
    """Return a number that is known."""
    return Estimate(value, value, value, ASSUMED)


def unsure(scenario: Scenario, **known: float) -> Scenario:
    """Return ``scenario`` with some of what may come otherwise set to a number."""
    changes = {field: exactly(value) for field, value in known.items()}
    return scenario.replace(uncertainty=Uncertainty(**changes))


def queue_free(*departs_s: int, closes_s: int = 7200, **rules: Any) -> Case:
    """Return the pause in which nobody waits, with all called at ``departs_s``, or at once."""
    scenario = one_corridor(
        households=(PERSONS, 0, 0, 0, 0, 0, 0, 0, 0),
        windows=((1, 8, 8 + closes_s / 3600),),
    )
    plan = blocks(scenario, *(departs_s or (0,)))
    latest = rules.pop("before_s", None)
    told = ruled(scenario, plan, **rules)
    if latest is not None:
        told = dataclasses.replace(told, last_departures=(LastDeparture("Z1", "G1", "C1", latest),))
    return lay_out(scenario, plan, told)


def bins(case: Case, ran: Ran) -> NDArray[np.int64]:
    """Return persons out in each bin, counted anew from the units' own times, shape (b,)."""
    out = ran.phase == 4
    rows = np.minimum(ran.ended[out] // BIN_S, case.bins - 1).astype(int)
    return np.bincount(rows, weights=ran.column(SIZE)[out], minlength=case.bins).astype(np.int64)
