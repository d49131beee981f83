"""The part of ``docs/benchmarks.md`` on the simulation, from the record of a session."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.child import DONE
from benchmarks.courses import SURF
from benchmarks.markdown import NOTHING, as_table, as_times, as_verdict

#: What the project set out to reach: seconds and megabytes of an ensemble, seconds of a plan that
#: withstands, the limit on the risk of being caught; how many times as quick and as small as UXsim,
#: at what difference of the curves; and how near to JuPedSim.
AIM_MEMBERS, AIM_ENSEMBLE_S, AIM_MB = 1_000, 300.0, 2_000.0
AIM_SOLVE_S: Final = 60.0
AIM_UPPER, AIM_FRESH = 0.015, 2_000
AIM_RATIO, AIM_MEMORY, AIM_APART = 20.0, 5.0, 0.05
AIM_FLOW: Final = 0.15
#: Of the bodies on which the last is judged, metres; the record may hold others.
BODY_M: Final = 0.178


def simulate_page(record: dict[str, Any]) -> str:
    """Return the part, in Markdown, for a record in the format ``clearway-bench-simulate/1``."""
    parts = [
        _top(record),
        _flagship(record),
        _courses(record["courses"]),
        _bottleneck(record["bottleneck"]),
        COMPARABLE,
        _file(record["format"]),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _top(record: dict[str, Any]) -> str:
    box = record["machine"]
    others = ", ".join(f"{name} {number}" for name, number in sorted(box["packages"].items()))
    return f"""
## Simulation

Measured {record["measured"]} on {box["cores"]} cores ({box["processor"]},
{box["memory_mb"] / 1e3:.0f} GB, {box["system"]}), Python {box["python"]}, Clearway
{box["clearway"]}, {others}. The load average of the last minute was {box["load_1_min"]:.1f} at the
start. `.venv/bin/python benchmarks/simulate.py` measures this part alone; `--help` names its
options. Every figure is of a process of its own, with compiled kernels.
"""


def _flagship(record: dict[str, Any]) -> str:
    found = record["flagship"]
    title = "## Simulation: the flagship in many members"
    if not found or "fresh" not in found:
        why = f"{found['end']} {found.get('why', '')}".strip() if found else NOTHING
        return f"{title}\n\n{why}"
    solve, ran, judged = found["solve"], found["ensemble"], found["fresh"]
    rows = [_outcome("withstanding", judged, found["promised"], "by gate and group")]
    for name, title_of in (("deterministic", "for the mean"), ("flat", "one flat margin")):
        other = found.get(name)
        if other is not None:
            margin = "scenario's" if other["margin_s"] is None else f"{other['margin_s'] / 60:.0f}"
            rows.append(_outcome(title_of, other, other["promised"], margin))
    heads = (
        "plan",
        "margin, min",
        "promised",
        "members",
        "catch anyone",
        "upper 95 %",
        "out, mean",
    )
    table = as_table((*heads, "out, 10 %", "worst tenth"), rows)
    quick = _shown(ran["wall_s"] <= AIM_ENSEMBLE_S, ran["members"], AIM_MEMBERS)
    return f"""
{title}

`examples/aleppo-2016`: {found["people"]:,} people, {found["links"]:,} links, three days, in their
households. Planned at an accepted risk of {record["risk"]:.0%}, then simulated: {ran["members"]:,}
members in {ran["wall_s"]:.0f} s by the wall ({ran["cpu_s"]:.0f} s of the processor, all cores),
with {found["peak_mb"]:,.0f} MB at most, planning included. The aim is {AIM_MEMBERS:,} members in
{AIM_ENSEMBLE_S:.0f} s: {quick}; and {AIM_MB:,.0f} MB:
{as_verdict(reached=found["peak_mb"] <= AIM_MB)}. The plan took {solve["wall_s"]:.1f} s; the aim is
{AIM_SOLVE_S:.0f} s: {as_verdict(reached=solve["wall_s"] <= AIM_SOLVE_S)}.

Members that the solver never saw (another seed), the same for each plan. *Catch anyone* counts
members in which anyone is inside a corridor when it closes, as announced or with notice; the
*upper* limit is one-sided (Clopper and Pearson 1934). *Worst tenth* is the mean of those members.

{table}

