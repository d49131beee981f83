"""A parser of arguments whose options may stand anywhere, between positional ones as well."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, Final

_HELP: Final = frozenset({"-h", "--help"})


class AnywhereParser(argparse.ArgumentParser):
    """Parses the words of one command; its subcommands, if it has any, parse their own."""

    def __init__(self, *told: Any, **named: Any) -> None:
        """Take what any parser takes."""
        super().__init__(*told, **named)
        self._mixing = False

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse ``args``; what is not known comes back beside it."""
        # To mix, some versions of Python parse twice, by this very method, and help that is asked
        # for meanwhile lacks the defaults of positional arguments.
        plain = self._mixing or not _HELP.isdisjoint(args or ())
        if plain or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False
