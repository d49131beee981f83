"""The cases that kernels drive, by name, so that every process builds the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.grid import Grid, grid
from benchmarks.roads import Case
from benchmarks.surf_coast import surf_coast

GRID, SURF = "grid", "surf coast"


@dataclass(frozen=True, slots=True)
class Course:
    """One case.

    Attributes
    ----------
    name
        ``GRID`` or ``SURF``.
    unit
        Travellers that move as one.
    small
        Whether the grid is a tenth of its size.
    """

    name: str
    unit: int
    small: bool = False

    @property
    def id(self) -> str:
        """Name of the case."""
        return f"{self.name}, {self.unit} together" if self.unit > 1 else f"{self.name}, one by one"


def courses() -> list[Course]:
    """Return the cases: platoons, at which UXsim is fastest, then everybody alone."""
    return [Course(name, unit) for unit in (5, 1) for name in (GRID, SURF)]


def build(name: str, unit: int, folder: str, *, small: bool = False) -> Case:
    """Return the case of a course; ``folder`` is that of the Surf Coast's files."""
    if name == SURF:
        return surf_coast(Path(folder), unit)
    if small:
        return grid(Grid(side=8, walkers=20_000, gates=3, gate_per_s=2.5, hours=1.0, unit=unit))
    return grid(Grid(unit=unit))
