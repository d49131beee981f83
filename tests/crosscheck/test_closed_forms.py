"""The simulation against what is known exactly: bottlenecks, gates, merges, spillback, crowds."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from clearway.model.network import FOOT_FLOW_PERSONS_PER_M_S
from clearway.simulate.speed import (
    FREE_PERSONS_PER_M2,
    FULL_PERSONS_PER_M2,
    JAM_PERSONS_PER_M2,
    STANDING_PERSONS_PER_M2,
    WAVE_M_PER_S,
    share_of_speed,
)
from clearway.simulate.streets import drive
from tests.simulate.roads import (
    Link,
    deterministic_wait,
    erlang_c,
    served,
    streets,
    units,
)

Numbers = NDArray[np.float64]
#: Figure 2: within one per cent.
CLOSE = 0.01
FOREVER = 1e5


# ------------------------------------------------------------------------------------ bottlenecks


@pytest.mark.parametrize("size", [1.0, 4.0])
@pytest.mark.parametrize("flow", [0.4, 1.3, 2.6])
def test_a_bottleneck_lets_its_flow_through(flow: float, size: float) -> None:
    """N units at once through a street of flow q: the n-th enters at (n - 1) s / q."""
    count, length, speed = 500, 120.0, 1.2
    arrive = drive(
        streets(Link(length_m=length, flow_per_s=flow)),
        units(np.zeros(count), [0], size=size, speed=speed),
        FOREVER,
    )
    expected = length / speed + np.arange(count) * size / flow
    assert np.sort(arrive) == pytest.approx(expected)


@pytest.mark.parametrize("wide", [1.1, 2.0, 5.0])
def test_clearing_a_bottleneck_takes_what_it_says(wide: float) -> None:
    """The narrow street behind a wide one is used without a break: T = L1/v + L2/v + (N-1)/q."""
    flow, count = 0.8, 600
    road = streets(
        Link(length_m=60.0, flow_per_s=wide * flow), Link(length_m=240.0, flow_per_s=flow)
    )
    arrive = drive(road, units(np.zeros(count), [0, 1]), FOREVER)
    assert arrive.max() == pytest.approx(300 / 1.2 + (count - 1) / flow)


def test_below_its_flow_nobody_is_held_up() -> None:
    depart = np.arange(400) * 2.0
    arrive = drive(streets(Link(length_m=90.0, flow_per_s=0.5001)), units(depart, [0]), FOREVER)
    assert arrive - depart == pytest.approx(np.full(400, 75.0))


@pytest.mark.parametrize(("inflow", "outflow"), [(1.0, 0.5), (2.0, 0.5), (1.0, 0.9)])
def test_the_queue_of_a_rush_is_a_triangle(inflow: float, outflow: float) -> None:
    """Who is n-th waits n (1/q - 1/a): the mean of a rush of N is half of the last one's."""
    count = 1000
    depart = np.arange(count) / inflow
    arrive = drive(streets(Link(flow_per_s=outflow)), units(depart, [0]), FOREVER)
    wait = np.sort(arrive) - depart
    assert wait[-1] == pytest.approx((count - 1) * (1 / outflow - 1 / inflow))
    assert wait.mean() == pytest.approx(wait[-1] / 2, rel=CLOSE)


# ------------------------------------------------------------------------------------------ gates


def at_gate(points: int, load: float, service_s: float, work: Numbers, seed: int) -> Numbers:
    """Return waits in a gate simulated, after checking them against exact events."""
    count = len(work)
    rng = np.random.default_rng([seed, points])
    come = np.cumsum(rng.exponential(service_s / load, count))
    gate = streets(Link(check_points=points, flow_per_s=points / service_s))
    done = drive(gate, units(come, [0], work=work), float(come[-1] + 1e5))
    exact = served(come, work * service_s, points)
    assert done == pytest.approx(exact)
    return np.asarray(done - come - work * service_s)


