"""The part of ``docs/benchmarks.md`` on vehicles, patients and streets that bind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.child import DONE
from benchmarks.markdown import NOTHING, as_machine, as_share, as_table, as_verdict
from benchmarks.medevac_session import COLOURS

#: What the project set out to reach: seconds, megabytes and gap of the flagship whole; gap and
#: seconds where streets bind.
AIM_WHOLE_S, AIM_WHOLE_MB, AIM_WHOLE_GAP = 30.0, 2_000.0, 0.02
AIM_STREETS_S, AIM_STREETS_GAP = 60.0, 0.01
NAMES: Final = {
    "red_out": "patients, red",
    "patients_out": "patients",
    "people_out": "people",
    "exposure_person_hours": "exposure, person-hours",
    "hours_until_out": "hours until out",
}


def whole_page(record: Mapping[str, Any]) -> str:
    """Return the part, in Markdown, for ``out/bench/fleet.json``; of what it lacks it says so."""
    parts = [
        _whole(record.get("whole")),
        _medevac(record.get("medevac")),
        _streets(record.get("streets")),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _whole(found: dict[str, Any] | None) -> str:
    title = "## The whole: vehicles, patients and aid"
    if found is None:
        return f"{title}\n\n{NOTHING}"
    after, ran = found["withstands"], found["simulated"]
    heads = ("level", "reached", "bound", "gap", f"gap, planned at a risk of {after['risk']:.0%}")
    rows = [
        (
            NAMES[name],
            f"{one['value']:,.0f}",
            f"{one['bound']:,.0f}",
            as_share(one["gap"]),
            as_share(after["levels"][name]),
        )
        for name, one in found["levels"].items()
    ]
    seconds = max(found["seconds"], after["seconds"])
    gap = max(*(one["gap"] for one in found["levels"].values()), *after["levels"].values())
    return f"""
{title}

{as_machine(found)} `python -m benchmarks.whole`.

The flagship with its buses, ambulances, patients and convoys: {found["persons_inside"]:,} people,
{found["links"]:,} links, {found["corridors"]} corridors, three days, in whole households and whole
trips. Planned in {found["seconds"]:.1f} s by the wall ({found["cpu_seconds"]:.1f} s of the
processor) and, so that it withstands what may come, in {after["seconds"]:.1f} s, with
{found["peak_mb"]:,.0f} MB at most. The aim is {AIM_WHOLE_S:.0f} s:
{as_verdict(reached=seconds <= AIM_WHOLE_S)}; {AIM_WHOLE_MB:,.0f} MB:
{as_verdict(reached=found["peak_mb"] <= AIM_WHOLE_MB)}; and each level within {AIM_WHOLE_GAP:.0%} of
its own proven bound: {as_verdict(reached=gap <= AIM_WHOLE_GAP)}. The judge found
{found["breaches"] + after["breaches"]} breaches.

{as_table(heads, rows)}

The plan that withstands, in {ran["members"]:,} members ({ran["seconds"]:.0f} s): {ran["caught"]}
catch anyone (upper 95 % limit {ran["caught_upper_95"]:.2%}); all red patients come out in
{as_share(ran["p_all_red_out"])} of them; patients out are {ran["patients_out_mean"]:,.0f} in the
mean and {ran["patients_out_worst_tenth"]:,.0f} in the worst tenth.
"""


def _medevac(found: dict[str, Any] | None) -> str:
    title = "## Patients: beside VROOM and PyVRP"
    if found is None:
        return f"{title}\n\n{NOTHING}"
    heads = ("days", "program", "seconds", "cpu", *COLOURS[:3], "served", "hours until out")
    rows = [
        _served(case["days"], name, one)
        for case in found["cases"]
        for name, one in case["programs"].items()
    ]
    verdicts = [_beside(case) for case in found["cases"]]
    return f"""
{title}

{as_machine(found)} `python benchmarks/medevac.py`.

The flagship's 400 patients, each with companions and a kind of bed, its ambulances, minibuses and
buses, eight hospitals. VROOM and PyVRP know neither gates that check persons nor beds by kind that
several hospitals share: hospitals are given to them, and their routes are then driven through the
gates. Each has at most {found["search_s"]:.0f} s to search. *Hours until out* are summed over those
served, from the opening.

{as_table(heads, rows)}

The aim is no fewer served, colour by colour, than the better of the others, in no more time.
{" ".join(verdicts)} Neither of the others gives a bound.
"""


def _served(days: int, name: str, one: dict[str, Any]) -> tuple[str, ...]:
    if one["end"] != DONE:
        return (str(days), name, one["end"], *["–"] * 6)
    return (
        str(days),
        name,
        f"{one['solve']['wall_s']:.1f}",
        f"{one['solve']['cpu_s']:.1f}",
        *(str(one["by_colour"][colour]) for colour in COLOURS[:3]),
        str(one["served"]),
        f"{one['hours_until_out']:,.0f}",
    )


def _beside(case: dict[str, Any]) -> str:
    told, days = case["beside"], case["days"]
    if not told:
        return f"{days} day(s): nothing could be compared."
    held = as_verdict(reached=told["no_fewer"] and told["no_later"])
    return (
        f"{days} day(s), beside {told['better']}: {held}, with {told['ratio']:.1f} times its speed."
    )


def _streets(found: dict[str, Any] | None) -> str:
    title = "## Streets that bind"
    if found is None:
        return f"{title}\n\n{NOTHING}"
    heads = ("case", "links", "zones", "gates", "people", "out", "gap", "seconds", "memory, MB")
    rows = [
        (
            one["case"],
            f"{one['links']:,}",
            str(one["zones"]),
            str(one["corridors"]),
            f"{one['persons_willing']:,}",
            f"{one['levels']['people_out']['value']:,.0f}",
            as_share(one["levels"]["people_out"]["gap"]),
            f"{one['seconds']:.1f}",
            f"{one['peak_mb']:,.0f}",
        )
        for one in found["cases"]
    ]
    gap = max(one["levels"]["people_out"]["gap"] for one in found["cases"])
    seconds = max(one["seconds"] for one in found["cases"])
    return f"""
{title}

{as_machine(found)} `python -m benchmarks.streets_bind`.

`examples/coquimbo` (La Serena–Coquimbo; people on foot and in cars) and the Surf Coast Shire, whose
data are not shipped. The aim is a gap of {AIM_STREETS_GAP:.0%}:
{as_verdict(reached=gap <= AIM_STREETS_GAP)}; in {AIM_STREETS_S:.0f} s:
{as_verdict(reached=seconds <= AIM_STREETS_S)}. The judge found
{sum(one["breaches"] for one in found["cases"])} breaches.

{as_table(heads, rows)}
"""
