"""Rows and figures on patients, vehicles, beds and aid, one by one, in both languages."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from clearway.judge.check import judge
from clearway.model.care import COLOURS, Patient
from clearway.model.facts import Estimate
from clearway.model.fleet import LinkedMovement
from clearway.model.outcome import DIED, LEFT, MOVED
from clearway.model.plan import Plan
from clearway.model.verdict import PlanBreach
from clearway.publish.aid_rows import convoy_rows, deadlock_words, link_rows
from clearway.publish.beds import bed_days, bed_rows
from clearway.publish.board import Patients, colour_name, moved_in, patients, worst_tenth
from clearway.publish.edition import Edition
from clearway.publish.fates import fates
from clearway.publish.figures import corridor_days, site_loads
from clearway.publish.isolate import clean, unisolated
from clearway.publish.moved import moved
from clearway.publish.moving import moving, sections
from clearway.publish.places import middle, place_rows_outside, places, wind
from clearway.publish.recommend import Likely
from clearway.publish.remaining import left_inside, remaining
from clearway.publish.rides import rides, through_s
from clearway.publish.trips import trip_rows, type_rows
from tests.publish.driven import aided, aided_ensemble, driven_edition, short
from tests.scenarios import ASSUMED, one_corridor

LANGS = ("en", "ar")


def board(edition: Edition, *, simulated: bool = True) -> Patients:
    """Return the board of an edition."""
    outcome = aided_ensemble().fleet
    assert outcome is not None
    out = moved_in(outcome.patient_end) if simulated else None
    return patients(edition, fates(edition.scenario, edition.plan, edition.rides), out)


def cells(html: str) -> list[list[str]]:
    """Return the texts of each row of a table's body."""
    rows = html.split("<tr")[1:]
    return [[clean(cell).strip() for cell in re.split(r"<t[dh][^>]*>", row)[1:]] for row in rows]


# --------------------------------------------------------------------------- rides


def test_rides_count_everybody_aboard_and_are_out_after_the_corridor() -> None:
    scenario, plan, verdict = aided()
    ridden = rides(scenario, plan)
    assert [one.duty.id for one in ridden.shifts] == [
        *("bus-01 2016-10-20", "amb-01 2016-10-20", "amb-02 2016-10-20"),
        "amb-01 2016-10-21",
    ]
    assert verdict.fleet is not None
    assert verdict.care is not None
    assert sum(one.riders for one in ridden.all) == verdict.fleet.riders == plan.riders
    assert sum(len(one.patients) for one in ridden.all) == verdict.care.out
    assert sum(one.companions for one in ridden.all) == verdict.care.companions_out
    assert sum(one.persons for one in ridden.all) == verdict.fleet.seats_used
    assert [convoy.id for convoy, _ in ridden.convoys] == ["A1"]
    bus = ridden.all[0]
    length = 120 + 240  # metres of crossing and open road, at 6 m/s
    assert bus.out_s == pytest.approx(bus.trip.gate_out_s + length / 6)
    corridor = scenario.corridors[0]
    assert through_s(scenario, bus.type, corridor) == pytest.approx(60)


def test_what_names_unknown_parts_is_left_to_the_verdict() -> None:
    scenario, plan, _ = aided()
    bus, *others = plan.duties
    unknown = replace(bus, type="boat")
    elsewhere = replace(bus.trips[0], corridor_out="C9")
    lost = replace(others[0], trips=(elsewhere,))
    run = replace(plan.convoys[0], convoy="A9")
    ridden = rides(scenario, plan.replace(duties=(unknown, lost), convoys=(run,)))
    assert [one.rides for one in ridden.shifts] == [()]
    assert ridden.convoys == ()


# --------------------------------------------------------------------------- course, corridors


def test_the_course_ends_with_all_that_the_judge_counts_out() -> None:
    _, plan, verdict = aided()
    happened = driven_edition().course
    assert happened.out[:, -1].sum() == pytest.approx(verdict.people_out)
    assert happened.aboard.sum() == plan.riders
    assert happened.under_way[-1] == pytest.approx(0)


def test_gates_serve_those_in_vehicles_too() -> None:
    scenario, plan, verdict = aided()
    edition = driven_edition()
    with_them = corridor_days(scenario, edition.walks, verdict, edition.rides)
    alone = corridor_days(scenario, edition.walks, verdict)
    aboard = sum(ride.persons for ride in rides(scenario, plan).all)
    more = sum(one.persons for one in with_them) - sum(one.persons for one in alone)
    assert more == pytest.approx(aboard)
    assert sum(one.spare for one in with_them) < sum(one.spare for one in alone)


