"""Rules on what comes in: convoys, and what was made to depend on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from clearway.judge.case import Case
from clearway.judge.driving import CRUMB_S, Drive
from clearway.judge.journeys import Journey
from clearway.judge.words import capital
from clearway.model.fleet import AID, PATIENTS, Convoy
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach


def check_convoy(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each convoy unknown, run twice, out of hours, or not unloaded."""
    seen: set[str] = set()
    for one, driven in case.rides.convoys:
        problem = next(_wrong(case, one, driven, seen), None)
        if problem is not None:
            value, limit, unit, text = problem
            name = capital(one.name)
            yield PlanBreach("convoy", one.name, value, limit, unit, f"{name} {text}.")
        if one.convoy is not None:
            seen.add(one.convoy.id)


def check_linked(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each condition of which one side begins before the other is done.

    What is never done lets nothing begin. So nothing in a ring of conditions may move.
    """
    spans = _spans(case)
    for link in case.scenario.aid.links:
        then, after = spans.get(link.then), spans.get(link.after)
        if then is None:
            continue
        if after is None:
            text = f"{link.then} begins, though {link.after} is never done ({link.id})."
            yield PlanBreach("linked", link.id, then.begin_s, 0, "s", _sentence(text))
        elif then.begin_s < after.done_s - CRUMB_S:
            text = (
                f"{link.then} begins at {case.when(then.begin_s)}, before {link.after} is done at "
                f"{case.when(after.done_s)} ({link.id})."
            )
            yield PlanBreach("linked", link.id, then.begin_s, after.done_s, "s", _sentence(text))


_Wrong = tuple[float, float, str, str]


def _wrong(case: Case, one: Journey, driven: Drive, seen: set[str]) -> Iterator[_Wrong]:
    """Yield what is wrong with a convoy; the first is what causes the rest."""
    convoy = one.convoy
    if convoy is None:
        yield 1, 0, "", "is one that nobody sends"
        return
    if convoy.id in seen:
        yield 2, 1, "runs", "runs more than once"
    since, until = (case.scenario.seconds(at) for at in (convoy.since, convoy.until))
    if driven.passes_in and driven.passes_in[0] < since - CRUMB_S:
        yield driven.passes_in[0], since, "s", "passes the gate inward before its hours"
    if driven.passes_in and driven.passes_in[-1] > until + CRUMB_S:
        yield driven.passes_in[-1], until, "s", "passes the gate inward after its hours"
    yield from _errand(case.scenario, one, convoy)


def _errand(scenario: Scenario, one: Journey, convoy: Convoy) -> Iterator[_Wrong]:
    """Yield whether a convoy is unloaded where it should, and does nothing else."""
    if len(one.stands) > 1:
        yield len(one.stands), 1, "stops", "has more than the one stop where it is unloaded"
    if one.boardings:
        yield len(one.boardings), 0, "loads", "carries people"
    if one.destination is not None and one.destination.id != convoy.depot:
        yield 1, 0, "", f"does not return to its depot {convoy.depot}"
    for stand in one.stands[:1]:
        if stand.zone >= 0 and scenario.zones[stand.zone].id != convoy.zone:
            yield 1, 0, "", f"is not unloaded in zone {convoy.zone}"
        stood, least = stand.leave_s - stand.arrive_s, convoy.unload_s.central
        if one.timed and stood < least - CRUMB_S:
            yield stood, least, "s", "is not given its time to be unloaded"


class _Span(NamedTuple):
    """When something begins, and when all of it is done."""

    begin_s: float
    done_s: float


def _spans(case: Case) -> dict[str, _Span]:
    """Return when convoys and the patients of each day begin and are done, by subject."""
    found: dict[str, _Span] = {}
    for one, driven in case.rides.convoys:
        if one.convoy is not None and driven.passes_in and one.stands:
            span = _Span(driven.passes_in[0], float(one.stands[0].arrive_s))
            found.setdefault(f"{AID}:{one.convoy.id}", span)
    for one, driven in case.rides.fleet:
        if one.patients and driven.passes_out:
            gate_out = driven.passes_out[-1]
            day = f"{PATIENTS}:{case.when(gate_out)[:10]}"
            known = found.get(day, _Span(gate_out, driven.out_s))
            found[day] = _Span(min(known.begin_s, gate_out), max(known.done_s, driven.out_s))
    return found


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
