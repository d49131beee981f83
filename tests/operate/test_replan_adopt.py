"""A plan made anew is adopted: it holds, the log tells why, and nothing is told twice."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from clearway.cli.codes import BAD_INPUT, FAILED, OK
from clearway.cli.entry import main
from clearway.errors import LogError
from clearway.model.event import Event
from clearway.model.record import Record
from clearway.operate import replan_adopt
from clearway.operate.known import known
from clearway.operate.log.opening import open_log
from clearway.operate.replan_adopt import adopt
from clearway.operate.replan_begun import still_away
from clearway.operate.replan_turned import turned
from clearway.operate.run_folder import Run, open_run
from clearway.operate.state import state
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.seal.keys import load_key
from tests.operate.events import opened
from tests.operate.replans import after, case

SECRET = "a passphrase of some length"  # noqa: S105 - of a test
DAY = "2016-10-20T"


def begin(place: Path, name: str = "two_gates", *options: str) -> Path:
    """Start a pause whose windows open as announced; return its folder."""
    scenario, plan = case(name)
    write_scenario(scenario, place / "scenario")
    (place / "plan.json").write_text(plan_to_json(scenario, plan), "utf-8")
    out = place / "run"
    parts = [str(place / "scenario"), str(place / "plan.json"), "--out", str(out)]
    assert main(["start", *parts, "--at", f"{DAY}06:00", "--quiet", *options]) == OK
    write(out, *(record.event for record in opened(scenario).records), sealed=bool(options))
    return out


def write(run: Path, *events: Event, sealed: bool = False) -> None:
    """Write events into the log of a run."""
    secret = SECRET if sealed else None
    key = load_key(run / "log.db.key", secret)
    with closing(open_log(run / "log.db", key, secret)) as log:
        for event in events:
            log.append(event)


def again(run: Path, hour: str, *events: str, more: tuple[str, ...] = ("--adopt",)) -> int:
    """Make a plan anew for events, and adopt it."""
    said = [part for event in events for part in ("--event", event)]
    return main(["replan", str(run), "--now", f"{DAY}{hour}", *said, *more])


def told(run: Path) -> list[tuple[str, dict[str, object]]]:
    """Return kind and content of all records that were written after the pause had begun."""
    there = open_run(run)
    first = 1 + len(there.scenario.windows)  # The plan, and the opening of each window.
    records = sorted(there.records, key=lambda one: one.number)[first:]
    return [(one.event.kind, dict(one.event.about)) for one in records]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a pause with two gates that has begun."""
    return begin(tmp_path)


