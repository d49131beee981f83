"""What members draw: the scenario's distributions, each topic by itself, days in common."""

from __future__ import annotations

import dataclasses
import functools
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.model.corridor import Window
from clearway.model.draws import (
    CHECK,
    CORRIDOR,
    DAY,
    EXTENSION_KNOWN_S,
    HOUSEHOLD,
    MEMBER,
    ZONE,
    Draw,
    draw_course,
    stream,
)
from clearway.model.facts import SPLIT, SPLIT_LOG, TRIANGULAR, Estimate
from clearway.model.outcome import (
    AS_ANNOUNCED,
    EXTENDED,
    FAILED,
    NEVER_OPENED,
    STOPPED,
    STOPPED_WITH_NOTICE,
)
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from tests.scenarios import ASSUMED, TIMEZONE, four_sides, one_corridor

Numbers = NDArray[np.float64]

MEMBERS: Final = 1500
SEED: Final = 17
HOUR: Final = 3600
#: Ten hours on each of three days, C1 and C2; C3 opens an hour later and closes with them.
WINDOWS: Final = tuple(
    (k, day + 8 + late, day + 18) for day in (0, 24, 48) for k, late in ((1, 0), (2, 0), (3, 1))
)


def between(low: float, central: float, high: float, shape: str = SPLIT) -> Estimate:
    return Estimate(low, central, high, ASSUMED, shape)


def exactly(value: float) -> Estimate:
    return between(value, value, value)


def three_days(**fields: Estimate) -> Scenario:
    scenario = four_sides(gates_persons_per_h=(600.0, 300.0, 450.0), windows=WINDOWS, uptake=0.6)
    return scenario.replace(uncertainty=Uncertainty(**fields))


@dataclasses.dataclass(frozen=True)
class Sample:
    """Many draws, a row each."""

    scenario: Scenario
    draws: tuple[Draw, ...]

    def column(self, field: str) -> Numbers:
        return np.array([getattr(draw, field) for draw in self.draws], dtype=np.float64)

    @functools.cached_property
    def opens(self) -> Numbers:
        return self.column("opens_s")

    @functools.cached_property
    def ends(self) -> Numbers:
        return self.column("ends_s")

    @functools.cached_property
    def known(self) -> Numbers:
        return self.column("known_s")

    @functools.cached_property
    def ending(self) -> Numbers:
        return self.column("ending")

    @property
    def announced(self) -> tuple[Numbers, Numbers]:
        pairs = [
            (self.scenario.seconds(one.opens), self.scenario.seconds(one.closes))
            for one in self.scenario.windows
        ]
        opens, closes = np.array(pairs, dtype=np.float64).T
        return opens, closes


def sampled(members: int = MEMBERS, **fields: Estimate) -> Sample:
    scenario = three_days(**fields)
    return Sample(scenario, tuple(draw_course(scenario, SEED, number) for number in range(members)))


def share_is(hits: NDArray[np.bool_], expected: float) -> None:
    """Assert that a share lies within four standard errors of what is expected."""
    error = sqrt(max(expected * (1 - expected), 1e-12) / hits.size)
    assert abs(hits.mean() - expected) <= 4 * error, (hits.mean(), expected, error)


def quantiles_are(values: Numbers, estimate: Estimate, *, step: float = 0.0) -> None:
    """Assert that the share of values below each quantile of an estimate is that share."""
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        at = float(estimate.at(share))
        error = 4 * sqrt(share * (1 - share) / values.size)
        assert (values < at - step).mean() <= share + error
        assert (values <= at + step).mean() >= share - error


def test_streams_are_philox_by_seed_member_and_topic() -> None:
    one = stream(3, 5, ZONE).random(4)
    assert one.tolist() == stream(3, 5, ZONE).random(4).tolist()
    key = np.random.Generator(np.random.Philox(key=[3, 5 * 16 + ZONE])).random(4)
    assert one.tolist() == key.tolist()


def test_no_two_streams_are_the_same() -> None:
    topics = (MEMBER, DAY, CORRIDOR, ZONE, HOUSEHOLD, CHECK)
    assert len(set(topics)) == len(topics)
    assert max(topics) < 16
    seen = {
        tuple(stream(seed, number, topic).random(3).tolist())
        for seed in (0, 1, 2**63)
        for number in (0, 1, 2, 999)
        for topic in topics
    }
    assert len(seen) == 3 * 4 * len(topics)


