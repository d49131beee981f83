"""The first screen: what the plan does, how good that is, what binds, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clearway.model.plan import OPTIMAL, PARTIAL, PEOPLE
from clearway.model.verdict import PlanBreach
from clearway.publish.edition import Edition
from clearway.publish.figures import Measure, measures
from clearway.publish.words import Said, Words

_BREACHES_SHOWN: Final = 6
_TIGHT: Final = 1e-9


#: Gap of the last level above which the level before it, not rounding, is the reason.
PRICE = 0.01


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure."""

    id: str
    title: Said
    figure: Said
    note: Said
    proof: Said | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bar of all inside: ``out``, ``left`` or ``stay``, as a share."""

    name: str
    share: float
    count: Said
    label: Said


@dataclass(frozen=True, slots=True)
class Day:
    """People out on one day, and their share of the best day."""

    name: Said
    count: Said
    share: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The first screen in one language.

    Attributes
    ----------
    dates, hours, extent
        When, at which hours, and over how many corridors and zones.
    same_hours
        Whether every corridor has the same hours on every day.
    sentence, proof, uptake
        The finding in words.
    reason
        How solving ended.
    holds
        Whether the judge found no breach.
    breaches, more_breaches
        The first of them in words, and how many more there are.
    cards, parts, bound_share, days
        Key figures; the bar of all inside and where its bound stands; people out by day.
    """

    dates: Said
    hours: Said
    same_hours: bool
    extent: Said
    sentence: Said
    proof: Said
    uptake: Said
    reason: Said
    holds: bool
    check: Said
    breaches: tuple[Said, ...]
    more_breaches: Said | None
    cards: tuple[Card, ...]
    parts: tuple[Part, ...]
    bound_share: float | None
    days: tuple[Day, ...]


def finding(edition: Edition) -> Finding:
    """Return the first screen."""
    verdict, words = edition.verdict, edition.words
    people, _, _ = measures(edition.plan, verdict)
    windows = edition.scenario.windows
    moments = [
        (edition.scenario.seconds(one.opens), edition.scenario.seconds(one.closes))
        for one in windows
    ]
    found = len(verdict.breaches)
    shown = verdict.breaches[:_BREACHES_SHOWN]
    more = found - len(shown)
    return Finding(
        dates=edition.calendar.days(tuple(dict.fromkeys(s.day for s in edition.course.sessions))),
        hours=_hours(edition, moments),
        same_hours=_same(edition, moments),
        extent=_extent(edition),
        sentence=_sentence(edition),
        proof=_proof(edition, people),
        uptake=words.say("finding.uptake", share=words.share(edition.plan.uptake)),
        reason=_reason(edition),
        holds=verdict.feasible,
        check=words.say("check.none") if not found else words.say("check.some", n=found),
        breaches=tuple(_breach(words, breach) for breach in shown),
        more_breaches=words.say("check.more", n=more) if more else None,
        cards=tuple(_cards(edition)),
        parts=tuple(_parts(edition)),
        bound_share=_share(min(people.bound, verdict.people_inside), verdict.people_inside)
        if people.bound is not None
        else None,
        days=tuple(_days(edition)),
    )


def _breach(words: Words, breach: PlanBreach) -> Said:
    """Say which rule is broken where; the judge's sentence is in English."""
    key = f"rule.{breach.rule}"
    rule = words.say(key) if key in words.messages else words.quote(breach.rule)
    text = words.quote(breach.text)
    return words.say("check.breach", rule=rule, where=words.quote(breach.where), text=text)


def _reason(edition: Edition) -> Said:
    """Say how solving ended; in full where that is more than what stands beside it anyway."""
    words, status = edition.words, edition.plan.status
    said = words.say(f"status.{status.code}")
    if status.binding and status.code in {OPTIMAL, PARTIAL}:
        return said
    return Said(f"{said} {words.name(status.reason)}")


def _extent(edition: Edition) -> Said:
    scenario, words = edition.scenario, edition.words
    return words.say(
        "finding.corridors",
        corridors=words.say("finding.count_corridors", n=len(scenario.corridors)),
        zones=words.say("finding.count_zones", n=len(scenario.zones)),
    )


