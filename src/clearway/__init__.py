"""Plan humanitarian pauses: who leaves a besieged area when, by which corridor.

The names here are functions, some of them called like the package they come from; code inside
Clearway imports from the modules. Each is imported when it is first used: compilers, solvers and
readers take a second to import, and most commands need few of them.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from clearway.errors import Breach, ClearwayError, ScenarioError, SolverError

if TYPE_CHECKING:
    # ``_Root`` imports them when the program runs.
    from clearway.judge.check import judge  # noqa: TC004
    from clearway.publish.report import publish  # noqa: TC004
    from clearway.read.scenario import read_scenario  # noqa: TC004
    from clearway.simulate.simulate import simulate  # noqa: TC004
    from clearway.solve.options import Progress, SolveOptions  # noqa: TC004
    from clearway.solve.solve import solve  # noqa: TC004

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


class _WhenUsed:
    """A public name, imported when it is first asked for."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, root: ModuleType, owner: type) -> Any:
        if self._name not in vars(root):
            vars(root)[self._name] = getattr(importlib.import_module(self._module), self._name)
        return vars(root)[self._name]

    def __set__(self, root: ModuleType, value: object) -> None:
        # Whoever imports ``clearway.solve.options`` has the package set here under the name of the
        # function; the name stays the function's.
        if not isinstance(value, ModuleType):
            vars(root)[self._name] = value


class _Root(ModuleType):
    """The package, with what it exports and has not imported yet."""

    judge = _WhenUsed("clearway.judge.check")
    publish = _WhenUsed("clearway.publish.report")
    read_scenario = _WhenUsed("clearway.read.scenario")
    simulate = _WhenUsed("clearway.simulate.simulate")
    Progress = _WhenUsed("clearway.solve.options")
    SolveOptions = _WhenUsed("clearway.solve.options")
    solve = _WhenUsed("clearway.solve.solve")


sys.modules[__name__].__class__ = _Root
