"""Records of what was measured: JSON files that are written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def read(path: Path) -> dict[str, Any]:
    """Return a record; an empty one if it is not there."""
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def save(record: dict[str, Any], target: Path) -> None:
    """Write a record."""
    write(target, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def keep(name: str, part: dict[str, Any], target: Path) -> None:
    """Put figures under ``name`` into a record; what others wrote beside them stays."""
    save({**read(target), name: part}, target)


def write(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    draft.replace(target)
