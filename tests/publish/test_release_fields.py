"""Every field of every noun, and everything that the log can tell, has a class."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import typing
from typing import Any

import pytest

import clearway.model
from clearway.errors import LogError
from clearway.model.event import KINDS
from clearway.model.outcome import Ensemble
from clearway.model.plan import Movement
from clearway.publish.release import fields
from clearway.publish.release.fields import (
    EVENTS,
    HIDDEN,
    KEPT_INSIDE,
    NOUNS,
    TREATMENTS,
    event_rule,
    noun_name,
    rule_of,
)
from clearway.publish.release.profiles import (
    CLASSES,
    FULL,
    GATE,
    MEDICAL,
    PARTNER,
    PROFILES,
    PUBLIC,
    profile_named,
)


def nouns() -> dict[str, set[str]]:
    """Return the fields of every public noun that can be released, by its name."""
    found = {}
    for one in pkgutil.iter_modules(clearway.model.__path__):
        if one.name in KEPT_INSIDE:
            continue
        module = importlib.import_module(f"clearway.model.{one.name}")
        for name, noun in vars(module).items():
            if not isinstance(noun, type) or noun.__module__ != module.__name__:
                continue
            if dataclasses.is_dataclass(noun) and not name.startswith("_"):
                found[noun_name(noun)] = {field.name for field in dataclasses.fields(noun)}
    return found


def differences(told: dict[str, set[str]], classed: dict[str, set[str]]) -> list[str]:
    """Return what has no class, and what has one and is not there."""
    return [
        f"{name}.{field} {'has no class' if field in told.get(name, ()) else 'is not there'}"
        for name in sorted(told.keys() | classed.keys())
        for field in sorted(told.get(name, set()) ^ classed.get(name, set()))
    ]


def test_every_field_of_every_noun_has_a_class() -> None:
    assert differences(nouns(), {name: set(told) for name, told in NOUNS.items()}) == []


def test_everything_that_the_log_can_tell_has_a_class() -> None:
    kinds = {name: set(told) for name, told in KINDS.items()}
    assert differences(kinds, {name: set(told) for name, told in EVENTS.items()}) == []


def test_no_noun_that_is_released_holds_one_that_is_kept_inside() -> None:
    for name, told in NOUNS.items():
        module, _, noun = name.partition(".")
        held = getattr(importlib.import_module(f"clearway.model.{module}"), noun)
        for field, kind in typing.get_type_hints(held).items():
            inside = [one for one in KEPT_INSIDE if f"clearway.model.{one}." in str(kind)]
            assert not inside or told[field].classes == {FULL}, (name, field)
    assert KEPT_INSIDE.isdisjoint(name.partition(".")[0] for name in NOUNS)
    assert rule_of(Ensemble, "out") is HIDDEN


def test_a_new_field_and_a_new_kind_would_be_told() -> None:
    told = nouns()
    told["plan.Movement"].add("names")
    told["plan.New"] = {"x"}
    classed = {name: set(one) for name, one in NOUNS.items()}
    classed["plan.Plan"] = classed["plan.Plan"] | {"gone"}
    assert differences(told, classed) == [
        "plan.Movement.names has no class",
        "plan.New.x has no class",
        "plan.Plan.gone is not there",
    ]


def test_classes_and_treatments_are_known() -> None:
    rules = [rule for told in (*NOUNS.values(), *EVENTS.values()) for rule in told.values()]
    assert {one for rule in rules for one in rule.classes} == set(CLASSES)
    assert {rule.treatment for rule in rules} == set(TREATMENTS)
    assert all(rule.classes == {FULL} or FULL not in rule.classes for rule in rules)


def test_what_nobody_classed_is_for_nobody() -> None:
    assert rule_of(Movement, "names") is HIDDEN
    assert rule_of(type("Other", (), {}), "id") is HIDDEN
    assert event_rule("count", "names") is HIDDEN
    assert event_rule("other", "id") is HIDDEN
    assert [name for name, one in PROFILES.items() if one.allows(HIDDEN.classes)] == [FULL]


def test_no_field_can_have_two_classes() -> None:
    with pytest.raises(ValueError, match="two classes"):
        fields._by_field({PUBLIC: "id", FULL: "id:time"})


def test_profiles_are_an_order_with_two_branches() -> None:
    sees = {name: one.sees for name, one in PROFILES.items()}
    assert sees[PUBLIC] < sees[PARTNER] < sees[GATE] < sees[FULL]
    assert sees[PARTNER] < sees[MEDICAL] < sees[FULL]
    assert sees[GATE] & sees[MEDICAL] == sees[PARTNER]
    assert [name for name, one in PROFILES.items() if one.whole] == [FULL]
    with pytest.raises(LogError, match="must be one of"):
        profile_named("press")


@pytest.mark.parametrize(
    ("noun", "field", "least"),
    [
        ("plan.Movement", "links", FULL),
        ("plan.Movement", "first_household", FULL),
        ("population.Zone", "node", FULL),
        ("agreement.Consent", "party", FULL),
        ("care.Patient", "code", MEDICAL),
        ("care.Hospital", "lon", MEDICAL),
        ("agreement.Contact", "channel", GATE),
        ("corridor.Window", "opens", PUBLIC),
    ],
)
def test_what_would_hurt_most_is_classed_as_it_should_be(noun: str, field: str, least: str) -> None:
    classes: Any = NOUNS[noun][field].classes
    assert classes == {least}
