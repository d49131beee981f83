"""Reasons on each corridor: who consented at which level, and what bars its use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clearway.judge.matter import Matter
from clearway.judge.phrases import (
    CONSENTS,
    CORRIDORS,
    MISSING,
    TITLE,
    closed,
    codes,
    listed,
    part,
    say,
)
from clearway.model.agreement import (
    ACKNOWLEDGED,
    CONSENT_LEVELS,
    GATE,
    GIVEN,
    HEADQUARTERS,
    LOCAL,
    NO_REPLY,
    NOTIFIED,
    REFUSED,
    WITHDRAWN,
    Consent,
    Hazard,
)
from clearway.model.facts import Text
from clearway.model.thresholds import BARRED, CONDITION, MET
from clearway.model.verdict import Reason

_LEVELS: Final = {
    HEADQUARTERS: Text("headquarters", "القيادة العليا"),
    LOCAL: Text("local commanders", "القيادة المحلية"),
    GATE: Text("gates", "البوابات"),
}
#: What is on record where consent was not given.
_INSTEAD: Final = {
    NOTIFIED: Text("notified", "أُرسل الإبلاغ"),
    ACKNOWLEDGED: Text("acknowledged", "ورد إقرار بالاستلام"),
    NO_REPLY: Text("no reply", "لم يرد رد"),
    REFUSED: Text("refused", "رُفضت"),
    WITHDRAWN: Text("withdrawn", "سُحبت"),
}


@dataclass(frozen=True, slots=True)
class _Standing:
    """How consents stand, alike for all corridors of which this is said.

    Attributes
    ----------
    used
        Whether the plan sends people there.
    own, missing
        Places of the consents listed, headquarters first, and of those that do not count.
    until
        The last closing, until which they have to hold.
    """

    used: bool
    own: tuple[int, ...]
    missing: tuple[int, ...]
    until: datetime


def consents(matter: Matter) -> Iterator[Reason]:
    """Yield how the consents for each corridor stand (R1), together where they stand alike.

    A consent counts if it was given and holds until the corridor's last closing. Every party
    listed for a corridor that the plan uses must have given it; where nobody at all is listed
    for a level, that cannot be measured. A corridor that is announced as open and not used is a
    condition: people may come to it of themselves.
    """
    if not matter.scenario.agreement.consents:
        yield _nothing_on_record(matter)
        return
    alike: dict[_Standing, list[str]] = {}
    for corridor in matter.announced:
        alike.setdefault(_standing(matter, corridor), []).append(corridor)
    for standing, corridors in alike.items():
        if standing.used:
            yield _of_used(matter, standing, corridors)
        elif standing.missing or not standing.own:
            yield _unused(corridors)


def _of_used(matter: Matter, standing: _Standing, corridors: Sequence[str]) -> Reason:
    if not standing.own:
        return _nobody_listed(matter, corridors)
    if standing.missing:
        return _incomplete(matter, standing, corridors)
    return _complete(matter, standing, corridors)


def hazards(matter: Matter) -> Iterator[Reason]:
    """Yield what is on record about each corridor, barring where nobody should be sent."""
    known = matter.scenario.agreement.hazards
    for hazard in known:
        if not hazard.bars:
            yield _warning(hazard)
        elif hazard.corridor in matter.used:
            text = say(
                "Corridor {corridor}: {text} Nobody should be sent there while it lasts.",
                "الممر {corridor}: {text} لا ينبغي إرسال أحد إليه ما دام ذلك قائمًا.",
                corridor=hazard.corridor,
                text=closed(hazard.text),
            )
            ended = say("It is on record that this has ended", "أن يُسجَّل زوال ذلك")
            turn = _or_without(matter, ended, [hazard.corridor])
            yield Reason("hazard", hazard.corridor, BARRED, text, turn)
        else:
            text = say(
                "Corridor {corridor}: {text} The plan sends nobody there, yet some may come of"
                " themselves.",
                "الممر {corridor}: {text} لا ترسل الخطة أحدًا إليه، لكن قد يأتي بعضهم من تلقاء"
                " أنفسهم.",
                corridor=hazard.corridor,
                text=closed(hazard.text),
            )
            yield Reason(
                "hazard", hazard.corridor, CONDITION, text, _announced_shut([hazard.corridor])
            )
    if not known:
        text = Text(
            "Nothing on record bars a corridor; that does not show that nothing is there.",
            "لا يوجد في السجل ما يمنع استخدام أي ممر؛ ولا يعني ذلك عدم وجود مانع.",
        )
        yield Reason("hazard", "", MET, text)


def _nothing_on_record(matter: Matter) -> Reason:
    text = Text("No consent is on record.", "لا توجد أي موافقة في السجل.")
    turn = say(
        "Every party's consent is recorded, with evidence, for headquarters, local commanders and"
        " gates, for each corridor that the plan uses{codes}.",
        "أن تُسجَّل موافقة كل طرف مع ما يثبتها، على مستوى القيادة العليا والقيادة المحلية والبوابة،"
        " لكل ممر تستخدمه الخطة{codes}.",
        codes=say(" ({codes})", " ({codes})", codes=codes(matter.used)) if matter.used else "",
    )
    return Reason("consent", "", BARRED, text, turn)


def _nobody_listed(matter: Matter, corridors: Sequence[str]) -> Reason:
    text = say(
        "No consent is on record for {corridors}.",
        "لا توجد في السجل أي موافقة على استخدام {corridors}.",
        corridors=_named(corridors),
    )
    wanted = say(
        "Every party's consent to {corridors} is recorded, with evidence, at each level",
        "أن تُسجَّل موافقة كل طرف على استخدام {corridors} مع ما يثبتها، على كل مستوى",
        corridors=_named(corridors),
    )
    return Reason(
        "consent", _where(corridors), BARRED, text, _or_without(matter, wanted, corridors)
    )


def _incomplete(matter: Matter, standing: _Standing, corridors: Sequence[str]) -> Reason:
    own, missing = len(standing.own), len(standing.missing)
    lack = [matter.scenario.agreement.consents[row] for row in standing.missing]
    levels = [
        say(
            "from {level}: {parties}",
            "على مستوى {level}: {parties}",
            level=_LEVELS[level],
            parties=listed([_lacking(matter, one) for one in lack if one.level == level]),
        )
        for level in CONSENT_LEVELS
        if any(one.level == level for one in lack)
    ]
    text = say(
        "{corridors}: {given} given. Missing {missing}.",
        "{corridors}: {given}. وما ينقص {missing}.",
        corridors=_titled(corridors),
        given=_given(own - missing, own),
        missing=Text("; ".join(one.en for one in levels), "؛ و".join(one.ar for one in levels)),
    )
    wanted = say(
        "{missing}, with evidence and holding until {until}",
        "{missing}، مع ما يثبت ذلك، على أن تسري حتى {until}",
        missing=MISSING(missing),
        until=matter.moment(standing.until),
    )
    return Reason(
        "consent", _where(corridors), BARRED, text, _or_without(matter, wanted, corridors)
    )


def _given(given: int, of: int) -> Text:
    if given:
        return say("{part}", "أُعطيت {part}", part=part(given, of, CONSENTS))
    return say("0 of {of}", "لم تُعطَ أي موافقة، والمطلوب {of}", of=CONSENTS(of))


def _lacking(matter: Matter, one: Consent) -> Text:
    """Name a party with what is on record instead of a consent that counts."""
    if one.state == GIVEN and one.expires is not None:
        until = matter.moment(one.expires)
        instead = say("given only until {until}", "أُعطيت حتى {until} فقط", until=until)
    else:
        instead = _INSTEAD[one.state]
    return say("{party} ({instead})", "{party} ({instead})", party=one.party, instead=instead)


def _complete(matter: Matter, standing: _Standing, corridors: Sequence[str]) -> Reason:
    """Say that all consents listed count, and for which levels nobody is listed."""
    present = {matter.scenario.agreement.consents[row].level for row in standing.own}
    absent = [_LEVELS[level] for level in CONSENT_LEVELS if level not in present]
    if not absent:
        text = say(
            "{corridors}: consent is recorded of every party listed, until the last closing.",
            "{corridors}: سُجّلت موافقة كل طرف مُدرج حتى آخر إغلاق.",
            corridors=_titled(corridors),
        )
        return Reason("consent", _where(corridors), MET, text)
    text = say(
        "{corridors}: every consent listed is given, but nobody is listed at the level of"
        " {levels}, so that whether one is missing cannot be told.",
        "{corridors}: أُعطيت كل الموافقات المُدرجة، لكن لا طرف مُدرج على مستوى {levels}، فلا يمكن"
        " القول إن كانت هناك موافقة ناقصة.",
        corridors=_titled(corridors),
        levels=listed(absent),
    )
    turn = say(
        "The consent of whoever decides at that level for {corridors} is recorded.",
        "أن تُسجَّل موافقة صاحب القرار على ذلك المستوى بشأن {corridors}.",
        corridors=_named(corridors),
    )
    return Reason("consent", _where(corridors), CONDITION, text, turn)


def _unused(corridors: Sequence[str]) -> Reason:
    text = say(
        "{corridors}: announced as open without consent of every party; the plan sends nobody"
        " there, yet some may come of themselves.",
        "{corridors}: أُعلن فتحها دون موافقة كل الأطراف؛ لا ترسل الخطة أحدًا إلى هناك، لكن قد يأتي"
        " بعضهم من تلقاء أنفسهم.",
        corridors=_titled(corridors),
    )
    return Reason("consent", _where(corridors), CONDITION, text, _announced_shut(corridors))


def _warning(hazard: Hazard) -> Reason:
    text = say(
        "Corridor {corridor}: {text} Whoever is called there must know it.",
        "الممر {corridor}: {text} ويجب أن يعلم به كل من يُنادى عليه إلى هناك.",
        corridor=hazard.corridor,
        text=closed(hazard.text),
    )
    turn = say(
        "Everyone called to {corridor} is told of it before they set out.",
        "أن يُبلَّغ به كل من يُنادى عليه إلى الممر {corridor} قبل انطلاقه.",
        corridor=hazard.corridor,
    )
    return Reason("hazard", hazard.corridor, CONDITION, text, turn)


def _announced_shut(corridors: Sequence[str]) -> Text:
    return say(
        "Everyone inside is told that this is closed: {corridors}.",
        "أن يُبلَّغ كل من في الداخل بإغلاق {corridors}.",
        corridors=_named(corridors),
    )


def _or_without(matter: Matter, wanted: Text, corridors: Sequence[str]) -> Text:
    """Say what is wanted, or without which corridors the plan would do, if it has others."""
    if len(corridors) == len(matter.used):
        return say("{wanted}.", "{wanted}.", wanted=wanted)
    return say(
        "{wanted}; or the plan is made anew without {corridors}.",
        "{wanted}؛ أو أن توضع الخطة من جديد دون {corridors}.",
        wanted=wanted,
        corridors=_named(corridors),
    )


def _standing(matter: Matter, corridor: str) -> _Standing:
    known, until = matter.scenario.agreement.consents, matter.last_closing(corridor)
    own = [row for row, one in enumerate(known) if corridor in one.corridors]
    own.sort(key=lambda row: CONSENT_LEVELS.index(known[row].level))
    missing = [row for row in own if not _counts(known[row], until)]
    return _Standing(corridor in matter.used, tuple(own), tuple(missing), until)


def _counts(one: Consent, until: datetime) -> bool:
    held = one.expires is None or one.expires.astimezone(UTC) >= until.astimezone(UTC)
    return one.state == GIVEN and held


def _named(corridors: Sequence[str]) -> Text:
    """Name corridors within a sentence."""
    noun = CORRIDORS(len(corridors))
    return say("{noun} {codes}", "{noun} {codes}", noun=noun, codes=codes(corridors))


def _titled(corridors: Sequence[str]) -> Text:
    """Name corridors at the beginning of a sentence."""
    noun = TITLE(len(corridors))
    return say("{noun} {codes}", "{noun} {codes}", noun=noun, codes=codes(corridors))


def _where(corridors: Sequence[str]) -> str:
    return ", ".join(corridors)
