"""Python imports this at its start where the folder is on the path: guard before anything runs.

Every attempt to reach another machine is written down and then refused, so that a program that
swallows the error is found all the same. Processes that are started by the program are guarded too.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any, Final

#: File to which attempts are appended; without it nothing is guarded.
VARIABLE: Final = "CLEARWAY_OFFLINE_GUARD"
#: Which of an event's arguments says where to.
_WATCHED: Final = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}
_OURS: Final = ("localhost", "", None)


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _WATCHED:
        return
    place = arguments[_WATCHED[event]]
    if event == "socket.sendmsg" and place is None:
        return  # over a connection that was looked at when it was made
    if not _is_here(place):
        _note(f"{event} {place!r}")
        raise PermissionError(f"no network: {event} {place!r}")


def _is_here(place: Any) -> bool:
    """Return whether a place is this machine: loopback, or a socket in the file system."""
    if isinstance(place, (str, bytes)) and os.fsdecode(place).startswith(("/", "\0")):
        return True
    host = place[0] if isinstance(place, tuple) else place
    host = host.decode() if isinstance(host, bytes) else host
    if host in _OURS:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _note(line: str) -> None:
    descriptor = os.open(os.environ[VARIABLE], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)


if VARIABLE in os.environ:
    _note(f"guarded {os.getpid()}")
    sys.addaudithook(_guard)
