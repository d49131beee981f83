"""The lint of Arabic pages: every kind of value, at every place where a text can stand."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ClearwayError
from clearway.publish.isolate import FSI, LRI, PDI, RLI
from clearway.publish.pack import press
from clearway.publish.pack.lint import loose
from clearway.publish.pack.place import decimal, mgrs, sexagesimal
from clearway.publish.pack.press import document, pack_words
from tests.publish.packs import packed

AR: Final = pack_words("ar")
Path = tuple[str | int, ...]

lat, lon = st.floats(-79.0, 83.0), st.floats(-179.0, 179.0)
#: Each kind of value that a page shows, as its facts write it.
VALUES: Final = {
    "hour": st.builds(lambda h, m: f"{h:02d}:{m:02d}", st.integers(0, 23), st.integers(0, 59)),
    "number": st.integers(0, 10**7).map(lambda n: f"{n:,}"),
    "below zero": st.integers(1, 999).map(lambda n: f"\u2212{n}"),
    "share": st.integers(0, 100).map(lambda n: f"{n}\u00a0%"),
    "decimal": st.builds(decimal, lat, lon),
    "sexagesimal": st.builds(sexagesimal, lat, lon),
    "grid": st.builds(mgrs, lat, lon),
    "vehicle": st.integers(1, 99).map(lambda n: f"bus-{n:02d}"),
    "page": st.integers(1, 99).map(lambda n: f"gate/C1/2016-10-20/{n}"),
    "date": st.dates().map(lambda one: one.isoformat()),
    "arabic digits": st.text("٠١٢٣٤٥٦٧٨٩", min_size=1, max_size=5),
    "channel": st.integers(10**6, 10**9).map(lambda n: f"+963 {n}"),
}
KINDS: Final = sorted(VALUES)


def told(text: str) -> dict[str, Any]:
    return {"lang": "ar", "title": "", "pages": [{"blocks": [{"kind": "lines", "texts": [text]}]}]}


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where every text of a document stands that is read by anybody."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in ("kind", "styles", "lang", "dir"):
                yield from places(one, (*path, name))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from places(one, (*path, at))


def put(document: dict[str, Any], path: Path, text: str) -> None:
    at: Any = document
    for one in path[:-1]:
        at = at[one]
    at[path[-1]] = text


def shape(path: Path) -> str:
    """Return a place without numbers of pages, rows and cells."""
    return ".".join(one if isinstance(one, str) else "#" for one in path)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_each_kind_of_value_is_found_bare_and_not_isolated(kind: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[kind])
    before, after = data.draw(st.sampled_from((("", ""), ("من ", ""), ("", " إلى"), ("(", ")"))))
    bare = f"{before}{value}{after}"
    assert loose(told(bare)) == [bare]
    assert loose({**told(bare), "lang": "en"}) == []
    assert loose(told(f"{before}{AR.code(value)}{after}")) == []


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_one_bare_value_beside_others_is_found(kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(VALUES[kind], min_size=2, max_size=4))
    bare = data.draw(st.integers(0, len(values) - 1))
    mixed = " و".join(
        value if row == bare else str(AR.code(value)) for row, value in enumerate(values)
    )
    whole = " و".join(str(AR.code(value)) for value in values)
    assert loose(told(mixed)) == [mixed]
    assert loose(told(whole)) == []


@given(st.sampled_from(KINDS).flatmap(VALUES.__getitem__), st.sampled_from((LRI, RLI, FSI, PDI)))
def test_an_isolate_that_is_not_closed_is_found(value: str, stray: str) -> None:
    isolated = str(AR.code(value))
    opened = isolated.removesuffix(PDI)
    assert loose(told(opened)) == [opened]
    closed = isolated.removeprefix(LRI)
    assert loose(told(closed)) == [closed]
    if stray in (LRI, PDI):
        assert loose(told(f"{isolated}{stray}")) == [f"{isolated}{stray}"]


def test_a_range_with_a_dash_is_found_even_inside() -> None:
    for dash in "-–—":
        text = str(AR.code(f"08:00{dash}09:15"))
        assert loose(told(text)) == [text]
    assert (
        loose(told(str(AR.say("time.range", opens=AR.code("08:00"), closes=AR.code("9:15"))))) == []
    )


def test_a_bare_value_is_found_wherever_a_text_can_stand() -> None:
    whole = document(packed(), "ar")
    assert loose(whole) == []
    seen: dict[str, Path] = {}
    for path in places(whole):
        seen.setdefault(shape(path), path)
    for name, path in seen.items():
        spoiled = copy.deepcopy(whole)
        put(spoiled, path, "الساعة 08:15")
        assert loose(spoiled) == ["الساعة 08:15"], name
    #: Heads, feet and each kind of block.
    for wanted in (
        "title",
        "pages.#.title",
        "pages.#.subject",
        "pages.#.marks.#",
        "pages.#.foot",
        "pages.#.blocks.#.texts.#",
        "pages.#.blocks.#.head.#",
        "pages.#.blocks.#.rows.#.#",
        "pages.#.blocks.#.text",
    ):
        assert wanted in seen


def test_every_number_of_an_arabic_page_stands_in_an_isolate() -> None:
    """Look at isolates by a count of depth, not by the lint's own patterns."""
    whole = document(packed(), "ar")
    looked = 0
    for path in places(whole):
        text: Any = whole
        for one in path:
            text = text[one]
        depth = 0
        for letter in text:
            depth += (letter in (LRI, RLI, FSI)) - (letter == PDI)
            assert depth >= 0, text
            if letter.isdigit():
                looked += 1
                assert depth > 0, text
        assert depth == 0, text
    assert looked > 1000


def test_both_languages_show_the_same_numbers_in_the_same_cells() -> None:
    english, arabic = (document(packed(), lang) for lang in ("en", "ar"))

    def numbers(whole: dict[str, Any]) -> Iterator[tuple[Path, list[str]]]:
        for path in places(whole):
            if "rows" in path:
                text: Any = whole
                for one in path:
                    text = text[one]
                yield path, re.findall(r"\d\d:\d\d|-?\d+\.\d{5}|\d+°", text)

    assert list(numbers(english)) == list(numbers(arabic))


def test_a_pack_with_a_bare_value_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = press.document(packed(), "ar")
    put(whole, next(iter(places(whole["pages"][-1]["blocks"], ("pages", -1, "blocks")))), "08:15")
    monkeypatch.setattr(press, "document", lambda _pack, _lang: whole)
    with pytest.raises(ClearwayError, match="not isolated"):
        press.pressing(packed(), ("ar",))
