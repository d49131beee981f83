"""A log that gathers every breach of a scenario's files before one error is raised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from clearway.errors import Breach, ScenarioError
from clearway.model.checks import shown

#: Breaches of one rule in one file that are listed one by one; the rest is counted.
LISTED: Final = 1_000

#: Characters of a value that are looked at; what is shown is shorter still.
_LOOKED_AT: Final = 200


class BreachLog:
    """Every breach found so far, in the order in which they were found."""

    def __init__(self, files: Iterable[str]) -> None:
        """Start empty; ``files`` gives the order in which breaches are told."""
        self._rank = {name: rank for rank, name in enumerate(files)}
        self._listed: list[Breach] = []
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, file: str, row: int, field: str, value: object, rule: str) -> None:
        """Note that ``value`` of ``field``, in line ``row`` of ``file``, breaks ``rule``."""
        self._note(Breach(file, row, _plain(field), _plain(value), rule))

    def add_path(self, file: str, field: str, path: object, rule: str) -> None:
        """Note that ``path`` breaks ``rule``; it is told whole: its end tells it apart."""
        self._note(Breach(file, 0, field, "".join(map(_visible, str(path))), rule))

    def _note(self, breach: Breach) -> None:
        count = self._counts.get((breach.file, breach.rule), 0) + 1
        self._counts[breach.file, breach.rule] = count
        if count <= LISTED:
            self._listed.append(breach)

    def done(self) -> None:
        """Raise one error with all that was noted, by file and row, if anything was.

        Raises
        ------
        ScenarioError
            With at most 1,000 breaches of each rule in each file, and one more that says how
            many others break the same rule.
        """
        if self._listed:
            last = len(self._rank)
            order = sorted(self._listed, key=lambda b: (self._rank.get(b.file, last), b.row))
            raise ScenarioError((*order, *self._rest()))

    def _rest(self) -> Iterable[Breach]:
        for (file, rule), count in self._counts.items():
            if count > LISTED:
                yield Breach(file, 0, f"and {count - LISTED:,} more", "", rule)


def _plain(value: object) -> str:
    """Return ``value`` short, on one line, and without characters that steer a terminal."""
    try:
        text = str(value)
    except ValueError:  # Python refuses to spell out a whole number of more than 4,300 digits
        text = "a number of thousands of digits"
    return shown("".join(map(_visible, text[:_LOOKED_AT])))


def _visible(one: str) -> str:
    return one if one.isprintable() else one.encode("unicode_escape", "replace").decode()
