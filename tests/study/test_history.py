"""The whole chain on tiny cases: read, solve, simulate, and only then look at the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearway.errors import ScenarioError
from clearway.model.facts import Estimate
from clearway.model.uncertainty import Uncertainty
from clearway.publish.scenario_folder import write_scenario
from clearway.read.scenario import read_scenario
from clearway.simulate.simulate import simulate
from clearway.solve.solve import solve
from clearway.study.history import history
from clearway.study.trials import INTERVAL
from tests.study import made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one case that may open late, with two records."""
    made.case_folder(tmp_path)
    late = Estimate(0, 600, 3000, "assumed: for tests")
    scenario = made.two_days().replace(uncertainty=Uncertainty(start_delay_s=late))
    write_scenario(scenario, tmp_path / "tiny")
    return tmp_path


def test_each_record_has_the_interval_of_its_own_day(folder: Path) -> None:
    found = history(folder, members=20)
    first, second = found.trials
    assert [one.recorded.persons for one in found.trials] == [40, 100_000]
    assert (found.members, found.seed) == (20, 1)
    assert first.below.of == second.below.of == 20
    assert 0 < first.high <= 122  # a gate of two a minute, for an hour
    assert not second.hit
    assert second.below.hits == 20


def test_the_interval_is_that_of_the_ensemble_of_the_plain_plan(folder: Path) -> None:
    scenario = read_scenario(folder / "tiny")
    ensemble = simulate(scenario, solve(scenario), members=20, seed=3)
    both = sorted(ensemble.people_out.tolist())
    whole = made.OUTCOMES.partition("[[case.recorded]]")[0]
    whole += made.OUTCOMES.rpartition("\n\n")[2].replace(
        "begins = 2016-10-21", "begins = 2016-10-20"
    )
    (folder / "outcomes.toml").write_text(whole, "utf-8")
    (found,) = history(folder, members=20, seed=3).trials
    assert both[0] <= found.low <= found.median <= found.high <= both[-1]
    assert found.median == (both[9] + both[10]) / 2


def test_what_was_recorded_does_not_change_what_is_simulated(folder: Path) -> None:
    before = history(folder, members=10)
    text = made.OUTCOMES.replace("persons = 40", "persons = 41")
    (folder / "outcomes.toml").write_text(text, "utf-8")
    after = history(folder, members=10)
    ends = [[(one.low, one.median, one.high) for one in each.trials] for each in (before, after)]
    assert ends[0] == ends[1]


def test_the_same_seed_gives_the_same_and_another_does_not(folder: Path) -> None:
    first, again, other = (history(folder, members=10, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert [one.median for one in first.trials] != [one.median for one in other.trials]


def test_progress_names_the_case(folder: Path) -> None:
    said: list[tuple[str, int, int]] = []
    history(folder, members=10, progress=lambda case, done, of: said.append((case, done, of)))
    assert {case for case, _, _ in said} == {"tiny"}
    assert said[-1] == ("tiny", 10, 10)


@pytest.mark.parametrize("members", [-1, 0, 1, 100_001])
def test_too_few_and_too_many_members_are_refused(folder: Path, members: int) -> None:
    with pytest.raises(ScenarioError, match="members"):
        history(folder, members=members)


def test_a_seed_below_zero_is_refused(folder: Path) -> None:
    with pytest.raises(ScenarioError, match="seed"):
        history(folder, seed=-1)


def test_a_case_that_draws_from_its_own_interval_is_hit_about_as_often_as_it_should(
    folder: Path,
) -> None:
    scenario = read_scenario(folder / "tiny")
    members = simulate(scenario, solve(scenario), members=40, seed=7).people_out
    whole = made.OUTCOMES.partition("[[case.recorded]]")[0]
    stretch = made.OUTCOMES.rpartition("\n\n")[2].replace(
        "begins = 2016-10-21", "begins = 2016-10-20"
    )
    records = [stretch.replace("100000", str(out)) for out in members.tolist()]
    (folder / "outcomes.toml").write_text(whole + "\n".join(records), "utf-8")
    found = history(folder, members=40, seed=8)
    # 40 records drawn from the model itself: a share of hits far off 80 % would be a defect.
    assert found.hits.lower(0.999) <= INTERVAL <= found.hits.upper(0.999)
