"""``docs/benchmarks.md`` from the record of a session."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.child import DONE, FULL
from benchmarks.markdown import as_table, as_times, as_verdict
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE

#: What the project set out to reach.
AIM_SECONDS: Final = 30.0
AIM_RATIO: Final = 100.0
AIM_EXPONENT: Final = 1.2
#: Share by which two optima may differ and be called equal: what simplex tolerances add up to.
EQUAL: Final = 1e-6


def page(record: dict[str, Any]) -> str:
    """Return the document, in Markdown, for a record in the format ``clearway-bench/1``."""
    parts = [
        _top(record),
        _plans(record),
        _growth(record),
        _races(record),
        COMPARABLE,
        _file(record["format"]),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _top(record: dict[str, Any]) -> str:
    box = record["machine"]
    packages = ", ".join(f"{name} {number}" for name, number in sorted(box["packages"].items()))
    return f"""
# Measured

Written by `make bench` from the records in `out/bench/`; changes by hand are lost. Planning alone
is in `solve.json`, [the whole](#the-whole-vehicles-patients-and-aid) in `fleet.json`,
[the simulation](#simulation) in `simulate.json`, [the day](#the-log-what-it-withstands) in
`operate.json`. Planning was measured
{record["measured"]} on {box["cores"]} cores ({box["processor"]}, {box["memory_mb"] / 1e3:.0f} GB,
{box["system"]}), Python {box["python"]}, Clearway {box["clearway"]}, {packages}. The load average
of the last minute was {box["load_1_min"]:.1f} at the start: above about 0.5, other programs took
part of the machine, and wall times are too long.

```sh
make bench
```

fetches the street lines (the source distribution of neatnet 0.1.6, its hash pinned) into `.cache/`,
or takes the file with `.venv/bin/python benchmarks/solve.py --sdist FILE`. Every figure is of a
process of its own, with compiled kernels, after the scenario was read; short measurements are made
three times, and the least is given. *Seconds* are by the wall; *cpu* are seconds of the processor.
Neither program uses more than one thread. *Memory* is the most that the whole process took,
interpreter, libraries and scenario included.
"""


def _plans(record: dict[str, Any]) -> str:
    rows = record["plans"]
    done = [row for row in rows if row["end"] == DONE]
    slowest = max((row["solve"]["wall_s"] for row in done), default=float("nan"))
    heads = ("where", "circle, km", "nodes", "links", "seconds", "cpu", "memory, MB")
    gaps = ("people, gap", "exposure, gap", "until out, gap")
    table = as_table((*heads, *gaps), [_plan(record, row) for row in rows])
    verdict = as_verdict(reached=len(done) == len(rows) and slowest <= AIM_SECONDS)
    missing = [_unbuilt(city) for city in record["cities"].values()]
    return f"""
## `solve`: the flagship and the same recipe elsewhere

Three days, six corridors, three groups, whole households: `clearway solve` as people call it. The
flagship is `examples/aleppo-2016`. Elsewhere its recipe (275,000 people, gates, hours, options) is
laid on a circle where the city's streets are densest. *Nodes* and *links* are of the scenario's
network after streets were joined, inside and outside; the cities' own street lines are
{_cities(record)}. A gap is between the plan in whole households and its own proven bound.

{table}

The slowest took {slowest:.1f} s by the wall; the aim is at most {AIM_SECONDS:.0f} s: {verdict}.
{" ".join(filter(None, missing))}
"""


def _plan(record: dict[str, Any], row: dict[str, Any]) -> tuple[str, ...]:
    where = record["cities"][row["city"]]["name"] if row["city"] else "**flagship**"
    radius = f"{row['radius_m'] / 1e3:g}" if row["city"] else "–"
    if row["end"] != DONE:
        return (where, radius, *["–"] * 2, row["end"], *["–"] * 5)
    levels = row["levels"]
    return (
        where,
        radius,
        f"{row['nodes']:,}",
        f"{row['links']:,}",
        f"{row['solve']['wall_s']:.2f}",
        f"{row['solve']['cpu_s']:.2f}",
        f"{row['peak_mb']:.0f}",
        *(_percent(levels[name]["gap"]) for name in (PEOPLE, EXPOSURE, HOURS)),
    )


def _cities(record: dict[str, Any]) -> str:
    told = [
        f"{city['name']} {city['nodes']:,} nodes"
        for city in record["cities"].values()
        if "nodes" in city
    ]
    return ", ".join(told) or "not read in this session"


def _unbuilt(city: dict[str, Any]) -> str:
    radii = [radius for radius, one in city.items() if isinstance(one, dict) and "why" in one]
    sizes = ", ".join(f"{int(radius) / 1e3:g} km" for radius in radii)
    return f"{city['name']}, {sizes}: no scenario, for no street leads on there." if radii else ""


def _growth(record: dict[str, Any]) -> str:
    names = {
        "solve": "`solve`, all of it",
        "pose": "walks and gate slots",
        "flow": "the flow, all three levels",
    }
    fits = record["growth"]
    rows = [_fit(what, fits[name]) for name, what in names.items() if fits[name]]
    if not rows:
        return "## How time grows\n\nToo few sizes were measured."
    verdict = as_verdict(reached=fits["solve"]["exponent"] <= AIM_EXPONENT)
    table = as_table(("what", "exponent", "standard error", "measured", "from, nodes", "to"), rows)
    return f"""
## How time grows

Processor seconds against the nodes of the network, over all rows above: a straight line through
the logarithms, by least squares.

{table}

The aim is an exponent of {AIM_EXPONENT} at most: {verdict}. People, gates and hours are the same in
every row, so that the linear programs are of one size and only walks and routes grow; a recipe with
more zones, corridors or days takes longer, and these figures do not say how much.
"""


def _fit(what: str, fit: dict[str, Any]) -> tuple[str, ...]:
    return (
        what,
        f"{fit['exponent']:.2f}",
        f"{fit['error']:.2f}",
        f"{fit['count']}",
        f"{fit['smallest']:,.0f}",
        f"{fit['largest']:,.0f}",
    )


def _races(record: dict[str, Any]) -> str:
    races = record["races"]
    heads = ("where", "streets", "windows", "arcs", "Clearway, cpu", "OR-Tools, cpu", "ratio")
    table = as_table(
        (*heads, "Clearway, MB", "OR-Tools, MB", "people", "equal"),
        [_race(record, race) for race in races],
    )
    fits = record["growth"]
    grows = ""
    if fits["race_flow"] and fits["race_explicit"]:
        grows = (
            f"Where streets are as they are, OR-Tools' time grew with the arcs as a power of "
            f"{fits['race_explicit']['exponent']:.2f} (standard error "
            f"{fits['race_explicit']['error']:.2f}), Clearway's as one of "
            f"{fits['race_flow']['exponent']:.2f} ({fits['race_flow']['error']:.2f}), so that "
            f"the ratio is no constant: it grows with the instance."
        )
    return f"""
## Against a minimum-cost flow on the explicit graph

The same model for both: one group, all at one pace and of one weight, slots, steps and ticks of 60
seconds, streets that carry whole persons a minute; most people out, then least time in the open.
`benchmarks/explicit.py` writes out the time-expanded graph (places in steps that nobody can reach
or leave in time are left out) and OR-Tools' `SimpleMinCostFlow` solves it; Clearway poses the
problem and finds its flow to a proven gap of {EQUAL:g}. Writing the graph out is not counted,
posing is. *Windows* are days x hours; *streets* is the width of those inside as a share of what it
is, and a tenth makes them bind. A ratio below 1 says that OR-Tools was quicker. The limit was
{record["limit_s"]:.0f} s by the wall, after which the process was ended: then the ratio is *at
least* what is written, and nothing is known of the optimum.

{table}

{_race_verdict(races)} {grows}
"""


def _race(record: dict[str, Any], race: dict[str, Any]) -> tuple[str, ...]:
    flow, full = race["flow"], race["explicit"]
    name = record["cities"][race["city"]]["name"] if race["city"] else "flagship"
    where, windows = (name, f"{race['width']:g}"), f"{race['days']} x {race['hours']:g} h"
    arcs = f"{full['arcs']:,}" if "arcs" in full else "–"
    people = flow.get("people", full.get("people"))
    both = flow["end"] == full["end"] == DONE
    sign = {"at least": "≥ ", "at most": "≤ "}.get(race["bound"], "")
    return (
        *where,
        windows,
        arcs,
        f"{_mine(flow):.2f}" if flow["end"] == DONE else flow["end"],
        f"{full['mcf']['cpu_s']:.1f}" if full["end"] == DONE else full["end"],
        sign + as_times(race["ratio"]) if "ratio" in race else "–",
        f"{flow['peak_mb']:.0f}" if flow["end"] == DONE else "–",
        f"{full['peak_mb']:.0f}" if full["end"] == DONE else "–",
        f"{people:,.0f}" if people is not None else "–",
        ("yes" if equal(race) else "**no**") if both else "–",
    )


def _mine(flow: dict[str, Any]) -> float:
    return float(flow["pose"]["cpu_s"] + flow["flow"]["cpu_s"])


def equal(race: dict[str, Any]) -> bool:
    """Return whether both programs found the same people and exposure, to a millionth."""
    if race["bound"] != "exactly":
        return False
    most = max(1.0, race["explicit"]["people"])
    same = abs(race["people_difference"]) <= EQUAL * most
    return bool(same and race["exposure_difference"] <= EQUAL)


def _race_verdict(races: list[dict[str, Any]]) -> str:
    ended = [race for race in races if race["bound"] == "exactly"]
    wide = [race["ratio"] for race in ended if race["width"] == 1]
    narrow = [race["ratio"] for race in ended if race["width"] < 1]
    slow = sum(race["bound"] == "at most" for race in races)
    late = [race for race in races if race["bound"] == "at least"]
    if not wide:
        return "No explicit graph was solved within the limit."
    same = sum(equal(race) for race in ended)
    told = (
        f"Of the {len(ended)} instances that both solved, they found the same optimum in {same}. "
        f"With streets as they are, OR-Tools took {_range(wide)} times as long, and "
        f"{AIM_RATIO:.0f} times or more in {sum(ratio >= AIM_RATIO for ratio in wide)} of "
        f"{len(wide)}."
    )
    if narrow:
        told += f" With streets so narrow that they bind, it took {_range(narrow)} times as long."
    if slow:
        told += f" On {slow} of those with narrow streets Clearway did not end within the limit."
    if any(race["explicit"]["end"] == FULL for race in late):
        told += " Where the graph did not fit into memory, that is said in place of a time."
    largest = max(races, key=lambda race: race["hours"] * race["days"])
    if "ratio" not in largest:
        return told
    verdict = as_verdict(reached=largest["ratio"] >= AIM_RATIO)
    at = "at least " if largest["bound"] == "at least" else ""
    if at and largest["ratio"] < AIM_RATIO:
        # The limit came before the aim could be seen; nothing was missed, nothing was shown.
        verdict = "not shown within this limit"
    return (
        f"{told} On the flagship at its largest ({largest['days']} x {largest['hours']:g} h) it "
        f"took {at}{as_times(largest['ratio'])} times as long; the aim is "
        f"{AIM_RATIO:.0f}: {verdict}."
    )


COMPARABLE: Final = """
## What can be compared, and what can not

- The table of races compares **flows**: fractions of persons, one group, one-minute slots. It does
  not compare plans in whole households, several groups, or 15-minute slots, which a minimum-cost
  flow can not express. Neither does it show that minute by minute is how a pause is planned.
- A minimum-cost flow on the explicit graph answers more than was asked: any street could be full in
  any minute. With the flagship's gates no street is, and Clearway needs no row for any; that is why
  it is so much quicker there. Where streets bind it sweeps over time in every round; the rows with
  narrow streets show what that costs. The ratio of wide streets must not be quoted for narrow ones.
- OR-Tools' program is a general one, and a good one; a flow code made for graphs over time would be
  faster than it. The ratio says what is gained by not writing the graph out.
- A ratio with "≥" comes from a process that was ended. It is a bound, not a measurement.
- Seconds of the flagship and of a circle are alike only in people, gates and hours: where streets
  are denser, walks are shorter, and another number of people comes out.
- The circles tell of no event in any of these cities.
"""


FIELDS: Final = (
    ("`measured`, `limit_s`", "when measuring began (UTC); the limit for each explicit graph"),
    ("`machine`", "processor, cores, memory, load, versions"),
    (
        "`cities`",
        (
            "by folder of the source distribution: name, nodes and lines of its streets, seconds "
            "to build each circle, or why it could not be built"
        ),
    ),
    ("`plans[].id`, `city`, `radius_m`", "where; the flagship has no city"),
    ("`plans[].nodes`, `links`, `zones`, `willing`", "size of the scenario; persons willing"),
    ("`plans[].solve`", "time of all of `solve`"),
    ("`plans[].pose`, `flow`", "times of walks and gate slots, and of the flow, measured apart"),
    ("`plans[].peak_mb`, `read_mb`", "memory of the process after and before solving"),
    ("`plans[].levels`", "`value`, `bound` and `gap` of each level, in whole households"),
    ("`plans[].status`, `movements`", "of the plan"),
    ("`races[].id`, `city`, `hours`, `days`", "which instance"),
    (
        "`races[].flow`",
        "Clearway: times `pose` and `flow`, `people`, `exposure_h`, their bounds, `peak_mb`",
    ),
    (
        "`races[].explicit`",
        (
            "OR-Tools: `arcs`, `graph_nodes`, times `expand` and `mcf`, `people`, `exposure_h`, "
            "`peak_mb`; `cpu_all_s` of the whole process, `cpu_before_s` of it before the flow"
        ),
    ),
    (
        "`races[].ratio`, `bound`",
        (
            "processor seconds of OR-Tools over Clearway's: `exactly`, `at least`, `at most`, or "
            "`not measured`"
        ),
    ),
    (
        "`races[].people_difference`, `exposure_difference`, `memory_ratio`",
        "persons; a share; OR-Tools' memory over Clearway's",
    ),
    (
        "`growth`",
        (
            "fitted power laws: `exponent`, `error`, `scale`, `count`, `smallest`, `largest`; null "
            "with fewer than three sizes"
        ),
    ),
    ("`repeats`", "how often a row was measured; each clock's least is given"),
)


def _file(form: str) -> str:
    return f"""
## The file `out/bench/solve.json`

Format `{form}`; a change that breaks readers gets another number. Times are objects with `wall_s`
and `cpu_s`, seconds; `end` is `done`, `time limit`, `memory limit` or `failed` (then with `why`).

{as_table(("field", "what it is"), FIELDS)}
"""


def _range(ratios: list[float]) -> str:
    least, most = as_times(min(ratios)), as_times(max(ratios))
    return least if least == most else f"{least} to {most}"


def _percent(share: float) -> str:
    return f"{100 * share:.3f} %"
