"""Ways to change a sound plan with vehicles, or its scenario, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from clearway.model.duty import Duty, Stop, Trip
from clearway.model.facts import Estimate
from clearway.model.network import Links, Network
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from tests.judge.sound import sound
from tests.scenarios import ASSUMED

Case = tuple[Scenario, Plan]
Change = Callable[[Scenario, Plan], Case]

BUS: Final = "bus-01"


def exactly(value: float) -> Estimate:
    """Return an estimate without range."""
    return Estimate(value, value, value, ASSUMED)


def broken(name: str, change: Change) -> Callable[[], Case]:
    """Return a maker of the sound plan of a scenario, changed and without claims."""

    def make() -> Case:
        scenario, plan = change(*sound(name))
        return scenario, plan.replace(levels=())

    return make


def on_duty(change: Callable[[Duty], Duty], name: str = BUS) -> Change:
    """Return a change of each duty whose id begins with ``name``."""

    def made(scenario: Scenario, plan: Plan) -> Case:
        duties = tuple(change(one) if one.id.startswith(name) else one for one in plan.duties)
        assert duties != plan.duties
        return scenario, plan.replace(duties=duties)

    return made


def on_trip(change: Callable[[Trip], Trip], name: str = BUS, number: int = -1) -> Change:
    """Return a change of one trip, the last unless said, of each duty of that name."""

    def made(duty: Duty) -> Duty:
        trips = list(duty.trips)
        trips[number] = change(trips[number])
        return replace(duty, trips=tuple(trips))

    return on_duty(made, name)


def on_stop(change: Callable[[Stop], Stop], name: str = BUS, number: int = -1) -> Change:
    """Return a change of the first stop of one trip."""
    return on_trip(
        lambda trip: replace(trip, stops=(change(trip.stops[0]), *trip.stops[1:])), name, number
    )


def later(trip: Trip, seconds: int, *fields: str) -> Trip:
    """Return a trip with some moments so much later."""
    return replace(trip, **{field: getattr(trip, field) + seconds for field in fields})


def postponed(trip: Trip, seconds: int) -> Trip:
    """Return a trip with every moment so much later."""
    moved = later(trip, seconds, "leave_s", "gate_in_s", "gate_out_s", "arrive_s", "done_s")
    stops = tuple(
        replace(one, arrive_s=one.arrive_s + seconds, leave_s=one.leave_s + seconds)
        for one in trip.stops
    )
    return replace(moved, stops=stops)


def unhurried(name: str = BUS) -> Change:
    """Return a change that gives each last trip a minute more from the gate on."""

    def made(duty: Duty) -> Duty:
        last = later(duty.trips[-1], 60, "gate_out_s", "arrive_s", "done_s")
        return replace(duty, trips=(*duty.trips[:-1], last), back_s=duty.back_s + 60)

    return on_duty(made, name)


def all_later(duty: Duty, seconds: int) -> Duty:
    """Return a duty with every moment so much later."""
    trips = tuple(postponed(trip, seconds) for trip in duty.trips)
    return replace(duty, trips=trips, back_s=duty.back_s + seconds)


def on_type(name: str, **changes: Any) -> Change:
    """Return a change of one vehicle type."""

    def made(scenario: Scenario, plan: Plan) -> Case:
        types = tuple(
            replace(one, **changes) if one.id == name else one for one in scenario.fleet.types
        )
        return scenario.replace(fleet=replace(scenario.fleet, types=types)), plan

    return made


def on_patient(code: str, **changes: Any) -> Change:
    """Return a change of one patient."""

    def made(scenario: Scenario, plan: Plan) -> Case:
        listed = tuple(
            replace(one, **changes) if one.code == code else one for one in scenario.care.patients
        )
        return scenario.replace(care=replace(scenario.care, patients=listed)), plan

    return made


def on_corridors(**changes: Any) -> Change:
    """Return a change of all corridors."""

    def made(scenario: Scenario, plan: Plan) -> Case:
        corridors = tuple(replace(one, **changes) for one in scenario.corridors)
        return scenario.replace(corridors=corridors), plan

    return made


def on_links(**columns: Callable[[Links], Any]) -> Change:
    """Return a change of columns of the links."""

    def made(scenario: Scenario, plan: Plan) -> Case:
        old = scenario.network.links
        kept: dict[str, Any] = {field: getattr(old, field) for field in Links.__slots__}
        kept |= {field: column(old) for field, column in columns.items()}
        return scenario.replace(network=Network(scenario.network.nodes, Links(**kept))), plan

    return made


def on_link(field: str, link: int, value: Any) -> Change:
    """Return a change of one value of one link."""

    def column(links: Links) -> Any:
        values: Any = getattr(links, field).copy()
        if field == "facility":
            values = values.astype("<U20")
        values[links.id == link] = value
        return values

    return on_links(**{field: column})


def on_run(change: Callable[[Trip], Trip]) -> Change:
    """Return a change of the trip of the one convoy that runs."""

    def made(scenario: Scenario, plan: Plan) -> Case:
        (run,) = plan.convoys
        return scenario, plan.replace(convoys=(replace(run, trip=change(run.trip)),))

    return made


def on_convoy(**changes: Any) -> Change:
    """Return a change of the one convoy that is to come."""

    def made(scenario: Scenario, plan: Plan) -> Case:
        (one,) = scenario.aid.convoys
        convoys = (replace(one, **changes),)
        return scenario.replace(aid=replace(scenario.aid, convoys=convoys)), plan

    return made


def both(first: Change, second: Change) -> Change:
    """Return one change after the other."""
    return lambda scenario, plan: second(*first(scenario, plan))
