"""Write ``scenario.toml``: one block a table, what is as by default left out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final
from zoneinfo import ZoneInfo

from clearway.model.agreement import Agreement, Consent, Hazard, Provision
from clearway.model.corridor import NO_VEHICLES, Corridor, Reception, Window
from clearway.model.facts import Fact
from clearway.model.population import WALK, Group
from clearway.model.scenario import CERTAIN, USUAL, Scenario
from clearway.model.thresholds import Threshold, Thresholds
from clearway.model.uncertainty import Uncertainty
from clearway.publish.day_toml import day_blocks
from clearway.publish.figures_text import (
    estimate_toml,
    figure,
    moment_line,
    moment_toml,
    point,
    string,
    text_toml,
)
from clearway.publish.fleet_toml import fleet_blocks

FORMAT: Final = "clearway-scenario/1"

#: Keys of fields that are written in other units, and how many of the field's make one.
_UNITS: Final = {
    "start_delay_s": ("start_delay_h", 3600),
    "extension_s": ("extension_h", 3600),
    "notice_s": ("notice_min", 60),
    "lateness_s": ("lateness_min", 60),
    "wait_s": ("wait_min", 60),
}


def scenario_to_toml(scenario: Scenario) -> str:
    """Return ``scenario.toml``: one block a table, in the scenario's order."""
    local = ZoneInfo(scenario.timezone)
    blocks = [_head(scenario), _planning(scenario)]
    blocks += map(_group, scenario.groups)
    blocks += map(_corridor, scenario.corridors)
    blocks += map(_reception, scenario.receptions)
    # Neighbours that differ in the corridor alone are one announcement: one block.
    same = attrgetter("opens", "closes", "source")
    blocks += [_windows(list(windows), local) for _, windows in groupby(scenario.windows, same)]
    blocks += [_uncertainty(scenario.uncertainty), _thresholds(scenario.thresholds)]
    blocks += _record(scenario.agreement, local)
    blocks += day_blocks(scenario)
    blocks += fleet_blocks(scenario)
    blocks += map(_fact, scenario.facts)
    return "\n".join("\n".join(block) + "\n" for block in blocks if block)


def _head(scenario: Scenario) -> list[str]:
    return [
        f"format = {string(FORMAT)}",
        f"id = {string(scenario.id)}",
        f"timezone = {string(scenario.timezone)}",
        f"attribution = [{''.join(f'{chr(10)}  {string(a)},' for a in scenario.attribution)}\n]",
        f"title = {text_toml(scenario.title)}",
        "outline = [",
        *(f"  {point(place)}," for place in scenario.outline),
        "]",
        *([f"contraflow = {list(map(int, scenario.contraflow))}"] if scenario.contraflow else []),
    ]


def _planning(scenario: Scenario) -> list[str]:
    planning = scenario.planning
    return [
        "[planning]",
        f"slot_min = {figure(planning.slot_s / 60)}",
        f"step_s = {planning.step_s}",
        f"tick_s = {planning.tick_s}",
        f"spread = {figure(planning.spread)}",
        f"uptake = {estimate_toml(planning.uptake)}",
    ]


def _group(group: Group) -> list[str]:
    return [
        "[[group]]",
        f"id = {string(group.id)}",
        f"name = {text_toml(group.name)}",
        f"speed_m_per_s = {estimate_toml(group.speed_m_per_s)}",
        f"weight = {figure(group.weight)}",
        f"weight_source = {string(group.weight_source)}",
        *_modes(group),
    ]


def _modes(group: Group) -> Iterator[str]:
    """Yield the lines of a group that does not just walk."""
    if group.modes != (WALK,):
        yield f"modes = [{', '.join(map(string, group.modes))}]"
    if group.persons_per_car is not None:
        yield f"persons_per_car = {estimate_toml(group.persons_per_car)}"
    if group.wheelchair_users:
        yield f"wheelchair_users = {group.wheelchair_users}"


def _corridor(corridor: Corridor) -> list[str]:
    holding = corridor.holding
    return [
        "[[corridor]]",
        f"id = {string(corridor.id)}",
        f"name = {text_toml(corridor.name)}",
        f"mouth = {corridor.mouth}",
        f"links = {list(corridor.links)}",
        f"margin_min = {figure(corridor.margin_s / 60)}",
        f"reception = {string(corridor.reception)}",
        f"source = {string(corridor.source)}",
        "[corridor.gate]",
        f"rate_persons_per_h = {estimate_toml(corridor.gate_persons_per_s, times=3600)}",
        f"check_points = {corridor.check_points}",
        *_lane(corridor),
        "[corridor.holding_area]",
        f"area_m2 = {figure(holding.area_m2)}",
        f"limit_persons = {figure(holding.limit_persons)}",
        f"source = {string(holding.source)}",
        *_open_limit(corridor),
    ]


