"""A small record of a session, as the benchmarks write it."""

from __future__ import annotations

from typing import Any

from benchmarks.session import FORMAT, compare, growth


def time_s(wall: float, cpu: float | None = None) -> dict[str, float]:
    return {"wall_s": wall, "cpu_s": wall if cpu is None else cpu}


def plan(city: str, radius_m: int, nodes: int, seconds: float) -> dict[str, Any]:
    """Return a row of ``plans``."""
    levels = {
        name: {"value": value, "bound": bound, "gap": abs(value - bound) / bound}
        for name, value, bound in (
            ("people_out", 999.0, 1000.0),
            ("exposure_person_hours", 505.0, 500.0),
            ("hours_until_out", 4001.0, 4000.0),
        )
    }
    return {
        "id": f"{city}-{radius_m}" if city else "aleppo-2016",
        "city": city,
        "radius_m": radius_m,
        "end": "done",
        "nodes": nodes,
        "links": nodes + nodes // 2,
        "solve": time_s(seconds, seconds / 2),
        "pose": time_s(seconds / 10),
        "flow": time_s(seconds / 3),
        "peak_mb": 390.4,
        "levels": levels,
        "repeats": 3,
    }


def flow(people: float = 820.0, exposure_h: float = 123.0) -> dict[str, Any]:
    """Return what Clearway found in a race, in half a second."""
    return {
        "end": "done",
        "pose": time_s(0.1),
        "flow": time_s(0.4),
        "people": people,
        "exposure_h": exposure_h,
        "peak_mb": 300.0,
    }


def solved(people: int = 820, exposure_h: float = 123.0, cpu_s: float = 60.0) -> dict[str, Any]:
    """Return what OR-Tools found in a race."""
    return {
        "end": "done",
        "arcs": 400_000,
        "expand": time_s(0.3),
        "mcf": time_s(2 * cpu_s, cpu_s),
        "cpu_before_s": 2.0,
        "cpu_all_s": 2.0 + cpu_s,
        "people": people,
        "exposure_h": exposure_h,
        "peak_mb": 1500.0,
    }


def late(end: str = "time limit") -> dict[str, Any]:
    """Return what there is of a process that was ended after 250 s of work on the flow."""
    return {"end": end, "arcs": 9_000_000, "cpu_before_s": 10.0, "cpu_all_s": 260.0}


def race(
    full: dict[str, Any],
    hours: float = 2,
    mine: dict[str, Any] | None = None,
    width: float = 1.0,
) -> Any:
    """Return a row of ``races``."""
    mine = mine or flow()
    row = {"id": f"aleppo-2016/1x{hours:g}h", "city": "", "hours": hours, "days": 1}
    row["width"] = width
    return {**row, "flow": mine, "explicit": full, **compare(mine, full)}


def record(
    plans: list[dict[str, Any]] | None = None, races: list[Any] | None = None
) -> dict[str, Any]:
    """Return a whole record; by default of three plans and two races."""
    whole: dict[str, Any] = {
        "format": FORMAT,
        "measured": "2026-01-02T03:04:05+00:00",
        "limit_s": 300.0,
        "machine": {
            "processor": "Any",
            "cores": 2,
            "memory_mb": 16_000.0,
            "system": "Linux",
            "python": "3.11.7",
            "clearway": "0.1.0",
            "load_1_min": 0.25,
            "packages": {"ortools": "9.15", "highspy": "1.14"},
        },
        "cities": {
            "douala_809": {"name": "Douala", "nodes": 76_391, "1500": {"build_s": 2.0}},
            "wuhan_8989": {"name": "Wuhan", "nodes": 82_891, "7000": {"why": "no crossing"}},
        },
        "plans": plans
        or [
            plan("", 0, 10_000, 2.0),
            plan("douala_809", 1500, 2_500, 1.0),
            plan("douala_809", 3500, 40_000, 4.0),
        ],
        "races": races or [race(solved()), race(late(), hours=11)],
    }
    return {**whole, "growth": growth(whole)}
