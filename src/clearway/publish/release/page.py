"""A release as a page that people read: tables of what the profile sees, and nothing else.

It is written from the redacted data alone, so that it can hold nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import jinja2

from clearway.publish.isolate import clean
from clearway.publish.release.paper import Grid, Text, spread
from clearway.publish.release.profiles import LEAST_COUNT, PROFILES
from clearway.publish.release.said import release_words, value_said
from clearway.publish.words import LANGS, Said, Words
from clearway.publish.words import words as report_words

Row = Mapping[str, Any]
Cell = Callable[[Words, Any], Said]


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the page.

    Attributes
    ----------
    id
        Key of its heading.
    head, rows
        Names of its columns, and its cells.
    """

    id: str
    head: tuple[Said, ...]
    rows: tuple[tuple[Said, ...], ...]


def page(data: Mapping[str, Any], lang: str, mark: Mapping[str, str]) -> str:
    """Return the page of one release in one language.

    Printed, it has its tables on the same pages as in any other language.

    Parameters
    ----------
    data
        As :func:`~clearway.publish.release.redact.redacted` returns it.
    lang
        ``en`` or ``ar``.
    mark
        Who it is for: ``recipient``, ``id``, ``profile`` and ``moment`` (until when).
    """
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    written = {one: _Written.of(data, release_words(one), mark) for one in LANGS}
    spreads, end_starts_page = spread([one.text for one in written.values()])
    own = written[lang]
    return environment.get_template("page.html.j2").render(
        lang=lang,
        direction=own.words.direction,
        document=[*([own.title] if own.title else []), own.line],
        own=own,
        sections=[
            (own.words.say(f"section.{one.id}"), one, print_)
            for one, print_ in zip(own.sections, spreads, strict=True)
        ],
        end_starts_page=end_starts_page,
    )


@dataclass(frozen=True, slots=True)
class _Written:
    """All words of a page in one language.

    Attributes
    ----------
    words
        The language.
    line, title
        The watermark, and the name of the scenario, which may be empty.
    paragraphs
        Before the first table: heading, until when, notes.
    sections
        Tables.
    attribution
        Lines of the scenario's.
    """

    words: Words
    line: Said
    title: Said
    paragraphs: tuple[Said, ...]
    sections: tuple[Section, ...]
    attribution: tuple[str, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any], words: Words, mark: Mapping[str, str]) -> Self:
        """Return the page in one language."""
        told = {**mark, "profile": words.say(f"profile.{mark['profile']}")}
        whole, scenario = PROFILES[mark["profile"]].whole, data.get("scenario", {})
        return cls(
            words=words,
            line=words.say("mark.line", **told),
            title=_text(words, scenario.get("title")),
            paragraphs=(
                words.say("page.title", recipient=told["recipient"]),
                words.say("page.until", moment=told["moment"]),
                words.say("page.profile", profile=told["profile"]),
                words.say("page.plan"),
                words.say("page.exact" if whole else "page.coarse"),
                words.say("page.hidden", n=LEAST_COUNT),
            ),
            sections=tuple(sections(data, words)),
            attribution=tuple(scenario.get("attribution", ())),
        )

    @property
    def text(self) -> Text:
        """Return it as it takes room on paper."""
        return Text(
            mark=clean(self.line),
            # The title is set larger than a line.
            top=(f"{clean(self.title)} " * 2, *map(clean, self.paragraphs)),
            tables=tuple(
                Grid(
                    tuple(map(clean, one.head)),
                    tuple(tuple(map(clean, row)) for row in one.rows),
                )
                for one in self.sections
            ),
            bottom=(*self.attribution, clean(self.line)),
        )


def sections(data: Mapping[str, Any], words: Words) -> list[Section]:
    """Return the tables of which the profile sees anything, in the page's order."""
    found = []
    for name, path, columns in _SECTIONS:
        rows = list(_rows(data, path))
        seen = [(key, field, cell) for key, field, cell in columns if _any(rows, field)]
        if seen:
            head = tuple(words.say(f"column.{key}") for key, _, _ in seen)
            body = tuple(
                tuple(cell(words, _at(row, field)) for _, field, cell in seen) for row in rows
            )
            found.append(Section(name, head, body))
    return found


