"""Reasons on what becomes of people in an ensemble: caught, in the open, waiting, sent home."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.judge.matter import Matter
from clearway.judge.phrases import (
    MEMBERS,
    OR_MORE,
    OTHERS,
    PEOPLE,
    PLACES,
    at_least,
    duration,
    part,
    say,
    share,
    whole,
)
from clearway.model.facts import Text
from clearway.model.outcome import Share
from clearway.model.thresholds import CONDITION, MET, Threshold
from clearway.model.verdict import Reason

#: Part of a person that is the rounding of an ensemble's single-precision numbers.
_CRUMB: Final = 1e-3
_TENTH: Final = 0.9
_TWENTIETH: Final = 0.95
#: Members beyond which no larger ensemble is suggested.
_MOST_MEMBERS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at one place, as the threshold measures it."""

    where: str
    value: float
    text: Text
    turn: Text


def caught(matter: Matter) -> Iterator[Reason]:
    """Yield how likely it is that anyone is inside a corridor when it closes.

    Measured by the one-sided upper 95 % limit, so that a small ensemble proves little.
    """
    ensemble, limit = matter.ensemble, matter.scenario.thresholds.caught_share
    seen = ensemble.anyone_caught
    state = limit.state(seen.upper())
    told = say(
        "with 95\u00a0% confidence the probability is at most {upper}; accepted: {go}.",
        "وبثقة 95\u00a0% لا يتجاوز الاحتمال {upper}؛ والمقبول {go}.",
        upper=share(seen.upper(), math.ceil),
        go=share(limit.go),
    )
    if not seen.hits:
        text = say(
            "In none of {of} was anyone inside a corridor when it closed as announced or after"
            " notice; {told}",
            "لم يبقَ أحد داخل ممر عند إغلاقه في موعده أو بعد إشعار في أي من {of}؛ {told}",
            of=MEMBERS(seen.of),
            told=told,
        )
    else:
        most = int(ensemble.caught.sum(axis=1).max())
        text = say(
            "In {part} somebody was still inside a corridor when it closed as announced or after"
            " notice (at worst {most}, most often in {corridor}); {told}",
            "في {part} ظل أشخاص داخل ممر عند إغلاقه في موعده أو بعد إشعار (وعددهم في أسوأ حالة"
            " {most}، وأكثر ما يكون ذلك في الممر {corridor})؛ {told}",
            part=part(seen.hits, seen.of, MEMBERS),
            most=PEOPLE(most),
            corridor=_most_often(matter),
            told=told,
        )
    yield Reason("caught", "", state, text, None if state == MET else _fewer_caught(matter, seen))


def in_open(matter: Matter) -> Iterator[Reason]:
    """Yield how many are between gate and exit at once, where a stop without notice finds them."""
    ensemble, threshold, found = matter.ensemble, matter.scenario.thresholds.open_share, []
    peak = np.quantile(ensemble.open.max(axis=1, initial=0), _TWENTIETH, axis=0)
    for k, corridor in enumerate(matter.scenario.corridors):
        most, limit = float(peak[k]), corridor.open_limit_persons
        stopped = int(ensemble.in_open[:, k].max())
        told: dict[str, Text | str] = {
            "corridor": corridor.id,
            "most": OR_MORE(up(most)),
            "stopped": PEOPLE(stopped),
        }
        if math.isinf(limit):
            if corridor.id in matter.used or most > 0:
                yield _without_limit(corridor.id, told)
            continue
        text = say(
            "Corridor {corridor}: in the worst twentieth of members {most} are between gate"
            " and exit at once; the limit is {limit}, accepted up to {go} of it; at worst a stop"
            " without notice finds {stopped} there.",
            "الممر {corridor}: في أسوأ 5\u00a0% من حالات المحاكاة يكون بين البوابة والمخرج في وقت"
            " واحد {most}؛ والحد {limit}، والمقبول حتى {go} منه؛ وعدد من هم هناك عند توقف دون"
            " إشعار في أسوأ حالة: {stopped}.",
            limit=at_least(limit),
            go=share(threshold.go),
            **told,
        )
        turn = say(
            "The gate of {corridor} admits fewer at a time: at most {limit} between it and the"
            " exit.",
            "أن تسمح بوابة الممر {corridor} بدخول عدد أقل في الوقت الواحد: {limit} على الأكثر بينها"
            " وبين المخرج.",
            corridor=corridor.id,
            limit=whole(limit * threshold.go),
        )
        found.append(Found(corridor.id, most / limit, text, turn))
    yield from by_place("open", threshold, found)


