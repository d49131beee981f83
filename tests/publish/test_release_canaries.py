"""No profile ever emits a field above its class: canaries in every text, looked for in every byte.

Which canary a profile may show is worked out here from the table of classes alone, along every way
from the outermost noun to the text; what was written is then searched as bytes: every file, every
file name, the bundle, its manifest and its signature.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from clearway.publish.bundle.archive import unzipped
from clearway.publish.isolate import FSI, LRI, PDI, RLI
from clearway.publish.release.handing import (
    Release,
    Terms,
    redacted_release,
    usual_expiry,
    whole_release,
)
from clearway.publish.release.profiles import FULL, GATE, MEDICAL, PARTNER, PROFILES, PUBLIC
from clearway.publish.release.redact import redacted
from clearway.publish.scenario_folder import write_scenario
from tests.publish.bundles import KEY
from tests.publish.releases import Canaries, leaves, planted

NOW = datetime(2016, 10, 19, 12, tzinfo=UTC)
LOWER = [name for name, one in PROFILES.items() if not one.whole]
CLASSES = ((PUBLIC, PUBLIC), (PARTNER, PARTNER), (GATE, GATE), (MEDICAL, MEDICAL))


def terms(profile: str) -> Terms:
    return Terms(profile, "Relief agency", NOW, usual_expiry(profile, NOW), "Asia/Damascus")


@cache
def released(profile: str) -> Release:
    return redacted_release(planted()[0], terms(profile), KEY)


@cache
def written(profile: str) -> str:
    """Return everything that is written for a profile, as one text without what isolates."""
    release = released(profile)
    inside, faults = unzipped(release.bundle)
    assert faults == ()
    assert release.files.items() <= inside.items()
    parts = [release.bundle, *(name.encode() for name in inside), *inside.values()]
    text = "\n".join(part.decode("utf-8", "replace") for part in parts)
    return re.sub(f"[{LRI}{RLI}{FSI}{PDI}]", "", text)


def canaries() -> Canaries:
    return planted()[1]


def classes_of(token: str) -> set[str]:
    """Return the classes on the ways to a canary where one class alone guards it."""
    last = {
        frozenset(one for rule in chain for one in rule.classes) - {PUBLIC}
        for chain in canaries().chains[token]
    }
    return {next(iter(one)) for one in last if len(one) == 1} if len(last) == 1 else set()


@pytest.mark.parametrize("profile", LOWER)
def test_no_canary_above_the_profile_is_in_any_byte(profile: str) -> None:
    text, eyes = written(profile), PROFILES[profile]
    above = [one for one in canaries().chains if not canaries().allowed(one, eyes)]
    assert len(above) > 100
    assert [one for one in above if one in text] == []


@pytest.mark.parametrize("profile", LOWER)
def test_what_the_profile_may_see_is_there(profile: str) -> None:
    """Were nothing written at all, the test above would pass too."""
    text, eyes = written(profile), PROFILES[profile]
    seen = [one for one in canaries().chains if canaries().allowed(one, eyes)]
    assert len(seen) >= 4
    missing = [one for one in seen if one not in text]
    assert missing == []


@pytest.mark.parametrize(("profile", "highest"), CLASSES)
def test_each_class_has_canaries_that_only_it_shows(profile: str, highest: str) -> None:
    own = [one for one in canaries().chains if classes_of(one) == {highest}]
    if profile == PUBLIC:
        own = [one for one in canaries().chains if canaries().allowed(one, PROFILES[PUBLIC])]
    assert own
    assert all(one in written(profile) for one in own)


def test_there_are_enough_canaries_in_both_scripts() -> None:
    tokens = list(canaries().chains)
    arabic = [one for one in tokens if "\u0600" <= one[0] <= "\u06ff"]
    assert len(tokens) > 200
    assert len(arabic) > 20
    assert len(set(tokens)) == len(canaries().tokens)


def test_the_search_finds_a_leak() -> None:
    token = next(one for one in canaries().chains if classes_of(one) == {FULL})
    assert token not in written(PUBLIC)
    assert token in f"{written(PUBLIC)}<td>{token}</td>"


def test_the_full_profile_holds_all_that_its_files_do(tmp_path: Any) -> None:
    subject = planted()[0]
    write_scenario(subject.scenario, tmp_path / "town")
    files = {
        f"town/{one.name}": one.read_bytes()
        for one in (tmp_path / "town").glob("*")
        if one.is_file()
    }
    whole = whole_release(files, terms(FULL), KEY)
    assert files.items() <= unzipped(whole.bundle)[0].items()
    patient = next(one.code for one in subject.scenario.care.patients).encode()
    assert any(patient in one for one in unzipped(whole.bundle)[0].values())
    for profile in LOWER:
        with pytest.raises(ValueError, match="full profile alone"):
            whole_release(files, terms(profile), KEY)
    with pytest.raises(ValueError, match="the run itself"):
        redacted_release(subject, terms(FULL), KEY)


@pytest.mark.parametrize("profile", LOWER)
def test_no_exact_place_or_time_is_in_any_byte(profile: str) -> None:
    scenario, eyes = planted()[0].scenario, PROFILES[profile]
    nodes = scenario.network.nodes
    exact = {f"{one:.6f}" for one in [*nodes.lon.tolist(), *nodes.lat.tolist()]}
    exact |= {f"{one.lon:.5f}" for one in scenario.care.hospitals}
    assert len(exact) > 6
    assert [one for one in exact if one in written(profile)] == []
    decimals = eyes.decimals or 0
    text = released(profile).files["release.json"].decode()
    long = re.compile(rf"3[67]\.[0-9]{{{decimals + 1},}}")
    assert long.findall(text) == []
    # Every event happened 13 seconds after a minute; movements leave on the hour or quarter.
    assert re.findall(r"[0-9]{2}:[0-9]{2}:13", text) == []


@pytest.mark.parametrize("profile", LOWER)
def test_node_link_and_household_numbers_are_in_no_release(profile: str) -> None:
    data = redacted(planted()[0], PROFILES[profile])
    keys = {path[-1] for path, _ in leaves(data)}
    assert keys.isdisjoint(
        {"node_id", "first_household", "households", "route", "residential_m", "evidence"}
    )
    assert not [path for path, _ in leaves(data) if path[-1] == "links" and "plan" in path]
    numbers = {value for _, value in leaves(data) if isinstance(value, int)}
    nodes = set(planted()[0].scenario.network.nodes.id.tolist())
    links = set(planted()[0].scenario.network.links.id.tolist())
    assert numbers.isdisjoint(nodes | links)


def test_pages_hold_no_picture_script_or_link() -> None:
    for profile in LOWER:
        for name, content in released(profile).files.items():
            if name.endswith(".html"):
                text = content.decode()
                assert not re.search(r"<(img|svg|script|a|iframe|link|object|embed)\b", text)
                assert not re.search(r"https?://|url\(", text.replace("https://example.org", ""))


def test_data_is_json_whose_keys_are_fields() -> None:
    told = json.loads(released(GATE).files["release.json"])
    assert told["format"] == "clearway-release/1"
    assert set(told) == {"format", "release", "scenario", "plan", "verdict", "counts", "log"}
    assert set(told["plan"]["movements"][0]) == {
        *("id", "zone", "group", "corridor", "depart_s", "persons"),
    }
