"""Duties drawn at random and driven by arithmetic: sound as they are, broken by two seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge import judge
from clearway.model.duty import Duty, Stop, Trip
from clearway.model.fleet import Vehicles
from clearway.model.plan import PATIENTS_OUT, PEOPLE, RED_OUT, Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from tests.judge.changes import exactly
from tests.judge.sound import DAY, Call, Driver, Errand, levels, load, sound
from tests.scenarios import ASSUMED, two_ambulances

SCENARIO = two_ambulances(
    columns=4,
    rows=3,
    zones=((1, 0), (2, 1), (1, 2)),
    gates_persons_per_h=(3600.0, 1800.0),
    windows=((1, 8, 12), (2, 8, 12)),
)
ZONES = tuple(zone.id for zone in SCENARIO.zones)
BUSES = 3


@dataclass(frozen=True)
class Drawn:
    """A scenario, and duties that were drawn for it."""

    scenario: Scenario
    duties: tuple[Duty, ...]

    @property
    def plan(self) -> Plan:
        """A plan of these duties alone, with what it reaches."""
        bare = sound("one_bus")[1].replace(movements=(), duties=self.duties)
        first = tuple(replace(one, value=0.0) for one in bare.levels)
        bare = bare.replace(
            levels=first,
            willing_persons=judge(self.scenario, bare.replace(levels=())).people_willing,
        )
        found = levels(self.scenario, bare)
        return bare.replace(levels=found)


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Draw a few buses that go to one or two zones by either corridor, riders at some stops.

    Each zone's households of G2 board one by one, in the order in which the duties are drawn; so
    that they do in time, one bus is sent after the other.
    """
    bus, ambulance = SCENARIO.fleet.types
    quick = replace(
        bus,
        speed_m_per_s=exactly(draw(st.sampled_from((2.0, 6.0, 20.0)))),
        board_s=exactly(float(draw(st.integers(0, 300)))),
        rest_s=float(draw(st.integers(0, 60))),
    )
    many = (Vehicles(bus.id, "D1", BUSES, ASSUMED), SCENARIO.fleet.vehicles[1])
    fleet = replace(SCENARIO.fleet, types=(quick, ambulance), vehicles=many)
    scenario = SCENARIO.replace(fleet=fleet)
    driver, boarded = Driver(scenario), dict.fromkeys(ZONES, 0)
    duties, begin = [], 0
    for number in range(draw(st.integers(1, BUSES))):
        errands = []
        for corridor in draw(st.lists(st.sampled_from(("C1", "C2")), min_size=1, max_size=2)):
            calls = tuple(
                draw(call(scenario, zone, boarded))
                for zone in draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2))
            )
            errands.append(
                Errand(
                    kind=bus.id,
                    calls=calls,
                    to="R1" if corridor == "C1" else "R2",
                    leave_s=begin + draw(st.integers(0, 400)),
                    corridor=corridor,
                )
            )
        name = f"bus-{number}"
        duties.append(driver.duty(name, DAY, "D1", errands))
        begin = max(trip.gate_out_s for trip in duties[-1].trips)
    return Drawn(scenario, tuple(duties))


@st.composite
def call(draw: st.DrawFn, scenario: Scenario, zone: str, boarded: dict[str, int]) -> Call:
    """Draw a stop at which the next household of G2 boards, or nobody."""
    first = boarded[zone]
    if first >= 4 or draw(st.booleans()):
        return Call(zone)
    boarded[zone] = first + 1
    return Call(zone, (load(scenario, zone, "G2", range(first, first + 1)),))


def places(verdict: Verdict) -> set[tuple[str, str]]:
    return {(breach.rule, breach.where) for breach in verdict.breaches}


@settings(max_examples=25, deadline=None)
@given(drawn())
def test_drawn_duties_are_sound(made: Drawn) -> None:
    plan = made.plan
    verdict = judge(made.scenario, plan)
    late = {place for place in places(verdict) if place[0] in {"margin", "lane"}}
    assert late or places(verdict) == set()
    assert verdict.people_out == plan.riders or late
    assert plan.level(PEOPLE).value == plan.riders


@settings(max_examples=25, deadline=None)
@given(drawn(), st.data())
def test_two_seconds_sooner_anywhere_is_named(made: Drawn, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(made.duties) - 1))
    duty = made.duties[n]
    t = data.draw(st.integers(0, len(duty.trips) - 1))
    field = data.draw(st.sampled_from(("gate_in_s", "gate_out_s", "arrive_s", "done_s", "back_s")))
    if field == "back_s":
        changed = replace(duty, back_s=duty.back_s - 2)
    else:
        trips = list(duty.trips)
        trips[t] = sooner(trips[t], field)
        changed = replace(duty, trips=tuple(trips))
    duties = (*made.duties[:n], changed, *made.duties[n + 1 :])
    before = places(judge(made.scenario, made.plan.replace(levels=())))
    after = places(judge(made.scenario, made.plan.replace(duties=duties, levels=())))
    rule = "duty" if field in {"done_s", "back_s"} else "trip"
    where = duty.id if rule == "duty" else f"{duty.id} trip {t + 1}"
    assert (rule, where) in after - before


