"""What a scenario says for the day itself: shelters, contacts, changes of gates."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.agreement import CONSENT_LEVELS, Agreement, Contact
from clearway.model.corridor import GateChange
from clearway.model.facts import Estimate, Text
from clearway.model.scenario import Scenario
from clearway.model.shelter import Shelter
from tests.model.nouns import ASSUMED, EIGHT, NAME, estimate, fields, refusal
from tests.scenarios import two_gates

PLAIN = datetime(2016, 10, 20, 8)  # noqa: DTZ001 - without a zone, to be refused
HOUR = timedelta(hours=1)
SHELTER = Shelter("S1", NAME, 101, estimate(50, 60, 70))
CHANGE = GateChange("C1", EIGHT, EIGHT + HOUR, 0.5, 0.0, ASSUMED)
CONTACT = Contact(
    NAME, "local", ("C1",), Text("Duty officer", "الضابط المناوب"), "VHF 12", "HF 3", NAME, ASSUMED
)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"id": ""}, "shelter .id"),
        ({"id": " \t"}, "shelter  \t.id"),
        ({"places": Estimate(-1.0, 5.0, 6.0, ASSUMED)}, "shelter S1.places.low"),
        ({"places": Estimate(2e8, 3e8, 4e8, ASSUMED)}, "shelter S1.places.low"),
    ],
)
def test_shelters_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(SHELTER, **changes) == [refused]


def test_a_shelter_may_be_full_from_the_start() -> None:
    none = dataclasses.replace(SHELTER, places=estimate(0))
    assert (none.places.low, none.places.central) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"since": PLAIN}, ["since"]),
        ({"until": PLAIN}, ["since"]),
        ({"until": EIGHT}, ["until"]),
        ({"until": EIGHT - HOUR}, ["until"]),
        ({"persons_share": -0.01}, ["persons_share"]),
        ({"persons_share": 10.01}, ["persons_share"]),
        ({"persons_share": math.nan}, ["persons_share"]),
        ({"vehicles_share": math.inf}, ["vehicles_share"]),
        ({"vehicles_share": -1.0}, ["vehicles_share"]),
        ({"source": "  "}, ["source"]),
        (
            {"persons_share": 11.0, "vehicles_share": -1.0, "source": ""},
            ["persons_share", "vehicles_share", "source"],
        ),
    ],
)
def test_changes_of_gates_are_refused_by_field(changes: dict[str, Any], refused: list[str]) -> None:
    found = fields(CHANGE, **changes)
    assert found == [f"gate change C1.{name}" for name in refused]


@given(
    st.integers(-10_000, 10_000),
    st.integers(-5000, 5000),
    st.integers(-12, 14),
)
def test_a_change_holds_from_before_to_after_in_whatever_zones(
    minutes: int, seconds: int, hours: int
) -> None:
    since = EIGHT + timedelta(minutes=minutes)
    until = (since + timedelta(seconds=seconds)).astimezone(timezone(timedelta(hours=hours)))
    if seconds > 0:
        assert dataclasses.replace(CHANGE, since=since, until=until).until == until
    else:
        told = refusal(lambda: dataclasses.replace(CHANGE, since=since, until=until))
        assert told == [("gate change C1.until", "must be after it begins")]


@given(st.floats(0, 10), st.floats(0, 10))
def test_a_gate_may_be_shut_slowed_or_hurried(persons: float, vehicles: float) -> None:
    made = dataclasses.replace(CHANGE, persons_share=persons, vehicles_share=vehicles)
    assert (made.persons_share, made.vehicles_share) == (persons, vehicles)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"level": "capital"}, ["level"]),
        ({"channel": " "}, ["channel"]),
        ({"backup": ""}, ["backup"]),
        ({"source": ""}, ["source"]),
        ({"backup": "VHF 12"}, ["backup"]),
        ({"backup": " VHF 12\t"}, ["backup"]),
        ({"channel": "", "backup": "\n"}, ["channel", "backup", "backup"]),
    ],
)
def test_contacts_are_refused_by_field(changes: dict[str, Any], refused: list[str]) -> None:
    noun = f"contact {NAME.en} {changes.get('level', 'local')}"
    assert fields(CONTACT, **changes) == [f"{noun}.{one}" for one in refused]


def test_a_backup_is_another_channel_in_words() -> None:
    told = refusal(lambda: dataclasses.replace(CONTACT, backup="VHF 12"))
    assert told == [(f"contact {NAME.en} local.backup", "must be another channel")]


@given(st.sampled_from(CONSENT_LEVELS), st.lists(st.sampled_from(["C1", "C2"]), unique=True))
def test_a_contact_is_for_some_corridors_or_for_all(level: str, corridors: list[str]) -> None:
    contact = dataclasses.replace(CONTACT, level=level, corridors=tuple(corridors))
    made = with_contacts(two_gates(), contact)
    assert made.agreement.contacts == (contact,)


def with_contacts(scenario: Scenario, *contacts: Contact) -> Scenario:
    """Return a scenario in which these are listed, and nothing else is agreed."""
    return scenario.replace(agreement=Agreement(contacts=contacts))


def test_contacts_and_changes_name_corridors_of_the_scenario() -> None:
    strange = dataclasses.replace(CONTACT, corridors=("C2", "C9", "C7"))
    change = dataclasses.replace(CHANGE, corridor="C8")
    plain = two_gates()
    told = refusal(lambda: with_contacts(plain, CONTACT, strange).replace(changes=(CHANGE, change)))
    rule = "must be a corridor"
    assert told == [("scenario.contact.corridors", rule)] * 2
    told = refusal(lambda: plain.replace(changes=(CHANGE, change, change)))
    assert told == [("scenario.change.corridors", rule)] * 2


def test_a_shelter_stands_at_a_node_and_has_a_code_of_its_own() -> None:
    plain = two_gates()
    nowhere = dataclasses.replace(SHELTER, id="S2", node=9)
    told = refusal(lambda: plain.replace(shelters=(SHELTER, nowhere)))
    assert told == [("scenario.shelter S2.node", "must be a node")]
    told = refusal(lambda: plain.replace(shelters=(SHELTER, SHELTER)))
    assert told == [("scenario.shelters.id", "must be unique")]
    made = plain.replace(shelters=(SHELTER, dataclasses.replace(SHELTER, id="S2")))
    assert [one.id for one in made.shelters] == ["S1", "S2"]


def test_a_shelter_may_share_its_node_with_a_zone_but_no_site_its_code() -> None:
    plain = two_gates()
    at_home = dataclasses.replace(SHELTER, node=plain.zones[0].node, id=plain.zones[0].id)
    assert plain.replace(shelters=(at_home,)).shelters == (at_home,)


def test_all_that_does_not_fit_the_day_is_told_at_once() -> None:
    plain, nowhere = two_gates(), dataclasses.replace(SHELTER, node=9)
    changes = (dataclasses.replace(CHANGE, corridor="C9"),)
    with pytest.raises(ScenarioError) as caught:
        plain.replace(shelters=(nowhere, nowhere), changes=changes)
    found = [one.field for one in caught.value.breaches]
    assert found == [
        "scenario.shelters.id",
        "scenario.shelter S1.node",
        "scenario.shelter S1.node",
        "scenario.change.corridors",
    ]


def test_changes_leave_the_time_axis_as_it_was() -> None:
    plain = two_gates()
    early = dataclasses.replace(CHANGE, since=EIGHT - 48 * HOUR)
    made = plain.replace(changes=(early, CHANGE))
    assert made.start == plain.start
    assert [made.seconds(one.since) for one in made.changes] == [-48 * 3600, 0]