def density(matter: Matter) -> Iterator[Reason]:
    """Yield how densely people stand at each mouth (alarm at 3.5 persons a square metre, R21)."""
    limit, found = matter.scenario.thresholds.density_persons_per_m2, []
    peak = np.quantile(_peak_queue(matter), _TENTH, axis=0)
    for corridor, most in zip(matter.scenario.corridors, peak.tolist(), strict=True):
        area = corridor.holding.area_m2
        text = say(
            "Mouth of {corridor}: in the worst tenth of members {density} persons or more stand on"
            " a square metre ({most} on {area} m²); accepted: {go}.",
            "مدخل الممر {corridor}: في أسوأ عُشر من حالات المحاكاة تبلغ الكثافة {density} شخص"
            " في المتر المربع أو أكثر (العدد: {most}، والمساحة بالمتر المربع: {area})؛ والمقبول"
            " {go}.",
            corridor=corridor.id,
            density=at_least(most / area, 2),
            most=PEOPLE(up(most)),
            area=whole(area),
            go=_plain(limit.go),
        )
        turn = say(
            "A lower cap on the queue at {corridor}, or a faster gate, or a holding area of"
            " {needed} m² there.",
            "خفض الحد الأقصى للطابور عند الممر {corridor}، أو بوابة أسرع، أو ساحة انتظار هناك لا"
            " تقل مساحتها بالمتر المربع عن {needed}.",
            corridor=corridor.id,
            needed=at_least(most / (limit.go or limit.bar or 1.0)),
        )
        found.append(Found(corridor.id, most / area, text, turn))
    yield from by_place("density", limit, found)


def wait(matter: Matter) -> Iterator[Reason]:
    """Yield the longest wait in the open at each mouth."""
    limit, found = matter.scenario.thresholds.wait_s, []
    longest = np.quantile(matter.ensemble.longest_wait_s, _TENTH, axis=0)
    for corridor, seconds in zip(matter.scenario.corridors, longest.tolist(), strict=True):
        text = say(
            "Mouth of {corridor}: in the worst tenth of members the longest wait in the open is"
            " {time} or more; accepted: {go}.",
            "مدخل الممر {corridor}: في أسوأ عُشر من حالات المحاكاة تصل أطول مدة انتظار في"
            " العراء إلى {time} أو أكثر؛ والمقبول ما لا يزيد على {go}.",
            corridor=corridor.id,
            time=duration(seconds),
            go=duration(limit.go),
        )
        turn = say(
            "A lower cap on the queue at {corridor}, so that people wait at home, or a faster"
            " gate.",
            "خفض الحد الأقصى للطابور عند الممر {corridor} لينتظر الناس في منازلهم، أو بوابة أسرع.",
            corridor=corridor.id,
        )
        found.append(Found(corridor.id, seconds, text, turn))
    yield from by_place("wait", limit, found)