def mean_and_error(waits: Numbers, batches: int = 40) -> tuple[float, float]:
    """Return the mean and its standard error by batches, after a start that is left out."""
    kept = waits[len(waits) // 20 :]
    means = np.array([part.mean() for part in np.array_split(kept, batches)])
    return float(kept.mean()), float(means.std(ddof=1) / sqrt(batches))


@pytest.mark.parametrize(("points", "share"), [(1, 0.5), (1, 0.8), (2, 0.8), (5, 0.8), (8, 0.8)])
def test_waits_at_random_checks_are_erlangs(points: int, share: float) -> None:
    """M/M/c: W = C(c, a) / (c mu - lambda) (Erlang 1917)."""
    service, load = 60.0, share * points
    rng = np.random.default_rng([3, points])
    waits = at_gate(points, load, service, rng.exponential(1.0, 160_000), seed=1)
    mean, error = mean_and_error(waits)
    expected = erlang_c(points, load) * service / (points - load)
    assert mean == pytest.approx(expected, abs=3.5 * error)
    assert error < 0.08 * expected
    waited = float((waits[10_000:] > 1e-6).mean())
    assert waited == pytest.approx(erlang_c(points, load), abs=0.02)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_waits_at_even_checks_are_half_as_long(share: float) -> None:
    """M/D/1: W = rho D / (2 (1 - rho)) (Pollaczek 1930, Khinchin 1932)."""
    service = 30.0
    mean, error = mean_and_error(at_gate(1, share, service, np.ones(160_000), seed=2))
    expected = share * service / (2 * (1 - share))
    assert mean == pytest.approx(expected, abs=3.5 * error)
    assert error < 0.05 * expected


@pytest.mark.parametrize(("points", "share"), [(2, 0.7), (3, 0.8), (6, 0.85)])
def test_waits_at_several_even_checks(points: int, share: float) -> None:
    """M/D/c, exactly (Crommelin 1932), and about half of M/M/c."""
    service, load = 30.0, share * points
    mean, error = mean_and_error(at_gate(points, load, service, np.ones(160_000), seed=3))
    exact = deterministic_wait(points, load, service)
    random = erlang_c(points, load) * service / (points - load)
    assert mean == pytest.approx(exact, abs=3.5 * error)
    assert error < 0.05 * exact
    assert 0.45 * random < exact < 0.6 * random


def test_the_exact_formulas_agree_where_both_are_known() -> None:
    assert deterministic_wait(1, 0.8, 30.0) == pytest.approx(0.8 * 30 / (2 * 0.2), rel=1e-6)
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)


@pytest.mark.parametrize("cv", [0.3, 0.7, 1.5])
def test_waits_grow_with_the_spread_of_checks(cv: float) -> None:
    """M/G/1: W = rho D (1 + cv^2) / (2 (1 - rho)) (Pollaczek, Khinchin), gamma as drawn."""
    share, service = 0.6, 45.0
    work = np.random.default_rng(7).gamma(1 / cv**2, cv**2, 120_000)
    mean, error = mean_and_error(at_gate(1, share, service, work, seed=4))
    expected = share * service * (1 + cv**2) / (2 * (1 - share))
    assert mean == pytest.approx(expected, abs=3.5 * error)
    assert error < 0.05 * expected


@pytest.mark.parametrize("points", [1, 3, 10])
@pytest.mark.parametrize("service_s", [0.3, 2.0, 60.0])
def test_a_busy_gate_serves_its_rate_whatever_the_tick(points: int, service_s: float) -> None:
    rng = np.random.default_rng(points)
    size = rng.integers(1, 10, 3000).astype(float)
    gate = streets(Link(check_points=points, flow_per_s=1 / service_s))
    done = drive(gate, units(np.zeros(3000), [0], size=size), FOREVER * 20)
    assert done.max() == pytest.approx(size.sum() * service_s, rel=CLOSE)
    assert done == pytest.approx(served(np.zeros(3000), size * service_s * points, points))


