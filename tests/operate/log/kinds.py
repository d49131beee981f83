"""Any event at all: of each kind, with whatever its rules let through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from clearway.model.agreement import CONSENT_LEVELS, CONSENT_STATES
from clearway.model.event import (
    CALL_STATES,
    CASE_STATES,
    CONVOY_STATES,
    KINDS,
    NOTICE_STATES,
    VEHICLE_STATES,
    WINDOW_STATES,
    Event,
)

#: Letters that JSON, SQL, terminals and Arabic treat in ways of their own.
TEXTS = st.text(
    st.sampled_from("ab\"\\'%?;{}\n\t\x01\x7f é\u202e\u2066\u00a0معبر😀\ufb33"),
    min_size=1,
    max_size=8,
).filter(lambda text: bool(text.strip()))
MAYBE = st.just("") | TEXTS
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=3)), timezone(-timedelta(minutes=210))])
MOMENTS = st.builds(
    lambda seconds, micro, zone: (
        datetime(2016, 10, 20, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=micro)
    ).astimezone(zone),
    st.integers(0, 86_400),
    st.sampled_from([0, 1, 250_000]),
    ZONES,
)
TOLD = MOMENTS.map(lambda moment: moment.isoformat())
LATER = st.none() | TOLD
HASHES = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")
COUNTS = st.integers(0, 10**7)
SHARES = st.integers(0, 10) | st.floats(0, 10)
LISTS = st.lists(TEXTS, max_size=3)


def _one_of(values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


_ABOUT: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "plan": {"scenario": HASHES, "plan": HASHES, "version": COUNTS},
    "consent": {
        "id": TEXTS,
        "party": TEXTS,
        "level": _one_of(CONSENT_LEVELS),
        "corridors": LISTS,
        "state": _one_of(CONSENT_STATES),
        "evidence": MAYBE,
        "expires": LATER,
    },
    "notice": {
        "party": TEXTS,
        "level": _one_of(CONSENT_LEVELS),
        "corridors": LISTS,
        "window": TEXTS,
        "channel": TEXTS,
        "state": _one_of(NOTICE_STATES),
        "evidence": MAYBE,
    },
    "window": {
        "corridor": TEXTS,
        "day": TEXTS,
        "state": _one_of(WINDOW_STATES),
        "opens": TOLD,
        "closes": TOLD,
    },
    "closure": {"corridor": TEXTS, "closed": st.booleans(), "reason": MAYBE},
    "gate": {"corridor": TEXTS, "persons_share": SHARES, "vehicles_share": SHARES},
    "count": {"corridor": TEXTS, "since": TOLD, "until": TOLD, "persons": COUNTS},
    "call": {"movements": LISTS, "state": _one_of(CALL_STATES)},
    "vehicle": {"vehicle": TEXTS, "trip": COUNTS, "state": _one_of(VEHICLE_STATES)},
    "convoy": {"convoy": TEXTS, "state": _one_of(CONVOY_STATES)},
    "patient": {"code": TEXTS, "state": _one_of(CASE_STATES), "place": MAYBE},
    "observation": {"corridor": MAYBE, "zone": MAYBE, "text": TEXTS},
    "incident": {"corridor": MAYBE, "zone": MAYBE, "text": TEXTS},
    "stop": {"corridors": LISTS, "reason": MAYBE},
    "resume": {"corridors": LISTS, "reason": MAYBE},
    "decision": {
        "id": TEXTS,
        "text": TEXTS,
        "alternatives": LISTS,
        "role": TEXTS,
        "review": LATER,
    },
    "confirmation": {"of": HASHES, "role": TEXTS, "agrees": st.booleans()},
    "correction": {"of": HASHES, "reason": TEXTS, "instead": st.none()},
    "release": {"profile": TEXTS, "to": TEXTS, "file": HASHES, "expires": TOLD},
    "deletion": {"file": HASHES, "reason": TEXTS},
}


def events(kinds: tuple[str, ...] = tuple(KINDS)) -> st.SearchStrategy[Event]:
    """Return a strategy for events of ``kinds``."""
    return st.one_of(
        *(
            st.builds(Event, st.just(kind), MOMENTS, st.fixed_dictionaries(_ABOUT[kind]))
            for kind in kinds
        )
    )


def drawn_kinds() -> set[str]:
    """Return the kinds that can be drawn."""
    return set(_ABOUT)
