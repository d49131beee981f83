"""Plan humanitarian pauses: who leaves a besieged area when, by which corridor.

The names here are functions, some of them called like the package they come from; code inside
Clearway imports from the modules.
"""

from clearway.errors import Breach, ClearwayError, ScenarioError, SolverError
from clearway.judge.check import judge
from clearway.publish.report import publish
from clearway.read.scenario import read_scenario
from clearway.simulate.simulate import simulate
from clearway.solve.options import Progress, SolveOptions
from clearway.solve.solve import solve

__version__ = "0.1.0"

__all__ = [
    "Breach",
    "ClearwayError",
    "Progress",
    "ScenarioError",
    "SolveOptions",
    "SolverError",
    "__version__",
    "judge",
    "publish",
    "read_scenario",
    "simulate",
    "solve",
]
