"""How the command line speaks: results on stdout, complaints on stderr, both harmless to show."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterable

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario


def tell(arguments: argparse.Namespace, text: str) -> None:
    """Write ``text`` to stdout, unless the user asked for quiet."""
    if not arguments.quiet:
        sys.stdout.writelines(f"{printable(line)}\n" for line in text.splitlines())


def complain(lines: Iterable[str]) -> None:
    """Write ``lines`` to stderr; nobody is left to tell if that fails."""
    with contextlib.suppress(OSError):
        for line in lines:
            sys.stderr.write(f"clearway: {printable(line)}\n")
        sys.stderr.flush()


def printable(text: str) -> str:
    """Return ``text`` without letters that steer a terminal or turn what is read around."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def size(scenario: Scenario) -> str:
    """Return how large a scenario is, in words."""
    others = (
        (scenario.fleet.count, "vehicle"),
        (len(scenario.care.patients), "patient"),
        (len(scenario.aid.convoys), "convoy"),
    )
    return (
        f"{int(scenario.demand.persons.sum()):,} people in {len(scenario.zones)} zones, "
        f"{len(scenario.corridors)} corridors, {len(scenario.network.links.id):,} links"
        + "".join(f", {count:,} {name}{'s' * (count > 1)}" for count, name in others if count)
    )


def moved(plan: Plan) -> str:
    """Return how many a plan brings out, in words."""
    patients = f", {len(plan.patients):,} patients" if plan.patients else ""
    return f"{plan.persons:,} people{patients}"
