"""The map as a drawing: for paper, and for browsers that cannot draw the live one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.colours import corridor_colour
from clearway.publish.places import places
from clearway.publish.rides import NO_RIDES, Rides
from clearway.publish.streets import BEYOND, MAJOR, MINOR, SHUT, StreetLines
from clearway.publish.walks import Walks

_WIDTH: Final = 2000
_WIDTH_CLASSES: Final = 6
_BEYOND_MARGIN: Final = 0.03
#: How far marks stand from the edge, and from one another.
_PAD: Final = 44
_MARK: Final = 84


@dataclass(frozen=True, slots=True)
class Stroke:
    """One SVG path, with the width and colour of its line."""

    path: str
    width: float
    colour: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One zone: its area, its share out for the fill, and where its code stands."""

    id: str
    path: str
    share: float
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A mouth or a reception site: its code and its place."""

    id: str
    colour: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Place:
    """A depot or a hospital; ``beyond`` says that it is off the drawing, and stands at its edge."""

    id: str
    kind: str
    beyond: bool
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawing in units of its own, two thousand wide, y downwards.

    Attributes
    ----------
    width, height
        Of the drawing.
    km
        Units a kilometre.
    streets
        Paths by kind: ``minor``, ``major``, ``beyond``.
    flows, zones, corridors, mouths, receptions, outline
        What is drawn upon them.
    convoys
        Paths of convoys to where they are unloaded.
    places
        Depots and hospitals; those off the drawing at its edge, in their direction.
    """

    width: int
    height: int
    km: float
    streets: dict[str, str]
    outline: str
    zones: tuple[Shape, ...]
    flows: tuple[Stroke, ...]
    corridors: tuple[Stroke, ...]
    mouths: tuple[Mark, ...]
    receptions: tuple[Mark, ...]
    convoys: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


