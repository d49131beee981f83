"""Where people go back to if all stops: named places inside, and how many each holds."""

from __future__ import annotations

from dataclasses import dataclass

from clearway.model.checks import Checks
from clearway.model.facts import Estimate, Text


@dataclass(frozen=True, slots=True)
class Shelter:
    """A place inside the pocket with cover.

    Attributes
    ----------
    id
        Short code, such as ``S1``.
    name
        What people read.
    node
        Id of its node.
    places
        Persons that it holds at a time.
    """

    id: str
    name: Text
    node: int
    places: Estimate

    def __post_init__(self) -> None:
        """Refuse an empty code and negative places."""
        checks = Checks(f"shelter {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        checks.number("places.low", self.places.low, 0, 1e8)
        checks.done()
