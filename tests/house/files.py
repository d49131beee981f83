"""The project's own text files, without what is built, installed or fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

#: Relative path of each file, with forward slashes, and its text.
Files = Mapping[str, str]

_BUILT: Final = frozenset({"out", "build", "dist", "node_modules", "__pycache__"})
_BUNDLE: Final = "src/clearway/publish/static"
_KEPT_DOTS: Final = frozenset({".ci", ".gitignore", ".gitattributes", ".editorconfig"})
_BINARY: Final = frozenset(
    {".png", ".jpg", ".woff", ".woff2", ".ttf", ".parquet", ".gpkg", ".pbf", ".gz", ".zip", ".ico"}
)


def project_files() -> Files:
    """Return every text file of the project."""
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in _walk(ROOT)}


def python(files: Files, *tops: str) -> Files:
    """Return the Python files, those under the folders ``tops`` alone if any are named."""
    return {
        name: text
        for name, text in files.items()
        if name.endswith(".py") and (not tops or name.split("/", 1)[0] in tops)
    }


def of_kind(files: Files, *suffixes: str) -> Files:
    """Return the files with one of ``suffixes``, and those without any where it is empty."""
    return {name: text for name, text in files.items() if Path(name).suffix in suffixes}


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name not in _KEPT_DOTS
        built = path.name in _BUILT or path.relative_to(ROOT).as_posix() == _BUNDLE
        if hidden or built or path.is_symlink():
            continue
        if path.is_dir():
            if not path.name.endswith(".egg-info"):
                yield from _walk(path)
        elif path.suffix not in _BINARY:
            yield path
