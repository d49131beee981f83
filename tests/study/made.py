"""Ensembles, cases and histories made by hand, whose intervals can be counted out."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from clearway.model.facts import Text
from clearway.model.outcome import Ensemble, Share
from clearway.model.scenario import Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.study.cases import Recorded
from clearway.study.trials import History, Trial
from tests import scenarios

#: Two stretches of the two days of ``scenarios.two_days``, as a file of records tells them.
OUTCOMES: Final = """\
format = "clearway-outcomes/1"

[[case]]
id = "tiny"

[[case.recorded]]
label = { en = "first day", ar = "اليوم الأول" }
begins = 2016-10-20T00:00:00+03:00
ends = 2016-10-21T00:00:00+03:00
persons = 40
source = "invented for tests"

[[case.recorded]]
label = { en = "second day", ar = "اليوم الثاني" }
begins = 2016-10-21T00:00:00+03:00
ends = 2016-10-22T00:00:00+03:00
persons = 100000
source = "invented for tests"
"""

_ONE_A_MEMBER: Final = ("called", "uncalled", "most")
_ONE_A_CORRIDOR: Final = (
    "longest_wait_s",
    "caught",
    "turned_back",
    "uncalled_back",
    "in_open",
    "recalled",
)
_ONE_A_WINDOW: Final = ("opens_s", "closes_s", "ending")


def ensemble(out: Any, *, bin_s: int = 900, scenario: str = "tiny") -> Ensemble:
    """Return an ensemble in which ``out``, shape (m, b, k, g), came out and nothing else happened.

    Parameters
    ----------
    out
        Persons out of each member, bin, corridor and group; two dimensions are one corridor and
        one group.
    bin_s
        Seconds a bin.
    scenario
        Id.
    """
    told = np.asarray(out)
    told = told.reshape(*told.shape, 1, 1) if told.ndim == 2 else told
    m, b, k, g = told.shape
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(_ONE_A_MEMBER, (m,))
    shapes |= dict.fromkeys(_ONE_A_CORRIDOR, (m, k)) | dict.fromkeys(_ONE_A_WINDOW, (m, 1))
    shapes |= {"queue": (m, b, k), "open": (m, b, k), "willing": (m, g), "arrived": (m, 1)}
    rest: dict[str, Any] = {name: np.zeros(shape) for name, shape in shapes.items()}
    rest |= {"exposure_person_s": np.zeros((m, 3)), "numbers": np.arange(m), "out": told}
    return Ensemble(scenario=scenario, seed=1, bin_s=bin_s, **rest)


def recorded(persons: int, begins_h: float = 0.0, hours: float = 24.0) -> Recorded:
    """Return a record of 20 October 2016, hours from local midnight."""
    begins = scenarios.at_hour(begins_h)
    ends = begins + timedelta(hours=hours)
    return Recorded(Text("first day", "اليوم الأول"), begins, ends, persons, "invented for tests")


def trial(persons: int, low: float, high: float, *, case: str = "tiny") -> Trial:
    """Return a trial with an interval of whole or half persons."""
    title = Text("Tiny scenario", "سيناريو صغير")
    share = Share(3, 10)
    return Trial(case, title, recorded(persons), low, (low + high) / 2, high, share)


def trials(hits: int, misses: int) -> History:
    """Return a history with so many hits and misses."""
    made = [trial(50, 10, 90)] * hits + [trial(91, 10, 90)] * misses
    return History(tuple(made), 400, 1)


def case_folder(folder: Path, outcomes: str = OUTCOMES) -> Path:
    """Write the two days of a tiny scenario and what was recorded of them; return the folder."""
    write_scenario(two_days(), folder / "tiny")
    (folder / "outcomes.toml").write_text(outcomes, "utf-8")
    return folder


def two_days() -> Scenario:
    """Return the scenario in the folder: an hour on each of two days."""
    return scenarios.two_days()


def moment(day: int, hour: int) -> datetime:
    """Return a local moment of October 2016."""
    return scenarios.at_hour(24 * (day - 20) + hour)
