"""Scenario, plan, verdict and log as one profile may see them: plain JSON, field by field."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from clearway.model.event import Event
from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.release import fields
from clearway.publish.release.coarse import Coarse
from clearway.publish.release.fields import Rule, event_rule, rule_of
from clearway.publish.release.profiles import Profile
from clearway.publish.release.tallies import Row, Tallies, tallies


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is released.

    Attributes
    ----------
    scenario
        The pause.
    plan, verdict
        What was planned, and what the judge found; None if there is none.
    events
        Of the log: those that hold, corrections applied.
    """

    scenario: Scenario
    plan: Plan | None = None
    verdict: Verdict | None = None
    events: tuple[Event, ...] = ()


def redacted(subject: Subject, profile: Profile) -> dict[str, Any]:
    """Return what ``profile`` may see, as JSON has it; the same gives the same.

    A field above the profile is not there, and a noun of which nothing is seen is not either.

    Parameters
    ----------
    subject
        What is released.
    profile
        Whose eyes.
    """
    scenario = subject.scenario
    counts = tallies(profile, scenario, subject.plan, subject.verdict, subject.events)
    eyes = _Eyes(profile, Coarse(scenario, profile), counts)
    parts = {
        "scenario": eyes.noun(scenario),
        "plan": eyes.noun(subject.plan) if subject.plan is not None else None,
        "verdict": eyes.noun(subject.verdict) if subject.verdict is not None else None,
        "counts": [_row(row) for row in counts.rows],
        "log": eyes.log(subject.events),
    }
    return {name: told for name, told in parts.items() if told}


@dataclass(frozen=True, slots=True, eq=False)
class _Eyes:
    """One profile's way of looking at nouns."""

    profile: Profile
    coarse: Coarse
    counts: Tallies

    def noun(self, noun: Any) -> dict[str, Any]:
        """Return the fields of a noun that may be seen."""
        kind, found = type(noun), {}
        for field in dataclasses.fields(noun):
            rule = rule_of(kind, field.name)
            if not self.profile.allows(rule.classes) or rule.treatment == fields.TABLE:
                continue
            value = getattr(noun, field.name)
            told = self._count(noun) if rule.treatment == fields.COUNT else self.told(rule, value)
            if told is not None or rule.treatment == fields.COUNT:
                found[field.name] = told
        return found

    def log(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        """Return the events of which something may be seen."""
        found = []
        for n, event in enumerate(events):
            about = self._about(n, event)
            if about:
                found.append({**self.noun(event), "about": about})
        return found

    def _about(self, n: int, event: Event) -> dict[str, Any]:
        about: dict[str, Any] = {}
        for name, value in sorted(event.about.items()):
            rule = event_rule(event.kind, name)
            if not self.profile.allows(rule.classes):
                continue
            if rule.treatment == fields.COUNT:
                about[name] = self.counts.events.get(n)
            elif rule.treatment == fields.TIME and value is not None:
                about[name] = self.coarse.moment(datetime.fromisoformat(value))
            else:
                about[name] = value
        return about

    def _count(self, noun: Any) -> int | None:
        """Return the persons of a movement; of nothing else is a row's count told."""
        return self.counts.movements.get(noun.id) if isinstance(noun, Movement) else None

    def told(self, rule: Rule, value: Any) -> Any:
        """Return a value as its rule has it told; None for nothing."""
        if value is None:
            return None
        if rule.treatment == fields.PLAIN:
            return self.plain(value)
        if rule.treatment == fields.TIME:
            timed = isinstance(value, datetime)
            return self.coarse.moment(value) if timed else self.coarse.seconds(value)
        if rule.treatment == fields.PLACE:
            single = isinstance(value, (int, float))
            return self.coarse.degrees(value) if single else self.coarse.points(value)
        return _PLACES[rule.treatment](self.coarse, value)

    def plain(self, value: Any) -> Any:
        """Return a value as it is, nouns in it as they may be seen; None for an empty noun."""
        if dataclasses.is_dataclass(value):
            return self.noun(value) or None
        if isinstance(value, (tuple, list)):
            parts = [self.plain(one) for one in value]
            return [one for one in parts if one is not None] or None
        return _scalar(value)


_PLACES: Final[Mapping[str, Callable[[Coarse, Any], Any]]] = MappingProxyType(
    {fields.NODE: Coarse.node, fields.CENTRE: Coarse.centre}
)


def _scalar(value: Any) -> Any:
    """Return a single value as JSON has it; what is not finite is None: no limit was set."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return None  # what an event tells is told kind by kind
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise TypeError(f"no way to release {type(value).__name__}")


def _row(row: Row) -> dict[str, Any]:
    place = {"by": row.by, "where": row.where} if row.by else {}
    return {"what": row.what, **place, "persons": row.persons}
