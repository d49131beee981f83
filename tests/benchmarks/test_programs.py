"""Every program of `make bench` starts by itself: none needs what another had loaded before it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.house.files import ROOT

_RECIPE = (ROOT / "Makefile").read_text("utf-8").split("\nbench:", 1)[1].split("\n\n", 1)[0]
PROGRAMS = re.findall(r"\$\(BIN\)/python ((?:-m )?\S+)", _RECIPE)


def test_the_recipe_is_read() -> None:
    assert {"benchmarks/solve.py", "-m benchmarks.whole", "-m benchmarks.document"} < set(PROGRAMS)
    assert len(PROGRAMS) == len(set(PROGRAMS)) >= 10


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_says_what_it_does(program: str) -> None:
    words = [sys.executable, *program.split(), "--help"]
    done = subprocess.run(
        words,
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: ")
