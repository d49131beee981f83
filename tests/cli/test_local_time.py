"""Moments as people write them, local wherever a scenario is at hand, in every command."""

from __future__ import annotations

import json
import resource
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.cli import main
from clearway.cli.local_time import moment, moment_or_now, zone_in, zone_of
from clearway.errors import LogError, ScenarioError
from clearway.operate.log.opening import open_log
from clearway.operate.run_folder import start_run
from tests.operate.runs import NOW, Run, make_run

Capture = pytest.CaptureFixture[str]
SECRET = "correct horse battery"  # noqa: S105 - of a test
DAMASCUS = ZoneInfo("Asia/Damascus")
ANY = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001 - local
    lambda one: one.replace(microsecond=0)
)


def damascus() -> str:
    return "Asia/Damascus"


def nowhere() -> None:
    return None


def never() -> str:
    raise AssertionError("nobody asked for a zone")


@given(ANY)
def test_a_moment_is_the_same_however_it_is_written(local: datetime) -> None:
    there = local.replace(tzinfo=DAMASCUS)
    for zone in (UTC, DAMASCUS):
        shown = there.astimezone(zone).isoformat()
        assert moment(shown, "--at", never) == there
    twice = there.utcoffset() != there.replace(fold=1).utcoffset()
    if twice:
        with pytest.raises(ScenarioError, match="add its zone"):
            moment(local.isoformat(), "--at", damascus)
    else:
        told = moment(local.isoformat(), "--at", damascus)
        assert (told, told.utcoffset()) == (there, there.utcoffset())


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2016-10-20T11:20", "with its zone, such as 2016-10-20T11:20+03:00: no scenario is at"),
        ("2016-10-20 11:20:30", "no scenario is at hand whose local time it could be"),
        ("2016-10-20", "to the second, such as 2016-10-20T11:20"),
        ("20161020", "to the second"),
        ("11:20", "to the second"),
        ("", "to the second"),
        ("2016-10-20T11:20:00.5Z", "to the second"),
        ("0001-01-01T00:00:00+14:00", "to the second"),
        ("now", "to the second"),
    ],
)
def test_what_is_no_moment_is_told_with_its_field_and_an_example(text: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as told:
        moment(text, "--expires", nowhere)
    (breach,) = told.value.breaches
    assert (breach.field, breach.value) == ("--expires", text)
    assert rule in breach.rule
    assert "2016-10-20T11:20" in breach.rule


@pytest.mark.parametrize("text", ["2016-10-27T23:30", "2016-03-25T00:30"])
def test_an_hour_that_is_twice_or_never_wants_its_zone(text: str) -> None:
    with pytest.raises(ScenarioError, match="clocks change"):
        moment(text, "--now", damascus)
    assert moment(f"{text}+03:00", "--now", damascus).utcoffset() == timedelta(hours=3)


def test_without_a_text_it_is_now() -> None:
    before = datetime.now(UTC)
    assert before <= moment_or_now(None, "--now", never) <= datetime.now(UTC)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a run on the disk; core files stay as they are in this process."""
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.delenv("CLEARWAY_PASSPHRASE", raising=False)
    return make_run(tmp_path)


def test_the_zone_is_that_of_the_only_scenario_in_sight(run: Run, tmp_path: Path) -> None:
    start_run(run.folder, run.plan, tmp_path / "clear", NOW, None)
    start_run(run.folder, run.plan, tmp_path / "sealed", NOW, SECRET)
    for folder in (run.folder, tmp_path / "clear"):
        assert zone_of([tmp_path / "none", folder], never) == "Asia/Damascus"
    assert zone_of([tmp_path / "sealed"], lambda: SECRET) == "Asia/Damascus"
    with pytest.raises(LogError, match="the passphrase its own"):
        zone_of([tmp_path / "sealed"], lambda: "another one of many letters")
    table = (run.folder / "scenario.toml").read_bytes()
    other = table.replace(b"Asia/Damascus", b"Asia/Beirut")
    assert zone_in({"town/scenario.toml": table, "b/scenario.toml": table}) == "Asia/Damascus"
    assert zone_in({"town/scenario.toml": table, "b/scenario.toml": other}) is None
    assert zone_in({"town/plan.toml": table}) is None
    for bad in (b"Nowhere/At_all", b"../../etc/passwd", b'" + 1'):
        assert zone_in({"scenario.toml": table.replace(b"Asia/Damascus", bad)}) is None
    for wrong in (b"timezone = 3", b"\xff\xfe", b"", b"a = [" * 5000):
        assert zone_in({"scenario.toml": wrong}) is None


def told(log: Path, secret: str | None = None) -> list[tuple[datetime, dict[str, object]]]:
    with closing(open_log(log, None, secret)) as opened:
        return [(one.event.at, dict(one.event.about)) for one in opened.records()]


@pytest.mark.parametrize("secret", [None, SECRET], ids=["clear", "encrypted"])
def test_the_log_of_a_run_takes_local_time(
    run: Run, tmp_path: Path, secret: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if secret is not None:
        monkeypatch.setenv("CLEARWAY_PASSPHRASE", secret)
    start_run(run.folder, run.plan, tmp_path / "day", NOW, secret)
    log = tmp_path / "day" / "log.db"
    words = ["log", "append", str(log), "window", "--at", "2016-10-20T08:10", "corridor=C1"]
    words += ["day=2016-10-20", "state=opened"]
    assert main([*words, "opens=2016-10-20T08:10", "closes=2016-10-20T16:00+00:00"]) == 0
    ((at, about),) = [one for one in told(log, secret) if "opens" in one[1]]
    assert at.isoformat() == "2016-10-20T08:10:00+03:00"
    assert about["opens"] == "2016-10-20T08:10:00+03:00"
    assert about["closes"] == "2016-10-20T16:00:00+00:00"
    # A date is no moment, and stays what it is.
    assert about["day"] == "2016-10-20"


def test_a_log_alone_demands_a_zone_and_says_how(run: Run, tmp_path: Path, capsys: Capture) -> None:
    bare = str(tmp_path / "bare.db")
    assert main(["log", "init", bare]) == 0
    about = ["count", "corridor=C1", "persons=3", "until=2016-10-20T08:30:00+03:00"]
    assert main(["log", "append", bare, *about, "since=2016-10-20T08:15"]) == 2
    said = capsys.readouterr().err
    assert "since = 2016-10-20T08:15: must be a moment with its zone" in said
    assert "such as 2016-10-20T11:20+03:00" in said
    assert told(Path(bare)) == []
    zoned = [*about, "since=2016-10-20T08:15+03:00", "--at", "2016-10-20T08:31+03:00"]
    assert main(["log", "append", bare, *zoned]) == 0
    assert told(Path(bare))[0][1]["since"] == "2016-10-20T08:15:00+03:00"
    # A moment that may be missing may be missing.
    maybe = ["decision", "id=1", "text=wait", "alternatives=go", "role=lead", "review=null"]
    assert main(["log", "append", bare, *maybe]) == 0
    assert told(Path(bare))[1][1]["review"] is None
    assert run.log.exists()


def test_bundles_take_local_time_where_a_scenario_is_named(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "p.zip"
    words = ["release", str(run.folder), "--profile", "public", "--to", "Everybody"]
    words += ["--key", str(run.key), "--out", str(out), "--log", str(run.log)]
    assert main([*words, "--now", "2016-10-20T12:00", "--expires", "2016-10-27T12:00"]) == 0
    assert "until 2016-10-27 12:00 UTC+03:00" in capsys.readouterr().out
    (at, about) = told(run.log)[-1]
    assert (at, about["expires"]) == (NOW, "2016-10-27T12:00:00+03:00")
    signer = ("--signer", run.writer.fingerprint)
    assert main(["verify", str(out), *signer, "--now", "2016-10-20T12:00"]) == 2
    assert "--now = 2016-10-20T12:00: must be a moment with its zone" in capsys.readouterr().err
    # The scenario is in the bundle: once that is open, its local time is known.
    full, again = tmp_path / "full.zip", tmp_path / "again.zip"
    whole = ["bundle", str(run.folder), str(run.plan), "--to", "A", "--in-the-clear"]
    assert main([*whole, "--key", str(run.key), "--out", str(full), "--now", NOW.isoformat()]) == 0
    capsys.readouterr()
    words = ["release", str(full), "--profile", "public", "--to", "B", "--key", str(run.key)]
    words += ["--out", str(again), "--now", NOW.isoformat(), "--expires", "2016-10-30T12:00"]
    assert main([*words, *signer]) == 0
    assert "until 2016-10-30 12:00 UTC+02:00" in capsys.readouterr().out


def test_what_is_kept_is_looked_at_in_local_time_of_the_run(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    start_run(run.folder, run.plan, tmp_path / "day", NOW, None)
    assert main(["retention", str(tmp_path / "day"), "--now", "2016-10-20T12:00"]) == 0
    assert main(["retention", str(run.plan.parent), "--now", "2016-10-20T12:00"]) == 2
    assert "no scenario is at hand" in capsys.readouterr().err


def test_a_watermark_tells_the_zone_of_its_date(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "in"
    words = ["release", str(run.folder), "--profile", "public", "--to", "Everybody"]
    words += ["--key", str(run.key), "--out", str(tmp_path / "p.zip"), "--now", NOW.isoformat()]
    assert main([*words, "--expires", "2016-10-21T00:00Z"]) == 0
    signer = ("--signer", run.writer.fingerprint, "--now", NOW.isoformat())
    assert main(["open", str(tmp_path / "p.zip"), "--out", str(out), *signer]) == 0
    mark = json.loads((out / "release.json").read_text())["release"]
    assert mark["moment"] == "2016-10-21 03:00 UTC+03:00"
    assert "2016-10-21 03:00 UTC+03:00" in mark["watermark"]["en"]
    for lang in ("en", "ar"):
        assert "2016-10-21 03:00 UTC+03:00" in (out / f"release.{lang}.html").read_text()
    # Without a scenario among the files, the date is told in UTC, and says so.
    bare = ["bundle", str(run.plan), "--to", "A", "--in-the-clear", "--key", str(run.key)]
    bare += ["--out", str(tmp_path / "b.zip"), "--now", NOW.isoformat()]
    assert main(bare) == 0
    assert main(["open", str(tmp_path / "b.zip"), "--out", str(tmp_path / "b"), *signer]) == 0
    assert "2016-11-03 09:00 UTC " in (tmp_path / "b" / "RELEASE.txt").read_text()
