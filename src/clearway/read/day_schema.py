"""What may stand in the tables for the day itself: contacts, shelters, gates that change."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from clearway.read.schema import (
    OWN_RULE,
    BothTongues,
    Code,
    Id,
    Moment,
    Places,
    Range,
    Table,
    Words,
)


def _other(backup: str, info: ValidationInfo) -> str:
    if backup.strip() == str(info.data.get("channel", "")).strip():
        raise PydanticCustomError(OWN_RULE, "must be another channel")
    return backup


class ContactTable(Table):
    """``[[contact]]``."""

    party: BothTongues
    level: Literal["headquarters", "local", "gate"]
    corridors: Annotated[list[Code], Field(max_length=1000, default_factory=list)]
    role: BothTongues
    channel: Words
    backup: Annotated[Words, AfterValidator(_other)]
    if_lost: BothTongues
    source: Words


class ShelterTable(Table):
    """``[[shelter]]``."""

    id: Code
    name: BothTongues
    node: Id
    places_persons: Range[Places]


class ShelterPlaceTable(Table):
    """``[[shelter]]`` of a recipe: nodes have no ids yet, so it has a place."""

    id: Code
    name: BothTongues
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    places_persons: Range[Places]


class GateChangeTable(Table):
    """``[[gate_change]]``."""

    corridor: Code
    since: Moment
    until: Moment
    persons_share: Annotated[float, Field(ge=0, le=10)] = 1.0
    vehicles_share: Annotated[float, Field(ge=0, le=10)] = 1.0
    source: Words
