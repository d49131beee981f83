"""The commands that need no geodata library."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from clearway.cli.arguments import BOTH
from clearway.cli.codes import FAILED, NOBODY, OK
from clearway.cli.interrupt import MEMBERS, REPORT, Interrupt
from clearway.cli.progress import ProgressLine
from clearway.cli.say import complain, tell
from clearway.cli.sizes import moved, size
from clearway.cli.summary import cost, summary, written
from clearway.cli.write import expect_file, expect_folder, named, scratch_in, write_text
from clearway.judge.check import judge
from clearway.model.comparison import Comparison
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.beside import Beside
from clearway.publish.plan_file import plan_to_json
from clearway.publish.report import publish, report_name
from clearway.publish.words import LANGS
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario
from clearway.simulate.simulate import simulate
from clearway.solve.options import SolveOptions
from clearway.solve.solve import solve
from clearway.study.compare import compare

#: The system counts memory in units of 1024 bytes, but macOS in bytes.
_UNITS_A_MB: Final = 1024**2 if sys.platform == "darwin" else 1024


def check_scenario(arguments: argparse.Namespace) -> int:
    """Read a scenario folder and say that it holds; its breaches come as ``ScenarioError``."""
    scenario = read_scenario(arguments.scenario)
    tell(arguments, f"{arguments.scenario}: no breach; {size(scenario)}")
    return OK


def solve_scenario(arguments: argparse.Namespace) -> int:
    """Solve, and write the plan."""
    expect_file(arguments.out)
    run = _begin(arguments)
    scenario = run.read()
    plan = run.solve(scenario)
    write_text(arguments.out, plan_to_json(scenario, plan))
    tell(arguments, f"{arguments.out}: {moved(plan)}; {plan.status.reason.en}")
    return OK if _moves(plan) else NOBODY


def judge_plan(arguments: argparse.Namespace) -> int:
    """Check a plan, print what breaks a rule, and what the plan does."""
    run = _begin(arguments)
    scenario = run.read()
    plan = read_plan(arguments.plan, scenario)
    verdict = run.judge(scenario, plan)
    tell(arguments, summary(scenario, plan, verdict))
    return _code(plan, verdict)


def simulate_plan(arguments: argparse.Namespace) -> int:
    """Simulate a plan, judge it with what came of it, and write its report."""
    expect_folder(arguments.out)
    run = _begin(arguments)
    scenario = run.read()
    plan = read_plan(arguments.plan, scenario)
    return run.finish(scenario, plan)


def report_plan(arguments: argparse.Namespace) -> int:
    """Judge a plan and write its report."""
    expect_folder(arguments.out)
    run = _begin(arguments)
    scenario = run.read()
    plan = read_plan(arguments.plan, scenario)
    verdict = run.judge(scenario, plan)
    paths = run.publish(scenario, plan, _Found(verdict), lang=arguments.lang)
    tell(arguments, written(paths))
    return _code(plan, verdict)


def run_chain(arguments: argparse.Namespace) -> int:
    """Read, solve, simulate, compare, judge, publish, and say in short what came of it."""
    expect_folder(arguments.out)
    run = _begin(arguments)
    scenario = run.read()
    return run.finish(scenario, run.solve(scenario), beside_others=True)


def peak_mb() -> float:
    """Return the most memory that this process ever held, in MB of 2**20 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS_A_MB


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found about a plan."""

    verdict: Verdict
    ensemble: Ensemble | None = None
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """The verbs of one command, each told to the person who waits, and timed.

    Attributes
    ----------
    arguments
        Of the command line.
    line
        Where progress is drawn.
    seconds
        How long each verb took, by its name.
    """

    arguments: argparse.Namespace
    line: ProgressLine
    seconds: dict[str, float] = field(default_factory=dict)

    def read(self) -> Scenario:
        """Read the scenario folder."""
        with self._timed("read"):
            scenario = read_scenario(self.arguments.scenario)
        self.line.say(f"read {self.arguments.scenario}: {size(scenario)}")
        return scenario

    def solve(self, scenario: Scenario) -> Plan:
        """Make a plan, or take the best so far when Ctrl-C is pressed."""
        asked = {"seconds": self.arguments.seconds, "gap": self.arguments.gap}
        options = SolveOptions(
            **{name: value for name, value in asked.items() if value is not None}
        )
        with self._timed("solve"), Interrupt(self.line.say) as stop:
            risk = self.arguments.risk
            plan = solve(scenario, options, risk=risk, progress=self.line, stop=stop)
        duties = f", {len(plan.duties):,} duties" if plan.duties else ""
        self.line.say(f"solved: {moved(plan)}, {len(plan.movements):,} movements{duties}")
        return plan

    def judge(self, scenario: Scenario, plan: Plan) -> Verdict:
        """Check the plan and list its breaches."""
        with self._timed("judge"):
            verdict = judge(scenario, plan)
        complain(map(str, verdict.breaches))
        return verdict

    def finish(self, scenario: Scenario, plan: Plan, *, beside_others: bool = False) -> int:
        """Check a plan, simulate it, publish, say in short what came of it; return the code."""
        found = self.look_ahead(scenario, plan, self.judge(scenario, plan))
        if beside_others and found.ensemble is not None:
            comparison = self.compare(scenario, plan, found.ensemble)
            found = replace(found, comparison=comparison)
        paths = self.publish(scenario, plan, found)
        tell(self.arguments, summary(scenario, plan, found.verdict, found.ensemble))
        tell(self.arguments, cost(self.seconds, peak_mb()))
        tell(self.arguments, written(paths))
        return _code(plan, found.verdict)

    def look_ahead(self, scenario: Scenario, plan: Plan, verdict: Verdict) -> _Found:
        """Simulate the plan and have it judged; a plan that breaks a rule is not simulated."""
        if verdict.breaches or getattr(self.arguments, "no_simulate", False):
            return _Found(verdict)
        ensemble = self.simulate(scenario, plan)
        with self._timed("judge"):
            return _Found(judge(scenario, plan, ensemble), ensemble)

    def simulate(self, scenario: Scenario, plan: Plan) -> Ensemble:
        """Simulate the plan; when Ctrl-C is pressed, take the members done."""
        members, seed = self.arguments.members, self.arguments.seed
        progress = self.line.counter("simulating")
        with self._timed("simulate"), Interrupt(self.line.say, MEMBERS) as stop:
            ensemble = simulate(scenario, plan, members, seed, progress=progress, stop=stop)
        self.line.say(f"simulated {len(ensemble):,} members of {members:,}")
        return ensemble

    def compare(self, scenario: Scenario, plan: Plan, ensemble: Ensemble) -> Comparison | None:
        """Set other plans beside it; None where nobody is called, or Ctrl-C is or was pressed."""
        if not plan.movements or len(ensemble) < self.arguments.members:
            return None
        progress = self.line.counter("comparing")
        with self._timed("compare"), Interrupt(self.line.say, REPORT) as stop:
            found = compare(scenario, plan, ensemble, progress=progress, stop=stop)
        if found is not None:
            self.line.say("compared with other plans under the same draws")
        return found

    def publish(
        self, scenario: Scenario, plan: Plan, found: _Found, *, lang: str = BOTH
    ) -> tuple[Path, ...]:
        """Write the report in ``lang`` and the files beside it; return where they are."""
        timings = {**self.seconds, "peak_mb": peak_mb()}
        target: Path = self.arguments.out
        with self._timed("publish"), named(target), scratch_in(target, "clearway") as scratch:
            beside = Beside(found.comparison, timings)
            publish(scenario, plan, found.ensemble, found.verdict, scratch, beside=beside)
            unwanted = {report_name(one) for one in LANGS if lang not in (one, BOTH)}
            made = sorted(one for one in scratch.iterdir() if one.name not in unwanted)
            return tuple(one.replace(target / one.name) for one in made)

    @contextmanager
    def _timed(self, verb: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[verb] = self.seconds.get(verb, 0.0) + time.perf_counter() - began
            self.line.close()


def _begin(arguments: argparse.Namespace) -> _Run:
    return _Run(arguments, ProgressLine(sys.stderr, quiet=arguments.quiet))


def _code(plan: Plan, verdict: Verdict) -> int:
    if verdict.breaches:
        return FAILED
    return OK if _moves(plan) else NOBODY


def _moves(plan: Plan) -> bool:
    """Return whether anyone comes out, on foot, in cars or in vehicles."""
    return bool(plan.movements or plan.duties)
