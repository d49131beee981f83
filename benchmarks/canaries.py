"""Marked texts planted in an encrypted run, looked for in the clear on the disk.

A run is sealed, read, released and logged, whole and cut short by SIGKILL at random moments. After
each time every file below the folders that the process may write to is searched, whatever it is
called: for the marks as they are, as JSON escapes them and in UTF-16, inside every zip it holds,
and for what would hold them in the clear (a zip, or a database that is not encrypted).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks import records
from clearway.model.care import Care
from clearway.model.event import Event
from clearway.model.facts import Fact, Text
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.log.opening import create_log
from clearway.publish.bundle.locking import new_identity
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.seal.keys import create_key
from tests.judge.sound import sound

ROOT: Final = Path(__file__).parents[1]
RECORD: Final = "operate.json"
KEY: Final = "canaries"
MARKS: Final = 200
PASSPHRASE: Final = "a passphrase for a bench"  # noqa: S105 - of nothing but this
#: In memory, where the system has it: what is opened on purpose belongs there.
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - that is the point
#: The beginning of an entry of a zip of version 2.0: four bytes alone turn up by chance.
_ZIP: Final = b"PK\x03\x04\x14\x00"
_DATABASE: Final = b"SQLite format 3\0"
_TRIES: Final = 4
_LETTERS: Final = ("abcdefghij", "ابتثجحخدذر")


@dataclass(frozen=True)
class Run:
    """An encrypted run, and who may read it.

    Attributes
    ----------
    place
        Everything that a command may write lies below it.
    bundle, log
        The encrypted run and the encrypted log.
    marks
        The texts in them.
    to
        Public key of age.
    """

    place: Path
    bundle: Path
    log: Path
    marks: tuple[str, ...]
    to: str
    signer: str


def main(words: Sequence[str] | None = None) -> int:
    """Measure; exit code 1 if a mark was found in the clear, or the search found nothing at all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60, help="moments at which to kill")
    parser.add_argument("--seed", type=int, default=5, help="to draw them from")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="canaries-") as place:
        found = measure(Path(place), kills=asked.kills, seed=asked.seed)
    keep(found, asked.out / RECORD)
    sys.stdout.write(json.dumps(found) + "\n")
    return int(bool(found["in_the_clear"]) or found["planted_found"] != found["planted"])


def measure(place: Path, *, kills: int, seed: int) -> dict[str, Any]:
    """Return how many marks were looked for, how often, and where any was found."""
    run = planted(place)
    planted_leaks, seen = control(run)
    leaks = set(searched(run))
    began = time.perf_counter()
    codes = _codes(run)
    whole_s = time.perf_counter() - began
    leaks |= set(searched(run))
    drawn = random.Random(seed)  # noqa: S311 - moments, not secrets
    killed, tries = 0, 0
    # A session that had ended by then was not cut short: another moment is drawn, within reason.
    while killed < kills and tries < _TRIES * kills:
        killed += _killed(run, drawn.uniform(0.0, whole_s))
        leaks |= set(searched(run))
        tries += 1
    return {
        "marks": len(run.marks),
        "commands": len(codes),
        "failed": sum(map(bool, codes)),
        "kills": killed,
        "files_searched": sum(1 for _ in _files(run.place)),
        "planted": planted_leaks,
        "planted_found": seen,
        "in_the_clear": sorted(leaks),
    }


def keep(found: dict[str, Any], target: Path) -> None:
    """Put the figures into the record beside those of others."""
    records.keep(KEY, found, target)


def marks(count: int = MARKS) -> tuple[str, ...]:
    """Return marks in Latin and Arabic letters, half of each, all different."""
    found = []
    for n in range(count):
        letters = _LETTERS[n % 2]
        number = "".join(letters[int(one)] for one in f"{n:04}")
        found.append(f"marked{number}x" if n % 2 == 0 else f"علامة{number}ق")
    return tuple(found)


def planted(place: Path) -> Run:
    """Return an encrypted run that holds every mark; nothing else is left in ``place``."""
    told = marks()
    scenario, plan = _marked(told)
    identity, to = new_identity()
    writer = create_key(place / "writer.key")
    (place / "me.key").write_text(identity)
    (place / "passphrase").write_text(PASSPHRASE)
    log = create_log(place / "day.log", writer, PASSPHRASE)
    for n, mark in enumerate(told[-60:]):
        at = scenario.start + timedelta(minutes=n)
        log.append(Event("incident", at, {"corridor": "C1", "zone": "", "text": f"{mark}."}))
    log.close()
    run = Run(place, place / "run.age", place / "day.log", told, to, writer.fingerprint)
    with tempfile.TemporaryDirectory(prefix="source-", dir=_memory(place)) as source:
        write_scenario(scenario, Path(source) / "town")
        (Path(source) / "plan.json").write_text(plan_to_json(scenario, plan))
        files = [str(Path(source) / "town"), str(Path(source) / "plan.json")]
        _started(run, [["bundle", *files, *_handing(run, "run.age", None)]]).wait()
    if not run.bundle.exists():
        raise RuntimeError(f"the run could not be sealed: {_told(run)}")
    return run


