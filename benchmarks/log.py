"""Measure what the log withstands: ``python benchmarks/log.py``, or ``--help`` for less of it."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    # So that the parts beside this file are found as they are by the processes that measure.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    runpy.run_module("benchmarks.log_session", run_name="__main__")
