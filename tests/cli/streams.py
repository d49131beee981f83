"""Streams on which something goes wrong."""

from __future__ import annotations

import errno
import io
import os


class FullDisk(io.StringIO):
    """Text on a disk that has no room left."""

    def write(self, _text: str, /) -> int:
        """Refuse."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
