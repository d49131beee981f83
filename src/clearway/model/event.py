"""What can happen on the day, as it is written into the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from clearway.model.agreement import CONSENT_LEVELS, CONSENT_STATES
from clearway.model.checks import Checks

#: States of a patient on the case list, in the order in which they usually follow.
CASE_STATES: Final = (
    "listed",
    "assessed",
    "consented",
    "refused",
    "moved",
    "handed over",
    "died waiting",
)
WINDOW_STATES: Final = ("announced", "opened", "cut", "closed")
CALL_STATES: Final = ("called", "held", "turned", "home")
VEHICLE_STATES: Final = ("left", "gate in", "boarded", "gate out", "arrived", "back", "lost")
CONVOY_STATES: Final = ("left", "gate in", "delivered", "gate out", "arrived", "turned")
NOTICE_STATES: Final = ("notified", "acknowledged", "no reply")
CHAINS: Final = ("operations", "monitors")

_Rule = tuple[str, Callable[[Any], bool]]


def _one_of(values: tuple[str, ...]) -> _Rule:
    return f"must be one of {values}", lambda value: value in values


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_TEXT: Final[_Rule] = (
    "must be text that is not empty",
    lambda value: isinstance(value, str) and bool(value.strip()),
)
_MAYBE: Final[_Rule] = ("must be text", lambda value: isinstance(value, str))
_HASH: Final[_Rule] = (
    "must be a SHA-256 in 64 small hexadecimal digits",
    lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None,
)
_MOMENT: Final[_Rule] = ("must be a moment in ISO 8601 with a time zone", _is_moment)
_LATER: Final[_Rule] = (
    "must be a moment in ISO 8601 with a time zone, or null",
    lambda value: value is None or _is_moment(value),
)
_COUNT: Final[_Rule] = (
    "must be a whole number from 0 to 1e7",
    lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**7,
)
_SHARE: Final[_Rule] = (
    "must be a number from 0 to 10",
    lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10
    ),
)
_TEXTS: Final[_Rule] = (
    "must be a list of texts",
    lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
)
_YES: Final[_Rule] = ("must be true or false", lambda value: isinstance(value, bool))
_EVENT_KEYS: Final = frozenset({"kind", "at", "about"})
_EVENT: Final[_Rule] = (
    "must be null, or an event with kind, at and about",
    lambda value: value is None or (isinstance(value, dict) and set(value) == _EVENT_KEYS),
)

#: What each kind of event tells, and the rule for each value. Ids are those of the scenario and the
#: plan; that they are known there is checked where both are at hand.
KINDS: Final[Mapping[str, Mapping[str, _Rule]]] = MappingProxyType(
    {
        # The scenario and plan that hold from now on: hashes of their canonical form.
        "plan": {"scenario": _HASH, "plan": _HASH, "version": _COUNT},
        "consent": {
            "id": _TEXT,
            "party": _TEXT,
            "level": _one_of(CONSENT_LEVELS),
            "corridors": _TEXTS,
            "state": _one_of(CONSENT_STATES),
            "evidence": _MAYBE,
            "expires": _LATER,
        },
        # A notice to a party, and what came back. ``window`` is the day that it is about (a date).
        "notice": {
            "party": _TEXT,
            "level": _one_of(CONSENT_LEVELS),
            "corridors": _TEXTS,
            "window": _TEXT,
            "channel": _TEXT,
            "state": _one_of(NOTICE_STATES),
            "evidence": _MAYBE,
        },
        # ``opens`` and ``closes`` as they are known now; ``day`` is the window's date.
        "window": {
            "corridor": _TEXT,
            "day": _TEXT,
            "state": _one_of(WINDOW_STATES),
            "opens": _MOMENT,
            "closes": _MOMENT,
        },
        # Nobody passes its gate from ``at`` until it is said to be open again.
        "closure": {"corridor": _TEXT, "closed": _YES, "reason": _MAYBE},
        # What the gate does from ``at`` on, as a share of the rates in the scenario.
        "gate": {"corridor": _TEXT, "persons_share": _SHARE, "vehicles_share": _SHARE},
        # Persons who went out by the gate in these minutes, as counted.
        "count": {"corridor": _TEXT, "since": _MOMENT, "until": _MOMENT, "persons": _COUNT},
        # What became of movements of the plan, by their ids.
        "call": {"movements": _TEXTS, "state": _one_of(CALL_STATES)},
        "vehicle": {"vehicle": _TEXT, "trip": _COUNT, "state": _one_of(VEHICLE_STATES)},
        "convoy": {"convoy": _TEXT, "state": _one_of(CONVOY_STATES)},
        "patient": {"code": _TEXT, "state": _one_of(CASE_STATES), "place": _MAYBE},
        # Of monitors, in a chain of their own.
        "observation": {"corridor": _MAYBE, "zone": _MAYBE, "text": _TEXT},
        "incident": {"corridor": _MAYBE, "zone": _MAYBE, "text": _TEXT},
        # Everything stops, or goes on again. No reason is needed.
        "stop": {"corridors": _TEXTS, "reason": _MAYBE},
        "resume": {"corridors": _TEXTS, "reason": _MAYBE},
        "decision": {
            "id": _TEXT,
            "text": _TEXT,
            "alternatives": _TEXTS,
            "role": _TEXT,
            "review": _LATER,
        },
        # A second person stands for a record: signed by another key than the record itself.
        "confirmation": {"of": _HASH, "role": _TEXT, "agrees": _YES},
        # The record ``of`` was wrong; ``instead`` holds in its place, or nothing does.
        "correction": {"of": _HASH, "reason": _TEXT, "instead": _EVENT},
        # What was handed out, to whom (an organisation or role), until when it may be kept.
        "release": {"profile": _TEXT, "to": _TEXT, "file": _HASH, "expires": _MOMENT},
        "deletion": {"file": _HASH, "reason": _TEXT},
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, or was said, at a moment.

    Attributes
    ----------
    kind
        One of ``KINDS``.
    at
        When it happened; not when it was written down.
    about
        What it tells: the keys of its kind, values as JSON has them.
    """

    kind: str
    at: datetime
    about: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Refuse unknown kinds and keys, missing ones, and values that break their rule."""
        checks = Checks(f"event {self.kind}")
        checks.that(self.kind in KINDS, "kind", self.kind, f"must be one of {tuple(KINDS)}")
        checks.that(self.at.tzinfo is not None, "at", self.at, "must carry a time zone")
        checks.done()
        fields = KINDS[self.kind]
        for key in sorted(set(self.about) - set(fields)):
            checks.that(False, key, self.about[key], f"is none of {tuple(fields)}")
        for key, (rule, holds) in fields.items():
            told = key in self.about
            checks.that(told, key, "", "must be told")
            if told:
                checks.that(holds(self.about[key]), key, self.about[key], rule)
        checks.done()
        object.__setattr__(self, "about", MappingProxyType(dict(self.about)))
