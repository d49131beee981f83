"""A day from its start to its release: one set of ids, hashes and numbers, whoever tells them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from clearway.operate.run_folder import add_plan, open_run
from clearway.publish.pack.mark import Mark, read_mark
from clearway.publish.pack.pack import plan_hash
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario
from clearway.seal.canonical import canonical, digest
from clearway.seal.keys import load_key
from tests.operate.a_day import DAY, LATER, MOMENTS, Laptop, at, at_the_gate, begun, undisturbed
from tests.publish.packs import picture, texts
from tests.scenarios import at_hour


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """Return the laptop of the operations room after two logs were merged, each into the other."""
    with undisturbed():
        desk = begun(tmp_path_factory.mktemp("day"))
        at_the_gate(desk)
        logs = desk.place / "run" / "log.db", desk.place / "gate.db"
        desk.run("log", "merge", *logs)
        desk.run("log", "merge", *reversed(logs))
        yield desk


@pytest.fixture(scope="module")
def bundled(desk: Laptop) -> tuple[Path, str]:
    """Return the file in which run and pack were handed on in the clear, and what was said."""
    out = desk.place / "day.zip"
    words = ("--to", "Headquarters", "--in-the-clear", "--now", LATER, "--out", out)
    return out, desk.run("bundle", desk.place / "run", desk.place / "pack", *words)


def asked(desk: Laptop, clock: str, *more: object) -> Any:
    return desk.asked("status", desk.place / "run", "--now", f"{DAY}T{clock}", *more)


def who(told: Any, place: str) -> int:
    return sum(one["where"][place]["persons"] for one in told["people"])


def marks(desk: Laptop) -> list[Mark]:
    """Return what the codes of three pages of the printed pack say."""
    pdf = (desk.place / "pack" / "pack.en.pdf").read_bytes()
    found = []
    for page in (1, 5, 9):
        image = Image.open(io.BytesIO(picture(pdf, page, 150))).convert("L")
        told = zxingcpp.read_barcode(np.asarray(image))
        assert told is not None
        found.append(read_mark(told.text))
    return found


def test_two_laptops_hold_the_same_records_and_say_the_same(desk: Laptop) -> None:
    one, other = (
        {record.hash for record in desk.records(log)} for log in ("run/log.db", "gate.db")
    )
    assert one == other
    assert len({record.writer for record in desk.records("gate.db")}) == 2
    for clock in ("08:40", "09:05"):
        assert asked(desk, clock) == asked(desk, clock, "--log", desk.place / "gate.db")


def test_what_they_told_otherwise_is_said_by_every_command(desk: Laptop) -> None:
    run = desk.place / "run"
    for words in (("status", run, "--now", LATER), ("ledger", run, "--now", LATER)):
        assert "conflict: " in desk.run(*words)
    assert "conflict (open)" in desk.run("log", "show", run / "log.db")


def test_nobody_is_lost_or_counted_twice_at_any_moment(desk: Laptop) -> None:
    places = ("home", "under_way", "corridor", "out", "turned")
    plan = open_run(desk.place / "run").plan(at_hour(8))
    stories = [asked(desk, clock) for clock in MOMENTS]
    for told in stories:
        assert sum(who(told, place) for place in places) == plan.willing_persons == 264
        assert {one["code"] for one in told["cases"]} == {"P1", "P2", "P3", "P4", "P5"}
    outs = [who(told, "out") for told in stories]
    assert all(one <= two for one, two in pairwise(outs))
    assert outs[1] == 0
    assert outs[-1] > outs[3] > 0


def test_gates_say_what_was_told_of_them(desk: Laptop) -> None:
    phases = {clock: asked(desk, clock)["gates"][0]["phase"] for clock in MOMENTS}
    assert phases["07:50"] == "announced"
    assert phases["08:10"] == "not open yet"
    assert phases["08:40"] == "open"
    assert phases["09:22"] == "stopped"
    assert phases["09:40"] == "open"
    assert asked(desk, "08:40")["gates"][0]["opens_s"] == 1200


def test_trips_have_one_number_on_paper_in_the_log_and_in_the_state(desk: Laptop) -> None:
    ambulance = [
        record.event.about
        for record in desk.records("run/log.db")
        if record.event.kind == "vehicle" and record.event.about["vehicle"] == "amb-02"
    ]
    assert [(one["trip"], one["state"]) for one in ambulance] == [
        (1, "gate in"),
        (1, "boarded"),
        (1, "gate out"),
    ]
    (state,) = (one for one in asked(desk, "08:33:30")["vehicles"] if one["vehicle"] == "amb-02")
    assert (state["trip"], state["told"], state["place"]) == (1, True, "inside")
    assert state["patients"] == ["P2", "P5"]
    pdf = (desk.place / "pack" / "pack.en.pdf").read_bytes()
    (sheet,) = (one for one in texts(pdf) if "Trips of vehicle amb-02" in one)
    assert "Page tally-trips/amb-02/2016-10-20/1" in sheet
    forms = desk.place / "pack" / "forms" / "tally-trips.csv"
    rows = [one.split(",")[1:3] for one in forms.read_text("utf-8").splitlines()[1:]]
    assert rows[:2] == [[f"tally-trips/bus-01/{DAY}/1", "1"], [f"tally-trips/bus-01/{DAY}/1", "2"]]


def test_a_lost_vehicle_fetches_nobody_more(desk: Laptop) -> None:
    before, after = asked(desk, "08:40"), asked(desk, "13:00")
    assert (before["lost"], after["lost"]) == ([], ["bus-01"])
    (bus,) = (one for one in after["vehicles"] if one["vehicle"] == "bus-01")
    assert (bus["place"], bus["told"]) == ("lost", True)
    assert who(after, "out") + who(after, "home") + who(after, "under_way") == 264
    assert who(after, "out") < 264
    assert "bus-01" in desk.run("status", desk.place / "run", "--now", f"{DAY}T09:40")


def test_patients_are_as_the_log_has_them_beside_the_plan(desk: Laptop) -> None:
    cases = {one["code"]: one for one in asked(desk, "11:00")["cases"]}
    assert [span["state"] for span in cases["P2"]["spans"]] == ["listed", "moved"]
    assert cases["P2"]["spans"][-1]["since_s"] == 50 * 60
    assert cases["P1"]["spans"][-1]["state"] == "listed"
    early = {one["code"]: one["spans"] for one in asked(desk, "08:40")["cases"]}
    assert [span["state"] for span in early["P2"]] == ["listed"]


def test_a_count_of_the_form_stands_at_its_quarter_of_an_hour(desk: Laptop) -> None:
    (count,) = asked(desk, "09:40")["counts"]
    assert (count["since_s"], count["until_s"], count["counted"]) == (1800, 2700, 61)
    told = desk.run("status", desk.place / "run", "--now", f"{DAY}T09:40")
    assert re.search(r"C1 +08:30 +08:45 +61 ", told)


def test_the_ledger_has_the_window_as_it_was_opened(desk: Laptop) -> None:
    found = desk.asked("ledger", desk.place / "run", "--now", f"{DAY}T09:00")
    assert [one["opens"] for one in found["windows"]] == [at("08:20"), "2016-10-21T08:00:00+03:00"]
    assert [one["agreed"] for one in found["windows"]] == [False, False]
    early = desk.asked("ledger", desk.place / "run", "--now", f"{DAY}T08:00")
    assert early["windows"][0]["opens"] == at("08:00")


def test_one_plan_has_one_hash_in_log_file_page_code_and_bundle(
    desk: Laptop, bundled: tuple[Path, str]
) -> None:
    (told,) = (one.event.about for one in desk.records("gate.db") if one.event.kind == "plan")
    run = open_run(desk.place / "run")
    assert plan_hash(run.scenario, run.plan(at_hour(9))) == told["plan"]
    assert {(mark.plan, mark.version) for mark in marks(desk)} == {(told["plan"], 1)}
    first = (desk.place / "pack" / "forms" / "tally-trips.csv").read_text().splitlines()[1]
    assert first.split(",")[0] == told["plan"][:12]
    with zipfile.ZipFile(bundled[0]) as file:
        plan = json.loads(file.read("plans/plan-1.json"))
        names = [one for one in file.namelist() if one.startswith("scenario/")]
        parts = {one.removeprefix("scenario/"): digest(file.read(one)) for one in names}
        manifest = json.loads(file.read("manifest.json"))
        listed = {one["name"]: one["sha256"] for one in manifest["files"]}
        assert listed["plans/plan-1.json"] == digest(file.read("plans/plan-1.json"))
    assert digest(canonical(plan)) == told["plan"]
    assert digest(canonical(parts)) == told["scenario"] == run.scenario_hash


def test_every_page_is_of_the_writer_whose_chain_is_in_the_log(desk: Laptop) -> None:
    writer = load_key(desk.place / "gate.db.key")
    assert {mark.writer for mark in marks(desk)} == {writer.fingerprint}
    assert writer.fingerprint in {one.writer for one in desk.records("run/log.db")}
    words = (desk.place / "run" / "scenario", desk.place / "run" / "plans" / "plan-1.json")
    key = ("--public", writer.public.raw.hex())
    for mark in marks(desk):
        assert "a page of this plan, version 1" in desk.run(
            "check-page", *words, "--code", mark.text, *key
        )
    other = load_key(desk.place / "run" / "log.db.key").public.raw.hex()
    wrong = ("--code", marks(desk)[0].text, "--public", other)
    assert "the key at hand" in desk.run("check-page", *words, *wrong, code=2)


def test_what_was_bundled_opens_to_the_same_files_and_the_same_log(
    desk: Laptop, bundled: tuple[Path, str]
) -> None:
    out, said = bundled
    opened, key = desk.place / "opened", load_key(desk.place / "run" / "log.db.key")
    known = ("--signer", key.fingerprint, "--now", LATER)
    assert "unknown signer" in desk.run("verify", out, "--now", LATER, code=1)
    assert f"signed by {key.fingerprint}" in desk.run("verify", out, *known)
    desk.run("open", out, "--out", opened, *known)
    for name in ("run/plans/plan-1.json", "run/scenario/scenario.toml", "pack/pack.ar.pdf"):
        theirs = opened / name.removeprefix("run/")
        assert theirs.read_bytes() == (desk.place / name).read_bytes()
    desk.run("judge", opened / "scenario", opened / "plans" / "plan-1.json")
    assert "no fault" in desk.run("log", "verify", opened / "log.jsonl")
    assert not list(opened.rglob("*.key"))
    # What is handed over names everything but its own handing over, which only the log can.
    held = {one.hash: one.event for one in desk.records("run/log.db")}
    lines = (opened / "log.jsonl").read_text("utf-8").splitlines()
    told = {json.loads(line).get("hash") for line in lines}
    last = [event for name, event in held.items() if name not in told]
    assert [event.kind for event in last] == ["release"] * len(last)
    assert digest(out.read_bytes()) in {event.about["file"] for event in last}
    assert digest(out.read_bytes()) in said


def test_the_register_and_the_log_tell_of_each_release(desk: Laptop) -> None:
    run, out = desk.place / "run", desk.place / "public.zip"
    words = ("--profile", "public", "--to", "Everybody", "--out", out, "--now", LATER)
    said = desk.run("release", run, *words)
    hashed = digest(out.read_bytes())
    assert hashed in said
    register = desk.run("retention", run, "--now", LATER)
    assert re.search(rf"held +public .* Everybody {hashed[:16]}", register)
    late = desk.run("retention", run, "--now", "2017-10-20T10:00+03:00")
    assert re.search(rf"overdue +public .* Everybody {hashed[:16]}", late)
    with zipfile.ZipFile(out) as file:
        everything = b"".join(file.read(name) for name in file.namelist())
    assert not re.search(rb"\bP[1-5]\b|amb-0|Shots were heard", everything)


def test_an_abort_names_those_whom_the_plan_has_on_their_way(desk: Laptop) -> None:
    run, out = desk.place / "run", desk.place / "abort.json"
    parts = (run / "scenario", run / "plans" / "plan-1.json")
    said = desk.run("abort", *parts, "--at", f"{DAY}T08:10", "--out", out)
    assert desk.run("abort", *parts, "--at", at("08:10")) == said
    told = [int(one.replace(",", "")) for one in re.findall(r": ([0-9,]+) people", said)]
    under_way, on, back, *orders = told
    assert abs(under_way - on - back) <= 1  # each is rounded by itself
    assert abs(under_way - sum(orders)) <= (len(orders) + 1) / 2
    assert under_way > 0
    plan = read_plan(parts[1], read_scenario(parts[0]))
    ids = {move.id for move in plan.movements} | {duty.id for duty in plan.duties} | {"A1"}
    turns = json.loads(out.read_text("utf-8"))["turns"]
    named = {one.get("block") or one.get("vehicle") or one.get("convoy") for one in turns}
    assert named <= ids
    assert {"M1", "M2", f"amb-02 {DAY}"} <= named
    assert {one["trip"] for one in turns if "trip" in one} <= {1, 2}


def test_a_plan_made_anew_is_the_second_of_the_pause_everywhere(desk: Laptop) -> None:
    run, anew = desk.place / "run", desk.place / "anew"
    said = desk.run("replan", run, "--now", f"{DAY}T11:00", "--out", anew)
    assert "judged: no rule is broken" in said
    known, held = read_scenario(anew / "scenario"), open_run(run)
    plan = read_plan(anew / "plan.json", known)
    assert known.start == held.scenario.start
    key = load_key(run / "log.db.key")
    assert add_plan(held, plan, key, at_hour(11)) == 2
    again = open_run(run)
    assert (again.version(at_hour(10.9)), again.version(at_hour(11))) == (1, 2)
    told = [one.event.about for one in again.records if one.event.kind == "plan"]
    assert [one["version"] for one in told] == [1, 2]
    assert told[1]["plan"] == plan_hash(known, plan) == plan_hash(held.scenario, plan)
    assert told[0]["scenario"] == told[1]["scenario"]
    for clock in ("10:59", "11:30"):
        assert (
            sum(
                one["where"][place]["persons"]
                for one in asked(desk, clock)["people"]
                for place in ("home", "under_way", "corridor", "out", "turned")
            )
            == 264
        )
