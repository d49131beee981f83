"""What is on record about the pause, and how much of each harm is accepted."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clearway.model.agreement import GIVEN
from clearway.model.thresholds import Threshold
from clearway.publish.edition import Edition
from clearway.publish.recommend import NONE
from clearway.publish.sources import Statement, is_assumed, source_words
from clearway.publish.words import Said

#: Unit of each measure, and what turns its value into it.
_MEASURED: Final = {
    "caught_share": ("percent", 100.0),
    "density_persons_per_m2": ("per_m2", 1.0),
    "wait_s": ("min", 1 / 60),
    "first_priority_share": ("percent", 100.0),
    "reception_share": ("percent", 100.0),
    "shelter_share": ("percent", 100.0),
    "open_share": ("percent", 100.0),
    "turned_back_share": ("percent", 100.0),
}


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """What one party said."""

    code: Said
    party: Said
    level: Said
    corridors: Said
    given: bool
    state: Said
    expires: Said
    evidence: Said
    assumed: bool
    source: Said


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """Two limits on one measure."""

    what: Said
    go: Said
    bar: Said
    unit: Said
    assumed: bool
    source: Said


def consent_rows(edition: Edition) -> Iterator[ConsentRow]:
    """Yield the consents, in the scenario's order."""
    words, calendar = edition.words, edition.calendar
    for one in edition.scenario.agreement.consents:
        yield ConsentRow(
            code=words.code(one.id),
            party=words.name(one.party),
            level=words.say(f"level.{one.level}"),
            corridors=words.listed(words.code(code) for code in one.corridors),
            given=one.state == GIVEN,
            state=words.say(f"consent.{one.state.replace(' ', '_')}"),
            expires=calendar.at(one.expires) if one.expires else words.say("record.no_end"),
            evidence=words.quote(one.evidence) if one.evidence.strip() else NONE,
            assumed=is_assumed(one.source),
            source=source_words(edition, one.source),
        )


def hazard_rows(edition: Edition) -> Iterator[tuple[Statement, bool]]:
    """Yield what was reported at corridors, and whether it bars their use."""
    words = edition.words
    for one in edition.scenario.agreement.hazards:
        said = Statement(
            words.code(one.corridor),
            words.name(one.text),
            is_assumed(one.source),
            source_words(edition, one.source),
        )
        yield said, one.bars


def notice_rows(edition: Edition) -> Iterator[Statement]:
    """Yield when the parties were told, and how long before they must be."""
    words, calendar = edition.words, edition.calendar
    told = edition.scenario.agreement.notification
    if told is None:
        return
    source = source_words(edition, told.source)
    sent = words.say("record.not_sent") if told.sent is None else calendar.at(told.sent)
    assumed = is_assumed(told.source)
    yield Statement(words.say("record.sent"), sent, assumed, source)
    lead = words.duration(told.lead.total_seconds())
    yield Statement(words.say("record.lead"), lead, assumed, source)
    if told.sent is not None:
        before = -edition.scenario.seconds(told.sent)
        had = words.duration(before) if before > 0 else words.say("record.too_late")
        yield Statement(words.say("record.had"), had, assumed, source)


def provision_rows(edition: Edition) -> Iterator[Statement]:
    """Yield what is done for those who stay."""
    for number, one in enumerate(edition.scenario.agreement.provisions, start=1):
        yield Statement(
            edition.words.number(number),
            edition.words.name(one.text),
            is_assumed(one.source),
            source_words(edition, one.source),
        )


def threshold_rows(edition: Edition) -> Iterator[ThresholdRow]:
    """Yield every limit that the recommendation is measured by."""
    words, limits = edition.words, edition.scenario.thresholds
    for field in dataclasses.fields(limits):
        limit = getattr(limits, field.name)
        if not isinstance(limit, Threshold):
            continue
        unit, factor = _MEASURED[field.name]
        key = "limit.at_least" if limit.more_is_better else "limit.at_most"
        yield ThresholdRow(
            what=words.say(f"limit.{field.name}"),
            go=words.say(key, n=words.amount(limit.go * factor)),
            bar=words.say(key, n=words.amount(limit.bar * factor)),
            unit=words.say(f"assumptions.{unit}"),
            assumed=is_assumed(limit.source),
            source=source_words(edition, limit.source),
        )
    weight, source = limits.turned_back_weight, limits.turned_back_weight_source
    yield ThresholdRow(
        what=words.say("limit.turned_back_weight"),
        go=words.amount(weight),
        bar=NONE,
        unit=words.say("assumptions.people"),
        assumed=is_assumed(source),
        source=source_words(edition, source),
    )
