"""Random tiny scenarios with vehicles for Hypothesis: patients, beds, convoys, and their hours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from clearway.model.care import COLOURS, POSTURES, Beds, Care, Patient
from clearway.model.facts import Estimate
from clearway.model.fleet import CARE, Aid, Fleet, LinkedMovement, Vehicles, VehicleType
from clearway.model.population import RIDE, WALK
from clearway.model.scenario import Scenario
from tests.scenarios import ASSUMED, aid_in, at_hour

DAYS = ("2016-10-20", "2016-10-21")
#: Streets inside are as long as this times a whole number; corridors are three of them.
BLOCK_M = 120.0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a random scenario with vehicles is made of; ``scenario()`` builds it.

    Attributes
    ----------
    streets
        Changes to the recipe of ``tests.scenarios.aid_in``.
    lanes_per_h
        Vehicles an hour, one number a corridor.
    walk
        Whether the second group walks as well.
    users
        Wheelchair users of each of its households.
    counts
        Buses and ambulances.
    bus, ambulance
        Changes to the types.
    patients
        As drawn.
    beds
        Surgical and general places of both hospitals.
    opens
        Hours of the day at which the hospitals open.
    links
        Pairs of what may begin only after what.
    aid
        Whether there is a convoy.
    """

    streets: dict[str, Any]
    lanes_per_h: tuple[float, ...]
    walk: bool
    users: int
    counts: tuple[int, int]
    bus: dict[str, Any]
    ambulance: dict[str, Any]
    patients: tuple[Patient, ...]
    beds: tuple[tuple[int, int], tuple[int, int]]
    opens: tuple[int, int]
    links: tuple[tuple[str, str], ...]
    aid: bool

    def scenario(self) -> Scenario:
        """Return what is wanted."""
        base = aid_in(**self.streets)
        first, second = base.groups
        modes = (WALK, RIDE) if self.walk else (RIDE,)
        corridors = tuple(
            replace(one, vehicles_per_s=exactly(rate / 3600))
            for one, rate in zip(base.corridors, self.lanes_per_h, strict=True)
        )
        hospitals = tuple(
            replace(
                one,
                opens_s=hour * 3600,
                beds=tuple(
                    Beds(kind, exactly(float(places)))
                    for kind, places in zip(("surgical", "general"), beds, strict=True)
                ),
            )
            for one, beds, hour in zip(base.care.hospitals, self.beds, self.opens, strict=True)
        )
        links = tuple(
            LinkedMovement(f"L{n}", then, after, ASSUMED)
            for n, (then, after) in enumerate(self.links, start=1)
        )
        return base.replace(
            groups=(first, replace(second, modes=modes, wheelchair_users=self.users)),
            corridors=corridors,
            fleet=self._fleet(base.fleet),
            care=Care("IITT", self.patients, hospitals),
            aid=Aid(base.aid.convoys, links) if self.aid else Aid(),
        )

    def _fleet(self, base: Fleet) -> Fleet:
        bus, ambulance, truck = base.types
        rows = zip((bus, ambulance), self.counts, strict=True)
        return replace(
            base,
            types=(replace(bus, **self.bus), replace(ambulance, **self.ambulance), truck),
            vehicles=tuple(Vehicles(kind.id, "D1", count, ASSUMED) for kind, count in rows),
        )


def exactly(value: float) -> Estimate:
    """Return an estimate without a range."""
    return Estimate(value, value, value, ASSUMED)


def with_buses(scenario: Scenario, count: int, **changes: Any) -> Scenario:
    """Return a scenario with so many vehicles of its first type, all at D1, and no others."""
    fleet = scenario.fleet
    kind: VehicleType = replace(fleet.types[0], **changes)
    rows = (Vehicles(kind.id, "D1", count, ASSUMED),)
    return scenario.replace(fleet=replace(fleet, types=(kind, *fleet.types[1:]), vehicles=rows))


