"""The ledger in words, for a terminal: what is agreed, what is missing, who must be told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from clearway.model.agreement import NO_REPLY
from clearway.model.facts import Text
from clearway.model.ledger import (
    ABSENT,
    ALONE,
    CONFIRMED,
    DISPUTED,
    ENDS_BEFORE,
    IN_TIME,
    NO_RECORD,
    NOBODY,
    NOT_GIVEN,
    NOT_YET,
    NOTIFIED_LATE,
    OVERDUE,
    WAS_REFUSED,
    WAS_WITHDRAWN,
    Guarantee,
    Ledger,
    LedgerWindow,
)
from clearway.model.scenario import Scenario
from clearway.operate.state_lines import table
from clearway.publish.days import Calendar
from clearway.publish.words import Said, words

_LACKS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "": Text("–", "–"),
        NOBODY: Text("nobody is listed at this level", "لا طرف مُدرج على هذا المستوى"),
        ABSENT: Text("nothing is on record", "لا شيء في السجل"),
        NOT_GIVEN: Text("consent is not given", "لم تُعطَ الموافقة"),
        WAS_REFUSED: Text("consent is refused", "رُفضت الموافقة"),
        WAS_WITHDRAWN: Text("consent is withdrawn", "سُحبت الموافقة"),
        ENDS_BEFORE: Text("consent ends before the closing", "تنتهي الموافقة قبل الإغلاق"),
        DISPUTED: Text("a second person does not stand for it", "لا يؤيد شخص ثانٍ هذا القيد"),
    }
)
_LEADS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "": Text("–", "–"),
        IN_TIME: Text("in time", "في الموعد"),
        NOTIFIED_LATE: Text("NOTIFIED LATE", "متأخر عن الموعد"),
        NOT_YET: Text("not yet notified", "لم يُبلَّغ بعد"),
        OVERDUE: Text("NOT NOTIFIED, OVERDUE", "لم يُبلَّغ وقد فات الموعد"),
        NO_REPLY: Text("NO REPLY", "لم يرد رد"),
    }
)
_CONFIRMATIONS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        NO_RECORD: Text("from the scenario", "من السيناريو"),
        ALONE: Text("by one person", "من شخص واحد"),
        CONFIRMED: Text("by two persons", "من شخصين"),
        DISPUTED: Text("disputed", "محل خلاف"),
    }
)
_TITLE: Final = Text("Consents and notices at", "الموافقات والإبلاغات في")
_BASIS: Final = Text(
    "What the parties said, as it is on record. A notification is no consent.",
    "ما قالته الأطراف كما هو في السجل. والإبلاغ ليس موافقة.",
)
_AGREED: Final = Text("AGREED", "متفق عليها")
_NOT_AGREED: Final = Text("NOT AGREED", "غير متفق عليها")
_OVER: Final = Text("over", "انتهت")
_MISSING: Final = Text("Missing:", "ينقص:")
_NONE: Final = Text("–", "–")
_WINDOW: Final = Text("Corridor", "الممر")
_FROM: Final = Text("from", "من")
_UNTIL: Final = Text("to", "إلى")
_HEAD: Final = (
    Text("level", "المستوى"),
    Text("party", "الطرف"),
    Text("on record", "في السجل"),
    Text("lacks", "ما ينقص"),
    Text("until", "تسري حتى"),
    Text("record", "القيد"),
    Text("notice", "الإبلاغ"),
    Text("due", "موعده"),
    Text("answer", "الرد"),
    Text("channel", "القناة"),
    Text("backup", "القناة البديلة"),
)


def ledger_lines(scenario: Scenario, ledger: Ledger, lang: str) -> Iterator[str]:
    """Yield a ledger line by line in ``lang``, which is ``en`` or ``ar``."""
    yield from _Teller(scenario, ledger, lang).lines()


def ledger_json(ledger: Ledger) -> dict[str, Any]:
    """Return a ledger as JSON has it, with what follows from it for each window."""
    return {
        "scenario": ledger.scenario,
        "now": ledger.now.isoformat(),
        "windows": [
            {
                **_plain(window),
                "agreed": window.agreed,
                "missing": len(window.missing),
                "warnings": len(window.warnings),
            }
            for window in ledger.windows
        ],
    }


class _Teller:
    """One ledger in one language."""

    def __init__(self, scenario: Scenario, ledger: Ledger, lang: str) -> None:
        self.ledger, self.words = ledger, words(lang)
        self.calendar = Calendar(scenario, self.words)
        self.scenario = scenario

    def lines(self) -> Iterator[str]:
        yield f"{self.words.name(_TITLE)} {self.calendar.at(self.ledger.now)}"
        yield self.words.name(_BASIS)
        for window in self.ledger.windows:
            yield from self._window(window)

    def _window(self, window: LedgerWindow) -> Iterator[str]:
        words = self.words
        clocks = [self._clock(at) for at in (window.opens, window.closes)]
        yield ""
        yield " ".join(
            (
                words.name(_WINDOW),
                words.code(window.corridor),
                self.calendar.day(window.day),
                f"{words.name(_FROM)} {clocks[0]} {words.name(_UNTIL)} {clocks[1]}:",
                words.name(_AGREED if window.agreed else _NOT_AGREED),
                f"({words.name(_OVER)})" if window.over else "",
            )
        ).rstrip()
        for row in window.missing:
            yield f"  {words.name(_MISSING)} {self._named(row)}: {words.name(_LACKS[row.lacks])}"
        rows = [self._row(row) for row in window.rows if row.party is not None]
        yield from table(words, None, _HEAD, rows)

    def _named(self, row: Guarantee) -> str:
        level = self.words.say(f"level.{row.level}")
        return level if row.party is None else f"{self.words.name(row.party)} ({level})"

    def _row(self, row: Guarantee) -> list[Said]:
        words, notice = self.words, row.notice
        none = words.name(_NONE)
        return [
            words.say(f"level.{row.level}"),
            none if row.party is None else words.name(row.party),
            self._state(row.state),
            words.name(_LACKS[row.lacks]),
            none if row.expires is None else self._moment(row.expires),
            words.name(_CONFIRMATIONS[row.confirmation]) if row.state else none,
            words.name(_LEADS[notice.lead]),
            none if notice.due is None else self._moment(notice.due),
            self._state(notice.state),
            none if row.channel is None else words.quote(row.channel),
            none if row.backup is None else words.quote(row.backup),
        ]

    def _state(self, state: str) -> Said:
        if not state:
            return self.words.name(_NONE)
        return self.words.say(f"consent.{state.replace(' ', '_')}")

    def _moment(self, at: datetime) -> Said:
        return self.calendar.short_at(self.scenario.seconds(at))

    def _clock(self, at: datetime) -> Said:
        return self.calendar.clock(self.scenario.seconds(at))


def _plain(value: Any) -> Any:
    """Return a noun as JSON has it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
