"""The errors that Clearway raises on purpose; anything else is a defect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that one value breaks, and where it stands.

    Attributes
    ----------
    file
        Name of the file inside the scenario folder; empty where the data never was a file.
    row
        Line number in that file, counted from 1 as an editor does; 0 for the whole file.
    field
        Name of the column or key, dotted for nested keys (``corridor[2].gate.rate_persons_per_h``).
    value
        What stands there, shortened to a readable length.
    rule
        What must hold, in one plain sentence.
    """

    file: str
    row: int
    field: str
    value: str
    rule: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.row}" if self.row else (self.file or "scenario")
        value = f" = {self.value}" if self.value else ""
        return f"{place}: {self.field}{value}: {self.rule}"


class ClearwayError(Exception):
    """Base of every error that Clearway raises on purpose."""


class ScenarioError(ClearwayError):
    """Input that breaks rules; carries every breach that was found, not the first alone."""

    def __init__(self, breaches: tuple[Breach, ...]) -> None:
        """Keep ``breaches`` (at least one) and say them one a line."""
        self.breaches = breaches
        count = "1 breach" if len(breaches) == 1 else f"{len(breaches)} breaches"
        super().__init__("\n".join([count, *map(str, breaches)]))


class SolverError(ClearwayError):
    """The linear program's solver failed in a way that no plan or bound can come from."""


class LogError(ClearwayError):
    """A log, a key or a sealed file that cannot be used, or cannot be believed."""

    def __init__(self, message: str, breaches: tuple[Breach, ...] = ()) -> None:
        """Say ``message`` in the first line, then ``breaches``, if there are any, one a line."""
        self.breaches = breaches
        super().__init__("\n".join([message, *map(str, breaches)]))
