"""Rules that withstand what may come: caps and margins found by sample average.

What is printed is fixed before the draw: the table and the rules. What follows from a draw is the
recourse that the rules leave: hold, admit, turn. The table is the plan's own; each corridor's
rules are then chosen on a sample of courses (sample average approximation, Kleywegt, Shapiro and
Homem-de-Mello 2002), corridor by corridor, since streets do not tie them together; the risk of
being caught, which does, is shared out by one price (a Lagrange multiplier). ``docs/design`` says
why so and not otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.corridor import Corridor
from clearway.model.facts import Estimate
from clearway.model.plan import Movement
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario, row_of
from clearway.solve.courses import call_list, courses
from clearway.solve.options import RULES, Watch
from clearway.solve.rehearse import rehearse
from clearway.solve.yard import BACK, CAUGHT, OUT, Calls, Course, Gate

#: Courses in the sample.
MEMBERS: Final = 300
#: Of these, courses that caps are tried on.
SCREENED: Final = 100
#: Courses that a rule for second checks is tried on before it is asked whether it is worth more.
AT_ONCE: Final = 25
#: Share of the accepted risk that the sample is let use up: the rest is for what it cannot know.
USED: Final = 0.5
#: Minutes of the gate's central work that may be called and not through, as tried.
CALLED_MIN: Final = (10, 20, 30, 45, 60, 90, 120, 180)
#: Shares of the holding area's limit at which calls are held, as tried.
QUEUES: Final = (0.2, 0.5, 1.0)
#: Minutes that a call is earlier than the walk to the last entry takes, as tried.
SLACKS_MIN: Final = (0, 30, 60, 90)
#: Where people are checked again: shares of the corridor's limit, and minutes more before closing.
AGAIN_SHARES: Final = (0.0, 0.05, 0.1, 0.2, 0.4, 1.0)
AGAIN_MIN: Final = (0, 20, 40, 80, 160)
#: Seconds that the last entry allows beyond the slowest walk, for crowding and the step of control.
ALLOWANCE_S: Final = 180.0
#: Seconds before closing at which a last entry may be at most: a day.
LATEST_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a rule came to: mean persons out and turned back, and where anyone was caught."""

    out: float
    back: float
    caught: NDArray[np.bool_]

    def and_also(self, other: _Tried) -> _Tried:
        """Return what both samples together come to."""
        caught = np.concatenate([self.caught, other.caught])
        mine = len(self.caught) / max(len(caught), 1)
        return _Tried(
            mine * self.out + (1 - mine) * other.out,
            mine * self.back + (1 - mine) * other.back,
            caught,
        )


@dataclass(frozen=True, slots=True)
class _Mouth:
    """One corridor with its call list and its courses."""

    corridor: Corridor
    calls: Calls
    length_m: float
    plain: tuple[Course, ...]
    again: tuple[Course, ...]
    trials: _Trials


class _Trials:
    """Counts the rules tried, for who waits, and knows when to try no more."""

    def __init__(self, watch: Watch | None, of: int) -> None:
        self._watch, self._of, self._done = watch, of, 0

    def over(self) -> bool:
        return self._watch is not None and self._watch.over()

    def count(self) -> None:
        # Threads may count one too few between them: nothing but the line drawn depends on it.
        self._done += 1
        if self._watch is not None:
            self._watch.tell(RULES, self._done, float(self._done), float(self._of))


