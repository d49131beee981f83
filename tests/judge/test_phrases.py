"""Counts, figures, lists and moments in both languages."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.judge import phrases
from clearway.judge.phrases import (
    BREACHES,
    CONSENTS,
    CORRIDORS,
    MEMBERS,
    OR_MORE,
    OTHERS,
    PEOPLE,
    PLACES,
    WINDOWS,
    Counted,
    at_least,
    closed,
    codes,
    duration,
    first_of,
    listed,
    moment,
    part,
    say,
    share,
    whole,
)
from clearway.model.facts import Text

COUNTED = [each for each in vars(phrases).values() if isinstance(each, Counted)]


@pytest.mark.parametrize(
    ("n", "ar"),
    [
        (0, "لا أحد"),
        (1, "شخص واحد"),
        (2, "شخصان"),
        (3, "3 أشخاص"),
        (10, "10 أشخاص"),
        (11, "11 شخصًا"),
        (99, "99 شخصًا"),
        (100, "100 شخص"),
        (101, "101 شخص"),
        (103, "103 أشخاص"),
        (1011, "1,011 شخصًا"),
        (275_000, "275,000 شخص"),
    ],
)
def test_arabic_people_have_six_forms(n: int, ar: str) -> None:
    assert PEOPLE(n).ar == ar
    assert PEOPLE(n).en == ("1 person" if n == 1 else f"{n:,} people")


@pytest.mark.parametrize("counted", COUNTED)
@pytest.mark.parametrize("n", [0, 1, 2, 5, 25, 100])
def test_whatever_is_counted_has_words_in_both_languages(counted: Counted, n: int) -> None:
    text = counted(n)
    assert "{" not in text.en + text.ar
    assert not any("a" <= char <= "z" for char in text.ar)


@pytest.mark.parametrize("counted", COUNTED)
def test_larger_numbers_are_told_as_such(counted: Counted) -> None:
    if "{n}" in counted.ar[5]:
        assert "100" in counted(100).ar
        assert "100" in counted(100).en
    else:
        assert counted(100).en.lower() == "corridors"


def test_words_after_a_preposition_are_in_that_case() -> None:
    duals = [MEMBERS, WINDOWS, BREACHES, CORRIDORS]
    assert [each(2).ar for each in duals] == [
        "حالتي محاكاة",
        "فترتين",
        "مخالفتين",
        "الممرين",
    ]
    assert [each(2).ar for each in (OR_MORE, CONSENTS)] == ["شخصان أو أكثر", "موافقتان"]
    assert PLACES(2).ar == "مكانان إضافيان"
    assert OTHERS(2).ar == "والموقعان الآخران ليسا أقرب إلى حدهما."


def test_a_part_is_told_of_the_whole() -> None:
    assert part(1, 9, CONSENTS) == Text("1 of 9 consents", "موافقة واحدة من أصل 9")
    assert part(2, 1200, MEMBERS) == Text("2 of 1,200 members", "حالتي محاكاة من أصل 1,200")


def test_places_in_a_sentence_are_filled_in_both_languages() -> None:
    text = say("{a} and {b} of {c}", "{a} و{b} من {c}", a=1234, b="C1", c=Text("all", "الكل"))
    assert text == Text("1,234 and C1 of all", "1,234 وC1 من الكل")


def test_braces_in_what_is_filled_in_stay() -> None:
    assert say("{a}", "{a}", a=Text("{b}", "{ب}")) == Text("{b}", "{ب}")


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (3.5, 2, "3.5"),
        (3.501, 2, "3.51"),
        (3.5 + 1e-9, 2, "3.5"),
        (4.0, 2, "4"),
        (0.0, 2, "0"),
        (1200.0, 2, "1,200"),
        (1200.0, 0, "1,200"),
        (1199.2, 0, "1,200"),
    ],
)
def test_a_measure_is_rounded_up(value: float, decimals: int, said: str) -> None:
    assert at_least(value, decimals) == said


@pytest.mark.parametrize(
    ("value", "up", "near", "down"),
    [
        (0.0, "0", "0", "0"),
        (0.01, "1", "1", "1"),
        (0.05, "5", "5", "5"),
        (0.0104, "1.1", "1", "1"),
        (0.0075, "0.75", "0.75", "0.75"),
        (0.00074, "0.074", "0.074", "0.074"),
        (0.9, "90", "90", "90"),
        (0.8999, "90", "90", "89.9"),
        (0.9999, "99.9", "99.9", "99.9"),
        (1.0, "100", "100", "100"),
        (1.2, "120", "120", "120"),
    ],
)
def test_shares_are_said_in_per_cent(value: float, up: str, near: str, down: str) -> None:
    told = share(value, math.ceil), share(value), share(value, math.floor)
    assert told == tuple(f"{each}\u00a0%" for each in (up, near, down))


def test_a_tiny_share_is_not_none() -> None:
    assert share(1e-9) == "<\u00a00.001\u00a0%"


@given(st.floats(1e-4, 2.0))
def test_a_share_rounded_up_is_never_below_itself(value: float) -> None:
    told = float(share(value, math.ceil).removesuffix("\u00a0%"))
    assert told >= min(100 * value, 99.9) - 1e-3


@pytest.mark.parametrize(
    ("seconds", "en", "ar"),
    [
        (0, "0 minutes", "0 دقيقة"),
        (59, "1 minute", "دقيقة واحدة"),
        (120, "2 minutes", "دقيقتين"),
        (600, "10 minutes", "10 دقائق"),
        (3600, "1 hour", "ساعة واحدة"),
        (7200, "2 hours", "ساعتين"),
        (3660, "1 hour 1 minute", "ساعة واحدة ودقيقة واحدة"),
        (42_300, "11 hours 45 minutes", "11 ساعة و45 دقيقة"),
        (360_000, "100 hours", "100 ساعة"),
    ],
)
def test_durations_are_said_in_hours_and_minutes(seconds: float, en: str, ar: str) -> None:
    assert duration(seconds) == Text(en, ar)


@given(st.lists(st.integers(0, 10**6), min_size=2).map(sorted))
def test_durations_are_never_said_too_short(seconds: list[int]) -> None:
    for less, more in pairwise(seconds):
        assert _minutes(duration(less)) <= _minutes(duration(more))
        assert 60 * _minutes(duration(more)) >= more


def _minutes(text: Text) -> int:
    words = text.en.split()
    numbers = [int(word.replace(",", "")) for word in words[::2]]
    factor = {"hour": 60, "hours": 60, "minute": 1, "minutes": 1}
    return sum(n * factor[word] for n, word in zip(numbers, words[1::2], strict=True))


def test_a_moment_is_local_and_has_both_names_of_the_month() -> None:
    text = moment(datetime(2016, 10, 18, 7, tzinfo=UTC), "Asia/Damascus")
    assert text == Text("18 October 2016, 10:00", "18 تشرين الأول/أكتوبر 2016، الساعة 10:00")


def test_a_month_with_one_name_stands_once() -> None:
    assert moment(datetime(2023, 1, 5, tzinfo=UTC), "UTC").ar.count("/") == 1
    text = moment(datetime(2023, 5, 5, tzinfo=UTC), "UTC").ar
    assert text.startswith("5 أيار/مايو 2023")


@pytest.mark.parametrize(
    ("ids", "en", "ar"),
    [
        (["C1"], "C1", "C1"),
        (["C1", "C2"], "C1 and C2", "C1 وC2"),
        (["C1", "C2", "C3"], "C1, C2 and C3", "C1، C2 وC3"),
    ],
)
def test_codes_are_listed(ids: list[str], en: str, ar: str) -> None:
    assert codes(ids) == Text(en, ar)


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    items = [Text(f"E{n}", f"ع{n}") for n in range(5)]
    assert first_of(items, 5) == listed(items)
    assert first_of(items, 3) == Text("E0, E1, E2 and 2 more", "ع0، ع1، ع2 واثنان آخران")


@pytest.mark.parametrize("end", [".", "!", "?", "؟"])
def test_a_sentence_ends_once(end: str) -> None:
    assert closed(Text("It rains", "تمطر")) == Text("It rains.", "تمطر.")
    assert closed(Text(f"It rains{end} ", f"تمطر{end}")) == Text(f"It rains{end}", f"تمطر{end}")


def test_whole_numbers_have_thousands_apart() -> None:
    assert [whole(n) for n in (0, 999, 1000, 1234567.4)] == ["0", "999", "1,000", "1,234,567"]
