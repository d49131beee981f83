"""Random pauses that run otherwise, for Hypothesis: small, queued, stopped, checked again."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from clearway.model.facts import SPLIT, SPLIT_LOG, TRIANGULAR, Estimate
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import RANGES, Uncertainty
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED, Recipe, build
from tests.solve.draws import recipes

#: Values that each field of the uncertainty may take, the least first.
VALUES: dict[str, tuple[float, ...]] = {
    "start_delay_s": (0.0, 300.0, 1800.0, 9000.0),
    "stop_share": (0.0, 0.3, 1.0),
    "extend_share": (0.0, 0.5, 1.0),
    "extension_s": (0.0, 600.0, 5000.0),
    "fail_share": (0.0, 0.3, 1.0),
    "unannounced_share": (0.0, 0.5, 1.0),
    "notice_s": (0.0, 90.0, 900.0, 7200.0),
    "recheck_share": (0.0, 0.5, 1.0),
    "recheck_factor": (0.1, 0.5, 2.0),
    "long_share": (0.0, 0.1, 0.3),
    "long_factor": (1.0, 4.0, 20.0),
    "service_cv": (0.0, 0.5, 1.0, 2.0),
    "zone_factor": (0.5, 1.0, 1.5),
    "uncalled_share": (0.0, 0.2, 1.0),
    "pace_factor": (0.3, 0.8, 1.0),
    "lateness_s": (0.0, 120.0, 3600.0),
    "boarding_factor": (0.8, 1.0, 3.0),
    "breakdown_share": (0.0, 0.3, 1.0),
    "refusal_share": (0.0, 0.2, 1.0),
    "under_triage_share": (0.0, 0.2, 1.0),
    "death_red_per_h": (0.0, 0.05, 1.0),
    "death_yellow_per_h": (0.0, 0.01, 0.5),
}


@st.composite
def estimates(draw: st.DrawFn, values: tuple[float, ...]) -> Estimate:
    """Draw a number with a range out of ``values``."""
    low, central, high = sorted(draw(st.tuples(*[st.sampled_from(values)] * 3)))
    shapes = (SPLIT, TRIANGULAR, SPLIT_LOG) if low > 0 else (SPLIT, TRIANGULAR)
    return Estimate(low, central, high, ASSUMED, draw(st.sampled_from(shapes)))


@st.composite
def uncertainties(draw: st.DrawFn) -> Uncertainty:
    """Draw what may come otherwise; a good part of it stays as announced."""
    assert set(VALUES) == set(RANGES)
    chosen = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=8, unique=True))
    return Uncertainty(**{field: draw(estimates(VALUES[field])) for field in chosen})


@dataclass(frozen=True)
class Drawn:
    """A pause as it was drawn, told by what it is built from."""

    recipe: Recipe
    points: int
    spread: float
    open_limit: float
    uncertainty: Uncertainty
    most_households: int
    share: float
    gates: tuple[tuple[Any, ...], ...] | None
    latest_s: float | None
    seed: int

    @property
    def scenario(self) -> Scenario:
        """The scenario: gates around the recipe's rates, all with as many check points."""
        scenario = build(self.recipe)
        corridors = tuple(
            dataclasses.replace(
                one,
                check_points=self.points,
                gate_persons_per_s=_around(one.gate_persons_per_s.central, self.spread),
                open_limit_persons=self.open_limit,
            )
            for one in scenario.corridors
        )
        return scenario.replace(corridors=corridors, uncertainty=self.uncertainty)

    @property
    def plan(self) -> Plan:
        """A plan that keeps the rules, or the first part of it."""
        scenario = self.scenario
        plan = greedy_plan(scenario, most_households=self.most_households)
        kept = plan.movements[: int(self.share * len(plan.movements))]
        return plan.replace(movements=kept, rules=self._rules(scenario, plan))

    def _rules(self, scenario: Scenario, plan: Plan) -> Rules | None:
        if self.gates is None:
            return None
        ids = [one.id for one in scenario.corridors]
        gates = tuple(GateRule(one, *told) for one, told in zip(ids, self.gates, strict=True))
        places = sorted({(move.zone, move.group, move.corridor) for move in plan.movements})
        latest = () if self.latest_s is None else (self.latest_s,)
        return Rules(0.01, gates, tuple(LastDeparture(*at, s) for at in places for s in latest))


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Draw a pause."""
    recipe = draw(recipes(fair=False))
    groups, corridors = len(recipe.speeds_m_per_s), len(recipe.gates_persons_per_h)
    caps = st.sampled_from((math.inf, math.inf, 40.0, 5.0, 0.0))
    last = st.tuples(*[st.sampled_from((0.0, 200.0, 600.0, 1800.0, 7200.0))] * groups)
    marks = st.sampled_from((0.0, 100.0, 1e4))
    gate = st.tuples(caps, caps, caps, last, marks, st.one_of(st.just(()), last), caps)
    return Drawn(
        recipe,
        draw(st.sampled_from((1, 1, 2, 5))),
        draw(st.sampled_from((1.0, 1.0, 3.0))),
        draw(st.sampled_from((math.inf, 50.0, 4.0))),
        draw(uncertainties()),
        draw(st.sampled_from((3, 1_000_000))),
        draw(st.sampled_from((1.0, 1.0, 0.5, 0.0))),
        draw(st.one_of(st.none(), st.tuples(*[gate] * corridors))),
        draw(st.sampled_from((None, 0.0, 600.0, 1800.0))),
        draw(st.integers(0, 2**32)),
    )


def _around(rate: float, factor: float) -> Estimate:
    return Estimate(rate / factor, rate, rate * factor, ASSUMED, SPLIT_LOG)


def row_bytes(ensemble: Ensemble, row: int) -> dict[str, bytes]:
    """Return the bytes of one member, by column."""
    found = {}
    for field in dataclasses.fields(ensemble):
        value = getattr(ensemble, field.name)
        if isinstance(value, np.ndarray):
            found[field.name] = value[row].tobytes()
    return found
