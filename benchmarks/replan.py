"""How quickly and how well the flagship's plan is made anew after random events on the day.

``python -m benchmarks.replan --plan PLAN`` draws events (a closure, a late opening, an early
closing, a gate at half rate, ten buses lost, an abort, going on after an abort), makes the plan
anew after each, and writes times, gaps, breaches and the share of unaffected households whose order
changed under ``replan`` in ``out/bench/operate.json``.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.records import keep
from clearway.model.plan import PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.operate.replan import Offer, Replanner
from clearway.operate.replan_events import revise
from clearway.operate.replan_resume import taken_up
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario

KINDS: Final = ("closure", "late", "early", "half", "buses", "abort", "resume")
OUT: Final = Path("out/bench/operate.json")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One event: when it is said, in which words, and what was said before it."""

    kind: str
    now_s: int
    events: tuple[str, ...]
    before: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one event came to."""

    drawn: Drawn
    seconds: float
    cpu_seconds: float
    offer: Offer

    def row(self) -> dict[str, Any]:
        """Return it as a row of the record."""
        made = self.offer.replan
        level = made.plan.level(PEOPLE)
        return {
            "kind": self.drawn.kind,
            "now_s": self.drawn.now_s,
            "events": list(self.drawn.events),
            "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu_seconds, 3),
            "people_out": level.value,
            "bound": level.bound,
            "gap": level.gap,
            "weight_gap": 1 - made.weight / made.weight_bound if made.weight_bound else 0.0,
            "breaches": len(self.offer.breaches),
            "turned_persons": made.turned,
            "affected": made.changes.affected,
            "affected_changed": made.changes.affected_changed,
            "unaffected": made.changes.unaffected,
            "unaffected_changed": made.changes.unaffected_changed,
            "changed_share": made.changes.share,
        }


def draw(scenario: Scenario, plan: Plan, number: int, seed: int) -> list[Drawn]:
    """Return so many events, kinds in turn, corridors and times at random."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    makers: dict[str, Callable[[], Drawn]] = {
        "closure": lambda: _at_gate(scenario, chance, "closure", "{k} closed"),
        "half": lambda: _at_gate(scenario, chance, "half", "{k} at 50%"),
        "late": lambda: _late(scenario, chance),
        "early": lambda: _early(scenario, chance),
        "buses": lambda: _buses(scenario, plan, chance),
        "abort": lambda: Drawn("abort", _moment(scenario, chance), ("stop",)),
        "resume": lambda: _resume(scenario, chance),
    }
    return [makers[KINDS[n % len(KINDS)]]() for n in range(number)]