def test_streams_of_neighbours_do_not_go_together() -> None:
    firsts = np.array([stream(SEED, number, DAY).random(2) for number in range(4000)])
    assert abs(np.corrcoef(firsts[:-1, 0], firsts[1:, 0])[0, 1]) < 4 / sqrt(4000)
    assert abs(np.corrcoef(firsts[:, 0], firsts[:, 1])[0, 1]) < 4 / sqrt(4000)


def test_a_member_is_the_same_whatever_was_drawn_before() -> None:
    scenario = three_days(start_delay_s=between(0, HOUR, 4 * HOUR), stop_share=exactly(0.3))
    late = draw_course(scenario, SEED, 7)
    for number in (3, 9, 1):
        draw_course(scenario, SEED, number)
    again = draw_course(scenario, SEED, 7)
    for field in dataclasses.fields(Draw):
        one, other = getattr(late, field.name), getattr(again, field.name)
        assert np.array_equal(one, other), field.name


def test_without_uncertainty_all_is_as_announced() -> None:
    sample = sampled(5)
    opens, closes = sample.announced
    assert (sample.opens == opens).all()
    assert (sample.ends == closes).all()
    assert (sample.known == closes).all()
    assert (sample.ending == AS_ANNOUNCED).all()
    rates = [600 / 3600, 300 / 3600, 450 / 3600] * 3
    assert sample.column("rate") == pytest.approx(np.tile(rates, (5, 1)))
    assert (sample.column("recheck_rate") == 0).all()
    assert (sample.column("uptake") == 0.6).all()
    for field, value in (("pace", 1.0), ("long_share", 0.0), ("long_factor", 1.0)):
        assert (sample.column(field) == value).all()


def test_late_starts_follow_their_quantiles() -> None:
    delay = between(0, 2 * HOUR, 9 * HOUR)
    sample = sampled(start_delay_s=delay)
    opens, _ = sample.announced
    late = sample.opens[:, ::3] - opens[::3]
    quantiles_are(late.ravel(), delay, step=30.0)
    assert (sample.opens % 60 == 0).all()


def test_a_day_delayed_beyond_its_closing_never_opens() -> None:
    delay = between(0, 5 * HOUR, 20 * HOUR)
    sample = sampled(start_delay_s=delay)
    opens, closes = sample.announced
    never = sample.ending == NEVER_OPENED
    # Ten hours and more of delay: two thirds of the upper half.
    share_is(never[:, 0], 0.5 * 10 / 15 + 30 / (30 * HOUR))
    assert (sample.opens == closes)[never].all()
    assert (sample.ends == closes)[never].all()
    assert (sample.opens < closes)[~never].all()
    assert (sample.opens >= opens).all()


def test_late_starts_are_common_to_the_corridors_of_a_day() -> None:
    sample = sampled(500, start_delay_s=between(0, HOUR, 3 * HOUR))
    assert (sample.opens[:, 0] == sample.opens[:, 1]).all()
    # The third corridor is announced for another hour: another day, decided by itself.
    opens, _ = sample.announced
    late = sample.opens - opens
    assert (late[:, 0] != late[:, 2]).mean() > 0.9
    assert abs(np.corrcoef(late[:, 0], late[:, 2])[0, 1]) < 4 / sqrt(500)
    assert abs(np.corrcoef(late[:, 0], late[:, 3])[0, 1]) < 4 / sqrt(500)


def test_days_are_stopped_as_often_as_the_scenario_says() -> None:
    sample = sampled(stop_share=exactly(0.25), unannounced_share=exactly(0.4))
    stopped = np.isin(sample.ending, (STOPPED, STOPPED_WITH_NOTICE))
    share_is(stopped[:, ::3], 0.25)
    sudden = (sample.ending == STOPPED)[stopped]
    # Two corridors in three share a day: as many draws as days were stopped.
    share_is((sample.ending[:, ::3] == STOPPED)[stopped[:, ::3]], 0.4)
    assert 0.3 < sudden.mean() < 0.5
    assert (sample.ending[:, 0] == sample.ending[:, 1]).all()