def _marked(told: tuple[str, ...]) -> tuple[Scenario, Plan]:
    """Return the aided town: marks as codes of patients, and in its facts."""
    scenario, plan = sound("aid_in")
    latin, arabic = told[0::2], told[1::2]
    waiting = scenario.care.patients
    listed = tuple(replace(waiting[0], code=one, state="listed") for one in latin[:20])
    facts = tuple(
        Fact(f"topic {n}", Text(f"{en} was told", f"قيل {ar}"), f"assumed: {ar}")
        for n, (en, ar) in enumerate(zip(latin, arabic, strict=True))
    )
    care = Care(scenario.care.system, (*waiting, *listed), scenario.care.hospitals)
    return scenario.replace(care=care, facts=facts), plan


def session(run: Run) -> list[list[str]]:
    """Return the commands of a whole run, from encrypted to encrypted."""
    opening = ["--identity", str(run.place / "me.key"), "--signer", run.signer]
    opened = _opened(run) / "run"
    sealed, log, key = str(run.bundle), str(run.log), str(run.place / "writer.key")
    releases = [
        ["release", sealed, "--profile", name, *opening, *_handing(run, f"{name}.age", run.log)]
        for name in ("public", "partner", "gate", "medical")
    ]
    return [
        ["verify", sealed, *opening],
        ["log", "append", log, "stop", "corridors=[]", "reason=none", "--key", key],
        ["log", "verify", log],
        *releases,
        ["bundle", str(run.bundle), *opening, *_handing(run, "again.age", run.log)],
        ["open", str(run.bundle), "--out", str(opened), *opening],
    ]


def _handing(run: Run, name: str, log: Path | None) -> list[str]:
    told = ["--to", f"Team={run.to}", "--key", str(run.place / "writer.key")]
    told += ["--out", str(run.place / name)]
    return told if log is None else [*told, "--log", str(log)]


def control(run: Run) -> tuple[int, int]:
    """Plant leaks of every kind, and return how many, and how many the search finds."""
    mark, arabic = run.marks[0], run.marks[1]
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeeze.compress(f"{mark} {arabic}".encode()) + squeeze.flush()
    leaks = {
        "plain.txt": f"a {mark} b".encode(),
        "deep/.hidden": arabic.encode(),
        "wide.bin": f"x{arabic}".encode("utf-16-le"),
        "escaped.json": json.dumps(arabic).encode(),
        "some.tmp": b"junk" + _ZIP + bytes(24) + packed,
        "base.db-wal": _DATABASE + bytes(100),
    }
    seen = 0
    for name, content in leaks.items():
        path = run.place / "planted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        seen += any(one.startswith(str(path)) for one in searched(run))
        path.unlink()
    shutil.rmtree(run.place / "planted")
    return len(leaks), seen


def searched(run: Run) -> Iterator[str]:
    """Yield each file that holds a mark in the clear, or what would."""
    shapes = [shape for mark in run.marks for shape in _shapes(mark)]
    for path in _files(run.place):
        content = path.read_bytes()
        if content.startswith(_DATABASE):
            yield f"{path}: a database in the clear"
        if _ZIP in content:
            yield f"{path}: a zip in the clear"
        if any(shape in content for shape in shapes):
            yield f"{path}: a mark"


def _shapes(mark: str) -> tuple[bytes, ...]:
    return (mark.encode(), mark.encode("utf-16-le"), json.dumps(mark).strip('"').encode())


def _files(place: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(place):
        for name in names:
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _codes(run: Run) -> list[int]:
    """Run a whole session; return how each command ended."""
    process = _started(run, session(run))
    process.wait()
    shutil.rmtree(_opened(run), ignore_errors=True)
    return [int(one) for one in json.loads(_told(run).rpartition("codes ")[2])]


def _told(run: Run) -> str:
    return (run.place / "told").read_text("utf-8")


def _killed(run: Run, after_s: float) -> bool:
    """Run a session, kill it after so many seconds; return whether it was still running."""
    process = _started(run, session(run))
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    alive = process.wait() == -signal.SIGKILL
    shutil.rmtree(_opened(run), ignore_errors=True)
    return alive


def _started(run: Run, words: list[list[str]]) -> subprocess.Popen[bytes]:
    """Start commands in one process that has no other place to write to than the run's."""
    told = run.place / "told"
    for name in ("tmp", "home"):
        (run.place / name).mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src"))),
        "CLEARWAY_PASSPHRASE": PASSPHRASE,
        "TMPDIR": str(run.place / "tmp"),
        "HOME": str(run.place / "home"),
        "XDG_CACHE_HOME": str(run.place / "home"),
        "SQLITE_TMPDIR": str(run.place / "tmp"),
    }
    with told.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.offline.session"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=run.place,
            env=environment,
        )
    if process.stdin is None:
        raise AssertionError("it was asked for")
    with process.stdin:
        process.stdin.write(json.dumps(words).encode())
    return process


def _opened(run: Run) -> Path:
    """Return the folder that a bundle is opened below: in memory, as whoever opens one should."""
    return _memory(run.place) / f"opened-{run.place.name}"


def _memory(place: Path) -> Path:
    return MEMORY if os.access(MEMORY, os.W_OK) else place.parent


if __name__ == "__main__":
    raise SystemExit(main())
