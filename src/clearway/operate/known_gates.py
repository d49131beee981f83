"""What gates do over time as known at a moment: closures, stops, shares told, hours not open."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from clearway.model.corridor import GateChange
from clearway.model.scenario import Scenario
from clearway.operate.known_windows import Stretches
from clearway.operate.state_said import Saying

CLOSURE, STOP, HOURS, SHARE = "closure", "stop", "window", "gate"
#: How long before the start and after the last closing a change holds that began earlier, or of
#: which nobody said when it ends.
_BEYOND_S: Final = 86_400
_WHY: Final = {
    CLOSURE: "log: closed",
    STOP: "log: stopped",
    HOURS: "log: not open",
    SHARE: "log: share of the usual rate as told",
}


class _Shares(NamedTuple):
    """What a gate does: shares of the usual rates, and why."""

    persons: float
    vehicles: float
    why: str


_USUAL: Final = _Shares(1.0, 1.0, "")


@dataclass(frozen=True, slots=True)
class ToldGates:
    """What the log told about gates; seconds from the scenario's start.

    Attributes
    ----------
    shut
        For ``closure`` and ``stop`` and each corridor, spans in which it lets nobody through; the
        last may be without end.
    shares
        For each corridor from when on which shares were told, in order.
    strange
        Records that name corridors that there are not.
    """

    shut: Mapping[str, Mapping[str, tuple[tuple[float, float], ...]]]
    shares: Mapping[str, tuple[tuple[int, float, float], ...]]
    strange: tuple[Saying, ...]

    def shut_at(self, kind: str, at_s: float) -> frozenset[str]:
        """Return the corridors that a kind shuts at a moment."""
        return frozenset(
            corridor for corridor, spans in self.shut[kind].items() if _within(spans, at_s)
        )


def told_gates(scenario: Scenario, sayings: Mapping[str, Sequence[Saying]]) -> ToldGates:
    """Gather what was told of gates until now.

    Parameters
    ----------
    scenario
        Whose corridors they are; a stop that names none is one of all.
    sayings
        By kind, each in order: ``closure`` and ``gate`` of known corridors alone.
    """
    known = [one.id for one in scenario.corridors]
    closures = _Switches()
    for one in sayings.get(CLOSURE, ()):
        about = one.event.about
        closures.turn([about["corridor"]], scenario.seconds(one.at), shuts=about["closed"])
    stops, strange = _Switches(), []
    told = (*sayings.get(STOP, ()), *sayings.get("resume", ()))
    for one in sorted(told, key=lambda one: one.at):
        named = one.event.about["corridors"]
        if set(named) - set(known):
            strange.append(one)
        meant = [name for name in known if name in named] if named else known
        stops.turn(meant, scenario.seconds(one.at), shuts=one.event.kind == STOP)
    shares: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    for one in sayings.get(SHARE, ()):
        about = one.event.about
        row = (scenario.seconds(one.at), about["persons_share"], about["vehicles_share"])
        shares[about["corridor"]].append(row)
    return ToldGates(
        {CLOSURE: closures.spans(), STOP: stops.spans()},
        {corridor: tuple(rows) for corridor, rows in shares.items()},
        tuple(strange),
    )


def gate_changes(
    scenario: Scenario, windows: Iterable[Stretches], told: ToldGates
) -> tuple[GateChange, ...]:
    """Return the changes of all gates as they are known, those of one gate apart in time."""
    windows = tuple(windows)
    last = max(scenario.seconds(one.window.closes) for one in windows) + _BEYOND_S
    found = []
    for corridor in scenario.corridors:
        layers = _layers(scenario, corridor.id, windows, told)
        edges = sorted({at for at in layers.edges if -_BEYOND_S < at < last} | {-_BEYOND_S, last})
        since, held = edges[0], _USUAL
        for at in edges:
            shares = layers.at(at) if at < last else _USUAL
            if shares == held:
                continue
            if held != _USUAL:
                found.append(_change(scenario, corridor.id, (since, at), held))
            since, held = at, shares
    return tuple(found)


class _Switches:
    """Spans that begin and end by records, one corridor beside another."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def turn(self, corridors: Iterable[str], at: float, *, shuts: bool) -> None:
        for corridor in corridors:
            spans = self._spans[corridor]
            lasts = bool(spans) and spans[-1][1] == math.inf
            if shuts and not lasts:
                spans.append((at, math.inf))
            elif lasts and not shuts:
                since = spans.pop()[0]
                spans += [(since, at)] if since < at else []

    def spans(self) -> dict[str, tuple[tuple[float, float], ...]]:
        return {corridor: tuple(spans) for corridor, spans in self._spans.items()}


@dataclass(frozen=True, slots=True)
class _Layers:
    """All that bears on one gate; what shuts it goes before what slows it."""

    shut: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    shares: tuple[tuple[float, float, _Shares], ...]

    @property
    def edges(self) -> set[float]:
        spans = [span for _, many in self.shut for span in many]
        spans += [(since, until) for since, until, _ in self.shares]
        return {at for span in spans for at in span if at != math.inf}

    def at(self, at: float) -> _Shares:
        for kind, spans in self.shut:
            if _within(spans, at):
                return _Shares(0.0, 0.0, _WHY[kind])
        held = [shares for since, until, shares in self.shares if since <= at < until]
        if not held or held[-1][:2] == _USUAL[:2]:
            return _USUAL
        return held[-1]


def _layers(
    scenario: Scenario, corridor: str, windows: Iterable[Stretches], told: ToldGates
) -> _Layers:
    gaps = [
        gap for one in windows if one.window.corridor == corridor for gap in _gaps(scenario, one)
    ]
    planned = [
        (
            float(scenario.seconds(one.since)),
            float(scenario.seconds(one.until)),
            _Shares(one.persons_share, one.vehicles_share, one.source),
        )
        for one in scenario.changes
        if one.corridor == corridor
    ]
    shares = [
        (float(since), math.inf, _Shares(float(persons), float(vehicles), _WHY[SHARE]))
        for since, persons, vehicles in told.shares.get(corridor, ())
    ]
    shut = [(kind, tuple(told.shut[kind].get(corridor, ()))) for kind in (STOP, CLOSURE)]
    # Sorted by when they begin, what was told after what was planned: the last that holds counts.
    return _Layers(
        (*shut, (HOURS, tuple(gaps))), tuple(sorted([*planned, *shares], key=lambda one: one[0]))
    )


def _gaps(scenario: Scenario, one: Stretches) -> list[tuple[float, float]]:
    """Return when a window's gate is not open within it."""
    at, closes = (scenario.seconds(at) for at in (one.window.opens, one.window.closes))
    gaps = []
    for since, until in one.open_s:
        if at < since:
            gaps.append((float(at), float(since)))
        at = max(at, until)
    if at < closes:
        gaps.append((float(at), float(closes)))
    return gaps


def _change(
    scenario: Scenario, corridor: str, span: tuple[float, float], held: _Shares
) -> GateChange:
    since, until = (scenario.moment(at) for at in span)
    return GateChange(corridor, since, until, held.persons, held.vehicles, held.why)


def _within(spans: Iterable[tuple[float, float]], at: float) -> bool:
    return any(since <= at < until for since, until in spans)
