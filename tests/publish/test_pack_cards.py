"""Abort cards against the abort that they print: nobody forgotten, nobody told two things."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

from clearway.model.abort import BLOCK, CONVOY, HOME, ON, AbortStep, Mover
from clearway.publish.pack.press import document, pack_words
from tests.publish.packs import DAY, MARKS, cards, packed, town


def card_rows(kind: str, part: str, subject: str = "") -> list[dict[str, Any]]:
    return [
        row
        for page in packed().pages
        if page.kind == kind and subject in ("", page.subject)
        for one in page.facts["parts"]
        if one["part"] == part
        for row in one["rows"]
    ]


def named(goes: int) -> str:
    return {ON: "on", HOME: "home"}.get(goes) or cards().shelters[goes]


def corridors() -> dict[Mover, str]:
    _, plan = town()
    out = {Mover(BLOCK, one.id): one.corridor for one in plan.movements}
    for duty in plan.duties:
        for number, trip in enumerate(duty.trips, start=1):
            out[Mover("vehicle", duty.id, number)] = trip.corridor_out
    for run in plan.convoys:
        for number in (0, 1):
            out[Mover(CONVOY, run.convoy, number)] = run.trip.corridor_out
    return out


def today() -> list[AbortStep]:
    scenario, _ = town()
    return [one for one in cards().steps if scenario.moment(one.at_s).date() == DAY]


def places_of(step: AbortStep, corridor: str) -> tuple[float, float, float, float]:
    """Return persons past the gate, going on, home, and to shelters; one part after another."""
    out, found = corridors(), [0.0, 0.0, 0.0, 0.0]
    for row in range(len(step)):
        mover = cards().movers[int(step.mover[row])]
        if out[mover] != corridor:
            continue
        goes, past = int(step.goes[row]), bool(step.past[row])
        at = 3 if goes >= 0 else 2 if goes == HOME else 0 if past else 1
        found[at] += float(step.persons[row])
    return found[0], found[1], found[2], found[3]


def test_a_gates_card_has_the_most_people_of_each_slot() -> None:
    scenario, _ = town()
    rows = card_rows("abort-gate", "slots")
    assert rows
    for corridor in scenario.corridors:
        for row in card_rows("abort-gate", "slots", corridor.id):
            inside = [one for one in today() if row["from"] <= one.at_s < row["until"]]
            assert inside
            most = [
                max(some) for some in zip(*(places_of(s, corridor.id) for s in inside), strict=True)
            ]
            told = [row[key] for key in ("past", "on", "home", "shelters")]
            assert told == [math.ceil(one - 1e-6) for one in most]


def test_the_sum_of_a_slot_is_never_less_than_who_is_under_way() -> None:
    scenario, _ = town()
    everybody = {one.id: card_rows("abort-gate", "slots", one.id) for one in scenario.corridors}
    for step in today():
        told = 0
        for corridor, rows in everybody.items():
            own = [one for one in rows if one["from"] <= step.at_s < one["until"]]
            held = sum(places_of(step, corridor))
            if own:
                row = own[0]
                told += sum(row[key] for key in ("past", "on", "home", "shelters"))
            else:
                told += math.ceil(held)
        assert told >= float(step.persons.sum()) - 1e-6
        assert step.on + step.back == pytest.approx(float(step.persons.sum()))


def orders() -> dict[tuple[str, int, int], set[str]]:
    """Return where each mover is sent at each moment."""
    found: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    for step in today():
        for order in step.orders:
            mover = cards().movers[order.mover]
            found[mover.id, mover.trip, step.at_s].add(named(order.goes))
    return found


def test_at_every_moment_the_row_that_holds_says_what_the_order_does() -> None:
    """Read the cards as people do: of two rows, the earlier one holds until the next begins."""
    rows: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for kind in ("abort-zone", "abort-vehicle"):
        for row in card_rows(kind, "orders"):
            rows[row["id"], row["trip"]].append(row)
    for (name, trip, at), goes in orders().items():
        own = [one for one in rows[name, trip] if one["from"] <= at]
        assert own, (name, trip, at)
        holds = max(own, key=lambda one: one["from"])
        assert set(holds["goes"]) == goes
        assert at <= holds["until"]


def test_rows_of_one_mover_follow_one_another_and_differ() -> None:
    rows: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for kind in ("abort-zone", "abort-vehicle"):
        for row in card_rows(kind, "orders"):
            rows[row["id"], row["trip"]].append(row)
    for own in rows.values():
        for before, after in pairwise(own):
            assert before["until"] < after["from"]
            assert before["goes"] != after["goes"]
        assert all(one["from"] <= one["until"] for one in own)
        assert all(one["by"] >= one["from"] for one in own)


def test_by_when_is_the_last_of_the_moments_that_a_row_stands_for() -> None:
    for kind in ("abort-zone", "abort-vehicle"):
        for row in card_rows(kind, "orders"):
            latest = max(
                order.by_s
                for step in today()
                if row["from"] <= step.at_s <= row["until"]
                for order in step.orders
                if (cards().movers[order.mover].id, cards().movers[order.mover].trip)
                == (row["id"], row["trip"])
            )
            assert row["by"] == latest


def test_a_turn_back_is_told_in_whole_minutes_never_later() -> None:
    told = {
        (row["id"], row["trip"]): row
        for kind in ("abort-zone", "abort-vehicle")
        for row in card_rows(kind, "turns")
    }
    assert told
    for turn in cards().turns:
        mover = cards().movers[turn.mover]
        row = told.get((mover.id, mover.trip))
        if row is None:
            continue
        assert 0 <= turn.after_s - 60 * row["minutes"] < 60
        assert row["to"] == named(turn.goes)
        lat, lon = map(float, row["place"]["dd"].split(", "))
        assert (lat, lon) == pytest.approx((turn.lat, turn.lon), abs=6e-6)


def test_every_shelter_that_a_card_names_is_shown_on_it() -> None:
    scenario, _ = town()
    known = {one.id for one in scenario.shelters}
    for kind in ("abort-zone", "abort-vehicle"):
        for subject in {page.subject for page in packed().pages if page.kind == kind}:
            named_there = {
                code for row in card_rows(kind, "orders", subject) for code in row["goes"]
            }
            named_there |= {row["to"] for row in card_rows(kind, "turns", subject)}
            shown = {row["code"] for row in card_rows(kind, "spots", subject)}
            assert shown == named_there & known


@pytest.mark.parametrize(
    ("lang", "gate", "back"),
    [
        ("en", "those whose order says", "the place named for the latest turn-back"),
        ("ar", "«المضي إلى المخرج»", "«آخر موضع للعودة»"),
    ],
)
def test_every_card_says_whom_the_gate_lets_through_and_where_others_go(
    lang: str, gate: str, back: str
) -> None:
    told = document(packed(), lang)["pages"]
    looked = 0
    for page, said in zip(packed().pages, told, strict=True):
        if page.kind.startswith("abort-") and page.number == 1:
            texts = [text.translate(MARKS) for text in said["blocks"][0]["texts"]]
            assert sum(gate in text for text in texts) == 1
            assert sum(back in text for text in texts) == 1
            looked += 1
    assert looked == len(
        {(p.kind, p.subject) for p in packed().pages if p.kind.startswith("abort-")}
    )


def test_cards_quote_the_very_words_of_their_tables() -> None:
    english, arabic = pack_words("en").messages, pack_words("ar").messages
    assert str(english["pack.goes.on"]).startswith("on ")
    assert '"on"' in str(english["pack.abort.gate"])
    assert f"«{arabic['pack.goes.on']}»" in str(arabic["pack.abort.gate"])
    heading = str(arabic["pack.abort.turns"]).partition(":")[0]
    assert f"«{heading}»" in str(arabic["pack.abort.shut"])
    assert str(english["pack.abort.turns"]).lower().startswith("latest turn-back")
