"""Figures and statements on vehicles, hospitals and convoys, with their sources."""

from __future__ import annotations

from collections.abc import Iterator

from clearway.publish.board import bed_name
from clearway.publish.edition import Edition
from clearway.publish.sources import Figure, Statement, figure, is_assumed, source_words
from clearway.publish.words import Said


def fleet_figures(edition: Edition) -> Iterator[Figure]:
    """Yield the estimates on vehicles, beds and convoys; none where the scenario has none."""
    scenario, words = edition.scenario, edition.words
    for corridor in scenario.corridors:
        if corridor.vehicles_per_s.high > 0:
            what = words.say("driven.lane", code=corridor.id)
            yield figure(edition, what, corridor.vehicles_per_s, "veh_h", 3600)
    for kind in scenario.fleet.types:
        name = words.name(kind.name)
        for key, told, unit, factor in (
            ("driven.speed", kind.speed_m_per_s, "km_h", 3.6),
            ("driven.board", kind.board_s, "min", 1 / 60),
            ("driven.alight", kind.alight_s, "min", 1 / 60),
        ):
            yield figure(edition, words.say(key, name=name), told, unit, factor)
    if scenario.fleet.vehicles:
        fleet = scenario.fleet
        outside = words.say("driven.outside")
        yield figure(edition, outside, fleet.outside_m_per_s, "km_h", 3.6)
        yield figure(edition, words.say("driven.detour"), fleet.outside_detour, "times", 1)
    for hospital in scenario.care.hospitals:
        for beds in hospital.beds:
            kind_of = bed_name(edition, beds.kind)
            what = words.say("driven.beds", code=hospital.id, kind=kind_of)
            yield figure(edition, what, beds.places, "beds", 1)
    for convoy in scenario.aid.convoys:
        what = words.say("driven.unload", code=convoy.id)
        yield figure(edition, what, convoy.unload_s, "min", 1 / 60)


def fleet_statements(edition: Edition) -> Iterator[Statement]:
    """Yield what is said of vehicle types, vehicles, depots and hospitals, and by whom."""
    scenario, words = edition.scenario, edition.words
    names = {one.id: words.name(one.name) for one in scenario.fleet.types}
    for kind in scenario.fleet.types:
        places = words.say(
            "vehicles.places_of",
            seats=kind.seats,
            wheelchairs=kind.wheelchairs,
            stretchers=kind.stretchers,
        )
        yield _statement(edition, names[kind.id], places, kind.source)
    for one in scenario.fleet.vehicles:
        count = words.say("vehicles.count", n=one.count)
        at = words.say("driven.at", count=count, depot=one.depot)
        yield _statement(edition, names[one.type], at, one.source)
    for depot in scenario.fleet.depots:
        yield _statement(edition, words.code(depot.id), words.name(depot.name), depot.source)
    for place in scenario.care.hospitals:
        yield _statement(edition, words.code(place.id), words.name(place.name), place.source)


def _statement(edition: Edition, what: Said, text: Said, source: str) -> Statement:
    return Statement(what, text, is_assumed(source), source_words(edition, source))
