"""Why the plan is no better, in words: which gates, hours, sites and streets bind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from babel.dates import format_date
from numpy.typing import NDArray

from clearway.model.facts import Text
from clearway.model.plan import INFEASIBLE, LIMITED, OPTIMAL, PARTIAL, Binding, Level, Status
from clearway.model.scenario import Scenario
from clearway.solve.cells import NEVER
from clearway.solve.master import Duals
from clearway.solve.modes import BY_CAR
from clearway.solve.problem import Problem
from clearway.solve.relax import Relaxation, Relaxed
from clearway.solve.routes import menu

#: Worth of one unit below which a limit does not bind.
NOTHING = 1e-6
#: Most limits that are named in the reason; all are listed.
NAMED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Shadow:
    """What limits are worth: persons more that come out for one person's room more.

    Attributes
    ----------
    first, end, window, worth
        Shape (n,), steps at one gate from ``first`` to before ``end``, their window and worth.
    site
        Shape (r,), worth of a place at each reception site.
    keys, link
        Shape (m,), street slots as in :class:`~clearway.solve.routes.Routes`, and their worth.
    """

    first: NDArray[np.int64]
    end: NDArray[np.int64]
    window: NDArray[np.int64]
    worth: NDArray[np.float64]
    site: NDArray[np.float64]
    keys: NDArray[np.int64]
    link: NDArray[np.float64]

    @staticmethod
    def of_relaxation(relaxation: Relaxation, people: Relaxed) -> Shadow:
        """Return what gates and sites are worth where streets do not bind."""
        blocks, none = relaxation.blocks, np.empty(0, dtype=np.int64)
        return Shadow(
            blocks.first, blocks.end, blocks.window, people.gate_worth, people.site_worth,
            none, np.empty(0),
        )  # fmt: skip

    @staticmethod
    def of_master(problem: Problem, duals: Duals) -> Shadow:
        """Return what gates, sites and streets are worth where streets bind."""
        cells = problem.cells
        return Shadow(
            cells.first, cells.first + cells.steps, cells.window, -duals.cell, -duals.site,
            duals.keys, -duals.link,
        )  # fmt: skip


def explain(
    problem: Problem, shadow: Shadow | None, people: Level | None, *, finished: bool
) -> Status:
    """Return how solving ended and what binds, the most valuable first."""
    willing = int(problem.supply.sum())
    if people is None or people.value == 0:
        if people is not None and not finished:
            return Status(LIMITED, _NOBODY_YET)
        return Status(INFEASIBLE, _why_nobody(problem))
    persons, most = int(people.value), int(people.bound)
    binding = _binding(problem, shadow, willing - persons) if shadow else ()
    named = _first_of_each(binding)[:NAMED]
    worth = (
        Text(" ".join(one.text.en for one in named), " ".join(one.text.ar for one in named))
        if named
        else None
    )
    if persons == willing:
        return Status(OPTIMAL if finished else LIMITED, _EVERYONE)
    reason = _of_best(persons, willing, most, streets=shadow is not None and len(shadow.keys) > 0)
    if not finished:
        reason = _join(reason, _STOPPED)
    return Status(PARTIAL if finished else LIMITED, _join(reason, worth), binding)


def _of_best(persons: int, willing: int, most: int, *, streets: bool) -> Text:
    """Say how many come out and what was proved; with streets, of blocks that fit a gate's slot."""
    en = " of blocks that each meet one slot of a gate" if streets else ""
    ar = " من دفعات تلتقي كل منها بفترة واحدة عند البوابة" if streets else ""
    return Text(
        f"{persons:,} of {willing:,} people expected to come are brought out; no plan{en} brings"
        f" out more than {most:,}.",
        f"تتيح الخطة إخراج {persons:,} من أصل {willing:,} شخص يُتوقَّع حضورهم؛ ولا يمكن لأي خطة{ar}"
        f" إخراج أكثر من {most:,}.",
    )


_EVERYONE = Text(
    "Everyone who is expected to come can be brought out.", "يمكن إخراج كل من يُتوقَّع حضورهم."
)
_STOPPED = Text(
    "Solving was stopped before it was finished; this is the best plan so far.",
    "أُوقف الحساب قبل اكتماله؛ وهذه أفضل خطة حتى الآن.",
)

_NOBODY_YET = Text(
    "Solving was stopped before anyone was placed; it does not follow that nobody can be.",
    "أُوقف الحساب قبل إدراج أي شخص في الخطة؛ ولا يعني ذلك أنه لا يمكن إخراج أحد.",
)


def _join(one: Text, other: Text | None) -> Text:
    return Text(f"{one.en} {other.en}", f"{one.ar} {other.ar}") if other else one


def _why_nobody(problem: Problem) -> Text:
    """Return the first reason, in the order of the journey, why nobody can be brought out."""
    if not problem.supply.any():
        return Text(
            "Nobody is expected to come: no households, or an uptake of zero.",
            "لا يُتوقَّع حضور أحد: لا توجد أسر، أو أن نسبة الاستجابة صفر.",
        )
    walks = problem.walk_steps[problem.supply > 0]
    if (walks >= NEVER).all():
        return Text(
            "No open street leads from any zone through any corridor to its reception site.",
            "لا يوجد شارع مفتوح يصل أي منطقة عبر أي ممر إلى موقع الاستقبال.",
        )
    if not (problem.gate_rate > 0).any():
        return Text("No gate lets anyone through.", "لا تسمح أي بوابة بمرور أحد.")
    if not menu(problem).any():
        return Text(
            "Every window is too short to walk to the gate and be out before the closing margin.",
            "كل الفترات الزمنية أقصر من أن تكفي للوصول إلى البوابة والخروج قبل مهلة الإغلاق.",
        )
    if problem.scenario.planning.spread < 1:
        return Text(
            "No whole household can be called: gates, streets or reception sites are too small,"
            " or the fairness rule holds all back for a zone from which nobody can come.",
            "لا يمكن استدعاء أي أسرة كاملة: البوابات أو الشوارع أو مواقع الاستقبال ضيقة جدًا،"
            " أو أن قاعدة الإنصاف تمنع الجميع بسبب منطقة لا يمكن لأحد الخروج منها.",
        )
    return Text(
        "No whole household fits through: gates, streets or reception sites are too small.",
        "لا تتسع البوابات أو الشوارع أو مواقع الاستقبال لمرور أسرة كاملة.",
    )


