"""Make nouns of contacts, shelters and gates that change; moments become local time here."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from clearway.model.agreement import Contact
from clearway.model.corridor import GateChange
from clearway.model.shelter import Shelter
from clearway.read.day_schema import ContactTable, GateChangeTable, ShelterTable
from clearway.read.terms import estimate_of, text_of


def contacts_of(contacts: list[ContactTable]) -> tuple[Contact, ...]:
    """Return how parties are reached."""
    return tuple(
        Contact(
            party=text_of(one.party),
            level=one.level,
            corridors=tuple(one.corridors),
            role=text_of(one.role),
            channel=one.channel,
            backup=one.backup,
            if_lost=text_of(one.if_lost),
            source=one.source,
        )
        for one in contacts
    )


def shelters_of(shelters: list[ShelterTable]) -> tuple[Shelter, ...]:
    """Return where people go back to if all stops."""
    return tuple(
        Shelter(one.id, text_of(one.name), one.node, estimate_of(one.places_persons))
        for one in shelters
    )


def changes_of(changes: list[GateChangeTable], local: ZoneInfo) -> tuple[GateChange, ...]:
    """Return the hours in which gates serve otherwise, in ``local`` time."""
    return tuple(
        GateChange(
            corridor=one.corridor,
            since=one.since.astimezone(local),
            until=one.until.astimezone(local),
            persons_share=one.persons_share,
            vehicles_share=one.vehicles_share,
            source=one.source,
        )
        for one in changes
    )
