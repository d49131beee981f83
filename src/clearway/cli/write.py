"""Write a file in one step, so that nobody ever reads half of it; and say early what cannot be."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whose folder is made if it is not there.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is then still there.
    """
    with named(path), scratch_in(path.parent, path.name) as scratch:
        # Made inside the private scratch folder, so that it has ordinary permissions.
        staged = scratch / path.name
        staged.write_text(text, "utf-8")
        staged.replace(path)


@contextmanager
def scratch_in(folder: Path, name: str) -> Iterator[Path]:
    """Give a private folder in ``folder``; it is gone afterwards, whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}-") as scratch:
        yield Path(scratch)


def expect_file(path: Path) -> None:
    """Raise ``OSError`` now if ``path`` can not be written as a file when work is done."""
    if path.is_dir():
        raise _error(errno.EISDIR, path)
    expect_folder(path.parent)


def expect_folder(path: Path) -> None:
    """Raise ``OSError`` now if nothing can be written into the folder ``path``, made or to make."""
    there = next(one for one in (path, *path.absolute().parents) if one.exists())
    if not there.is_dir():
        raise _error(errno.ENOTDIR, there)
    if not os.access(there, os.W_OK | os.X_OK):
        raise _error(errno.EACCES, there)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let an ``OSError`` name ``path`` where it names nothing, or a scratch file beside it."""
    try:
        yield
    except OSError as error:
        told = error.filename
        if told is None or Path(str(told)).is_relative_to(path.parent):
            raise _error(error.errno or errno.EIO, path) from error
        raise


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))
