"""Read TOML, and tell the line at which each of its keys stands."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cached_property
from typing import Any, Final

from clearway.read.breaches import BreachLog
from clearway.read.document import Path

#: Keys nested deeper than any format needs; parsing them takes time that grows with the square.
_DEEPEST: Final = 16
_DEEP: Final = re.compile(
    rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_DEEPEST}}}"""
)

_PLACE: Final = re.compile(r"\(at line (\d+), column \d+\)")

_TOKEN: Final = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}'''  # text over several lines, with the quotes that end it
    r"""|'''.*?'{3,5}"""
    r'''|"(?:[^"\\\n]|\\.)*"'''
    r"""|'[^'\n]*'"""
    r"""|\#[^\n]*"""
    r"""|[\[\]{}=,\n]"""
    r"""|[^\s\[\]{}=,\#"']+""",
    re.DOTALL,
)


def load_toml(file: str, text: str, log: BreachLog) -> dict[str, Any] | None:
    """Return what TOML ``text`` says, or None with the reason noted.

    Parameters
    ----------
    file
        Name of the file, for the log.
    text
        What stands in it.
    log
        Where a breach is noted.
    """
    deep = _DEEP.search(text)
    if deep:
        row = text.count("\n", 0, deep.start()) + 1
        log.add(file, row, "file", deep.group(), f"must nest keys less than {_DEEPEST} deep")
        return None
    try:
        return tomllib.loads(text)
    except RecursionError:
        log.add(file, 0, "file", "", "must be TOML: it is nested too deep")
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of digits
        place = _PLACE.search(str(error))
        rule = _PLACE.sub("", str(error)).strip()
        log.add(file, int(place[1]) if place else 0, "file", "", f"must be TOML: {rule}")
    return None


class TomlLines:
    """Lines of keys and list entries in a TOML text, found when first asked for."""

    def __init__(self, text: str) -> None:
        """Keep ``text``, which is valid TOML."""
        self._text = text

    def __call__(self, path: Path) -> int:
        """Return the line of ``path``, or of the nearest table or list around it; 0 if none."""
        around = (path[:n] for n in range(len(path), 0, -1))
        return next((self._lines[at] for at in around if at in self._lines), 0)

    @cached_property
    def _lines(self) -> dict[Path, int]:
        try:
            return _Scan(self._text).lines
        except (RecursionError, IndexError):
            return {}


class _Scan:
    """One pass over the tokens of a valid TOML text."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens: list[tuple[str, int]] = []
        self._at = 0
        self._entries: Counter[Path] = Counter()
        line, end = 1, 0
        for match in _TOKEN.finditer(text):
            line += text.count("\n", end, match.start())
            end = match.start()
            if not match.group().startswith("#"):
                self._tokens.append((match.group(), line))
        self._tokens.append(("\n", line))
        self._document()

    def _document(self) -> None:
        table: Path = ()
        while self._at < len(self._tokens):
            piece, _ = self._tokens[self._at]
            if piece == "\n":
                self._at += 1
            elif piece == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        """Take ``[a.b]`` or ``[[a.b]]``; return the table that it opens."""
        line = self._tokens[self._at][1]
        of_list = self._tokens[self._at + 1][0] == "["
        self._at += 2 if of_list else 1
        path = self._resolved(self._key("]"))
        self._at += 2 if of_list else 1
        if of_list:
            path = (*path, self._entries[path])
            self._entries[path[:-1]] += 1
        self.lines.setdefault(path, line)
        return path

    def _resolved(self, key: Path) -> Path:
        """Return ``key`` with the last entry of each list of tables on its way, but at its end."""
        path: Path = ()
        for part in key:
            path = (*path, self._entries[path] - 1) if self._entries[path] else path
            path = (*path, part)
        return path

    def _pair(self, table: Path) -> None:
        line = self._tokens[self._at][1]
        path = (*table, *self._key("="))
        self._at += 1
        self.lines.setdefault(path, line)
        self._value(path)

    def _key(self, end: str) -> Path:
        """Take a dotted key up to the piece ``end``."""
        parts: list[str] = []
        while self._tokens[self._at][0] != end:
            piece = self._tokens[self._at][0]
            quoted = piece[0] in "\"'"
            parts += [piece[1:-1]] if quoted else [part for part in piece.split(".") if part]
            self._at += 1
        return tuple(parts)

    def _value(self, path: Path) -> None:
        piece, _ = self._tokens[self._at]
        if piece == "[":
            self._list(path)
        elif piece == "{":
            self._table(path)
        else:
            # A date and a time with a space between them are two tokens.
            while self._tokens[self._at][0] not in {",", "]", "}", "\n"}:
                self._at += 1

    def _list(self, path: Path) -> None:
        self._at += 1
        place = 0
        while self._tokens[self._at][0] != "]":
            piece, line = self._tokens[self._at]
            if piece in {",", "\n"}:
                self._at += 1
            else:
                self.lines[*path, place] = line
                self._value((*path, place))
                place += 1
        self._at += 1

    def _table(self, path: Path) -> None:
        self._at += 1
        while self._tokens[self._at][0] != "}":
            if self._tokens[self._at][0] in {",", "\n"}:
                self._at += 1
            else:
                self._pair(path)
        self._at += 1