def test_riders_arrive_at_the_reception_site_and_patients_do_not() -> None:
    scenario, plan, _ = aided()
    edition = driven_edition()
    alone = site_loads(scenario, edition.walks)["R1"]
    assert site_loads(scenario, edition.walks, edition.rides)["R1"] == alone + plan.riders


# --------------------------------------------------------------------------- board


def test_the_board_counts_by_colour() -> None:
    found = board(driven_edition(short()))
    assert [row.colour for row in found.colours] == ["red", "yellow", "green", ""]
    counts = {row.name: (row.listed, row.out, row.left, row.companions) for row in found.colours}
    assert counts == {
        "Red": ("2", "2", "0", "2"),
        "Yellow": ("2", "2", "0", "1"),
        "Green": ("1", "0", "1", "0"),
        "All": ("5", "4", "1", "3"),
    }
    assert [(one.why, one.counts) for one in found.reasons] == [
        ("no vehicle has time left", ("0", "0", "1", "1"))
    ]
    assert [one.sum for one in found.boards][2] == (
        "moved: 0 of 1 who may be called; not moved: 1; listed in all: 1"
    )


def test_the_board_says_in_how_many_members_they_are_out() -> None:
    rows = {row.colour: row for row in board(driven_edition()).colours}
    assert rows["red"].chance == "85\u00a0%"  # P1 dies in three of twenty
    assert rows["green"].chance == "50\u00a0%"
    assert rows[""].chance == "50\u00a0%"
    assert rows[""].worst == "3"
    bare = board(driven_edition(), simulated=False)
    assert {row.chance for row in bare.colours} == {"–"}
    assert not bare.simulated


@pytest.mark.parametrize("lang", LANGS)
def test_rows_of_the_board_hold_codes_and_hours(lang: str) -> None:
    found = board(driven_edition(lang=lang))
    rows = {row[0]: row for one in found.boards for row in cells(one.rows)}
    assert list(rows) == ["P2", "P1", "P5", "P3", "P4"]
    assert all(len(row) == 13 for row in rows.values())
    red = rows["P1"]
    assert (red[1], red[3]) == ("Z1", "1")
    assert red[7:9] == ["08:48", "amb-01"]
    assert red[9].startswith("C1")
    assert red[10:] == ["H1", "09:04", "85\u00a0%"]
    if lang == "en":
        assert red[2] == "stretcher"
        assert red[4:6] == ["advanced", "surgical"]
        assert red[6] == "Thu 20"
        assert rows["P2"][5] == "surgical; H2 only"
        assert rows["P5"][5] == "general; not H1"
    else:
        texts = [cell for one in found.boards for cell in re.split("<[^>]+>", one.rows)]
        assert [text for text in texts if unisolated(text)] == []


def test_those_left_stand_first_with_their_reason() -> None:
    scenario, plan, verdict = short()
    more = (
        Patient("P6", "Z1", "green", "walking", 0, "general", state="refused"),
        Patient("P7", "Z1", "green", "walking", 0, "burns"),
    )
    care = replace(scenario.care, patients=(*scenario.care.patients, *more))
    edition = driven_edition((scenario.replace(care=care), plan, verdict))
    found = board(edition, simulated=False)
    rows = cells(found.boards[-1].rows)
    assert [row[0] for row in rows] == ["P4", "P7", "P6"]
    assert rows[0][6:] == ["Not moved: no vehicle has time left"]
    assert rows[1][6:] == ["Not moved: no hospital that they agree to has a bed of that kind"]
    assert rows[2][6:] == ["refused to be moved"]
    assert found.colours[-1].listed == "6"
    assert rows[1][5] == "burns"


def test_the_words_of_another_triage_system_stand_beside_the_colour() -> None:
    scenario, plan, verdict = aided()
    assert colour_name(driven_edition(), "red") == "Red"
    names = {"red": "immediate", "yellow": "delayed", "green": "minor"}
    rows = tuple(replace(p, category=names[p.category]) for p in scenario.care.patients)
    care = replace(scenario.care, system="START", patients=rows)
    edition = driven_edition((scenario.replace(care=care), plan, verdict))
    assert [colour_name(edition, colour) for colour in COLOURS] == [
        *("Red (immediate)", "Yellow (delayed)", "Green (minor)", "Black (expectant)")
    ]
    assert board(edition).boards[0].title == "Red (immediate)"


def test_the_worst_tenth_is_of_the_fewest() -> None:
    assert worst_tenth(np.array([9, 1, 9, 9, 3] * 4)) == 1.0
    assert worst_tenth(np.array([7])) == 7.0
    assert moved_in(np.array([[MOVED, LEFT, DIED]])).tolist() == [[True, False, False]]


