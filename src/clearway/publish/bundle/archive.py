"""Zip files of one layout: the same files give the same bytes, and no byte can hide anything.

A reader takes a zip apart, puts it together again from what it read, and compares: whatever differs
(a comment, another time, a second header, bytes before or after) is a fault. So nothing in a file
is read that was not looked at, and two readers cannot see two contents.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from clearway.publish.bundle.faults import (
    DAMAGED,
    LAYOUT,
    LINK,
    NAME,
    NOT_A_ZIP,
    TOO_LARGE,
    TWICE,
    Fault,
)

#: Ten times what a run of a city of a million takes; what is larger is not unpacked at all.
MOST_BYTES: Final = 512 * 1024 * 1024
MOST_FILES: Final = 10_000
MOST_NAME: Final = 200

_STORED, _DEFLATED = 0, 8
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
#: Zip 2.0, names in UTF-8, the first moment that a zip can tell, an ordinary file for its owner.
_VERSION, _FLAGS, _TIME, _DATE = 20, 0x800, 0, 0x21
_MADE_BY, _ATTRIBUTES = (3 << 8) | _VERSION, 0o100600 << 16
_KIND_BITS, _ORDINARY = 0o170000, 0o100000
_RESERVED: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{one}{n}" for one in ("com", "lpt") for n in range(1, 10)))
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file as it stands in the zip.

    Attributes
    ----------
    name
        With slashes.
    method
        0 stored, 8 deflated.
    crc, size
        Of the content.
    packed
        The bytes that are stored.
    """

    name: str
    method: int
    crc: int
    size: int
    packed: bytes


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of ``files`` by name: sorted, all of one time, deflated where that is shorter.

    Raises
    ------
    ValueError
        With the first of the problems that :func:`problems` finds.
    """
    for name, problem in problems(files):
        raise ValueError(f"{name!r} {problem}")
    return _assembled([_member(name, files[name]) for name in sorted(files)])


def unzipped(blob: bytes) -> tuple[dict[str, bytes], tuple[Fault, ...]]:
    """Return the files in a zip by name, and every fault; no file where there is any fault.

    Nothing is unpacked before names, sizes and layout were found to be in order.

    Parameters
    ----------
    blob
        Any bytes.
    """
    if len(blob) > MOST_BYTES:
        return {}, (Fault(TOO_LARGE, "", f"{len(blob):,} bytes; at most {MOST_BYTES:,} are read"),)
    try:
        members, faults = _taken_apart(blob)
    except (struct.error, UnicodeDecodeError, ValueError):
        return {}, (Fault(NOT_A_ZIP, "", "cannot be taken apart as a zip"),)
    faults += _crowd(members)
    ordered = sorted(members, key=lambda one: one.name)
    if not faults and _assembled(ordered) != blob:
        faults.append(Fault(LAYOUT, "", "holds bytes that Clearway does not write"))
    if faults:
        return {}, tuple(faults)
    files: dict[str, bytes] = {}
    for member in members:
        content = _unpacked(member)
        if content is None:
            faults.append(Fault(DAMAGED, member.name, "does not unpack to what the zip says"))
        else:
            files[member.name] = content
    return ({}, tuple(faults)) if faults else (files, ())


def problems(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield why these files cannot stand in one zip: a name, or none, and the problem."""
    seen = set[str]()
    for name in files:
        problem = name_problem(name)
        if problem:
            yield name, problem
        # Systems that do not tell capitals apart would write one over the other.
        if name.casefold() in seen:
            yield name, "differs from another name in capitals alone"
        seen.add(name.casefold())
    total = sum(map(len, files.values()))
    if len(files) > MOST_FILES or total > MOST_BYTES:
        yield "", f"too much for one bundle: {len(files):,} files, {total:,} bytes"


def name_problem(name: str) -> str | None:
    """Say why a file of that name must not be written, or None.

    Names that any common system reads otherwise than it is written (drive letters, backslashes,
    devices, trailing dots) are refused on all of them.
    """
    parts = name.split("/")
    if not name or name.startswith("/") or "\\" in name or ":" in name:
        return "must be a relative path with slashes"
    if any(part in {"", ".", ".."} for part in parts):
        return "must not leave or repeat a folder"
    if not name.isprintable() or len(name.encode()) > MOST_NAME:
        return f"must be printable and of at most {MOST_NAME} bytes"
    if any(part != part.strip() or part.endswith(".") for part in parts):
        return "must not begin or end in a space, or end in a dot"
    if any(part.split(".")[0].lower() in _RESERVED for part in parts):
        return "must not be the name of a device"
    return None


