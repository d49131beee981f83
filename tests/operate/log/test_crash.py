"""Nothing acknowledged is lost: writers are killed, and disks fail and lose power below them.

The same trials run ten times as often, and more, in ``make bench``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.log_crash import FAULTS, Found, answered, compiled, started

#: Trials with a failing disk: half in each of two tests, which may run side by side.
INJECTED = 1064


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the library that makes disks fail."""
    return compiled(tmp_path_factory.mktemp("shim"))


@pytest.mark.parametrize("half", [0, 1])
def test_whatever_the_disk_does_nothing_acknowledged_is_lost(shim: Path, half: int) -> None:
    trials = INJECTED // 2
    asked = {"task": "inject", "first": half * trials, "trials": trials, "secret": None}
    found = answered(started(asked, shim))
    _expect_sound(found, trials)
    each = trials // len(FAULTS)
    # Torn writes and power cuts end the process there and then; the others it survives.
    assert found.ended["99"] == 3 * each
    assert each * 0.5 < found.ended["98"] <= each
    assert found.refused > each
    assert found.acknowledged > 2 * trials


@pytest.mark.parametrize("weaken", ["unflushed", "unsettled"])
def test_the_trials_find_what_is_lost_where_less_is_flushed(shim: Path, weaken: str) -> None:
    asked = {"task": "inject", "first": 140, "trials": 70, "secret": None, "weaken": weaken}
    assert answered(started(asked, shim)).lost > 10


@pytest.mark.parametrize(("weaken", "lost"), [("", False), ("unwritten", True)])
def test_what_a_failed_flush_left_is_written_anew_before_it_is_moved(
    shim: Path, weaken: str, lost: bool
) -> None:
    """Only some lots show it: a flush of which the system took the loss for done, and two lives."""
    last = FAULTS.index("flush lost, killed, opened anew, then power cut")
    asked = {"task": "inject", "first": last, "trials": 400, "stride": len(FAULTS), "secret": None}
    found = answered(started({**asked, "weaken": weaken}, shim))
    assert found.ended == {"99": 400}
    assert (found.lost > 0, found.stuck > 0) == (lost, lost)
    assert found.acknowledged > 3 * 400


def test_an_encrypted_log_withstands_the_same(shim: Path) -> None:
    asked = {"task": "inject", "first": 100, "trials": 21, "secret": "long enough"}
    _expect_sound(answered(started(asked, shim)), 21)


@pytest.mark.parametrize(("secret", "trials"), [(None, 60), ("long enough", 8)])
def test_a_killed_writer_loses_nothing(secret: str | None, trials: int) -> None:
    found = answered(started({"task": "kill", "seed": 7, "trials": trials, "secret": secret}))
    _expect_sound(found, trials)
    assert found.ended == {"-9": trials}
    assert found.acknowledged >= trials // 2


def test_a_killed_server_loses_nothing() -> None:
    found = answered(started({"task": "kill_server", "seed": 7, "trials": 10}))
    _expect_sound(found, 10)
    assert found.acknowledged >= 10


def _expect_sound(found: Found, trials: int) -> None:
    assert (found.lost, found.faulty, found.stuck) == (0, 0, 0)
    assert found.trials == trials
    assert "97" not in found.ended
