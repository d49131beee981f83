"""Where vehicles, convoys, riders and patients are, and what was counted at gates."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.state import CaseSpan, CaseState, ConvoyState, State, VehicleState
from clearway.operate.state import state
from clearway.operate.state_gates import lay_gates
from tests.judge.sound import sound
from tests.operate.events import Pages, opened
from tests.plans import greedy_plan
from tests.scenarios import at_hour, one_corridor

MINUTE = 1 / 60
BUS, AMB = "bus-01", "amb-01"


@cache
def _town() -> tuple[Scenario, Plan]:
    """Return a bus of two trips, two ambulances, five patients, a convoy, all of them out."""
    scenario, plan = sound("aid_in")
    return scenario, plan


def _at(hour: float, pages: Pages | None = None) -> State:
    scenario, plan = _town()
    return state(scenario, plan, (pages or opened(scenario)).records, at_hour(hour))


def _vehicle(name: str, hour: float, pages: Pages | None = None) -> VehicleState:
    return next(one for one in _at(hour, pages).vehicles if one.vehicle == name)


def _convoy(hour: float, pages: Pages | None = None) -> ConvoyState:
    return _at(hour, pages).convoys[0]


def _case(code: str, hour: float, pages: Pages | None = None) -> CaseState:
    return next(one for one in _at(hour, pages).cases if one.code == code)


def _told(state_: str, second: float, trip: int = 1, vehicle: str = BUS) -> Pages:
    pages = opened(_town()[0])
    pages.tell("vehicle", 8 + second / 3600, vehicle=vehicle, trip=trip, state=state_)
    return pages


def _hour(second: float) -> float:
    return 8 + second / 3600


@pytest.mark.parametrize(
    ("second", "trip", "place", "where", "riders"),
    [
        (-1, 0, "depot", "D1", 0),
        (0, 1, "way in", "C1", 0),
        (190, 1, "inside", "Z1", 0),
        (230, 1, "stop", "Z1", 0),
        (830, 1, "inside", "C1", 20),
        (990, 1, "corridor", "C1", 20),
        (1065, 1, "way on", "R1", 20),
        (1066, 1, "destination", "R1", 0),
        (1426, 2, "way in", "C1", 0),
        (2142, 2, "inside", "Z2", 15),
        (2762, 2, "inside", "C1", 32),
        (3525, 2, "depot", "D1", 0),
    ],
)
def test_a_vehicle_is_where_the_plan_has_it(
    second: float, trip: int, place: str, where: str, riders: int
) -> None:
    found = _vehicle(BUS, _hour(second))
    assert (found.trip, found.place, found.where, found.riders) == (trip, place, where, riders)
    assert not found.told
    assert found.late_s == 0


def test_riders_are_under_way_from_boarding_and_out_behind_the_exit() -> None:
    scenario, plan = _town()
    alone = plan.replace(movements=(), duties=plan.duties[:1])

    def where(second: float) -> tuple[int, int, int, int]:
        found = state(scenario, alone, opened(scenario).records, at_hour(_hour(second))).where
        parts = (found.home, found.under_way, found.corridor, found.out)
        return tuple(one.persons for one in parts)  # type: ignore[return-value]

    willing = plan.willing_persons
    assert where(829) == (willing, 0, 0, 0)
    assert where(830) == (willing - 20, 20, 0, 0)
    assert where(990) == (willing - 20, 0, 20, 0)
    assert where(1066) == (willing - 20, 0, 0, 20)
    assert where(4000) == (willing - 52, 0, 0, 52)


def test_what_is_told_of_a_vehicle_goes_before_the_plan_and_delays_what_follows() -> None:
    pages = _told("gate in", 790)  # ten minutes late
    assert _vehicle(BUS, _hour(600), pages).place == "stop"  # nobody knew at that time
    found = _vehicle(BUS, _hour(800), pages)
    assert (found.place, found.told, found.late_s) == ("inside", True, 600)
    assert _vehicle(BUS, _hour(1429), pages).riders == 0
    assert _vehicle(BUS, _hour(1430), pages).riders == 20
    later = _vehicle(BUS, _hour(4124), pages)
    assert (later.place, later.late_s, later.told) == ("destination", 600, False)


def test_what_is_told_of_a_later_point_says_that_the_earlier_ones_are_passed() -> None:
    pages = _told("boarded", 500)
    found = _vehicle(BUS, _hour(501), pages)
    assert (found.place, found.riders, found.told) == ("inside", 20, True)
    assert found.late_s == 0


def test_at_a_stop_after_the_first_a_record_says_the_next_boarding() -> None:
    pages = _told("boarded", 2200, trip=2)
    pages.tell("vehicle", _hour(2900), vehicle=BUS, trip=2, state="boarded")
    assert _vehicle(BUS, _hour(2200), pages).since_s == 2200
    assert _vehicle(BUS, _hour(2819), pages).riders == 15
    assert _vehicle(BUS, _hour(2820), pages).riders == 32  # 58 s behind the plan
    found = _vehicle(BUS, _hour(2901), pages)
    assert (found.riders, found.place, found.where) == (32, "inside", "C1")


def test_a_vehicle_waits_at_a_gate_that_lets_none_through() -> None:
    pages = opened(_town()[0])
    pages.tell("gate", 8, corridor="C1", persons_share=1, vehicles_share=0)
    assert _vehicle(BUS, _hour(3000), pages).place == "way in"
    pages.tell("gate", _hour(3600), corridor="C1", persons_share=1, vehicles_share=1)
    found = _vehicle(BUS, _hour(3601), pages)
    assert (found.place, found.since_s, found.late_s) == ("inside", 3600, 3410)


def test_before_the_window_is_told_to_be_open_no_vehicle_passes() -> None:
    assert _vehicle(BUS, _hour(1000), Pages()).place == "way in"


def test_a_lost_vehicle_keeps_who_is_aboard_and_fetches_nobody_more() -> None:
    pages = _told("lost", 900)
    found = _at(_hour(5000), pages)
    (one,) = [vehicle for vehicle in found.vehicles if vehicle.vehicle == BUS]
    assert (one.place, one.riders, one.told, one.since_s) == ("lost", 20, True, 900)
    assert found.lost == (BUS,)
    assert found.where.total.persons == _town()[1].willing_persons
    assert found.where.under_way.persons == 20
    empty = _told("lost", 100, trip=0)
    assert _vehicle(BUS, _hour(5000), empty).riders == 0
    assert _at(_hour(5000), empty).where.home.persons == 52


def test_a_vehicle_that_is_lost_is_lost_on_the_days_after() -> None:
    pages = _told("lost", 3600, vehicle=AMB, trip=9)  # of no trip, and yet it is lost
    found = _vehicle(AMB, _hour(91_000), pages)
    assert (found.place, found.duty, found.patients) == ("lost", "amb-01 2016-10-20", ("P1",))
    assert _case("P4", _hour(91_200)).planned == "handed over"
    assert _case("P4", _hour(91_200), pages).planned == ""
    pages.tell("vehicle", _hour(90_100), vehicle=AMB, trip=1, state="left")
    again = _vehicle(AMB, _hour(90_280), pages)
    assert (again.place, again.duty) == ("inside", "amb-01 2016-10-21")
    assert _case("P4", _hour(91_300), pages).planned == "handed over"


def test_a_vehicle_that_is_heard_of_again_is_not_lost() -> None:
    pages = _told("lost", 900)
    pages.tell("vehicle", _hour(2000), vehicle=BUS, trip=1, state="arrived")
    found = _at(_hour(2001), pages)
    assert found.lost == ()
    assert _vehicle(BUS, _hour(2001), pages).place == "destination"


def test_a_record_is_about_the_duty_of_its_day() -> None:
    pages = _told("arrived", 90_500, vehicle=AMB)
    assert _vehicle(AMB, _hour(5000), pages).duty == "amb-01 2016-10-20"
    found = _vehicle(AMB, _hour(90_600), pages)
    assert (found.duty, found.told, found.place) == ("amb-01 2016-10-21", True, "destination")
    assert _vehicle(AMB, _hour(89_000)).duty == "amb-01 2016-10-20"


def test_records_of_what_the_plan_does_not_have_are_shown() -> None:
    pages = opened(_town()[0])
    strange = [
        pages.tell("vehicle", 8.1, vehicle="bus-77", trip=1, state="left"),
        pages.tell("vehicle", 8.1, vehicle=BUS, trip=9, state="left"),
        pages.tell("convoy", 8.1, convoy="A9", state="left"),
        pages.call("called", 8.1, "M99"),
        pages.tell("count", 8.2, corridor="C9", since=_iso(8), until=_iso(8.1), persons=3),
    ]
    found = _at(9, pages)
    assert {one.hash for one in found.odd} == {one.hash for one in strange}
    assert all(one.text.en and one.text.ar for one in found.odd)


def test_a_convoy_is_where_the_plan_has_it_or_as_told() -> None:
    assert (_convoy(8 - MINUTE).place, _convoy(8 - MINUTE).delivered) == ("depot", False)
    assert _convoy(_hour(330)).place == "stop"
    assert not _convoy(_hour(1529)).delivered
    assert _convoy(_hour(1530)).delivered
    assert _convoy(_hour(1860)).place == "destination"
    pages = opened(_town()[0])
    pages.tell("convoy", _hour(2530), convoy="A1", state="delivered")
    late = _convoy(_hour(2600), pages)
    assert (late.place, late.told, late.late_s, late.delivered) == ("inside", True, 1000, True)
    assert _convoy(_hour(2000), pages).delivered  # nobody knew at that time


def test_a_convoy_that_turned_brings_nothing() -> None:
    pages = opened(_town()[0])
    pages.tell("convoy", _hour(200), convoy="A1", state="turned")
    found = _convoy(9, pages)
    assert (found.place, found.delivered, found.told) == ("turned", False, True)


def test_a_case_shows_the_plan_beside_the_record() -> None:
    before, aboard, there = (_case("P1", _hour(second)) for second in (3504, 3505, 3852))
    assert (before.planned, aboard.planned, there.planned) == ("", "moved", "handed over")
    assert before.vehicle == AMB
    assert before.state == there.state == "listed"
    assert _vehicle(AMB, _hour(3600)).patients == ("P1",)
    assert _vehicle(AMB, _hour(3900)).patients == ()


def test_a_case_tells_the_time_in_each_state() -> None:
    pages = opened(_town()[0])
    for second, state_ in ((600, "assessed"), (1500, "consented"), (1600, "consented")):
        pages.tell("patient", _hour(second), code="P1", state=state_, place="")
    pages.tell("patient", _hour(3600), code="P1", state="moved", place="H1")
    found = _case("P1", _hour(3700), pages)
    assert found.spans == (
        CaseSpan("listed", None, None),
        CaseSpan("assessed", 600, 900),
        CaseSpan("consented", 1500, 2100),
        CaseSpan("moved", 3600, 100),
    )
    assert (found.planned, found.place) == ("", "H1")
    assert _case("P1", _hour(4000), pages).planned == "handed over"


def test_who_refused_or_died_is_not_taken_to_be_moved() -> None:
    for state_ in ("refused", "died waiting"):
        pages = opened(_town()[0])
        pages.tell("patient", 8.1, code="P1", state=state_, place="")
        assert _case("P1", 9.5, pages).planned == ""
        assert _case("P1", 9.5, pages).state == state_


def _iso(hour: float) -> str:
    return at_hour(hour).isoformat()


def test_a_count_stands_beside_what_the_plan_has_and_what_is_known() -> None:
    scenario = one_corridor()
    plan = greedy_plan(scenario)
    pages = Pages()
    pages.window("C1", "opened", 8.25, (8.25, 10))
    pages.tell("count", 8.5, corridor="C1", since=_iso(8), until=_iso(8.5), persons=70)
    pages.tell("count", 9, corridor="C1", since=_iso(8.5), until=_iso(9), persons=50)
    found = state(scenario, plan, pages.records, at_hour(9))
    first, second = found.counts
    assert (first.counted, first.planned, first.difference) == (70, 124, -54)
    assert 0 < first.passed < 124
    assert second.planned == 0
    assert first.passed + second.passed == 124
    gate = found.gate("C1")
    assert (gate.counted, gate.passed, gate.planned) == (120, 124, 124)
    assert state(scenario, plan, opened(scenario).records, at_hour(9)).gate("C1").counted is None


def test_those_aboard_are_counted_and_take_of_the_gate() -> None:
    scenario, plan = _town()
    alone = plan.replace(movements=())
    gate = state(scenario, alone, opened(scenario).records, at_hour(_hour(991))).gate("C1")
    assert (gate.passed, gate.inside) == (20, 20)
    free, taken = (
        lay_gates(scenario, np.array([[persons, 0.0]]), 1800.0)[0] for persons in (0.0, 75.0)
    )
    assert free.until(np.array([450.0, 900.0, 1800.0])).tolist() == [75.0, 150.0, 300.0]
    assert taken.until(np.array([450.0, 900.0, 1800.0])).tolist() == [37.5, 75.0, 225.0]
    assert taken.when(np.array([37.5, 75.0, 75.1])) == pytest.approx([450.0, 900.0, 900.6])


def test_more_aboard_than_a_gate_serves_leave_it_nothing() -> None:
    scenario, _ = _town()
    gate = lay_gates(scenario, np.array([[400.0]]), 900.0)[0]
    assert gate.until(900.0) == 0.0
