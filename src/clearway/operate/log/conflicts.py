"""Where writers who knew nothing of each other said different things of the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    found = [*_forks(ordered), *_contradictions(ordered)]
    return tuple(_settled(conflict, ordered) for conflict in found)


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


def _contradictions(ordered: Sequence[Record]) -> Iterator[Conflict]:
    said: dict[_Subject, list[Record]] = defaultdict(list)
    for record, event in _standing(ordered):
        for subject in _subjects(event):
            said[subject].append(record)
    events = {record.hash: event for record, event in _standing(ordered)}
    for subject, there in said.items():
        if len({record.writer for record in there}) > 1:
            for one, other in _apart(subject, there):
                if _contradict(subject, events[one.hash], events[other.hash]):
                    yield Conflict(" ".join(map(str, subject)), one, other)


def _standing(ordered: Sequence[Record]) -> Iterator[tuple[Record, Event]]:
    """Give each record that no correction took back, with what it says."""
    corrected = {
        record.event.about["of"] for record in ordered if record.event.kind == "correction"
    }
    for record in ordered:
        if record.hash not in corrected:
            yield record, record.event


def _apart(subject: _Subject, there: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """Give pairs, earlier first, of different writers of whom neither knew the other's record."""
    for index, later in enumerate(there):
        last: dict[str, list[Record]] = defaultdict(list)
        for earlier in there[:index]:
            # Counts are added up: each stands for itself. Of all else the last word counts.
            kept = last[earlier.writer] if subject[0] == "count" else []
            last[earlier.writer] = [*kept, earlier]
        for writer, said in last.items():
            for earlier in said if writer != later.writer else ():
                if not knew(later, earlier) and not knew(earlier, later):
                    yield earlier, later


def _settled(conflict: Conflict, ordered: Sequence[Record]) -> Conflict:
    pair = (conflict.one, conflict.other)
    subjects = {subject for record in pair for subject in _subjects(record.event)}
    hashes = {record.hash for record in pair}
    for record in sorted(ordered, key=lambda one: (one.written, one.writer, one.number)):
        about = bool(subjects.intersection(_subjects(record.event)))
        if (about or record.event.about.get("of") in hashes) and all(
            record.hash != one.hash and knew(record, one) for one in pair
        ):
            return Conflict(conflict.what, *pair, record)
    return conflict


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


def _contradict(subject: _Subject, earlier: Event, later: Event) -> bool:
    if subject[0] == "count":
        return _counts_overlap(earlier.about, later.about)
    follows = _FOLLOWS.get(subject[0])
    if follows is not None and later.about["state"] != earlier.about["state"]:
        return later.about["state"] not in follows[earlier.about["state"]]
    names = _SAYS[subject[0]]
    return _said(earlier, names) != _said(later, names)


def _said(event: Event, names: Sequence[str]) -> tuple[Any, ...]:
    """Return what an event says of its subject; moments in one form, whatever their zone."""
    values = [event.about[name] for name in names]
    return (
        event.kind,  # Of one subject they differ where one says stop and one says go on.
        *(
            datetime.fromisoformat(value).timestamp() if name in _MOMENTS else value
            for name, value in zip(names, values, strict=True)
        ),
    )


def _counts_overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    spans = [
        tuple(datetime.fromisoformat(about[name]).timestamp() for name in ("since", "until"))
        for about in (one, other)
    ]
    (since, until), (other_since, other_until) = spans
    if (since, until) == (other_since, other_until):
        return bool(one["persons"] != other["persons"])
    return since < other_until and other_since < until


def _later_ones(states: Sequence[str]) -> dict[str, frozenset[str]]:
    return {state: frozenset(states[place + 1 :]) for place, state in enumerate(states)}


_MOMENTS: Final = ("opens", "closes")
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
