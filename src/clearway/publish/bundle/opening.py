"""Write what is in a bundle into a new folder: all of it, or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from clearway.errors import Breach, LogError
from clearway.publish.bundle.archive import name_problem


def write_folder(files: Mapping[str, bytes], target: Path) -> tuple[Path, ...]:
    """Write ``files`` into ``target``, a folder that is not there yet, for its owner's eyes alone.

    They are written beside it and moved into place in one step. On a disk that is not encrypted
    this writes them in the clear: whoever opens a bundle decides that.

    Parameters
    ----------
    files
        Content by name, with slashes.
    target
        Where to.

    Returns
    -------
    tuple
        Where each file is.

    Raises
    ------
    LogError
        If ``target`` is there already, or a name leads out of it.
    OSError
        If it cannot be written; nothing is left behind then.
    """
    if os.path.lexists(target):
        raise _refused(str(target), "must not be there yet")
    for name in files:
        problem = name_problem(name)
        if problem:
            raise _refused(name, problem)
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        for name, content in files.items():
            _write(staged / name, content)
        staged.rename(target)
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return tuple(target / name for name in files)


def write_file(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` in one step, durable when this returns.

    Only for what is encrypted, or meant to be read: it stands beside ``path`` while it is written.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is then still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    staged = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
        sync_folder(path.parent)
    finally:
        staged.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make names that were just written or taken away in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _refused(value: str, rule: str) -> LogError:
    return LogError("nothing was written", (Breach(value, 0, "name", "", rule),))
