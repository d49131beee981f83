"""Pauses that run otherwise, on a corridor where every number can be worked out by hand.

See ``tests.simulate.worlds.queue_free``: the i-th of ninety persons leaves at 5 + 10 i, comes to
the gate at 205 + 10 i, passes at 211 + 10 i and is out at 511 + 10 i.
"""

from __future__ import annotations

import numpy as np
import pytest

from clearway.model.outcome import (
    EXTENDED,
    FAILED,
    NEVER_OPENED,
    STOPPED,
    STOPPED_WITH_NOTICE,
)
from clearway.simulate.state import (
    CAUGHT,
    IN_OPEN,
    N_BACK,
    N_CAUGHT,
    N_IN_OPEN,
    N_RECALLED,
    N_UNCALLED_BACK,
    OUT,
    SENT_HOME,
)
from tests.simulate.worlds import PERSONS, Ran, as_announced, bins, queue_free, run

WALK_S, CHECK_S, THROUGH_S = 200.0, 6.0, 300.0
AT_ONCE = 5.0 + 10.0 * np.arange(PERSONS)


def counts(ran: Ran) -> dict[str, int]:
    """Return what a member counted at its one corridor."""
    return {
        "out": ran.out,
        "caught": ran.tally(N_CAUGHT),
        "back": ran.tally(N_BACK),
        "in_open": ran.tally(N_IN_OPEN),
        "recalled": ran.tally(N_RECALLED),
        "uncalled_back": ran.tally(N_UNCALLED_BACK),
    }


def so(out: int, **others: int) -> dict[str, int]:
    """Return the counts in full, those not named 0."""
    zero = dict.fromkeys(("caught", "back", "in_open", "recalled", "uncalled_back"), 0)
    return {"out": out, **zero, **others}


def test_as_announced_everyone_is_out_when_worked_out() -> None:
    case = queue_free()
    ran = run(case, as_announced(case.scenario))
    assert counts(ran) == so(PERSONS)
    assert ran.left[:PERSONS] == pytest.approx(AT_ONCE)
    assert ran.joined[:PERSONS] == pytest.approx(AT_ONCE + WALK_S)
    assert ran.passed[:PERSONS] == pytest.approx(AT_ONCE + WALK_S + CHECK_S)
    assert ran.ended[:PERSONS] == pytest.approx(AT_ONCE + WALK_S + CHECK_S + THROUGH_S)
    assert ran.world.pause.out.sum(axis=(1, 2)).tolist() == bins(case, ran).tolist()
    total = ran.world.pause.total
    assert total[:3] == pytest.approx(PERSONS * np.array([WALK_S, CHECK_S, THROUGH_S]))
    assert total[3:].tolist() == [PERSONS, 0]
    assert ran.world.pause.queue.max() == 1
    # One passes at the moment in which another is out, thirty places ahead.
    assert ran.world.pause.open.max() in {THROUGH_S / 10, THROUGH_S / 10 + 1}


def test_a_stop_without_notice_leaves_them_in_the_open() -> None:
    case = queue_free()
    ran = run(case, as_announced(case.scenario, ends_s=[900], known_s=[900], ending=[STOPPED]))
    # 39 are out before 900 (the last at 891), 69 have passed (the last at 891), all have left.
    assert counts(ran) == so(39, in_open=30, back=21)
    assert ran.persons(IN_OPEN) == 30
    assert ran.persons(SENT_HOME) == 21


def test_whoever_is_still_at_home_when_it_stops_was_never_in_the_open() -> None:
    case = queue_free()
    ran = run(case, as_announced(case.scenario, ends_s=[600], known_s=[600], ending=[STOPPED]))
    # 9 are out by 591, 39 have passed, 60 have left by 595; 30 hear at the door that it is off.
    assert counts(ran) == so(9, in_open=30, back=21)
    assert ran.world.pause.total[3] == 60
    gone = ran.phase == SENT_HOME
    assert (ran.left[gone] == 0).sum() == 30


