"""Build the scenarios of recorded cases from ``priors.toml`` and the files in ``cases/``.

    python examples/history/build.py                  writes a folder for each case beside this file
    python examples/history/build.py --out DIR        writes them into DIR

What was recorded stands in another file, which nothing here opens. The same files give the same
scenarios, byte by byte.
"""

from __future__ import annotations

import argparse
import math
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from clearway.errors import ScenarioError
from clearway.model.care import SEATED, STRETCHER, Beds, Care, Hospital, Patient
from clearway.model.corridor import NO_VEHICLES, Corridor, HoldingArea, Reception, Window
from clearway.model.facts import SPLIT, SPLIT_LOG, Estimate, Fact, Text
from clearway.model.fleet import ADVANCED, NO_CARE, Depot, Fleet, Vehicles, VehicleType
from clearway.model.network import CROSSING, INSIDE, OPEN, OUTSIDE, Links, Network, Nodes
from clearway.model.population import Group, Zone
from clearway.model.scenario import Planning, Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.publish.scenario_folder import write_scenario
from clearway.read.people_build import spread_people
from clearway.read.recipe import GroupShare, Hours, Mouth, Recipe

HERE: Final = Path(__file__).resolve().parent
#: Metres a degree of latitude, on a sphere of 6,371 km.
DEGREE_M: Final = 6_371_000 * math.pi / 180
#: Seconds of the units that the names of priors end with.
UNITS: Final = {"h": 3600.0, "min": 60.0}

Row = dict[str, Any]


def main() -> None:
    """Write a scenario folder for each case."""
    parser = argparse.ArgumentParser(description="Build the scenarios of recorded cases.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write (default: this)")
    asked = parser.parse_args()
    priors = tomllib.loads((HERE / "priors.toml").read_text("utf-8"))
    for path in sorted((HERE / "cases").glob("*.toml")):
        try:
            scenario = build(tomllib.loads(path.read_text("utf-8")), priors)
        except ScenarioError as error:
            sys.exit(f"{path.name}: {error}")
        write_scenario(scenario, asked.out / scenario.id)
        people = int(scenario.demand.persons.sum())
        sys.stdout.write(f"{scenario.id}: {people:,} people, {len(scenario.zones)} zones\n")


def build(case: Row, priors: Row) -> Scenario:
    """Return the scenario of one case: what was known of it, and the priors for the rest."""
    streets = Streets(case["streets"], case["corridor"])
    recipe = people(case, priors, streets)
    windows = case["window"]
    return Scenario(
        id=case["id"],
        title=recipe.title,
        timezone=case["timezone"],
        attribution=recipe.attribution,
        outline=recipe.outline,
        planning=recipe.planning,
        network=streets.network(),
        groups=tuple(one.group for one in recipe.groups),
        zones=streets.zones(),
        demand=spread_people(recipe, np.ones(len(streets.homes))),
        corridors=(corridor(case, priors, streets),),
        receptions=(
            Reception(
                "R1",
                text(case["corridor"]["site"]),
                streets.way_out[-1],
                estimate(priors["reception"]["places_persons"]),
            ),
        ),
        windows=tuple(
            Window(case["corridor"]["id"], one["opens"], one["closes"], one["source"])
            for one in windows
        ),
        facts=recipe.facts,
        uncertainty=uncertainty(case, priors),
        fleet=fleet(case, priors, streets),
        care=care(case, priors, streets),
    )


