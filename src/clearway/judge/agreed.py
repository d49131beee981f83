"""Reasons on each corridor: who consented at which level, and what bars its use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Final

from clearway.judge.matter import Matter
from clearway.judge.phrases import CONSENTS, CORRIDORS, closed, codes, listed, part, say
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
    LOCAL: Text("local commander", "القيادة المحلية"),
    GATE: Text("gate", "البوابة"),
}
#: What is on record where consent was not given.
_INSTEAD: Final = {
    NOTIFIED: Text("notified, no more", "أُرسل الإبلاغ فقط"),
    ACKNOWLEDGED: Text("acknowledged, which is no consent", "ورد إقرار بالاستلام، وهو ليس موافقة"),
    NO_REPLY: Text("no reply", "لم يرد رد"),
    REFUSED: Text("refused", "رُفضت الموافقة"),
    WITHDRAWN: Text("withdrawn", "سُحبت الموافقة"),
}


def consents(matter: Matter) -> Iterator[Reason]:
    """Yield how the consents for each corridor stand (R1).

    A consent counts if it was given and holds until the corridor's last closing. Every party
    listed for a corridor that the plan uses must have given it; where nobody at all is listed
    for a level, that cannot be measured. A corridor that is announced as open and not used is a
    condition: people may come to it of themselves.
    """
    if not matter.scenario.agreement.consents:
        yield _nothing_on_record(matter)
        return
    for corridor in matter.announced:
        if corridor not in matter.used:
            if not _consented(matter, corridor):
                yield _unused(corridor)
            continue
        own = _listed_for(matter, corridor)
        missing = [one for one in own if not _counts(matter, one, corridor)]
        if not own:
            yield _nobody_listed(matter, corridor)
        elif missing:
            yield _incomplete(matter, corridor, own, missing)
        else:
            yield from _complete(corridor, own)


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
            turn = _or_without(matter, ended)
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
                "hazard", hazard.corridor, CONDITION, text, _announced_shut(hazard.corridor)
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


def _nobody_listed(matter: Matter, corridor: str) -> Reason:
    text = say(
        "No consent is on record for corridor {corridor}.",
        "لا توجد في السجل أي موافقة على استخدام الممر {corridor}.",
        corridor=corridor,
    )
    wanted = say(
        "Every party's consent to {corridor} is recorded, with evidence, at each level",
        "أن تُسجَّل موافقة كل طرف على استخدام الممر {corridor} مع ما يثبتها، على كل مستوى",
        corridor=corridor,
    )
    return Reason("consent", corridor, BARRED, text, _or_without(matter, wanted))


def _incomplete(
    matter: Matter, corridor: str, own: Sequence[Consent], missing: Sequence[Consent]
) -> Reason:
    lack = [
        say(
            "{party} ({level}: {instead})",
            "{party} ({level}: {instead})",
            party=one.party,
            level=_LEVELS[one.level],
            instead=_instead(matter, one),
        )
        for one in missing
    ]
    parties = [
        say("{party} ({level})", "{party} ({level})", party=one.party, level=_LEVELS[one.level])
        for one in missing
    ]
    text = say(
        "Corridor {corridor}: {given} given; missing: {missing}.",
        "الممر {corridor}: {given}؛ وما ينقص: {missing}.",
        corridor=corridor,
        given=_given(len(own) - len(missing), len(own)),
        missing=listed(lack),
    )
    wanted = say(
        "Consent to {corridor} is recorded, with evidence and until {until}, of {parties}",
        "أن تُسجَّل الموافقة على استخدام الممر {corridor} مع ما يثبتها، سارية حتى {until}، من"
        " {parties}",
        corridor=corridor,
        until=matter.moment(matter.last_closing(corridor)),
        parties=listed(parties),
    )
    return Reason("consent", corridor, BARRED, text, _or_without(matter, wanted))


def _given(given: int, of: int) -> Text:
    if given:
        return say("{part}", "أُعطيت {part}", part=part(given, of, CONSENTS))
    return say("0 of {of}", "لم تُعطَ أي موافقة من أصل {of}", of=CONSENTS(of))


def _instead(matter: Matter, one: Consent) -> Text:
    """Say what is on record instead of a consent that counts."""
    if one.state == GIVEN and one.expires is not None:
        until = matter.moment(one.expires)
        return say("given only until {until}", "أُعطيت حتى {until} فقط", until=until)
    return _INSTEAD[one.state]


def _complete(corridor: str, own: Sequence[Consent]) -> Iterator[Reason]:
    """Say that all consents listed count, and for which levels nobody is listed."""
    present = {one.level for one in own}
    absent = [_LEVELS[level] for level in CONSENT_LEVELS if level not in present]
    if not absent:
        text = say(
            "Corridor {corridor}: consent is recorded of every party listed, until the last"
            " closing.",
            "الممر {corridor}: سُجّلت موافقة كل طرف مُدرج حتى آخر إغلاق.",
            corridor=corridor,
        )
        yield Reason("consent", corridor, MET, text)
        return
    text = say(
        "Corridor {corridor}: every consent listed is given, but nobody is listed at the level"
        " of {levels}, so that whether one is missing cannot be told.",
        "الممر {corridor}: أُعطيت كل الموافقات المُدرجة، لكن لا طرف مُدرج على مستوى {levels}، فلا"
        " يمكن القول إن كانت هناك موافقة ناقصة.",
        corridor=corridor,
        levels=listed(absent),
    )
    turn = say(
        "The consent of whoever decides at that level for {corridor} is recorded.",
        "أن تُسجَّل موافقة صاحب القرار على ذلك المستوى بشأن الممر {corridor}.",
        corridor=corridor,
    )
    yield Reason("consent", corridor, CONDITION, text, turn)


def _unused(corridor: str) -> Reason:
    text = say(
        "Corridor {corridor} is announced as open without consent of every party; the plan sends"
        " nobody there, yet some may come of themselves.",
        "أُعلن أن الممر {corridor} مفتوح دون موافقة كل الأطراف؛ لا ترسل الخطة أحدًا إليه، لكن قد"
        " يأتي بعضهم من تلقاء أنفسهم.",
        corridor=corridor,
    )
    return Reason("consent", corridor, CONDITION, text, _announced_shut(corridor))


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


def _announced_shut(corridor: str) -> Text:
    return say(
        "Everyone inside is told that {corridor} is closed.",
        "أن يُبلَّغ كل من في الداخل بأن الممر {corridor} مغلق.",
        corridor=corridor,
    )


def _or_without(matter: Matter, wanted: Text) -> Text:
    """Say what is wanted, or without which corridors the plan would have to be made anew."""
    against = {one.corridor for one in matter.scenario.agreement.hazards if one.bars}
    barred = [one for one in matter.used if one in against or not _consented(matter, one)]
    if len(barred) == len(matter.used):
        return say("{wanted}.", "{wanted}.", wanted=wanted)
    return say(
        "{wanted}; or the plan is made anew without {corridors} {barred}.",
        "{wanted}؛ أو أن توضع الخطة من جديد دون {corridors} {barred}.",
        wanted=wanted,
        corridors=CORRIDORS(len(barred)),
        barred=codes(barred),
    )


def _consented(matter: Matter, corridor: str) -> bool:
    """Whether consents are on record for a corridor and each of them counts."""
    own = _listed_for(matter, corridor)
    return bool(own) and all(_counts(matter, one, corridor) for one in own)


def _listed_for(matter: Matter, corridor: str) -> list[Consent]:
    """Return what is on record for a corridor, headquarters first."""
    own = [one for one in matter.scenario.agreement.consents if corridor in one.corridors]
    return sorted(own, key=lambda one: CONSENT_LEVELS.index(one.level))


def _counts(matter: Matter, one: Consent, corridor: str) -> bool:
    if one.state != GIVEN:
        return False
    closing = matter.last_closing(corridor)
    return one.expires is None or one.expires.astimezone(UTC) >= closing.astimezone(UTC)
