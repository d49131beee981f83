"""Columns of whole numbers as short text: differences, zigzag, variable-length bytes, base64."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

#: Degrees of one unit of packed coordinates: about a metre.
UNIT_DEGREES = 1e-5


def packed(values: NDArray[np.int64]) -> str:
    """Return whole numbers of any sign in base64, seven bits a byte, the lowest first."""
    zigzag = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    length = np.ones(len(zigzag), dtype=np.int64)
    for bits in range(7, 63, 7):
        length += zigzag >= np.uint64(1 << bits)
    end = np.cumsum(length)
    out = np.zeros(int(end[-1]) if len(end) else 0, dtype=np.uint8)
    left, at, more = zigzag, end - length, length
    while len(left):
        byte = (left & np.uint64(127)).astype(np.uint8)
        out[at] = np.where(more > 1, byte | 128, byte)
        going = more > 1
        left, at, more = left[going] >> np.uint64(7), at[going] + 1, more[going] - 1
    return base64.b64encode(out.tobytes()).decode("ascii")


def packed_steps(values: NDArray[np.int64]) -> str:
    """Return whole numbers as :func:`packed` differences, the first from zero."""
    return packed(np.diff(values, prepend=0))


def units(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return degrees in packed units, rounded."""
    return np.asarray(np.round(degrees / UNIT_DEGREES), dtype=np.int64)