def _moment(scenario: Scenario, chance: random.Random, until: float = 0.9) -> int:
    """Return a whole minute in some window of the pause, any day."""
    window = chance.choice(scenario.windows)
    opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
    return int(chance.uniform(opens, opens + until * (closes - opens)) // 60 * 60)


def _at_gate(scenario: Scenario, chance: random.Random, kind: str, words: str) -> Drawn:
    corridor = chance.choice(scenario.corridors).id
    return Drawn(kind, _moment(scenario, chance), (words.format(k=corridor),))


def _late(scenario: Scenario, chance: random.Random) -> Drawn:
    """Return an opening one to three hours late, said an hour before to half an hour after it."""
    window = chance.choice(scenario.windows)
    opens = scenario.seconds(window.opens)
    now = max(60, opens + chance.randrange(-60, 31) * 60)
    at = scenario.moment(opens + chance.randrange(60, 181) * 60)
    return Drawn("late", now, (f"{window.corridor} opens {at:%Y-%m-%dT%H:%M}",))


def _early(scenario: Scenario, chance: random.Random) -> Drawn:
    """Return a closing one to four hours early, said half an hour or more before it."""
    window = chance.choice(scenario.windows)
    opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
    at = closes - chance.randrange(60, 241) * 60
    now = max(60, int(chance.uniform(opens, at - 1800) // 60 * 60))
    told = scenario.moment(at)
    return Drawn("early", now, (f"{window.corridor} closes {told:%Y-%m-%dT%H:%M}",))


def _buses(scenario: Scenario, plan: Plan, chance: random.Random) -> Drawn:
    buses = sorted({duty.vehicle for duty in plan.duties if duty.type == "bus"})
    lost = sorted(chance.sample(buses, min(10, len(buses))))
    return Drawn("buses", _moment(scenario, chance), (f"{' '.join(lost)} lost",))


def _resume(scenario: Scenario, chance: random.Random) -> Drawn:
    """Return going on one to two hours after everything stopped."""
    stopped = _moment(scenario, chance, 0.7)
    now = stopped + chance.randrange(60, 121) * 60
    return Drawn("resume", now, ("resume",), ((stopped, "stop"),))


def answer(again: Replanner, scenario: Scenario, plan: Plan, drawn: Drawn) -> Answer:
    """Make the plan anew after an event, and after what was said before it."""
    for now, event in drawn.before:
        known = revise(scenario, plan, now, (event,))
        offer = again.replan(scenario, plan, known.scenario, now, lost_vehicles=known.lost)
        scenario, plan = (
            known.scenario,
            taken_up(offer.replan.plan, plan, drawn.now_s, held=offer.replan.held),
        )
    begin, busy = time.perf_counter(), time.process_time()
    known = revise(scenario, plan, drawn.now_s, drawn.events)
    offer = again.replan(scenario, plan, known.scenario, drawn.now_s, lost_vehicles=known.lost)
    taken = time.perf_counter() - begin, time.process_time() - busy
    return Answer(drawn, *taken, offer)


def record(answers: list[Answer]) -> dict[str, Any]:
    """Return the figures of all answers."""
    rows = [one.row() for one in answers]
    seconds = sorted(row["seconds"] for row in rows)
    return {
        "events": len(rows),
        "seconds_median": seconds[len(seconds) // 2],
        "seconds_worst": seconds[-1],
        "cpu_seconds_median": sorted(row["cpu_seconds"] for row in rows)[len(rows) // 2],
        "cpu_seconds_worst": max(row["cpu_seconds"] for row in rows),
        "breaches": sum(row["breaches"] for row in rows),
        "gap_median": sorted(row["gap"] for row in rows)[len(rows) // 2],
        "gap_worst": max(row["gap"] for row in rows),
        "weight_gap_worst": max(row["weight_gap"] for row in rows),
        "changed_share_worst": max(row["changed_share"] for row in rows),
        "rows": rows,
    }


def write(figures: dict[str, Any], place: Path = OUT) -> None:
    """Put the figures under ``replan`` in the record, beside what else stands there."""
    keep("replan", figures, place)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", type=Path, default=Path("examples/aleppo-2016"))
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--events", type=int, default=70)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    scenario = read_scenario(args.scenario)
    plan = read_plan(args.plan, scenario)
    again = Replanner(scenario)
    drawn = draw(scenario, plan, args.events, args.seed)
    answer(again, scenario, plan, drawn[0])  # Warm: compiled and in memory.
    answers = []
    for one in drawn:
        answers.append(answer(again, scenario, plan, one))
        row = answers[-1].row()
        line = f"{row['kind']:8} {row['seconds']:6.2f} s  gap {row['gap']:.4f}"
        line += f"  weight {row['weight_gap']:.4f}"
        line += f"  changed {row['changed_share']:.4f}  breaches {row['breaches']}  {one.now_s}"
        print(line, " ".join(one.events)[:40], flush=True)  # noqa: T201 - a program's own output
        for breach in answers[-1].offer.breaches:
            print("   ", breach, flush=True)  # noqa: T201
    figures = record(answers)
    write(figures, args.out)
    short = {name: told for name, told in figures.items() if name != "rows"}
    print(json.dumps(short, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
