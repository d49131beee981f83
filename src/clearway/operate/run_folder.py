"""The folder of a running pause: its scenario, its plans, its log; in the clear or encrypted.

In the clear it has ``scenario/``, ``plans/plan-1.json`` and further plans, ``log.db`` and the key
of this laptop beside it. Encrypted, the scenario is ``scenario.zip.age`` and each plan ends in
``.age``, both locked with the key in ``identity.age``; that, the log and the laptop's key are
encrypted by one passphrase. What is read is decrypted in memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from clearway.errors import Breach, LogError
from clearway.judge.check import judge
from clearway.model.event import Event
from clearway.model.plan import Plan
from clearway.model.record import Record
from clearway.model.scenario import Scenario
from clearway.operate.log.opening import create_log, open_log
from clearway.operate.run_lock import IDENTITY_FILE, LOCKED, RunLock, new_lock, open_lock
from clearway.operate.state_said import Saying, said
from clearway.publish.bundle.archive import unzipped, zipped
from clearway.publish.plan_file import plan_to_json
from clearway.read.plan_file import plan_in, read_plan
from clearway.read.scenario import LIMITS, read_scenario, scenario_in
from clearway.seal.canonical import canonical, digest
from clearway.seal.keys import WriterKey, create_key

SCENARIO, PLANS, LOG_FILE = "scenario", "plans", "log.db"
KEY_FILE: Final = f"{LOG_FILE}.key"
LOCKED_SCENARIO: Final = f"{SCENARIO}.zip{LOCKED}"


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A running pause as its folder has it.

    Attributes
    ----------
    folder
        Where it is.
    scenario, scenario_hash
        As it was when the pause was started, and the hash of its files that the log names.
    records
        Of its log, in order.
    passphrase, lock
        Of an encrypted folder; None of one in the clear.
    """

    folder: Path
    scenario: Scenario
    scenario_hash: str
    records: tuple[Record, ...]
    passphrase: str | None
    lock: RunLock | None = None

    def version(self, now: datetime) -> int:
        """Return the number of the plan that holds at ``now``: by the log, the last until then.

        Before the first record of a plan, the first plan holds.

        Raises
        ------
        LogError
            If the log names none.
        """
        return int(self._told(now).event.about["version"])

    def plan(self, now: datetime) -> Plan:
        """Return the plan that holds at ``now``.

        Raises
        ------
        LogError
            If the log names none, or what stands in the folder is not what the log names.
        ScenarioError
            With every breach of its file.
        """
        told = self._told(now)
        name, version = f"{PLANS}/{_plan_name(told.event.about['version'])}", told.event.about
        content = _content(self.folder / name, self.lock)
        if _json_hash(name, content) != version["plan"]:
            raise _refused(name, "must be the plan that the log names, by its hash")
        return plan_in({name: content}, name, self.scenario)

    def _told(self, now: datetime) -> Saying:
        found = [one for one in said(self.records).sayings if one.event.kind == "plan"]
        if not found:
            raise _refused(LOG_FILE, "must name a plan")
        return [found[0], *(one for one in found if one.at <= now)][-1]


def start_run(
    source: Path, plan: Path, out: Path, at: datetime, passphrase: str | None = None
) -> Run:
    """Make the folder of a pause that begins: all of it, or nothing.

    Parameters
    ----------
    source, plan
        A scenario's folder and a plan of it, which must break none of its rules.
    out
        Folder that is not there yet.
    at
        Moment from which the plan holds.
    passphrase
        To encrypt everything with; None leaves it in the clear.

    Raises
    ------
    ScenarioError
        With every breach of scenario or plan file.
    LogError
        If the plan breaks a rule, with each; if ``out`` is there.
    OSError
        If it cannot be written.
    """
    if os.path.lexists(out):
        raise _refused(str(out), "must not be there yet")
    scenario = read_scenario(source)
    found = _sound(scenario, read_plan(plan, scenario))
    files = {name: path.read_bytes() for name in LIMITS if (path := source / name).exists()}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        staged = Path(scratch) / out.name
        (staged / PLANS).mkdir(parents=True, mode=0o700)
        staged.chmod(0o700)  # patients by code, who is where when, and a private key
        lock = _new_lock(staged, passphrase)
        _write_scenario(staged, files, lock)
        content = plan_to_json(scenario, found).encode()
        _write(staged / PLANS / _plan_name(1), content, lock)
        key = create_key(staged / KEY_FILE, passphrase)
        with contextlib.closing(create_log(staged / LOG_FILE, key, passphrase)) as log:
            log.append(Event("plan", at, _plan_told(_hash(files), content, 1)))
            records = log.records()
        staged.replace(out)
    return Run(out, scenario, _hash(files), records, passphrase, lock)


