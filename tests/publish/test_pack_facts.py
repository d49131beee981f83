"""What stands on the pages of a day: everything of that day, once, and nothing of another."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clearway.errors import ScenarioError
from clearway.judge.abort import judge_abort
from clearway.model.corridor import GateChange
from clearway.model.duty import begins
from clearway.publish.pack.day import day_of, only
from clearway.publish.pack.pack import Pack, pack, plan_hash
from clearway.publish.pack.sheet import BODY_MM, KINDS, Page
from clearway.publish.rides import rides
from clearway.solve.solve import solve
from tests.plans import greedy_plan
from tests.publish.packs import DAY, NEXT, cards, packed, ruled, town
from tests.scenarios import late_window, one_corridor, two_days, two_gates
from tests.within import from_within


def rows(found: Pack, kind: str, part: str = "", subject: str = "") -> list[dict[str, Any]]:
    """Return the rows of every page of a kind."""
    return [
        row
        for page in found.pages
        if page.kind == kind and subject in ("", page.subject)
        for one in page.facts["parts"]
        if part in ("", one["part"])
        for row in one["rows"]
    ]


def first(found: Pack, kind: str, subject: str) -> Page:
    return next(one for one in found.pages if one.kind == kind and one.subject == subject)


def test_ids_and_places_are_unique_and_in_order() -> None:
    pages = packed().pages
    assert len({page.id for page in pages}) == len(pages)
    assert [page.place for page in pages] == list(range(1, len(pages) + 1))
    assert {page.all for page in pages} == {len(pages)}
    order = [KINDS.index(page.kind) for page in pages]
    assert order == sorted(order)
    assert {page.kind for page in pages} == set(KINDS)


def test_a_page_says_which_of_its_sheet_it_is() -> None:
    sheets = Counter((page.kind, page.subject) for page in packed().pages)
    for page in packed().pages:
        assert page.of == sheets[page.kind, page.subject]
        assert page.id == f"{page.kind}/{page.subject}/2016-10-20/{page.number}"


def test_every_call_of_the_day_stands_once_wherever_it_belongs() -> None:
    scenario, plan = town()
    today = [one for one in plan.movements if scenario.moment(one.depart_s).date() == DAY]
    ids = Counter(one.id for one in today)
    assert len(ids) > 2
    assert Counter(row["id"] for row in rows(packed(), "zone", "calls")) == ids
    assert Counter(row["id"] for row in rows(packed(), "gate", "calls")) == ids
    assert Counter(row["row"] for row in rows(packed(), "tally-calls")) == ids


def test_persons_are_those_of_the_plan() -> None:
    scenario, plan = town()
    day = day_of(scenario, plan, DAY)
    called = sum(one.movement.persons for one in day.calls)
    assert sum(row["persons"] for row in rows(packed(), "zone", "calls")) == called
    assert sum(row["persons"] for row in rows(packed(), "gate", "calls")) == called
    assert first(packed(), "gate", "C1").facts["called"] == called
    aboard = sum(ride.persons for shift in day.shifts for ride in shift.rides)
    assert first(packed(), "gate", "C1").facts["aboard"] == aboard
    assert sum(row["persons"] for row in rows(packed(), "zone", "visits")) == aboard
    counts = rows(packed(), "tally-counts")
    assert sum(row["ride"] for row in counts) == aboard
    assert sum(row["walk"] for row in counts) == pytest.approx(called, abs=len(counts))


def test_the_cover_sums_up_the_day() -> None:
    scenario, plan = town()
    facts = packed().pages[0].facts
    shifts = [one for one in rides(scenario, plan).shifts if one.day == DAY]
    patients = [one for shift in shifts for ride in shift.rides for one in ride.patients]
    assert facts["patients"] == len(patients)
    assert facts["companions"] == sum(one.companions for one in patients)
    assert (facts["vehicles"], facts["convoys"]) == (len(shifts), 1)
    listed = [(row["kind"], row["first"], row["last"]) for row in facts["rows"]]
    for kind, start, end in listed:
        own = [page.place for page in packed().pages if page.kind == kind]
        assert own == list(range(start, end + 1))


def test_a_gate_expects_every_passage_of_the_day() -> None:
    scenario, plan = town()
    shifts = [one for one in rides(scenario, plan).shifts if one.day == DAY]
    trips = sum(len(shift.rides) for shift in shifts) + 1  # the convoy's
    told = rows(packed(), "gate", "passes")
    assert Counter(row["way"] for row in told) == {"in": trips, "out": trips}
    assert [row["at"] for row in told] == sorted(row["at"] for row in told)
    assert first(packed(), "gate", "C1").facts["vehicles_in"] == trips


def test_patients_are_on_slips_of_their_own_and_their_drivers_orders_alone() -> None:
    scenario, plan = town()
    shifts = [one for one in rides(scenario, plan).shifts if one.day == DAY]
    codes = {code for shift in shifts for ride in shift.rides for code in ride.trip.patients}
    slips = {page.subject for page in packed().pages if page.kind == "patient"}
    assert slips == codes
    assert codes
    told = [code for row in rows(packed(), "vehicle") for code in row.get("patients", ())]
    assert Counter(told) == Counter(codes)
    for page in packed().pages:
        if page.kind not in ("patient", "vehicle"):
            assert not _mentions(page.facts, codes), page.id


def test_a_drivers_steps_are_its_duty() -> None:
    scenario, plan = town()
    shift = next(one for one in rides(scenario, plan).shifts if one.day == DAY)
    steps = rows(packed(), "vehicle", "steps", shift.duty.vehicle)
    ways = [row for row in steps if row["do"] in ("gate_in", "gate_out")]
    assert [row["from"] for row in ways] == [
        at for ride in shift.rides for at in (ride.trip.gate_in_s, ride.trip.gate_out_s)
    ]
    boarded = [row for row in steps if row["do"] == "board"]
    assert sum(row.get("persons", 0) for row in boarded) == sum(one.riders for one in shift.rides)
    assert steps[-1]["from"] == shift.duty.back_s or steps[-1]["until"] == shift.duty.back_s
    known = {row["code"] for row in rows(packed(), "vehicle", "spots", shift.duty.vehicle)}
    legs = rows(packed(), "vehicle", "ways", shift.duty.vehicle)
    assert {row["start"] for row in legs} | {row["end"] for row in legs} <= known
    assert known == {row["where"] for row in steps}


def test_a_driver_from_inside_begins_there_once_and_is_not_sent_back() -> None:
    scenario = from_within()
    plan = solve(scenario)
    starts = begins(plan.duties, scenario.fleet.inside)
    for day in (DAY, NEXT):
        found = pack(scenario, plan, day)
        shifts = [one for one in rides(scenario, plan).shifts if one.day == day]
        assert shifts
        for shift in shifts:
            duty = shift.duty
            steps = rows(found, "vehicle", "steps", duty.vehicle)
            assert (steps[0]["do"], steps[0]["where"]) == ("leave", starts[duty.id])
            within = duty.depot in scenario.fleet.inside
            assert (steps[-1]["do"] == "back") != within
            assert (steps[1]["do"] == "gate_in") == (starts[duty.id] not in scenario.fleet.inside)
            legs = rows(found, "vehicle", "ways", duty.vehicle)
            known = {row["code"] for row in rows(found, "vehicle", "spots", duty.vehicle)}
            assert {row["start"] for row in legs} | {row["end"] for row in legs} <= known


def test_another_day_has_its_own_pages_and_shares_none() -> None:
    scenario, plan = town()
    other = pack(scenario, plan, NEXT)
    assert not {page.id for page in other.pages} & {page.id for page in packed().pages}
    assert {page.subject for page in other.pages if page.kind == "vehicle"} == {"amb-01"}
    assert not [page for page in other.pages if page.kind.startswith("abort")]


@pytest.mark.parametrize("day", [date(2016, 10, 19), date(2016, 10, 22)])
def test_a_day_without_a_window_is_refused_with_those_that_have_one(day: date) -> None:
    with pytest.raises(ScenarioError, match="2016-10-20, 2016-10-21") as caught:
        pack(*town(), day)
    assert caught.value.breaches[0].field == "day"


def test_rules_are_printed_as_the_plan_has_them() -> None:
    scenario, plan = town()
    found = pack(scenario, ruled(plan, scenario), DAY)
    rule = first(found, "gate", "C1").facts["rule"]
    assert rule == {"queue": 37, "called": 111, "open": 73, "recheck": 19, "turn_m": 123}
    closes = scenario.seconds(scenario.windows[0].closes)
    last = rows(found, "gate", "last")
    assert [row["last"] for row in last] == [
        closes - 600 - 60 * row for row in range(len(scenario.groups))
    ]
    assert [row["again"] for row in last] == [row["last"] - 300 for row in last]
    latest = {row["latest"] for row in rows(found, "zone", "calls")}
    assert latest == {closes - 1860}  # 30.5 minutes before, and a clock has no half minutes


def test_without_rules_the_usual_ones_hold() -> None:
    scenario, plan = town()
    corridor = scenario.corridors[0]
    rule = first(packed(), "gate", "C1").facts["rule"]
    assert rule["queue"] == int(corridor.holding.limit_persons)
    assert rule["called"] is None
    rows_of = scenario.network.link_index(corridor.links)
    length = float(scenario.network.links.length_m[rows_of].sum())
    assert rule["turn_m"] == round(length / 2)
    closes = scenario.seconds(scenario.windows[0].closes)
    for row, group in zip(rows(packed(), "gate", "last"), scenario.groups, strict=True):
        through = length / group.speed_m_per_s.central
        assert row["last"] <= closes - corridor.margin_s - through < row["last"] + 60
    assert plan.rules is None


def test_nobody_is_admitted_on_days_with_a_second_check_where_the_rule_says_so() -> None:
    scenario, plan = town()
    told = ruled(plan, scenario)
    assert told.rules is not None
    gate = replace(told.rules.gates[0], open_recheck_persons=0.0)
    none = told.replace(rules=replace(told.rules, gates=(gate,)))
    found = pack(scenario, none, DAY)
    assert first(found, "gate", "C1").facts["rule"]["recheck"] == 0
    assert {row["again"] for row in rows(found, "gate", "last")} == {None}


def test_hours_at_another_rate_stand_on_the_gates_sheet_of_their_day() -> None:
    scenario, plan = town()
    opens = scenario.windows[0].opens
    other = GateChange("C1", opens - timedelta(hours=5), opens - timedelta(hours=4), 0, 0, "x")
    found = pack(scenario.replace(changes=(*scenario.changes, other)), plan, DAY)
    told = rows(found, "gate", "changes")
    assert told == [{"from": 0, "until": 2700, "persons": 50, "vehicles": 100}]
    assert not rows(pack(scenario, plan, NEXT), "gate", "changes")


def test_places_are_those_of_the_scenario_latitude_first() -> None:
    scenario, _ = town()
    row = scenario.network.node_index([scenario.corridors[0].mouth])[0]
    nodes = scenario.network.nodes
    told = rows(packed(), "gate", "spots")
    assert [one["what"] for one in told] == ["mouth", "exit", "named"]
    assert told[0]["place"]["dd"] == f"{nodes.lat[row]:.5f}, {nodes.lon[row]:.5f}"
    assert told[0]["place"] != told[1]["place"]


def test_contacts_stand_in_order_and_a_page_without_is_there_to_fill() -> None:
    scenario, plan = town()
    told = rows(packed(), "contacts")
    assert [row["level"] for row in told] == ["headquarters", "gate"]
    assert [row["corridors"] for row in told] == [[], ["C1"]]
    none = scenario.replace(agreement=replace(scenario.agreement, contacts=()))
    assert first(pack(none, plan, DAY), "contacts", scenario.id).facts["parts"] == []


def test_the_abort_cards_say_what_the_noun_says() -> None:
    scenario, plan = town()
    assert not judge_abort(scenario, only(scenario, plan, DAY), cards())
    steps = cards().steps
    told = rows(packed(), "abort-gate", "slots")
    slot = scenario.planning.slot_s
    for row in told:
        inside = [one for one in steps if row["from"] <= one.at_s < row["from"] + slot]
        most = max(float(one.persons[one.past].sum()) for one in inside)
        assert row["past"] == math.ceil(most - 1e-6)
        assert row["by"] == max(int(one.by_s.max()) for one in inside)
    movers = {order.mover for step in steps for order in step.orders}
    blocks = {cards().movers[row].id for row in movers if cards().movers[row].kind == "block"}
    assert {row["id"] for row in rows(packed(), "abort-zone", "orders")} == blocks


def test_each_moment_of_an_abort_has_one_row_for_whoever_is_under_way() -> None:
    told = rows(packed(), "abort-zone", "orders") + rows(packed(), "abort-vehicle", "orders")
    for step in cards().steps:
        for row in {order.mover for order in step.orders}:
            mover = cards().movers[row]
            own = [
                one
                for one in told
                if (one["id"], one["trip"]) == (mover.id, mover.trip)
                and one["from"] <= step.at_s <= one["until"]
            ]
            assert len(own) == 1
            last = max(order.by_s for order in step.orders if order.mover == row)
            assert own[0]["by"] >= last


def test_only_one_day_is_kept_for_its_abort() -> None:
    scenario, plan = town()
    today, tomorrow = only(scenario, plan, DAY), only(scenario, plan, NEXT)
    assert len(today.movements) + len(tomorrow.movements) == len(plan.movements)
    assert len(today.duties) + len(tomorrow.duties) == len(plan.duties)
    assert {one.vehicle for one in tomorrow.duties} == {"amb-01"}


@pytest.mark.parametrize("build", [one_corridor, two_gates, late_window, two_days])
def test_any_small_plan_has_its_pack(build: Any) -> None:
    scenario = build()
    plan = greedy_plan(scenario)
    found = pack(scenario, plan, DAY)
    today = [one for one in plan.movements if scenario.moment(one.depart_s).date() == DAY]
    assert {row["id"] for row in rows(found, "zone", "calls")} == {one.id for one in today}
    for row in rows(found, "zone", "calls"):
        assert row["latest"] is None or row["latest"] >= row["from"]


def test_the_plans_hash_is_its_own() -> None:
    scenario, plan = town()
    assert len(plan_hash(scenario, plan)) == 64
    changed = plan.replace(movements=plan.movements[:-1])
    assert plan_hash(scenario, changed) != plan_hash(scenario, plan)
    assert BODY_MM > 200


def _mentions(value: Any, codes: set[str]) -> bool:
    if isinstance(value, str):
        return value in codes
    if isinstance(value, dict):
        return any(_mentions(one, codes) for one in value.values())
    if isinstance(value, (list, tuple)):
        return any(_mentions(one, codes) for one in value)
    return False
