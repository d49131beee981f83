"""What each gate can serve until now, as the state's replay needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.rates import PERSONS, Shares
from clearway.model.scenario import Scenario

#: Part of a person that is the rounding of floating-point numbers.
_CRUMB: Final = 1e-7

Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """One gate until now; all times in seconds from the scenario's start.

    Attributes
    ----------
    windows
        From when until when it is announced as open, in order.
    serves
        Spans within its windows in which its share for persons is above 0.
    edges_s, offered
        Shape (n,): the persons that it could have let through until each edge, those in vehicles
        taken off; in between in proportion.
    """

    windows: Spans
    serves: Spans
    edges_s: NDArray[np.float64]
    offered: NDArray[np.float64]

    def until(self, at_s: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return the persons that it could have let through until each moment."""
        return np.asarray(np.interp(at_s, self.edges_s, self.offered))

    def when(self, persons: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when it could first have let so many through; none more than until now."""
        row = np.searchsorted(self.offered, persons - _CRUMB, side="left")
        row = np.clip(row, 1, len(self.offered) - 1)
        before, after = self.offered[row - 1], self.offered[row]
        since, until = self.edges_s[row - 1], self.edges_s[row]
        share = np.where(after > before, (persons - before) / np.maximum(after - before, _CRUMB), 0)
        return np.asarray(since + np.clip(share, 0.0, 1.0) * (until - since))

    def open_at(self, at_s: float) -> bool:
        """Whether it lets persons through at a moment."""
        return any(since <= at_s < until for since, until in self.serves)


def open_spans(scenario: Scenario, corridor: int, serves: str) -> Spans:
    """Return when a gate serves, in its windows and with a share above 0.

    Parameters
    ----------
    scenario
        Whose windows and changes they are.
    corridor
        Row.
    serves
        One of ``clearway.model.rates.SERVES``.
    """
    name = scenario.corridors[corridor].id
    shares = Shares(scenario, name, serves)
    edges = _edges(scenario, name)
    spans: list[tuple[float, float]] = []
    for opens, closes in _windows(scenario, name):
        within = [opens, *(at for at in edges if opens < at < closes), closes]
        for since, until, share in zip(
            within, within[1:], shares.at(np.array(within[:-1])).tolist(), strict=False
        ):
            if share > 0 and spans and spans[-1][1] == since:
                spans[-1] = (spans[-1][0], until)
            elif share > 0:
                spans.append((since, until))
    return tuple(spans)


def lay_gates(scenario: Scenario, aboard: NDArray[np.float64], now_s: float) -> tuple[Gate, ...]:
    """Return every gate until now.

    Parameters
    ----------
    scenario
        As known.
    aboard
        Shape (corridors, slots), persons in vehicles that pass in each slot from the start on;
        they are served first, evenly over what of the slot the gate serves.
    now_s
        Seconds from the scenario's start.
    """
    return tuple(_gate(scenario, k, aboard[k], now_s) for k in range(len(scenario.corridors)))


def _gate(scenario: Scenario, k: int, aboard: NDArray[np.float64], now_s: float) -> Gate:
    corridor, slot_s = scenario.corridors[k], scenario.planning.slot_s
    windows, serves = _windows(scenario, corridor.id), open_spans(scenario, k, PERSONS)
    slots = np.arange(len(aboard) + 1) * slot_s
    inner = {at for span in serves for at in span} | set(_edges(scenario, corridor.id))
    inner |= {float(at) for at in slots.tolist()}
    first = min((0.0, now_s - 1.0))
    edges = np.array(sorted({first, now_s} | {at for at in inner if first < at < now_s}))
    middle = (edges[:-1] + edges[1:]) / 2
    opened = np.zeros(len(middle), dtype=np.bool_)
    for since, until in serves:
        opened |= (since <= middle) & (middle < until)
    rate = corridor.gate_persons_per_s.central * Shares(scenario, corridor.id, PERSONS).at(middle)
    rate = np.where(opened, rate, 0.0)
    work = rate * np.diff(edges)
    # Those aboard take the same part of every second of their slot that the gate serves.
    slot = np.floor(middle / slot_s).astype(np.int64)
    inside = (slot >= 0) & (slot < len(aboard))
    taken = np.where(inside, aboard[np.clip(slot, 0, max(len(aboard) - 1, 0))], 0.0)
    work = np.maximum(work - np.where(opened, taken / slot_s, 0.0) * np.diff(edges), 0.0)
    offered = np.concatenate([[0.0], np.cumsum(work)])
    return Gate(windows, serves, edges, offered)


def _windows(scenario: Scenario, corridor: str) -> Spans:
    return tuple(
        sorted(
            (float(scenario.seconds(one.opens)), float(scenario.seconds(one.closes)))
            for one in scenario.windows
            if one.corridor == corridor
        )
    )


def _edges(scenario: Scenario, corridor: str) -> Sequence[float]:
    return sorted(
        {
            float(scenario.seconds(at))
            for one in scenario.changes
            if one.corridor == corridor
            for at in (one.since, one.until)
        }
    )
