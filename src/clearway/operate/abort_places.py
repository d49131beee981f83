"""Who goes where: least time in the open in all, within what each shelter holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, vstack

from clearway.model.abort import HOME, ON
from clearway.operate.abort_gates import CRUMB
from clearway.operate.abort_parts import Parts, Returns

#: Seconds that stand for no way at all in the linear program.
_FAR_S: Final = 1e7


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where each part goes.

    Attributes
    ----------
    goes
        Shape (n,), as in ``AbortStep``.
    seconds
        Shape (n,), until there.
    prices
        Shape (shelters,), seconds.
    bound_s
        Least person-seconds, proved by the prices.
    """

    goes: NDArray[np.int64]
    seconds: NDArray[np.float64]
    prices: NDArray[np.float64]
    bound_s: float


def place(parts: Parts, back: Returns, room: NDArray[np.float64]) -> Placed:
    r"""Send each part to the exit, home or a shelter.

    With persons :math:`p_u`, seconds :math:`c_{us}` to shelter :math:`s` of :math:`r_s` places and
    :math:`c_{u0}` to the nearer of exit and home, minimise
    :math:`\sum_u p_u (c_{u0} (1 - \sum_s x_{us}) + \sum_s c_{us} x_{us})` over
    :math:`x \ge 0`, :math:`\sum_s x_{us} \le 1`, :math:`\sum_u p_u x_{us} \le r_s`. Where each
    goes to the nearest and all shelters hold them, that is the optimum. Otherwise the linear
    program is solved, whole parts are made of it, and its prices :math:`\lambda` prove the bound
    :math:`\sum_u p_u \min(c_{u0}, \min_s c_{us} + \lambda_s) - \sum_s r_s \lambda_s`.

    Parameters
    ----------
    parts
        Who is under way.
    back
        Seconds to cover.
    room
        Shape (shelters,), persons.
    """
    # Back is taken where both are as quick: nothing outside is known to wait for them.
    own = np.where(back.home_s <= parts.on_s, HOME, ON)
    least = np.minimum(back.home_s, parts.on_s)
    own[parts.past], least[parts.past] = ON, parts.on_s[parts.past]
    goes = _nearest(own, least, back.shelter_s, parts.past)
    prices = np.zeros(len(room))
    if (_load(parts, goes, len(room)) > room + CRUMB).any():
        choice = _Choice(parts.persons, own, least, back.shelter_s, room)
        goes, prices = choice.best(parts.past)
    seconds = _seconds(goes, least, back.shelter_s)
    return Placed(goes, seconds, prices, _bound(parts, least, back.shelter_s, prices, room))


def _nearest(
    own: NDArray[np.int64],
    least: NDArray[np.float64],
    shelter_s: NDArray[np.float64],
    past: NDArray[np.bool_],
) -> NDArray[np.int64]:
    if not shelter_s.shape[1]:
        return own.copy()
    best = shelter_s.argmin(axis=1)
    there = shelter_s[np.arange(len(own)), best]
    # As quick as on is quick enough; as quick as home is not.
    sooner = (there < least) | ((there == least) & (own == ON) & np.isfinite(there))
    return np.where(sooner & ~past, best, own)


def _load(parts: Parts, goes: NDArray[np.int64], shelters: int) -> NDArray[np.float64]:
    kept = goes >= 0
    found = np.bincount(goes[kept], weights=parts.persons[kept], minlength=shelters)
    return found.astype(np.float64)  # of nobody it counts in whole numbers


def _seconds(
    goes: NDArray[np.int64],
    least: NDArray[np.float64],
    shelter_s: NDArray[np.float64],
) -> NDArray[np.float64]:
    seconds = least.copy()
    kept = np.flatnonzero(goes >= 0)
    seconds[kept] = shelter_s[kept, goes[kept]]
    return seconds


def _bound(
    parts: Parts,
    least: NDArray[np.float64],
    shelter_s: NDArray[np.float64],
    prices: NDArray[np.float64],
    room: NDArray[np.float64],
) -> float:
    cost = least.copy()
    if len(room):
        priced = np.minimum(cost, (shelter_s + prices).min(axis=1))
        cost = np.where(parts.past, cost, priced)
    carried = parts.persons > 0
    return float((parts.persons * cost)[carried].sum() - (prices * room).sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """Persons, where each may go without asking for a place, and shelters with too few places."""

    persons: NDArray[np.float64]
    own: NDArray[np.int64]
    least: NDArray[np.float64]
    shelter_s: NDArray[np.float64]
    room: NDArray[np.float64]

    def best(self, past: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return where each goes, and the price of a place in each shelter."""
        worth = np.where(np.isfinite(self.least), self.least, _FAR_S)[:, None] - self.shelter_s
        worth[past | (self.persons <= 0)] = -np.inf
        unit, shelter = np.nonzero(worth > 0)
        goes, prices = self.own.copy(), np.zeros(len(self.room))
        if len(unit):
            share, prices = self._shares(worth, unit, shelter)
            goes = self._whole(share, worth)
        empty = np.flatnonzero((self.persons <= 0) & ~past)
        goes[empty] = _nearest(self.own, self.least, self.shelter_s, past)[empty]
        return goes, prices

    def _shares(
        self, worth: NDArray[np.float64], unit: NDArray[np.int64], shelter: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the share of each part in each shelter, and the prices, of the linear program."""
        weight = self.persons[unit]
        count, rows = len(unit), np.arange(len(unit))
        once = coo_array((np.ones(count), (unit, rows)), shape=(len(self.own), count))
        held = coo_array((weight, (shelter, rows)), shape=(len(self.room), count))
        solved = linprog(
            -weight * worth[unit, shelter],
            A_ub=csr_array(vstack([once, held])),
            b_ub=np.concatenate([np.ones(len(self.own)), self.room]),
            method="highs",
        )
        prices = np.maximum(0.0, -solved.ineqlin.marginals[len(self.own) :])
        share = np.zeros(worth.shape)
        share[unit, shelter] = solved.x
        return share, prices

    def _whole(self, share: NDArray[np.float64], worth: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return whole parts: largest share first, while there is room; then what was left over."""
        goes, left = self.own.copy(), self.room.copy()
        unit, shelter = np.nonzero(share > CRUMB)
        order = np.lexsort((-worth[unit, shelter], -np.round(share[unit, shelter], 6)))
        for u, s in zip(unit[order].tolist(), shelter[order].tolist(), strict=True):
            if goes[u] < 0 and self.persons[u] <= left[s]:
                goes[u], left[s] = s, left[s] - self.persons[u]
        while self._improved(goes, left, worth):
            pass  # each round lessens the time in the open, so there is a last one
        return goes

    def _improved(
        self, goes: NDArray[np.int64], left: NDArray[np.float64], worth: NDArray[np.float64]
    ) -> bool:
        """Let whoever can go somewhere nearer that has room go there; return whether any did."""
        unit, shelter = np.nonzero(worth > 0)
        now = np.where(goes[unit] >= 0, worth[unit, np.maximum(goes[unit], 0)], 0.0)
        gain = worth[unit, shelter] - now
        better = np.flatnonzero((gain > 0) & (self.persons[unit] <= left[shelter]))
        done = False
        for n in better[np.argsort(-gain[better], kind="stable")].tolist():
            u, s = int(unit[n]), int(shelter[n])
            held = float(worth[u, goes[u]]) if goes[u] >= 0 else 0.0
            if worth[u, s] > held and self.persons[u] <= left[s]:
                if goes[u] >= 0:
                    left[goes[u]] += self.persons[u]
                goes[u], left[s] = s, left[s] - self.persons[u]
                done = True
        return done