def files(run: Path) -> dict[str, bytes]:
    """Return every file of a run but what a database keeps beside itself."""
    return {
        path.relative_to(run).as_posix(): path.read_bytes()
        for path in sorted(run.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def at(run: Path, hour: str) -> datetime:
    """Return a moment of the day."""
    return datetime.fromisoformat(f"{DAY}{hour}").replace(
        tzinfo=open_run(run).scenario.start.tzinfo
    )


def test_without_adopt_nothing_is_written(run: Path) -> None:
    before = files(run)
    records = open_run(run).records
    assert again(run, "08:25", "C1 closed", more=()) == OK
    assert open_run(run).records == records
    assert {name: one for name, one in files(run).items() if "log.db" not in name} == {
        name: one for name, one in before.items() if "log.db" not in name
    }


def test_an_adopted_plan_holds_and_the_log_tells_why(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert again(run, "08:25", "C1 closed") == OK
    assert "plan 2 holds; 1 records" in capsys.readouterr().out
    (closure, plan) = told(run)
    assert closure == ("closure", {"corridor": "C1", "closed": True, "reason": ""})
    assert plan[0] == "plan"
    assert plan[1]["version"] == 2
    assert [one.event.at for one in open_run(run).records][-2:] == [at(run, "08:25")] * 2
    there = open_run(run)
    assert there.version(at(run, "08:24")) == 1
    found = there.plan(at(run, "08:25"))
    late = [move for move in found.movements if move.depart_s >= 1500]
    assert late
    assert {move.corridor for move in late} == {"C2"}


def test_the_adopted_plan_is_the_one_that_was_offered(run: Path) -> None:
    out = run.parent / "out"
    assert again(run, "08:25", "C1 at 50%", more=("--adopt", "--out", str(out))) == OK
    _, offer = after("two_gates", 1500, "C1 at 50%")
    there = open_run(run)
    assert there.plan(at(run, "08:25")).movements == offer.replan.plan.movements
    conditions = known(there.scenario, there.records, at(run, "08:25")).scenario
    assert conditions.windows == there.scenario.windows
    assert [one.persons_share for one in conditions.changes] == [0.5]


@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        ("C1 closed", ["closure"]),
        ("C1 open", []),
        ("C1 at 50%", ["gate"]),
        ("C1 at 100%", []),
        ("stop", ["stop"]),
        ("resume", []),
        ("C1 opens 09:00", ["window", "window"]),
        ("C1 closes 09:30", ["window"]),
        ("C1 closes 10:00", []),
    ],
)
def test_each_event_is_told_as_the_log_has_it_and_once(
    run: Path, event: str, kinds: list[str]
) -> None:
    assert again(run, "08:25", event) == OK
    assert [kind for kind, _ in told(run)] == [*kinds, "plan"]
    assert again(run, "08:25", event) == OK
    assert [kind for kind, _ in told(run)] == [*kinds, "plan", "plan"]
    assert open_run(run).version(at(run, "08:25")) == 3


@pytest.mark.parametrize("event", ["C1 closed", "C1 at 50%", "C1 opens 09:00", "C1 closes 09:10"])
def test_what_is_adopted_can_be_made_anew_and_changes_no_more(run: Path, event: str) -> None:
    assert again(run, "08:25", event) == OK
    first = open_run(run).plan(at(run, "08:25"))
    assert again(run, "08:40") == OK
    second = open_run(run).plan(at(run, "08:40"))
    gone = [move for move in first.movements if move.depart_s < 2400]
    assert set(gone) <= set(second.movements)
    assert second.persons >= first.persons
    kept = {move.id: move for move in second.movements}
    assert all(kept[move.id] == move for move in first.movements)


def test_a_gate_that_opens_again_is_told_as_open(run: Path) -> None:
    assert again(run, "08:20", "C1 closed", "C2 at 50%") == OK
    assert again(run, "08:30", "C1 open", "C2 open") == OK
    kinds = [kind for kind, _ in told(run)]
    assert kinds == ["closure", "gate", "plan", "closure", "gate", "plan"]
    assert told(run)[3][1]["closed"] is False
    assert told(run)[4][1]["persons_share"] == 1.0
    there = open_run(run)
    assert known(there.scenario, there.records, at(run, "08:30")).closed == frozenset()


def test_one_gate_may_serve_again_after_all_were_stopped(run: Path) -> None:
    assert again(run, "08:20", "stop") == OK
    assert again(run, "08:30", "C2 at 50%") == OK
    assert [kind for kind, _ in told(run)] == ["stop", "plan", "resume", "gate", "plan"]
    assert told(run)[2][1]["corridors"] == ["C2"]
    there = open_run(run)
    assert known(there.scenario, there.records, at(run, "08:30")).stopped == {"C1"}
    late = [m for m in there.plan(at(run, "08:30")).movements if m.depart_s >= 1800]
    assert {move.corridor for move in late} == {"C2"}


def test_vehicles_that_are_lost_are_told_with_their_trip(tmp_path: Path) -> None:
    run = begin(tmp_path, "one_bus")
    duty = case("one_bus")[1].duties[0]
    now_s = duty.trips[0].gate_out_s + 60
    hour = f"{open_run(run).scenario.moment(now_s):%H:%M:%S}"
    assert again(run, hour, f"{duty.vehicle} lost") == OK
    assert told(run)[0] == ("vehicle", {"vehicle": duty.vehicle, "trip": 1, "state": "lost"})
    kept = open_run(run).plan(at(run, hour)).duties
    assert [one.trips for one in kept] == [duty.trips[:1]]
    assert again(run, hour, f"{duty.vehicle} lost") == OK
    assert [kind for kind, _ in told(run)] == ["vehicle", "plan", "plan"]


def test_an_encrypted_run_is_adopted_into_and_shows_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    more = ("--passphrase-file", str(secret))
    run = begin(tmp_path, "two_gates", "--encrypted", *more)
    assert again(run, "08:25", "C1 closed", more=("--adopt", *more)) == OK
    there = open_run(run, SECRET)
    assert there.version(at_sealed(there, "08:25")) == 2
    assert (run / "plans" / "plan-2.json.age").exists()
    for content in files(run).values():
        assert not [word for word in (b"movements", b"closure", b"C1-25") if word in content]


def at_sealed(run: Run, hour: str) -> datetime:
    """Return a moment of the day of a run that is open."""
    return datetime.fromisoformat(f"{DAY}{hour}").replace(tzinfo=run.scenario.start.tzinfo)


def test_who_is_stopped_before_the_plan_keeps_the_old_one_and_can_go_on(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> int:
        msg = "no room left"
        raise OSError(msg)

    with monkeypatch.context() as patch:
        patch.setattr(replan_adopt, "add_plan", stop)
        assert again(run, "08:25", "C1 closed") != OK
    there = open_run(run)
    assert there.version(at(run, "08:25")) == 1
    assert [kind for kind, _ in told(run)] == ["closure"]
    assert not (run / "plans" / "plan-2.json").exists()
    assert again(run, "08:25", "C1 closed") == OK
    assert [kind for kind, _ in told(run)] == ["closure", "plan"]
    _, offer = after("two_gates", 1500, "C1 closed")
    found = open_run(run).plan(at(run, "08:25"))
    assert found.movements == offer.replan.plan.movements


def test_a_plan_that_no_record_names_is_written_over(run: Path) -> None:
    (run / "plans" / "plan-2.json").write_text("half of a pl")
    assert again(run, "08:25", "C1 closed") == OK
    assert open_run(run).version(at(run, "08:25")) == 2
    assert open_run(run).plan(at(run, "08:25")).persons > 0


def test_a_log_that_has_grown_meanwhile_is_refused(run: Path) -> None:
    old = open_run(run)
    plan = old.plan(at(run, "08:25"))
    write(run, Event("stop", at(run, "08:20"), {"corridors": [], "reason": ""}))
    with pytest.raises(LogError, match="make it anew"):
        adopt(old, plan, (), load_key(run / "log.db.key"), 1500)
    assert not (run / "plans" / "plan-2.json").exists()
    assert [kind for kind, _ in told(run)] == ["stop"]


def test_no_plan_is_adopted_behind_a_later_one(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert again(run, "08:40", "C1 closed") == OK
    assert again(run, "08:25", "C2 closed") != OK
    assert "later moment" in capsys.readouterr().err
    assert [kind for kind, _ in told(run)] == ["closure", "plan"]


def test_a_folder_without_a_log_adopts_nothing(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = run.parent
    before = files(place)
    assert again(place, "08:25", "C1 closed") == BAD_INPUT
    assert "running pause" in capsys.readouterr().err
    assert files(place) == before


def test_an_event_that_cannot_be_read_writes_nothing(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert again(run, "08:25", "C1 closed", "C9 closed", "rain") == BAD_INPUT
    text = capsys.readouterr().err
    assert "C9 is none" in text
    assert "rain" in text
    assert told(run) == []


def test_where_no_opening_is_on_record_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, plan = case("one_corridor")
    write_scenario(scenario, tmp_path / "scenario")
    (tmp_path / "plan.json").write_text(plan_to_json(scenario, plan), "utf-8")
    run = tmp_path / "run"
    parts = [str(tmp_path / "scenario"), str(tmp_path / "plan.json"), "--out", str(run)]
    assert main(["start", *parts, "--at", f"{DAY}06:00", "--quiet"]) == OK
    assert again(run, "08:25", "C1 closed") in {BAD_INPUT, FAILED}
    text = capsys.readouterr().err
    assert "no opening is on record" in text
    assert "C1 2016-10-20" in text
    assert len(open_run(run).records) == 1
    # Before anybody was to go, nothing is missing.
    assert again(run, "07:30", "C1 closed") == OK
    # What did not open is told as such, and then a plan is made of that.
    about = {
        "corridor": "C1",
        "day": "2016-10-20",
        "state": "closed",
        "opens": scenario.windows[0].opens.isoformat(),
        "closes": scenario.windows[0].opens.isoformat(),
    }
    write(run, Event("window", at(run, "08:00"), about))
    capsys.readouterr()
    assert again(run, "08:25") == OK
    assert "0 of" in capsys.readouterr().out


@pytest.mark.parametrize("hour", ["08:10", "08:25"])
def test_a_closure_that_was_logged_by_hand_is_planned_for(
    run: Path, hour: str, capsys: pytest.CaptureFixture[str]
) -> None:
    about = {"corridor": "C1", "closed": True, "reason": "shelling"}
    write(run, Event("closure", at(run, hour), about))
    assert again(run, "08:25") == OK
    assert "no rule is broken" in capsys.readouterr().out
    assert [kind for kind, _ in told(run)] == ["closure", "plan"]
    plan = open_run(run).plan(at(run, "08:25"))
    assert {m.corridor for m in plan.movements if m.depart_s >= 1500} == {"C2"}
    assert again(run, "08:25", "C1 closed") == OK
    assert [kind for kind, _ in told(run)] == ["closure", "plan", "plan"]


def test_an_opening_of_a_closed_gate_is_adopted_once(run: Path) -> None:
    assert again(run, "08:20", "C1 closed") == OK
    assert again(run, "08:25", "C1 opens 08:50") == OK
    first = ["closure", "plan", "closure", "window", "window", "plan"]
    assert [kind for kind, _ in told(run)] == first
    assert again(run, "08:25", "C1 opens 08:50") == OK
    assert [kind for kind, _ in told(run)] == [*first, "plan"]
    plan = open_run(run).plan(at(run, "08:25"))
    assert any(m.corridor == "C1" and m.depart_s > 1500 for m in plan.movements)


def test_nobody_is_lost_between_plan_and_state_after_each_adoption(run: Path) -> None:
    said = (("08:15", "C1 at 50%"), ("08:30", "C2 closed"), ("08:45", "C2 open"))
    willing = case("two_gates")[1].willing_persons
    for hour, event in said:
        assert again(run, hour, event) == OK
        there, now = open_run(run), at(run, hour)
        found = state(there.scenario, there.plan(now), there.records, now)
        assert not found.odd
        assert abs(found.where.total.persons - willing) < 1e-6


def test_who_was_turned_is_not_called_before_being_back(run: Path) -> None:
    assert again(run, "08:25", "stop") == OK
    there = open_run(run)
    away = still_away(there, 1501)
    _, offer = after("two_gates", 1500, "stop")
    want = {(t.movement, t.first_household, t.households, t.persons) for t in offer.replan.turns}
    back = {t.movement: t.back_s for t in offer.replan.turns}
    found = {(t.movement, t.first_household, t.households, t.persons) for t in away}
    assert found <= want
    assert {t for t in want if back[t[0]] > 1501} == found
    assert all(abs(t.back_s - back[t.movement]) <= there.scenario.planning.step_s for t in away)
    assert again(run, "08:26", "resume") == OK
    plan = open_run(run).plan(at(run, "08:26"))
    for turn in away:
        for move in plan.movements:
            end = turn.first_household + turn.households
            same = (move.zone, move.group) == (turn.zone, turn.group)
            meets = move.first_household < end
            meets = meets and turn.first_household < move.first_household + move.households
            if same and meets and move.depart_s >= 1500:
                assert move.depart_s >= turn.back_s


@pytest.mark.parametrize("name", ["two_gates", "one_bus", "four_sides", "one_corridor"])
@pytest.mark.parametrize("event", ["stop", "C1 closed", "C1 at 10%"])
def test_turns_are_found_again_from_two_plans(name: str, event: str) -> None:
    scenario, plan = case(name)
    for now in range(300, 5400, 900):
        _, offer = after(name, now, event)
        found = turned(scenario, plan, offer.replan.plan, now)
        told = {(t.movement, t.zone, t.group, t.first_household): t for t in offer.replan.turns}
        mine = {(t.movement, t.zone, t.group, t.first_household): t for t in found}
        assert mine.keys() == told.keys()
        for key, turn in mine.items():
            assert (turn.households, turn.persons) == (told[key].households, told[key].persons)
            assert abs(turn.back_s - told[key].back_s) <= scenario.planning.step_s


def test_records_are_those_of_one_writer_in_order(run: Path) -> None:
    assert again(run, "08:25", "C1 closed", "C2 at 50%") == OK
    records: tuple[Record, ...] = open_run(run).records
    numbers = [one.number for one in records if one.event.at == at(run, "08:25")]
    assert numbers == sorted(numbers)
    with closing(open_log(run / "log.db")) as log:
        assert log.faults() == ()