def _rows(data: Mapping[str, Any], path: str) -> Iterable[Row]:
    if path == "trips":
        return _stops(data)
    told = _at(data, path)
    if isinstance(told, Mapping):
        return [told]
    return told if isinstance(told, list) else []


def _stops(data: Mapping[str, Any]) -> Iterable[Row]:
    """Yield each stop of each trip beside its trip and its vehicle."""
    for duty in _at(data, "plan.duties") or []:
        for trip in duty.get("trips", []):
            for stop in trip.get("stops", [{}]):
                yield {"duty": duty, "trip": trip, "stop": stop}


def _at(data: Mapping[str, Any], path: str) -> Any:
    told: Any = data
    for key in path.split("."):
        told = told.get(key) if isinstance(told, Mapping) else None
    return told


def _any(rows: Iterable[Row], field: str) -> bool:
    # A count that is hidden is told, as hidden: its column stands.
    if field == "persons":
        return any(field in row for row in rows)
    return any(_at(row, field) is not None for row in rows)


def _plain(words: Words, value: Any) -> Said:
    if value is None:
        return Said("")
    if isinstance(value, Mapping):
        return _told(words, value)
    if isinstance(value, list):
        return words.listed([_plain(words, one) for one in value])
    return value_said(words, value)


def _count(words: Words, value: Any) -> Said:
    return words.say("page.hidden_mark") if value is None else _plain(words, value)


def _told(words: Words, value: Mapping[str, Any]) -> Said:
    """Return words in two languages, an estimate, or keys with their values."""
    if set(value) == {"en", "ar"}:
        return _text(words, value)
    if set(value) == {"low", "central", "high"}:
        return words.code(" / ".join(f"{value[key]:,.6g}" for key in ("low", "central", "high")))
    pairs = [
        Said(f"{_name(words, key)}: {_cell(key)(words, one)}")
        for key, one in value.items()
        if one is not None or key == "persons"
    ]
    return _apart(words, pairs)


def _named(words: Words, value: Any, *, under: str) -> Said:
    """Return a name that the report has words for, such as a kind of bed, in those words."""
    report, key = report_words(words.lang), f"{under}.{value}"
    return report.say(key) if key in report.messages else _plain(words, value)


def _beds(words: Words, value: Any) -> Said:
    """Return each kind of bed with its places: low, central, high."""
    if not isinstance(value, list):
        return _plain(words, value)
    pairs = [
        Said(f"{_BED(words, one.get('kind'))}: {_plain(words, one.get('places'))}") for one in value
    ]
    return _apart(words, pairs)


def _apart(words: Words, parts: Iterable[Said]) -> Said:
    return Said(words.say("list.apart").join(parts))


def _cell(key: str) -> Cell:
    """Return how what an event tells under ``key`` is written."""
    if key == "persons":
        return _count
    return _moment if key in _MOMENTS else _plain


def _name(words: Words, key: str) -> Said:
    known = f"column.{key.removesuffix('_s')}"
    return words.say(known) if known in words.messages else words.code(key.replace("_", " "))


def _text(words: Words, value: Mapping[str, str] | None) -> Said:
    if value is None:
        return Said("")
    return words.quote(value["ar"] if words.lang == "ar" else value["en"])


