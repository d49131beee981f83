"""Water, toilets and shelter at each holding point, from the queues of the members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from clearway.model.outcome import Ensemble
from clearway.model.scenario import Scenario
from clearway.publish.risk import Spread, spread_of

#: Litres of water for a person who stays a day, and persons to one toilet.
WATER_L_PER_PERSON_DAY: Final = 3.0
PERSONS_PER_TOILET: Final = 50
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Need:
    """What one holding point needs.

    Attributes
    ----------
    corridor
        Id.
    water_l
        Litres over the whole pause.
    toilets
        At the same time.
    places
        Sheltered places at the same time.
    """

    corridor: str
    water_l: Spread
    toilets: Spread
    places: Spread


def needs(scenario: Scenario, ensemble: Ensemble) -> tuple[Need, ...]:
    """Return what each holding point needs, in the scenario's order.

    Water is the sum over bins of the most who wait in the bin, times its length in days, times
    ``WATER_L_PER_PERSON_DAY``: never too little. Toilets and places are for the longest queue of
    the member, in whole numbers.
    """
    queue = ensemble.queue.astype(np.float64)
    water = np.ceil(queue.sum(axis=1) * ensemble.bin_s / _DAY_S * WATER_L_PER_PERSON_DAY)
    places = np.ceil(queue.max(axis=1))
    toilets = np.ceil(places / PERSONS_PER_TOILET)
    return tuple(
        Need(
            corridor.id,
            spread_of(water[:, row]),
            spread_of(toilets[:, row]),
            spread_of(places[:, row]),
        )
        for row, corridor in enumerate(scenario.corridors)
    )
