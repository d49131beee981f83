"""The committed flagship: eastern Aleppo as the build script left it."""

from __future__ import annotations

import dataclasses
import functools
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from clearway.model.agreement import CONSENT_LEVELS, GIVEN
from clearway.model.facts import SPLIT_LOG
from clearway.model.network import CROSSING, INSIDE, OPEN
from clearway.model.scenario import CERTAIN, USUAL, Scenario
from clearway.model.thresholds import Threshold
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario import read_scenario

FOLDER = Path(__file__).parents[2] / "examples" / "aleppo-2016"


@functools.cache
def flagship() -> Scenario:
    """Return the committed scenario."""
    return read_scenario(FOLDER)


def test_the_folder_is_at_most_four_megabytes() -> None:
    """So that the repository stays light."""
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= 4_000_000


def test_it_has_the_people_zones_and_corridors_of_its_recipe() -> None:
    """275,000 people, 70 zones, six corridors, three days."""
    scenario, recipe = flagship(), read_recipe(FOLDER / "recipe.toml")
    assert scenario.id == recipe.id == "aleppo-2016"
    assert scenario.demand.persons.sum() == recipe.persons == 275_000
    assert len(scenario.zones) == 70
    assert [corridor.id for corridor in scenario.corridors] == ["C1", "C2", "C3", "C4", "C5", "C6"]
    assert len(scenario.windows) == 18
    assert np.allclose(scenario.outline, recipe.outline)


def test_the_windows_are_local_hours() -> None:
    """08:00 to 19:00 in Damascus, three hours ahead of UTC on these days."""
    clock = ZoneInfo(flagship().timezone)
    hours = {
        (one.opens.astimezone(clock).isoformat(), one.closes.astimezone(clock).isoformat())
        for one in flagship().windows
    }
    assert hours == {
        (f"2016-10-{day}T08:00:00+03:00", f"2016-10-{day}T19:00:00+03:00") for day in (20, 21, 22)
    }
    assert flagship().start == datetime(2016, 10, 20, 8, tzinfo=clock)


def test_three_days_are_just_not_enough_for_all_who_are_willing() -> None:
    """The gates let about 79,000 a day through; 220,000 would go."""
    a_day = (
        sum(corridor.gate_persons_per_s.central for corridor in flagship().corridors) * 11 * 3600
    )
    assert a_day == pytest.approx(79_200)
    willing = 0.8 * 275_000
    assert 0.9 * 3 * a_day < willing < 3 * a_day


def test_corridors_run_about_a_kilometre_in_the_open() -> None:
    """From the outline outward, sharing no link."""
    scenario = flagship()
    links, nodes = scenario.network.links, scenario.network.nodes
    every = [link for corridor in scenario.corridors for link in corridor.links]
    assert len(every) == len(set(every))
    pocket = shapely.Polygon(scenario.outline)
    for corridor in scenario.corridors:
        rows = scenario.network.link_index(corridor.links)
        assert 800 <= links.length_m[rows].sum() <= 1_300
        before = scenario.network.link_index(corridor.links[-2:])
        ends = np.intersect1d(links.from_node[before], links.to_node[before])
        last = {int(links.from_node[rows[-1]]), int(links.to_node[rows[-1]])} - set(ends.tolist())
        exits = scenario.network.node_index(sorted(last))
        away = [pocket.distance(shapely.Point(nodes.lon[row], nodes.lat[row])) for row in exits]
        assert max(away) * 90_000 > 300


def test_mouths_are_where_the_recipe_wants_them() -> None:
    """Within the distance told; five of six within 400 m."""
    scenario, recipe = flagship(), read_recipe(FOLDER / "recipe.toml")
    rows = scenario.network.node_index([corridor.mouth for corridor in scenario.corridors])
    lon, lat = scenario.network.nodes.lon[rows], scenario.network.nodes.lat[rows]
    wanted = np.array([(mouth.lon, mouth.lat) for mouth in recipe.mouths])
    off = np.hypot((lon - wanted[:, 0]) * 89_800, (lat - wanted[:, 1]) * 110_970)
    assert (off <= recipe.options.mouth_m).all()
    assert (off <= 400).sum() == 5


