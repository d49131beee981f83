"""The command that keeps the log of the day."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from clearway.cli.codes import FAILED, OK
from clearway.cli.local_time import moment, zone_of
from clearway.cli.passphrase import OTHER_VARIABLE, VARIABLE, passphrase
from clearway.cli.say import complain, tell
from clearway.cli.write import expect_file, named, scratch_in
from clearway.errors import Breach, LogError
from clearway.model.event import KINDS, Event
from clearway.model.record import Record
from clearway.operate.log.conflicts import Conflict
from clearway.operate.log.log import Log
from clearway.operate.log.merge import Source
from clearway.operate.log.opening import create_log, is_encrypted, is_server, open_log
from clearway.seal.chain import event_from_json, record_to_bytes
from clearway.seal.keys import WriterKey, create_key, is_sealed, load_key
from clearway.seal.verify import split, verify

#: What a field takes that takes moments.
_A_MOMENT: Final = "2016-10-20T11:20:00+03:00"
#: Whoever names no corridor means all of them.
_ALL_IF_LEFT_OUT: Final = frozenset({("stop", "corridors"), ("resume", "corridors")})
#: What an exported log begins with, whatever follows.
_EXPORT: Final = b'{"clearway log":'


def keep_log(arguments: argparse.Namespace) -> int:
    """Do one step with a log and return the exit code.

    Raises
    ------
    LogError
        If the log, a key or an event cannot be used; with every breach.
    """
    _expect_no_password(arguments)
    return _STEPS[arguments.step](arguments)


def _init(arguments: argparse.Namespace) -> int:
    path = _key_path(arguments)
    there = path.exists()
    sealed = is_sealed(path) if there else arguments.encrypted
    secret = None
    if sealed or arguments.encrypted:
        secret = _secret(arguments, twice=not there)
    key = load_key(path, secret if sealed else None) if there else create_key(path, secret)
    create_log(arguments.log, key, secret if arguments.encrypted else None).close()
    how = "encrypted log" if arguments.encrypted else "log in the clear"
    tell(arguments, f"{arguments.log}: empty {how}; writer {key.fingerprint} ({path})")
    return OK


def _append(arguments: argparse.Namespace) -> int:
    event = _piped(arguments) if arguments.kind == "-" else _told(arguments)
    with closing(_opened(arguments, _key(arguments))) as log:
        record = log.append(event, arguments.chain)
    place = f"{record.writer}/{record.chain}/{record.number}"
    tell(arguments, f"{place} {record.event.kind}: hash {record.hash}")
    return OK


def _show(arguments: argparse.Namespace) -> int:
    with closing(_opened(arguments, None)) as log:
        records = log.records(despite_faults=True)
        faults, found = log.faults(), log.conflicts()
    if arguments.json:
        tell(arguments, "\n".join(record_to_bytes(one).decode() for one in records))
    else:
        tell(arguments, "\n".join(_line(one) for one in records) or "no records")
    _complain_of(found)
    complain(map(str, faults))
    return FAILED if faults else OK


def _verify(arguments: argparse.Namespace) -> int:
    if _is_export(arguments.log):
        faults = verify(Path(arguments.log).read_bytes(), arguments.writer)
    else:
        with closing(_opened(arguments, None)) as log:
            faults = log.faults(arguments.writer)
    complain(map(str, faults))
    if not faults:
        tell(arguments, f"{arguments.log}: no fault")
    return FAILED if faults else OK


def _merge(arguments: argparse.Namespace) -> int:
    with closing(_opened(arguments, None)) as log:
        other = _other(arguments)
        merged = log.merge(other, despite_faults=arguments.despite_faults)
        if isinstance(other, Log):
            other.close()
    for writer in merged.writers:
        tell(arguments, f"new writer {writer}: compare with the laptop it comes from")
    tell(arguments, f"{arguments.log}: {len(merged.new):,} new records")
    complain(f"other log: {fault}" for fault in merged.faults)
    _complain_of(merged.conflicts)
    return OK


def _export(arguments: argparse.Namespace) -> int:
    expect_file(arguments.out)
    with closing(_opened(arguments, None)) as log:
        lines = log.lines()
    with named(arguments.out), scratch_in(arguments.out.parent, arguments.out.name) as scratch:
        staged = scratch / arguments.out.name
        staged.touch(0o600)
        staged.write_bytes(b"".join(line + b"\n" for line in lines))
        staged.replace(arguments.out)
    tell(arguments, f"{arguments.out}: {len(lines):,} lines, in the clear")
    return OK


def _show_key(arguments: argparse.Namespace) -> int:
    secret = None
    if is_sealed(arguments.key):
        secret = passphrase(None, VARIABLE, f"Passphrase of {arguments.key}")
    key = load_key(arguments.key, secret)
    tell(arguments, f"fingerprint {key.fingerprint}\npublic key  {key.public.raw.hex()}")
    return OK


def _kinds(arguments: argparse.Namespace) -> int:
    if arguments.kind is not None:
        _fields(arguments.kind)
    for kind, fields in KINDS.items():
        if arguments.kind in (None, kind):
            lines = [f"  {name:<16}{_rule(kind, name)}" for name in fields]
            tell(arguments, "\n".join((kind, *lines)))
    return OK


def _rule(kind: str, name: str) -> str:
    """Return what a field takes, in the words in which it would be refused."""
    rule, holds = KINDS[kind][name]
    if (kind, name) in _ALL_IF_LEFT_OUT:
        return f"{rule}; all corridors if it is left out"
    return f"{rule}; may be left out" if holds("") else rule


_STEPS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = MappingProxyType(
    {
        "init": _init,
        "append": _append,
        "show": _show,
        "verify": _verify,
        "merge": _merge,
        "import": _merge,
        "export": _export,
        "key": _show_key,
        "kinds": _kinds,
    }
)


@dataclass(frozen=True, slots=True)
class _Exported:
    """An exported log, to be merged from."""

    data: bytes

    def lines(self) -> tuple[bytes, ...]:
        """Return its lines."""
        return split(self.data)


def _other(arguments: argparse.Namespace) -> Source:
    if _is_export(arguments.other):
        return _Exported(Path(arguments.other).read_bytes())
    secret = None
    if is_encrypted(arguments.other):
        prompt = f"Passphrase of {arguments.other}"
        secret = passphrase(arguments.other_passphrase_file, OTHER_VARIABLE, prompt)
    return open_log(arguments.other, None, secret, despite_faults=arguments.despite_faults)


def _is_export(target: str) -> bool:
    if is_server(target) or not Path(target).is_file():
        return False
    with Path(target).open("rb") as file:
        start = file.read(len(_EXPORT))
    # A damaged export is an export still: verify says what is wrong with it.
    return start == _EXPORT or Path(target).suffix == ".jsonl"


def _opened(arguments: argparse.Namespace, key: WriterKey | None) -> Log:
    secret = _secret(arguments) if is_encrypted(arguments.log) else None
    # Who only looks is shown a damaged log too, with its faults; who writes is refused.
    return open_log(arguments.log, key, secret, despite_faults=key is None)


def _key(arguments: argparse.Namespace) -> WriterKey:
    path = _key_path(arguments)
    return load_key(path, _secret(arguments) if is_sealed(path) else None)


def _key_path(arguments: argparse.Namespace) -> Path:
    if arguments.key is not None:
        return Path(arguments.key)
    if is_server(arguments.log):
        msg = "a log on a server needs --key: the key stays on this laptop"
        raise LogError(msg)
    return Path(f"{arguments.log}.key")


def _secret(arguments: argparse.Namespace, *, twice: bool = False) -> str:
    """Return the passphrase of the log and its key, which is asked for once a command."""
    known: str | None = getattr(arguments, "secret", None)
    if known is None:
        prompt = f"Passphrase of {arguments.log}"
        known = passphrase(arguments.passphrase_file, VARIABLE, prompt, twice=twice)
        arguments.secret = known
    return known


def _told(arguments: argparse.Namespace) -> Event:
    """Return the event that the arguments describe."""
    fields = _fields(arguments.kind)
    about: dict[str, Any] = {}
    for one in arguments.about:
        name, equals, text = one.partition("=")
        if not equals:
            raise _refused("about", one, "must be KEY=VALUE")
        about[name] = _about(arguments, name, text, fields[name][1]) if name in fields else text
    for name, (_, holds) in fields.items():
        if name not in about and holds(""):
            about[name] = ""
        if name not in about and (arguments.kind, name) in _ALL_IF_LEFT_OUT:
            about[name] = []
    at = datetime.now().astimezone().isoformat()
    if arguments.at is not None:
        at = _moment(arguments, "--at", arguments.at)
    return event_from_json({"about": about, "at": at, "kind": arguments.kind}, "event")


def _fields(kind: str) -> Mapping[str, tuple[str, Callable[[Any], bool]]]:
    if kind not in KINDS:
        raise _refused("kind", kind, f"must be one of {tuple(KINDS)}")
    return KINDS[kind]


def _about(
    arguments: argparse.Namespace, name: str, text: str, holds: Callable[[Any], bool]
) -> Any:
    """Return what a field tells; moments in local time where the log is that of a run."""
    told = _value(text, holds)
    takes_moments = holds(_A_MOMENT) and not holds("any text")
    return _moment(arguments, name, text) if takes_moments and told is not None else told


def _moment(arguments: argparse.Namespace, field: str, text: str) -> str:
    """Return a moment as the log has it; people write it without its seconds, and local."""
    folders = [] if is_server(arguments.log) else [Path(arguments.log).parent]
    return moment(text, field, lambda: zone_of(folders, lambda: _secret(arguments))).isoformat()


def _value(text: str, holds: Callable[[Any], bool]) -> Any:
    """Return what ``text`` means where ``holds`` says what may stand there."""
    candidates: list[Any] = [text]
    with suppress(ValueError):
        candidates.append(json.loads(text))
    candidates.append([part for part in text.split(",") if part])
    return next((one for one in candidates if holds(one)), text)


def _piped(arguments: argparse.Namespace) -> Event:
    if arguments.at:
        raise _refused("at", arguments.at, "belongs into the JSON on stdin")
    try:
        told = json.loads(sys.stdin.read())
    except ValueError as error:
        raise _refused("stdin", "", f"must be JSON: {error}") from error
    return event_from_json(told, "event")


def _line(record: Record) -> str:
    event = record.event
    told = " ".join(f"{name}={_short(value)}" for name, value in sorted(event.about.items()))
    place = f"{record.writer}/{record.chain}/{record.number}"
    return f"{event.at.isoformat()}  {event.kind:<12} {told}  [{place} {record.hash[:12]}]"


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _complain_of(found: Iterable[Conflict]) -> None:
    for one in found:
        state = "open" if one.settled is None else f"settled by {one.settled.hash[:12]}"
        complain([f"conflict ({state}): {one.what}"])
        complain(f"  {_line(record)}" for record in (one.one, one.other))


def _expect_no_password(arguments: argparse.Namespace) -> None:
    for target in (getattr(arguments, "log", ""), getattr(arguments, "other", "")):
        if re.search(r"^postgres(ql)?://[^/@]*:[^/@]*@|[?&]password=", target):
            rule = "must hold no password, which others on this machine could read: use PGPASSFILE"
            raise _refused("log", "", rule)


def _refused(field: str, value: str, rule: str) -> LogError:
    return LogError("nothing was written", (Breach("log", 0, field, value[:60], rule),))
