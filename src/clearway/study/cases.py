"""Recorded cases: a scenario of what was known before, and what was recorded after."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from clearway.errors import ScenarioError
from clearway.model.checks import Checks
from clearway.model.facts import Text
from clearway.model.scenario import Scenario
from clearway.read.breaches import BreachLog
from clearway.read.document import Document
from clearway.read.files import Limits, read_text
from clearway.read.scenario import read_scenario
from clearway.read.schema import BothTongues, Code, Moment, Table, Words
from clearway.read.toml import TomlLines, load_toml

OUTCOMES_FILE: Final = "outcomes.toml"
LIMITS: Final = Limits(1_000_000, 100_000)
#: What a record counts: people of the demand, or patients without companions.
PERSONS, PATIENTS = "persons", "patients"
_COUNTS: Final = (PERSONS, PATIENTS)


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many were recorded to have come out in a stretch of time.

    Attributes
    ----------
    label
        What people read for the stretch.
    begins, ends
        Moments with a time zone; who came out at ``ends`` no longer counts.
    persons
        As recorded.
    source
        Who recorded it.
    counts
        Whom: ``persons`` of the demand, or ``patients`` without companions.
    busiest_s
        Seconds, if it is the most that came out in so long a part of the stretch; None for all of
        the stretch.
    """

    label: Text
    begins: datetime
    ends: datetime
    persons: int
    source: str
    counts: str = PERSONS
    busiest_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse a stretch without length, a part longer than it, and a count below zero."""
        checks = Checks("recorded")
        zoned = self.begins.tzinfo is not None and self.ends.tzinfo is not None
        checks.that(zoned, "begins", self.begins, "must carry a time zone")
        checks.done()
        # Through UTC: two moments of one zone compare by the clock, which may be put back.
        after = self.begins.astimezone(UTC) < self.ends.astimezone(UTC)
        checks.that(after, "ends", self.ends, "must be after it begins")
        checks.number("persons", self.persons, 0, 1e8)
        checks.that(self.counts in _COUNTS, "counts", self.counts, f"must be one of {_COUNTS}")
        if self.busiest_s is not None:
            length = (self.ends - self.begins).total_seconds()
            fits = 0 < self.busiest_s <= length
            checks.that(fits, "busiest_s", self.busiest_s, "must be a part of the stretch")
            whom = self.counts == PERSONS
            checks.that(whom, "busiest_s", self.busiest_s, "must go with persons")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One recorded case.

    Attributes
    ----------
    scenario
        What was known before; it holds nothing of what was recorded.
    recorded
        What came of it, at least one stretch.
    """

    scenario: Scenario
    recorded: tuple[Recorded, ...]


class RecordedTable(Table):
    """``[[case.recorded]]``."""

    label: BothTongues
    begins: Moment
    ends: Moment
    persons: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    patients: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    busiest_h: Annotated[float, Field(gt=0, le=744)] | None = None
    source: Words


class CaseTable(Table):
    """``[[case]]``; its id names the folder of its scenario."""

    id: Code
    recorded: Annotated[list[RecordedTable], Field(min_length=1, max_length=1000)]


class OutcomesTable(Table):
    """``outcomes.toml``."""

    format: Literal["clearway-outcomes/1"]
    case: Annotated[list[CaseTable], Field(min_length=1, max_length=100)]


def read_cases(folder: str | os.PathLike[str]) -> tuple[Case, ...]:
    """Read recorded cases and their scenarios.

    Parameters
    ----------
    folder
        Holds ``outcomes.toml`` and, for each case in it, a scenario folder of that name.

    Raises
    ------
    ScenarioError
        With every breach of ``outcomes.toml`` or, if there is none, of every scenario.
    """
    place = Path(folder).resolve()
    log = BreachLog([OUTCOMES_FILE])
    document = _document(place, log)
    if document is not None:
        _check_times(document)
        _check_counts(document)
        _check_ids(document)
    log.done()
    if document is None or document.model is None:
        # Every way to lose the document notes a breach, so this would be a defect of the reader.
        raise AssertionError("nothing noted, but no cases were read")
    scenarios = _scenarios(place, [case.id for case in document.model.case], log)
    for number, scenario in enumerate(scenarios):
        _check_spans(document, number, scenario)
    log.done()
    return tuple(
        Case(scenario, tuple(map(_recorded, case.recorded)))
        for scenario, case in zip(scenarios, document.model.case, strict=True)
    )