def test_only_corridors_lead_out_and_every_zone_reaches_every_mouth() -> None:
    """As a plan must walk: inside first, then the corridor's own crossing."""
    scenario = flagship()
    network = scenario.network
    links = network.links
    ways_out = links.id[(links.side == CROSSING) & (links.state == OPEN)]
    assert set(ways_out.tolist()) == {corridor.links[0] for corridor in scenario.corridors}
    inside = (links.side == INSIDE) & (links.state == OPEN)
    ends = (network.node_index(links.from_node[inside]), network.node_index(links.to_node[inside]))
    size = len(network.nodes)
    graph = coo_array((np.ones(len(ends[0])), ends), shape=(size, size))
    part = connected_components(graph, directed=False)[1]
    nodes = [zone.node for zone in scenario.zones]
    nodes += [corridor.mouth for corridor in scenario.corridors]
    assert len(set(part[network.node_index(nodes)].tolist())) == 1


def test_zones_are_balanced() -> None:
    """Within a twentieth of the mean by metres of residential street."""
    metres = np.array([zone.residential_m for zone in flagship().zones])
    assert np.abs(metres / metres.mean() - 1).max() < 0.05


def test_zones_tile_the_pocket() -> None:
    """No gap and no overlap worth a block."""
    shapes = [
        shapely.union_all([shapely.Polygon(ring) for ring in zone.rings])
        for zone in flagship().zones
    ]
    pocket = shapely.Polygon(flagship().outline)
    assert sum(shape.area for shape in shapes) == pytest.approx(pocket.area, rel=1e-3)
    assert shapely.union_all(shapes).symmetric_difference(pocket).area < 1e-3 * pocket.area


def test_every_number_has_a_source_and_the_outline_is_no_control_map() -> None:
    """What nobody reported says "assumed"."""
    scenario = flagship()
    facts = {fact.topic: fact for fact in scenario.facts}
    assert "not a control map" in facts["outline"].source
    assert facts["people"].source.startswith("UN envoy")
    assert sum(fact.assumed for fact in facts.values()) >= 15
    assert all(corridor.gate_persons_per_s.assumed for corridor in scenario.corridors)
    assert all("not surveyed" in corridor.source for corridor in scenario.corridors)
    assert all(site.places.assumed for site in scenario.receptions)
    assert all("local time" in window.source for window in scenario.windows)
    assert any("OpenStreetMap contributors, ODbL" in line for line in scenario.attribution)


def test_it_says_all_that_its_recipe_says_of_what_may_come() -> None:
    """The recipe and the folder agree, table by table, without the streets."""
    scenario, recipe = flagship(), read_recipe(FOLDER / "recipe.toml")
    assert scenario.uncertainty == recipe.uncertainty
    assert scenario.thresholds == recipe.thresholds
    assert scenario.agreement == recipe.agreement
    assert scenario.planning == recipe.planning
    assert scenario.facts[: len(recipe.facts)] == recipe.facts
    for corridor, mouth in zip(scenario.corridors, recipe.mouths, strict=True):
        for field in ("id", "name", "source", "check_points", "open_limit_persons"):
            assert getattr(corridor, field) == getattr(mouth, field)
        assert corridor.open_limit_source == mouth.open_limit_source
        rate, told = corridor.gate_persons_per_s, mouth.gate_persons_per_h
        assert rate.shape == told.shape == SPLIT_LOG
        assert rate.central == pytest.approx(told.central / 3600)


def test_priors_are_those_of_the_field() -> None:
    """As fixed before any plan was simulated; in seconds here."""
    told = flagship().uncertainty
    ranges = {
        "start_delay_s": (0, 7_200, 43_200),
        "stop_share": (0.1, 0.25, 0.5),
        "long_share": (0, 0.1, 0.29),
        "notice_s": (900, 3_600, 10_800),
        "unannounced_share": (0.3, 0.5, 0.7),
        "fail_share": (0.005, 0.02, 0.05),
        "extension_s": (3_600, 7_200, 10_800),
        "lateness_s": (0, 300, 1_200),
    }
    for name, range_ in ranges.items():
        estimate = getattr(told, name)
        assert (estimate.low, estimate.central, estimate.high) == range_
    every = [getattr(told, field.name) for field in dataclasses.fields(told)]
    assert all(estimate != CERTAIN.stop_share for estimate in every)
    assert all(estimate.assumed or "assumed" in estimate.source for estimate in every)


