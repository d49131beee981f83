"""Moments as people write them: in local time wherever a scenario says whose, else with a zone.

Nothing heavy is imported here: who writes a line into the log waits for no reader of scenarios.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from clearway.errors import Breach, ScenarioError
from clearway.operate.run_lock import open_lock
from clearway.publish.bundle.archive import unzipped

#: Gives the time zone of the scenario at hand, or None if there is none; asked where it matters.
Zone = Callable[[], str | None]

EXAMPLE: Final = "2016-10-20T11:20"
#: Beyond these no calendar can be asked.
_YEARS: Final = range(1900, 2200)
_FORM: Final = f"must be a moment to the second, such as {EXAMPLE}"
_BARE: Final = (
    f"must be a moment with its zone, such as {EXAMPLE}+03:00: no scenario is at hand whose local "
    "time it could be"
)
_CHANGED: Final = (
    f"is no hour, or two, of a night in which clocks change: add its zone, as in {EXAMPLE}+03:00"
)
_SCENARIO: Final = "scenario.toml"
#: Where the scenario's table stands in its own folder, and in that of a running pause.
_PLACES: Final = (_SCENARIO, f"scenario/{_SCENARIO}")
_LOCKED: Final = "scenario.zip.age"


def moment(text: str, field: str, zone: Zone) -> datetime:
    """Return the moment that ``text`` names.

    Parameters
    ----------
    text
        ISO 8601, with a zone or without: then it is local time of the scenario at hand.
    field
        What it was written for, to be named if it is refused: ``--now``.
    zone
        Asked if the text has none.

    Raises
    ------
    ScenarioError
        If it is no moment to the second; if it has no zone, and no scenario is at hand or clocks
        change then.
    """
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise _refused(field, text, _FORM) from None
    if told.year not in _YEARS or told.microsecond or _is_day(text):
        raise _refused(field, text, _FORM)
    if told.tzinfo is not None:
        return told
    name = zone()
    if name is None:
        raise _refused(field, text, _BARE)
    local = told.replace(tzinfo=ZoneInfo(name))
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise _refused(field, text, _CHANGED)
    return local


def moment_or_now(text: str | None, field: str, zone: Zone) -> datetime:
    """Return the moment that ``text`` names, as :func:`moment` does; this one for None."""
    return datetime.now(UTC) if text is None else moment(text, field, zone)


def zone_of(paths: Iterable[Path], secret: Callable[[], str | None]) -> str | None:
    """Return the time zone of the scenario in folders; None if there is none, or no single one.

    Parameters
    ----------
    paths
        Folders of scenarios or running pauses; others say nothing.
    secret
        Passphrase of an encrypted folder, asked for if there is one.

    Raises
    ------
    LogError
        If an encrypted folder does not open with the passphrase.
    """
    return _single(one for path in paths for one in _tables(path, secret))


def zone_in(files: Mapping[str, bytes]) -> str | None:
    """Return the time zone of the scenario among files; None if there is none, or no single one."""
    return _single(one for name, one in files.items() if Path(name).name == _SCENARIO)


def _tables(path: Path, secret: Callable[[], str | None]) -> Iterator[bytes]:
    for name in _PLACES:
        if (path / name).is_file():
            yield (path / name).read_bytes()
    if (path / _LOCKED).is_file():
        files, _ = unzipped(open_lock(path, secret()).opened(path / _LOCKED))
        yield from (one for name, one in files.items() if name == _SCENARIO)


def _single(tables: Iterable[bytes]) -> str | None:
    found = {_zone(one) for one in tables}
    return found.pop() if len(found) == 1 else None


def _zone(table: bytes) -> str | None:
    """Return the zone that a scenario's table names; whoever reads all of it tells its faults."""
    with suppress(ValueError, KeyError, OSError, RecursionError):
        name = tomllib.loads(table.decode("utf-8"))["timezone"]
        return ZoneInfo(name).key if isinstance(name, str) else None
    return None


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        date.fromisoformat(text)
        return True
    return False


def _refused(field: str, text: str, rule: str) -> ScenarioError:
    return ScenarioError((Breach("", 0, field, text[:60], rule),))
