"""What may come otherwise than planned, and how likely that is."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Final, Self

from clearway.model.checks import Checks
from clearway.model.facts import Estimate

_CERTAIN: Final = "assumed: as announced, since the scenario says nothing else"
_DAY_S: Final = 86_400.0


_NONE: Final = Estimate(0.0, 0.0, 0.0, _CERTAIN)
_ONE: Final = Estimate(1.0, 1.0, 1.0, _CERTAIN)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Distributions of everything that a plan cannot know; the default knows all.

    A *day* is all windows announced to open at the same moment: what authorities decide holds for
    all of them. Shares are probabilities, and are themselves drawn once a member.

    Attributes
    ----------
    start_delay_s
        Seconds by which a day opens later than announced; a day delayed beyond its closing never
        opens.
    stop_share
        Probability, a day, that it is stopped after it has opened, at a moment that is even over
        the rest of it.
    extend_share, extension_s
        Probability, a day, that it closes later than announced if it is not stopped, and by how
        many seconds; known before the announced closing.
    fail_share
        Probability, a corridor and day, that the corridor fails at an even moment of the window
        and stays closed for the rest of the pause.
    unannounced_share
        Probability that a stop or a failure comes without notice.
    notice_s
        Seconds between the notice of a stop or failure and the closing, where there is notice.
    recheck_share, recheck_factor
        Probability, a corridor and day, that people are checked again at the corridor's end, and
        the rate of that check as a multiple of the gate's.
    long_share, long_factor
        Share of households whose check takes longer, and how many times as long.
    service_cv
        Coefficient of variation of the time of a check; 0 is even, 1 exponential.
    zone_factor
        Factor of each zone on the uptake of the whole pocket.
    uncalled_share
        Share of the households willing to go that come of themselves, at any hour announced as
        open, to the nearest mouth.
    pace_factor
        Factor, one a member, on everybody's walking speed: weather, loads, the state of streets.
    lateness_s
        Seconds, one a household, by which it leaves later than called.
    boarding_factor
        Factor, one a stop and destination, on the time that a vehicle stands there.
    breakdown_share
        Probability, a vehicle and day, that it breaks down at an even moment of its duty.
    refusal_share
        Probability that a patient refuses the destination when it is offered.
    under_triage_share
        Probability that a patient is in truth one colour worse than listed.
    death_red_per_h, death_yellow_per_h
        Deaths an hour among those who wait and are in truth red, or yellow.
    """

    start_delay_s: Estimate = _NONE
    stop_share: Estimate = _NONE
    extend_share: Estimate = _NONE
    extension_s: Estimate = _NONE
    fail_share: Estimate = _NONE
    unannounced_share: Estimate = _NONE
    notice_s: Estimate = _NONE
    recheck_share: Estimate = _NONE
    recheck_factor: Estimate = _ONE
    long_share: Estimate = _NONE
    long_factor: Estimate = _ONE
    service_cv: Estimate = _NONE
    zone_factor: Estimate = _ONE
    uncalled_share: Estimate = _NONE
    pace_factor: Estimate = _ONE
    lateness_s: Estimate = _NONE
    boarding_factor: Estimate = _ONE
    breakdown_share: Estimate = _NONE
    refusal_share: Estimate = _NONE
    under_triage_share: Estimate = _NONE
    death_red_per_h: Estimate = _NONE
    death_yellow_per_h: Estimate = _NONE

    def __post_init__(self) -> None:
        """Refuse probabilities off 0 to 1, negative times and factors that stop all movement."""
        checks = Checks("uncertainty")
        for field in dataclasses.fields(self):
            least, most = RANGES[field.name]
            estimate = getattr(self, field.name)
            checks.number(f"{field.name}.low", estimate.low, least, most)
            checks.number(f"{field.name}.high", estimate.high, least, most)
        checks.done()

    def replace(self, **changes: Any) -> Self:
        """Return a copy with ``changes``, validated anew."""
        return dataclasses.replace(self, **changes)


#: Least and most that each field of ``Uncertainty`` may be, in its unit.
RANGES: Final[dict[str, tuple[float, float]]] = {
    "start_delay_s": (0.0, 30 * _DAY_S),
    "stop_share": (0.0, 1.0),
    "extend_share": (0.0, 1.0),
    "extension_s": (0.0, _DAY_S),
    "fail_share": (0.0, 1.0),
    "unannounced_share": (0.0, 1.0),
    "notice_s": (0.0, _DAY_S),
    "recheck_share": (0.0, 1.0),
    "recheck_factor": (0.01, 100.0),
    "long_share": (0.0, 1.0),
    "long_factor": (1.0, 100.0),
    "service_cv": (0.0, 3.0),
    "zone_factor": (0.0, 10.0),
    "uncalled_share": (0.0, 1.0),
    "pace_factor": (0.1, 2.0),
    "lateness_s": (0.0, 6 * 3600.0),
    "boarding_factor": (0.1, 100.0),
    "breakdown_share": (0.0, 1.0),
    "refusal_share": (0.0, 1.0),
    "under_triage_share": (0.0, 1.0),
    "death_red_per_h": (0.0, 1.0),
    "death_yellow_per_h": (0.0, 1.0),
}
