"""What a waiting person sees: one rewritten line on a terminal, a line a second elsewhere."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable
from typing import Final, TextIO

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.solve.options import RULES, Progress

_TERMINAL_S: Final = 0.1
_PIPE_S: Final = 1.0
_BAR: Final = 30
_STAGES: Final = {
    PEOPLE: "people out, weighted",
    EXPOSURE: "person-hours exposed",
    HOURS: "person-hours until out",
}


class ProgressLine:
    """Draws progress on a stream, and messages between it without mixing the two."""

    def __init__(
        self, stream: TextIO, *, quiet: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Draw on ``stream``, or nowhere if ``quiet``; ``clock`` counts seconds."""
        self._stream = stream
        self._silent = quiet
        self._clock = clock
        self._terminal = stream.isatty()
        self._next = clock()
        self._drawn = False

    def __call__(self, progress: Progress) -> None:
        """Show ``progress``, unless the last was shown only just now."""
        self._show(lambda: described(progress))

    def counter(self, what: str) -> Callable[[int, int], None]:
        """Return what shows how many members are done, of how many."""
        return lambda done, of: self._show(lambda: counted(what, done, of))

    def _show(self, text: Callable[[], str]) -> None:
        now = self._clock()
        if now >= self._next:
            self._next = now + (_TERMINAL_S if self._terminal else _PIPE_S)
            self._write(f"\r\x1b[K{_fitted(text())}" if self._terminal else f"{text()}\n")
            self._drawn = self._terminal

    def say(self, text: str) -> None:
        """Write ``text`` on a line of its own."""
        self.close()
        self._write(f"{text}\n")

    def close(self) -> None:
        """Take the rewritten line away."""
        if self._drawn:
            self._write("\r\x1b[K")
            self._drawn = False

    def _write(self, text: str) -> None:
        if self._silent:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            # Nobody looks any more, or the log's disk is full: the work matters, not its talk.
            self._silent = True


def described(progress: Progress) -> str:
    """Return one round of solving in words."""
    if progress.stage == RULES:
        tried = f"{progress.value:,.0f} of {progress.bound:,.0f}"
        return f"{progress.seconds:6.1f} s  rules for gates: {tried} tried"
    stage = _STAGES.get(progress.stage, progress.stage.replace("_", " "))
    return (
        f"{progress.seconds:6.1f} s  {stage}, round {progress.round}: "
        f"{progress.value:,.0f}, bound {progress.bound:,.0f}, gap {100 * progress.gap:.3f} %"
    )


def counted(what: str, done: int, of: int) -> str:
    """Return how far a count has come, with a bar."""
    full = _BAR * done // max(of, 1)
    return f"{what} [{'#' * full}{'.' * (_BAR - full)}] {done:,} of {of:,} members"


def _fitted(text: str) -> str:
    columns = 80
    with contextlib.suppress(OSError, ValueError):
        columns = shutil.get_terminal_size().columns
    return text[: max(columns - 1, 20)]