def _lane(corridor: Corridor) -> list[str]:
    lane = corridor.vehicles_per_s
    return [] if lane == NO_VEHICLES else [f"vehicles_per_h = {estimate_toml(lane, times=3600)}"]


def _open_limit(corridor: Corridor) -> list[str]:
    if math.isinf(corridor.open_limit_persons):
        return []
    return [
        "[corridor.open_limit]",
        f"persons = {figure(corridor.open_limit_persons)}",
        f"source = {string(corridor.open_limit_source)}",
    ]


def _reception(reception: Reception) -> list[str]:
    return [
        "[[reception]]",
        f"id = {string(reception.id)}",
        f"name = {text_toml(reception.name)}",
        f"node = {reception.node}",
        f"places_persons = {estimate_toml(reception.places)}",
    ]


def _windows(windows: list[Window], local: ZoneInfo) -> list[str]:
    first = windows[0]
    return [
        "[[window]]",
        f"corridors = [{', '.join(string(window.corridor) for window in windows)}]",
        f"opens = {moment_toml(first.opens, local)}",
        f"closes = {moment_toml(first.closes, local)}",
        f"source = {string(first.source)}",
    ]


def _uncertainty(uncertainty: Uncertainty) -> list[str]:
    """Return the table of what differs from a pause that comes as announced; empty if nothing."""
    lines = []
    for field in dataclasses.fields(uncertainty):
        estimate = getattr(uncertainty, field.name)
        key, unit = _UNITS.get(field.name, (field.name, 1))
        if estimate != getattr(CERTAIN, field.name):
            lines.append(f"{key} = {estimate_toml(estimate, per=unit)}")
    return ["[uncertainty]", *lines] if lines else []


def _thresholds(thresholds: Thresholds) -> list[str]:
    """Return the table of limits that differ from the usual ones; empty if none does."""
    lines = []
    for field in dataclasses.fields(thresholds):
        limits = getattr(thresholds, field.name)
        key, unit = _UNITS.get(field.name, (field.name, 1))
        if isinstance(limits, Threshold) and limits != getattr(USUAL, field.name):
            pair = f"go = {figure(limits.go / unit)}, bar = {figure(limits.bar / unit)}"
            lines.append(f"{key} = {{ {pair}, source = {string(limits.source)} }}")
    weight = (thresholds.turned_back_weight, thresholds.turned_back_weight_source)
    if weight != (USUAL.turned_back_weight, USUAL.turned_back_weight_source):
        told = f"value = {figure(weight[0])}, source = {string(weight[1])}"
        lines.append(f"turned_back_weight = {{ {told} }}")
    return ["[thresholds]", *lines] if lines else []


def _record(agreement: Agreement, local: ZoneInfo) -> Iterator[list[str]]:
    """Yield what is on record about the pause, table by table."""
    yield from (_consent(one, local) for one in agreement.consents)
    yield from map(_hazard, agreement.hazards)
    yield from map(_provision, agreement.provisions)
    if agreement.notification is not None:
        told = agreement.notification
        yield [
            "[notification]",
            *moment_line("sent", told.sent, local),
            f"lead_h = {figure(told.lead.total_seconds() / 3600)}",
            f"source = {string(told.source)}",
        ]
    if agreement.decider is not None:
        role, review = agreement.decider.role, agreement.decider.review
        yield ["[decider]", f"role = {text_toml(role)}", *moment_line("review", review, local)]


def _consent(consent: Consent, local: ZoneInfo) -> list[str]:
    proved = bool(consent.evidence.strip())
    return [
        "[[consent]]",
        f"id = {string(consent.id)}",
        f"party = {text_toml(consent.party)}",
        f"level = {string(consent.level)}",
        f"corridors = [{', '.join(map(string, consent.corridors))}]",
        f"state = {string(consent.state)}",
        *([f"evidence = {string(consent.evidence)}"] if proved else []),
        *moment_line("expires", consent.expires, local),
        f"source = {string(consent.source)}",
    ]


def _hazard(hazard: Hazard) -> list[str]:
    return [
        "[[hazard]]",
        f"corridor = {string(hazard.corridor)}",
        f"text = {text_toml(hazard.text)}",
        f"bars = {'true' if hazard.bars else 'false'}",
        f"source = {string(hazard.source)}",
    ]


def _provision(provision: Provision) -> list[str]:
    return [
        "[[provision]]",
        f"text = {text_toml(provision.text)}",
        f"source = {string(provision.source)}",
    ]


def _fact(fact: Fact) -> list[str]:
    return [
        "[[fact]]",
        f"topic = {string(fact.topic)}",
        f"text = {text_toml(fact.text)}",
        f"source = {string(fact.source)}",
    ]
