"""Links as queues: run, wait at the end, move on when there is room (compiled).

Each link lets units through its entry and its end at its flow at most, holds as many persons as
stand on it, and a gap travels back through a standing queue at the link's wave speed. With free
speeds that do not depend on density this is the simplified theory of kinematic waves (Newell
1993); on foot the speed falls with the density met on entering. Where links meet, whoever comes to
an end first is next at the entry of the onward link: links with queues take turns.
"""

from __future__ import annotations

from typing import Any

import numba

from clearway.simulate.gap import gap_s, has_room, note_gone
from clearway.simulate.gate import (
    admit,
    came_out,
    came_to_gate,
    leave_check,
    may_pass,
    passed_gate,
    send_home,
)
from clearway.simulate.speed import share_of_speed
from clearway.simulate.state import (
    AT,
    BLOCKED,
    BUSY,
    CHECKED,
    CORRIDOR,
    COUNT,
    END,
    ENTERED,
    ENTRY_FREE,
    EXIT_FREE,
    FRONT,
    GATE,
    HEAD,
    IDLE,
    KEEPS_ROOM,
    KEPT,
    LENGTH,
    M2,
    NEXT,
    NOBODY,
    OUT,
    PACE,
    PHASE,
    POINTS,
    QUEUED,
    READY,
    RUNNING,
    RUNS,
    SECONDS_EACH,
    SIZE,
    SPEED,
    STATE,
    TAIL,
    TIME,
    WAIT_HEAD,
    WAIT_NEXT,
    WAIT_TAIL,
    World,
    space,
)
from clearway.simulate.wheel import push


