"""Classes of what is sensitive, and the profiles that see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from clearway.errors import Breach, LogError

PUBLIC, PARTNER, GATE, MEDICAL, FULL = "public", "partner", "gate", "medical", "full"
#: From least to most sensitive; ``gate`` and ``medical`` are branches beside one another.
CLASSES: Final = (PUBLIC, PARTNER, GATE, MEDICAL, FULL)
#: Of those who stand at a gate and of those who move patients alike.
BOTH: Final = f"{GATE} {MEDICAL}"

DAY_S: Final = 86_400
HOUR_S: Final = 3_600
#: Counts below this are not shown, nor what would give them away.
LEAST_COUNT: Final = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of recipient sees.

    Attributes
    ----------
    name
        One of ``CLASSES``; the highest class that it sees.
    sees
        The classes that it sees.
    decimals
        Of degrees: one is about 11 km, two 1.1 km, three 110 m; None for all.
    grain_s
        Times are told as the beginning of the local day, hour or slot that they lie in, in seconds;
        0 for the scenario's slot, None for exact times.
    days
        How long it may be kept if nobody says otherwise.
    """

    name: str
    sees: frozenset[str]
    decimals: int | None
    grain_s: int | None
    days: int

    @property
    def whole(self) -> bool:
        """Whether it sees everything as it is."""
        return FULL in self.sees

    def allows(self, classes: Iterable[str]) -> bool:
        """Return whether it sees what is of any of ``classes``."""
        return not self.sees.isdisjoint(classes)


_PARTNERS: Final = frozenset((PUBLIC, PARTNER))
PROFILES: Final = MappingProxyType(
    {
        one.name: one
        for one in (
            Profile(PUBLIC, frozenset((PUBLIC,)), 1, DAY_S, 30),
            Profile(PARTNER, _PARTNERS, 2, HOUR_S, 14),
            Profile(GATE, _PARTNERS | {GATE}, 3, 0, 3),
            Profile(MEDICAL, _PARTNERS | {MEDICAL}, 2, HOUR_S, 3),
            Profile(FULL, frozenset(CLASSES), None, None, 14),
        )
    }
)


def profile_named(name: str) -> Profile:
    """Return the profile of that name.

    Raises
    ------
    LogError
        If there is none.
    """
    if name not in PROFILES:
        rule = f"must be one of {tuple(PROFILES)}"
        raise LogError("unknown profile", (Breach("release", 0, "profile", name[:60], rule),))
    return PROFILES[name]
