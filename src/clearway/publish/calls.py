"""The call-forward table: thousands of rows, so written here and not in a template."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from clearway.publish.edition import Edition
from clearway.publish.words import Said


def call_rows(edition: Edition) -> Markup:
    """Return the table's rows in order of departure, each with what the filters ask for.

    The attribute ``data-is`` holds the rows of zone, corridor, group and session, the place in
    the order of departure, and the persons.
    """
    return Markup("\n").join(_rows(edition))  # every part is escaped below


def _rows(edition: Edition) -> Iterator[Markup]:
    walks, words = edition.walks, edition.words
    scenario = edition.scenario
    zones = [escape(words.code(zone.id)) for zone in scenario.zones]
    groups = [escape(words.name(group.name)) for group in scenario.groups]
    corridors = [escape(words.code(corridor.id)) for corridor in scenario.corridors]
    times = _Times(edition)
    columns = (walks.zone, walks.corridor, walks.group, walks.depart_s, walks.span_s)
    counts = (walks.households, walks.persons, walks.gate_s)
    rows = zip(*(column.tolist() for column in (*columns, *counts)), strict=True)
    ordered = sorted(rows, key=lambda row: (row[3], row[0], row[2], row[1]))
    for order, row in enumerate(ordered):
        zone, corridor, group, depart, span, households, persons, walk = row
        session, day, leaves, until = times.at(depart, span)
        minutes = round(walk / 60)
        marks = f"{zone} {corridor} {group} {session} {order} {persons}"
        cells = (
            f"<th scope=row>{zones[zone]}<td>{day}<td>{leaves}<td>{until}<td>{corridors[corridor]}"
            f"<td>{groups[group]}<td class=n>{words.number(households)}"
            f"<td class=n>{words.number(persons)}<td class=n data-is={minutes}>"
            f"{words.number(minutes)}"
        )
        yield Markup(f'<tr data-is="{marks}">{cells}')  # noqa: S704 - names are escaped above


class _Times:
    """Days and clocks of departures, each written once."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._seen: dict[tuple[int, int], tuple[int, Said, Said, Said]] = {}

    def at(self, depart: int, span: int) -> tuple[int, Said, Said, Said]:
        """Return the session, the day, and from when until when a block leaves."""
        if (depart, span) not in self._seen:
            calendar = self._edition.calendar
            sessions = self._edition.course.sessions
            opened = [row for row, one in enumerate(sessions) if one.opens_s <= depart]
            self._seen[depart, span] = (
                opened[-1] if opened else 0,
                calendar.short(calendar.day_of(depart)),
                calendar.clock(depart),
                calendar.clock(depart + span),
            )
        return self._seen[depart, span]
