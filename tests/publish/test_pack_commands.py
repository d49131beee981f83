"""``clearway pack``, ``check-page`` and ``tally`` as people call them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from clearway.cli import main
from clearway.operate.log.opening import create_log, open_log
from clearway.publish.pack.mark import read_mark
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.seal.keys import create_key
from tests.publish.packs import KEY, picture, ruled, texts, town

Capture = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Desk:
    """A laptop with a scenario, a plan, a key and a log; and where its orders are printed."""

    folder: Path
    plan: Path
    key: Path
    public: str
    log: Path
    out: Path

    def run(self, command: str, *words: str) -> int:
        return main([command, str(self.folder), str(self.plan), *words])

    def pack(self, *words: str) -> int:
        return self.run("pack", "--day", "2016-10-20", "--out", str(self.out), *words)

    def tally(self, form: Path, *words: str) -> int:
        return self.run("tally", str(form), "--day", "2016-10-20", "--log", str(self.log), *words)

    def records(self) -> list[tuple[str, str]]:
        log = open_log(self.log)
        try:
            return [(one.event.kind, one.event.at.isoformat()) for one in log.records()]
        finally:
            log.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    scenario, plan = town()
    write_scenario(scenario, tmp_path / "town")
    (tmp_path / "plan.json").write_text(plan_to_json(scenario, plan), "utf-8")
    key = create_key(tmp_path / "day.log.key")
    create_log(tmp_path / "day.log", key).close()
    return Desk(
        tmp_path / "town",
        tmp_path / "plan.json",
        tmp_path / "day.log.key",
        key.public.raw.hex(),
        tmp_path / "day.log",
        tmp_path / "out",
    )


def code(pdf: Path, page: int) -> str:
    image = Image.open(io.BytesIO(picture(pdf.read_bytes(), page, 150)))
    told = zxingcpp.read_barcode(np.asarray(image.convert("L")))
    assert told is not None
    return str(told.text)


def test_a_day_is_printed_and_a_second_laptop_verifies_a_page(desk: Desk, capsys: Capture) -> None:
    assert desk.pack("--key", str(desk.key), "--version", "2") == 0
    said = capsys.readouterr().out
    pages = texts((desk.out / "pack.en.pdf").read_bytes())
    assert f"{len(pages)} pages a language" in said
    assert len(texts((desk.out / "pack.ar.pdf").read_bytes())) == len(pages)
    assert len(list((desk.out / "forms").glob("*.csv"))) == 5
    text = code(desk.out / "pack.ar.pdf", 3)
    assert text == code(desk.out / "pack.en.pdf", 3)
    desk.key.unlink()  # the second laptop has the public half alone
    assert desk.run("check-page", "--code", text, "--public", desk.public) == 0
    said = capsys.readouterr().out
    assert "gate/C1/2016-10-20/1: a page of this plan, version 2" in said
    assert "signed by" in said


def test_a_code_may_come_from_a_scanner(
    desk: Desk, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.pack("--lang", "en") == 0
    assert not (desk.out / "pack.ar.pdf").exists()
    assert "signed by nobody" in capsys.readouterr().out
    text = code(desk.out / "pack.en.pdf", 1)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))
    assert desk.run("check-page") == 0
    assert "not looked at" in capsys.readouterr().out
    assert desk.run("check-page", "--code", text, "--public", desk.public) == 2
    assert "nobody signed this page" in capsys.readouterr().err


def test_a_page_of_another_plan_or_key_is_named(desk: Desk, capsys: Capture) -> None:
    assert desk.pack("--lang", "en", "--key", str(desk.key)) == 0
    text = code(desk.out / "pack.en.pdf", 3)
    scenario, plan = town()
    desk.plan.write_text(plan_to_json(scenario, ruled(plan, scenario)), "utf-8")
    assert desk.run("check-page", "--code", text) == 2
    said = capsys.readouterr().err
    assert "plan" in said
    assert "content" in said
    other = KEY.public.raw.hex()
    assert desk.run("check-page", "--code", text, "--public", other) == 2
    assert f"must be {KEY.fingerprint}" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "https://example.org", "CLEARWAY1|a|1|b|c|d|e", "x" * 5000])
def test_other_codes_are_refused_in_one_line(desk: Desk, capsys: Capture, text: str) -> None:
    assert desk.run("check-page", "--code", text) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_a_public_key_that_is_none_is_refused(desk: Desk, capsys: Capture) -> None:
    assert desk.pack("--lang", "en") == 0
    text = code(desk.out / "pack.en.pdf", 1)
    capsys.readouterr()
    assert desk.run("check-page", "--code", text, "--public", "beef") == 1
    assert "not a public key" in capsys.readouterr().err


def test_a_filled_form_goes_into_the_log_once(desk: Desk, capsys: Capture) -> None:
    assert desk.pack("--lang", "en") == 0
    form = desk.out / "forms" / "tally-counts.csv"
    _fill(form, {0: "12", 1: "40"})
    assert desk.tally(form) == 0
    assert "2 records, 0 were there" in capsys.readouterr().out
    assert [kind for kind, _ in desk.records()] == ["count", "count"]
    assert desk.tally(form) == 0
    assert "0 records, 2 were there" in capsys.readouterr().out
    assert len(desk.records()) == 2


def test_nothing_is_written_unless_the_whole_form_is_right(desk: Desk, capsys: Capture) -> None:
    assert desk.pack("--lang", "en") == 0
    form = desk.out / "forms" / "tally-counts.csv"
    _fill(form, {0: "12", 1: "forty", 3: "-1"})
    assert desk.tally(form) == 2
    said = capsys.readouterr().err
    assert "tally-counts.csv:3: persons = forty" in said
    assert "tally-counts.csv:5: persons = -1" in said
    assert desk.records() == []


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\x00" * 10, b""])
def test_a_broken_form_is_refused(desk: Desk, tmp_path: Path, capsys: Capture, raw: bytes) -> None:
    form = tmp_path / "broken.csv"
    form.write_bytes(raw)
    assert desk.tally(form) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert desk.records() == []


def test_a_form_that_is_not_there_is_said_to_be_so(desk: Desk, capsys: Capture) -> None:
    assert desk.tally(desk.out / "none.csv") == 1
    assert "none.csv" in capsys.readouterr().err


def test_a_day_without_windows_prints_nothing(desk: Desk, capsys: Capture) -> None:
    assert desk.run("pack", "--day", "2016-10-25", "--out", str(desk.out)) == 2
    assert "2016-10-20, 2016-10-21" in capsys.readouterr().err
    assert not desk.out.exists()


@pytest.mark.parametrize(
    "words", [("--day", "20.10."), ("--day", "2016-10-20", "--version", "0"), ()]
)
def test_arguments_that_say_nothing_are_refused(desk: Desk, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        desk.run("pack", "--out", str(desk.out), *words)
    assert caught.value.code == 2


def test_orders_are_printed_again_over_the_old_ones(desk: Desk, capsys: Capture) -> None:
    assert desk.pack("--lang", "en", "--version", "1") == 0
    assert desk.pack("--lang", "en", "--version", "2") == 0
    assert capsys.readouterr().err == ""
    assert read_mark(code(desk.out / "pack.en.pdf", 1)).version == 2
    assert {one.name for one in desk.out.iterdir()} == {"pack.en.pdf", "forms"}


def _fill(form: Path, counts: dict[int, str]) -> None:
    rows = list(csv.reader(io.StringIO(form.read_text("utf-8"))))
    for at, count in counts.items():
        rows[at + 1][-1] = count
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    form.write_text(file.getvalue(), "utf-8")