def _binding(problem: Problem, shadow: Shadow, left: int) -> tuple[Binding, ...]:
    found = [
        *_gates(problem, shadow, left), *_sites(problem, shadow), *_links(problem, shadow, left)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.worth_persons, one.from_s, one.where)))


def _first_of_each(binding: tuple[Binding, ...]) -> list[Binding]:
    """Return the most valuable limit of each gate, site or street."""
    places: dict[tuple[str, str], Binding] = {}
    for one in binding:
        places.setdefault((one.kind, one.where), one)
    return list(places.values())


def _gates(problem: Problem, shadow: Shadow, left: int) -> list[Binding]:
    """One for each window whose gate binds: an hour more is worth what its last steps are."""
    scenario = problem.scenario
    found: list[Binding] = []
    corridors = {corridor.id: k for k, corridor in enumerate(scenario.corridors)}
    for w, window in enumerate(scenario.windows):
        binds = np.flatnonzero((shadow.window == w) & (shadow.worth > NOTHING))
        if not len(binds):
            continue
        k = corridors[window.corridor]
        step_s = scenario.planning.step_s
        from_s = int(shadow.first[binds].min()) * step_s
        until_s = int(shadow.end[binds].max()) * step_s
        longest = binds[np.argmax((shadow.end - shadow.first)[binds])]
        hour = float(problem.gate_rate[k] * 3600 * shadow.worth[longest])
        worth = min(hour, float(left))
        span = _span(scenario, from_s, until_s)
        day = _day(scenario.moment(from_s))
        text = Text(
            f"One more hour at {window.corridor} on {day.en}: about {_about(worth)} people"
            f" (its gate is full from {span.en}).",
            f"ساعة إضافية عند {window.corridor} يوم {day.ar}: نحو {_about(worth)} شخص"
            f" (بوابته ممتلئة {span.ar}).",
        )
        found.append(Binding("gate", window.corridor, from_s, until_s, worth, text))
    return found


def _sites(problem: Problem, shadow: Shadow) -> list[Binding]:
    scenario = problem.scenario
    found: list[Binding] = []
    end_s = max(scenario.seconds(window.closes) for window in scenario.windows)
    for site, worth in zip(scenario.receptions, shadow.site, strict=True):
        if worth > NOTHING:
            text = Text(
                f"Reception site {site.id} is full: each place more brings out"
                f" about {worth:.1f} people.",
                f"موقع الاستقبال {site.id} ممتلئ: كل مكان إضافي يتيح إخراج نحو {worth:.1f} شخص.",
            )
            found.append(Binding("reception", site.id, 0, end_s, float(worth), text))
    return found


def _links(problem: Problem, shadow: Shadow, left: int) -> list[Binding]:
    """One for each street that binds in any slot, both ways together."""
    scenario = problem.scenario
    found: list[Binding] = []
    if not len(shadow.keys):
        return found
    slots, links = problem.street_slots, scenario.network.links
    rows, slot = shadow.keys // slots // 2, shadow.keys % slots
    slot_s = scenario.planning.slot_s
    for row in np.unique(rows[shadow.link > NOTHING]):
        mine = (rows == row) & (shadow.link > NOTHING)
        mode, at = divmod(int(row), len(links))
        link, room = str(links.id[at]), problem.modes.room[mode, at] * slot_s
        worth = min(float(shadow.link[mine].sum() * room * 0.01), float(left))
        from_s, until_s = int(slot[mine].min()) * slot_s, int(slot[mine].max() + 1) * slot_s
        text = _room_more(link, worth, cars=mode == BY_CAR)
        found.append(Binding("link", link, from_s, until_s, worth, text))
    return found


def _room_more(link: str, worth: float, *, cars: bool) -> Text:
    if cars:
        return Text(
            f"Street {link}: one per cent more room for cars brings out about {worth:.1f} people.",
            f"الشارع {link}: زيادة سعته للسيارات واحدًا في المئة تتيح إخراج نحو {worth:.1f} شخص.",
        )
    return Text(
        f"Street {link}: one per cent wider brings out about {worth:.1f} people.",
        f"الشارع {link}: زيادة عرضه واحدًا في المئة تتيح إخراج نحو {worth:.1f} شخص.",
    )


def _about(persons: float) -> str:
    """Return a number of persons with two figures that count."""
    if persons < 10:
        return f"{persons:.1f}"
    digits = 10 ** max(0, int(np.floor(np.log10(persons))) - 1)
    return f"{round(persons / digits) * digits:,.0f}"


def _span(scenario: Scenario, from_s: int, until_s: int) -> Text:
    begin, end = (f"{scenario.moment(s):%H:%M}" for s in (from_s, until_s))
    return Text(f"{begin} to {end}", f"من {begin} إلى {end}")


def _day(moment: datetime) -> Text:
    """Return day and month; Arabic with the month names of the Levant."""
    en, ar = (format_date(moment, "d MMMM", locale=lang) for lang in ("en", "ar_SY"))
    return Text(en, ar.translate(_LATIN_DIGITS))


_LATIN_DIGITS = {ord("٠") + n: str(n) for n in range(10)}
