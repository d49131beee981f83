"""The files of a run, held in memory: from folders, files and bundles, and what is read of them.

Nothing here writes: what came encrypted is decrypted in memory, and never stands on a disk.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from clearway.errors import Breach, LogError
from clearway.judge.check import judge
from clearway.model.event import Event
from clearway.model.record import Record
from clearway.model.scenario import Scenario
from clearway.operate.run_folder import LOCKED_SCENARIO, SCENARIO, is_encrypted_run
from clearway.operate.run_folder import LOG_FILE as RUN_LOG
from clearway.operate.run_lock import IDENTITY_FILE, LOCKED, open_lock
from clearway.operate.state_said import said
from clearway.publish.bundle.archive import MOST_BYTES, problems, unzipped
from clearway.publish.bundle.checking import Checked, check
from clearway.publish.bundle.locking import IDENTITY, is_locked, unlocked
from clearway.publish.plan_file import FORMAT as PLAN_FORMAT
from clearway.publish.release.handing import NOTE_FILE
from clearway.publish.release.redact import Subject
from clearway.read.plan_file import plan_in
from clearway.read.scenario import PLAN_FILE as SCENARIO_FILE
from clearway.read.scenario import scenario_in
from clearway.seal.canonical import canonical, digest
from clearway.seal.verify import read_lines, split, verify

_ZIP: Final = b"PK\x03\x04"
_DATABASE: Final = b"SQLite format 3\0"
#: What must never leave the laptop that made it.
_SECRETS: Final = (IDENTITY.encode(), b'"clearway key"')
#: Where a file says what it is.
_HEAD_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Keyring:
    """What opens bundles here, and whom one believes.

    Attributes
    ----------
    now
        Moment by which nothing may have expired.
    identities
        Private keys of age.
    passphrase
        For what was encrypted with one; None for none.
    signers
        Fingerprints of keys that are believed.
    """

    now: datetime
    identities: tuple[str, ...] = ()
    passphrase: str | None = None
    signers: Collection[str] = ()


def checked(blob: bytes, keyring: Keyring) -> Checked:
    """Return what is in a bundle, encrypted or not, and everything that is wrong with it.

    Raises
    ------
    LogError
        If it is encrypted and none of the keys opens it.
    """
    if is_locked(blob):
        blob = unlocked(blob, keyring.identities, keyring.passphrase)
    return check(blob, keyring.signers, keyring.now)


def gather(paths: Iterable[Path], keyring: Keyring) -> dict[str, bytes]:
    """Return the content of files, folders and bundles by the name that each has in a run.

    A folder's files are named under the folder, a file by its name; of a bundle, what is in it; of
    the folder of a running pause its scenario, its plans and whatever else, but not its log (which
    goes in as its export) nor its key. Names that begin with a dot are left out.

    Raises
    ------
    LogError
        If a bundle has a fault, two files have one name, or one must not be handed on: a private
        key, or a database in use (a log goes in as its export).
    OSError
        If one cannot be read.
    """
    found: dict[str, bytes] = {}
    for path in paths:
        for name, content in _content(path, keyring):
            if name in found:
                raise _refused(name, "stands twice in what is gathered")
            found[name] = content
    for name, content in found.items():
        _check_harmless(name, content)
    for name, problem in problems(found):
        raise _refused(name, problem)
    if not found:
        raise _refused("", "there is nothing in it")
    return found


def subject_of(files: Mapping[str, bytes]) -> Subject:
    """Return the scenario, the plan if there is one, its verdict and the log, as they stand in it.

    Of several plans, the one that the log names last holds.

    Raises
    ------
    LogError
        If there is no scenario or more than one, the log has a fault, or does not say which of
        several plans holds.
    ScenarioError
        With every breach of scenario or plan.
    """
    scenario = _scenario(files)
    events = tuple(one.event for one in said(records_in(files)).sayings)
    name = _plan_that_holds(files, events)
    plan = plan_in(files, name, scenario) if name else None
    verdict = judge(scenario, plan) if plan is not None else None
    return Subject(scenario, plan, verdict, events)


def records_in(files: Mapping[str, bytes]) -> tuple[Record, ...]:
    """Return the records of every log among ``files``.

    Raises
    ------
    LogError
        If one has a fault, each named.
    """
    found: dict[str, Record] = {}
    for name, content in files.items():
        if name.endswith(".jsonl"):
            faults = verify(content)
            if faults:
                breaches = (Breach(name, one.row, one.what, "", str(one)) for one in faults)
                raise LogError(f"{name}: the log is damaged", tuple(breaches))
            lines = read_lines(split(content))
            found |= {one.record.hash: one.record for one in lines if one.record is not None}
    return tuple(found.values())


def file_bytes(path: Path) -> bytes:
    """Return the content of an ordinary file that is not too large to be a bundle.

    Raises
    ------
    LogError
        If it is a link, a folder or a pipe, is not there, or is too large.
    OSError
        If it cannot be read.
    """
    if path.is_symlink() or not path.is_file():
        raise _refused(str(path), "must be an ordinary file")
    if path.stat().st_size > MOST_BYTES:
        raise _refused(str(path), f"must have at most {MOST_BYTES:,} bytes")
    return path.read_bytes()


def is_run(path: Path) -> bool:
    """Return whether ``path`` is the folder of a running pause, with its scenario and its log."""
    there = (path / SCENARIO).is_dir() or is_encrypted_run(path)
    return there and (path / RUN_LOG).is_file()


def _run_content(path: Path, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    """Yield what is in the folder of a run, decrypted, but for its log and its key."""
    lock = open_lock(path, keyring.passphrase) if is_encrypted_run(path) else None
    for one in sorted(path.rglob("*")):
        name = one.relative_to(path).as_posix()
        if one.is_dir() or name.startswith((".", RUN_LOG)) or name == IDENTITY_FILE:
            continue
        content = file_bytes(one)
        if lock is None or not is_locked(content):
            yield name, content
        elif name == LOCKED_SCENARIO:
            inside, faults = unzipped(lock.opened(one))
            if faults:
                raise _refused(name, str(faults[0]))
            yield from ((f"{SCENARIO}/{file}", told) for file, told in inside.items())
        else:
            yield name.removesuffix(LOCKED), lock.opened(one)


def _content(path: Path, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    if is_run(path):
        yield from _run_content(path, keyring)
        return
    if path.is_dir():
        for one in sorted(path.rglob("*")):
            inside = one.relative_to(path)
            if not any(part.startswith(".") for part in inside.parts) and not one.is_dir():
                yield f"{path.resolve().name}/{inside.as_posix()}", file_bytes(one)
        return
    blob = file_bytes(path)
    if not blob.startswith(_ZIP) and not is_locked(blob):
        yield path.name, blob
        return
    found = checked(blob, keyring)
    if found.faults:
        breaches = (Breach(path.name, 0, one.kind, "", str(one)) for one in found.faults)
        raise LogError(f"{path.name}: nothing is taken from it", tuple(breaches))
    # Its own note says for whom it was, not for whom the next one is.
    yield from ((name, one) for name, one in found.files.items() if name != NOTE_FILE)


def _check_harmless(name: str, content: bytes) -> None:
    head = content[:_HEAD_BYTES]
    if any(one in head for one in _SECRETS):
        raise _refused(name, "holds a private key, which must never be handed on")
    if head.startswith(_DATABASE):
        raise _refused(name, "is a database; a log goes in as its export")


def _scenario(files: Mapping[str, bytes]) -> Scenario:
    found = [name for name in files if name.rpartition("/")[2] == SCENARIO_FILE]
    if len(found) != 1:
        raise _refused(SCENARIO_FILE, f"must be there once; there are {len(found)}")
    folder = found[0].removesuffix(SCENARIO_FILE)
    inside = {n.removeprefix(folder): one for n, one in files.items() if n.startswith(folder)}
    return scenario_in(inside)


def _plan_that_holds(files: Mapping[str, bytes], events: Iterable[Event]) -> str:
    """Return the name of the only plan, or of the one that the log names last; empty for none."""
    plans = [name for name, content in files.items() if _is_plan(name, content)]
    if len(plans) < 2:
        return "".join(plans)
    last = [one.about["plan"] for one in events if one.kind == "plan"][-1:]
    found = [name for name in plans if last == [_json_hash(name, files[name])]]
    if not found:
        raise _refused(plans[1], f"is a second plan beside {plans[0]}; name the one to release")
    return found[0]


def _json_hash(name: str, content: bytes) -> str:
    try:
        return digest(canonical(json.loads(content)))
    except ValueError as error:
        raise _refused(name, f"must be JSON: {error}") from error


def _is_plan(name: str, content: bytes) -> bool:
    return name.endswith(".json") and PLAN_FORMAT.encode() in content[:_HEAD_BYTES]


def _refused(value: str, rule: str) -> LogError:
    return LogError("cannot be bundled or opened", (Breach(value[-200:], 0, "file", "", rule),))
