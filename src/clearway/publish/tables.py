"""The report's tables, row by row, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clearway.model.network import FOOT_FLOW_PERSONS_PER_M_S
from clearway.model.plan import Binding
from clearway.publish.colours import corridor_colour
from clearway.publish.edition import Edition
from clearway.publish.figures import CorridorDay, corridor_days, group_counts, site_loads
from clearway.publish.words import Said


@dataclass(frozen=True, slots=True)
class CorridorRow:
    """One corridor on one day; ``first`` opens a corridor's rows, ``rows`` of them."""

    code: Said
    name: Said
    colour: str
    first: bool
    rows: int
    day: Said
    hours: Said
    load: Said
    capacity: Said
    spare: Said
    use: Said
    use_share: float
    full: Said
    queue: Said
    last: Said


@dataclass(frozen=True, slots=True)
class BindingRow:
    """One limit that the plan fills."""

    kind: Said
    where: Said
    when: Said
    worth: Said
    text: Said


@dataclass(frozen=True, slots=True)
class ZoneShare:
    """What one zone gets of what it wants."""

    code: Said
    row: int
    share: float
    percent: Said
    text: Said


def corridor_rows(edition: Edition) -> Iterator[CorridorRow]:
    """Yield the corridors' days, corridor by corridor."""
    days = corridor_days(edition.scenario, edition.walks, edition.verdict, edition.rides)
    for number, corridor in enumerate(edition.scenario.corridors):
        own = [day for day in days if day.corridor is corridor]
        for at, day in enumerate(own):
            yield _corridor_row(edition, day, corridor_colour(number), at, len(own))


def _corridor_row(
    edition: Edition, day: CorridorDay, colour: str, at: int, rows: int
) -> CorridorRow:
    words, calendar = edition.words, edition.calendar
    waiting = round(day.peak_waiting)
    queue = words.say(
        "corridors.queue_at" if waiting else "corridors.queue_of",
        n=waiting,
        limit=words.number(day.corridor.holding.limit_persons),
        time=calendar.clock(day.peak_s),
    )
    return CorridorRow(
        code=words.code(day.corridor.id),
        name=words.name(day.corridor.name),
        colour=colour,
        first=at == 0,
        rows=rows,
        day=calendar.short(calendar.day_of(day.opens_s)),
        hours=calendar.hours(day.opens_s, day.closes_s),
        load=words.number(day.persons),
        capacity=words.number(day.capacity),
        spare=words.number(day.spare),
        use=words.share(round(day.use, 3)),
        use_share=min(1.0, day.use),
        full=_full(edition, day),
        queue=queue,
        last=calendar.clock(day.last_entry_s),
    )


def _full(edition: Edition, day: CorridorDay) -> Said:
    """Say when the gate is full: how long, and between which hours."""
    if not day.full:
        return edition.words.say("corridors.full_none")
    hours = edition.calendar.hours(day.full[0][0], day.full[-1][1])
    if len(day.full) == 1:
        return hours
    seconds = sum(until - since for since, until in day.full)
    return edition.words.say(
        "corridors.full_some", time=edition.words.duration(seconds), hours=hours
    )


def binding_rows(edition: Edition) -> Iterator[BindingRow]:
    """Yield what binds, the most valuable first."""
    for one in sorted(edition.plan.status.binding, key=lambda binding: -binding.worth_persons):
        yield _binding_row(edition, one)


def _binding_row(edition: Edition, one: Binding) -> BindingRow:
    words, calendar = edition.words, edition.calendar
    key = f"binding.{one.kind}"
    first, last = calendar.day_of(one.from_s), calendar.day_of(one.until_s)
    when = words.say(
        "live.moment", day=calendar.short(first), time=calendar.hours(one.from_s, one.until_s)
    )
    if first != last:
        when = words.say(
            "time.range",
            opens=_moment(edition, one.from_s, first),
            closes=_moment(edition, one.until_s, last),
        )
    return BindingRow(
        kind=words.say(key) if key in words.messages else words.quote(one.kind),
        where=words.code(one.where),
        when=when,
        worth=words.amount(one.worth_persons),
        text=words.name(one.text),
    )


def binding_lines(edition: Edition) -> Iterator[Said]:
    """Yield what binds in short: one line for all limits of one kind that bind on the same days.

    Each line names them with what one unit more of each would bring, the most valuable first.
    """
    worth: dict[tuple[str, str], float] = {}
    days: dict[tuple[str, str], set[date]] = {}
    for one in edition.plan.status.binding:
        key = (one.kind, one.where)
        worth[key] = max(worth.get(key, 0.0), one.worth_persons)
        days.setdefault(key, set()).update(_days(edition, one))
    lines: dict[tuple[str, tuple[date, ...]], list[tuple[str, str]]] = {}
    for key in sorted(worth, key=lambda key: -worth[key]):
        lines.setdefault((key[0], tuple(sorted(days[key]))), []).append(key)
    for (kind, on), keys in lines.items():
        yield _binding_line(edition, kind, on, [(where, worth[_, where]) for _, where in keys])