# --------------------------------------------------------------------------- first screen


def cards(*, simulated: bool = True, lang: str = "en") -> dict[str, Likely]:
    """Return the first screen's figures by id."""
    outcome = aided_ensemble().fleet if simulated else None
    return {one.id: one for one in moved(driven_edition(lang=lang), outcome)}


def test_the_first_screen_says_patients_riders_and_aid() -> None:
    found = cards()
    assert list(found) == ["red", "all_red", "patients", "patients_worst", "riders", "aid"]
    assert found["red"].figure == "2 of 2"
    assert found["red"].note == "as announced; proven: at most 2; gap 0\u00a0%"
    assert found["all_red"].figure == "85\u00a0%"
    share = re.search(r"interval: ([\d.]+)\u00a0% to ([\d.]+)\u00a0%", found["all_red"].note)
    assert share is not None
    # Clopper and Pearson's interval of 17 in 20.
    assert float(share[1]) == pytest.approx(62.1, abs=0.06)
    assert float(share[2]) == pytest.approx(96.8, abs=0.06)
    assert "seen in 17 of 20" in found["all_red"].note
    assert found["patients"].figure == "5 of 5"
    assert "with 5 companions; 0 not moved" in found["patients"].note
    assert found["patients_worst"].figure == "3 of 5"
    assert found["riders"].figure == "52"
    assert "3 vehicles, 6 trips, 62 of 92 places taken" in found["riders"].note
    assert found["aid"].figure == "1 of 1"
    assert "serve 500 people. All of them in 75\u00a0% of courses." in found["aid"].note


def test_without_members_the_first_screen_says_so() -> None:
    found = cards(simulated=False)
    assert list(found) == ["red", "all_red", "patients", "riders", "aid"]
    assert (found["all_red"].figure, found["all_red"].note) == ("–", "not simulated")
    assert "courses" not in found["aid"].note


def test_nothing_proved_is_said() -> None:
    scenario, plan, verdict = aided()
    bare = driven_edition((scenario, plan.replace(levels=()), verdict))
    found = {one.id: one for one in moved(bare, None)}
    assert found["red"].note == "as announced; no proven limit"


def test_the_first_screen_in_arabic_is_isolated() -> None:
    for one in cards(lang="ar").values():
        assert unisolated(one.figure + one.note + one.title) == []
    assert clean(cards(lang="ar")["riders"].note).startswith("من جملة الخارجين؛ 3 مركبات، 6 رحلات")


def test_sections_are_there_for_what_a_scenario_has() -> None:
    scenario, plan, _ = aided()
    assert sections(scenario) == ("patients", "vehicles", "beds", "aid")
    assert sections(one_corridor()) == ()
    riders_alone = replace(scenario.care, patients=(), hospitals=())
    assert sections(scenario.replace(care=riders_alone)) == ("vehicles", "aid")
    bare = Plan(scenario.id, (), plan.levels, plan.status, 0, 1.0)
    found = moving(driven_edition((scenario, bare, judge(scenario, bare))), None)
    assert found.days == ()
    assert found.trips == ""
    assert found.convoys[0].sent is False


def test_members_of_another_scenario_are_not_told() -> None:
    scenario, plan, verdict = aided()
    care = replace(scenario.care, patients=scenario.care.patients[:-1])
    edition = driven_edition((scenario.replace(care=care), plan, verdict))
    assert not moving(edition, aided_ensemble()).simulated


# --------------------------------------------------------------------------- vehicles


def test_types_add_up_to_what_the_judge_counts() -> None:
    _, _, verdict = aided()
    tally, care = verdict.fleet, verdict.care
    assert tally is not None
    assert care is not None
    *types, every = type_rows(driven_edition())
    assert [row.name for row in types] == ["Bus", "Ambulance"]
    assert types[1].places == "3 seats, 1 wheelchairs, 2 stretchers"
    assert types[1].care == "advanced"
    numbers = (tally.vehicles, 4, tally.trips, tally.seats_offered, tally.seats_used)
    assert every.figures[:5] == tuple(str(n) for n in numbers)
    assert every.figures[5] == "67.4\u00a0%"
    assert every.figures[6:] == (str(tally.riders), str(care.out), str(care.companions_out))


