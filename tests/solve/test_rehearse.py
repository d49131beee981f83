"""One corridor rehearsed: tiny courses worked out by hand, and any against plain loops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clearway.solve.rehearse import _share, rehearse
from clearway.solve.yard import SUDDEN, Calls, Course, Gate
from tests.solve.slow_rehearsal import NEWCOMER, SlowRehearsal, share

HOUR = 3600.0


def row(opens: float = 0, announced: float = HOUR, **changes: float) -> list[float]:
    """Return a window that runs as announced: 360 persons an hour, nobody checked again."""
    told = {
        "opens": opens,
        "ends": announced,
        "announced": announced,
        "known": changes.get("ends", announced),
        "sudden": 0,
        "rate": 0.1,
        "recheck": 0,
        "begins": opens,
    }
    return list((told | changes).values())


@dataclass(frozen=True)
class Play:
    """A corridor of 300 m at 1 m/s, a gate of ten seconds a person; blocks leave in a minute.

    Attributes
    ----------
    blocks
        One a block: when it is called, and the sizes of its households.
    windows
        Rows of windows.
    walk_m, late_s, groups
        One a block, or one for all.
    last_s
        Last entry of each group, without and with a second check.
    speed
        One a group.
    """

    blocks: tuple[tuple[float, tuple[int, ...]], ...] = ((0, (2,)),)
    windows: tuple[list[float], ...] = (row(),)
    walk_m: Any = 0.0
    late_s: Any = 0.0
    groups: Any = 0
    last_s: Any = ((0.0,), (0.0,))
    speed: tuple[float, ...] = (1.0,)
    queue: float = 1e9
    called: float = 1e9
    most: tuple[float, float] = (1e9, 1e9)
    turn_m: float = 150.0
    points: int = 1
    come: float = 1.0
    uncalled: float = 0.0

    def parts(self) -> tuple[Calls, Course, Gate]:
        """Return what ``rehearse`` takes."""
        count, sizes = len(self.blocks), [sizes for _, sizes in self.blocks]
        calls = Calls(
            depart_s=np.array([at for at, _ in self.blocks], dtype=np.float64),
            span_s=np.full(count, 60.0),
            walk_m=np.broadcast_to(np.float64(self.walk_m), count).copy(),
            late_s=np.broadcast_to(np.float64(self.late_s), count).copy(),
            start=np.cumsum([0, *map(len, sizes)]),
            zone=np.zeros(count, dtype=np.int64),
            group=np.broadcast_to(np.int64(self.groups), count).copy(),
            size=np.array([size for block in sizes for size in block], dtype=np.float64),
            step_s=60.0,
        )
        course = Course(
            window=np.array(self.windows, dtype=np.float64),
            come=np.array([self.come]),
            speed=np.repeat(np.array(self.speed)[:, None], 64, axis=1),
            work=np.ones(64),
            long=np.array([0.0, 1.0]),
            late=np.zeros(64),
            uncalled_per_s=float(self.uncalled),
            key=1,
        )
        gate = Gate(
            length_m=300.0,
            turn_m=float(self.turn_m),
            points=self.points,
            hold_queue=float(self.queue),
            hold_called=float(self.called),
            most=np.array(self.most, dtype=np.float64),
            last_s=np.array(self.last_s, dtype=np.float64),
        )
        return calls, course, gate


def told(**changes: Any) -> list[float]:
    """Return persons out, turned back and caught of a play, which plain loops confirm."""
    parts = Play(**changes).parts()
    found: list[float] = rehearse(*parts).tolist()
    assert found == SlowRehearsal(*parts).result()
    return found


def closing_at(seconds: float, **changes: Any) -> list[float]:
    """Return what becomes of a play whose window closes then, as announced."""
    return told(windows=(row(0, seconds),), **changes)


def test_one_household_is_out_after_its_walk_its_check_and_the_corridor() -> None:
    """It leaves in the middle of its minute: 30 + 150 + 20 + 300 = 500 s, and not sooner."""
    assert closing_at(540, walk_m=150) == [2, 0, 0]
    assert closing_at(500, walk_m=150) == [2, 0, 0]
    assert closing_at(499, walk_m=150) == [0, 0, 2]


def test_a_household_that_is_not_let_in_has_turned_back() -> None:
    """It has passed the check after 200 s, 340 s before closing: that is the last entry."""
    assert closing_at(540, walk_m=150, last_s=((340.0,), (0.0,))) == [2, 0, 0]
    assert closing_at(540, walk_m=150, last_s=((341.0,), (0.0,))) == [0, 2, 0]


def test_each_group_has_its_own_last_entry() -> None:
    """Both come to the gate at once; the slower may not begin so late."""
    changes = {
        "blocks": ((0, (1,)), (0, (1,))),
        "groups": [0, 1],
        "speed": (1.0, 0.5),
        "last_s": ((300.0, 600.0), (0.0, 0.0)),
    }
    assert closing_at(645, **changes) == [1, 1, 0]
    assert closing_at(660, **changes) == [2, 0, 0]


def test_the_gate_serves_whoever_came_first() -> None:
    """A household of nine takes 90 s: the one behind it passes at 130 s and is out at 430 s."""
    two = ((0, (9,)), (0, (1,)))
    assert closing_at(430, blocks=two) == [10, 0, 0]
    assert closing_at(429, blocks=two) == [9, 0, 1]
    assert closing_at(419, blocks=two) == [0, 0, 10]


def test_check_points_work_side_by_side_at_the_rate_of_all() -> None:
    """Of two, each takes twice as long: 180 s for nine, 20 s for one, out at 350 s."""
    two = ((0, (9,)), (0, (1,)))
    assert closing_at(360, blocks=two, points=2) == [1, 0, 9]
    assert closing_at(510, blocks=two, points=2) == [10, 0, 0]


def test_who_does_not_come_is_nowhere() -> None:
    assert told(come=0.0) == [0, 0, 0]
    assert told(come=1.0) == [2, 0, 0]


def test_part_of_the_households_come() -> None:
    """Of 400 about a quarter: within four standard deviations, 35."""
    out, back, caught = told(
        blocks=((0, (1,) * 400),), come=0.25, windows=(row(0, 2 * HOUR),), queue=1e9
    )
    assert abs(out - 100) < 35
    assert (back, caught) == (0, 0)


def test_a_block_is_held_while_too_many_wait() -> None:
    """Of three households of nine two wait at 120 s, one at 180 s, none at 240 s."""
    blocks = ((0, (9,)), (0, (9, 9)), (120, (1,)))
    held = SlowRehearsal(*Play(blocks=blocks, queue=5).parts())
    free = SlowRehearsal(*Play(blocks=blocks, queue=18).parts())
    assert free.first_call[2] == 120
    assert held.first_call[2] == 240
    late = {"blocks": blocks, "late_s": 540.0}
    assert closing_at(660, **late, queue=18) == [28, 0, 0]
    assert closing_at(660, **late, queue=5) == [27, 0, 0]


def test_a_block_is_held_while_too_many_are_under_way() -> None:
    """Nine are at the gate after 630 s and through it before 780 s; then the next may come."""
    blocks = ((0, (9,)), (60, (1,)))
    held = SlowRehearsal(*Play(blocks=blocks, called=8, walk_m=600).parts())
    assert held.first_call == {0: 0, 1: 660}
    assert closing_at(1589, blocks=blocks, called=8, walk_m=600) == [9, 0, 1]
    assert closing_at(1600, blocks=blocks, called=8, walk_m=600) == [10, 0, 0]
    assert closing_at(1110, blocks=blocks, called=9, walk_m=600) == [10, 0, 0]


def test_a_block_that_is_too_late_is_not_called() -> None:
    """Nobody of it is called, turned back or caught; in the next hours there is no such block."""
    assert closing_at(540, late_s=540) == [2, 0, 0]
    assert closing_at(540, late_s=541) == [0, 0, 0]


def test_a_block_not_called_in_one_window_comes_in_the_next() -> None:
    days = (row(0, 540), row(7200, 7740))
    assert told(windows=days, late_s=500, blocks=((60, (2,)),)) == [2, 0, 0]
    assert closing_at(540, late_s=500, blocks=((60, (2,)),)) == [0, 0, 0]
    slow = SlowRehearsal(*Play(windows=days, late_s=500, blocks=((60, (2,)),)).parts())
    assert slow.first_call == {0: 7200}


def test_a_window_that_never_opens_passes_its_blocks_on() -> None:
    never = row(540, 540, begins=0)
    assert told(windows=(never, row(7200, 7740))) == [2, 0, 0]
    assert told(windows=(never,)) == [0, 0, 0]


def test_who_turned_back_in_one_window_is_called_first_in_the_next() -> None:
    """Through the gate after 200 s, with a last entry 400 s before closing."""
    late: Any = {"last_s": ((400.0,), (0.0,)), "walk_m": 150.0}
    assert told(windows=(row(0, 540),), **late) == [0, 2, 0]
    assert told(windows=(row(0, 540), row(7200, 7740)), **late) == [0, 4, 0]
    assert told(windows=(row(0, 540), row(7200, 7980)), **late) == [2, 2, 0]
    # The next in the list was not called on the first day: on the second it comes behind them.
    days, two = (row(0, 540), row(7200, 7980)), ((0, (2,)), (600, (9,)))
    assert told(windows=days, blocks=two, **late) == [11, 2, 0]
    assert told(windows=(days[0], row(7200, 7740)), blocks=two, **late) == [0, 13, 0]
    held = SlowRehearsal(*Play(windows=days, blocks=two, called=1, **late).parts())
    assert held.first_call == {0: 0, 1: 7440}


def test_who_heard_at_the_door_is_called_again_too() -> None:
    """The gate had shut when it was to leave, at 30 s: it never was in the open that day."""
    days = (row(0, 360), row(7200, 7800))
    assert told(windows=days[:1], last_s=((340.0,), (0.0,))) == [0, 0, 0]
    assert told(windows=days, last_s=((340.0,), (0.0,))) == [2, 0, 0]


def test_who_hears_at_the_door_that_the_gate_has_shut_has_not_turned_back() -> None:
    """The gate shuts at 40 s: the first of three has left at 10 s, the second at 30 s."""
    three = ((0, (1, 1, 1)),)
    assert closing_at(60, blocks=three, walk_m=900, last_s=((20.0,), (0.0,))) == [0, 2, 0]
    assert closing_at(60, blocks=three, walk_m=900, last_s=((0.0,), (0.0,))) == [0, 3, 0]
    assert closing_at(60, blocks=three, walk_m=900, last_s=((35.0,), (0.0,))) == [0, 1, 0]


# In the next few a household of two passes the gate at 50 s.


@pytest.mark.parametrize(
    ("turn_m", "ends", "becomes"),
    [
        (71, 360, [0, 2, 0]),  # before the mark, though there was time to go on
        (70, 360, [2, 0, 0]),  # at the mark, and out in time
        (70, 300, [0, 0, 2]),  # at the mark, and too far from the exit
        (71, 300, [0, 2, 0]),  # before the mark: back in time
        (71, 180, [0, 0, 2]),  # before the mark, yet 70 s away from the mouth
    ],
)
def test_on_notice_those_before_the_mark_go_back(
    turn_m: float, ends: float, becomes: list[float]
) -> None:
    """Notice comes after 120 s, when they are 70 m in; it is too late to be called again."""
    assert told(windows=(row(ends=ends, known=120),), turn_m=turn_m, late_s=300) == becomes


def test_who_has_gone_back_is_called_again_if_there_is_time() -> None:
    """At 120 s, when they have hardly gone back: through the gate at 170 s, out at 470 s."""
    assert told(windows=(row(ends=470, known=120),), turn_m=71) == [2, 2, 0]
    assert told(windows=(row(ends=469, known=120),), turn_m=71) == [0, 2, 2]


def test_who_is_being_checked_when_notice_comes_passes_if_there_is_time() -> None:
    """Nine are through at 120 s; one behind them would pass at 130 s: the notice is of 120 s."""
    blocks = ((0, (9,)), (0, (1,)))
    stop = {"blocks": blocks, "turn_m": 0.0, "last_s": ((300.0,), (0.0,)), "late_s": 400}
    assert told(windows=(row(ends=480, known=120),), **stop) == [10, 0, 0]
    assert told(windows=(row(ends=420, known=60),), **stop) == [9, 1, 0]
    assert told(windows=(row(ends=400, known=60),), **stop) == [0, 10, 0]


def test_a_longer_day_turns_nobody() -> None:
    """The same closing is an early one if announced for later, and a late one if for earlier."""
    early = row(0, 600, ends=300, known=60)
    longer = row(0, 240, ends=300, known=60)
    assert told(windows=(early,), turn_m=150, late_s=250) == [0, 2, 0]
    assert told(windows=(longer,), turn_m=150) == [0, 0, 2]


def test_on_a_longer_day_the_gate_admits_until_the_new_last_entry() -> None:
    late = {"blocks": ((60, (2,)),), "last_s": ((300.0,), (0.0,))}
    assert told(windows=(row(0, 400),), **late) == [0, 2, 0]
    assert told(windows=(row(0, 400, ends=520, known=60),), **late) == [2, 0, 0]


def test_a_stop_without_notice_catches_nobody() -> None:
    """Who is inside is in the open, which no rule prevents; who waits has turned back."""
    blocks = ((0, (2, 9)),)
    sudden = row(ends=60, known=60, sudden=1)
    noticed = row(ends=60, known=60)
    assert told(windows=(sudden,), blocks=blocks) == [0, 9, 0]
    assert told(windows=(noticed,), blocks=blocks) == [0, 9, 2]


def test_a_second_check_serves_one_after_another() -> None:
    """Ten persons pass the gate by 130 s and 30 s a person later: 420 + 270 s, then 30 more."""
    blocks = ((0, (9,)), (0, (1,)))
    again = {"blocks": blocks, "windows": (row(recheck=1 / 30),)}
    assert told(**again) == [10, 0, 0]
    for ends, becomes in ((719, [9, 0, 1]), (720, [10, 0, 0]), (689, [0, 0, 10])):
        assert told(blocks=blocks, windows=(row(0, ends, recheck=1 / 30),)) == becomes


def test_on_days_with_a_second_check_its_own_last_entry_holds() -> None:
    changes = {"last_s": ((300.0,), (380.0,)), "windows": (row(0, 420, recheck=0.1),)}
    assert told(**changes) == [0, 2, 0]
    assert told(**(changes | {"windows": (row(0, 420),)})) == [2, 0, 0]


def test_the_corridor_holds_no_more_than_its_limit() -> None:
    """Two of three: the third household is let in once the first is out, at 350 s or later."""
    blocks = ((0, (2,)), (0, (2,)), (0, (2,)))
    slow = SlowRehearsal(*Play(blocks=blocks, most=(4, 9)).parts())
    assert slow.most_inside == 4
    assert told(blocks=blocks, most=(4, 9)) == [6, 0, 0]
    assert closing_at(679, blocks=blocks, most=(4, 9)) == [4, 0, 2]
    assert closing_at(680, blocks=blocks, most=(4, 9)) == [6, 0, 0]
    assert closing_at(390, blocks=blocks, most=(6, 9)) == [6, 0, 0]


def test_a_household_larger_than_the_limit_passes_alone() -> None:
    blocks = ((0, (9,)), (0, (1,)))
    slow = SlowRehearsal(*Play(blocks=blocks, most=(4, 9)).parts())
    assert slow.most_inside == 9
    assert told(blocks=blocks, most=(4, 9)) == [10, 0, 0]


def test_with_a_limit_of_nobody_nobody_is_called() -> None:
    """Nor let in, if they come of themselves; the same if the gate stands still all day."""
    assert told(most=(0, 9)) == [0, 0, 0]
    assert told(most=(9, 0)) == [2, 0, 0]
    assert told(most=(9, 0), windows=(row(recheck=0.1),)) == [0, 0, 0]
    assert told(windows=(row(rate=0),)) == [0, 0, 0]
    assert told(windows=(row(rate=0),), uncalled=0.1) == [0, 0, 0]
    assert told(windows=(row(rate=0), row(7200, 7740))) == [2, 0, 0]


def test_those_who_come_of_themselves_stand_in_the_way() -> None:
    """Five every 100 s take 50 s of the gate; out they count, sent home they do not."""
    out, back, caught = told(blocks=((0, ()),), uncalled=0.05)
    assert out == NEWCOMER * 33  # what came until 3240 s, out by 3600 s
    assert (back, caught) == (0, 15)
    assert told(blocks=((0, ()),), uncalled=0.05, last_s=((600.0,), (0.0,)))[1:] == [0, 0]


def test_those_who_came_before_a_late_opening_have_waited() -> None:
    """Fifty stand there at 1020 s: by 1480 s forty-five are through, and nobody behind them."""
    late = row(1020, ends=HOUR, begins=0)
    parts = Play(windows=(late,), uncalled=0.05, blocks=((0, (2,)),)).parts()
    assert SlowRehearsal(*parts).told["come"] == 5 * int(0.05 * HOUR / 5) + 2
    soon = {"blocks": ((0, (2,)),), "last_s": ((HOUR - 1480.0,), (0.0,))}
    assert told(windows=(late,), **soon) == [2, 0, 0]
    assert told(windows=(late,), uncalled=0.05, **soon)[1] == 2


def test_nobody_comes_of_himself_after_the_announced_hours() -> None:
    """Extended by an hour, the window sees no more of them than without."""
    longer = row(0, HOUR, ends=2 * HOUR, known=60)
    parts = Play(windows=(longer,), uncalled=0.05, blocks=((0, ()),)).parts()
    assert SlowRehearsal(*parts).told["come"] == 180
    assert told(windows=(longer,), uncalled=0.05, blocks=((0, ()),)) == [180, 0, 0]


def test_random_numbers_are_those_of_whole_numbers_in_python() -> None:
    """Wherever they stand; and even: the mean of 10,000 is within five standard errors."""
    places = [(1, 0, 0), (300_006, 14_592, 4), (2**31, 99_999, 7)]
    assert [_share(*place) for place in places] == [share(*place) for place in places]
    many = [share(key, household, 3) for key in range(100) for household in range(100)]
    assert abs(np.mean(many) - 0.5) < 5 * (1 / 12 / len(many)) ** 0.5
    assert len(set(many)) == len(many)


@st.composite
def plays(draw: st.DrawFn) -> tuple[Calls, Course, Gate]:
    """Draw a corridor, its blocks and a course, all tiny."""
    some = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(some)
    blocks, zones, groups = (
        draw(st.integers(0, 5)),
        draw(st.integers(1, 2)),
        draw(st.integers(1, 2)),
    )
    counts = rng.integers(0, 8, blocks)
    calls = Calls(
        depart_s=np.sort(rng.integers(0, 90, blocks) * 60.0),
        span_s=rng.choice([60.0, 420.0, 900.0], blocks),
        walk_m=rng.choice([0.0, 100.0, 555.5, 2000.0], blocks),
        late_s=rng.choice([0.0, 600.0, 1500.0], blocks),
        start=np.concatenate([[0], np.cumsum(counts)]),
        zone=rng.integers(0, zones, blocks),
        group=rng.integers(0, groups, blocks),
        size=rng.integers(1, 10, counts.sum()).astype(np.float64),
        step_s=60.0,
    )
    course = Course(
        window=np.array(_windows(draw, rng)),
        come=rng.choice([0.0, 0.5, 1.0], zones),
        speed=np.sort(rng.uniform(0.5, 1.5, (groups, 64)), axis=1),
        work=np.sort(rng.gamma(1.0, 1.0, 64)),
        long=np.array([draw(st.sampled_from((0.0, 0.3))), 4.0]),
        late=np.sort(rng.uniform(0.0, 400.0, 64)),
        uncalled_per_s=draw(st.sampled_from((0.0, 0.01, 0.05))),
        key=some,
    )
    gate = Gate(
        length_m=draw(st.sampled_from((90.0, 400.0, 1200.0))),
        turn_m=draw(st.sampled_from((0.0, 45.0, 200.0))),
        points=draw(st.integers(1, 3)),
        hold_queue=draw(st.sampled_from((0.0, 10.0, 1e9))),
        hold_called=draw(st.sampled_from((0.0, 12.0, 1e9))),
        most=rng.choice([0.0, 8.0, 30.0, np.inf], 2),
        last_s=rng.choice([0.0, 120.0, 900.0], (2, groups)),
    )
    return calls, course, gate


def _windows(draw: st.DrawFn, rng: np.random.Generator) -> list[list[float]]:
    """Return one to three windows one after the other, each with its own ending."""
    rows, begins = [], 0.0
    for _ in range(draw(st.integers(1, 3))):
        announced = begins + 60.0 * rng.integers(5, 40)
        opens = min(announced, begins + 60.0 * rng.choice([0, 0, 3, 70]))
        ends, sudden = announced, draw(st.sampled_from((0, 1)))
        kind = draw(st.sampled_from(("announced", "notice", "sudden", "extended")))
        known = announced
        if opens < announced and kind in {"notice", "sudden"}:
            ends = opens + 60.0 * rng.integers(0, int((announced - opens) / 60) + 1)
            known = max(opens, ends - 60.0 * rng.integers(0, 20)) if kind == "notice" else ends
        elif opens < announced and kind == "extended":
            ends, known = announced + 60.0 * rng.integers(0, 30), max(opens, announced - 600.0)
        recheck = float(rng.choice([0.0, 0.02, 0.2]))
        rate = float(rng.choice([0.0, 0.02, 0.1, 1.0]))
        rows.append([opens, ends, announced, known, sudden, rate, recheck, begins])
        begins = max(ends, announced) + 60.0 * rng.integers(0, 20)
    return rows


@settings(max_examples=150, deadline=None, derandomize=True)
@given(plays())
@example(Play(blocks=(), uncalled=0.01).parts())
def test_any_course_is_as_plain_loops_have_it(play: tuple[Calls, Course, Gate]) -> None:
    """And nobody is lost: whoever came is out, home, caught, or in the open at a sudden stop."""
    slow = SlowRehearsal(*play)
    assert rehearse(*play).tolist() == slow.result()
    become = {name: persons for name, persons in slow.told.items() if name != "come"}
    assert sum(become.values()) == slow.told["come"]
    assert min(become.values(), default=0) >= 0
    if not play[1].window[:, SUDDEN].any():
        assert slow.told["in open"] == 0
    if play[1].window[:, SUDDEN].all() and play[2].turn_m == 0:
        assert slow.told["caught"] == 0


@settings(max_examples=40, deadline=None, derandomize=True)
@given(plays())
def test_rehearsing_changes_nothing_that_it_was_given(play: tuple[Calls, Course, Gate]) -> None:
    """Twice the same, and every array as it was."""
    before = [np.array(part, copy=True) for noun in play for part in noun]
    first = rehearse(*play).tolist()
    assert rehearse(*play).tolist() == first
    after = [np.array(part) for noun in play for part in noun]
    assert all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
