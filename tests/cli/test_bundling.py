"""The commands that hand a run on, take one in, and delete it in time."""

from __future__ import annotations

import json
import os
import resource
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clearway.cli import main
from clearway.model.event import Event
from clearway.operate.log.opening import create_log, open_log
from clearway.operate.run_folder import start_run
from clearway.publish.bundle.locking import is_locked
from clearway.seal.keys import create_key, is_sealed, load_key
from tests.operate.runs import LATER, NOW, Run, make_run

Capture = pytest.CaptureFixture[str]
PASSPHRASE = "correct horse battery"  # noqa: S105 - of a test
AT = ("--now", NOW.isoformat())


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a run on the disk; core files stay as they are in this process."""
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    (tmp_path / "run").mkdir()
    return make_run(tmp_path / "run")


def sealed(run: Run, out: Path, *more: str) -> int:
    words = ["bundle", str(run.folder), str(run.plan), "--key", str(run.key), "--out", str(out)]
    return main([*words, *AT, *(more or ("--to", f"Headquarters={run.to}"))])


def opening(run: Run) -> tuple[str, ...]:
    return ("--identity", str(run.identity), "--signer", run.writer.fingerprint, *AT)


def register(run: Run) -> list[dict[str, object]]:
    log = open_log(run.log)
    try:
        return [
            dict(one.event.about)
            for one in log.records()
            if one.event.kind in {"release", "deletion"}
        ]
    finally:
        log.close()


def test_a_run_goes_out_encrypted_and_comes_back_byte_for_byte(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "run.age"
    assert sealed(run, out) == 0
    assert is_locked(out.read_bytes())
    assert main(["verify", str(out), *opening(run)]) == 0
    said = capsys.readouterr().out
    assert "full for Headquarters" in said
    assert "town/scenario.toml" in said
    assert main(["open", str(out), "--out", str(tmp_path / "in"), *opening(run)]) == 0
    for one in run.folder.rglob("*.*"):
        theirs = tmp_path / "in" / "town" / one.relative_to(run.folder)
        assert theirs.read_bytes() == one.read_bytes()
    assert main(["judge", str(tmp_path / "in" / "town"), str(tmp_path / "in" / "plan.json")]) == 0


def test_each_profile_is_released_from_the_encrypted_bundle(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "run.age"
    sealed(run, out)
    for profile, holds in (("partner", "zones"), ("gate", "movements"), ("medical", "patients")):
        file = tmp_path / f"{profile}.age"
        words = ["release", str(out), "--profile", profile, "--to", f"Team={run.to}"]
        words += ["--key", str(run.key), "--out", str(file), *opening(run)]
        assert main(words) == 0
        assert main(["open", str(file), "--out", str(tmp_path / profile), *opening(run)]) == 0
        told = json.loads((tmp_path / profile / "release.json").read_text())
        assert holds in json.dumps(told)
        assert told["release"]["recipient"] == "Team"
    assert "partner for Team" in capsys.readouterr().out


def test_the_log_goes_along_and_the_register_is_told_first(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "run.age"
    assert sealed(run, out, "--to", f"Headquarters={run.to}", "--log", str(run.log)) == 0
    (row,) = register(run)
    assert (row["profile"], row["to"]) == ("full", "Headquarters")
    main(["open", str(out), "--out", str(tmp_path / "in"), *opening(run)])
    assert b"A shot was heard." in (tmp_path / "in" / "log.jsonl").read_bytes()
    # A second log beside the one that came with it would hide one of the two.
    again = ["release", str(out), "--profile", "gate", "--to", f"Team={run.to}", *opening(run)]
    again += ["--key", str(run.key), "--out", str(tmp_path / "x"), "--log", str(run.log)]
    assert main(again) == 1


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        (("--to", "Headquarters"), "in-the-clear"),
        (("--to", "A=age1x", "--to", "B"), "each have a public key"),
        (("--to", "A=age1x", "--in-the-clear"), "or not at all"),
        (("--to", "A=age1nobody"), "age1"),
        (
            ("--to", "A", "--in-the-clear", "--expires", "2016-10-01"),
            "must be a moment to the second",
        ),
        (
            ("--to", "A", "--in-the-clear", "--expires", "tomorrow"),
            "must be a moment to the second",
        ),
        (("--to", "A", "--in-the-clear", "--expires", "2016-10-01T00:00Z"), "after it was"),
        (("--to", "=age1x"), "names somebody"),
    ],
)
def test_what_would_go_out_unprotected_or_wrong_is_refused(
    run: Run, tmp_path: Path, capsys: Capture, more: tuple[str, ...], rule: str
) -> None:
    assert sealed(run, tmp_path / "out", *more) in {1, 2}
    assert rule in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_public_needs_no_encryption_and_a_passphrase_will_do(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    words = ["release", str(run.folder), "--profile", "public", "--to", "Everybody"]
    words += ["--key", str(run.key), "--out", str(tmp_path / "p.zip")]
    assert main([*words, *AT]) == 0
    assert main(["verify", str(tmp_path / "p.zip"), *opening(run)]) == 0
    (tmp_path / "pass").write_text("correct horse battery\n")
    words[-1] = str(tmp_path / "p.age")
    secret = str(tmp_path / "pass")
    assert main([*words, *AT, "--encrypt-passphrase-file", secret]) == 0
    assert main(["verify", str(tmp_path / "p.age"), *opening(run)]) == 1
    assert "passphrase: is needed" in capsys.readouterr().err
    ring = ("--passphrase-file", secret)
    assert main(["verify", str(tmp_path / "p.age"), *ring, *opening(run)]) == 0


def test_each_fault_is_named_and_nothing_is_opened(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "run.zip"
    sealed(run, out, "--to", "Headquarters", "--in-the-clear")
    assert main(["verify", str(out), *AT]) == 1
    assert "unknown signer" in capsys.readouterr().err
    late = ("--signer", run.writer.fingerprint, "--now", LATER.isoformat())
    assert main(["open", str(out), "--out", str(tmp_path / "in"), *late]) == 1
    assert "expired" in capsys.readouterr().err
    blob = out.read_bytes()
    out.write_bytes(blob[:900] + bytes([blob[900] ^ 4]) + blob[901:])
    assert main(["open", str(out), "--out", str(tmp_path / "in"), *opening(run)]) == 1
    assert not (tmp_path / "in").exists()
    out.write_bytes(b"no zip at all")
    assert main(["verify", str(out), *opening(run)]) == 1
    assert "not a zip" in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "nowhere"), *opening(run)]) == 1


def test_what_is_past_its_end_is_told_then_deleted_with_proof(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "held" / "run.age"
    sealed(run, out, "--to", f"Headquarters={run.to}", "--log", str(run.log))
    words = ["retention", str(tmp_path / "held"), "--log", str(run.log)]
    assert main([*words, *AT]) == 0
    assert "held     full" in capsys.readouterr().out
    assert main([*words, "--now", LATER.isoformat(), "--incidents"]) == 1
    said = capsys.readouterr().out
    assert said.count("overdue") == 2
    assert "A shot was heard." in said
    assert main([*words, "--now", LATER.isoformat(), "--delete"]) == 1
    assert "--key" in capsys.readouterr().err
    assert out.exists()
    whole = [*words, "--now", LATER.isoformat(), "--delete", "--key", str(run.key)]
    assert main(whole) == 0
    assert not out.exists()
    (released, deleted) = register(run)
    assert released["file"] == deleted["file"]
    assert main([*words, "--now", LATER.isoformat()]) == 0
    assert "deleted  full" in capsys.readouterr().out


def test_a_key_is_made_once_and_can_be_destroyed(run: Run, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "team.key"
    assert main(["identity", "--out", str(file)]) == 0
    assert capsys.readouterr().out.startswith("age1")
    assert file.stat().st_mode & 0o077 == 0
    assert main(["identity", "--out", str(file)]) == 1
    words = ["retention", str(tmp_path), "--log", str(run.log), "--key", str(run.key)]
    assert main([*words, "--destroy-key", str(file), *AT]) == 0
    assert not file.exists()
    (row,) = register(run)
    assert row["reason"] == "key destroyed"


def test_no_core_file_is_left_of_what_was_decrypted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *told: asked.append(told))
    sealed(run, tmp_path / "run.age")
    main(["verify", str(tmp_path / "run.age"), *opening(run)])
    main(["open", str(tmp_path / "run.age"), "--out", str(tmp_path / "in"), *opening(run)])
    assert asked == [(resource.RLIMIT_CORE, (0, 0))] * 3


def test_a_release_holds_no_file_of_the_run(run: Run, tmp_path: Path) -> None:
    (run.folder / "pack").mkdir()
    (run.folder / "pack" / "gate.pdf").write_bytes(b"%PDF-1.7 everything")
    words = ["release", str(run.folder), "--profile", "gate", "--to", "Team", "--in-the-clear"]
    words += ["--key", str(run.key), "--out", str(tmp_path / "g.zip"), *AT]
    assert main(words) == 0
    main(["open", str(tmp_path / "g.zip"), "--out", str(tmp_path / "g"), *opening(run)])
    assert sorted(one.name for one in (tmp_path / "g").iterdir()) == [
        *("manifest.json", "manifest.sig", "release.ar.html", "release.en.html", "release.json"),
    ]
    assert NOW + timedelta(days=3) < LATER


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a run whose log and key are encrypted, its passphrase in the environment."""
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setenv("CLEARWAY_PASSPHRASE", PASSPHRASE)
    (tmp_path / "run").mkdir()
    run = make_run(tmp_path / "run")
    (tmp_path / "run" / "sealed").mkdir()
    log, key = tmp_path / "run" / "sealed" / "day.log", tmp_path / "run" / "sealed" / "day.key"
    writer = create_key(key, PASSPHRASE)
    made = create_log(log, writer, PASSPHRASE)
    made.append(Event("stop", NOW, {"corridors": [], "reason": "A secret reason."}))
    made.close()
    return replace(run, log=log, key=key, writer=writer)


