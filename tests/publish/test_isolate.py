"""Numbers, codes and Latin words stay whole inside Arabic text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.publish.isolate import FSI, LRI, PDI, RLI, clean, isolate, ltr, unisolated

ALPHABET = "ابتثجح abcXYZ0123456789\u0660\u0661\u0667.,:;/-–+%()[]«»،؛؟°'\u2019\u00a0"
TEXTS = st.text(alphabet=ALPHABET, max_size=60)
ANY = st.text(max_size=60)


def runs(text: str) -> list[str]:
    """Return what stands inside the isolates of ``text``."""
    return re.findall(f"{LRI}([^{LRI}{PDI}]*){PDI}", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("خرج 1,500 شخص", ["1,500"]),
        ("الموقع 36.1987, 37.1432 على الخريطة", ["36.1987, 37.1432"]),
        ("بوابة C1 من 08:00 إلى 19:00", ["C1", "08:00", "19:00"]),
        ("بنسبة 86.4\u00a0% فقط", ["86.4\u00a0%"]),
        ("هاتف +963 21 555 0100، نداء", ["+963 21 555 0100"]),
        ("درجة الحرارة \u22123.5° ليلًا", ["\u22123.5°"]),
        ("عام ٢٠١٦ في حلب", ["٢٠١٦"]),
        ("المصدر IMO MSC.1/Circ.1533 (2016) وغيره", ["IMO MSC.1/Circ.1533 (2016)"]),
        ("الملفان plan.json وsummary.json.", ["plan.json", "summary.json"]),
        ("C1، C2 وC3", ["C1", "C2", "C3"]),
        ("لا أرقام هنا", []),
    ],
)
def test_runs_are_isolated_whole(text: str, expected: list[str]) -> None:
    isolated = isolate(text)
    assert runs(isolated) == expected
    assert clean(isolated) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("خرج 1,500 شخص", ["1,500"]),
        (f"خرج {ltr('1,500')} شخص", []),
        ("عام ٢٠١٦", ["٢٠١٦"]),
        ("بوابة C1", ["C1"]),
        ("منظمة IMO", []),
        (f"{FSI}بوابة {ltr('C1')} في 7{PDI} ثم 8", ["8"]),
        (f"{RLI}36.2{PDI}", []),
        (f"مفتوح {ltr('08:00–16:00')}", ["08:00–16:00"]),
        (f"{ltr('7')}{PDI} 8", ["8"]),
    ],
)
def test_the_lint_names_what_is_not_isolated(text: str, expected: list[str]) -> None:
    assert unisolated(text) == expected


@given(TEXTS)
def test_nothing_is_left_over_but_ranges_with_a_dash(text: str) -> None:
    left = unisolated(isolate(text))
    assert all(re.fullmatch(r"\d{1,2}:\d{2}\s*[-–—]\s*\d{1,2}:\d{2}", run) for run in left)


@given(TEXTS)
def test_isolating_changes_no_letter_and_twice_is_once(text: str) -> None:
    once = isolate(text)
    assert clean(once) == clean(text)
    assert isolate(once) == once


@given(TEXTS)
def test_isolates_are_closed(text: str) -> None:
    isolated = isolate(text)
    assert isolated.count(LRI) == isolated.count(PDI)


@given(ANY, st.sampled_from("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u061c\x00"))
def test_clean_text_turns_nothing_round(text: str, control: str) -> None:
    cleaned = clean(f"{text}{control}{text}")
    assert control not in cleaned
    assert cleaned == clean(text) * 2


def test_clean_text_keeps_letters_of_every_script() -> None:
    text = "Алеппо حلب Ħalep 阿勒颇 – “C1”, 36.2°"
    assert clean(text) == text
