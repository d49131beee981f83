"""Ways that people and vehicles go, laid end to end: where on them somebody is at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.operate.abort_gates import CRUMB
from clearway.operate.abort_ways import Pace, Ways

NO_LINK: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Ways inside, each with one entry a node: where it leads on, and when one is there.

    Attributes
    ----------
    offset
        Shape (k + 1,), where the entries of each way begin.
    node
        Shape (e,), rows of nodes.
    link
        Shape (e,), row of the link that leads on; ``NO_LINK`` at the end of a way.
    enter_s
        Shape (e,), seconds from its beginning.
    turns
        Shape (e,), whether one may turn round on that link.
    """

    offset: NDArray[np.int64]
    node: NDArray[np.int64]
    link: NDArray[np.int64]
    enter_s: NDArray[np.float64]
    turns: NDArray[np.bool_]

    def where(self, track: NDArray[np.int64], elapsed: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the entry that was reached last on each of ``track`` after ``elapsed`` seconds.

        Who is at the end stays there.
        """
        end = self.enter_s[self.offset[track + 1] - 1]
        span = float(self.enter_s.max(initial=0.0)) + 1.0
        of = np.repeat(np.arange(len(self.offset) - 1), np.diff(self.offset))
        keys = self.enter_s + of * span
        # Who is at a node but for the rounding of floating-point numbers is at it.
        asked = np.minimum(np.maximum(elapsed, 0.0), end) + CRUMB + track * span
        found = np.searchsorted(keys, asked, side="right") - 1
        return np.asarray(
            np.clip(found, self.offset[track], self.offset[track + 1] - 1), dtype=np.int64
        )


class TrackMaker:
    """Lays ways end to end."""

    def __init__(self, ways: Ways) -> None:
        """Take the streets."""
        self.ways = ways
        self._node: list[NDArray[np.int64]] = []
        self._link: list[NDArray[np.int64]] = []
        self._enter: list[NDArray[np.float64]] = []
        self._turns: list[NDArray[np.bool_]] = []

    def add(self, start: int, links: NDArray[np.int64], pace: Pace) -> int:
        """Add a way from a node over links (rows) and return its number."""
        at, nodes = start, [start]
        ahead = np.zeros(len(links), dtype=bool)
        for n, row in enumerate(links.tolist()):
            begin, end = self.ways.ends[row]
            ahead[n] = at == begin
            at = end if at == begin else begin
            nodes.append(at)
        enter = np.concatenate([[0.0], np.cumsum(pace.seconds[links])])
        may = np.where(ahead, pace.back[links], pace.ahead[links])
        self._node.append(np.array(nodes, dtype=np.int64))
        self._link.append(np.append(links, NO_LINK).astype(np.int64))
        self._enter.append(enter)
        self._turns.append(np.append(may, True))
        return len(self._node) - 1

    def done(self) -> Tracks:
        """Return all ways."""
        lengths = [len(one) for one in self._node]
        return Tracks(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            _joined(self._node, np.int64),
            _joined(self._link, np.int64),
            _joined(self._enter, np.float64),
            _joined(self._turns, np.bool_),
        )


def _joined(parts: list[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=kind), *parts]).astype(kind)
