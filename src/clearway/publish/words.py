"""What the report says, in English and in Arabic.

The sentences stand in ``templates/words.en.toml`` and ``templates/words.ar.toml``, with the same
keys and the same ``{places}``. A message with plural forms is a table; ``n`` chooses the form.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from babel import Locale

from clearway.model.facts import Text
from clearway.publish.isolate import clean, isolate, ltr

ENGLISH, ARABIC = "en", "ar"
LANGS: Final = (ENGLISH, ARABIC)

#: Part of a last digit that is the rounding of floating-point numbers.
_CRUMB: Final = 1e-6

Message = str | Mapping[str, str]


class Said(str):
    """Words that are ready to be read: what must be isolated in them is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences, and how it writes numbers and names.

    Attributes
    ----------
    lang
        ``en`` or ``ar``.
    messages
        By dotted key, a sentence or a table of plural forms.
    """

    lang: str
    messages: Mapping[str, Message]

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``."""
        return "rtl" if self.lang == ARABIC else "ltr"

    def say(self, key: str, **values: Any) -> Said:
        """Return the sentence ``key`` with ``values`` in its places.

        Numbers are written out and isolated, other words isolated; what is :class:`Said` already
        goes in as it is.
        """
        message = self.messages[key]
        if not isinstance(message, str):
            message = message[self._form(message, values["n"])]
        filled = {name: self._value(value) for name, value in values.items()}
        return Said(self._isolated(message.format_map(filled)))

    def number(self, value: float, decimals: int = 0) -> Said:
        """Return ``value`` with thousands separated, in the digits 0 to 9."""
        if not math.isfinite(value):
            return Said("\u2013")
        return self.code(f"{value + 0.0:,.{decimals}f}".replace("-", "\u2212"))

    def amount(self, value: float) -> Said:
        """Return ``value`` with three figures at most, or all those before the point."""
        size = abs(value)
        decimals = 0 if size >= 100 else 1 if size >= 10 else 2
        while decimals and round(value, decimals) == round(value, decimals - 1):
            decimals -= 1
        return self.number(value, decimals)

    def share(self, value: float) -> Said:
        """Return a share of 1 in per cent, with as many decimals as small shares need."""
        if not math.isfinite(value):
            return Said("\u2013")
        cent = 100 * value
        if 0 < abs(cent) < 0.001:
            return self.code("<\u00a00.001\u00a0%")
        decimals = _decimals(cent)
        if cent < 100:  # nearly all is not all
            cent = min(cent, 100 - 0.1**decimals)
        text = f"{cent:.{decimals}f}".rstrip("0").rstrip(".")
        return self.code(text + "\u00a0%")

    def share_up(self, value: float) -> Said:
        """Return a share of 1 in per cent, rounded up: a limit is never said lower than it is."""
        cent = 100 * value
        scale = 10.0 ** _decimals(cent)
        return self.share(math.ceil(cent * scale - _CRUMB) / scale / 100)

    def code(self, text: object) -> Said:
        """Return a code, a time or a number as one piece that reads left to right."""
        return Said(ltr(clean(str(text))) if self.lang == ARABIC else clean(str(text)))

    def name(self, text: Text) -> Said:
        """Return words of the scenario or the plan in this language."""
        return Said(self._isolated(clean(text.say(self.lang))))

    def quote(self, text: str) -> Said:
        """Return words that come in one language only, such as a source."""
        words = clean(text)
        return Said(isolate(words) if _arabic(words) else self.code(words))

    def duration(self, seconds: float) -> Said:
        """Return hours and minutes in words, rounded to minutes."""
        hours, minutes = divmod(round(seconds / 60), 60)
        if not hours:
            return self.say("unit.minutes", n=minutes)
        if not minutes:
            return self.say("unit.hours", n=hours)
        return self.say(
            "unit.hours_minutes",
            hours=self.say("unit.hours", n=hours),
            minutes=self.say("unit.minutes", n=minutes),
        )

    def listed(self, items: Iterable[Said]) -> Said:
        """Return ``items`` in one phrase: "a, b and c"."""
        parts = list(items)
        if len(parts) < 2:
            return Said("".join(parts))
        most = Said(str(self.messages["list.comma"]).join(parts[:-1]))
        return self.say("list.last", most=most, last=parts[-1])

    def under(self, prefix: str) -> dict[str, Message]:
        """Return the messages whose key begins with ``prefix`` and a dot, without it."""
        start = prefix + "."
        return {k.removeprefix(start): m for k, m in self.messages.items() if k.startswith(start)}

    def _value(self, value: Any) -> str:
        if isinstance(value, Said):
            return value
        if isinstance(value, (int, float)):
            return self.number(value)
        return self.quote(str(value))

    def _form(self, forms: Mapping[str, str], count: float) -> str:
        form = str(Locale.parse(self.lang).plural_form(abs(count)))
        return form if form in forms else "other"

    def _isolated(self, text: str) -> str:
        return isolate(text) if self.lang == ARABIC else text


def words(lang: str) -> Words:
    """Return the sentences of ``lang``; ``ValueError`` if it is not one of ``LANGS``."""
    if lang not in LANGS:
        raise ValueError(f"no words in {lang!r}; there are {', '.join(LANGS)}")
    path = Path(__file__).parent / "templates" / f"words.{lang}.toml"
    return Words(lang, dict(_flat("", tomllib.loads(path.read_text(encoding="utf-8")))))


def _decimals(cent: float) -> int:
    """Return how many decimals a percentage needs: small ones need more."""
    return next((d for edge, d in ((1, 1), (0.1, 2)) if abs(cent) >= edge), 3)


_FORMS: Final = frozenset(("zero", "one", "two", "few", "many", "other"))


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterable[tuple[str, Message]]:
    for key, value in table.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, str) or set(value) <= _FORMS:
            yield name, value
        else:
            yield from _flat(name, value)


def _arabic(text: str) -> bool:
    return any("\u0600" <= char <= "\u06ff" for char in text)
