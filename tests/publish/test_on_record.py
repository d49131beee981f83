"""What is on record, what is accepted and what may come otherwise: row by row."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clearway.model.agreement import (
    CONSENT_LEVELS,
    CONSENT_STATES,
    GIVEN,
    Agreement,
    Consent,
    Hazard,
    Notification,
    Provision,
)
from clearway.model.facts import SHAPES, Estimate, Text
from clearway.model.thresholds import Threshold, Thresholds
from clearway.model.uncertainty import RANGES, Uncertainty
from clearway.publish.agreement import (
    consent_rows,
    hazard_rows,
    notice_rows,
    provision_rows,
    threshold_rows,
)
from clearway.publish.edition import Edition
from clearway.publish.isolate import clean, unisolated
from clearway.publish.sources import figure
from clearway.publish.uncertain import uncertainty_rows
from clearway.publish.words import Said, words
from tests.publish.pages import town
from tests.publish.test_report_rows import edition, said_by, town_edition

SOURCE = "Interfax, 18 October 2016"
WORDS = Text("The party", "الطرف")
LANGS = ("en", "ar")


def recorded(lang: str = "en", **changes: Any) -> Edition:
    """Return the town's edition with other things on record."""
    scenario, plan, verdict = town()
    return edition(scenario.replace(**changes), plan, verdict, lang)


def agreed(lang: str = "en", **parts: Any) -> Edition:
    """Return the town's edition with nothing on record but what is told."""
    return recorded(lang, agreement=Agreement(**parts))


# ------------------------------------------------------------------------------ consents


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("state", CONSENT_STATES)
def test_every_state_of_a_consent_has_words(state: str, lang: str) -> None:
    one = Consent("A1", WORDS, "gate", ("C1",), state, "Letter 3", None, SOURCE)
    (row,) = consent_rows(agreed(lang, consents=(one,)))
    assert row.state == words(lang).say(f"consent.{state.replace(' ', '_')}")
    assert row.given is (state == GIVEN)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", CONSENT_LEVELS)
def test_every_level_of_a_consent_has_words(level: str, lang: str) -> None:
    one = Consent("A1", WORDS, level, ("C1",), "no reply", "", None, SOURCE)
    (row,) = consent_rows(agreed(lang, consents=(one,)))
    assert row.level == words(lang).say(f"level.{level}")
    assert row.evidence == "–"


def test_a_consent_tells_what_it_is_about_and_how_long_it_holds() -> None:
    start = town()[0].start
    one = Consent(
        *("A1", WORDS, "gate", ("C1", "C3", "C4"), GIVEN, "Letter 3"),
        start + timedelta(hours=11),
        f"assumed: {SOURCE}",
    )
    (row,) = consent_rows(agreed(consents=(one,)))
    assert row.corridors == "C1, C3 and C4"
    assert row.expires == "Thursday 20 October 2016, 19:00"
    assert (row.party, row.evidence, row.source) == ("The party", "Letter 3", SOURCE)
    assert row.assumed
    (endless,) = consent_rows(agreed(consents=(replace(one, expires=None),)))
    assert endless.expires == "without end"


def test_a_notification_is_no_consent() -> None:
    for lang, banned in (("en", "approved"), ("ar", "أُذن")):
        said = words(lang)
        for state in CONSENT_STATES:
            assert banned not in said.say(f"consent.{state.replace(' ', '_')}")


# ------------------------------------------------------------------- hazards, notice, stay


def test_a_hazard_says_whether_it_bars() -> None:
    text = Text("Mortar rounds.", "قذائف هاون.")
    told = (Hazard("C2", text, True, SOURCE), Hazard("C1", text, False, SOURCE))
    rows = list(hazard_rows(agreed(hazards=told)))
    assert [(row.what, bars) for row, bars in rows] == [("C2", True), ("C1", False)]
    assert rows[0][0].text == "Mortar rounds."
    assert not rows[0][0].assumed


def test_a_notification_tells_the_time_that_it_had() -> None:
    start = town()[0].start
    told = Notification(start - timedelta(hours=30), timedelta(hours=48), SOURCE)
    rows = {row.what: row.text for row in notice_rows(agreed(notification=told))}
    assert rows == {
        "Sent": "Wednesday 19 October 2016, 02:00",
        "Least time before the first opening": "48 h",
        "Time that it had": "30 h",
    }


def test_a_notification_after_the_opening_had_no_time() -> None:
    start = town()[0].start
    told = Notification(start + timedelta(hours=1), timedelta(hours=24), SOURCE)
    *_, had = notice_rows(agreed(notification=told))
    assert had.text == "none: after the first opening"


