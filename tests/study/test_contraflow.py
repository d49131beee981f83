"""What contraflow is worth, on a town where it opens a road that cars could not take."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from clearway.cli.entry import main
from clearway.errors import ScenarioError
from clearway.model.scenario import Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.study.contraflow import (
    ContraflowWorth,
    Reached,
    contraflow,
    contraflow_json,
    contraflow_text,
)
from tests.scenarios import car_town, one_corridor


def one_way_out() -> Scenario:
    """Return a town whose corridor leads in, so that cars leave by it against its direction."""
    scenario = car_town(gates_persons_per_h=(1200.0,))
    links = scenario.network.links
    inward = links.id == scenario.corridors[0].links[0]
    ends = {"from_node": links.to_node, "to_node": links.from_node}
    changed = {name: getattr(links, name).copy() for name in ("from_node", "to_node", "directed")}
    for name, other in ends.items():
        changed[name][inward] = other[inward]
    changed["directed"] |= inward
    line = tuple(
        one[::-1] if turned else one for one, turned in zip(links.line, inward, strict=True)
    )
    network = dataclasses.replace(
        scenario.network, links=dataclasses.replace(links, line=line, **changed)
    )
    told = (*scenario.contraflow, *links.id[inward].tolist())
    return scenario.replace(network=network, contraflow=told)


def test_a_road_that_only_contraflow_opens_is_worth_all_who_drive() -> None:
    scenario = one_way_out()
    found = contraflow(scenario)
    drivers = int(scenario.demand.persons[:, 1].sum())
    walkers = int(scenario.demand.persons[:, 0].sum())
    assert found.links == scenario.contraflow
    assert found.used.persons == drivers + walkers
    assert found.usual.persons == walkers
    assert found.worth == drivers
    assert 0 < found.least <= found.worth


def test_a_scenario_without_contraflow_has_nothing_to_study() -> None:
    with pytest.raises(ScenarioError, match="contraflow"):
        contraflow(one_corridor())


def test_the_text_says_what_is_proved() -> None:
    proved = ContraflowWorth((7, 9), Reached(500, 520), Reached(300, 400))
    assert contraflow_text(proved).splitlines() == [
        "2 links of contraflow: 7, 9",
        "with: 500 people; no plan brings out more than 520",
        "without: 300 people; no plan brings out more than 400",
        "worth: 200 people (at least 100 whatever the plan without)",
    ]
    unproved = dataclasses.replace(proved, usual=Reached(300, 500))
    assert "not proved" in contraflow_text(unproved)


def test_json_has_every_figure() -> None:
    told = json.loads(contraflow_json(ContraflowWorth((7,), Reached(5, 6), Reached(3, 4))))
    assert told == {
        "links": [7],
        "with": {"persons": 5, "bound": 6},
        "without": {"persons": 3, "bound": 4},
        "worth_persons": 2,
        "worth_at_least_persons": 1,
    }


def test_the_command_prints_the_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scenario(one_way_out(), tmp_path / "town")
    assert main(["study", "contraflow", str(tmp_path / "town"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["worth_persons"] == told["with"]["persons"] - told["without"]["persons"] > 0
    assert main(["study", "contraflow", str(tmp_path / "town"), "--gap", "0.01"]) == 0
    assert "worth:" in capsys.readouterr().out