{_risk(found)}
"""


def _outcome(name: str, one: dict[str, Any], promised: int, margin: str) -> tuple[str, ...]:
    return (
        name,
        margin,
        f"{promised:,}",
        f"{one['members']:,}",
        f"{one['caught']}",
        f"{one['p_caught_upper95']:.2%}",
        *(f"{one[field]:,.0f}" for field in ("out_mean", "out_p10", "out_worst_tenth")),
    )


def _shown(held: bool, members: int, least: int) -> str:
    """Return whether an aim was reached, if as many members were simulated as it is for."""
    return as_verdict(reached=held) if members >= least else "not shown with so few members"


def _risk(found: dict[str, Any]) -> str:
    judged, flat = found["fresh"], found.get("flat")
    held = _shown(judged["p_caught_upper95"] <= AIM_UPPER, judged["members"], AIM_FRESH)
    text = f"The aim is an upper limit of {AIM_UPPER:.1%} at most: {held}."
    if found["end"] != DONE:
        return f"{text} The other plans were not simulated to the end: {found['end']}."
    if flat is None:
        return f"{text} No flat margin that was tried is as little of a risk."
    for field, name in (("out_mean", "mean"), ("out_p10", "10 % quantile")):
        more = judged[field] - flat[field]
        reached = as_verdict(reached=more > 0)
        text += f" In the {name} {more:+,.0f} people against the flat margin, more is the aim: "
        text += f"{reached}."
    return text


def _courses(courses: list[dict[str, Any]]) -> str:
    heads = ("case", "travellers", "links", "Clearway, s", "UXsim, s", "ratio", "Clearway, MB")
    rows = [_course(row) for row in courses]
    table = as_table((*heads, "UXsim, MB", "ratio", "apart"), rows) if rows else NOTHING
    done = [row["beside"]["uxsim"] for row in courses if "uxsim" in row.get("beside", {})]
    verdict = ""
    if done:
        quick = as_verdict(reached=min(one["ratio"] for one in done) >= AIM_RATIO)
        small = as_verdict(reached=min(one["memory_ratio"] for one in done) >= AIM_MEMORY)
        near = as_verdict(reached=max(one["apart"] for one in done) <= AIM_APART)
        verdict = (
            f"The aims are {AIM_RATIO:.0f} times as quick: {quick}; a fifth of the memory: "
            f"{small}; and curves that are {AIM_APART:.0%} apart at most: {near}."
        )
    missing = [row["id"] for row in courses if row["end"] == "no data"]
    left_out = f" Left out, for files were not there: {', '.join(missing)}." if missing else ""
    return f"""
## Simulation: beside UXsim and SUMO

The same links, ways, departures and gates for each program: free speed, standing density, flow and
the speed of gaps through queues are those of UXsim's triangular fundamental diagram. The *grid* has
20 by 20 nodes, streets of one to five lanes of 0.6 m, six gates, and 200,000 people on foot. *Surf
Coast* is a district's road network with {_cars(courses)} cars, whose ways and hours are assumed.
UXsim runs its C++ engine (`cpp=True`) with fixed routes, without logs, in one thread, which is its
fastest here; its search for ways in the first step is not counted, nor is building. *Together* says
how many travellers move as one, in both programs. Seconds are of the processor; memory is of the
whole process. *Apart* is the largest difference between the curves of arrivals at any quarter of an
hour, as a share of all travellers.

{table}

{verdict}{left_out} {_sumo(courses)} {_crowded(courses)}
"""


def _cars(courses: list[dict[str, Any]]) -> str:
    told = [row["clearway"]["travellers"] for row in courses if _alone(row) and "clearway" in row]
    return f"{told[0]:,}" if told else "its residents'"


def _alone(row: dict[str, Any]) -> bool:
    return (row["name"], row["unit"]) == (SURF, 1)


def _course(row: dict[str, Any]) -> tuple[str, ...]:
    if row["end"] != DONE:
        return (row["id"], *["–"] * 2, row["end"], *["–"] * 6)
    mine, other = row["clearway"], row["uxsim"]
    beside = row["beside"].get("uxsim")
    return (
        row["id"],
        f"{mine['travellers']:,}" if "travellers" in mine else "–",
        f"{mine['links']:,}" if "links" in mine else "–",
        *(f"{one['run']['cpu_s']:.3f}" if one["end"] == DONE else one["end"] for one in (mine,)),
        f"{other['run']['cpu_s']:.1f}" if other["end"] == DONE else other["end"],
        as_times(beside["ratio"]) if beside else "–",
        f"{mine['peak_mb']:,.0f}" if mine["end"] == DONE else "–",
        f"{other['peak_mb']:,.0f}" if other["end"] == DONE else "–",
        as_times(beside["memory_ratio"]) if beside else "–",
        f"{beside['apart']:.2%}" if beside else "–",
    )


def _sumo(courses: list[dict[str, Any]]) -> str:
    for row in courses:
        told = row.get("beside", {}).get("sumo")
        if told:
            one = row["sumo"]
            return (
                f"SUMO's mesoscopic engine drove Surf Coast one by one in "
                f"{one['run']['cpu_s']:.1f} s (reading its files included) and "
                f"{one['peak_mb']:.0f} MB, {as_times(told['ratio'])} times as long as Clearway; "
                f"its curve is {told['apart']:.2%} apart."
            )
    return "SUMO's mesoscopic engine was not measured in this session."


def _crowded(courses: list[dict[str, Any]]) -> str:
    for row in courses:
        slow = row.get("clearway", {}).get("crowded")
        if slow:
            return (
                f"With people who walk slower in a crowd, as in a pause, Clearway took "
                f"{slow['cpu_s']:.3f} s for {row['id']}."
            )
    return ""


def _bottleneck(found: dict[str, Any] | None) -> str:
    title = "## Simulation: a bottleneck beside JuPedSim"
    if not found or "flows" not in found:
        return f"{title}\n\n{NOTHING}"
    ours, rows, judged = found["ours_persons_per_m_s"], list[tuple[str, ...]](), list[float]()
    for one in found["flows"]:
        flows = [each / one["width_m"] for each in one["persons_per_s"]]
        mean = sum(flows) / len(flows)
        off = mean / ours - 1.0
        if abs(one["radius_m"] - BODY_M) < 1e-3:
            judged.append(abs(off))
        told = (f"{one['width_m']:g}", f"{one['radius_m']:.3f}", f"{len(flows)}", f"{mean:.2f}")
        rows.append((*told, f"{min(flows):.2f} to {max(flows):.2f}", f"{off:+.0%}"))
    heads = ("width, m", "bodies, radius in m", "draws", "persons/m/s", "range", "against ours")
    near = as_verdict(reached=bool(judged) and max(judged) <= AIM_FLOW)
    return f"""
{title}

