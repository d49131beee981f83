"""Ensembles: the same bytes whatever the threads, the order and the company; where they end."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from typing import Final

import numpy as np
import pytest

from clearway.model.facts import SPLIT, Estimate
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.simulate.case import Case, lay_out, ruled
from clearway.simulate.ensemble import gather
from clearway.simulate.member import Member, run_member
from clearway.simulate.simulate import run_members, simulate
from clearway.simulate.state import BIN_S
from clearway.simulate.usual import usual_rules
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED, four_sides
from tests.simulate.draws import row_bytes

NUMBERS: Final = range(12)


def between(low: float, central: float, high: float) -> Estimate:
    return Estimate(low, central, high, ASSUMED, SPLIT)


UNSURE: Final = Uncertainty(
    start_delay_s=between(0, 900, 5400),
    stop_share=between(0.1, 0.3, 0.5),
    extend_share=between(0.1, 0.3, 0.5),
    extension_s=between(600, 1800, 3600),
    fail_share=between(0, 0.1, 0.2),
    unannounced_share=between(0.2, 0.5, 0.8),
    notice_s=between(300, 900, 3600),
    recheck_share=between(0, 0.2, 0.4),
    recheck_factor=between(0.5, 1, 2),
    long_share=between(0, 0.1, 0.3),
    long_factor=between(2, 3, 6),
    service_cv=between(0.3, 0.6, 1),
    zone_factor=between(0.7, 1, 1.3),
    uncalled_share=between(0, 0.1, 0.3),
    pace_factor=between(0.6, 0.9, 1),
    lateness_s=between(0, 60, 900),
)


def pause(**changes: Estimate) -> tuple[Scenario, Plan]:
    scenario = four_sides(households=(2, 3, 2, 2, 1, 1, 0, 0, 0), uptake=0.7)
    scenario = scenario.replace(uncertainty=UNSURE.replace(**changes))
    return scenario, greedy_plan(scenario)


@pytest.fixture(scope="module")
def case() -> Case:
    scenario, plan = pause()
    return lay_out(scenario, plan, usual_rules(scenario, plan))


@pytest.fixture(scope="module")
def ensemble(case: Case) -> Ensemble:
    return run(case, NUMBERS)


def run(case: Case, numbers: Sequence[int], *, seed: int = 5, threads: int = 1) -> Ensemble:
    return gather(case, numbers, seed, threads, lambda _: False)


def same(one: Ensemble, other: Ensemble) -> bool:
    """Return whether two ensembles have the same members, byte by byte, in any order."""
    rows = {int(number): row for row, number in enumerate(other.numbers)}
    return len(one) == len(other) and all(
        row_bytes(one, row) == row_bytes(other, rows[int(number)])
        for row, number in enumerate(one.numbers)
    )


def test_the_pause_is_worth_comparing(ensemble: Ensemble) -> None:
    assert len(np.unique(ensemble.people_out)) == len(ensemble)
    assert ensemble.turned_back.sum() > 0
    assert ensemble.in_open.sum() > 0
    assert len(np.unique(ensemble.ending)) >= 4


def test_two_threads_give_the_bytes_of_one(case: Case, ensemble: Ensemble) -> None:
    assert same(ensemble, run(case, NUMBERS, threads=2))
    assert same(ensemble, run(case, NUMBERS, threads=4))


def test_the_order_of_members_does_not_matter(case: Case, ensemble: Ensemble) -> None:
    backwards = run(case, list(NUMBERS)[::-1], threads=2)
    assert backwards.numbers.tolist() == list(NUMBERS)[::-1]
    assert same(ensemble, backwards)
    mixed = [3, 11, 0, 7, 5, 1, 2, 10, 9, 8, 6, 4]
    assert same(ensemble, run(case, mixed))


def test_a_member_alone_is_the_member_in_the_crowd(case: Case, ensemble: Ensemble) -> None:
    for number in (0, 4, 11):
        assert row_bytes(run(case, [number]), 0) == row_bytes(ensemble, number)


def test_a_case_laid_out_again_gives_the_same_bytes(ensemble: Ensemble) -> None:
    scenario, plan = pause()
    again = lay_out(scenario, plan, usual_rules(scenario, plan))
    assert same(ensemble, run(again, NUMBERS))


def test_some_members_run_before_the_others(case: Case, ensemble: Ensemble) -> None:
    """The result keeps its order and its bytes; what is heard goes by the order of running."""
    heard: list[int] = []

    def hear(member: Member) -> bool:
        heard.append(int(member.out.sum()))
        return False

    found = gather(case, NUMBERS, 5, 1, hear, first=[7, 3, 11])
    assert found.numbers.tolist() == list(NUMBERS)
    assert same(ensemble, found)
    order = [7, 3, 11, 0, 1, 2, 4, 5, 6, 8, 9, 10]
    assert heard == ensemble.people_out[order].tolist()
    assert same(ensemble, gather(case, NUMBERS, 5, 2, lambda _: False, first=order[::-1]))


def test_who_ends_early_has_the_members_that_run_first(case: Case, ensemble: Ensemble) -> None:
    """In the order of all, not in that of running."""
    left = iter([False, False, True])
    found = gather(case, NUMBERS, 5, 1, lambda _: next(left), first=[9, 4])
    assert found.numbers.tolist() == [0, 4, 9]
    for row, number in enumerate(found.numbers):
        assert row_bytes(found, row) == row_bytes(ensemble, int(number))


def test_a_member_knows_whether_it_catches_anyone(case: Case) -> None:
    """Where people are let in until the closing."""
    open_to_the_end = ruled(case, usual_rules(case.scenario, case.plan, 0.0))
    found = run(open_to_the_end, range(40))
    told = [run_member(open_to_the_end, 5, number).catches for number in range(40)]
    assert told == (found.caught.sum(axis=1) > 0).tolist()
    assert True in told
    assert False in told


def test_other_rules_are_laid_over_the_same_case(case: Case, ensemble: Ensemble) -> None:
    """As if laid out anew for them, and the case itself stays what it was."""
    scenario, plan = pause()
    rules = usual_rules(scenario, plan, 5400.0)
    found = run(ruled(case, rules), NUMBERS)
    assert same(found, run(lay_out(scenario, plan, rules), NUMBERS))
    assert not same(found, ensemble)
    assert same(run(ruled(ruled(case, rules), case.rules), NUMBERS), ensemble)
    assert same(run(case, NUMBERS), ensemble)


def test_members_are_run_alike_whoever_asks(case: Case, ensemble: Ensemble) -> None:
    found = run_members(case, NUMBERS, 5, lambda _: False, first=[2])
    assert found.numbers.tolist() == list(NUMBERS)
    assert same(ensemble, found)


def test_another_seed_gives_other_members(case: Case, ensemble: Ensemble) -> None:
    other = run(case, NUMBERS, seed=6)
    assert not same(ensemble, other)
    assert (other.people_out != ensemble.people_out).sum() > len(NUMBERS) // 2


def test_members_differ_from_one_another(ensemble: Ensemble) -> None:
    rows = {str(row_bytes(ensemble, row)) for row in range(len(ensemble))}
    assert len(rows) == len(ensemble)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service_cv", between(0, 0, 0)),
        ("long_share", between(0.5, 0.5, 0.5)),
        ("pace_factor", between(0.5, 0.5, 0.5)),
        ("lateness_s", between(0, 0, 0)),
        ("uncalled_share", between(1, 1, 1)),
        ("zone_factor", between(1, 1, 1)),
    ],
)
def test_one_topic_leaves_the_others_as_they_were(
    field: str, value: Estimate, ensemble: Ensemble
) -> None:
    scenario, plan = pause(**{field: value})
    other = run(lay_out(scenario, plan, usual_rules(scenario, plan)), NUMBERS)
    for column in ("opens_s", "closes_s", "ending"):
        assert (getattr(other, column) == getattr(ensemble, column)).all()
    assert field == "zone_factor" or (other.willing == ensemble.willing).all()
    assert not same(ensemble, other)


def test_the_windows_do_not_change_who_would_go(ensemble: Ensemble) -> None:
    scenario, plan = pause(stop_share=between(1, 1, 1), start_delay_s=between(0, 0, 0))
    other = run(lay_out(scenario, plan, usual_rules(scenario, plan)), NUMBERS)
    assert (other.willing == ensemble.willing).all()
    assert (other.ending != ensemble.ending).any()


def test_a_plan_without_rules_is_run_by_the_usual_ones() -> None:
    scenario, plan = pause()
    told = plan.replace(rules=usual_rules(scenario, plan))
    assert same(simulate(scenario, plan, 4, 5), simulate(scenario, told, 4, 5))


def test_households_draw_the_same_under_any_plan(ensemble: Ensemble) -> None:
    scenario, plan = pause()
    for moves in (plan.movements[::-1], plan.movements[: len(plan.movements) // 3], ()):
        other = simulate(scenario, plan.replace(movements=moves), len(ensemble), 5)
        assert (other.willing == ensemble.willing).all()
        assert (other.ending == ensemble.ending).all()
        assert (other.most == ensemble.most).all()


def test_what_an_ensemble_says_of_itself(ensemble: Ensemble) -> None:
    scenario, _ = pause()
    assert ensemble.scenario == scenario.id
    assert ensemble.seed == 5
    assert ensemble.bin_s == BIN_S
    assert ensemble.numbers.tolist() == list(NUMBERS)
    last = max(scenario.seconds(window.closes) for window in scenario.windows)
    assert ensemble.out.shape[1] * BIN_S >= last + UNSURE.extension_s.high
    assert ensemble.out.shape[2:] == (4, 2)


def test_members_by_their_numbers() -> None:
    scenario, plan = pause()
    found = simulate(scenario, plan, [7, 3], 5)
    assert found.numbers.tolist() == [7, 3]
    whole = simulate(scenario, plan, 8, 5)
    assert row_bytes(found, 0) == row_bytes(whole, 7)
    assert row_bytes(found, 1) == row_bytes(whole, 3)


@pytest.mark.parametrize("members", [0, -3, [], (), range(0)])
def test_no_members_are_refused(members: int | Sequence[int]) -> None:
    scenario, plan = pause()
    with pytest.raises(ValueError, match="at least one member"):
        simulate(scenario, plan, members)


@pytest.mark.parametrize("members", [[1, 1], [4, 2, 4], [-1], [0, -2]])
def test_members_twice_or_below_zero_are_refused(members: list[int]) -> None:
    scenario, plan = pause()
    with pytest.raises(ValueError, match="numbered from 0, each once"):
        simulate(scenario, plan, members)


def test_a_seed_below_zero_is_refused() -> None:
    scenario, plan = pause()
    with pytest.raises(ValueError, match="seed must be 0 or more"):
        simulate(scenario, plan, 2, -1)


def test_progress_tells_every_member_and_of_how_many() -> None:
    scenario, plan = pause()
    told: list[tuple[int, int]] = []
    simulate(scenario, plan, 6, progress=lambda done, of: told.append((done, of)))
    assert [of for _, of in told] == [6] * len(told)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (6, 6)


def test_stop_ends_early_with_the_members_finished() -> None:
    scenario, plan = pause()
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) >= 3

    found = simulate(scenario, plan, 50, 5, stop=stop)
    assert 3 <= len(found) <= 8
    assert same(found, simulate(scenario, plan, found.numbers.tolist(), 5))


def test_stop_at_once_still_gives_a_member() -> None:
    scenario, plan = pause()
    found = simulate(scenario, plan, 50, 5, stop=lambda: True)
    assert 1 <= len(found) <= 4
    assert found.numbers.tolist() == list(range(len(found)))


def test_callbacks_are_called_in_the_callers_thread() -> None:
    scenario, plan = pause()
    seen: set[int] = set()

    def progress(done: int, of: int) -> None:
        del done, of
        seen.add(threading.get_ident())

    simulate(scenario, plan, 5, progress=progress)
    assert seen == {threading.get_ident()}


def test_an_error_of_a_callback_comes_out() -> None:
    scenario, plan = pause()

    def fails(done: int, of: int) -> None:
        raise KeyError((done, of))

    with pytest.raises(KeyError):
        simulate(scenario, plan, 3, progress=fails)


def test_columns_can_not_be_written(ensemble: Ensemble) -> None:
    for field in dataclasses.fields(ensemble):
        value = getattr(ensemble, field.name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable, field.name
