"""Whether to run: every reason looked at, in words, and what would turn it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from clearway.judge.agreed import consents, hazards
from clearway.judge.harms import (
    caught,
    density,
    in_open,
    reception,
    shelter,
    turned_back,
    wait,
)
from clearway.judge.journeys import Reader
from clearway.judge.matter import TOPICS, Matter
from clearway.judge.needs import aid, beds, left_inside, linked, patients, red_out
from clearway.judge.outlook import first_priority, fits, people_out, unreadable
from clearway.judge.record import breached, decider, lead, staying
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.thresholds import BARRED, CONDITION, MET, STATES
from clearway.model.verdict import CONDITIONS, DO_NOT_RUN, GO, Decision, PlanBreach, Reason

Finder = Callable[[Matter], Iterator[Reason]]

_ON_RECORD: Final[Sequence[Finder]] = (breached, consents, hazards, linked, lead, decider)
_SIMULATED: Final[Sequence[Finder]] = (
    people_out,
    caught,
    in_open,
    density,
    wait,
    first_priority,
    red_out,
    patients,
    beds,
    aid,
    left_inside,
    reception,
    shelter,
    turned_back,
    staying,
)


def decide(
    scenario: Scenario, plan: Plan, verdict_breaches: Sequence[PlanBreach], ensemble: Ensemble
) -> Decision:
    """Recommend to go, to go with conditions, or not to run, with every reason looked at.

    One reason that bars is enough not to run; else one condition is enough to go on conditions
    alone. What cannot be measured is a condition. A measure is taken per place: each place
    beyond its limit is a reason of its own, the others are told together by the one nearest to
    its limit. Quantiles are over members, interpolated.

    Parameters
    ----------
    scenario
        With its thresholds and all that is on record.
    plan
        What may be run.
    verdict_breaches
        What the check of the plan found.
    ensemble
        What became of the plan in simulation; one that is not of this scenario bars.

    Returns
    -------
    Decision
        Its reasons with the barring ones first, then conditions, then what is met. Of what is
        not met the first of each topic comes before the second of any, so that the first few
        show all that is wrong; topics in the order of ``clearway.judge.matter.TOPICS``, places
        in the scenario's. The software recommends; the role that the scenario names decides.
    """
    journeys = Reader(scenario).days(plan)[1]
    matter = Matter(scenario, plan, ensemble, tuple(verdict_breaches), journeys)
    simulated = _SIMULATED if fits(scenario, ensemble) else (unreadable,)
    found = [one for find in (*_ON_RECORD, *simulated) for one in find(matter)]
    return Decision(_code(found), tuple(_worst_first(found)))


def _code(found: Sequence[Reason]) -> str:
    states = {one.state for one in found}
    if BARRED in states:
        return DO_NOT_RUN
    return CONDITIONS if CONDITION in states else GO


def _worst_first(found: Sequence[Reason]) -> list[Reason]:
    seen: Counter[tuple[str, str]] = Counter()
    ranked = []
    for one in found:
        nth = 0 if one.state == MET else seen[one.state, one.topic]
        seen[one.state, one.topic] += 1
        ranked.append((-STATES.index(one.state), nth, TOPICS.index(one.topic), one))
    return [rank[-1] for rank in sorted(ranked, key=lambda rank: rank[:-1])]
