"""Write a scenario as a folder that people can read and diff (see ``docs/scenario-format.md``)."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from clearway.model.agreement import Agreement, Consent, Hazard, Provision
from clearway.model.corridor import Corridor, Reception, Window
from clearway.model.facts import SPLIT, Estimate, Fact, Text
from clearway.model.network import Links, Nodes
from clearway.model.population import SIZES, Group, Zone
from clearway.model.scenario import CERTAIN, USUAL, Scenario
from clearway.model.thresholds import Threshold, Thresholds
from clearway.model.uncertainty import Uncertainty

FORMAT: Final = "clearway-scenario/1"

#: Characters that a TOML basic string must escape, beside the other controls.
_ESCAPES: Final = {
    "\\": "\\\\",
    '"': '\\"',
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}

#: A degree to this many decimals is 0.11 m; finer than any street line is known.
_DEGREE_DECIMALS: Final = 6

#: Keys of fields that are written in other units, and how many of the field's make one.
_UNITS: Final = {
    "start_delay_s": ("start_delay_h", 3600),
    "extension_s": ("extension_h", 3600),
    "notice_s": ("notice_min", 60),
    "lateness_s": ("lateness_min", 60),
    "wait_s": ("wait_min", 60),
}

Point = tuple[float, float]


def write_scenario(scenario: Scenario, folder: str | os.PathLike[str]) -> None:
    """Write ``scenario`` into ``folder``, which is made if it is not there.

    The same scenario gives the same bytes. Coordinates are written to 1e-6 degrees, lengths to
    0.1 m, other figures to ten significant digits. Everything is first written beside the folder
    and then moved into place, ``scenario.toml`` last; other files in the folder stay as they are.

    Parameters
    ----------
    scenario
        What to write.
    folder
        Where to.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    target = Path(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    files = _files(scenario)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        # Made inside the private scratch folder, so that it has ordinary permissions.
        staged = Path(scratch) / "scenario"
        for name, text in files.items():
            path = staged / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        if not target.exists():
            staged.replace(target)
            return
        for name in files:
            (target / name).parent.mkdir(exist_ok=True)
            (staged / name).replace(target / name)


def _files(scenario: Scenario) -> dict[str, str]:
    """Return the text of each file by its name, the one that names the others last."""
    return {
        "network/node.csv": _nodes(scenario.network.nodes),
        "network/link.csv": _links(scenario.network.links),
        "zones.geojson": _zones(scenario.zones),
        "demand.csv": _demand(scenario),
        "scenario.toml": _toml(scenario),
    }


def _nodes(nodes: Nodes) -> str:
    rows = zip(nodes.id.tolist(), nodes.lon.tolist(), nodes.lat.tolist(), strict=True)
    header = ("node_id", "x_coord", "y_coord")
    return _csv(header, ((node, _degrees(lon), _degrees(lat)) for node, lon, lat in rows))


def _links(links: Links) -> str:
    columns = {
        "link_id": links.id.tolist(),
        "from_node_id": links.from_node.tolist(),
        "to_node_id": links.to_node.tolist(),
        "directed": links.directed.astype(int).tolist(),
        "length_m": map(_length, links.length_m.tolist()),
        "width_m": map(_figure, links.width_m.tolist()),
        "lanes": map(_figure, links.lanes.tolist()),
        "free_speed_kph": map(_figure, (links.speed_m_per_s * 3.6).tolist()),
        "capacity_veh_per_h": map(_figure, (links.capacity_veh_per_s * 3600).tolist()),
        "facility_type": links.facility.tolist(),
        "side": links.side.tolist(),
        "state": links.state.tolist(),
        "geometry": map(_linestring, links.line),
    }
    return _csv(tuple(columns), zip(*columns.values(), strict=True))


def _linestring(line: tuple[Point, ...]) -> str:
    points = ", ".join(f"{_degrees(lon)} {_degrees(lat)}" for lon, lat in line)
    return f"LINESTRING ({points})"


def _zones(zones: tuple[Zone, ...]) -> str:
    features = ",\n".join(map(_feature, zones))
    return f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'


def _feature(zone: Zone) -> str:
    """Return one zone as one line of GeoJSON (RFC 7946: rings closed)."""
    rings = [f"[[{_closed_ring(ring)}]]" for ring in zone.rings]
    one = len(rings) == 1
    kind, places = ("Polygon", rings[0]) if one else ("MultiPolygon", f"[{', '.join(rings)}]")
    return (
        f'{{"type": "Feature", "properties": {{"id": {_json(zone.id)}, "node_id": {zone.node}, '
        f'"residential_m": {_decimal(zone.residential_m, 1)}}}, '
        f'"geometry": {{"type": "{kind}", "coordinates": {places}}}}}'
    )


def _closed_ring(ring: tuple[Point, ...]) -> str:
    ends = ring[:1] if ring[0] != ring[-1] else ()
    return ", ".join(map(_point, (*ring, *ends)))


def _demand(scenario: Scenario) -> str:
    header = ("zone_id", "group", "size", "households")
    return _csv(header, _counts(scenario))


def _counts(scenario: Scenario) -> Iterator[tuple[str, str, int, int]]:
    """Yield the counts above zero, and one zero for a zone where nobody is."""
    for zone, table in zip(scenario.zones, scenario.demand.households.tolist(), strict=True):
        rows = [
            (zone.id, group.id, size, count)
            for group, counts in zip(scenario.groups, table, strict=True)
            for size, count in zip(SIZES, counts, strict=True)
            if count
        ]
        yield from rows or [(zone.id, scenario.groups[0].id, SIZES[0], 0)]


def _csv(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _toml(scenario: Scenario) -> str:
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
    blocks += map(_fact, scenario.facts)
    return "\n".join("\n".join(block) + "\n" for block in blocks if block)


def _head(scenario: Scenario) -> list[str]:
    return [
        f"format = {_string(FORMAT)}",
        f"id = {_string(scenario.id)}",
        f"timezone = {_string(scenario.timezone)}",
        f"attribution = [{''.join(f'{chr(10)}  {_string(a)},' for a in scenario.attribution)}\n]",
        f"title = {_text(scenario.title)}",
        "outline = [",
        *(f"  {_point(point)}," for point in scenario.outline),
        "]",
    ]


def _planning(scenario: Scenario) -> list[str]:
    planning = scenario.planning
    return [
        "[planning]",
        f"slot_min = {_figure(planning.slot_s / 60)}",
        f"step_s = {planning.step_s}",
        f"tick_s = {planning.tick_s}",
        f"spread = {_figure(planning.spread)}",
        f"uptake = {_estimate(planning.uptake)}",
    ]


def _group(group: Group) -> list[str]:
    return [
        "[[group]]",
        f"id = {_string(group.id)}",
        f"name = {_text(group.name)}",
        f"speed_m_per_s = {_estimate(group.speed_m_per_s)}",
        f"weight = {_figure(group.weight)}",
        f"weight_source = {_string(group.weight_source)}",
    ]


def _corridor(corridor: Corridor) -> list[str]:
    holding = corridor.holding
    return [
        "[[corridor]]",
        f"id = {_string(corridor.id)}",
        f"name = {_text(corridor.name)}",
        f"mouth = {corridor.mouth}",
        f"links = {list(corridor.links)}",
        f"margin_min = {_figure(corridor.margin_s / 60)}",
        f"reception = {_string(corridor.reception)}",
        f"source = {_string(corridor.source)}",
        "[corridor.gate]",
        f"rate_persons_per_h = {_estimate(corridor.gate_persons_per_s, times=3600)}",
        f"check_points = {corridor.check_points}",
        "[corridor.holding_area]",
        f"area_m2 = {_figure(holding.area_m2)}",
        f"limit_persons = {_figure(holding.limit_persons)}",
        f"source = {_string(holding.source)}",
        *_open_limit(corridor),
    ]


def _open_limit(corridor: Corridor) -> list[str]:
    if math.isinf(corridor.open_limit_persons):
        return []
    return [
        "[corridor.open_limit]",
        f"persons = {_figure(corridor.open_limit_persons)}",
        f"source = {_string(corridor.open_limit_source)}",
    ]


def _reception(reception: Reception) -> list[str]:
    return [
        "[[reception]]",
        f"id = {_string(reception.id)}",
        f"name = {_text(reception.name)}",
        f"node = {reception.node}",
        f"places_persons = {_estimate(reception.places)}",
    ]


def _windows(windows: list[Window], local: ZoneInfo) -> list[str]:
    first = windows[0]
    return [
        "[[window]]",
        f"corridors = [{', '.join(_string(window.corridor) for window in windows)}]",
        f"opens = {_moment(first.opens, local)}",
        f"closes = {_moment(first.closes, local)}",
        f"source = {_string(first.source)}",
    ]


def _uncertainty(uncertainty: Uncertainty) -> list[str]:
    """Return the table of what differs from a pause that comes as announced; empty if nothing."""
    lines = []
    for field in dataclasses.fields(uncertainty):
        estimate = getattr(uncertainty, field.name)
        key, unit = _UNITS.get(field.name, (field.name, 1))
        if estimate != getattr(CERTAIN, field.name):
            lines.append(f"{key} = {_estimate(estimate, per=unit)}")
    return ["[uncertainty]", *lines] if lines else []


def _thresholds(thresholds: Thresholds) -> list[str]:
    """Return the table of limits that differ from the usual ones; empty if none does."""
    lines = []
    for field in dataclasses.fields(thresholds):
        limits = getattr(thresholds, field.name)
        key, unit = _UNITS.get(field.name, (field.name, 1))
        if isinstance(limits, Threshold) and limits != getattr(USUAL, field.name):
            pair = f"go = {_figure(limits.go / unit)}, bar = {_figure(limits.bar / unit)}"
            lines.append(f"{key} = {{ {pair}, source = {_string(limits.source)} }}")
    weight = (thresholds.turned_back_weight, thresholds.turned_back_weight_source)
    if weight != (USUAL.turned_back_weight, USUAL.turned_back_weight_source):
        told = f"value = {_figure(weight[0])}, source = {_string(weight[1])}"
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
            *_moment_line("sent", told.sent, local),
            f"lead_h = {_figure(told.lead.total_seconds() / 3600)}",
            f"source = {_string(told.source)}",
        ]
    if agreement.decider is not None:
        role, review = agreement.decider.role, agreement.decider.review
        yield ["[decider]", f"role = {_text(role)}", *_moment_line("review", review, local)]


def _consent(consent: Consent, local: ZoneInfo) -> list[str]:
    proved = bool(consent.evidence.strip())
    return [
        "[[consent]]",
        f"id = {_string(consent.id)}",
        f"party = {_text(consent.party)}",
        f"level = {_string(consent.level)}",
        f"corridors = [{', '.join(map(_string, consent.corridors))}]",
        f"state = {_string(consent.state)}",
        *([f"evidence = {_string(consent.evidence)}"] if proved else []),
        *_moment_line("expires", consent.expires, local),
        f"source = {_string(consent.source)}",
    ]


def _hazard(hazard: Hazard) -> list[str]:
    return [
        "[[hazard]]",
        f"corridor = {_string(hazard.corridor)}",
        f"text = {_text(hazard.text)}",
        f"bars = {'true' if hazard.bars else 'false'}",
        f"source = {_string(hazard.source)}",
    ]


def _provision(provision: Provision) -> list[str]:
    return [
        "[[provision]]",
        f"text = {_text(provision.text)}",
        f"source = {_string(provision.source)}",
    ]


def _fact(fact: Fact) -> list[str]:
    return [
        "[[fact]]",
        f"topic = {_string(fact.topic)}",
        f"text = {_text(fact.text)}",
        f"source = {_string(fact.source)}",
    ]


def _estimate(estimate: Estimate, *, times: float = 1, per: float = 1) -> str:
    values = (estimate.low, estimate.central, estimate.high)
    low, central, high = (_figure(value * times / per) for value in values)
    source = _string(estimate.source)
    shape = "" if estimate.shape == SPLIT else f", shape = {_string(estimate.shape)}"
    return f"{{ low = {low}, central = {central}, high = {high}, source = {source}{shape} }}"


def _text(text: Text) -> str:
    return f"{{ en = {_string(text.en)}, ar = {_string(text.ar)} }}"


def _moment_line(key: str, moment: datetime | None, local: ZoneInfo) -> list[str]:
    return [] if moment is None else [f"{key} = {_moment(moment, local)}"]


def _moment(moment: datetime, local: ZoneInfo) -> str:
    return moment.astimezone(local).isoformat()


def _string(value: str) -> str:
    """Return ``value`` as a TOML basic string; Arabic stays readable, controls are escaped."""
    return '"' + "".join(map(_character, value)) + '"'


def _character(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    control = ord(one) < 0x20 or ord(one) == 0x7F
    return f"\\u{ord(one):04X}" if control else one


def _json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _point(point: Point) -> str:
    return f"[{_degrees(point[0])}, {_degrees(point[1])}]"


def _degrees(value: float) -> str:
    return _decimal(value, _DEGREE_DECIMALS)


def _length(value: float) -> str:
    # A link is never without length, however short it was measured.
    return _decimal(max(value, 0.1), 1)


def _decimal(value: float, places: int) -> str:
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _figure(value: float) -> str:
    """Return ten significant digits: enough to undo a change of units, no noise of it."""
    return f"{value:.10g}"