def test_gates_in_a_row_are_queues_in_a_row() -> None:
    rng = np.random.default_rng(11)
    come = np.cumsum(rng.exponential(20.0, 5000))
    work = rng.exponential(1.0, 5000)
    road = streets(
        Link(check_points=2, flow_per_s=1 / 15),
        Link(length_m=120.0),
        Link(check_points=1, flow_per_s=1 / 18),
    )
    done = drive(road, units(come, [0, 1, 2], work=work), FOREVER * 3)
    between = served(come, work * 30, 2) + 100
    assert done == pytest.approx(served(between, work * 18, 1))


# ----------------------------------------------------------------------------------------- merges


def merged(one: float, other: float, onward: Link, count: int = 3000) -> tuple[Numbers, Numbers]:
    """Return when those of two queues come out of the street that they share."""
    feeders = [Link(length_m=100.0, flow_per_s=flow) for flow in (one, other)]
    road = streets(*feeders, onward)
    arrive = drive(road, units(np.zeros(2 * count), [0, 2], [1, 2]), FOREVER)
    return arrive[::2], arrive[1::2]


@pytest.mark.parametrize(
    ("one", "other"), [(1.0, 1.0), (2.0, 1.0), (1.0, 5.0), (0.9, 1.0), (1.0, 0.51), (0.7, 0.69)]
)
def test_two_queues_take_turns_where_they_meet(one: float, other: float) -> None:
    """Both could fill more than half of the street: each gets half, and together all of it."""
    first, second = merged(one, other, Link(length_m=50.0, flow_per_s=1.0))
    begun, ends = 400.0, 2400.0
    counts = [((arrive > begun) & (arrive <= ends)).sum() for arrive in (first, second)]
    assert sum(counts) == pytest.approx(ends - begun, rel=CLOSE)
    assert counts[0] == pytest.approx(sum(counts) / 2, rel=CLOSE)


@pytest.mark.parametrize(("one", "other"), [(0.2, 1.0), (0.4, 0.9), (3.0, 0.1), (0.45, 7.0)])
def test_a_thin_stream_gets_all_of_its_flow(one: float, other: float) -> None:
    first, second = merged(one, other, Link(length_m=50.0, flow_per_s=1.0))
    begun, ends = 400.0, 2400.0
    counts = [((arrive > begun) & (arrive <= ends)).sum() for arrive in (first, second)]
    thin = min(one, other)
    assert min(counts) == pytest.approx(thin * (ends - begun), rel=CLOSE)
    assert max(counts) == pytest.approx((1 - thin) * (ends - begun), rel=CLOSE)


def test_streams_that_fit_pass_as_if_alone() -> None:
    depart = np.sort(np.random.default_rng(5).uniform(0, 4000, 1000))
    road = streets(Link(length_m=60.0), Link(length_m=90.0), Link(length_m=50.0, flow_per_s=10.0))
    arrive = drive(road, units(depart, [0, 2], [1, 2]), FOREVER)
    free = np.where(np.arange(1000) % 2 == 0, 110.0, 140.0) / 1.2
    assert (arrive - depart - free).min() > -1e-9
    assert (arrive - depart - free).mean() < 0.02


@pytest.mark.parametrize("storage", [10.0, 50.0, inf])
def test_three_queues_share_a_full_street_evenly(storage: float) -> None:
    road = streets(
        *[Link(length_m=100.0, flow_per_s=2.0)] * 3,
        Link(length_m=60.0, flow_per_s=1.5, storage=storage),
        Link(length_m=60.0, flow_per_s=0.9),
    )
    count = 3000
    way = [[0, 3, 4], [1, 3, 4], [2, 3, 4]]
    arrive = drive(road, units(np.zeros(count), *way), FOREVER)
    early = arrive < 2000
    counts = [early[turn::3].sum() for turn in range(3)]
    # A street of ten places and 50 s lets 10/50 a second through where no gap is on its way.
    through = min(0.9, storage / 50)
    assert sum(counts) == pytest.approx(through * (2000 - 550 / 3.6), rel=0.03)
    assert counts == pytest.approx([sum(counts) / 3] * 3, rel=0.02)


