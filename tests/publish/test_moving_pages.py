"""Pages with vehicles, patients and aid: whole, the same in both languages, and harmless."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from clearway.judge.check import judge
from clearway.model.care import Hospital
from clearway.model.fleet import LinkedMovement
from clearway.publish.course import course
from clearway.publish.gantt import AWAY, BACK, INWARD, KINDS, OUTWARD, STOP, Gantt, duty_days
from clearway.publish.isolate import unisolated
from clearway.publish.map_data import map_data
from clearway.publish.moving import SECTIONS
from clearway.publish.report import CONTENTS, SIMULATED, publish, reports
from clearway.publish.sketch import Sketch, sketch
from clearway.publish.streets import street_lines
from tests.publish.driven import (
    aided,
    aided_ensemble,
    aided_pages,
    driven_edition,
    hostile_case,
    short_pages,
)
from tests.publish.pages import Page, parsed, town_pages
from tests.scenarios import ASSUMED

LANGS = ("en", "ar")
TABLES = (
    *("colour-table", "type-table", "trip-table", "bed-table", "convoy-table", "linked-table"),
    *("map-convoys", "map-places", "stay-table", "fleet-table"),
)
#: Ids that are there only where there is something to move or to bring in.
OWN = {*SECTIONS, *TABLES, "moved", "why-table", "trip-list", "hatch"}
PAGES = {"aided": aided_pages, "short": short_pages}


@cache
def page(which: str, lang: str) -> Page:
    """Return one page, parsed."""
    return parsed(PAGES[which]()[lang])


def table(which: str, lang: str, name: str) -> list[int]:
    """Return the number of columns that each row of a table takes, spans counted."""
    html = PAGES[which]()[lang]
    body = re.search(rf'<table id="{name}">(.*?)</table>', html, re.DOTALL)
    assert body is not None, name
    widths, held = [], 0
    for row in body[1].split("<tr")[1:]:
        cells = re.findall(r"<t[dh]\b([^>]*)>", row)
        spans = [int(found[1]) for cell in cells if (found := re.search(r"colspan=\"?(\d+)", cell))]
        tall = [int(found[1]) for cell in cells if (found := re.search(r"rowspan=\"?(\d+)", cell))]
        carried = held if not tall else 0
        held = len(tall) if tall else held
        widths.append(len(cells) + sum(spans) - len(spans) + carried)
    return widths


@pytest.mark.parametrize("which", PAGES)
def test_both_languages_have_the_same_parts(which: str) -> None:
    english, arabic = page(which, "en"), page(which, "ar")
    assert english.ids == arabic.ids
    assert set(SECTIONS) < set(english.ids)
    assert len(english.ids) == len(set(english.ids))


@pytest.mark.parametrize("which", PAGES)
@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_missing_or_out_of_order(which: str, lang: str) -> None:
    found = page(which, lang)
    assert not re.search(r"\b(nan|inf|None|Said|Markup)\b", found.read)
    if lang == "ar":
        assert [text for text in found.texts if unisolated(text)] == []


@pytest.mark.parametrize("which", PAGES)
@pytest.mark.parametrize("name", TABLES)
def test_every_row_is_as_wide_as_its_head(which: str, name: str) -> None:
    for lang in LANGS:
        head, *rows = table(which, lang, name)
        assert rows
        assert set(rows) == {head}, name


def test_sections_stand_in_the_order_of_the_contents() -> None:
    found = [name for name in page("aided", "en").ids if name in CONTENTS]
    assert found == list(CONTENTS)
    bare = [name for name in page("short", "en").ids if name in CONTENTS]
    assert bare == [name for name in CONTENTS if name not in SIMULATED]
    links = [a["href"] for tag, a in page("short", "en").elements if tag == "a" and "href" in a]
    assert {f"#{name}" for name in SECTIONS} <= set(links)


def test_where_nothing_drives_the_report_says_nothing_of_it() -> None:
    for lang in LANGS:
        assert not OWN & set(parsed(town_pages()[lang]).ids)
    assert "it is for people on foot" in parsed(town_pages()["en"]).read
    assert "it is for people on foot" not in page("aided", "en").read


def test_patients_are_told_by_code_alone() -> None:
    scenario, _, _ = aided()
    html = aided_pages()["en"]
    boards = re.findall(r'<details class="board".*?</details>', html, re.DOTALL)
    heads = [re.search(r"<thead>(.*?)</thead>", one, re.DOTALL) for one in boards]
    names = [re.findall(r"<th[^>]*>([^<]+)", head[1]) for head in heads if head]
    assert len(names) == 3
    assert names[0] == [
        *("Code", "Zone", "Posture", "With", "Care on the way", "Bed", "Day", "Fetched"),
        *("Vehicle", "Through gate", "To", "There", "Out: members"),
    ]
    rows = [code for one in boards for code in re.findall(r"<th scope=row>([^<]+)", one)]
    assert sorted(code.strip() for code in rows) == [one.code for one in scenario.care.patients]


def test_only_the_first_board_and_day_are_unfolded() -> None:
    for name in ("board", "duties"):
        folded = [
            a for t, a in page("aided", "en").elements if t == "details" and a.get("class") == name
        ]
        assert ["open" in attrs for attrs in folded] == [True] + [False] * (len(folded) - 1)
        assert len(folded) > 1


@pytest.mark.parametrize("lang", LANGS)
def test_a_deadlock_is_said_in_the_section_on_aid(lang: str) -> None:
    scenario, plan, verdict = aided()
    back = LinkedMovement("L2", "aid:A1", "patients:2016-10-20", ASSUMED)
    ring = scenario.replace(aid=replace(scenario.aid, links=(*scenario.aid.links, back)))
    html = reports(ring, plan, None, verdict)[lang]
    assert html.count('class="deadlock"') == 1
    assert 'class="deadlock"' not in aided_pages()[lang]


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_names_of_vehicles_and_patients_stay_words(lang: str) -> None:
    scenario, plan = hostile_case()
    verdict = judge(scenario, plan)
    found = parsed(reports(scenario, plan, aided_ensemble(), verdict)[lang])
    assert not [tag for tag, _ in found.elements if tag in {"img", "iframe"}]
    assert len([attrs for attrs, _ in found.scripts if "type" not in attrs]) == 1
    assert not any(name.startswith("on") for _, attrs in found.elements for name in attrs)
    assert "window.hacked=1" in found.read
    if lang == "ar":
        assert [text for text in found.texts if unisolated(text)] == []


def test_figures_and_statements_name_their_sources() -> None:
    read = page("aided", "en").read
    for words in (
        *("Vehicle lane at gate C1", "Driving speed: Bus", "Boarding at a stop: Ambulance"),
        *("Driving speed outside", "Beds in H2: surgical", "Unloading of convoy A1"),
        *("2 vehicles at D1", "Chance that a patient refuses the hospital"),
    ):
        assert words in read, words
    assert "Chance to die waiting" not in parsed(town_pages()["en"]).read


# --------------------------------------------------------------------------- drawings


def drawings(lang: str) -> list[Gantt]:
    """Return all drawings of duties."""
    days = duty_days(driven_edition(lang=lang))
    return [chart.drawing for day in days for chart in day.charts]


def boxes(path: str) -> list[tuple[float, float, float, float]]:
    """Return left, top, width and height of each box of a path."""
    found = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z", path)
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in found]


def test_a_drawing_has_a_row_a_duty_and_a_bar_for_each_part_of_a_trip() -> None:
    _, plan, _ = aided()
    bus, ambulances, second = drawings("en")
    assert [len(one.rows) for one in (bus, ambulances, second)] == [1, 2, 1]
    paths = dict(bus.paths)
    assert list(paths) == list(KINDS)
    counts = {kind: len(boxes(path)) for kind, path in paths.items()}
    assert counts == {INWARD: 3, STOP: 3, OUTWARD: 2, AWAY: 2, BACK: 1}
    trip = plan.duties[0].trips[0]
    stop, out = boxes(paths[STOP])[0], boxes(paths[OUTWARD])[0]
    scale = stop[2] / (trip.stops[0].leave_s - trip.stops[0].arrive_s)
    assert out[2] == pytest.approx((trip.arrive_s - trip.stops[0].leave_s) * scale, abs=0.2)
    assert out[0] == pytest.approx(stop[0] + stop[2], abs=0.11)
    assert bus.gates.count("M") == 4
    assert "bus-01: 2 trips, 52 people; leaves its depot at 08:00" in bus.rows[0].text


def test_bars_stay_in_the_drawing_and_in_their_row() -> None:
    for lang in LANGS:
        for drawn in drawings(lang):
            rows = [row.y for row in drawn.rows]
            for _, path in drawn.paths:
                for left, top, wide, high in boxes(path):
                    assert 0 <= left <= left + wide <= drawn.width
                    assert min(abs(top + high / 2 - y) for y in rows) < 0.01
            assert drawn.open
            assert drawn.ticks


def test_hours_run_from_right_to_left_in_arabic() -> None:
    english, arabic = drawings("en")[0], drawings("ar")[0]
    ours, theirs = dict(english.paths)[STOP], dict(arabic.paths)[STOP]
    assert [box[0] for box in boxes(ours)] == sorted(box[0] for box in boxes(ours))
    mirrored = [round(arabic.width - left - wide, 1) for left, _, wide, _ in boxes(theirs)]
    assert mirrored == pytest.approx([box[0] for box in boxes(ours)], abs=0.11)
    assert english.start < english.width / 2 < arabic.start


def test_kinds_of_bars_differ_in_height() -> None:
    heights = {kind: boxes(path)[0][3] for kind, path in drawings("en")[0].paths}
    assert heights[BACK] < heights[INWARD] < heights[OUTWARD] < heights[STOP] == heights[AWAY]
    html = aided_pages()["en"]
    assert html.count('fill="url(#hatch)"') >= 4  # what is as high is hatched


# --------------------------------------------------------------------------- map


def drawn(hospitals: tuple[Hospital, ...] | None = None) -> Sketch:
    """Return the drawing of the map, with other hospitals if any are given."""
    scenario, plan, verdict = aided()
    if hospitals is not None:
        scenario = scenario.replace(care=replace(scenario.care, patients=(), hospitals=hospitals))
    edition = driven_edition((scenario, plan, verdict))
    lines = street_lines(scenario)
    return sketch(scenario, verdict, edition.walks, lines, edition.rides)


def test_places_off_the_drawing_stand_at_its_edge_and_apart() -> None:
    one = aided()[0].care.hospitals[0]
    many = tuple(
        replace(one, id=f"H{n}", lon=one.lon + 0.2 + 0.01 * n, lat=one.lat) for n in range(5)
    )
    found = drawn(many)
    beyond = [place for place in found.places if place.kind == "hospital"]
    assert [place.id for place in beyond] == sorted(place.id for place in beyond)
    assert all(place.beyond for place in beyond)
    marks = [(one.x, one.y) for one in beyond]
    marks += [(one.x, one.y) for one in (*found.receptions, *found.mouths)]
    apart = [math.dist(one, other) for one, other in itertools.combinations(marks, 2)]
    assert min(apart) >= 68  # as wide as a mark is
    for place in found.places:
        assert 0 < place.x < found.width
        assert 0 < place.y < found.height


def test_a_place_on_the_drawing_stands_where_it_is() -> None:
    scenario, _, _ = aided()
    lon, lat = zip(*scenario.outline, strict=True)
    inside = replace(
        scenario.care.hospitals[0], lon=(min(lon) + max(lon)) / 2, lat=(min(lat) + max(lat)) / 2
    )
    found = drawn((inside,))
    place = next(one for one in found.places if one.id == inside.id)
    assert not place.beyond
    assert found.convoys
    assert all(path.startswith("M") for path in found.convoys)


def test_the_live_map_has_places_and_convoys_only_where_there_are_any() -> None:
    scenario, plan, verdict = aided()
    edition = driven_edition()
    lines = street_lines(scenario)
    data = map_data(scenario, verdict, edition.walks, edition.course, lines, edition.rides)
    assert [one["id"] for one in data["places"]] == ["D1", "H1", "H2"]
    assert [one["id"] for one in data["convoys"]] == ["A1"]
    assert len(data["course"]["aboard"]) == len(scenario.corridors)
    town = parsed(town_pages()["en"]).data("map-data")
    assert not {"places", "convoys"} & set(town)
    assert "aboard" not in town["course"]
    lost = replace(plan.convoys[0].trip.stops[0], links=(99,))
    trip = replace(plan.convoys[0].trip, stops=(lost,))
    gone = plan.replace(convoys=(replace(plan.convoys[0], trip=trip),))
    other = driven_edition((scenario, gone, verdict))
    data = map_data(scenario, verdict, other.walks, other.course, lines, other.rides)
    assert data["convoys"] == []
    assert sketch(scenario, verdict, other.walks, lines, other.rides).convoys == ()


def test_riders_are_out_beside_those_who_walk() -> None:
    from_aided = driven_edition().course
    scenario, _, verdict = aided()
    walking = course(scenario, driven_edition().walks, verdict)
    assert from_aided.out[:, -1].sum() > walking.out[:, -1].sum()
    assert np.array_equal(from_aided.passed, walking.passed)


def test_the_report_is_written_with_its_files(tmp_path: Path) -> None:
    scenario, plan, verdict = aided()
    publish(scenario, plan, aided_ensemble(), verdict, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["plan.json", "report.ar.html", "report.html", "summary.json"]
