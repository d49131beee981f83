"""Plural forms by the rules of each language, and every sentence filled in, in both."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.publish.isolate import LRI, PDI, unisolated
from clearway.publish.pack.press import pack_words
from clearway.publish.release.said import release_words, value_said
from clearway.publish.words import Message, Said, Words, words
from tests.publish.packs import MARKS

SETS: Final = ("pack", "release", "report")
SAID: Final = {
    lang: {"report": words(lang), "pack": pack_words(lang), "release": release_words(lang)}
    for lang in ("en", "ar")
}
#: Values of each kind that a place may be given, as callers give them.
VALUES: Final = (0, 7, 1234, -3, "C1", "bus-01", "08:15", "36.20123, 37.15123", "حلب", "plan (v2)")


def forms(message: Message) -> Mapping[str, str]:
    return {"": message} if isinstance(message, str) else message


def places(message: Message) -> set[str]:
    parts = [part for text in forms(message).values() for part in string.Formatter().parse(text)]
    return {name for _, name, _, _ in parts if name}


def plurals(said: Words) -> list[str]:
    return sorted(key for key, one in said.messages.items() if not isinstance(one, str))


def arabic_form(n: int) -> str:
    """Return the form that Arabic counts with (Unicode CLDR, whole numbers)."""
    if n in (0, 1, 2):
        return ("zero", "one", "two")[n]
    rest = n % 100
    if 3 <= rest <= 10:
        return "few"
    return "many" if rest >= 11 else "other"


def english_form(n: int) -> str:
    return "one" if n == 1 else "other"


def cases() -> Iterator[tuple[str, str]]:
    for name in SETS:
        for key in plurals(SAID["en"][name]):
            yield name, key


PLURALS: Final = sorted(cases())


def test_there_are_messages_with_forms() -> None:
    assert {name for name, _ in PLURALS} >= {"report"}
    assert len(PLURALS) > 10


@pytest.mark.parametrize(
    "n", [*range(14), 99, 100, 101, 102, 103, 110, 111, 199, 200, 202, 1000, 1003, 1011, 10**6]
)
def test_every_message_takes_every_form_that_numbers_ask_for(n: int) -> None:
    for asked in PLURALS:
        check_form(asked, n)


@given(st.sampled_from(PLURALS), st.integers(0, 10**9))
def test_the_form_is_that_of_the_languages_rule(asked: tuple[str, str], n: int) -> None:
    check_form(asked, n)


def check_form(asked: tuple[str, str], n: int) -> None:
    name, key = asked
    for lang, rule in (("en", english_form), ("ar", arabic_form)):
        said = SAID[lang][name]
        message = said.messages[key]
        assert not isinstance(message, str)
        template = message[rule(n)]
        filled = dict.fromkeys(places(message), Said("x"))
        found = said.say(key, **{**filled, "n": n})
        number = said.number(n)
        wanted = template.format_map({**filled, "n": number})
        assert found.translate(MARKS) == wanted.translate(MARKS)
        if "{n}" in template:
            assert f"{n:,}" in found


@pytest.mark.parametrize(("name", "key"), PLURALS)
def test_a_form_that_leaves_out_the_number_is_said_of_one_number_alone(name: str, key: str) -> None:
    """Zero, one and two are each one number; every other form must say its own."""
    for lang in ("en", "ar"):
        message = SAID[lang][name].messages[key]
        assert not isinstance(message, str)
        for form, text in message.items():
            if form not in ("zero", "one", "two"):
                assert "{n}" in text, (lang, form)
        assert "other" in message


@pytest.mark.parametrize(("name", "key"), PLURALS)
def test_less_than_nothing_takes_the_form_of_its_size(name: str, key: str) -> None:
    for lang in ("en", "ar"):
        said = SAID[lang][name]
        message = said.messages[key]
        filled = dict.fromkeys(places(message), Said("x"))
        for n in (3, 11, 100):
            plus = said.say(key, **{**filled, "n": n})
            minus = said.say(key, **{**filled, "n": -n})
            assert minus.replace("\u2212", "") == plus


@pytest.mark.parametrize("name", SETS)
def test_every_key_can_be_said_in_both_languages(name: str) -> None:
    english, arabic = SAID["en"][name], SAID["ar"][name]
    assert set(english.messages) == set(arabic.messages)
    for key, message in english.messages.items():
        asked = places(message)
        assert asked == places(arabic.messages[key]), key
        counted = not isinstance(message, str)
        for value in VALUES:
            given_n = value if isinstance(value, int) else 5
            filled = dict.fromkeys(asked, value) | ({"n": given_n} if counted else {})
            told, other = english.say(key, **filled), arabic.say(key, **filled)
            assert told, key
            assert other, key
            assert "{" not in told + other, key
            assert unisolated(other) == [], (key, value)
            assert other.count(LRI) == other.count(PDI), key


@pytest.mark.parametrize("name", SETS)
def test_a_value_is_said_as_it_was_given(name: str) -> None:
    for lang in ("en", "ar"):
        said = SAID[lang][name]
        for key, message in said.messages.items():
            if not isinstance(message, str):
                continue
            for place in places(message):
                filled = dict.fromkeys(places(message), Said(""))
                told = said.say(key, **{**filled, place: "Q-77/x"})
                assert "Q-77/x" in told, key
                if lang == "ar":
                    before, _, after = told.partition("Q-77/x")
                    assert before.count(LRI) > before.count(PDI), key
                    assert after.count(PDI) > after.count(LRI), key


@pytest.mark.parametrize("lang", ["en", "ar"])
@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_single_figure_of_a_release_reads_back(lang: str, value: float) -> None:
    told = value_said(SAID[lang]["release"], value).translate(MARKS)
    assert float(told.replace(",", "").replace("\u2212", "-")) == pytest.approx(value, abs=5e-7)
    assert not told.endswith(".")


@given(st.integers(-(10**12), 10**12), st.sampled_from(("en", "ar")))
def test_a_number_reads_back_from_either_language(value: int, lang: str) -> None:
    told = SAID[lang]["report"].number(value).translate(MARKS)
    assert int(told.replace(",", "").replace("\u2212", "-")) == value
    groups = told.lstrip("\u2212").split(",")
    assert all(len(one) == 3 for one in groups[1:])
    assert 1 <= len(groups[0]) <= 3


@given(st.integers(0, 10**5))
def test_a_duration_is_said_in_minutes_that_add_up(minutes: int) -> None:
    told = SAID["en"]["report"].duration(60.0 * minutes)
    figures = [int(one.replace(",", "")) for one in told.split() if one[0].isdigit()]
    hours, rest = divmod(minutes, 60)
    assert figures == ([rest] if not hours else [hours] if not rest else [hours, rest])


@given(st.lists(st.sampled_from(("C1", "Z2", "حي", "bus-01")), max_size=6))
def test_a_list_names_everything_once_and_in_order(items: list[str]) -> None:
    for lang in ("en", "ar"):
        said = SAID[lang]["report"]
        told = said.listed(said.quote(one) for one in items).translate(MARKS)
        at = 0
        for one in items:
            at = told.index(one, at) + len(one)
        assert sum(told.count(one) for one in set(items)) == len(items)
