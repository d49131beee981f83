"""A drill in La Serena and Coquimbo: the densest zones leave by six crossings within eight hours.

Streets, zones and persons are the project's. Everything else is assumed, with its range, and says
nothing about any event or plan of the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from project import Project, Street, to_metres
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from clearway.model.corridor import Corridor, HoldingArea, Reception, Window
from clearway.model.facts import Estimate, Fact, Text
from clearway.model.network import CLOSED, CROSSING, INSIDE, OPEN, OUTSIDE, Links, Network, Nodes
from clearway.model.population import CAR, SIZES, Demand, Group, Zone
from clearway.model.scenario import Planning, Scenario
from clearway.read.highway import HIGHWAYS

DATA: Final = "OpenStreetMap, in the example project of La Serena and Coquimbo of AequilibraE 1.7.2"
TIMEZONE: Final = "America/Santiago"
DAY: Final = (2026, 9, 12)
OPENS_H, CLOSES_H = 8, 16
#: Share of a lane's usual capacity that is left: full cars, people beside the road, no signals.
USABLE: Final = 0.8
#: Households by size, 1 to 9 persons, of 1,000.
SIZE_SHARES: Final = (170, 230, 220, 190, 110, 45, 20, 10, 5)
#: Metres from a crossing at which a reception site is looked for.
NEAR_M, FAR_M = 900.0, 3_000.0


@dataclass(frozen=True, slots=True)
class Way:
    """A corridor by its crossing link, with its names; cars use it against its direction or not."""

    id: str
    link: int
    en: str
    ar: str
    gate_per_h: tuple[float, float, float]
    contraflow: bool = False


WIDE, MIDDLE, NARROW = (
    (3_000.0, 6_600.0, 10_000.0),
    (2_000.0, 4_500.0, 8_000.0),
    (1_500.0, 4_000.0, 8_000.0),
)
WAYS: Final = (
    Way("C1", 489, "Ruta 5 Norte", "الطريق 5 شمالًا", WIDE),
    Way(
        "C2",
        5393,
        "Ruta 5 Norte, southbound carriageway",
        "الطريق 5 شمالًا، المسار المعاكس",
        WIDE,
        contraflow=True,
    ),
    Way("C3", 172, "Avenida Islón", "شارع إيسلون", NARROW),
    Way("C4", 3284, "Avenida 18 de Septiembre", "شارع 18 سبتمبر", NARROW),
    Way("C5", 3016, "Avenida José Manuel Balmaceda", "شارع خوسيه مانويل بالماسيدا", MIDDLE),
    Way("C6", 22284, "Avenida El Sauce", "شارع إل ساوسي", NARROW),
)
#: Links of the southbound carriageway of Ruta 5 Norte that cars use northwards in the drill.
CONTRAFLOW: Final = (475, 14700, 474, 5393, 522)


def make_scenario(project: Project) -> Scenario:
    """Return the drill on the project's streets."""
    streets = _usable(project)
    sides = _sides(project, streets)
    tails = {way.id: _tail(way, streets, sides) for way in WAYS}
    kept = _kept(streets, sides, tails)
    network = _network(project, kept)
    zones = _zones(project, kept)
    return Scenario(
        id="coquimbo",
        title=Text(
            "La Serena–Coquimbo: a drill on foot and in cars",
            "لا سيرينا – كوكيمبو: تمرين على الأقدام وبالسيارات",
        ),
        timezone=TIMEZONE,
        attribution=(
            "Network, zones and population: example project of AequilibraE 1.7.2",
            "Streets: © OpenStreetMap contributors, ODbL 1.0",
        ),
        outline=_ring(project.outline),
        planning=Planning(900, 60, 10, Estimate(0.5, 0.9, 0.98, "assumed: an input, never all")),
        network=network,
        groups=_groups(),
        zones=zones,
        demand=_demand(project),
        corridors=tuple(_corridor(way, tails[way.id]) for way in WAYS),
        receptions=tuple(_reception(way, tails[way.id]) for way in WAYS),
        windows=tuple(_window(way) for way in WAYS),
        facts=_facts(project),
        contraflow=tuple(sorted(CONTRAFLOW)),
    )


def _usable(project: Project) -> dict[int, Street]:
    return {one.id: one for one in project.streets if one.kind in HIGHWAYS}


