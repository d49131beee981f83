"""One day walked through as on a laptop in the field: every step is a command, and all is kept."""

from __future__ import annotations

import csv
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from clearway.cli.entry import main
from clearway.cli.passphrase import OTHER_VARIABLE, VARIABLE
from clearway.model.record import Record
from clearway.operate.log.opening import open_log
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from tests.judge.sound import sound
from tests.operate.aborts import with_shelters

DAY, LATER = "2016-10-20", "2016-10-20T10:00:00+03:00"
#: When it is asked who is where: before, late, open, shut, stopped, open again, over, next day.
MOMENTS = ("07:50", "08:10", "08:21", "08:40", "08:55", "09:05", "09:22", "09:40", "11:00", "13:00")


def at(clock: str) -> str:
    """Return a moment of the day as the log takes it."""
    return f"{DAY}T{clock}:00+03:00"


@dataclass
class Laptop:
    """A folder, and what the commands said that were run there."""

    place: Path
    told: list[str] = field(default_factory=list)

    def run(self, *words: object, code: int = 0) -> str:
        """Run a command, which must end with ``code``; return what it wrote to both streams."""
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            found = main([str(one) for one in words])
        said = out.getvalue() + err.getvalue()
        self.told.append(said)
        assert found == code, f"{words}: {said}"
        return said

    def asked(self, *words: object) -> Any:
        """Return what a command says as JSON."""
        out = StringIO()
        with redirect_stdout(out), redirect_stderr(StringIO()):
            assert main([*(str(one) for one in words), "--json"]) == 0
        return json.loads(out.getvalue())

    def append(self, log: str, clock: str, kind: str, *about: str) -> None:
        """Write an event of the day down."""
        self.run("log", "append", self.place / log, kind, *about, "--at", at(clock))

    def records(self, log: str) -> tuple[Record, ...]:
        """Return what a log of this laptop holds."""
        opened = open_log(self.place / log)
        try:
            return opened.records()
        finally:
            opened.close()


def begun(place: Path) -> Laptop:
    """Return a laptop on which the pause was started and its first two hours written down."""
    desk = Laptop(place)
    scenario, plan = sound("aid_in")
    scenario = with_shelters(scenario, (102, 500))
    write_scenario(scenario, place / "town")
    (place / "plan.json").write_text(plan_to_json(scenario, plan), "utf-8")
    out = place / "run"
    desk.run("start", place / "town", place / "plan.json", "--out", out, "--at", f"{DAY}T06:00")
    hours = (f"opens={at('08:20')}", f"closes={at('12:00')}")
    log = "run/log.db"
    desk.append(log, "08:20", "window", "corridor=C1", f"day={DAY}", "state=opened", *hours)
    desk.append(log, "08:45", "vehicle", "vehicle=bus-01", "trip=1", "state=lost")
    desk.append(log, "08:50", "patient", "code=P2", "state=moved")
    desk.append(log, "09:00", "closure", "corridor=C1", "closed=true")
    desk.append(log, "09:10", "closure", "corridor=C1", "closed=false")
    desk.append(log, "09:20", "stop", "corridors=")
    desk.append(log, "09:30", "resume", "corridors=")
    return desk


def at_the_gate(desk: Laptop) -> None:
    """Fill in tally forms on a second laptop, with a log of its own; it saw the gate open."""
    place = desk.place
    desk.run("log", "init", place / "gate.db")
    parts = (place / "run" / "scenario", place / "run" / "plans" / "plan-1.json")
    desk.run("pack", *parts, "--day", DAY, "--out", place / "pack", "--key", place / "gate.db.key")
    tally = ("--day", DAY, "--log", place / "gate.db")
    trips = place / "pack" / "forms" / "tally-trips.csv"
    fill(trips, "amb-02", "1", {"gate in": "08:22", "boarded": "08:33", "gate out": "08:37"})
    desk.run("tally", *parts, trips, *tally)
    counts = place / "pack" / "forms" / "tally-counts.csv"
    fill(counts, "C1", "03", {"persons": "61"})
    desk.run("tally", *parts, counts, *tally)
    desk.append("gate.db", "09:00", "closure", "corridor=C1", "closed=false")
    words = ("text=Shots were heard.", "corridor=C1")
    desk.run(
        *("log", "append", place / "gate.db", "incident", *words),
        *("--at", at("09:01"), "--chain", "monitors"),
    )


def fill(form: Path, about: str, row: str, boxes: dict[str, str]) -> None:
    """Fill in boxes of the row of a form whose page is about something."""
    with form.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    (mine,) = (one for one in rows if about in one[1].split("/") and one[2] == row)
    for box, told in boxes.items():
        mine[head.index(box)] = told
    with form.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


@contextmanager
def undisturbed() -> Iterator[None]:
    """Run commands without a passphrase from outside, and without their limits on this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resource, "setrlimit", lambda *_: None)
        for name in (VARIABLE, OTHER_VARIABLE):
            patch.delenv(name, raising=False)
        yield