def test_exposure_of_a_stop_by_hand() -> None:
    case = queue_free()
    ran = run(case, as_announced(case.scenario, ends_s=[900], known_s=[900], ending=[STOPPED]))
    walked = np.minimum(900 - AT_ONCE, WALK_S)
    there = WALK_S * 69 + (2 * walked[69:]).sum()
    # One of those sent home stood at the gate from 895 on, and 6 s each before they passed.
    waited = CHECK_S * 69 + (900 - 895)
    inside = THROUGH_S * 39 + (900 - (AT_ONCE[39:69] + WALK_S + CHECK_S)).sum()
    assert ran.world.pause.total[:3] == pytest.approx([there, waited, inside])


def test_a_stop_with_notice_turns_those_before_the_mark() -> None:
    case = queue_free(last_entry_s=(400.0,))
    draw = as_announced(case.scenario, ends_s=[1200], known_s=[900], ending=[STOPPED_WITH_NOTICE])
    ran = run(case, draw)
    # At 900 the mark (180 m, 150 s) lies behind those who passed by 750: 15 of 30 go on and are
    # out by 1041; the gate admits nobody from 800 on, so the 21 on the way are sent home.
    assert counts(ran) == so(54, back=36, recalled=15)
    assert ran.persons(OUT) == 54


@pytest.mark.parametrize(
    ("turn_m", "out", "caught", "recalled"),
    [
        (0.0, 45, 24, 0),  # nobody turns; out by 960 are those who passed by 660
        (180.0, 45, 15, 9),  # 15 before the mark: 6 of them and 3 more are back by 960
        (360.0, 39, 24, 6),  # all turn; only who is 60 s or less from the mouth comes back
    ],
)
def test_the_mark_and_a_notice_of_a_minute(
    turn_m: float, out: int, caught: int, recalled: int
) -> None:
    case = queue_free(last_entry_s=(400.0,), turn_m=turn_m)
    draw = as_announced(case.scenario, ends_s=[960], known_s=[900], ending=[STOPPED_WITH_NOTICE])
    ran = run(case, draw)
    if turn_m == 180.0:
        # Of 39..68: 39..53 go on, of these 39..44 are out by 951 and nine are caught;
        # 54..62 are too far to be back by 960 and are caught, 63..68 come back.
        assert counts(ran) == so(45, caught=18, back=27, recalled=6)
        return
    assert counts(ran) == so(out, caught=caught, back=21 + recalled, recalled=recalled)
    assert ran.persons(CAUGHT) == caught


def test_whoever_is_caught_was_in_the_open_until_the_closing() -> None:
    case = queue_free(turn_m=0.0)
    draw = as_announced(case.scenario, ends_s=[960], known_s=[900], ending=[STOPPED_WITH_NOTICE])
    ran = run(case, draw)
    # Without a last entry six more pass between 900 and 960.
    assert counts(ran) == so(45, caught=30, back=15)
    inside = THROUGH_S * 45 + (960 - (AT_ONCE[45:75] + WALK_S + CHECK_S)).sum()
    assert ran.world.pause.total[2] == pytest.approx(inside)


def test_a_closing_as_announced_catches_whoever_is_inside() -> None:
    case = queue_free(closes_s=1200)
    ran = run(case, as_announced(case.scenario))
    assert counts(ran) == so(69, caught=21)


def test_a_last_entry_of_the_time_through_catches_nobody() -> None:
    case = queue_free(closes_s=1200, last_entry_s=(THROUGH_S,))
    ran = run(case, as_announced(case.scenario))
    # Passed by 900, out by 1191; the others are sent home at 900.
    assert counts(ran) == so(69, back=21)
    assert ran.passed.max() <= 900


def test_a_failure_without_notice_is_a_stop_of_one_corridor() -> None:
    case = queue_free()
    ran = run(case, as_announced(case.scenario, ends_s=[900], known_s=[900], ending=[FAILED]))
    assert counts(ran) == so(39, in_open=30, back=21)


def test_a_failure_with_notice_turns_people() -> None:
    case = queue_free(last_entry_s=(400.0,))
    ran = run(case, as_announced(case.scenario, ends_s=[1200], known_s=[900], ending=[FAILED]))
    assert counts(ran) == so(54, back=36, recalled=15)


