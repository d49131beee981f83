"""What the live map and the filters need, as one compact JSON document."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.course import Course
from clearway.publish.days import Calendar
from clearway.publish.packing import UNIT_DEGREES, packed, packed_steps, units
from clearway.publish.places import places
from clearway.publish.rides import NO_RIDES, Rides
from clearway.publish.streets import StreetLines
from clearway.publish.walks import Walks
from clearway.publish.words import Words


def map_data(
    scenario: Scenario,
    verdict: Verdict,
    walks: Walks,
    course: Course,
    lines: StreetLines,
    ridden: Rides = NO_RIDES,
) -> dict[str, Any]:
    """Return what is the same in every language.

    Whole numbers are :mod:`~clearway.publish.packing` text; the browser's side of it is
    ``web/src/unpack.js``. Depots, hospitals and convoys are there if the scenario has any.
    """
    return {
        "unit": UNIT_DEGREES,
        "streets": {
            "count": packed(lines.count),
            "kind": packed(lines.kind),
            "lon": packed_steps(units(lines.lon)),
            "lat": packed_steps(units(lines.lat)),
            "length": packed(np.round(scenario.network.links.length_m * 10).astype(np.int64)),
        },
        "outline": [list(point) for point in scenario.outline],
        **_driven(scenario, ridden),
        "zones": _zones(scenario, verdict),
        "corridors": _corridors(scenario, walks),
        "receptions": _receptions(scenario),
        "speeds": [group.speed_m_per_s.central for group in scenario.groups],
        "moves": _moves(scenario, walks),
        "course": {
            "slot": course.slot_s,
            "session": packed_steps(course.session),
            "from": packed_steps(course.from_s),
            "waiting": [packed_steps(_whole(row)) for row in course.waiting],
            "passed": [packed_steps(_whole(row)) for row in course.passed],
            **_aboard(course),
            "out": [packed_steps(_whole(row)) for row in course.out],
            "under_way": packed_steps(_whole(course.under_way)),
        },
    }


def map_words(scenario: Scenario, words: Words, course: Course) -> dict[str, Any]:
    """Return what the map says in one language: names, hours, and sentences with places."""
    calendar = Calendar(scenario, words)
    return {
        "lang": words.lang,
        "say": words.under("live"),
        "corridors": [words.name(corridor.name) for corridor in scenario.corridors],
        "receptions": [words.name(site.name) for site in scenario.receptions],
        "groups": [words.name(group.name) for group in scenario.groups],
        "days": [calendar.day(session.day) for session in course.sessions],
        "clocks": [calendar.clock(second + course.slot_s) for second in course.from_s.tolist()],
    }


def _driven(scenario: Scenario, ridden: Rides) -> dict[str, Any]:
    """Return places outside, and the ways of convoys to where they are unloaded."""
    found = places(scenario)
    if not found and not ridden.convoys:
        return {}
    known = set(scenario.network.links.id.tolist())
    ways = [
        {"id": convoy.id, "links": packed_steps(scenario.network.link_index(links))}
        for convoy, run in ridden.convoys
        if (links := run.trip.stops[0].links) and known.issuperset(links)
    ]
    return {
        "places": [{"id": one.id, "kind": one.kind, "at": list(one.at)} for one in found],
        "convoys": ways,
    }


def _aboard(course: Course) -> dict[str, list[str]]:
    """Return riders that pass each gate, if any ride."""
    if not course.aboard.any():
        return {}
    return {"aboard": [packed_steps(_whole(row)) for row in course.aboard]}


def _zones(scenario: Scenario, verdict: Verdict) -> list[dict[str, Any]]:
    inside = scenario.demand.persons.sum(axis=1).tolist()
    return [
        {
            "id": zone.id,
            "rings": [[list(point) for point in ring] for ring in zone.rings],
            "inside": inside[row],
            "willing": verdict.willing_by_zone[row],
            "out": verdict.out_by_zone[row],
        }
        for row, zone in enumerate(scenario.zones)
    ]


def _corridors(scenario: Scenario, walks: Walks) -> list[dict[str, Any]]:
    found = []
    for row, corridor in enumerate(scenario.corridors):
        path = scenario.network.link_index(corridor.links).tolist()
        of = np.flatnonzero(walks.corridor == row)
        tail = walks.links[walks.mouth[of[0]] : walks.end[of[0]]].tolist() if len(of) else path
        lon, lat = _place(scenario, corridor.mouth)
        limit = round(corridor.holding.limit_persons)
        found.append({"id": corridor.id, "at": [lon, lat], "tail": tail, "limit": limit})
    return found


def _receptions(scenario: Scenario) -> list[dict[str, Any]]:
    return [
        {"id": site.id, "at": list(_place(scenario, site.node))} for site in scenario.receptions
    ]


def _place(scenario: Scenario, node: int) -> tuple[float, float]:
    row = int(scenario.network.node_index([node])[0])
    return float(scenario.network.nodes.lon[row]), float(scenario.network.nodes.lat[row])


def _moves(scenario: Scenario, walks: Walks) -> dict[str, str]:
    """Return the movements, each with the number of its route inside; routes stand once."""
    numbers: dict[bytes, int] = {}
    route = np.empty(len(walks.movements), dtype=np.int64)
    for row in range(len(route)):
        inside = walks.links[walks.start[row] : walks.mouth[row]].tobytes()
        route[row] = numbers.setdefault(inside, len(numbers))
    routes = [np.frombuffer(key, dtype=np.int64) for key in numbers]
    joined = np.concatenate(routes) if routes else np.empty(0, dtype=np.int64)
    return {
        "routes": packed(np.array([len(one) for one in routes], dtype=np.int64)),
        "links": packed_steps(joined),
        "route": packed_steps(route),
        "zone": packed(walks.zone),
        "group": packed(walks.group),
        "corridor": packed(walks.corridor),
        "depart": packed_steps(walks.depart_s // scenario.planning.step_s),
        "persons": packed(walks.persons),
        "step": packed(np.array([scenario.planning.step_s])),
    }


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.round(values), dtype=np.int64)
