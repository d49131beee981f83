"""Write a scenario as a folder that people can read and diff (see ``docs/scenario-format.md``)."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from clearway.model.care import Patient
from clearway.model.network import Links, Nodes
from clearway.model.population import SIZES, Zone
from clearway.model.scenario import Scenario
from clearway.publish.figures_text import Point, decimal, degrees, figure, moment_toml, point
from clearway.publish.scenario_toml import scenario_to_toml

PATIENT_FILE: Final = "patients.csv"


def write_scenario(scenario: Scenario, folder: str | os.PathLike[str]) -> None:
    """Write ``scenario`` into ``folder``, which is made if it is not there.

    The same scenario gives the same bytes. Coordinates are written to 1e-6 degrees, lengths to
    0.1 m, other figures to ten significant digits. Everything is first written beside the folder
    and then moved into place, ``scenario.toml`` last; other files in the folder stay as they are,
    but for a ``patients.csv`` of which the scenario says nothing: that is taken away.

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
        if PATIENT_FILE not in files:
            (target / PATIENT_FILE).unlink(missing_ok=True)
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
        **({PATIENT_FILE: _patients(scenario)} if scenario.care.patients else {}),
        "scenario.toml": scenario_to_toml(scenario),
    }


def _nodes(nodes: Nodes) -> str:
    rows = zip(nodes.id.tolist(), nodes.lon.tolist(), nodes.lat.tolist(), strict=True)
    header = ("node_id", "x_coord", "y_coord")
    return _csv(header, ((node, degrees(lon), degrees(lat)) for node, lon, lat in rows))


def _links(links: Links) -> str:
    columns = {
        "link_id": links.id.tolist(),
        "from_node_id": links.from_node.tolist(),
        "to_node_id": links.to_node.tolist(),
        "directed": links.directed.astype(int).tolist(),
        "length_m": map(_length, links.length_m.tolist()),
        "width_m": map(figure, links.width_m.tolist()),
        "lanes": map(figure, links.lanes.tolist()),
        "free_speed_kph": map(figure, (links.speed_m_per_s * 3.6).tolist()),
        "capacity_veh_per_h": map(figure, (links.capacity_veh_per_s * 3600).tolist()),
        "facility_type": links.facility.tolist(),
        "side": links.side.tolist(),
        "state": links.state.tolist(),
        "geometry": map(_linestring, links.line),
    }
    return _csv(tuple(columns), zip(*columns.values(), strict=True))


def _linestring(line: tuple[Point, ...]) -> str:
    points = ", ".join(f"{degrees(lon)} {degrees(lat)}" for lon, lat in line)
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
        f'"residential_m": {decimal(zone.residential_m, 1)}}}, '
        f'"geometry": {{"type": "{kind}", "coordinates": {places}}}}}'
    )


def _closed_ring(ring: tuple[Point, ...]) -> str:
    ends = ring[:1] if ring[0] != ring[-1] else ()
    return ", ".join(map(point, (*ring, *ends)))


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


def _patients(scenario: Scenario) -> str:
    local = ZoneInfo(scenario.timezone)
    rows = [_patient(one, local) for one in scenario.care.patients]
    return _csv(tuple(rows[0]), (tuple(row.values()) for row in rows))


def _patient(patient: Patient, local: ZoneInfo) -> dict[str, object]:
    return {
        "code": patient.code,
        "zone_id": patient.zone,
        "category": patient.category,
        "posture": patient.posture,
        "companions": patient.companions,
        "bed": patient.bed,
        "care": patient.care,
        "ready": moment_toml(patient.ready, local) if patient.ready is not None else "",
        "accepts": patient.accepts,
        "refuses": " ".join(patient.refuses),
        "state": patient.state,
    }


def _csv(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _length(value: float) -> str:
    # A link is never without length, however short it was measured.
    return decimal(max(value, 0.1), 1)


def _json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
