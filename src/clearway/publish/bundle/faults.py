"""What can be wrong with a bundle, each with a name of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clearway.model.checks import Checks, shown

NOT_A_ZIP, LAYOUT, DAMAGED, TOO_LARGE = "not a zip", "layout", "damaged", "too large"
NAME, TWICE, LINK = "unsafe name", "twice", "not a file"
MANIFEST, SIGNATURE, SIGNER, EXPIRED = "manifest", "signature", "unknown signer", "expired"
MISSING, EXTRA, CHANGED, LOCKED = "missing", "extra", "changed", "locked"
KINDS: Final = (
    NOT_A_ZIP,  # nothing in it can be read
    LAYOUT,  # bytes that Clearway does not write: a comment, another order, other times
    DAMAGED,  # what is stored does not unpack to what the zip says
    TOO_LARGE,  # more, or more files, than a bundle may hold: a bomb, or a mistake
    NAME,  # absolute, out of the folder, or one that some system cannot keep
    TWICE,  # two files of one name
    LINK,  # a link, a folder or a device
    MANIFEST,  # the list of what is in it is missing or cannot be read
    SIGNATURE,  # not by the key that it names
    SIGNER,  # by a key that nobody here vouches for
    EXPIRED,  # its time is over
    MISSING,  # listed, and not there
    EXTRA,  # there, and not listed
    CHANGED,  # not what was signed
    LOCKED,  # encrypted, and by none of the keys at hand
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a bundle.

    Attributes
    ----------
    kind
        One of ``KINDS``.
    where
        Name of the file in it; empty for the whole bundle.
    text
        One plain sentence.
    """

    kind: str
    where: str
    text: str

    def __post_init__(self) -> None:
        """Refuse an unknown kind."""
        checks = Checks("fault")
        checks.that(self.kind in KINDS, "kind", self.kind, f"must be one of {KINDS}")
        checks.done()

    def __str__(self) -> str:
        place = f"{shown(self.where)}: " if self.where else ""
        return f"{place}{self.kind}: {self.text}"
