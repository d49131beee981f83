"""Exit codes of every command."""

from __future__ import annotations

from typing import Final

#: The command did what it was asked.
OK: Final = 0
#: The plan breaks a rule of its scenario, or the command could not do its work.
FAILED: Final = 1
#: Bad input: a scenario, a plan, a recipe or an argument that breaks rules, all of them listed.
BAD_INPUT: Final = 2
#: The plan brings nobody out; its status says why.
NOBODY: Final = 3
#: Ctrl-C ended the command before it had a result.
INTERRUPTED: Final = 130