@pytest.mark.parametrize("lang", LANGS)
def test_every_trip_has_its_hours(lang: str) -> None:
    scenario, plan, _ = aided()
    html = trip_rows(driven_edition(lang=lang))
    rows = cells(html)
    assert len(rows) == sum(len(duty.trips) for duty in plan.duties)
    assert all(len(row) == 10 for row in rows)
    last = rows[1]
    assert last[0] == "bus-01"
    assert last[2] == "08:23"
    assert last[-3:] == ["R1", "08:50", "08:56"]
    if lang == "en":
        assert last[3] == "C1 08:25"
        assert last[4] == "Z1 from 08:25 to 08:35 and Z2 from 08:36 to 08:46"
        assert last[5] == "32 people"
        assert [row[5] for row in rows[2:]] == [
            "P1, with 1 companion",
            "P3",
            "P2 and P5, with 2 companions",
            "P4, with 2 companions",
        ]
    else:
        assert [text for text in re.split("<[^>]+>", html) if unisolated(text)] == []
    inside = replace(plan.duties[0].trips[0], corridor_in="")
    first = replace(plan.duties[0], trips=(inside,))
    other = driven_edition((scenario, plan.replace(duties=(first,)), aided()[2]))
    assert cells(trip_rows(other))[0][3] == "is inside"


# --------------------------------------------------------------------------- beds


def test_beds_fill_day_by_day() -> None:
    edition = driven_edition()
    assert bed_days(edition) == (date(2016, 10, 20), date(2016, 10, 21))
    outcome = aided_ensemble().fleet
    assert outcome is not None
    found = bed_rows(edition, outcome.beds)
    rows = {(str(row.code), str(row.kind)): row for row in found}
    surgical = rows["H1", "surgical"]
    assert (surgical.places, surgical.taken, surgical.free) == ("2", ("2", "2"), "0")
    assert surgical.full
    assert surgical.steps == ((0, 1.0),)
    general = rows["H1", "general"]
    assert (general.taken, general.full) == (("0", "1"), True)
    assert general.steps == ((1, 1.0),)
    other = rows["H2", "general"]
    assert (other.places, other.taken, other.free, other.full) == ("3", ("1", "1"), "2", False)
    assert [day for day, _ in other.steps] == [0]
    assert other.steps[0][1] == pytest.approx(1 / 3)
    assert (surgical.hours, other.hours) == ("from 09:00 to 24:00", "open day and night")
    assert (surgical.mean, other.mean, other.tail) == ("1", "2", "2")
    assert [row.first for row in rows.values()] == [True, False, True, False]
    assert {row.mean for row in bed_rows(edition, None)} == {"–"}


def test_more_patients_than_beds_never_overflow_the_bar() -> None:
    scenario, plan, verdict = aided()
    small = tuple(
        replace(one, beds=tuple(replace(b, places=Estimate(0, 0, 0, ASSUMED)) for b in one.beds))
        for one in scenario.care.hospitals
    )
    care = replace(scenario.care, hospitals=small)
    edition = driven_edition((scenario.replace(care=care), plan, verdict))
    for row in bed_rows(edition, None):
        assert sum(share for _, share in row.steps) <= 1
        assert row.free == "0"


# --------------------------------------------------------------------------- aid


def test_convoys_have_their_hours_and_their_chance() -> None:
    outcome = aided_ensemble().fleet
    assert outcome is not None
    (row,) = convoy_rows(driven_edition(), outcome.aid_arrived)
    assert (row.code, row.name, row.vehicles, row.zone) == ("A1", "Medicine", "3", "Z2")
    assert (row.persons, row.day, row.comes) == (
        *("500", "Thu 20"),
        "Thu 20, from 08:00 to 10:00",
    )
    assert row.hours == ("08:00", "C1 08:05", "from 08:05 to 08:25", "C1 08:27", "08:31")
    assert (row.sent, row.chance) == (True, "75\u00a0%")
    assert row.source.assumed
    scenario, plan, verdict = aided()
    stopped = driven_edition((scenario, plan.replace(convoys=()), verdict))
    (row,) = convoy_rows(stopped, None)
    assert (row.sent, row.hours, row.chance) == (False, (), "–")


