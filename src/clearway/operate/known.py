"""The conditions as they are known at a moment: a scenario revised by what the log says."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from clearway.model.care import DIED, REFUSED, WAITING, Patient
from clearway.model.facts import Text
from clearway.model.record import Record
from clearway.model.scenario import Scenario
from clearway.model.state import Odd
from clearway.operate.known_agreement import Standing, known_consents
from clearway.operate.known_gates import CLOSURE, STOP, gate_changes, told_gates
from clearway.operate.known_windows import Stretches, known_windows
from clearway.operate.state_said import Said, Saying, said

_UNKNOWN: Final = Text(
    "It names something that is neither in the scenario nor in the plan.",
    "يذكر ما لا وجود له في السيناريو ولا في الخطة.",
)
_SENSELESS: Final = Text(
    "Its hours fit no window, or it gives a consent without evidence; it is not used.",
    "لا تناسب ساعاته أي نافذة، أو يسجل موافقة بلا ما يثبتها؛ ولم يُستخدم.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known at one moment.

    Attributes
    ----------
    scenario
        Revised: windows, ``changes`` of gates (apart from one another in time), consents, and
        patients who refused or died. Its ``start`` is that of the scenario as announced.
    now_s
        Seconds from the scenario's start.
    sayings
        All that happened until now, by kind, each in order.
    windows
        One a window of the revised scenario, in its order.
    consents
        Those of the revised scenario, with the record that told each.
    closed, stopped
        Corridors that a closure or a general stop shuts now.
    lost
        Moment, in seconds from the start, at which each vehicle was lost, by its name.
    odd
        Records that could not be used.
    """

    scenario: Scenario
    now_s: float
    sayings: Mapping[str, tuple[Saying, ...]]
    windows: tuple[Stretches, ...]
    consents: tuple[Standing, ...]
    closed: frozenset[str]
    stopped: frozenset[str]
    lost: Mapping[str, int]
    odd: tuple[Odd, ...]

    def of(self, kind: str) -> tuple[Saying, ...]:
        """Return what was said of one kind."""
        return self.sayings.get(kind, ())


def known(scenario: Scenario, records: Iterable[Record], now: datetime) -> Known:
    """Return the conditions known at ``now``, from the scenario and what happened until then.

    What gates do is told apart in time: a closure, a general stop and hours outside of an opening
    on record each let nobody through; else the share of the usual rate told last holds, or the
    one that the scenario had for those hours.

    Parameters
    ----------
    scenario
        As it was before the pause.
    records
        Of the log, in any order.
    now
        A moment with a time zone.
    """
    everything = said(records)
    now_s = (now - scenario.start).total_seconds()
    sayings = _by_kind(everything, now)
    odd = list(everything.odd)
    corridors = frozenset(one.id for one in scenario.corridors)
    fits: dict[str, list[Saying]] = {}
    for kind in ("window", "closure", "gate", "count"):
        named = sayings.get(kind, ())
        fits[kind] = [one for one in named if one.event.about["corridor"] in corridors]
        odd += [_odd(one) for one in named if one.event.about["corridor"] not in corridors]
    windows, strange = known_windows(scenario, fits["window"], now_s)
    consents, unproved = known_consents(scenario, sayings.get("consent", ()))
    odd += [Odd(one.record.hash, _SENSELESS) for one in (*strange, *unproved)]
    spans = told_gates(scenario, {**sayings, **fits})
    odd += [_odd(one) for one in (*spans.strange, *_strange(scenario, windows, sayings))]
    agreement = dataclasses.replace(
        scenario.agreement, consents=tuple(one.consent for one in consents)
    )
    revised = scenario.replace(
        windows=tuple(one.window for one in windows),
        changes=gate_changes(scenario, windows, spans),
        agreement=agreement,
        care=dataclasses.replace(
            scenario.care, patients=_patients(scenario, sayings.get("patient", ()))
        ),
    )
    return Known(
        scenario=revised,
        now_s=now_s,
        sayings=MappingProxyType({**sayings, **{k: tuple(v) for k, v in fits.items()}}),
        windows=windows,
        consents=consents,
        closed=spans.shut_at(CLOSURE, now_s),
        stopped=spans.shut_at(STOP, now_s),
        lost=MappingProxyType(_lost(scenario, sayings.get("vehicle", ()))),
        odd=tuple(odd),
    )


def _by_kind(everything: Said, now: datetime) -> dict[str, tuple[Saying, ...]]:
    found: dict[str, list[Saying]] = defaultdict(list)
    for one in everything.until(now):
        found[one.event.kind].append(one)
    return {kind: tuple(many) for kind, many in found.items()}


def _strange(
    scenario: Scenario, windows: Sequence[Stretches], sayings: Mapping[str, Sequence[Saying]]
) -> Iterator[Saying]:
    """Yield what names a patient, or a window that somebody was told of, that there is not."""
    codes = {one.code for one in scenario.care.patients}
    yield from (one for one in sayings.get("patient", ()) if one.event.about["code"] not in codes)
    days = {
        (window.corridor, scenario.moment(scenario.seconds(window.opens)).date())
        for window in (*scenario.windows, *(one.window for one in windows))
    }
    for one in sayings.get("notice", ()):
        day = _day(one.event.about["window"])
        names = one.event.about["corridors"] or [one.id for one in scenario.corridors]
        about = {(name, day) for name in names}
        if not (about <= days if one.event.about["corridors"] else about & days):
            yield one


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _odd(one: Saying) -> Odd:
    return Odd(one.record.hash, _UNKNOWN)


def _patients(scenario: Scenario, sayings: Sequence[Saying]) -> tuple[Patient, ...]:
    """Return the patients with what bars a journey that did not begin, or allows it.

    Who was moved keeps the state before: the plan that moved them still holds their journey.
    """
    states: dict[str, str] = {}
    for one in sayings:
        code, state = one.event.about["code"], one.event.about["state"]
        if state in {*WAITING, REFUSED, DIED}:
            states[code] = state
    return tuple(
        dataclasses.replace(one, state=states.get(one.code, one.state))
        for one in scenario.care.patients
    )


def _lost(scenario: Scenario, sayings: Sequence[Saying]) -> dict[str, int]:
    """Return when each vehicle was lost that nothing was heard of since."""
    lost: dict[str, int] = {}
    for one in sayings:
        name = one.event.about["vehicle"]
        if one.event.about["state"] == "lost":
            lost.setdefault(name, scenario.seconds(one.at))
        else:
            lost.pop(name, None)
    return lost