def _document(place: Path, log: BreachLog) -> Document[OutcomesTable] | None:
    text = read_text(place, OUTCOMES_FILE, LIMITS, log)
    data = load_toml(OUTCOMES_FILE, text, log) if text is not None else None
    if text is None or data is None:
        return None
    return Document(OUTCOMES_FILE, data, OutcomesTable, TomlLines(text), log)


def _check_times(document: Document[OutcomesTable]) -> None:
    for case in range(document.count("case")):
        for row in range(document.count("case", case, "recorded")):
            path = ("case", case, "recorded", row)
            begins, ends = document.get(*path, "begins"), document.get(*path, "ends")
            if begins is not None and ends is not None and not begins < ends:
                document.note((*path, "ends"), ends, "must be after it begins")


def _check_counts(document: Document[OutcomesTable]) -> None:
    for case in range(document.count("case")):
        for row in range(document.count("case", case, "recorded")):
            path = ("case", case, "recorded", row)
            patients = document.stands(*path, PATIENTS)
            if document.stands(*path, PERSONS) == patients:
                told = document.get(*path, PERSONS)
                document.note((*path, PERSONS), told, "must be given, or patients, not both")
            begins, ends = document.get(*path, "begins"), document.get(*path, "ends")
            hours = document.get(*path, "busiest_h")
            if hours is None:
                continue
            if patients:
                document.note((*path, "busiest_h"), hours, "must go with persons")
            elif None not in (begins, ends) and hours * 3600 > (ends - begins).total_seconds():
                document.note((*path, "busiest_h"), hours, "must be a part of the stretch")


def _check_ids(document: Document[OutcomesTable]) -> None:
    seen: set[str] = set()
    for case in range(document.count("case")):
        name = document.get("case", case, "id")
        if name in seen:
            document.note(("case", case, "id"), name, "must be unique")
        elif name is not None:
            seen.add(name)


def _scenarios(place: Path, names: list[str], log: BreachLog) -> list[Scenario]:
    """Read every scenario; breaches of all of them are told in one error."""
    found: list[Scenario] = []
    breaches = []
    for name in names:
        try:
            found.append(read_scenario(place / name))
        except ScenarioError as error:
            breaches += [replace(one, file=_inside(name, one.file)) for one in error.breaches]
    if breaches:
        raise ScenarioError(tuple(breaches))
    log.done()
    return found


def _inside(name: str, file: str) -> str:
    return f"{name}/{file}" if file else name


def _check_spans(document: Document[OutcomesTable], number: int, scenario: Scenario) -> None:
    rule = "must be a stretch in which a corridor of the case is announced as open"
    for row in range(document.count("case", number, "recorded")):
        path = ("case", number, "recorded", row)
        begins, ends = document.get(*path, "begins"), document.get(*path, "ends")
        if not any(one.opens < ends and begins < one.closes for one in scenario.windows):
            document.note((*path, "begins"), begins, rule)


def _recorded(told: RecordedTable) -> Recorded:
    label = Text(told.label.en, told.label.ar)
    counts = PATIENTS if told.persons is None else PERSONS
    figure = told.patients if told.persons is None else told.persons
    if figure is None:
        # Noted while reading, so that nobody comes here with it.
        raise AssertionError("a record without a figure")
    busiest_s = None if told.busiest_h is None else told.busiest_h * 3600
    return Recorded(label, told.begins, told.ends, figure, told.source, counts, busiest_s)
