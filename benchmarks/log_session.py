"""What the log withstands; the figures go to ``out/bench/operate.json`` under ``log``.

Kill points and failing disks below SQLite and SQLCipher, killed servers, every bit of a log of
1,000 records flipped, recovery at 10,000 records, and canaries in an encrypted log.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from benchmarks.child import DONE, ROOT, run_child
from benchmarks.log_canaries import searched
from benchmarks.log_crash import FAULTS, Found, answered, compiled, event, started
from benchmarks.log_flips import export
from benchmarks.machine import machine
from benchmarks.records import keep
from clearway.operate.log.opening import create_log, open_log
from clearway.seal.keys import WriterKey
from clearway.seal.verify import split

TARGET: Final = ROOT / "out" / "bench" / "operate.json"
PACKAGES: Final = ("cryptography", "psycopg", "rfc8785", "sqlcipher3")
PARTS: Final = ("kills", "faults", "server", "tampering", "recovery", "canaries")
#: Trials in the clear and encrypted, killed and with failing disks; and with a killed server.
KILLS, SEALED_KILLS = 9800, 200
INJECTED, SEALED_INJECTED = 9804, 204
SERVER_KILLS: Final = 200
FLIPPED, LONG = 1000, 10_000

_SECRET: Final = "bench passphrase"  # noqa: S105 - of logs that are thrown away
_PARTS: Final = 2
Timed = TypeVar("Timed")
_LIMIT_S: Final = 3600.0


def measure(part: str, share: float) -> dict[str, Any]:
    """Measure one of ``PARTS`` with ``share`` of the trials; return its figures."""
    how: dict[str, Callable[[], dict[str, Any]]] = {
        "kills": lambda: kills(share),
        "faults": lambda: faults(share),
        "server": lambda: servers(share),
        "tampering": lambda: tampering(max(20, round(FLIPPED * share))),
        "recovery": lambda: recovery(max(100, round(LONG * share))),
        "canaries": lambda: asdict(searched()),
    }
    return {"share": share, **how[part]()}


def kills(share: float) -> dict[str, Any]:
    """Kill writers at random moments, in the clear and encrypted, two at a time."""
    asked = [
        {"task": "kill", "seed": seed, "trials": round(trials * share / _PARTS), "secret": secret}
        for trials, secret in ((KILLS, None), (SEALED_KILLS, _SECRET))
        for seed in range(_PARTS)
    ]
    return _trials(asked, None)


def faults(share: float) -> dict[str, Any]:
    """Let disks fail and lose power, in the clear and encrypted, two at a time."""
    asked = []
    for trials, secret in ((INJECTED, None), (SEALED_INJECTED, _SECRET)):
        each = max(len(FAULTS), round(trials * share / _PARTS))
        asked += [
            {"task": "inject", "first": part * each, "trials": each, "secret": secret}
            for part in range(_PARTS)
        ]
    with tempfile.TemporaryDirectory() as scratch:
        return _trials(asked, compiled(Path(scratch)))


def servers(share: float) -> dict[str, Any]:
    """Kill a PostgreSQL server with all its processes."""
    trials = max(2, round(SERVER_KILLS * share))
    return _trials([{"task": "kill_server", "seed": 1, "trials": trials}], None)


def tampering(records: int) -> dict[str, Any]:
    """Flip every bit of a log, drop, repeat and swap its lines, end it early."""
    began = time.perf_counter()
    asked: list[tuple[str, dict[str, Any]]] = [("edits", {"records": records, "seed": 1})]
    asked += [
        ("flips", {"records": records, "part": part, "parts": _PARTS}) for part in range(_PARTS)
    ]
    with ThreadPoolExecutor(_PARTS) as pool:
        edits, *flips = pool.map(
            lambda one: run_child(one[0], one[1], _LIMIT_S, "benchmarks.log_flips"), asked
        )
    for one in (edits, *flips):
        if one["end"] != DONE:
            raise RuntimeError(one.get("why", one["end"]))
    return {
        "records": records,
        "flips": sum(one["flips"] for one in flips),
        "flips_missed": [bit for one in flips for bit in one["missed"]],
        **{name: edits[name] for name in edits if name not in ("end", "limit_s", "cpu_all_s")},
        "seconds": time.perf_counter() - began,
    }


def recovery(records: int) -> dict[str, Any]:
    """Open a long log whose writer was killed, append to it, and verify all of it."""
    key = WriterKey.from_seed(b"\x01" * 32)
    times: dict[str, float] = {}

    def timed(name: str, step: Callable[[], Timed]) -> Timed:
        began = time.perf_counter()
        result = step()
        times[name] = time.perf_counter() - began
        return result

    with tempfile.TemporaryDirectory(prefix="clearway-long-") as scratch:
        path = Path(scratch) / "log"
        with closing(create_log(path, key)) as log:
            log.merge(_Export(records))
        if (pid := os.fork()) == 0:
            _leave(path, key)
        os.waitpid(pid, 0)
        opened = timed("open_s", partial(open_log, path, key))
        with closing(opened):
            timed("append_s", partial(opened.append, event(0)))
            there = len(timed("records_s", opened.records))
            wrong = len(timed("verify_s", opened.faults))
    return {"records": there, "expected": records + 21, "faults": wrong, **times}


def _leave(path: Path, key: WriterKey) -> None:
    """Append and end without closing the log, as whoever is killed does; this never returns."""
    try:
        log = open_log(path, key)
        for number in range(20):
            log.append(event(number))
    finally:
        os._exit(0)


class _Export:
    """A long export to merge from."""

    def __init__(self, records: int) -> None:
        self._lines = split(b"".join(line + b"\n" for line in export(records)))

    def lines(self) -> tuple[bytes, ...]:
        """Return its lines."""
        return self._lines


def _trials(asked: list[dict[str, Any]], preload: Path | None) -> dict[str, Any]:
    """Run trials, at most two processes at a time, and add up what they found."""
    began = time.perf_counter()
    with ThreadPoolExecutor(_PARTS) as pool:
        each = list(pool.map(lambda one: answered(started(one, preload)), asked))
    total = Found()
    for one in each:
        for name in ("trials", "acknowledged", "lost", "faulty", "stuck", "refused"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.recovery_s = max(total.recovery_s, one.recovery_s)
        total.restart_s = max(total.restart_s, one.restart_s)
        for code, count in one.ended.items():
            total.ended[code] = total.ended.get(code, 0) + count
    return {**asdict(total), "seconds": time.perf_counter() - began}


def write(name: str, figures: dict[str, Any], target: Path = TARGET) -> None:
    """Put ``figures`` under ``name`` into the file of this issue's figures, in one step."""
    keep(name, figures, target)


def main() -> None:
    """Measure part by part; each is written when it is done, beside the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the trials (default: %(default)s)"
    )
    parser.add_argument("--part", choices=PARTS, action="append", help="(default: all)")
    asked = parser.parse_args()
    for part in asked.part or PARTS:
        found = measure(part, asked.share)
        write("log", {**there("log"), part: found, "machine": machine(PACKAGES)})


def there(name: str, target: Path = TARGET) -> dict[str, Any]:
    """Return the figures that the file has under ``name``, if any."""
    found: dict[str, Any] = json.loads(target.read_text()) if target.exists() else {}
    return dict(found.get(name, {}))


if __name__ == "__main__":
    main()
