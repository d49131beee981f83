"""The part of ``docs/benchmarks.md`` on the day itself: the log, plans made anew, orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.markdown import NOTHING, as_machine, as_share, as_table, as_verdict

#: What the project set out to reach: trials of the log and of its server, and seconds until it is
#: there again; events after which the plan is made anew, in how many seconds, how near to its bound
#: and at how few changed orders; and seconds of a day's printed orders.
AIM_TRIALS, AIM_SERVER, AIM_RECOVERY_S, AIM_RECORDS = 10_000, 200, 2.0, 1_000
AIM_EVENTS, AIM_MEDIAN_S, AIM_WORST_S, AIM_GAP, AIM_CHANGED = 50, 2.0, 5.0, 0.02, 0.02
AIM_PACK_S: Final = 10.0
_MISSED: Final = "_missed"


def day_page(record: Mapping[str, Any]) -> str:
    """Return the part, in Markdown, for ``out/bench/operate.json``; what it lacks it says."""
    log = record.get("log", {})
    parts = [
        _trials(log),
        _tampering(log.get("tampering")),
        _replan(record.get("replan")),
        _pack(record.get("pack")),
        _canaries(log.get("canaries"), record.get("canaries")),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _trials(log: Mapping[str, Any]) -> str:
    title = "## The log: what it withstands"
    parts = {
        "kills": "the writer killed",
        "faults": "torn writes, no space, errors below SQLite",
        "server": "PostgreSQL killed",
    }
    there = {name: log[name] for name in parts if name in log}
    if not there:
        return f"{title}\n\n{NOTHING}"
    rows = [
        (
            parts[name],
            f"{one['trials']:,}",
            f"{one['acknowledged']:,}",
            f"{one['lost']:,}",
            f"{one['faulty'] + one['stuck']:,}",
            f"{one['recovery_s']:.2f}",
        )
        for name, one in there.items()
    ]
    heads = ("what", "trials", "acknowledged", "lost", "damaged or stuck", "recovery at worst, s")
    lost = sum(one["lost"] + one["faulty"] + one["stuck"] for one in there.values())
    least = {"kills": AIM_TRIALS, "faults": AIM_TRIALS, "server": AIM_SERVER}
    enough = all(name in there and there[name]["trials"] >= least[name] for name in least)
    slow = max(one["recovery_s"] for one in there.values())
    return f"""
{title}

{as_machine(log)} `python benchmarks/log.py`.

A process appends records and is killed at a random moment, or the disk below it fails; what it had
acknowledged must be there after that, and the chain sound. The aim is {AIM_TRIALS:,} trials of the
first two and {AIM_SERVER:,} of the third: {as_verdict(reached=enough)}; nothing lost:
{as_verdict(reached=lost == 0)}; there again in {AIM_RECOVERY_S:.0f} s:
{as_verdict(reached=slow <= AIM_RECOVERY_S)}.

{as_table(heads, rows)}
"""


def _tampering(found: dict[str, Any] | None) -> str:
    title = "## The log: tampering"
    if found is None:
        return f"{title}\n\n{NOTHING}"
    kinds = [name.removesuffix(_MISSED) for name in found if name.endswith(_MISSED)]
    rows = [
        (name.replace("_", " "), f"{found[name]:,}", str(len(found[name + _MISSED])))
        for name in kinds
    ]
    missed = sum(len(found[name + _MISSED]) for name in kinds)
    held = as_verdict(reached=missed == 0 and found["records"] >= AIM_RECORDS)
    return f"""
{title}

Every bit of a log of {found["records"]:,} records is flipped, every line dropped and repeated, any
two lines swapped, the file ended after every byte. The aim is that all of it is found, with
{AIM_RECORDS:,} records: {held}. *Of the file* are those that are also looked for in the file as a
whole, and not by their own line or by the order of lines alone.

