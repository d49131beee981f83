"""A command that fails in the way that its argument names; tests put it in the place of one."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import sys

from clearway.errors import Breach, ScenarioError, SolverError

ERRORS: dict[str, BaseException] = {
    "scenario": ScenarioError(
        (
            Breach("network/node.csv", 7, "y_coord", "136.2", "must be from -90 to 90 degrees"),
            Breach("demand.csv", 3, "size", "0", "must be from 1 to 9"),
        )
    ),
    "solver": SolverError("the linear program has no optimum: unbounded"),
    "disk": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/plan.json"),
    "denied": PermissionError(errno.EACCES, os.strerror(errno.EACCES), "out"),
    "memory": MemoryError(),
    "defect": KeyError("C7\nC8"),
    "ctrl-c": KeyboardInterrupt(),
    "pipe": BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)),
}


def fail(arguments: argparse.Namespace) -> int:
    """Raise the error that ``arguments.scenario`` names; be done if there is none."""
    name = str(arguments.scenario)
    logging.getLogger("clearway.tests").debug("a step")
    if name in ERRORS:
        raise ERRORS[name]
    sys.stdout.write("done\n")
    return 0


def fail_in_arabic(_arguments: argparse.Namespace) -> int:
    """Say a letter that not every terminal has."""
    sys.stdout.write("\u0627\n")
    return 0
