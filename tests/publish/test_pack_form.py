"""Tally sheets that come back: every row becomes an event, or every breach is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.event import CALL_STATES, CASE_STATES, CONVOY_STATES, VEHICLE_STATES, Event
from clearway.publish.pack.form import KEYS, PLAN_DIGITS, events, forms
from clearway.publish.pack.pack import pack
from clearway.publish.pack.tally import BOXES
from tests.publish.packs import DAY, packed, ruled, town

COUNTS, CALLS = "tally-counts.csv", "tally-calls.csv"
TRIPS, CONVOYS, SLIPS = "tally-trips.csv", "tally-convoys.csv", "patient.csv"

Table = list[dict[str, str]]


def table(name: str) -> Table:
    return list(csv.DictReader(io.StringIO(forms(packed())[name])))


def written(rows: Table, delimiter: str = ",") -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def read(rows: Table, name: str = "form.csv") -> tuple[Event, ...]:
    return events(packed(), written(rows), name)


def filled(name: str, row: int = 0, /, **boxes: str) -> Table:
    rows = table(name)
    rows[row] |= {box.replace("_", " "): value for box, value in boxes.items()}
    return rows


def breaches(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ScenarioError) as caught:
        events(packed(), text, "form.csv")
    assert {one.file for one in caught.value.breaches} == {"form.csv"}
    return [(one.row, one.field) for one in caught.value.breaches]


def at(hour: int, minute: int = 0) -> datetime:
    scenario, _ = town()
    return scenario.start.replace(hour=hour, minute=minute)


def test_there_is_a_form_for_every_kind_of_page_that_is_filled_in() -> None:
    assert set(forms(packed())) == {f"{kind}.csv" for kind in BOXES}
    for kind, boxes in BOXES.items():
        rows = table(f"{kind}.csv")
        assert list(rows[0]) == [*KEYS, *boxes]
        pages = {page.id for page in packed().pages if page.kind == kind}
        assert {row["page"] for row in rows} == pages
        assert len({(row["page"], row["row"]) for row in rows}) == len(rows)
        assert {row["plan"] for row in rows} == {packed().plan[:PLAN_DIGITS]}
        assert all(row["printed"] for row in rows)


@pytest.mark.parametrize("name", [COUNTS, CALLS, TRIPS, CONVOYS, SLIPS])
def test_an_empty_form_tells_nothing(name: str) -> None:
    assert events(packed(), forms(packed())[name], name) == ()


def test_a_count_is_of_its_gate_and_minutes() -> None:
    (told,) = read(filled(COUNTS, 1, persons="112"))
    assert (told.kind, told.at) == ("count", at(8, 30))
    assert told.about == {
        "corridor": "C1",
        "since": at(8, 15).isoformat(),
        "until": at(8, 30).isoformat(),
        "persons": 112,
    }


def test_nobody_counted_is_a_count() -> None:
    (told,) = read(filled(COUNTS, persons="0"))
    assert told.about["persons"] == 0


def test_a_call_tells_what_became_of_its_block() -> None:
    rows = filled(CALLS, 1, called="08:02", held="8.07", home="09:40")
    told = read(rows)
    assert [(one.kind, one.about["state"], one.at) for one in told] == [
        ("call", "called", at(8, 2)),
        ("call", "held", at(8, 7)),
        ("call", "home", at(9, 40)),
    ]
    assert {tuple(one.about["movements"]) for one in told} == {(rows[1]["row"],)}


def test_a_trip_tells_where_its_vehicle_is() -> None:
    times = ["08:00", "08:20", "08:55", "09:30", "09:50", "10:10", ""]
    boxes = {
        state.replace(" ", "_"): told for state, told in zip(VEHICLE_STATES, times, strict=True)
    }
    told = read(filled(TRIPS, 0, **boxes))
    assert [one.about["state"] for one in told] == list(VEHICLE_STATES[:-1])
    assert {(one.kind, one.about["vehicle"], one.about["trip"]) for one in told} == {
        ("vehicle", "bus-01", 1)
    }


def test_a_convoy_and_a_slip_are_told_alike() -> None:
    convoy = read(filled(CONVOYS, left="07:30", delivered="10:00"))
    assert [(one.about["convoy"], one.about["state"]) for one in convoy] == [
        ("A1", "left"),
        ("A1", "delivered"),
    ]
    slip = read(filled(SLIPS, moved="09:00", handed_over="10:15", place="H1"))
    assert [(one.about["code"], one.about["state"], one.about["place"]) for one in slip] == [
        ("P1", "moved", "H1"),
        ("P1", "handed over", "H1"),
    ]


def test_an_hour_may_carry_its_date_or_its_zone() -> None:
    told = read(filled(CALLS, called="2016-10-21T00:10"))
    assert told[0].at == at(0, 10).replace(day=21)
    told = read(filled(CALLS, called="2016-10-20 06:10+00:00"))
    assert told[0].at == at(9, 10)


def test_rows_may_be_left_out_moved_and_apart_by_semicolons() -> None:
    rows = filled(COUNTS, 2, persons="7")[::-1]
    one = events(packed(), written(rows), "a")
    assert events(packed(), "\ufeff" + written(rows[-3:], ";"), "b") == one
    assert len(one) == 1


def test_events_stand_by_moment() -> None:
    rows = table(CALLS)
    for row, hour in zip(rows, ("10:00", "08:00", "09:00"), strict=False):
        row["called"] = hour
    moments = [one.at for one in read(rows)]
    assert moments == sorted(moments)
    assert len(moments) == 3


@pytest.mark.parametrize(
    "told", ["25:00", "08:60", "8", "early", "2016-10-20", "08:15:99", "٠٨:١٥"]
)
def test_what_is_no_hour_is_named_with_its_row_and_box(told: str) -> None:
    assert breaches(written(filled(CALLS, 1, called=told))) == [(3, "called")]


@pytest.mark.parametrize("told", ["-1", "1.5", "many", "99999999", "1 000", "٣"])
def test_what_is_no_count_is_named(told: str) -> None:
    assert breaches(written(filled(COUNTS, 1, persons=told))) == [(3, "persons")]


def test_hours_follow_one_another() -> None:
    rows = filled(TRIPS, left="09:00", gate_in="08:00", boarded="08:30", gate_out="10:00")
    assert breaches(written(rows)) == [(2, "gate in")]
    assert breaches(written(filled(SLIPS, moved="10:00", handed_over="09:00"))) == [
        (2, "handed over")
    ]


def test_a_place_without_an_hour_is_named() -> None:
    assert breaches(written(filled(SLIPS, place="H1"))) == [(2, "place")]


def _other_plan(rows: Table) -> None:
    rows[0]["plan"] = "0" * PLAN_DIGITS


def _other_row(rows: Table) -> None:
    rows[0]["row"] = "C9-0001"


def _other_page(rows: Table) -> None:
    rows[0]["page"] = rows[0]["page"].replace("2016-10-20", "2016-10-21")


def _twice(rows: Table) -> None:
    rows[1] = dict(rows[0])


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (_other_plan, [(2, "plan")]),
        (_other_row, [(2, "row")]),
        (_other_page, [(2, "row")]),
        (_twice, [(3, "row")]),
    ],
)
def test_rows_of_other_forms_are_refused(
    spoil: Callable[[Table], None], found: list[tuple[int, str]]
) -> None:
    rows = filled(CALLS, called="08:00")
    spoil(rows)
    assert breaches(written(rows)) == found


def test_every_breach_is_named_at_once() -> None:
    rows = table(CALLS)
    rows[0]["called"], rows[1]["held"], rows[1]["home"] = "x", "y", "z"
    rows[2]["plan"], rows[2]["called"] = "other", "08:00"
    assert breaches(written(rows)) == [(2, "called"), (3, "held"), (3, "home"), (4, "plan")]


@pytest.mark.parametrize(
    "text", ["", "\n", "a,b,c\n1,2,3\n", 'plan,page,row,printed,persons\n"', "plan;page\n"]
)
def test_what_is_no_form_is_refused(text: str) -> None:
    assert breaches(text)[0][0] >= 1


def test_a_row_with_too_many_columns_is_named() -> None:
    text = written(filled(COUNTS, persons="5")).replace(",5\r\n", ",5,6\r\n")
    assert breaches(text) == [(2, "row")]


@given(st.text(max_size=200))
def test_any_text_is_refused_or_tells_nothing(text: str) -> None:
    try:
        told = events(packed(), text, "form.csv")
    except ScenarioError as error:
        assert error.breaches  # noqa: PT017 - most texts are refused
    else:
        assert told == ()


@given(st.data())
def test_a_filled_form_tells_as_many_events_as_boxes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([CALLS, TRIPS, CONVOYS, SLIPS]))
    states: Mapping[str, tuple[str, ...]] = {
        CALLS: CALL_STATES,
        TRIPS: VEHICLE_STATES,
        CONVOYS: CONVOY_STATES,
        SLIPS: CASE_STATES,
    }
    rows = table(name)
    boxes = 0
    for row in rows:
        for order, state in enumerate(states[name]):
            if data.draw(st.booleans()):
                row[state] = f"{8 + order:02d}:30"
                boxes += 1
    told = read(rows)
    assert len(told) == boxes
    assert all(one.at.tzinfo is not None for one in told)


def test_a_form_of_another_plan_tells_nothing_to_this_one() -> None:
    scenario, plan = town()
    other = pack(scenario, ruled(plan, scenario), DAY)
    rows = filled(CALLS, called="08:00")
    with pytest.raises(ScenarioError, match="another plan"):
        events(other, written(rows), "form.csv")
