"""A tiny scenario that says all it can about what may come and what is on record; rules for it."""

from __future__ import annotations

import dataclasses
import math
from datetime import timedelta
from typing import Any

from clearway.model.agreement import (
    Agreement,
    Consent,
    Contact,
    Decider,
    Hazard,
    Notification,
    Provision,
)
from clearway.model.corridor import Corridor, GateChange
from clearway.model.facts import SPLIT_LOG, TRIANGULAR, Estimate, Text
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.model.shelter import Shelter
from clearway.model.thresholds import Threshold, Thresholds
from clearway.model.uncertainty import Uncertainty
from tests import scenarios

SOURCE = "assumed: for tests of terms"


def told(**changes: Any) -> Scenario:
    """Return two gates with every table, no value as it is by default."""
    plain = scenarios.two_gates()
    gates = zip(plain.corridors, (4, 2), (450.0, 1_000.0), strict=True)
    made = plain.replace(
        corridors=tuple(_gate(*gate) for gate in gates),
        uncertainty=uncertainty(),
        thresholds=thresholds(),
        agreement=agreement(),
        shelters=shelters(),
        changes=changes_of_gates(),
    )
    return made.replace(**changes)


def estimate(low: float, central: float, high: float, **changes: Any) -> Estimate:
    """Return a range with a source of its own."""
    return dataclasses.replace(Estimate(low, central, high, SOURCE), **changes)


def uncertainty() -> Uncertainty:
    """Return a range for everything that may come otherwise, in every shape."""
    return Uncertainty(
        start_delay_s=estimate(0, 7_200, 43_200),
        stop_share=estimate(0.1, 0.25, 0.5, shape=TRIANGULAR),
        extend_share=estimate(0, 0.2, 0.5),
        extension_s=estimate(3_600, 7_200, 10_800),
        fail_share=estimate(0.005, 0.02, 0.05, shape=SPLIT_LOG),
        unannounced_share=estimate(0.3, 0.5, 0.7),
        notice_s=estimate(900, 3_600, 10_800, shape=SPLIT_LOG),
        recheck_share=estimate(0, 0.1, 0.3),
        recheck_factor=estimate(1, 1.5, 3),
        long_share=estimate(0, 0.1, 0.29),
        long_factor=estimate(2, 3, 6),
        service_cv=estimate(0.5, 1, 1.5),
        zone_factor=estimate(0.85, 1, 1.1),
        uncalled_share=estimate(0.02, 0.05, 0.15),
        pace_factor=estimate(0.8, 1, 1),
        lateness_s=estimate(0, 300, 1_200),
        boarding_factor=estimate(0.8, 1, 3),
        breakdown_share=estimate(0, 0.02, 0.05),
        refusal_share=estimate(0, 0.05, 0.3),
        under_triage_share=estimate(0, 0.09, 0.2),
        death_red_per_h=estimate(0, 0.002, 0.01),
        death_yellow_per_h=estimate(0, 0.0002, 0.001),
    )


def thresholds() -> Thresholds:
    """Return limits none of which is the usual one."""
    return Thresholds(
        caught_share=Threshold(0.02, 0.04, SOURCE),
        density_persons_per_m2=Threshold(3, 3.75, SOURCE),
        wait_s=Threshold(3_600, 5_400, SOURCE),
        first_priority_share=Threshold(0.95, 0.6, SOURCE),
        reception_share=Threshold(0.9, 1.1, SOURCE),
        shelter_share=Threshold(0.8, 1.5, SOURCE),
        open_share=Threshold(0.9, 1, SOURCE),
        turned_back_share=Threshold(0.1, 0.1, SOURCE),
        turned_back_weight=0.5,
        turned_back_weight_source=SOURCE,
    )


def agreement() -> Agreement:
    """Return one consent given and one not, a hazard that bars and one that does not."""
    role = Text("Access lead", "مسؤول شؤون الوصول")
    given = Consent(
        "H1",
        role,
        "headquarters",
        ("C1", "C2"),
        "given",
        "letter 12",
        scenarios.at_hour(20),
        SOURCE,
    )
    waiting = Consent("G-2", role, "gate", ("C2",), "no reply", "", None, SOURCE)
    return Agreement(
        consents=(given, waiting),
        hazards=(
            Hazard("C1", Text("Under fire", "تحت النيران"), bars=True, source=SOURCE),
            Hazard("C2", Text("Rubble", "ركام"), bars=False, source=SOURCE),
        ),
        provisions=(Provision(Text("A clinic stays open.", "تبقى عيادة مفتوحة."), SOURCE),),
        notification=Notification(scenarios.at_hour(-60), timedelta(hours=48), SOURCE),
        decider=Decider(role, scenarios.at_hour(6)),
        contacts=contacts(role),
    )


def contacts(role: Text) -> tuple[Contact, ...]:
    """Return a contact for all corridors, and one for the second alone."""
    lost = Text("Nobody is called.", "لا يُنادى أحد.")
    return (
        Contact(role, "headquarters", (), role, "VHF 1", "flag", lost, SOURCE),
        Contact(role, "gate", ("C2",), role, "+000 1", "VHF 2", lost, SOURCE),
    )


def shelters() -> tuple[Shelter, ...]:
    """Return two shelters, one of them with a range."""
    first, second = Text("Old market", "السوق القديم"), Text("School", "مدرسة")
    return (
        Shelter("SH1", first, scenarios.FIRST_NODE + 3, estimate(50, 100, 200)),
        Shelter("SH2", second, scenarios.FIRST_NODE + 4, estimate(0, 0, 0)),
    )


def changes_of_gates() -> tuple[GateChange, ...]:
    """Return a gate that is slow for an hour, and one that is shut after it."""
    nine, ten, twelve = (scenarios.at_hour(hour) for hour in (9, 10, 12))
    return (
        GateChange("C1", nine, ten, 0.5, 1 / 3, SOURCE),
        GateChange("C2", ten, twelve, 0.0, 0.0, SOURCE),
    )


def rules() -> Rules:
    """Return rules for the gates of two gates: one with every cap, one with none."""
    return Rules(
        risk=0.01,
        gates=(
            GateRule("C1", 150.0, 400.0, 62.5, (1_290.0, 2_580.5), 180.0, (1_900.0, 3_000.0), 30.0),
            GateRule("C2", math.inf, math.inf, math.inf, (0.0, 86_400.0), 0.0),
        ),
        last_departures=(
            LastDeparture("Z1", "G1", "C1", 4_200.0),
            LastDeparture("Z1", "G2", "C1", 604_800.0),
            LastDeparture("Z3", "G1", "C2", 0.0),
        ),
    )


def _gate(corridor: Corridor, points: int, persons: float) -> Corridor:
    rate = corridor.gate_persons_per_s.central
    return dataclasses.replace(
        corridor,
        gate_persons_per_s=estimate(rate / 10, rate, rate * 3, shape=SPLIT_LOG),
        check_points=points,
        open_limit_persons=persons,
        open_limit_source=SOURCE,
    )
