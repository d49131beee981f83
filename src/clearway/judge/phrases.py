"""Sentences in English and Arabic: counts in their plural forms, figures, lists and moments.

Numbers are written in the digits 0 to 9; whoever prints Arabic isolates them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from clearway.model.facts import Text

_ENGLISH, _ARABIC = "en", "ar"
_PER_CENT: Final = "\u00a0%"  # the space does not break
_LATIN_DIGITS: Final = {ord("٠") + n: str(n) for n in range(10)}
#: Part of the last digit that is the rounding of floating-point numbers.
_CRUMB: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted, with ``{n}`` for the number.

    Attributes
    ----------
    en
        For one, and for any other number.
    ar
        For none, one, two, few (3 to 10), many (11 to 99) and other: the forms of CLDR.
    """

    en: tuple[str, str]
    ar: tuple[str, str, str, str, str, str]

    def __call__(self, n: int) -> Text:
        """Return ``n`` of them in words."""
        en = self.en[0 if n == 1 else 1]
        form = str(Locale.parse(_ARABIC).plural_form(abs(n)))
        ar = self.ar[_FORMS.index(form)]
        return Text(en.format(n=whole(n)), ar.format(n=whole(n)))


_FORMS: Final = ("zero", "one", "two", "few", "many", "other")

PEOPLE: Final = Counted(
    ("{n} person", "{n} people"),
    ("لا أحد", "شخص واحد", "شخصان", "{n} أشخاص", "{n} شخصًا", "{n} شخص"),
)
OR_MORE: Final = Counted(
    ("{n} person or more", "{n} people or more"),
    (
        "{n} شخص أو أكثر",
        "شخص واحد أو أكثر",
        "شخصان أو أكثر",
        "{n} أشخاص أو أكثر",
        "{n} شخصًا أو أكثر",
        "{n} شخص أو أكثر",
    ),
)
#: Members of an ensemble, after a preposition.
MEMBERS: Final = Counted(
    ("{n} member", "{n} members"),
    (
        "أي حالة محاكاة",
        "حالة محاكاة واحدة",
        "حالتي محاكاة",
        "{n} حالات محاكاة",
        "{n} حالة محاكاة",
        "{n} حالة محاكاة",
    ),
)
#: Consents, as the subject of a sentence.
CONSENTS: Final = Counted(
    ("{n} consent", "{n} consents"),
    (
        "أي موافقة",
        "موافقة واحدة",
        "موافقتان",
        "{n} موافقات",
        "{n} موافقة",
        "{n} موافقة",
    ),
)
WINDOWS: Final = Counted(
    ("{n} window", "{n} windows"),
    ("أي فترة", "فترة واحدة", "فترتين", "{n} فترات", "{n} فترة", "{n} فترة"),
)
BREACHES: Final = Counted(
    ("{n} breach", "{n} breaches"),
    ("أي مخالفة", "مخالفة واحدة", "مخالفتين", "{n} مخالفات", "{n} مخالفة", "{n} مخالفة"),
)
PLACES: Final = Counted(
    ("{n} more place", "{n} more places"),
    (
        "لا مكان إضافيًا",
        "مكان إضافي واحد",
        "مكانان إضافيان",
        "{n} أماكن إضافية",
        "{n} مكانًا إضافيًا",
        "{n} مكان إضافي",
    ),
)
#: The noun alone, before a list of codes.
CORRIDORS: Final = Counted(
    ("corridor", "corridors"),
    ("الممرات", "الممر", "الممرين", "الممرات", "الممرات", "الممرات"),
)
#: The same at the beginning of a sentence.
TITLE: Final = Counted(
    ("Corridor", "Corridors"),
    ("الممرات", "الممر", "الممران", "الممرات", "الممرات", "الممرات"),
)
#: What is asked for where consents are missing.
MISSING: Final = Counted(
    ("The missing consent is recorded", "The {n} missing consents are recorded"),
    (
        "ألا تنقص أي موافقة",
        "أن تُسجَّل الموافقة الناقصة",
        "أن تُسجَّل الموافقتان الناقصتان",
        "أن تُسجَّل الموافقات الناقصة، وعددها {n}",
        "أن تُسجَّل الموافقات الناقصة، وعددها {n}",
        "أن تُسجَّل الموافقات الناقصة، وعددها {n}",
    ),
)
#: A sentence on all places but the one that was named.
OTHERS: Final = Counted(
    ("The other place is no nearer to its limit.", "The other {n} are no nearer to their limit."),
    (
        "ولا مواقع أخرى.",
        "والموقع الآخر ليس أقرب إلى حده.",
        "والموقعان الآخران ليسا أقرب إلى حدهما.",
        "والمواقع الأخرى، وعددها {n}، ليست أقرب إلى حدها.",
        "والمواقع الأخرى، وعددها {n}، ليست أقرب إلى حدها.",
        "والمواقع الأخرى، وعددها {n}، ليست أقرب إلى حدها.",
    ),
)
_MORE: Final = Counted(
    ("{n} more", "{n} more"),
    ("لا شيء آخر", "واحد آخر", "اثنان آخران", "{n} أخرى", "{n} أخرى", "{n} أخرى"),
)
_HOURS: Final = Counted(
    ("{n} hour", "{n} hours"),
    ("{n} ساعة", "ساعة واحدة", "ساعتين", "{n} ساعات", "{n} ساعة", "{n} ساعة"),
)
_MINUTES: Final = Counted(
    ("{n} minute", "{n} minutes"),
    ("{n} دقيقة", "دقيقة واحدة", "دقيقتين", "{n} دقائق", "{n} دقيقة", "{n} دقيقة"),
)