def fleet(case: Row, priors: Row, streets: Streets) -> Fleet:
    """Return the vehicles that were known to stand ready, as the priors describe any."""
    told, rules = case.get("vehicles"), priors["vehicles"]
    if told is None:
        return Fleet()
    speed = estimate(rules["speed_km_per_h"], 1 / 3.6)
    loading = estimate(rules["loading_min"], 60)
    seats, lying = rules["bus_persons"], rules["ambulance_wounded"]
    bus = {"seats": round(seats["central"]), "stretchers": 0, "care": NO_CARE}
    # A companion a patient and one who sits: no report says how many seats there were.
    ambulance = {"seats": 3, "stretchers": round(lying["central"]), "care": ADVANCED}
    types = tuple(
        VehicleType(
            id=name,
            name=words,
            wheelchairs=0,
            speed_m_per_s=speed,
            board_s=loading,
            alight_s=loading,
            source=source,
            **places,
        )
        for name, words, source, places in (
            ("bus", Text("Bus", "حافلة"), seats["source"], bus),
            ("ambulance", Text("Ambulance", "سيارة إسعاف"), lying["source"], ambulance),
        )
    )
    lon, lat = streets.degrees(-told["depot_m"], 0.0)
    depot = Depot("D1", text(told["depot"]), lon, lat, told["source"])
    return Fleet(
        types=types,
        depots=(depot,),
        vehicles=tuple(
            Vehicles(one.id, depot.id, told[one.id], told["source"])
            for one in types
            if told[one.id] > 0
        ),
        outside_m_per_s=estimate(rules["outside_speed_km_per_h"], 1 / 3.6),
        outside_detour=estimate(rules["outside_detour"]),
    )


def care(case: Row, priors: Row, streets: Streets) -> Care:
    """Return as many patients as were said to wait, spread evenly, and who takes them in."""
    told = case.get("patients")
    if told is None:
        return Care()
    zones, count = streets.zones(), told["central"]
    mean = priors["vehicles"]["companions_a_patient"]["central"]
    # Whoever is the next to make the running sum of companions whole has one.
    companions = np.diff(np.floor(mean * np.arange(count + 1) + 1e-9)).astype(int).tolist()
    lying = np.diff(np.floor(told["stretcher_share"] * np.arange(count + 1) + 1e-9)).tolist()
    patients = tuple(
        Patient(
            code=f"P-{row + 1:03d}",
            zone=zones[row % len(zones)].id,
            category="yellow",
            posture=STRETCHER if lying[row] else SEATED,
            companions=companions[row],
            bed="any",
        )
        for row in range(count)
    )
    lon, lat = streets.degrees(-told["hospital_m"], 0.0)
    places = Estimate(count, count, count, told["hospital_source"])
    beds = (Beds("any", places),)
    hospital = Hospital("H1", text(told["hospital"]), lon, lat, beds, told["hospital_source"])
    return Care(patients=patients, hospitals=(hospital,))


def uncertainty(case: Row, priors: Row) -> Uncertainty:
    """Return the priors of every case, those of its kind of gate, and those of its calling."""
    gate = {key: one for key, one in priors["gate"][case["gate"]].items() if key.startswith("long")}
    told = {**priors["uncertainty"], **gate, **priors["calling"][case["calling"]]}
    if "patients" in case:
        told["refusal_share"] = priors["vehicles"]["refuses_destination_share"]
    return Uncertainty(**dict(in_seconds(key, one) for key, one in told.items()))


def in_seconds(key: str, told: Row) -> tuple[str, Estimate]:
    """Return the noun's name of a prior and its value in SI units."""
    stem, _, unit = key.rpartition("_")
    return (f"{stem}_s", estimate(told, UNITS[unit])) if unit in UNITS else (key, estimate(told))


def estimate(told: Row, factor: float = 1.0) -> Estimate:
    """Return a prior with the shape that follows from its range (rule 2 of ``priors.toml``)."""
    wide = told["low"] > 0 and told["high"] > 10 * told["low"]
    low, central, high = (told[key] * factor for key in ("low", "central", "high"))
    return Estimate(low, central, high, told["source"], SPLIT_LOG if wide else SPLIT)


def corridor(case: Row, priors: Row, streets: Streets) -> Corridor:
    """Return the case's one corridor, with the gate and the holding area of the priors."""
    rate = priors["gate"][case["gate"]]["rate_persons_per_h"]
    rules, told = priors["corridor"], case["corridor"]
    limit = rate["central"]
    area = rules["holding_m2_per_person"] * limit
    return Corridor(
        id=told["id"],
        name=text(told["name"]),
        mouth=streets.way_out[0],
        links=streets.corridor_links,
        gate_persons_per_s=estimate(rate, 1 / 3600),
        holding=HoldingArea(area, limit, rules["holding_source"]),
        margin_s=rules["margin_min"] * 60,
        reception="R1",
        source=told["source"],
        vehicles_per_s=estimate(priors["vehicles"]["lane_per_h"], 1 / 3600)
        if "vehicles" in case
        else NO_VEHICLES,
    )


