"""Street lines from GeoParquet and GeoPackage files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from clearway.errors import Breach, ScenarioError
from clearway.model.checks import shown
from clearway.read.streets import FIGURES, Streets

_PARQUET: Final = (".parquet", ".geoparquet")
#: Ends of file names that hold street lines.
LINE_ENDINGS: Final = (*_PARQUET, ".gpkg")

#: Line ends closer than this are one node: a centimetre, or its like in degrees.
_ROUND_M, _ROUND_DEG = 2, 7
_TRUE: Final = frozenset({"yes", "true", "1", "t"})
_BACKWARD: Final = frozenset({"-1", "reverse"})


def read_street_lines(path: Path | str, *, source: str = "") -> Streets:
    """Read street lines from a GeoParquet or GeoPackage file.

    Lines that end at the same point (to a centimetre) meet there; lines that only cross do not.

    Parameters
    ----------
    path
        A file with lines and a column ``highway``. Columns ``oneway`` (yes, -1, true), ``lanes``
        (each direction), ``width_m``, ``speed_kph`` and ``capacity_veh_per_h`` are used if there.
    source
        What people read about where the lines come from; the file's name if empty.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or has no lines, no coordinate system, or no ``highway``.
    """
    path = Path(path)
    frame = _frame(path)
    parts = frame.explode(ignore_index=True) if len(frame) else frame
    _require(path, frame, parts)
    line = np.asarray(shapely.force_2d(np.asarray(parts.geometry.values)), dtype=object)
    backward = _text(parts, "oneway").isin(_BACKWARD).to_numpy()
    line[backward] = shapely.reverse(line[backward])
    start, end = _ends(line, frame.crs)
    return Streets(
        crs=frame.crs.to_wkt() if frame.crs.to_epsg() is None else f"EPSG:{frame.crs.to_epsg()}",
        line=line,
        start=start,
        end=end,
        highway=parts["highway"].astype(str).to_numpy(),
        directed=backward | _text(parts, "oneway").isin(_TRUE).to_numpy(),
        source=source or path.name,
        **{field: _numbers(parts, field) for field in FIGURES},
    )


def _frame(path: Path) -> Any:
    try:
        parquet = path.name.lower().endswith(_PARQUET)
        table = gpd.read_parquet(path) if parquet else gpd.read_file(path)
    except Exception as error:  # every driver fails in a way of its own
        rule = f"must be a readable GeoParquet or GeoPackage file ({shown(error)})"
        raise ScenarioError((Breach(path.name, 0, "file", "", rule),)) from error
    if not isinstance(table, gpd.GeoDataFrame):
        raise ScenarioError((Breach(path.name, 0, "geometry", "none", "must have lines"),))
    return table


def _require(path: Path, frame: Any, parts: Any) -> None:
    def breach(field: str, value: object, rule: str) -> Breach:
        return Breach(path.name, 0, field, shown(value), rule)

    found = []
    if frame.crs is None:
        found.append(breach("crs", "none", "must name a coordinate system"))
    if "highway" not in frame.columns:
        rule = "must have a column with OSM highway values"
        found.append(breach("highway", list(frame.columns), rule))
    kinds = set(parts.geom_type.dropna())
    if kinds != {"LineString"} or frame.geometry.isna().any() or frame.geometry.is_empty.any():
        found.append(breach("geometry", sorted(kinds) or "none", "must be lines in every row"))
    if found:
        raise ScenarioError(tuple(found))


def _ends(line: NDArray[np.object_], crs: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first = shapely.get_coordinates(shapely.get_point(line, 0))
    last = shapely.get_coordinates(shapely.get_point(line, -1))
    digits = _ROUND_DEG if pyproj.CRS(crs).is_geographic else _ROUND_M
    both = np.round(np.concatenate([first, last]), digits)
    places, node = np.unique(both, axis=0, return_inverse=True)
    # Rounding parts some that lie still closer, on either side of a half; these are joined.
    near = cKDTree(places).query_pairs(1.5 * 10.0**-digits, output_type="ndarray")
    graph = coo_array((np.ones(len(near)), near.T), shape=(len(places), len(places)))
    ends = connected_components(graph, directed=False)[1][node].reshape(2, -1)
    return ends[0], ends[1]


def _text(parts: Any, field: str) -> Any:
    column = parts[field] if field in parts.columns else parts["highway"].map(lambda _: "")
    return column.astype(str).str.strip().str.lower()


def _numbers(parts: Any, field: str) -> NDArray[np.float64]:
    if field not in parts.columns:
        return np.full(len(parts), np.nan)
    return np.asarray([_number(value) for value in parts[field]], dtype=np.float64)


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return np.nan
