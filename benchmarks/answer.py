"""What a process that measures does: ``python -m MODULE TASK JSON ANSWER``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any


def answer(tasks: Mapping[str, Callable[..., Iterator[dict[str, Any]]]]) -> None:
    """Do the task that was asked for and write what was found as JSON."""
    task, asked, target = sys.argv[1], json.loads(sys.argv[2]), Path(sys.argv[3])
    found: dict[str, Any] = {}
    for part in tasks[task](**asked):
        # Written part by part: what was found before a limit was reached is not lost.
        found |= part
        draft = target.with_suffix(".part")
        draft.write_text(json.dumps(found))
        draft.replace(target)
