"""What an abort of a running pause rests on: which plan, and what the log told by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clearway.model.scenario import Scenario
from clearway.publish.days import Calendar, stamp
from clearway.publish.words import words


@dataclass(frozen=True, slots=True)
class Basis:
    """What a running pause was known by.

    Attributes
    ----------
    plan
        Number of the plan that holds.
    now
        Moment by which things are known.
    records
        How many records of the log tell what happened until then.
    last_hash, last_kind, last_at
        Of the last of them.
    unused
        How many records could not be used.
    lost
        Names of vehicles that are lost, in order.
    turned
        People who were sent back before, and are on the way.
    """

    plan: int
    now: datetime
    records: int
    last_hash: str
    last_kind: str
    last_at: datetime
    unused: int
    lost: tuple[str, ...]
    turned: int

    def lines(self, scenario: Scenario, lang: str) -> Iterator[str]:
        """Yield what is said of it before the abort, in ``en`` or ``ar``."""
        said = words(lang)
        calendar = Calendar(scenario, said)
        yield said.say("abort.plan", plan=self.plan, moment=calendar.at(self.now))
        yield said.say(
            "abort.records",
            n=self.records,
            kind=said.code(self.last_kind),
            moment=calendar.at(self.last_at),
            hash=said.code(self.last_hash[:12]),
        )
        if self.unused:
            yield said.say("abort.unused", n=self.unused)
        if self.lost:
            yield said.say("abort.lost", vehicles=said.listed(map(said.code, self.lost)))
        if self.turned:
            yield said.say("abort.turned", persons=said.say("unit.persons", n=self.turned))

    def told(self) -> dict[str, Any]:
        """Return it as a file has it."""
        return {
            "plan": self.plan,
            "known_at": stamp(self.now),
            "records": self.records,
            "last_record": self.last_hash,
            "records_not_used": self.unused,
            "lost": list(self.lost),
            "turned_persons": self.turned,
        }
