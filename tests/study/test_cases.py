"""Reading recorded cases: what is read, and every way in which a file of them can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import Breach, ScenarioError
from clearway.model.facts import Text
from clearway.study.cases import Recorded, read_cases
from tests.study import made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one case of two records."""
    return made.case_folder(tmp_path)


def test_a_case_is_its_scenario_and_its_records(folder: Path) -> None:
    (case,) = read_cases(folder)
    assert case.scenario.id == "tiny"
    assert [one.persons for one in case.recorded] == [40, 100_000]
    first, second = case.recorded
    assert first.label == Text("first day", "اليوم الأول")
    assert first.begins == made.moment(20, 0)
    assert first.ends == second.begins == made.moment(21, 0)
    assert first.source == "invented for tests"


def test_cases_come_in_the_order_of_the_file(folder: Path) -> None:
    (folder / "tiny").rename(folder / "b")
    made.case_folder(folder)
    second = made.OUTCOMES.replace('"tiny"', '"b"').partition("\n\n")[2]
    (folder / "outcomes.toml").write_text(f"{made.OUTCOMES}\n{second}", "utf-8")
    assert len(read_cases(folder)) == 2


@pytest.mark.parametrize(
    ("change", "row", "field", "rule"),
    [
        (lambda text: text.replace("/1", "/2"), 1, "format", "must be 'clearway-outcomes/1'"),
        (lambda text: text.replace("persons = 40", ""), 6, "persons", "must be given"),
        (lambda text: text.replace("= 40", "= -1"), 10, "persons", "must be 0 or more"),
        (lambda text: text.replace("= 40", "= 4.5"), 10, "persons", "must be a whole number"),
        (lambda text: text.replace("persons = 40", "people = 40"), 10, "people", "must be"),
        (lambda text: text.replace('id = "tiny"', 'id = "../x"'), 4, "id", "must be 1 to 40"),
        (
            lambda text: text.replace("ends = 2016-10-21", "ends = 2016-10-20"),
            9,
            "ends",
            "must be after it begins",
        ),
        (
            lambda text: text.replace("T00:00:00+03:00\nends = 2016-10-22", "\nends = 2016-10-22"),
            15,
            "begins",
            "must",
        ),
        (lambda text: text.replace('ar = "اليوم الأول"', 'ar = " "'), 7, "ar", "must not be empty"),
        (
            lambda text: text.replace("persons = 40", "persons = 40\npatients = 3"),
            10,
            "persons",
            "must be given, or patients, not both",
        ),
        (
            lambda text: text.replace("persons = 40", "patients = 3\nbusiest_h = 2"),
            11,
            "busiest_h",
            "must go with persons",
        ),
        (
            lambda text: text.replace("persons = 40", "persons = 40\nbusiest_h = 25"),
            11,
            "busiest_h",
            "must be a part of the stretch",
        ),
        (
            lambda text: text.replace("persons = 40", "persons = 40\nbusiest_h = 0"),
            11,
            "busiest_h",
            "must be",
        ),
    ],
)
def test_a_breach_is_told_with_its_line(
    folder: Path, change: Callable[[str], str], row: int, field: str, rule: str
) -> None:
    found = _breaches(folder, change(made.OUTCOMES))
    hits = [one for one in found if one.field.endswith(field) and rule in one.rule]
    assert [one.row for one in hits] == [row], found
    assert {one.file for one in found} == {"outcomes.toml"}


def test_a_file_that_is_not_there_is_a_breach(folder: Path) -> None:
    (folder / "outcomes.toml").unlink()
    with pytest.raises(ScenarioError, match=r"outcomes\.toml: file: must be there"):
        read_cases(folder)


@pytest.mark.parametrize("text", ["", "[[case]", "case = 1", "\0", 'format = "x"'])
def test_a_broken_file_is_breaches_not_a_traceback(folder: Path, text: str) -> None:
    assert _breaches(folder, text)


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "outcomes.toml").write_bytes(text.encode("utf-8", "replace"))
    with pytest.raises(ScenarioError):
        read_cases(folder)


def test_a_case_told_twice_is_a_breach(folder: Path) -> None:
    twice = made.OUTCOMES + made.OUTCOMES.partition("\n\n")[2]
    (found,) = _breaches(folder, twice)
    assert (found.field, found.rule) == ("case[2].id", "must be unique")


def test_a_case_without_a_scenario_is_a_breach_that_names_its_folder(folder: Path) -> None:
    (found,) = _breaches(folder, made.OUTCOMES.replace('"tiny"', '"gone"'))
    assert found.file == "gone"
    assert found.rule == "must be a folder that can be read"


def test_breaches_of_every_scenario_are_told_with_their_folder(folder: Path) -> None:
    made.case_folder(folder)
    (folder / "tiny" / "demand.csv").unlink()
    both = made.OUTCOMES + made.OUTCOMES.partition("\n\n")[2].replace('"tiny"', '"gone"')
    found = _breaches(folder, both)
    assert {one.file for one in found} == {"tiny/demand.csv", "gone"}


def test_a_record_of_hours_without_a_window_is_a_breach(folder: Path) -> None:
    night = made.OUTCOMES.replace("2016-10-22T00:00:00", "2016-10-21T07:59:00")
    (found,) = _breaches(folder, night)
    assert (found.file, found.row) == ("outcomes.toml", 15)
    assert found.field == "case[1].recorded[2].begins"
    assert "announced as open" in found.rule


def _breaches(folder: Path, text: str) -> tuple[Breach, ...]:
    (folder / "outcomes.toml").write_text(text, "utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_cases(folder)
    return caught.value.breaches


def test_a_record_may_count_patients_or_the_busiest_part(folder: Path) -> None:
    text = made.OUTCOMES.replace("persons = 40", "patients = 40")
    text = text.replace("persons = 100000", "persons = 100000\nbusiest_h = 1.5")
    (folder / "outcomes.toml").write_text(text, "utf-8")
    (case,) = read_cases(folder)
    first, second = case.recorded
    assert (first.counts, first.persons, first.busiest_s) == ("patients", 40, None)
    assert (second.counts, second.persons, second.busiest_s) == ("persons", 100_000, 5400)


def test_a_record_refuses_what_cannot_be_counted() -> None:
    label, begins = Text("day", "يوم"), made.moment(20, 0)
    one = Recorded(label, begins, begins + timedelta(hours=1), 1, "told")
    with pytest.raises(ScenarioError, match="counts"):
        replace(one, counts="vehicles")
    with pytest.raises(ScenarioError, match="must be a part of the stretch"):
        replace(one, busiest_s=3601.0)
    with pytest.raises(ScenarioError, match="must go with persons"):
        replace(one, counts="patients", busiest_s=60.0)
    assert replace(one, busiest_s=3600.0).busiest_s == 3600


def test_a_record_refuses_what_no_record_is() -> None:
    label, begins = Text("day", "يوم"), made.moment(20, 0)
    later = begins + timedelta(hours=1)
    with pytest.raises(ScenarioError, match="must be after it begins"):
        Recorded(label, begins, begins, 1, "told")
    with pytest.raises(ScenarioError, match="must be a number from 0"):
        Recorded(label, begins, later, -1, "told")
    with pytest.raises(ScenarioError, match="must name a source"):
        Recorded(label, begins, later, 1, " ")
    with pytest.raises(ScenarioError, match="must carry a time zone"):
        Recorded(label, begins.replace(tzinfo=None), later, 1, "told")
