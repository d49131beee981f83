"""Reasons on who comes out in the members of an ensemble, and whether it can be read at all."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clearway.judge.matter import Matter
from clearway.judge.phrases import MEMBERS, PEOPLE, listed, part, say, share
from clearway.model.facts import Text
from clearway.model.outcome import Ensemble, Share
from clearway.model.scenario import Scenario
from clearway.model.thresholds import BARRED, CONDITION, MET
from clearway.model.verdict import Reason


def fits(scenario: Scenario, ensemble: Ensemble) -> bool:
    """Return whether ``ensemble`` is of ``scenario``: its id, shapes, and numbers that are such."""
    corridors, groups = len(scenario.corridors), len(scenario.groups)
    members, bins = len(ensemble), ensemble.out.shape[1:2]
    shapes = {
        "out": (members, *bins, corridors, groups),
        "queue": (members, *bins, corridors),
        "open": (members, *bins, corridors),
        "longest_wait_s": (members, corridors),
        "called": (members,),
        "willing": (members, groups),
        "caught": (members, corridors),
        "turned_back": (members, corridors),
        "in_open": (members, corridors),
        "arrived": (members, len(scenario.receptions)),
    }
    if ensemble.scenario != scenario.id:
        return False
    columns = {name: getattr(ensemble, name) for name in shapes}
    if any(columns[name].shape != shape for name, shape in shapes.items()):
        return False
    return all(bool(np.isfinite(one).all() and (one >= 0).all()) for one in columns.values())


def unreadable(_matter: Matter) -> Iterator[Reason]:
    """Yield that an ensemble says nothing about this scenario."""
    text = Text(
        "The ensemble was not simulated for this scenario, so that no harm could be measured.",
        "لم تُحاكَ الحالات لهذا السيناريو، فلم يمكن قياس أي ضرر.",
    )
    turn = Text("The plan is simulated with this scenario.", "أن تُحاكى الخطة بهذا السيناريو.")
    yield Reason("ensemble", "", BARRED, text, turn)


def people_out(matter: Matter) -> Iterator[Reason]:
    """Yield how many come out, barring where nobody does."""
    if not matter.plan.movements and not matter.journeys:
        text = Text("The plan calls nobody.", "لا تنادي الخطة على أحد.")
        turn = Text("A plan that brings people out.", "خطة يخرج بموجبها أشخاص.")
        yield Reason("out", "", BARRED, text, turn)
        return
    out = matter.ensemble.people_out
    if not out.any():
        text = say(
            "In none of {of} does anyone come out.",
            "لا يخرج أحد في أي من {of}.",
            of=MEMBERS(len(out)),
        )
        turn = Text(
            "A plan by which people come out when it is simulated.",
            "خطة يخرج بموجبها أشخاص عند محاكاتها.",
        )
        yield Reason("out", "", BARRED, text, turn)
        return
    text = say(
        "On average {mean} come out, in the worst tenth of members {low} or fewer.",
        "عدد من يخرجون في المتوسط: {mean}؛ وفي أسوأ عُشر من حالات المحاكاة: {low} أو أقل.",
        mean=PEOPLE(round(float(np.mean(out)))),
        low=_down(out),
    )
    yield Reason("out", "", MET, text)


def first_priority(matter: Matter) -> Iterator[Reason]:
    """Yield how likely all first-priority people who want to go come out.

    First priority has the group of the highest weight of those inside, or all that share it.
    """
    scenario, ensemble = matter.scenario, matter.ensemble
    limit = scenario.thresholds.first_priority_share
    rows = _first(scenario)
    who = listed([scenario.groups[g].name for g in rows])
    willing = ensemble.willing[:, rows].sum(axis=1)
    if not willing.any():
        yield _nobody_first(who)
        return
    out = ensemble.out[:, :, :, rows].sum(axis=(1, 2), dtype=np.int64)
    hits = int((out >= ensemble.willing[:, rows]).all(axis=1).sum())
    seen = Share(hits, len(ensemble))
    state = limit.state(seen.value)
    text = say(
        "{part}; that is {share} (95\u00a0% interval {low} to {high}); asked for: {go}. In"
        " the worst tenth of members {out} of them or fewer come out, of {willing} who on average"
        " want to go.",
        "{part}؛ أي {share} (مجال الثقة 95\u00a0% من {low} إلى {high})، والمطلوب {go}. وعدد من"
        " يخرجون منهم في أسوأ عُشر من حالات المحاكاة: {out} أو أقل؛ وعدد الراغبين منهم في"
        " المغادرة في المتوسط: {willing}.",
        part=_all_out(seen, who),
        share=share(seen.value, math.floor),
        low=share(seen.lower(0.975)),
        high=share(seen.upper(0.975)),
        go=share(limit.go),
        out=_down(out.sum(axis=1)),
        willing=round(float(np.mean(willing))),
    )
    turn = Text(
        "First-priority people are called earlier, or hours and gates are added where they go.",
        "النداء على ذوي الأولوية الأولى في وقت أبكر، أو إضافة ساعات وبوابات حيث يمرون.",
    )
    yield Reason("first-priority", "", state, text, None if state == MET else turn)


def _first(scenario: Scenario) -> list[int]:
    """Return the rows of the groups of first priority."""
    inside = scenario.demand.persons.sum(axis=0).tolist()
    weights = [one.weight * (n > 0) for one, n in zip(scenario.groups, inside, strict=True)]
    return [g for g, weight in enumerate(weights) if weight == max(weights)]


def _all_out(seen: Share, who: Text) -> Text:
    if not seen.hits:
        return say(
            "In none of {of} are all first-priority people ({who}) out who want to go",
            "لا يخرج جميع الراغبين من ذوي الأولوية الأولى ({who}) في أي من {of}",
            of=MEMBERS(seen.of),
            who=who,
        )
    return say(
        "In {part} all first-priority people ({who}) are out who want to go",
        "يخرج جميع الراغبين من ذوي الأولوية الأولى ({who}) في {part}",
        part=part(seen.hits, seen.of, MEMBERS),
        who=who,
    )


def _nobody_first(who: Text) -> Reason:
    text = say(
        "Of the first-priority people ({who}) nobody wants to go in any member, so that how many"
        " come out cannot be measured.",
        "لا يرغب أحد من ذوي الأولوية الأولى ({who}) في المغادرة في أي حالة محاكاة، فلا يمكن قياس"
        " عدد من يخرجون منهم.",
        who=who,
    )
    turn = Text(
        "It is known how many first-priority people are inside and want to go.",
        "أن يُعرف عدد ذوي الأولوية الأولى الموجودين في الداخل والراغبين في المغادرة.",
    )
    return Reason("first-priority", "", CONDITION, text, turn)


def _down(persons: NDArray[np.int64]) -> int:
    """Return the lowest decile of persons, rounded down."""
    return math.floor(float(np.quantile(persons, 0.1)) + 1e-6)
