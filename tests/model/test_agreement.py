"""What is on record about the pause: each record is refused by name."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.agreement import (
    CONSENT_LEVELS,
    CONSENT_STATES,
    GIVEN,
    NO_REPLY,
    Agreement,
    Consent,
    Decider,
    Hazard,
    Notification,
    Provision,
)
from tests import scenarios
from tests.model.nouns import ASSUMED, EIGHT, NAME, fields, refusal

PLAIN = datetime(2016, 10, 20, 8)  # noqa: DTZ001 - without a zone, to be refused
DAY = timedelta(hours=24)


def consent(**changes: Any) -> Consent:
    """Return a consent given by headquarters, with evidence."""
    made = Consent("A1", NAME, "headquarters", ("C1",), GIVEN, "letter 12", EIGHT, ASSUMED)
    return dataclasses.replace(made, **changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": "capital"}, "level"),
        ({"state": "approved"}, "state"),
        ({"state": "safe"}, "state"),
        ({"corridors": ()}, "corridors"),
        ({"evidence": "  "}, "evidence"),
        ({"expires": PLAIN}, "expires"),
        ({"source": ""}, "source"),
    ],
)
def test_consents_are_refused_by_field(changes: dict[str, Any], field: str) -> None:
    assert fields(consent(), **changes) == [f"consent A1.{field}"]


def test_a_consent_has_a_code() -> None:
    assert fields(consent(), id=" ") == ["consent  .id"]


@given(st.sampled_from(CONSENT_LEVELS), st.sampled_from(CONSENT_STATES), st.booleans())
def test_only_what_was_given_must_be_proved(level: str, state: str, proved: bool) -> None:
    evidence = "letter 12" if proved else ""
    if state == GIVEN and not proved:
        told = refusal(lambda: consent(level=level, state=state, evidence=evidence))
        assert told == [("consent A1.evidence", "must be told where consent was given")]
    else:
        made = consent(level=level, state=state, evidence=evidence)
        assert (made.level, made.state, made.evidence) == (level, state, evidence)


def test_words_for_permission_are_no_states() -> None:
    """The software notes what parties said; it never calls anything approved or safe."""
    assert not {"approved", "safe", "agreed", "permitted"} & set(CONSENT_STATES)


def test_a_consent_may_hold_without_end() -> None:
    assert consent(expires=None, state=NO_REPLY, evidence="").expires is None


def test_a_hazard_needs_a_source() -> None:
    hazard = Hazard("C1", NAME, bars=True, source=ASSUMED)
    assert fields(hazard, source=" ") == ["hazard C1.source"]


def test_a_provision_needs_a_source() -> None:
    """Who committed to it; nothing is made up for those who stay."""
    assert fields(Provision(NAME, ASSUMED), source=" ") == ["provision.source"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"sent": PLAIN}, "sent"), ({"lead": -DAY}, "lead"), ({"source": " "}, "source")],
)
def test_notifications_are_refused_by_field(changes: dict[str, Any], field: str) -> None:
    assert fields(Notification(EIGHT, DAY, ASSUMED), **changes) == [f"notification.{field}"]


def test_a_notification_may_not_have_been_recorded() -> None:
    assert Notification(None, timedelta(0), ASSUMED).sent is None


def test_a_review_has_a_zone_or_is_not_set() -> None:
    assert fields(Decider(NAME, EIGHT), review=PLAIN) == ["decider.review"]
    assert Decider(NAME).review is None


def test_codes_of_consents_are_unique() -> None:
    told = refusal(lambda: Agreement(consents=(consent(), consent(state=NO_REPLY))))
    assert told == [("agreement.consents.id", "must be unique")]


def test_nothing_on_record_is_no_breach() -> None:
    """The verdict will say what is missing; a scenario may be without."""
    empty = Agreement()
    assert (empty.consents, empty.hazards, empty.provisions) == ((), (), ())
    assert (empty.notification, empty.decider) == (None, None)


def test_a_scenario_refuses_records_of_corridors_that_it_does_not_have() -> None:
    strange = Agreement(
        consents=(consent(corridors=("C1", "C8")),),
        hazards=(Hazard("C9", NAME, bars=False, source=ASSUMED),),
    )
    told = refusal(lambda: scenarios.one_corridor().replace(agreement=strange))
    assert told == [
        ("scenario.consent A1.corridors", "must be a corridor"),
        ("scenario.hazard.corridors", "must be a corridor"),
    ]


def test_records_cannot_be_changed() -> None:
    """Frozen, and equal where they say the same."""
    assert consent() == consent()
    with pytest.raises(dataclasses.FrozenInstanceError):
        consent().state = GIVEN  # type: ignore[misc]
