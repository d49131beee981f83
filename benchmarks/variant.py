"""The scenario that both programs can solve: one group, and grids of one minute."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Final

import numpy as np

from clearway.model.corridor import Window
from clearway.model.network import INSIDE
from clearway.model.population import Demand
from clearway.model.scenario import Scenario

#: Slot, step and tick of the variant, seconds.
STEP_S: Final = 60


def minute_variant(scenario: Scenario, hours: float, days: int, width: float = 1.0) -> Scenario:
    """Return ``scenario`` as one commodity on grids of one minute, for a shorter pause.

    Everybody walks at the pace of the quickest group and counts alike; streets carry whole
    persons a minute (rounded down). A minimum-cost flow knows neither groups nor households.

    Parameters
    ----------
    scenario
        What to coarsen.
    hours
        Length of a window at most.
    days
        How many of the days on which windows open.
    width
        Of streets inside, as a share of what it was: small, and streets bind.
    """
    quickest = max(scenario.groups, key=lambda group: group.speed_m_per_s.central)
    planning = dataclasses.replace(
        scenario.planning, slot_s=STEP_S, step_s=STEP_S, tick_s=STEP_S, spread=1.0
    )
    links = scenario.network.links
    per_metre = links.foot_capacity_persons_per_s * STEP_S / links.width_m
    wide = links.width_m * np.where(links.side == INSIDE, width, 1.0)
    # A little above, so that nothing is lost when the capacity is worked out again.
    persons = np.maximum(1, np.floor(wide * per_metre + 1e-9))
    return scenario.replace(
        planning=planning,
        groups=(dataclasses.replace(quickest, weight=1.0),),
        demand=Demand(scenario.demand.households.sum(axis=1, keepdims=True)),
        windows=_shorter(scenario.windows, hours, days),
        network=dataclasses.replace(
            scenario.network, links=dataclasses.replace(links, width_m=persons / per_metre)
        ),
    )


def _shorter(windows: tuple[Window, ...], hours: float, days: int) -> tuple[Window, ...]:
    kept = sorted({window.opens for window in windows})[:days]
    return tuple(
        dataclasses.replace(
            window, closes=min(window.closes, window.opens + timedelta(hours=hours))
        )
        for window in windows
        if window.opens in kept
    )
