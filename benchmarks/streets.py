"""The street lines of the cities, from the source distribution of neatnet 0.1.6."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

SDIST: Final = "neatnet-0.1.6.tar.gz"
SHA256: Final = "a1f760e0875a7f42a778d86293c397b37ee61e71fba49769c2b3db30271a7fff"
SOURCE: Final = "OpenStreetMap, as shipped with neatnet 0.1.6"


def street_files(cities: list[str], cache: Path, sdist: Path | None) -> dict[str, Path]:
    """Return the file of street lines of each city; fetches the source distribution if missing.

    Parameters
    ----------
    cities
        Folders in the source distribution.
    cache
        Folder in which what was fetched stays.
    sdist
        The source distribution, if it is at hand.

    Raises
    ------
    ValueError
        If it cannot be had, or is not the file that was meant.
    """
    cache.mkdir(parents=True, exist_ok=True)
    if sdist is None:
        sdist = cache / SDIST
        if not sdist.exists():
            _fetch(cache)
    try:
        data = sdist.read_bytes()
    except OSError as error:
        raise ValueError(f"{sdist}: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"{sdist}: is not the file that is meant (sha256 differs)")
    with tarfile.open(sdist) as archive:
        return {city: _extract(archive, city, cache) for city in cities}


def _fetch(cache: Path) -> None:
    asked = ["download", "--no-deps", "--no-binary", ":all:", "neatnet==0.1.6"]
    command = [sys.executable, "-m", "pip", *asked, "--dest", str(cache)]
    # Nothing from outside is in this command.
    if subprocess.run(command, check=False).returncode:  # noqa: S603
        raise ValueError(f"pip could not fetch {SDIST}; give its path with --sdist")


def _extract(archive: tarfile.TarFile, city: str, cache: Path) -> Path:
    name = f"neatnet-0.1.6/data/{city}/original.parquet"
    try:
        member = archive.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise ValueError(f"{SDIST}: holds no {name}")
    target = cache / f"{city}.parquet"
    target.write_bytes(member.read())
    return target
