"""Calls into what is left of a gate: who comes sooner, and who gets the turn of others."""

from __future__ import annotations

import numpy as np
import pytest

from clearway.model.plan import Movement
from clearway.model.scenario import Scenario
from clearway.solve.anew_blocks import Block
from clearway.solve.anew_fill import LARGEST, SOONER, Filler
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_pool import Pool, Run
from clearway.solve.problem import pose
from clearway.solve.residual import Line
from clearway.solve.routes import Routes
from tests.scenarios import one_corridor, two_days

ALL = (2, 3, 4, 6, 5, 4, 2, 1, 1)


def filler(scenario: Scenario, patience: int = 0) -> Filler:
    """Return one of a scenario's gates with nobody on their lines, and nobody in the pool."""
    problem = pose(scenario)
    step_s = scenario.planning.step_s
    closes = [scenario.seconds(one.closes) // step_s for one in scenario.windows]
    rows = {one.id: k for k, one in enumerate(scenario.corridors)}
    gates = np.array([rows[one.corridor] for one in scenario.windows])
    lines = {
        w: Line(
            int(first),
            np.full(end - int(first), problem.gate_rate[gates[w]] * step_s),
            problem.last_step[:, w],
            1e9,
            patience,
        )
        for w, (first, end) in enumerate(zip(problem.open_step, closes, strict=True))
    }
    places = np.full(len(scenario.receptions), 1e9)
    clock = Clock(0, step_s)
    return Filler(problem, Routes(problem), gates, Pool.of(scenario), clock, places, lines)


def announce(
    one: Filler, where: tuple[int, int, int], join: int, run: tuple[int, int], window: int = 0
) -> Block:
    """Put a block of a zone, group and corridor on a line, as one that may come sooner."""
    (zone, group, corridor), scenario = where, one.problem.scenario
    walk = int(one.problem.walk_steps[zone, group, corridor])
    rows = one.routes.links(one.routes.shortest(zone, group, corridor))
    move = Movement(
        id=f"told-{join}-{run[0]}",
        zone=scenario.zones[zone].id,
        group=scenario.groups[group].id,
        corridor=scenario.corridors[corridor].id,
        links=tuple(scenario.network.links.id[rows].tolist()),
        depart_s=(join - walk) * one.clock.step_s,
        first_household=run[0],
        households=run[1],
        persons=one.pool.persons(zone, group, *run),
    )
    block = Block(move, zone, group, corridor, window, join - walk, join, one.problem.cohorts)
    one.lines[window].add(block.arrival)
    one.places[one.problem.site[corridor]] -= move.persons
    one.loose.append(block)
    return block


def households(moves: list[Movement]) -> dict[str, list[int]]:
    """Return the households that are called, by group."""
    found: dict[str, list[int]] = {}
    for move in moves:
        first = move.first_household
        found.setdefault(move.group, []).extend(range(first, first + move.households))
    return {group: sorted(mine) for group, mine in found.items()}


def told(one: Filler) -> dict[str, list[int]]:
    """Return the households that are still announced, by group."""
    return households([block.movement for block in one.loose])


def far_and_near() -> Scenario:
    """Return two zones, one at the gate and one half an hour away, and a slow gate."""
    return one_corridor(
        columns=20,
        zones=((19, 0), (0, 0)),
        gates_persons_per_h=(240.0,),
        windows=((1, 8, 12),),
        speeds_m_per_s=(1.2,),
    )


def test_who_lives_near_comes_before_any_of_the_pool_can() -> None:
    one = filler(far_and_near())
    far = int(one.problem.walk_steps[1, 0, 0])
    near = int(one.problem.walk_steps[0, 0, 0])
    assert near + one.problem.cohorts < far
    announce(one, (0, 0, 0), 150, (0, 12))
    one.pool.put(1, 0, Run(0, 20, 0))
    one.fill(0)
    first = min(one.made, key=lambda move: move.depart_s)
    assert (first.zone, first.depart_s) == ("Z1", 0)
    mine = [move for move in one.made if move.zone == "Z1"]
    called = households([*mine, *(block.movement for block in one.loose)])
    assert called == {"G1": list(range(12))}
    # Those from far have the turn that was left, and theirs.
    assert sum(move.households for move in one.made if move.zone == "Z2") == 20


def test_of_a_block_that_is_too_large_the_last_come_sooner() -> None:
    one = filler(far_and_near(), patience=15)
    block = announce(one, (0, 0, 0), 170, (0, 20))
    room = one.lines[0].budget[0] * one.problem.cohorts
    assert block.movement.persons > room
    one.pool.put(1, 0, Run(0, 1, 0))
    one.fill(0)
    sooner = next(move for move in one.made if move.zone == "Z1" and move.depart_s == 0)
    assert 0 < sooner.persons <= room
    assert sooner.first_household + sooner.households == 20
    assert sooner.persons == one.pool.persons(0, 0, sooner.first_household, sooner.households)
    called = households(
        [*(b.movement for b in one.loose), *(move for move in one.made if move.zone == "Z1")]
    )
    assert called == {"G1": list(range(20))}
    rest = [b for b in one.loose if b.movement.first_household == 0]
    assert all(b.join == 170 for b in rest)


def test_nobody_comes_sooner_where_nobody_waits() -> None:
    one = filler(far_and_near())
    block = announce(one, (0, 0, 0), 150, (0, 12))
    one.fill(0)
    assert one.loose == [block]
    assert not one.made


def test_nobody_comes_sooner_by_less_than_some_slots_or_into_little_room() -> None:
    one = filler(far_and_near())
    block = announce(one, (0, 0, 0), one.problem.cohorts * SOONER - 1, (0, 2))
    one.pool.put(1, 0, Run(0, 1, 0))
    one.fill(0)
    assert one.loose == [block]
    full = filler(one_corridor(gates_persons_per_h=(LARGEST * 4 - 4.0,), windows=((1, 8, 16),)))
    kept = announce(full, (0, 0, 0), 300, (0, 2))
    full.pool.put(0, 0, Run(20, 1, 0))
    full.pool.take(0, 0, full.pool.runs[0, 0][0], 1)
    full.pool.put(0, 0, Run(20, 1, 3600))
    full.fill(0)
    assert full.loose == [kept]


def two_weights(hours: float = 6.0) -> Scenario:
    """Return one zone of two groups, of which the second weighs three times as much."""
    return one_corridor(
        households=(ALL, ALL),
        speeds_m_per_s=(1.2, 1.2),
        weights=(1.0, 3.0),
        gates_persons_per_h=(240.0,),
        windows=((1, 8, 8 + hours),),
    )


def full_of_light(one: Filler, joins: tuple[int, ...]) -> None:
    """Announce two of the light group, as many as may be, at each of some slots."""
    at = 0
    for join in joins:
        count = one.pool.fit(0, 0, at, float(one.lines[0].budget[0] * one.problem.cohorts))
        announce(one, (0, 0, 0), join, (at, count))
        at += count


def test_who_weighs_more_and_has_no_turn_gets_that_which_is_farthest_off() -> None:
    one = filler(two_weights())
    full_of_light(one, (150, 120, 135))
    before = told(one)["G1"]
    one.pool.put(0, 1, Run(0, 5, 0))
    one.exchange()
    assert households(one.made) == {"G2": list(range(5))}
    assert {move.depart_s // 60 + int(one.problem.walk_steps[0, 1, 0]) for move in one.made} == {
        150
    }
    # Whoever lost a turn may be called again, and nobody else did.
    lost = sorted(set(before) - set(told(one)["G1"]))
    runs = one.pool.runs[0, 0]
    assert lost
    assert lost == [at for run in runs for at in range(run.first, run.first + run.households)]
    assert one.pool.persons(0, 0, lost[0], len(lost)) <= sum(m.persons for m in one.made) + LARGEST
    assert one.lines[0].holds_all()


def test_turns_stay_with_those_who_are_to_leave_soon() -> None:
    one = filler(two_weights())
    walk = int(one.problem.walk_steps[0, 0, 0])
    soon = one.problem.cohorts * SOONER + walk - 1
    full_of_light(one, (soon,))
    kept = told(one)
    one.pool.put(0, 1, Run(0, 5, 0))
    one.exchange()
    assert told(one) == kept
    assert not one.made


@pytest.mark.parametrize("group", [0, 1])
def test_nobody_gives_a_turn_to_one_who_weighs_no_more(group: int) -> None:
    one = filler(two_weights())
    block = announce(one, (0, 1, 0), 150, (0, 6))
    one.pool.put(0, group, Run(10, 5, 0))
    one.exchange()
    assert one.loose == [block]
    assert not one.made


def test_nobody_gives_a_turn_to_one_who_cannot_be_there() -> None:
    one = filler(two_weights())
    full_of_light(one, (120,))
    kept = told(one)
    one.pool.put(0, 1, Run(0, 5, 3 * 3600))
    one.exchange()
    assert told(one) == kept
    assert not one.made
    assert not one.pool.runs.get((0, 0))


def test_a_household_that_does_not_fit_takes_no_turn() -> None:
    # Nobody comes for want of places: all who were announced stay, and their places are theirs.
    one = filler(two_weights())
    full_of_light(one, (120,))
    kept, site = told(one), one.places.copy()
    one.pool.put(0, 1, Run(0, 5, 0))
    one.places[:] = -float(one.loose[0].movement.persons)
    one.exchange()
    assert told(one) == kept
    assert not one.made
    assert (one.places == -float(one.loose[0].movement.persons)).all()
    assert site.min() < 1e9


def test_places_of_sites_are_kept_through_all() -> None:
    one = filler(two_days(gates_persons_per_h=(240.0,)))
    total = float(one.places[0])
    announce(one, (0, 0, 0), 1440 + 20, (0, 10), window=1)
    one.pool.put(0, 0, Run(10, 10, 1800))
    for window in one.lines:
        one.fill(window)
    one.exchange()
    people = sum(block.movement.persons for block in one.loose)
    people += sum(move.persons for move in one.made)
    assert one.places[0] == total - people
    names = [move.id for move in one.made]
    assert len(set(names)) == len(names)
    called = households([*one.made, *(block.movement for block in one.loose)])["G1"]
    assert called == sorted(set(called))


def test_who_may_wait_a_while_comes_beside_those_who_were_announced() -> None:
    one = filler(two_weights(), patience=15)
    full_of_light(one, (120,))
    kept = told(one)
    one.pool.put(0, 1, Run(0, 5, 0))
    one.exchange()
    assert households(one.made) == {"G2": list(range(5))}
    assert told(one) == kept
