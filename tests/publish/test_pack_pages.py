"""The printed pages themselves: as many, with the same ids, in both languages, and readable."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from clearway.errors import ClearwayError
from clearway.model.facts import Text
from clearway.publish.pack import press as pressing
from clearway.publish.pack.mark import mark, read_mark
from clearway.publish.pack.pack import Pack, pack
from clearway.publish.pack.press import SHORT, document, press
from tests.plans import greedy_plan
from tests.publish.packs import (
    DAY,
    KEY,
    MARKS,
    Word,
    boxes,
    packed,
    picture,
    printed,
    texts,
    town,
)
from tests.scenarios import two_gates

LANGS = ("en", "ar")
#: Hours, coordinates, codes and squares, as they stand on paper.
HOUR = re.compile(r"(?<![\d:])\d\d:\d\d(?![\d:])")
DECIMAL = re.compile(r"-?\d{1,2}\.\d{5}, -?\d{1,3}\.\d{5}")
SEXAGESIMAL = re.compile(r"\d+°\d\d'\d\d\.\d\"[NS] \d+°\d\d'\d\d\.\d\"[EW]")
SQUARE = re.compile(r"\d\d[C-X] [A-Z]{2} \d{5} \d{5}")
A4 = (595, 842)


def test_both_languages_have_every_page() -> None:
    for lang in LANGS:
        assert len(texts(printed()[lang])) == len(packed().pages)


@pytest.mark.parametrize("lang", LANGS)
def test_each_page_carries_its_id_plan_and_number(lang: str) -> None:
    for page, text in zip(packed().pages, texts(printed()[lang], "-raw"), strict=True):
        assert page.id in text
        assert packed().plan[:SHORT] in text
        foot = "\n".join(text.strip().splitlines()[-8:])
        numbers = {int(one) for one in re.findall(r"\d+", foot)}
        assert {page.place, page.all, page.number, page.of} <= numbers


def test_numbers_codes_and_places_are_the_same_in_both_languages() -> None:
    pages = zip(*(texts(printed()[lang], "-raw") for lang in LANGS), strict=True)
    for english, arabic in pages:
        for pattern in (HOUR, DECIMAL, SEXAGESIMAL, SQUARE):
            told = sorted(pattern.findall(english))
            assert sorted(pattern.findall(arabic)) == told


@pytest.mark.parametrize("lang", LANGS)
def test_coordinates_stand_latitude_first_as_the_facts_have_them(lang: str) -> None:
    found = 0
    for page, text in zip(packed().pages, texts(printed()[lang], "-raw"), strict=True):
        for part in page.facts.get("parts", ()):
            if part["part"] == "spots":
                for row in part["rows"]:
                    assert row["place"]["dd"] in text
                    assert row["place"]["dms"] in text
                    assert row["place"]["mgrs"] in text
                    found += 1
    assert found > 10


def test_ranges_run_from_start_to_end_in_arabic_on_paper() -> None:
    """In a right-to-left line, "from" stands right of its hour, and that right of the end."""
    found = 0
    for words in boxes(printed()["ar"]):
        for line in _lines(words):
            hours = [one for one in line if HOUR.fullmatch(one.text)]
            # Boxes tell their letters from left to right: "from" is written backwards here.
            says = [one for one in line if one.text.strip() == "من"[::-1]]
            if len(hours) == 2 and len(says) == 1:
                right, left = sorted(hours, key=lambda one: -one.right)
                if min(abs(says[0].left - right.right), abs(says[0].right - left.left)) < 15:
                    assert says[0].left >= right.right
                    assert right.text < left.text
                    found += 1
    assert found >= 4


def test_the_digits_of_an_hour_stand_from_left_to_right_in_arabic() -> None:
    for lang in LANGS:
        words = [one for page in boxes(printed()[lang]) for one in page]
        hours = {one.text.strip(" .,،") for one in words if re.match(r"\d+:", one.text)}
        assert hours
        assert all(HOUR.fullmatch(one) for one in hours)


@pytest.mark.parametrize("lang", LANGS)
def test_no_letter_is_missing_and_one_typeface_is_used(lang: str) -> None:
    told = _tool("pdffonts", printed()[lang])
    fonts = {line.split()[0].split("+")[-1] for line in told.splitlines()[2:]}
    assert fonts == {"IBMPlexSansArabic-Regular", "IBMPlexSansArabic-Bold"}
    for text in texts(printed()[lang]):
        assert "\ufffd" not in text
        assert not re.search("[\ue000-\uf8ff]", text)


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_stands_on_something_else(lang: str) -> None:
    """What does not fit into its cell or block runs into the next: no two words may meet."""
    for page, words in zip(packed().pages, boxes(printed()[lang]), strict=True):
        letters = [one for one in words if re.search(r"\w", one.text)]
        for at, one in enumerate(letters):
            for other in letters[at + 1 :]:
                wide = min(one.right, other.right) - max(one.left, other.left)
                deep = min(one.bottom, other.bottom) - max(one.top, other.top)
                least = min(one.bottom - one.top, other.bottom - other.top)
                assert wide <= 2 or deep <= 0.55 * least, (page.id, one, other)


@pytest.mark.parametrize("lang", LANGS)
def test_everything_stands_on_the_page(lang: str) -> None:
    for words in boxes(printed()[lang]):
        for one in words:
            assert one.left >= 0
            assert one.right <= A4[0]
            assert one.top >= 0
            assert one.bottom <= A4[1]


@pytest.mark.parametrize("lang", LANGS)
def test_a_code_is_read_from_the_page_at_150_dpi(lang: str) -> None:
    for page in packed().pages[:: 6 if lang == "en" else 9]:
        image = Image.open(io.BytesIO(picture(printed()[lang], page.place, 150)))
        told = zxingcpp.read_barcode(np.asarray(image.convert("L")))
        assert told is not None, page.id
        assert told.text == mark(packed(), page, KEY).text
        assert read_mark(told.text).page == page.id


def test_pages_are_black_white_and_grey() -> None:
    for place in (1, 3, 6):
        image = Image.open(io.BytesIO(picture(printed()["en"], place, 50))).convert("RGB")
        red, green, blue = np.moveaxis(np.asarray(image), 2, 0)
        assert np.array_equal(red, green)
        assert np.array_equal(red, blue)
        assert 0.75 < (red > 200).mean() < 0.99


def test_letters_are_read_at_arms_length() -> None:
    told = _tool("pdftotext", printed()["en"], "-bbox", "in.pdf", "-")
    heights = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)"', told)
    # The box of a line of this typeface is about 1.5 times its size in points.
    assert min(float(end) - float(start) for start, end in heights) > 11


def test_the_same_pack_is_the_same_file() -> None:
    assert press(packed(), ["en"], KEY)["en"] == printed()["en"]


def test_one_language_alone_is_printed_as_beside_the_other() -> None:
    assert press(packed(), ["ar"], KEY)["ar"] == printed()["ar"]


def test_long_names_are_cut_and_take_no_page_more() -> None:
    scenario, plan = town()
    long = Text("A name that never seems to end " * 6, "اسم لا ينتهي أبدًا مهما طال الكلام " * 6)
    contacts = tuple(
        replace(one, party=long, role=long, if_lost=long, channel="x" * 200)
        for one in scenario.agreement.contacts
    )
    named = scenario.replace(
        title=long,
        groups=tuple(replace(one, name=long) for one in scenario.groups),
        corridors=tuple(replace(one, name=long) for one in scenario.corridors),
        agreement=replace(scenario.agreement, contacts=contacts),
    )
    found = press(pack(named, plan, DAY), LANGS)
    assert len({len(texts(found[lang])) for lang in LANGS}) == 1
    assert "…" in "".join(texts(found["en"]))


@pytest.mark.parametrize(
    "text", ["{braces}", "#panic()", "$x$ \\ *bold* _it_ [a](b) @ref <tag>", '"']
)
def test_a_name_is_never_a_command(text: str) -> None:
    scenario = two_gates()
    named = scenario.replace(title=Text(text, text))
    found = press(pack(named, greedy_plan(named), DAY), LANGS)
    assert text.split(maxsplit=1)[0] in texts(found["en"])[0]


def test_an_override_in_a_name_turns_nothing_around() -> None:
    scenario = two_gates()
    named = scenario.replace(title=Text("a \u202eb", "شرق \u202e08:00"))
    for lang in LANGS:
        told = document(pack(named, greedy_plan(named), DAY), lang)
        assert "\u202e" not in str(told)


@pytest.mark.parametrize("lang", LANGS)
def test_ranges_of_thousands_of_pages_stand_on_one_line(lang: str) -> None:
    cover = packed().pages[0]
    rows = [
        {**row, "first": 1_107 + at, "last": 9_273 + at}
        for at, row in enumerate(cover.facts["rows"])
    ]
    thick = replace(cover, facts={**cover.facts, "rows": rows})
    (words,) = boxes(press(replace(packed(), pages=(thick,)), [lang])[lang])
    middle = {one.text: (one.top + one.bottom) / 2 for one in words}
    for row in rows:
        first, last = f"{row['first']:,}", f"{row['last']:,}"
        assert abs(middle[first] - middle[last]) < 1
    # Nor does any other cell of that table take a second line.
    table = [one for one in words if min(middle[f"{r['first']:,}"] for r in rows) - 8 < one.top]
    heights = sorted({round(middle[f"{row['first']:,}"]) for row in rows})
    for one in table[: -len(told_below(words))]:
        assert min(abs((one.top + one.bottom) / 2 - at) for at in heights) < 4, one


def told_below(words: list[Word]) -> list[Word]:
    """Return the words of the foot."""
    return [one for one in words if one.top > A4[1] - 60]


def test_the_titles_of_documents_have_one_form() -> None:
    """First the scenario's name, then what it is, then what sets it apart from its like."""
    scenario, _ = town()
    for lang, kind in (("en", "Orders of the day"), ("ar", "أوامر اليوم")):
        told = _tool("pdfinfo", printed()[lang]).translate(MARKS)
        (title,) = re.findall(r"^Title: +(.*)$", told, re.MULTILINE)
        name, what, apart = title.split(" – ")
        assert (name, what) == (scenario.title.say(lang).translate(MARKS), kind)
        assert "20" in apart
        assert apart.endswith("3")


