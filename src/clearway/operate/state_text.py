"""A state in words, for a terminal: who is where, what gates do, and what does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from clearway.model.facts import Text
from clearway.model.scenario import Scenario
from clearway.model.state import (
    ANNOUNCED,
    AT_DEPOT,
    AT_END,
    AT_STOP,
    BACK_TURNED,
    IN_CORRIDOR,
    INSIDE_WAY,
    LATE,
    LOST,
    OPEN_NOW,
    OVER,
    SHUT,
    STOPPED,
    UNANNOUNCED,
    WAY_IN,
    WAY_ON,
    CaseState,
    CountState,
    GateState,
    Many,
    State,
    Whereabouts,
)
from clearway.operate.state_lines import table
from clearway.publish.days import Calendar
from clearway.publish.words import Said, words

_PHASES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        UNANNOUNCED: Text("not announced", "لم يُعلن فتحها"),
        ANNOUNCED: Text("announced", "أُعلن فتحها"),
        LATE: Text("no opening on record yet", "لم يُسجَّل فتحها بعد"),
        OPEN_NOW: Text("open", "مفتوحة"),
        SHUT: Text("closed", "مغلقة"),
        STOPPED: Text("stopped", "متوقفة"),
        OVER: Text("over", "انتهت ساعاتها"),
    }
)
_PLACES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        AT_DEPOT: Text("at the depot", "في المرآب"),
        WAY_IN: Text("on the way in to", "في الطريق دخولًا إلى"),
        INSIDE_WAY: Text("inside, driving to", "في الداخل متجهة إلى"),
        AT_STOP: Text("at its stop in", "متوقفة في"),
        IN_CORRIDOR: Text("going out through", "خارجة عبر"),
        WAY_ON: Text("outside, driving to", "في الخارج متجهة إلى"),
        AT_END: Text("at its destination", "في وجهتها"),
        LOST: Text("lost; last to", "فُقدت؛ وكانت متجهة إلى"),
        BACK_TURNED: Text("turned back; was going to", "عادت؛ وكانت متجهة إلى"),
    }
)
_CASES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "listed": Text("listed", "مُدرج"),
        "assessed": Text("assessed", "جرى تقييمه"),
        "consented": Text("consented", "وافق"),
        "refused": Text("refused", "رفض"),
        "moved": Text("moved", "نُقل"),
        "handed over": Text("handed over", "سُلِّم"),
        "died waiting": Text("died waiting", "توفي أثناء الانتظار"),
        "": Text("–", "–"),
    }
)
_NOBODY: Final = Text("–", "–")
_TITLE: Final = Text("State at", "الحال في")
_BASIS: Final = Text(
    "Where the log says nothing, the plan is taken to run as printed.",
    "حيث لا يذكر السجل شيئًا تُعدّ الخطة جارية كما طُبعت.",
)
_PEOPLE: Final = Text("People who are willing to go", "الراغبون في الخروج")
_WHERE_HEAD: Final = (
    Text("at home", "في المنازل"),
    Text("on the way", "في الطريق"),
    Text("in the corridor", "داخل الممر"),
    Text("out", "خرجوا"),
    Text("turned back", "أُعيدوا"),
)
_PERSONS: Final = Text("persons", "أشخاص")
_HOUSEHOLDS: Final = Text("households", "أسر")
_GATES: Final = Text("Gates", "البوابات")
_GATE_HEAD: Final = (
    Text("corridor", "الممر"),
    Text("gate", "البوابة"),
    Text("opens", "تفتح"),
    Text("closes", "تغلق"),
    Text("rate", "معدلها"),
    Text("waiting", "ينتظرون"),
    Text("inside", "داخل الممر"),
    Text("passed", "عبروا"),
    Text("by the plan", "بحسب الخطة"),
    Text("counted", "بحسب العدّ"),
)
_ZONES: Final = Text("Zones, persons", "المناطق، بالأشخاص")
_COUNTS: Final = Text("Counts at gates", "العدّ عند البوابات")
_COUNT_HEAD: Final = (
    Text("corridor", "الممر"),
    Text("from", "من"),
    Text("until", "إلى"),
    Text("counted", "بحسب العدّ"),
    Text("by the plan", "بحسب الخطة"),
    Text("difference", "الفرق"),
)
_VEHICLES: Final = Text("Vehicles that are out or lost", "المركبات التي خرجت أو فُقدت")
_VEHICLE_HEAD: Final = (
    Text("vehicle", "المركبة"),
    Text("trip", "الرحلة"),
    Text("where", "أين"),
    Text("known from", "المصدر"),
    Text("behind the plan", "التأخر عن الخطة"),
    Text("riders", "الركاب"),
    Text("patients", "المرضى"),
)
_CONVOYS: Final = Text("Aid convoys", "قوافل المساعدات")
_CONVOY_HEAD: Final = (
    Text("convoy", "القافلة"),
    Text("where", "أين"),
    Text("known from", "المصدر"),
    Text("behind the plan", "التأخر عن الخطة"),
    Text("delivered", "سُلّمت الحمولة"),
)
_TOLD: Final = Text("log", "السجل")
_PLANNED: Final = Text("plan", "الخطة")
_YES: Final = Text("yes", "نعم")
_NO: Final = Text("no", "لا")
_CASE_COUNTS: Final = Text("Patients on the case list", "المرضى في قائمة الحالات")
_CASE_COUNT_HEAD: Final = (
    Text("on record", "في السجل"),
    Text("by the plan since", "وبحسب الخطة بعده"),
    Text("patients", "المرضى"),
)
_CASE_ROWS: Final = Text("Patients of whom the log tells", "مرضى ورد ذكرهم في السجل")
_CASE_HEAD: Final = (
    Text("code", "الرمز"),
    Text("state", "الحالة"),
    Text("since", "منذ"),
    Text("for", "المدة"),
)
_ODD: Final = Text("Records that were not used as they stand", "قيود لم تُستخدم كما هي")
_ODD_HEAD: Final = (Text("record", "القيد"), Text("why", "السبب"))


def state_lines(scenario: Scenario, state: State, lang: str) -> Iterator[str]:
    """Yield a state line by line in ``lang``, which is ``en`` or ``ar``."""
    yield from _Teller(scenario, state, lang).lines()


class _Teller:
    """One state in one language."""

    def __init__(self, scenario: Scenario, state: State, lang: str) -> None:
        self.state, self.words = state, words(lang)
        self.calendar = Calendar(scenario, self.words)
        self.scenario = scenario

    def lines(self) -> Iterator[str]:
        words, now_s = self.words, self.state.now_s
        day = self.calendar.day(self.calendar.day_of(now_s))
        yield f"{words.name(_TITLE)} {day} {self.calendar.clock(now_s)}"
        yield words.name(_BASIS)
        yield from self._people()
        rows = (self._gate(one) for one in self.state.gates)
        yield from table(words, _GATES, _GATE_HEAD, rows)
        counts = (self._count(one) for one in self.state.counts)
        yield from table(words, _COUNTS, _COUNT_HEAD, counts)
        yield from self._zones()
        yield from self._fleet()
        yield from self._cases()
        odd = ((words.code(one.hash[:12]), words.name(one.text)) for one in self.state.odd)
        yield from table(words, _ODD, _ODD_HEAD, odd)

    def _people(self) -> Iterator[str]:
        where = _parts(self.state.where)
        rows = [
            [self.words.name(_PERSONS), *(self.words.number(one.persons) for one in where)],
            [self.words.name(_HOUSEHOLDS), *(self.words.number(one.households) for one in where)],
        ]
        yield from table(self.words, _PEOPLE, (_NOBODY, *_WHERE_HEAD), rows)

    def _zones(self) -> Iterator[str]:
        found: dict[str, Whereabouts] = {}
        for one in self.state.people:
            found[one.zone] = found.get(one.zone, Whereabouts()) + one.where
        rows = (
            [self.words.code(zone), *(self.words.number(one.persons) for one in _parts(where))]
            for zone, where in found.items()
            if where.total != where.home
        )
        head = (Text("zone", "المنطقة"), *_WHERE_HEAD)
        yield from table(self.words, _ZONES, head, rows)

    def _gate(self, one: GateState) -> list[Said]:
        words = self.words
        nothing = words.name(_NOBODY)
        serves = one.phase == OPEN_NOW
        return [
            words.code(one.corridor),
            words.name(_PHASES[one.phase]),
            *(nothing if at is None else self._moment(at) for at in (one.opens_s, one.closes_s)),
            words.share(one.persons_share) if serves else nothing,
            *(words.number(n) for n in (one.waiting, one.inside, one.passed, one.planned)),
            nothing if one.counted is None else words.number(one.counted),
        ]

    def _count(self, one: CountState) -> list[Said]:
        words = self.words
        times = (self._moment(at) for at in (one.since_s, one.until_s))
        persons = (one.counted, one.planned, one.difference)
        return [words.code(one.corridor), *times, *(words.number(n) for n in persons)]

    def _fleet(self) -> Iterator[str]:
        words = self.words
        vehicles = (
            [
                words.code(one.vehicle),
                words.number(one.trip),
                self._place(one.place, one.where),
                words.name(_TOLD if one.told else _PLANNED),
                self._late(one.late_s),
                words.number(one.riders),
                words.number(len(one.patients)),
            ]
            for one in self.state.vehicles
            if one.place != AT_DEPOT
        )
        yield from table(words, _VEHICLES, _VEHICLE_HEAD, vehicles)
        convoys = (
            [
                words.code(one.convoy),
                self._place(one.place, one.where),
                words.name(_TOLD if one.told else _PLANNED),
                self._late(one.late_s),
                words.name(_YES if one.delivered else _NO),
            ]
            for one in self.state.convoys
        )
        yield from table(words, _CONVOYS, _CONVOY_HEAD, convoys)

    def _late(self, seconds: float) -> Said:
        minute = 60
        return self.words.name(_NOBODY) if seconds < minute else self.words.duration(seconds)

    def _place(self, place: str, where: str) -> Said:
        told = self.words.name(_PLACES[place])
        return told if place in {AT_DEPOT, AT_END} else Said(f"{told} {self.words.code(where)}")

    def _cases(self) -> Iterator[str]:
        words = self.words
        counts = Counter((one.state, one.planned) for one in self.state.cases)
        order = list(_CASES)
        rows = (
            [words.name(_CASES[state]), words.name(_CASES[planned]), words.number(n)]
            for (state, planned), n in sorted(
                counts.items(), key=lambda one: [order.index(part) for part in one[0]]
            )
        )
        yield from table(words, _CASE_COUNTS, _CASE_COUNT_HEAD, rows)
        told = (self._case(one) for one in self.state.cases if len(one.spans) > 1)
        yield from table(words, _CASE_ROWS, _CASE_HEAD, told)

    def _case(self, one: CaseState) -> list[Said]:
        last = one.spans[-1]
        return [
            self.words.code(one.code),
            self.words.name(_CASES[last.state]),
            self._moment(last.since_s or 0),
            self.words.duration(last.seconds or 0),
        ]

    def _moment(self, seconds: float) -> Said:
        """Return the time of day, with the day in front where it is another one."""
        if self.calendar.day_of(seconds) == self.calendar.day_of(self.state.now_s):
            return self.calendar.clock(seconds)
        return self.calendar.short_at(seconds)


def _parts(where: Whereabouts) -> tuple[Many, ...]:
    return where.home, where.under_way, where.corridor, where.out, where.turned
