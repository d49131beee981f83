"""A sheet for each gate: rules with clock times and counts, blocks as they come, vehicles."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from clearway.model.corridor import Corridor, Window
from clearway.model.rules import GateRule
from clearway.publish.pack.blocks import (
    BIG,
    EMPTY,
    LINE_MM,
    NAMED,
    TABLE_MM,
    Block,
    Tongue,
    legend,
    lines,
    pairs,
    spots,
)
from clearway.publish.pack.day import Day, latest
from clearway.publish.pack.fields import Cell, Field, Row, clock, code, count, listing
from clearway.publish.pack.sheet import BODY_MM, GATE, Facts, Page, Part, Sheet, both, spread
from clearway.publish.words import Said

ROW_MM: Final = 8.0
SPOT_MM: Final = 11.0
_HOUR_S: Final = 3600
_FIGURE_MM, _RULE_MM = 12.0, 11.0
_FIGURES_MM: Final = 4 * _FIGURE_MM + 1
_RULES_MM: Final = 4 * _RULE_MM


def gate_sheets(day: Day) -> Iterator[Sheet]:
    """Yield a sheet for each corridor that opens on this day."""
    for corridor in day.corridors:
        windows = day.windows(corridor.id)
        last = tuple(one for window in windows for one in _last(day, corridor, window))
        calls, passes = tuple(_calls(day, corridor.id)), tuple(_passes(day, corridor.id))
        parts = [
            Part("spots", tuple(_spots(day, corridor)), TABLE_MM, SPOT_MM),
            Part("last", last, TABLE_MM, ROW_MM),
            Part("changes", tuple(_changes(day, corridor.id)), TABLE_MM, ROW_MM),
            Part("calls", calls, TABLE_MM, ROW_MM),
            Part("passes", passes, TABLE_MM, ROW_MM),
        ]
        known = day.legend(one.id for one in day.scenario.groups)
        room = BODY_MM - LINE_MM * len(known) - 2
        pages = spread(parts, room - _FIGURES_MM - _RULES_MM, room)
        facts: list[Facts] = [{"parts": page, "legend": known} for page in pages]
        facts[0] |= _head(day, corridor, windows, calls, passes)
        facts[0] |= {"rule": _rule(day, corridor)}
        yield Sheet(GATE, corridor.id, tuple(facts))


def _head(
    day: Day,
    corridor: Corridor,
    windows: tuple[Window, ...],
    calls: tuple[Facts, ...],
    passes: tuple[Facts, ...],
) -> Facts:
    seconds = day.scenario.seconds
    out = [one for one in passes if one["way"] == "out"]
    return {
        "name": both(corridor.name),
        "hours": [[seconds(one.opens), seconds(one.closes)] for one in windows],
        "reception": corridor.reception,
        "checks": corridor.check_points,
        "persons_per_h": round(corridor.gate_persons_per_s.central * _HOUR_S),
        "vehicles_per_h": round(corridor.vehicles_per_s.central * _HOUR_S),
        "called": sum(one["persons"] for one in calls),
        "aboard": sum(one["persons"] for one in out),
        "patients": sum(one["patients"] for one in out),
        "vehicles_in": len(passes) - len(out),
        "vehicles_out": len(out),
    }


def _rule(day: Day, corridor: Corridor) -> Facts:
    """Return the numbers of hold and turn; the usual ones for a plan that has no rules."""
    rule = _gate_rule(day, corridor.id)
    if rule is not None:
        return {
            "queue": _cap(rule.hold_queue_persons),
            "called": _cap(rule.hold_called_persons),
            "open": _cap(rule.open_persons),
            "recheck": _cap(min(rule.open_persons, rule.open_recheck_persons)),
            "turn_m": round(rule.turn_m),
        }
    network = day.scenario.network
    length = float(network.links.length_m[network.link_index(corridor.links)].sum())
    limit = _cap(corridor.open_limit_persons)
    return {
        "queue": _cap(corridor.holding.limit_persons),
        "called": None,
        "open": limit,
        "recheck": limit,
        "turn_m": round(length / 2),
    }


def _gate_rule(day: Day, corridor: str) -> GateRule | None:
    rules = day.plan.rules
    if rules is None:
        return None
    return next((one for one in rules.gates if one.corridor == corridor), None)


def _cap(persons: float) -> int | None:
    return math.floor(persons) if math.isfinite(persons) else None


def _last(day: Day, corridor: Corridor, window: Window) -> Iterator[Facts]:
    """Yield the last entry of each group before one closing, without and with a second check."""
    scenario, rule = day.scenario, _gate_rule(day, corridor.id)
    network = scenario.network
    rows = network.link_index(corridor.links)
    length = float(network.links.length_m[rows].sum())
    for row, group in enumerate(scenario.groups):
        usual = corridor.margin_s + length / group.speed_m_per_s.central
        before = usual if rule is None or row >= len(rule.last_entry_s) else rule.last_entry_s[row]
        again: float | None = before
        if rule is not None and rule.last_entry_recheck_s:
            again = rule.last_entry_recheck_s[row]
        if rule is not None and min(rule.open_persons, rule.open_recheck_persons) <= 0:
            again = None
        yield {
            "group": day.letter(group.id),
            "closes": scenario.seconds(window.closes),
            "last": latest(scenario, window, before),
            "again": None if again is None else latest(scenario, window, again),
            "minutes": math.ceil(before / 60),
        }


def _changes(day: Day, corridor: str) -> Iterator[Facts]:
    """Yield the hours of this day in which the gate serves at another rate."""
    scenario = day.scenario
    for one in scenario.changes:
        first, last = scenario.seconds(one.since), scenario.seconds(one.until)
        own = day.windows(corridor) if one.corridor == corridor else ()
        if any(
            first < scenario.seconds(window.closes) and scenario.seconds(window.opens) < last
            for window in own
        ):
            yield {
                "from": first,
                "until": last,
                "persons": round(100 * one.persons_share),
                "vehicles": round(100 * one.vehicles_share),
            }


def _spots(day: Day, corridor: Corridor) -> Iterator[Facts]:
    network = day.scenario.network
    ends = {int(network.links.from_node[row]) for row in network.link_index(corridor.links[-1:])}
    ends |= {int(network.links.to_node[row]) for row in network.link_index(corridor.links[-1:])}
    before = {int(network.links.from_node[row]) for row in network.link_index(corridor.links[:-1])}
    before |= {int(network.links.to_node[row]) for row in network.link_index(corridor.links[:-1])}
    end = min(ends - before - {corridor.mouth}, default=corridor.mouth)
    yield {"code": corridor.id, "what": "mouth", "place": day.spot(corridor.mouth)}
    yield {"code": corridor.id, "what": "exit", "place": day.spot(end)}
    site = day.site(corridor.reception)
    if site is not None:
        yield {"code": corridor.reception, "what": NAMED, "name": site[0], "place": site[1]}


def _calls(day: Day, corridor: str) -> Iterator[Facts]:
    own = [one for one in day.calls if one.movement.corridor == corridor]
    for call in sorted(own, key=lambda one: (one.gate_s, one.movement.id)):
        yield {
            "id": call.movement.id,
            "leave": call.movement.depart_s,
            "from": call.gate_s,
            "until": call.gate_until_s,
            "zone": call.movement.zone,
            "group": day.letter(call.movement.group),
            "households": call.movement.households,
            "persons": call.movement.persons,
        }


def passes(day: Day) -> Iterator[tuple[str, Facts]]:
    """Yield every passage of a gate by a vehicle or a convoy, with the corridor's id."""
    for shift in day.shifts:
        for number, ride in enumerate(shift.rides, start=1):
            trip = ride.trip
            head = {"vehicle": ride.vehicle, "trip": number, "vehicles": 1}
            if trip.corridor_in:
                to = trip.stops[0].zone
                empty = {"persons": 0, "patients": 0}
                yield (
                    trip.corridor_in,
                    {**head, "at": trip.gate_in_s, "way": "in", "to": to} | empty,
                )
            full = {"persons": ride.persons, "patients": len(ride.patients)}
            to = trip.destination
            yield trip.corridor_out, {**head, "at": trip.gate_out_s, "way": "out", "to": to} | full
    for convoy, run in day.convoys:
        head = {"vehicle": convoy.id, "trip": 1, "vehicles": convoy.vehicles}
        empty = {"persons": 0, "patients": 0}
        trip = run.trip
        yield (
            trip.corridor_in,
            {**head, "at": trip.gate_in_s, "way": "in", "to": convoy.zone} | empty,
        )
        to = trip.destination
        yield trip.corridor_out, {**head, "at": trip.gate_out_s, "way": "out", "to": to} | empty


