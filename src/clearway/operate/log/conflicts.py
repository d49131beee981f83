"""Where writers who knew nothing of each other said different things of the same."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, Final

from clearway.model.event import (
    CASE_STATES,
    CONVOY_STATES,
    NOTICE_STATES,
    VEHICLE_STATES,
    WINDOW_STATES,
    Event,
)
from clearway.model.record import Record

_Subject = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two records that cannot both be right; both stay in the log.

    Attributes
    ----------
    what
        The subject in plain words, such as ``window C1 2016-10-20``.
    one, other
        The records, in the order of the log.
    settled
        The first record whose writer knew both and that is about the same, or corrects one of
        them; None as long as there is none.
    """

    what: str
    one: Record
    other: Record
    settled: Record | None = None


def in_order(records: Iterable[Record]) -> tuple[Record, ...]:
    """Return ``records`` in the order of what they tell: by when it was, then when it was written.

    Two records of the same moments stand by writer, chain, number and hash, so that every copy of a
    log has the same order.
    """

    def order(record: Record) -> tuple[datetime, datetime, str, str, int, str]:
        place = (record.writer, record.chain, record.number, record.hash)
        return record.event.at, record.written, *place

    return tuple(sorted(records, key=order))


def conflicts(records: Iterable[Record]) -> tuple[Conflict, ...]:
    """Return what contradicts: forked chains, and statements of writers who were apart.

    A **fork** is two records of one writer with the same place in the same chain: a key was used on
    two laptops, or its chain was written anew. A **contradiction** is two records of different
    writers about the same subject, where neither writer had seen the other's record, each was the
    last that its writer had said of it by then, and what the later says does not follow from what
    the earlier says (a window that opened after it was announced does; one that opened at another
    time than the other writer says does not). Counts contradict where minutes of one gate are
    counted twice and the counts are not the same.
    """
    ordered = in_order(records)
    told = _by_subject(ordered)
    found = [*_forks(ordered), *_contradictions(told, _corrected(ordered))]
    chains = {subject: _chains(there) for subject, there in told.items()}
    return tuple(_settled(conflict, chains) for conflict in found)


def knew(record: Record, other: Record) -> bool:
    """Return whether the writer of ``record`` had seen ``other`` when it was written."""
    if (record.writer, record.chain) == (other.writer, other.chain):
        return record.number > other.number
    return any(
        (head.writer, head.chain) == (other.writer, other.chain) and head.number >= other.number
        for head in record.seen
    )


def _forks(ordered: Sequence[Record]) -> Iterator[Conflict]:
    places: dict[tuple[str, str, int], list[Record]] = defaultdict(list)
    for record in ordered:
        places[record.writer, record.chain, record.number].append(record)
    for (writer, chain, number), there in places.items():
        for one, other in combinations(there, 2):
            if one.before == other.before:  # Else they differ further up, where it is told.
                yield Conflict(f"fork {writer}/{chain}/{number}", one, other)


def _by_subject(ordered: Sequence[Record]) -> dict[_Subject, list[Record]]:
    told: dict[_Subject, list[Record]] = defaultdict(list)
    for record in ordered:
        for subject in _subjects(record.event):
            told[subject].append(record)
    return told


def _corrected(ordered: Sequence[Record]) -> set[str]:
    """Return the hashes of records that were taken back: they contradict nobody any more."""
    return {record.event.about["of"] for record in ordered if record.event.kind == "correction"}


def _contradictions(
    told: Mapping[_Subject, Sequence[Record]], corrected: Collection[str]
) -> Iterator[Conflict]:
    for subject, records in told.items():
        standing = [record for record in records if record.hash not in corrected]
        if len({record.writer for record in standing}) > 1:
            pairs = _counted_twice(standing) if subject[0] == "count" else _last_words(standing)
            for one, other in pairs:
                apart = not knew(one, other) and not knew(other, one)
                if apart and _contradict(subject[0], one.event, other.event):
                    yield Conflict(" ".join(map(str, subject)), one, other)


