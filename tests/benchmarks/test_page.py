"""The document that is made from a record."""

from __future__ import annotations

import re

import pytest

from benchmarks.document import whole
from benchmarks.page import equal, page
from tests.benchmarks.records import flow, late, plan, race, record, solved
from tests.benchmarks.simulated import simulated
from tests.house.files import ROOT


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, its first two lines left out."""
    part = text.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_committed_document_is_of_this_form() -> None:
    """Whoever changes the words runs the benchmarks again, or at least writes the page anew."""

    def headings(text: str) -> list[str]:
        return re.findall("^#.*", text, re.MULTILINE)

    committed = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    assert headings(committed) == headings(whole(record(), simulated(), {}, {}))
    assert "make bench" in committed
    assert len(rows(committed, "`solve`")) > 12
    assert len(rows(committed, "Against")) > 4
    assert len(rows(committed, "Simulation: beside")) >= 4


def test_each_plan_has_its_row() -> None:
    table = rows(page(record()), "`solve`")
    assert table[0][0] == "**flagship**"
    assert table[1] == [
        *("Douala", "1.5", "2,500", "3,750", "1.00", "0.50", "390"),
        *("0.100 %", "1.000 %", "0.025 %"),
    ]
    assert {len(row) for row in table} == {10}


def test_the_slowest_by_the_wall_is_held_to_the_aim() -> None:
    assert "The slowest took 4.0 s by the wall; the aim is at most 30 s: reached" in page(record())
    slow = page(record(plans=[plan("", 0, 10_000, 31.0)]))
    assert "The slowest took 31.0 s by the wall; the aim is at most 30 s: **not reached**" in slow


def test_a_plan_that_did_not_end_is_no_success() -> None:
    ended = {"id": "douala_809-1500", "city": "douala_809", "radius_m": 1500, "end": "time limit"}
    text = page(record(plans=[plan("", 0, 10_000, 2.0), ended]))
    assert "time limit" in rows(text, "`solve`")[1]
    assert "at most 30 s: **not reached**" in text


def test_circles_that_could_not_be_built_are_named() -> None:
    assert "Wuhan, 7 km: no scenario" in page(record())


def test_the_exponent_is_held_to_the_aim() -> None:
    table = rows(page(record()), "How time grows")
    assert table[0] == ["`solve`, all of it", "0.50", "0.00", "3", "2,500", "40,000"]
    assert "an exponent of 1.2 at most: reached" in page(record())
    steep = [plan("", 0, n, n**1.5 / 1e6) for n in (10_000, 20_000, 40_000)]
    assert "an exponent of 1.2 at most: **not reached**" in page(record(plans=steep))


def test_too_few_sizes_are_said_so() -> None:
    assert "Too few sizes were measured" in page(record(plans=[plan("", 0, 10_000, 2.0)]))


def test_races_that_ended_and_races_that_did_not() -> None:
    done, ended = rows(page(record()), "Against")
    assert done == [
        *("flagship", "1", "1 x 2 h", "400,000", "0.50", "60.0", "120"),
        *("300", "1500", "820", "yes"),
    ]
    assert ended == [
        *("flagship", "1", "1 x 11 h", "9,000,000", "0.50", "time limit", "≥ 500"),
        *("300", "–", "820", "–"),
    ]


def test_the_verdict_is_of_the_largest_instance() -> None:
    text = page(record())
    assert "1 x 11 h) it took at least 500 times as long; the aim is 100: reached" in text
    slow = [race(solved(cpu_s=5.0)), race(solved(cpu_s=40.0), hours=11)]
    text = page(record(races=slow))
    assert "OR-Tools took 10 to 80 times as long" in text
    assert "it took 80 times as long; the aim is 100: **not reached**" in text
    short = race(late(), hours=11) | {"ratio": 90.0, "bound": "at least"}
    text = page(record(races=[race(solved()), short]))
    assert "at least 90 times as long; the aim is 100: not shown within this limit" in text


def test_narrow_streets_are_told_apart() -> None:
    """Where OR-Tools was quicker, the table and the words say so."""
    narrow = race(solved(cpu_s=0.3), width=0.1)
    text = page(record(races=[race(solved()), narrow, race(late(), hours=11)]))
    assert rows(text, "Against")[1][:2] == ["flagship", "0.1"]
    assert rows(text, "Against")[1][6] == "0.6"
    assert "as they are, OR-Tools took 120 times as long, and 100 times or more in 1 of 1" in text
    assert "so narrow that they bind, it took 0.6 times as long" in text


def test_where_clearway_did_not_end_its_ratio_is_at_most() -> None:
    ended = {"end": "time limit", "cpu_before_s": 2.0, "cpu_all_s": 152.0}
    text = page(record(races=[race(solved()), race(solved(cpu_s=15.0), mine=ended, width=0.1)]))
    line = rows(text, "Against")[1]
    assert line[4:7] == ["time limit", "15.0", "≤ 0.1"]
    assert line[7:] == ["–", "1500", "820", "–"]
    assert "On 1 of those with narrow streets Clearway did not end within the limit" in text


def test_nothing_is_claimed_if_no_explicit_graph_was_solved() -> None:
    assert "No explicit graph was solved within the limit" in page(record(races=[race(late())]))


def test_memory_that_ran_out_is_said_so() -> None:
    text = page(record(races=[race(solved()), race(late("memory limit"), hours=11)]))
    assert rows(text, "Against")[1][5] == "memory limit"
    assert "did not fit into memory" in text


@pytest.mark.parametrize(
    ("mine", "same"),
    [
        (flow(), True),
        (flow(people=820.0004, exposure_h=123.0001), True),
        (flow(people=819.0), False),
        (flow(exposure_h=123.01), False),
    ],
)
def test_optima_that_differ_are_not_called_equal(mine: dict[str, float], same: bool) -> None:
    row = race(solved(), mine=mine)
    assert equal(row) is same
    assert rows(page(record(races=[row])), "Against")[0][-1] == ("yes" if same else "**no**")
    assert f"the same optimum in {int(same)}. " in page(record(races=[row]))
