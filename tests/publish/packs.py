"""Packs of small scenarios and of one with every part, and what can be read off their pages."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from clearway.model.abort import Abort
from clearway.model.agreement import Contact
from clearway.model.corridor import GateChange
from clearway.model.facts import Estimate, Text
from clearway.model.plan import Plan
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.model.shelter import Shelter
from clearway.operate.abort import abort
from clearway.publish.pack.day import only
from clearway.publish.pack.pack import Pack, pack
from clearway.publish.pack.press import document, press
from clearway.seal.keys import WriterKey
from tests.judge.sound import sound

DAY: Final = date(2016, 10, 20)
NEXT: Final = date(2016, 10, 21)
KEY: Final = WriterKey.from_seed(bytes(range(32)))
OTHER_KEY: Final = WriterKey.from_seed(bytes(32))
#: Marks of direction, which say how a text is laid out and are not read.
MARKS: Final = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
)


@cache
def town() -> tuple[Scenario, Plan]:
    """Return two zones, a bus, ambulances, patients and a convoy, with shelters and contacts."""
    scenario, plan = sound("aid_in")
    many = Estimate(500.0, 500.0, 500.0, "assumed: for tests")
    shelter = Shelter("S1", Text("School", "مدرسة"), scenario.zones[0].node, many)
    contacts = tuple(
        Contact(
            party=Text("Local authorities", "السلطات المحلية"),
            level=level,
            corridors=corridors,
            role=Text("Duty officer", "ضابط مناوب"),
            channel="VHF 7",
            backup="+963 21 555 0100",
            if_lost=Text("Nobody more is called after 11:20", "لا يُنادى على أحد بعد 11:20"),
            source="assumed: for tests",
        )
        for level, corridors in (("headquarters", ()), ("gate", ("C1",)))
    )
    opens = scenario.windows[0].opens
    slow = GateChange("C1", opens, opens + timedelta(minutes=45), 0.5, 1.0, "assumed: for tests")
    agreement = replace(scenario.agreement, contacts=contacts)
    return scenario.replace(shelters=(shelter,), agreement=agreement, changes=(slow,)), plan


def ruled(plan: Plan, scenario: Scenario) -> Plan:
    """Return ``plan`` with rules: numbers that no scenario has by chance."""
    last = tuple(600.0 + 60 * row for row in range(len(scenario.groups)))
    gate = GateRule(
        corridor="C1",
        hold_queue_persons=37.9,
        hold_called_persons=111.0,
        open_persons=73.0,
        last_entry_s=last,
        turn_m=123.4,
        last_entry_recheck_s=tuple(one + 300 for one in last),
        open_recheck_persons=19.0,
    )
    keys = sorted({(one.zone, one.group, one.corridor) for one in plan.movements})
    departures = tuple(LastDeparture(*key, 1830.0) for key in keys)
    return plan.replace(rules=Rules(0.01, (gate,), departures))


@cache
def cards() -> Abort:
    """Return what everybody in the town does if all stops on the first day."""
    scenario, plan = town()
    return abort(scenario, only(scenario, plan, DAY))


@cache
def packed() -> Pack:
    """Return the town's pack of the first day, with abort cards."""
    return pack(*town(), DAY, version=3, abort=cards())


@cache
def printed() -> dict[str, bytes]:
    """Return it as PDF in both languages, signed."""
    return press(packed(), ("en", "ar"), KEY)


def page_lines(page: str, lang: str) -> tuple[str, ...]:
    """Return what a page of the town says: cells with bars, six rows of each table at most."""
    told = dict(zip(packed().by_id, document(packed(), lang)["pages"], strict=True))[page]
    return tuple(line for block in told["blocks"] for line in _lines(block))


def _lines(block: dict[str, Any]) -> list[str]:
    if block["kind"] == "table":
        return [_line(row) for row in ([block["title"]], block["head"], *block["rows"][:6])]
    if block["kind"] == "pairs":
        return [_line(row) for row in block["rows"]]
    if block["kind"] == "lines":
        return [_line([text]) for text in block["texts"] if text]
    return [_line([block["text"]])]


def _line(cells: list[str]) -> str:
    return " | ".join(cells).translate(MARKS).replace("\N{NO-BREAK SPACE}", " ")


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters on a page, with its box in points from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def texts(pdf: bytes, layout: str = "-layout") -> list[str]:
    """Return the text of each page, without marks of direction."""
    told = _poppler(["pdftotext", layout, "-enc", "UTF-8", "in.pdf", "out"], pdf, "out")
    return [page.translate(MARKS) for page in told.decode().split("\f")[:-1]]


def boxes(pdf: bytes) -> list[list[Word]]:
    """Return every word of each page."""
    told = _poppler(["pdftotext", "-bbox", "in.pdf", "out"], pdf, "out").decode()
    pattern = re.compile(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
    )
    pages = []
    for page in told.split("<page ")[1:]:
        found = []
        for left, top, right, bottom, text in pattern.findall(page):
            spot = (float(left), float(top), float(right), float(bottom))
            found.append(Word(text.translate(MARKS), *spot))
        pages.append(found)
    return pages


def picture(pdf: bytes, page: int, dpi: int) -> bytes:
    """Return one page as PNG."""
    number = str(page)
    command = ["pdftoppm", "-r", str(dpi), "-png", "-singlefile", "-f", number]
    return _poppler([*command, "-l", number, "in.pdf", "out"], pdf, "out.png")


def _poppler(command: list[str], pdf: bytes, result: str) -> bytes:
    with TemporaryDirectory() as folder:
        (Path(folder) / "in.pdf").write_bytes(pdf)
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return (Path(folder) / result).read_bytes()
