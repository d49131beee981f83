"""The folder of a running pause: all of it or nothing, in the clear or encrypted."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from clearway.errors import LogError, ScenarioError
from clearway.model.event import Event
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.log.opening import create_log, is_encrypted, open_log
from clearway.operate.run_folder import (
    Run,
    add_plan,
    is_encrypted_run,
    open_run,
    start_run,
)
from clearway.operate.state import state
from clearway.publish.pack.pack import plan_hash
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.read.scenario import read_scenario
from clearway.seal.keys import is_sealed, load_key
from tests.judge.sound import sound
from tests.scenarios import at_hour

SECRET = "a passphrase of some length"  # noqa: S105 - of a test


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path]:
    """Return a scenario's folder and a plan of it, as anybody has them."""
    scenario, plan = sound("aid_in")
    folder = tmp_path / "scenario"
    write_scenario(scenario, folder)
    (folder / "notes.txt").write_text("not of the scenario")
    (tmp_path / "plan.json").write_text(plan_to_json(scenario, plan))
    return folder, tmp_path / "plan.json"


def _start(parts: tuple[Path, Path], passphrase: str | None = None) -> Run:
    out = parts[1].parent / "runs" / "one"
    return start_run(*parts, out, at_hour(6), passphrase)


def _same(scenario: Scenario, plan: Plan, other: Scenario, run: Run) -> bool:
    return plan_hash(scenario, plan) == plan_hash(other, run.plan(at_hour(7)))


def test_a_run_holds_scenario_plan_log_and_key_and_nothing_else(parts: tuple[Path, Path]) -> None:
    run = _start(parts)
    found = {path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*")}
    assert {"plans/plan-1.json", "log.db", "log.db.key", "scenario/scenario.toml"} <= found
    assert "scenario/notes.txt" not in found
    assert run.folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in run.folder.parent.iterdir()] == ["one"]


def test_a_run_is_read_as_it_was_started(parts: tuple[Path, Path]) -> None:
    started = _start(parts)
    run = open_run(started.folder)
    scenario, plan = sound("aid_in")
    assert _same(scenario, plan, read_scenario(parts[0]), run)
    assert run.records == started.records
    (record,) = run.records
    assert record.event.kind == "plan"
    assert record.event.at == at_hour(6)
    assert record.event.about["plan"] == plan_hash(scenario, plan)
    assert run.version(at_hour(5)) == run.version(at_hour(9)) == 1


def test_what_is_written_into_its_log_is_in_its_state(parts: tuple[Path, Path]) -> None:
    run = _start(parts)
    about = {"corridors": [], "reason": ""}
    with closing(open_log(run.folder / "log.db", load_key(run.folder / "log.db.key"))) as log:
        log.append(Event("stop", at_hour(8.5), about))
    again = open_run(run.folder)
    found = state(again.scenario, again.plan(at_hour(9)), again.records, at_hour(9))
    assert found.gate("C1").phase == "stopped"


def test_of_an_encrypted_run_nothing_stands_in_the_clear(parts: tuple[Path, Path]) -> None:
    run = _start(parts, SECRET)
    assert is_encrypted_run(run.folder)
    assert is_encrypted(run.folder / "log.db")
    assert is_sealed(run.folder / "log.db.key")
    scenario, plan = sound("aid_in")
    add_plan(run, plan, load_key(run.folder / "log.db.key", SECRET), at_hour(9))
    for path in run.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [word for word in (b"M-bus", b"tiny", b"movements") if word in content]
    again = open_run(run.folder, SECRET)
    assert again.version(at_hour(9)) == 2
    assert _same(scenario, plan, again.scenario, again)
    with pytest.raises(LogError, match="passphrase"):
        open_run(run.folder)


