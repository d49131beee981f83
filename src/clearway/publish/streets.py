"""Street lines for drawing: every point of every link, once, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.network import CLOSED, CROSSING, INSIDE
from clearway.model.scenario import Scenario

MINOR, MAJOR, BEYOND, SHUT = 0, 1, 2, 3
_MAJOR_CLASSES: Final = (
    *("motorway", "trunk", "primary", "secondary", "tertiary"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link"),
)


@dataclass(frozen=True, slots=True, eq=False)
class StreetLines:
    """Points of the links, link after link.

    Attributes
    ----------
    count
        Shape (m,), points of each link.
    kind
        Shape (m,), ``MINOR`` or ``MAJOR`` inside, ``BEYOND`` the outline, or ``SHUT``: crossing
        it, and closed.
    lon, lat
        Shape (total,), degrees.
    """

    count: NDArray[np.int64]
    kind: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def street_lines(scenario: Scenario) -> StreetLines:
    """Return the lines of every link of ``scenario``."""
    links = scenario.network.links
    count = np.array([len(line) for line in links.line], dtype=np.int64)
    flat = np.fromiter(
        chain.from_iterable(chain.from_iterable(links.line)), float, 2 * int(count.sum())
    )
    inside = links.side == INSIDE
    kind = np.where(inside, np.where(np.isin(links.facility, _MAJOR_CLASSES), MAJOR, MINOR), BEYOND)
    kind[(links.state == CLOSED) & (links.side == CROSSING)] = SHUT
    return StreetLines(count, kind, flat[0::2], flat[1::2])