def test_shares_are_drawn_once_a_member() -> None:
    """P(stop) is the mean of its estimate; days of one member share it, so they go together."""
    share = between(0.0, 0.1, 1.0)
    sample = sampled(stop_share=share, unannounced_share=exactly(1.0))
    stopped = (sample.ending == STOPPED)[:, ::3]
    mean = 0.5 * 0.05 + 0.5 * 0.55
    share_is(stopped[:, 0], mean)
    both = (stopped[:, 0] & stopped[:, 1]).mean()
    second = 0.5 * (0.1**2 / 3) + 0.5 * ((1.0**3 - 0.1**3) / (3 * 0.9))
    assert both == pytest.approx(second, abs=4 * sqrt(second / MEMBERS))
    assert both > 1.5 * mean**2


def test_a_stop_comes_at_an_even_moment_of_what_is_left() -> None:
    delay = between(0, 2 * HOUR, 4 * HOUR)
    sample = sampled(start_delay_s=delay, stop_share=exactly(1.0), unannounced_share=exactly(1.0))
    _, closes = sample.announced
    part = (sample.ends - sample.opens) / (closes - sample.opens)
    quantiles_are(part[:, 0], between(0, 0.5, 1), step=0.002)
    assert abs(np.corrcoef(part[:, 0], sample.opens[:, 0])[0, 1]) < 4 / sqrt(MEMBERS)
    assert (sample.known == sample.ends).all()
    assert (sample.ends <= closes).all()


def test_notice_comes_so_long_before_the_stop_or_at_the_opening() -> None:
    notice = between(15 * 60, HOUR, 3 * HOUR)
    sample = sampled(stop_share=exactly(1.0), notice_s=notice)
    assert (sample.ending == STOPPED_WITH_NOTICE).all()
    before = sample.ends - sample.known
    at_opening = sample.known == sample.opens
    assert (before >= 0).all()
    assert at_opening.any()
    late = sample.ends[:, 0] - sample.opens[:, 0] > 3 * HOUR
    quantiles_are(before[late, 0], notice, step=30.0)
    assert (sample.known % 60 == 0).all()


def test_days_that_are_not_stopped_are_extended_as_often_as_told() -> None:
    longer = between(HOUR, 2 * HOUR, 3 * HOUR)
    sample = sampled(stop_share=exactly(0.3), extend_share=exactly(0.5), extension_s=longer)
    first = sample.ending[:, 0]
    share_is(first == EXTENDED, 0.7 * 0.5)
    share_is(first == AS_ANNOUNCED, 0.7 * 0.5)
    _, closes = sample.announced
    more = (sample.ends - closes)[sample.ending == EXTENDED]
    quantiles_are((sample.ends - closes)[first == EXTENDED, 0], longer, step=30.0)
    assert more.min() >= HOUR
    known = sample.known[sample.ending == EXTENDED]
    announced = np.broadcast_to(closes, sample.ends.shape)[sample.ending == EXTENDED]
    assert (known == announced - EXTENSION_KNOWN_S).all()


def test_an_extension_ends_where_the_next_window_begins() -> None:
    scenario = one_corridor(windows=((1, 8, 9), (1, 9.5, 10))).replace(
        uncertainty=Uncertainty(extend_share=exactly(1.0), extension_s=exactly(2 * HOUR))
    )
    draw = draw_course(scenario, SEED, 0)
    assert draw.ends_s.tolist() == [5400, 7200 + 7200]
    # Known two hours before, but not before it opened.
    assert draw.known_s.tolist() == [0, 5400]


def test_corridors_fail_each_by_itself_and_stay_closed() -> None:
    sample = sampled(fail_share=exactly(0.2), unannounced_share=exactly(0.5))
    failed = sample.ending == FAILED
    by_corridor = failed.reshape(MEMBERS, 3, 3)  # member, day, corridor
    share_is(by_corridor[:, 0], 0.2)
    # On later days whatever failed before, and a fifth of the rest.
    share_is(by_corridor[:, 1], 1 - 0.8**2)
    share_is(by_corridor[:, 2], 1 - 0.8**3)
    assert (by_corridor[:, 1] >= by_corridor[:, 0]).all()
    assert (by_corridor[:, 2] >= by_corridor[:, 1]).all()
    one, other = by_corridor[:, 0, 0], by_corridor[:, 0, 1]
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / sqrt(MEMBERS)