Value = Text | str | int


def say(en: str, ar: str, **values: Value) -> Text:
    """Return a sentence with ``values`` in the ``{places}`` of both languages."""
    return Text(
        en.format_map({name: _in(value, _ENGLISH) for name, value in values.items()}),
        ar.format_map({name: _in(value, _ARABIC) for name, value in values.items()}),
    )


def whole(count: float) -> str:
    """Return a whole number with thousands separated."""
    return f"{round(count):,}"


def at_least(value: float, decimals: int = 0) -> str:
    """Return ``value`` rounded up, so that what exceeds a limit is never written as equal to it."""
    scale = 10.0**decimals
    text = f"{math.ceil(value * scale - _CRUMB) / scale + 0.0:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def share(value: float, toward: Callable[[float], float] = round) -> str:
    """Return a share of 1 in per cent, with as many decimals as small shares need.

    Parameters
    ----------
    value
        The share.
    toward
        How the last decimal is found: up for what must not be too high, so that what exceeds a
        limit is never written as equal to it, down for what must not be too low.
    """
    cent = 100 * value
    if 0 < abs(cent) < 0.001:
        return f"<\u00a00.001{_PER_CENT}"
    decimals = next((d for edge, d in ((1, 1), (0.1, 2)) if abs(cent) >= edge), 3)
    scale = 10.0**decimals
    nearest = round(cent * scale)
    exact = abs(cent * scale - nearest) < _CRUMB
    units = nearest if exact else toward(cent * scale)
    if cent < 100:  # nearly all is not all
        units = min(units, 100 * scale - 1)
    return f"{units / scale:.{decimals}f}".rstrip("0").rstrip(".") + _PER_CENT


def duration(seconds: float) -> Text:
    """Return hours and minutes in words, rounded up to minutes; Arabic as after a preposition."""
    hours, minutes = divmod(math.ceil(seconds / 60 - _CRUMB), 60)
    if not hours:
        return _MINUTES(minutes)
    if not minutes:
        return _HOURS(hours)
    return say(
        "{hours} {minutes}", "{hours} و{minutes}", hours=_HOURS(hours), minutes=_MINUTES(minutes)
    )


def moment(at: datetime, timezone: str) -> Text:
    """Return day and local time; Arabic with both names of the month that are in use."""
    local = at.astimezone(ZoneInfo(timezone))
    month = "/".join(dict.fromkeys(_date(local, "MMMM", lang) for lang in ("ar_SY", "ar")))
    return say(
        "{day} {month}, {time}",
        "{day} {month_ar} {year}، الساعة {time}",
        day=str(local.day),
        month=_date(local, "MMMM y", _ENGLISH),
        month_ar=month,
        year=str(local.year),
        time=f"{local:%H:%M}",
    )


def part(hits: int, of: int, counted: Counted) -> Text:
    """Return "3 of 200 members"; Arabic as after a preposition, for one hit or more."""
    return Text(f"{whole(hits)} of {counted(of).en}", f"{counted(hits).ar} من أصل {whole(of)}")


def listed(items: Sequence[Text]) -> Text:
    """Return ``items``, at least one, in one phrase: "a, b and c"."""
    *most, last = items
    if not most:
        return last
    en, ar = ", ".join(one.en for one in most), "، ".join(one.ar for one in most)
    return Text(f"{en} and {last.en}", f"{ar} و{last.ar}")


def first_of(items: Sequence[Text], most: int) -> Text:
    """Return the first of ``items`` in one phrase, and how many more there are."""
    left = len(items) - most
    return listed([*items[:most], _MORE(left)] if left > 0 else items)


def codes(ids: Sequence[str]) -> Text:
    """Return codes, at least one, in one phrase."""
    return listed([Text(one, one) for one in ids])


def closed(text: Text) -> Text:
    """Return words of a scenario as a sentence that ends."""
    return Text(_closed(text.en), _closed(text.ar))


def _closed(words: str) -> str:
    bare = words.strip()
    return bare if bare.endswith((".", "!", "?", "؟")) else f"{bare}."


def _in(value: Value, lang: str) -> str:
    if isinstance(value, Text):
        return value.say(lang)
    return whole(value) if isinstance(value, int) else value


def _date(local: datetime, pattern: str, locale: str) -> str:
    return format_date(local, pattern, locale=locale).translate(_LATIN_DIGITS)
