"""Keep numbers, codes and foreign words whole inside right-to-left text.

Bidirectional text reorders the parts of a number with separators, of a range or of a coordinate
pair, so that latitude and longitude change places. Each such run stands between U+2066 and
U+2069 here (Unicode Standard Annex 9, explicit directional isolates).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"

#: Control characters, and every character that changes the direction of what follows.
_CONTROLS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)
_WORD: Final = "[A-Za-z0-9\u00c0-\u024f]+"
_JOINT: Final = "[ \u00a0\u202f.,:;/\\\\\\-\u2013\u2212_'\u2019+\u00d7\u00b7&@=]"
#: Latin words and numbers with what joins them, in brackets too; or Arabic-Indic digits.
_RUN: Final = re.compile(
    f"(?:[+\\-\u2212\u00b1\u2264\u2265<>\u2248~#][\u00a0 ]?)?{_WORD}"
    f"(?:{_JOINT}{{1,3}}(?:{_WORD}|\\([^()\u0590-\u08ff\u2066-\u2069]*\\)))*"
    "(?:[ \u00a0\u202f]?[%\u00b0\u2030])?[\u00b2\u00b3]?"
    "|[\u0660-\u0669\u06f0-\u06f9]+(?:[.,:/\u066b\u066c\\-\u2013][\u0660-\u0669\u06f0-\u06f9]+)*"
)
_DASHED_TIMES: Final = re.compile("[0-9]{1,2}:[0-9]{2}\\s*[-\u2013\u2014]\\s*[0-9]{1,2}:[0-9]{2}")
_DIGIT: Final = re.compile("[0-9\u0660-\u0669\u06f0-\u06f9]")


def clean(text: str) -> str:
    """Return ``text`` without control characters and without directional controls.

    Text from outside may carry an override without its end, which would turn round whatever
    follows it.
    """
    return _CONTROLS.sub("", text)


def ltr(text: str) -> str:
    """Return ``text`` as one left-to-right isolate, for a number, a code, a time or a place."""
    return f"{LRI}{text}{PDI}"


def isolate(text: str) -> str:
    """Return ``text`` with every number, code and Latin run isolated; what is stays as it is."""
    parts = []
    for part, inside in _parts(text):
        parts.append(part if inside else _RUN.sub(_wrap, part))
    return "".join(parts)


def unisolated(text: str) -> list[str]:
    """Return each run of ``text`` that a right-to-left reader may see in the wrong order.

    That is a number, or a code with a number, outside every isolate, and a range of times with
    a dash anywhere: ranges are said in words.
    """
    found = [match.group() for match in _DASHED_TIMES.finditer(text)]
    for part, inside in _parts(text):
        if not inside:
            found += [run for run in _RUN.findall(part) if _DIGIT.search(run)]
    return found


def _wrap(match: re.Match[str]) -> str:
    return ltr(match.group())


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of ``text`` in order, and whether each is an isolate."""
    depth = start = 0
    for at, char in enumerate(text):
        if char in {LRI, RLI, FSI}:
            if depth == 0:
                yield text[start:at], False
                start = at
            depth += 1
        elif char == PDI and depth:
            depth -= 1
            if depth == 0:
                yield text[start : at + 1], True
                start = at + 1
    yield text[start:], False
