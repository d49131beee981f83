"""Values and counts as people read them."""

from __future__ import annotations

import math
from typing import Final

from clearway.model.checks import shown

#: Characters of a value that are looked at; what is shown is shorter still.
_LOOKED_AT: Final = 200
#: Parts of a person fewer than this are the rounding of floating-point numbers.
_CRUMB: Final = 1e-6


def plain(value: object) -> str:
    """Return ``value`` as one short line without characters that steer a terminal."""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:,.10g}"
    try:
        text = str(value)[:_LOOKED_AT]
    except ValueError:  # Python refuses to spell out a whole number of more than 4,300 digits.
        text = "a number of thousands of digits"
    return shown("".join(map(_visible, text))) or "(empty)"


def _visible(one: str) -> str:
    return one if one.isprintable() else one.encode("unicode_escape", "replace").decode()


def capital(text: str) -> str:
    """Return ``text`` as the beginning of a sentence; codes in it stay as they are."""
    return f"{text[:1].upper()}{text[1:]}" if text.startswith("convoy ") else text


def people(count: float) -> str:
    """Return a number of persons as people read it; parts of a person only below ten."""
    whole = round(count)
    text = f"{count:.2g}" if count < 10 and abs(count - whole) > _CRUMB else f"{whole:,}"
    return f"{text} person" if text == "1" else f"{text} persons"