def _sides(project: Project, streets: dict[int, Street]) -> dict[int, str]:
    """Return the side of each street: of both ends in the outline, of one, or of none."""
    ids = sorted(project.nodes)
    places = np.array([project.nodes[node] for node in ids])
    within = dict(zip(ids, shapely.contains_xy(project.outline, *places.T).tolist(), strict=True))
    names = (OUTSIDE, CROSSING, INSIDE)
    return {link: names[within[one.a] + within[one.b]] for link, one in streets.items()}


@dataclass(frozen=True, slots=True)
class _Tail:
    """Mouth, corridor links, links beyond them, and the node of the reception site."""

    mouth: int
    links: tuple[int, ...]
    beyond: tuple[int, ...]
    site: int


def _tail(way: Way, streets: dict[int, Street], sides: dict[int, str]) -> _Tail:
    """Return how a corridor goes on outside, by wide streets, as far as a reception site."""
    first = streets[way.link]
    inner = {
        end for link, one in streets.items() if sides[link] == INSIDE for end in (one.a, one.b)
    }
    mouth, leaves = (first.a, first.b) if first.a in inner else (first.b, first.a)
    if way.contraflow:
        last = streets[CONTRAFLOW[-1]]
        return _Tail(mouth, (way.link,), (last.id,), last.a)
    graph, nodes, link_of = _drive(
        [one for link, one in streets.items() if sides[link] == OUTSIDE], set(CONTRAFLOW)
    )
    start = nodes[leaves]
    cost, before = dijkstra(graph, indices=start, return_predecessors=True)
    back = {row: node for node, row in nodes.items()}
    best: tuple[float, _Tail] | None = None
    for row in np.flatnonzero(np.isfinite(cost)).tolist():
        links, at = [], row
        while at != start:
            links.append(link_of[int(before[at]), at])
            at = int(before[at])
        metres = sum(streets[link].length_m for link in links)
        near = not links or metres < NEAR_M
        miss = max(0.0, NEAR_M - metres) if near else 0.0
        rank = miss * 1e6 + cost[row]
        if metres <= FAR_M and links and (best is None or rank < best[0]):
            best = rank, _Tail(mouth, (way.link,), tuple(links[::-1]), back[row])
    if best is None:
        msg = f"{way.id}: no street leads on from link {way.link}"
        raise ValueError(msg)
    return best[1]


def _drive(
    streets: list[Street], contraflow: set[int]
) -> tuple[Any, dict[int, int], dict[tuple[int, int], int]]:
    """Return the graph of cars, the row of each node, and the link of each pair of rows."""
    nodes = {n: row for row, n in enumerate(sorted({e for s in streets for e in (s.a, s.b)}))}
    link_of: dict[tuple[int, int], int] = {}
    cost: dict[tuple[int, int], float] = {}
    for one in streets:
        ways = [(one.b, one.a)] if one.id in contraflow else [(one.a, one.b)]
        if not one.one_way:
            ways.append((one.b, one.a))
        for start, end in ways:
            pair = nodes[start], nodes[end]
            metres = max(one.length_m, 1.0) * (3_600 / _capacity_per_h(one)) ** 3
            if metres < cost.get(pair, np.inf):
                cost[pair], link_of[pair] = metres, one.id
    rows, columns = (np.array(part) for part in zip(*cost, strict=True))
    graph = csr_array((np.array(list(cost.values())), (rows, columns)), shape=(len(nodes),) * 2)
    return graph, nodes, link_of


def _lanes(one: Street) -> float:
    return one.lanes or max(1.0, float(HIGHWAYS[one.kind].lanes))


def _capacity_per_h(one: Street) -> float:
    kind = HIGHWAYS[one.kind]
    return USABLE * kind.capacity_veh_per_h / max(1.0, kind.lanes) * _lanes(one)


def _kept(
    streets: dict[int, Street], sides: dict[int, str], tails: dict[str, _Tail]
) -> dict[int, tuple[Street, str, str]]:
    """Return streets with side and state: all inside that hang together, ways out, and crossings.

    Crossings that no corridor uses are closed.
    """
    used = {link for tail in tails.values() for link in (*tail.links, *tail.beyond)}
    inner = [one for link, one in streets.items() if sides[link] == INSIDE]
    graph, nodes, _ = _drive(inner, set())
    _, part = connected_components(graph, directed=False)
    main = int(np.bincount(part).argmax())
    within = {node for node, row in nodes.items() if part[row] == main}
    kept = {}
    for link, one in streets.items():
        if sides[link] == INSIDE and one.a in within:
            kept[link] = (one, INSIDE, OPEN)
        elif link in used:
            kept[link] = (one, sides[link], OPEN)
        elif sides[link] == CROSSING and within & {one.a, one.b}:
            kept[link] = (one, CROSSING, CLOSED)
    return kept