def shelter(matter: Matter) -> Iterator[Reason]:
    """Yield how many wait at each mouth, and need shelter there, beside what it holds."""
    limit, found = matter.scenario.thresholds.shelter_share, []
    peak = np.quantile(_peak_queue(matter), _TWENTIETH, axis=0)
    for corridor, most in zip(matter.scenario.corridors, peak.tolist(), strict=True):
        room = corridor.holding.limit_persons
        text = say(
            "Mouth of {corridor}: in the worst twentieth of members {most} wait at once and"
            " need shelter; the holding area takes {room}, accepted up to {go} of it.",
            "مدخل الممر {corridor}: في أسوأ 5\u00a0% من حالات المحاكاة ينتظر في وقت واحد {most}"
            " ويحتاجون إلى مأوى؛ وسعة ساحة الانتظار {room}، والمقبول حتى {go} منها.",
            corridor=corridor.id,
            most=OR_MORE(up(most)),
            room=whole(room),
            go=share(limit.go),
        )
        turn = say(
            "Shelter and room for {most} at {corridor}, or a lower cap on the queue there.",
            "توفير مأوى ومكان يتسع لهذا العدد ({most}) عند الممر {corridor}، أو خفض الحد الأقصى"
            " للطابور هناك.",
            corridor=corridor.id,
            most=PEOPLE(up(most)),
        )
        found.append(Found(corridor.id, ratio(most, room), text, turn))
    yield from by_place("shelter", limit, found)


def reception(matter: Matter) -> Iterator[Reason]:
    """Yield how many arrive at each reception site, beside its places."""
    limit, found = matter.scenario.thresholds.reception_share, []
    come = np.quantile(matter.ensemble.arrived, _TWENTIETH, axis=0)
    for site, most in zip(matter.scenario.receptions, come.tolist(), strict=True):
        places = site.places.central
        text = say(
            "Reception site {site}: in the worst twentieth of members {most} arrive; it takes"
            " {places}, accepted up to {go} of that.",
            "موقع الاستقبال {site}: في أسوأ 5\u00a0% من حالات المحاكاة يصل إليه {most}؛ وسعته"
            " {places}، والمقبول حتى {go} منها.",
            site=site.id,
            most=OR_MORE(up(most)),
            places=whole(places),
            go=share(limit.go),
        )
        lacking = most / limit.go - places if limit.go else most
        turn = say(
            "{more} at {site}, or fewer people called to it.",
            "{more} في {site}، أو النداء على عدد أقل إليه.",
            site=site.id,
            more=PLACES(up(max(lacking, 1.0))),
        )
        found.append(Found(site.id, ratio(most, places), text, turn))
    yield from by_place("reception", limit, found)


def turned_back(matter: Matter) -> Iterator[Reason]:
    """Yield what share of those called is sent home again."""
    ensemble, limit = matter.ensemble, matter.scenario.thresholds.turned_back_share
    back = ensemble.turned_back.sum(axis=1)
    if not ensemble.called.any():
        text = Text(
            "Nobody is called in any member, so that whether people are turned back cannot be"
            " told.",
            "لا يُنادى على أحد في أي حالة محاكاة، فلا يمكن القول إن كان سيُعاد أحد من حيث أتى.",
        )
        yield Reason("turned-back", "", CONDITION, text, _ANYONE_CALLED)
        return
    shares = np.where(back > 0, back / np.maximum(ensemble.called, 1), 0.0)
    value = float(np.quantile(shares, _TWENTIETH))
    state = limit.state(value)
    text = say(
        "In the worst twentieth of members {share} or more of those called are turned back"
        " ({people}); accepted: {go}.",
        "في أسوأ 5\u00a0% من حالات المحاكاة يُعاد إلى منازلهم {share} أو أكثر ممن نودي عليهم"
        " ({people})؛ والمقبول {go}.",
        share=share(value, math.ceil),
        people=OR_MORE(up(float(np.quantile(back, _TWENTIETH)))),
        go=share(limit.go),
    )
    turn = Text(
        "Fewer are called ahead of the gate: lower caps on the queue and on those on the way.",
        "النداء على عدد أقل قبل أن تتسع لهم البوابة: خفض الحد الأقصى للطابور ولمن هم في الطريق.",
    )
    yield Reason("turned-back", "", state, text, None if state == MET else turn)


