"""Contacts, shelters and gates that change: written, read, and refused."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.agreement import CONSENT_LEVELS, Contact
from clearway.model.corridor import GateChange
from clearway.model.facts import Estimate, Text
from clearway.model.scenario import Scenario
from clearway.model.shelter import Shelter
from clearway.read.scenario import read_scenario
from tests import scenarios
from tests.read import terms
from tests.read.folders import PLAN, breaches, change, line_of, only, written

DAY = ("contact", "shelter", "gate_change")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a scenario with every table."""
    return written(terms.told(), tmp_path / "s")


def again(scenario: Scenario, folder: Path) -> Scenario:
    """Return a scenario as it is read after it was written."""
    return read_scenario(written(scenario, folder))


# ------------------------------------------------------------------------------- there and back


def test_every_table_comes_back(folder: Path) -> None:
    made, back = terms.told(), read_scenario(folder)
    assert back.agreement.contacts == made.agreement.contacts
    assert back.shelters == made.shelters
    for one, other in zip(back.changes, made.changes, strict=True):
        assert (one.corridor, one.since, one.until) == (other.corridor, other.since, other.until)
        # A third is written with ten digits.
        assert one.vehicles_share == pytest.approx(other.vehicles_share, rel=1e-9)
        assert one.persons_share == other.persons_share
        assert one.source == other.source


def test_it_is_written_the_same_again(folder: Path, tmp_path: Path) -> None:
    second = written(read_scenario(folder), tmp_path / "second")
    assert (folder / PLAN).read_bytes() == (second / PLAN).read_bytes()


def test_what_is_not_said_is_not_written(tmp_path: Path) -> None:
    plain = written(scenarios.two_gates(), tmp_path / "s")
    told = tomllib.loads((plain / PLAN).read_text(encoding="utf-8"))
    assert not set(DAY) & set(told)
    back = read_scenario(plain)
    assert (back.agreement.contacts, back.shelters, back.changes) == ((), (), ())


def test_a_contact_for_all_corridors_names_none(folder: Path) -> None:
    told = tomllib.loads((folder / PLAN).read_text(encoding="utf-8"))["contact"]
    assert "corridors" not in told[0]
    assert told[1]["corridors"] == ["C2"]


def test_moments_are_in_local_time(folder: Path) -> None:
    change(folder, PLAN, "since = 2016-10-20T09:00:00+03:00", "since = 2016-10-20T06:00:00Z")
    first = read_scenario(folder).changes[0]
    assert first.since.isoformat() == "2016-10-20T09:00:00+03:00"


def test_shares_that_are_left_out_are_the_usual_rate(folder: Path) -> None:
    change(folder, PLAN, "persons_share = 0.5\n", "")
    change(folder, PLAN, "vehicles_share = 0.3333333333\n", "")
    first = read_scenario(folder).changes[0]
    assert (first.persons_share, first.vehicles_share) == (1.0, 1.0)


names = st.text(
    st.characters(min_codepoint=32, exclude_categories=("C", "Z")), min_size=1, max_size=20
)
texts = st.builds(Text, names, names)


@st.composite
def days(draw: st.DrawFn) -> Scenario:
    """Draw the tables for the day itself."""
    scenario = scenarios.two_gates()
    corridors = st.sampled_from(("C1", "C2"))
    channel, backup = draw(st.lists(names, min_size=2, max_size=2, unique=True))
    contact = Contact(
        draw(texts),
        draw(st.sampled_from(CONSENT_LEVELS)),
        tuple(draw(st.lists(corridors, unique=True))),
        draw(texts),
        channel,
        backup,
        draw(texts),
        draw(names),
    )
    low, central, high = sorted(draw(st.lists(st.integers(0, 9999), min_size=3, max_size=3)))
    places = Estimate(low, central, high, draw(names))
    node = draw(st.integers(scenarios.FIRST_NODE, scenarios.FIRST_NODE + 11))
    since, until = sorted(draw(st.lists(st.integers(0, 240), min_size=2, max_size=2, unique=True)))
    gate = GateChange(
        draw(corridors),
        scenarios.at_hour(8 + since / 60),
        scenarios.at_hour(8 + until / 60),
        draw(st.integers(0, 100)) / 10,
        draw(st.integers(0, 100)) / 10,
        draw(names),
    )
    return scenario.replace(
        agreement=type(scenario.agreement)(contacts=(contact,)),
        shelters=(Shelter("SH-1", draw(texts), node, places),),
        changes=(gate,),
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days())
def test_any_day_comes_back(tmp_path_factory: pytest.TempPathFactory, made: Scenario) -> None:
    back = again(made, tmp_path_factory.mktemp("day") / "s")
    assert back.agreement == made.agreement
    assert back.shelters == made.shelters
    assert back.changes == made.changes


