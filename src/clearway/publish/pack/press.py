"""Set pages in type: one Typst document a language, each page with its words and its code."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import typst

from clearway.errors import ClearwayError
from clearway.publish.days import Calendar
from clearway.publish.pack.abort import abort_blocks
from clearway.publish.pack.blocks import Block, Tongue
from clearway.publish.pack.codes import codes
from clearway.publish.pack.contacts import contact_blocks
from clearway.publish.pack.cover import cover_blocks
from clearway.publish.pack.driver import convoy_blocks, vehicle_blocks
from clearway.publish.pack.gate import gate_blocks
from clearway.publish.pack.lint import loose
from clearway.publish.pack.mark import mark
from clearway.publish.pack.pack import Pack
from clearway.publish.pack.patient import patient_blocks
from clearway.publish.pack.sheet import (
    ABORT_GATE,
    ABORT_VEHICLE,
    ABORT_ZONE,
    BODY_MM,
    CALLS,
    CONTACTS,
    CONVOY,
    CONVOY_TRIPS,
    COUNTS,
    COVER,
    GATE,
    PATIENT,
    TRIPS,
    VEHICLE,
    ZONE,
    Page,
)
from clearway.publish.pack.tally import call_blocks, count_blocks, trip_blocks
from clearway.publish.pack.zone import zone_blocks
from clearway.publish.words import Message, Words, words
from clearway.seal.keys import WriterKey

_HERE: Final = Path(__file__).parent
TEMPLATES: Final = _HERE / "templates"
FONTS: Final = _HERE.parent / "static" / "fonts"
_FORMS: Final = frozenset(("zero", "one", "two", "few", "many", "other"))
#: Digits of a hash that people compare.
SHORT: Final = 12

Say = Callable[[Page, Tongue], list[Block]]

_BLOCKS: Final[Mapping[str, Say]] = MappingProxyType(
    {
        COVER: cover_blocks,
        CONTACTS: contact_blocks,
        ZONE: zone_blocks,
        GATE: gate_blocks,
        VEHICLE: vehicle_blocks,
        CONVOY: convoy_blocks,
        PATIENT: patient_blocks,
        COUNTS: count_blocks,
        CALLS: call_blocks,
        TRIPS: trip_blocks,
        CONVOY_TRIPS: trip_blocks,
        ABORT_ZONE: abort_blocks,
        ABORT_GATE: abort_blocks,
        ABORT_VEHICLE: abort_blocks,
    }
)


def press(pack: Pack, langs: Sequence[str], key: WriterKey | None = None) -> dict[str, bytes]:
    """Return the pack as one PDF a language; see :func:`pressing`."""
    return pressing(pack, langs, key)()


def pressing(
    pack: Pack, langs: Sequence[str], key: WriterKey | None = None
) -> Callable[[], dict[str, bytes]]:
    """Begin to set the pack, and return what waits for it: one PDF a language, the same pages.

    Everything is worded and looked at before this returns; Typst goes on without the
    interpreter's lock, so that something else can be done meanwhile.

    Parameters
    ----------
    pack
        What is printed.
    langs
        Some of ``en`` and ``ar``.
    key
        Signs every page; without one the pages say that nobody did.

    Raises
    ------
    ClearwayError
        If a page would overflow, or the fonts are not there; from what is returned, if the pages
        cannot be set.
    """
    if not FONTS.is_dir():
        raise ClearwayError("the fonts of printed orders are missing; 'make build' brings them")
    found = codes([mark(pack, page, key).text for page in pack.pages])
    image = found.images.tobytes()
    pool = ThreadPoolExecutor(max_workers=len(langs))
    try:
        # One language is set while the next is worded.
        jobs = {lang: pool.submit(_set, _checked(pack, lang), image, found.side) for lang in langs}
    finally:
        pool.shutdown(wait=False)  # takes no more; what it has is done
    return lambda: {lang: job.result() for lang, job in jobs.items()}


def pack_words(lang: str) -> Words:
    """Return the report's sentences in ``lang`` with the pack's, which begin with ``pack.``."""
    told = tomllib.loads((TEMPLATES / f"words.{lang}.toml").read_text(encoding="utf-8"))
    own: dict[str, Message] = {}
    for section, messages in told.items():
        if isinstance(messages, str) or set(messages) <= _FORMS:
            own[f"pack.{section}"] = messages
        else:
            own |= {f"pack.{section}.{name}": message for name, message in messages.items()}
    return Words(lang, {**words(lang).messages, **own})


def document(pack: Pack, lang: str) -> dict[str, Any]:
    """Return all that the template is filled with in one language."""
    said = pack_words(lang)
    scenario = pack.day.scenario
    tongue = Tongue(said, Calendar(scenario, said))
    day = tongue.calendar.day(pack.day.date)
    return {
        "lang": lang,
        "dir": said.direction,
        "title": tongue.say(
            "document", scenario=said.name(scenario.title), day=day, version=pack.version
        ),
        "pages": [_page(pack, page, tongue, day) for page in pack.pages],
    }


def _checked(pack: Pack, lang: str) -> dict[str, Any]:
    told = document(pack, lang)
    _check_heights(lang, told["pages"])
    _check_isolated(told)
    return told


def _page(pack: Pack, page: Page, tongue: Tongue, day: str) -> dict[str, Any]:
    own = page.kind in (COVER, CONTACTS)
    return {
        "title": tongue.say(f"kind.{page.kind}"),
        "subject": "" if own else tongue.code(page.subject),
        "day": day,
        "whom": tongue.say(f"whom.{page.kind}"),
        "marks": [
            tongue.say("head.page", id=tongue.code(page.id)),
            tongue.say(
                "head.plan",
                scenario=tongue.code(pack.day.scenario.id),
                version=pack.version,
                plan=tongue.code(pack.plan[:SHORT]),
            ),
        ],
        "foot": tongue.say("foot.rule"),
        "sheet": tongue.say("foot.sheet", n=page.number, of=page.of),
        "place": tongue.say("foot.place", n=page.place, of=page.all),
        "blocks": _BLOCKS[page.kind](page, tongue),
    }


def _check_heights(lang: str, pages: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a page whose blocks are higher than it: it would be two pages in one language."""
    for page in pages:
        height = sum(block["mm"] for block in page["blocks"])
        if height > BODY_MM + 1e-6:
            msg = f"{page['place']} ({lang}) would be {height:.0f} mm of {BODY_MM:.0f} high"
            raise ClearwayError(msg)


def _check_isolated(told: Mapping[str, Any]) -> None:
    """Refuse text in which a reader may see numbers in another order than they were written."""
    found = loose(told)
    if found:
        raise ClearwayError(f"numbers that are not isolated, such as in: {found[0]!r}")


def _set(told: Mapping[str, Any], image: bytes, side: int) -> bytes:
    """Return the PDF of one document; ``image`` has the codes one after another."""
    with tempfile.TemporaryDirectory(prefix="clearway-pack-") as folder:
        root = Path(folder)
        (root / "data.json").write_text(json.dumps({**told, "side": side}), "utf-8")
        (root / "codes.bin").write_bytes(image)
        shutil.copy(TEMPLATES / "pack.typ", root / "pack.typ")
        try:
            found = typst.compile(
                str(root / "pack.typ"),
                root=folder,
                font_paths=[str(FONTS)],
                ignore_system_fonts=True,
                format="pdf",
                pdf_tags=False,
            )
        except typst.TypstError as error:
            raise ClearwayError(f"the pack could not be set: {error}") from error
    if not isinstance(found, bytes):
        raise ClearwayError("the pack could not be set: no document came")
    return found
