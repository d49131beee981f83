"""The report's words: the same in both languages, complete, and never promising."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.facts import Text
from clearway.model.scenario import Scenario
from clearway.publish.days import Calendar
from clearway.publish.isolate import LRI, PDI, clean, unisolated
from clearway.publish.words import Message, Said, words

ROOT = Path(__file__).parents[2]
EN, AR = words("en"), words("ar")
ARABIC_FORMS = {"zero", "one", "two", "few", "many", "other"}
#: Forms that say their number in words.
SPELT = {"zero", "one", "two"}


def texts(message: Message) -> Mapping[str, str]:
    """Return a message's forms, one form for a plain sentence."""
    return {"": message} if isinstance(message, str) else message


def places(message: Message) -> set[str]:
    """Return the places of a message, over all its forms."""
    parts = [part for text in texts(message).values() for part in string.Formatter().parse(text)]
    return {name for _, name, _, _ in parts if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(EN.messages) == set(AR.messages)
    assert len(EN.messages) > 150


@pytest.mark.parametrize("key", sorted(EN.messages))
def test_both_languages_have_the_same_places_and_forms(key: str) -> None:
    english, arabic = EN.messages[key], AR.messages[key]
    assert places(english) == places(arabic)
    assert isinstance(english, str) == isinstance(arabic, str)
    if not isinstance(english, str) and not isinstance(arabic, str):
        assert set(english) == {"one", "other"}
        assert set(arabic) == ARABIC_FORMS
        for form, text in arabic.items():
            assert "{n}" in text or form in SPELT


@pytest.mark.parametrize("key", sorted(EN.messages))
def test_every_message_is_used(key: str) -> None:
    publish = ROOT / "src" / "clearway" / "publish"
    files = [*publish.glob("*.py"), *publish.glob("templates/*.j2"), *ROOT.glob("web/src/*.js")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    live = key.removeprefix("live.")
    family = re.escape(key.rpartition(".")[0])
    direct = rf"[\"']({re.escape(key)}|{re.escape(live)})[\"']"
    built = rf"[\"']{family}\.([\"'{{])"
    assert re.search(direct, source) or re.search(built, source) or family == "limits"


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_nothing_is_promised(lang: str) -> None:
    banned = {
        "en": r"\b(safe|safely|safety|approv\w*|authori[sz]\w*|guarantee\w*|evacuee\w*)\b",
        "ar": r"(آمن|سالم|مضمون|معتمد|مصرح|مصرّح)",
    }
    for key, message in words(lang).messages.items():
        for text in texts(message).values():
            assert not re.search(banned[lang], text, re.IGNORECASE), key


def test_arabic_sentences_are_arabic() -> None:
    for key, message in AR.messages.items():
        letters = re.findall("[\u0621-\u064a]", "".join(texts(message).values()))
        plain = re.sub(r"\{\w+\}|[\W\d_]", "", "".join(texts(message).values()))
        assert letters or not plain or key == "page.other_lang", key


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "لا أحد"),
        (1, "شخص واحد"),
        (2, "شخصان"),
        (3, "3 أشخاص"),
        (10, "10 أشخاص"),
        (11, "11 شخصًا"),
        (99, "99 شخصًا"),
        (100, "100 شخص"),
        (103, "103 أشخاص"),
        (196_812, "196,812 شخصًا"),
    ],
)
def test_arabic_counts_in_six_forms(count: int, expected: str) -> None:
    said = AR.say("unit.persons", n=count)
    assert clean(said) == expected
    assert unisolated(said) == []


@given(st.integers(0, 10**7))
def test_every_count_has_its_form(count: int) -> None:
    form = str(Locale.parse("ar").plural_form(count))
    message = AR.messages["unit.persons"]
    assert isinstance(message, Mapping)
    filled = message[form].replace("{n}", f"{count:,}")
    assert clean(AR.say("unit.persons", n=count)) == filled


