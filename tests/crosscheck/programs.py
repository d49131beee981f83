"""What the linear program finds, in persons and steps, for comparison with other programs."""

from __future__ import annotations

from dataclasses import dataclass

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve.flow import SLACK, Proof, Search
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import pose
from clearway.solve.relax import Relaxation
from clearway.solve.routes import Routes

#: Share of the people that the later levels hold.
HELD = 1 - SLACK


@dataclass(frozen=True)
class Optimum:
    """Optimum and proved bound of each level, and people if streets were wide.

    People are weighted; exposure and hours are steps times persons, given the people.
    """

    people: float
    exposure: float
    hours: float
    people_bound: float
    exposure_bound: float
    hours_bound: float
    people_on_wide_streets: float

    @property
    def streets_bind(self) -> bool:
        """Whether fewer come out than gates, windows, sites and supply alone would let."""
        return self.people < self.people_on_wide_streets - 1e-6


def optimum(scenario: Scenario) -> Optimum:
    """Return each level's optimum by column generation, to the end (no gap is left)."""
    problem = pose(scenario)
    relaxation = Relaxation(problem)
    search = Search(problem, Routes(problem), relaxation)
    watch = Watch(SolveOptions(gap=0.0), None, None)
    search.best(watch)
    people = search.prove(PEOPLE, 0.0, watch)
    assert people.answer is not None
    least = -people.answer.objective
    exposure = search.prove(EXPOSURE, least, watch)
    hours = search.prove(HOURS, least, watch)
    steps = 3600 / scenario.planning.step_s

    def pair(proof: Proof, scale: float) -> tuple[float, float]:
        assert proof.finished
        assert proof.answer is not None
        return scale * proof.answer.objective, scale * proof.bound

    (out, most), (exposed, low), (clock, soon) = (
        pair(people, -1),
        pair(exposure, steps),
        pair(hours, steps),
    )
    return Optimum(out, exposed, clock, most, low, soon, relaxation.best(PEOPLE).value)