def test_an_encrypted_log_and_a_sealed_key_are_used_with_their_passphrase(
    secret: Run, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "run.age"
    assert sealed(secret, out, "--to", f"Headquarters={secret.to}", "--log", str(secret.log)) == 0
    main(["open", str(out), "--out", str(tmp_path / "in"), *opening(secret)])
    assert b"A secret reason." in (tmp_path / "in" / "log.jsonl").read_bytes()
    assert b"A secret reason." not in secret.log.read_bytes()
    assert b"A secret reason." not in out.read_bytes()
    words = ["retention", str(tmp_path), "--log", str(secret.log), *AT]
    assert main(words) == 0
    assert "held     full" in capsys.readouterr().out


def test_a_wrong_passphrase_is_told_and_nothing_goes_out(
    secret: Run, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARWAY_PASSPHRASE", "not the one of this")
    assert sealed(secret, tmp_path / "run.age") == 1
    assert "passphrase" in capsys.readouterr().err
    assert not (tmp_path / "run.age").exists()
    monkeypatch.delenv("CLEARWAY_PASSPHRASE")
    (tmp_path / "pass").write_text(f"{PASSPHRASE}\n")
    file = ("--key-passphrase-file", str(tmp_path / "pass"))
    assert sealed(secret, tmp_path / "run.age", "--to", f"Headquarters={secret.to}", *file) == 0


def test_what_is_handed_over_without_a_register_is_said(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    sealed(run, tmp_path / "run.age")
    assert "no register" in capsys.readouterr().err
    sealed(run, tmp_path / "two.age", "--to", f"Headquarters={run.to}", "--log", str(run.log))
    assert "no register" not in capsys.readouterr().err


def test_several_recipients_open_the_same_file(run: Run, tmp_path: Path, capsys: Capture) -> None:
    other = tmp_path / "other.key"
    main(["identity", "--out", str(other)])
    public = capsys.readouterr().out.strip()
    out = tmp_path / "run.age"
    assert sealed(run, out, "--to", f"One={run.to}", "--to", f"Two={public}") == 0
    for file in (run.identity, other):
        words = ["verify", str(out), "--identity", str(file), "--signer", run.writer.fingerprint]
        assert main([*words, *AT]) == 0
    assert "One + Two" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["verify", "open"])
def test_files_that_are_not_there_or_no_files_are_told(
    command: str, run: Run, tmp_path: Path, capsys: Capture
) -> None:
    more = ["--out", str(tmp_path / "in")] if command == "open" else []
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(run.plan)
    for file in (tmp_path / "nowhere", tmp_path, tmp_path / "pipe", tmp_path / "link"):
        assert main([command, str(file), *more, *opening(run)]) == 1
        said = capsys.readouterr().err
        assert str(file) in said
        assert "Traceback" not in said
    blank = tmp_path / "blank.key"
    blank.write_text("# nothing here\n")
    assert main([command, str(run.plan), *more, "--identity", str(blank)]) == 1
    assert "must hold a line" in capsys.readouterr().err
    blank.write_bytes(b"\xff\xfe")
    assert main([command, str(run.plan), *more, "--identity", str(blank)]) == 1
    assert "UTF-8" in capsys.readouterr().err
    assert not (tmp_path / "in").exists()


def test_a_folder_that_is_there_is_not_written_into(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    sealed(run, tmp_path / "run.age")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "own.txt").write_text("mine")
    words = ["open", str(tmp_path / "run.age"), "--out", str(tmp_path / "in"), *opening(run)]
    assert main(words) == 1
    assert "must not be there" in capsys.readouterr().err
    assert [one.name for one in (tmp_path / "in").iterdir()] == ["own.txt"]


def test_quiet_says_nothing_but_errors(run: Run, tmp_path: Path, capsys: Capture) -> None:
    log = ("--to", f"Headquarters={run.to}", "--log", str(run.log), "--quiet")
    assert sealed(run, tmp_path / "run.age", *log) == 0
    assert main(["verify", str(tmp_path / "run.age"), "--quiet", *opening(run)]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.fixture
def begun(run: Run, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return the folder of a pause that has begun, in the clear or encrypted."""
    start_run(run.folder, run.plan, tmp_path / "day", NOW, request.param)
    return tmp_path / "day"


@pytest.mark.parametrize("begun", [None, PASSPHRASE], ids=["clear", "encrypted"], indirect=True)
def test_the_folder_of_a_running_pause_goes_out_with_its_own_log_and_key(
    begun: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARWAY_PASSPHRASE", PASSPHRASE)
    out, gate = tmp_path / "day.age", tmp_path / "gate.age"
    assert main(["bundle", str(begun), "--to", f"A={run.to}", "--out", str(out), *AT]) == 0
    words = ["release", str(begun), "--profile", "gate", "--to", f"B={run.to}", "--out", str(gate)]
    assert main([*words, *AT]) == 0
    key = load_key(begun / "log.db.key", PASSPHRASE)
    ours = ("--identity", str(run.identity), "--signer", key.fingerprint, *AT)
    assert main(["open", str(out), "--out", str(tmp_path / "in"), *ours]) == 0
    names = {one.relative_to(tmp_path / "in").as_posix() for one in (tmp_path / "in").rglob("*.*")}
    assert {"scenario/scenario.toml", "plans/plan-1.json", "log.jsonl", "manifest.json"} <= names
    assert not [name for name in names if "log.db" in name or name.endswith(".age")]
    assert main(["open", str(gate), "--out", str(tmp_path / "gate"), *ours]) == 0
    told = json.loads((tmp_path / "gate" / "release.json").read_text())
    assert told["plan"]["movements"]
    # Both are in the register of the pause's own log.
    log = open_log(begun / "log.db", None, PASSPHRASE if is_sealed(begun / "log.db.key") else None)
    released = [one.event.about["to"] for one in log.records() if one.event.kind == "release"]
    log.close()
    assert released == ["A", "B"]


def test_without_a_running_pause_a_key_must_be_named(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    words = ["bundle", str(run.plan), "--to", "A", "--in-the-clear", "--out", str(tmp_path / "x")]
    assert main(words) == 1
    assert "--key" in capsys.readouterr().err