def _passes(day: Day, corridor: str) -> list[Facts]:
    own = [one for where, one in passes(day) if where == corridor]
    return sorted(own, key=lambda one: (one["at"], one["vehicle"], one["way"]))


def gate_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a gate's page."""
    blocks: list[Block] = []
    if page.number == 1:
        blocks += [_figures(page.facts, tongue), lines([EMPTY], 1)]
        blocks += [_rules(page.facts["rule"], tongue)]
    for part in page.facts["parts"]:
        if part["part"] == "spots":
            blocks.append(spots(tongue, part["rows"], SPOT_MM))
        else:
            title, fields = _TABLES[part["part"]]
            blocks.append(listing(tongue, title, fields, part["rows"], ROW_MM))
    return [*blocks, lines([EMPTY], 2), *legend(tongue, page.facts["legend"])]


def _figures(facts: Any, tongue: Tongue) -> Block:
    hours = tongue.words.listed(tongue.hours(*one) for one in facts["hours"])
    number = tongue.number
    return pairs(
        [
            (tongue.say("gate.name"), tongue.name(facts["name"])),
            (tongue.say("gate.hours"), hours),
            (tongue.say("gate.called"), number(facts["called"])),
            (tongue.say("gate.aboard"), number(facts["aboard"])),
            (tongue.say("gate.patients"), number(facts["patients"])),
            (
                tongue.say("gate.passes"),
                tongue.say("gate.in_out", into=facts["vehicles_in"], out=facts["vehicles_out"]),
            ),
            (tongue.say("gate.rate"), tongue.say("gate.persons_h", n=facts["persons_per_h"])),
            (tongue.say("gate.lane"), tongue.say("gate.vehicles_h", n=facts["vehicles_per_h"])),
        ],
        mm=_FIGURE_MM,
    )