def _network(project: Project, kept: dict[int, tuple[Street, str, str]]) -> Network:
    rows = [kept[link] for link in sorted(kept)]
    streets = [row[0] for row in rows]
    nodes = sorted({end for one in streets for end in (one.a, one.b)})
    kinds = [HIGHWAYS[one.kind] for one in streets]
    speeds = [one.speed_kph or kind.speed_kph for one, kind in zip(streets, kinds, strict=True)]
    links = Links(
        id=np.array([one.id for one in streets]),
        from_node=np.array([one.a for one in streets]),
        to_node=np.array([one.b for one in streets]),
        directed=np.array([one.one_way for one in streets]),
        length_m=np.array([max(1.0, round(one.length_m, 1)) for one in streets]),
        width_m=np.array([kind.width_m for kind in kinds]),
        lanes=np.array([_lanes(one) for one in streets]),
        speed_m_per_s=np.array(speeds) / 3.6,
        capacity_veh_per_s=np.array([_capacity_per_h(one) for one in streets]) / 3600,
        facility=np.array([one.kind for one in streets]),
        side=np.array([row[1] for row in rows]),
        state=np.array([row[2] for row in rows]),
        line=tuple(one.line for one in streets),
    )
    places = np.array([project.nodes[node] for node in nodes])
    return Network(Nodes(np.array(nodes), places[:, 0], places[:, 1]), links)


def _zones(project: Project, kept: dict[int, tuple[Street, str, str]]) -> tuple[Zone, ...]:
    """Return the zones; each joins the streets where most cars can leave, near its middle."""
    inner = [one for one, side, _ in kept.values() if side == INSIDE]
    graph, nodes, _ = _drive(inner, set(CONTRAFLOW))
    _, part = connected_components(graph, connection="strong")
    main = part == np.bincount(part).argmax()
    room = np.zeros(len(nodes))
    metres = np.zeros(len(nodes))
    for one in inner:
        ends = [one.a] if one.one_way else [one.a, one.b]
        room[[nodes[end] for end in ends]] += _capacity_per_h(one)
        if one.kind == "residential":
            metres[[nodes[one.a], nodes[one.b]]] += one.length_m / 2
    ids = np.array(sorted(nodes))
    places = np.array([project.nodes[node] for node in ids.tolist()])
    flat = to_metres(shapely.points(places))
    found = []
    for zone, (_, outline) in project.zones.items():
        area = to_metres([outline])[0]
        inside = shapely.contains_xy(outline, places[:, 0], places[:, 1])
        here = np.flatnonzero(main & inside)
        off = shapely.distance(area.representative_point(), flat[here])
        node = here[np.lexsort((off, -np.round(room[here])))[0]]
        found.append(Zone(f"Z{zone}", int(ids[node]), float(metres[inside].sum()), _rings(outline)))
    return tuple(found)


