"""What an import is told: the pocket, the mouths, the people, the hours, and every assumption."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from clearway.model.agreement import Agreement
from clearway.model.care import Care
from clearway.model.checks import Checks
from clearway.model.corridor import NO_SOURCE, NO_VEHICLES, GateChange
from clearway.model.facts import Estimate, Fact, Text
from clearway.model.fleet import Aid, Fleet
from clearway.model.population import SIZES, Group
from clearway.model.scenario import (
    CERTAIN,
    NO_AID,
    NO_CARE,
    NO_FLEET,
    NOTHING_AGREED,
    USUAL,
    Planning,
)
from clearway.model.thresholds import Thresholds
from clearway.model.uncertainty import Uncertainty
from clearway.read.geometry import metres_outside

#: Share of households of 1 to 9 persons; assumed, mean 5.0.
HOUSEHOLD_SHARES: Final = (0.05, 0.10, 0.12, 0.16, 0.18, 0.15, 0.11, 0.08, 0.05)
_NO_MOUTH: Final = "must be the id of a mouth"
HOUSEHOLD_SOURCE: Final = "assumed: no survey of the households inside was found"


@dataclass(frozen=True, slots=True)
class Mouth:
    """A corridor that is wanted: about where it begins, its gate, and where it leads.

    Attributes
    ----------
    id
        Short code, such as ``C1``.
    name
        What people read.
    lon, lat
        Degrees; the corridor begins at the major crossing of the outline nearest to it.
    gate_persons_per_h
        Persons an hour that the gate lets through.
    reception_name
        Name of the reception site.
    places_persons
        Persons that the reception site takes over the whole pause.
    source
        Where the place comes from.
    check_points, open_limit_persons, open_limit_source
        As in :class:`~clearway.model.corridor.Corridor`.
    vehicles_per_h
        Vehicles an hour that the gate checks in a lane of their own.
    """

    id: str
    name: Text
    lon: float
    lat: float
    gate_persons_per_h: Estimate
    reception_name: Text
    places_persons: Estimate
    source: str
    check_points: int = 1
    open_limit_persons: float = math.inf
    open_limit_source: str = NO_SOURCE
    vehicles_per_h: Estimate = NO_VEHICLES


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours in which every corridor is open.

    Attributes
    ----------
    opens, closes
        Moments with a time zone.
    source
        Who announced them.
    """

    opens: datetime
    closes: datetime
    source: str


