"""Kernels as plain functions on plain arrays: no compiler, and a yard as small as need be."""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, Final

import numpy as np

from clearway.simulate.traffic import AT, NONE, PENDING, RUN, RUN_S, STOP, TRIP, VEHICLES, WINDOW

_USUAL: Final = {
    "trips": 1,
    "stops": 1,
    "vehicles": 1,
    "days": 1,
    "corridors": 1,
    "slots": 8,
    "subjects": 0,
    "convoys": 0,
}


def plain(module: ModuleType, **constants: object) -> Any:
    """Return the functions of a module, and all that they call, as they are written.

    Parameters
    ----------
    module
        Whose functions.
    constants
        Names of the module that mean something else to its own functions.
    """
    names = _names(module)
    names.update(constants)
    return SimpleNamespace(**names)


def _names(module: ModuleType) -> dict[str, Any]:
    names: dict[str, Any] = dict(vars(module))
    for name, value in vars(module).items():
        written = getattr(value, "py_func", None)
        if written is None:
            continue
        home = sys.modules[written.__module__]
        if home is module:
            names[name] = FunctionType(
                written.__code__, names, name, written.__defaults__, written.__closure__
            )
        else:
            names[name] = _names(home)[name]
    return names


def traffic(**counts: int) -> Any:
    """Return a yard in which nothing happens: all zero, open for ever, nobody planned.

    Window w is that of corridor ``w % corridors`` on day ``w // corridors``; all trips are of
    vehicle 0 and day 0 until a test says otherwise.

    Parameters
    ----------
    counts
        How many trips, stops, vehicles, days, corridors, slots, subjects and convoys there are.
    """
    told = _USUAL | counts
    trips, stops, vehicles, days, corridors, slots, subjects, convoys = told.values()
    orders = SimpleNamespace(
        trip=np.zeros((trips, TRIP), dtype=np.int64),
        trip_s=np.zeros((trips, 4)),
        stop=np.zeros((stops, STOP), dtype=np.int64),
        stop_s=np.zeros((stops, 3)),
        vehicle=np.zeros((vehicles, VEHICLES), dtype=np.int64),
        able=np.ones((vehicles, days), dtype=np.int8),
        drive_s=np.zeros((3, corridors)),
        way_s=np.zeros(4),
        hours=np.array([[0.0, 86_400.0]]),
        window=np.arange(days * corridors).reshape(days, corridors).T.copy(),
        margin_s=np.zeros(corridors),
        lane_s=np.full(corridors, 60.0),
        share=np.ones((corridors, 0, 2)),
        date=np.full(days, NONE, dtype=np.int64),
        awaits=np.zeros((subjects, subjects), dtype=np.int8),
        never=np.zeros(subjects, dtype=np.int8),
        listed=np.zeros(0, dtype=np.int64),
        patient=np.zeros((0, 7), dtype=np.int64),
        clock=np.array([900.0, 60.0, 14_400.0, 60.0, 28_800.0]),
    )
    orders.vehicle[:, 3] = NONE
    chances = SimpleNamespace(
        window=np.zeros((days * corridors, WINDOW)),
        way_s=np.zeros(4),
        outside=np.ones(1),
        break_s=np.full((vehicles, days), np.inf),
    )
    yard = SimpleNamespace(
        at=np.zeros((vehicles, AT), dtype=np.int64),
        at_s=np.zeros((vehicles, 2)),
        trip=np.zeros((trips, RUN), dtype=np.int64),
        trip_s=np.full((trips, RUN_S), np.inf),
        patient=np.zeros((0, 2), dtype=np.int64),
        lane=np.zeros((corridors, slots), dtype=np.int64),
        load=np.zeros((corridors, slots)),
        aid=np.zeros(convoys, dtype=np.int64),
        aid_s=np.full(convoys, np.inf),
    )
    yard.trip[:, 0] = PENDING
    return SimpleNamespace(orders=orders, chances=chances, yard=yard)