def test_a_plan_that_is_added_holds_from_its_moment_on(parts: tuple[Path, Path]) -> None:
    run = _start(parts)
    plan = run.plan(at_hour(9))
    fewer = plan.replace(duties=plan.duties[:1])
    key = load_key(run.folder / "log.db.key")
    assert add_plan(run, fewer, key, at_hour(9)) == 2
    again = open_run(run.folder)
    assert [again.version(at_hour(hour)) for hour in (7, 8.9, 9, 12)] == [1, 1, 2, 2]
    assert len(again.plan(at_hour(9)).duties) == 1
    assert len(again.plan(at_hour(8.9)).duties) == len(plan.duties)
    assert add_plan(again, plan, key, at_hour(10)) == 3


def test_a_plan_that_was_withdrawn_does_not_hold(parts: tuple[Path, Path]) -> None:
    run = _start(parts)
    plan, key = run.plan(at_hour(9)), load_key(run.folder / "log.db.key")
    add_plan(run, plan.replace(duties=()), key, at_hour(9))
    name = open_run(run.folder).records[-1].hash
    about = {"of": name, "reason": "not agreed", "instead": None}
    with closing(open_log(run.folder / "log.db", key)) as log:
        log.append(Event("correction", at_hour(9.5), about))
    assert open_run(run.folder).version(at_hour(10)) == 1


def test_nothing_is_started_where_something_is(parts: tuple[Path, Path]) -> None:
    out = parts[1].parent / "there"
    out.mkdir()
    with pytest.raises(LogError, match="not be there"):
        start_run(*parts, out, at_hour(6))
    assert list(out.iterdir()) == []


def test_a_plan_that_breaks_a_rule_is_not_started(parts: tuple[Path, Path]) -> None:
    scenario, plan = sound("aid_in")
    twice = plan.replace(movements=(*plan.movements[:1], *plan.movements[1:]), convoys=())
    parts[1].write_text(plan_to_json(scenario, twice))
    with pytest.raises(LogError, match="breaks rules"):
        _start(parts)
    runs = parts[1].parent / "runs"
    assert not runs.exists()


def test_a_broken_scenario_is_not_started(parts: tuple[Path, Path]) -> None:
    (parts[0] / "demand.csv").write_text("nothing,like,it\n")
    with pytest.raises(ScenarioError, match=r"demand\.csv"):
        _start(parts)


def test_a_short_passphrase_starts_nothing(parts: tuple[Path, Path]) -> None:
    with pytest.raises(LogError, match="at least"):
        _start(parts, "short")
    assert list((parts[1].parent / "runs").iterdir()) == []


def test_a_plan_or_scenario_that_was_changed_is_refused(parts: tuple[Path, Path]) -> None:
    run = _start(parts)
    scenario = run.folder / "scenario" / "scenario.toml"
    text = scenario.read_text()
    scenario.write_text(text + "# a comment\n")
    with pytest.raises(LogError, match="hash"):
        open_run(run.folder)
    scenario.write_text(text)
    plan = run.folder / "plans" / "plan-1.json"
    content = plan.read_text()
    plan.write_text(content.replace("  ", " "))  # spaces are no other plan
    assert open_run(run.folder).plan(at_hour(7)).scenario == "tiny"
    for broken in (content.replace('"households": ', '"households": 1'), "{", "[]"):
        plan.write_text(broken)
        with pytest.raises(LogError):
            open_run(run.folder).plan(at_hour(7))
    plan.unlink()
    with pytest.raises(LogError, match="must be there"):
        open_run(run.folder).plan(at_hour(7))


def test_what_is_no_run_is_said_to_be_none(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(LogError, match="folder of a run"):
            open_run(folder)
        with pytest.raises(LogError, match="must be there"):
            open_run(folder, SECRET)


def test_a_log_that_names_no_plan_has_none(parts: tuple[Path, Path]) -> None:
    run = _start(parts)
    key = load_key(run.folder / "log.db.key")
    empty = run.folder / "other.db"
    create_log(empty, key).close()
    found = open_run(run.folder, None, empty)
    assert found.records == ()
    moment: datetime = at_hour(8)
    with pytest.raises(LogError, match="name a plan"):
        found.plan(moment)
