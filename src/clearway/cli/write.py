"""Write a file in one step, so that nobody ever reads half of it."""

from __future__ import annotations

import tempfile
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whose folder is made if it is not there.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is then still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as scratch:
        # Made inside the private scratch folder, so that it has ordinary permissions.
        staged = Path(scratch) / path.name
        staged.write_text(text, "utf-8")
        staged.replace(path)