def _rings(area: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    parts = shapely.get_parts(shapely.simplify(area, 0.00015))
    return tuple(_ring(part) for part in parts)


def _ring(area: Any) -> tuple[tuple[float, float], ...]:
    part = max(shapely.get_parts(area), key=shapely.area)
    return tuple((round(lon, 6), round(lat, 6)) for lon, lat in part.exterior.coords[:-1])


@dataclass(frozen=True, slots=True)
class _Share:
    """A group and its share of all people, assumed, with a range."""

    share: tuple[float, float, float]
    group: Group


def _shares() -> tuple[_Share, ...]:
    older = "assumed: older people and those with small children, 20 per cent slower and more"
    return (
        _Share(
            (0.15, 0.28, 0.45),
            Group(
                "able",
                Text("On foot", "سيرًا على الأقدام"),
                Estimate(1.0, 1.2, 1.4, "IMO MSC.1/Circ.1533: 1.2 m/s; range assumed"),
                1.0,
                "everyone counts alike",
            ),
        ),
        _Share(
            (0.05, 0.12, 0.2),
            Group(
                "slow",
                Text("On foot, slowly", "سيرًا على الأقدام ببطء"),
                Estimate(0.7, 0.95, 1.1, older),
                2.0,
                "assumed: need help, and more time",
            ),
        ),
        _Share(
            (0.4, 0.6, 0.75),
            Group(
                "cars",
                Text("In cars", "بالسيارات"),
                Estimate(8.0, 11.0, 14.0, "assumed: 40 km/h where a street allows it"),
                1.0,
                "everyone counts alike",
                modes=(CAR,),
                persons_per_car=Estimate(1.8, 2.5, 3.5, "assumed: households share a car"),
            ),
        ),
    )


def _groups() -> tuple[Group, ...]:
    return tuple(one.group for one in _shares())


def _demand(project: Project) -> Demand:
    """Return whole households: each zone's persons by group, and sizes by the largest remainder."""
    rows = [
        [_households(persons * one.share[1]) for one in _shares()]
        for persons, _ in project.zones.values()
    ]
    return Demand(np.array(rows))


def _households(persons: float) -> NDArray[np.int64]:
    shares = np.array(SIZE_SHARES) / sum(SIZE_SHARES)
    wanted = persons / float(shares @ np.array(SIZES)) * shares
    whole = np.floor(wanted).astype(np.int64)
    missing = round(float(wanted.sum())) - int(whole.sum())
    whole[np.argsort(whole - wanted, kind="stable")[:missing]] += 1
    return whole


def _corridor(way: Way, tail: _Tail) -> Corridor:
    low, central, high = (rate / 3600 for rate in way.gate_per_h)
    lanes = "assumed: papers are not checked; people on foot and in cars are counted"
    return Corridor(
        id=way.id,
        name=Text(way.en, way.ar),
        mouth=tail.mouth,
        links=tail.links,
        gate_persons_per_s=Estimate(low, central, high, lanes),
        holding=HoldingArea(20_000, 12_000, "assumed: streets and open ground before the crossing"),
        margin_s=900,
        reception=f"R{way.id[1:]}",
        source=f"assumed: chosen for the drill; link {way.link} of the project",
        check_points=20,
    )


def _reception(way: Way, tail: _Tail) -> Reception:
    places = Estimate(30_000, 80_000, 120_000, "assumed: a site for the drill")
    name = Text(f"Site beyond {way.en}", f"موقع بعد {way.ar}")
    return Reception(f"R{way.id[1:]}", name, tail.site, places)


def _window(way: Way) -> Window:
    opens, closes = (
        datetime(*DAY, hour, tzinfo=ZoneInfo(TIMEZONE)) for hour in (OPENS_H, CLOSES_H)
    )
    return Window(way.id, opens, closes, "assumed: a drill of eight hours")


def _facts(project: Project) -> tuple[Fact, ...]:
    inside = sum(persons for persons, _ in project.zones.values())
    shares = ", ".join(
        f"{one.group.name.en} {one.share[1]:.0%} ({one.share[0]:.0%} to {one.share[2]:.0%})"
        for one in _shares()
    )
    by_group = "، ".join(
        f"{one.group.name.ar} {one.share[1]:.0%} (من {one.share[0]:.0%} إلى {one.share[2]:.0%})"
        for one in _shares()
    )
    return (
        Fact(
            "people",
            Text(
                f"The {len(project.zones)} densest zones of 133 hold {inside:,.0f} of"
                f" {project.everyone:,.0f} people.",
                f"تضم أكثف {len(project.zones)} منطقة من أصل 133 نحو {inside:,.0f} من"
                f" {project.everyone:,.0f} شخص.",
            ),
            DATA,
        ),
        Fact(
            "groups",
            Text(f"How people go: {shares}.", f"كيف يغادر الناس: {by_group}."),
            "assumed: shares of persons, with their ranges",
        ),
        Fact(
            "capacity",
            Text(
                "A lane carries 80 per cent (50 to 100) of its usual vehicles; lanes and speeds"
                " that nobody mapped are those usual for the class of street.",
                "تحمل الحارة 80 في المئة (من 50 إلى 100) من عدد مركباتها المعتاد؛ والحارات والسرعات"
                " غير المسجلة في الخريطة هي المعتادة لصنف الشارع.",
            ),
            "assumed: full cars, people beside the road, signals off; capacities by class as in"
            " clearway.read.highway",
        ),
        Fact(
            "contraflow",
            Text(
                "Five links of the southbound carriageway of Ruta 5 Norte are used northwards.",
                "تُستخدم خمس وصلات من المسار الجنوبي للطريق 5 شمالًا في الاتجاه المعاكس.",
            ),
            "assumed: an option of the drill",
        ),
    )
