"""What may stand in a ``plan.json``: keys, types, ranges.

``docs/plan-format.md`` tells what each key means; a test holds the two together.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from clearway.read.schema import OWN_RULE, BothTongues, Id, Moment, Share, Table

FORMAT: Final = "clearway-plan/1"

_MOST: Final = 1_000_000_000


def _time(value: Any) -> Any:
    """Return ISO 8601 text as a moment; anything else is left for the type to refuse."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError(
            OWN_RULE, "must be a moment, such as 2016-10-20T08:00:00+03:00"
        ) from None


def _name(text: str) -> str:
    if not text:
        raise PydanticCustomError(OWN_RULE, "must not be empty")
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in text):
        raise PydanticCustomError(OWN_RULE, "must have no control characters")
    return text


Time = Annotated[Moment, BeforeValidator(_time)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_name)]
ByGroup = dict[str, Annotated[float, Field(ge=0, le=86_400)]]
Cap = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0, le=_MOST)]
Least = Annotated[int, Field(ge=1, le=_MOST)]


class BindingTable(Table):
    """One entry of ``status.binding``."""

    kind: Name
    where: Name
    from_: Annotated[Time, Field(alias="from")]
    until: Time
    worth_persons: float
    text: BothTongues


class StatusTable(Table):
    """``status``."""

    code: Literal["optimal", "time_limit", "partial", "infeasible"]
    reason: BothTongues
    binding: list[BindingTable]


class LevelTable(Table):
    """One entry of ``levels``."""

    name: Literal[
        "red_out", "patients_out", "people_out", "exposure_person_hours", "hours_until_out"
    ]
    value: float
    bound: float | None
    gap: float | None


class MovementTable(Table):
    """One entry of ``movements``."""

    id: Name
    zone: Name
    group: Name
    corridor: Name
    departure: Time
    first_household: Count
    households: Least
    persons: Least
    span_s: Annotated[int, Field(ge=1, le=86_400)] | None = None
    route: Annotated[list[Id], Field(min_length=1)]


class GateRuleTable(Table):
    """One entry of ``rules.gates``; a cap that is null is none."""

    corridor: Name
    hold_queue_persons: Cap | None
    hold_called_persons: Cap | None
    open_persons: Cap | None
    last_entry_s: ByGroup
    turn_m: Annotated[float, Field(ge=0)]
    last_entry_recheck_s: ByGroup | None
    open_recheck_persons: Cap | None


class LastDepartureTable(Table):
    """One entry of ``rules.last_departures``."""

    zone: Name
    group: Name
    corridor: Name
    before_s: Annotated[float, Field(ge=0, le=604_800)]


class RulesTable(Table):
    """``rules``."""

    risk: Share
    gates: list[GateRuleTable]
    last_departures: list[LastDepartureTable]


class LoadTable(Table):
    """Households that board at a stop."""

    group: Name
    first_household: Count
    households: Least
    persons: Least


class StopTable(Table):
    """One stop of a trip."""

    zone: Name
    route: list[Id]
    arrive: Time
    leave: Time
    loads: list[LoadTable]
    patients: list[Name]


class TripTable(Table):
    """One trip of a duty or convoy; of a vehicle that is inside already, no corridor in."""

    corridor_in: Name | None
    corridor_out: Name
    leave: Time
    gate_in: Time
    stops: Annotated[list[StopTable], Field(min_length=1)]
    gate_out: Time
    route_out: list[Id]
    destination: Name
    arrive: Time
    done: Time


class DutyTable(Table):
    """One entry of ``duties``."""

    id: Name
    vehicle: Name
    type: Name
    depot: Name
    trips: Annotated[list[TripTable], Field(min_length=1)]
    back: Time


class ConvoyRunTable(Table):
    """One entry of ``convoys``."""

    convoy: Name
    trip: TripTable


class PlanTable(Table):
    """The whole file."""

    format: Literal["clearway-plan/1"]
    scenario: Name
    slot_s: Least
    uptake: Share
    willing_persons: Count
    status: StatusTable
    levels: list[LevelTable]
    rules: RulesTable | None = None
    movements: list[MovementTable]
    duties: Annotated[list[DutyTable], Field(default_factory=list)]
    convoys: Annotated[list[ConvoyRunTable], Field(default_factory=list)]
