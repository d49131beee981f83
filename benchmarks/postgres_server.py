"""A PostgreSQL server of one's own, that can be killed: in a folder, on a socket, for one user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

#: Where Debian and its kin put the programs; elsewhere they are on the PATH.
_FOLDERS: Final = "/usr/lib/postgresql"
_USER: Final = "postgres"
_PATIENCE_S: Final = 60.0


class Server:
    """A server; it listens on a socket in its folder and on no network."""

    def __init__(self, folder: Path) -> None:
        """Make an empty cluster in ``folder``, which must be there and may hold nothing."""
        self._folder = folder
        # The server refuses to run as root.
        self._user = _USER if os.geteuid() == 0 else None
        if self._user is not None:
            one = pwd.getpwnam(self._user)
            os.chown(folder, one.pw_uid, one.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        words = ["--no-locale", "--encoding=UTF8", "--auth=trust", f"--username={_USER}"]
        self._run("initdb", *words, "--no-sync", "-D", str(self._data))

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def url(self, database: str = _USER) -> str:
        """Return the URL of a database."""
        return f"postgresql:///{database}?host={self._folder}&user={_USER}"

    def start(self) -> None:
        """Start, recover what must be, and wait until connections are answered."""
        words = ["-D", str(self._data), "-k", str(self._folder), "-c", "listen_addresses="]
        words += ["-c", "unix_socket_permissions=0777", "-c", "shared_buffers=16MB"]
        self._process = subprocess.Popen(  # noqa: S603 - the program that we looked for
            [_program("postgres"), *words],
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                msg = "the server did not start"
                raise RuntimeError(msg)
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill all its processes at once (SIGKILL), as a power cut would end them."""
        if self._process is None:
            return
        pids = [self._process.pid, *_children(self._process.pid)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        # A backend that outlived it would keep the shared memory, and the next start would fail.
        until = time.monotonic() + _PATIENCE_S
        while any(_is_alive(pid) for pid in pids) and time.monotonic() < until:
            time.sleep(0.005)

    def create(self, database: str) -> str:
        """Make an empty database and return its URL."""
        self._run("createdb", "-h", str(self._folder), "-U", _USER, database)
        return self.url(database)

    def _answers(self) -> bool:
        words = [_program("pg_isready"), "-q", "-h", str(self._folder), "-U", _USER]
        return subprocess.run(words, check=False).returncode == 0  # noqa: S603 - as above

    def _run(self, name: str, *words: str) -> None:
        subprocess.run(  # noqa: S603 - as above
            [_program(name), *words],
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def running() -> Iterator[Server]:
    """Give a server that runs; it and its folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="clearway-pg-"))
    try:
        server = Server(folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    found = sorted(Path(_FOLDERS).glob(f"*/bin/{name}"))
    return str(found[-1]) if found else (shutil.which(name) or name)


def _children(parent: int) -> list[int]:
    """Return the processes whose parent is ``parent``; a server's have no children themselves."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            told = stat.read_text().rpartition(")")[2].split()
            if int(told[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def _is_alive(pid: int) -> bool:
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"
