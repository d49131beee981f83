"""Tables of facts: every column of every table has its name, and says what its row has."""

from __future__ import annotations

from typing import Any

import pytest

from clearway.publish.days import Calendar
from clearway.publish.pack import abort, gate, zone
from clearway.publish.pack.blocks import BIG, HEAD_MM, PLAIN, TABLE_MM, Tongue
from clearway.publish.pack.fields import Field, clock, code, count, listing
from clearway.publish.pack.press import pack_words
from tests.publish.packs import MARKS, town

TABLES = {
    f"{module.__name__.rpartition('.')[2]} {part}": told
    for module in (abort, gate, zone)
    for part, told in module._TABLES.items()
}
ROW = {"at": 1800, "id": "M-1", "persons": 1234}


def tongue(lang: str) -> Tongue:
    words = pack_words(lang)
    return Tongue(words, Calendar(town()[0], words))


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    ("cell", "says"), [(clock("at"), "08:30"), (code("id"), "M-1"), (count("persons"), "1,234")]
)
def test_a_cell_says_what_stands_in_its_row(cell: Any, says: str, lang: str) -> None:
    assert str(cell(tongue(lang), ROW)).translate(MARKS) == says


def test_a_listing_has_a_row_a_fact_and_a_column_a_field() -> None:
    fields = (Field("persons", 2, count("persons")), Field("call", 1, code("id"), BIG))
    block = listing(tongue("en"), "zone.calls", fields, [ROW, {**ROW, "id": "M-2"}], 8.0)
    assert block["rows"] == [["1,234", "M-1"], ["1,234", "M-2"]]
    assert (block["widths"], block["styles"]) == ([2, 1], [PLAIN, BIG])
    assert block["mm"] == TABLE_MM + 16.0
    assert block["head_mm"] == HEAD_MM
    assert block["title"] == tongue("en").say("zone.calls")
    assert listing(tongue("en"), "zone.calls", fields, [], 8.0)["rows"] == []


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_words_in_both_languages(name: str, lang: str) -> None:
    title, fields = TABLES[name]
    said = tongue(lang)
    heads = [said.say(one.head) for one in fields]
    assert said.say(title)
    assert len(set(heads)) == len(heads)
    assert all(heads)
    assert sum(one.width for one in fields) < 14
