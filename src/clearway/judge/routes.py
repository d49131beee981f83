"""Rules on routes: connected, from the zone to the reception site, on open streets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clearway.judge.case import Case
from clearway.judge.columns import UNKNOWN
from clearway.judge.walking import NONE
from clearway.model.network import INSIDE, OPEN, OUTSIDE
from clearway.model.verdict import PlanBreach


def check_route(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each route that does not lead from its zone to its reception site."""
    repeats = _repeats(case)
    for m in np.flatnonzero(case.moves.known).tolist():
        problem = next(_problems(case, m, int(repeats[m])), None)
        if problem is not None:
            text = f"The route of {case.name(m)} {problem}."
            yield PlanBreach("route", case.name(m), 0, 0, "", text)


def check_closed(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each route that uses a closed link or leaves but by its corridor."""
    scenario, moves, walks = case.scenario, case.moves, case.walks
    links = scenario.network.links
    movement = moves.movement
    place = np.arange(len(moves.link)) - moves.offset[movement]
    along = np.array([len(corridor.links) for corridor in scenario.corridors])
    gate = walks.gate[movement]
    behind = gate + along[moves.corridor[movement]]
    named = (gate != NONE) & moves.known[movement]
    side = links.side[moves.link]
    astray = named & (place < gate) & (side != INSIDE)
    astray |= named & (place >= behind) & (side != OUTSIDE)
    exists = moves.link != UNKNOWN
    shut = exists & (links.state[moves.link] != OPEN)
    wrong = np.flatnonzero(shut | astray)
    found, firsts, counts = np.unique(movement[wrong], return_index=True, return_counts=True)
    for m, first, count in zip(found.tolist(), firsts.tolist(), counts.tolist(), strict=True):
        flat = wrong[first]
        link = links.id[moves.link[flat]]
        what = "is closed" if shut[flat] else f"lies {side[flat]} where the route may not"
        text = f"The route of {case.name(m)} uses link {link}, which {what}."
        yield PlanBreach("closed", case.name(m), float(count), 0, "links", text)


def _repeats(case: Case) -> NDArray[np.int64]:
    """Shape (m,), how many links of each route stand in it more than once."""
    moves = case.moves
    order = np.lexsort((moves.link, moves.movement))
    movement, link = moves.movement[order], moves.link[order]
    again = (movement[1:] == movement[:-1]) & (link[1:] == link[:-1]) & (link[1:] != UNKNOWN)
    return np.bincount(movement[1:][again], minlength=len(moves))


def _problems(case: Case, m: int, repeats: int) -> Iterator[str]:
    """Yield what is wrong with the route of movement ``m``; the first is what causes the rest."""
    move, walks = case.plan.movements[m], case.walks
    corridor = case.scenario.corridors[case.moves.corridor[m]]
    gap, gate = int(walks.gap[m]), int(walks.gate[m])
    if repeats:
        yield f"uses {repeats} of its links more than once"
    if gap == 0:
        yield f"does not begin at the node of zone {move.zone}"
    if gap > 0:
        yield f"is not connected: link {move.links[gap]} does not continue the one before it"
    if gate == NONE:
        yield f"does not hold the links of corridor {corridor.id} in their order"
    elif walks.node[case.moves.offset[m] + gate] != corridor.mouth:
        yield f"does not enter corridor {corridor.id} at its mouth"
    site = next(site for site in case.scenario.receptions if site.id == corridor.reception)
    if walks.end[m] != site.node:
        yield f"does not end at reception site {site.id} of corridor {corridor.id}"