def open_run(folder: Path, passphrase: str | None = None, log: Path | str | None = None) -> Run:
    """Return the run in ``folder``.

    Parameters
    ----------
    folder
        Of a running pause.
    passphrase
        Of an encrypted one.
    log
        Another log than its own, such as that of a headquarters.

    Raises
    ------
    LogError
        If it is no such folder, the passphrase is not its own, the log is damaged, or the scenario
        is not the one that the log names.
    ScenarioError
        With every breach of the scenario.
    """
    lock = _lock(folder, passphrase)
    files = _scenario_files(folder, lock)
    scenario = scenario_in(files)
    target = folder / LOG_FILE if log is None else log
    with contextlib.closing(open_log(target, None, passphrase)) as opened:
        records = opened.records()
    plans = [one for one in said(records).sayings if one.event.kind == "plan"]
    held = _hash(files)
    if any(one.event.about["scenario"] != held for one in plans):
        raise _refused(SCENARIO, "must be the scenario that the log names, by its hash")
    return Run(folder, scenario, held, records, passphrase, lock)


def add_plan(run: Run, plan: Plan, key: WriterKey, at: datetime) -> int:
    """Write a plan that holds from ``at`` on beside those before; return its number.

    The plan is on the disk before the log names it.

    Parameters
    ----------
    run
        Of the pause, with its own log.
    plan
        Judged by whoever calls: a plan made anew has conditions of its own.
    key
        Of this laptop.
    at
        Moment from which it holds.

    Raises
    ------
    LogError
        If the log cannot be written to.
    OSError
        If the folder cannot be.
    """
    there = [int(one.event.about["version"]) for one in run.records if one.event.kind == "plan"]
    version = max(there, default=0) + 1
    content = plan_to_json(run.scenario, plan).encode()
    _write(run.folder / PLANS / _plan_name(version), content, run.lock)
    with contextlib.closing(open_log(run.folder / LOG_FILE, key, run.passphrase)) as log:
        log.append(Event("plan", at, _plan_told(run.scenario_hash, content, version)))
    return version


def is_encrypted_run(folder: Path) -> bool:
    """Return whether a passphrase is needed to open the run in ``folder``."""
    return (folder / LOCKED_SCENARIO).exists()


def _sound(scenario: Scenario, plan: Plan) -> Plan:
    breaches = judge(scenario, plan).breaches
    if breaches:
        told = tuple(Breach("plan", 0, one.rule, "", one.text) for one in breaches)
        raise LogError("the plan breaks rules of its scenario; nothing was started", told)
    return plan


def _plan_name(version: int) -> str:
    return f"plan-{version}.json"


def _plan_told(scenario: str, content: bytes, version: int) -> dict[str, Any]:
    plan = _json_hash(_plan_name(version), content)
    return {"scenario": scenario, "plan": plan, "version": version}


def _hash(files: Mapping[str, bytes]) -> str:
    """Return the hash of a scenario: of the canonical JSON of its files' hashes by name."""
    return digest(canonical({name: digest(content) for name, content in files.items()}))


def _json_hash(name: str, content: bytes) -> str:
    """Return the hash of the canonical JSON of a file, which spaces do not change."""
    try:
        return digest(canonical(json.loads(content)))
    except ValueError as error:
        raise _refused(name, f"must be JSON: {error}") from error


def _new_lock(staged: Path, passphrase: str | None) -> RunLock | None:
    if passphrase is None:
        return None
    lock, content = new_lock(passphrase)
    (staged / IDENTITY_FILE).write_bytes(content)
    return lock


def _lock(folder: Path, passphrase: str | None) -> RunLock | None:
    if passphrase is not None:
        return open_lock(folder, passphrase)
    if is_encrypted_run(folder):
        raise _refused(str(folder), "is encrypted: its passphrase is needed")
    return None


def _scenario_files(folder: Path, lock: RunLock | None) -> dict[str, bytes]:
    if lock is None:
        if not (folder / SCENARIO).is_dir():
            raise _refused(str(folder), f"must be the folder of a run, with {SCENARIO}/ in it")
        paths = {name: folder / SCENARIO / name for name in LIMITS}
        return {name: path.read_bytes() for name, path in paths.items() if path.exists()}
    files, faults = unzipped(lock.opened(folder / LOCKED_SCENARIO))
    if faults:
        breaches = tuple(Breach(LOCKED_SCENARIO, 0, one.kind, "", str(one)) for one in faults)
        raise LogError(f"{folder}: the scenario is damaged", breaches)
    return files


def _write_scenario(staged: Path, files: Mapping[str, bytes], lock: RunLock | None) -> None:
    if lock is not None:
        (staged / LOCKED_SCENARIO).write_bytes(lock.locked(zipped(files)))
        return
    for name, content in files.items():
        path = staged / SCENARIO / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _content(path: Path, lock: RunLock | None) -> bytes:
    if lock is None:
        return _bytes(path)
    return lock.opened(path.with_name(path.name + LOCKED))


def _write(path: Path, content: bytes, lock: RunLock | None) -> None:
    """Write a file in one step, so that nobody ever reads half of it; on the disk when done."""
    if lock is not None:
        path = path.with_name(path.name + LOCKED)
        content = lock.locked(content)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as scratch:
        staged = Path(scratch) / path.name
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise _refused(str(path), "must be there")
    return path.read_bytes()


def _refused(name: str, rule: str) -> LogError:
    return LogError("this run cannot be used", (Breach(name[-120:], 0, "file", "", rule),))
