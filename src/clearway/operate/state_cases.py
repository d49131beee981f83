"""The case list as it stands at a moment, with the time that each patient spent in each state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from clearway.model.care import DIED, HANDED_OVER, MOVED, REFUSED, Patient
from clearway.model.scenario import Scenario
from clearway.model.state import CaseSpan, CaseState
from clearway.operate.known import Known
from clearway.operate.state_said import Saying


def case_states(
    scenario: Scenario, conditions: Known, planned: Mapping[str, tuple[str, float, float]]
) -> tuple[CaseState, ...]:
    """Return every patient's states, in the scenario's order.

    Parameters
    ----------
    scenario
        As it was before the pause: its states are those that the log found.
    conditions
        Until when, and what was told.
    planned
        By code: the vehicle, and when they board and arrive.
    """
    told: dict[str, list[Saying]] = defaultdict(list)
    for one in conditions.of("patient"):
        told[one.event.about["code"]].append(one)
    return tuple(
        _case(conditions, patient, told.get(patient.code, []), planned.get(patient.code))
        for patient in scenario.care.patients
    )


def _case(
    conditions: Known,
    patient: Patient,
    told: list[Saying],
    planned: tuple[str, float, float] | None,
) -> CaseState:
    changes: list[tuple[str, int | None]] = [(patient.state, None)]
    for one in told:
        state = one.event.about["state"]
        if state != changes[-1][0]:
            changes.append((state, conditions.scenario.seconds(one.at)))
    ends = [*(since for _, since in changes[1:]), round(conditions.now_s)]
    spans = tuple(
        CaseSpan(state, since, None if since is None or until is None else until - since)
        for (state, since), until in zip(changes, ends, strict=True)
    )
    vehicle, boards, arrives = planned if planned is not None else ("", 0.0, 0.0)
    last = changes[-1][0]
    expected = ""
    if vehicle and last not in {REFUSED, DIED, HANDED_OVER}:
        if arrives <= conditions.now_s:
            expected = HANDED_OVER
        elif boards <= conditions.now_s and last != MOVED:
            expected = MOVED
    place = told[-1].event.about["place"] if told else ""
    return CaseState(patient.code, spans, expected, vehicle, place)