@dataclass(frozen=True, slots=True)
class ShelterPlace:
    """A shelter that is wanted: about where it is, and how many it holds.

    Attributes
    ----------
    id, name, places
        As in :class:`~clearway.model.shelter.Shelter`.
    lon, lat
        Degrees; it stands at the node of an open street inside that is nearest.
    """

    id: str
    name: Text
    lon: float
    lat: float
    places: Estimate


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A group, and how many persons make their household one of it.

    Attributes
    ----------
    group
        The group.
    persons_share
        Chance that one person makes the whole household move as this group, 0 to 1; 0 for the
        group of all who are left. A household belongs to the first group that claims it.
    """

    group: Group
    persons_share: Estimate


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How streets become a scenario. Every number here is an assumption, told in the scenario.

    Attributes
    ----------
    zones
        Number of zones.
    corridor_m
        Shortest, wanted and longest length of a corridor from mouth to exit, metres on foot.
    onward_m
        Shortest, wanted and longest way from the exit to the reception site.
    mouth_m
        Farthest that a crossing may be from the mouth that is wanted.
    apart_m
        Least distance between two mouths.
    outside_m
        Distance from the outline within which major streets outside are kept.
    reach_m
        Distance from the outline within which streets are looked at.
    piece_m
        Streets that cross the outline, and major streets outside, are cut into pieces of at most
        this length (minor streets outside: four times), so that crossings are short and exits can
        be chosen.
    simplify_m
        Farthest that a drawn line may leave the street's line; lengths are not changed by it.
    margin_s
        Seconds before closing by which the last person is out of a corridor.
    holding_m2_per_person
        Room for each person that one hour of the gate lets through.
    """

    zones: int = 70
    corridor_m: tuple[float, float, float] = (800.0, 1_000.0, 1_300.0)
    onward_m: tuple[float, float, float] = (1_000.0, 2_000.0, 3_000.0)
    mouth_m: float = 1_500.0
    apart_m: float = 400.0
    outside_m: float = 1_500.0
    reach_m: float = 6_000.0
    piece_m: float = 60.0
    simplify_m: float = 2.0
    margin_s: float = 1_800.0
    holding_m2_per_person: float = 2.0

    def __post_init__(self) -> None:
        """Refuse numbers that no import can work with."""
        checks = Checks("options")
        checks.number("zones", self.zones, 1, 1_000)
        for name in ("mouth_m", "outside_m", "reach_m", "piece_m"):
            checks.number(name, getattr(self, name), 1, 100_000)
        for name in ("apart_m", "simplify_m"):
            checks.number(name, getattr(self, name), 0, 10_000)
        checks.number("margin_s", self.margin_s, 0, 86_400)
        checks.number("holding_m2_per_person", self.holding_m2_per_person, 0.67, 100)
        for name in ("corridor_m", "onward_m"):
            low, wanted, high = getattr(self, name)
            checks.that(0 < low <= wanted <= high, name, (low, wanted, high), "must be ordered")
        checks.done()


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that a scenario needs beside the streets.

    Attributes
    ----------
    id, title, timezone, attribution
        As in :class:`~clearway.model.scenario.Scenario`.
    outline
        The pocket's outline as (lon, lat) in degrees, not repeated at the end.
    outline_source
        Where the outline comes from.
    persons
        Persons inside.
    persons_source
        Who says so.
    groups
        Groups in the order in which they claim households; the last takes those left.
    hours
        When the corridors are open.
    planning
        Rules that plans keep.
    mouths
        Corridors that are wanted, at least one.
    facts
        What else the scenario tells; the importer adds what it assumed.
    household_shares
        Share of households of 1 to 9 persons, adding up to 1.
    household_source
        Where the shares come from.
    options
        How streets become a scenario.
    uncertainty, thresholds, agreement, fleet, care, aid, changes
        As in :class:`~clearway.model.scenario.Scenario`; depots are outside.
    shelters
        Where people go back to if all stops.
    """

    id: str
    title: Text
    timezone: str
    attribution: tuple[str, ...]
    outline: tuple[tuple[float, float], ...]
    outline_source: str
    persons: int
    persons_source: str
    groups: tuple[GroupShare, ...]
    hours: tuple[Hours, ...]
    planning: Planning
    mouths: tuple[Mouth, ...]
    facts: tuple[Fact, ...] = ()
    household_shares: tuple[float, ...] = HOUSEHOLD_SHARES
    household_source: str = HOUSEHOLD_SOURCE
    options: ImportOptions = field(default_factory=ImportOptions)
    uncertainty: Uncertainty = CERTAIN
    thresholds: Thresholds = USUAL
    agreement: Agreement = NOTHING_AGREED
    fleet: Fleet = NO_FLEET
    care: Care = NO_CARE
    aid: Aid = NO_AID
    changes: tuple[GateChange, ...] = ()
    shelters: tuple[ShelterPlace, ...] = ()

    def __post_init__(self) -> None:
        """Refuse shares that do not add up and a recipe without people, groups or hours."""
        checks = Checks("recipe")
        checks.number("persons", self.persons, 1, 1e8)
        checks.that(bool(self.groups), "groups", "", "must have at least one")
        checks.that(bool(self.hours), "hours", "", "must have at least one")
        checks.that(bool(self.mouths), "mouths", "", "must have at least one")
        shares = self.household_shares
        right = len(shares) == len(SIZES) and min(shares) >= 0 and abs(sum(shares) - 1) < 1e-9
        checks.that(right, "household_shares", shares, "must be nine shares that add up to 1")
        checks.unique("mouths.id", [mouth.id for mouth in self.mouths])
        for mouth in self.mouths:
            checks.number(f"mouth {mouth.id}.check_points", mouth.check_points, 1, 1000)
        self._check_record(checks)
        self._check_fleet(checks)
        self._check_shelters(checks)
        for share in self.groups:
            name = f"groups {share.group.id}.persons_share"
            checks.number(name, share.persons_share.central, 0, 1)
        checks.done()

    def _check_record(self, checks: Checks) -> None:
        known = {mouth.id for mouth in self.mouths}
        for consent in self.agreement.consents:
            checks.unique(f"consent {consent.id}.corridors", consent.corridors)
            for name in consent.corridors:
                checks.that(name in known, f"consent {consent.id}.corridors", name, _NO_MOUTH)
        for hazard in self.agreement.hazards:
            checks.that(hazard.corridor in known, "hazard.corridor", hazard.corridor, _NO_MOUTH)
        for contact in self.agreement.contacts:
            checks.unique(f"contact {contact.party.en}.corridors", contact.corridors)
            for name in contact.corridors:
                where = f"contact {contact.party.en}.corridors"
                checks.that(name in known, where, name, _NO_MOUTH)
        for change in self.changes:
            checks.that(
                change.corridor in known, "gate_change.corridor", change.corridor, _NO_MOUTH
            )

    def _check_fleet(self, checks: Checks) -> None:
        """Note vehicles, convoys and conditions that name what the recipe does not have."""
        mouths = {mouth.id for mouth in self.mouths}
        types, depots = {one.id for one in self.fleet.types}, {one.id for one in self.fleet.depots}
        for one in self.fleet.types:
            checks.unique(f"vehicle_type {one.id}.corridors", one.corridors)
            for name in one.corridors:
                checks.that(name in mouths, f"vehicle_type {one.id}.corridors", name, _NO_MOUTH)
        for depot in self.fleet.depots:
            outside, rule = depot.node is None, "must be left out: nodes have no ids yet"
            checks.that(outside, f"depot {depot.id}.node", depot.node, rule)
        self._check_places(checks)
        for convoy in self.aid.convoys:
            name = f"convoy {convoy.id}"
            checks.that(convoy.depot in depots, f"{name}.depot", convoy.depot, "must be a depot")
            checks.that(convoy.type in types, f"{name}.type", convoy.type, "must be a vehicle type")
        self._check_days(checks)

    def _check_days(self, checks: Checks) -> None:
        try:
            local = ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            return  # told where the name of the time zone is
        days = {f"patients:{one.opens.astimezone(local).date()}" for one in self.hours}
        for link in self.aid.links:
            for side in ("then", "after"):
                told = getattr(link, side)
                known = not told.startswith("patients:") or told in days
                rule = "must name a day on which the corridors open"
                checks.that(known, f"linked_movement {link.id}.{side}", told, rule)

    def _check_shelters(self, checks: Checks) -> None:
        checks.unique("shelter.id", [one.id for one in self.shelters])
        outline = np.array(self.outline, dtype=np.float64).reshape(-1, 2)
        for one in self.shelters:
            out = bool(metres_outside(np.array([[one.lon, one.lat]]), outline)[0] > 0)
            where = f"{one.lon:g} {one.lat:g}"
            checks.that(not out, f"shelter {one.id}.lon", where, "must lie inside the outline")
            checks.number(f"shelter {one.id}.places_persons", one.places.low, 0, 1e8)

    def _check_places(self, checks: Checks) -> None:
        """Note depots and hospitals inside the pocket: vehicles drive to them outside."""
        outline = np.array(self.outline, dtype=np.float64).reshape(-1, 2)
        places = [(one.id, one.lon, one.lat) for one in self.fleet.depots]
        places += [(one.id, one.lon, one.lat) for one in self.care.hospitals]
        for name, lon, lat in places:
            out = bool(metres_outside(np.array([[lon, lat]]), outline)[0] > 0)
            checks.that(out, f"{name}.lon", f"{lon:g} {lat:g}", "must lie outside the outline")
