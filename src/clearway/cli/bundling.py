"""The commands that hand a run on, take one in, and see to what is past its end date."""

from __future__ import annotations

import argparse
import resource
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from clearway.cli.codes import FAILED, OK
from clearway.cli.local_time import moment, moment_or_now, zone_in, zone_of
from clearway.cli.passphrase import VARIABLE, passphrase
from clearway.cli.say import complain, tell
from clearway.cli.write import expect_file
from clearway.errors import Breach, LogError
from clearway.model.event import Event
from clearway.operate.log.log import Log
from clearway.operate.log.opening import is_encrypted, open_log
from clearway.operate.retention import (
    OVERDUE,
    delete,
    destroy_key,
    incidents,
    kept,
    overdue,
    register,
)
from clearway.operate.run_files import (
    Keyring,
    checked,
    file_bytes,
    gather,
    is_run,
    subject_of,
)
from clearway.operate.run_folder import KEY_FILE as RUN_KEY
from clearway.operate.run_folder import LOG_FILE as RUN_LOG
from clearway.operate.run_folder import is_encrypted_run
from clearway.operate.state_said import said
from clearway.publish.bundle.checking import Checked
from clearway.publish.bundle.locking import identities_in, locked_to, locked_with, new_identity
from clearway.publish.bundle.opening import write_file, write_folder
from clearway.publish.release.handing import (
    Release,
    Terms,
    redacted_release,
    release_event,
    usual_expiry,
    whole_release,
)
from clearway.publish.release.profiles import PUBLIC, profile_named
from clearway.seal.canonical import digest
from clearway.seal.keys import WriterKey, is_sealed, load_key

LOG_FILE: Final = "log.jsonl"


def bundle(arguments: argparse.Namespace) -> int:
    """Seal files in one signed file, as one kind of recipient may see them."""
    _keep_memory_off_disk()
    expect_file(arguments.out)
    _take_run(arguments, arguments.files)
    names, keys = _recipients(arguments.to)
    _expect_protection(arguments, keys, names)
    key = _key(arguments)
    keyring = _keyring(arguments, arguments.files, key.fingerprint)
    with _log(arguments, key) as log:
        files = gather(arguments.files, keyring)
        if log is not None:
            if LOG_FILE in files:
                raise _refused(LOG_FILE, "is among the files already; leave out one of the two")
            files[LOG_FILE] = b"".join(line + b"\n" for line in log.lines())
        release, terms = _release(arguments, files, key, " + ".join(names), keyring.now)
        handed = _locked(arguments, release.bundle, keys)
        # The register first: what was handed over unrecorded could never be called back.
        event = release_event(terms, handed, keyring.now)
        if log is not None:
            log.append(event)
        write_file(arguments.out, handed)
    if arguments.log is None:
        complain(["no --log: no register knows that this was handed over, or when it must go"])
    tell(arguments, _handed(arguments, release, terms, handed))
    return OK


def verify(arguments: argparse.Namespace) -> int:
    """Name everything wrong with a bundle; say what it is where nothing is."""
    _keep_memory_off_disk()
    found = checked(file_bytes(arguments.file), _keyring(arguments, ()))
    complain(map(str, found.faults))
    tell(arguments, _described(found))
    return OK if found.sound else FAILED


def open_bundle(arguments: argparse.Namespace) -> int:
    """Write what is in a bundle into a new folder; nothing if anything is wrong with it."""
    _keep_memory_off_disk()
    found = checked(file_bytes(arguments.file), _keyring(arguments, ()))
    complain(map(str, found.faults))
    if not found.sound:
        return FAILED
    paths = write_folder({**found.files, **found.seals}, arguments.out)
    tell(arguments, _described(found))
    tell(arguments, f"wrote {len(paths)} files to {arguments.out}, readable by you alone")
    return OK


