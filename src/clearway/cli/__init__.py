"""The command line: one subcommand a verb, and ``run`` for the whole chain."""

from clearway.cli.entry import main

__all__ = ["main"]
