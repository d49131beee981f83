"""What became of vehicles and patients in small ensembles made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearway.model.outcome import MOVED, Ensemble, FleetOutcome
from clearway.model.scenario import Scenario
from tests.judge.ensembles import MEMBERS, ensemble


def became(scenario: Scenario, members: int = MEMBERS, **columns: Any) -> Ensemble:
    """Return members in which every patient is out and every convoy arrives, but for ``columns``.

    Two patients come to each hospital.
    """
    patients, hospitals = len(scenario.care.patients), len(scenario.care.hospitals)
    base: dict[str, Any] = {
        "patient_out_s": np.zeros((members, patients)),
        "patient_end": np.full((members, patients), MOVED),
        "companions_out": np.zeros(members),
        "riders": np.zeros(members),
        "trips": np.ones(members),
        "beds": np.full((members, hospitals), 2),
        "aid_arrived": np.ones((members, len(scenario.aid.convoys)), dtype=bool),
    }
    return ensemble(scenario, members, fleet=FleetOutcome(**(base | columns)))
