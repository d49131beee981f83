"""What is told of the log, of plans made anew and of orders, and when an aim is missed."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.day_page import day_page


def flat(text: str) -> str:
    """Return a text in one line."""
    return " ".join(text.split())


def trials(count: int, **changes: Any) -> dict[str, Any]:
    """Return what so many trials came to."""
    found = {"trials": count, "acknowledged": 4 * count, "lost": 0, "faulty": 0, "stuck": 0}
    return {**found, "recovery_s": 0.7, **changes}


def log_part(**changes: Any) -> dict[str, Any]:
    """Return what the log withstood."""
    return {
        "kills": trials(10_000),
        "faults": trials(10_008),
        "server": trials(200),
        "tampering": {
            "records": 1000,
            "flips": 7_851_872,
            "flips_missed": [],
            "swaps_of_the_file": 3006,
            "swaps_of_the_file_missed": [],
        },
        "canaries": {"strings": 200, "found": [], "found_if_clear": 200},
        **changes,
    }


def event(kind: str, seconds: float, **changes: Any) -> dict[str, Any]:
    """Return the row of one event."""
    found = {"kind": kind, "seconds": seconds, "gap": 0.01, "changed_share": 0.001, "breaches": 0}
    return {**found, **changes}


def replan_part(**changes: Any) -> dict[str, Any]:
    """Return how plans were made anew."""
    rows = [event("closure", 1.0), event("closure", 1.5, gap=0.0125), event("late", 1.25)]
    return {
        "events": 70,
        "seconds_median": 1.25,
        "seconds_worst": 1.5,
        "breaches": 0,
        "gap_median": 0.005,
        "gap_worst": 0.0125,
        "changed_share_worst": 0.001,
        "rows": rows,
        **changes,
    }


def pack_part(**changes: Any) -> dict[str, Any]:
    """Return how orders were printed."""
    return {
        "seconds": 8.6,
        "cpu_seconds": 12.8,
        "pages": {"en": 1263, "ar": 1263},
        "pages_with_other_ids": 0,
        "pages_with_other_figures": 0,
        "pages_with_missing_letters": 0,
        "codes_read": 102,
        "codes_wrong": 0,
        **changes,
    }


def run_part(**changes: Any) -> dict[str, Any]:
    """Return what was found in an encrypted run."""
    return {
        "marks": 200,
        "commands": 9,
        "failed": 0,
        "kills": 60,
        "planted": 6,
        "planted_found": 6,
        "in_the_clear": [],
        **changes,
    }


def test_trials_are_told_and_held_to_their_aims() -> None:
    text = day_page({"log": log_part()})
    assert "| the writer killed | 10,000 | 40,000 | 0 | 0 | 0.70 |" in text
    told = "200 of the third: reached; nothing lost: reached; there again in 2 s: reached."
    assert told in flat(text)


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({"kills": trials(9_999)}, "of the third: **not reached**"),
        ({"server": trials(199)}, "of the third: **not reached**"),
        ({"faults": trials(10_000, lost=1)}, "nothing lost: **not reached**"),
        ({"faults": trials(10_000, stuck=1)}, "nothing lost: **not reached**"),
        ({"kills": trials(10_000, recovery_s=2.5)}, "in 2 s: **not reached**"),
    ],
)
def test_what_trials_miss_is_told(changes: dict[str, Any], missed: str) -> None:
    assert missed in flat(day_page({"log": log_part(**changes)}))


def test_trials_without_a_server_are_not_all() -> None:
    log = log_part()
    del log["server"]
    assert "of the third: **not reached**" in flat(day_page({"log": log}))


def test_tampering_that_was_missed_or_of_a_short_log_misses_the_aim() -> None:
    text = day_page({"log": log_part()})
    assert "| flips | 7,851,872 | 0 |" in text
    assert "| swaps of the file | 3,006 | 0 |" in text
    assert "with 1,000 records: reached" in flat(text)
    short = {"records": 20, "flips": 10, "flips_missed": []}
    missed = {"records": 1000, "flips": 10, "flips_missed": [[1, 2]]}
    for found in (short, missed):
        text = flat(day_page({"log": log_part(tampering=found)}))
        assert "with 1,000 records: **not reached**" in text


def test_plans_made_anew_are_told_by_kind_of_event() -> None:
    text = day_page({"replan": replan_part()})
    assert "| closure | 2 | 1.50 | 1.50 | 1.25% | 0.10% | 0 |" in text
    assert "| late | 1 | 1.25 | 1.25 | 1.00% | 0.10% | 0 |" in text
    assert "not reached" not in text.split("## Orders", maxsplit=1)[0]


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({"seconds_median": 2.1}, "5 s: **not reached**"),
        ({"seconds_worst": 5.1}, "5 s: **not reached**"),
        ({"breaches": 1}, "events or more: **not reached**"),
        ({"events": 49}, "events or more: **not reached**"),
        ({"gap_worst": 0.0213}, "2.13% at worst, the aim 2%: **not reached**"),
        ({"changed_share_worst": 0.036}, "the aim is 2%: **not reached**"),
    ],
)
def test_what_plans_made_anew_miss_is_told(changes: dict[str, Any], missed: str) -> None:
    assert missed in flat(day_page({"replan": replan_part(**changes)}))


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, ""),
        ({"seconds": 10.1}, "10 s: **not reached**"),
        ({"codes_wrong": 1}, "of its page: **not reached**"),
        ({"pages": {"en": 1263, "ar": 1264}}, "of its page: **not reached**"),
    ],
)
def test_orders_are_the_same_in_both_languages(changes: dict[str, Any], missed: str) -> None:
    text = flat(day_page({"pack": pack_part(**changes)}))
    assert "reached" in text
    assert missed in text
    assert ("not reached" in text) == bool(missed)


@pytest.mark.parametrize(
    "changes",
    [{"in_the_clear": ["log.db"]}, {"failed": 1}, {"planted_found": 5}],
)
def test_marks_in_the_clear_miss_the_aim(changes: dict[str, Any]) -> None:
    assert "not reached" not in day_page({"canaries": run_part()})
    assert "not reached" in day_page({"canaries": run_part(**changes)})
    clear = {"strings": 200, "found": ["x"], "found_if_clear": 200}
    assert "1 are found in its files" in day_page({"log": log_part(canaries=clear)})


def test_what_was_not_measured_is_said_so() -> None:
    text = day_page({})
    assert text.count("Not measured in this session.") == text.count("## ") == 5
