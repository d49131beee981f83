"""Tell columns and codes that would carry somebody's identity, in English and in Arabic.

A patient is known by a code alone. A list that comes from a ward often has more: this finds the
usual columns by their names, whatever their case and separators, and codes that are an address or
a number by which somebody can be found. It cannot tell a given name from a code.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

IDENTITY_RULE: Final = (
    "must be left out: Clearway keeps no identity of patients, only a code whose owner stands "
    "in no file of it"
)
CODE_RULE: Final = (
    "must be 1 to 16 letters, digits or dashes: Clearway keeps no identity of patients, so a code "
    "is no name, address or number of theirs"
)

_CODE: Final = re.compile(r"[^\W_](?:[^\W_]|-){0,15}")
_LONG_NUMBER: Final = re.compile(r"\d{8}")
_FEW_DIGITS: Final = 7

#: Parts of a name's column, with ``name`` at their end or beginning: ``father_name``, ``name_ar``.
_WHOSE: Final = (
    "the|of|in|patients?|persons?|peoples?|companions?|contacts?|relatives?|guardians?|carers?|"
    "full|first|fore|last|sur|given|family|middle|maiden|nick|known|real|legal|grand|"
    "fathers?|mothers?|parents?|husbands?|wifes?|spouses?|childrens?|childs?|s|"
    "arabic|ar|english|en|latin|local|[0-9]"
)
# Possessive, longer words first: a long header takes no longer than it has letters.
_NAME: Final = re.compile(rf"(?:{_WHOSE})*+names?+(?:{_WHOSE})*+")

#: Found anywhere in a name without its separators: nothing harmless has them. Arabic here and below
#: in the one spelling that ``_words`` gives it: no hamza, and letters that end words alike.
_STEMS: Final = (
    *("surname", "firstname", "lastname", "fullname", "givenname", "familyname", "nickname"),
    *("mother", "father", "birth", "gender", "religio", "ethnic", "nationality", "citizenship"),
    *("passport", "idnumber", "idcard", "nationalid", "identitycard", "identityno", "familybook"),
    *("identitynumber", "civilid", "refugeeid", "unhcrid", "caseholder", "nextofkin"),
    *("phone", "whatsapp", "mobileno", "mobilenumber", "email", "photograph", "fingerprint"),
    *("biometric", "affiliation", "politic", "homeaddress", "streetaddress", "socialsecurity"),
    *("الميلاد", "الهويه", "الهاتف", "الديانه", "الطايفه", "الجنسيه", "العنوان", "اللقب"),
    *("الكنيه", "البصمه", "الموبايل", "الانتماء", "القوميه", "العشيره", "القبيله"),
    *("جوازسفر", "جوازالسفر", "رقموطني", "الرقمالوطني", "اسمالاب", "اسمالام", "اسمالمريض"),
    *("اسمالعايله", "الاسمالكامل", "الاسمالثلاثي", "دفترالعايله", "البريدالالكتروني"),
)

#: Refused where they stand as words of their own: longer words that hold them are harmless.
_WORDS: Final = frozenset(
    (
        *("age", "ages", "sex", "dob", "yob", "race", "sect", "sects", "tribe", "tribes", "clan"),
        *("family", "forename", "mobile", "cell", "tel", "telephone", "mail", "address"),
        *("addresses", "photo", "photos", "picture", "identity", "citizen", "religion", "faith"),
        *("caste", "party", "passports", "kin", "born", "biography", "signature", "ssn", "nin"),
        *("اسم", "اسماء", "لقب", "كنيه", "اب", "ام", "والد", "والده", "ابوه", "امه", "جد"),
        *("ميلاد", "مولد", "مواليد", "ولاده", "تولد", "هويه", "جواز", "جوازات", "هاتف", "تلفون"),
        *("جوال", "موبايل", "خلوي", "محمول", "بريد", "ايميل", "ديانه", "دين", "مذهب", "طايفه"),
        *("جنسيه", "قوميه", "عرق", "اثنيه", "عنوان", "سكن", "عشيره", "قبيله", "انتماء", "حزب"),
        *("صوره", "بصمه", "جنس", "عمر", "سن", "عايله", "اسره", "توقيع", "خانه", "قيد"),
    )
)
#: Words after the Arabic for *name* that make it the name of a place.
_PLACES: Final = frozenset(
    ("مستشفي", "مشفي", "قطاع", "منطقه", "موقع", "ملف", "مركز", "مركبه", "قافله", "ممر", "بوابه")
)
_ARTICLES: Final = ("وال", "بال", "لل", "ال")
_SAME: Final = str.maketrans("أإآٱىة٠١٢٣٤٥٦٧٨٩", "ااااي" + "ه" + "0123456789")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SPLIT: Final = re.compile(r"[\W_]+|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def is_identity(column: str) -> bool:
    """Tell whether a column of that name would say who somebody is.

    Case, separators, diacritics and the spellings of Arabic letters do not matter.
    """
    words = _words(column)
    joined = "".join(words)
    if _NAME.fullmatch(joined) or any(stem in joined for stem in _STEMS):
        return True
    bare = [_without_article(word) for word in words]
    if _PLACES.intersection(bare) and "اسم" in bare:
        return False
    return not _WORDS.isdisjoint((*words, *bare, joined, _without_article(joined)))


def is_code(text: str) -> bool:
    """Tell whether ``text`` can be a patient's code: short, and no number of theirs."""
    return _CODE.fullmatch(text) is not None and not finds_somebody(text)


def finds_somebody(text: str) -> bool:
    """Tell whether ``text`` looks like what somebody can be found by.

    That is an address of any kind, several words, or a number of 8 digits or more.
    """
    digits = sum(one.isdigit() for one in text)
    number = digits > _FEW_DIGITS and not any(one.isalpha() for one in text)
    words = len(text.split()) > 1
    return "@" in text or words or number or _LONG_NUMBER.search(text) is not None


def _words(column: str) -> list[str]:
    """Return the words of a column's name, in small letters and one spelling."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", column).replace("ـ", ""))
    kept = "".join(one for one in plain if unicodedata.category(one) not in {"Mn", "Cf"})
    spelt = kept.casefold().replace("e-mail", "email").translate(_SAME)
    return [word for word in _SPLIT.split(spelt) if word]


def _without_article(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) > len(article) + 1:
            return word[len(article) :]
    return word
