"""A small record of a session of the simulation, as the benchmarks write it."""

from __future__ import annotations

from typing import Any

from benchmarks.simulate_session import FORMAT, beside
from tests.benchmarks.records import record, time_s


def drove(seconds: float, peak_mb: float, curve: tuple[float, ...]) -> dict[str, Any]:
    """Return what a program found."""
    return {"end": "done", "run": time_s(seconds), "peak_mb": peak_mb, "curve": list(curve)}


def course(
    other: dict[str, Any], *, name: str = "grid", unit: int = 5, sumo: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a row of ``courses``; ours took a tenth of a second, 200 MB."""
    mine = drove(0.1, 200.0, (0.0, 400.0, 1000.0))
    mine |= {"travellers": 1000, "links": 60, "nodes": 20, "crowded": time_s(0.125)}
    row = {"id": f"{name} {unit}", "name": name, "unit": unit, "clearway": mine, "uxsim": other}
    row |= {"sumo": sumo} if sumo else {}
    return {**row, "beside": beside(row), "end": "done"}


def outcome(out_mean: float = 70_000.0, caught: int = 12) -> dict[str, Any]:
    """Return what came of a plan in 2,000 members."""
    return {
        "members": 2000,
        "caught": caught,
        "p_caught": caught / 2000,
        "p_caught_upper95": (caught + 8) / 2000,
        "out_mean": out_mean,
        "out_p10": out_mean - 20_000,
        "out_worst_tenth": out_mean - 30_000,
    }


def flagship(**changes: Any) -> dict[str, Any]:
    """Return what was found for the flagship."""
    return {
        "end": "done",
        "people": 275_000,
        "links": 16_691,
        "promised": 80_000,
        "solve": time_s(40.0),
        "ensemble": {"members": 1000, **time_s(200.0, 390.0)},
        "peak_mb": 900.0,
        "fresh": {"seed": 2, **outcome()},
        "deterministic": {"promised": 90_000, "margin_s": None, **outcome(75_000.0, 300)},
        "flat": {"promised": 85_000, "margin_s": 5400.0, **outcome(65_000.0)},
        **changes,
    }


def simulated(**changes: Any) -> dict[str, Any]:
    """Return a whole record."""
    near = drove(5.0, 1200.0, (0.0, 410.0, 1000.0))
    flows = [
        {"width_m": 1.0, "radius_m": 0.178, "persons_per_s": [1.2, 1.3]},
        {"width_m": 2.0, "radius_m": 0.2, "persons_per_s": [2.0]},
    ]
    return {
        "format": FORMAT,
        "measured": "2026-01-02T03:04:05+00:00",
        "machine": record()["machine"],
        "risk": 0.01,
        "flagship": flagship(),
        "courses": [course(near), course(near, name="surf coast", unit=1, sumo=near)],
        "bottleneck": {"end": "done", "flows": flows, "ours_persons_per_m_s": 1.3},
        **changes,
    }
