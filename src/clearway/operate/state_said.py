"""What the records of a log say together: put in order, corrected, confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clearway.errors import ClearwayError
from clearway.model.event import Event
from clearway.model.facts import Text
from clearway.model.record import Record
from clearway.model.state import Odd

#: Whether a second key stood for a record: no one did, one did, one does not agree.
ALONE, CONFIRMED, DISPUTED = "alone", "confirmed", "disputed"
CONFIRMATIONS: Final = (ALONE, CONFIRMED, DISPUTED)

_NO_TARGET: Final = Text(
    "It is about a record that is not in this log.", "يتعلق بقيد غير موجود في هذا السجل."
)
_BROKEN: Final = Text(
    "What is to hold instead cannot be read; the record stands as it was.",
    "تعذرت قراءة ما يحل محله؛ ويبقى القيد كما كان.",
)
_NO_TIME: Final = Text(
    "A moment in it lies in another century; it is not used.",
    "يقع أحد الأوقات المذكورة فيه في قرن آخر؛ ولم يُستخدم.",
)
#: Years of which nobody keeps a log; moments beyond them cannot even be compared.
_YEARS: Final = range(1900, 2200)
_MOMENTS: Final = ("opens", "closes", "since", "until", "expires", "review")
_FORK: Final = Text(
    "Another record of the same writer has the same number; both are used.",
    "يحمل قيد آخر للكاتب نفسه الرقم ذاته؛ واستُخدم القيدان كلاهما.",
)


@dataclass(frozen=True, slots=True)
class Saying:
    """One event that holds.

    Attributes
    ----------
    event
        As told, or as corrected.
    record
        Which told it: the record itself, or the correction.
    confirmation
        One of ``CONFIRMATIONS``, of that record.
    """

    event: Event
    record: Record
    confirmation: str

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.at


@dataclass(frozen=True, slots=True)
class Said:
    """All that a log says.

    Attributes
    ----------
    sayings
        What holds, in order; corrections and confirmations are worked in.
    odd
        What could not be used.
    """

    sayings: tuple[Saying, ...]
    odd: tuple[Odd, ...]

    def until(self, now: datetime) -> tuple[Saying, ...]:
        """Return what happened until ``now``, that moment included."""
        return tuple(one for one in self.sayings if _utc(one.at) <= _utc(now))


def said(records: Iterable[Record]) -> Said:
    """Return what ``records`` say together, whatever order they come in.

    They are put in the order of when things happened, then of when they were written down, then
    of writer, chain and number. A correction holds for every moment, as what it corrects never was
    so; of several the last that was not itself withdrawn. Only another key than a record's own
    confirms it.
    """
    unique = {one.hash: one for one in records}
    timeless = [one for one in unique.values() if not _in_time(one.event)]
    usable = (one for one in unique.values() if one not in timeless)
    ordered = sorted(usable, key=_order)
    book = _Book(ordered)
    sayings = []
    for record in ordered:
        if record.event.kind in {"correction", "confirmation"}:
            continue
        found = book.holds(record)
        if found is not None and not _in_time(found[0]):
            timeless.append(found[1])
        elif found is not None:
            event, by = found
            sayings.append(Saying(event, by, book.confirmation(by)))
    sayings.sort(key=lambda one: (_utc(one.event.at), *_order(one.record)[1:]))
    never = (Odd(name, _NO_TIME) for name in sorted({one.hash for one in timeless}))
    return Said(tuple(sayings), (*book.odd(), *_forks(ordered), *never))


def _in_time(event: Event) -> bool:
    """Return whether every moment in an event can be one of a pause."""
    told = (event.about.get(key) for key in _MOMENTS)
    moments = [datetime.fromisoformat(one) for one in told if isinstance(one, str)]
    return all(one.year in _YEARS for one in (event.at, *moments))


def _order(record: Record) -> tuple[datetime, datetime, str, str, int, str]:
    moments = (_utc(record.event.at), _utc(record.written))
    return (*moments, record.writer, record.chain, record.number, record.hash)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


class _Book:
    """The records by what they are about."""

    def __init__(self, ordered: list[Record]) -> None:
        self.known = {one.hash: one for one in ordered}
        self.corrections: dict[str, list[Record]] = defaultdict(list)
        self.confirmations: dict[str, list[Record]] = defaultdict(list)
        for one in ordered:
            if one.event.kind == "correction":
                self.corrections[one.event.about["of"]].append(one)
            elif one.event.kind == "confirmation":
                self.confirmations[one.event.about["of"]].append(one)

    def holds(
        self, record: Record, above: frozenset[str] = frozenset()
    ) -> tuple[Event, Record] | None:
        """Return what a record says now and which record says so; None if it was withdrawn.

        ``above`` are the records whose corrections are being looked at: a circle ends there.
        """
        above = above | {record.hash}
        for correction in reversed(self.corrections[record.hash]):
            if correction.hash in above or _instead(correction.event) is _UNREADABLE:
                continue
            found = self.holds(correction, above)
            if found is None:
                continue  # the correction itself was withdrawn
            event, by = found
            if event.kind != "correction":
                return event, by
            instead = _instead(event)
            if instead is not _UNREADABLE:
                return None if instead is None else (instead, by)
        return record.event, record

    def confirmation(self, record: Record) -> str:
        """Say whether another key stands for a record."""
        found = [self.holds(one) for one in self.confirmations[record.hash]]
        told = [
            one[0].about["agrees"]
            for one in found
            if one is not None
            and one[0].kind == "confirmation"
            and one[1].writer != record.writer
            and one[0].about["of"] == record.hash
        ]
        if not told:
            return ALONE
        return CONFIRMED if all(told) else DISPUTED

    def odd(self) -> list[Odd]:
        """Return the corrections and confirmations that cannot be used."""
        found = []
        for table in (self.corrections, self.confirmations):
            for target, many in table.items():
                found += [Odd(one.hash, _NO_TARGET) for one in many if target not in self.known]
        for many in self.corrections.values():
            found += [Odd(one.hash, _BROKEN) for one in many if _instead(one.event) is _UNREADABLE]
        return sorted(found, key=lambda one: one.hash)


_UNREADABLE: Final = Event(
    "deletion", datetime.fromtimestamp(0, UTC), {"file": "0" * 64, "reason": "-"}
)


def _instead(event: Event) -> Event | None:
    """Return what a correction puts in place; None for nothing, a mark if it cannot be read."""
    told = event.about["instead"]
    if told is None:
        return None
    try:
        return Event(told["kind"], datetime.fromisoformat(told["at"]), told["about"])
    except (ClearwayError, TypeError, ValueError, AttributeError):
        return _UNREADABLE


def _forks(ordered: list[Record]) -> list[Odd]:
    places: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for one in ordered:
        places[one.writer, one.chain, one.number].append(one.hash)
    return [Odd(name, _FORK) for names in places.values() if len(names) > 1 for name in names]
