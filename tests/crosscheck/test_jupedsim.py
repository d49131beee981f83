"""JuPedSim at a bottleneck: about as many pass in a second as our streets let through.

Which is a statement about the figure of the IMO circular, 1.3 persons a second and metre: bodies in
JuPedSim know nothing of it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from benchmarks.walkers import SLIM_M, STOUT_M, crowd_flow, middle_flow
from clearway.model.network import FOOT_FLOW_PERSONS_PER_M_S
from clearway.simulate.streets import drive
from tests.crosscheck.crowd import crowd

#: The share by which flows may differ.
AGREED: Final = 0.15


@pytest.mark.parametrize("width_m", [1.0, 2.0, 3.0])
def test_the_flow_at_a_bottleneck(width_m: float) -> None:
    mine, theirs = middle_flow(drive(*crowd(width_m), 3600.0)), crowd_flow(width_m)
    assert mine == pytest.approx(FOOT_FLOW_PERSONS_PER_M_S * width_m, rel=0.01)
    assert theirs == pytest.approx(mine, rel=AGREED)


def test_our_flow_is_between_those_of_the_slimmest_and_of_the_stoutest_bodies() -> None:
    """Sources differ on how wide bodies are; what we take is inside what they span."""
    mine = middle_flow(drive(*crowd(1.0), 3600.0))
    assert crowd_flow(1.0, STOUT_M) < mine < crowd_flow(1.0, SLIM_M)


def test_the_flow_of_even_passes_is_their_rate() -> None:
    when = np.concatenate([np.zeros(1), 100.0 + np.arange(99) / 2.0])
    assert middle_flow(when[::-1]) == pytest.approx(2.0)
