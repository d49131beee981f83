"""The table of trials: golden in English, whole numbers kept whole in Arabic, JSON for programs."""

from __future__ import annotations

import json

import pytest

from clearway.model.facts import Text
from clearway.model.outcome import Share
from clearway.publish.isolate import unisolated
from clearway.study.history_text import history_json, history_table
from clearway.study.trials import History, Trial
from tests.study import made

GOLDEN = """\
History as a test: people out, 400 members a case, seed 1

Tiny scenario (tiny)
  when       80 % interval  median  recorded  at or below
  first day       10 to 90      50        50         30 %  hit
  first day       10 to 90      50        50         30 %  hit
  first day       10 to 90      50        91         30 %  MISS

hits: 2 of 3; intervals that are right would hit 2.4 (share hit 67 %, 95 % interval 9 % to 99 %)
Records of one case hang together, so this says less than as many cases would.
"""


def test_the_english_table_is_as_it_was() -> None:
    assert history_table(made.trials(2, 1), "en") + "\n" == GOLDEN


def test_columns_stay_aligned_with_large_numbers() -> None:
    trials = (made.trial(50_000, 0, 21_345), made.trial(7, 1, 2))
    lines = history_table(History(trials, 400, 1), "en").splitlines()
    table = [line for line in lines if line.startswith("  ")]
    assert len(table) == 3
    assert len({line.index("%", 20) for line in table[1:]}) == 1
    assert len({line.index("first day") for line in table[1:]}) == 1
    assert "0 to 21,345" in table[1]
    assert "50,000" in table[1]


def test_each_case_has_a_heading_of_its_own_and_no_miss_is_left_out() -> None:
    trials = (made.trial(1, 10, 90), made.trial(2, 10, 90, case="other"))
    text = history_table(History(trials, 400, 1), "en")
    assert text.count("MISS") == 2
    assert "Tiny scenario (tiny)" in text
    assert "Tiny scenario (other)" in text
    assert "hits: 0 of 2" in text


def test_the_arabic_table_says_the_same_with_numbers_isolated() -> None:
    text = history_table(made.trials(2, 1), "ar")
    assert unisolated(text) == []
    assert text.count(": ضمن المجال\n") == 2
    assert text.count(": خارج المجال\n") == 1
    for number in ("400", "10", "90", "91"):
        assert f"\u2066{number}\u2069" in text
    assert "سيناريو صغير، \u2066tiny\u2069" in text
    assert "اليوم الأول" in text


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_words_from_files_do_not_turn_the_text_around(lang: str) -> None:
    one = made.trial(50, 10, 90)
    turned = Text("day\u202e", "يوم\u202e")
    trial = Trial(one.case, turned, one.recorded, 10, 50, 90, Share(1, 2))
    assert "\u202e" not in history_table(History((trial,), 2, 1), lang)


def test_json_holds_every_trial_and_the_count() -> None:
    told = json.loads(history_json(made.trials(2, 1)))
    assert told["format"] == "clearway-history/1"
    assert (told["members"], told["seed"], told["interval"]) == (400, 1, 0.8)
    assert (told["hits"], told["trials_in_all"], told["hits_expected"]) == (2, 3, 2.4)
    assert told["hit_share_lower95"] < 2 / 3 < told["hit_share_upper95"]
    assert [one["hit"] for one in told["trials"]] == [True, True, False]
    assert told["trials"][2] == {
        "case": "tiny",
        "label": {"en": "first day", "ar": "اليوم الأول"},
        "begins": "2016-10-20T00:00:00+03:00",
        "ends": "2016-10-21T00:00:00+03:00",
        "low": 10.0,
        "median": 50.0,
        "high": 90.0,
        "recorded": 91,
        "counts": "persons",
        "busiest_h": None,
        "at_or_below": 0.3,
        "hit": False,
        "source": "invented for tests",
    }


def test_json_is_ascii() -> None:
    assert history_json(made.trials(1, 0)).isascii()
