"""What the command line accepts. Nothing heavy is imported here: ``--help`` stays quick."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Final

from clearway import __version__
from clearway.cli.abort_arguments import add_abort
from clearway.cli.anywhere import AnywhereParser
from clearway.cli.bundle_arguments import add_bundling
from clearway.cli.day_arguments import add_day
from clearway.cli.log_arguments import add_log
from clearway.cli.pack_arguments import add_pack
from clearway.cli.replan_arguments import add_replan

#: Every language that a report is written in.
BOTH: Final = "both"

_RUN: Final = "clearway.cli.commands"
_PACK: Final = "clearway.cli.packing_orders"
_BUNDLE: Final = "clearway.cli.bundling"
_LEAST_RISK: Final = 1e-6

#: Module and function of each command. They are named, not imported: the libraries that read
#: geodata cost a second at start and only ``import`` needs them.
COMMANDS: Final = {
    "import": ("clearway.cli.importing", "import_streets"),
    "check-scenario": (_RUN, "check_scenario"),
    "solve": (_RUN, "solve_scenario"),
    "judge": (_RUN, "judge_plan"),
    "simulate": (_RUN, "simulate_plan"),
    "report": (_RUN, "report_plan"),
    "run": (_RUN, "run_chain"),
    "study": ("clearway.cli.studying", "study"),
    "abort": ("clearway.cli.aborting", "write_abort"),
    "drill": ("clearway.cli.aborting", "drill"),
    "bundle": (_BUNDLE, "bundle"),
    "release": (_BUNDLE, "bundle"),
    "verify": (_BUNDLE, "verify"),
    "open": (_BUNDLE, "open_bundle"),
    "retention": (_BUNDLE, "retention"),
    "identity": (_BUNDLE, "identity"),
    "log": ("clearway.cli.logging_day", "keep_log"),
    "start": ("clearway.cli.day", "start"),
    "status": ("clearway.cli.day", "status"),
    "ledger": ("clearway.cli.day", "show_ledger"),
    "replan": ("clearway.cli.replanning", "replan_run"),
    "pack": (_PACK, "pack_orders"),
    "check-page": (_PACK, "check_page"),
    "tally": (_PACK, "write_tally"),
}

_CODES: Final = """\
exit codes: 0 done; 1 the plan breaks a rule, or the command failed; 2 bad input, every breach
listed; 3 the plan brings nobody out; 130 interrupted without a result. DO NOT RUN is a result
like any other. While a plan is being solved or simulated, one Ctrl-C keeps the best plan or the
members so far and goes on with them; a second ends at once."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top: argparse.ArgumentParser = AnywhereParser(
        prog="clearway",
        description="Plan a humanitarian pause: who leaves when, by which corridor.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"clearway {__version__}")
    verbs = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_import(verbs)
    _add_check_scenario(verbs)
    _add_solve(verbs)
    _add_judge(verbs)
    _add_simulate(verbs)
    _add_report(verbs)
    _add_run(verbs)
    _add_study(verbs)
    add_abort(verbs)
    add_day(verbs)
    add_replan(verbs)
    add_log(verbs)
    add_pack(verbs)
    add_bundling(verbs)
    return top


_Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse gives this type no public name


def _add_import(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "import", "make a scenario folder from street data and a recipe")
    verb.add_argument("streets", type=Path, metavar="STREETS", help="street data: see the docs")
    verb.add_argument("--recipe", type=Path, required=True, help="recipe (TOML) for the rest")
    verb.add_argument(
        "--source", default="", help="where the streets come from, for the reader (default: name)"
    )
    _add_out(verb, "folder to write the scenario to")


def _add_check_scenario(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "check-scenario", "list every breach of a scenario folder")
    _add_scenario(verb)


def _add_solve(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "solve", "make a plan with a proven bound")
    _add_scenario(verb)
    _add_out(verb, "plan file to write (JSON)")
    _add_limits(verb)
    _add_risk(verb, None, "plan for central values alone")


def _add_judge(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "judge", "check a plan exactly against its scenario")
    _add_scenario(verb)
    _add_plan(verb)


def _add_simulate(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "simulate", "simulate a plan, judge it and write its report")
    _add_scenario(verb)
    _add_plan(verb)
    _add_out(verb, "folder to write the report to")
    _add_draws(verb)


def _add_report(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "report", "judge a plan and write its report")
    _add_scenario(verb)
    _add_plan(verb)
    _add_out(verb, "folder to write the report to")
    verb.add_argument(
        "--lang",
        choices=("en", "ar", BOTH),
        default=BOTH,
        help="language of the report (default: %(default)s)",
    )


def _add_run(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "run", "the whole chain: read, solve, simulate, compare, judge, report")
    _add_scenario(verb)
    _add_out(verb, "folder to write everything to")
    _add_limits(verb)
    _add_risk(verb, 0.01, "%(default)s")
    _add_draws(verb)
    verb.add_argument(
        "--no-simulate", action="store_true", help="plan and judge; say nothing of what may come"
    )


def _add_study(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "study", "recorded cases, or what a scenario's contraflow is worth")
    verb.add_argument("subject", choices=("history", "contraflow"), help="what to study")
    verb.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=Path("examples/history"),
        metavar="DIR",
        help="folder with the cases and outcomes.toml, or of a scenario (default: %(default)s)",
    )
    verb.add_argument(
        "--members", type=int, default=400, help="of each case (default: %(default)s)"
    )
    verb.add_argument(
        "--seed", type=int, default=1, help="to draw them from (default: %(default)s)"
    )
    verb.add_argument("--lang", choices=("en", "ar"), default="en", help="language of the table")
    _add_limits(verb)
    verb.add_argument("--json", action="store_true", help="print JSON in place of the table")


def _verb(verbs: _Verbs[argparse.ArgumentParser], name: str, says: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", allow_abbrev=False
    )
    loudness = verb.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="say nothing but errors")
    loudness.add_argument("--verbose", action="store_true", help="log each step; show tracebacks")
    return verb


def _add_scenario(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("scenario", type=Path, metavar="DIR", help="scenario folder")


def _add_plan(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("plan", type=Path, metavar="PLAN", help="plan file (plan.json)")


def _add_out(verb: argparse.ArgumentParser, says: str) -> None:
    verb.add_argument("--out", type=Path, required=True, metavar="PATH", help=says)


def _add_draws(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--members",
        type=_at_least(1),
        default=200,
        help="courses of the pause to simulate (default: %(default)s)",
    )
    verb.add_argument(
        "--seed",
        type=_at_least(0),
        default=1,
        help="to draw the members from (default: %(default)s)",
    )


def _add_risk(verb: argparse.ArgumentParser, default: float | None, says: str) -> None:
    verb.add_argument(
        "--risk",
        type=_probability,
        default=default,
        help="accepted chance that anyone is caught in a corridor when it closes: the plan is "
        f"made to withstand what may come, with rules for its gates (default: {says})",
    )


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not _LEAST_RISK <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be from {_LEAST_RISK:g} to 1, such as 0.01")
    return value


def _at_least(least: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be a whole number, {least} or more")
        return int(text)

    return whole


def _add_limits(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--seconds",
        type=float,
        help="take the best plan found by then (default: as the solver sees fit)",
    )
    verb.add_argument("--gap", type=float, help="share of the bound that counts as proved")
