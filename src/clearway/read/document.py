"""A nested document (TOML or JSON) held against its schema, breach by breach."""

from __future__ import annotations

import difflib
import types
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from clearway.read.breaches import BreachLog
from clearway.read.schema import CODE_RULE, OWN_RULE

T = TypeVar("T", bound=BaseModel)

#: Breaches of a schema that are told one by one; the rest of a hopeless file is counted.
_TOLD: Final = 5_000

#: Where a value stands: keys, and places in lists counted from 0.
Path = tuple[str | int, ...]

_RULES: Final[Mapping[str, str]] = types.MappingProxyType(
    {
        "missing": "must be given",
        "string_type": "must be text in quotes",
        "string_pattern_mismatch": CODE_RULE,
        "string_too_long": "must have at most {max_length} characters",
        "bool_type": "must be true or false",
        "int_type": "must be a whole number",
        "float_type": "must be a number",
        "finite_number": "must be a finite number",
        "greater_than": "must be above {gt}",
        "greater_than_equal": "must be {ge} or more",
        "less_than_equal": "must be {le} or less",
        "list_type": "must be a list",
        "too_short": "must have at least {min_length}",
        "too_long": "must have at most {max_length}",
        "model_type": "must be a table of keys",
        "dict_type": "must be a table of keys",
        "datetime_type": "must be a moment, such as 2016-10-20T08:00:00+03:00",
        "timezone_aware": "must carry a time zone, such as +03:00",
        "literal_error": "must be {expected}",
        OWN_RULE: "{rule}",
    }
)


class Document(Generic[T]):
    """What one file says, which of it breaches its schema, and the rest for further checks.

    Attributes
    ----------
    model
        The whole document as its schema types it; None where anything breaches the schema.
    """

    def __init__(
        self,
        file: str,
        data: object,
        schema: type[T],
        lines: Callable[[Path], int],
        log: BreachLog,
    ) -> None:
        """Hold ``data`` against ``schema``.

        Parameters
        ----------
        file
            Name of the file.
        data
            What stands in it: nested mappings and lists.
        schema
            What may stand in it.
        lines
            Gives the line at which a path stands, 0 if it is not known.
        log
            Where breaches are noted.
        """
        self._file, self._data, self._schema = file, data, schema
        self._lines, self._log = lines, log
        self._bad: set[Path] = set()
        self._holds_bad: set[Path] = set()
        self.model: T | None = None
        try:
            self.model = schema.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
            for detail in details[:_TOLD]:
                self._note_detail(detail)
            if len(details) > _TOLD:
                rest = f"and {len(details) - _TOLD:,} more"
                log.add(file, 0, rest, "", "must keep the rules of its keys")

    def get(self, *path: str | int) -> Any:
        """Return what stands at ``path``, or None where nothing does or it breaches a rule."""
        parents = (path[:n] for n in range(len(path) + 1))
        if path in self._holds_bad or any(parent in self._bad for parent in parents):
            return None
        return self._raw(path)

    def stands(self, *path: str | int) -> bool:
        """Tell whether anything stands at ``path``, be it right or wrong."""
        return self._raw(path) is not None

    def count(self, *path: str | int) -> int:
        """Return the number of entries of the list at ``path``; 0 if it breaks a rule itself."""
        entries = self._raw(path) if path not in self._bad else None
        return len(entries) if isinstance(entries, list) else 0

    def note(self, path: Path, value: object, rule: str) -> None:
        """Note that ``value`` at ``path`` breaches ``rule``."""
        self._mark(path)
        self._log.add(self._file, self._lines(path), dotted(path), value, rule)

    def _raw(self, path: Path) -> Any:
        at: Any = self._data
        for part in path:
            try:
                at = at[part]
            except (KeyError, IndexError, TypeError):
                return None
        return at

    def _note_detail(self, detail: ErrorDetails) -> None:
        kind, path = detail["type"], detail["loc"]
        if kind == "extra_forbidden":
            self.note(path, detail["input"], self._known_keys(path))
        elif kind == "missing":
            self.note(path, "", _RULES[kind])
        else:
            limits = {name: _limit(value) for name, value in detail.get("ctx", {}).items()}
            rule = (
                _RULES[kind].format(rule=detail["msg"], **limits)
                if kind in _RULES
                else (detail["msg"])
            )
            self.note(path, detail["input"], rule)

    def _known_keys(self, path: Path) -> str:
        """Say which key was probably meant: a wrong unit is the commonest unknown key."""
        known = sorted(_table_at(self._schema, path[:-1]).model_fields)
        return unknown_name(str(path[-1]), known, "key")

    def _mark(self, path: Path) -> None:
        self._bad.add(path)
        self._holds_bad.update(path[:n] for n in range(len(path)))


def dotted(path: Path) -> str:
    """Return ``path`` as people write it: ``corridor[2].gate``, places counted from 1."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "file"


def unknown_name(name: str, known: list[str], kind: str) -> str:
    """Return the rule that the unknown ``name`` breaks: which ``known`` one was meant, if any."""
    stem = name.partition("_")[0]
    near = [one for one in known if one.partition("_")[0] == stem]
    close = difflib.get_close_matches(name, near or known, n=1, cutoff=0.0 if near else 0.6)
    if close:
        # Units stand at the end of names, so the name that is meant tells the unit that is meant.
        return f"must be {close[0]}: no other name or unit is known here"
    return f"must be a known {kind}: one of {', '.join(known)}"


def _limit(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _table_at(schema: type[BaseModel], path: Path) -> type[BaseModel]:
    """Return the table that a schema has at ``path``."""
    table = schema
    for part in path:
        if isinstance(part, str):
            table = _table_in(table.model_fields[part].annotation) or table
    return table


def _table_in(annotation: Any) -> type[BaseModel] | None:
    """Return the table that a field is, or that its list holds."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, BaseModel) else None
    return next(filter(None, map(_table_in, get_args(annotation))), None)
