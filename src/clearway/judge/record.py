"""Reasons on the whole pause: breaches of the plan, notification, those who stay, who decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Final

import numpy as np

from clearway.judge.matter import Matter
from clearway.judge.phrases import (
    BREACHES,
    PEOPLE,
    WINDOWS,
    duration,
    first_of,
    listed,
    part,
    say,
)
from clearway.model.agreement import Notification
from clearway.model.facts import Text
from clearway.model.thresholds import BARRED, CONDITION, MET
from clearway.model.verdict import PlanBreach, Reason

#: Breaches and provisions that are named; the rest is counted.
_NAMED: Final = 3


def breached(matter: Matter) -> Iterator[Reason]:
    """Yield whether the plan keeps its own rules."""
    found = matter.breaches
    if not found:
        text = Text(
            "A separate check of the plan found no breach.",
            "لم يعثر تدقيق مستقل للخطة على أي مخالفة.",
        )
        yield Reason("breach", "", MET, text)
        return
    named = [one for one in found if one.where][:_NAMED] or list(found[:_NAMED])
    text = say(
        "The plan breaks its own rules: {count} found, the first: {named}.",
        "تخالف الخطة قواعدها: عُثر على {count}، وأولها: {named}.",
        count=BREACHES(sum(_stands_for(one) for one in found)),
        named=listed([_place(one) for one in named]),
    )
    turn = Text(
        "The plan is made anew, so that a separate check finds no breach.",
        "أن توضع الخطة من جديد بحيث لا يعثر تدقيق مستقل على أي مخالفة.",
    )
    yield Reason("breach", "", BARRED, text, turn)


def lead(matter: Matter) -> Iterator[Reason]:
    """Yield whether the parties were notified long enough before the first opening (R3)."""
    told = matter.scenario.agreement.notification
    if told is None or told.sent is None:
        text = Text(
            "When the parties were notified is not on record.",
            "لا يوجد في السجل متى أُبلغت الأطراف.",
        )
        turn = Text(
            "It is recorded when each party was notified.",
            "أن يُسجَّل متى أُبلغ كل طرف.",
        )
        yield Reason("lead", "", CONDITION, text, turn if told is None else _asked(turn, told))
        return
    scenario = matter.scenario
    before = timedelta(seconds=-scenario.seconds(told.sent))
    sent = matter.moment(told.sent)
    if before <= timedelta(0):
        text = say(
            "The parties were notified on {sent}, when the first window was to be open already.",
            "أُبلغت الأطراف في {sent}، أي بعد الموعد المعلن لأول فتح.",
            sent=sent,
        )
        yield Reason("lead", "", BARRED, text, _later(matter, told))
        return
    text = say(
        "The parties were notified on {sent}, {before} before the first opening; asked for:"
        " at least {lead}",
        "أُبلغت الأطراف في {sent}، أي قبل أول فتح بمدة {before}؛ والمطلوب مدة {lead} على الأقل",
        sent=sent,
        before=_earlier(before),
        lead=duration(told.lead.total_seconds()),
    )
    if before >= told.lead:
        yield Reason("lead", "", MET, say("{text}.", "{text}.", text=text))
        return
    short = say(
        "{text}; {windows} open sooner than that.",
        "{text}، ويقع موعد {windows} قبل انقضائها.",
        text=text,
        windows=part(sum(_too_early(matter, told)), len(scenario.windows), WINDOWS),
    )
    yield Reason("lead", "", CONDITION, short, _later(matter, told))


def staying(matter: Matter) -> Iterator[Reason]:
    """Yield what is done for those who stay, and how many they are on average."""
    stay = float(matter.scenario.demand.persons.sum() - np.mean(matter.ensemble.people_out))
    people = PEOPLE(max(0, round(stay)))
    provisions = matter.scenario.agreement.provisions
    if provisions:
        text = say(
            "On average {people} stay inside; on record for them: {provisions}.",
            "عدد من يبقون في الداخل في المتوسط: {people}؛ والمسجَّل لأجلهم: {provisions}.",
            people=people,
            provisions=first_of([_bare(one.text) for one in provisions], _NAMED),
        )
        yield Reason("stay", "", MET, text)
        return
    text = say(
        "On average {people} stay inside, and nothing is on record of what is done for them.",
        "عدد من يبقون في الداخل في المتوسط: {people}، ولا يوجد في السجل ما يُقدَّم لهم.",
        people=people,
    )
    turn = Text(
        "It is recorded what is done for those who stay, and who has committed to it.",
        "أن يُسجَّل ما يُقدَّم لمن يبقون، ومن التزم به.",
    )
    yield Reason("stay", "", CONDITION, text, turn)


def decider(matter: Matter) -> Iterator[Reason]:
    """Yield which role decides, and when the decision is looked at again (R7)."""
    named = matter.scenario.agreement.decider
    if named is None:
        text = Text("Nobody is named who decides.", "لم تُحدَّد الجهة صاحبة القرار.")
        turn = Text(
            "The role that decides is named, and when the decision is reviewed.",
            "أن تُحدَّد الجهة صاحبة القرار وموعد مراجعة القرار.",
        )
        yield Reason("decider", "", CONDITION, text, turn)
    elif named.review is None:
        text = say(
            "Who decides: {role}; no time is set for a review.",
            "صاحب القرار: {role}؛ ولم يُحدَّد موعد لمراجعته.",
            role=_bare(named.role),
        )
        turn = Text("A time is set for the review.", "أن يُحدَّد موعد للمراجعة.")
        yield Reason("decider", "", CONDITION, text, turn)
    else:
        text = say(
            "Who decides: {role}; review on {review}.",
            "صاحب القرار: {role}؛ وموعد مراجعته {review}.",
            role=_bare(named.role),
            review=matter.moment(named.review),
        )
        yield Reason("decider", "", MET, text)


def _stands_for(breach: PlanBreach) -> int:
    """Return 1, or how many more there are where a breach without place only counts them."""
    return 1 if breach.where else max(1, round(breach.value - breach.limit))


def _place(breach: PlanBreach) -> Text:
    rule = _RULES.get(breach.rule, Text(breach.rule, breach.rule))
    if not breach.where:
        return rule
    return say("{rule} at {where}", "{rule} عند {where}", rule=rule, where=breach.where)


def _asked(turn: Text, told: Notification) -> Text:
    return say(
        "{turn} At least {lead} before the first opening is asked for.",
        "{turn} والمطلوب قبل أول فتح بمدة {lead} على الأقل.",
        turn=turn,
        lead=duration(told.lead.total_seconds()),
    )


def _earlier(before: timedelta) -> Text:
    """Say a lead time, rounded down to minutes: never more than it was."""
    return duration(before.total_seconds() // 60 * 60)


def _later(matter: Matter, told: Notification) -> Text:
    sent = told.sent
    earliest = matter.scenario.start if sent is None else sent.astimezone(UTC) + told.lead
    return say(
        "No window opens before {earliest}.",
        "ألا تُفتح أي فترة قبل {earliest}.",
        earliest=matter.moment(earliest),
    )


def _too_early(matter: Matter, told: Notification) -> Iterator[bool]:
    """Yield for each window whether it opens sooner than the lead time after the notification."""
    for window in matter.scenario.windows:
        opens = window.opens.astimezone(UTC)
        yield told.sent is not None and opens < told.sent.astimezone(UTC) + told.lead


def _bare(text: Text) -> Text:
    """Return words of a scenario without the stop at their end, to stand inside a sentence."""
    return Text(text.en.strip().rstrip(".") or text.en, text.ar.strip().rstrip(".") or text.ar)


_RULES: Final = {
    "scenario": Text("another scenario", "سيناريو آخر"),
    "reference": Text("an unknown name", "اسم غير معروف"),
    "supply": Text("households called", "الأسر المنادى عليها"),
    "household": Text("whole households", "بقاء الأسرة معًا"),
    "route": Text("route", "المسار"),
    "closed": Text("closed street", "شارع مغلق"),
    "slot": Text("hour of departure", "وقت المغادرة"),
    "window": Text("opening hours", "ساعات الفتح"),
    "margin": Text("margin before closing", "الهامش قبل الإغلاق"),
    "link": Text("street capacity", "سعة الشارع"),
    "gate": Text("gate capacity", "سعة البوابة"),
    "holding": Text("holding area", "ساحة الانتظار"),
    "reception": Text("reception site", "موقع الاستقبال"),
    "spread": Text("fairness between zones", "الإنصاف بين المناطق"),
    "conservation": Text("people add up", "تطابق الأعداد"),
    "claim": Text("claimed figure", "رقم مدّعى"),
    "bound": Text("proven limit", "الحد المثبت"),
    "rule": Text("rules for gates", "قواعد البوابات"),
    "mode": Text("way of going", "وسيلة الانتقال"),
    "duty": Text("vehicle's day", "يوم عمل المركبة"),
    "trip": Text("drive of a vehicle", "رحلة المركبة"),
    "lane": Text("vehicle lane at the gate", "مسرب المركبات عند البوابة"),
    "seat": Text("places in vehicles", "الأماكن في المركبات"),
    "patient": Text("patients", "المرضى"),
    "bed": Text("beds", "الأسرّة"),
    "triage": Text("order of triage", "ترتيب الفرز الطبي"),
    "convoy": Text("aid convoy", "قافلة المساعدات"),
    "linked": Text("linked movements", "التحركات المترابطة"),
}
