"""Places and times told less exactly than they are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clearway.model.scenario import Scenario
from clearway.publish.release.profiles import DAY_S, Profile

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Coarse:
    """How one profile is told places and times of one scenario.

    Attributes
    ----------
    scenario
        Its clock and its network.
    profile
        Whose eyes.
    """

    scenario: Scenario
    profile: Profile

    def degrees(self, value: float) -> float:
        """Return a longitude or latitude, rounded."""
        return float(value) if self.profile.decimals is None else self._rounded(value)

    def points(self, points: Iterable[Point]) -> list[list[float]]:
        """Return points, rounded; those that fall together with the one before stand once."""
        found: list[list[float]] = []
        for lon, lat in points:
            place = [self.degrees(lon), self.degrees(lat)]
            if not found or found[-1] != place:
                found.append(place)
        return found

    def centre(self, rings: Iterable[Iterable[Point]]) -> list[float]:
        """Return the middle of the corners of some rings, rounded."""
        corners = [point for ring in rings for point in ring]
        count = max(len(corners), 1)
        lon, lat = (sum(point[axis] for point in corners) / count for axis in (0, 1))
        return [self.degrees(lon), self.degrees(lat)]

    def node(self, node: int) -> list[float]:
        """Return the place of a node, rounded."""
        nodes = self.scenario.network.nodes
        row = self.scenario.network.node_index(node)
        return [self.degrees(float(nodes.lon[row])), self.degrees(float(nodes.lat[row]))]

    def moment(self, moment: datetime) -> str:
        """Return the local day, hour or slot that a moment lies in, by its beginning."""
        local = moment.astimezone(ZoneInfo(self.scenario.timezone))
        grain = self.profile.grain_s
        if grain is None:
            return local.isoformat()
        if grain == DAY_S:
            return local.date().isoformat()
        if grain == 0:
            past = self.scenario.seconds(moment) % self.scenario.planning.slot_s
            local = self.scenario.moment(self.scenario.seconds(moment) - past)
        else:
            local = local.replace(minute=0, second=0, microsecond=0)
        return local.isoformat(timespec="minutes")

    def seconds(self, seconds: float) -> str:
        """Return the same of seconds from the scenario's start."""
        return self.moment(self.scenario.start + timedelta(seconds=float(seconds)))

    def _rounded(self, value: float) -> float:
        # Adding 0 keeps a rounded -0.0 from being told apart.
        return round(float(value), self.profile.decimals) + 0.0