def _hours(edition: Edition, moments: list[tuple[int, int]]) -> Said:
    """Say the opening hours if they are the same everywhere, else that they differ."""
    if not _same(edition, moments):
        return edition.words.say("finding.hours_differ")
    hours = edition.calendar.hours(*moments[0])
    return edition.words.say("finding.hours_same", hours=hours)


def _same(edition: Edition, moments: list[tuple[int, int]]) -> bool:
    clock = edition.calendar.clock
    return len({(clock(opens), clock(closes)) for opens, closes in moments}) == 1


def _sentence(edition: Edition) -> Said:
    verdict, words = edition.verdict, edition.words
    counts = {
        "willing": words.number(verdict.people_willing),
        "inside": words.number(verdict.people_inside),
    }
    if verdict.people_out == 0:
        willing = edition.persons(verdict.people_willing)
        return words.say("finding.none", willing=willing, inside=counts["inside"])
    days = words.say("unit.days", n=len({s.day for s in edition.course.sessions}))
    if verdict.people_out >= verdict.people_willing:
        return words.say("finding.all", days=days, **counts)
    share = words.share(verdict.people_out / verdict.people_willing)
    out = edition.persons(verdict.people_out)
    return words.say("finding.some", out=out, share=share, days=days, **counts)


def _proof(edition: Edition, people: Measure) -> Said:
    words = edition.words
    if people.bound is None or people.gap is None:
        return words.say("finding.no_proof")
    if people.gap < _TIGHT:
        return words.say("finding.proof_exact")
    bound = words.number(people.bound)
    return words.say("finding.proof", bound=bound, gap=words.share(people.gap))


def _cards(edition: Edition) -> list[Card]:
    verdict, words = edition.verdict, edition.words
    people, exposure, hours = measures(edition.plan, verdict)
    share = words.share(_share(verdict.people_out, verdict.people_willing))
    inside = verdict.people_inside - verdict.people_out
    return [
        Card(
            "people",
            words.say("cards.people"),
            words.number(verdict.people_out),
            words.say("cards.people_note", share=share),
            _proven(edition, people),
        ),
        Card(
            "hours",
            words.say("cards.hours"),
            _average(edition, hours),
            words.say("cards.hours_price" if _pays(hours) else "cards.hours_note"),
            _proven(edition, hours),
        ),
        Card(
            "exposure",
            words.say("cards.exposure"),
            _average(edition, exposure),
            words.say("cards.exposure_note"),
            _proven(edition, exposure),
        ),
        Card(
            "inside",
            words.say("cards.inside"),
            words.number(inside),
            words.say(
                "cards.inside_note",
                stay=verdict.people_inside - verdict.people_willing,
                left=max(0, verdict.people_willing - verdict.people_out),
            ),
            None,
        ),
    ]


def _pays(hours: Measure) -> bool:
    """Return whether earlier arrivals were given up for less time in the open."""
    return hours.gap is not None and hours.gap > PRICE


def _proven(edition: Edition, measure: Measure) -> Said:
    words, most = edition.words, measure.name == PEOPLE
    if measure.bound is None:
        return words.say("cards.no_bound")
    return words.say(
        "cards.at_most" if most else "cards.at_least",
        n=words.number(measure.value),
        bound=words.number(measure.bound),
        gap=words.share(measure.gap) if measure.gap is not None else Said("–"),
    )


def _average(edition: Edition, measure: Measure) -> Said:
    out = edition.verdict.people_out
    return edition.words.duration(measure.value / out * 3600) if out else Said("–")


def _parts(edition: Edition) -> list[Part]:
    verdict, words = edition.verdict, edition.words
    counts = {
        "out": verdict.people_out,
        "left": max(0, verdict.people_willing - verdict.people_out),
        "stay": max(0, verdict.people_inside - max(verdict.people_willing, verdict.people_out)),
    }
    return [
        Part(name, _share(n, verdict.people_inside), words.number(n), words.say(f"bar.{name}"))
        for name, n in counts.items()
    ]


def _days(edition: Edition) -> list[Day]:
    found = edition.verdict.out_by_day
    most = max([1, *(count for _, count in found)])
    dates = {s.day.isoformat(): s.day for s in edition.course.sessions}
    return [
        Day(
            edition.calendar.short(dates[name]) if name in dates else edition.words.code(name),
            edition.words.number(count),
            count / most,
        )
        for name, count in found
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
