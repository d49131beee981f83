"""Records and heads of chains as the bytes that are hashed, signed, stored and handed on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from clearway.errors import Breach, LogError, ScenarioError
from clearway.model.checks import shown
from clearway.model.event import CHAINS, Event
from clearway.model.record import Head, Record
from clearway.seal.canonical import canonical, digest, from_canonical
from clearway.seal.keys import FINGERPRINT_DIGITS, PublicKey, WriterKey

#: What the first record of a chain names as the one before it: the SHA-256 of no bytes.
NOTHING_BEFORE: Final = digest(b"")

_HEAD_KEYS: Final = {"chain", "hash", "number", "writer"}
_EVENT_KEYS: Final = {"about", "at", "kind"}
RECORD_KEYS: Final = frozenset(
    {"before", "chain", "event", "hash", "number", "seen", "signature", "writer", "written"}
)
SIGNED_HEAD_KEYS: Final = frozenset({*_HEAD_KEYS, "signature"})


@dataclass(frozen=True, slots=True)
class SignedHead:
    """What a writer signs with each record: that their chain goes to there.

    Attributes
    ----------
    head
        The chain's last record.
    signature
        Ed25519 over the canonical JSON of the head, in small hexadecimal digits.
    """

    head: Head
    signature: str


def seal(
    event: Event,
    key: WriterKey,
    *,
    chain: str,
    after: Head | None,
    seen: tuple[Head, ...],
    written: datetime,
) -> Record:
    """Return the record of ``event`` that follows ``after`` in its writer's chain.

    Parameters
    ----------
    event
        What it tells.
    key
        The writer's.
    chain
        One of ``CHAINS``.
    after
        Last record of that chain; None for the first.
    seen
        Last records of all other chains that the writer's log holds, in any order.
    written
        Now, by the writer's clock.

    Raises
    ------
    LogError
        If ``after`` is of another chain, or the event holds what JSON cannot say.
    """
    if after is not None and (after.writer, after.chain) != (key.fingerprint, chain):
        raise _refused("", 0, "before", f"{after.writer}/{after.chain}", "is of another chain")
    draft = {
        "before": NOTHING_BEFORE if after is None else after.hash,
        "chain": chain,
        "event": event_to_json(event),
        "number": 1 if after is None else after.number + 1,
        "seen": [head_to_json(one) for one in sorted(seen, key=_by_place)],
        "writer": key.fingerprint,
        "written": written.astimezone(UTC).isoformat(),
    }
    name = digest(canonical(draft))
    signed = {**draft, "hash": name, "signature": key.sign(bytes.fromhex(name)).hex()}
    # Through its bytes: what is given back is what anyone will read, to the last digit.
    return record_from_bytes(canonical(signed))


def record_to_json(record: Record) -> dict[str, Any]:
    """Return ``record`` as what JSON has."""
    return {
        "before": record.before,
        "chain": record.chain,
        "event": event_to_json(record.event),
        "hash": record.hash,
        "number": record.number,
        "seen": [head_to_json(one) for one in record.seen],
        "signature": record.signature,
        "writer": record.writer,
        "written": record.written.isoformat(),
    }


def record_to_bytes(record: Record) -> bytes:
    """Return the canonical JSON of ``record``: one line, without its end."""
    return canonical(record_to_json(record))


def record_from_bytes(data: bytes, file: str = "", row: int = 0) -> Record:
    """Return the record whose canonical JSON is ``data``; its signature is not looked at here.

    Raises
    ------
    LogError
        With every breach: not canonical, not a record, an event that no record may tell, or a hash
        that is not that of the rest. ``file`` and ``row`` say where it stood.
    """
    told = _object(data, RECORD_KEYS, "record", file, row)
    rules = (*_PLACE_RULES, *_SIGNATURE_RULES, *_RECORD_RULES)
    breaches = [
        Breach(file, row, name, shown(told[name]), rule)
        for name, rule, holds in rules
        if not holds(told[name])
    ]
    if breaches:
        raise LogError("not a record", tuple(breaches))
    event = event_from_json(told["event"], file, row)
    record = Record(
        writer=told["writer"],
        chain=told["chain"],
        number=told["number"],
        written=datetime.fromisoformat(told["written"]),
        event=event,
        seen=tuple(Head(**one) for one in told["seen"]),
        before=told["before"],
        hash=told["hash"],
        signature=told["signature"],
    )
    draft = {name: told[name] for name in RECORD_KEYS - {"hash", "signature"}}
    if digest(canonical(draft)) != record.hash:
        raise _refused(file, row, "hash", record.hash, "must be the SHA-256 of the rest")
    return record


def event_to_json(event: Event) -> dict[str, Any]:
    """Return ``event`` as what JSON has."""
    return {"about": dict(event.about), "at": event.at.isoformat(), "kind": event.kind}


def event_from_json(told: Any, file: str = "", row: int = 0) -> Event:
    """Return the event that ``told`` describes.

    Raises
    ------
    LogError
        With every breach of its kind's rules.
    """
    if not isinstance(told, Mapping) or set(told) != _EVENT_KEYS:
        raise _refused(file, row, "event", told, f"must have the keys {sorted(_EVENT_KEYS)}")
    about, at, kind = told["about"], told["at"], told["kind"]
    if not isinstance(about, Mapping) or not isinstance(kind, str) or not _is_moment(at):
        rule = "must have an object about, a text as kind, and at: a moment with its zone"
        raise _refused(file, row, "event", told, rule)
    try:
        return Event(kind, datetime.fromisoformat(at), about)
    except ScenarioError as error:
        placed = (Breach(file, row, b.field, b.value, b.rule) for b in error.breaches)
        raise LogError("not an event", tuple(placed)) from error


def head_of(record: Record) -> Head:
    """Return the head of its chain as ``record`` makes it."""
    return Head(record.writer, record.chain, record.number, record.hash)


def head_to_json(head: Head) -> dict[str, Any]:
    """Return ``head`` as what JSON has."""
    return {
        "chain": head.chain,
        "hash": head.hash,
        "number": head.number,
        "writer": head.writer,
    }


def sign_head(head: Head, key: WriterKey) -> SignedHead:
    """Return ``head`` with its writer's word that the chain goes to there."""
    return SignedHead(head, key.sign(canonical(head_to_json(head))).hex())