{as_table(("what", "tried", "missed"), rows)}
"""


def _replan(found: dict[str, Any] | None) -> str:
    title = "## Plans made anew"
    if found is None:
        return f"{title}\n\n{NOTHING}"
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in found["rows"]:
        kinds.setdefault(row["kind"], []).append(row)
    rows = [
        (
            kind,
            str(len(of)),
            f"{sorted(row['seconds'] for row in of)[len(of) // 2]:.2f}",
            f"{max(row['seconds'] for row in of):.2f}",
            as_share(max(row["gap"] for row in of)),
            as_share(max(row["changed_share"] for row in of)),
            str(sum(row["breaches"] for row in of)),
        )
        for kind, of in kinds.items()
    ]
    heads = ("event", "how often", "seconds, median", "worst", "gap, worst", "changed, worst")
    quick = found["seconds_median"] <= AIM_MEDIAN_S and found["seconds_worst"] <= AIM_WORST_S
    sound = found["breaches"] == 0 and found["events"] >= AIM_EVENTS
    return f"""
{title}

After each of {found["events"]} events on the flagship, drawn at random, at random times. In the
median an answer takes {found["seconds_median"]:.2f} s, at worst {found["seconds_worst"]:.2f} s; the
aim is {AIM_MEDIAN_S:.0f} s and {AIM_WORST_S:.0f} s: {as_verdict(reached=quick)}. No rule of the
judge is broken, after {AIM_EVENTS} events or more: {as_verdict(reached=sound)}. The gap is
{as_share(found["gap_median"])} in the median and {as_share(found["gap_worst"])} at worst, the aim
{AIM_GAP:.0%}: {as_verdict(reached=found["gap_worst"] <= AIM_GAP)}. Of households that the event
does not touch, at most {as_share(found["changed_share_worst"])} get another order, the aim is
{AIM_CHANGED:.0%}: {as_verdict(reached=found["changed_share_worst"] <= AIM_CHANGED)}.

{as_table((*heads, "breaches"), rows)}
"""


def _pack(found: dict[str, Any] | None) -> str:
    title = "## Orders on paper"
    if found is None:
        return f"{title}\n\n{NOTHING}"
    pages = found["pages"]
    wrong = (
        found["pages_with_other_ids"]
        + found["pages_with_other_figures"]
        + found["pages_with_missing_letters"]
        + found["codes_wrong"]
    )
    return f"""
{title}

All orders of the flagship's first day, {pages["en"]:,} pages in English and {pages["ar"]:,} in
Arabic: {found["seconds"]:.1f} s by the wall, {found["cpu_seconds"]:.1f} s of the processor. The aim
is {AIM_PACK_S:.0f} s: {as_verdict(reached=found["seconds"] <= AIM_PACK_S)}. Page by page both
languages have the same ids and figures, no letter is without a glyph, and each of
{found["codes_read"]} codes read from rendered pages is that of its page:
{as_verdict(reached=wrong == 0 and pages["en"] == pages["ar"])}.
"""


def _canaries(log: dict[str, Any] | None, run: dict[str, Any] | None) -> str:
    title = "## Marked strings in what is encrypted"
    told = []
    if log is not None:
        held = as_verdict(reached=not log["found"] and log["found_if_clear"] == log["strings"])
        told.append(
            f"Of {log['strings']} marked strings in an encrypted log, {len(log['found'])} are"
            f" found in its files ({log['found_if_clear']} in a log in the clear): {held}."
        )
    if run is not None:
        clear = len(run["in_the_clear"])
        sound = not clear and not run["failed"] and run["planted_found"] == run["planted"]
        told.append(
            f"Of {run['marks']} in an encrypted run, after {run['commands']} commands and"
            f" {run['kills']} that were killed, {clear} are found on the disk, and"
            f" {run['planted_found']} of {run['planted']} that were put there in the clear:"
            f" {as_verdict(reached=sound)}."
        )
    return f"{title}\n\n{' '.join(told) or NOTHING}"
