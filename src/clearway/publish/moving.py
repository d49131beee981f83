"""All that the report shows of patients, vehicles, beds and aid, in one language."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from clearway.model.outcome import Ensemble, FleetOutcome
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.aid_rows import ConvoyRow, LinkRow, convoy_rows, deadlock_words, link_rows
from clearway.publish.beds import BedRow, bed_days, bed_rows
from clearway.publish.board import Patients, moved_in, patients
from clearway.publish.edition import Edition
from clearway.publish.fates import fates
from clearway.publish.gantt import KINDS, DayOfDuties, duty_days
from clearway.publish.moved import moved
from clearway.publish.places import PlaceRow, place_rows_outside
from clearway.publish.recommend import Likely
from clearway.publish.remaining import Remaining, remaining
from clearway.publish.trips import TypeRow, trip_rows, type_rows
from clearway.publish.words import Said

#: Sections of those who do not walk, in the order of the page.
SECTIONS = ("patients", "vehicles", "beds", "aid")


@dataclass(frozen=True, slots=True)
class Moving:
    """The sections on those who do not walk.

    Attributes
    ----------
    sections
        Those of ``SECTIONS`` that the scenario has anything for.
    top
        The first screen's figures.
    patients
        The board; None if nobody is listed.
    days, types, trips, kinds
        Drawings of duties, the table of types, every trip as HTML, and kinds of bars.
    beds, bed_days
        Beds by hospital and kind, and the days that they are counted on.
    convoys, links, deadlock
        What comes in, and what depends on what.
    simulated
        Whether the members say what became of all this.
    places
        Depots and hospitals.
    remaining
        Those who stay.
    """

    sections: tuple[str, ...]
    top: tuple[Likely, ...]
    patients: Patients | None
    days: tuple[DayOfDuties, ...]
    types: tuple[TypeRow, ...]
    trips: Markup
    kinds: tuple[str, ...]
    beds: tuple[BedRow, ...]
    bed_days: tuple[Said, ...]
    convoys: tuple[ConvoyRow, ...]
    links: tuple[LinkRow, ...]
    deadlock: Said | None
    simulated: bool
    places: tuple[PlaceRow, ...]
    remaining: Remaining


def has_moving(verdict: Verdict) -> bool:
    """Return whether there are vehicles, patients or convoys to tell of."""
    return any(one is not None for one in (verdict.care, verdict.fleet, verdict.aid))


def sections(scenario: Scenario) -> tuple[str, ...]:
    """Return the sections that a scenario has anything for."""
    there = (
        bool(scenario.care.patients),
        bool(scenario.fleet.vehicles),
        bool(scenario.care.hospitals),
        bool(scenario.aid.convoys),
    )
    return tuple(name for name, has in zip(SECTIONS, there, strict=True) if has)


def moving(edition: Edition, ensemble: Ensemble | None) -> Moving:
    """Return all that the report shows of those who do not walk."""
    scenario = edition.scenario
    outcome = ensemble.fleet if ensemble is not None else None
    if outcome is not None and not _fits(scenario, outcome):
        outcome = None
    found = fates(scenario, edition.plan, edition.rides)
    out = moved_in(outcome.patient_end) if outcome is not None else None
    return Moving(
        sections=sections(scenario),
        top=tuple(moved(edition, outcome)),
        patients=patients(edition, found, out) if found else None,
        days=tuple(duty_days(edition)),
        types=tuple(type_rows(edition)),
        trips=trip_rows(edition),
        kinds=KINDS,
        beds=tuple(bed_rows(edition, outcome.beds if outcome is not None else None)),
        bed_days=tuple(edition.calendar.short(day) for day in bed_days(edition)),
        convoys=tuple(convoy_rows(edition, outcome.aid_arrived if outcome else None)),
        links=tuple(link_rows(edition)),
        deadlock=deadlock_words(edition),
        simulated=outcome is not None,
        places=tuple(place_rows_outside(edition)),
        remaining=remaining(edition, found),
    )


def _fits(scenario: Scenario, outcome: FleetOutcome) -> bool:
    """Return whether the columns are of this scenario."""
    told = (outcome.patient_end.shape, outcome.beds.shape, outcome.aid_arrived.shape)
    there = (scenario.care.patients, scenario.care.hospitals, scenario.aid.convoys)
    return [shape[1] for shape in told] == [len(parts) for parts in there]
