"""``patients.csv``: every breach told by row and field; nobody's identity is read or repeated."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clearway.model.scenario import NO_CARE
from clearway.read.identity import CODE_RULE, IDENTITY_RULE
from clearway.read.patients import PATIENT_COLUMNS, PATIENT_FILE
from clearway.read.scenario import read_scenario
from tests.read import rides
from tests.read.folders import DEMAND, PATIENTS, PLAN, ZONES, breaches, change, only, written
from tests.scenarios import two_gates

HEADER = "code,zone_id,category,posture,companions,bed,care,ready,accepts,refuses,state"
FIRST = "P-001,Z1,immediate,stretcher,1,surgery,basic,,,,listed"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a good folder with patients, to be broken."""
    return written(rides.told(), tmp_path / "s")


def lines(folder: Path) -> list[str]:
    """Return the lines of ``patients.csv``."""
    return (folder / PATIENTS).read_text(encoding="utf-8").splitlines()


def put(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """Write ``patients.csv`` anew."""
    (folder / PATIENTS).write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return folder


def test_patients_come_back_as_they_were(folder: Path) -> None:
    assert read_scenario(folder).care == rides.told().care
    assert lines(folder)[:2] == [HEADER, FIRST]


def test_names_of_the_file_and_its_columns() -> None:
    assert PATIENT_FILE == PATIENTS
    assert ",".join(PATIENT_COLUMNS) == HEADER


def test_without_the_file_nobody_is_listed(tmp_path: Path) -> None:
    folder = written(two_gates(), tmp_path / "s")
    assert not (folder / PATIENTS).exists()
    assert read_scenario(folder).care == NO_CARE


def test_columns_stand_in_any_order(folder: Path) -> None:
    before = read_scenario(folder).care
    rows = [row.split(",") for row in lines(folder)]
    turned = "\n".join(",".join(reversed(row)) for row in rows)
    (folder / PATIENTS).write_text(turned + "\n", encoding="utf-8")
    assert read_scenario(folder).care == before


@pytest.mark.parametrize(
    ("old", "new", "field", "value", "rule"),
    [
        (",Z1,", ",Z9,", "zone_id", "Z9", "must be the id of a zone in zones.geojson"),
        (",Z1,", ",,", "zone_id", "", "must be 1 to 40 letters"),
        (",Z1,", ",Z 1,", "zone_id", "Z 1", "must be 1 to 40 letters"),
        (",immediate,", ",red,", "category", "red", "must be one of immediate, delayed, minor"),
        (",immediate,", ",,", "category", "", "must be 1 to 40 letters"),
        (",stretcher,", ",lying,", "posture", "lying", "must be one of walking, seated"),
        (",1,surg", ",-1,surg", "companions", "-1", "must be a whole number from 0 to 9"),
        (",1,surg", ",10,surg", "companions", "10", "must be a whole number from 0 to 9"),
        (",1,surg", ",1.0,surg", "companions", "1.0", "must be a whole number from 0 to 9"),
        (",surgery,", ",,", "bed", "", "must be 1 to 40 letters"),
        (",basic,", ",high,", "care", "high", "must be one of none, basic, advanced"),
        (",basic,", ",,", "care", "", "must be one of none, basic, advanced"),
        (",,,,listed", ",soon,,,listed", "ready", "soon", "must be empty or a moment"),
        (",,,,listed", ",2016-10-20,,,listed", "ready", "2016-10-20", "must be empty or a mom"),
        (",,,,li", ",2016-10-20T09:00:00,,,li", "ready", "2016-10-20T09", "must be empty or a m"),
        (",,,,li", ",2016-10-20T09:00:00.5Z,,,li", "ready", "2016", "must be empty or a moment"),
        (",,,,li", ",0001-01-01T00:00:00Z,,,li", "ready", "0001", "must be empty or a moment"),
        (",,,,li", ",9999-12-31T23:59:59-12:00,,,li", "ready", "9999", "must be empty or a mom"),
        (",,,,li", ",,H9,,li", "accepts", "H9", "must be the id of a hospital in scenario.toml"),
        (",,,,li", ",,H1 H2,,li", "accepts", "H1 H2", "must be empty or the id of a hospital"),
        (",,,,li", ",,,H1 H9,li", "refuses", "H9", "must be the id of a hospital in scenario.toml"),
        (",,,,li", ",,,H1 H1,li", "refuses", "H1 H1", "must be empty or ids of hospitals"),
        (",,,,li", ",,,H1;H2,li", "refuses", "H1;H2", "must be empty or ids of hospitals"),
        (",,,,li", ",,H1,H2 H1,li", "accepts", "H1", "must not stand in refuses as well"),
        (",listed", ",approved", "state", "approved", "must be one of listed, assessed"),
        (",listed", ",", "state", "", "must be one of listed, assessed, consented"),
        ("P-001", "", "code", "", CODE_RULE),
        ("P-001", "P_001", "code", "P_001", CODE_RULE),
        ("P-001", "-", "code", "-", CODE_RULE),
    ],
)
def test_each_breach_is_named(
    folder: Path, old: str, new: str, field: str, value: str, rule: str
) -> None:
    change(folder, PATIENTS, old, new)
    told = only(folder)
    assert (told.file, told.row, told.field) == (PATIENTS, 2, field)
    assert told.value.startswith(value)
    assert told.rule.startswith(rule)


@pytest.mark.parametrize(
    "code", ["+963944123456", "0944-123-456", "12345678", "one@two.org", "two words", "A12345678"]
)
def test_a_code_that_finds_somebody_is_refused_and_not_repeated(folder: Path, code: str) -> None:
    change(folder, PATIENTS, "P-001", code)
    told = only(folder)
    assert (told.file, told.row, told.field, told.rule) == (PATIENTS, 2, "code", CODE_RULE)
    assert told.value == "not repeated here"
    assert code not in str(told)


@pytest.mark.parametrize("column", ["name", "Date of birth", "PHONE", "الاسم", "رقم الهوية", "sex"])
def test_a_column_of_identity_is_refused_with_the_reason(folder: Path, column: str) -> None:
    """One rule for the column; no cell of it is told."""
    rows = lines(folder)
    put(folder, *(f"{row},secret" for row in rows[1:]), header=f"{HEADER},{column}")
    told = only(folder)
    assert (told.file, told.row, told.field, told.rule) == (PATIENTS, 1, column, IDENTITY_RULE)
    assert "Clearway keeps no identity of patients" in told.rule
    assert "secret" not in str(told)


def test_every_column_of_identity_is_told(folder: Path) -> None:
    rows = lines(folder)
    more = "first name,Father's name,dob,الطائفة,ward"
    put(folder, *(f"{row},a,b,c,d,e" for row in rows[1:]), header=f"{HEADER},{more}")
    told = breaches(folder)
    assert [one.field for one in told] == more.split(",")
    assert [one.rule == IDENTITY_RULE for one in told] == [True, True, True, True, False]
    assert told[-1].rule.startswith("must be a known column: one of code, zone_id")


def test_an_unknown_column_is_refused_with_what_was_meant(folder: Path) -> None:
    change(folder, PATIENTS, "zone_id", "zone")
    assert [(one.field, one.rule) for one in breaches(folder)] == [
        ("zone_id", "must be a column of the header"),
        ("zone", "must be zone_id: no other name or unit is known here"),
    ]


def test_other_files_know_no_identity_either(folder: Path) -> None:
    """There an unknown column is just that."""
    change(folder, DEMAND, "households", "name")
    assert IDENTITY_RULE not in {one.rule for one in breaches(folder)}


def test_a_missing_column_is_named(folder: Path) -> None:
    put(folder, "P-001,Z1", header="code,zone_id")
    told = breaches(folder)
    assert [one.field for one in told] == HEADER.split(",")[2:]
    assert {one.rule for one in told} == {"must be a column of the header"}


def test_a_code_stands_once(folder: Path) -> None:
    change(folder, PATIENTS, "P-002", "P-001")
    told = only(folder)
    assert (told.row, told.field, told.value, told.rule) == (3, "code", "P-001", "must be unique")


def test_a_list_without_patients_is_refused(folder: Path) -> None:
    """Where nobody is listed there is no file."""
    put(folder)
    assert only(folder).rule == "must have at least one row that can be read"


def test_rows_of_another_width_are_refused(folder: Path) -> None:
    put(folder, FIRST, "P-002,Z2,delayed")
    told = only(folder)
    assert (told.row, told.value, told.rule) == (
        3,
        "3 cells",
        "must have 11 cells, as the header has",
    )


def test_every_breach_is_told_at_once(folder: Path) -> None:
    """Of this file and of others; nothing is half read."""
    change(folder, PATIENTS, ",Z1,", ",Z9,")
    change(folder, PATIENTS, "P-002,Z2,delayed", "P-002,Z2,blue")
    change(folder, PATIENTS, ",minor,walking,9,", ",minor,walking,99,")
    change(folder, PLAN, "low = 20, central = 30, high = 60", "low = -1, central = 30, high = 60")
    told = [(one.file, one.row, one.field) for one in breaches(folder)]
    assert [one[0] for one in told] == [PLAN, PATIENTS, PATIENTS, PATIENTS]
    assert told[1:] == [
        (PATIENTS, 2, "zone_id"),
        (PATIENTS, 3, "category"),
        (PATIENTS, 4, "companions"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (ZONES, '"id": "Z1"', '"id": "Z 1"'),
        (PLAN, 'id = "H1"', 'id = "H 1"'),
        (PLAN, 'system = "START"', 'system = "ABC"'),
    ],
)
def test_what_may_be_meant_is_not_told_twice(folder: Path, file: str, old: str, new: str) -> None:
    """Where an id breaks a rule of its own, those that name it are not to blame."""
    change(folder, file, old, new)
    assert PATIENTS not in {one.file for one in breaches(folder)}


def test_categories_are_those_of_the_system(folder: Path) -> None:
    change(folder, PLAN, 'system = "START"', 'system = "SALT"')
    told = only(folder)
    assert (told.row, told.field, told.value) == (4, "category", "minor")
    assert (
        told.rule == "must be one of immediate, delayed, minimal, expectant: the categories of SALT"
    )


def test_without_a_system_it_is_that_of_the_agencies(folder: Path) -> None:
    change(folder, PLAN, '[care]\nsystem = "START"\n', "")
    for old, new in (("immediate", "red"), ("delayed", "yellow"), ("minor", "green")):
        change(folder, PATIENTS, old, new)
    told = only(folder)
    assert (told.value, told.rule) == (
        "expectant",
        "must be one of red, yellow, green, black: the categories of IITT",
    )


def test_spaces_around_cells_do_not_matter(folder: Path) -> None:
    change(folder, PATIENTS, FIRST, FIRST.replace(",", " , "))
    assert read_scenario(folder).care == rides.told().care


def test_moments_are_read_in_local_time(folder: Path) -> None:
    change(folder, PATIENTS, "2016-10-20T09:00:00+03:00", "2016-10-20T06:00:00Z")
    ready = read_scenario(folder).care.patients[1].ready
    assert ready is not None
    assert ready.isoformat() == "2016-10-20T09:00:00+03:00"


def test_a_spreadsheet_may_write_the_file(folder: Path) -> None:
    """With a byte order mark, line ends of its own, and quotes."""
    text = (folder / PATIENTS).read_text(encoding="utf-8").replace("P-001", '"P-001"')
    (folder / PATIENTS).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_scenario(folder).care == rides.told().care


@pytest.mark.parametrize("kind", ["folder", "pipe", "nowhere", "outside"])
def test_what_is_no_ordinary_file_is_refused(folder: Path, tmp_path: Path, kind: str) -> None:
    """A link to nowhere is no missing file: somebody meant there to be one."""
    path = folder / PATIENTS
    content = path.read_bytes()
    path.unlink()
    (tmp_path / "elsewhere.csv").write_bytes(content)
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(folder / "gone.csv" if kind == "nowhere" else tmp_path / "elsewhere.csv")
    told = only(folder)
    assert (told.file, told.row, told.field) == (PATIENTS, 0, "file")


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / PATIENTS).write_bytes(f"{HEADER}\nP-\xff01".encode("latin-1"))
    told = only(folder)
    assert (told.file, told.row, told.rule) == (PATIENTS, 2, "must be text in UTF-8")
