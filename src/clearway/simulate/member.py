"""One member: draw, lay the arrays out, run the kernel, count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.draws import Draw, draw_course, draw_fleet
from clearway.model.outcome import FAILED, STOPPED
from clearway.model.scenario import row_of
from clearway.simulate.case import Case
from clearway.simulate.course import run_pause
from clearway.simulate.fleet import Drawn, FleetRun, run_vehicles, slower, taken_of_gates
from clearway.simulate.households import HouseholdDraw, draw_households
from clearway.simulate.slowed import slowed
from clearway.simulate.state import (
    ANNOUNCED,
    AT,
    BEGINS,
    BIN_S,
    CLOSES,
    CORRIDOR,
    COUNTS,
    COURSE,
    END,
    ENDS,
    GATE,
    GOES,
    LIVE,
    N_BACK,
    N_CAUGHT,
    N_IN_OPEN,
    NOBODY,
    NOTICE,
    OPENS,
    PACE,
    POINTER,
    RATE,
    RECHECK,
    SIZE,
    SPACE,
    STANDING_BY,
    STAYS,
    UNANNOUNCED,
    UNCALLED,
    UNIT_INDEXES,
    UNIT_NUMBERS,
    Crowd,
    Pause,
    Roads,
    World,
    new_wheel,
    no_rows,
)
from clearway.simulate.streets import TICK_S, new_roads
from clearway.simulate.traffic import BACK, CAUGHT, IN_OPEN


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """What one member counted.

    Attributes
    ----------
    draw
        How the pause ran.
    out, queue, open
        Shape (bins, k, g), (bins, k), (bins, k): persons out; most waiting; most in the corridor.
    tally, total
        What the kernel counted by corridor and in all, see ``state.Pause``.
    willing
        Shape (g,), persons in households that would go.
    most
        Persons whom gates open as drawn could have let out at most, checks at their mean.
    fleet
        What became of vehicles, in the counts above too; None without any.
    """

    draw: Draw
    out: NDArray[np.int32]
    queue: NDArray[np.float32]
    open: NDArray[np.float32]
    tally: NDArray[np.float64]
    total: NDArray[np.float64]
    willing: NDArray[np.int64]
    most: int
    fleet: FleetRun | None = None

    @property
    def catches(self) -> bool:
        """Whether anybody is caught."""
        return bool(self.tally[:, N_CAUGHT].sum() > 0)


def run_member(case: Case, seed: int, number: int) -> Member:
    """Return what became of member ``number``."""
    draw = draw_course(case.scenario, seed, number)
    households = draw_households(len(case.folk.size), draw, seed, number)
    folk = households.of(case.folk.row)
    fleet = _fleet(case, draw, households, seed, number)
    goes = folk.goes < draw.uptake[case.folk.zone]
    will = np.where(goes, np.int8(GOES), np.int8(STAYS))
    itself = goes & (folk.uncalled < draw.uncalled_share) & (case.folk.near_way >= 0)
    will[itself] = UNCALLED
    roads = _roads(case)
    crowd = _crowd(case, draw, folk, will == UNCALLED)
    pause = _pause(case, draw, folk, will)
    taken = pause.taken
    if fleet is not None:
        planning = case.scenario.planning
        taken = taken_of_gates(fleet, draw, planning.slot_s, planning.step_s)
    pause = pause._replace(taken=slowed(case.scenario, draw, taken))
    run_pause(
        World(roads, crowd, new_wheel(case.horizon_s, TICK_S), pause),
        float(case.scenario.planning.step_s),
    )
    willing = np.bincount(
        case.folk.group[goes],
        weights=case.folk.size[goes],
        minlength=len(case.scenario.groups),
    )
    if fleet is not None:
        _add(pause, fleet)
    return Member(
        draw,
        pause.out,
        pause.queue,
        pause.open,
        pause.tally,
        pause.total,
        willing.astype(np.int64),
        _most(case, draw, float(willing.sum())),
        fleet,
    )


def _fleet(
    case: Case, draw: Draw, households: HouseholdDraw, seed: int, number: int
) -> FleetRun | None:
    """Run the vehicles: before the people, from whose gates they take what they need."""
    roster = case.roster
    if roster is None:
        return None
    mine = households.of(roster.household)
    comes = mine.goes < draw.uptake[roster.zone]
    # Whoever comes of itself is not at the stop.
    comes &= ~(roster.walks & (mine.uncalled < draw.uncalled_share))
    met = draw_fleet(case.scenario, seed, number, vehicles=len(roster.orders.vehicle))
    return run_vehicles(case.scenario, roster, Drawn(draw, met, comes), case.bins)


def _add(pause: Pause, fleet: FleetRun) -> None:
    """Count those in vehicles beside all others."""
    pause.out[:] += fleet.out
    # An upper limit: both need not have been there at the same moment.
    pause.open[:] += fleet.open.astype(np.float32)
    for column, mine in ((N_CAUGHT, CAUGHT), (N_BACK, BACK), (N_IN_OPEN, IN_OPEN)):
        pause.tally[:, column] += fleet.tally[:, mine]
    pause.total[:3] += fleet.exposure_person_s
    pause.total[3] += fleet.called


def _roads(case: Case) -> Roads:
    roads = new_roads(case.streets, len(case.scenario.zones))
    roads.whole[case.gate, GATE] = np.arange(len(case.gate))
    return roads


def _crowd(case: Case, draw: Draw, folk: HouseholdDraw, itself: NDArray[np.bool_]) -> Crowd:
    count = len(case.folk.size)
    real = no_rows(STANDING_BY * count, UNIT_NUMBERS, np.float64)
    whole = no_rows(STANDING_BY * count, UNIT_INDEXES, np.int32)
    whole[:] = case.unit
    work = np.zeros(STANDING_BY * count)
    real[:count, SIZE] = case.folk.size
    work[:count] = case.folk.size * folk.work
    for g, group in enumerate(case.scenario.groups):
        mine = np.flatnonzero(case.folk.group == g)
        drives = group.persons_per_car is not None
        # How slow people are on foot says nothing about cars.
        pace = 1.0 if drives else draw.pace
        real[mine, PACE] = group.speed_m_per_s.at(folk.speed[mine]) * pace
        each = group.persons_per_car.central if group.persons_per_car else 1.0
        real[mine, SPACE] = case.folk.size[mine] / each
    units = np.flatnonzero(itself)
    way = case.folk.near_way[units]
    whole[units, AT], whole[units, END] = case.way_start[way], case.way_start[way + 1]
    whole[units, CORRIDOR] = case.corridor_of[way]
    return Crowd(real, whole, case.route, work)


def _pause(case: Case, draw: Draw, folk: HouseholdDraw, will: NDArray[np.int8]) -> Pause:
    corridors, groups = len(case.gate), len(case.scenario.groups)
    live = np.zeros((corridors, LIVE))
    live[:, CLOSES] = np.inf
    live[:, POINTER] = case.blocks_of[:-1]
    late = case.scenario.uncertainty.lateness_s.at(folk.lateness)
    leave_s = np.where(will == UNCALLED, _hours(case, folk), case.folk.leave_s + late)
    count = len(case.folk.size)
    chain = np.full((corridors + 1, 2), NOBODY, dtype=np.int32)
    chain[-1, 0] = count
    return Pause(
        rule=np.array(
            [
                (
                    one.hold_queue_persons,
                    one.hold_called_persons,
                    one.open_persons,
                    one.turn_m,
                    one.open_recheck_persons,
                )
                for one in case.rules.gates
            ]
        ),
        last_entry_s=_last_entry(case),
        gate=case.gate,
        again=case.again,
        live=live,
        shut=np.zeros((corridors, groups), dtype=np.int8),
        course=_course(case, draw),
        block=case.block,
        folk=case.folk.block_start,
        blocks_of=case.blocks_of,
        called=np.zeros(len(case.block), dtype=np.int8),
        will=np.resize(will, STANDING_BY * count),
        origin=np.arange(STANDING_BY * count, dtype=np.int32),
        home=case.home,
        spread_s=case.folk.leave_s + late,
        chain=chain,
        leave_s=np.resize(leave_s, STANDING_BY * count),
        metres=case.metres,
        out=np.zeros((case.bins, corridors, groups), dtype=np.int32),
        queue=np.zeros((case.bins, corridors), dtype=np.float32),
        open=np.zeros((case.bins, corridors), dtype=np.float32),
        tally=np.zeros((corridors, COUNTS)),
        total=np.zeros(5),
        bin_s=np.array([float(BIN_S)]),
        taken=np.zeros((corridors, 0)),
    )


def _last_entry(case: Case) -> NDArray[np.float64]:
    """Return seconds before closing, shape (k, 2, g): without and with a second check."""
    pairs = [(one.last_entry_s, one.last_entry_recheck_s) for one in case.rules.gates]
    return np.array([(plain, again or plain) for plain, again in pairs], dtype=np.float64)


def _course(case: Case, draw: Draw) -> NDArray[np.float64]:
    """Return the windows of each corridor as they run; fewer than the most end with closed ones."""
    scenario = case.scenario
    corridors = row_of(scenario.corridors)
    mine: list[list[int]] = [[] for _ in corridors]
    for w in sorted(range(len(scenario.windows)), key=lambda w: draw.ends_s[w]):
        mine[corridors[scenario.windows[w].corridor]].append(w)
    course = np.full((len(corridors), max(map(len, mine)), COURSE), np.inf)
    course[:, :, UNANNOUNCED] = 0.0
    for k, windows in enumerate(mine):
        for place, w in enumerate(windows):
            announced = scenario.seconds(scenario.windows[w].closes)
            sudden = draw.ending[w] in (STOPPED, FAILED) and draw.known_s[w] == draw.ends_s[w]
            row = course[k, place]
            row[OPENS], row[ENDS], row[ANNOUNCED] = draw.opens_s[w], draw.ends_s[w], announced
            row[NOTICE], row[UNANNOUNCED] = draw.known_s[w], float(sudden)
            row[BEGINS] = scenario.seconds(scenario.windows[w].opens)
            row[RATE], row[RECHECK] = draw.rate[w], draw.recheck_rate[w]
    return course


def _hours(case: Case, folk: HouseholdDraw) -> NDArray[np.float64]:
    """Return when those who come of themselves leave: any hour announced as open at any gate."""
    scenario = case.scenario
    spans = sorted(
        {(scenario.seconds(one.opens), scenario.seconds(one.closes)) for one in scenario.windows}
    )
    lengths = np.array([closes - opens for opens, closes in spans], dtype=np.float64)
    reached = np.concatenate([[0.0], np.cumsum(lengths)])
    at = folk.hour * reached[-1]
    span = np.clip(np.searchsorted(reached, at, side="right") - 1, 0, len(spans) - 1)
    begin = np.array([opens for opens, _ in spans], dtype=np.float64)
    return np.asarray(begin[span] + at - reached[span])


def _most(case: Case, draw: Draw, willing: float) -> int:
    scenario = case.scenario
    open_s = np.maximum(0, draw.ends_s - draw.opens_s)
    through = float((draw.rate * open_s).sum()) / slower(draw)
    places = sum(site.places.high for site in scenario.receptions)
    return int(np.ceil(min(through, willing, places)))
