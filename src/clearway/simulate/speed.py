"""How fast people walk in a crowd."""

from __future__ import annotations

from typing import Any, Final

import numba

#: Persons a square metre from which a crowd slows its members, at which most people pass, and at
#: which hardly anybody moves; with the share of the free speed left there. From IMO MSC.1/Circ.1533
#: (annex 3): 1.2 m/s up to a specific flow of 0.65 persons/m/s, 0.67 m/s at 1.3 persons/m/s, and
#: 0.1 m/s at 3.5 persons a square metre; straight lines between.
FREE_PERSONS_PER_M2: Final = 0.65 / 1.2
FULL_PERSONS_PER_M2: Final = 1.3 / 0.67
JAM_PERSONS_PER_M2: Final = 3.5
FULL_SHARE: Final = 0.67 / 1.2
JAM_SHARE: Final = 0.1 / 1.2
#: Metres a second at which a gap travels back through a standing crowd: the slope of the flow
#: between its most and the jam.
WAVE_M_PER_S: Final = (1.3 - 0.1 * 3.5) / (JAM_PERSONS_PER_M2 - FULL_PERSONS_PER_M2)
#: Persons a square metre of street that stand on it when nobody leaves its end: where that line
#: comes to a flow of nothing. Then a street of people at 0.67 m/s passes just 1.3 persons/m/s.
STANDING_PERSONS_PER_M2: Final = JAM_PERSONS_PER_M2 + 0.1 * 3.5 / WAVE_M_PER_S

_FULL_SLOPE: Final = (1.0 - FULL_SHARE) / (FULL_PERSONS_PER_M2 - FREE_PERSONS_PER_M2)
_JAM_SLOPE: Final = (FULL_SHARE - JAM_SHARE) / (JAM_PERSONS_PER_M2 - FULL_PERSONS_PER_M2)


@numba.njit(cache=True, nogil=True, forceinline=True)
def share_of_speed(persons_per_m2: float) -> Any:
    """Return the share of their free speed that people walk at in a crowd of this density."""
    if persons_per_m2 <= FREE_PERSONS_PER_M2:
        return 1.0
    if persons_per_m2 <= FULL_PERSONS_PER_M2:
        return 1.0 - (persons_per_m2 - FREE_PERSONS_PER_M2) * _FULL_SLOPE
    if persons_per_m2 <= JAM_PERSONS_PER_M2:
        return FULL_SHARE - (persons_per_m2 - FULL_PERSONS_PER_M2) * _JAM_SLOPE
    return JAM_SHARE
