"""Words in two languages, and numbers with a range and a source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearway.model.checks import Checks

ASSUMED = "assumed"
SPLIT, SPLIT_LOG, TRIANGULAR = "split", "split-log", "triangular"
#: How an estimate's values are spread over its range, see :meth:`Estimate.at`.
SHAPES: Final = (SPLIT, SPLIT_LOG, TRIANGULAR)


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
    """A number that is not known exactly, and how likely its values are.

    Attributes
    ----------
    low, central, high
        In the unit that the owning field names; ``low <= central <= high``.
    source
        Where it comes from; begins with the word "assumed" where nobody reported it.
    shape
        One of ``SHAPES``.
    """

    low: float
    central: float
    high: float
    source: str
    shape: str = SPLIT

    def __post_init__(self) -> None:
        """Refuse an unordered range and a missing source."""
        checks = Checks("estimate")
        for field in ("low", "central", "high"):
            checks.number(field, getattr(self, field), -1e12, 1e12)
        ordered = self.low <= self.central <= self.high
        text = f"{self.low:g} / {self.central:g} / {self.high:g}"
        checks.that(ordered, "central", text, "must satisfy low <= central <= high")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.that(self.shape in SHAPES, "shape", self.shape, f"must be one of {SHAPES}")
        positive = self.shape != SPLIT_LOG or self.low > 0
        checks.that(positive, "low", self.low, f"must be above 0 in the shape {SPLIT_LOG}")
        checks.done()

    @property
    def assumed(self) -> bool:
        """Whether the source is an assumption."""
        return self.source.lower().startswith(ASSUMED)

    def at(self, share: ArrayLike) -> NDArray[np.float64]:
        """Return the value that this share of draws stays below (the quantile function).

        ``split``: half of the draws lie evenly between low and central, half evenly between
        central and high. ``split-log``: the same on a logarithmic scale. ``triangular``: the
        triangular distribution whose mode is central.

        Parameters
        ----------
        share
            Any shape, 0 to 1.
        """
        told = np.asarray(share, dtype=np.float64)
        knots = np.array([self.low, self.central, self.high], dtype=np.float64)
        if self.shape == TRIANGULAR:
            return _triangular(told, *knots.tolist())
        if self.shape == SPLIT_LOG:
            return np.asarray(np.exp(np.interp(told, (0.0, 0.5, 1.0), np.log(knots))))
        return np.asarray(np.interp(told, (0.0, 0.5, 1.0), knots))


def _triangular(
    share: NDArray[np.float64], low: float, mode: float, high: float
) -> NDArray[np.float64]:
    if high == low:
        return np.full(share.shape, low)
    below = share * (high - low) < mode - low
    left = low + np.sqrt(share * (high - low) * (mode - low))
    right = high - np.sqrt((1 - share) * (high - low) * (high - mode))
    return np.asarray(np.where(below, left, right))


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
