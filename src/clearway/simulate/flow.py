"""Links as queues: run, wait at the end, move on when there is room (compiled).

Each link lets units through its entry and its end at its flow at most, holds as many persons as
stand on it, and a gap travels back through a standing queue at the link's wave speed. With free
speeds that do not depend on density this is the spatial queue of the simplified theory of
kinematic waves (Newell 1993); on foot the speed falls with the density met on entering.
"""

from __future__ import annotations

from typing import Any

import numba

from clearway.simulate.gate import (
    admit,
    came_out,
    came_to_gate,
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
    CHECKING,
    CORRIDOR,
    COUNT,
    END,
    ENTERED,
    ENTRY_FREE,
    EXIT_FREE,
    FRONT,
    GATE,
    HEAD,
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
    STORAGE,
    TAIL,
    TIME,
    WAIT_HEAD,
    WAIT_NEXT,
    WAIT_TAIL,
    WAVE_S,
    WORK,
    World,
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
            world.roads.real[link, RUNNING] -= crowd.real[unit, SIZE]
            _arrive(world, link, unit, time)
    else:
        serve(world, link, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def enter(world: World, link: int, unit: int, time: float) -> Any:
    """Put ``unit``, whose place in its route is ``link``, onto it; room is not asked for."""
    roads, crowd = world.roads, world.crowd
    size = crowd.real[unit, SIZE]
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
    alone = index[link, FRONT] == NOBODY and index[link, HEAD] == NOBODY
    _join(world, link, unit)
    if alone:
        serve(world, link, time)


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
        # Events of one tick come in any order: nobody goes on before it came.
        time = max(time, crowd.real[unit, TIME])
        place = crowd.whole[unit, AT]
        onward = crowd.route[place + 1] if place + 1 < crowd.whole[unit, END] else NOBODY
        free = roads.real[link, EXIT_FREE]
        if onward != NOBODY:
            free = max(free, roads.real[onward, ENTRY_FREE])
        if free > time:
            keeps = crowd.whole[unit, STATE] == KEEPS_ROOM
            push(world, unit, free, KEEPS_ROOM if keeps else READY)
            return
        if onward != NOBODY and not _room(world, unit, onward):
            _wait(world, link, onward)
            crowd.whole[unit, STATE] = BLOCKED
            return
        _go_on(world, link, onward, unit, time)


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
def _room(world: World, unit: int, link: int) -> Any:
    """Return whether ``unit`` fits on ``link``; what room was kept for it is given back."""
    roads, size = world.roads, world.crowd.real[unit, SIZE]
    if world.crowd.whole[unit, STATE] == KEEPS_ROOM:
        roads.real[link, COUNT] -= size
        return True
    # A link too short for a household takes it when empty.
    return (
        roads.real[link, COUNT] <= 0.0
        or roads.real[link, COUNT] + size <= roads.real[link, STORAGE]
    )


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
    size = crowd.real[unit, SIZE]
    roads.whole[link, FRONT] = NOBODY
    roads.real[link, EXIT_FREE] = time + size * roads.real[link, SECONDS_EACH]
    roads.real[link, COUNT] -= size
    if onward == NOBODY:
        _out(world, unit, time)
    else:
        if roads.whole[onward, POINTS] == 0:
            roads.real[onward, ENTRY_FREE] = time + size * roads.real[onward, SECONDS_EACH]
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
        size = crowd.real[unit, SIZE] if unit != NOBODY else 0.0
        onward = NOBODY if unit == NOBODY else crowd.route[crowd.whole[unit, AT] + 1]
        if (
            onward == link
            and roads.real[link, COUNT] > 0.0
            and roads.real[link, COUNT] + size > roads.real[link, STORAGE]
        ):
            return
        roads.whole[link, WAIT_HEAD] = roads.whole[behind, WAIT_NEXT]
        if roads.whole[link, WAIT_HEAD] == NOBODY:
            roads.whole[link, WAIT_TAIL] = NOBODY
        if onward == link:
            roads.real[link, COUNT] += size
            crowd.whole[unit, KEPT] = link
            push(world, unit, time + roads.real[link, WAVE_S], KEEPS_ROOM)
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
            taken = (
                crowd.real[unit, WORK] * roads.real[link, SECONDS_EACH] * roads.whole[link, POINTS]
            )
            begun = max(time, crowd.real[unit, ENTERED])
            push(world, unit, begun + taken, CHECKED)
        else:
            _unqueue(world, link)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _checked(world: World, link: int, unit: int, time: float) -> Any:
    """Let ``unit`` leave its check point: on, or home if the gate has shut meanwhile."""
    roads, crowd = world.roads, world.crowd
    roads.real[link, BUSY] -= 1
    gate, size = roads.whole[link, GATE], crowd.real[unit, SIZE]
    if gate != NOBODY:
        world.pause.live[gate, CHECKING] -= size
    if crowd.whole[unit, PHASE] < OUT:
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