def test_after_a_failure_later_windows_do_not_open() -> None:
    sample = sampled(1000, fail_share=exactly(0.4), unannounced_share=exactly(1.0))
    _, closes = sample.announced
    for row in range(3, 9):
        gone = (sample.ending[:, row - 3] == FAILED) & (sample.ending[:, row] == FAILED)
        assert gone.any()
        assert (sample.opens[gone, row] == closes[row]).all()
        assert (sample.ends[gone, row] == closes[row]).all()


def test_a_failure_comes_at_an_even_moment_with_notice_or_without() -> None:
    sample = sampled(
        fail_share=exactly(1.0), unannounced_share=exactly(0.3), notice_s=exactly(HOUR)
    )
    part = (sample.ends[:, 0] - sample.opens[:, 0]) / (10 * HOUR)
    quantiles_are(part, between(0, 0.5, 1), step=0.002)
    at_once = sample.ends[:, 0] == sample.known[:, 0]
    # A notice counts from the opening at the earliest: at its first moment it is none.
    share_is(at_once[part > 0.01], 0.3)
    late = ~at_once & (part > 0.1)
    assert (sample.ends[late, 0] - sample.known[late, 0] == HOUR).all()


def test_a_stop_before_the_failure_stays_a_stop() -> None:
    sample = sampled(fail_share=exactly(1.0), stop_share=exactly(1.0))
    first = sample.ending[:, 0]
    # Both moments are even over the same hours: either comes first as often.
    share_is(first == FAILED, 0.5)
    share_is(first == STOPPED_WITH_NOTICE, 0.5)


def test_a_day_that_never_opens_has_no_failure() -> None:
    sample = sampled(50, start_delay_s=exactly(15 * HOUR), fail_share=exactly(1.0))
    assert (sample.ending == NEVER_OPENED).all()


def test_gate_rates_are_drawn_for_each_corridor_and_day() -> None:
    scenario = three_days()
    rate = between(0.01, 0.1, 0.4, SPLIT_LOG)
    corridors = tuple(
        dataclasses.replace(one, gate_persons_per_s=rate) for one in scenario.corridors
    )
    scenario = scenario.replace(corridors=corridors)
    rates = np.array([draw_course(scenario, SEED, number).rate for number in range(2000)])
    quantiles_are(rates.ravel(), rate)
    for column in range(1, 9):
        assert abs(np.corrcoef(rates[:, 0], rates[:, column])[0, 1]) < 4 / sqrt(2000)


def test_second_checks_are_drawn_for_each_corridor_and_day() -> None:
    sample = sampled(recheck_share=exactly(0.3), recheck_factor=between(0.5, 1, 3, TRIANGULAR))
    again = sample.column("recheck_rate")
    share_is(again > 0, 0.3)
    factor = again / sample.column("rate")
    quantiles_are(factor[again > 0], between(0.5, 1, 3, TRIANGULAR))
    assert abs(np.corrcoef(again[:, 0] > 0, again[:, 1] > 0)[0, 1]) < 4 / sqrt(MEMBERS)


def test_uptake_is_the_pockets_times_the_zones_and_no_more_than_all() -> None:
    scenario = three_days(zone_factor=between(0.5, 1.0, 1.5))
    uptake = between(0.4, 0.6, 0.9)
    planning = dataclasses.replace(scenario.planning, uptake=uptake)
    scenario = scenario.replace(planning=planning)
    drawn = np.array([draw_course(scenario, SEED, number).uptake for number in range(3000)])
    assert drawn.shape == (3000, 9)
    assert 0.2 <= drawn.min() < drawn.max() == 1.0
    mean = 0.5 * 0.5 + 0.5 * 0.75
    assert drawn.mean() == pytest.approx(mean, abs=0.02)
    # Zones of one member share the pocket's part.
    assert np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1] > 0.1
    assert np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1] < 0.1


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("pace_factor", "pace"),
        ("long_share", "long_share"),
        ("long_factor", "long_factor"),
        ("service_cv", "service_cv"),
        ("uncalled_share", "uncalled_share"),
    ],
)
def test_what_is_drawn_once_a_member(field: str, column: str) -> None:
    low = 1.0 if field == "long_factor" else 0.2
    estimate = between(low, low + 0.2, low + 0.8)
    sample = sampled(2000, **{field: estimate})
    quantiles_are(sample.column(column), estimate)


