"""Read a ``plan.json`` (see ``docs/plan-format.md``), or tell everything wrong with it."""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from clearway.errors import ScenarioError
from clearway.model.facts import Text
from clearway.model.plan import PEOPLE, Binding, Level, Movement, Plan, Status
from clearway.model.scenario import Scenario
from clearway.read.breaches import BreachLog
from clearway.read.document import Document
from clearway.read.files import Limits, read_text
from clearway.read.json_text import ListLines, load_object
from clearway.read.schema import OWN_RULE, BothTongues, Id, Moment, Share, Table

FORMAT: Final = "clearway-plan/1"

#: About ten times what a city of a million needs; a file beyond it is not read at all.
LIMITS: Final = Limits(file_bytes=64_000_000, line_bytes=64_000_000)

_MOST: Final = 1_000_000_000


def _time(value: Any) -> Any:
    """Return ISO 8601 text as a moment; anything else is left for the type to refuse."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError(
            OWN_RULE, "must be a moment, such as 2016-10-20T08:00:00+03:00"
        ) from None


def _name(text: str) -> str:
    if not text:
        raise PydanticCustomError(OWN_RULE, "must not be empty")
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in text):
        raise PydanticCustomError(OWN_RULE, "must have no control characters")
    return text


Time = Annotated[Moment, BeforeValidator(_time)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_name)]
Count = Annotated[int, Field(ge=0, le=_MOST)]
Least = Annotated[int, Field(ge=1, le=_MOST)]


class BindingTable(Table):
    """One entry of ``status.binding``."""

    kind: Name
    where: Name
    from_: Annotated[Time, Field(alias="from")]
    until: Time
    worth_persons: float
    text: BothTongues


class StatusTable(Table):
    """``status``."""

    code: Literal["optimal", "time_limit", "partial", "infeasible"]
    reason: BothTongues
    binding: list[BindingTable]


class LevelTable(Table):
    """One entry of ``levels``."""

    name: Literal["people_out", "exposure_person_hours", "hours_until_out"]
    value: float
    bound: float | None
    gap: float | None


class MovementTable(Table):
    """One entry of ``movements``."""

    id: Name
    zone: Name
    group: Name
    corridor: Name
    departure: Time
    first_household: Count
    households: Least
    persons: Least
    route: Annotated[list[Id], Field(min_length=1)]


class PlanTable(Table):
    """The whole file."""

    format: Literal["clearway-plan/1"]
    scenario: Name
    slot_s: Least
    uptake: Share
    willing_persons: Count
    status: StatusTable
    levels: list[LevelTable]
    movements: list[MovementTable]


def read_plan(path: str | os.PathLike[str], scenario: Scenario) -> Plan:
    """Read the plan in the file at ``path``.

    Whether the plan holds is the judge's to say: here only the file is checked. A plan that was
    made for another scenario is read too, its times held against the clock of this one.

    Parameters
    ----------
    path
        An ordinary file, no link to elsewhere.
    scenario
        What the plan is to be used with.

    Raises
    ------
    ScenarioError
        With every breach of the file: row, field, value and rule.
    """
    place = Path(path)
    name = place.name or str(place)
    log = BreachLog([name])
    text = _text(place, log)
    data = load_object(name, text, log) if text is not None else None
    log.done()
    document = Document(name, data, PlanTable, ListLines(text or "", "movements"), log)
    table = document.model
    moves = _movements(document, table, scenario) if table is not None else ()
    log.done()
    if table is None:
        # Whatever keeps a file from its schema is noted, so this would be a defect of the reader.
        raise AssertionError(f"nothing noted about {name}, but it breaks its schema")
    return Plan(
        scenario=table.scenario,
        movements=moves,
        levels=tuple(_level(level) for level in table.levels),
        status=_status(table.status, scenario),
        willing_persons=table.willing_persons,
        uptake=table.uptake,
    )


def _text(path: Path, log: BreachLog) -> str | None:
    try:
        folder = path.parent.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        log.add(path.name, 0, "file", type(error).__name__, "must be readable")
        return None
    if "\0" in path.name or path.name in {"", ".."}:
        log.add(path.name or ".", 0, "file", path, "must be the name of a file")
        return None
    return read_text(folder, path.name, LIMITS, log)


def _movements(
    document: Document[PlanTable], table: PlanTable, scenario: Scenario
) -> tuple[Movement, ...]:
    """Return the movements; note what no schema can say."""
    if table.slot_s != scenario.planning.slot_s:
        rule = f"must be {scenario.planning.slot_s}, the scenario's length of a slot in seconds"
        document.note(("slot_s",), table.slot_s, rule)
    _check_unique(document, "movements", [movement.id for movement in table.movements])
    _check_unique(document, "levels", [level.name for level in table.levels])
    made = (_movement(document, n, one, scenario) for n, one in enumerate(table.movements))
    return tuple(move for move in made if move is not None)


def _check_unique(document: Document[PlanTable], key: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for n, name in enumerate(names):
        if name in seen:
            document.note((key, n), name, "must be unique")
        seen.add(name)


def _movement(
    document: Document[PlanTable], n: int, table: MovementTable, scenario: Scenario
) -> Movement | None:
    try:
        return Movement(
            id=table.id,
            zone=table.zone,
            group=table.group,
            corridor=table.corridor,
            links=tuple(table.route),
            depart_s=scenario.seconds(table.departure),
            first_household=table.first_household,
            households=table.households,
            persons=table.persons,
        )
    except ScenarioError as error:
        for breach in error.breaches:
            field = breach.field.rpartition(".")[2]
            document.note(("movements", n, field), breach.value, breach.rule)
        return None


def _level(table: LevelTable) -> Level:
    """Return a level; without a bound, one that bounds nothing."""
    endless = math.inf if table.name == PEOPLE else -math.inf
    return Level(table.name, table.value, endless if table.bound is None else table.bound)


def _status(table: StatusTable, scenario: Scenario) -> Status:
    binding = tuple(
        Binding(
            kind=one.kind,
            where=one.where,
            from_s=scenario.seconds(one.from_),
            until_s=scenario.seconds(one.until),
            worth_persons=one.worth_persons,
            text=_both(one.text),
        )
        for one in table.binding
    )
    return Status(table.code, _both(table.reason), binding)


def _both(table: BothTongues) -> Text:
    return Text(table.en, table.ar)
