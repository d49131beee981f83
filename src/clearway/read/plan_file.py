"""Read a ``plan.json`` (see ``docs/plan-format.md``), or tell everything wrong with it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from clearway.errors import ScenarioError
from clearway.model.facts import Text
from clearway.model.plan import EXPOSURE, HOURS, Binding, Level, Movement, Plan, Status
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario, row_of
from clearway.read.breaches import BreachLog
from clearway.read.document import Document
from clearway.read.document import Path as KeyPath
from clearway.read.duty_build import convoys_of, duties_of
from clearway.read.files import Limits, held_text, read_text
from clearway.read.json_text import ListLines, load_object
from clearway.read.plan_schema import (
    LevelTable,
    MovementTable,
    PlanTable,
    RulesTable,
    StatusTable,
)
from clearway.read.schema import BothTongues

#: About ten times what a city of a million needs; a file beyond it is not read at all.
LIMITS: Final = Limits(file_bytes=64_000_000, line_bytes=64_000_000)


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
    return _plan(name, _text(place, log), scenario, log)


def plan_in(files: Mapping[str, bytes], name: str, scenario: Scenario) -> Plan:
    """Read the plan in the file ``name`` among ``files`` in memory.

    Raises
    ------
    ScenarioError
        With every breach of the file, as :func:`read_plan` tells them.
    """
    log = BreachLog([name])
    return _plan(name, held_text(files, name, LIMITS, log), scenario, log)


def _plan(name: str, text: str | None, scenario: Scenario, log: BreachLog) -> Plan:
    data = load_object(name, text, log) if text is not None else None
    log.done()
    document = Document(name, data, PlanTable, _lines(text or ""), log)
    table = document.model
    log.done()
    if table is None:
        # Whatever keeps a file from its schema is noted, so this would be a defect of the reader.
        raise AssertionError(f"nothing noted about {name}, but it breaks its schema")
    moves = _movements(document, table, scenario)
    duties = duties_of(document, table, scenario)
    convoys = convoys_of(document, table, scenario)
    if table.rules is not None:
        _check_rules(document, table.rules, scenario)
    log.done()
    return Plan(
        scenario=table.scenario,
        movements=moves,
        levels=tuple(_level(level) for level in table.levels),
        status=_status(table.status, scenario),
        willing_persons=table.willing_persons,
        uptake=table.uptake,
        rules=_rules(table.rules, scenario) if table.rules is not None else None,
        duties=duties,
        convoys=convoys,
    )


def _lines(text: str) -> Callable[[KeyPath], int]:
    """Return what tells the line of a movement, duty, convoy, gate's rule and last departure."""
    wheres = (
        *(("movements",), ("duties",), ("convoys",)),
        *(("rules", "gates"), ("rules", "last_departures")),
    )
    lists = [ListLines(text, *where) for where in wheres]
    return lambda path: max(lines(path) for lines in lists)


def _text(path: Path, log: BreachLog) -> str | None:
    try:
        folder = path.parent.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        log.add(path.name, 0, "file", type(error).__name__, "must be readable")
        return None
    if "\0" in path.name or path.name in {"", ".."}:
        log.add_path(path.name or ".", "file", path, "must be the name of a file")
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
    _check_unique(document, "duties", [duty.id for duty in table.duties])
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
            span_s=table.span_s,
        )
    except ScenarioError as error:
        for breach in error.breaches:
            field = breach.field.rpartition(".")[2]
            document.note(("movements", n, field), breach.value, breach.rule)
        return None


def _check_rules(document: Document[PlanTable], rules: RulesTable, scenario: Scenario) -> None:
    """Note rules for what the scenario does not have, and rules that stand twice."""
    groups = {group.id for group in scenario.groups}
    known = {
        "corridor": {corridor.id for corridor in scenario.corridors},
        "zone": {zone.id for zone in scenario.zones},
        "group": groups,
    }
    gates: set[str] = set()
    for n, gate in enumerate(rules.gates):
        path: KeyPath = ("rules", "gates", n)
        _check_known(document, (*path, "corridor"), gate.corridor, known["corridor"])
        if gate.corridor in gates:
            document.note((*path, "corridor"), gate.corridor, "must be unique")
        gates.add(gate.corridor)
        _check_groups(document, (*path, "last_entry_s"), gate.last_entry_s, groups)
        if gate.last_entry_recheck_s is not None:
            again = (*path, "last_entry_recheck_s")
            _check_groups(document, again, gate.last_entry_recheck_s, groups)
    seen: set[tuple[str, str, str]] = set()
    for n, one in enumerate(rules.last_departures):
        path = ("rules", "last_departures", n)
        for key, ids in known.items():
            _check_known(document, (*path, key), getattr(one, key), ids)
        key_of = (one.zone, one.group, one.corridor)
        if key_of in seen:
            document.note(path, " ".join(key_of), "must be unique")
        seen.add(key_of)


def _check_groups(
    document: Document[PlanTable], path: KeyPath, told: Mapping[str, float], groups: set[str]
) -> None:
    for name in told:
        _check_known(document, (*path, name), name, groups)
    for name in sorted(groups - set(told)):
        document.note((*path, name), "", "must be given")


def _check_known(document: Document[PlanTable], path: KeyPath, name: str, known: set[str]) -> None:
    if name not in known:
        document.note(path, name, "must be an id in the scenario")


def _rules(table: RulesTable, scenario: Scenario) -> Rules:
    place = row_of(scenario.corridors)
    # In the scenario's order, whatever the file's: others go through both side by side.
    gates = sorted(table.gates, key=lambda gate: place[gate.corridor])
    return Rules(
        risk=table.risk,
        gates=tuple(
            GateRule(
                corridor=gate.corridor,
                hold_queue_persons=_cap(gate.hold_queue_persons),
                hold_called_persons=_cap(gate.hold_called_persons),
                open_persons=_cap(gate.open_persons),
                last_entry_s=_by_group(scenario, gate.last_entry_s),
                turn_m=gate.turn_m,
                last_entry_recheck_s=_by_group(scenario, gate.last_entry_recheck_s),
                open_recheck_persons=_cap(gate.open_recheck_persons),
            )
            for gate in gates
        ),
        last_departures=tuple(
            LastDeparture(one.zone, one.group, one.corridor, one.before_s)
            for one in table.last_departures
        ),
    )


def _by_group(scenario: Scenario, told: Mapping[str, float] | None) -> tuple[float, ...]:
    return tuple(told[group.id] for group in scenario.groups) if told is not None else ()


def _cap(persons: float | None) -> float:
    return math.inf if persons is None else persons


def _level(table: LevelTable) -> Level:
    """Return a level; without a bound, one that bounds nothing."""
    endless = -math.inf if table.name in {EXPOSURE, HOURS} else math.inf
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