def withstand(
    scenario: Scenario,
    movements: Sequence[Movement],
    before_gate_m: Sequence[float],
    risk: float,
    watch: Watch | None = None,
) -> Rules:
    """Return the rules under which most come out, few turn back, and hardly anybody is caught.

    Parameters
    ----------
    scenario
        With the uncertainty that is sampled.
    movements
        The table.
    before_gate_m
        Metres that each movement walks before its gate.
    risk
        Accepted probability that anyone is caught.
    watch
        Hears of each rule tried. Once it is over, corridors that were not looked at yet get plain
        caps and admit nobody where people are checked again.
    """
    mouths = _mouths(scenario, movements, before_gate_m, watch)
    weight = scenario.thresholds.turned_back_weight
    with ThreadPoolExecutor() as pool:
        chosen = list(pool.map(lambda mouth: _holds(scenario, mouth, weight), mouths))
        most = _affordable(scenario, USED * risk)
        tables = list(
            pool.map(lambda mouth, found: _options(scenario, mouth, found, most), mouths, chosen)
        )
    again = _share_out(scenario, tables, USED * risk)
    gates = tuple(
        _rule(mouth, gate, extra)
        for mouth, (gate, _), extra in zip(mouths, chosen, again, strict=True)
    )
    slack = {mouth.corridor.id: slack for mouth, (_, slack) in zip(mouths, chosen, strict=True)}
    return Rules(risk, gates, _departures(scenario, movements, before_gate_m, gates, slack))


def rules_for(
    scenario: Scenario, movements: tuple[Movement, ...], risk: float | None, watch: Watch
) -> Rules | None:
    """Return rules if a risk was accepted: gates need them if nobody is called, too.

    People come of themselves, whatever the table says.
    """
    if risk is None:
        return None
    return withstand(scenario, movements, before_gate_m(scenario, movements), risk, watch)


def before_gate_m(scenario: Scenario, movements: Sequence[Movement]) -> list[float]:
    """Return the metres that each movement walks before its gate."""
    network = scenario.network
    first = {corridor.id: corridor.links[0] for corridor in scenario.corridors}
    known: dict[tuple[int, ...], float] = {}
    for one in movements:
        inside = one.links[: one.links.index(first[one.corridor])]
        if inside not in known:
            rows = network.link_index(np.array(inside, dtype=np.int64))
            known[inside] = float(network.links.length_m[rows].sum())
    return [known[one.links[: one.links.index(first[one.corridor])]] for one in movements]


def _mouths(
    scenario: Scenario,
    movements: Sequence[Movement],
    before_gate_m: Sequence[float],
    watch: Watch | None,
) -> list[_Mouth]:
    unsure = scenario.uncertainty
    plain = courses(_with_recheck(scenario, 0.0), MEMBERS)
    there = unsure.recheck_share.high > 0
    again = courses(_with_recheck(scenario, 1.0), MEMBERS) if there else [()] * len(plain)
    links = scenario.network.links
    each = len(CALLED_MIN) * len(QUEUES) + len(SLACKS_MIN) + 1
    each += (len(AGAIN_SHARES) - 1) * len(AGAIN_MIN) if there else 0
    trials = _Trials(watch, each * len(scenario.corridors))
    return [
        _Mouth(
            corridor,
            call_list(scenario, movements, corridor.id, before_gate_m),
            float(links.length_m[scenario.network.link_index(corridor.links)].sum()),
            plain[k],
            again[k],
            trials,
        )
        for k, corridor in enumerate(scenario.corridors)
    ]


def _with_recheck(scenario: Scenario, share: float) -> Scenario:
    """Return the scenario in which every window, or none, has a second check."""
    source = scenario.uncertainty.recheck_share.source
    told = Estimate(share, share, share, source)
    return scenario.replace(uncertainty=scenario.uncertainty.replace(recheck_share=told))


def _holds(scenario: Scenario, mouth: _Mouth, weight: float) -> tuple[Gate, float]:
    """Return the caps and the slack that are best where nobody is checked again."""
    # Floats throughout: for whole numbers the kernel would be compiled once more.
    limit = float(mouth.corridor.holding.limit_persons)
    rate = float(mouth.corridor.gate_persons_per_s.central)
    slowest = _crossing_s(scenario, mouth)
    gate = Gate(
        mouth.length_m,
        mouth.length_m / 2,
        mouth.corridor.check_points,
        limit,
        limit,
        np.array([mouth.corridor.open_limit_persons, 0.0]),
        np.stack([slowest, slowest]),
    )
    slack = 30.0
    if _idle(mouth) or mouth.trials.over():
        return gate, slack * 60

    def worth(tried: Gate, minutes: float) -> float:
        mouth.trials.count()
        found = _try(scenario, mouth, tried, minutes * 60, mouth.plain[:SCREENED])
        return found.out - weight * found.back

    tried = [
        gate._replace(hold_called=max(rate * minutes * 60, 9.0), hold_queue=share * limit)
        for minutes in CALLED_MIN
        for share in QUEUES
    ]
    gate = max(tried, key=lambda one: worth(one, slack))
    slack = max(SLACKS_MIN, key=lambda minutes: worth(gate, minutes))
    return gate, slack * 60


