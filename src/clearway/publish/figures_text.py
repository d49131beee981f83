"""Numbers, places, moments and words as they stand in the files of a scenario."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from clearway.model.facts import SPLIT, Estimate, Text

#: Characters that a TOML basic string must escape, beside the other controls.
_ESCAPES: Final = {
    "\\": "\\\\",
    '"': '\\"',
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}

#: A degree to this many decimals is 0.11 m; finer than any street line is known.
_DEGREE_DECIMALS: Final = 6

Point = tuple[float, float]


def estimate_toml(estimate: Estimate, *, times: float = 1, per: float = 1) -> str:
    """Return a number with its range, each ``times`` one factor and ``per`` another."""
    values = (estimate.low, estimate.central, estimate.high)
    low, central, high = (figure(value * times / per) for value in values)
    source = string(estimate.source)
    shape = "" if estimate.shape == SPLIT else f", shape = {string(estimate.shape)}"
    return f"{{ low = {low}, central = {central}, high = {high}, source = {source}{shape} }}"


def text_toml(text: Text) -> str:
    """Return words in two languages."""
    return f"{{ en = {string(text.en)}, ar = {string(text.ar)} }}"


def moment_line(key: str, moment: datetime | None, local: ZoneInfo) -> list[str]:
    """Return the line of a moment in local time; none where there is no moment."""
    return [] if moment is None else [f"{key} = {moment_toml(moment, local)}"]


def moment_toml(moment: datetime, local: ZoneInfo) -> str:
    """Return a moment in local time with its offset."""
    return moment.astimezone(local).isoformat()


def string(value: str) -> str:
    """Return ``value`` as a TOML basic string; Arabic stays readable, controls are escaped."""
    return '"' + "".join(map(_character, value)) + '"'


def _character(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    control = ord(one) < 0x20 or ord(one) == 0x7F
    return f"\\u{ord(one):04X}" if control else one


def point(place: Point) -> str:
    """Return a place as a list of degrees, lon lat."""
    return f"[{degrees(place[0])}, {degrees(place[1])}]"


def degrees(value: float) -> str:
    """Return degrees to some 0.1 m."""
    return decimal(value, _DEGREE_DECIMALS)


def decimal(value: float, places: int) -> str:
    """Return a number to so many places, without zeros at its end."""
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def figure(value: float) -> str:
    """Return ten significant digits: enough to undo a change of units, no noise of it."""
    return f"{value:.10g}"
