"""Small ensembles made by hand, and a pause in whose record nothing is missing.

``before()`` gives a scenario, a plan and an ensemble for which every reason is met; tests change
one thing at a time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from clearway.judge.decide import decide
from clearway.model.agreement import (
    CONSENT_LEVELS,
    GIVEN,
    Agreement,
    Consent,
    Decider,
    Notification,
    Provision,
)
from clearway.model.facts import Text
from clearway.model.outcome import AS_ANNOUNCED, Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Decision, Reason
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED, at_hour, two_gates

MEMBERS: Final = 400
BINS: Final = 2
OPEN_LIMIT: Final = 200.0

COUNCIL, GUARD = Text("The council", "المجلس"), Text("The gate guard", "حرس البوابة")


def pause(**changes: Any) -> Scenario:
    """Return two gates (C1, C2) and two groups, G2 of first priority, with a complete record."""
    scenario = two_gates(weights=(1.0, 3.0), places=(300.0, 200.0))
    corridors = tuple(replace(one, open_limit_persons=OPEN_LIMIT) for one in scenario.corridors)
    scenario = scenario.replace(corridors=corridors, agreement=record())
    return scenario.replace(**changes)


def record(**changes: Any) -> Agreement:
    """Return a record with nothing missing: notified 50 hours ahead, 24 asked for."""
    complete = Agreement(
        consents=tuple(consent(level) for level in CONSENT_LEVELS),
        provisions=(Provision(Text("Water.", "مياه."), ASSUMED),),
        notification=Notification(at_hour(8 - 50), timedelta(hours=24), ASSUMED),
        decider=Decider(Text("The pause coordinator", "منسق الهدنة"), at_hour(20)),
    )
    return replace(complete, **changes)


def consent(level: str, state: str = GIVEN, **changes: Any) -> Consent:
    """Return a consent to both corridors at one level, of the council or of the gate guard."""
    party = GUARD if level == "gate" else COUNCIL
    given = Consent(level, party, level, ("C1", "C2"), state, "letter 7", None, ASSUMED)
    return replace(given, **changes)


def ensemble(scenario: Scenario, members: int = MEMBERS, **columns: Any) -> Ensemble:
    """Return members in which all goes well, with ``columns`` as they are given.

    Forty of group G1 and twenty of G2 want to go and are out; ten wait, ten are in the open.
    """
    k, g = len(scenario.corridors), len(scenario.groups)
    windows = len(scenario.windows)
    out = np.zeros((members, BINS, k, g))
    out[:, 0, 0, 0], out[:, 1, -1, -1] = 40, 20
    willing = out.sum(axis=(1, 2))
    zero = np.zeros((members, k))
    arrived = np.full((members, len(scenario.receptions)), 30)
    base: dict[str, Any] = {
        "numbers": np.arange(members),
        "out": out,
        "queue": np.full((members, BINS, k), 10.0),
        "open": np.full((members, BINS, k), 10.0),
        "longest_wait_s": np.full((members, k), 600.0),
        "exposure_person_s": np.zeros((members, 3)),
        "called": np.full(members, 60),
        "uncalled": np.zeros(members),
        "willing": willing,
        "caught": zero,
        "turned_back": zero,
        "uncalled_back": zero,
        "in_open": zero,
        "recalled": zero,
        "arrived": arrived,
        "most": np.full(members, 60),
        "opens_s": np.zeros((members, windows)),
        "closes_s": np.full((members, windows), 7200),
        "ending": np.full((members, windows), AS_ANNOUNCED),
    }
    return Ensemble(scenario=scenario.id, seed=1, bin_s=3600, **(base | columns))


def spread(values: Any, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Return ``values`` of members, the same in everything else of ``shape`` (members first)."""
    column = np.asarray(values, dtype=np.float64)
    return np.broadcast_to(column.reshape(-1, *[1] * (len(shape) - 1)), shape).copy()


def at(shape: tuple[int, ...], where: tuple[Any, ...], values: Any) -> np.ndarray[Any, Any]:
    """Return zeros with ``values`` at one place."""
    column = np.zeros(shape)
    column[where] = values
    return column


def recommend(
    scenario: Scenario | None = None, plan: Plan | None = None, **columns: Any
) -> Decision:
    """Return the decision on a good pause, with anything else instead."""
    made = scenario or pause()
    return decide(made, plan or greedy_plan(made), (), ensemble(made, **columns))


def reasons(decision: Decision, topic: str) -> list[Reason]:
    """Return what was said on one topic."""
    return [one for one in decision.reasons if one.topic == topic]


def only(decision: Decision, topic: str) -> Reason:
    """Return the one thing that was said on a topic."""
    (reason,) = reasons(decision, topic)
    return reason


def later(hours: float) -> datetime:
    """Return the moment so many hours after the last closing, 10:00 on 20 October 2016."""
    return at_hour(10 + hours)