def _last_words(standing: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """Give each record with the last that each other writer had said by then."""
    last: dict[str, Record] = {}
    for later in standing:
        for writer, earlier in last.items():
            if writer != later.writer:
                yield earlier, later
        last[later.writer] = later


def _counted_twice(standing: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """Give pairs of counts, by different writers, whose minutes overlap."""
    going_on: list[tuple[float, Record]] = []
    for later in sorted(standing, key=_since):
        going_on = [(until, one) for until, one in going_on if until > _since(later)]
        for _, one in going_on:
            if one.writer != later.writer:
                yield one, later
        going_on.append((_seconds(later.event.about["until"]), later))


def _chains(there: Iterable[Record]) -> list[list[Record]]:
    chains: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in there:
        chains[record.writer, record.chain].append(record)
    return [sorted(chain, key=lambda record: record.number) for chain in chains.values()]


def _settled(conflict: Conflict, chains: Mapping[_Subject, list[list[Record]]]) -> Conflict:
    pair = (conflict.one, conflict.other)
    subjects = {subject for record in pair for subject in _subjects(record.event)}
    subjects |= {("correction", record.hash) for record in pair}

    def knew_both(record: Record) -> bool:
        return all(knew(record, one) for one in pair)

    knowing = []
    for subject in subjects:
        for chain in chains.get(subject, ()):
            # Along a chain nothing that was known is forgotten.
            first = bisect_left(chain, True, key=knew_both)
            knowing += chain[first : first + 1]
    if not knowing:
        return conflict
    settled = min(knowing, key=lambda one: (one.written, one.writer, one.chain, one.number))
    return Conflict(conflict.what, *pair, settled)


def _subjects(event: Event) -> Iterator[_Subject]:
    """Give what an event is about: what two events must share to contradict one another."""
    about = event.about
    for names in _ABOUT.get(event.kind, ()):
        listed = [name for name in names if isinstance(about[name], list)]
        told = tuple(about[name] for name in names if name not in listed)
        kind = _SAME.get(event.kind, event.kind)
        if listed:
            yield from ((kind, *told, one) for one in about[listed[0]] or ("all",))
        else:
            yield (kind, *told)


def _contradict(kind: str, earlier: Event, later: Event) -> bool:
    follows = _FOLLOWS.get(kind)
    if follows is not None and later.about["state"] != earlier.about["state"]:
        return later.about["state"] not in follows[earlier.about["state"]]
    return _said(earlier, _SAYS[kind]) != _said(later, _SAYS[kind])


def _said(event: Event, names: Sequence[str]) -> tuple[Any, ...]:
    """Return what an event says of its subject; moments in one form, whatever their zone."""
    values = [event.about[name] for name in names]
    return (
        event.kind,  # Of one subject they differ where one says stop and one says go on.
        *(
            _seconds(value) if name in _MOMENTS and value is not None else value
            for name, value in zip(names, values, strict=True)
        ),
    )


def _since(record: Record) -> float:
    return _seconds(record.event.about["since"])


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _later_ones(states: Sequence[str]) -> dict[str, frozenset[str]]:
    return {state: frozenset(states[place + 1 :]) for place, state in enumerate(states)}


_MOMENTS: Final = ("opens", "closes", "since", "until", "expires")
_SAME: Final = {"resume": "stop"}
#: What makes a subject; where a name holds a list, each of its members makes one.
_ABOUT: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "plan": ((),),
    "consent": (("id",),),
    "notice": (("party", "level", "window", "channel", "corridors"),),
    "window": (("corridor", "day"),),
    "closure": (("corridor",),),
    "gate": (("corridor",),),
    "count": (("corridor",),),
    "call": (("movements",),),
    "vehicle": (("vehicle", "trip"),),
    "convoy": (("convoy",),),
    "patient": (("code",),),
    "stop": (("corridors",),),
    "resume": (("corridors",),),
    "decision": (("id",),),
    "correction": (("of",),),
}
#: What must be the same where two say the same.
_SAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "plan": ("scenario", "plan"),
    "consent": ("party", "level", "corridors", "state", "expires"),
    "notice": ("state",),
    "window": ("opens", "closes"),
    "closure": ("closed",),
    "count": ("since", "until", "persons"),
    "gate": ("persons_share", "vehicles_share"),
    "call": ("state",),
    "vehicle": ("state",),
    "convoy": ("state",),
    "patient": ("state",),
    "stop": (),
    "decision": ("text",),
    "correction": ("instead",),
}
#: Which states may follow which in the ordinary course of things.
_FOLLOWS: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "window": {**_later_ones(WINDOW_STATES), "cut": frozenset(), "closed": frozenset()},
    "notice": {**_later_ones(NOTICE_STATES), "acknowledged": frozenset()},
    "call": {
        "called": frozenset({"turned", "home"}),
        "held": frozenset({"called"}),
        "turned": frozenset({"home"}),
        "home": frozenset({"called"}),
    },
    "vehicle": {**_later_ones(VEHICLE_STATES), "back": frozenset()},
    "convoy": _later_ones(CONVOY_STATES),
    "patient": {
        **_later_ones(CASE_STATES),
        "consented": frozenset({"moved", "handed over", "died waiting"}),
        "refused": frozenset(),
        "moved": frozenset({"handed over"}),
        "handed over": frozenset(),
    },
}
