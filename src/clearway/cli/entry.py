"""From arguments to an exit code, with every error in one clear line."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TextIO

from clearway.cli.arguments import COMMANDS, parser
from clearway.cli.codes import BAD_INPUT, FAILED, INTERRUPTED
from clearway.cli.say import complain
from clearway.errors import ClearwayError, ScenarioError

_REPORT: Final = "this is a defect of clearway: CONTRIBUTING.md says how to report it"
_VERBOSE: Final = "--verbose shows where"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv
        Arguments without the program's name; those of the process if None.

    Raises
    ------
    SystemExit
        With 2 after arguments that do not parse, with 0 after ``--help`` and ``--version``.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show a letter shows its number instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        arguments = parser().parse_args(argv)
        with _logging(verbose=arguments.verbose):
            return _guarded(arguments)
    finally:
        _flush_or_abandon(sys.stdout)


def _guarded(arguments: argparse.Namespace) -> int:
    """Run the command; turn whatever goes wrong into lines on stderr and a code."""
    try:
        code = _command(arguments.command)(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        return FAILED  # Whoever read the output went away, and knows.
    except KeyboardInterrupt:
        complain(["interrupted"])
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback for users
        if arguments.verbose:
            complain("".join(traceback.format_exception(error)).splitlines())
        complain(_explained(error))
        return BAD_INPUT if isinstance(error, ScenarioError) else FAILED
    return code


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    module, function = COMMANDS[name]
    try:
        found: Callable[[argparse.Namespace], int] = getattr(
            importlib.import_module(module), function
        )
    except ModuleNotFoundError as error:
        if name != "import" or (error.name or "").startswith("clearway"):
            raise
        msg = f"{error.name} is not installed; 'clearway import' needs clearway[import]"
        raise ClearwayError(msg) from error
    return found


def _explained(error: Exception) -> list[str]:
    if isinstance(error, ScenarioError):
        return [str(breach) for breach in error.breaches]
    if isinstance(error, ClearwayError):
        return str(error).splitlines()
    if isinstance(error, MemoryError):
        return ["not enough memory"]
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return [f"{where}{error.strerror or error}"]
    name, text = type(error).__name__, " ".join(str(error).split())
    return [f"unexpected {name}: {text}; {_REPORT}; {_VERBOSE}"]


@contextlib.contextmanager
def _logging(*, verbose: bool) -> Iterator[None]:
    """Send the program's own log to stderr while a command runs."""
    log, handler = logging.getLogger("clearway"), logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if verbose else logging.WARNING)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _flush_or_abandon(stream: TextIO) -> None:
    """Flush, or point a stream nobody can write to at nothing, so that the process ends quietly."""
    try:
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, stream.fileno())
            os.close(nothing)
