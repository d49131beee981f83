"""Load JSON text that may be broken, and tell the line at which an entry of a list stands."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any, Final

from clearway.read.breaches import BreachLog
from clearway.read.document import Path

_BETWEEN: Final = re.compile(r"[\s,]*")


def load_object(
    file: str, text: str, log: BreachLog, kind: str = "JSON object"
) -> dict[str, Any] | None:
    """Return the JSON object that ``text`` holds, or None with the reason noted.

    Parameters
    ----------
    file
        Name of the file, for the log.
    text
        What stands in it.
    log
        Where breaches are noted: no JSON, no object, or a key that stands twice.
    kind
        What the object is, for the rule.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        keys = [key for key, _ in pairs] if len(table) < len(pairs) else []
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            log.add(file, 0, key, f"{keys.count(key)} times", "must stand once in its object")
        return table

    try:
        data: object = json.loads(text, object_pairs_hook=once)
    except RecursionError:
        log.add(file, 0, "file", "", "must be JSON: it is nested too deep")
    except json.JSONDecodeError as error:
        log.add(file, error.lineno, "file", "", f"must be JSON: {error.msg}")
    except ValueError:
        log.add(file, 0, "file", "", "must be JSON: it has a number of thousands of digits")
    else:
        if isinstance(data, dict):
            return data
        log.add(file, 1, "file", data, f"must be a {kind}")
    return None


class ListLines:
    """Lines of the entries of one list in a JSON text, found when first asked for."""

    def __init__(self, text: str, *where: str) -> None:
        """Keep ``text``, which is valid JSON; the list stands under the keys ``where``.

        The last of these keys stands over no other list in the text.
        """
        self._text, self._where = text, where

    def __call__(self, path: Path) -> int:
        """Return the line at which the entry that holds ``path`` begins; 0 if unknown."""
        depth = len(self._where)
        entry = path[depth] if len(path) > depth and path[:depth] == self._where else None
        if not isinstance(entry, int):
            return 0
        return self._lines[entry] if entry < len(self._lines) else 0

    @cached_property
    def _lines(self) -> list[int]:
        opening = re.search(rf'"{re.escape(self._where[-1])}"\s*:\s*\[', self._text)
        lines: list[int] = []
        decoder = json.JSONDecoder()
        line, counted, at = 1, 0, opening.end() if opening else len(self._text)
        while True:
            between = _BETWEEN.match(self._text, at)
            at = between.end() if between else at
            try:
                _, end = decoder.raw_decode(self._text, at)
            except ValueError:  # the end of the list
                return lines
            line += self._text.count("\n", counted, at)
            lines.append(line)
            counted, at = at, end
