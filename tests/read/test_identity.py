"""Columns and codes that would say who a patient is are found; harmless ones are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.read.identity import finds_somebody, is_code, is_identity
from clearway.read.patients import PATIENT_COLUMNS

_ENGLISH = (
    *("name", "Name", "NAMES", "full name", "full_name", "FullName", "fullName", "surname"),
    *("first_name", "first-name", "firstName", "last name", "family", "family_name", "Forename"),
    *("given names", "middle_name", "maiden name", "nickname", "patient name", "Patient's name"),
    *("name_ar", "name (Arabic)", "name of patient", "father", "Father's name", "mother_name"),
    *("mothers", "birth", "date_of_birth", "DateOfBirth", "birthdate", "dob", "D.O.B.", "YOB"),
    *("place of birth", "age", "Age (years)", "age_group", "sex", "SEX", "gender", "religion"),
    *("sect", "ethnicity", "ethnic_group", "ethnic origin", "nationality", "citizenship"),
    *("passport", "passport_no", "Passport Number", "id_number", "ID number", "id card"),
    *("national_id", "National-ID", "NationalIdNumber", "civil id", "family book", "phone"),
    *("Phone No.", "telephone", "tel", "mobile", "mobile_number", "cell", "e-mail", "E-Mail"),
    *("email_address", "address", "home address", "photo", "photograph", "fingerprint"),
    *("fingerprints", "biometrics", "affiliation", "tribe", "clan", "political_party", "politics"),
    *(
        "race",
        "next of kin",
        "WhatsApp",
        "signature",
        "companion name",
        "\uff2e\uff41\uff4d\uff45",
        "n_a_m_e",
    ),
)
_ARABIC = (
    *("الاسم", "اسم", "الإسم", "الأسم", "الاســـم", "اَلِاسْم", "اسم المريض", "الاسم الكامل"),
    *("الاسم_الثلاثي", "اسم الأب", "اسم الام", "اسم العائلة", "اللقب", "الكنية", "الأب", "الأم"),
    *("اسم_الأب", "تاريخ الميلاد", "تاريخ_الميلاد", "تاريخالميلاد", "مكان الولادة", "المواليد"),
    *("رقم الهوية", "الهوية", "هويّة", "جواز السفر", "رقم الجواز", "الرقم الوطني", "رقم الهاتف"),
    *("هاتف", "الهاتف", "الموبايل", "الجوال", "البريد الإلكتروني", "الديانة", "الدين", "المذهب"),
    *("الطائفة", "الجنسية", "القومية", "العرق", "العنوان", "مكان السكن", "العشيرة", "القبيلة"),
    *("الانتماء", "الانتماء السياسي", "الحزب", "الصورة", "البصمة", "الجنس", "العمر", "السن"),
    *("رقم القيد", "دفتر العائلة"),
)
_HARMLESS = (
    *("triage", "stage", "usage", "package", "image", "weight", "priority", "sector", "section"),
    *("hospital_name", "zone name", "bed_name", "site-name", "file name", "vehicle_type", "notes"),
    *("ward", "bedside", "seats", "posture2", "ready_at", "arrival", "message", "percentage"),
    *("essex", "trace", "bracelet", "distribute", "attribute", "automobile", "hotel", "intel"),
    *("beds", "comparison", "", "  ", "-", "1", "x", "id", "ambulance", "number"),
    *("مستشفى", "القطاع", "الحالة", "السرير", "الفئة", "ملاحظات", "اسم المستشفى", "اسم المشفى"),
    *("الموسم", "قسم", "الأقسام", "المراسم", "وقت الوصول", "المرافقون", "الجهة"),
)


@pytest.mark.parametrize("column", _ENGLISH + _ARABIC)
def test_columns_of_identity_are_found(column: str) -> None:
    assert is_identity(column)


@pytest.mark.parametrize("column", _HARMLESS)
def test_harmless_columns_are_not_called_identity(column: str) -> None:
    """They are refused as unknown all the same, with the name that was meant."""
    assert not is_identity(column)


@pytest.mark.parametrize("column", list(PATIENT_COLUMNS))
def test_no_column_of_the_format_is_one_of_identity(column: str) -> None:
    assert not is_identity(column)


_SEPARATORS = st.sampled_from([" ", "_", "-", ".", "  ", "/", ":", "\u200c", "ـ"])
_WORDS = st.sampled_from(
    [
        *(("date", "of", "birth"), ("id", "number"), ("last", "name"), ("phone", "no")),
        *(("تاريخ", "الميلاد"), ("رقم", "الهاتف"), ("اسم", "الأب")),
    ]
)
_CASES = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])


@given(_WORDS, _SEPARATORS, _CASES, st.booleans())
def test_case_and_separators_do_not_hide_it(
    words: tuple[str, ...], separator: str, case: object, around: bool
) -> None:
    assert callable(case)
    column = case(separator.join(words))
    assert is_identity(f" {column}{separator}" if around else column)


@pytest.mark.parametrize("word", ["fathers", "s", "en", "childrens", "name", "\u0627\u0644", "a-"])
def test_a_long_header_takes_no_time(word: str) -> None:
    """Ten thousand letters, as long as a line may be, with no name at their end."""
    column = word * (10_000 // len(word)) + "\N{SNOWMAN}"
    assert is_identity(column) == (word == "fathers")


@given(st.text(max_size=40))
def test_any_header_is_looked_at(column: str) -> None:
    """Whatever stands there, and the same whatever its case where case is plain."""
    found = is_identity(column)
    assert found in {True, False}
    if column.isascii() and column.islower():
        assert is_identity(column.upper()) == found


@pytest.mark.parametrize(
    "code",
    ["P-001", "P1", "a", "7", "1234567", "P-2016-0001", "م-12", "RED-17", "0123456789abcdef"],
)
def test_codes(code: str) -> None:
    found = code != "0123456789abcdef"  # ten digits on end
    assert is_code(code) == found
    assert finds_somebody(code) != found


@pytest.mark.parametrize(
    ("code", "somebody"),
    [
        ("", False),
        ("-1", False),
        ("P_1", False),
        ("P.1", False),
        ("12345678901234567", True),
        ("ABCDEFGHIJKLMNOPQ", False),
        ("12345678", True),
        ("0944-123-456", True),
        ("+963944123456", True),
        ("A12345678", True),
        ("٠٩٤٤١٢٣٤٥٦", True),
        ("one@two.org", True),
        ("two words", True),
        ("P\n1", True),
        ("P1\n", False),
    ],
)
def test_what_is_no_code(code: str, somebody: bool) -> None:
    assert not is_code(code)
    assert finds_somebody(code) == somebody


@given(st.text(max_size=20))
def test_a_code_is_short_and_finds_nobody(code: str) -> None:
    if is_code(code):
        assert 1 <= len(code) <= 16
        assert all(one.isalnum() or one == "-" for one in code)
        assert not finds_somebody(code)
