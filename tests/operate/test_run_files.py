"""Gathering a run in memory, and what is read of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from clearway.errors import LogError, ScenarioError
from clearway.model.event import Event
from clearway.operate.log.opening import create_log, open_log
from clearway.operate.run_files import Keyring, gather, records_in, subject_of
from clearway.publish.bundle.locking import locked_to
from clearway.publish.release.handing import Terms, whole_release
from clearway.seal.canonical import canonical, digest
from clearway.seal.keys import create_key
from tests.operate.runs import NOW, Run, make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a run on the disk."""
    return make_run(tmp_path_factory.mktemp("run"))


def exported(run: Run) -> bytes:
    log = open_log(run.log)
    try:
        return b"".join(line + b"\n" for line in log.lines())
    finally:
        log.close()


def keyring(run: Run) -> Keyring:
    return Keyring(NOW, run.identities, None, {run.writer.fingerprint})


def bundled(run: Run, **more: bytes) -> bytes:
    files = gather([run.folder, run.plan], keyring(run))
    terms = Terms("full", "Headquarters", NOW, NOW + timedelta(days=1), "UTC")
    return whole_release({**files, **more}, terms, run.writer).bundle


def test_a_folder_and_a_file_are_gathered_by_their_names(run: Run) -> None:
    files = gather([run.folder, run.plan], keyring(run))
    assert set(files) == {
        "plan.json",
        *(
            f"town/{name}"
            for name in (
                *("scenario.toml", "demand.csv", "zones.geojson", "patients.csv"),
                *("network/node.csv", "network/link.csv"),
            )
        ),
    }
    assert files["plan.json"] == run.plan.read_bytes()


def test_a_bundle_is_gathered_in_memory_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "run.age"
    path.write_bytes(locked_to(bundled(run), [run.to]))
    before = {one: one.stat().st_mtime_ns for one in tmp_path.rglob("*")}
    files = gather([path], keyring(run))
    assert files == gather([run.folder, run.plan], keyring(run))
    assert {one: one.stat().st_mtime_ns for one in tmp_path.rglob("*")} == before


def test_what_is_in_a_run_is_read(run: Run) -> None:
    files = {**gather([run.folder, run.plan], keyring(run)), "log.jsonl": exported(run)}
    subject = subject_of(files)
    assert subject.scenario.id == "tiny"
    assert subject.plan is not None
    assert subject.verdict is not None
    assert subject.verdict.people_out > 0
    assert subject.verdict.breaches == ()
    assert [one.kind for one in subject.events] == ["incident", "patient"]
    alone = subject_of(gather([run.folder], keyring(run)))
    assert (alone.plan, alone.verdict, alone.events) == (None, None, ())


def test_a_damaged_log_is_not_read(run: Run) -> None:
    log = exported(run)
    with pytest.raises(LogError, match="log is damaged"):
        records_in({"log.jsonl": log.replace(b"Clinic 4", b"Clinic 5")})
    assert len(records_in({"log.jsonl": log, "again.jsonl": log, "plan.json": b"{}"})) == 2


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b[:700] + b"x" + b[701:]])
def test_nothing_is_taken_from_a_bundle_with_a_fault(
    run: Run, tmp_path: Path, change: object
) -> None:
    path = tmp_path / "run.zip"
    assert callable(change)
    path.write_bytes(change(bundled(run)))
    with pytest.raises(LogError, match="nothing is taken"):
        gather([path], keyring(run))


def test_a_stranger_s_bundle_is_not_taken(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "run.zip"
    path.write_bytes(bundled(run))
    with pytest.raises(LogError, match="unknown signer"):
        gather([path], Keyring(NOW))
    with pytest.raises(LogError, match="expired"):
        gather([path], Keyring(NOW + timedelta(days=2), signers={run.writer.fingerprint}))


def test_keys_and_databases_are_never_handed_on(run: Run, tmp_path: Path) -> None:
    for path, rule in ((run.identity, "private key"), (run.key, "private key"), (run.log, "data")):
        with pytest.raises(LogError, match=rule):
            gather([run.plan, path], keyring(run))
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed" / "notes.txt").write_text(f"mine: {run.identity.read_text()}")
    with pytest.raises(LogError, match="private key"):
        gather([tmp_path / "mixed"], keyring(run))


def test_what_cannot_be_gathered_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden").write_text("x")
    with pytest.raises(LogError, match="nothing in it"):
        gather([tmp_path / "empty"], keyring(run))
    with pytest.raises(LogError, match="stands twice"):
        gather([run.plan, run.plan], keyring(run))
    (tmp_path / "both").mkdir()
    for name in ("a.txt", "A.txt"):
        (tmp_path / "both" / name).write_text(name)
    with pytest.raises(LogError, match="capitals alone"):
        gather([tmp_path / "both"], keyring(run))
    (tmp_path / "a:b.txt").write_text("x")
    with pytest.raises(LogError, match="relative path"):
        gather([tmp_path / "a:b.txt"], keyring(run))
    (tmp_path / "link").symlink_to(run.plan)
    with pytest.raises(LogError, match="ordinary file"):
        gather([tmp_path / "link"], keyring(run))
    with pytest.raises(LogError, match="ordinary file"):
        gather([tmp_path / "nowhere"], keyring(run))


def test_one_scenario_and_one_plan_are_read(run: Run) -> None:
    files = gather([run.folder, run.plan], keyring(run))
    with pytest.raises(LogError, match="there are 0"):
        subject_of({"plan.json": files["plan.json"]})
    with pytest.raises(LogError, match="there are 2"):
        subject_of({**files, "b/scenario.toml": b""})
    with pytest.raises(LogError, match="second plan"):
        subject_of({**files, "other.json": files["plan.json"]})
    with pytest.raises(ScenarioError):
        subject_of({**files, "town/demand.csv": b"broken"})


def test_of_several_plans_the_one_that_the_log_names_last_is_released(
    run: Run, tmp_path: Path
) -> None:
    files = gather([run.folder, run.plan], keyring(run))
    shorter = json.loads(files["plan.json"])
    shorter["movements"] = shorter["movements"][:1]
    second = json.dumps(shorter).encode()
    writer = create_key(tmp_path / "key")
    log = create_log(tmp_path / "log.db", writer)
    for n, content in enumerate((files["plan.json"], second), start=1):
        told = digest(canonical(json.loads(content)))
        about = {"scenario": "0" * 64, "plan": told, "version": n}
        log.append(Event("plan", NOW + timedelta(hours=n), about))
    lines = b"".join(line + b"\n" for line in log.lines())
    log.close()
    both = {**files, "plans/plan-2.json": second, "log.jsonl": lines}
    subject = subject_of(both)
    assert subject.plan is not None
    assert len(subject.plan.movements) == 1
    with pytest.raises(LogError, match="second plan"):
        subject_of({**both, "plans/plan-2.json": second.replace(b'"persons": ', b'"persons":  1')})