def signed_head_to_bytes(signed: SignedHead) -> bytes:
    """Return the canonical JSON of a signed head: one line, without its end."""
    return canonical({**head_to_json(signed.head), "signature": signed.signature})


def signed_head_from_bytes(data: bytes, file: str = "", row: int = 0) -> SignedHead:
    """Return the signed head whose canonical JSON is ``data``; the signature is not looked at here.

    Raises
    ------
    LogError
        With every breach.
    """
    told = _object(data, SIGNED_HEAD_KEYS, "head", file, row)
    rules = (*_PLACE_RULES, *_SIGNATURE_RULES)
    breaches = [
        Breach(file, row, name, shown(told[name]), rule)
        for name, rule, holds in rules
        if not holds(told[name])
    ]
    if breaches:
        raise LogError("not a head", tuple(breaches))
    signature = told.pop("signature")
    return SignedHead(Head(**told), signature)


def record_is_signed(record: Record, public: PublicKey) -> bool:
    """Return whether the signature of ``record`` is that of ``public``."""
    return public.verifies(bytes.fromhex(record.signature), bytes.fromhex(record.hash))


def head_is_signed(signed: SignedHead, public: PublicKey) -> bool:
    """Return whether the signature of a head is that of ``public``."""
    return public.verifies(bytes.fromhex(signed.signature), canonical(head_to_json(signed.head)))


def _by_place(head: Head) -> tuple[str, str, int, str]:
    return head.writer, head.chain, head.number, head.hash


def _object(data: bytes, keys: frozenset[str], noun: str, file: str, row: int) -> dict[str, Any]:
    try:
        told = from_canonical(data)
    except LogError as error:
        placed = (Breach(file, row, b.field, b.value, b.rule) for b in error.breaches)
        raise LogError(f"not a {noun}", tuple(placed)) from error
    if not isinstance(told, dict) or set(told) != keys:
        raise _refused(file, row, noun, told, f"must have the keys {sorted(keys)}")
    return told


def _hexadecimal(digits: int) -> Any:
    pattern = re.compile(f"[0-9a-f]{{{digits}}}")
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_moment(value: Any) -> bool:
    """Return whether ``value`` is a moment with a zone, in the one way in which it is written."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return moment.tzinfo is not None and moment.isoformat() == value


def _is_utc(value: Any) -> bool:
    return _is_moment(value) and str(value).endswith("+00:00")


def _is_seen(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    whole = all(
        isinstance(one, dict)
        and set(one) == _HEAD_KEYS
        and all(holds(one[name]) for name, _, holds in _PLACE_RULES)
        for one in value
    )
    places = [_by_place(Head(**one)) for one in value] if whole else []
    return whole and places == sorted(set(places))


_PLACE_RULES: Final = (
    ("chain", f"must be one of {CHAINS}", lambda value: value in CHAINS),
    ("hash", "must be 64 small hexadecimal digits", _hexadecimal(64)),
    ("number", "must be a whole number, 1 or more", _is_number),
    ("writer", "must be 16 small hexadecimal digits", _hexadecimal(FINGERPRINT_DIGITS)),
)
_SIGNATURE_RULES: Final = (
    ("signature", "must be 128 small hexadecimal digits", _hexadecimal(128)),
)
_RECORD_RULES: Final = (
    ("before", "must be 64 small hexadecimal digits", _hexadecimal(64)),
    ("seen", "must be heads of chains in order, each once", _is_seen),
    ("written", "must be a moment in UTC, in ISO 8601", _is_utc),
)


def _refused(file: str, row: int, name: str, value: object, rule: str) -> LogError:
    return LogError("not a record of the log", (Breach(file, row, name, shown(value), rule),))
