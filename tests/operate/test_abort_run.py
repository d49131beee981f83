"""If all stops on the day itself: from the plan that holds, as it ran, and what the log tells."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clearway.judge.abort import judge_abort
from clearway.judge.check import judge
from clearway.model.abort import BLOCK, ON, Abort
from clearway.model.event import Event
from clearway.operate.abort import abort
from clearway.operate.abort_run import Begun, begun
from clearway.operate.log.opening import open_log
from clearway.operate.run_folder import Run, add_plan, open_run, start_run
from clearway.operate.state import state
from clearway.publish.isolate import unisolated
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.seal.keys import load_key
from tests.judge.sound import sound
from tests.operate.aborts import with_shelters
from tests.operate.events import opened
from tests.scenarios import at_hour

MOMENTS = (7.5, 8.1, 8.3, 8.5, 8.75, 9.0, 9.25, 9.75, 10.5, 12.0, 18.0)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a pause that was started; no record tells anything yet."""
    place = tmp_path_factory.mktemp("day")
    scenario, plan = sound("aid_in")
    write_scenario(with_shelters(scenario, (102, 500), (103, 40)), place / "town")
    (place / "plan.json").write_text(plan_to_json(scenario, plan))
    start_run(place / "town", place / "plan.json", place / "run", at_hour(-10))
    return place / "run"


def told(folder: Path, *events: Event) -> Run:
    """Return the run with further records, which its folder does not keep."""
    run = open_run(folder)
    records = run.records
    for number, event in enumerate(events):
        last = records[-1]
        one = replace(last, event=event, number=last.number + 1, hash=f"{number:064x}")
        records = (*records, one)
    return replace(run, records=records)


def day(folder: Path, *events: Event) -> Run:
    """Return the run with every window opened as announced, and further records."""
    run = open_run(folder)
    return told(folder, *(one.event for one in opened(run.scenario).records), *events)


def closure(hour: float, *, closed: bool = True) -> Event:
    return Event("closure", at_hour(hour), {"corridor": "C1", "closed": closed, "reason": ""})


def lost(hour: float) -> Event:
    return Event("vehicle", at_hour(hour), {"vehicle": "bus-01", "trip": 1, "state": "lost"})


def stopped(run: Run, hour: float, later: float = 0.0) -> tuple[Begun, Abort]:
    """Return a pause as known at an hour, and its abort then or some hours later."""
    found = begun(run, at_hour(hour))
    at_s = run.scenario.seconds(at_hour(hour + later))
    return found, abort(found.scenario, found.plan, at_s)


DAYS = {
    "as announced": (),
    "shut in between": (closure(8.4), closure(8.9, closed=False)),
    "shut for good": (closure(8.4),),
    "a bus is lost": (lost(8.3),),
    "half the rate": (
        Event("gate", at_hour(8.2), {"corridor": "C1", "persons_share": 0.5, "vehicles_share": 1}),
    ),
    "all stops and goes on": (
        Event("stop", at_hour(8.3), {"corridors": [], "reason": ""}),
        Event("resume", at_hour(8.8), {"corridors": [], "reason": ""}),
    ),
}


@pytest.mark.parametrize("events", DAYS.values(), ids=DAYS)
def test_its_judge_finds_nothing_whatever_the_day_brings(
    started: Path, events: tuple[Event, ...]
) -> None:
    run, people = day(started, *events), 0.0
    for hour in MOMENTS:
        for later in (0.0, 0.4):
            found, made = stopped(run, hour, later)
            at_s = run.scenario.seconds(at_hour(hour + later))
            assert judge_abort(found.scenario, found.plan, made, at_s) == (), (hour, later)
            people += sum(step.on + step.back for step in made.steps)
    assert people > 100


@pytest.mark.parametrize("events", DAYS.values(), ids=DAYS)
def test_those_under_way_on_foot_are_those_of_the_state(
    started: Path, events: tuple[Event, ...]
) -> None:
    run = day(started, *events)
    for hour in MOMENTS:
        found, made = stopped(run, hour)
        now = state(run.scenario, run.plan(at_hour(hour)), run.records, at_hour(hour))
        where = [one.where for one in now.movements]
        wanted = sum(one.under_way.persons + one.corridor.persons for one in where)
        kinds = [one.kind for one in made.movers]
        walking = sum(
            order.persons
            for step in made.steps
            for order in step.orders
            if kinds[order.mover] == BLOCK
        )
        # The state has every second, an abort steps: it is off by what the gate does in some.
        (corridor,) = run.scenario.corridors
        served = corridor.gate_persons_per_s.central * run.scenario.planning.step_s
        assert abs(walking - wanted) <= 3 * served + 5, hour
        assert len(found.plan.movements) <= len(kinds)


def test_a_plan_that_ran_as_printed_has_the_abort_of_the_printed_plan(started: Path) -> None:
    run = day(started)
    scenario, plan = run.scenario, run.plan(at_hour(8))
    for hour in MOMENTS:
        found, made = stopped(run, hour)
        at_s = scenario.seconds(at_hour(hour))
        assert found.plan.movements == plan.movements
        printed = abort(scenario, plan, at_s)
        assert [one.orders for one in made.steps] == [one.orders for one in printed.steps]