def within(scenario: Scenario, node: int | None = None) -> Scenario:
    """Return a scenario whose vehicles all stand inside, at D2; by default where Z1 is."""
    fleet, network = scenario.fleet, scenario.network
    node = scenario.zones[0].node if node is None else node
    row = int(network.node_index(node))
    lon, lat = float(network.nodes.lon[row]), float(network.nodes.lat[row])
    inside = replace(fleet.depots[0], id="D2", lon=lon, lat=lat, node=node)
    rows = tuple(replace(one, depot="D2") for one in fleet.vehicles)
    return scenario.replace(fleet=replace(fleet, depots=(*fleet.depots, inside), vehicles=rows))


@st.composite
def patients(draw: st.DrawFn, most: int = 6) -> tuple[Patient, ...]:
    """Draw some patients of both zones."""
    return tuple(
        Patient(
            code=f"P{n}",
            zone=draw(st.sampled_from(("Z1", "Z2"))),
            category=draw(st.sampled_from(COLOURS)),
            posture=draw(st.sampled_from(POSTURES)),
            companions=draw(st.integers(0, 2)),
            bed=draw(st.sampled_from(("surgical", "general"))),
            care=draw(st.sampled_from(CARE)),
            ready=draw(st.sampled_from((None, None, at_hour(8.7), at_hour(10.01)))),
            accepts=draw(st.sampled_from(("", "", "H2"))),
            refuses=draw(st.sampled_from(((), (), ("H1",)))),
        )
        for n in range(draw(st.integers(0, most)))
    )


@st.composite
def wanted(draw: st.DrawFn) -> Wanted:
    """Draw a scenario with one or two corridors and days."""
    corridors, days = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    hours = draw(st.sampled_from((1.5, 2.25, 4.0)))
    windows = tuple(
        (k + 1, 8 + 24 * day, 8 + 24 * day + hours) for day in range(days) for k in range(corridors)
    )
    sizes = st.lists(st.integers(0, 4), min_size=9, max_size=9)
    streets = {
        "columns": draw(st.integers(2, 4)),
        "zones": ((0, 0), (1, 0)),
        "households": [[draw(sizes) for _ in range(2)] for _ in range(2)],
        "gates_persons_per_h": tuple(
            draw(st.sampled_from((60.0, 300.0, 600.0))) for _ in range(corridors)
        ),
        "windows": windows,
        "uptake": draw(st.sampled_from((1.0, 0.7))),
        "spread": draw(st.sampled_from((1.0, 1.0, 0.5))),
        "slot_s": draw(st.sampled_from((900, 300))),
        "margin_min": draw(st.sampled_from((0.0, 10.0, 30.0))),
    }
    aid = draw(st.booleans())
    subjects = [*["aid:A1"][: int(aid)], *(f"patients:{day}" for day in DAYS[:days])]
    pair = st.tuples(st.sampled_from(subjects), st.sampled_from(subjects))
    return Wanted(
        streets=streets,
        lanes_per_h=tuple(draw(st.sampled_from((60.0, 20.0, 12.0))) for _ in range(corridors)),
        walk=draw(st.booleans()),
        users=draw(st.integers(0, 1)),
        counts=(draw(st.integers(0, 3)), draw(st.integers(0, 2))),
        bus={
            "seats": draw(st.sampled_from((30, 9, 4))),
            "board_s": exactly(draw(st.sampled_from((600.0, 60.0, 90.5, 0.0)))),
            "rest_s": draw(st.sampled_from((60.0, 0.0, 33.3))),
            "range_m": draw(st.sampled_from((20_000.0, 6_000.0, 4_000.0))),
        },
        ambulance={
            "speed_m_per_s": exactly(draw(st.sampled_from((8.0, 2.7)))),
            "range_m": draw(st.sampled_from((20_000.0, 6_000.0, 4_000.0))),
        },
        patients=draw(patients()),
        beds=tuple((draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(2)),  # type: ignore[arg-type]
        opens=(draw(st.sampled_from((0, 9, 10))), draw(st.sampled_from((0, 0, 9)))),
        links=tuple(draw(st.lists(pair, max_size=2, unique=True))),
        aid=aid,
    )
