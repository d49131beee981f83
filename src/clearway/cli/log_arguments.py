"""What ``clearway log`` accepts. Nothing heavy is imported here: ``--help`` stays quick."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

_Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse gives this type no public name

_SECRETS: Final = """\
A passphrase is never an argument. It is read from --passphrase-file, else from the variable
CLEARWAY_PASSPHRASE, else asked for. One passphrase opens the log and its key. LOG is a file, or
the URL of a PostgreSQL database (its password belongs into PGPASSFILE)."""


def add_log(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    """Add ``log`` and its steps to the commands."""
    says = "keep the log of the day: append, show, verify, merge"
    log = verbs.add_parser(
        "log",
        help=says,
        description=f"{says[0].upper()}{says[1:]}.",
        epilog=_SECRETS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    steps = log.add_subparsers(dest="step", metavar="STEP", required=True)
    _add_init(steps)
    _add_append(steps)
    _add_show(steps)
    _add_verify(steps)
    _add_merge(steps)
    _add_export(steps)
    _add_key(steps)
    _add_kinds(steps)


def _add_init(steps: _Verbs[argparse.ArgumentParser]) -> None:
    step = _step(steps, "init", "make an empty log, and the key of this laptop if there is none")
    _add_target(step)
    step.add_argument(
        "--encrypted", action="store_true", help="encrypt the log, and seal the key it makes"
    )


def _add_append(steps: _Verbs[argparse.ArgumentParser]) -> None:
    step = _step(steps, "append", "write down what happened")
    _add_target(step)
    step.add_argument(
        "kind", metavar="KIND", help="of event (see `log kinds`); or - for one as JSON from stdin"
    )
    step.add_argument("about", nargs="*", metavar="KEY=VALUE", help="what the event tells")
    step.add_argument("--at", metavar="MOMENT", help="when it happened (default: now)")
    step.add_argument(
        "--chain",
        choices=("operations", "monitors"),
        default="operations",
        help="whose record it is (default: %(default)s)",
    )


def _add_show(steps: _Verbs[argparse.ArgumentParser]) -> None:
    step = _step(steps, "show", "list what the log tells, and what in it contradicts")
    _add_target(step)
    step.add_argument("--json", action="store_true", help="print records as JSON, one a line")


def _add_verify(steps: _Verbs[argparse.ArgumentParser]) -> None:
    step = _step(steps, "verify", "check every hash, signature and link; name every fault")
    _add_target(step)
    step.add_argument(
        "--writer",
        action="append",
        metavar="FINGERPRINT",
        help="a key that may have written it, as read from its laptop; repeat for each",
    )


def _add_merge(steps: _Verbs[argparse.ArgumentParser]) -> None:
    for name, says in (
        ("merge", "take in what another log holds"),
        ("import", "take in what an exported log holds"),
    ):
        step = _step(steps, name, says)
        _add_target(step)
        step.add_argument("other", metavar="OTHER", help="another log, or an export (JSON Lines)")
        step.add_argument(
            "--other-passphrase-file",
            type=Path,
            metavar="FILE",
            help="first line: passphrase of the other log (else CLEARWAY_OTHER_PASSPHRASE)",
        )
        step.add_argument(
            "--despite-faults",
            action="store_true",
            help="take what is sound of a damaged log",
        )


def _add_export(steps: _Verbs[argparse.ArgumentParser]) -> None:
    step = _step(steps, "export", "write the whole log in the clear, as JSON Lines")
    _add_target(step)
    step.add_argument("--out", type=Path, required=True, metavar="PATH", help="file to write")


def _add_key(steps: _Verbs[argparse.ArgumentParser]) -> None:
    step = _step(steps, "key", "show the fingerprint and public half of a key")
    step.add_argument("key", type=Path, metavar="KEY", help="key file")


def _add_kinds(steps: _Verbs[argparse.ArgumentParser]) -> None:
    step = _step(steps, "kinds", "list the kinds of event, and what each tells")
    step.add_argument("kind", nargs="?", metavar="KIND", help="one of them (default: all)")


def _add_target(step: argparse.ArgumentParser) -> None:
    step.add_argument("log", metavar="LOG", help="a file, or the URL of a PostgreSQL database")
    step.add_argument(
        "--key", type=Path, metavar="FILE", help="key of this laptop (default: LOG.key)"
    )
    step.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="first line: the passphrase"
    )


def _step(steps: _Verbs[argparse.ArgumentParser], name: str, says: str) -> argparse.ArgumentParser:
    step = steps.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", allow_abbrev=False
    )
    loudness = step.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="say nothing but errors")
    loudness.add_argument("--verbose", action="store_true", help="log each step; show tracebacks")
    return step