def test_nobody_is_under_way_while_no_gate_is_said_to_be_open(started: Path) -> None:
    run = open_run(started)
    found, made = stopped(run, 8.5)
    kinds = {made.movers[order.mover].kind for step in made.steps for order in step.orders}
    assert BLOCK not in kinds
    assert found.basis.records == 1
    printed = abort(run.scenario, run.plan(at_hour(8)), run.scenario.seconds(at_hour(8.5)))
    assert any(printed.movers[one.mover].kind == BLOCK for one in printed.steps[0].orders)


def test_a_shut_gate_sends_back_whom_it_let_out_before(started: Path) -> None:
    _, before = stopped(day(started), 8.5)
    found, after = stopped(day(started, closure(8.3)), 8.5)
    on, back = (
        [
            sum(
                order.persons
                for order in made.steps[0].orders
                if made.movers[order.mover].kind == BLOCK and (order.goes == ON) == goes_on
            )
            for made in (before, after)
        ]
        for goes_on in (True, False)
    )
    assert on[0] > on[1] == 0
    assert back[1] > back[0]
    # The plan breaks rules under what is known, and people are under way all the same.
    assert judge(found.scenario, found.plan).breaches


def test_a_vehicle_that_is_lost_is_in_no_order_and_named(started: Path) -> None:
    found, made = stopped(day(started, lost(8.3)), 8.5)
    assert found.basis.lost == ("bus-01",)
    # Its first trip was over by then.
    assert [len(one.trips) for one in found.plan.duties if one.vehicle == "bus-01"] == [1]
    assert [one.trip for one in made.movers if one.id.startswith("bus-01")] == [1]
    assert not [o for s in made.steps for o in s.orders if "bus" in made.movers[o.mover].id]
    lines = list(found.basis.lines(found.scenario, "en"))
    assert lines[-1] == "Lost: bus-01. Who was to ride in them, or rode in them, is in no order."


def test_what_it_rests_on_is_told(started: Path) -> None:
    run = day(
        started,
        closure(8.4),
        Event("patient", at_hour(8.45), {"code": "none", "state": "moved", "place": ""}),
    )
    early, late = begun(run, at_hour(8.42)).basis, begun(run, at_hour(9)).basis
    assert (early.plan, early.last_kind, early.unused) == (1, "closure", 0)
    assert (late.records, late.last_kind, late.unused) == (early.records + 1, "patient", 1)
    assert late.last_at == at_hour(8.45)
    lines = list(late.lines(run.scenario, "en"))
    assert (
        lines[0] == "By plan 1 of this pause and what was known on Thursday 20 October 2016, 09:00."
    )
    assert lines[1].startswith(
        f"It rests on {late.records} records of the log; the last is patient"
    )
    assert late.last_hash[:12] in lines[1]
    assert "1 record could not be used" in lines[2]
    arabic = list(late.lines(run.scenario, "ar"))
    assert len(arabic) == len(lines)
    assert [line for line in arabic if unisolated(line)] == []
    assert late.told()["known_at"] == "2016-10-20T09:00:00+03:00"
    assert late.told()["last_record"] == late.last_hash
    # Before anything was told, the first plan holds.
    first = begun(run, at_hour(-30)).basis
    assert (first.plan, first.records, first.last_kind) == (1, 1, "plan")


def test_the_plan_is_the_one_that_holds_then(tmp_path: Path) -> None:
    scenario, plan = sound("aid_in")
    write_scenario(with_shelters(scenario, (102, 500)), tmp_path / "town")
    (tmp_path / "plan.json").write_text(plan_to_json(scenario, plan))
    run = start_run(tmp_path / "town", tmp_path / "plan.json", tmp_path / "run", at_hour(-10))
    key = load_key(tmp_path / "run" / "log.db.key")
    with closing(open_log(tmp_path / "run" / "log.db", key)) as log:
        for one in opened(scenario).records:
            log.append(one.event)
    fewer = plan.replace(movements=plan.movements[:1])
    add_plan(open_run(run.folder), fewer, key, at_hour(8.2))
    again = open_run(run.folder)
    assert begun(again, at_hour(8.2) - timedelta(seconds=1)).basis.plan == 1
    found = begun(again, at_hour(8.5))
    assert found.basis.plan == 2
    assert [one.id for one in found.plan.movements] == [fewer.movements[0].id]


def test_those_who_were_sent_back_are_counted(started: Path) -> None:
    run = day(started)
    name = run.plan(at_hour(8)).movements[0].id
    turned = Event("call", at_hour(8.2), {"movements": [name], "state": "turned"})
    found, made = stopped(day(started, turned), 8.21)
    assert found.basis.turned > 0
    _, as_called = stopped(run, 8.21)
    persons = [
        sum(o.persons for s in one.steps for o in s.orders if one.movers[o.mover].id == name)
        for one in (made, as_called)
    ]
    assert persons[0] < persons[1] - 0.5 * found.basis.turned
    (line,) = [one for one in found.basis.lines(run.scenario, "en") if one.startswith("Sent back")]
    assert f": {found.basis.turned} people." in line
    assert begun(day(started, turned), at_hour(15)).basis.turned == 0
