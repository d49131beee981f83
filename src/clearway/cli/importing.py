"""``clearway import``: the one command that needs geodata libraries, in a module of its own."""

from __future__ import annotations

import argparse
import sys

from clearway.cli.codes import OK
from clearway.cli.progress import ProgressLine
from clearway.cli.say import tell
from clearway.cli.sizes import size
from clearway.cli.write import expect_folder, named
from clearway.publish.scenario_folder import write_scenario
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario_build import build_scenario
from clearway.read.street_files import read_streets


def import_streets(arguments: argparse.Namespace) -> int:
    """Make a scenario of street data and a recipe, and write its folder."""
    expect_folder(arguments.out)
    line = ProgressLine(sys.stderr, quiet=arguments.quiet)
    recipe = read_recipe(arguments.recipe)
    line.say(f"reading streets from {arguments.streets}")
    streets = read_streets(arguments.streets, source=arguments.source)
    line.say(f"building the scenario from {len(streets.line):,} street lines")
    scenario = build_scenario(streets, recipe)
    with named(arguments.out):
        write_scenario(scenario, arguments.out)
    tell(arguments, f"{arguments.out}: {size(scenario)}")
    return OK
