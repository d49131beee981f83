"""The judge against figures worked out by hand.

In the tiny scenarios a street is 120 m long and a person of group G1 walks 1.2 m/s: 100 s, 10
ticks. From Z1 to the gate are two streets: 200 s, so whoever leaves home at i minutes is there at
i minutes + 200 s and joins the holding area in step i + 4, which begins 240 s after leaving. The
corridor is 120 m + 240 m: 300 s.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clearway.judge import judge
from clearway.model.facts import Text
from clearway.model.plan import OPTIMAL, Movement, Plan, Status
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach
from tests.scenarios import one_corridor

ROUTE = (1001, 1002, 1003, 1004, 1005)
SINGLES = (45, 0, 0, 0, 0, 0, 0, 0, 0)


def block(count: int, *, depart_s: int = 0, first: int = 0, **changes: Any) -> Movement:
    """Return a block of ``count`` households of one person from Z1."""
    told: dict[str, Any] = {
        "id": f"M{first}",
        "zone": "Z1",
        "group": "G1",
        "corridor": "C1",
        "links": ROUTE,
    }
    return Movement(
        **(told | changes),
        depart_s=depart_s,
        first_household=first,
        households=count,
        persons=count,
    )


def plan_of(scenario: Scenario, *moves: Movement) -> Plan:
    """Return a plan of ``moves`` that claims nothing but how many are willing."""
    status = Status(OPTIMAL, Text("By hand.", "باليد."))
    willing = int(scenario.demand.persons.sum())
    return Plan(scenario.id, moves, (), status, willing, 1.0)


def test_nobody_waits_where_the_gate_is_wide() -> None:
    scenario = one_corridor(households=SINGLES)
    verdict = judge(scenario, plan_of(scenario, block(45)))
    # Each is 240 s on the way to the gate's next step and 300 s in the corridor; they leave at
    # 0, 60, ..., 840 s, at 420 s on average.
    assert verdict.exposure_person_hours == pytest.approx(45 * 540 / 3600, rel=1e-12)
    assert verdict.hours_until_out == pytest.approx(45 * (420 + 540) / 3600, rel=1e-12)
    assert verdict.gates[0].passed[4:19] == pytest.approx(np.full(15, 3.0))
    assert verdict.breaches == ()


def test_a_gate_that_is_too_slow_makes_a_queue() -> None:
    # Three a minute come for 15 minutes, two a minute pass. After minutes 1 to 15 there wait
    # 1, 2, ..., 15, then 13, 11, ..., 1, 0: 120 + 49 = 169 person-minutes.
    scenario = one_corridor(households=SINGLES, gates_persons_per_h=(120.0,))
    verdict = judge(scenario, plan_of(scenario, block(45)))
    waiting = [*range(1, 16), *range(13, 0, -2), 0]
    assert verdict.gates[0].waiting[4:27] == pytest.approx(np.array(waiting, dtype=float))
    assert verdict.gates[0].waiting[27:].max() == 0
    assert verdict.gates[0].passed[4:27] == pytest.approx(np.array([2.0] * 22 + [1.0]))
    assert verdict.exposure_person_hours == pytest.approx((45 * 540 + 169 * 60) / 3600, rel=1e-12)
    assert verdict.breaches == ()


def test_first_come_first_served_keeps_groups_apart() -> None:
    # G2 walks half as fast: 400 s to the gate (step i + 7, 420 s after leaving), 600 s through
    # the corridor. Both blocks leave at 0 and have 30 persons, two a minute; the gate passes two.
    # Steps 4 to 6: G1 alone, no queue. From step 7 to 18 four come a minute; the queue grows by
    # two a minute, half of each group, and nobody overtakes.
    scenario = one_corridor(
        households=(30, 0, 0, 0, 0, 0, 0, 0, 0),
        speeds_m_per_s=(1.2, 0.6),
        gates_persons_per_h=(120.0,),
    )
    moves = (block(30), block(30, id="M2", group="G2"))
    verdict = judge(scenario, plan_of(scenario, *moves))
    # Those who join in step 7 + n (n = 0..11), two of each group, follow 4 n persons of the mix:
    # they pass in steps 7 + 2 n (half of them) and 8 + 2 n. After them come three cohorts of G2,
    # joining in steps 19, 20, 21 and passing in steps 31, 32, 33.
    mixed = sum(2 * (7 + 2 * n + 0.5) for n in range(12))
    g1 = (sum(2 * p for p in (4, 5, 6)) + mixed) * 60 + 30 * 300
    g2 = (mixed + sum(2 * p for p in (31, 32, 33))) * 60 + 30 * 600
    assert verdict.hours_until_out == pytest.approx((g1 + g2) / 3600, rel=1e-12)
    left = 60 * 420
    assert verdict.exposure_person_hours == pytest.approx((g1 + g2 - left) / 3600, rel=1e-12)
    assert verdict.out_by_group == (30, 30)


def test_a_gate_paces_the_streets_behind_it() -> None:
    # The corridor carries 0.02 m x 1.3 persons/m/s x 900 s = 23.4 persons a slot. The gate passes
    # two a minute in steps 4 to 25 and one in step 26. Link 1003 takes 22 in the first slot and 23
    # in the second; link 1004, entered 100 s later, 20 and 25: too many. Link 1005, 200 s later
    # than that, takes 14 in the first, 30 in the second and one in the third, and is as narrow.
    scenario = one_corridor(households=SINGLES, gates_persons_per_h=(120.0,), corridor_width_m=0.02)
    verdict = judge(scenario, plan_of(scenario, block(45)))
    found = {breach.where: (breach.value, breach.limit) for breach in verdict.breaches}
    assert list(found) == ["1005 from 105 2016-10-20 08:15", "1004 from 104 2016-10-20 08:15"]
    assert list(found.values()) == [pytest.approx((30, 23.4)), pytest.approx((25, 23.4))]
    assert [breach.rule for breach in verdict.breaches] == ["link", "link"]
    assert verdict.peak_link_use == pytest.approx(30 / 23.4)


def test_a_street_that_is_walked_both_ways_counts_each_way() -> None:
    # Z2 in the east walks to C2 in the west over the streets that Z1 takes the other way.
    scenario = one_corridor(
        households=SINGLES,
        zones=((0, 0), (2, 0)),
        gates_persons_per_h=(600.0, 600.0),
        width_m=50 / (1.3 * 900),
    )
    back = block(45, id="M2", zone="Z2", corridor="C2", links=(1002, 1001, 1006, 1007, 1008))
    verdict = judge(scenario, plan_of(scenario, block(45), back))
    assert verdict.breaches == ()
    assert verdict.peak_link_use == pytest.approx(45 / 50)


def test_a_block_enters_a_link_in_two_slots() -> None:
    # Link 1002 is entered 100 s after home: at 100, 160, ..., 880 s in the first slot (14 of 15
    # cohorts), at 940 s in the second.
    scenario = one_corridor(households=SINGLES, width_m=45 / (1.3 * 900))
    plan = plan_of(scenario, block(30), block(15, depart_s=900, first=30))
    assert judge(scenario, plan).peak_link_use == pytest.approx(30 / 45)
    later = plan_of(scenario, block(30), block(15, depart_s=780, first=30))
    # Link 1001: two of the later block's cohorts leave in the first slot: 30 + 2.
    assert judge(scenario, later).peak_link_use == pytest.approx(32 / 45)


def test_a_gate_serves_from_its_opening_on() -> None:
    # C1 opens at 08:00, C2 at 08:30; a block for C2 leaves at 08:20 and waits from 08:24 on.
    scenario = one_corridor(
        households=SINGLES,
        gates_persons_per_h=(600.0, 3600.0),
        windows=((1, 8, 10), (2, 8.5, 10)),
        columns=3,
    )
    block_2 = block(45, depart_s=1200, corridor="C2", links=(1006, 1007, 1008), zone="Z1")
    near = scenario.replace(zones=(scenario.zones[0],))
    verdict = judge(near, plan_of(near, block_2))
    assert [breach.rule for breach in verdict.breaches] == ["window"]
    record = verdict.gates[1]
    # Z1 is at the mouth of C2: they join at once, three a minute from step 20 on.
    assert record.waiting[20:30] == pytest.approx(3.0 * np.arange(1, 11))
    assert record.passed[30] == pytest.approx(33)
    assert record.waiting[30] == 0


def test_who_comes_too_late_is_not_counted_out() -> None:
    # Out by 09:30 = 5,400 s: the gate is passed by 5,100 s, step 85. A block that leaves at 4,320 s
    # comes in steps 76 to 90: ten cohorts in time, five too late.
    scenario = one_corridor(households=SINGLES)
    verdict = judge(scenario, plan_of(scenario, block(45, depart_s=4320)))
    late = PlanBreach(
        "margin",
        "C1 2016-10-20 10:00",
        90 * 60 + 300,
        5400,
        "s",
        "15 persons are out of corridor C1 as late as 2016-10-20 09:35, though by its margin all "
        "are to be out by 2016-10-20 09:30 (M0).",
    )
    assert verdict.breaches == (late,)
    assert verdict.people_out == 30
    assert verdict.exposure_person_hours == pytest.approx(30 * 540 / 3600)
    assert verdict.out_by_day == (("2016-10-20", 30),)
