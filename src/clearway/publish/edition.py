"""One language's words together with one scenario's days: all that writing a sentence takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.course import Course
from clearway.publish.days import Calendar
from clearway.publish.figures import Measure, measures
from clearway.publish.rides import NO_RIDES, Rides
from clearway.publish.walks import Walks
from clearway.publish.words import Said, Words


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """What one edition of the report is written from.

    Attributes
    ----------
    scenario, plan, verdict
        What was planned, and what the judge found.
    walks, course
        The plan's movements as columns, and the pause slot by slot.
    words, calendar
        The language.
    rides
        What vehicles do.
    """

    scenario: Scenario
    plan: Plan
    verdict: Verdict
    walks: Walks
    course: Course
    words: Words
    calendar: Calendar
    rides: Rides = NO_RIDES

    @property
    def people(self) -> Measure:
        """People out: the judge's value, the solver's bound."""
        return measures(self.plan, self.verdict)[0]

    @property
    def curve_words(self) -> Said:
        """The curve of people out in words, for those who cannot see it."""
        out = self.course.out.sum(axis=0)
        ends = [np.flatnonzero(self.course.session <= n)[-1] for n in range(len(self.days))]
        points = [
            self.words.say("curve.point", day=day, n=round(float(out[end])))
            for day, end in zip(self.days, ends, strict=True)
        ]
        return self.words.say("curve.alt", points=self.words.listed(points))

    @property
    def days(self) -> list[Said]:
        """The sessions' days in full."""
        return [self.calendar.day(session.day) for session in self.course.sessions]

    @property
    def zone_options(self) -> list[tuple[int, Said]]:
        """Row and code of each zone, for choosing."""
        return [(row, self.words.code(zone.id)) for row, zone in enumerate(self.scenario.zones)]

    @property
    def corridor_options(self) -> list[tuple[int, Said]]:
        """Row and code of each corridor, for choosing."""
        return [(row, self.words.code(one.id)) for row, one in enumerate(self.scenario.corridors)]

    @property
    def group_options(self) -> list[tuple[int, Said]]:
        """Row and name of each group, for choosing."""
        return [(row, self.words.name(one.name)) for row, one in enumerate(self.scenario.groups)]

    @property
    def day_options(self) -> list[tuple[int, Said]]:
        """Number and day of each session, for choosing."""
        return list(enumerate(self.days))

    def persons(self, count: float) -> Said:
        """Return "3 people"."""
        return self.words.say("unit.persons", n=round(count))