# ------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ('backup = "flag"', 'backup = "VHF 1"', "contact[1].backup", "must be another channel"),
        ('backup = "flag"', 'backup = " VHF 1 "', "contact[1].backup", "must be another channel"),
        ('channel = "VHF 1"', 'channel = " "', "contact[1].channel", "must not be empty"),
        (
            'level = "headquarters"\nrole',
            'level = "regional"\nrole',
            "contact[1].level",
            "must be 'headquarters', 'local' or 'gate'",
        ),
        (
            'corridors = ["C2"]\nrole',
            'corridors = ["C9"]\nrole',
            "contact[2].corridors[1]",
            "must be the id of a corridor",
        ),
        (
            'corridors = ["C2"]\nrole',
            'corridors = ["C2", "C2"]\nrole',
            "contact[2].corridors[2]",
            "must be unique",
        ),
        (
            'id = "SH2"',
            'id = "SH1"',
            "shelter[2].id",
            "must be unique",
        ),
        ("node = 104\n", "node = 9\n", "shelter[1].node", "must be the id of a node"),
        (
            "low = 50, central = 100, high = 200",
            "low = 150, central = 100, high = 200",
            "shelter[1].places_persons.central",
            "must be from low to high",
        ),
        (
            "low = 50, central = 100, high = 200",
            "low = -50, central = 100, high = 200",
            "shelter[1].places_persons.low",
            "must be 0 or more",
        ),
        (
            "since = 2016-10-20T09:00:00+03:00",
            "since = 2016-10-20T11:00:00+03:00",
            "gate_change[1].until",
            "must be after it begins",
        ),
        (
            "since = 2016-10-20T09:00:00+03:00",
            "since = 2016-10-20T09:00:00",
            "gate_change[1].since",
            "must carry a time zone, such as +03:00",
        ),
        (
            "persons_share = 0.5",
            "persons_share = 10.5",
            "gate_change[1].persons_share",
            "must be 10 or less",
        ),
        (
            "persons_share = 0.5",
            "persons_pct = 50",
            "gate_change[1].persons_pct",
            "must be persons_share: no other name or unit is known here",
        ),
    ],
)
def test_each_rule_is_told_at_its_line(
    folder: Path, old: str, new: str, field: str, rule: str
) -> None:
    change(folder, PLAN, old, new)
    told = only(folder)
    assert (told.file, told.field) == (PLAN, field)
    assert told.rule == rule or told.rule.startswith(rule)
    assert told.row > line_of(folder, PLAN, "[[contact]]") - 1


def test_a_corridor_that_a_change_names_must_exist(folder: Path) -> None:
    change(folder, PLAN, 'corridor = "C2"\nsince', 'corridor = "C9"\nsince')
    told = only(folder)
    assert (told.field, told.rule) == ("gate_change[2].corridor", "must be the id of a corridor")


def test_a_shelter_outside_is_told(folder: Path) -> None:
    site = terms.told().receptions[0].node
    change(folder, PLAN, "node = 104\n", f"node = {site}\n")
    told = only(folder)
    assert told.field == "shelter[1].node"
    assert told.rule == "must be a node where an open inside link ends"


def test_every_breach_is_told_at_once(folder: Path) -> None:
    change(folder, PLAN, 'backup = "flag"', 'backup = "VHF 1"')
    change(folder, PLAN, "node = 104\n", "node = 9\n")
    change(folder, PLAN, "persons_share = 0.5", "persons_share = -1")
    change(folder, PLAN, 'id = "SH2"', 'id = "SH 2"')
    told = breaches(folder)
    assert {one.field for one in told} == {
        "contact[1].backup",
        "shelter[1].node",
        "shelter[2].id",
        "gate_change[1].persons_share",
    }


def test_the_noun_refuses_what_names_no_corridor() -> None:
    scenario = terms.told()
    strange = GateChange(
        "C9", scenarios.at_hour(8), scenarios.at_hour(9), 1.0, 1.0, "assumed: for tests"
    )
    with pytest.raises(ScenarioError, match="must be a corridor"):
        scenario.replace(changes=(strange,))


@pytest.mark.parametrize("table", DAY)
def test_a_table_that_is_no_list_is_told(folder: Path, table: str) -> None:
    text = (folder / PLAN).read_text(encoding="utf-8").replace(f"[[{table}]]", f"[[not_{table}]]")
    (folder / PLAN).write_text(f"{table} = 5\n{text}", encoding="utf-8")
    fields: dict[str, Any] = {one.field: one.rule for one in breaches(folder)}
    assert fields[table] == "must be a list"
