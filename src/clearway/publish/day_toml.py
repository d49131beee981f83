"""Write contacts, shelters and gates that change as tables of ``scenario.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from clearway.model.agreement import Contact
from clearway.model.corridor import GateChange
from clearway.model.scenario import Scenario
from clearway.model.shelter import Shelter
from clearway.publish.figures_text import estimate_toml, figure, moment_toml, string, text_toml


def day_blocks(scenario: Scenario) -> Iterator[list[str]]:
    """Yield one block a table, in the scenario's order."""
    local = ZoneInfo(scenario.timezone)
    yield from map(_contact, scenario.agreement.contacts)
    yield from map(_shelter, scenario.shelters)
    yield from (_change(one, local) for one in scenario.changes)


def _contact(contact: Contact) -> list[str]:
    corridors = f"corridors = [{', '.join(map(string, contact.corridors))}]"
    return [
        "[[contact]]",
        f"party = {text_toml(contact.party)}",
        f"level = {string(contact.level)}",
        *([corridors] if contact.corridors else []),
        f"role = {text_toml(contact.role)}",
        f"channel = {string(contact.channel)}",
        f"backup = {string(contact.backup)}",
        f"if_lost = {text_toml(contact.if_lost)}",
        f"source = {string(contact.source)}",
    ]


def _shelter(shelter: Shelter) -> list[str]:
    return [
        "[[shelter]]",
        f"id = {string(shelter.id)}",
        f"name = {text_toml(shelter.name)}",
        f"node = {shelter.node}",
        f"places_persons = {estimate_toml(shelter.places)}",
    ]


def _change(change: GateChange, local: ZoneInfo) -> list[str]:
    return [
        "[[gate_change]]",
        f"corridor = {string(change.corridor)}",
        f"since = {moment_toml(change.since, local)}",
        f"until = {moment_toml(change.until, local)}",
        f"persons_share = {figure(change.persons_share)}",
        f"vehicles_share = {figure(change.vehicles_share)}",
        f"source = {string(change.source)}",
    ]
