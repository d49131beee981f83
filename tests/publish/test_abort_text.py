"""What everybody does if all stops, in words and as a file: counts, places, both languages."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.abort import HOME, ON, Abort
from clearway.model.agreement import Agreement, Contact
from clearway.model.corridor import GateChange
from clearway.model.facts import Text
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort import abort
from clearway.publish.abort_file import FORMAT, abort_to_json, goes_to
from clearway.publish.abort_heads import shared
from clearway.publish.abort_text import AbortText
from clearway.publish.isolate import unisolated
from clearway.publish.sources import figure_rows, window_rows
from tests.judge.sound import sound
from tests.operate.aborts import only, street, with_shelters
from tests.publish.test_report_rows import edition
from tests.scenarios import ASSUMED

Case = tuple[Scenario, Plan, Abort]


@cache
def busy() -> Case:
    """Return a bus, two ambulances and a convoy, two shelters, and how a party is reached."""
    scenario, plan = sound("aid_in")
    scenario = with_shelters(scenario, (102, 20), (103, 4))
    role = Text("Gate team lead", "مسؤول فريق البوابة")
    lost = Text("Nobody is called.", "لا يُنادى أحد.")
    contact = Contact(
        Text("Those at the gate", "المسؤولون عن البوابة"),
        "gate",
        (),
        role,
        "VHF 1",
        "red flag",
        lost,
        ASSUMED,
    )
    scenario = scenario.replace(agreement=Agreement(contacts=(contact,)))
    return scenario, plan, abort(scenario, plan)


def said(lang: str = "en", case: Case | None = None) -> AbortText:
    """Return what says an abort."""
    return AbortText(*(case or busy()), lang)


def every_line(lang: str, case: Case) -> list[str]:
    """Return everything that is said of an abort in one language."""
    text = said(lang, case)
    lines = list(text.summary())
    for at_s in (0, *case[2].moments):
        lines += text.step(at_s)
        lines += [line for stage in text.drill(at_s) for line in stage]
    return lines


# ------------------------------------------------------------------------------- words


def test_a_street_is_told_in_a_few_lines() -> None:
    scenario, plan = street((103, 1000))
    found = abort(scenario, plan, 180)
    name = plan.movements[0].id
    *head, first, second = said(case=(scenario, plan, found)).step(180)
    assert head == [
        "If all stops: Thursday 20 October 2016, 08:03",
        "Under way: 6 people. On to the exit: 0 people. Back: 6 people.",
        "The last are out or under cover by 08:05.",
    ]
    place = "on link 1002 behind node 102 (36.20000, 37.15133)"
    assert first == f"{name} from Z1: 4 people, {place}: back to shelter SH1, Shelter 1, by 08:05."
    place = "on link 1001 behind node 101 (36.20000, 37.15000)"
    assert second == f"{name} from Z1: 2 people, {place}: back home, or to its stop, by 08:04."


def test_where_nobody_is_under_way_one_line_says_so() -> None:
    scenario, plan, found = busy()
    lines = list(said().step(-3600))
    assert lines[-1] == "Nobody is under way then."
    nobody = AbortText(scenario, plan, abort(scenario, plan, -3600), "en")
    assert list(nobody.summary()) == ["Nobody is under way then."]
    assert len(list(nobody.drill(-3600))) == 2
    assert found.steps


def test_the_summary_counts_steps_people_and_places() -> None:
    _, _, found = busy()
    lines = list(said().summary())
    most = max(step.on + step.back for step in found.steps)
    assert lines[0] == f"{len(found.steps)} steps at which somebody is under way."
    assert f"{round(most)} people" in lines[1]
    held = [max(float(step.sheltered(2)[row]) for step in found.steps) for row in range(2)]
    for line, code, persons, places in zip(lines[3:5], ("SH1", "SH2"), held, (20, 4), strict=True):
        assert line.startswith(f"Shelter {code}, ")
        assert abs(people(line, "at most ") - persons) < 1
        assert line.endswith(f"it holds {places}.")


def test_a_drill_has_its_stages_in_order() -> None:
    _, _, found = busy()
    headings = [stage[0] for stage in said().drill(found.moments[0])]
    assert headings == [
        "All stops",
        "Who is told, and how",
        "Between gate and exit",
        "On to the exit",
        "Back",
        "Under cover",
    ]


def test_a_drill_says_every_order_once() -> None:
    scenario, plan, found = busy()
    for step in found.steps:
        stages = list(said().drill(step.at_s))
        past, on, back = stages[2][1:], stages[3][2:], stages[4][1:]
        orders = [line for line in back if not line.startswith("The way of")]
        assert len(past) == sum(one.past for one in step.orders)
        assert len(on) == sum(one.goes == ON and not one.past for one in step.orders)
        assert len(orders) == sum(one.goes != ON for one in step.orders)
        ways = [line for line in back if line.startswith("The way of")]
        assert len(ways) == sum(bool(one.links) for one in step.orders)
    assert scenario.shelters
    assert plan.convoys


def test_a_drill_names_who_is_told_and_what_if_contact_is_lost() -> None:
    _, _, found = busy()
    told = list(said().drill(found.moments[0]))[1]
    assert told[1] == ("Those at the gate: Gate team lead, VHF 1; if that fails, red flag.")
    assert told[2] == "If neither answers: Nobody is called."


def test_without_contacts_that_is_said() -> None:
    scenario, plan = street()
    case = (scenario, plan, abort(scenario, plan, 180))
    assert list(said(case=case).drill(180))[1][1] == "No contacts are on record."


def people(line: str, before: str = ": ") -> int:
    """Return the count of people that a line tells after some words."""
    found = re.search(rf"{before}(\d+) (?:person|people)", line)
    assert found is not None, line
    return int(found[1])


def uneven() -> Case:
    """Return the busy case, with blocks of people that steps do not divide."""
    scenario, plan, _ = busy()
    moves = tuple(
        replace(one, households=max(1, one.households - 1), persons=max(1, one.persons - row - 3))
        for row, one in enumerate(plan.movements)
    )
    plan = plan.replace(movements=moves)
    return scenario, plan, abort(scenario, plan)


def test_parts_add_up_to_what_is_told_of_them_all() -> None:
    case = uneven()
    text, steps, fractions = said(case=case), case[2].steps, 0
    for step in steps:
        stages = list(text.drill(step.at_s))
        head = stages[0][2]
        everybody, on, back = people(head), people(head, "exit: "), people(head, "Back: ")
        assert everybody == on + back
        assert everybody == math.ceil(step.on + step.back - 1e-6)
        orders = list(text.step(step.at_s))[3:]
        assert sum(map(people, orders)) == everybody
        going_on = [*stages[2][1:], *stages[3][2:]]
        assert sum(map(people, going_on)) == on
        assert sum(map(people, stages[5][1:-1])) == back
        fractions += any(one.persons % 1 > 1e-6 for one in step.orders)
        alive = [one for one in step.orders if one.persons > 1e-6]
        assert [line for line in orders if people(line) == 0] == [
            text.phrases.order(one, 0) for one in step.orders if one not in alive
        ]
    assert fractions >= 3
    # The summary tells of the same people as the steps.
    lines = list(text.summary())
    most = max(people(list(text.step(step.at_s))[1]) for step in steps)
    assert people(lines[1]) == most
    for row, line in enumerate(lines[3:5]):
        load = max(float(step.sheltered(2)[row]) for step in steps)
        assert abs(people(line, "at most ") - load) < 1
        assert people(line, "at most ") <= (20, 4)[row]


@given(st.lists(st.floats(0, 50), max_size=12), st.booleans())
def test_whole_numbers_share_a_total(parts: list[float], up: bool) -> None:
    whole = sum(parts)
    total = math.ceil(whole - 1e-6) if up else math.floor(whole + 1e-6)
    found = shared(parts, total)
    assert sum(found) == total
    assert all(one >= 0 for one in found)
    # Nobody is left out while somebody else could make room.
    assert not any(
        part > 1e-6 and not one and max(found) > 1 for one, part in zip(found, parts, strict=True)
    )
    if all(part >= 1 for part in parts):
        assert all(abs(one - part) <= 1 for one, part in zip(found, parts, strict=True))


@pytest.mark.parametrize(
    ("parts", "total", "shares"),
    [
        ([0.5, 0.5, 0.5], 2, [1, 1, 0]),
        ([2.6, 1.3, 0.1], 4, [2, 1, 1]),
        ([2.9999999, 0.0], 3, [3, 0]),
        ([0.2, 0.2], 1, [1, 0]),
        ([], 0, []),
    ],
)
def test_shares_by_hand(parts: list[float], total: int, shares: list[int]) -> None:
    assert shared(parts, total) == shares


def test_people_are_counted_up_never_down() -> None:
    scenario, plan = street()
    fewer = only(plan, households=16, persons=16)
    found = abort(scenario, fewer, 61)
    # Two cohorts of a fifteenth of 16 are two people and a part of one.
    assert found.steps[0].persons.sum() == pytest.approx(32 / 15)
    lines = list(AbortText(scenario, fewer, found, "en").step(61))
    assert lines[1].startswith("Under way: 3 people.")


@pytest.mark.parametrize("which", ["busy", "car_town", "street"])
def test_arabic_says_as_much_and_every_number_is_isolated(which: str) -> None:
    if which == "street":
        scenario, plan = street((103, 1000))
    elif which == "car_town":
        scenario, plan = sound(which)
        scenario = with_shelters(scenario, (105, 9))
    else:
        scenario, plan, _ = busy()
    case = (scenario, plan, abort(scenario, plan))
    english, arabic = every_line("en", case), every_line("ar", case)
    assert len(english) == len(arabic)
    assert [line for line in arabic if unisolated(line)] == []
    assert all(re.search("[\u0600-\u06ff]", line) for line in arabic)
    codes = re.compile(r"(?:SH\d|node \d+|العقدة [\u2066]?\d+)")
    count = [len(codes.findall(line)) for line in english]
    assert count == [len(codes.findall(line)) for line in arabic]


# ------------------------------------------------------------------------------- as a file


def told(case: Case) -> dict[str, Any]:
    """Return an abort as its file has it."""
    found: dict[str, Any] = json.loads(abort_to_json(case[0], case[2]))
    return found


def test_the_file_has_every_step_order_and_turn_back() -> None:
    case = busy()
    file, found = told(case), case[2]
    assert (file["format"], file["scenario"]) == (FORMAT, "tiny")
    assert [one["id"] for one in file["shelters"]] == ["SH1", "SH2"]
    assert len(file["steps"]) == len(found.steps)
    assert len(file["turns"]) == len(found.turns)
    for step, made in zip(file["steps"], found.steps, strict=True):
        assert len(step["orders"]) == len(made.orders)
        assert step["on_persons"] == pytest.approx(made.on, abs=0.1)
        assert step["back_persons"] == pytest.approx(made.back, abs=0.1)
        total = sum(order["persons"] for order in step["orders"])
        assert total == pytest.approx(made.on + made.back, abs=0.1 * len(made.orders))


def test_moments_in_the_file_are_local() -> None:
    scenario, plan = street((103, 1000))
    file = told((scenario, plan, abort(scenario, plan, 180)))
    (step,) = file["steps"]
    assert step["at"] == "2016-10-20T08:03:00+03:00"
    first = step["orders"][0]
    assert first["left"] == ["2016-10-20T08:00:00+03:00", "2016-10-20T08:01:00+03:00"]
    assert (first["goes"], first["by"]) == ("SH1", "2016-10-20T08:04:20+03:00")
    assert (first["block"], first["node"], first["link"]) == (plan.movements[0].id, 102, 1002)
    assert file["turns"][0]["after_min"] == 4.0


def test_vehicles_in_the_file_have_their_trip() -> None:
    kinds = {key for turn in told(busy())["turns"] for key in turn}
    assert {"block", "vehicle", "convoy", "trip"} <= kinds


def test_the_same_abort_is_the_same_text() -> None:
    scenario, plan, found = busy()
    assert abort_to_json(scenario, found) == abort_to_json(scenario, abort(scenario, plan))


def test_where_one_goes_has_a_word_or_a_code() -> None:
    _, _, found = busy()
    assert [goes_to(found, goes) for goes in (ON, HOME, 0, 1)] == ["on", "home", "SH1", "SH2"]


# ------------------------------------------------------------------------------- the report


def test_shelters_are_listed_with_their_source() -> None:
    scenario, plan, _ = busy()
    rows = [row for row in figure_rows(edition(scenario, plan)) if "shelter" in row.what]
    assert [row.what for row in rows] == [
        "Places in shelter SH1, Shelter 1",
        "Places in shelter SH2, Shelter 2",
    ]
    assert [(row.central, row.unit, row.assumed) for row in rows] == [
        ("20", "people", True),
        ("4", "people", True),
    ]


def test_gates_that_change_are_listed_with_their_hours() -> None:
    scenario, plan, _ = busy()
    start = scenario.start
    within = GateChange("C1", start, start + timedelta(hours=1), 0.5, 0.0, "Gate team")
    over = GateChange("C1", start, start + timedelta(hours=26), 1.0, 1.0, ASSUMED)
    changed = scenario.replace(changes=(within, over))
    first, second = list(window_rows(edition(changed, plan)))[-2:]
    assert first.text == (
        "C1: gate at 50\u00a0% of its rate, lane for vehicles at 0\u00a0%: from 08:00 to 09:00"
    )
    assert (first.assumed, first.source) == (False, "Gate team")
    assert "Thursday 20 October 2016, 08:00 to Friday 21 October 2016, 10:00" in second.text
    arabic = list(window_rows(edition(changed, plan, lang="ar")))[-2:]
    assert [row.text for row in arabic if unisolated(row.text)] == []
