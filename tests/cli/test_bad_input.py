"""What is not there, damaged, half written or of another: an exit code, lines, and no file."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clearway.cli import main
from clearway.cli.codes import BAD_INPUT, FAILED, OK
from clearway.cli.passphrase import OTHER_VARIABLE, VARIABLE
from clearway.seal.keys import load_key
from tests.operate.runs import NOW, make_run

Capture = pytest.CaptureFixture[str]
AT = "2016-10-20T08:30"
DAY = "2016-10-20"
SECRET = "a passphrase of some length"  # noqa: S105 - of a test


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a scenario, a plan, a log, keys, a bundle, a running pause twice."""
    place = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resource, "setrlimit", lambda *_: None)
        run = make_run(place)
        (place / "secret").write_text(f"{SECRET}\n")
        (place / "wrong").write_text("another passphrase\n")
        parts = (str(run.folder), str(run.plan))
        assert main(["start", *parts, "--out", str(place / "run"), "--at", AT]) == OK
        how = ("--encrypted", "--passphrase-file", str(place / "secret"))
        assert main(["start", *parts, "--out", str(place / "sealed"), "--at", AT, *how]) == OK
        out = ("--out", str(place / "day.age"), "--now", NOW.isoformat())
        key = ("--key", str(run.key), "--to", f"HQ={run.to}")
        assert main(["bundle", *parts, *key, *out]) == OK
        assert main(["log", "export", str(run.log), "--out", str(place / "day.jsonl")]) == OK
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of it all, in which things may be broken."""
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    for name in (VARIABLE, OTHER_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    copy = tmp_path / "day"
    shutil.copytree(made, copy)
    return copy


def told(place: Path, capsys: Capture, words: str, code: int) -> str:
    """Run a command on the files in ``place`` and return what it complains of."""
    capsys.readouterr()
    before = files(place)
    parts = [one.replace("@", f"{place}/") for one in words.split()]
    assert main(parts) == code, capsys.readouterr().err
    err = capsys.readouterr().err
    lines = err.splitlines()
    assert lines, "nothing was said"
    assert all(line.startswith("clearway: ") for line in lines), err
    assert "Traceback" not in err
    assert "defect of clearway" not in err
    assert files(place) == before, "something was written or taken away"
    return err


def files(place: Path) -> set[str]:
    """Return all that is in a folder, but for what a database has beside it."""
    found = (one.relative_to(place).as_posix() for one in place.rglob("*"))
    return {one for one in found if not one.endswith(("-wal", "-shm"))}


#: A command, and the code it ends with where what it names is not there. ``@`` is the folder.
MISSING = (
    ("start @none @plan.json --out @out", BAD_INPUT, "must be a folder"),
    ("start @town @none --out @out", BAD_INPUT, "none"),
    (f"status @none --now {AT}", FAILED, "folder of a run"),
    (f"ledger @none --now {AT}", FAILED, "folder of a run"),
    (f"status @town --now {AT}", FAILED, "folder of a run"),
    (f"status @run --now {AT} --log @none", FAILED, "none"),
    (f"status @run --now {AT} --log @plan.json", FAILED, "plan.json: is no log"),
    ("log show @none", FAILED, "none"),
    ("log verify @none", FAILED, "none"),
    ("log append @none closure corridor=C1 closed=true", FAILED, "none"),
    ("log append @day.log closure corridor=C1 closed=true", FAILED, "day.log.key"),
    ("log append @day.log closure corridor=C1 closed=true --key @none", FAILED, "none"),
    ("log append @day.log closure corridor=C1 closed=true --key @plan.json", FAILED, "plan.json"),
    ("log merge @day.log @none", FAILED, "none"),
    ("log merge @none @day.log", FAILED, "none"),
    ("log merge @day.log @plan.json", FAILED, "plan.json: is no log"),
    ("log export @none --out @x.jsonl", FAILED, "none"),
    ("log key @none", FAILED, "none"),
    ("log key @plan.json", FAILED, "plan.json"),
    ("log init @day.log --key @writer.key", FAILED, "day.log"),
    (f"abort @none @plan.json --at {AT}", BAD_INPUT, "must be a folder"),
    (f"abort @town @none --at {AT}", BAD_INPUT, "none"),
    (f"drill @town @none --at {AT}", BAD_INPUT, "none"),
    (f"pack @none @plan.json --day {DAY} --out @out", BAD_INPUT, "must be a folder"),
    (f"pack @town @none --day {DAY} --out @out", BAD_INPUT, "none"),
    (f"pack @town @plan.json --day {DAY} --out @out --key @none", FAILED, "none"),
    (f"pack @town @plan.json --day {DAY} --out @plan.json", FAILED, "plan.json"),
    ("check-page @town @plan.json --code CLEARWAY1|x", BAD_INPUT, "code"),
    (f"tally @town @plan.json @none --day {DAY} --log @day.log", FAILED, "none"),
    ("bundle @none --to A --in-the-clear --out @x --key @writer.key", FAILED, "none"),
    ("bundle @town --to A --in-the-clear --out @x --key @none", FAILED, "none"),
    ("bundle @town --to A --in-the-clear --out @x --key @me.key", FAILED, "me.key"),
    ("bundle @town --to A --in-the-clear --out @x --key @writer.key --log @none", FAILED, "none"),
    (
        "bundle @town @writer.key --to A --in-the-clear --out @x --key @writer.key",
        FAILED,
        "private",
    ),
    ("bundle @town @me.key --to A --in-the-clear --out @x --key @writer.key", FAILED, "private"),
    ("bundle @town @day.log --to A --in-the-clear --out @x --key @writer.key", FAILED, "database"),
    ("verify @none", FAILED, "none"),
    ("verify @town", FAILED, "town"),
    ("verify @day.age", FAILED, "day.age|encrypted|identity|key"),
    ("verify @day.age --identity @none", FAILED, "none"),
    ("verify @plan.json", FAILED, "zip|bundle"),
    ("open @none --out @out", FAILED, "none"),
    ("open @day.age --out @out --identity @writer.key", FAILED, "AGE-SECRET-KEY-1..."),
    ("open @day.log --out @out", FAILED, "zip|bundle"),
    ("retention @none --now 2016-10-20T09:00Z --log @none", FAILED, "none"),
    ("retention @town --delete", FAILED, "--log and --key"),
    ("identity --out @me.key", FAILED, "me.key"),
)


@pytest.mark.parametrize(("words", "code", "names"), MISSING, ids=lambda one: str(one)[:60])
def test_what_is_not_there_or_is_something_else_is_named(
    place: Path, capsys: Capture, words: str, code: int, names: str
) -> None:
    err = told(place, capsys, words, code)
    assert any(name in err for name in names.split("|")), err
    assert len(err.splitlines()) <= 3


@pytest.mark.parametrize(
    "words",
    [
        f"status @sealed --now {AT}",
        f"ledger @sealed --now {AT}",
        f"replan @sealed --now {AT}",
        "log show @sealed/log.db",
        "log append @sealed/log.db closure corridor=C1 closed=true",
        "log export @sealed/log.db --out @x.jsonl",
        "bundle @sealed --to A --in-the-clear --out @x",
    ],
)
def test_an_encrypted_run_opens_with_its_own_passphrase_alone(
    place: Path, capsys: Capture, words: str
) -> None:
    assert "passphrase" in told(place, capsys, words, FAILED)
    wrong = told(place, capsys, f"{words} --passphrase-file @wrong", FAILED)
    assert "passphrase" in wrong
    (place / "empty").write_text("\n")
    assert "empty" in told(place, capsys, f"{words} --passphrase-file @empty", FAILED)
    missing = told(place, capsys, f"{words} --passphrase-file @none", FAILED)
    assert "none" in missing
    assert SECRET not in wrong + missing


def test_what_stands_in_the_folder_of_a_run_is_what_the_log_names(
    place: Path, capsys: Capture
) -> None:
    plan, words = place / "run" / "plans" / "plan-1.json", f"status @run --now {AT}"
    text = plan.read_text()
    told_plan = json.loads(text)
    told_plan["movements"][0]["persons"] += 1
    plan.write_text(json.dumps(told_plan))
    assert "must be the plan that the log names" in told(place, capsys, words, FAILED)
    plan.write_text(text[: len(text) // 2])
    assert "must be JSON" in told(place, capsys, words, FAILED)
    plan.unlink()
    assert "plan-1.json" in told(place, capsys, words, FAILED)
    plan.write_text(json.dumps(json.loads(text), indent=7))  # only spaces are others
    assert main(words.replace("@", f"{place}/").split()) == OK
    toml = place / "run" / "scenario" / "scenario.toml"
    toml.write_text(toml.read_text() + "\n# a remark\n")
    assert "must be the scenario that the log names" in told(place, capsys, words, FAILED)


#: How a file is left half written, or damaged.
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "half": lambda data: data[: len(data) // 2],
    "without its last byte": lambda data: data[:-1],
    "one byte more": lambda data: data + b"x",
    "a flipped bit": lambda data: data[:-40] + bytes([data[-40] ^ 1]) + data[-39:],
    "zeros": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_half_written_export_is_named_and_nothing_of_it_taken(
    place: Path, capsys: Capture, how: str
) -> None:
    file = place / "day.jsonl"
    file.write_bytes(BROKEN[how](file.read_bytes()))
    told(place, capsys, "log verify @day.jsonl", FAILED)
    (place / "new.db").unlink(missing_ok=True)
    assert main(["log", "init", str(place / "new.db")]) == OK
    told(place, capsys, "log import @new.db @day.jsonl", FAILED)
    assert main(["log", "show", str(place / "new.db")]) == OK
    assert "no records" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["empty", "half", "zeros"])
def test_a_half_written_database_is_named_by_every_command(
    place: Path, capsys: Capture, how: str
) -> None:
    log = place / "run" / "log.db"
    for beside in place.glob("run/log.db-*"):
        beside.unlink()
    log.write_bytes(BROKEN[how](log.read_bytes()))
    for words in (f"status @run --now {AT}", "log show @run/log.db", "log verify @run/log.db"):
        assert "log.db" in told(place, capsys, words, FAILED)
    told(place, capsys, "log append @run/log.db closure corridor=C1 closed=true", FAILED)


@pytest.mark.parametrize("how", BROKEN)
def test_a_half_written_bundle_opens_to_nothing(place: Path, capsys: Capture, how: str) -> None:
    file = place / "day.age"
    file.write_bytes(BROKEN[how](file.read_bytes()))
    identity = f"--identity @me.key --now {NOW.isoformat()}"
    told(place, capsys, f"verify @day.age {identity}", FAILED)
    told(place, capsys, f"open @day.age --out @out {identity}", FAILED)
    assert not (place / "out").exists()


@pytest.mark.parametrize("how", ["empty", "half", "zeros", "one byte more"])
def test_a_half_written_key_signs_nothing(place: Path, capsys: Capture, how: str) -> None:
    key = place / "run" / "log.db.key"
    key.write_bytes(BROKEN[how](key.read_bytes()))
    for words in (
        "log append @run/log.db closure corridor=C1 closed=true",
        "log key @run/log.db.key",
        "bundle @run --to A --in-the-clear --out @x",
        f"pack @town @plan.json --day {DAY} --out @out --key @run/log.db.key",
    ):
        assert "log.db.key" in told(place, capsys, words, FAILED)


def test_a_key_signs_only_as_itself(place: Path, capsys: Capture) -> None:
    """A second laptop's key makes a chain of its own, and never goes on with another's."""
    words = [
        "log",
        "append",
        str(place / "run" / "log.db"),
        "closure",
        "corridor=C1",
        "closed=true",
    ]
    assert main([*words, "--key", str(place / "writer.key")]) == OK
    fingerprint = load_key(place / "writer.key").fingerprint
    assert capsys.readouterr().out.startswith(f"{fingerprint}/operations/1 closure: hash ")


def test_where_a_file_stands_no_folder_is_made(place: Path, capsys: Capture) -> None:
    for words in (
        "start @town @plan.json --out @plan.json/run",
        f"pack @town @plan.json --day {DAY} --out @plan.json/pack",
        "log init @plan.json/log.db",
        "log export @day.log --out @plan.json/x.jsonl",
        "identity --out @plan.json/me.key",
        f"abort @town @plan.json --at {AT} --out @plan.json/abort.json",
        "bundle @town --to A --in-the-clear --key @writer.key --out @plan.json/x.zip",
    ):
        assert "plan.json" in told(place, capsys, words, FAILED)


@pytest.mark.parametrize(
    "words",
    [
        "check-scenario {long}",
        "judge {long} plan.json",
        "start {long} plan.json --out no-such-folder-yet",
        "verify {long}",
        "open {long} --out out",
        "status {long}",
        "abort {long}",
    ],
)
def test_a_long_path_is_told_to_its_end(words: str, tmp_path: Path, capsys: Capture) -> None:
    folders = [f"where somebody keeps the folders of day {n}" for n in range(1, 5)]
    missing = tmp_path.joinpath(*folders, "scenario-9")
    given = [one.format(long=missing) for one in words.split(" ")]
    assert main(given) in {FAILED, BAD_INPUT}
    said = capsys.readouterr().err
    assert "scenario-9" in said
    if words.split(maxsplit=1)[0] in {"check-scenario", "judge", "start"}:
        assert str(missing) in said


def test_a_path_that_steers_a_terminal_is_told_harmlessly(capsys: Capture) -> None:
    assert main(["check-scenario", "no\x1b[2Jwhere\u202e"]) == BAD_INPUT
    said = capsys.readouterr().err
    assert "no\\x1b[2Jwhere\\u202e: must be a folder that can be read" in said
