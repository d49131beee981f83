"""Read the files of a folder that may be broken or hostile: bounded, and never hanging."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clearway.read.breaches import BreachLog

#: Byte order mark that spreadsheets put before UTF-8.
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may at most be, so that a broken one is refused before it fills the memory.

    Attributes
    ----------
    file_bytes
        Of the whole file.
    line_bytes
        Of one line.
    """

    file_bytes: int
    line_bytes: int


class _RefusedError(Exception):
    """Why a file is not read: row, value and rule of the breach."""

    def __init__(self, row: int, value: str, rule: str) -> None:
        super().__init__(rule)
        self.row, self.value, self.rule = row, value, rule


def read_text(folder: Path, name: str, limits: Limits, log: BreachLog) -> str | None:
    """Return the text of file ``name`` in ``folder``, or None with the reason noted.

    Parameters
    ----------
    folder
        The scenario's folder, resolved.
    name
        Path of the file in it, with slashes.
    limits
        Most bytes that are read.
    log
        Where a breach is noted: the file is missing, no ordinary file, leads out of the folder,
        is too large, or is not UTF-8 text. A byte order mark is accepted and dropped.
    """
    try:
        return _text(_bytes(_inside(folder, name), limits), limits)
    except _RefusedError as refused:
        log.add(name, refused.row, "file", refused.value, refused.rule)
    except (OSError, RuntimeError) as error:  # Path.resolve says RuntimeError to a symlink loop
        reason = error.strerror if isinstance(error, OSError) else "symbolic links in a circle"
        log.add(name, 0, "file", reason or type(error).__name__, "must be readable")
    return None


def held_text(files: Mapping[str, bytes], name: str, limits: Limits, log: BreachLog) -> str | None:
    """Return the text of file ``name`` among ``files`` in memory, or None with the reason noted.

    What came encrypted is read so: it never stands on a disk in the clear.
    """
    try:
        return _text(_held(files, name, limits), limits)
    except _RefusedError as refused:
        log.add(name, refused.row, "file", refused.value, refused.rule)
    return None


def _held(files: Mapping[str, bytes], name: str, limits: Limits) -> bytes:
    if name not in files:
        raise _RefusedError(0, "", "must be there")
    _check_size(len(files[name]), limits)
    return files[name]


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise _RefusedError(0, "symbolic link", "must not lead out of the scenario's folder")
    return path


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise _RefusedError(0, "", "must be there") from None
    if not stat.S_ISREG(status.st_mode):
        raise _RefusedError(0, _kind(status.st_mode), "must be an ordinary file")
    # Not blocking: should a named pipe have taken its place, nothing waits for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        # One byte more than the limit tells a file that grew since its size was asked for.
        content = file.read(limits.file_bytes + 1) if size <= limits.file_bytes else b""
    _check_size(max(size, len(content)), limits)
    return content


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.file_bytes:
        rule = f"must have at most {limits.file_bytes:,} bytes"
        raise _RefusedError(0, f"{size:,} bytes", rule)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "directory", stat.S_IFIFO: "named pipe", stat.S_IFSOCK: "socket"}
    return kinds.get(stat.S_IFMT(mode), "device")


def _text(content: bytes, limits: Limits) -> str:
    content = content.removeprefix(_MARK)
    _check_lines(content, limits.line_bytes)
    nul = content.find(b"\0")
    if nul >= 0:
        raise _RefusedError(_line(content, nul), "NUL byte", "must be text in UTF-8")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        found = " ".join(f"{byte:02X}" for byte in content[error.start : error.start + 4])
        row = _line(content, error.start)
        raise _RefusedError(row, f"bytes {found}", "must be text in UTF-8") from None


def _check_lines(content: bytes, most: int) -> None:
    start = 0
    while len(content) - start > most:
        # The last line end in reach: everything up to it is made of short enough lines.
        end = max(content.rfind(b"\n", start, start + most + 1), start - 1)
        if end < start:
            size = _next_end(content, start) - start
            rule = f"must have no line of more than {most:,} bytes"
            raise _RefusedError(_line(content, start), f"line of {size:,} bytes", rule)
        start = end + 1


def _next_end(content: bytes, start: int) -> int:
    end = content.find(b"\n", start)
    return end if end >= 0 else len(content)


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
