"""The pack's words: the same in both languages, isolated, promising nothing; and the lint."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it publishes none
from hypothesis import given
from hypothesis import strategies as st

from clearway.publish.days import Calendar
from clearway.publish.isolate import LRI, PDI, clean, unisolated
from clearway.publish.pack import press
from clearway.publish.pack.blocks import Tongue
from clearway.publish.pack.lint import loose, spoken
from clearway.publish.pack.press import FONTS, TEMPLATES, document, pack_words
from clearway.publish.words import Message
from tests.publish.packs import packed, town
from tests.publish.test_words import ARABIC_FORMS, SPELT

EN, AR = pack_words("en"), pack_words("ar")
OWN = sorted(key for key in EN.messages if key.startswith("pack."))
PACKAGE = Path(press.__file__).parent


def texts(message: Message) -> Mapping[str, str]:
    return {"": message} if isinstance(message, str) else message


def places(message: Message) -> set[str]:
    parts = [part for text in texts(message).values() for part in string.Formatter().parse(text)]
    return {name for _, name, _, _ in parts if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(EN.messages) == set(AR.messages)
    assert len(OWN) > 150


def test_both_languages_have_the_same_places_and_forms() -> None:
    for key in OWN:
        english, arabic = EN.messages[key], AR.messages[key]
        assert places(english) == places(arabic), key
        assert isinstance(english, str) == isinstance(arabic, str), key
        if not isinstance(english, str) and not isinstance(arabic, str):
            assert set(english) == {"one", "other"}, key
            assert set(arabic) == ARABIC_FORMS, key
            assert all("{n}" in text or form in SPELT for form, text in arabic.items()), key


@pytest.mark.parametrize(
    "value", ["12", "08:15", "36.20123, 37.15123", "bus-01", "37S CA 33790 07852", "-5"]
)
def test_every_value_in_arabic_is_isolated(value: str) -> None:
    for key in OWN:
        for text in texts(AR.messages[key]).values():
            filled = text.format_map(dict.fromkeys(places(AR.messages[key]), AR.code(value)))
            assert unisolated(AR._isolated(filled)) == [], key


def test_every_message_is_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
    for key in OWN:
        name = key.removeprefix("pack.")
        family, _, last = name.rpartition(".")
        direct = re.search(rf'"{re.escape(name)}"', source)
        built = family and re.search(rf'f"{re.escape(family)}\.(\{{|way_)', source)
        keyed = re.search(rf'f"\{{key\}}\.{re.escape(last)}"', source)
        assert direct or built or keyed, key


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_nothing_is_promised(lang: str) -> None:
    banned = {
        "en": r"\b(safe|safely|safety|approv\w*|authori[sz]ed|guarantee\w*|evacuee\w*)\b",
        "ar": r"(آمن|سالم|مضمون|معتمد|مصرح|مصرّح|أمان)",
    }
    for key in OWN:
        for text in texts(pack_words(lang).messages[key]).values():
            assert not re.search(banned[lang], text, re.IGNORECASE), key


def test_arabic_is_arabic_and_has_no_number_of_its_own_but_isolated() -> None:
    for key in OWN:
        for text in texts(AR.messages[key]).values():
            bare = string.Formatter().vformat(text, (), dict.fromkeys(places(text), ""))
            latin = set(re.findall("[A-Za-z]+", bare))
            assert latin <= {"MGRS", "WGS"}, key
            assert not re.search("[٠-٩]", text), key
            assert clean(text) == text, key


@pytest.mark.parametrize("face", ["Regular", "Bold"])
def test_the_typeface_has_every_letter(face: str) -> None:
    known = set(TTFont(FONTS / f"IBMPlexSansArabic-{face}.ttf").getBestCmap())
    for words in (EN, AR):
        for key in words.messages:
            for text in texts(words.messages[key]).values():
                if key.startswith(("pack.", "unit.", "state.", "colour.", "bed.", "care.")):
                    missing = {one for one in text if ord(one) not in known}
                    assert not missing - {LRI, PDI}, key
    figures = "0123456789:.,-°'\"NSEW%–…·/()#+"
    assert {ord(one) for one in figures} <= known


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_text_of_a_pack_has_its_letters_and_its_isolates(lang: str) -> None:
    told = document(packed(), lang)
    assert loose(told) == []
    known = set(TTFont(FONTS / "IBMPlexSansArabic-Regular.ttf").getBestCmap())
    letters = set("".join(_strings(told["pages"])))
    assert {one for one in letters if ord(one) not in known} <= {LRI, PDI}


@pytest.mark.parametrize(
    "text", ["من 08:00", "36.2, 37.1 عند", "رقم 5", f"{LRI}08:00", f"{LRI}08:00-09:00{PDI}"]
)
def test_the_lint_finds_what_is_not_isolated(text: str) -> None:
    told = {"lang": "ar", "title": "", "pages": [{"blocks": [{"kind": "lines", "texts": [text]}]}]}
    assert loose(told) == [text]
    assert loose({**told, "lang": "en"}) == []


@given(st.integers(0, 10**6))
def test_the_lint_is_silent_of_what_the_words_wrote(value: int) -> None:
    said = AR.say("pack.foot.place", n=value, of=value)
    assert loose({"lang": "ar", "title": said, "pages": []}) == []
    assert str(value)[:1] in said


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_an_id_that_is_also_a_word_of_the_pack_stays_an_id(lang: str) -> None:
    said = pack_words(lang)
    tongue = Tongue(said, Calendar(town()[0], said))
    for name in ("group", "zone_head", "clock", "code"):
        assert tongue.code(name) == said.code(name)
    assert tongue.say("group") == said.say("pack.group")
    assert tongue.code("group") == said.code("group")
    assert [tongue.say("foot.sheet", n=n, of=2) for n in (1, 2)] == [
        said.say("pack.foot.sheet", n=n, of=2) for n in (1, 2)
    ]
    assert tongue.clock(60) == tongue.clock(60.0) == said.code("08:01")


def test_the_template_says_nothing() -> None:
    assert spoken((TEMPLATES / "pack.typ").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "code",
    [
        "#text(11pt)[Page]",
        '#text(11pt, "Page")',
        "#str(12)",
        "#numbering(1)",
        "صفحة",
        "#block[of #n]",
    ],
)
def test_the_lint_finds_words_in_a_template(code: str) -> None:
    assert spoken(f"#set text(size: 11pt)\n{code}\n")


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [one for name in value if name != "kind" for one in _strings(value[name])]
    if isinstance(value, (list, tuple)):
        return [one for part in value for one in _strings(part)]
    return []
