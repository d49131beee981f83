"""What is told of the whole, of patients and of streets that bind, and when an aim is missed."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.medevac_session import beside
from benchmarks.whole_page import NAMES, whole_page

MACHINE = {
    "cores": 2,
    "processor": "a processor",
    "python": "3.11.7",
    "clearway": "0.1.0",
    "packages": {"highspy": "1.14.0"},
    "load_1_min": 0.25,
}


def flat(text: str) -> str:
    """Return a text in one line."""
    return " ".join(text.split())


def whole_part(**changes: Any) -> dict[str, Any]:
    """Return what was found for the flagship whole."""
    levels = {name: {"value": 1990.0, "bound": 2000.0, "gap": 0.005} for name in NAMES}
    return {
        "measured": "2026-11-23T09:00:00+00:00",
        "machine": MACHINE,
        "persons_inside": 275_000,
        "links": 16_691,
        "corridors": 6,
        "seconds": 20.0,
        "cpu_seconds": 21.0,
        "peak_mb": 415.0,
        "breaches": 0,
        "levels": levels,
        "withstands": {
            "risk": 0.01,
            "seconds": 26.0,
            "breaches": 0,
            "levels": dict.fromkeys(NAMES, 0.0125),
        },
        "simulated": {
            "members": 1000,
            "seconds": 60.0,
            "caught": 7,
            "caught_upper_95": 0.0131,
            "p_all_red_out": 0.027,
            "patients_out_mean": 285.04,
            "patients_out_worst_tenth": 133.9,
        },
        **changes,
    }


def program(red: int, seconds: float) -> dict[str, Any]:
    """Return what a program came to that serves so many reds."""
    return {
        "end": "done",
        "solve": {"wall_s": seconds, "cpu_s": seconds / 2},
        "by_colour": {"red": red, "yellow": 180, "green": 141, "black": 0},
        "served": red + 321,
        "hours_until_out": 1833.2,
    }


def medevac_part(mine: dict[str, Any]) -> dict[str, Any]:
    """Return what was found for patients on one day, ours and another's."""
    programs = {"pyvrp": program(60, 30.0), "clearway": mine}
    case = {"days": 3, "programs": programs, "beside": beside(programs)}
    return {"machine": MACHINE, "search_s": 30.0, "cases": [case]}


def streets_part(gap: float = 0.009, seconds: float = 43.0) -> dict[str, Any]:
    """Return what was found where streets bind."""
    row = {
        "case": "coquimbo",
        "links": 19_983,
        "zones": 74,
        "corridors": 6,
        "persons_willing": 200_000,
        "seconds": seconds,
        "peak_mb": 900.0,
        "breaches": 0,
        "levels": {"people_out": {"value": 190_000.0, "bound": 191_000.0, "gap": gap}},
    }
    return {"machine": MACHINE, "cases": [row]}


def test_the_whole_is_told_level_by_level() -> None:
    text = whole_page({"whole": whole_part()})
    assert "| patients, red | 1,990 | 2,000 | 0.50% | 1.25% |" in text
    assert "The aim is 30 s: reached; 2,000 MB: reached" in flat(text)
    assert "within 2% of its own proven bound: reached. The judge found 0 breaches." in flat(text)
    assert "7 catch anyone (upper 95 % limit 1.31%)" in flat(text)
    assert "highspy 1.14.0; load average 0.2: `python -m benchmarks.whole`" in flat(text)


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({"seconds": 31.0}, "30 s: **not reached**"),
        ({"peak_mb": 2001.0}, "MB: **not reached**"),
        ({"breaches": 3}, "The judge found 3 breaches"),
    ],
)
def test_what_the_whole_misses_is_told(changes: dict[str, Any], missed: str) -> None:
    assert missed in flat(whole_page({"whole": whole_part(**changes)}))


@pytest.mark.parametrize("which", ["plain", "withstands"])
def test_one_level_too_far_from_its_bound_is_enough(which: str) -> None:
    found = whole_part()
    if which == "plain":
        found["levels"]["hours_until_out"]["gap"] = 0.021
    else:
        found["withstands"]["levels"]["hours_until_out"] = 0.021
    assert "its own proven bound: **not reached**" in flat(whole_page({"whole": found}))


def test_patients_are_told_beside_those_of_others() -> None:
    text = whole_page({"medevac": medevac_part(program(60, 6.0))})
    assert "| 3 | clearway | 6.0 | 3.0 | 60 | 180 | 141 | 381 | 1,833 |" in text
    assert "3 day(s), beside pyvrp: reached, with 5.0 times its speed." in text


@pytest.mark.parametrize("mine", [program(59, 6.0), program(60, 31.0)], ids=["fewer", "later"])
def test_fewer_patients_or_more_time_miss_the_aim(mine: dict[str, Any]) -> None:
    assert "beside pyvrp: **not reached**" in whole_page({"medevac": medevac_part(mine)})


def test_a_program_that_did_not_end_is_in_the_table_and_not_compared() -> None:
    text = whole_page({"medevac": medevac_part({"end": "time limit"})})
    assert "| 3 | clearway | time limit | – |" in text
    assert "3 day(s): nothing could be compared." in text


def test_streets_that_bind_have_their_own_aims() -> None:
    text = whole_page({"streets": streets_part()})
    assert "| coquimbo | 19,983 | 74 | 6 | 200,000 | 190,000 | 0.90% | 43.0 | 900 |" in text
    assert "gap of 1%: reached; in 60 s: reached" in flat(text)
    text = flat(whole_page({"streets": streets_part(gap=0.011, seconds=61.0)}))
    assert "gap of 1%: **not reached**; in 60 s: **not reached**" in text


def test_what_was_not_measured_is_said_so() -> None:
    text = whole_page({})
    assert text.count("Not measured in this session.") == 3
    assert text.count("## ") == 3