@pytest.mark.parametrize("lang", LANGS)
def test_conditions_are_kept_broken_or_not_begun(lang: str) -> None:
    scenario, plan, verdict = aided()
    (kept,) = link_rows(driven_edition(lang=lang))
    assert kept.code == "met"
    assert clean(kept.done).endswith("08:05")
    assert clean(kept.begins).endswith("08:19")
    breach = PlanBreach("linked", "L1", 1.0, 2.0, "s", "too early")
    broken = replace(verdict, breaches=(breach,))
    (row,) = link_rows(driven_edition((scenario, plan, broken), lang))
    assert (row.code, row.begins, row.done) == ("barred", kept.begins, kept.done)
    waits = plan.replace(duties=plan.duties[-1:], convoys=())
    (row,) = link_rows(driven_edition((scenario, waits, verdict), lang))
    assert row.code == "condition"
    states = {kept.state, row.state}
    if lang == "en":
        assert states == {"kept", "not begun"}
        assert (kept.then, kept.after) == ("patients of 2016-10-20", "convoy A1")
        assert (row.begins, row.done) == ("never", "never")
    else:
        assert unisolated(kept.then + kept.after + kept.done + kept.begins) == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_deadlock_is_named(lang: str) -> None:
    assert deadlock_words(driven_edition(lang=lang)) is None
    scenario, plan, verdict = aided()
    back = LinkedMovement("L2", "aid:A1", "patients:2016-10-20", ASSUMED)
    aid = replace(scenario.aid, links=(*scenario.aid.links, back))
    edition = driven_edition((scenario.replace(aid=aid), plan, verdict), lang)
    said = deadlock_words(edition)
    assert said is not None
    assert "L1" in said
    assert "L2" in said
    assert {row.code for row in link_rows(edition)} == {"barred"}
    if lang == "en":
        assert said == (
            "Deadlock: these conditions wait for one another, so that none of it can begin: "
            "L1: patients of 2016-10-20 only after convoy A1 and L2: convoy A1 only after "
            "patients of 2016-10-20."
        )
        assert {row.state for row in link_rows(edition)} == {"deadlock"}
    else:
        assert unisolated(said) == []


# --------------------------------------------------------------------------- places, remaining


def test_places_are_told_by_distance_and_direction() -> None:
    rows = {str(row.code): row for row in place_rows_outside(driven_edition())}
    assert list(rows) == ["D1", "H1", "H2"]
    assert (rows["D1"].what, rows["D1"].far) == ("depot", "1.5 km east")
    assert (rows["H2"].kind, rows["H2"].far) == ("hospital", "2.5 km east")
    scenario = aided()[0]
    lon, lat = middle(scenario)
    assert [one.id for one in places(scenario)] == list(rows)
    for turn, name in enumerate(("n", "ne", "e", "se", "s", "sw", "w", "nw")):
        angle = math.radians(45 * turn)
        squeeze = math.cos(math.radians(lat))
        there = (lon + 0.1 * math.sin(angle) / squeeze, lat + 0.1 * math.cos(angle))
        assert wind((lon, lat), there) == name


def test_far_places_are_told_without_tenths() -> None:
    scenario, plan, verdict = aided()
    far = replace(scenario.care.hospitals[0], lon=36.6)
    care = replace(scenario.care, hospitals=(far, *scenario.care.hospitals[1:]))
    edition = driven_edition((scenario.replace(care=care), plan, verdict))
    row = next(row for row in place_rows_outside(edition) if row.code == "H1")
    assert re.fullmatch(r"\d+ km west", row.far)


def test_those_who_stay_add_up() -> None:
    case = short()
    scenario, _, verdict = case
    edition = driven_edition(case)
    left = left_inside(edition)
    assert left.shape == (len(scenario.zones), len(scenario.groups))
    assert left.sum() == verdict.people_inside - verdict.people_out
    found = remaining(edition, fates(scenario, edition.plan, edition.rides))
    assert found.colours == ("Red", "Yellow", "Green")
    codes = [row[0] for row in found.rows]
    # Everybody is out of Z1; P4 is left in Z2, where the convoy is unloaded.
    assert codes == ["Z2"]
    assert found.rows[0][-5:] == ("0", "0", "1", "A1", "500")
    assert found.total == ("All zones", "0", "0", "0", "0", "0", "1", "1", "500")
    assert found.lines == (
        (
            "1 patient who may be called is not moved (Green: 1). Care must reach them where "
            "they are."
        ),
        "Aid comes in: 1 convoy, unloaded in Z2, enough for 500 people.",
    )


def test_nobody_left_and_no_aid_are_said() -> None:
    scenario, plan, verdict = aided()
    edition = driven_edition((scenario, plan.replace(convoys=()), verdict))
    found = remaining(edition, fates(scenario, edition.plan, edition.rides))
    assert found.lines == (
        "No patient who may be called is left inside.",
        "No aid convoy comes in by this plan.",
    )


def test_half_of_them_stay_where_half_would_go() -> None:
    scenario, _, _ = aided()
    nobody = Plan(scenario.id, (), (), aided()[1].status, 0, 1.0)
    edition = driven_edition((scenario, nobody, judge(scenario, nobody)))
    assert np.array_equal(left_inside(edition), scenario.demand.persons)
    found = remaining(edition, ())
    assert [row[0] for row in found.rows] == ["Z1", "Z2"]
