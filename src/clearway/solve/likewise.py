"""A plan whose vehicles drive as in another one: only those who go by themselves are planned."""

from __future__ import annotations

from clearway.model.plan import EXPOSURE, HOURS, PARTIAL, PEOPLE, Level, Plan, Status
from clearway.solve.drives import drives
from clearway.solve.explain import explain
from clearway.solve.fleet import ridden, taken_by
from clearway.solve.go import go
from clearway.solve.options import Watch
from clearway.solve.problem import Problem, pose


def likewise(whole: Problem, other: Plan, risk: float | None, watch: Watch) -> Plan:
    """Return the plan of those who go by themselves in what the vehicles of ``other`` leave.

    Its bounds of the demand say next to nothing; those of patients are those of ``other``.

    Parameters
    ----------
    whole
        With nothing taken.
    other
        A plan of the same scenario.
    risk
        As in :func:`clearway.solve.solve.solve`.
    watch
        Ends it early.
    """
    scenario = whole.scenario
    left = pose(scenario, taken_by(scenario, other.duties))
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    ride, afoot = ridden(scenario, tables, other.duties), go(left, risk, watch)
    found = None if afoot is None else afoot.outcome
    people = Level(
        PEOPLE,
        float(ride.persons + (found.persons if found else 0)),
        float(whole.supply.sum()),
    )
    exposure = ride.exposure_hours + (found.exposure_hours if found else 0.0)
    hours = ride.out_hours + (found.out_hours if found else 0.0)
    finished = afoot is None or afoot.flow.finished
    status = explain(whole, None, people if people.value else None, finished=finished)
    if not people.value and (other.duties or other.convoys):
        status = Status(PARTIAL, status.reason, status.binding)
    named = (PEOPLE, EXPOSURE, HOURS)
    return other.replace(
        movements=() if afoot is None else afoot.movements,
        levels=(
            *(level for level in other.levels if level.name not in named),
            people,
            Level(EXPOSURE, exposure, 0.0),
            Level(HOURS, hours, 0.0),
        ),
        status=status,
        rules=None,
    )
