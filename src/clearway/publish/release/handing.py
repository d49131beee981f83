"""Hand a release to somebody: its files, its watermark, its bundle, and what the register says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from clearway.model.checks import Checks
from clearway.model.event import Event
from clearway.publish.bundle.manifest import ID_DIGITS, Manifest, listed
from clearway.publish.bundle.sealing import sealed
from clearway.publish.release.page import page
from clearway.publish.release.profiles import PROFILES, Profile, profile_named
from clearway.publish.release.redact import Subject, redacted
from clearway.publish.release.said import release_words
from clearway.publish.words import LANGS
from clearway.seal.canonical import canonical, digest
from clearway.seal.keys import WriterKey

FORMAT: Final = "clearway-release/1"
DATA_FILE: Final = "release.json"
#: What tells in a whole run for whom it is; nothing else in it could be marked and still be read.
NOTE_FILE: Final = "RELEASE.txt"


@dataclass(frozen=True, slots=True)
class Terms:
    """To whom, as what, until when.

    Attributes
    ----------
    profile
        Name of the profile.
    recipient
        An organisation or a role, never a person.
    created, expires
        Moments with a time zone.
    timezone
        In which the recipient reads the end date.
    """

    profile: str
    recipient: str
    created: datetime
    expires: datetime
    timezone: str

    def __post_init__(self) -> None:
        """Refuse an unknown profile, nobody, and a line that would break a page."""
        profile_named(self.profile)
        checks = Checks("release")
        named = bool(self.recipient.strip()) and self.recipient.isprintable()
        checks.that(named, "recipient", self.recipient, "must be one line that names somebody")
        short = len(self.recipient) <= 80
        checks.that(short, "recipient", self.recipient, "must have at most 80 letters")
        zoned = self.created.tzinfo is not None and self.expires.tzinfo is not None
        checks.that(zoned, "expires", self.expires, "must carry a time zone")
        checks.done()

    @property
    def sees(self) -> Profile:
        """The profile itself."""
        return PROFILES[self.profile]

    def mark(self, release: str) -> dict[str, str]:
        """Return what stands in the watermark of a release by its id."""
        return {
            "recipient": self.recipient,
            "id": release,
            "profile": self.profile,
            "moment": _zoned(self.expires.astimezone(ZoneInfo(self.timezone))),
        }


@dataclass(frozen=True, slots=True)
class Release:
    """What is handed over.

    Attributes
    ----------
    id
        Ten hexadecimal digits by which it is known.
    files
        Content by name.
    bundle
        The signed zip of them.
    """

    id: str
    files: Mapping[str, bytes]
    bundle: bytes


def usual_expiry(profile: str, created: datetime) -> datetime:
    """Return the end date of a release for which nobody sets another."""
    return created + timedelta(days=profile_named(profile).days)


def redacted_release(subject: Subject, terms: Terms, key: WriterKey) -> Release:
    """Return what a profile below the full one may see: data, and a page in each language.

    Parameters
    ----------
    subject
        What is released.
    terms
        To whom; of any profile but ``full``, for which :func:`whole_release` is.
    key
        Whose signature it carries.

    Raises
    ------
    ValueError
        If the profile is the full one.
    """
    if terms.sees.whole:
        raise ValueError("the full profile is handed the run itself")
    data = redacted(subject, terms.sees)
    release = _id(terms, digest(canonical(data)))
    mark = terms.mark(release)
    files = {DATA_FILE: canonical({"format": FORMAT, "release": {**mark, **_lines(mark)}, **data})}
    for lang in LANGS:
        files[f"release.{lang}.html"] = page(data, lang, mark).encode()
    return _bundled(release, files, terms, key)


def whole_release(files: Mapping[str, bytes], terms: Terms, key: WriterKey) -> Release:
    """Return a run as it is, with a note for whom it is.

    Parameters
    ----------
    files
        Scenario, plans, pack and log by name, byte for byte.
    terms
        To whom; of the full profile.
    key
        Whose signature it carries.

    Raises
    ------
    ValueError
        If the profile is another one: files as they are hold everything.
    """
    if not terms.sees.whole:
        raise ValueError("files as they are may go to the full profile alone")
    release = _id(terms, digest(canonical({name: digest(one) for name, one in files.items()})))
    mark = terms.mark(release)
    note = "\n".join(release_words(lang).say("mark.whole", **mark) for lang in LANGS)
    return _bundled(release, {**files, NOTE_FILE: f"{note}\n".encode()}, terms, key)


def release_event(terms: Terms, handed: bytes, at: datetime) -> Event:
    """Return the record for the register: this file went to them, until then.

    Parameters
    ----------
    terms
        To whom.
    handed
        The file as it was handed over: encrypted, if it was.
    at
        When.
    """
    return Event(
        "release",
        at,
        {
            "profile": terms.profile,
            "to": terms.recipient,
            "file": digest(handed),
            "expires": terms.expires.isoformat(),
        },
    )


def _zoned(local: datetime) -> str:
    """Return a moment to the minute with its offset, such as ``2016-11-03 12:00 UTC+03:00``."""
    shown = local.isoformat(" ", "minutes")
    clock = len("2016-11-03 12:00")
    return f"{shown[:clock]} UTC{shown[clock:].replace('+00:00', '')}"


def _id(terms: Terms, content: str) -> str:
    told = {
        "profile": terms.profile,
        "recipient": terms.recipient,
        "created": terms.created.astimezone(UTC).isoformat(),
        "expires": terms.expires.astimezone(UTC).isoformat(),
        "content": content,
    }
    return digest(canonical(told))[:ID_DIGITS]


def _lines(mark: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the watermark as a line in both languages."""
    lines = {}
    for lang in LANGS:
        words = release_words(lang)
        profile = words.say(f"profile.{mark['profile']}")
        lines[lang] = str(words.say("mark.line", **{**mark, "profile": profile}))
    return {"watermark": lines}


def _bundled(release: str, files: Mapping[str, bytes], terms: Terms, key: WriterKey) -> Release:
    manifest = Manifest(
        id=release,
        profile=terms.profile,
        recipient=terms.recipient,
        watermark=_lines(terms.mark(release))["watermark"]["en"],
        created=terms.created,
        expires=terms.expires,
        files=listed(files, dict.fromkeys(files, terms.profile)),
    )
    return Release(release, files, sealed(files, manifest, key))