# -------------------------------------------------------------------------------------- spillback


def test_a_gate_behind_a_full_street_is_never_idle() -> None:
    """However far back its queue reaches: served without a break from the first on."""
    room, inflow, outflow, walk = 60.0, 1.0, 0.25, 100.0
    road = streets(
        Link(length_m=0.0, flow_per_s=inflow),
        Link(length_m=120.0, storage=room),
        Link(check_points=1, flow_per_s=outflow, storage=1.0),
    )
    count = 300
    depart = np.arange(count) / inflow
    arrive = drive(road, units(depart, [0, 1, 2]), FOREVER)
    # The n-th at walk + n / q.
    assert np.sort(arrive) == pytest.approx(walk + np.arange(1, count + 1) / outflow)


def test_the_moment_at_which_a_turning_is_blocked_is_known() -> None:
    """Two ways share a street; one of them fills up. Those for the other stand behind its queue.

    One in two goes to the full street of S places (out at q); it is full when as many have entered
    as places and those who left, S + q t. From then on the shared street lets two through for each
    that leaves, so who goes the free way comes at the rate q, not half of the inflow.
    """
    room, inflow, out = 40.0, 1.0, 0.1
    road = streets(
        Link(length_m=12.0, flow_per_s=10.0),
        Link(length_m=12.0, storage=room, flow_per_s=10.0),
        Link(check_points=1, flow_per_s=out, storage=1.0),
        Link(length_m=12.0),
    )
    count = 2000
    depart = np.arange(count) / inflow
    arrive = drive(road, units(depart, [0, 1, 2], [0, 3]), FOREVER)
    aside = np.sort(arrive[1::2])
    free = aside - depart[1::2] < 20 + 1e-6
    # Enters at t; gone by then: (t - 20) q; one more stands at the gate. 41 + (t - 20) q = t / 2.
    full = (room + 1 - 20 * out) / (inflow / 2 - out)
    last_free = depart[1::2][free].max()
    assert last_free == pytest.approx(full, abs=2 / inflow / (1 - 2 * out / inflow))
    late = aside[(aside > full + 100)]
    assert np.diff(late).mean() == pytest.approx(1 / out, rel=CLOSE)


@pytest.mark.parametrize("wide", [1.1, 1.5, 8.0])
@pytest.mark.parametrize("storage", [120, 240])
@pytest.mark.parametrize("wave", [0.5, 1.0, inf])
def test_a_saturated_street_passes_its_storage_in_a_round_trip(
    storage: int, wave: float, wide: float
) -> None:
    """Newell: q = S / (L/v + L/w), whatever its entry and its end could let through."""
    length, speed = 120.0, 1.2
    flow = storage / (length / speed + length / wave)
    road = streets(
        Link(flow_per_s=wide * flow),
        Link(length_m=length, flow_per_s=wide * flow, storage=storage, wave_m_per_s=wave),
    )
    depart = np.zeros(20 * storage)
    arrive = np.sort(drive(road, units(depart, [0, 1], speed=speed), FOREVER))
    # From one to another of those who come first in a round trip.
    passed = 15 * storage / (arrive[18 * storage] - arrive[3 * storage])
    assert passed == pytest.approx(flow, rel=CLOSE)


@pytest.mark.parametrize("out", [0.1, 0.2, 0.3])
def test_a_queue_holds_as_many_as_newell_says(out: float) -> None:
    """Behind a bottleneck q a full street of S places holds S - q L/w, gaps being on their way."""
    room, length, wave = 240.0, 240.0, 0.5
    road = streets(
        Link(),
        Link(length_m=length, storage=room, flow_per_s=5.0, wave_m_per_s=wave),
        Link(check_points=1, flow_per_s=out, storage=1.0),
        Link(),
    )
    # Who turns off stands behind who goes on, and is done when the one before it has entered.
    arrive = drive(road, units(np.zeros(4000), [0, 1, 2], [0, 3]), FOREVER)
    entered, checked = arrive[1::2], arrive[::2]
    for moment in (2000.0, 2345.0, 2900.0):
        inside = (entered <= moment).sum() - (checked <= moment).sum() - 1
        assert inside == pytest.approx(room - out * length / wave, abs=1.5)


