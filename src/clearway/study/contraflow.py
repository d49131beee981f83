"""What links driven against their direction are worth: a plan with them beside one without."""

from __future__ import annotations

import json
from dataclasses import dataclass

from clearway.model.checks import Checks
from clearway.model.plan import PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.solve.options import SolveOptions
from clearway.solve.solve import solve

_DEFAULT = SolveOptions()


@dataclass(frozen=True, slots=True)
class Reached:
    """Persons whom a plan brings out, and whom no plan exceeds."""

    persons: int
    bound: int

    @staticmethod
    def of(plan: Plan) -> Reached:
        """Return what one plan comes to."""
        level = next(level for level in plan.levels if level.name == PEOPLE)
        return Reached(int(level.value), int(level.bound))


@dataclass(frozen=True, slots=True)
class ContraflowWorth:
    """Two plans of one scenario.

    Attributes
    ----------
    links
        Ids of the links that cars use against their direction, or as usual.
    used, usual
        What the plan comes to with contraflow, and with every link in its usual direction.
    """

    links: tuple[int, ...]
    used: Reached
    usual: Reached

    @property
    def worth(self) -> int:
        """Persons more that come out with contraflow; below zero if it does harm."""
        return self.used.persons - self.usual.persons

    @property
    def least(self) -> int:
        """Persons more at least, whatever plan is made without it; below zero: nothing proved."""
        return self.used.persons - self.usual.bound


def contraflow(scenario: Scenario, options: SolveOptions = _DEFAULT) -> ContraflowWorth:
    """Return the worth of a scenario's contraflow links, all together.

    Parameters
    ----------
    scenario
        With at least one link of contraflow.
    options
        How far to go with each plan.

    Raises
    ------
    ScenarioError
        If it has none.
    """
    checks = Checks("study contraflow")
    told = scenario.contraflow
    checks.that(bool(told), "contraflow", "", "must name at least one link")
    checks.done()
    used = Reached.of(solve(scenario, options))
    usual = Reached.of(solve(scenario.replace(contraflow=()), options))
    return ContraflowWorth(told, used, usual)


def contraflow_text(found: ContraflowWorth) -> str:
    """Return the finding in English, for a terminal."""
    lines = [f"{len(found.links)} links of contraflow: {', '.join(map(str, found.links))}"]
    for name, one in (("with", found.used), ("without", found.usual)):
        lines.append(f"{name}: {one.persons:,} people; no plan brings out more than {one.bound:,}")
    proved = f"at least {found.least:,} whatever the plan without" if found.least > 0 else (
        "not proved: a better plan without might bring out as many"
    )  # fmt: skip
    lines.append(f"worth: {found.worth:,} people ({proved})")
    return "\n".join(lines) + "\n"


def contraflow_json(found: ContraflowWorth) -> str:
    """Return the finding as JSON, keys sorted."""
    told = {
        "links": list(found.links),
        "with": {"persons": found.used.persons, "bound": found.used.bound},
        "without": {"persons": found.usual.persons, "bound": found.usual.bound},
        "worth_persons": found.worth,
        "worth_at_least_persons": found.least,
    }
    return json.dumps(told, indent=2, sort_keys=True) + "\n"
