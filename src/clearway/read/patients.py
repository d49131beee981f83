"""Read ``patients.csv``: patients by code alone, where they are, and what they need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import POSTURES, STATES, SYSTEMS, Patient
from clearway.model.fleet import CARE
from clearway.read import tables
from clearway.read.breaches import BreachLog
from clearway.read.files import Limits
from clearway.read.identity import CODE_RULE, IDENTITY_RULE, finds_somebody, is_code, is_identity
from clearway.read.schema import YEARS
from clearway.read.tables import Kind, Table, read_table

PATIENT_FILE: Final = "patients.csv"
PATIENT_LIMITS: Final = Limits(16_000_000, 10_000)

#: Hospitals that one patient may refuse by name.
_MOST_REFUSED: Final = 100
_UNTOLD: Final = "not repeated here"


def _cells(_: Sequence[str]) -> NDArray[Any] | None:
    """Return None: every cell is looked at."""
    return None


def _kind(rule: str, cell: Callable[[str], Any], filler: Any = "") -> Kind:
    return Kind(rule, cell, _cells, filler)


def _text(text: str) -> str | None:
    # What is no code is told by ``check_patients``, which does not repeat what finds somebody.
    return text or None


def _moment(text: str) -> datetime | str | None:
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    whole = moment.tzinfo is not None and not moment.microsecond
    return moment if whole and YEARS[0] <= moment.year <= YEARS[1] else None


def _code_or_none(text: str) -> str | None:
    return text if not text else tables.code().cell(text)


def _codes(text: str) -> tuple[str, ...] | None:
    codes = tuple(text.split())
    known = all(tables.code().cell(one) is not None for one in codes)
    few = len(codes) <= _MOST_REFUSED
    return codes if known and few and len(set(codes)) == len(codes) else None


_MOMENT_RULE: Final = "must be empty or a moment with its offset, such as 2016-10-20T09:00:00+03:00"
PATIENT_COLUMNS: Final[dict[str, Kind]] = {
    "code": _kind(CODE_RULE, _text),
    "zone_id": tables.code(),
    "category": tables.code(),
    "posture": tables.choice(*POSTURES),
    "companions": tables.whole(0, 9),
    "bed": tables.code(),
    "care": tables.choice(*CARE),
    "ready": _kind(_MOMENT_RULE, _moment),
    "accepts": _kind("must be empty or the id of a hospital", _code_or_none),
    "refuses": _kind(
        f"must be empty or ids of hospitals with spaces between, each once, at most "
        f"{_MOST_REFUSED}",
        _codes,
        (),
    ),
    "state": tables.choice(*STATES),
}


def read_patients(text: str, log: BreachLog) -> Table | None:
    """Return the table in ``text``, or None where not even its header can be read.

    Parameters
    ----------
    text
        What stands in ``patients.csv``.
    log
        Where breaches are noted, columns that would say who somebody is among them.
    """
    table = read_table(PATIENT_FILE, text, PATIENT_COLUMNS, log, refused=_refused)
    if table is not None and table.has("code"):
        _check_codes(table, log)
    return table


def _refused(column: str) -> str | None:
    return IDENTITY_RULE if is_identity(column) else None


def _check_codes(table: Table, log: BreachLog) -> None:
    codes = table.columns["code"].tolist()
    good = np.array([is_code(code) for code in codes], dtype=bool)
    for row in np.flatnonzero(~good & table.good["code"]).tolist():
        value = _UNTOLD if finds_somebody(codes[row]) else codes[row]
        log.add(table.file, int(table.line[row]), "code", value, CODE_RULE)
    table.good["code"] &= good
    table.check_unique(log, "code")


def check_patients(
    table: Table,
    log: BreachLog,
    *,
    system: str | None,
    zones: set[str] | None,
    hospitals: set[str] | None,
) -> None:
    """Note categories of another triage system, and zones and hospitals that are not there.

    Parameters
    ----------
    table
        ``patients.csv``.
    log
        Where breaches are noted.
    system
        One of ``SYSTEMS``; None if unknown.
    zones, hospitals
        Every id; None where one breaks a rule of its own, and may be meant.
    """
    if table.has("category") and system is not None:
        words = list(SYSTEMS[system])
        found = np.isin(table.columns["category"].astype(str), words)
        rule = f"must be one of {', '.join(words)}: the categories of {system}"
        table.note(log, "category", table.good["category"] & ~found, rule)
    if table.has("zone_id") and zones is not None:
        found = np.isin(table.columns["zone_id"].astype(str), list(zones))
        rule = "must be the id of a zone in zones.geojson"
        table.note(log, "zone_id", table.good["zone_id"] & ~found, rule)
    if hospitals is not None:
        _check_hospitals(table, log, hospitals)
    if table.has("accepts", "refuses"):
        good = table.all_good("accepts", "refuses").tolist()
        pairs = zip(*(table.columns[name].tolist() for name in ("accepts", "refuses")), strict=True)
        both = [fine and one in others for fine, (one, others) in zip(good, pairs, strict=True)]
        rule = "must not stand in refuses as well"
        table.note(log, "accepts", np.array(both, dtype=bool), rule)


def _check_hospitals(table: Table, log: BreachLog, hospitals: set[str]) -> None:
    rule = "must be the id of a hospital in scenario.toml"
    for name in ("accepts", "refuses"):
        if not table.has(name):
            continue
        for row, told in enumerate(table.columns[name].tolist()):
            named = told if isinstance(told, tuple) else (told,) if told else ()
            for one in named:
                if table.good[name][row] and one not in hospitals:
                    log.add(table.file, int(table.line[row]), name, one, rule)


def patients_of(table: Table, local: ZoneInfo) -> tuple[Patient, ...]:
    """Return the patients of a table that keeps every rule, their moments in ``local`` time."""
    columns = (table.columns[name].tolist() for name in PATIENT_COLUMNS)
    rows = (dict(zip(PATIENT_COLUMNS, cells, strict=True)) for cells in zip(*columns, strict=True))
    return tuple(_patient(row, local) for row in rows)


def _patient(row: dict[str, Any], local: ZoneInfo) -> Patient:
    ready = row["ready"]
    return Patient(
        code=row["code"],
        zone=row["zone_id"],
        category=row["category"],
        posture=row["posture"],
        companions=row["companions"],
        bed=row["bed"],
        care=row["care"],
        ready=ready.astimezone(local) if ready else None,
        accepts=row["accepts"],
        refuses=row["refuses"],
        state=row["state"],
    )