def people(case: Row, priors: Row, streets: Streets) -> Recipe:
    """Return who is inside, as an import would be told."""
    told = case["people"]
    rules = priors["planning"]
    planning = Planning(
        round(rules["slot_min"] * 60), rules["step_s"], rules["tick_s"], estimate(priors["uptake"])
    )
    name, site = text(case["corridor"]["name"]), text(case["corridor"]["site"])
    rate = estimate(priors["gate"][case["gate"]]["rate_persons_per_h"], 1 / 3600)
    places = estimate(priors["reception"]["places_persons"])
    lon, lat = streets.degrees(0, 0)
    return Recipe(
        id=case["id"],
        title=text(case["title"]),
        timezone=case["timezone"],
        attribution=tuple(case["attribution"]),
        outline=streets.outline(),
        outline_source=case["streets"]["source"],
        persons=told["central"],
        persons_source=told["source"],
        groups=tuple(group(one, case.get("modes", ["walk"])) for one in priors["group"]),
        hours=tuple(Hours(one["opens"], one["closes"], one["source"]) for one in case["window"]),
        planning=planning,
        mouths=(Mouth(case["corridor"]["id"], name, lon, lat, rate, site, places, told["source"]),),
        facts=tuple(facts(case, priors)),
        household_shares=tuple(priors["households"]["shares"]),
        household_source=priors["households"]["source"],
    )


def group(told: Row, modes: list[str]) -> GroupShare:
    """Return one group, how it goes, and its share."""
    speed, share = estimate(told["speed_m_per_s"]), estimate(told["persons_share"])
    made = Group(
        told["id"], text(told["name"]), speed, told["weight"], told["weight_source"], tuple(modes)
    )
    return GroupShare(made, share)


def facts(case: Row, priors: Row) -> Iterable[Fact]:
    """Yield what the reader of the scenario should know beside its figures."""
    told = case["people"]
    low, central, high = (f"{told[key]:,}" for key in ("low", "central", "high"))
    yield Fact(
        "people",
        Text(
            f"{central} people are taken to be inside; from {low} to {high} were said.",
            f"يُفترض أن في الداخل {central} شخص؛ وتراوحت التقديرات من {low} إلى {high}.",
        ),
        told["source"],
    )
    yield Fact(
        "streets",
        Text("No such streets exist.", "لا وجود لهذه الشوارع."),
        case["streets"]["source"],
    )
    yield Fact(
        "gate",
        Text(
            "People walk through without being checked one by one."
            if case["gate"] == "permissive"
            else "Each person is checked.",
            "يعبر الناس من دون تفتيش كل فرد." if case["gate"] == "permissive" else "يُفتَّش كل فرد.",
        ),
        case["gate_source"],
    )
    yield Fact(
        "calling",
        Text("The hours alone are announced.", "تُعلن الساعات وحدها.")
        if case["calling"] == "hours"
        else Text("Zones are called one by one.", "تُستدعى القطاعات واحدًا تلو الآخر."),
        case["calling_source"],
    )
    yield Fact(
        "households",
        Text(
            "Households of 1 to 9 persons, the same shares in every zone.",
            "أسر من شخص واحد إلى تسعة أشخاص، بالنسب ذاتها في كل القطاعات.",
        ),
        priors["households"]["source"],
    )
    for one in case.get("fact", ()):
        yield Fact(one["topic"], text(one["text"]), one["source"])


def text(told: Row) -> Text:
    """Return words in both languages."""
    return Text(told["en"], told["ar"])


