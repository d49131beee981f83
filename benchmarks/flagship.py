"""The flagship: a plan that withstands what may come, and what becomes of it in many members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.answer import answer
from benchmarks.child import peak_mb
from benchmarks.clock import Clock
from clearway.model.comparison import Alternative
from clearway.model.outcome import Ensemble
from clearway.publish.risk import people_out
from clearway.read.scenario import read_scenario
from clearway.simulate import warm as simulate_warm
from clearway.simulate.simulate import simulate
from clearway.solve import warm as solve_warm
from clearway.solve.solve import solve
from clearway.study.compare import compare


def withstand(
    folder: str, risk: float, members: int, fresh: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Time the plan and two ensembles; the second compares it with other plans.

    Parameters
    ----------
    folder
        Of the scenario.
    risk
        That is accepted.
    members
        Of the ensemble that is timed.
    fresh
        Members that the plan is then judged by.
    seed
        Of the timed ensemble; the next is that of the judging one.
    """
    scenario = read_scenario(folder)
    solve_warm.warm()
    simulate_warm.warm()
    yield {"links": len(scenario.network.links), "people": int(scenario.demand.persons.sum())}
    clock = Clock()
    plan = solve(scenario, risk=risk)
    yield {"solve": clock.lap(), "promised": plan.persons, "solve_peak_mb": peak_mb()}
    clock.lap()
    timed = simulate(scenario, plan, members, seed)
    yield {"ensemble": {"members": len(timed), **clock.lap()}, "peak_mb": peak_mb()}
    del timed
    clock.lap()
    judged = simulate(scenario, plan, fresh, seed + 1)
    yield {"fresh": {"seed": seed + 1, **clock.lap(), **told(judged)}}
    clock.lap()
    beside = compare(scenario, plan, judged)
    if beside is None:
        return
    yield {
        "compare": clock.lap(),
        "price_of_robustness": beside.price_of_robustness,
        "gain_over_flat": beside.gain_over_flat,
        "perfect_information": beside.perfect_information,
        "deterministic": _other(beside.deterministic),
        "flat": _other(beside.flat) if beside.flat is not None else None,
    }


def told(ensemble: Ensemble) -> dict[str, Any]:
    """Return what came of a plan: who was caught, and who came out."""
    share, out = ensemble.anyone_caught, people_out(ensemble)
    return {
        "members": share.of,
        "caught": share.hits,
        "p_caught": share.value,
        "p_caught_upper95": share.upper(),
        "out_mean": out.spread.mean,
        "out_p10": out.spread.low,
        "out_worst_tenth": out.worst,
    }


def _other(one: Alternative) -> dict[str, Any]:
    return {"promised": one.promised, "margin_s": one.margin_s, **told(one.ensemble)}


if __name__ == "__main__":
    answer({"withstand": withstand})
