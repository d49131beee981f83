"""A pause with everything that can be released, and canaries for each text of it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from clearway.model.agreement import Agreement, Contact
from clearway.model.corridor import GateChange
from clearway.model.event import CASE_STATES, KINDS, Event
from clearway.model.facts import Estimate, Text
from clearway.model.scenario import Scenario
from clearway.model.shelter import Shelter
from clearway.publish.release.fields import EVENTS, NOUNS, Rule, noun_name
from clearway.publish.release.profiles import Profile
from clearway.publish.release.redact import Subject
from tests.publish.driven import aided
from tests.publish.pages import agreement, decision, rules
from tests.scenarios import ASSUMED

#: Fields whose texts are of a closed list, or mean something to the model.
KEPT = frozenset(
    (
        *("Scenario.timezone", "Consent.level", "Consent.state", "Contact.level"),
        *("Patient.category", "Patient.posture", "Patient.care", "Patient.state"),
        *("VehicleType.care", "Care.system", "Group.modes", "Level.name", "Status.code"),
        *("Decision.code", "Reason.state", "PlanBreach.rule", "Event.kind", "Estimate.shape"),
        *("LinkedMovement.then", "LinkedMovement.after", "Verdict.out_by_day", "CareTally.colours"),
    )
)
#: Fields whose texts name nothing else.
FREE = frozenset(
    (
        *("en", "ar", "source", "evidence", "channel", "backup", "weight_source"),
        *("open_limit_source", "turned_back_weight_source", "attribution", "topic"),
    )
)
_LETTERS = ("abcdefghij", "ابتثجحخدذر")


@cache
def everything() -> Subject:
    """Return the aided town with all that can be on record, and an event of each kind."""
    scenario, plan, verdict = aided()
    site = scenario.receptions[0]
    codes = tuple(one.id for one in scenario.corridors)
    hour = timedelta(hours=1)
    scenario = scenario.replace(
        agreement=_with_contacts(agreement(scenario), codes),
        changes=(
            GateChange(codes[0], scenario.start + hour, scenario.start + 2 * hour, 0.5, 1, ASSUMED),
        ),
        shelters=(
            Shelter(
                "S1",
                Text("School", "المدرسة"),
                scenario.zones[0].node,
                Estimate(50, 60, 70, ASSUMED),
            ),
        ),
    )
    assert site.id
    plan = plan.replace(rules=rules(scenario, plan))
    verdict = replace(verdict, decision=decision())
    return Subject(scenario, plan, verdict, events(scenario))


def events(scenario: Scenario) -> tuple[Event, ...]:
    """Return an event of each kind, its texts all different."""
    at = scenario.start + timedelta(minutes=37, seconds=13)
    return tuple(
        Event(kind, at + timedelta(minutes=n), {key: _told(kind, key, at) for key in fields})
        for n, (kind, fields) in enumerate(KINDS.items())
    )


def _told(kind: str, key: str, at: Any) -> Any:
    """Return something that the rule of ``key`` holds of."""
    rule, holds = KINDS[kind][key]
    text = f"{kind} {key} told"
    moment = (at + timedelta(minutes=3, seconds=7)).isoformat()
    digest = f"{abs(hash((kind, key))):016x}" * 4
    tries: list[Any] = [digest, moment, 3, 0.37, True, [text], text, None, *CASE_STATES]
    tries += ["given", "notified", "local", "opened", "called", "left", "arrived", "public"]
    if "2**" in rule:
        raise AssertionError(rule)
    if "text" in rule and "list" not in rule:
        return text
    return next(one for one in tries if holds(one))


def _with_contacts(told: Agreement, codes: tuple[str, ...]) -> Agreement:
    contact = Contact(
        party=Text("First party", "الطرف الأول"),
        level="local",
        corridors=codes,
        role=Text("Duty officer", "الضابط المناوب"),
        channel="Channel 7",
        backup="Satellite 12",
        if_lost=Text("Hold all.", "يتوقف الجميع."),
        source="The first party's list",
    )
    return replace(told, contacts=(contact,))


@dataclass
class Canaries:
    """Texts that stand for others, and where each may be read.

    Attributes
    ----------
    tokens
        By the text for which it stands.
    chains
        By token: every way to it, as rules from the outermost noun in.
    """

    tokens: dict[str, str] = dataclasses.field(default_factory=dict)
    chains: dict[str, set[tuple[Rule, ...]]] = dataclasses.field(
        default_factory=lambda: defaultdict(set)
    )

    def token(self, text: str, chain: tuple[Rule, ...], place: str = "") -> str:
        """Return the canary in place of ``text``: of an id one everywhere, else one a place."""
        text = f"{place} {text}" if place.rpartition(".")[2] in FREE else text
        if text not in self.tokens:
            arabic = any("\u0600" <= one <= "\u06ff" for one in text)
            letters = _LETTERS[arabic]
            number = "".join(letters[int(one)] for one in f"{len(self.tokens):04}")
            self.tokens[text] = f"قناري{number}ق" if arabic else f"Canary{number}x"
        token = self.tokens[text]
        self.chains[token].add(chain)
        return token

    def allowed(self, token: str, profile: Profile) -> bool:
        """Return whether ``profile`` sees any way to ``token``."""
        return any(
            all(profile.allows(rule.classes) and rule.treatment != "table" for rule in chain)
            for chain in self.chains[token]
        )


@cache
def planted() -> tuple[Subject, Canaries]:
    """Return everything with a canary in place of every text, numbers a little off the round."""
    canaries = Canaries()
    subject = everything()
    swap = _Swap(canaries).noun
    told = tuple(_event(canaries, event) for event in subject.events)
    return (
        Subject(swap(subject.scenario), swap(subject.plan), swap(subject.verdict), told),
        canaries,
    )


@dataclass
class _Swap:
    canaries: Canaries

    def noun(self, noun: Any, chain: tuple[Rule, ...] = (), place: str = "") -> Any:
        """Return ``noun`` with every text in it changed; refuse nothing, it is valid as before."""
        changes = {}
        for field in dataclasses.fields(noun):
            rule = NOUNS[noun_name(type(noun))][field.name]
            value = getattr(noun, field.name)
            kept = f"{type(noun).__name__}.{field.name}" in KEPT
            at = f"{place}.{field.name}"
            changes[field.name] = value if kept else self._value(value, (*chain, rule), at)
        return _rebuilt(noun, changes)

    def _value(self, value: Any, chain: tuple[Rule, ...], place: str) -> Any:
        if dataclasses.is_dataclass(value):
            return self.noun(value, chain, place)
        if isinstance(value, str) and value:
            return self.canaries.token(value, chain, place)
        if isinstance(value, tuple):
            return tuple(self._value(one, chain, place) for one in value)
        return value


def _rebuilt(noun: Any, changes: Mapping[str, Any]) -> Any:
    """Return a copy of a noun whose fields were changed, without asking it to look at itself.

    Links between nouns were changed alike on both ends; composed ones, such as ``aid:A1``, not.
    """
    made = object.__new__(type(noun))
    for name, value in changes.items():
        object.__setattr__(made, name, value)
    return made


def _event(canaries: Canaries, event: Event) -> Event:
    def swapped(key: str, value: Any) -> Any:
        chain = (EVENTS[event.kind][key],)
        if isinstance(value, list):
            return [swapped(key, one) for one in value]
        free = isinstance(value, str) and value.endswith(" told")
        return canaries.token(value, chain) if free else value

    about = {key: swapped(key, value) for key, value in event.about.items()}
    return Event(event.kind, event.at, about)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every single value in JSON with the keys that lead to it."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, path)
    else:
        yield path, value


Look = Callable[[str], bool]
