"""The command that keeps the log of the day."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

import pytest

from clearway.cli import main
from clearway.cli.codes import FAILED
from clearway.cli.passphrase import OTHER_VARIABLE, VARIABLE
from clearway.model.event import KINDS
from clearway.seal.keys import is_sealed
from clearway.seal.verify import verify

SECRET = "enough letters"  # noqa: S105 - of logs in tests

MINUTES = ("since=2016-10-20T08:00:00+03:00", "until=2016-10-20T08:15:00+03:00")


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (VARIABLE, OTHER_VARIABLE):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return a new log in the clear."""
    target = str(tmp_path / "day.log")
    assert main(["log", "init", target]) == 0
    assert "empty log in the clear; writer " in capsys.readouterr().out
    return target


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a new encrypted log, whose passphrase stands in the environment."""
    monkeypatch.setenv(VARIABLE, SECRET)
    target = str(tmp_path / "sealed.log")
    assert main(["log", "init", target, "--encrypted"]) == 0
    return target


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    """Run ``clearway log`` and return what it wrote to stdout and stderr."""
    capsys.readouterr()
    assert main(["log", *words]) == code
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_events_are_appended_shown_and_verified(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    at = "2016-10-20T11:20:00+03:00"
    out, _ = said(capsys, "append", log, "closure", "corridor=C1", "closed=true", "--at", at)
    assert "/operations/1 closure: hash " in out
    said(capsys, "append", log, "call", "movements=m1,m2", "state=turned", "--at", at)
    said(capsys, "append", log, "observation", "text=هدوء", "--chain", "monitors", "--at", at)
    out, err = said(capsys, "show", log)
    lines = out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(at) for line in lines)
    assert 'movements=["m1", "m2"] state=turned' in out
    assert "corridor= text=هدوء zone=" in out
    assert "/monitors/1 " in out
    assert err == ""
    assert said(capsys, "verify", log) == (f"{log}: no fault\n", "")


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("count", "corridor=C1", "persons=120", *MINUTES), {"persons": 120}),
        (("gate", "corridor=7", "persons_share=0.5", "vehicles_share=1"), {"corridor": "7"}),
        (("stop", 'corridors=["C1","C 2"]'), {"corridors": ["C1", "C 2"], "reason": ""}),
        (("stop", "corridors="), {"corridors": []}),
        (("observation", "text=a=b, 12"), {"text": "a=b, 12"}),
        (
            ("decision", "id=1", "text=wait", "alternatives=go", "role=lead", "review=null"),
            {"id": "1", "review": None, "alternatives": ["go"]},
        ),
    ],
)
def test_values_are_taken_for_what_the_kind_of_event_wants(
    log: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], about: dict[str, object]
) -> None:
    said(capsys, "append", log, *words)
    out, _ = said(capsys, "show", log, "--json")
    told = json.loads(out)["event"]["about"]
    assert {name: told[name] for name in about} == about


def test_an_event_is_read_from_stdin(
    log: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {
        "kind": "closure",
        "at": "2016-10-20T11:20:00+03:00",
        "about": {"corridor": "C1", "closed": True, "reason": ""},
    }
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(event)))
    said(capsys, "append", log, "-")
    out, _ = said(capsys, "show", log, "--json")
    assert json.loads(out)["event"] == event
    for text, rule in (("{", "must be JSON"), ("{}", "must have the keys")):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        assert rule in said(capsys, "append", log, "-", code=1)[1]
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(event)))
    assert "belongs into the JSON" in said(capsys, "append", log, "-", "--at", "now", code=1)[1]


def test_options_may_come_first_and_a_moment_needs_no_seconds(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said(
        capsys,
        "append",
        log,
        "--at",
        "2016-10-20T11:20+03:00",
        "closure",
        "corridor=C1",
        "closed=true",
    )
    told = json.loads(said(capsys, "show", log, "--json")[0])["event"]
    assert told["at"] == "2016-10-20T11:20:00+03:00"
    wrong = {"noon": "to the second, such as 2016-10-20T11:20", "2016-10-20T11:20": "with its zone"}
    for text, rule in wrong.items():
        words = ("append", "--at", text, log, "closure", "corridor=C1", "closed=true")
        assert f"--at = {text}: must be a moment {rule}" in said(capsys, *words, code=2)[1]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("fly",), "kind = fly: must be one of"),
        (("closure", "corridor"), "about = corridor: must be KEY=VALUE"),
        (("closure", "corridor=C1", "closed=maybe"), "closed = maybe: must be true or false"),
        (("closure", "corridor=C1", "closed=true", "x=1"), "closure.x = 1: is none of"),
        (("closure", "closed=true"), "closure.corridor: must be told"),
        (
            ("closure", "corridor=C1", "closed=true", "--at", "noon"),
            "must be a moment to the second",
        ),
        (("count", "corridor=C1", "since=noon"), "since = noon: must be a moment to the second"),
    ],
)
def test_an_event_that_breaks_a_rule_is_refused_in_lines(
    log: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], rule: str
) -> None:
    _, err = said(capsys, "append", log, *words, code=2 if "moment" in rule else 1)
    assert rule in err
    assert all(line.startswith("clearway: ") for line in err.splitlines())
    assert said(capsys, "show", log)[0] == "no records\n"


def test_a_damaged_log_is_shown_with_its_faults_and_not_written_to(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        said(capsys, "append", log, "observation", f"text=seen {number}")
    with sqlite3.connect(log) as connection:
        connection.execute("DROP TRIGGER clearway_log_kept")
        connection.execute("DELETE FROM clearway_log WHERE sort = 2 AND number = 3")
    connection.close()
    out, err = said(capsys, "show", log, code=1)
    assert len(out.splitlines()) == 2
    assert "truncated: " in err
    assert "/operations/3: record 3 is not there" in err
    assert said(capsys, "verify", log, code=1)[0] == ""
    assert (
        "the end of the log is damaged"
        in said(capsys, "append", log, "observation", "text=x", code=1)[1]
    )


def test_logs_are_exported_verified_imported_and_merged(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "append", log, "closure", "corridor=C1", "closed=true")
    said(capsys, "append", log, "observation", "text=نعم", "--chain", "monitors")
    out = tmp_path / "out" / "day.jsonl"
    assert "6 lines, in the clear" in said(capsys, "export", log, "--out", str(out))[0]
    assert verify(out.read_bytes()) == ()
    assert out.stat().st_mode & 0o777 == 0o600
    assert said(capsys, "verify", str(out))[0] == f"{out}: no fault\n"
    other = str(tmp_path / "other.log")
    said(capsys, "init", other)
    said(capsys, "append", other, "closure", "corridor=C1", "closed=false")
    text, err = said(capsys, "import", other, str(out))
    assert "compare with the laptop it comes from" in text
    assert "2 new records" in text
    assert "conflict (open): closure C1" in err
    assert "0 new records" in said(capsys, "merge", other, log)[0]
    assert "1 new records" in said(capsys, "merge", log, other)[0]
    said(capsys, "append", log, "closure", "corridor=C1", "closed=true")
    assert "conflict (settled by " in said(capsys, "show", log)[1]


def test_a_damaged_export_is_named_and_refused(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "append", log, "observation", "text=one")
    said(capsys, "append", log, "observation", "text=two")
    out = tmp_path / "day.jsonl"
    said(capsys, "export", log, "--out", str(out))
    out.write_bytes(out.read_bytes().replace(b'text":"one', b'text":"two'))
    assert "flipped: " in said(capsys, "verify", str(out), code=1)[1]
    other = str(tmp_path / "other.log")
    said(capsys, "init", other)
    assert "nothing was taken" in said(capsys, "import", other, str(out), code=1)[1]
    text, err = said(capsys, "import", other, str(out), "--despite-faults")
    assert "1 new records" in text
    assert "other log: flipped" in err


def test_only_those_named_may_have_written(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    own = said(capsys, "key", f"{log}.key")[0].split()[1]
    said(capsys, "append", log, "observation", "text=one")
    assert said(capsys, "verify", log, "--writer", own)[1] == ""
    assert "nobody vouched" in said(capsys, "verify", log, "--writer", "0" * 16, code=1)[1]


def test_an_encrypted_log_opens_with_its_passphrase_alone(
    sealed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "append", sealed, "observation", "text=one")
    assert is_sealed(Path(f"{sealed}.key"))
    assert "text=one" in said(capsys, "show", sealed)[0]
    monkeypatch.delenv(VARIABLE)
    assert "a passphrase is needed" in said(capsys, "show", sealed, code=1)[1]
    held = tmp_path / "passphrase"
    held.write_text(f"{SECRET}\nmore\n", "utf-8")
    assert "text=one" in said(capsys, "show", sealed, "--passphrase-file", str(held))[0]
    held.write_text("", "utf-8")
    assert "not be empty" in said(capsys, "show", sealed, "--passphrase-file", str(held), code=1)[1]
    monkeypatch.setenv(VARIABLE, "wrong")
    for step in ("show", "verify"):
        out, err = said(capsys, step, sealed, code=1)
        assert "not its own" in err
        assert "wrong" not in out + err


def test_the_other_log_has_a_passphrase_of_its_own(
    sealed: str, log: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "append", sealed, "observation", "text=one")
    assert "passphrase is needed" in said(capsys, "merge", log, sealed, code=1)[1]
    monkeypatch.setenv(OTHER_VARIABLE, SECRET)
    assert "1 new records" in said(capsys, "merge", log, sealed)[0]
    assert "text=one" in said(capsys, "show", log)[0]


def test_a_passphrase_is_typed_twice_for_a_new_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["one", "other", SECRET, SECRET, SECRET])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    target = str(tmp_path / "typed.log")
    words = ("init", target, "--encrypted")
    assert "not the same" in said(capsys, *words, code=1)[1]
    assert list(tmp_path.iterdir()) == []
    assert "encrypted log" in said(capsys, *words)[0]
    assert "no records" in said(capsys, "show", target)[0]
    assert next(typed, None) is None


def test_a_log_is_made_for_a_key_that_is_there(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = f"{log}.key"
    other = str(tmp_path / "second.log")
    said(capsys, "init", other, "--key", key)
    said(capsys, "append", other, "observation", "text=one", "--key", key)
    own = said(capsys, "key", key)[0].split()[1]
    assert own in said(capsys, "show", other)[0]
    assert "is there already" in said(capsys, "init", other, "--key", key, code=1)[1]


@pytest.mark.parametrize(
    "url", ["postgresql://who:secret@host/day", "postgresql://host/day?password=secret"]
)
def test_a_password_on_the_command_line_is_refused(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = said(capsys, "show", url, code=1)
    assert "PGPASSFILE" in err
    assert "secret" not in out + err


def test_a_server_that_is_not_there_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"postgresql:///day?host={tmp_path}"
    _, err = said(capsys, "show", url, code=1)
    assert len(err.splitlines()) == 1
    assert "connection" in err
    assert "needs --key" in said(capsys, "append", url, "observation", "text=x", code=1)[1]


@pytest.mark.parametrize("step", ["show", "verify"])
def test_no_log_is_made_by_looking(
    step: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no log can be read there" in said(capsys, step, str(tmp_path / "none"), code=1)[1]
    assert list(tmp_path.iterdir()) == []


def test_kinds_are_listed_with_what_each_tells(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "kinds")
    assert [line for line in out.splitlines() if not line.startswith(" ")] == list(KINDS)
    for kind, fields in KINDS.items():
        told, _ = said(capsys, "kinds", kind)
        assert [line.split()[0] for line in told.splitlines()] == [kind, *fields]
    told, _ = said(capsys, "kinds", "closure")
    assert "closed          must be true or false\n" in told
    assert "reason          must be text; may be left out\n" in told
    _, error = said(capsys, "kinds", "closing", code=FAILED)
    assert "closing" in error
    assert "'closure'" in error


@pytest.mark.parametrize("kind", ["stop", "resume"])
def test_a_stop_that_names_no_corridor_is_of_all(
    log: str, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    said(capsys, "append", log, kind)
    said(capsys, "append", log, kind, "corridors=C1,C2", "reason=shelling")
    out, _ = said(capsys, "show", log, "--json")
    told = [json.loads(line)["event"]["about"] for line in out.splitlines()]
    assert told == [
        {"corridors": [], "reason": ""},
        {"corridors": ["C1", "C2"], "reason": "shelling"},
    ]
    assert "all corridors if it is left out" in said(capsys, "kinds", kind)[0]


def test_who_is_called_is_never_taken_to_be_nobody(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, error = said(capsys, "append", log, "call", "state=turned", code=FAILED)
    assert "movements: must be told" in error