def retention(arguments: argparse.Namespace) -> int:
    """List what was released and what is past its end date; delete it where asked to."""
    _take_run(arguments, [arguments.folder])
    now = _now(arguments, [arguments.folder])
    _expect_proof(arguments)
    key = _key(arguments) if arguments.key is not None else None
    with _log(arguments, key) as log:
        events = _events(log)
        for row in register(events, now):
            told = f"{row.state:8} {row.profile:8} until {row.expires.isoformat()} {row.to}"
            tell(arguments, f"{told} {row.file[:16]}")
        if arguments.incidents:
            for one in incidents(events):
                tell(arguments, f"incident {one.at.isoformat()} {one.about['text']}")
        late = overdue(kept(arguments.folder, events), now)
        for item in late:
            until = f"kept until {item.expires.isoformat()}"
            if arguments.delete:
                _prove(arguments, log, delete(item, now), f"deleted {item.path}: {until}")
            else:
                tell(arguments, f"{OVERDUE} {item.path}: {until}")
        if arguments.destroy_key is not None:
            event = destroy_key(arguments.destroy_key, now)
            _prove(arguments, log, event, f"destroyed {arguments.destroy_key}")
    return OK if arguments.delete or not late else FAILED


def identity(arguments: argparse.Namespace) -> int:
    """Make a pair of keys of age; the private one is for this laptop alone."""
    if arguments.out.exists():
        raise _refused(str(arguments.out), "is there already; a key is never written over")
    text, public = new_identity()
    write_file(arguments.out, text.encode())
    tell(arguments, public)
    return OK


def _take_run(arguments: argparse.Namespace, paths: Sequence[Path]) -> None:
    """Use the log and the key of the folder of a running pause where no others are named."""
    for folder in filter(is_run, paths):
        arguments.log = arguments.log or str(folder / RUN_LOG)
        arguments.key = arguments.key or folder / RUN_KEY
        if "passphrase_file" not in arguments or not is_encrypted_run(folder):
            continue
        # One passphrase for all of it: asked for once.
        told = passphrase(arguments.passphrase_file, VARIABLE, f"Passphrase of {folder}")
        arguments.run_passphrase = told


def _release(
    arguments: argparse.Namespace,
    files: Mapping[str, bytes],
    key: WriterKey,
    recipient: str,
    now: datetime,
) -> tuple[Release, Terms]:
    profile = profile_named(arguments.profile)
    zone, expires = zone_in(files), usual_expiry(profile.name, now)
    if arguments.expires is not None:
        expires = moment(arguments.expires, "--expires", lambda: zone)
    terms = Terms(profile.name, recipient, now, expires, zone or "UTC")
    if profile.whole:
        return whole_release(files, terms, key), terms
    return redacted_release(subject_of(files), terms, key), terms


def _handed(arguments: argparse.Namespace, release: Release, terms: Terms, handed: bytes) -> str:
    until = terms.mark(release.id)["moment"]
    return (
        f"{arguments.out}: {terms.profile} for {terms.recipient}, {release.id}, "
        f"{len(release.files)} files, {len(handed):,} bytes, until {until}\n"
        f"sha256 {digest(handed)}"
    )


def _described(found: Checked) -> str:
    manifest = found.manifest
    if manifest is None or not found.signer:
        return ""
    lines = [
        manifest.watermark,
        f"signed by {found.signer} at {manifest.created.isoformat()}",
        f"{manifest.profile}, to be kept until {manifest.expires.isoformat()}",
        *(f"{one.sha256[:16]} {one.size:>10,} {one.name}" for one in manifest.files),
    ]
    return "\n".join(lines)


