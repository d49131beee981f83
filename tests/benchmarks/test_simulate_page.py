"""The part of the document on the simulation."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.document import document, whole
from benchmarks.records import keep, save
from benchmarks.simulate_page import simulate_page
from tests.benchmarks.records import record
from tests.benchmarks.simulated import course, drove, flagship, outcome, simulated
from tests.benchmarks.test_page import rows

NOT: str = "**not reached**"


def flat(text: str) -> str:
    """Return a text with its line breaks taken out, so that sentences can be looked for."""
    return " ".join(text.split())


def test_the_flagship_is_held_to_its_aims() -> None:
    text = flat(simulate_page(simulated()))
    assert "1,000 members in 200 s by the wall (390 s of the processor" in text
    assert "The aim is 1,000 members in 300 s: reached; and 2,000 MB: reached" in text
    assert "The plan took 40.0 s; the aim is 60 s: reached" in text
    assert "The aim is an upper limit of 1.5% at most: reached." in text
    assert "In the mean +5,000 people against the flat margin, more is the aim: reached" in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"ensemble": {"members": 1000, "wall_s": 301.0, "cpu_s": 600.0}},
            f"1,000 members in 300 s: {NOT}",
        ),
        (
            {"ensemble": {"members": 999, "wall_s": 3.0, "cpu_s": 6.0}},
            "1,000 members in 300 s: not shown with so few members",
        ),
        ({"peak_mb": 2001.0}, f"2,000 MB: {NOT}"),
        ({"solve": {"wall_s": 61.0, "cpu_s": 60.0}}, f"the aim is 60 s: {NOT}"),
        ({"fresh": outcome(caught=23)}, f"1.5% at most: {NOT}"),
        (
            {"fresh": outcome(out_mean=60_000.0)},
            f"In the mean -5,000 people against the flat margin, more is the aim: {NOT}",
        ),
        (
            {"fresh": outcome() | {"members": 1999}},
            "1.5% at most: not shown with so few members.",
        ),
        ({"flat": None}, "No flat margin that was tried is as little of a risk."),
        ({"end": "time limit", "flat": None}, "not simulated to the end: time limit."),
    ],
)
def test_what_was_missed_is_said(changes: dict[str, object], told: str) -> None:
    assert told in flat(simulate_page(simulated(flagship=flagship(**changes))))


def test_a_flagship_that_never_got_to_its_members_is_said_so() -> None:
    text = simulate_page(simulated(flagship={"end": "failed", "why": "no plan"}))
    assert "## Simulation: the flagship in many members\n\nfailed no plan\n" in text


def test_each_plan_has_its_row() -> None:
    table = rows(simulate_page(simulated()), "Simulation: the flagship")
    assert [row[:2] for row in table] == [
        ["withstanding", "by gate and group"],
        ["for the mean", "scenario's"],
        ["one flat margin", "90"],
    ]
    assert table[0][2:] == ["80,000", "2,000", "12", "1.00%", "70,000", "50,000", "40,000"]


def test_each_case_has_its_row() -> None:
    text = simulate_page(simulated())
    table = rows(text, "Simulation: beside")
    assert table[0] == [
        *("grid 5", "1,000", "60", "0.100", "5.0", "50", "200", "1,200", "6.0", "1.00%")
    ]
    told = (
        "20 times as quick: reached; a fifth of the memory: reached; and curves that are 5% apart"
    )
    assert f"{told} at most: reached" in flat(text)
    assert "50 times as long as Clearway; its curve is 1.00% apart" in flat(text)
    assert "slower in a crowd, as in a pause, Clearway took 0.125 s for grid 5" in flat(text)


@pytest.mark.parametrize(
    ("other", "missed"),
    [
        (drove(1.9, 1200.0, (0.0, 410.0, 1000.0)), "20 times as quick"),
        (drove(5.0, 990.0, (0.0, 410.0, 1000.0)), "a fifth of the memory"),
        (drove(5.0, 1200.0, (0.0, 460.0, 1000.0)), "5% apart at most"),
    ],
)
def test_a_case_that_misses_an_aim_is_no_success(other: dict[str, object], missed: str) -> None:
    text = flat(simulate_page(simulated(courses=[course(other)])))
    assert f"{missed}: {NOT}" in text
    assert text.count(NOT) == 1


def test_a_program_that_did_not_end_and_files_that_are_not_there() -> None:
    late = {"end": "memory limit"}
    gone = {"id": "surf coast 1", "name": "surf coast", "unit": 1, "end": "no data"}
    text = simulate_page(simulated(courses=[course(late), gone]))
    table = rows(text, "Simulation: beside")
    assert table[0][3:] == ["0.100", "memory limit", "–", "200", "–", "–", "–"]
    assert table[1] == ["surf coast 1", "–", "–", "no data", *["–"] * 6]
    assert "Left out, for files were not there: surf coast 1." in flat(text)
    assert "SUMO's mesoscopic engine was not measured" in flat(text)


def test_the_bottleneck_is_judged_by_the_bodies_that_are_taken() -> None:
    text = simulate_page(simulated())
    table = rows(text, "Simulation: a bottleneck")
    assert table == [
        ["1", "0.178", "2", "1.25", "1.20 to 1.30", "-4%"],
        ["2", "0.200", "1", "1.00", "1.00 to 1.00", "-23%"],
    ]
    assert "15% at most, for bodies of 0.178 m: reached" in flat(text)
    few = [{"width_m": 1.0, "radius_m": 0.178, "persons_per_s": [1.0]}]
    bad = {"end": "done", "flows": few, "ours_persons_per_m_s": 1.3}
    assert f"0.178 m: {NOT}" in flat(simulate_page(simulated(bottleneck=bad)))


def test_what_was_not_measured_is_said_so() -> None:
    text = simulate_page(simulated(flagship=None, courses=[], bottleneck=None))
    assert text.count("Not measured in this session.") == 3


def test_the_document_needs_both_records(tmp_path: Path) -> None:
    target = tmp_path / "benchmarks.md"
    assert not document(tmp_path, target)
    save(record(), tmp_path / "solve.json")
    assert not document(tmp_path, target)
    assert not target.exists()
    save(simulated(), tmp_path / "simulate.json")
    assert document(tmp_path, target)
    assert target.read_text("utf-8") == whole(record(), simulated(), {}, {})
    keep("pack", {"seconds": 1.0}, tmp_path / "operate.json")
    with pytest.raises(KeyError):
        document(tmp_path, target)
    assert target.read_text("utf-8") == whole(record(), simulated(), {}, {})