def _idle(mouth: _Mouth) -> bool:
    """Return whether nobody is called to this mouth, or it has no window."""
    return not len(mouth.calls.depart_s) or not len(mouth.plain[0].window)


def _crossing_s(scenario: Scenario, mouth: _Mouth) -> NDArray[np.float64]:
    """Return the seconds that the slowest of each group take through the corridor."""
    pace = scenario.uncertainty.pace_factor.low
    times = [mouth.length_m / (group.speed_m_per_s.low * pace) for group in scenario.groups]
    told = np.ceil((np.array(times) + ALLOWANCE_S) / 60) * 60
    return np.asarray(np.minimum(told, LATEST_S))


def _try(
    scenario: Scenario, mouth: _Mouth, gate: Gate, slack_s: float, sample: tuple[Course, ...]
) -> _Tried:
    central = np.array([group.speed_m_per_s.central for group in scenario.groups])
    group = mouth.calls.group
    late = gate.last_s[0][group] + mouth.calls.walk_m / central[group] + slack_s
    calls = mouth.calls._replace(late_s=late)
    found = np.array([rehearse(calls, course, gate) for course in sample])
    return _Tried(found[:, OUT].mean(), found[:, BACK].mean(), found[:, CAUGHT] > 0)


@dataclass(frozen=True, slots=True)
class _Option:
    """A rule for days with a second check: share of the limit, minutes more, and what it does."""

    share: float
    minutes: float
    tried: _Tried


def _affordable(scenario: Scenario, budget: float) -> int:
    """Return in how many courses of the sample one rule may catch anyone, at most."""
    again = _again_share(scenario)
    return MEMBERS if again <= 0 else min(MEMBERS, int(np.floor(budget / again * MEMBERS)))


def _again_share(scenario: Scenario) -> float:
    """Return the mean share of days on which people are checked again."""
    return float(scenario.uncertainty.recheck_share.at((np.arange(64) + 0.5) / 64).mean())


def _options(
    scenario: Scenario, mouth: _Mouth, chosen: tuple[Gate, float], most: int
) -> tuple[list[_Option], NDArray[np.bool_]]:
    """Return what each rule for second checks does, and where anyone is caught without one.

    A rule that alone catches more than ``most`` is out of reach.
    """
    gate, slack = chosen
    never = np.zeros(MEMBERS, dtype=bool)
    if _idle(mouth) or mouth.trials.over():
        return [_Option(0.0, 0.0, _Tried(0.0, 0.0, never))], never
    mouth.trials.count()
    plain = _try(scenario, mouth, gate, slack, mouth.plain).caught
    options = [_Option(0.0, 0.0, _Tried(0.0, 0.0, never))]
    if mouth.again:
        options += _second(scenario, mouth, chosen, most)
    return options, plain


