"""Days and hours as people read them, in the pause's local time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from babel import Locale

from clearway.model.scenario import Scenario
from clearway.publish.words import ARABIC, Said, Words


@dataclass(frozen=True, slots=True)
class Calendar:
    """How one language writes a scenario's days and hours.

    Attributes
    ----------
    scenario
        Whose local time and start count.
    words
        The language.
    """

    scenario: Scenario
    words: Words

    def clock(self, seconds: float) -> Said:
        """Return the local time of day ``seconds`` after the scenario's start, as ``08:15``."""
        return self.words.code(self.scenario.moment(seconds).strftime("%H:%M"))

    def day_of(self, seconds: float) -> date:
        """Return the local date ``seconds`` after the scenario's start."""
        return self.scenario.moment(seconds).date()

    def day(self, day: date) -> Said:
        """Return a date in full: "Thursday 20 October 2016"."""
        return self.words.say(
            "time.day",
            weekday=self.weekday(day),
            day=self.words.code(day.day),
            month=self.month(day),
            year=self.words.code(day.year),
        )

    def at(self, moment: datetime) -> Said:
        """Return a moment in local time: "Thursday 20 October 2016, 08:00"."""
        seconds = self.scenario.seconds(moment)
        day = self.day(self.day_of(seconds))
        return self.words.say("live.moment", day=day, time=self.clock(seconds))

    def short(self, day: date) -> Said:
        """Return a date that fits a table's cell: "Thu 20"."""
        width = "wide" if self.words.lang == ARABIC else "abbreviated"
        name = Locale.parse(self.words.lang).days["format"][width][day.weekday()]
        return self.words.say("time.short", weekday=Said(name), day=self.words.code(day.day))

    def short_at(self, seconds: float) -> Said:
        """Return a moment that fits a table's cell: "Thu 20 08:15"."""
        return Said(f"{self.short(self.day_of(seconds))} {self.clock(seconds)}")

    def weekday(self, day: date) -> Said:
        """Return the name of the day of the week."""
        return Said(Locale.parse(self.words.lang).days["format"]["wide"][day.weekday()])

    def month(self, day: date) -> Said:
        """Return the name of the month; in Arabic both names in use, as the United Nations do."""
        if self.words.lang != ARABIC:
            return Said(_month(self.words.lang, day))
        names = dict.fromkeys((_month("ar_SY", day), _month("ar", day)))
        return Said("/".join(names))

    def days(self, days: tuple[date, ...]) -> Said:
        """Return dates in one phrase: "20, 21 and 22 October 2016"."""
        if len({(day.year, day.month) for day in days}) > 1:
            return self.words.say("time.from_to", first=self.day(days[0]), last=self.day(days[-1]))
        numbers = self.words.listed(self.words.code(day.day) for day in days)
        return self.words.say(
            "time.days",
            days=numbers,
            month=self.month(days[0]),
            year=self.words.code(days[0].year),
        )

    def hours(self, opens: float, closes: float) -> Said:
        """Return a range of hours in words: "from 08:00 to 16:00"."""
        return self.words.say("time.range", opens=self.clock(opens), closes=self.clock(closes))


def stamp(moment: datetime) -> str:
    """Return a moment in ISO 8601 with its offset, to the second."""
    return moment.isoformat(timespec="seconds")


def _month(locale: str, day: date) -> str:
    return str(Locale.parse(locale).months["format"]["wide"][day.month])
