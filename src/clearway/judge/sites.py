"""Rules on where people come out: places at reception sites, and fairness between zones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clearway.judge.case import Case, exceeds
from clearway.judge.driving import Drive
from clearway.judge.journeys import Journey
from clearway.judge.outcome import out_by_zone, willing_by_zone
from clearway.judge.totals import total
from clearway.judge.words import people
from clearway.model.corridor import Reception
from clearway.model.verdict import PlanBreach

#: Shares that differ beyond these decimals differ only through rounding.
_DECIMALS = 9


def check_reception(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each site to which more people come than it has places, all alike."""
    seen = case.seen
    corridor = case.moves.corridor[seen.cohorts.movement[seen.portions.cohort]]
    count = len(case.scenario.corridors)
    through = total(corridor, seen.portions.persons, count)
    for site in case.scenario.receptions:
        leads = [corridor.reception == site.id for corridor in case.scenario.corridors]
        rode = sum(
            (one.persons for one, driven in case.rides.fleet if _brings(one, driven, site)), 0.0
        )
        come, places = float(through[leads].sum()) + rode, site.places.central
        if exceeds(come, places):
            text = f"{people(come)} come to reception site {site.id}, which takes {places:,g}."
            yield PlanBreach("reception", site.id, come, places, "persons", text)


def check_spread(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach if the shares brought out differ too much between zones."""
    limit = case.scenario.planning.spread
    willing = np.array(willing_by_zone(case), dtype=np.float64)
    rows = np.flatnonzero(willing > 0)
    if limit >= 1 or not len(rows):
        return
    share = np.round(out_by_zone(case)[rows] / willing[rows], _DECIMALS)
    low, high = (case.scenario.zones[rows[at]].id for at in (share.argmin(), share.argmax()))
    spread = float(share.max() - share.min())
    if spread > limit + 10**-_DECIMALS:
        text = (
            f"{share.max():.1%} of those willing come out of zone {high}, {share.min():.1%} of "
            f"zone {low}; the shares may differ by {limit:.1%}."
        )
        yield PlanBreach("spread", f"{low} {high}", spread, limit, "share", text)


def _brings(one: Journey, driven: Drive, site: Reception) -> bool:
    """Whether a trip that can be followed brings people to a site."""
    at = one.destination
    return bool(driven.passes_out) and at is not None and at.of is site
