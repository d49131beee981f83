"""Streets from a file or folder of any kind that an import knows."""

from __future__ import annotations

from pathlib import Path

from clearway.errors import Breach, ScenarioError
from clearway.read.gmns import read_gmns
from clearway.read.osm import OSM_ENDINGS, read_osm
from clearway.read.street_lines import LINE_ENDINGS, read_street_lines
from clearway.read.streets import Streets


def read_streets(path: Path | str, *, source: str = "") -> Streets:
    """Read street lines; the name tells the kind.

    Parameters
    ----------
    path
        A GMNS folder, or a file: GeoParquet (``.parquet``), GeoPackage (``.gpkg``) or
        OpenStreetMap (``.osm.pbf``, ``.osm``).
    source
        What people read about where the streets come from; the file's name if empty.

    Raises
    ------
    ScenarioError
        If there is nothing there, the kind is unknown, or the content is broken.
    """
    path = Path(path)
    name = path.name.lower()
    if path.is_dir():
        return read_gmns(path, source=source)
    if not path.exists():
        raise _breach(path, "must be there")
    if name.endswith(OSM_ENDINGS):
        return read_osm(path, source=source)
    if name.endswith(LINE_ENDINGS):
        return read_street_lines(path, source=source)
    known = ", ".join((*LINE_ENDINGS, *OSM_ENDINGS))
    raise _breach(path, f"must be a GMNS folder or a file that ends in {known}")


def _breach(path: Path, rule: str) -> ScenarioError:
    return ScenarioError((Breach(path.name, 0, "file", "", rule),))
