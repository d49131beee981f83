"""What stands on top: the recommendation, its reasons, what is likely, and who decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clearway.model.comparison import Alternative, Comparison
from clearway.model.outcome import Ensemble, Share
from clearway.model.thresholds import BARRED, CONDITION, STATES
from clearway.model.verdict import Decision, Reason
from clearway.publish.edition import Edition
from clearway.publish.risk import people_out
from clearway.publish.words import Said, Words

#: Reasons of one kind that the first screen has room for; all of them stand in the table.
_SHOWN: Final = 5
NONE: Final = Said("–")


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One thing looked at.

    Attributes
    ----------
    code
        ``met``, ``condition`` or ``barred``.
    topic, where, state, text
        In words.
    turn
        What would turn it; None where it is met.
    """

    code: str
    topic: Said
    where: Said
    state: Said
    text: Said
    turn: Said | None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The recommendation in one language.

    Attributes
    ----------
    code
        One of the decisions.
    word, sentence
        The decision, and how many things bar it or are conditions.
    barred, conditions
        The first of each; how many more there are, or None.
    reasons
        Everything looked at, the worst first.
    """

    code: str
    word: Said
    sentence: Said
    barred: tuple[ReasonRow, ...]
    more_barred: Said | None
    conditions: tuple[ReasonRow, ...]
    more_conditions: Said | None
    reasons: tuple[ReasonRow, ...]


@dataclass(frozen=True, slots=True)
class Likely:
    """What the members say, for the first screen: a title, a figure, and a note each."""

    id: str
    title: Said
    figure: Said
    note: Said


@dataclass(frozen=True, slots=True)
class Other:
    """One of the courses of action that were considered."""

    name: Said
    promised: Said
    mean: Said
    worst: Said
    caught: Said
    turned_back: Said


def recommendation(edition: Edition, decision: Decision) -> Recommendation:
    """Return the recommendation with its reasons, the worst first."""
    words = edition.words
    ordered = sorted(decision.reasons, key=lambda one: -STATES.index(one.state))
    rows = tuple(_reason_row(words, reason) for reason in ordered)
    barred = tuple(row for row in rows if row.code == BARRED)
    conditions = tuple(row for row in rows if row.code == CONDITION)
    met = len(rows) - len(barred) - len(conditions)
    return Recommendation(
        code=decision.code,
        word=words.say(f"recommend.{decision.code}"),
        sentence=words.say(
            "recommend.count",
            barred=words.say("recommend.barred_count", n=len(barred)),
            conditions=words.say("recommend.condition_count", n=len(conditions)),
            met=words.say("recommend.met_count", n=met),
        ),
        barred=barred[:_SHOWN],
        more_barred=_more(words, len(barred)),
        conditions=conditions[:_SHOWN],
        more_conditions=_more(words, len(conditions)),
        reasons=rows,
    )


def _reason_row(words: Words, reason: Reason) -> ReasonRow:
    key = f"topic.{reason.topic}"
    return ReasonRow(
        code=reason.state,
        topic=words.say(key) if key in words.messages else words.quote(reason.topic),
        where=words.code(reason.where) if reason.where else words.say("recommend.whole"),
        state=words.say(f"state.{reason.state}"),
        text=words.name(reason.text),
        turn=words.name(reason.turn) if reason.turn else None,
    )


def _more(words: Words, count: int) -> Said | None:
    return words.say("recommend.more", n=count - _SHOWN) if count > _SHOWN else None


def decider_words(edition: Edition) -> Said:
    """Say who decides."""
    decider = edition.scenario.agreement.decider
    if decider is None:
        return edition.words.say("decide.no_role")
    return edition.words.say("decide.role", role=edition.words.name(decider.role))


def review_words(edition: Edition) -> Said:
    """Say when the decision is looked at again."""
    decider = edition.scenario.agreement.decider
    if decider is None or decider.review is None:
        return edition.words.say("decide.no_review")
    return edition.calendar.at(decider.review)


def likely(edition: Edition, ensemble: Ensemble) -> Iterator[Likely]:
    """Yield what is likely: people out, the worst tenth, the promise, and being caught."""
    words, out = edition.words, people_out(ensemble)
    interval = words.say("likely.interval", low=round(out.spread.low), high=round(out.spread.high))
    yield _likely(words, "people", words.number(out.spread.median), interval)
    yield _likely(words, "worst", words.number(out.worst), words.say("likely.worst_note"))
    promised = words.number(edition.verdict.people_out)
    yield _likely(words, "promised", promised, words.say("likely.promised_note"))
    share = ensemble.anyone_caught
    note = words.say(
        "likely.caught_note", n=share.of, hits=share.hits, seed=words.code(ensemble.seed)
    )
    yield _likely(words, "caught", at_most(words, share), note)


def _likely(words: Words, name: str, figure: Said, note: Said) -> Likely:
    return Likely(name, words.say(f"likely.{name}"), figure, note)


def at_most(words: Words, share: Share) -> Said:
    """Return the upper 95 % limit of a share, rounded up so that it is never said too low."""
    return words.say("likely.at_most", share=words.share_up(share.upper()))


def share_seen(words: Words, share: Share) -> Said:
    """Return how often something happened, with the limits of its probability."""
    return words.say("risk.seen", hits=share.hits, of=share.of, limit=words.share_up(share.upper()))


def others(edition: Edition, comparison: Comparison | None, ensemble: Ensemble) -> Iterator[Other]:
    """Yield the courses of action that were considered, this plan first and no pause last."""
    words = edition.words
    own = Alternative(edition.verdict.people_out, None, ensemble)
    yield _other(words, words.say("others.plan"), own)
    if comparison is not None:
        yield _other(words, words.say("others.deterministic"), comparison.deterministic)
        if comparison.flat is not None:
            minutes = words.duration(comparison.flat.margin_s or 0.0)
            yield _other(words, words.say("others.flat", margin=minutes), comparison.flat)
    nobody = words.number(0)
    yield Other(words.say("others.none"), nobody, nobody, nobody, NONE, NONE)


def _other(words: Words, name: Said, other: Alternative) -> Other:
    out = people_out(other.ensemble)
    turned = other.ensemble.turned_back.sum(axis=1)
    return Other(
        name=name,
        promised=words.number(other.promised),
        mean=words.number(out.spread.mean),
        worst=words.number(out.worst),
        caught=share_seen(words, other.ensemble.anyone_caught),
        turned_back=words.number(float(turned.mean())),
    )
