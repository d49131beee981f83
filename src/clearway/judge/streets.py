"""The rule on streets: no more people or cars enter a link in a slot than it can carry."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clearway.judge.case import CRUMB, TOLERANCE, Case
from clearway.model.verdict import PlanBreach


def check_link(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each way of a link that is overfull, at its worst slot."""
    loads, links = case.loads, case.scenario.network.links
    over = np.flatnonzero(loads.amount > loads.capacity * (1 + TOLERANCE) + CRUMB)
    # Loads are sorted by link, way and slot: the rows of one way of one link stand together.
    way = 4 * loads.link[over] + 2 * loads.car[over] + ~loads.forward[over]
    for rows in np.split(over, np.flatnonzero(np.diff(way)) + 1):
        if not len(rows):
            continue
        worst = rows[np.argmax(loads.amount[rows])]
        row = loads.link[worst]
        ends = (int(links.from_node[row]), int(links.to_node[row]))
        start, end = ends if loads.forward[worst] else ends[::-1]
        link = int(links.id[row])
        when = case.when(float(loads.slot[worst] * case.scenario.planning.slot_s))
        slots = f"; {len(rows)} slots are overfull" if len(rows) > 1 else ""
        value, limit = float(loads.amount[worst]), float(loads.capacity[worst])
        unit, kind = ("cars", " cars") if loads.car[worst] else ("persons", "")
        text = (
            f"{value:,.1f} {unit} enter link {link} from node {start} to {end} in the slot from "
            f"{when}; it can carry {limit:,.1f}{slots}."
        )
        yield PlanBreach("link", f"{link} from {start} {when}{kind}", value, limit, unit, text)


def peak_use(case: Case) -> float:
    """Return the highest use of any link in any slot, as a share of what it can carry."""
    return float((case.loads.amount / case.loads.capacity).max(initial=0))