def test_nobody_set_a_limit_in_the_open_so_it_is_assumed() -> None:
    """45 minutes of the gate at its central rate, up to the next 50."""
    limits = {one.id: one.open_limit_persons for one in flagship().corridors}
    assert limits == {"C1": 450, "C2": 1150, "C3": 900, "C4": 1350, "C5": 900, "C6": 700}
    for corridor in flagship().corridors:
        full = corridor.gate_persons_per_s.central * 45 * 60
        assert full - 1e-6 <= corridor.open_limit_persons < full + 50
        assert corridor.open_limit_source.startswith("assumed")
        assert corridor.check_points == 4


def test_consents_are_not_complete_and_name_no_one() -> None:
    """Roles alone; nobody refused, and one answer out of six counts."""
    agreement = flagship().agreement
    assert [one.id for one in agreement.consents if one.state == GIVEN] == ["H1"]
    states = {one.state for one in agreement.consents}
    assert states == {"given", "notified", "acknowledged", "no reply"}
    assert {one.level for one in agreement.consents} == set(CONSENT_LEVELS)
    everywhere = tuple(corridor.id for corridor in flagship().corridors)
    assert {one.corridors for one in agreement.consents} == {everywhere}
    parties = " ".join(one.party.en for one in agreement.consents).lower()
    for name in ("syria", "russia", "government", "opposition", "rebel", "militant"):
        assert name not in parties


def test_one_mouth_is_under_fire_and_nothing_is_done_for_those_who_stay() -> None:
    """What bars is told with its source; what nobody committed to is not made up."""
    agreement = flagship().agreement
    (hazard,) = agreement.hazards
    assert (hazard.corridor, hazard.bars) == ("C1", True)
    assert "that it was C1 is assumed" in hazard.source
    assert agreement.provisions == ()


def test_the_announcement_came_earlier_than_the_lead_asks_for() -> None:
    """Its hour is assumed: at any hour of 17 October, 48 hours are kept."""
    told = flagship().agreement.notification
    assert told is not None
    assert told.sent is not None
    assert told.lead == timedelta(hours=48)
    midnight = told.sent.replace(hour=23, minute=59)
    assert flagship().start - midnight > told.lead
    assert "assumed" in told.source


def test_a_role_decides_and_looks_again_before_the_first_opening() -> None:
    """Never a person."""
    decider = flagship().agreement.decider
    assert decider is not None
    assert decider.review is not None
    assert decider.review < flagship().start
    assert "Humanitarian Coordinator" in decider.role.en


def test_limits_of_harm_say_who_set_them() -> None:
    """One in a hundred for being caught; the density at which people hardly move."""
    limits = flagship().thresholds
    assert (limits.caught_share.go, limits.caught_share.bar) == (0.01, 0.05)
    assert limits.density_persons_per_m2.go == 3.5
    assert "IMO" in limits.density_persons_per_m2.source
    for field in dataclasses.fields(limits):
        told = getattr(limits, field.name)
        if isinstance(told, Threshold):
            assert told != getattr(USUAL, field.name)
            assert "assumed" in told.source


def test_the_licence_of_the_streets_is_beside_them() -> None:
    """The database is not under the licence of the code."""
    notice = (FOLDER / "LICENSE-ODbL.md").read_text(encoding="utf-8")
    assert "© OpenStreetMap contributors" in notice
    assert "ODbL" in notice


def build(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the build script; the cases here end before anything would be fetched."""
    command = [sys.executable, str(FOLDER / "build.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_the_build_script_refuses_another_source_distribution(tmp_path: Path) -> None:
    """The hash is pinned: other bytes are not even unpacked, and nothing is written."""
    other = tmp_path / "neatnet-0.1.6.tar.gz"
    other.write_bytes(b"not that file")
    done = build("--sdist", str(other), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "sha256 differs" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_build_script_says_when_the_file_is_missing(tmp_path: Path) -> None:
    """One line, no traceback."""
    done = build("--sdist", str(tmp_path / "gone.tar.gz"))
    assert done.returncode == 1
    assert done.stderr.strip().endswith("No such file or directory")
    assert "Traceback" not in done.stderr
