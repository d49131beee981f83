"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import clearway

#: Packages whose version may change the figures.
PACKAGES: Final = ("highspy", "numba", "numpy", "ortools", "scipy")
#: Those that the simulation is measured beside.
OTHERS: Final = ("eclipse-sumo", "jupedsim", "numba", "numpy", "uxsim")


def machine(packages: tuple[str, ...] = PACKAGES) -> dict[str, Any]:
    """Return processor, cores, memory, load and versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6,
        "system": platform.system(),
        "python": platform.python_version(),
        "clearway": clearway.__version__,
        "load_1_min": os.getloadavg()[0],
        "packages": {name: _version(name) for name in packages},
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not there"
