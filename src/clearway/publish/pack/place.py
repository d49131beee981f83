"""One place in three notations: decimal degrees; degrees, minutes and seconds; and MGRS.

The projection is the transverse Mercator series of Krueger (1912) to the fourth power of the third
flattening, as Karney ("Transverse Mercator with an accuracy of a few nanometers", Journal of
Geodesy 85, 2011) writes it; grid letters follow NGA.STND.0037 (2014). WGS 84 throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_A_M: Final = 6_378_137.0
_N: Final = 1 / (2 * 298.257223563 - 1)
_ALPHA: Final = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16 + 41 * _N**4 / 180,
    13 * _N**2 / 48 - 3 * _N**3 / 5 + 557 * _N**4 / 1440,
    61 * _N**3 / 240 - 103 * _N**4 / 140,
    49_561 * _N**4 / 161_280,
)
_RADIUS_M: Final = _A_M / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_ECCENTRICITY: Final = 2 * math.sqrt(_N) / (1 + _N)
_SCALE: Final = 0.9996
_FALSE_EAST_M, _FALSE_NORTH_M = 500_000.0, 10_000_000.0

_BANDS: Final = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS: Final = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS: Final = "ABCDEFGHJKLMNPQRSTUV"
_SQUARE_M: Final = 100_000
#: Latitudes that MGRS covers by zones; the poles have a grid of their own.
_SOUTH, _NORTH = -80.0, 84.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A place in the Universal Transverse Mercator grid.

    Attributes
    ----------
    zone
        1 to 60.
    north
        Whether it is north of the equator.
    east_m, north_m
        Metres, with false easting and northing.
    """

    zone: int
    north: bool
    east_m: float
    north_m: float


def decimal(lat: float, lon: float) -> str:
    """Return ``36.20123, 37.15123``: latitude before longitude, to about a metre."""
    return f"{lat:.5f}, {lon:.5f}"


def sexagesimal(lat: float, lon: float) -> str:
    """Return ``36°12'04.4"N 37°09'04.4"E``, to about three metres."""
    return f"{_angle(lat, 'N', 'S')} {_angle(lon, 'E', 'W')}"


def mgrs(lat: float, lon: float) -> str:
    """Return ``37S CA 33852 07741``, to a metre, cut off as MGRS asks; a dash near the poles."""
    if not _SOUTH <= lat <= _NORTH:
        return "–"
    lat = round(lat, 9)  # a hair south of the equator is on it, for band and row alike
    found = utm(lat, lon)
    column = _COLUMNS[(found.zone - 1) % 3][int(found.east_m // _SQUARE_M) - 1]
    shift = 5 if found.zone % 2 == 0 else 0
    row = _ROWS[(int(found.north_m // _SQUARE_M) + shift) % len(_ROWS)]
    band = _BANDS[min(int((lat - _SOUTH) // 8), len(_BANDS) - 1)]
    east, north = int(found.east_m % _SQUARE_M), int(found.north_m % _SQUARE_M)
    return f"{found.zone:02d}{band} {column}{row} {east:05d} {north:05d}"


def utm(lat: float, lon: float) -> Grid:
    """Return the place of a point in its zone; latitudes from -80 to 84 degrees."""
    zone = _zone(lat, lon)
    middle = math.radians(6 * zone - 183)
    phi, away = math.radians(lat), math.radians(lon) - middle
    sine = math.sin(phi)
    conformal = math.sinh(math.atanh(sine) - _ECCENTRICITY * math.atanh(_ECCENTRICITY * sine))
    xi = math.atan2(conformal, math.cos(away))
    eta = math.asinh(math.sin(away) / math.hypot(conformal, math.cos(away)))
    north = xi + sum(
        a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(_ALPHA, 1)
    )
    east = eta + sum(
        a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(_ALPHA, 1)
    )
    false_north = 0.0 if lat >= 0 else _FALSE_NORTH_M
    return Grid(
        zone,
        lat >= 0,
        _FALSE_EAST_M + _SCALE * _RADIUS_M * east,
        false_north + _SCALE * _RADIUS_M * north,
    )


def _zone(lat: float, lon: float) -> int:
    """Return the zone, with the wider ones of south-western Norway and of Svalbard."""
    plain = int((lon + 180) // 6) % 60 + 1
    if 56 <= lat < 64 and 3 <= lon < 12:
        return 32
    if lat >= 72 and 0 <= lon < 42:
        return 31 + 2 * int((lon + 3) // 12)
    return plain


def _angle(degrees: float, positive: str, negative: str) -> str:
    tenths = round(abs(degrees) * 36_000)
    whole, rest = divmod(tenths, 36_000)
    minutes, seconds = divmod(rest, 600)
    side = positive if degrees >= 0 else negative
    return f"{whole}°{minutes:02d}'{seconds / 10:04.1f}\"{side}"
