"""Plans with rules, rehearsed corridor by corridor in any member's course."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clearway.model.draws import draw_course
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.solve.courses import _course, _nearest_persons, call_list
from clearway.solve.rehearse import rehearse
from clearway.solve.withstand import before_gate_m
from clearway.solve.yard import Calls, Gate


def rehearsed(
    scenario: Scenario, plan: Plan, seed: int, members: Sequence[int]
) -> NDArray[np.float64]:
    """Return persons out, turned back and caught, shape (members, corridors, 3)."""
    walks, near = before_gate_m(scenario, plan.movements), _nearest_persons(scenario)
    found = np.zeros((len(members), len(scenario.corridors), 3))
    for k, corridor in enumerate(scenario.corridors):
        gate = gate_of(scenario, plan, k)
        calls = with_last_calls(
            scenario, plan, k, call_list(scenario, plan.movements, corridor.id, walks)
        )
        for row, member in enumerate(members):
            draw = draw_course(scenario, seed, member)
            found[row, k] = rehearse(calls, _course(scenario, draw, k, near[k], member), gate)
    return found


def gate_of(scenario: Scenario, plan: Plan, k: int) -> Gate:
    """Return the rules of one corridor as they are rehearsed."""
    assert plan.rules is not None
    rule, corridor = plan.rules.gates[k], scenario.corridors[k]
    rows = scenario.network.link_index(corridor.links)
    return Gate(
        length_m=float(scenario.network.links.length_m[rows].sum()),
        turn_m=rule.turn_m,
        points=corridor.check_points,
        hold_queue=rule.hold_queue_persons,
        hold_called=rule.hold_called_persons,
        most=np.array([rule.open_persons, min(rule.open_persons, rule.open_recheck_persons)]),
        last_s=np.array([rule.last_entry_s, rule.last_entry_recheck_s or rule.last_entry_s]),
    )


def with_last_calls(scenario: Scenario, plan: Plan, k: int, calls: Calls) -> Calls:
    """Return ``calls`` with the plan's last departures."""
    assert plan.rules is not None
    corridor = scenario.corridors[k].id
    told = {
        (one.zone, one.group): one.before_s
        for one in plan.rules.last_departures
        if one.corridor == corridor
    }
    places = zip(calls.zone.tolist(), calls.group.tolist(), strict=True)
    late = [told[scenario.zones[z].id, scenario.groups[g].id] for z, g in places]
    return calls._replace(late_s=np.array(late, dtype=np.float64))