A crowd of 115 people a metre before a bottleneck, body by body, in JuPedSim's collision-free speed
model (Tordeux, Chraibi and Seyfried 2016) with its own values: 1.2 m/s, a time gap of 1 s. Our
streets let {ours} persons a second and metre through (IMO MSC.1/Circ.1533). What passes in JuPedSim
hangs on the size of bodies, for which sources differ: 0.15 m is the paper's, 0.2 m JuPedSim's; the
one between is 0.10 m² seen from above (assumed; range 0.07 to 0.13).

{as_table(heads, rows)}

The aim is {AIM_FLOW:.0%} at most, for bodies of {BODY_M} m: {near}.
"""


COMPARABLE: Final = """
## What the simulation's figures do not say

- Grid and district are driven by one and the same fundamental diagram, that of UXsim, so that the
  programs can be held against each other. In a pause people on foot slow down in a crowd.
- UXsim advances all links in steps, and can choose routes, follow each vehicle and keep logs. None
  of that is used here; who needs it does not get it from Clearway.
- UXsim's memory grows with vehicles times links, for each vehicle keeps a preference for each link.
  Links that no way uses were left out for all programs alike.
- Where streets meet, UXsim draws at random whose turn it is, and Clearway takes turns. The curves
  are of everybody; who exactly waits longer differs.
- An agreement of curves says that two programs do the same with the same inputs. It says nothing
  about the inputs.
- The Surf Coast case tells of no event there: hours, cars a household and ways are assumed.
"""

FIELDS: Final = (
    ("`measured`, `machine`, `risk`", "when, on what, and the accepted risk"),
    ("`flagship.solve`", "time of the plan that withstands; `promised` people, `solve_peak_mb`"),
    ("`flagship.ensemble`, `peak_mb`", "time of so many `members`; memory up to then"),
    (
        "`flagship.fresh`",
        (
            "another seed: `members`, `caught`, `p_caught`, `p_caught_upper95`, `out_mean`, "
            "`out_p10`, `out_worst_tenth`"
        ),
    ),
    (
        "`flagship.deterministic`, `flat`",
        "the same of other plans under the same draws, with `margin_s`; null if none is as safe",
    ),
    (
        "`flagship.price_of_robustness`, `gain_over_flat`, `perfect_information`",
        "persons: mean and its 95 % interval",
    ),
    ("`courses[].id`, `name`, `unit`", "which case, and how many travellers move as one"),
    (
        "`courses[].clearway`, `uxsim`, `sumo`",
        "time `run`, `peak_mb`, and `curve`: arrived by the end of each quarter of an hour",
    ),
    ("`courses[].beside`", "by program: `ratio` of time, `memory_ratio`, `apart`"),
    ("`bottleneck.flows[]`", "`width_m`, `radius_m`, `persons_per_s` of each draw"),
)


def _file(form: str) -> str:
    return f"""
## The file `out/bench/simulate.json`

Format `{form}`; a change that breaks readers gets another number. Times and `end` are as in
`solve.json`; a case whose files are missing ends with `no data`.

{as_table(("field", "what it is"), FIELDS)}
"""
