"""One byte form for each JSON value (RFC 8785), so that a hash of it means something."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

import rfc8785

from clearway.errors import Breach, LogError
from clearway.model.checks import shown

#: From here on whole numbers are not all doubles.
_DOUBLES: Final = 2**53


def canonical(value: Any) -> bytes:
    """Return ``value`` as canonical JSON (RFC 8785), in UTF-8.

    Parameters
    ----------
    value
        Of what JSON has: dictionaries keyed by texts, lists, texts, numbers, truth values, None.

    Raises
    ------
    LogError
        If JSON has no such value: not a number, infinite, a whole number of 2**53 or more on either
        side of 0, half a surrogate pair, a key that is not text, nested too deep.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        told = "it is nested too deep" if deep else str(error)
        value = type(value).__name__ if deep else shown(value)
        raise _refused(value, f"must be JSON that RFC 8785 can write: {told}") from error


def from_canonical(data: bytes) -> Any:
    """Return the value whose canonical JSON is ``data``.

    Raises
    ------
    LogError
        If ``data`` is not JSON, repeats a key, or is not exactly what ``canonical`` writes: other
        spaces, escapes, digits or an order of keys are refused, for they would have other hashes.
    """
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_whole
        )
    except (ValueError, RecursionError) as error:
        told = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise _refused(repr(data[:60]), f"must be JSON: {told}") from error
    if canonical(value) != data:
        raise _refused(repr(data[:60]), "must be canonical JSON (RFC 8785)")
    return value


def digest(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in 64 small hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        msg = "a key stands twice in one object"
        raise ValueError(msg)
    return held


def _whole(text: str) -> float:
    """Return a whole number; from 2**53 on as the double that RFC 8785 takes it for."""
    value = float(text)
    return int(text) if abs(value) < _DOUBLES else value


def _constant(name: str) -> Any:
    msg = f"{name} is no number of JSON"
    raise ValueError(msg)


def _refused(value: str, rule: str) -> LogError:
    return LogError("not canonical JSON", (Breach("", 0, "json", shown(value), rule),))
