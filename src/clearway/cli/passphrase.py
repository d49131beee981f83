"""Where a passphrase comes from: a file, a variable, or the person at the keyboard; never argv."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Final

from clearway.errors import LogError

VARIABLE: Final = "CLEARWAY_PASSPHRASE"
OTHER_VARIABLE: Final = "CLEARWAY_OTHER_PASSPHRASE"


def passphrase(file: Path | None, variable: str, prompt: str, *, twice: bool = False) -> str:
    """Return the passphrase: first line of ``file``, else of the variable, else as typed.

    Parameters
    ----------
    file
        None if none was named.
    variable
        Name of the variable of the environment.
    prompt
        What the person is asked.
    twice
        Ask once more, for nobody can look up what was mistyped when a log was made.

    Raises
    ------
    LogError
        If it is empty, the two do not agree, or nobody can be asked.
    """
    told = _from_elsewhere(file, variable)
    if told is None:
        told = _asked(prompt, variable)
        if twice and _asked(f"{prompt} (again)", variable) != told:
            msg = "the two passphrases are not the same"
            raise LogError(msg)
    if not told:
        msg = "a passphrase must not be empty"
        raise LogError(msg)
    return told


def _from_elsewhere(file: Path | None, variable: str) -> str | None:
    if file is None:
        return os.environ.get(variable)
    lines = file.read_text("utf-8").splitlines()
    return lines[0] if lines else ""


def _asked(prompt: str, variable: str) -> str:
    if not sys.stdin.isatty():
        msg = f"a passphrase is needed: name a file that holds it, or set {variable}"
        raise LogError(msg)
    return getpass.getpass(f"{prompt}: ")