def by_place(topic: str, limit: Threshold, found: Sequence[Found]) -> Iterator[Reason]:
    """Yield a reason for each place beyond its limit, and one for the worst of the others."""
    within = []
    for one in found:
        state = limit.state(one.value)
        if state == MET:
            within.append(one)
        else:
            yield Reason(topic, one.where, state, one.text, one.turn)
    if within:
        worst = max(within, key=lambda one: one.value)
        others = len(within) - 1
        text = say("{one} {others}", "{one} {others}", one=worst.text, others=OTHERS(others))
        yield Reason(topic, worst.where, MET, text if others else worst.text)


def _fewer_caught(matter: Matter, seen: Share) -> Text:
    """Say what would lower the risk: a larger ensemble if that alone may show it is low."""
    limit, rules = matter.scenario.thresholds.caught_share, matter.plan.rules
    needed = _members_needed(seen, limit.go)
    if seen.value <= limit.go and needed:
        return say(
            "A larger ensemble may show that the risk is low enough: {needed}, if nobody more is"
            " caught.",
            "قد تُظهر محاكاة أوسع أن الخطر منخفض بما يكفي: العدد المطلوب {needed}، إذا لم يبقَ أحد"
            " آخر في ممر عند إغلاقه.",
            needed=MEMBERS(needed),
        )
    if rules is None or rules.risk > limit.go:
        return say(
            "A plan that is made for a risk of {go} at most, with rules for its gates.",
            "خطة توضع على أساس خطر لا يتجاوز {go}، مع قواعد لبواباتها.",
            go=share(limit.go),
        )
    return say(
        "Earlier last entries and lower caps, most of all at {corridor}.",
        "تقديم آخر دخول وخفض الحدود القصوى، ولا سيما عند الممر {corridor}.",
        corridor=_most_often(matter),
    )


def _members_needed(seen: Share, accepted: float) -> int:
    """Return the fewest members that show ``accepted`` with no more hits; 0 if too many."""
    low, high = seen.of, seen.of
    while Share(seen.hits, high).upper() > accepted:
        low, high = high, high * 2
        if high > _MOST_MEMBERS:
            return 0
    while high - low > 1:
        middle = (low + high) // 2
        if Share(seen.hits, middle).upper() > accepted:
            low = middle
        else:
            high = middle
    return high


def _most_often(matter: Matter) -> str:
    often = (matter.ensemble.caught > 0).sum(axis=0)
    return matter.scenario.corridors[int(np.argmax(often))].id


def _without_limit(corridor: str, told: dict[str, Text | str]) -> Reason:
    text = say(
        "Corridor {corridor} has no limit for people between gate and exit; in the worst twentieth"
        " of members {most} are there at once, and at worst a stop without notice finds"
        " {stopped}.",
        "لم يُحدَّد للممر {corridor} حد لعدد من هم بين البوابة والمخرج؛ وفي أسوأ 5\u00a0% من حالات"
        " المحاكاة يكون هناك في وقت واحد {most}، وعدد من هم هناك عند توقف دون إشعار في أسوأ"
        " حالة: {stopped}.",
        **told,
    )
    turn = say(
        "A limit is set for how many may be between the gate and the exit of {corridor}.",
        "أن يُحدَّد عدد من يُسمح بوجودهم بين بوابة الممر {corridor} ومخرجه.",
        corridor=corridor,
    )
    return Reason("open", corridor, CONDITION, text, turn)


def _peak_queue(matter: Matter) -> NDArray[np.float64]:
    """Shape (m, k), most persons that wait at each mouth at any time."""
    return np.asarray(matter.ensemble.queue.max(axis=1, initial=0), dtype=np.float64)


def ratio(part: float, limit: float) -> float:
    """Return a share of a limit; infinite where there is none to share."""
    if limit > 0:
        return part / limit
    return math.inf if part > 0 else 0.0


def up(persons: float) -> int:
    """Return persons rounded up, but for the rounding of floating-point numbers."""
    return math.ceil(persons - _CRUMB)


def _plain(value: float) -> str:
    return f"{value:,.10g}"


_ANYONE_CALLED: Final = Text(
    "A plan that calls people, simulated again.", "خطة تنادي على الناس، تُحاكى من جديد."
)