# ------------------------------------------------------------------------------------ pedestrians


@pytest.mark.parametrize(
    ("density", "speed"),
    [(0.0, 1.2), (FREE_PERSONS_PER_M2, 1.2), (FULL_PERSONS_PER_M2, 0.67), (3.5, 0.1), (4.0, 0.1)],
)
def test_speed_falls_with_density_as_imo_has_it(density: float, speed: float) -> None:
    """IMO MSC.1/Circ.1533: 1.2 m/s at little, 0.67 at most flow, 0.1 m/s at 3.5 persons/m2."""
    assert 1.2 * share_of_speed(density) == pytest.approx(speed)


def test_speed_never_rises_with_density() -> None:
    densities = np.linspace(0, 5, 501)
    shares = np.array([share_of_speed(one) for one in densities])
    assert (np.diff(shares) <= 1e-12).all()
    assert shares.min() == pytest.approx(0.1 / 1.2)
    flows = densities * shares * 1.2
    assert flows[densities <= JAM_PERSONS_PER_M2].max() <= FOOT_FLOW_PERSONS_PER_M_S * 1.02
    assert pytest.approx(FOOT_FLOW_PERSONS_PER_M_S) == FULL_PERSONS_PER_M2 * 0.67


def test_a_street_of_people_passes_just_the_most_flow() -> None:
    """The queue that stands, the wave and the walk at most flow fit: q = 1.3 persons/m/s."""
    round_trip = 1 / 0.67 + 1 / WAVE_M_PER_S
    assert STANDING_PERSONS_PER_M2 / round_trip == pytest.approx(FOOT_FLOW_PERSONS_PER_M_S)
    assert pytest.approx(4.07, abs=0.01) == STANDING_PERSONS_PER_M2


@pytest.mark.parametrize("specific", [0.3, 0.65, 0.9, 1.2])
def test_a_steady_stream_walks_at_the_speed_of_its_density(specific: float) -> None:
    """Density × speed = flow, with the speed of that density: found by going along IMO's line."""
    width, length = 3.0, 150.0
    flow = specific * width
    road = streets(Link(length_m=length, flow_per_s=1.3 * width, walkway_m2=length * width))
    depart = np.arange(6000) / flow
    arrive = drive(road, units(depart, [0]), FOREVER)
    time = (np.sort(arrive) - depart)[3000:].mean()
    density = flow * time / (length * width)
    assert length / time == pytest.approx(1.2 * share_of_speed(density), rel=CLOSE)
    if specific <= 0.65:
        assert length / time == pytest.approx(1.2, rel=CLOSE)
    assert density * length / time == pytest.approx(specific, rel=CLOSE)


def test_a_crowd_clears_a_street_at_no_more_than_the_most_flow() -> None:
    width, length, count = 2.0, 100.0, 3000
    road = streets(
        Link(flow_per_s=5 * 1.3 * width),
        Link(
            length_m=length,
            flow_per_s=1.3 * width,
            storage=STANDING_PERSONS_PER_M2 * length * width,
            walkway_m2=length * width,
            wave_m_per_s=WAVE_M_PER_S,
        ),
    )
    arrive = np.sort(drive(road, units(np.zeros(count), [0, 1]), FOREVER))
    late = arrive[500:2500]
    flow = (len(late) - 1) / (late[-1] - late[0])
    assert flow <= 1.3 * width * (1 + 1e-9)
    assert flow >= 0.9 * 1.3 * width
