"""The code on a page: verified with the plan and a public key alone, and hard to forge."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.publish.pack.mark import Mark, mark, read_mark, verify
from clearway.publish.pack.pack import Pack, pack
from clearway.publish.pack.sheet import Page
from tests.publish.packs import DAY, KEY, OTHER_KEY, cards, packed, ruled, town

FIELDS = 7


def page() -> Page:
    return packed().pages[4]


def genuine() -> Mark:
    return mark(packed(), page(), KEY)


def broken(told: Mark, found: Pack | None = None) -> list[str]:
    return [one.field for one in verify(told, found or packed(), KEY.public)]


def test_every_page_is_verified() -> None:
    for one in packed().pages:
        told = read_mark(mark(packed(), one, KEY).text)
        assert told.page == one.id
        assert verify(told, packed(), KEY.public) == ()


def test_what_is_read_is_what_was_written() -> None:
    assert read_mark(genuine().text) == genuine()
    assert read_mark(f" {genuine().text}\n") == genuine()
    assert genuine().text.count("|") == FIELDS - 1


@given(st.data())
def test_no_letter_can_be_another(data: st.DataObject) -> None:
    text = genuine().text
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="ascii", exclude_characters=text[at]))
    forged = text[:at] + letter + text[at + 1 :]
    try:
        told = read_mark(forged)
    except ScenarioError:
        return
    assert broken(told) or forged.strip() == text


@given(st.text(max_size=300))
def test_other_codes_are_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        read_mark(text)


@given(st.lists(st.text(max_size=60), min_size=6, max_size=6))
def test_codes_of_the_same_shape_are_refused_or_found_false(fields: list[str]) -> None:
    try:
        told = read_mark("|".join(["CLEARWAY1", *fields]))
    except ScenarioError:
        return
    assert broken(told)


def test_another_key_is_named() -> None:
    told = mark(packed(), page(), OTHER_KEY)
    assert broken(told) == ["writer"]
    assert broken(replace(told, writer=KEY.fingerprint)) == ["signature"]


def test_a_page_that_nobody_signed_is_said_to_be_so() -> None:
    told = read_mark(mark(packed(), page(), None).text)
    assert (told.writer, told.signature) == ("", b"")
    assert broken(told) == ["signature"]
    assert verify(told, packed(), None) == ()


def test_another_plan_is_found_out_by_its_hash_and_by_what_it_prints() -> None:
    scenario, plan = town()
    other = pack(scenario, ruled(plan, scenario), DAY, version=3, abort=cards())
    gate = next(one for one in packed().pages if one.kind == "gate")
    told = mark(packed(), gate, KEY)
    assert broken(told, other) == ["plan", "content"]


def test_another_version_is_another_page() -> None:
    scenario, plan = town()
    other = pack(scenario, plan, DAY, version=4, abort=cards())
    assert broken(genuine(), other) == ["version", "content"]


def test_another_scenario_changes_the_pages_that_say_so() -> None:
    scenario, plan = town()
    fewer = scenario.replace(changes=())
    other = pack(fewer, plan, DAY, version=3, abort=cards())
    changed = {
        one.kind
        for one, its in zip(packed().pages, other.pages, strict=True)
        if packed().content(one) != other.content(its)
    }
    assert changed == {"gate"}


def test_a_page_of_no_pack_is_unknown() -> None:
    told = replace(genuine(), page="gate/C9/2016-10-20/1")
    signed = replace(told, signature=KEY.sign(told.signed.encode()))
    assert broken(signed) == ["page"]


@pytest.mark.parametrize("name", ["zone/N 3|x/1", "zone/منطقة/1", "zone/%41/1", "a\nb"])
def test_any_id_goes_through_the_code(name: str) -> None:
    told = replace(genuine(), page=name)
    assert read_mark(told.text).page == name
    assert told.text.isascii()
    assert told.text.count("|") == FIELDS - 1


def test_content_covers_every_fact() -> None:
    one = page()
    other = replace(one, facts={**one.facts, "legend": []})
    assert packed().content(other) != packed().content(one)
    assert packed().content(replace(one, place=one.place + 1)) != packed().content(one)
