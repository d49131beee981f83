"""The browser's side of the report, run by Node on its own: numbers, words and flows."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clearway.model.scenario import Scenario
from clearway.publish.course import course
from clearway.publish.isolate import unisolated
from clearway.publish.map_data import map_data, map_words
from clearway.publish.packing import packed, packed_steps
from clearway.publish.streets import street_lines
from clearway.publish.walks import Walks, walks
from clearway.publish.words import words
from tests.publish.pages import town

WEB = Path(__file__).parents[2] / "web" / "src"


def ran(script: str, given: Any) -> Any:
    """Return what ``script`` answers about ``given``; its modules are those of ``web/src``."""
    program = (
        'import { readFileSync } from "node:fs";\n'
        "const given = JSON.parse(readFileSync(0));\n"
        f"{script.replace('WEB', WEB.as_uri())}\n"
        "process.stdout.write(JSON.stringify(answer));\n"
    )
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--input-type=module", "--eval", program],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_packed_columns_are_unpacked() -> None:
    values = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, -8192, 2**31, -(2**40), 2**50]
    column = np.array(values, dtype=np.int64)
    script = (
        'import { unpack, unpackSteps } from "WEB/unpack.js";'
        "const answer = [unpack(given[0]), unpackSteps(given[1]), unpack('')];"
    )
    assert ran(script, [packed(column), packed_steps(column)]) == [values, values, []]


COUNTS = [0, 1, 2, 3, 10, 11, 26, 99, 100, 101, 102, 103, 110, 111, 999, 1000, 196_812]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_script_counts_as_the_page_does(lang: str) -> None:
    said = words(lang)
    script = (
        'import { speaker } from "WEB/words.js";'
        "const voice = speaker(given.words);"
        "const answer = given.counts.map((n) => voice.say('persons', { n }));"
    )
    given = {"words": {"lang": lang, "say": dict(said.under("live"))}, "counts": COUNTS}
    found = ran(script, given)
    assert found == [said.say("live.persons", n=count) for count in COUNTS]
    if lang == "ar":
        assert [text for text in found if unisolated(text)] == []


def test_the_script_isolates_once() -> None:
    scenario, plan, verdict = town()
    walked = walks(scenario, plan)
    live = map_words(scenario, words("ar"), course(scenario, walked, verdict))
    script = (
        'import { speaker } from "WEB/words.js";'
        "const voice = speaker(given);"
        "const day = voice.said(given.days[0]);"
        "const answer = [voice.say('moment', { day, time: given.clocks[0] }),"
        " voice.say('zone', { code: 'N3' }), voice.whole(1234.6), voice.whole('N3')];"
    )
    moment, zone, number, code = ran(script, live)
    assert [text for text in (moment, zone, number, code) if unisolated(text)] == []
    assert moment.count("\u2066") == moment.count("\u2069") == 3
    assert zone == words("ar").say("live.zone", code="N3")
    assert number == words("ar").number(1235)


def flows() -> dict[str, Any]:
    """Return what the script makes of the town's data."""
    scenario, plan, verdict = town()
    walked = walks(scenario, plan)
    happened = course(scenario, walked, verdict)
    data = map_data(scenario, verdict, walked, happened, street_lines(scenario))
    script = (
        'import { flows } from "WEB/flows.js";'
        'import { unpack } from "WEB/unpack.js";'
        "const made = flows(given, unpack(given.streets.length));"
        "const slots = made.slots.map((column) => [...column]);"
        "const answer = { ...made, slots };"
    )
    return dict(ran(script, data))


def used(walked: Walks) -> set[int]:
    """Return the rows of the links that movements walk."""
    return set(walked.links.tolist())


def test_flows_are_on_the_links_that_are_walked() -> None:
    scenario, plan, verdict = town()
    walked = walks(scenario, plan)
    found = flows()
    assert set(found["links"]) == used(walked)
    slots = len(course(scenario, walked, verdict).from_s)
    assert {len(column) for column in found["slots"]} == {slots}
    assert min(min(column) for column in found["slots"]) >= 0


def test_flows_add_up_to_those_who_walk() -> None:
    """Nobody is on the way outside opening hours here, so every walker enters in some slot."""
    scenario, plan, _ = town()
    walked = walks(scenario, plan)
    found = flows()
    totals = dict(zip(found["links"], (sum(column) for column in found["slots"]), strict=True))
    expected = np.zeros(len(scenario.network.links))
    np.add.at(expected, walked.links, np.repeat(walked.persons, walked.end - walked.start))
    for link, total in totals.items():
        assert total == pytest.approx(expected[link], rel=0.03, abs=6)


def test_a_flow_has_the_corridor_that_leads_on_its_link() -> None:
    scenario, plan, _ = town()
    walked = walks(scenario, plan)
    found = flows()
    leading = dict(zip(found["links"], found["corridor"], strict=True))
    for row, corridor in enumerate(scenario.corridors):
        for link in links_of(scenario, corridor.links):
            assert leading[link] == row
    assert set(leading.values()) == set(walked.corridor.tolist())


def links_of(scenario: Scenario, ids: tuple[int, ...]) -> list[int]:
    """Return the rows of links."""
    return [int(row) for row in scenario.network.link_index(ids)]