def test_a_late_opening_holds_the_call() -> None:
    case = queue_free()
    ran = run(case, as_announced(case.scenario, opens_s=[1800]))
    assert counts(ran) == so(PERSONS)
    assert ran.left[:PERSONS] == pytest.approx(AT_ONCE + 1800)


def test_a_gate_that_never_opens_calls_nobody() -> None:
    case = queue_free()
    ends = as_announced(case.scenario).ends_s.tolist()
    ran = run(case, as_announced(case.scenario, opens_s=ends, ending=[NEVER_OPENED]))
    assert counts(ran) == so(0)
    assert ran.world.pause.total.tolist() == [0, 0, 0, 0, 0]
    assert not ran.world.pause.called.any()


def test_an_extension_known_in_time_lets_everyone_out() -> None:
    case = queue_free(closes_s=960, last_entry_s=(360.0,))
    draw = as_announced(case.scenario, ends_s=[1980], known_s=[540], ending=[EXTENDED])
    assert counts(run(case, draw)) == so(PERSONS)


def test_after_an_extension_whoever_was_sent_home_is_called_again() -> None:
    case = queue_free(closes_s=960, last_entry_s=(360.0,), before_s=560.0)
    draw = as_announced(case.scenario, ends_s=[2040], known_s=[720], ending=[EXTENDED])
    ran = run(case, draw)
    # From 600 on the gate admits nobody: 21 on the way go home, 12 stay at their doors until at 720
    # the extension is known; all 33 are called again then, the last 18 come as they were called.
    assert counts(ran) == so(PERSONS, back=21)
    assert ran.world.pause.total[3] == 60 + 18 + 33
    again = ran.left[PERSONS:]
    assert again[again > 0] == pytest.approx(720 + AT_ONCE[39:72])


def test_without_the_extension_they_stay_sent_home() -> None:
    case = queue_free(closes_s=960, last_entry_s=(360.0,), before_s=560.0)
    ran = run(case, as_announced(case.scenario))
    assert counts(ran) == so(39, back=21)


def test_a_second_check_makes_a_queue_at_the_end() -> None:
    case = queue_free(closes_s=1200)
    ran = run(case, as_announced(case.scenario, recheck_rate=[1 / 12]))
    # The i-th is out at 523 + 12 i: 57 by 1195.
    assert ran.ended[:57] == pytest.approx(523 + 12 * np.arange(57))
    assert counts(ran) == so(57, caught=33)


def test_a_second_check_with_notice_does_not_turn_those_past_the_mark() -> None:
    case = queue_free()
    draw = as_announced(
        case.scenario,
        recheck_rate=[1 / 12],
        ends_s=[960],
        known_s=[900],
        ending=[STOPPED_WITH_NOTICE],
    )
    ran = run(case, draw)
    # Out by 960: 37. At 900: 32 are out; of those inside 54..68 are before the mark, of them
    # 63..68 come back. Those who pass after 900 are caught as well: 69..74.
    assert counts(ran) == so(37, caught=PERSONS - 37 - 6 - 15, back=6 + 15, recalled=6)


def test_the_rules_of_days_with_a_second_check() -> None:
    case = queue_free(last_entry_recheck_s=(6600.0,), open_recheck_persons=10.0)
    plain = run(case, as_announced(case.scenario))
    assert counts(plain) == so(PERSONS)
    ran = run(case, as_announced(case.scenario, recheck_rate=[10.0]))
    assert ran.world.pause.open.max() == 10
    # The gate shuts at 600: ten in, then one for each who is out, from 511 on.
    assert ran.passed.max() <= 600
    assert ran.out == 10 + int(((ran.passed > 310) & (ran.passed <= 600)).sum())


def test_nothing_moves_after_the_end() -> None:
    case = queue_free()
    ran = run(case, as_announced(case.scenario, ends_s=[900], known_s=[900], ending=[STOPPED]))
    assert ran.ended[ran.phase == OUT].max() < 900
    assert ran.passed.max() < 900
