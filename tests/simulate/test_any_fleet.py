"""What holds for vehicles, patients and convoys in every member, whatever may come."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.draws import draw_course
from clearway.model.outcome import DIED, LEFT, MOVED, REFUSED, Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.simulate.case import Case, lay_out
from clearway.simulate.ensemble import gather
from clearway.simulate.member import Member, run_member
from clearway.simulate.traffic import K_IN, K_OUT, OUT_S, PASSED_IN, PASSED_OUT, RUN_DAY
from clearway.simulate.usual import usual_rules
from tests.judge.sound import sound
from tests.simulate.draws import row_bytes, uncertainties

NAMES = ("one_bus", "two_ambulances", "aid_in")


@dataclass(frozen=True)
class Drawn:
    """A hand-made plan with vehicles, what may come otherwise, and a seed."""

    name: str
    uncertainty: Uncertainty
    uptake: float
    seed: int

    @property
    def pair(self) -> tuple[Scenario, Plan]:
        """Scenario and plan."""
        scenario, plan = sound(self.name)
        told = dataclasses.replace(
            scenario.planning.uptake, low=self.uptake, central=self.uptake, high=1.0
        )
        planning = dataclasses.replace(scenario.planning, uptake=told)
        return scenario.replace(uncertainty=self.uncertainty, planning=planning), plan

    @property
    def case(self) -> Case:
        """As it is simulated, by the usual rules."""
        scenario, plan = self.pair
        return lay_out(scenario, plan, usual_rules(scenario, plan))


@st.composite
def fleets(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> Drawn:
    """Draw a pause with vehicles."""
    return Drawn(
        draw(st.sampled_from(names)),
        draw(uncertainties()),
        draw(st.sampled_from((0.5, 0.9, 1.0))),
        draw(st.integers(0, 2**32)),
    )


def ensemble(case: Case, seed: int, members: int = 4, threads: int = 1) -> Ensemble:
    return gather(case, range(members), seed, threads, lambda _: False)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(fleets(NAMES[1:]))
def test_every_patient_has_one_end(told: Drawn) -> None:
    case = told.case
    found = ensemble(case, told.seed).fleet
    assert found is not None
    listed = case.scenario.care.patients
    assert np.isin(found.patient_end, (MOVED, LEFT, REFUSED, DIED)).all()
    moved = found.patient_end == MOVED
    assert (np.isfinite(found.patient_out_s) == moved).all()
    companions = np.array([one.companions for one in listed])
    assert (found.companions_out == moved @ companions).all()
    assert (found.beds.sum(axis=1) == moved.sum(axis=1)).all()
    places = [sum(beds.places.central for beds in one.beds) for one in case.scenario.care.hospitals]
    assert (found.beds <= np.array(places)).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(fleets())
def test_beds_and_gates_hold_what_they_can(told: Drawn) -> None:
    case = told.case
    for number in range(3):
        member = run_member(case, told.seed, number)
        assert member.fleet is not None
        assert case.roster is not None
        yard = member.fleet.yard
        assert (yard.bed >= 0).all()
        assert (yard.bed <= case.roster.orders.bed).all()
        assert (yard.kept >= 0).all()
        lanes = [one.vehicles_per_s.high for one in case.scenario.corridors]
        slot = case.scenario.planning.slot_s
        assert (yard.lane <= np.floor(np.array(lanes) * slot + 1e-6)[:, None]).all()
        _check_gates(case, member)


def _check_gates(case: Case, member: Member) -> None:
    """See that trips pass gates while they are open, and come out before they close."""
    assert member.fleet is not None
    assert case.roster is not None
    orders, yard, draw = case.roster.orders, member.fleet.yard, member.draw
    for t, trip in enumerate(yard.trip_s):
        ways = ((K_IN, trip[PASSED_IN]), (K_OUT, trip[PASSED_OUT]), (K_OUT, trip[OUT_S]))
        for column, at in ways:
            k = orders.trip[t, column]
            if not np.isfinite(at) or k < 0:
                continue
            w = orders.window[k, yard.trip[t, RUN_DAY]]
            # A trip that was shut in has slid to a later day since.
            mine = [w] if trip[OUT_S] < np.inf else [one for one in orders.window[k] if one >= 0]
            assert any(draw.opens_s[one] <= at <= draw.ends_s[one] + 1e-3 for one in mine)
        assert trip[PASSED_OUT] <= trip[OUT_S]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(fleets())
def test_households_come_out_whole_and_once(told: Drawn) -> None:
    case = told.case
    found = ensemble(case, told.seed)
    assert (found.out.sum(axis=(1, 2)) <= found.willing).all()
    assert (found.arrived.sum(axis=1) == found.people_out).all()
    member = run_member(case, told.seed, 0)
    assert member.fleet is not None
    assert case.roster is not None
    riders, state = case.roster.orders.rider, member.fleet.yard.rider
    assert riders[state == 2, 0].sum() == member.fleet.riders == member.fleet.out.sum()
    assert len(set(case.roster.household.tolist())) == len(riders)
    assert not (state == 1).any(), "aboard for ever"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(fleets(NAMES[:1]))
def test_who_leaves_home_is_out_or_counted_as_harmed(told: Drawn) -> None:
    found = ensemble(told.case, told.seed)
    harms = found.caught + found.turned_back + found.uncalled_back + found.in_open
    assert (found.called + found.uncalled == found.people_out + harms.sum(axis=1)).all()
    assert (found.exposure_person_s >= 0).all()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(fleets(NAMES[:1]))
def test_riders_take_their_part_of_the_gate(told: Drawn) -> None:
    even = told.uncertainty.replace(service_cv=Uncertainty().service_cv)
    found = ensemble(dataclasses.replace(told, uncertainty=even).case, told.seed)
    # A household at its check, and a vehicle of thirty, may end it a little after.
    assert (found.people_out <= found.most + 60).all()


@settings(max_examples=15, deadline=None, derandomize=True)
@given(fleets())
def test_bytes_do_not_depend_on_threads_or_company(told: Drawn) -> None:
    case = told.case
    one, two = ensemble(case, told.seed), ensemble(case, told.seed, threads=2)
    alone = gather(case, [3], told.seed, 1, lambda _: False)
    assert one.fleet is not None
    assert two.fleet is not None
    assert alone.fleet is not None
    for row in range(4):
        assert row_bytes(one, row) == row_bytes(two, row)
    assert row_bytes(one, 3) == row_bytes(alone, 0)
    for field in dataclasses.fields(one.fleet):
        mine = getattr(one.fleet, field.name)
        assert mine.tobytes() == getattr(two.fleet, field.name).tobytes()
        assert mine[3].tobytes() == getattr(alone.fleet, field.name)[0].tobytes()


@settings(max_examples=15, deadline=None, derandomize=True)
@given(fleets(NAMES[1:]))
def test_people_draw_the_same_with_and_without_vehicles(told: Drawn) -> None:
    scenario, plan = told.pair
    course = draw_course(scenario, told.seed, 0)
    without = plan.replace(duties=(), convoys=())
    found = [
        gather(
            lay_out(scenario, one, usual_rules(scenario, one)), [0], told.seed, 1, lambda _: True
        )
        for one in (plan, without)
    ]
    assert found[0].willing.tolist() == found[1].willing.tolist()
    assert found[0].opens_s.tolist() == found[1].opens_s.tolist() == [course.opens_s.tolist()]
    assert found[1].fleet is None
