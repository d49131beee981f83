"""What each profile is told of places, times and counts; pages, watermark and register."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clearway.errors import LogError, ScenarioError
from clearway.model.event import Event
from clearway.model.verdict import Verdict
from clearway.publish.bundle.archive import unzipped
from clearway.publish.bundle.checking import check
from clearway.publish.isolate import unisolated
from clearway.publish.release.coarse import Coarse
from clearway.publish.release.fields import EVENTS, NOUNS, TABLE
from clearway.publish.release.handing import (
    Terms,
    redacted_release,
    release_event,
    usual_expiry,
    whole_release,
)
from clearway.publish.release.page import _SECTIONS, page, sections
from clearway.publish.release.profiles import (
    FULL,
    GATE,
    MEDICAL,
    PARTNER,
    PROFILES,
    PUBLIC,
)
from clearway.publish.release.redact import Subject, redacted
from clearway.publish.release.said import release_words
from clearway.publish.release.tallies import OUT, tallies
from clearway.seal.canonical import digest
from tests.publish.bundles import KEY
from tests.publish.driven import aided
from tests.publish.packs import MARKS
from tests.publish.pages import parsed
from tests.publish.releases import everything
from tests.scenarios import at_hour

NOW = datetime(2016, 10, 19, 12, tzinfo=UTC)
LOWER = [name for name, one in PROFILES.items() if not one.whole]
MARK = {"recipient": "Relief agency", "id": "0123456789", "moment": "2016-10-20 12:00"}


def terms(profile: str, recipient: str = "Relief agency") -> Terms:
    return Terms(profile, recipient, NOW, usual_expiry(profile, NOW), "Asia/Damascus")


def coarse(profile: str) -> Coarse:
    return Coarse(everything().scenario, PROFILES[profile])


def told(profile: str) -> dict[str, Any]:
    return redacted(everything(), PROFILES[profile])


@pytest.mark.parametrize(
    ("profile", "moment"),
    [
        (PUBLIC, "2016-10-20"),
        (PARTNER, "2016-10-20T08:00+03:00"),
        (MEDICAL, "2016-10-20T08:00+03:00"),
        (GATE, "2016-10-20T08:30+03:00"),
        (FULL, "2016-10-20T08:37:13+03:00"),
    ],
)
def test_times_are_told_as_the_beginning_of_what_they_lie_in(profile: str, moment: str) -> None:
    at = at_hour(8) + timedelta(minutes=37, seconds=13)
    assert coarse(profile).moment(at) == moment
    assert coarse(profile).moment(at.astimezone(UTC)) == moment
    assert coarse(profile).seconds(37 * 60 + 13) == moment


@pytest.mark.parametrize(
    ("profile", "lon"), [(PUBLIC, 37.2), (PARTNER, 37.15), (GATE, 37.153), (FULL, 37.1526688)]
)
def test_places_are_rounded(profile: str, lon: float) -> None:
    one = coarse(profile)
    assert one.degrees(37.1526688) == lon
    assert one.points([(37.1526688, 36.0), (37.1526688, 36.0)]) == [[lon, 36.0]]
    assert one.centre([[(37.1526680, 36.0), (37.1526696, 36.0)]]) == [pytest.approx(lon), 36.0]
    assert str(Coarse(everything().scenario, PROFILES[PUBLIC]).degrees(-0.01)) == "0.0"


def test_a_node_is_told_as_its_place_and_never_by_its_number() -> None:
    corridor = everything().scenario.corridors[0]
    row = everything().scenario.network.node_index(corridor.mouth)
    lon = float(everything().scenario.network.nodes.lon[row])
    seen = told(GATE)["scenario"]["corridors"][0]["mouth"]
    assert seen == [round(lon, 3), pytest.approx(36.2)]
    assert "mouth" not in told(PARTNER)["scenario"]["corridors"][0]


def test_opening_hours_are_told_to_the_minute_to_everybody() -> None:
    window = everything().scenario.windows[0]
    for profile in LOWER:
        seen = told(profile)["scenario"]["windows"][0]
        assert (seen["opens"], seen["closes"]) == (
            window.opens.isoformat(),
            window.closes.isoformat(),
        )


def test_public_sees_hours_corridors_and_people_out_and_no_more() -> None:
    data = told(PUBLIC)
    assert set(data) == {"scenario", "plan", "counts"}
    assert set(data["scenario"]) == {
        *("id", "title", "timezone", "attribution", "outline", "corridors", "windows"),
    }
    assert data["plan"] == {"scenario": everything().scenario.id}
    assert {row["what"] for row in data["counts"]} == {"inside", "out"}
    assert {row.get("by") for row in data["counts"]} == {None, "day"}


def test_gates_and_medics_see_what_is_theirs_and_not_each_other_s() -> None:
    gate, medical = told(GATE), told(MEDICAL)
    assert gate["plan"]["movements"]
    assert "movements" not in medical["plan"]
    assert "care" not in gate["scenario"]
    assert [one["code"] for one in medical["scenario"]["care"]["patients"]] == [
        one.code for one in everything().scenario.care.patients
    ]
    stops = [
        stop
        for duty in medical["plan"]["duties"]
        for trip in duty["trips"]
        for stop in trip["stops"]
    ]
    assert any("patients" in stop for stop in stops)
    assert "contacts" in gate["scenario"]["agreement"]
    assert "contacts" not in medical["scenario"]["agreement"]


def test_events_are_told_by_kind_and_not_at_all_where_nothing_may_be_seen() -> None:
    kinds = {name: {one["kind"] for one in told(name).get("log", [])} for name in LOWER}
    assert kinds[PUBLIC] == set()
    partners = {"plan", "consent", "notice", "window", "closure", "stop", "resume"}
    assert kinds[PARTNER] == partners
    assert kinds[GATE] == partners | {"gate", "count", "call", "vehicle", "convoy"}
    assert kinds[MEDICAL] == partners | {"patient"}
    assert "incident" not in set().union(*kinds.values())
    window = next(one for one in told(PARTNER)["log"] if one["kind"] == "window")
    assert set(window["about"]) == {"corridor", "day", "state", "opens", "closes"}
    assert window["at"] == "2016-10-20T08:00+03:00"


def test_a_small_count_of_an_event_or_a_movement_is_hidden() -> None:
    scenario, plan, verdict = aided()
    since, until = at_hour(8).isoformat(), at_hour(9).isoformat()
    about = {"corridor": "C1", "since": since, "until": until}
    events = [Event("count", at_hour(9), {**about, "persons": n}) for n in (4, 5)]
    moves = plan.movements
    small = replace(moves[0], id="small", households=1, persons=3)
    plan = plan.replace(movements=(small, *moves[1:]))
    data = redacted(Subject(scenario, plan, None, tuple(events)), PROFILES[GATE])
    assert [one["about"]["persons"] for one in data["log"]] == [None, 5]
    assert data["plan"]["movements"][0]["persons"] is None
    assert any(one["persons"] for one in data["plan"]["movements"])
    assert verdict.people_out


def test_what_is_left_of_a_zone_cannot_be_computed() -> None:
    """Two of a zone stay behind: neither they nor what would tell them is published."""
    scenario, plan, verdict = aided()
    first, *rest = verdict.out_by_zone
    willing = (first + 2, *verdict.willing_by_zone[1:])
    verdict = replace(
        verdict,
        people_willing=sum(willing),
        willing_by_zone=willing,
        people_out=sum((first, *rest)),
    )
    rows = tallies(PROFILES[PARTNER], scenario, plan, verdict, ()).rows
    seen = {(row.what, row.by, row.where): row.persons for row in rows}
    zone = scenario.zones[0].id
    pair = seen["willing", "zone", zone], seen[OUT, "zone", zone]
    assert None in pair
    whole = tallies(PROFILES[FULL], scenario, plan, verdict, ()).rows
    assert all(row.persons is not None for row in whole)
    assert len(whole) > len(rows)


def test_counts_are_those_of_the_verdict() -> None:
    verdict: Verdict = aided()[2]
    rows = tallies(PROFILES[FULL], aided()[0], aided()[1], verdict, ()).rows
    seen = {(row.what, row.by, row.where): row.persons for row in rows}
    assert seen[OUT, "", ""] == verdict.people_out
    assert seen["inside", "", ""] == verdict.people_inside
    days = {where: n for (what, by, where), n in seen.items() if (what, by) == (OUT, "day")}
    assert days == dict(verdict.out_by_day)
    assert verdict.care is not None
    assert seen["patients listed", "", ""] == verdict.care.listed


def test_what_is_redacted_is_the_same_each_time() -> None:
    for profile in LOWER:
        assert json.dumps(told(profile)) == json.dumps(told(profile))


def test_a_scenario_alone_can_be_released() -> None:
    data = redacted(Subject(everything().scenario), PROFILES[PARTNER])
    assert set(data) == {"scenario", "counts"}


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("profile", LOWER)
def test_pages_are_whole_and_marked(profile: str, lang: str) -> None:
    html = page(told(profile), lang, {**MARK, "profile": profile})
    read = parsed(html)
    assert read.elements[0] == ("html", {"lang": lang, "dir": "rtl" if lang == "ar" else "ltr"})
    line = release_words(lang).say(
        "mark.line", **MARK, profile=release_words(lang).say(f"profile.{profile}")
    )
    assert read.texts.count(line) == 2, "the head of every page, the foot"
    # As reports and packs: the scenario's name, then what sets the document apart.
    name = told(profile)["scenario"]["title"][lang]
    (title,) = [one for one in read.texts if " – " in one and one.endswith(str(line))]
    assert title.translate(MARKS) == f"{name} – {line}".translate(MARKS)
    assert f"<title>{title}</title>" in html
    shown = len([one for one in read.elements if one[0] == "section"])
    assert shown == len(sections(told(profile), release_words(lang)))
    assert shown >= 3
    if lang == "ar":
        assert [one for text in read.texts for one in unisolated(text)] == []


def test_both_languages_have_the_same_tables_of_the_same_size() -> None:
    for profile in LOWER:
        english, arabic = (sections(told(profile), release_words(one)) for one in ("en", "ar"))
        sizes = [[(one.id, len(one.head), len(one.rows)) for one in s] for s in (english, arabic)]
        assert sizes[0] == sizes[1]


def test_every_table_is_shown_to_somebody_and_every_word_is_there() -> None:
    english, arabic = (release_words(lang).messages for lang in ("en", "ar"))
    assert english.keys() == arabic.keys()
    places = re.compile(r"\{[a-z]+\}")
    for key, said in english.items():
        assert sorted(places.findall(str(said))) == sorted(places.findall(str(arabic[key]))), key
    shown = {one.id for name in LOWER for one in sections(told(name), release_words("en"))}
    assert shown == {name for name, _, _ in _SECTIONS}
    assert {f"section.{name}" for name in shown} == {
        key for key in english if key.startswith("section.")
    }
    columns = {key for _, _, told in _SECTIONS for key, _, _ in told}
    assert {f"column.{key}" for key in columns} <= english.keys()


def test_no_word_says_that_anything_is_approved_or_safe() -> None:
    said = " ".join(
        str(one) for lang in ("en", "ar") for one in release_words(lang).messages.values()
    )
    for word in ("approved", "safe", "معتمد", "مصرح", "آمن", "موافق عليه"):
        assert word not in said.lower()


def test_hostile_words_do_not_run() -> None:
    bad = "<script>x</script>"
    data = json.loads(json.dumps(told(GATE)))
    data["scenario"]["title"] = {"en": bad, "ar": bad}
    data["scenario"]["corridors"][0]["name"] = {"en": bad, "ar": bad}
    html = page(data, "en", {**MARK, "recipient": bad, "profile": GATE})
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 4


@pytest.mark.parametrize("profile", LOWER)
def test_a_release_is_signed_marked_and_the_same_each_time(profile: str) -> None:
    release = redacted_release(everything(), terms(profile), KEY)
    assert release == redacted_release(everything(), terms(profile), KEY)
    found = check(release.bundle, {KEY.fingerprint}, NOW)
    assert found.sound
    assert found.files == release.files
    assert found.manifest is not None
    assert (found.manifest.id, found.manifest.profile) == (release.id, profile)
    assert {one.cls for one in found.manifest.files} == {profile}
    for name, content in release.files.items():
        assert release.id in content.decode(), name
        assert "Relief agency" in content.decode(), name


def test_releases_to_others_or_of_other_things_have_other_ids() -> None:
    ids = [
        redacted_release(everything(), terms(PARTNER), KEY).id,
        redacted_release(everything(), terms(PARTNER, "Another"), KEY).id,
        redacted_release(everything(), terms(PUBLIC), KEY).id,
        redacted_release(Subject(everything().scenario), terms(PARTNER), KEY).id,
        whole_release({"a": b"1"}, terms(FULL), KEY).id,
        whole_release({"a": b"2"}, terms(FULL), KEY).id,
    ]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[0-9a-f]{10}", one) for one in ids)


def test_a_whole_run_is_handed_on_as_it_is_with_a_note() -> None:
    files = {"plan.json": b"{}", "pack/notice.pdf": b"%PDF-1.7 x"}
    release = whole_release(files, terms(FULL), KEY)
    inside = unzipped(release.bundle)[0]
    assert files.items() <= inside.items()
    note = inside["RELEASE.txt"].decode().splitlines()
    assert len(note) == 2
    assert all(release.id in line and "Relief agency" in line for line in note)


def test_the_register_is_told_what_went_to_whom() -> None:
    event = release_event(terms(GATE), b"handed", NOW)
    assert dict(event.about) == {
        "profile": GATE,
        "to": "Relief agency",
        "file": digest(b"handed"),
        "expires": usual_expiry(GATE, NOW).isoformat(),
    }


@pytest.mark.parametrize("recipient", ["", " ", "a\nb", "x" * 81, "\u202eturned"])
def test_nobody_and_broken_names_are_no_recipient(recipient: str) -> None:
    with pytest.raises(ScenarioError, match="recipient"):
        terms(GATE, recipient)


def test_terms_need_a_known_profile_and_zoned_moments() -> None:
    with pytest.raises(LogError, match="profile"):
        Terms("press", "x", NOW, NOW, "UTC")
    with pytest.raises(ScenarioError, match="time zone"):
        Terms(GATE, "x", NOW, NOW.replace(tzinfo=None), "UTC")
    assert usual_expiry(GATE, NOW) < usual_expiry(PUBLIC, NOW)


def test_what_is_told_in_tables_stands_nowhere_else() -> None:
    tables = {
        field
        for told in (*NOUNS.values(), *EVENTS.values())
        for field, rule in told.items()
        if rule.treatment == TABLE
    }
    assert "out_by_zone" in tables
    for profile in LOWER:
        data = {key: one for key, one in told(profile).items() if key != "counts"}
        assert not [name for name in tables if f'"{name}"' in json.dumps(data.get("verdict", {}))]