@settings(max_examples=25, deadline=None)
@given(drawn(), st.sampled_from(("arrive_s", "leave_s")), st.data())
def test_two_seconds_sooner_at_a_stop_is_named(
    made: Drawn, field: str, data: st.DataObject
) -> None:
    duty = made.duties[0]
    trip = duty.trips[0]
    s = data.draw(st.integers(0, len(trip.stops) - 1))
    stops = list(trip.stops)
    moved: dict[str, Any] = {field: getattr(stops[s], field) - 2}
    stops[s] = replace(stops[s], **moved)
    changed = replace(duty, trips=(replace(trip, stops=tuple(stops)), *duty.trips[1:]))
    plan = made.plan.replace(duties=(changed, *made.duties[1:]), levels=())
    assert ("trip", f"{duty.id} trip 1") in places(judge(made.scenario, plan))


@settings(max_examples=25, deadline=None)
@given(drawn(), st.randoms(use_true_random=False))
def test_the_order_in_which_duties_are_listed_changes_nothing(made: Drawn, rng: Any) -> None:
    shuffled = list(made.duties)
    rng.shuffle(shuffled)
    one = judge(made.scenario, made.plan)
    other = judge(made.scenario, made.plan.replace(duties=tuple(shuffled)))
    assert places(one) == places(other)
    assert one.out_by_zone == other.out_by_zone
    assert one.exposure_person_hours == pytest.approx(other.exposure_person_hours, rel=1e-12)
    assert one.fleet == other.fleet


@settings(max_examples=25, deadline=None)
@given(drawn(), st.floats(1.01, 4.0))
def test_faster_vehicles_keep_what_slower_ones_keep(made: Drawn, factor: float) -> None:
    before = places(judge(made.scenario, made.plan.replace(levels=())))
    fleet = made.scenario.fleet
    types = tuple(
        replace(one, speed_m_per_s=exactly(min(60.0, one.speed_m_per_s.central * factor)))
        for one in fleet.types
    )
    faster = made.scenario.replace(fleet=replace(fleet, types=types))
    assert places(judge(faster, made.plan.replace(levels=()))) <= before


@settings(max_examples=25, deadline=None)
@given(drawn(), st.integers(1, 5000))
def test_a_later_return_is_never_wrong(made: Drawn, seconds: int) -> None:
    later = tuple(replace(duty, back_s=duty.back_s + seconds) for duty in made.duties)
    one = judge(made.scenario, made.plan)
    assert places(judge(made.scenario, made.plan.replace(duties=later))) == places(one)


@pytest.mark.parametrize("name", ["one_bus", "two_ambulances", "aid_in"])
def test_every_moment_of_a_sound_plan_is_looked_at(name: str) -> None:
    scenario, plan = sound(name)
    plan = plan.replace(levels=())
    for duty in plan.duties:
        for t, trip in enumerate(duty.trips):
            for changed in earlier(trip):
                trips = (*duty.trips[:t], changed, *duty.trips[t + 1 :])
                duties = tuple(
                    replace(one, trips=trips) if one is duty else one for one in plan.duties
                )
                found = judge(scenario, plan.replace(duties=duties)).breaches
                assert {breach.rule for breach in found} & {"trip", "duty"}
                assert any(breach.where.startswith(duty.id) for breach in found)


def test_levels_of_patients_stand_first() -> None:
    names = [level.name for level in sound("two_ambulances")[1].levels]
    assert names[:3] == [RED_OUT, PATIENTS_OUT, PEOPLE]


def sooner(trip: Trip, field: str) -> Trip:
    """Return a trip with one moment two seconds earlier."""
    moved: dict[str, Any] = {field: getattr(trip, field) - 2}
    return replace(trip, **moved)


def earlier(trip: Trip) -> list[Trip]:
    """Return the trip with each moment but its beginning two seconds earlier, one at a time."""
    found = [sooner(trip, field) for field in ("gate_in_s", "gate_out_s", "arrive_s", "done_s")]
    for n, stop in enumerate(trip.stops):
        for changed in (
            replace(stop, arrive_s=stop.arrive_s - 2),
            replace(stop, leave_s=stop.leave_s - 2),
        ):
            stops: tuple[Stop, ...] = (*trip.stops[:n], changed, *trip.stops[n + 1 :])
            found.append(replace(trip, stops=stops))
    return found
