"""The pack of one day: all its pages in order, with ids that are the same in every language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from clearway.model.abort import Abort
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.publish.isolate import clean
from clearway.publish.pack.abort import Cards
from clearway.publish.pack.contacts import contact_sheets
from clearway.publish.pack.cover import cover_sheet
from clearway.publish.pack.day import Day, day_of
from clearway.publish.pack.driver import convoy_sheets, vehicle_sheets
from clearway.publish.pack.gate import gate_sheets
from clearway.publish.pack.patient import patient_sheets
from clearway.publish.pack.sheet import KINDS, Page, Sheet
from clearway.publish.pack.tally import call_sheets, count_sheets, trip_sheets
from clearway.publish.pack.zone import zone_sheets
from clearway.publish.plan_file import plan_to_json
from clearway.seal.canonical import canonical, digest


@dataclass(frozen=True, eq=False)
class Pack:
    """Every page of one day.

    Attributes
    ----------
    day
        Whose.
    version
        Number of the plan among those of the pause, from 1.
    plan
        SHA-256 of the plan's canonical JSON.
    pages
        In the order in which they are printed.
    """

    day: Day
    version: int
    plan: str
    pages: tuple[Page, ...]

    def content(self, page: Page) -> str:
        """Return the SHA-256 of all that stands on a page, in no language."""
        return digest(
            canonical(
                {
                    "scenario": self.day.scenario.id,
                    "version": self.version,
                    "plan": self.plan,
                    "page": page.id,
                    "of": page.of,
                    "place": page.place,
                    "all": page.all,
                    "facts": dict(page.facts),
                }
            )
        )

    @cached_property
    def by_id(self) -> Mapping[str, Page]:
        """Each page by its id."""
        return {page.id: page for page in self.pages}


def pack(
    scenario: Scenario,
    plan: Plan,
    date: date,
    *,
    version: int = 1,
    abort: Abort | None = None,
) -> Pack:
    """Return the pack of one day of ``plan``.

    Parameters
    ----------
    scenario, plan
        As read, or as solved.
    date
        A day on which a corridor opens.
    version
        Number of the plan among those of the pause.
    abort
        What everybody does if all stops, for the abort cards; without it there are none.

    Raises
    ------
    ScenarioError
        If no corridor opens on that day.
    """
    day = day_of(scenario, plan, date)
    sheets = sorted(_sheets(day, abort), key=lambda one: KINDS.index(one.kind))
    pages = tuple(_pages(day, [cover_sheet(day, sheets), *sheets]))
    return Pack(day, version, plan_hash(scenario, plan), pages)


def plan_hash(scenario: Scenario, plan: Plan) -> str:
    """Return the SHA-256 of a plan's canonical JSON (RFC 8785), in small hexadecimal digits."""
    told: Any = json.loads(plan_to_json(scenario, plan))
    return digest(canonical(told))


def _sheets(day: Day, abort: Abort | None) -> Iterator[Sheet]:
    yield from contact_sheets(day)
    yield from gate_sheets(day)
    yield from zone_sheets(day)
    yield from vehicle_sheets(day)
    yield from convoy_sheets(day)
    yield from patient_sheets(day)
    yield from count_sheets(day)
    yield from call_sheets(day)
    yield from trip_sheets(day)
    if abort is not None:
        cards = Cards(day, abort)
        yield from cards.gates()
        yield from cards.zones()
        yield from cards.vehicles()


def _pages(day: Day, sheets: list[Sheet]) -> Iterator[Page]:
    total, place = sum(len(one.pages) for one in sheets), 0
    for sheet in sheets:
        for number, facts in enumerate(sheet.pages, start=1):
            place += 1
            name = f"{sheet.kind}/{clean(sheet.subject)}/{day.date.isoformat()}/{number}"
            yield Page(
                id=name,
                kind=sheet.kind,
                subject=sheet.subject,
                number=number,
                of=len(sheet.pages),
                place=place,
                all=total,
                facts=facts,
            )
