"""A log as the file that is handed on."""

from __future__ import annotations

from dataclasses import dataclass

from clearway.operate.log.log import Log
from clearway.seal.verify import split


def exported(log: Log) -> bytes:
    """Return the bytes of the export of ``log``."""
    return b"".join(line + b"\n" for line in log.lines())


@dataclass(frozen=True)
class Exported:
    """An export to merge from."""

    data: bytes

    def lines(self) -> tuple[bytes, ...]:
        """Return its lines."""
        return split(self.data)
