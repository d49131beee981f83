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
    time, state = crowd.number[unit, TIME], crowd.index[unit, STATE]
    link = crowd.route[crowd.index[unit, AT]]
    gone = crowd.index[unit, PHASE] >= OUT
    if state == CHECKED:
        _checked(world, link, unit, time)
    elif state == RUNS:
        if not gone:
            world.roads.number[link, RUNNING] -= crowd.number[unit, SIZE]
            _arrive(world, link, unit, time)
    else:
        serve(world, link, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def enter(world: World, link: int, unit: int, time: float) -> Any:
    """Put ``unit``, whose place in its route is ``link``, onto it; room is not asked for."""
    roads, crowd = world.roads, world.crowd
    size = crowd.number[unit, SIZE]
    roads.number[link, COUNT] += size
    crowd.number[unit, ENTERED] = time
    if roads.index[link, POINTS] > 0:
        _join(world, link, unit)
        if roads.index[link, GATE] != NOBODY:
            came_to_gate(world, roads.index[link, GATE], unit, time)
        check(world, link, time)
        return
    # The density that it meets: those on the move, itself not counted.
    share = (
        share_of_speed(roads.number[link, RUNNING] / roads.number[link, M2])
        if roads.number[link, M2] > 0.0
        else 1.0
    )
    roads.number[link, RUNNING] += size
    speed = min(crowd.number[unit, PACE], roads.number[link, SPEED]) * share
    push(world, unit, time + roads.number[link, LENGTH] / speed, RUNS)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _arrive(world: World, link: int, unit: int, time: float) -> Any:
    """Let ``unit`` come to the end of ``link``: go on at once, or stand behind the others."""
    index = world.roads.index
    alone = index[link, FRONT] == NOBODY and index[link, HEAD] == NOBODY
    _join(world, link, unit)
    if alone:
        serve(world, link, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _join(world: World, link: int, unit: int) -> Any:
    roads, crowd = world.roads, world.crowd
    crowd.index[unit, NEXT] = NOBODY
    crowd.index[unit, STATE] = QUEUED
    last = roads.index[link, TAIL]
    if last == NOBODY:
        roads.index[link, HEAD] = unit
    else:
        crowd.index[last, NEXT] = unit
    roads.index[link, TAIL] = unit


@numba.njit(cache=True, nogil=True, forceinline=True)
def serve(world: World, link: int, time: float) -> Any:
    """Let whoever can go on from the end of ``link``, in order; have the next asked when due."""
    roads, crowd = world.roads, world.crowd
    while True:
        unit = _front(world, link)
        if unit == NOBODY:
            return
        # Events of one tick come in any order: nobody goes on before it came.
        time = max(time, crowd.number[unit, TIME])
        place = crowd.index[unit, AT]
        onward = crowd.route[place + 1] if place + 1 < crowd.index[unit, END] else NOBODY
        free = roads.number[link, EXIT_FREE]
        if onward != NOBODY:
            free = max(free, roads.number[onward, ENTRY_FREE])
        if free > time:
            keeps = crowd.index[unit, STATE] == KEEPS_ROOM
            push(world, unit, free, KEEPS_ROOM if keeps else READY)
            return
        if onward != NOBODY and not _room(world, unit, onward):
            _wait(world, link, onward)
            crowd.index[unit, STATE] = BLOCKED
            return
        _go_on(world, link, onward, unit, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _front(world: World, link: int) -> Any:
    """Return who stands at the end of ``link``, the next in line if nobody does."""
    roads, crowd = world.roads, world.crowd
    unit = roads.index[link, FRONT]
    while unit == NOBODY or crowd.index[unit, PHASE] >= OUT:
        unit = roads.index[link, HEAD]
        if unit == NOBODY:
            roads.index[link, FRONT] = NOBODY
            return NOBODY
        _unqueue(world, link)
        roads.index[link, FRONT] = unit
    return unit


@numba.njit(cache=True, nogil=True, forceinline=True)
def _unqueue(world: World, link: int) -> Any:
    roads = world.roads
    following = world.crowd.index[roads.index[link, HEAD], NEXT]
    roads.index[link, HEAD] = following
    if following == NOBODY:
        roads.index[link, TAIL] = NOBODY


@numba.njit(cache=True, nogil=True, forceinline=True)
def _room(world: World, unit: int, link: int) -> Any:
    """Return whether ``unit`` fits on ``link``; what room was kept for it is given back."""
    roads, size = world.roads, world.crowd.number[unit, SIZE]
    if world.crowd.index[unit, STATE] == KEEPS_ROOM:
        roads.number[link, COUNT] -= size
        return True
    # A link too short for a household takes it when empty.
    return (
        roads.number[link, COUNT] <= 0.0
        or roads.number[link, COUNT] + size <= roads.number[link, STORAGE]
    )


@numba.njit(cache=True, nogil=True, forceinline=True)
def _wait(world: World, link: int, onward: int) -> Any:
    roads = world.roads
    roads.index[link, WAIT_NEXT] = NOBODY
    last = roads.index[onward, WAIT_TAIL]
    if last == NOBODY:
        roads.index[onward, WAIT_HEAD] = link
    else:
        roads.index[last, WAIT_NEXT] = link
    roads.index[onward, WAIT_TAIL] = link


@numba.njit(cache=True, nogil=True, forceinline=True)
def _go_on(world: World, link: int, onward: int, unit: int, time: float) -> Any:
    roads, crowd = world.roads, world.crowd
    size = crowd.number[unit, SIZE]
    roads.index[link, FRONT] = NOBODY
    roads.number[link, EXIT_FREE] = time + size * roads.number[link, SECONDS_EACH]
    roads.number[link, COUNT] -= size
    if onward == NOBODY:
        _out(world, unit, time)
    else:
        if roads.index[onward, POINTS] == 0:
            roads.number[onward, ENTRY_FREE] = time + size * roads.number[onward, SECONDS_EACH]
        crowd.index[unit, AT] += 1
        enter(world, onward, unit, time)
    wake(world, link, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _out(world: World, unit: int, time: float) -> Any:
    crowd = world.crowd
    crowd.number[unit, TIME] = time
    crowd.index[unit, PHASE] = OUT
    k = crowd.index[unit, CORRIDOR]
    if k != NOBODY:
        came_out(world, k, unit, time)
        check(world, world.pause.gate[k], time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def wake(world: World, link: int, time: float) -> Any:
    """Let the links that wait for room on ``link`` know that there is some, as far as it goes."""
    roads, crowd = world.roads, world.crowd
    while roads.index[link, WAIT_HEAD] != NOBODY:
        behind = roads.index[link, WAIT_HEAD]
        unit = _front(world, behind)
        size = crowd.number[unit, SIZE] if unit != NOBODY else 0.0
        onward = NOBODY if unit == NOBODY else crowd.route[crowd.index[unit, AT] + 1]
        if (
            onward == link
            and roads.number[link, COUNT] > 0.0
            and roads.number[link, COUNT] + size > roads.number[link, STORAGE]
        ):
            return
        roads.index[link, WAIT_HEAD] = roads.index[behind, WAIT_NEXT]
        if roads.index[link, WAIT_HEAD] == NOBODY:
            roads.index[link, WAIT_TAIL] = NOBODY
        if onward == link:
            roads.number[link, COUNT] += size
            crowd.index[unit, KEPT] = link
            push(world, unit, time + roads.number[link, WAVE_S], KEEPS_ROOM)
        elif unit != NOBODY:
            push(world, unit, time, READY)


@numba.njit(cache=True, nogil=True, forceinline=True)
def check(world: World, link: int, time: float) -> Any:
    """Begin the checks that free check points of ``link`` can take up."""
    roads, crowd = world.roads, world.crowd
    gate = roads.index[link, GATE]
    while roads.number[link, BUSY] < roads.index[link, POINTS]:
        unit = roads.index[link, HEAD]
        if unit == NOBODY:
            return
        if crowd.index[unit, PHASE] < OUT:
            if gate != NOBODY and not admit(world, gate, unit, time):
                return
            _unqueue(world, link)
            roads.number[link, BUSY] += 1
            taken = (
                crowd.number[unit, WORK]
                * roads.number[link, SECONDS_EACH]
                * roads.index[link, POINTS]
            )
            begun = max(time, crowd.number[unit, ENTERED])
            push(world, unit, begun + taken, CHECKED)
        else:
            _unqueue(world, link)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _checked(world: World, link: int, unit: int, time: float) -> Any:
    """Let ``unit`` leave its check point: on, or home if the gate has shut meanwhile."""
    roads, crowd = world.roads, world.crowd
    roads.number[link, BUSY] -= 1
    gate, size = roads.index[link, GATE], crowd.number[unit, SIZE]
    if gate != NOBODY:
        world.pause.live[gate, CHECKING] -= size
    if crowd.index[unit, PHASE] < OUT:
        if gate != NOBODY and not may_pass(world, gate, unit, time):
            send_home(world, unit, time)
        else:
            _through(world, link, unit, time)
        wake(world, link, time)
    check(world, link, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _through(world: World, link: int, unit: int, time: float) -> Any:
    roads, crowd = world.roads, world.crowd
    roads.number[link, COUNT] -= crowd.number[unit, SIZE]
    if roads.index[link, GATE] != NOBODY:
        passed_gate(world, roads.index[link, GATE], unit, time)
    crowd.index[unit, AT] += 1
    if crowd.index[unit, AT] == crowd.index[unit, END]:
        crowd.index[unit, AT] -= 1
        _out(world, unit, time)
    else:
        enter(world, crowd.route[crowd.index[unit, AT]], unit, time)