def _second(
    scenario: Scenario, mouth: _Mouth, chosen: tuple[Gate, float], most: int
) -> list[_Option]:
    """Return rules for second checks by share and then by minutes, those worth it tried to the end.

    Those that let most out come first, of these the earliest last entry: a rule that in some
    courses catches anyone as often as another does in all of them, and lets fewer out, would not
    be chosen.
    """
    (gate, slack), found = chosen, list[tuple[float, _Option]]()
    every = [(share, minutes) for share in AGAIN_SHARES[1:] for minutes in AGAIN_MIN]
    for share, minutes in reversed(every):
        if mouth.trials.over():
            break
        mouth.trials.count()
        rule = _again(mouth, gate, share, minutes)
        tried = few = _try(scenario, mouth, rule, slack, mouth.again[:AT_ONCE])
        often = min((one.tried.caught.sum() for out, one in found if out > few.out), default=np.inf)
        at = AT_ONCE
        while tried.caught.sum() < often and tried.caught.sum() <= most:
            if at >= len(mouth.again):
                found.append((few.out, _Option(share, minutes, tried)))
                break
            part = _try(scenario, mouth, rule, slack, mouth.again[at : at + AT_ONCE])
            tried, at = tried.and_also(part), at + AT_ONCE
    return [one for _, one in reversed(found)]


def _again(mouth: _Mouth, gate: Gate, share: float, minutes: float) -> Gate:
    limit = _limit(mouth.corridor)
    most = np.array([gate.most[0], share * limit])
    earlier = np.minimum(gate.last_s[0] + minutes * 60, LATEST_S)
    return gate._replace(most=most, last_s=np.stack([gate.last_s[0], earlier]))


def _limit(corridor: Corridor) -> float:
    """Return the corridor's limit; without one, half an hour of the gate."""
    usual = corridor.gate_persons_per_s.central * 1800
    return corridor.open_limit_persons if np.isfinite(corridor.open_limit_persons) else usual


def _share_out(
    scenario: Scenario, tables: list[tuple[list[_Option], NDArray[np.bool_]]], budget: float
) -> list[_Option]:
    """Return an option a corridor: most out, with the risk of all together within ``budget``."""
    again = _again_share(scenario)
    plain = float(np.any([table[1] for table in tables], axis=0).mean())

    def chosen(price: float) -> list[_Option]:
        return [
            max(options, key=lambda one: one.tried.out - price * one.tried.caught.mean())
            for options, _ in tables
        ]

    def risk(options: list[_Option]) -> float:
        return plain + again * float(sum(one.tried.caught.mean() for one in options))

    low, high = 0.0, 1e9
    if risk(chosen(low)) <= budget:
        return chosen(low)
    for _ in range(60):
        middle = (low * high) ** 0.5 if low > 0 else high / 1e6
        low, high = (low, middle) if risk(chosen(middle)) <= budget else (middle, high)
    return chosen(high)


def _rule(mouth: _Mouth, gate: Gate, option: _Option) -> GateRule:
    plain, again = _again(mouth, gate, option.share, option.minutes).last_s
    return GateRule(
        corridor=mouth.corridor.id,
        hold_queue_persons=float(np.floor(gate.hold_queue)),
        hold_called_persons=float(np.floor(gate.hold_called)),
        open_persons=mouth.corridor.open_limit_persons,
        last_entry_s=tuple(plain.tolist()),
        turn_m=float(np.floor(gate.turn_m)),
        last_entry_recheck_s=tuple(again.tolist()),
        open_recheck_persons=float(np.floor(option.share * _limit(mouth.corridor))),
    )


def _departures(
    scenario: Scenario,
    movements: Sequence[Movement],
    before_gate_m: Sequence[float],
    gates: tuple[GateRule, ...],
    slack: dict[str, float],
) -> tuple[LastDeparture, ...]:
    groups, corridors = row_of(scenario.groups), row_of(scenario.corridors)
    latest: dict[tuple[str, str, str], float] = {}
    for one, metres in zip(movements, before_gate_m, strict=True):
        g = groups[one.group]
        walk = metres / scenario.groups[g].speed_m_per_s.central
        before = gates[corridors[one.corridor]].last_entry_s[g] + walk + slack[one.corridor]
        place = one.zone, one.group, one.corridor
        latest[place] = max(latest.get(place, 0.0), float(np.ceil(before / 60) * 60))
    return tuple(LastDeparture(*place, before) for place, before in sorted(latest.items()))