def _expect_protection(
    arguments: argparse.Namespace, keys: Sequence[str], names: Sequence[str]
) -> None:
    """Refuse to write what is not public in the clear without being told to, and half encrypted."""
    if keys and len(keys) < len(names):
        raise _refused("--to", "must each have a public key, or none of them")
    ways = [bool(keys), arguments.encrypt_passphrase_file is not None, arguments.in_the_clear]
    if sum(ways) > 1:
        raise _refused("--to", "encrypt to public keys, or with a passphrase, or not at all")
    if not any(ways) and arguments.profile != PUBLIC:
        raise _refused("--to", "needs NAME=age1..., a passphrase, or --in-the-clear")


def _recipients(told: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names, and the public keys of those who have one."""
    pairs = [one.rpartition("=age1") for one in told]
    names = [name if mark else rest for name, mark, rest in pairs]
    return names, [f"age1{rest}" for _, mark, rest in pairs if mark]


def _locked(arguments: argparse.Namespace, blob: bytes, keys: Sequence[str]) -> bytes:
    if keys:
        return locked_to(blob, keys)
    if arguments.encrypt_passphrase_file is not None:
        return locked_with(blob, _secret(arguments.encrypt_passphrase_file) or "")
    return blob


def _keyring(arguments: argparse.Namespace, paths: Sequence[Path], *own: str) -> Keyring:
    return Keyring(
        now=_now(arguments, paths),
        identities=tuple(key for path in arguments.identity for key in identities_in(_text(path))),
        passphrase=getattr(arguments, "run_passphrase", _secret(arguments.passphrase_file)),
        signers=frozenset((*arguments.signer, *own)),
    )


def _key(arguments: argparse.Namespace) -> WriterKey:
    if arguments.key is None:
        raise _refused("--key", "must name the writer's key, which signs")
    secret = getattr(arguments, "run_passphrase", None)
    if secret is None and is_sealed(arguments.key):
        prompt = f"Passphrase of {arguments.key}"
        secret = passphrase(arguments.key_passphrase_file, VARIABLE, prompt)
    return load_key(arguments.key, secret)


@contextmanager
def _log(arguments: argparse.Namespace, key: WriterKey | None) -> Iterator[Log | None]:
    if arguments.log is None:
        yield None
        return
    secret = getattr(arguments, "run_passphrase", None)
    if secret is None and is_encrypted(arguments.log):
        prompt = f"Passphrase of {arguments.log}"
        secret = passphrase(arguments.log_passphrase_file, VARIABLE, prompt)
    log = open_log(arguments.log, key, secret)
    try:
        yield log
    finally:
        log.close()


def _events(log: Log | None) -> tuple[Event, ...]:
    if log is None:
        return ()
    return tuple(one.event for one in said(log.records()).sayings)


def _expect_proof(arguments: argparse.Namespace) -> None:
    deletes = arguments.delete or arguments.destroy_key is not None
    if deletes and (arguments.log is None or arguments.key is None):
        raise _refused("--delete", "needs --log and --key: what is deleted is proved in the log")


def _prove(arguments: argparse.Namespace, log: Log | None, event: Event, told: str) -> None:
    if log is not None:
        log.append(event)
    tell(arguments, f"{told}, sha256 {event.about['file']}")


def _secret(path: Path | None) -> str | None:
    """Return the first line of a file that holds a passphrase; None without a file."""
    return _text(path).split("\n", 1)[0].rstrip("\r") if path is not None else None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(str(path), "must be text in UTF-8") from error


def _now(arguments: argparse.Namespace, paths: Sequence[Path]) -> datetime:
    """Return the moment to look at; without a zone, local where a scenario is among ``paths``."""

    def secret() -> str:
        known: str | None = getattr(arguments, "run_passphrase", None)
        return known or passphrase(arguments.log_passphrase_file, VARIABLE, "Passphrase of the run")

    return moment_or_now(arguments.now, "--now", lambda: zone_of(paths, secret))


def _keep_memory_off_disk() -> None:
    """Forbid a core file: should the process crash, it would hold everything in the clear."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refused(value: str, rule: str) -> LogError:
    return LogError("cannot be done", (Breach(value, 0, "argument", "", rule),))