def _rules(rule: Any, tongue: Tongue) -> Block:
    texts = [
        _hold(tongue, "queue", rule["queue"]),
        _hold(tongue, "called", rule["called"]),
        _hold(tongue, "open", rule["open"], rule["recheck"]),
        tongue.say("gate.turn", n=rule["turn_m"]),
    ]
    return lines(texts, _RULE_MM, 12.0)


def _hold(tongue: Tongue, key: str, cap: int | None, again: int | None = None) -> Said:
    if cap is None:
        return tongue.say(f"gate.{key}_free")
    told = tongue.say(f"gate.{key}_hold", n=cap)
    if again is None or again == cap:
        return told
    other = tongue.say("gate.recheck", n=again) if again else tongue.say("gate.recheck_none")
    return tongue.say("two", first=told, second=other)


def _vehicles(tongue: Tongue, row: Row) -> Said:
    code = tongue.code(row["vehicle"])
    if row["vehicles"] == 1:
        return code
    return tongue.say("gate.convoy", code=code, n=row["vehicles"])


def _entry(key: str) -> Cell:
    """Return what says an hour of last entry, or that nobody is let in."""
    return lambda tongue, row: (
        tongue.say("gate.nobody") if row[key] is None else tongue.clock(row[key])
    )


def _share(key: str) -> Cell:
    return lambda tongue, row: tongue.words.share(row[key] / 100)


def _direction(tongue: Tongue, row: Row) -> Said:
    return tongue.say(f"gate.way_{row['way']}")


_LASTS: Final = (
    Field("group", 1, code("group"), BIG),
    Field("gate.closes", 1.4, clock("closes"), BIG),
    Field("gate.last", 1.6, _entry("last"), BIG),
    Field("gate.again", 2, _entry("again")),
    Field("gate.minutes", 2, count("minutes")),
)

_CHANGES: Final = (
    Field("from", 1, clock("from"), BIG),
    Field("until", 1, clock("until"), BIG),
    Field("gate.change_persons", 2, _share("persons")),
    Field("gate.change_vehicles", 2, _share("vehicles")),
)

_CALLS: Final = (
    Field("gate.leave", 1.2, clock("leave")),
    Field("gate.from", 1.2, clock("from"), BIG),
    Field("gate.until", 1.2, clock("until"), BIG),
    Field("zone_head", 1.2, code("zone"), BIG),
    Field("group", 0.9, code("group"), BIG),
    Field("households", 1, count("households")),
    Field("persons", 1, count("persons"), BIG),
    Field("call", 1.5, code("id")),
)

_PASSES: Final = (
    Field("gate.at", 1.1, clock("at"), BIG),
    Field("gate.way", 1.1, _direction),
    Field("vehicle", 2.2, _vehicles, BIG),
    Field("trip", 0.8, count("trip")),
    Field("gate.to", 1.2, code("to"), BIG),
    Field("gate.on_board", 1.2, count("persons")),
    Field("gate.ill", 1.2, count("patients")),
)


#: By its part of the page, what each table is called and what stands in it.
_TABLES: Final[Mapping[str, tuple[str, tuple[Field, ...]]]] = MappingProxyType(
    {
        "last": ("gate.last_title", _LASTS),
        "changes": ("gate.changes", _CHANGES),
        "calls": ("gate.calls", _CALLS),
        "passes": ("gate.passes_title", _PASSES),
    }
)
