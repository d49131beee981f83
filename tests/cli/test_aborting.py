"""``clearway abort`` and ``clearway drill`` on a tiny pause, in this process."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clearway.cli import main
from clearway.operate.run_folder import start_run
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from tests.operate.a_day import begun
from tests.operate.aborts import street, with_shelters
from tests.scenarios import at_hour, one_corridor

Capture = pytest.CaptureFixture[str]
AT = "2016-10-20T08:03"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Return the folder of a street with a shelter at its mouth, and the file of its plan."""
    scenario, plan = street((103, 1000))
    write_scenario(scenario, tmp_path / "s")
    (tmp_path / "plan.json").write_text(plan_to_json(scenario, plan), encoding="utf-8")
    return str(tmp_path / "s"), str(tmp_path / "plan.json")


def test_abort_says_in_short_what_it_found(files: tuple[str, str], capsys: Capture) -> None:
    assert main(["abort", *files]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("1 step at which somebody is under way.\n")
    assert "it holds 1,000." in said.out


def test_abort_says_one_moment_order_by_order(files: tuple[str, str], capsys: Capture) -> None:
    assert main(["abort", *files, "--at", AT]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "If all stops: Thursday 20 October 2016, 08:03"
    assert len(lines) == 5
    assert "shelter SH1" in lines[3]


@pytest.mark.parametrize(
    "moment", ["2016-10-20T08:03:00+03:00", "2016-10-20T05:03:00Z", "2016-10-20 08:03"]
)
def test_a_moment_may_carry_its_offset(
    moment: str, files: tuple[str, str], capsys: Capture
) -> None:
    assert main(["abort", *files, "--at", moment]) == 0
    assert "08:03" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("moment", ["08:03", "noon", "2016-10-20T08:03:00.5", ""])
@pytest.mark.parametrize("command", ["abort", "drill"])
def test_what_is_no_moment_is_bad_input(
    command: str, moment: str, files: tuple[str, str], capsys: Capture
) -> None:
    assert main([command, *files, "--at", moment]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "must be a moment to the second" in said.err


def test_the_file_is_written_at_once(
    files: tuple[str, str], tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "deep" / "abort.json"
    assert main(["abort", *files, "--out", str(out), "--quiet"]) == 0
    told = json.loads(out.read_text("utf-8"))
    assert told["format"] == "clearway-abort/1"
    assert [one["at"] for one in told["steps"]] == ["2016-10-20T08:15:00+03:00"]
    assert [path.name for path in out.parent.iterdir()] == ["abort.json"]
    assert capsys.readouterr().out == ""


def test_where_nothing_can_be_written_is_said_first(
    files: tuple[str, str], tmp_path: Path, capsys: Capture
) -> None:
    assert main(["abort", *files, "--out", str(tmp_path)]) == 1
    assert "Is a directory" in capsys.readouterr().err


def test_a_plan_that_breaks_a_rule_has_no_abort(
    files: tuple[str, str], tmp_path: Path, capsys: Capture
) -> None:
    scenario, plan = street((103, 1000))
    first = plan.movements[0]
    broken = plan.replace(movements=(replace(first, persons=first.persons + 1),))
    (tmp_path / "plan.json").write_text(plan_to_json(scenario, broken), encoding="utf-8")
    out = tmp_path / "abort.json"
    assert main(["abort", *files, "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert "clearway: household: " in said.err
    assert (said.out, out.exists()) == ("", False)
    assert main(["drill", *files, "--at", AT]) == 1


def test_a_drill_goes_through_its_stages(files: tuple[str, str], capsys: Capture) -> None:
    assert main(["drill", *files, "--at", AT]) == 0
    lines = capsys.readouterr().out.splitlines()
    headings = [line for line in lines if line[:1].isdigit()]
    assert headings == [
        "1. All stops",
        "2. Who is told, and how",
        "3. Between gate and exit",
        "4. On to the exit",
        "5. Back",
        "6. Under cover",
    ]
    assert all(line == "" or line.startswith("   ") for line in lines if line not in headings)


def test_a_drill_in_arabic_keeps_its_numbers_whole(files: tuple[str, str], capsys: Capture) -> None:
    assert main(["drill", *files, "--at", AT, "--lang", "ar"]) == 0
    out = capsys.readouterr().out
    assert "1. توقف كل شيء" in out
    assert "\u2066SH1\u2069" in out
    assert "\\u" not in out


def test_a_drill_where_nobody_is_under_way_ends_after_the_calls(
    files: tuple[str, str], capsys: Capture
) -> None:
    assert main(["drill", *files, "--at", "2016-10-20T06:00"]) == 0
    out = capsys.readouterr().out
    assert "Nobody is under way then." in out
    assert "3. " not in out


class Terminal(io.StringIO):
    """A terminal at which somebody presses Enter."""

    def isatty(self) -> bool:
        """Say that somebody is there."""
        return True


def test_at_a_terminal_each_stage_waits_for_enter(
    files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, screen = Terminal("\n\n\n\n\n"), Terminal()
    monkeypatch.setattr(sys, "stdin", keys)
    monkeypatch.setattr(sys, "stdout", screen)
    assert main(["drill", *files, "--at", AT]) == 0
    assert keys.read() == ""
    assert screen.getvalue().count("Press Enter to go on.") == 5


def test_a_terminal_that_ends_does_not_stop_the_drill(
    files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert main(["drill", *files, "--at", AT]) == 0


def test_quiet_drills_say_nothing(files: tuple[str, str], capsys: Capture) -> None:
    assert main(["drill", *files, "--at", AT, "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_a_drill_needs_a_moment(files: tuple[str, str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["drill", *files])
    assert ended.value.code == 2
    assert "--at" in capsys.readouterr().err


def test_a_scenario_without_shelters_sends_people_home(tmp_path: Path, capsys: Capture) -> None:
    _, plan = street()
    scenario = with_shelters(one_corridor(households=(30, *[0] * 8)))
    write_scenario(scenario, tmp_path / "s")
    (tmp_path / "plan.json").write_text(plan_to_json(scenario, plan), encoding="utf-8")
    words = ["abort", str(tmp_path / "s"), str(tmp_path / "plan.json"), "--at", AT]
    assert main(words) == 0
    assert "back home" in capsys.readouterr().out


# ------------------------------------------------------------------------- a running pause


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a pause whose first two hours are in its log: a bus is lost at 08:45."""
    return begun(tmp_path_factory.mktemp("day")).place / "run"


def test_a_running_pause_is_stopped_by_what_its_log_tells(day: Path, capsys: Capture) -> None:
    assert main(["abort", str(day), "--at", "2016-10-20T08:45"]) == 0
    lines = capsys.readouterr().out.splitlines()
    moment = "Thursday 20 October 2016, 08:45"
    assert lines[0] == f"By plan 1 of this pause and what was known on {moment}."
    assert lines[1].startswith("It rests on 3 records of the log; the last is vehicle, Thursday")
    assert lines[2].startswith("Lost: bus-01.")
    assert lines[3] == f"If all stops: {moment}"
    assert not [line for line in lines[4:] if "bus-01" in line]
    # The gate opened twenty minutes late, so that those are here still who would be out by now.
    printed = ["abort", str(day / "scenario"), str(day / "plans" / "plan-1.json")]
    assert main([*printed, "--at", "2016-10-20T08:45"]) == 0
    other = capsys.readouterr().out.splitlines()
    assert other[0] == lines[3]
    blocks = [{line.split()[0] for line in one if " from Z" in line} for one in (lines, other)]
    assert blocks[0] - blocks[1]


def test_what_is_known_now_holds_for_a_moment_to_come(day: Path, capsys: Capture) -> None:
    words = ["abort", str(day), "--now", "2016-10-20T09:05", "--at", "2016-10-20T09:20"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "what was known on Thursday 20 October 2016, 09:05" in out
    assert "If all stops: Thursday 20 October 2016, 09:20" in out
    assert main(["abort", str(day), "--now", "2016-10-20T09:05", "--at", "2016-10-20T09:00"]) == 2
    assert "--now = 2016-10-20T09:05: must not be later than --at" in capsys.readouterr().err
    # Without either it is now, when the pause is long over.
    assert main(["abort", str(day)]) == 0
    out = capsys.readouterr().out
    assert "It rests on 8 records of the log" in out
    assert " from Z" not in out


def test_a_drill_and_a_file_say_what_they_rest_on(
    day: Path, tmp_path: Path, capsys: Capture
) -> None:
    at = "2016-10-20T08:40"
    assert main(["drill", str(day), "--at", at, "--lang", "ar"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("بحسب الخطة \u20661\u2069 لهذه الهدنة")
    assert "1. توقف كل شيء" in out
    file = tmp_path / "abort.json"
    assert main(["abort", str(day), "--at", at, "--out", str(file), "--quiet"]) == 0
    told = json.loads(file.read_text("utf-8"))
    assert told["rests_on"]["plan"] == 1
    assert told["rests_on"]["known_at"] == "2016-10-20T08:40:00+03:00"
    assert (told["rests_on"]["records"], told["rests_on"]["lost"]) == (2, [])
    assert [one["at"] for one in told["steps"]] == ["2016-10-20T08:40:00+03:00"]


def test_what_is_no_run_and_a_moment_of_no_run_are_refused(
    day: Path, files: tuple[str, str], capsys: Capture
) -> None:
    assert main(["abort", files[0]]) == 1
    assert "must be the folder of a run" in capsys.readouterr().err
    assert main(["abort", *files, "--now", AT]) == 2
    assert "--now" in capsys.readouterr().err
    assert main(["abort", str(day), "--now", "noon"]) == 2
    assert "must be a moment to the second" in capsys.readouterr().err


def test_an_encrypted_run_is_opened_with_its_passphrase(
    files: tuple[str, str], tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLEARWAY_PASSPHRASE", raising=False)
    secret = tmp_path / "secret"
    secret.write_text("a passphrase of some length\n", "utf-8")
    start_run(
        Path(files[0]), Path(files[1]), tmp_path / "run", at_hour(7), secret.read_text().strip()
    )
    words = ["drill", str(tmp_path / "run"), "--at", "2016-10-20T07:30"]
    assert main(words) == 1
    assert "passphrase is needed" in capsys.readouterr().err
    assert main([*words, "--passphrase-file", str(secret)]) == 0
    assert "By plan 1 of this pause" in capsys.readouterr().out
