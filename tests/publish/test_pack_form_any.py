"""Tally forms there and back: whatever is written down is what the log is told, and no more."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.event import Event
from clearway.publish.pack.form import KEYS, events, forms
from clearway.publish.pack.tally import BOXES
from tests.publish.packs import DAY, packed, town

#: Boxes whose hours follow one another, as the log's own states do: written out once more here.
IN_ORDER: Final = {
    "tally-calls": ("called", "turned", "home"),
    "tally-trips": ("left", "gate in", "boarded", "gate out", "arrived", "back"),
    "tally-convoys": ("left", "gate in", "delivered", "gate out", "arrived"),
    "patient": ("listed", "assessed", "consented", "moved", "handed over"),
}
HOURED: Final = tuple(sorted(IN_ORDER))
Row = dict[str, str]
Told = tuple[str, datetime, tuple[tuple[str, Any], ...]]


def table(kind: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(forms(packed())[f"{kind}.csv"])))


def written(rows: list[Row], delimiter: str = ",", end: str = "\n", mark: str = "") -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return mark + file.getvalue()


def plain(told: tuple[Event, ...]) -> list[Told]:
    def flat(value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    return sorted(
        (one.kind, one.at, tuple(sorted((key, flat(value)) for key, value in one.about.items())))
        for one in told
    )


def moment(minutes: int) -> datetime:
    zone = ZoneInfo(town()[0].timezone)
    return datetime(DAY.year, DAY.month, DAY.day, tzinfo=zone) + timedelta(minutes=minutes)


def expected(kind: str, row: Row, state: str, at: datetime) -> Told:
    """Return what a box tells, by the id on the page alone: no fact of the pack is asked."""
    subject = row["page"].split("/")[1]
    about: dict[str, dict[str, Any]] = {
        "tally-calls": {"movements": (row["row"],), "state": state},
        "tally-trips": {"vehicle": subject, "trip": int(row["row"] or 0), "state": state}
        if kind == "tally-trips"
        else {},
        "tally-convoys": {"convoy": subject, "state": state},
        "patient": {"code": subject, "state": state, "place": row.get("place", "")},
    }
    names = {"tally-calls": "call", "tally-trips": "vehicle", "tally-convoys": "convoy"}
    return names.get(kind, kind), at, tuple(sorted(about[kind].items()))


@st.composite
def filled(draw: st.DrawFn) -> tuple[str, list[Row], list[Told]]:
    """Return a form filled as its rules ask, and what it must tell."""
    kind = draw(st.sampled_from(HOURED))
    rows = table(kind)
    wanted = []
    for row in rows:
        if kind == "patient":
            row["place"] = draw(st.sampled_from(("", "H1", "عند البوابة", "R1; tent 2")))
        hours = sorted(draw(st.lists(st.integers(0, 1439), max_size=4)))
        inside = [one for one in BOXES[kind] if one != "place"]
        boxes = draw(st.lists(st.sampled_from(inside), unique=True, max_size=len(hours)))
        rank = {one: place for place, one in enumerate(IN_ORDER[kind])}
        boxes.sort(key=lambda one: rank.get(one, 99))
        if not boxes and kind == "patient":
            row["place"] = ""  # a place stands beside an hour
        for box, minutes in zip(boxes, hours, strict=False):
            at = moment(minutes)
            row[box] = draw(
                st.sampled_from((f"{at:%H:%M}", f"{at:%H.%M}", f" {at.hour}:{at:%M} "))
                | st.just(at.isoformat())
                | st.just(f"{at:%Y-%m-%dT%H:%M}")
            )
            wanted.append(expected(kind, row, box, at))
    return kind, rows, sorted(wanted)


@given(filled())
def test_a_form_comes_back_as_it_was_filled_in(told: tuple[str, list[Row], list[Told]]) -> None:
    _, rows, wanted = told
    assert plain(events(packed(), written(rows), "form.csv")) == wanted


@given(filled(), st.randoms(use_true_random=False), st.sampled_from(",;"))
def test_the_order_of_rows_and_how_they_are_written_tell_nothing(
    told: tuple[str, list[Row], list[Told]], random: Any, delimiter: str
) -> None:
    _, rows, wanted = told
    random.shuffle(rows)
    text = written(rows, delimiter, "\r\n", "\ufeff")
    assert plain(events(packed(), text, "form.csv")) == wanted


@given(filled(), st.data())
def test_two_halves_of_a_form_tell_what_the_whole_does(
    told: tuple[str, list[Row], list[Told]], data: st.DataObject
) -> None:
    _, rows, wanted = told
    first = [row for row in rows if data.draw(st.booleans())]
    second = [row for row in rows if row not in first]
    found = []
    for half in (first, second):
        if half:
            found += plain(events(packed(), written(half), "half.csv"))
    assert sorted(found) == wanted


@given(st.data())
def test_hours_against_their_order_are_refused_and_no_others(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(HOURED))
    rows = table(kind)
    row = rows[data.draw(st.integers(0, len(rows) - 1))]
    boxes = data.draw(st.lists(st.sampled_from(IN_ORDER[kind]), unique=True, min_size=2))
    minutes = {box: data.draw(st.integers(0, 1439)) for box in boxes}
    row |= {box: f"{moment(one):%H:%M}" for box, one in minutes.items()}
    line = 2 + rows.index(row)
    walked = [box for box in IN_ORDER[kind] if box in minutes]
    wrong = [(line, box) for before, box in pairwise(walked) if minutes[box] < minutes[before]]
    if not wrong:
        assert len(events(packed(), written(rows), "form.csv")) == len(boxes)
        return
    with pytest.raises(ScenarioError) as caught:
        events(packed(), written(rows), "form.csv")
    assert [(one.row, one.field) for one in caught.value.breaches] == wrong


@given(st.data())
def test_counts_come_back_row_by_row_and_as_a_sum(data: st.DataObject) -> None:
    rows = table("tally-counts")
    some = data.draw(st.lists(st.integers(0, 10**7), min_size=len(rows), max_size=len(rows)))
    for row, count in zip(rows, some, strict=True):
        row["persons"] = str(count)
    told = events(packed(), written(rows), "counts.csv")
    assert [one.about["persons"] for one in told] == some  # rows stand by their hour already
    assert sum(one.about["persons"] for one in told) == sum(some)
    for row, one in zip(rows, told, strict=True):
        since, until = (datetime.fromisoformat(one.about[key]) for key in ("since", "until"))
        assert f"{since:%H:%M} {until:%H:%M}" == row["printed"]
        assert one.about["corridor"] == row["page"].split("/")[1]
        assert one.at == until > since


@given(st.one_of(st.integers(max_value=-1), st.integers(min_value=10**7 + 1)))
def test_counts_that_no_gate_can_have_are_refused(count: int) -> None:
    rows = table("tally-counts")
    rows[0]["persons"] = str(count)
    with pytest.raises(ScenarioError, match="whole number"):
        events(packed(), written(rows), "counts.csv")


@pytest.mark.parametrize("kind", sorted(BOXES))
def test_a_form_has_each_row_of_its_pages_once_with_empty_boxes(kind: str) -> None:
    rows = table(kind)
    assert list(rows[0]) == [*KEYS, *BOXES[kind]]
    assert all(not row[box] for row in rows for box in BOXES[kind])
    pages = {page.id: page for page in packed().pages if page.kind == kind}
    printed = [
        (page.id, str(row["row"]) if "row" in row else page.subject)
        for page in pages.values()
        for row in (
            [row for part in page.facts["parts"] for row in part["rows"]]
            if "parts" in page.facts
            else [{}]
        )
    ]
    assert [(row["page"], row["row"]) for row in rows] == printed
    assert len(set(printed)) == len(printed)


@given(st.sampled_from(sorted(BOXES)), st.data())
def test_one_wrong_letter_in_a_key_tells_nothing(kind: str, data: st.DataObject) -> None:
    rows = table(kind)
    row = rows[data.draw(st.integers(0, len(rows) - 1))]
    box = BOXES[kind][0]
    row[box] = "12" if kind == "tally-counts" else "08:15"
    key = data.draw(st.sampled_from(("plan", "page", "row")))
    at = data.draw(st.integers(0, len(row[key]) - 1))
    letter = data.draw(st.sampled_from("0123456789abcdef").filter(lambda one: one != row[key][at]))
    row[key] = row[key][:at] + letter + row[key][at + 1 :]
    others = {(one["page"], one["row"]) for one in table(kind)}
    if key != "plan" and (row["page"], row["row"]) in others:
        told = events(packed(), written([row]), "form.csv")  # another row of the same day
        assert len(told) == 1
        return
    with pytest.raises(ScenarioError) as caught:
        events(packed(), written([row]), "form.csv")
    assert {one.field for one in caught.value.breaches} == {"plan" if key == "plan" else "row"}
