"""Writers that are killed, or whose disk fails below them; and what their logs hold after that.

Each trial is a process of its own, forked from this one, which has everything loaded: it opens a
log, appends, and says the hash of each acknowledged record through a pipe. Afterwards the log is
opened anew: every acknowledged record must be there, the log must have no fault, and it must take a
further record.

``python -m benchmarks.log_crash JSON`` runs trials and prints what was found as JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest import mock

from benchmarks.child import ROOT
from benchmarks.postgres_server import running
from clearway.errors import LogError
from clearway.model.event import Event
from clearway.operate.log.log import Log
from clearway.operate.log.opening import create_log, open_log
from clearway.operate.log.sqlite import FileEngine
from clearway.seal.keys import WriterKey

#: Ways in which the disk fails, as ``log_faults.c`` numbers them from 1.
FAULTS: Final = (
    "io error",
    "no space",
    "short write",
    "torn write",
    "power cut",
    "flush lost, then power cut",
    "flush lost, killed, opened anew, then power cut",
)
#: From this way on a trial ends by a power cut in any case.
_POWER: Final = 4
#: Records that a trial tries to append.
APPENDS: Final = 6
#: Trials by killing that go on with one log before a new one is begun.
SHARED: Final = 20
#: Of one who is killed at random: most milliseconds that they live.
LIFE_MS: Final = 40.0
#: Of a server that is killed: most seconds that a writer appends to it.
SERVER_LIFE_S: Final = 0.6

#: What is left out where a log is opened, to see that this is found.
_WEAKENED: Final = {"unsettled": "_settle", "unwritten": "_write_anew"}

_NO_END: Final = 10**6
#: Bytes by which a record is acknowledged: its hash and the end of the line.
_ACKNOWLEDGED: Final = 65

_KEY: Final = WriterKey.from_seed(b"\x01" * 32)
_START: Final = datetime(2016, 10, 20, 8, tzinfo=UTC)


@dataclass(slots=True)
class Found:
    """What trials came to.

    Attributes
    ----------
    trials, acknowledged, lost
        Trials made; records acknowledged in them; those of them that were gone afterwards.
    faulty, stuck
        Logs with a fault afterwards; logs that could not be opened or did not take a record.
    refused
        Appends that were told to have failed.
    recovery_s
        Longest time that opening took afterwards, and checking the ends of the chains.
    restart_s
        Longest time that a server took to start again, its own recovery and the asking included.
    ended
        How trials ended: by their exit code, or the signal as a negative number.
    """

    trials: int = 0
    acknowledged: int = 0
    lost: int = 0
    faulty: int = 0
    stuck: int = 0
    refused: int = 0
    recovery_s: float = 0.0
    restart_s: float = 0.0
    ended: dict[str, int] = field(default_factory=dict)


def inject(first: int, trials: int, secret: str | None, weaken: str = "", stride: int = 1) -> Found:
    """Let the disk fail at call after call, in each way in turn.

    Parameters
    ----------
    first, trials
        Numbers of the trials: they choose the way, the call and the lots.
    secret
        Passphrase; None for a log in the clear.
    weaken
        ``unflushed`` writes without flushing, ``unsettled`` opens a log without flushing what its
        last writer left, ``unwritten`` flushes that without writing it anew: to see that losses
        are found. Empty for the log as it is.
    stride
        From the number of a trial to that of the next.
    """
    found = Found()
    with tempfile.TemporaryDirectory(prefix="clearway-faults-") as scratch:
        base = Path(scratch)
        templates = _templates(base, secret)
        calls = _calls(base, templates[0], secret)
        for number in range(first, first + trials * stride, stride):
            folder = base / "trial"
            shutil.copytree(templates[number // len(FAULTS) % 2], folder)
            way, at = number % len(FAULTS), 1 + number // (2 * len(FAULTS)) % calls
            lives: tuple[Callable[[], None], ...] = (partial(_arm, way + 1, at, number),)
            if way == len(FAULTS) - 1:
                lives = (*lives, partial(_arm, _POWER + 1, 1 + number % (2 * calls), number))
            begin = partial(_shim().fault_begin, str(folder).encode())
            target = str(folder / "log")
            trial = _Trial(target, secret, lives, APPENDS, begin, way >= _POWER, weaken)
            _judge(found, trial, trial.run(None))
            shutil.rmtree(folder)
    return found


def kill(seed: int, trials: int, secret: str | None) -> Found:
    """Kill writers (SIGKILL) at random moments: every other one before its first record is written.

    The others are killed a random time after they acknowledged it.
    """
    found, draws = Found(), random.Random(seed)  # noqa: S311 - lots, no secrets
    with tempfile.TemporaryDirectory(prefix="clearway-kills-") as scratch:
        for number in range(trials):
            folder = Path(scratch) / str(number // SHARED)
            if number % SHARED == 0:
                shutil.rmtree(Path(scratch) / str(number // SHARED - 1), ignore_errors=True)
                folder.mkdir()
                create_log(folder / "log", _KEY, secret).close()
            # Whoever derives a key from a passphrase is longer about opening a log.
            slow = 20 if secret and number % 2 == 0 else 1
            life_ms = draws.uniform(0, LIFE_MS * slow)
            trial = _Trial(str(folder / "log"), secret, (_nothing,), _NO_END)
            _judge(found, trial, trial.run(life_ms / 1e3, writes=number % 2 == 1))
    return found


def kill_server(seed: int, trials: int) -> Found:
    """Kill a PostgreSQL server with all its processes while a writer appends."""
    found, draws = Found(), random.Random(seed)  # noqa: S311 - lots, no secrets
    with running() as server:
        url = server.url()
        create_log(url, _KEY).close()
        for _ in range(trials):
            trial = _Trial(url, None, (_nothing,), _NO_END)
            ended = trial.run(draws.uniform(0, SERVER_LIFE_S), server.kill, writes=True)
            began = time.perf_counter()
            server.start()
            found.restart_s = max(found.restart_s, time.perf_counter() - began)
            _judge(found, trial, ended)
    return found


def compiled(folder: Path) -> Path:
    """Compile ``log_faults.c`` into ``folder`` and return the library to preload."""
    library = folder / "log_faults.so"
    source = Path(__file__).with_suffix("").with_name("log_faults.c")
    words = ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(words, check=True)  # noqa: S603 - the words are this program's own
    return library


def started(asked: dict[str, Any], preload: Path | None = None) -> subprocess.Popen[str]:
    """Start trials in a process of their own; ``answered`` waits for what they found."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    if preload is not None:
        env["LD_PRELOAD"] = str(preload)
    return subprocess.Popen(  # noqa: S603 - as above
        [sys.executable, "-m", "benchmarks.log_crash", json.dumps(asked)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )


def answered(process: subprocess.Popen[str]) -> Found:
    """Wait for the trials of a process and return what they found."""
    said, _ = process.communicate()
    if process.returncode:
        msg = f"the trials ended with {process.returncode}"
        raise RuntimeError(msg)
    return Found(**json.loads(said))


def event(number: int) -> Event:
    """Return an event for record ``number``."""
    since = _START + timedelta(minutes=number)
    told = {"since": since.isoformat(), "until": (since + timedelta(minutes=1)).isoformat()}
    return Event("count", since, {"corridor": "C1", "persons": number % 1000, **told})


@dataclass(frozen=True, slots=True)
class _Trial:
    """One writer's life, or several, one after another: each begins with its own fault."""

    target: str
    secret: str | None
    lives: tuple[Callable[[], None], ...]
    appends: int
    begin: Callable[[], None] = lambda: None
    cut: bool = False
    weaken: str = ""

    def run(
        self,
        life_s: float | None,
        end: Callable[[], None] | None = None,
        *,
        writes: bool = False,
    ) -> tuple[int, bytes]:
        """Fork, let it live so long, kill it, and return how it ended and what it said.

        Parameters
        ----------
        life_s
            Seconds from its beginning, or from its first record if it ``writes``; None: to its end.
        end
            What is done before it is killed.
        """
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._live(writing)
        os.close(writing)
        said = os.read(reading, _ACKNOWLEDGED) if writes else b""
        if life_s is not None:
            time.sleep(life_s)
            if end is not None:
                end()
            os.kill(pid, signal.SIGKILL)
        with os.fdopen(reading, "rb") as pipe:
            said += pipe.read()
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said

    def _live(self, pipe: int) -> None:
        """Live all lives, each but the last in a process of its own; this one never returns."""
        code = 97  # A defect of the harness, told apart from every other end.
        try:
            self.begin()
            for life in self.lives[:-1]:
                if (pid := os.fork()) == 0:
                    self._write(life, pipe)
                    os._exit(0)
                os.waitpid(pid, 0)
            self._write(self.lives[-1], pipe)
            code = 0
            if self.cut:
                _shim().fault_power_cut()
        finally:
            os._exit(code)

    def _write(self, life: Callable[[], None], pipe: int) -> None:
        """Append, and acknowledge what was written."""
        life()
        if self.weaken in _WEAKENED:
            mock.patch.object(FileEngine, _WEAKENED[self.weaken]).start()
        log = self._opened(pipe)
        for number in range(self.appends):
            try:
                os.write(pipe, log.append(event(number)).hash.encode() + b"\n")
            except LogError:
                os.write(pipe, b"refused\n")

    def _opened(self, pipe: int) -> Log:
        """Open the log; a disk that fails now may serve a moment later."""
        for _ in range(20):
            with suppress(LogError):
                log = open_log(self.target, _KEY, self.secret)
                if self.weaken == "unflushed":
                    store: Any = log.store
                    store._connection.execute("PRAGMA synchronous = OFF")  # noqa: SLF001
                return log
            os.write(pipe, b"refused\n")
        msg = "never opened"
        raise LogError(msg)


def _judge(found: Found, trial: _Trial, ended: tuple[int, bytes]) -> None:
    """Open the log of a trial anew and add what is found to ``found``."""
    code, said = ended
    *whole, _ = said.decode().split("\n")
    acknowledged = {one for one in whole if one != "refused"}
    found.trials += 1
    found.acknowledged += len(acknowledged)
    found.refused += whole.count("refused")
    found.ended[str(code)] = found.ended.get(str(code), 0) + 1
    began = time.perf_counter()
    try:
        log = open_log(trial.target, _KEY, trial.secret)
    except LogError:
        found.stuck += 1
        found.lost += len(acknowledged)
        return
    found.recovery_s = max(found.recovery_s, time.perf_counter() - began)
    with closing(log):
        found.lost += len(acknowledged - {one.hash for one in log.records(despite_faults=True)})
        found.faulty += bool(log.faults())
        try:
            log.append(event(0))
        except LogError:
            found.stuck += 1


def _templates(base: Path, secret: str | None) -> tuple[Path, Path]:
    """Make a log that was closed, and one whose writer was killed: its last records are apart."""
    closed, killed = base / "closed", base / "killed"
    closed.mkdir()
    log = create_log(closed / "log", _KEY, secret)
    log.append(event(0))
    log.close()
    shutil.copytree(closed, killed)
    _Trial(str(killed / "log"), secret, (_nothing,), 2).run(None)
    return closed, killed


def _calls(base: Path, template: Path, secret: str | None) -> int:
    """Count the calls to the disk in a trial that nothing happens to."""
    folder = base / "count"
    shutil.copytree(template, folder)
    _shim().fault_begin(str(folder).encode())
    _arm(0, 0, 0)
    with closing(open_log(folder / "log", _KEY, secret)) as log:
        for number in range(APPENDS):
            log.append(event(number))
        calls = int(_shim().fault_calls())
    # Armed for a folder that nobody uses from now on.
    shutil.rmtree(folder)
    return calls


def _nothing() -> None:
    return


def _arm(way: int, at: int, seed: int) -> None:
    _shim().fault_arm(way, at, seed)


def _shim() -> Any:
    """Return what was preloaded."""
    shim = ctypes.CDLL(None)
    shim.fault_begin.argtypes = [ctypes.c_char_p]
    shim.fault_arm.argtypes = [ctypes.c_int, ctypes.c_long, ctypes.c_long]
    shim.fault_calls.restype = ctypes.c_long
    return shim


def main() -> None:
    """Do what the argument asks for, and print what was found."""
    asked = json.loads(sys.argv[1])
    tasks: dict[str, Callable[..., Found]] = {
        "inject": inject,
        "kill": kill,
        "kill_server": kill_server,
    }
    found = tasks[asked.pop("task")](**asked)
    sys.stdout.write(json.dumps(asdict(found)) + "\n")


if __name__ == "__main__":
    main()
