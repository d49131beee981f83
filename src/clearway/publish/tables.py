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
    full: tuple[Said, ...]
    queue: Said
    limit: Said
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
    days = corridor_days(edition.scenario, edition.walks, edition.verdict)
    for number, corridor in enumerate(edition.scenario.corridors):
        own = [day for day in days if day.corridor is corridor]
        for at, day in enumerate(own):
            yield _corridor_row(edition, day, corridor_colour(number), at, len(own))


def _corridor_row(
    edition: Edition, day: CorridorDay, colour: str, at: int, rows: int
) -> CorridorRow:
    words, calendar = edition.words, edition.calendar
    queue = words.say(
        "corridors.queue_at", n=round(day.peak_waiting), time=calendar.clock(day.peak_s)
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
        full=tuple(calendar.hours(*run) for run in day.full),
        queue=queue if day.peak_waiting >= 0.5 else words.number(0),
        limit=words.number(day.corridor.holding.limit_persons),
        last=calendar.clock(day.last_entry_s),
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
    loads = site_loads(edition.scenario, edition.walks)
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


def rule_rows(edition: Edition) -> Iterator[tuple[Said, Said, Said]]:
    """Yield name, value and unit of the rules that are no estimates."""
    words, planning = edition.words, edition.scenario.planning
    minutes, seconds = words.say("assumptions.min"), words.say("assumptions.s")
    yield words.say("assumptions.slot"), words.amount(planning.slot_s / 60), minutes
    yield words.say("assumptions.step"), words.number(planning.step_s), seconds
    yield words.say("assumptions.tick"), words.number(planning.tick_s), seconds
    yield (
        words.say("assumptions.flow"),
        words.amount(FOOT_FLOW_PERSONS_PER_M_S),
        words.say("assumptions.per_m_s"),
    )
    for corridor in edition.scenario.corridors:
        name = words.say("assumptions.margin", code=corridor.id)
        yield name, words.amount(corridor.margin_s / 60), minutes
    if planning.spread < 1:
        percent = words.say("assumptions.percent")
        yield words.say("assumptions.spread"), words.amount(100 * planning.spread), percent
