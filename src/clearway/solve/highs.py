"""The one door to HiGHS: a linear program that grows by columns and rows and starts warm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray

from clearway.errors import SolverError

INFINITY: Final = float(highspy.kHighsInf)
#: The solver's numbers of its two simplex methods.
_DUAL, _PRIMAL = 1, 4


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """Rows or columns to add, in compressed form.

    Attributes
    ----------
    starts
        Shape (n,), where each begins in ``index``.
    index
        Shape (nonzeros,), columns of rows, or rows of columns.
    value
        Shape (nonzeros,).
    """

    starts: NDArray[np.int32]
    index: NDArray[np.int32]
    value: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """An optimal basic solution.

    Attributes
    ----------
    objective
        Minimum.
    x
        Shape (columns,).
    dual
        Shape (rows,); what one unit more on the right-hand side adds to the minimum.
    """

    objective: float
    x: NDArray[np.float64]
    dual: NDArray[np.float64]


class LinearProgram:
    """min c x subject to rows between bounds and columns between 0 and an upper bound."""

    def __init__(self) -> None:
        """Start without rows and columns."""
        self._highs = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1)):
            self._highs.setOptionValue(option, value)
        self.rows = 0
        self.columns = 0

    def add_rows(
        self, lower: NDArray[np.float64], upper: NDArray[np.float64], entries: Sparse | None = None
    ) -> None:
        """Add rows between ``lower`` and ``upper`` (shape (n,)), empty unless ``entries``."""
        entries = entries or Sparse(np.zeros(len(lower), np.int32), *_nothing())
        self._highs.addRows(
            len(lower),
            lower,
            upper,
            len(entries.index),
            entries.starts,
            entries.index,
            entries.value,
        )
        self.rows += len(lower)

    def add_columns(
        self, cost: NDArray[np.float64], upper: NDArray[np.float64], entries: Sparse
    ) -> None:
        """Add columns of ``cost`` between 0 and ``upper`` (shape (n,)) with ``entries`` in rows."""
        count = len(cost)
        self._highs.addCols(
            count,
            cost,
            np.zeros(count),
            upper,
            len(entries.index),
            entries.starts,
            entries.index,
            entries.value,
        )
        self.columns += count

    def fix_column(self, column: int, value: float) -> None:
        """Let one column have no other value."""
        self._highs.changeColBounds(column, value, value)

    def limit_column(self, column: int, lower: float, upper: float) -> None:
        """Replace the bounds of one column."""
        self._highs.changeColBounds(column, lower, upper)

    def prefer_primal(self, *, primal: bool) -> None:
        """Say which simplex method comes next: the primal one is quicker after new columns."""
        self._highs.setOptionValue("simplex_strategy", _PRIMAL if primal else _DUAL)

    def row_upper(self) -> NDArray[np.float64]:
        """Return the upper bounds of all rows, shape (rows,)."""
        return np.array(self._highs.getLp().row_upper_)

    def copy(self) -> LinearProgram:
        """Return the same program once more, without what was found about it."""
        other = LinearProgram()
        other._highs.passModel(self._highs.getLp())
        other.rows, other.columns = self.rows, self.columns
        return other

    def solve_whole(
        self, columns: NDArray[np.int64], start: NDArray[np.float64], *, gap: float, nodes: int
    ) -> NDArray[np.float64] | None:
        """Return the best point in which some columns are whole numbers, as far as it was found.

        Parameters
        ----------
        columns
            Shape (n,), numbers of those that are whole.
        start
            Shape (n,), values of theirs with which there is a point.
        gap
            Share of the bound below which it is good enough.
        nodes
            Nodes of the search at most: so many and no seconds, for the same answer every time.

        Returns
        -------
        ndarray or None
            Shape (columns,); None if no point was found.
        """
        for option, value in (("mip_rel_gap", gap), ("mip_max_nodes", nodes)):
            self._highs.setOptionValue(option, value)
        kinds = np.full(len(columns), highspy.HighsVarType.kInteger)
        self._highs.changeColsIntegrality(len(columns), columns.astype(np.int32), kinds)
        self._highs.setSolution(len(columns), columns.astype(np.int32), start)
        self._highs.run()
        found = self._highs.getInfo().primal_solution_status
        if found != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        return np.array(self._highs.getSolution().col_value)

    def set_costs(self, cost: NDArray[np.float64]) -> None:
        """Replace all costs by ``cost`` (shape (columns,))."""
        everyone = np.arange(self.columns, dtype=np.int32)
        self._highs.changeColsCost(self.columns, everyone, cost)

    def set_row(self, row: int, lower: float, upper: float) -> None:
        """Replace the bounds of one row."""
        self._highs.changeRowBounds(row, lower, upper)

    def solve(self) -> Optimum:
        """Return the optimum, however long it takes; raises as :meth:`solve_within`."""
        optimum = self.solve_within(INFINITY)
        if optimum is None:
            raise SolverError("the linear program's solver gave up without a limit")
        return optimum

    def solve_within(self, limit_s: float) -> Optimum | None:
        """Return the optimum, from the last basis on; None if it takes longer than ``limit_s``.

        Raises
        ------
        SolverError
            If the program has no optimum.
        """
        if not self.columns:
            return Optimum(0.0, np.empty(0), np.zeros(self.rows))
        # The solver's clock runs on from one solve to the next.
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + limit_s)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status not in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit}:
            # A basis that went bad numerically is no verdict on the program: once more from none.
            self._highs.clearSolver()
            self._highs.run()
            status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kTimeLimit:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            words = self._highs.modelStatusToString(status)
            msg = f"the linear program has no optimum: {words}"
            raise SolverError(msg)
        solution = self._highs.getSolution()
        objective = self._highs.getInfo().objective_function_value
        return Optimum(objective, np.array(solution.col_value), np.array(solution.row_dual))


def _nothing() -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    return np.empty(0, np.int32), np.empty(0, np.float64)
