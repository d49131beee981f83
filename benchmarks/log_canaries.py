"""Marked strings in an encrypted log, and where on the disk they stand in the clear.

``python -m benchmarks.log_canaries`` searches and prints what was found as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.child import ROOT
from clearway.model.event import Event
from clearway.operate.log.opening import create_log, open_log
from clearway.seal.keys import create_key, load_key

#: How many strings of each script.
EACH: Final = 100
_SECRET: Final = "canary passphrase, long enough"  # noqa: S105 - of a log that is thrown away
_AT: Final = datetime(2016, 10, 20, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Canaries:
    """What searches of the disk came to.

    Attributes
    ----------
    strings, searches, files
        Strings that were marked; how often the disk was searched; files read in all.
    found
        Each string that stood in the clear, with the file.
    found_if_clear
        Strings that the same searches find in a log that is not encrypted.
    """

    strings: int
    searches: int
    files: int
    found: list[str]
    found_if_clear: int


def searched() -> Canaries:
    """Search in a process of its own, whose temporary files are searched as well."""
    with tempfile.TemporaryDirectory(prefix="clearway-canaries-") as scratch:
        said = subprocess.run(  # noqa: S603 - the words are this program's own
            [sys.executable, "-m", "benchmarks.log_canaries", scratch],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": scratch},
            stdout=subprocess.PIPE,
            check=True,
        )
    return Canaries(**json.loads(said.stdout))


def search(folder: Path) -> Canaries:
    """Write marked strings into an encrypted log, kill its writer, and search all that is left.

    Every file in ``folder`` is read, and each that this process or the writer has open, deleted or
    not: while the log is written, after its writer was killed, and after it was closed.
    """
    marks = marked()
    found: list[str] = []
    searches = files = 0
    for pids in _life(folder / "sealed", marks, _SECRET):
        searches += 1
        for name, data in _files(folder, pids):
            files += 1
            found += [f"{mark} in {name}" for mark in _standing(marks, data)]
    clear = {
        mark
        for pids in _life(folder / "clear", marks, None)
        for _, data in _files(folder / "clear", pids)
        for mark in _standing(marks, data)
    }
    return Canaries(len(marks), searches, files, found, len(clear))


def marked() -> tuple[str, ...]:
    """Return strings that stand nowhere else, as names of places would, in both scripts."""
    pairs = ((f"Canary-{n:03d}-Quarter", f"كناري-{n:03d}-الحي") for n in range(EACH))
    return tuple(mark for pair in pairs for mark in pair)


def _life(folder: Path, marks: tuple[str, ...], secret: str | None) -> Iterator[tuple[int, ...]]:
    """Give, at each moment at which the disk is to be searched, the processes that are alive."""
    folder.mkdir()
    key = create_key(folder / "key", secret)
    half = len(marks) // 2
    with closing(create_log(folder / "log", key, secret)) as log:
        for number, mark in enumerate(marks[:half]):
            log.append(_told(mark), "monitors" if number % 2 else "operations")
        yield (os.getpid(),)
    writer = os.fork()
    if writer == 0:
        _write_on(folder, marks[half:], secret)
    while not (folder / "ready").exists():
        time.sleep(0.01)
    yield (os.getpid(), writer)
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    yield (os.getpid(),)
    with closing(open_log(folder / "log", None, secret)) as log:
        told = {record.event.about["text"] for record in log.records()}
        if told != set(marks) or log.faults():
            msg = "the log does not hold what was written"
            raise RuntimeError(msg)
        yield (os.getpid(),)
    yield (os.getpid(),)


def _write_on(folder: Path, marks: tuple[str, ...], secret: str | None) -> None:
    """Append, then wait to be killed; this process never returns."""
    try:
        log = open_log(folder / "log", load_key(folder / "key", secret), secret)
        for mark in marks:
            log.append(_told(mark))
        log.records()
        (folder / "ready").touch()
        signal.pause()
    finally:
        os._exit(1)


def _told(mark: str) -> Event:
    return Event("observation", _AT, {"corridor": "C1", "zone": "", "text": mark})


def _files(folder: Path, pids: tuple[int, ...]) -> Iterator[tuple[str, bytes]]:
    """Give the name and content of each file in ``folder``, and of those that ``pids`` opened."""
    opened = [one for pid in pids for one in Path(f"/proc/{pid}/fd").iterdir()]
    for path in (*folder.rglob("*"), *opened):
        with suppress(OSError):  # A descriptor may be closed by the time that it is read.
            if path.is_file():
                yield str(path), path.read_bytes()


def _standing(marks: tuple[str, ...], data: bytes) -> Iterator[str]:
    """Give the strings that stand in ``data``: as UTF-8, as UTF-16, or escaped as JSON may be."""
    for mark in marks:
        forms = (mark.encode(), mark.encode("utf-16-le"), json.dumps(mark)[1:-1].encode())
        if any(form in data for form in forms):
            yield mark


def main() -> None:
    """Search in the folder that the argument names, and print what was found."""
    sys.stdout.write(json.dumps(asdict(search(Path(sys.argv[1])))) + "\n")


if __name__ == "__main__":
    main()