def _moment(words: Words, value: Any) -> Said:
    if not isinstance(value, str):
        return _plain(words, value)
    if len(value) == len("2016-10-20"):
        return words.code(value)
    return words.code(datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M"))


def _place(words: Words, value: Any) -> Said:
    told = isinstance(value, list)
    return words.code(", ".join(f"{one:g}" for one in value)) if told else _plain(words, value)


def _scaled(words: Words, value: Any, *, times: float) -> Said:
    if isinstance(value, Mapping):
        return _told(words, {key: _times(one, times) for key, one in value.items()})
    if isinstance(value, list):
        return words.listed([_scaled(words, one, times=times) for one in value])
    return words.amount(value * times) if value is not None else _plain(words, value)


def _times(value: Any, times: float) -> Any:
    return round(value * times, 6) if isinstance(value, (int, float)) else value


_TOPIC: Final = partial(_named, under="topic")
_BED: Final = partial(_named, under="bed")
_MOMENTS: Final = frozenset(("opens", "closes", "since", "until", "expires"))
_MINUTES: Final = partial(_scaled, times=1 / 60)
_AN_HOUR: Final = partial(_scaled, times=3600.0)


def _columns(told: str, **cells: Cell) -> tuple[tuple[str, str, Cell], ...]:
    """Return columns from ``name`` or ``name=path.of.field``; cells are plain if none is given."""
    found = []
    for one in told.split():
        name, _, field = one.partition("=")
        found.append((name, field or name, cells.get(name, _plain)))
    return tuple(found)


#: Heading, where the rows stand in the data, and the columns of each table.
_SECTIONS: Final[tuple[tuple[str, str, tuple[tuple[str, str, Cell], ...]], ...]] = (
    (
        "decision",
        "verdict.decision.reasons",
        _columns("reason=topic where state", reason=_TOPIC),
    ),
    ("hours", "scenario.windows", _columns("corridor opens closes", opens=_moment, closes=_moment)),
    (
        "corridors",
        "scenario.corridors",
        _columns(
            "id name reception mouth rate=gate_persons_per_s open=open_limit_persons",
            mouth=_place,
            rate=_AN_HOUR,
        ),
    ),
    ("counts", "counts", _columns("what by where persons", persons=_count)),
    ("zones", "scenario.zones", _columns("id place=rings", place=_place)),
    ("groups", "scenario.groups", _columns("id name")),
    (
        "receptions",
        "scenario.receptions",
        _columns("id name place=node places", place=_place),
    ),
    ("shelters", "scenario.shelters", _columns("id name places")),
    ("hazards", "scenario.agreement.hazards", _columns("corridor text bars")),
    ("provisions", "scenario.agreement.provisions", _columns("text")),
    (
        "consents",
        "scenario.agreement.consents",
        _columns("id level corridors state expires", expires=_moment),
    ),
    (
        "contacts",
        "scenario.agreement.contacts",
        _columns("party level corridors role channel backup if_lost"),
    ),
    (
        "changes",
        "scenario.changes",
        _columns(
            "corridor since until share=persons_share vehicles_share",
            since=_moment,
            until=_moment,
        ),
    ),
    (
        "rules",
        "plan.rules.gates",
        _columns(
            "corridor hold=hold_queue_persons open=open_persons last_entry=last_entry_s "
            "turn=turn_m",
            last_entry=_MINUTES,
        ),
    ),
    (
        "departures",
        "plan.rules.last_departures",
        _columns("zone group corridor before=before_s", before=_MINUTES),
    ),
    (
        "movements",
        "plan.movements",
        _columns(
            "id departs=depart_s zone group corridor persons", departs=_moment, persons=_count
        ),
    ),
    (
        "trips",
        "trips",
        _columns(
            "vehicle=duty.vehicle corridor_in=trip.corridor_in zone=stop.zone "
            "arrive=stop.arrive_s leave=stop.leave_s code=stop.patients "
            "corridor_out=trip.corridor_out destination=trip.destination",
            arrive=_moment,
            leave=_moment,
        ),
    ),
    (
        "convoys",
        "scenario.aid.convoys",
        _columns("id name vehicles zone since until", since=_moment, until=_moment),
    ),
    ("linked", "scenario.aid.links", _columns("id then after")),
    (
        "types",
        "scenario.fleet.types",
        _columns("id name seats wheelchairs stretchers care"),
    ),
    ("hospitals", "scenario.care.hospitals", _columns("id name beds", beds=_beds)),
    (
        "patients",
        "scenario.care.patients",
        _columns(
            "code zone category posture companions care bed ready accepts refuses state",
            bed=_BED,
            ready=_moment,
        ),
    ),
    ("log", "log", _columns("at kind about", at=_moment)),
)
