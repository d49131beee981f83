"""Measurements in processes of their own, within limits of time and memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
DONE, LATE, FULL, FAILED = "done", "time limit", "memory limit", "failed"


def run_child(
    task: str, asked: dict[str, Any], seconds: float, module: str = "benchmarks.measure"
) -> dict[str, Any]:
    """Run one task of a module in a fresh process and return what it found.

    Parameters
    ----------
    task
        Name of the task.
    asked
        What it needs, as JSON.
    seconds
        Limit; the process is then ended.
    module
        Whose task it is; each loads what it measures and nothing else.

    Returns
    -------
    dict
        What it found, with ``end``: ``done``, or why there is nothing.
    """
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "answer.json"
        words = ["-m", module, task, json.dumps(asked), str(answer)]
        # The words are this program's own.
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stderr=subprocess.PIPE,
            text=True,
        )
        before = _processor_s()
        end = DONE
        try:
            _, said = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            _, said = child.communicate()
            end = LATE
        found: dict[str, Any] = json.loads(answer.read_text()) if answer.exists() else {}
    found["cpu_all_s"] = _processor_s() - before
    if end == DONE and child.returncode:
        why = (said.strip().splitlines() or [f"exit code {child.returncode}"])[-1]
        end = FULL if "MemoryError" in said or "bad_alloc" in said else FAILED
        found["why"] = why
    return {"end": end, "limit_s": seconds, **found}


def _processor_s() -> float:
    """Return the processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def limit_memory(share: float) -> int:
    """Let this process take at most ``share`` of the machine's memory; return it in bytes."""
    most = int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * share)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    return most


def peak_mb() -> float:
    """Return the most memory that this process had so far, megabytes of 10^6 bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