@dataclass
class Streets:
    """A spine that leads to the mouth, side streets, and the way out.

    Places are metres along the spine, inward from the mouth, and metres to its right.
    """

    told: Row
    out: Row
    places: dict[tuple[float, float], int] = field(default_factory=dict)
    rows: list[tuple[int, int, float, float, str]] = field(default_factory=list)
    homes: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lay the streets."""
        step, side = self.told["link_m"], self.told["side_m"]
        ends = [0.0, -self.out["length_m"] / 2, -self.out["length_m"]]
        ends.append(ends[-1] - self.out["onward_m"])
        self.way_out = [self.node((place, 0.0)) for place in ends]
        for k, kind in enumerate((CROSSING, OUTSIDE, OUTSIDE)):
            self.join((ends[k], 0.0), (ends[k + 1], 0.0), self.out["width_m"], kind)
        self.corridor_links = (1, 2)
        for k in range(1, self.told["spine_links"] + 1):
            here = (k * step, 0.0)
            self.join(here, ((k - 1) * step, 0.0), self.told["spine_width_m"], INSIDE)
            for home in ((here[0], -side), (here[0], side)):
                self.join(home, here, self.told["side_width_m"], INSIDE)
                self.homes.append(home)

    def node(self, place: tuple[float, float]) -> int:
        """Return the number of a place, made when first asked for."""
        return self.places.setdefault(place, len(self.places) + 1)

    def join(
        self, start: tuple[float, float], end: tuple[float, float], width_m: float, side: str
    ) -> None:
        """Add a street."""
        ends = (self.node(start), self.node(end))
        self.rows.append((*ends, math.dist(start, end), width_m, side))

    def degrees(self, inward_m: float, right_m: float) -> tuple[float, float]:
        """Return longitude and latitude of a place."""
        lon, lat = self.told["mouth"]
        bearing = math.radians(self.told["inward_bearing_deg"])
        east = inward_m * math.sin(bearing) + right_m * math.cos(bearing)
        north = inward_m * math.cos(bearing) - right_m * math.sin(bearing)
        parallel_m = DEGREE_M * math.cos(math.radians(lat))
        return round(lon + east / parallel_m, 6), round(lat + north / DEGREE_M, 6)

    def outline(self) -> tuple[tuple[float, float], ...]:
        """Return the corners of the pocket: all homes, and the mouth by 50 m."""
        far = (self.told["spine_links"] + 0.5) * self.told["link_m"]
        wide = 1.2 * self.told["side_m"]
        return self.ring((-50.0, far), (-wide, wide))

    def ring(
        self, inward_m: tuple[float, float], right_m: tuple[float, float]
    ) -> tuple[tuple[float, float], ...]:
        """Return the corners of a rectangle along the spine."""
        (near, far), (left, right) = inward_m, right_m
        corners = ((near, left), (far, left), (far, right), (near, right))
        return tuple(self.degrees(*corner) for corner in corners)

    def zones(self) -> tuple[Zone, ...]:
        """Return a zone for each home, numbered from the mouth on, left (L) and right (R)."""
        half, wide = self.told["link_m"] / 2, 1.2 * self.told["side_m"]
        made = []
        for inward, right in self.homes:
            number = round(inward / self.told["link_m"])
            letter, span = ("L", (-wide, 0.0)) if right < 0 else ("R", (0.0, wide))
            ring = self.ring((inward - half, inward + half), span)
            node = self.places[inward, right]
            made.append(Zone(f"{letter}{number}", node, self.told["side_m"], (ring,)))
        return tuple(made)

    def network(self) -> Network:
        """Return the streets as nouns."""
        points = {number: self.degrees(*place) for place, number in self.places.items()}
        start, end, length, width, side = zip(*self.rows, strict=True)
        count = len(self.rows)
        links = Links(
            id=np.arange(1, count + 1),
            from_node=np.array(start),
            to_node=np.array(end),
            directed=np.zeros(count, dtype=bool),
            length_m=np.array(length),
            width_m=np.array(width),
            lanes=np.ones(count),
            speed_m_per_s=np.full(count, 30 / 3.6),
            capacity_veh_per_s=np.full(count, 600 / 3600),
            facility=np.full(count, "residential"),
            side=np.array(side),
            state=np.full(count, OPEN),
            line=tuple((points[a], points[b]) for a, b in zip(start, end, strict=True)),
        )
        lon, lat = zip(*points.values(), strict=True)
        return Network(Nodes(np.array(list(points)), np.array(lon), np.array(lat)), links)


if __name__ == "__main__":
    main()