def _binding_line(
    edition: Edition, kind: str, days: tuple[date, ...], worth: list[tuple[str, float]]
) -> Said:
    words = edition.words
    items = words.listed(
        words.say("binding.item", code=where, n=words.amount(_about(persons)))
        for where, persons in worth
    )
    message = f"binding.line.{kind}"
    known = message if message in words.messages else "binding.line.other"
    return words.say(known, days=edition.calendar.days(days), items=items)


def _days(edition: Edition, one: Binding) -> set[date]:
    """Return the days on whose hours a limit binds."""
    return {
        session.day
        for session in edition.course.sessions
        if session.opens_s < one.until_s and one.from_s < session.closes_s
    } or {edition.calendar.day_of(one.from_s)}


def _about(persons: float) -> float:
    """Return a figure that is said with "about", to two places."""
    return float(f"{persons:.2g}")


def _moment(edition: Edition, seconds: int, day: date) -> Said:
    return edition.words.say(
        "live.moment", day=edition.calendar.short(day), time=edition.calendar.clock(seconds)
    )


def zone_shares(edition: Edition) -> Iterator[ZoneShare]:
    """Yield the zones' shares out, the smallest first."""
    verdict, words = edition.verdict, edition.words
    found = []
    for row, zone in enumerate(edition.scenario.zones):
        out, willing = verdict.out_by_zone[row], verdict.willing_by_zone[row]
        if willing:
            found.append((out / willing, row, zone.id, out, willing))
    for share, row, code, out, willing in sorted(found):
        text = words.say("shares.item", out=out, willing=willing)
        yield ZoneShare(words.code(code), row, share, words.share(share), text)


def spread(edition: Edition) -> float:
    """Return the largest difference between two zones' shares out."""
    pairs = zip(edition.verdict.out_by_zone, edition.verdict.willing_by_zone, strict=True)
    shares = [out / willing for out, willing in pairs if willing]
    return max(shares) - min(shares) if shares else 0.0


def group_rows(edition: Edition) -> Iterator[tuple[Said, Said, Said, Said, Said, Said]]:
    """Yield name, inside, willing, out, share of the willing, and still inside, by group."""
    words = edition.words
    counts = group_counts(edition.scenario, edition.plan, edition.verdict)
    for group, count in zip(edition.scenario.groups, counts, strict=True):
        share = words.share(count.out / count.willing) if count.willing else Said("–")
        numbers = [words.number(n) for n in (count.inside, count.willing, count.out)]
        name = words.name(group.name)
        yield name, numbers[0], numbers[1], numbers[2], share, words.number(count.stay)


def site_rows(edition: Edition) -> Iterator[tuple[Said, Said, Said, Said, Said]]:
    """Yield code, name, arrivals, places, and share of places taken, by reception site."""
    words = edition.words
    loads = site_loads(edition.scenario, edition.walks, edition.rides)
    for site in edition.scenario.receptions:
        load, places = loads[site.id], site.places.central
        share = words.share(round(load / places, 3)) if places else Said("–")
        yield (
            words.code(site.id),
            words.name(site.name),
            words.number(load),
            words.number(places),
            share,
        )


def rule_rows(edition: Edition) -> Iterator[tuple[Said, Said, Said, Said]]:
    """Yield name, value, unit and source of the rules that are no estimates."""
    words, planning = edition.words, edition.scenario.planning
    minutes, seconds = words.say("assumptions.min"), words.say("assumptions.s")
    own = words.say("assumptions.rule_source")
    yield words.say("assumptions.slot"), words.amount(planning.slot_s / 60), minutes, own
    yield words.say("assumptions.step"), words.number(planning.step_s), seconds, own
    yield words.say("assumptions.tick"), words.number(planning.tick_s), seconds, own
    yield (
        words.say("assumptions.flow"),
        words.amount(FOOT_FLOW_PERSONS_PER_M_S),
        words.say("assumptions.per_m_s"),
        words.say("assumptions.flow_source"),
    )
    for corridor in edition.scenario.corridors:
        name = words.say("assumptions.margin", code=corridor.id)
        yield name, words.amount(corridor.margin_s / 60), minutes, own
    if planning.spread < 1:
        percent = words.say("assumptions.percent")
        yield words.say("assumptions.spread"), words.amount(100 * planning.spread), percent, own