@pytest.mark.parametrize(("count", "expected"), [(1, "1 person"), (2, "2 people"), (0, "0 people")])
def test_english_counts_in_two(count: int, expected: str) -> None:
    assert EN.say("unit.persons", n=count) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0\u00a0%"),
        (1.0, "100\u00a0%"),
        (0.5, "50\u00a0%"),
        (0.8637, "86.4\u00a0%"),
        (0.99996, "99.9\u00a0%"),
        (0.0005, "0.05\u00a0%"),
        (0.00014, "0.014\u00a0%"),
        (0.0057, "0.57\u00a0%"),
        (0.000001, "<\u00a00.001\u00a0%"),
        (1.5, "150\u00a0%"),
        (float("inf"), "–"),
    ],
)
def test_shares_keep_what_matters(value: float, expected: str) -> None:
    assert EN.share(value) == expected


@given(st.floats(0, 1, exclude_max=True))
def test_less_than_all_is_never_said_to_be_all(value: float) -> None:
    assert EN.share(value) != "100\u00a0%"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1800.0, "1,800"),
        (1.3, "1.3"),
        (12.34, "12.3"),
        (3.0, "3"),
        (-1.25, "\u22121.25"),
        (0.0, "0"),
    ],
)
def test_amounts_have_three_figures_at_most(value: float, expected: str) -> None:
    assert EN.amount(value) == expected


@pytest.mark.parametrize(
    ("seconds", "english", "arabic"),
    [
        (0, "0 min", "أقل من دقيقة"),
        (900, "15 min", "15 دقيقة"),
        (3600, "1 h", "ساعة واحدة"),
        (2 * 3600 + 120, "2 h 2 min", "ساعتان ودقيقتان"),
        (11 * 3600 + 300, "11 h 5 min", "11 ساعة و5 دقائق"),
        (3599, "1 h", "ساعة واحدة"),
    ],
)
def test_durations_are_said_in_words(seconds: float, english: str, arabic: str) -> None:
    assert EN.duration(seconds) == english
    assert clean(AR.duration(seconds)) == arabic
    assert unisolated(AR.duration(seconds)) == []


def test_lists_end_with_and() -> None:
    items = [Said("a"), Said("b"), Said("c")]
    assert EN.listed(items) == "a, b and c"
    assert EN.listed(items[:1]) == "a"
    assert EN.listed([]) == ""
    assert clean(AR.listed(map(Said, "ابت"))) == "ا، ب وت"


def test_names_of_the_scenario_are_cleaned_and_isolated() -> None:
    name = AR.name(Text("Gate 1", "بوابة\u202e 1"))
    assert name == f"بوابة {LRI}1{PDI}"
    assert EN.name(Text("Gate\u202e 1", "بوابة 1")) == "Gate 1"
    assert AR.quote("assumed: 36.2, 37.1") == f"{LRI}assumed: 36.2, 37.1{PDI}"
    assert EN.quote("assumed: 36.2, 37.1") == "assumed: 36.2, 37.1"


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no words in 'fr'"):
        words("fr")


def test_days_and_hours_are_read_in_both_languages(one_corridor: Scenario) -> None:
    english, arabic = Calendar(one_corridor, EN), Calendar(one_corridor, AR)
    day = date(2016, 10, 20)
    assert english.day(day) == "Thursday 20 October 2016"
    assert english.short(day) == "Thu 20"
    assert english.hours(0, 8 * 3600) == "from 08:00 to 16:00"
    assert clean(arabic.day(day)) == "الخميس 20 تشرين الأول/أكتوبر 2016"
    assert clean(arabic.hours(0, 8 * 3600)) == "من 08:00 إلى 16:00"
    assert unisolated(arabic.hours(0, 8 * 3600)) == []
    days = (day, date(2016, 10, 21), date(2016, 10, 22))
    assert english.days(days) == "20, 21 and 22 October 2016"
    assert clean(arabic.days(days)) == "20، 21 و22 تشرين الأول/أكتوبر 2016"
    across = english.days((day, date(2016, 11, 1)))
    assert across == "Thursday 20 October 2016 to Tuesday 1 November 2016"
