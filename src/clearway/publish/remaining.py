"""Those who stay: whom the plan leaves inside by zone and need, and what aid reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import COLOURS
from clearway.model.scenario import row_of
from clearway.publish.board import colour_name
from clearway.publish.edition import Edition
from clearway.publish.fates import Fate
from clearway.publish.words import Said


@dataclass(frozen=True, slots=True)
class Remaining:
    """Whom the plan leaves inside.

    Attributes
    ----------
    lines
        Patients left, and aid that is brought in, in sentences.
    colours
        Colours that any patient has.
    rows
        A row a zone with anyone left, most first: code, persons by group, all of them, patients by
        colour, codes of convoys, persons whom these serve.
    total
        The same over all zones.
    """

    lines: tuple[Said, ...]
    colours: tuple[Said, ...]
    rows: tuple[tuple[Said, ...], ...]
    total: tuple[Said, ...]


def left_inside(edition: Edition) -> NDArray[np.int64]:
    """Return persons still inside after the pause by plan, shape (zones, groups)."""
    scenario = edition.scenario
    left = scenario.demand.persons.copy()
    walked = edition.walks
    np.subtract.at(left, (walked.zone, walked.group), walked.persons)
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    for ride in edition.rides.all:
        for stop in ride.trip.stops:
            for load in stop.loads:
                if stop.zone in zones and load.group in groups:
                    left[zones[stop.zone], groups[load.group]] -= load.persons
    return np.asarray(np.maximum(left, 0), dtype=np.int64)


def remaining(edition: Edition, found: tuple[Fate, ...]) -> Remaining:
    """Return whom the plan leaves inside, zone by zone."""
    scenario, words = edition.scenario, edition.words
    persons = left_inside(edition)
    colours = [colour for colour in COLOURS if any(one.colour == colour for one in found)]
    zones = row_of(scenario.zones)
    ill = np.zeros((len(zones), len(colours)), dtype=np.int64)
    for one in found:
        if one.patient.waiting and not one.moved:
            ill[zones[one.patient.zone], colours.index(one.colour)] += 1
    aid: dict[int, list[str]] = {}
    served = np.zeros(len(zones), dtype=np.int64)
    for convoy, _ in edition.rides.convoys:
        aid.setdefault(zones[convoy.zone], []).append(convoy.id)
        served[zones[convoy.zone]] += convoy.persons
    order = np.argsort(-persons.sum(axis=1), kind="stable").tolist()
    rows = tuple(
        (
            words.code(scenario.zones[row].id),
            *_numbers(edition, [*persons[row], persons[row].sum(), *ill[row]]),
            words.listed(words.code(code) for code in aid.get(row, [])) or Said("–"),
            words.number(int(served[row])),
        )
        for row in order
        if persons[row].any() or ill[row].any() or row in aid
    )
    sums = [*persons.sum(axis=0), persons.sum(), *ill.sum(axis=0)]
    convoys = words.number(sum(len(codes) for codes in aid.values()))
    total = (
        words.say("staying.all_zones"),
        *_numbers(edition, sums),
        convoys,
        words.number(int(served.sum())),
    )
    names = tuple(colour_name(edition, colour) for colour in colours)
    return Remaining(tuple(_lines(edition, found)), names, rows, total)


def _numbers(edition: Edition, values: list[np.int64]) -> Iterator[Said]:
    return (edition.words.number(int(one)) for one in values)


def _lines(edition: Edition, found: tuple[Fate, ...]) -> Iterator[Said]:
    words = edition.words
    left = [one for one in found if one.patient.waiting and not one.moved]
    if left:
        counts = [(c, sum(one.colour == c for one in left)) for c in COLOURS]
        parts = words.listed(
            words.say("staying.colour", colour=words.say(f"colour.{colour}"), n=n)
            for colour, n in counts
            if n
        )
        yield words.say("staying.patients", n=len(left), colours=parts)
    elif any(one.patient.waiting for one in found):
        yield words.say("staying.no_patients")
    if edition.scenario.aid.convoys:
        sent = [convoy for convoy, _ in edition.rides.convoys]
        if not sent:
            yield words.say("staying.no_aid")
            return
        zones = words.listed(dict.fromkeys(words.code(one.zone) for one in sent))
        served = edition.persons(sum(one.persons for one in sent))
        convoys = words.say("aid.count", n=len(sent))
        yield words.say("staying.aid", convoys=convoys, zones=zones, persons=served)
