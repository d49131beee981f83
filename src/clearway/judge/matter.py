"""What is before the judge when it is asked whether to run: plan, record and ensemble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clearway.judge.journeys import Journey
from clearway.judge.phrases import moment
from clearway.model.facts import Text
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach

#: What can be looked at, in the order in which equally bad reasons are told.
TOPICS: Final = (
    "breach",  # the plan breaks its own rules
    "ensemble",  # whether what was simulated is this scenario
    "out",  # anyone at all comes out
    "consent",  # what each party said, at each level, for each corridor
    "hazard",  # what is on record about a corridor
    "linked",  # whether conditions on linked movements wait for one another
    "caught",  # somebody inside a corridor when it closes
    "open",  # people between gate and exit, whom a stop without notice finds there
    "density",  # persons a square metre at a mouth
    "wait",  # longest wait in the open at a mouth
    "first-priority",  # all first-priority people out
    "red",  # all red patients out
    "patients",  # patients out, and why the plan leaves others
    "beds",  # patients who come to each hospital, and beds for them there
    "aid",  # aid convoys that come in
    "reception",  # places where people arrive
    "shelter",  # people waiting at a mouth, and room for them there
    "turned-back",  # people called out and sent home
    "lead",  # time between notification and opening
    "left",  # whom the plan leaves inside, by zone and need
    "stay",  # what is done for those who stay
    "decider",  # who decides, and when that is looked at again
)
#: Those of them that are looked at where a scenario has vehicles, patients or aid.
NEEDS: Final = ("linked", "red", "patients", "beds", "aid", "left")


@dataclass(frozen=True, slots=True, eq=False)
class Matter:
    """What every reason is found in.

    Attributes
    ----------
    scenario, plan, ensemble
        As they were given.
    breaches
        What the check of the plan found.
    journeys
        What vehicles are to do, as far as it can be read.
    """

    scenario: Scenario
    plan: Plan
    ensemble: Ensemble
    breaches: Sequence[PlanBreach]
    journeys: Sequence[Journey] = ()

    @property
    def used(self) -> tuple[str, ...]:
        """The corridors that the plan sends people or vehicles through, in the scenario's order."""
        named = {move.corridor for move in self.plan.movements}
        driven = {row for one in self.journeys for row in (one.corridor_in, one.corridor_out)}
        corridors = enumerate(self.scenario.corridors)
        return tuple(one.id for row, one in corridors if one.id in named or row in driven)

    @property
    def announced(self) -> tuple[str, ...]:
        """The corridors that the plan uses, or that were announced as open at any hour."""
        open_ = {window.corridor for window in self.scenario.windows} | set(self.used)
        return tuple(one.id for one in self.scenario.corridors if one.id in open_)

    def last_closing(self, corridor: str) -> datetime:
        """Return the last moment at which ``corridor`` closes; that of the pause if it has none."""
        windows = self.scenario.windows
        own = [one.closes for one in windows if one.corridor == corridor]
        return max(own or [one.closes for one in windows], key=lambda at: at.astimezone(UTC))

    def moment(self, at: datetime) -> Text:
        """Return a moment in local time, as people read it."""
        return moment(at, self.scenario.timezone)