@numba.njit(cache=True, nogil=True, forceinline=True)
def happen(world: World, unit: int) -> Any:
    """Carry out the next event of ``unit``."""
    crowd = world.crowd
    time, state = crowd.real[unit, TIME], crowd.whole[unit, STATE]
    link = crowd.route[crowd.whole[unit, AT]]
    gone = crowd.whole[unit, PHASE] >= OUT
    if state == CHECKED:
        _checked(world, link, unit, time)
    elif state == RUNS:
        if not gone:
            world.roads.real[link, RUNNING] -= space(world, link, unit)
            _arrive(world, link, unit, time)
    elif state != IDLE:
        if gone and state == KEEPS_ROOM:
            # The room that it does not need is for others who wait for it.
            wake(world, crowd.whole[unit, KEPT], time)
        serve(world, link, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def enter(world: World, link: int, unit: int, time: float) -> Any:
    """Put ``unit``, whose place in its route is ``link``, onto it; room is not asked for."""
    roads, crowd = world.roads, world.crowd
    size = space(world, link, unit)
    roads.real[link, COUNT] += size
    crowd.real[unit, ENTERED] = time
    if roads.whole[link, POINTS] > 0:
        _join(world, link, unit)
        if roads.whole[link, GATE] != NOBODY:
            came_to_gate(world, roads.whole[link, GATE], unit, time)
        check(world, link, time)
        return
    # The density that it meets: those on the move, itself not counted.
    share = (
        share_of_speed(roads.real[link, RUNNING] / roads.real[link, M2])
        if roads.real[link, M2] > 0.0
        else 1.0
    )
    roads.real[link, RUNNING] += size
    speed = min(crowd.real[unit, PACE], roads.real[link, SPEED]) * share
    push(world, unit, time + roads.real[link, LENGTH] / speed, RUNS)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _arrive(world: World, link: int, unit: int, time: float) -> Any:
    """Let ``unit`` come to the end of ``link``: go on at once, or stand behind the others."""
    index = world.roads.whole
    if index[link, FRONT] == NOBODY and index[link, HEAD] == NOBODY:
        index[link, FRONT] = unit
        world.crowd.whole[unit, STATE] = QUEUED
        serve(world, link, time)
    else:
        _join(world, link, unit)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _join(world: World, link: int, unit: int) -> Any:
    roads, crowd = world.roads, world.crowd
    crowd.whole[unit, NEXT] = NOBODY
    crowd.whole[unit, STATE] = QUEUED
    last = roads.whole[link, TAIL]
    if last == NOBODY:
        roads.whole[link, HEAD] = unit
    else:
        crowd.whole[last, NEXT] = unit
    roads.whole[link, TAIL] = unit


@numba.njit(cache=True, nogil=True, forceinline=True)
def serve(world: World, link: int, time: float) -> Any:
    """Let whoever can go on from the end of ``link``, in order; have the next asked when due."""
    roads, crowd = world.roads, world.crowd
    while True:
        unit = _front(world, link)
        if unit == NOBODY:
            return
        place = crowd.whole[unit, AT]
        onward = crowd.route[place + 1] if place + 1 < crowd.whole[unit, END] else NOBODY
        if crowd.whole[unit, STATE] == QUEUED:
            # From here on the moment at which its link lets it go, if all is free before it.
            crowd.real[unit, ENTERED] = max(time, roads.real[link, EXIT_FREE])
        if crowd.whole[unit, STATE] == KEEPS_ROOM:
            roads.real[onward, COUNT] -= space(world, onward, unit)
        elif not _may_go(world, link, onward, unit, time):
            return
        _go_on(world, link, onward, unit, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _may_go(world: World, link: int, onward: int, unit: int, time: float) -> Any:
    """Return whether ``unit`` may leave the end of ``link`` now; if not, see when it may."""
    roads, crowd = world.roads, world.crowd
    free = roads.real[link, EXIT_FREE]
    # The entry is not kept for one who comes to it later than others might.
    if free > time and (onward == NOBODY or free > roads.real[onward, ENTRY_FREE]):
        push(world, unit, free, READY)
        return False
    if onward == NOBODY:
        return True
    size = space(world, onward, unit)
    if not has_room(world, onward, size):
        _wait(world, link, onward)
        crowd.whole[unit, STATE] = BLOCKED
        return False
    goes = max(roads.real[onward, ENTRY_FREE], gap_s(world, onward, size, time))
    if goes <= time:
        return True
    _keep(world, onward, unit, goes)
    return False


@numba.njit(cache=True, nogil=True, forceinline=True)
def _keep(world: World, onward: int, unit: int, goes: float) -> Any:
    """Keep room on ``onward``, and its entry at the moment ``goes``, for ``unit``."""
    roads, crowd = world.roads, world.crowd
    size = space(world, onward, unit)
    roads.real[onward, COUNT] += size
    if roads.whole[onward, POINTS] == 0:
        roads.real[onward, ENTRY_FREE] = goes + size * roads.real[onward, SECONDS_EACH]
    crowd.whole[unit, KEPT] = onward
    push(world, unit, goes, KEEPS_ROOM)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _front(world: World, link: int) -> Any:
    """Return who stands at the end of ``link``, the next in line if nobody does."""
    roads, crowd = world.roads, world.crowd
    unit = roads.whole[link, FRONT]
    while unit == NOBODY or crowd.whole[unit, PHASE] >= OUT:
        unit = roads.whole[link, HEAD]
        if unit == NOBODY:
            roads.whole[link, FRONT] = NOBODY
            return NOBODY
        _unqueue(world, link)
        roads.whole[link, FRONT] = unit
    return unit


@numba.njit(cache=True, nogil=True, forceinline=True)
def _unqueue(world: World, link: int) -> Any:
    roads = world.roads
    following = world.crowd.whole[roads.whole[link, HEAD], NEXT]
    roads.whole[link, HEAD] = following
    if following == NOBODY:
        roads.whole[link, TAIL] = NOBODY


@numba.njit(cache=True, nogil=True, forceinline=True)
def _wait(world: World, link: int, onward: int) -> Any:
    roads = world.roads
    roads.whole[link, WAIT_NEXT] = NOBODY
    last = roads.whole[onward, WAIT_TAIL]
    if last == NOBODY:
        roads.whole[onward, WAIT_HEAD] = link
    else:
        roads.whole[last, WAIT_NEXT] = link
    roads.whole[onward, WAIT_TAIL] = link


@numba.njit(cache=True, nogil=True, forceinline=True)
def _go_on(world: World, link: int, onward: int, unit: int, time: float) -> Any:
    roads, crowd = world.roads, world.crowd
    size = space(world, link, unit)
    roads.whole[link, FRONT] = NOBODY
    # Whoever was held up by others before it holds up those behind it by no more than one turn,
    # so that a thin stream among others keeps its flow.
    turn = size * roads.real[link, SECONDS_EACH]
    roads.real[link, EXIT_FREE] = max(crowd.real[unit, ENTERED], time - turn) + turn
    roads.real[link, COUNT] -= size
    note_gone(world, link, size, time)
    if onward == NOBODY:
        _out(world, unit, time)
    else:
        if roads.whole[onward, POINTS] == 0 and crowd.whole[unit, STATE] != KEEPS_ROOM:
            taken = space(world, onward, unit) * roads.real[onward, SECONDS_EACH]
            roads.real[onward, ENTRY_FREE] = time + taken
        crowd.whole[unit, AT] += 1
        enter(world, onward, unit, time)
    wake(world, link, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _out(world: World, unit: int, time: float) -> Any:
    crowd = world.crowd
    crowd.real[unit, TIME] = time
    crowd.whole[unit, PHASE] = OUT
    k = crowd.whole[unit, CORRIDOR]
    if k != NOBODY:
        came_out(world, k, unit, time)
        check(world, world.pause.gate[k], time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def wake(world: World, link: int, time: float) -> Any:
    """Let the links that wait for room on ``link`` know that there is some, as far as it goes."""
    roads, crowd = world.roads, world.crowd
    while roads.whole[link, WAIT_HEAD] != NOBODY:
        behind = roads.whole[link, WAIT_HEAD]
        unit = _front(world, behind)
        size = space(world, link, unit) if unit != NOBODY else 0.0
        onward = NOBODY if unit == NOBODY else crowd.route[crowd.whole[unit, AT] + 1]
        if onward == link and not has_room(world, link, size):
            return
        roads.whole[link, WAIT_HEAD] = roads.whole[behind, WAIT_NEXT]
        if roads.whole[link, WAIT_HEAD] == NOBODY:
            roads.whole[link, WAIT_TAIL] = NOBODY
        if onward == link:
            goes = max(time, roads.real[behind, EXIT_FREE], roads.real[link, ENTRY_FREE])
            _keep(world, link, unit, max(goes, gap_s(world, link, size, time)))
        elif unit != NOBODY:
            push(world, unit, time, READY)


@numba.njit(cache=True, nogil=True, forceinline=True)
def check(world: World, link: int, time: float) -> Any:
    """Begin the checks that free check points of ``link`` can take up."""
    roads, crowd = world.roads, world.crowd
    gate = roads.whole[link, GATE]
    while roads.real[link, BUSY] < roads.whole[link, POINTS]:
        unit = roads.whole[link, HEAD]
        if unit == NOBODY:
            return
        if crowd.whole[unit, PHASE] < OUT:
            if gate != NOBODY and not admit(world, gate, unit, time):
                return
            _unqueue(world, link)
            roads.real[link, BUSY] += 1
            taken = crowd.work[unit] * roads.real[link, SECONDS_EACH] * roads.whole[link, POINTS]
            begun = max(time, crowd.real[unit, ENTERED])
            push(world, unit, begun + taken, CHECKED)
        else:
            _unqueue(world, link)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _checked(world: World, link: int, unit: int, time: float) -> Any:
    """Let ``unit`` leave its check point: on, or home if the gate has shut meanwhile."""
    gate = world.roads.whole[link, GATE]
    leave_check(world, unit)
    if gate != NOBODY and not may_pass(world, gate, unit, time):
        send_home(world, unit, time)
    else:
        _through(world, link, unit, time)
    wake(world, link, time)
    check(world, link, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _through(world: World, link: int, unit: int, time: float) -> Any:
    roads, crowd = world.roads, world.crowd
    roads.real[link, COUNT] -= crowd.real[unit, SIZE]
    if roads.whole[link, GATE] != NOBODY:
        passed_gate(world, roads.whole[link, GATE], unit, time)
    crowd.whole[unit, AT] += 1
    if crowd.whole[unit, AT] == crowd.whole[unit, END]:
        crowd.whole[unit, AT] -= 1
        _out(world, unit, time)
    else:
        enter(world, crowd.route[crowd.whole[unit, AT]], unit, time)
