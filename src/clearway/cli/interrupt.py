"""Ctrl-C while a plan is solved or simulated: the first asks to stop, the second ends at once."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from clearway.cli.codes import INTERRUPTED

_LOG: Final = logging.getLogger(__name__)
_DONE: Final = 0
#: What the first Ctrl-C keeps.
PLAN: Final = "the best plan so far is kept"
MEMBERS: Final = "the members done so far are kept"
REPORT: Final = "the report is written without the comparison"


class Interrupt:
    """A ``stop`` that turns true at the first Ctrl-C, to be used as a context manager.

    While compiled code has the main thread, no handler written in Python runs, and two signals
    would count as one. So the system is told to write each signal's number to a pipe, and a
    thread reads it.
    """

    def __init__(self, say: Callable[[str], None], kept: str = PLAN) -> None:
        """Keep ``say``, which tells the person at the keyboard what happens, and what is kept."""
        self._say = say
        self._kept = kept
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._ends = (-1, -1)
        self._before: tuple[Any, int] | None = None

    def __call__(self) -> bool:
        """Return whether Ctrl-C was pressed."""
        return self._asked.is_set()

    def __enter__(self) -> Self:
        """Begin to listen, unless whoever started the process had it ignore Ctrl-C."""
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            self._ends = os.pipe()
            os.set_blocking(self._ends[1], False)
            wakeup = signal.set_wakeup_fd(self._ends[1], warn_on_full_buffer=False)
            self._before = (signal.signal(signal.SIGINT, _leave_to_the_thread), wakeup)
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave Ctrl-C as it was before."""
        if self._before:
            handler, wakeup = self._before
            signal.signal(signal.SIGINT, handler)
            signal.set_wakeup_fd(wakeup)
            os.write(self._ends[1], bytes([_DONE]))
            self._thread.join()
            for end in self._ends:
                os.close(end)

    def _listen(self) -> None:
        while (number := os.read(self._ends[0], 1)[0]) != _DONE:
            if number != signal.SIGINT:
                continue
            if self._asked.is_set():
                # Not sys.exit: the main thread may be deep in compiled code for a while yet.
                os._exit(INTERRUPTED)
            self._asked.set()
            self._say(f"stopping: {self._kept} (Ctrl-C again ends at once)")


def _leave_to_the_thread(_number: int, _frame: object) -> None:
    """Stand where Python's own handler would raise; the thread has the signal as well."""
    _LOG.debug("interrupted")
