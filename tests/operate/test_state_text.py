"""States and ledgers in words: both languages, numbers whole, nothing left out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from clearway.model.agreement import CONSENT_STATES, Agreement, Consent, Contact, Notification
from clearway.model.event import CASE_STATES
from clearway.model.facts import Text
from clearway.model.ledger import CONFIRMATIONS, LACKS, LEADS
from clearway.model.scenario import Scenario
from clearway.model.state import GATE_PHASES, PLACES
from clearway.operate import ledger_text, state_text
from clearway.operate.ledger import ledger
from clearway.operate.ledger_text import ledger_json, ledger_lines
from clearway.operate.state import state
from clearway.operate.state_lines import table, width
from clearway.operate.state_text import state_lines
from clearway.publish.isolate import LRI, PDI, unisolated
from clearway.publish.words import words
from tests.judge.sound import sound
from tests.operate.events import SECOND, Pages, opened
from tests.scenarios import ASSUMED, at_hour, one_corridor

A = Text("Party A", "الطرف أ")
FORBIDDEN = {
    "en": r"\b(safe|safely|safety|approv\w*|authori[sz]\w*|guarantee\w*)\b",
    "ar": r"آمن|أمان|معتمد|اعتماد|تصريح|مصرح",
}


def _eventful() -> Pages:
    """Return a log in which something of every kind is told."""
    pages = opened(sound("aid_in")[0])
    pages.tell("closure", 8.3, corridor="C1", closed=True, reason="")
    pages.tell("vehicle", 8.2, vehicle="bus-01", trip=1, state="lost")
    pages.tell("vehicle", 8.2, vehicle="amb-02", trip=1, state="boarded")
    pages.tell("convoy", 8.1, convoy="A1", state="turned")
    pages.tell("patient", 8.1, code="P4", state="refused", place="")
    pages.call("held", 8.1, "M1", "M404")
    hours = [at_hour(hour).isoformat() for hour in (8, 8.25)]
    pages.tell("count", 8.26, corridor="C1", since=hours[0], until=hours[1], persons=1234)
    return pages


def _state_text(lang: str, hour: float = 8.5) -> str:
    scenario, plan = sound("aid_in")
    found = state(scenario, plan, _eventful().records, at_hour(hour))
    return "\n".join(state_lines(scenario, found, lang))


def _ledger_text(lang: str, hour: float = 7.0) -> str:
    scenario = _agreed()
    return "\n".join(ledger_lines(scenario, ledger(scenario, _told().records, at_hour(hour)), lang))


def _agreed() -> Scenario:
    consents = (
        Consent("A1", A, "headquarters", ("C1",), "given", "letter", at_hour(20), ASSUMED),
        Consent("A2", A, "local", ("C1",), "no reply", "", None, ASSUMED),
    )
    contact = Contact(A, "local", (), A, "VHF 12", "36.2021, 37.1343", A, ASSUMED)
    notice = Notification(None, timedelta(hours=48), ASSUMED)
    return one_corridor().replace(agreement=Agreement(consents, (), (), notice, None, (contact,)))


def _told() -> Pages:
    pages = Pages()
    told = {"party": "Party A", "level": "headquarters", "corridors": ["C1"], "evidence": ""}
    pages.tell("notice", -50, **told, window="2016-10-20", channel="VHF 1", state="acknowledged")
    return pages


def test_a_state_tells_who_is_where_and_what_gates_do() -> None:
    text = _state_text("en")
    assert text.startswith("State at Thursday 20 October 2016 08:30\n")
    for word in (
        "the plan is taken to run as printed",
        "C1        closed",
        "1,234",
        "bus-01",
        "lost; last to",
        "turned back; was going to",
        "refused",
        "It names something that the plan does not have.",
    ):
        assert word in text


def test_a_state_tells_the_same_in_both_languages() -> None:
    numbers = [sorted(re.findall(r"[0-9][0-9:,]*", _state_text(lang))) for lang in ("en", "ar")]
    assert numbers[0] == numbers[1]
    assert len(_state_text("en").splitlines()) == len(_state_text("ar").splitlines())


def test_a_ledger_tells_what_is_missing_by_name_and_who_must_be_told() -> None:
    text = _ledger_text("en")
    assert "Corridor C1 Thursday 20 October 2016 from 08:00 to 10:00: NOT AGREED" in text
    assert "Missing: Party A (local commander): consent is not given" in text
    assert "Missing: gate: nobody is listed at this level" in text
    assert "NOT NOTIFIED, OVERDUE" in text
    assert re.search(r"headquarters +Party A +consent given .* in time +Tue 18 08:00", text)
    assert "VHF 12" in text
    assert "(over)" in _ledger_text("en", 11.0)
    assert "(over)" not in text


def test_a_ledger_tells_the_same_in_both_languages() -> None:
    number = r"[0-9](?:[0-9:,.]*[0-9])?"
    numbers = [sorted(re.findall(number, _ledger_text(lang))) for lang in ("en", "ar")]
    assert numbers[0] == numbers[1]
    assert "غير متفق عليها" in _ledger_text("ar")


def test_an_agreed_window_is_said_to_be_agreed() -> None:
    consents = tuple(
        Consent(f"A{n}", A, level, ("C1",), "given", "letter", None, ASSUMED)
        for n, level in enumerate(("headquarters", "local", "gate"))
    )
    scenario = one_corridor().replace(agreement=Agreement(consents))
    for lang, word in (("en", "10:00: AGREED"), ("ar", ": متفق عليها")):
        lines = ledger_lines(scenario, ledger(scenario, (), at_hour(7)), lang)
        assert word in "\n".join(lines).replace(LRI, "").replace(PDI, "")


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_no_word_says_what_nobody_may_promise(lang: str) -> None:
    text = _state_text(lang) + _ledger_text(lang)
    assert re.findall(FORBIDDEN[lang], text, re.IGNORECASE) == []


def test_in_arabic_every_number_is_isolated() -> None:
    for line in (_state_text("ar") + "\n" + _ledger_text("ar")).splitlines():
        assert unisolated(line) == []


def test_there_are_words_for_everything_that_can_be_said() -> None:
    assert set(state_text._PHASES) == set(GATE_PHASES)
    assert set(state_text._PLACES) == set(PLACES)
    assert set(state_text._CASES) == {"", *CASE_STATES}
    assert set(ledger_text._LACKS) == set(LACKS)
    assert set(ledger_text._LEADS) == set(LEADS)
    assert set(ledger_text._CONFIRMATIONS) == set(CONFIRMATIONS)
    for lang in ("en", "ar"):
        said = words(lang)
        assert all(said.say(f"consent.{one.replace(' ', '_')}") for one in CONSENT_STATES)


def test_a_ledger_as_json_has_every_line_and_what_follows_from_them() -> None:
    second = Pages(writer=SECOND)
    found = ledger_json(ledger(_agreed(), [*_told().records, *second.records], at_hour(7)))
    (window,) = found["windows"]
    assert (window["agreed"], window["missing"], window["warnings"]) == (False, 2, 1)
    assert window["day"] == "2016-10-20"
    assert window["opens"] == "2016-10-20T08:00:00+03:00"
    row = window["rows"][0]
    assert row["party"] == {"en": "Party A", "ar": "الطرف أ"}
    assert row["notice"]["state"] == "acknowledged"
    assert row["expires"] == "2016-10-20T20:00:00+03:00"
    assert window["rows"][2]["party"] is None


def test_a_table_without_rows_is_nothing_and_columns_are_as_wide_as_seen() -> None:
    english, arabic = words("en"), words("ar")
    title, head = Text("Title", "عنوان"), (Text("a", "أ"), Text("bcd", "ب"))
    assert list(table(english, title, head, [])) == []
    rows = [[english.code("12345"), english.code("6")], [english.code("7"), english.code("8")]]
    assert list(table(english, title, head, rows)) == [
        "",
        "Title",
        "  a      bcd",
        "  12345  6",
        "  7      8",
    ]
    assert next(iter(table(english, None, head, rows))) == "  a      bcd"
    assert list(table(arabic, title, head, rows))[2] == "  أ | ب"
    assert width(f"{LRI}12{PDI}") == 2
    assert width("é") == 1