def test_a_page_that_would_overflow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressing, "BODY_MM", 100.0)
    with pytest.raises(ClearwayError, match=r"Page 1 of \d+ \(en\) would be \d+ mm of 100 high"):
        press(packed(), ["en"])


def test_without_fonts_it_says_what_brings_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pressing, "FONTS", tmp_path / "none")
    with pytest.raises(ClearwayError, match="fonts"):
        press(packed(), ["en"])


def test_a_text_that_is_not_isolated_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    told = document(_short(), "ar")
    told["title"] = "من 08:00 إلى 16:00"
    monkeypatch.setattr(pressing, "document", lambda _pack, _lang: told)
    with pytest.raises(ClearwayError, match="not isolated"):
        press(_short(), ["ar"])


def _short() -> Pack:
    return replace(packed(), pages=packed().pages[:1])


def _lines(words: list[Word]) -> list[list[Word]]:
    """Return words by line: those whose middle is at about the same height."""
    found: dict[int, list[Word]] = {}
    for one in words:
        found.setdefault(round((one.top + one.bottom) / 6), []).append(one)
    return list(found.values())


def _tool(name: str, pdf: bytes, *options: str) -> str:
    command = [name, *(options or ("-",))]
    if options:
        command = [name, *(["-" if one == "in.pdf" else one for one in options])]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
