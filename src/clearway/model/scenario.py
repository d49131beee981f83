"""The scenario: everything a plan is made from and judged against."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from clearway.model.agreement import Agreement
from clearway.model.care import Care
from clearway.model.checks import Checks
from clearway.model.corridor import Corridor, GateChange, Reception, Window
from clearway.model.facts import Estimate, Fact, Text
from clearway.model.fleet import Aid, Fleet
from clearway.model.network import CROSSING, INSIDE, OPEN, Network
from clearway.model.population import Demand, Group, Zone
from clearway.model.shelter import Shelter
from clearway.model.thresholds import Thresholds
from clearway.model.uncertainty import Uncertainty

CERTAIN: Final = Uncertainty()
USUAL: Final = Thresholds()
NOTHING_AGREED: Final = Agreement()
NO_FLEET: Final = Fleet()
NO_CARE: Final = Care()
NO_AID: Final = Aid()


@dataclass(frozen=True, slots=True)
class Planning:
    """The rules that plans of this scenario keep.

    Attributes
    ----------
    slot_s
        Length of a call-forward slot; a called block leaves evenly over it.
    step_s
        Grid of departures and of the replay at gates; divides ``slot_s``.
    tick_s
        Grid of walking times along links; divides ``step_s``.
    uptake
        Share of households that go if called, 0 to 1; ``central`` is planned for.
    spread
        Fairness: most that the share brought out may differ between zones, 0 to 1; 1 is no rule.
    """

    slot_s: int
    step_s: int
    tick_s: int
    uptake: Estimate
    spread: float = 1.0

    def __post_init__(self) -> None:
        """Refuse grids that do not divide one another and shares off 0 to 1."""
        checks = Checks("planning")
        for field in ("slot_s", "step_s", "tick_s"):
            checks.number(field, getattr(self, field), 1, 86_400)
        checks.done()
        checks.that(self.slot_s % self.step_s == 0, "step_s", self.step_s, "must divide slot_s")
        checks.that(self.step_s % self.tick_s == 0, "tick_s", self.tick_s, "must divide step_s")
        for field in ("low", "central", "high"):
            checks.number(f"uptake.{field}", getattr(self.uptake, field), 0, 1)
        checks.number("spread", self.spread, 0, 1)
        checks.done()


@dataclass(frozen=True, eq=False)
class Scenario:
    """A pause that may be planned: place, people, corridors and hours.

    Attributes
    ----------
    id, title
        Short name, and what people read.
    timezone
        IANA name; the local time that people see.
    attribution
        Who must be named for the data, one line each.
    outline
        The pocket's outline as (lon, lat) in degrees; closed, not repeated at the end.
    planning, network, groups, zones, demand, corridors, receptions, windows, facts
        The parts; ``demand`` has one row a zone and one column a group, in their order.
    uncertainty, thresholds, agreement
        What may come otherwise, how much of each harm is accepted, and what is on record.
    fleet, care, aid
        Vehicles, patients with their destinations, and what is to come in; each may be empty.
    contraflow
        Ids of one-way links that cars use against their direction during the pause, and not in it.
    changes
        Hours in which gates serve at another rate than their usual one.
    shelters
        Where people go back to if all stops.
    """

    id: str
    title: Text
    timezone: str
    attribution: tuple[str, ...]
    outline: tuple[tuple[float, float], ...]
    planning: Planning
    network: Network
    groups: tuple[Group, ...]
    zones: tuple[Zone, ...]
    demand: Demand
    corridors: tuple[Corridor, ...]
    receptions: tuple[Reception, ...]
    windows: tuple[Window, ...]
    facts: tuple[Fact, ...] = ()
    uncertainty: Uncertainty = CERTAIN
    thresholds: Thresholds = USUAL
    agreement: Agreement = NOTHING_AGREED
    fleet: Fleet = NO_FLEET
    care: Care = NO_CARE
    aid: Aid = NO_AID
    contraflow: tuple[int, ...] = ()
    changes: tuple[GateChange, ...] = ()
    shelters: tuple[Shelter, ...] = ()

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        checks = Checks("scenario")
        for field in ("groups", "zones", "corridors", "receptions"):
            parts = getattr(self, field)
            checks.that(bool(parts), field, "", "must have at least one")
            checks.unique(f"{field}.id", [part.id for part in parts])
        checks.that(bool(self.windows), "windows", "", "must have at least one")
        shape = self.demand.households.shape[:2]
        expected = (len(self.zones), len(self.groups))
        checks.that(shape == expected, "demand", shape, f"must have shape {expected}")
        checks.done()
        self._check_places(checks)
        self._check_windows(checks)
        known = {corridor.id for corridor in self.corridors}
        about = [(f"consent {c.id}", set(c.corridors)) for c in self.agreement.consents]
        about += [("hazard", {hazard.corridor}) for hazard in self.agreement.hazards]
        about += [("contact", set(contact.corridors)) for contact in self.agreement.contacts]
        about += [("change", {change.corridor}) for change in self.changes]
        for name, corridors in about:
            for unknown in sorted(corridors - known):
                checks.that(False, f"{name}.corridors", unknown, "must be a corridor")
        self._check_fleet(checks)
        checks.done()

    def _check_places(self, checks: Checks) -> None:
        nodes, receptions = set(self.network.nodes.id.tolist()), {r.id for r in self.receptions}
        for zone in self.zones:
            checks.that(zone.node in nodes, f"zone {zone.id}.node", zone.node, "must be a node")
        checks.unique("shelters.id", [shelter.id for shelter in self.shelters])
        sites = [(f"reception {site.id}", site.node) for site in self.receptions]
        sites += [(f"shelter {site.id}", site.node) for site in self.shelters]
        for name, node in sites:
            checks.that(node in nodes, f"{name}.node", node, "must be a node")
        for corridor in self.corridors:
            name = f"corridor {corridor.id}"
            known = corridor.reception in receptions
            checks.that(known, f"{name}.reception", corridor.reception, "must be a reception site")
            problem = path_problem(self.network, corridor.mouth, corridor.links)
            checks.that(problem is None, f"{name}.links", corridor.links[:5], problem or "")

    def _check_fleet(self, checks: Checks) -> None:
        zones, depots = {zone.id for zone in self.zones}, {one.id for one in self.fleet.depots}
        types, corridors = {one.id for one in self.fleet.types}, {one.id for one in self.corridors}
        nodes = set(self.network.nodes.id.tolist())
        for one in self.fleet.types:
            for unknown in sorted(set(one.corridors) - corridors):
                checks.that(
                    False, f"vehicle type {one.id}.corridors", unknown, "must be a corridor"
                )
        for depot in self.fleet.depots:
            known = depot.node is None or depot.node in nodes
            checks.that(known, f"depot {depot.id}.node", depot.node, "must be a node")
        for patient in self.care.patients:
            known = patient.zone in zones
            checks.that(known, f"patient {patient.code}.zone", patient.zone, "must be a zone")
        for convoy in self.aid.convoys:
            name = f"convoy {convoy.id}"
            checks.that(convoy.zone in zones, f"{name}.zone", convoy.zone, "must be a zone")
            checks.that(convoy.depot in depots, f"{name}.depot", convoy.depot, "must be a depot")
            checks.that(convoy.type in types, f"{name}.type", convoy.type, "must be a vehicle type")
        places = [site.id for site in self.receptions]
        places += [hospital.id for hospital in self.care.hospitals]
        places += [depot.id for depot in self.fleet.depots]
        checks.unique("receptions, hospitals, depots", places)
        one_way = set(self.network.links.id[self.network.links.directed].tolist())
        for link in self.contraflow:
            checks.that(link in one_way, "contraflow", link, "must be a link with one direction")

    def _check_windows(self, checks: Checks) -> None:
        known = {corridor.id for corridor in self.corridors}
        last: dict[str, Window] = {}
        # As in ``seconds``, moments of one zone must be compared through UTC.
        for window in sorted(self.windows, key=lambda w: w.opens.astimezone(UTC)):
            name = f"window {window.corridor}"
            checks.that(window.corridor in known, name, window.opens, "must name a corridor")
            before = last.get(window.corridor)
            apart = before is None or before.closes.astimezone(UTC) <= window.opens.astimezone(UTC)
            checks.that(apart, f"{name}.opens", window.opens, "must not overlap another window")
            last[window.corridor] = window

    @cached_property
    def start(self) -> datetime:
        """The first moment at which any corridor opens; times in a plan count from here."""
        return min((window.opens for window in self.windows), key=lambda at: at.astimezone(UTC))

    def seconds(self, moment: datetime) -> int:
        """Return the seconds from ``start`` to ``moment``."""
        # Through UTC: the difference of two moments in one zone would miss a change of clocks.
        return round((moment.astimezone(UTC) - self.start.astimezone(UTC)).total_seconds())

    def moment(self, seconds: float) -> datetime:
        """Return the moment ``seconds`` after ``start``, in local time."""
        moment = self.start.astimezone(UTC) + timedelta(seconds=seconds)
        return moment.astimezone(ZoneInfo(self.timezone))

    def replace(self, **changes: Any) -> Self:
        """Return a copy with ``changes``, validated anew."""
        return dataclasses.replace(self, **changes)


def path_problem(network: Network, start: int, links: tuple[int, ...]) -> str | None:
    """Say why ``links`` are no open corridor path out of the pocket from node ``start``, or None.

    A corridor's links are open, connected in order, cross the outline, and none lies inside.
    """
    known = set(network.links.id.tolist())
    unknown = [link for link in links if link not in known]
    if unknown:
        return f"must be links of the network; {unknown[0]} is none"
    rows = network.link_index(links)
    node = start
    for row in rows:
        ends = (int(network.links.from_node[row]), int(network.links.to_node[row]))
        if node not in ends:
            return f"must be connected from the mouth on; link {network.links.id[row]} is not"
        node = ends[1] if node == ends[0] else ends[0]
        if network.links.state[row] != OPEN:
            return f"must be open; link {network.links.id[row]} is closed"
    sides = network.links.side[rows]
    if not (sides == CROSSING).any() or (sides == INSIDE).any():
        return "must begin at the outline and cross it"
    return None


def row_of(parts: tuple[Any, ...]) -> dict[str, int]:
    """Return the row of each id in a tuple of zones, groups, corridors or reception sites."""
    return {part.id: row for row, part in enumerate(parts)}
