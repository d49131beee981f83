"""Words in two languages, and numbers with a range and a source."""

from __future__ import annotations

from dataclasses import dataclass

from clearway.model.checks import Checks

ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in English and in Arabic.

    Attributes
    ----------
    en, ar
        Neither may be empty.
    """

    en: str
    ar: str

    def __post_init__(self) -> None:
        """Refuse empty words."""
        checks = Checks("text")
        checks.that(bool(self.en.strip()), "en", self.en, "must not be empty")
        checks.that(bool(self.ar.strip()), "ar", self.ar, "must not be empty")
        checks.done()

    def say(self, lang: str) -> str:
        """Return the words in ``lang``, which is ``en`` or ``ar``."""
        return self.ar if lang == "ar" else self.en


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that is not known exactly.

    Attributes
    ----------
    low, central, high
        In the unit that the owning field names; ``low <= central <= high``.
    source
        Where it comes from; begins with the word "assumed" where nobody reported it.
    """

    low: float
    central: float
    high: float
    source: str

    def __post_init__(self) -> None:
        """Refuse an unordered range and a missing source."""
        checks = Checks("estimate")
        for field in ("low", "central", "high"):
            checks.number(field, getattr(self, field), -1e12, 1e12)
        ordered = self.low <= self.central <= self.high
        text = f"{self.low:g} / {self.central:g} / {self.high:g}"
        checks.that(ordered, "central", text, "must satisfy low <= central <= high")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()

    @property
    def assumed(self) -> bool:
        """Whether the source is an assumption."""
        return self.source.lower().startswith(ASSUMED)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something reported or assumed, kept for the reader and used by no computation.

    Attributes
    ----------
    topic
        What it is about, a few words.
    text
        The statement.
    source
        Where it comes from; begins with "assumed" where nobody reported it.
    """

    topic: str
    text: Text
    source: str

    def __post_init__(self) -> None:
        """Refuse a fact without topic or source."""
        checks = Checks(f"fact {self.topic}")
        checks.that(bool(self.topic.strip()), "topic", self.topic, "must not be empty")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()

    @property
    def assumed(self) -> bool:
        """Whether the source is an assumption."""
        return self.source.lower().startswith(ASSUMED)