def sketch(
    scenario: Scenario,
    verdict: Verdict,
    walks: Walks,
    lines: StreetLines,
    ridden: Rides = NO_RIDES,
) -> Sketch:
    """Return the drawing: streets, zones by share out, and everybody's ways over the pause."""
    frame = _frame(scenario)
    x, y = frame.place(lines.lon, lines.lat)
    drawn = _Drawn(np.stack((x, y), axis=1), np.cumsum(lines.count) - lines.count, lines.count)
    names = {"minor": MINOR, "major": MAJOR, "beyond": BEYOND}
    visible = frame.visible(x, y, drawn)
    mouths = tuple(_marks(scenario, frame, [(c.id, c.mouth) for c in scenario.corridors]))
    sites = tuple(_marks(scenario, frame, [(r.id, r.node) for r in scenario.receptions]))
    return Sketch(
        width=_WIDTH,
        height=frame.height,
        km=frame.km,
        streets={
            name: drawn.path(np.flatnonzero((lines.kind == kind) & visible).tolist())
            for name, kind in names.items()
        },
        outline=frame.ring(scenario.outline),
        zones=tuple(_zones(scenario, verdict, frame)),
        flows=tuple(_flows(scenario, walks, drawn, lines.kind != SHUT)),
        corridors=tuple(
            Stroke(
                drawn.path(scenario.network.link_index(one.links).tolist()),
                6.0,
                corridor_colour(row),
            )
            for row, one in enumerate(scenario.corridors)
        ),
        mouths=mouths,
        receptions=sites,
        convoys=tuple(_convoys(scenario, drawn, ridden)),
        places=tuple(_places(scenario, frame, [(one.x, one.y) for one in (*mouths, *sites)])),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    scale: float
    squeeze: float
    height: int

    @property
    def km(self) -> float:
        return self.scale / 111.2

    def place(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        x = np.round((lon - self.west) * self.squeeze * self.scale).astype(np.int64)
        y = np.round((self.north - lat) * self.scale).astype(np.int64)
        return x, y

    def ring(self, points: tuple[tuple[float, float], ...]) -> str:
        corners = np.array(points)
        x, y = self.place(corners[:, 0], corners[:, 1])
        return "M" + "L".join(f"{a} {b}" for a, b in zip(x.tolist(), y.tolist(), strict=True)) + "Z"

    def visible(
        self, x: NDArray[np.int64], y: NDArray[np.int64], drawn: _Drawn
    ) -> NDArray[np.bool_]:
        within = (x >= 0) & (x <= _WIDTH) & (y >= 0) & (y <= self.height)
        return np.asarray(np.add.reduceat(within, drawn.start) > 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Every link's points in the drawing's units."""

    points: NDArray[np.int64]
    start: NDArray[np.int64]
    count: NDArray[np.int64]

    def path(self, links: list[int]) -> str:
        """Return links as one path of relative lines; points that fall together stand once."""
        parts = []
        for link in links:
            run = self.points[self.start[link] : self.start[link] + self.count[link]]
            steps = np.diff(run, axis=0)
            moved = steps[(steps != 0).any(axis=1)]
            if len(moved):
                rest = " ".join(map(str, moved.ravel().tolist()))
                parts.append(f"M{run[0, 0]} {run[0, 1]}l{rest}".replace(" -", "-"))
        return "".join(parts)


def _frame(scenario: Scenario) -> _Frame:
    network = scenario.network
    nodes = network.node_index(
        [c.mouth for c in scenario.corridors] + [r.node for r in scenario.receptions]
    )
    corners = np.array(scenario.outline)
    lon = np.concatenate((corners[:, 0], network.nodes.lon[nodes]))
    lat = np.concatenate((corners[:, 1], network.nodes.lat[nodes]))
    squeeze = math.cos(math.radians(float(lat.mean())))
    span = max(float(np.ptp(lon)) * squeeze, 1e-4)
    pad = span * _BEYOND_MARGIN + 5e-4
    scale = _WIDTH / (span + 2 * pad)
    height = round((float(np.ptp(lat)) + 2 * pad) * scale)
    return _Frame(float(lon.min()) - pad / squeeze, float(lat.max()) + pad, scale, squeeze, height)


def _zones(scenario: Scenario, verdict: Verdict, frame: _Frame) -> Iterator[Shape]:
    for row, zone in enumerate(scenario.zones):
        willing, out = verdict.willing_by_zone[row], verdict.out_by_zone[row]
        corners = np.array(max(zone.rings, key=len)) if zone.rings else np.zeros((1, 2))
        x, y = frame.place(corners[:, 0], corners[:, 1])
        path = "".join(frame.ring(ring) for ring in zone.rings)
        middle = (int(x.min() + x.max()) // 2, int(y.min() + y.max()) // 2)
        yield Shape(zone.id, path, out / willing if willing else 0.0, *middle)


def _flows(
    scenario: Scenario, walks: Walks, drawn: _Drawn, shown: NDArray[np.bool_]
) -> Iterator[Stroke]:
    """Yield links in use, by the corridor that most on them go to and in classes of width."""
    persons = np.repeat(walks.persons, walks.end - walks.start)
    corridor = np.repeat(walks.corridor, walks.end - walks.start)
    load = np.zeros((len(scenario.corridors), len(scenario.network.links)))
    np.add.at(load, (corridor, walks.links), persons)
    total, leading = load.sum(axis=0) * shown, load.argmax(axis=0)
    most = total.max() if len(total) else 0.0
    if most == 0:
        return
    classes = np.ceil(np.sqrt(total / most) * _WIDTH_CLASSES).astype(int)
    for size in range(1, _WIDTH_CLASSES + 1):
        for row in range(len(scenario.corridors)):
            links = np.flatnonzero((classes == size) & (leading == row))
            if len(links):
                yield Stroke(drawn.path(links.tolist()), 1.0 + 2.0 * size, corridor_colour(row))


def _marks(scenario: Scenario, frame: _Frame, places: list[tuple[str, int]]) -> Iterator[Mark]:
    rows = scenario.network.node_index([node for _, node in places])
    x, y = frame.place(scenario.network.nodes.lon[rows], scenario.network.nodes.lat[rows])
    for row, (name, _) in enumerate(places):
        yield Mark(name, corridor_colour(row), int(x[row]), int(y[row]))


def _convoys(scenario: Scenario, drawn: _Drawn, ridden: Rides) -> Iterator[str]:
    known = set(scenario.network.links.id.tolist())
    for _, run in ridden.convoys:
        links = run.trip.stops[0].links
        if links and known.issuperset(links):
            yield drawn.path(scenario.network.link_index(links).tolist())


def _places(scenario: Scenario, frame: _Frame, taken: list[tuple[int, int]]) -> Iterator[Place]:
    """Yield depots and hospitals; who would stand off the drawing is moved to its edge.

    There they keep clear of one another and of the marks that are ``taken``.
    """
    found = places(scenario)
    if not found:
        return
    lon, lat = (np.array(column) for column in zip(*(one.at for one in found), strict=True))
    x, y = frame.place(lon, lat)
    off = (x < _PAD) | (x > _WIDTH - _PAD) | (y < _PAD) | (y > frame.height - _PAD)
    for row in np.lexsort((y, ~off)).tolist():
        at = (int(x[row]), int(y[row]))
        if off[row]:
            at = _apart(_edge(at, frame.height), taken, frame.height)
            taken.append(at)
        yield Place(found[row].id, found[row].kind, bool(off[row]), *at)


def _edge(at: tuple[int, int], height: int) -> tuple[int, int]:
    """Return where the way from the middle of the drawing to a place meets its edge."""
    across, down = _WIDTH / 2, height / 2
    x, y = at[0] - across, at[1] - down
    share = min(
        (across - _PAD) / abs(x) if x else math.inf, (down - _PAD) / abs(y) if y else math.inf
    )
    return round(across + x * share), round(down + y * share)


def _apart(at: tuple[int, int], taken: list[tuple[int, int]], height: int) -> tuple[int, int]:
    """Return the nearest place along the edge that no other mark covers."""
    upright = at[0] in {_PAD, _WIDTH - _PAD}
    length = height if upright else _WIDTH
    steps = sorted(range(-length // _MARK, length // _MARK + 1), key=lambda n: (abs(n), -n))
    for step in steps:
        moved = (at[0], at[1] + step * _MARK) if upright else (at[0] + step * _MARK, at[1])
        fits = _PAD <= moved[1 if upright else 0] <= length - _PAD
        if fits and all(math.dist(moved, other) >= _MARK for other in taken):
            return moved
    return at
