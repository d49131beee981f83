"""Reasons on those who cannot walk: patients, beds, aid, linked movements, and who is left inside.

Nothing is said of what a scenario does not have: where nobody is listed and nothing is to come in,
a decision reads as it would without them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.judge.aboard import can_care, room_for, room_of, takes
from clearway.judge.harms import Found, by_place, ratio, up
from clearway.judge.journeys import look
from clearway.judge.matter import Matter
from clearway.judge.phrases import (
    MEMBERS,
    PEOPLE,
    codes,
    first_of,
    listed,
    part,
    say,
    share,
    whole,
)
from clearway.model.care import BLACK, COLOURS, GREEN, RED, YELLOW, Patient
from clearway.model.facts import Text
from clearway.model.fleet import AID, LinkedMovement, deadlock
from clearway.model.outcome import LEFT, MOVED, FleetOutcome, Share
from clearway.model.thresholds import BARRED, CONDITION, MET
from clearway.model.verdict import Reason

_TENTH: Final = 0.1
_TWENTIETH: Final = 0.95
#: Zones that are named; the others are counted.
_NAMED: Final = 3
_COLOURS: Final = {
    RED: Text("{n} red", "حمراء: {n}"),
    YELLOW: Text("{n} yellow", "صفراء: {n}"),
    GREEN: Text("{n} green", "خضراء: {n}"),
    BLACK: Text("{n} black", "سوداء: {n}"),
}
_NO_BED, _NO_VEHICLE, _NOT_READY, _TOO_FEW = range(4)
#: Why a patient is left inside, the first that holds.
_WHY: Final = (
    Text(
        "{n} because no hospital that they agree to has a bed of their kind",
        "لا سرير من النوع المطلوب في مستشفى يوافقون عليه: {n}",
    ),
    Text(
        "{n} because no vehicle has the places and the care that they need",
        "لا مركبة فيها ما يحتاجون إليه من أماكن ورعاية: {n}",
    ),
    Text(
        "{n} because they are not ready before the last closing",
        "لا يكونون جاهزين قبل آخر إغلاق: {n}",
    ),
    Text(
        "{n} because vehicles, beds or hours do not suffice",
        "لا تكفي المركبات أو الأسرّة أو الساعات: {n}",
    ),
)


def linked(matter: Matter) -> Iterator[Reason]:
    """Yield whether conditions on linked movements wait for one another in a ring (R12)."""
    links = matter.scenario.aid.links
    if not links:
        return
    ring = deadlock(links)
    if not ring:
        text = say(
            "What may begin only after something else ({ids}) can go one after the other.",
            "ما لا يبدأ إلا بعد غيره ({ids}) يمكن أن يجري بالتتابع.",
            ids=codes([link.id for link in links]),
        )
        yield Reason("linked", "", MET, text)
        return
    known = {link.id: link for link in links}
    text = say(
        "Linked movements are in a deadlock ({ids}), so that none of them may begin: {rows}.",
        "وصلت تحركات مترابطة إلى طريق مسدود ({ids})، فلا يمكن أن يبدأ أي منها: {rows}.",
        ids=codes(ring),
        rows=_joined([_condition(known[name]) for name in ring]),
    )
    turn = Text(
        "One side goes first: whoever set one of these conditions withdraws or changes it.",
        "أن يبدأ أحد الأطراف أولًا: أن يسحب واضع أحد هذه الشروط شرطه أو يغيّره.",
    )
    yield Reason("linked", ", ".join(ring), BARRED, text, turn)


def red_out(matter: Matter) -> Iterator[Reason]:
    """Yield how likely all red patients who may still be called are brought out."""
    care = matter.scenario.care
    red = np.array([one.waiting and care.colour(one) == RED for one in care.patients], dtype=bool)
    ends = _ends(matter)
    if not red.any() or ends is None:
        return
    limit, count = matter.scenario.thresholds.first_priority_share, int(red.sum())
    out = (ends[:, red] == MOVED).sum(axis=1)
    seen = Share(int((out == count).sum()), len(ends))
    state = limit.state(seen.value)
    text = say(
        "{part}; that is {share} (95\u00a0% interval {low} to {high}); asked for: {go}. In the"
        " worst tenth of members {out} of them or fewer are out.",
        "{part}؛ أي {share} (مجال الثقة 95\u00a0% من {low} إلى {high})، والمطلوب {go}. وعدد من"
        " يخرجون منهم في أسوأ عُشر من حالات المحاكاة: {out} أو أقل.",
        part=_all_red(seen, count),
        share=share(seen.value, math.floor),
        low=share(seen.lower(0.975)),
        high=share(seen.upper(0.975)),
        go=share(limit.go),
        out=_down(out),
    )
    turn = Text(
        "Red patients are fetched earlier, or vehicles and beds are added that they need.",
        "نقل المرضى من الفئة الحمراء في وقت أبكر، أو إضافة ما يحتاجون إليه من مركبات وأسرّة.",
    )
    yield Reason("red", "", state, text, None if state == MET else turn)


def patients(matter: Matter) -> Iterator[Reason]:
    """Yield how many patients are brought out, and why the plan leaves others."""
    waiting = [one for one in matter.scenario.care.patients if one.waiting]
    if not waiting:
        return
    ends = _ends(matter)
    if ends is None:
        yield _not_simulated()
        return
    left = _left(matter)
    out = (ends == MOVED).sum(axis=1)
    text = say(
        "Of {n} patients who may be called {mean} are out on average, in the worst tenth of members"
        " {low} or fewer; the plan moves {moves}.",
        "عدد المرضى الذين يمكن النداء عليهم: {n}، ويخرج منهم في المتوسط {mean}، وفي أسوأ عُشر من"
        " حالات المحاكاة {low} أو أقل؛ وعدد من تنقلهم الخطة: {moves}.",
        n=len(waiting),
        mean=round(float(np.mean(out))),
        low=_down(out),
        moves=len(waiting) - len(left),
    )
    if not left:
        yield Reason("patients", "", MET, text)
        return
    why = Counter(_why(matter, one) for one in left)
    told = say(
        "{text} It leaves {left}: {why}.",
        "{text} وعدد من تتركهم: {left} ({why}).",
        text=text,
        left=len(left),
        why=_joined([say(_WHY[w].en, _WHY[w].ar, n=why[w]) for w in sorted(why)]),
    )
    turn = Text(
        "Vehicles, beds or hours are added for those whom the plan leaves.",
        "إضافة مركبات أو أسرّة أو ساعات لمن تتركهم الخطة.",
    )
    yield Reason("patients", "", CONDITION, told, turn)


def beds(matter: Matter) -> Iterator[Reason]:
    """Yield how many patients come to each hospital, beside the beds that it has."""
    fleet = _outcome(matter)
    if fleet is None or not matter.scenario.care.patients:
        return
    limit, found = matter.scenario.thresholds.reception_share, []
    come = np.quantile(fleet.beds, _TWENTIETH, axis=0)
    for hospital, most in zip(matter.scenario.care.hospitals, come.tolist(), strict=True):
        places = sum(one.places.central for one in hospital.beds)
        text = say(
            "Hospital {hospital}: in the worst twentieth of members {most} patients or more come;"
            " it has {places} beds, accepted up to {go} of them.",
            "المستشفى {hospital}: في أسوأ 5\u00a0% من حالات المحاكاة يصل إليه من المرضى {most} أو"
            " أكثر؛ وعدد أسرّته {places}، والمقبول حتى {go} منها.",
            hospital=hospital.id,
            most=up(most),
            places=whole(places),
            go=share(limit.go),
        )
        turn = say(
            "More beds in {hospital}, or fewer patients who are brought there.",
            "زيادة الأسرّة في المستشفى {hospital}، أو نقل عدد أقل من المرضى إليه.",
            hospital=hospital.id,
        )
        found.append(Found(hospital.id, ratio(most, places), text, turn))
    yield from by_place("beds", limit, found)


def aid(matter: Matter) -> Iterator[Reason]:
    """Yield what the plan brings in for those who stay, and what arrives in simulation."""
    known = matter.scenario.aid.convoys
    if not known:
        return
    run = {one.convoy.id for one in matter.journeys if one.convoy is not None}
    sent = [one for one in known if one.id in run]
    if not sent:
        text = say(
            "None of the aid convoys that are to come in has a place in the plan (number: {of}).",
            "لا مكان في الخطة لأي من قوافل المساعدات المقرر دخولها (عددها: {of}).",
            of=len(known),
        )
        yield Reason("aid", "", CONDITION, text, _AID_IN)
        return
    persons, fleet = sum(one.persons for one in sent), _outcome(matter)
    text = say(
        "The plan brings in {sent} of {of} aid convoys, to {zones}{persons}{arrive}.",
        "عدد قوافل المساعدات التي تُدخلها الخطة: {sent} من أصل {of}، إلى {zones}{persons}{arrive}.",
        sent=len(sent),
        of=len(known),
        zones=codes(list(dict.fromkeys(one.zone for one in sent))),
        persons=_serving(persons) if persons else "",
        arrive="" if fleet is None else _arriving(fleet, [one.id in run for one in known]),
    )
    state = MET if len(sent) == len(known) else CONDITION
    yield Reason("aid", "", state, text, None if state == MET else _AID_IN)


def left_inside(matter: Matter) -> Iterator[Reason]:
    """Yield whom the plan leaves inside, by zone and need; told, and measured by nothing."""
    scenario = matter.scenario
    if not (scenario.fleet.vehicles or scenario.care.patients or scenario.aid.convoys):
        return
    stay = dict(
        zip(
            [zone.id for zone in scenario.zones],
            scenario.demand.persons.sum(axis=1).tolist(),
            strict=True,
        )
    )
    for move in matter.plan.movements:
        if look(stay, move.zone) is not None:
            stay[move.zone] -= round(float(move.persons))
    for boarding in (load for one in matter.journeys for load in one.boardings):
        if boarding.zone >= 0:
            stay[scenario.zones[boarding.zone].id] -= round(float(boarding.load.persons))
    zones = sorted(((n, zone) for zone, n in stay.items() if n > 0), key=lambda one: -one[0])
    text = say(
        "By the plan {people} stay inside{zones}{patients}.",
        "عدد من يبقون في الداخل وفق الخطة: {people}{zones}{patients}.",
        people=PEOPLE(sum(n for n, _ in zones)),
        zones=_by_zone(zones),
        patients=_by_colour(matter),
    )
    yield Reason("left", "", MET, text)


def _outcome(matter: Matter) -> FleetOutcome | None:
    """Return what became of vehicles in the ensemble, if it is of this scenario."""
    fleet, scenario, members = matter.ensemble.fleet, matter.scenario, len(matter.ensemble)
    if fleet is None:
        return None
    shapes = (
        (fleet.patient_end, len(scenario.care.patients)),
        (fleet.beds, len(scenario.care.hospitals)),
        (fleet.aid_arrived, len(scenario.aid.convoys)),
    )
    return fleet if all(one.shape == (members, n) for one, n in shapes) else None


def _ends(matter: Matter) -> NDArray[np.int8] | None:
    """Shape (m, p), what became of each patient; None if that was not simulated."""
    fleet, scenario = _outcome(matter), matter.scenario
    if fleet is not None:
        return fleet.patient_end
    if matter.ensemble.fleet is None and not any(one.patients for one in matter.journeys):
        return np.full((len(matter.ensemble), len(scenario.care.patients)), LEFT, dtype=np.int8)
    return None


def _left(matter: Matter) -> list[Patient]:
    """Return the patients who may be called, and whom the plan does not fetch."""
    moved = {patient.code for one in matter.journeys for patient, _ in one.patients}
    return [one for one in matter.scenario.care.patients if one.waiting and one.code not in moved]


def _why(matter: Matter, patient: Patient) -> int:
    """Return why a patient is left, as a row of ``_WHY``."""
    scenario = matter.scenario
    hospitals = scenario.care.hospitals
    if not any(takes(one, patient) and one.places(patient.bed) >= 1 for one in hospitals):
        return _NO_BED
    there = {one.type for one in scenario.fleet.vehicles if one.count > 0}
    fit = (
        can_care(kind, patient) and room_of(kind).holds(room_for(patient))
        for kind in scenario.fleet.types
        if kind.id in there
    )
    if not any(fit):
        return _NO_VEHICLE
    last = max(scenario.seconds(window.closes) for window in scenario.windows)
    if patient.ready is not None and scenario.seconds(patient.ready) >= last:
        return _NOT_READY
    return _TOO_FEW


def _all_red(seen: Share, count: int) -> Text:
    if not seen.hits:
        return say(
            "In none of {of} are all red patients ({count}) out",
            "لا يخرج جميع المرضى من الفئة الحمراء (عددهم {count}) في أي من {of}",
            of=MEMBERS(seen.of),
            count=count,
        )
    return say(
        "In {part} all red patients ({count}) are out",
        "يخرج جميع المرضى من الفئة الحمراء (عددهم {count}) في {part}",
        part=part(seen.hits, seen.of, MEMBERS),
        count=count,
    )


def _not_simulated() -> Reason:
    text = Text(
        "What becomes of the patients was not simulated.", "لم تُحاكَ أحوال المرضى في هذه الخطة."
    )
    turn = Text(
        "The plan is simulated with its vehicles and patients.",
        "أن تُحاكى الخطة بمركباتها ومرضاها.",
    )
    return Reason("patients", "", CONDITION, text, turn)


def _condition(link: LinkedMovement) -> Text:
    return say(
        "{then} only after {after}",
        "{then} بعد {after} فقط",
        then=_subject(link.then),
        after=_subject(link.after),
    )


def _subject(told: str) -> Text:
    kind, _, name = told.partition(":")
    if kind == AID:
        return say("convoy {name}", "القافلة {name}", name=name)
    return say("the patients of {name}", "مرضى يوم {name}", name=name)


def _serving(persons: int) -> Text:
    return say(
        ", with what serves {persons}",
        "، وعدد من تكفيهم حمولتها: {persons}",
        persons=PEOPLE(persons),
    )


def _arriving(fleet: FleetOutcome, sent: list[bool]) -> Text:
    mean = float(fleet.aid_arrived[:, np.array(sent, dtype=bool)].mean())
    return say(
        "; in simulation {share} of them arrive on average",
        "؛ ونسبة ما يصل منها في المحاكاة في المتوسط: {share}",
        share=share(mean, math.floor),
    )


def _by_zone(zones: list[tuple[int, str]]) -> Text | str:
    if not zones:
        return ""
    named = [say("{zone} ({n})", "{zone} ({n})", zone=zone, n=n) for n, zone in zones]
    return say(", most of them in {zones}", "، وأكثرهم في {zones}", zones=first_of(named, _NAMED))


def _by_colour(matter: Matter) -> Text | str:
    care = matter.scenario.care
    if not care.patients:
        return ""
    left = _left(matter)
    count = Counter(care.colour(one) for one in left)
    if not left:
        return Text("; no patient who may be called is left", "؛ ولا يبقى مريض يمكن النداء عليه")
    rows = [say(_COLOURS[c].en, _COLOURS[c].ar, n=count[c]) for c in COLOURS if count[c]]
    return say(
        "; patients left: {n} ({colours})",
        "؛ وعدد المرضى الباقين: {n} ({colours})",
        n=len(left),
        colours=listed(rows),
    )


def _joined(items: list[Text]) -> Text:
    return Text("; ".join(one.en for one in items), "؛ ".join(one.ar for one in items))


def _down(counts: NDArray[np.int64]) -> int:
    """Return the lowest decile, rounded down."""
    return math.floor(float(np.quantile(counts, _TENTH)) + 1e-6)


_AID_IN: Final = Text(
    "Every convoy has its place in the plan: lane, hours, and the conditions that were set.",
    "أن يكون لكل قافلة مكانها في الخطة: المسرب والساعات والشروط الموضوعة.",
)
