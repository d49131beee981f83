"""What a recipe says of what may come and what is on record goes into the scenario as it is."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from clearway.errors import Breach, ScenarioError
from clearway.model.corridor import NO_SOURCE
from clearway.model.facts import SPLIT_LOG
from clearway.model.scenario import CERTAIN, NOTHING_AGREED, USUAL, Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.publish.scenario_toml import scenario_to_toml
from clearway.read.recipe import Mouth, Recipe
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario import read_scenario
from clearway.read.scenario_build import build_scenario
from tests.read import terms, town
from tests.read.test_import_recipe import SMALL

_LIMIT = 'check_points = 4\nopen_limit = { persons = 450, source = "assumed: for tests" }\n'


def _tables() -> str:
    """Return the new tables as a scenario writes them, for a recipe to take over."""
    made = terms.told()
    agreement = _only_c1(made)
    blocks = scenario_to_toml(made.replace(agreement=agreement)).split("\n\n")
    heads = (
        "[uncer",
        "[thresh",
        "[[consent",
        "[[hazard",
        "[[prov",
        "[notif",
        "[decider",
        "[[contact",
    )
    return "\n\n".join(block for block in blocks if block.startswith(heads))


def _only_c1(scenario: Scenario) -> Any:
    """Return what is on record, of C1 alone: the small recipe has one mouth."""
    told = scenario.agreement
    consents = tuple(dataclasses.replace(one, corridors=("C1",)) for one in told.consents)
    contacts = tuple(
        dataclasses.replace(one, corridors=("C1",)) if one.corridors else one
        for one in told.contacts
    )
    hazards = told.hazards[:1]
    return dataclasses.replace(told, consents=consents, hazards=hazards, contacts=contacts)


def _recipe(folder: Path, text: str) -> Recipe:
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return read_recipe(path)


def _full() -> str:
    log = 'low = 60, central = 600, high = 1800, source = "assumed: for tests"'
    small = SMALL.replace(log, f'{log}, shape = "split-log"')
    return f"{small}{_LIMIT}\n{_tables()}"


def _breaches(folder: Path, old: str, new: str) -> tuple[Breach, ...]:
    text = _full()
    assert old in text
    with pytest.raises(ScenarioError) as caught:
        _recipe(folder, text.replace(old, new, 1))
    assert {breach.file for breach in caught.value.breaches} == {"recipe.toml"}
    return caught.value.breaches


def test_a_recipe_says_what_a_scenario_says(tmp_path: Path) -> None:
    """The same tables, the same nouns."""
    made, recipe = terms.told(), _recipe(tmp_path, _full())
    assert recipe.uncertainty == made.uncertainty
    assert recipe.thresholds == made.thresholds
    assert recipe.agreement == _only_c1(made)
    (mouth,) = recipe.mouths
    assert (mouth.check_points, mouth.open_limit_persons) == (4, 450)
    assert mouth.open_limit_source == "assumed: for tests"
    assert mouth.gate_persons_per_h.shape == SPLIT_LOG


def test_what_a_recipe_leaves_out_comes_as_announced(tmp_path: Path) -> None:
    """Old recipes mean what they meant."""
    recipe = _recipe(tmp_path, SMALL)
    assert (recipe.uncertainty, recipe.thresholds) == (CERTAIN, USUAL)
    assert recipe.agreement == NOTHING_AGREED
    (mouth,) = recipe.mouths
    assert (mouth.check_points, mouth.open_limit_persons) == (1, math.inf)
    assert mouth.open_limit_source == NO_SOURCE


def _wide(mouth: Mouth) -> Mouth:
    rate = dataclasses.replace(mouth.gate_persons_per_h, shape=SPLIT_LOG)
    return dataclasses.replace(
        mouth,
        gate_persons_per_h=rate,
        check_points=3,
        open_limit_persons=200.0,
        open_limit_source=terms.SOURCE,
    )


def test_the_scenario_has_it_all_and_is_read_back_the_same(tmp_path: Path) -> None:
    """From recipe to folder to scenario."""
    made = terms.told()
    recipe = town.recipe(
        mouths=tuple(map(_wide, town.recipe().mouths)),
        uncertainty=made.uncertainty,
        thresholds=made.thresholds,
        agreement=made.agreement,
    )
    built = build_scenario(town.town(), recipe)
    write_scenario(built, tmp_path / "town")
    for scenario in (built, read_scenario(tmp_path / "town")):
        assert scenario.uncertainty == made.uncertainty
        assert scenario.thresholds == made.thresholds
        assert scenario.agreement == made.agreement
        for corridor in scenario.corridors:
            assert corridor.check_points == 3
            assert corridor.open_limit_persons == 200
            assert corridor.open_limit_source == terms.SOURCE
            assert corridor.gate_persons_per_s.shape == SPLIT_LOG


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ("go = 0.02, bar = 0.04", "go = 0.04, bar = 0.02", "thresholds.caught_share.bar", "go or"),
        ("stop_share", "stop_chance", "uncertainty.stop_chance", "not permitted"),
        ("high = 12,", "high = 721,", "uncertainty.start_delay_h.high", "720"),
        ("low = 60,", "low = 0,", "mouth[0].gate_persons_per_h.shape", "where low is 0"),
        ("check_points = 4", "check_points = 1.5", "mouth[0].check_points", "integer"),
        ("persons = 450", "persons = 0", "mouth[0].open_limit.persons", "1"),
        ('state = "no reply"', 'state = "approved"', "consent[1].state", "notified"),
        ('evidence = "letter 12"\n', "", "consent[0].evidence", "where consent was given"),
        ("bars = true", "bars = 1", "hazard[0].bars", "boolean"),
        ("lead_h = 48", "lead_h = -1", "notification.lead_h", "0"),
        ("T06:00:00+03:00", "T06:00:00", "decider.review", "timezone"),
    ],
)
def test_a_fault_is_told_by_its_key(
    tmp_path: Path, old: str, new: str, field: str, rule: str
) -> None:
    """As in a scenario, so that nothing is found only after the import."""
    told = {breach.field: breach.rule for breach in _breaches(tmp_path, old, new)}
    assert list(told) == [field]
    assert rule in told[field]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('corridors = ["C1"]', 'corridors = ["C7"]', "consent H1.corridors"),
        ('corridors = ["C1"]', 'corridors = ["C1", "C1"]', "consent H1.corridors"),
        ('corridor = "C1"', 'corridor = "C7"', "hazard.corridor"),
        ('id = "G-2"', 'id = "H1"', "consents.id"),
        ("central = 2, high", "central = 13, high", "central"),
        ("Asia/Damascus", "Asia/Nowhere", "timezone"),
        ("check_points = 4", "check_points = 0", "check_points"),
    ],
)
def test_a_fault_between_keys_is_told(tmp_path: Path, old: str, new: str, field: str) -> None:
    """Names of no mouth, codes that stand twice, ranges in disorder."""
    (breach,) = _breaches(tmp_path, old, new)
    assert breach.field.endswith(field)
