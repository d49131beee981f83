"""Many codes at once: the QR symbols of a whole pack in one go.

A symbol's fixed patterns come from ``segno``, one symbol for all; what differs from page to page
(ISO/IEC 18004: codewords, Reed-Solomon, interleaving, placement, mask) is worked out for all pages
together, some thirty times as fast as one after another. Tests hold each symbol against
``segno``'s own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import segno
from numpy.typing import NDArray
from segno import consts

from clearway.errors import Breach, ScenarioError

#: White modules around a symbol (ISO/IEC 18004 asks for four).
QUIET: Final = 4
_ERROR: Final = "m"
#: One pattern over all symbols: signatures are as random as the best of the eight could make them.
_MASK: Final = 3

#: Of each version from 1 at error level M: codewords of correction in a block; blocks and codewords
#: of data in each, of the first and of the second kind (ISO/IEC 18004, table 9).
_BLOCKS: Final = (
    *((10, 1, 16, 0, 0), (16, 1, 28, 0, 0), (26, 1, 44, 0, 0), (18, 2, 32, 0, 0)),
    *((24, 2, 43, 0, 0), (16, 4, 27, 0, 0), (18, 4, 31, 0, 0), (22, 2, 38, 2, 39)),
    *((22, 3, 36, 2, 37), (26, 4, 43, 1, 44), (30, 1, 50, 4, 51), (22, 6, 36, 2, 37)),
    *((22, 8, 37, 1, 38), (24, 4, 40, 5, 41), (24, 5, 41, 5, 42), (28, 7, 45, 3, 46)),
    *((28, 10, 46, 1, 47), (26, 9, 43, 4, 44), (26, 3, 44, 11, 45), (26, 3, 41, 13, 42)),
)
_LONG_COUNT: Final = 10
_BYTE_MODE: Final = 0b0100
_PADDING: Final = (0xEC, 0x11)
_FIELD: Final = 0x11D


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Symbols of one size.

    Attributes
    ----------
    side
        Modules a side, with the white ones around.
    images
        Shape (n, side, side), bytes: 0 is black, 255 white.
    """

    side: int
    images: NDArray[np.uint8]


def codes(texts: Sequence[str]) -> Codes:
    """Return the symbol of each text, all of the size that the longest needs.

    Parameters
    ----------
    texts
        At least one; written in UTF-8.

    Raises
    ------
    ScenarioError
        If one is longer than a symbol can hold that is still read from paper.
    """
    told = [text.encode() for text in texts]
    version = _version(max(map(len, told)))
    fixed, order = _frame(version)
    bits = np.unpackbits(_codewords(told, version), axis=1)
    filled = np.zeros((len(told), len(order)), dtype=np.uint8)
    filled[:, : bits.shape[1]] = bits
    row, column = order.T
    filled ^= ((row + column) % 3 == 0).astype(np.uint8)
    dark = np.repeat(fixed[None], len(told), axis=0)
    dark[:, row, column] = filled
    around = ((0, 0), (QUIET, QUIET), (QUIET, QUIET))
    images = np.pad((1 - dark) * np.uint8(255), around, constant_values=255)
    return Codes(images.shape[1], np.ascontiguousarray(images, dtype=np.uint8))


def _version(length: int) -> int:
    for version, (_, first, some, second, more) in enumerate(_BLOCKS, start=1):
        head = 3 if version >= _LONG_COUNT else 2  # mode, count and end take so many bytes
        if length + head <= first * some + second * more:
            return version
    rule = "must be shorter: ids in it are too long for a code that is read from paper"
    raise ScenarioError((Breach("", 0, "code", f"{length} bytes", rule),))


def _frame(version: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the fixed modules of a version, and the places of its data in order."""
    sample = segno.make_qr("-", version=version, error=_ERROR, mask=_MASK, boost_error=False)
    kinds = np.array([list(row) for row in sample.matrix_iter(border=0, verbose=True)])
    free = np.isin(kinds, (consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT))
    fixed = np.array([list(row) for row in sample.matrix], dtype=np.uint8)
    side, order, up = len(fixed), [], True
    free[8, side - 9] = True  # named a module of the format by segno, and holding data
    # Pairs of columns from the right, upwards and downwards by turns, without the timing column.
    for right in (*range(side - 1, 6, -2), *range(5, 0, -2)):
        rows = range(side - 1, -1, -1) if up else range(side)
        order += [(row, c) for row in rows for c in (right, right - 1) if free[row, c]]
        up = not up
    return fixed, np.array(order, dtype=np.int64)


def _codewords(told: Sequence[bytes], version: int) -> NDArray[np.uint8]:
    """Shape (n, codewords): data and correction, interleaved."""
    degree, first, some, second, more = _BLOCKS[version - 1]
    room = first * some + second * more
    data = np.array([list(_padded(text, version, room)) for text in told], dtype=np.uint8)
    lengths = [some] * first + [more] * second
    ends = np.cumsum(lengths)
    blocks = [data[:, end - size : end] for end, size in zip(ends, lengths, strict=True)]
    checks = [_correction(block, degree) for block in blocks]
    mixed = [
        block[:, at]
        for at in range(max(lengths))
        for block, size in zip(blocks, lengths, strict=True)
        if at < size
    ]
    mixed += [check[:, at] for at in range(degree) for check in checks]
    return np.stack(mixed, axis=1)


def _padded(text: bytes, version: int, room: int) -> bytes:
    """Return mode, count, text and end, filled up: four bits before the text, four behind it."""
    count = 16 if version >= _LONG_COUNT else 8
    head = (_BYTE_MODE << count) | len(text)
    whole = ((head << 8 * len(text)) | int.from_bytes(text)) << 4
    raw = whole.to_bytes((count + 8) // 8 + len(text))
    filling = bytes(_PADDING) * (room - len(raw))
    return raw + filling[: room - len(raw)]


def _correction(block: NDArray[np.uint8], degree: int) -> NDArray[np.uint8]:
    """Return the Reed-Solomon codewords of each row, all rows at once: the rest of a division."""
    powers, logs = _tables()
    divisor = [1]
    for root in range(degree):
        shifted = [*divisor, 0]
        divisor = [
            a ^ _times(b, int(powers[root]), powers, logs)
            for a, b in zip(shifted, [0, *divisor], strict=True)
        ]
    tail = logs[np.array(divisor[1:])]
    rest = np.zeros((len(block), degree), dtype=np.uint8)
    for at in range(block.shape[1]):
        lead = block[:, at] ^ rest[:, 0]
        rest = np.concatenate((rest[:, 1:], np.zeros((len(block), 1), np.uint8)), axis=1)
        product = powers[(logs[lead][:, None] + tail[None, :]) % 255]
        rest ^= np.where(lead[:, None] == 0, 0, product).astype(np.uint8)
    return rest


def _times(a: int, b: int, powers: NDArray[np.int64], logs: NDArray[np.int64]) -> int:
    return int(powers[(logs[a] + logs[b]) % 255]) if a and b else 0


def _tables() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return powers of 2 in the field of 256, and their logarithms."""
    powers, value = np.zeros(255, dtype=np.int64), 1
    for at in range(255):
        powers[at] = value
        value = value << 1 ^ (_FIELD if value & 0x80 else 0)
    logs = np.zeros(256, dtype=np.int64)
    logs[powers] = np.arange(255)
    return powers, logs
