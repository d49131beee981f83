"""``clearway start``, ``status`` and ``ledger``: from files to words and back to exit codes."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from clearway.cli.codes import BAD_INPUT, FAILED, OK
from clearway.cli.entry import main
from clearway.model.event import Event
from clearway.operate.log.opening import create_log, open_log
from clearway.publish.isolate import LRI
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.seal.keys import create_key, load_key
from tests.judge.sound import sound
from tests.operate.events import opened
from tests.scenarios import at_hour

AT = "2016-10-20T06:00"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return the folder of a pause that was started; every window opened as announced."""
    scenario, plan = sound("aid_in")
    write_scenario(scenario, tmp_path / "scenario")
    (tmp_path / "plan.json").write_text(plan_to_json(scenario, plan))
    out = tmp_path / "run"
    parts = [str(tmp_path / "scenario"), str(tmp_path / "plan.json")]
    assert main(["start", *parts, "--out", str(out), "--at", AT]) == OK
    assert f"{out}: plan 1 holds" in capsys.readouterr().out
    with closing(open_log(out / "log.db", load_key(out / "log.db.key"))) as log:
        for record in opened(scenario).records:
            log.append(record.event)
    return out


def test_a_status_in_words_and_as_json(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["status", str(run), "--now", "2016-10-20T08:30"]
    assert main(asked) == OK
    assert capsys.readouterr().out.startswith("State at Thursday 20 October 2016 08:30")
    assert main([*asked, "--lang", "ar"]) == OK
    arabic = capsys.readouterr().out
    assert LRI in arabic
    assert "\\u2066" not in arabic
    assert main([*asked, "--json"]) == OK
    found = json.loads(capsys.readouterr().out)
    assert found["now_s"] == 1800
    assert found["gates"][0]["phase"] == "open"
    assert main([*asked, "--quiet"]) == OK
    assert capsys.readouterr().out == ""


def test_a_moment_without_a_zone_is_local(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for now in ("2016-10-20T08:30", "2016-10-20T05:30:00+00:00"):
        assert main(["status", str(run), "--now", now]) == OK
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]


def test_without_a_moment_it_is_now(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(run)]) == OK
    assert "over" in capsys.readouterr().out


def test_a_ledger_in_words_and_as_json(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["ledger", str(run), "--now", "2016-10-19T08:30"]
    assert main(asked) == OK
    assert "NOT AGREED" in capsys.readouterr().out
    assert main([*asked, "--lang", "ar"]) == OK
    assert "غير متفق عليها" in capsys.readouterr().out
    assert main([*asked, "--json"]) == OK
    found = json.loads(capsys.readouterr().out)
    assert [one["agreed"] for one in found["windows"]] == [False, False]


def test_another_log_can_be_looked_at(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = run.with_name("other.db")
    (run / "log.db").rename(moved)
    asked = ["status", str(run), "--now", "2016-10-20T08:30"]
    assert main(asked) == FAILED
    assert "log.db" in capsys.readouterr().err
    assert main([*asked, "--log", str(moved)]) == OK


def test_what_two_laptops_told_otherwise_is_said(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"corridor": "C1", "reason": ""}
    key = create_key(run.parent / "other.key")
    with closing(create_log(run.parent / "other.db", key)) as other:
        other.append(Event("closure", at_hour(8.5), {**told, "closed": True}))
        with closing(open_log(run / "log.db", load_key(run / "log.db.key"))) as log:
            log.append(Event("closure", at_hour(8.5), {**told, "closed": False}))
            log.merge(other)
    for command in ("status", "ledger"):
        assert main([command, str(run), "--now", "2016-10-20T09:00"]) == OK
        assert "conflict: " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["status", "ledger"])
def test_what_is_wrong_is_one_line_a_fault(
    run: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(run), "--now", "at noon"]) == BAD_INPUT
    told = capsys.readouterr().err
    assert "--now = at noon: must be a moment to the second, such as 2016-10-20T11:20" in told
    assert main([command, str(run), "--now", "0001-01-01T00:00:00+14:00"]) == BAD_INPUT
    assert "must be a moment" in capsys.readouterr().err
    assert main([command, str(run / "plans")]) == FAILED
    assert "must be the folder of a run" in capsys.readouterr().err


def test_nothing_is_started_twice(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = [str(run.parent / "scenario"), str(run.parent / "plan.json")]
    assert main(["start", *parts, "--out", str(run)]) == FAILED
    assert "must not be there yet" in capsys.readouterr().err
    assert main(["start", *parts, "--out", str(run / "x"), "--at", "noon"]) == BAD_INPUT
    assert "--at" in capsys.readouterr().err


def test_an_encrypted_run_asks_for_its_passphrase(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = run.parent / "secret"
    secret.write_text("a passphrase of some length\n")
    parts = [str(run.parent / "scenario"), str(run.parent / "plan.json")]
    out = run.with_name("sealed")
    how = ["--encrypted", "--passphrase-file", str(secret)]
    assert main(["start", *parts, "--out", str(out), "--at", AT, *how]) == OK
    monkeypatch.delenv("CLEARWAY_PASSPHRASE", raising=False)
    asked = ["ledger", str(out), "--now", "2016-10-20T07:00"]
    assert main(asked) == FAILED
    assert "passphrase" in capsys.readouterr().err