@pytest.mark.parametrize(
    "field",
    [
        "pace_factor",
        "long_share",
        "service_cv",
        "uncalled_share",
        "zone_factor",
        "lateness_s",
        "recheck_share",
    ],
)
def test_windows_do_not_depend_on_other_topics(field: str) -> None:
    fields = {
        "start_delay_s": between(0, HOUR, 9 * HOUR),
        "stop_share": between(0.1, 0.3, 0.6),
        "fail_share": between(0.0, 0.1, 0.2),
        "notice_s": between(900, 1800, 7200),
    }
    plain, other = sampled(40, **fields), sampled(40, **fields, **{field: exactly(0.5)})
    for name in ("opens", "ends", "known", "ending"):
        assert (getattr(plain, name) == getattr(other, name)).all()


def test_a_corridor_more_leaves_the_days_as_they_were() -> None:
    scenario = three_days(start_delay_s=between(0, HOUR, 9 * HOUR), stop_share=exactly(0.4))
    fewer = scenario.replace(windows=tuple(one for one in scenario.windows if one.corridor != "C2"))
    for number in range(40):
        whole, part = draw_course(scenario, SEED, number), draw_course(fewer, SEED, number)
        kept = [w for w, one in enumerate(scenario.windows) if one.corridor != "C2"]
        assert whole.opens_s[kept].tolist() == part.opens_s.tolist()
        assert whole.ends_s[kept].tolist() == part.ends_s.tolist()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 7200), st.integers(1, 9000)), min_size=1, max_size=4),
    st.sampled_from((1, 10, 60, 450, 900)),
    st.integers(0, 10**6),
)
def test_any_window_runs_forward(spans: list[tuple[int, int]], step_s: int, seed: int) -> None:
    """Whatever the grid: announced ≤ opens ≤ ends, known no later, none over another's opening."""
    windows, at = [], 0
    for gap, length in spans:
        windows.append((1, 8 + (at + gap) / HOUR, 8 + (at + gap + length) / HOUR))
        at += gap + length
    scenario = one_corridor(windows=tuple(windows), slot_s=900, step_s=step_s, tick_s=1)
    scenario = scenario.replace(
        uncertainty=Uncertainty(
            start_delay_s=between(0, 600, 4000),
            stop_share=between(0, 0.4, 1),
            extend_share=between(0, 0.5, 1),
            extension_s=between(0, 600, 9000),
            fail_share=between(0, 0.1, 0.5),
            unannounced_share=exactly(0.5),
            notice_s=between(0, 600, 7200),
        )
    )
    draw = draw_course(scenario, seed, 0)
    announced = [
        (scenario.seconds(one.opens), scenario.seconds(one.closes)) for one in scenario.windows
    ]
    for w, (opens, closes) in enumerate(announced):
        assert draw.opens_s[w] <= draw.ends_s[w]
        assert draw.known_s[w] <= draw.ends_s[w]
        assert opens <= draw.opens_s[w]
        if draw.ending[w] == EXTENDED:
            assert closes <= draw.ends_s[w]
            assert w + 1 == len(announced) or draw.ends_s[w] <= announced[w + 1][0]
        else:
            assert draw.ends_s[w] <= closes


def test_days_are_told_apart_by_the_moment_and_not_by_the_clock() -> None:
    """When clocks are put back, the later of two windows may show the earlier hour."""
    back = datetime(2016, 10, 27, 23, 30, tzinfo=ZoneInfo(TIMEZONE))
    assert back.utcoffset() != back.replace(fold=1).utcoffset()
    early, late = back.astimezone(UTC), back.replace(fold=1, minute=10).astimezone(UTC)
    assert early < late
    zone = ZoneInfo(TIMEZONE)
    windows = tuple(
        Window("C1", at.astimezone(zone), (at + timedelta(minutes=20)).astimezone(zone), ASSUMED)
        for at in (early, late)
    )
    scenario = one_corridor().replace(
        windows=windows,
        uncertainty=Uncertainty(fail_share=exactly(1.0), unannounced_share=exactly(1.0)),
    )
    draw = draw_course(scenario, SEED, 0)
    first, second = draw.ends_s.tolist()
    assert draw.ending.tolist() == [FAILED, FAILED]
    assert 0 <= first < 1200, "the first window fails in its own hours"
    assert second == scenario.seconds(windows[1].closes), "and the second never opens"