def _member(name: str, content: bytes) -> Member:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = squeeze.compress(content) + squeeze.flush()
    shorter = len(packed) < len(content)
    return Member(
        name=name,
        method=_DEFLATED if shorter else _STORED,
        crc=zlib.crc32(content),
        size=len(content),
        packed=packed if shorter else content,
    )


def _unpacked(member: Member) -> bytes | None:
    """Return the content, never more than the zip says; None where it does not fit."""
    content = member.packed
    if member.method == _DEFLATED:
        stretch = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stretch.decompress(member.packed, member.size + 1)
        except zlib.error:
            return None
        if not stretch.eof or stretch.unused_data or stretch.unconsumed_tail:
            return None
    right = len(content) == member.size and zlib.crc32(content) == member.crc
    return content if right else None


def _assembled(members: Iterable[Member]) -> bytes:
    """Return the one zip that Clearway writes of these members."""
    body, directory, count = bytearray(), bytearray(), 0
    for one in members:
        name, place = one.name.encode(), len(body)
        same = (_VERSION, _FLAGS, one.method, _TIME, _DATE, one.crc, len(one.packed), one.size)
        body += _LOCAL.pack(_LOCAL_MARK, *same, len(name), 0) + name + one.packed
        directory += _CENTRAL.pack(
            _CENTRAL_MARK, _MADE_BY, *same, len(name), 0, 0, 0, 0, _ATTRIBUTES, place
        )
        directory += name
        count += 1
    end = _END.pack(_END_MARK, 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def _taken_apart(blob: bytes) -> tuple[list[Member], list[Fault]]:
    """Return what the directory at the end of a zip lists, and what is wrong with its entries.

    Raises
    ------
    struct.error, UnicodeDecodeError, ValueError
        If it is no zip.
    """
    at = blob.rfind(_END_MARK)
    if at < 0:
        raise ValueError("no end")
    _, _, _, _, count, size, place, _ = _END.unpack_from(blob, at)
    members: list[Member] = []
    faults: list[Fault] = []
    if count > MOST_FILES or place + size > at:
        raise ValueError("the directory leads out of the file")
    for _ in range(count):
        fields = _CENTRAL.unpack_from(blob, place)
        name = _name(blob, place + _CENTRAL.size, fields[10])
        place += _CENTRAL.size + sum(fields[10:13])
        if fields[0] != _CENTRAL_MARK:
            raise ValueError("not an entry")
        faults += _entry_faults(name, fields)
        packed = _packed(blob, fields[16], fields[8])
        members.append(Member(name, fields[4], fields[7], fields[9], packed))
    return members, faults


def _name(blob: bytes, place: int, length: int) -> str:
    if place + length > len(blob):
        raise ValueError("a name leads out of the file")
    return blob[place : place + length].decode()


def _packed(blob: bytes, place: int, length: int) -> bytes:
    """Return the stored bytes of the entry whose own header begins at ``place``."""
    fields = _LOCAL.unpack_from(blob, place)
    begin = place + _LOCAL.size + fields[9] + fields[10]
    if fields[0] != _LOCAL_MARK or begin + length > len(blob):
        raise ValueError("an entry leads out of the file")
    return blob[begin : begin + length]


def _entry_faults(name: str, fields: tuple[int, ...]) -> list[Fault]:
    faults = []
    problem = name_problem(name)
    kind = (fields[15] >> 16) & _KIND_BITS
    if kind not in {0, _ORDINARY}:
        faults.append(Fault(LINK, name, "must be an ordinary file, no link, folder or device"))
    elif problem:
        faults.append(Fault(NAME, name, problem))
    if fields[4] not in {_STORED, _DEFLATED} or fields[3] & 1:
        faults.append(Fault(LAYOUT, name, "is packed in a way that Clearway does not use"))
    return faults


def _crowd(members: list[Member]) -> list[Fault]:
    """Return faults of all members together: names that meet, and more than may be unpacked."""
    faults, seen = [], set[str]()
    for one in members:
        folded = one.name.casefold()
        if folded in seen:
            faults.append(Fault(TWICE, one.name, "stands in it more than once"))
        seen.add(folded)
    total = sum(one.size for one in members)
    if total > MOST_BYTES:
        told = f"would unpack to {total:,} bytes; at most {MOST_BYTES:,} are"
        faults.append(Fault(TOO_LARGE, "", told))
    return faults