def test_a_notification_that_was_not_recorded_is_said_to_be() -> None:
    rows = list(notice_rows(agreed(notification=Notification(None, timedelta(hours=24), SOURCE))))
    assert [row.text for row in rows] == ["not on record", "24 h"]
    assert list(notice_rows(agreed())) == []


def test_what_is_done_for_those_who_stay_is_listed() -> None:
    told = (Provision(Text("Bread.", "خبز."), SOURCE), Provision(Text("Water.", "ماء."), SOURCE))
    assert [row.text for row in provision_rows(agreed(provisions=told))] == ["Bread.", "Water."]


# ------------------------------------------------------------------------------ accepted


@pytest.mark.parametrize("lang", LANGS)
def test_every_threshold_has_a_row_of_its_own(lang: str) -> None:
    rows = list(threshold_rows(town_edition(lang)))
    fields = [field.name for field in dataclasses.fields(Thresholds)]
    limits = [name for name in fields if isinstance(getattr(Thresholds(), name), Threshold)]
    assert len(rows) == len(limits) + 1
    assert len({row.what for row in rows}) == len(rows)
    assert all(row.assumed for row in rows)


def test_thresholds_are_read_in_their_unit_and_direction() -> None:
    limits = Thresholds(
        caught_share=Threshold(0.015, 0.05, SOURCE),
        wait_s=Threshold(5400, 9000, SOURCE),
        first_priority_share=Threshold(0.9, 0.5, SOURCE),
        turned_back_weight=0.4,
    )
    rows = {str(row.what): row for row in threshold_rows(recorded(thresholds=limits))}
    caught = rows["Chance that anyone is caught (upper 95 % limit)"]
    assert (caught.go, caught.bar, caught.unit) == ("up to 1.5", "up to 5", "%")
    assert not caught.assumed
    wait = rows["Longest wait at a mouth, worst tenth"]
    assert (wait.go, wait.bar, wait.unit) == ("up to 90", "up to 150", "min")
    first = rows["Chance that all of first priority who want to go are out"]
    assert (first.go, first.bar) == ("from 90 on", "from 50 on")
    weight = rows["Weight of one turned back against one brought out, when planning"]
    assert (weight.go, weight.bar) == ("0.4", "–")


# --------------------------------------------------------------------------- uncertainty


@pytest.mark.parametrize("lang", LANGS)
def test_every_distribution_has_a_row_of_its_own(lang: str) -> None:
    rows = list(uncertainty_rows(town_edition(lang)))
    walks_alone = len(RANGES) - 6  # two of vehicles and four of patients are not told
    assert len(rows) == walks_alone == len({row.what for row in rows})


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("start_delay_s", (0, 7200, 36_000), ("0", "2", "10", "h")),
        ("start_delay_s", (0, 1800, 3600), ("0", "30", "60", "min")),
        ("lateness_s", (0, 30, 90), ("0", "30", "90", "s")),
        ("stop_share", (0.02, 0.05, 0.1), ("2", "5", "10", "%")),
        ("fail_share", (0, 0.005, 0.025), ("0", "0.5", "2.5", "%")),
        ("pace_factor", (0.8, 0.95, 1), ("0.8", "0.95", "1", "×")),
        ("service_cv", (0.5, 0.8, 1), ("0.5", "0.8", "1", "×")),
    ],
)
def test_distributions_are_read_in_a_unit_that_fits(
    field: str, values: tuple[float, float, float], expected: tuple[str, ...]
) -> None:
    told = Uncertainty(**{field: Estimate(*values, SOURCE)})
    row = next(
        row
        for row in uncertainty_rows(recorded(uncertainty=told))
        if row.what == words("en").say(f"uncertain.{field}")
    )
    assert (row.low, row.central, row.high, row.unit) == expected
    assert row.source == SOURCE


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_words_and_a_point_has_none(shape: str, lang: str) -> None:
    found = town_edition(lang)
    wide = figure(found, Said("x"), Estimate(1, 2, 3, SOURCE, shape), "min", 1)
    assert wide.shape == words(lang).say(f"shape.{shape}")
    point = figure(found, Said("x"), Estimate(2, 2, 2, SOURCE, shape), "min", 1)
    assert point.shape == "–"


@pytest.mark.parametrize(
    "rows", [consent_rows, hazard_rows, notice_rows, provision_rows, threshold_rows]
)
def test_arabic_records_are_isolated_and_as_many(rows: Any) -> None:
    arabic, english = list(rows(town_edition("ar"))), list(rows(town_edition()))
    assert len(arabic) == len(english) > 0
    flat = [one[0] if rows is hazard_rows else one for one in arabic]
    texts = said_by(flat)
    assert texts
    assert [text for text in texts if unisolated(text)] == []
    assert any("\u0600" <= char <= "\u06ff" for text in texts for char in clean(text))
