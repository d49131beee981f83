"""Ctrl-C with real signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

from clearway.cli.interrupt import MEMBERS, Interrupt

PROGRAM = """
import os, signal, sys, threading
signal.signal(signal.SIGINT, signal.{handler})
from clearway.cli.interrupt import Interrupt
with Interrupt(lambda text: print(text, flush=True)) as stop:
    for _ in range({signals}):
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(0.05)
    threading.Event().wait({seconds})
    print("stop", stop(), flush=True)
print("done", flush=True)
"""


def test_nothing_is_asked_without_a_signal() -> None:
    said: list[str] = []
    with Interrupt(said.append) as stop:
        assert not stop()
    assert not stop()
    assert said == []


def test_the_first_ctrl_c_asks_to_stop_and_says_so() -> None:
    asked, said = threading.Event(), list[str]()

    def say(text: str) -> None:
        said.append(text)
        asked.set()

    before = signal.getsignal(signal.SIGINT)
    with Interrupt(say) as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert asked.wait(30)
        assert stop()
    assert len(said) == 1
    assert "best plan so far" in said[0]
    assert signal.getsignal(signal.SIGINT) is before


def test_what_is_kept_is_what_was_being_made() -> None:
    asked, said = threading.Event(), list[str]()

    def say(text: str) -> None:
        said.append(text)
        asked.set()

    with Interrupt(say, MEMBERS):
        os.kill(os.getpid(), signal.SIGINT)
        assert asked.wait(30)
    assert said == ["stopping: the members done so far are kept (Ctrl-C again ends at once)"]


def test_it_leaves_no_thread_and_no_open_pipe() -> None:
    threads = threading.active_count()
    for _ in range(3):
        with Interrupt(list[str]().append) as stop:
            ends = stop._ends
        assert threading.active_count() == threads
    for end in ends:
        assert _is_closed(end)


def test_other_signals_are_left_alone() -> None:
    seen: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _frame: seen.append(number))
    try:
        with Interrupt(list[str]().append) as stop:
            os.kill(os.getpid(), signal.SIGUSR1)
            threading.Event().wait(0.05)
        assert not stop()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == [signal.SIGUSR1]


def test_the_second_ctrl_c_ends_at_once() -> None:
    end = _run(signals=2, seconds=120)
    assert end.returncode == 130
    assert end.stdout.count("stopping") == 1
    assert "done" not in end.stdout


def test_one_ctrl_c_lets_the_work_come_to_its_end() -> None:
    end = _run(signals=1, seconds=0)
    assert (end.returncode, end.stderr) == (0, "")
    assert end.stdout.splitlines()[1:] == ["stop True", "done"]


def test_a_process_told_to_ignore_ctrl_c_ignores_it() -> None:
    end = _run(signals=2, seconds=0, handler="SIG_IGN")
    assert end.stdout.splitlines() == ["stop False", "done"]


def _run(
    *, signals: int, seconds: float, handler: str = "default_int_handler"
) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(signals=signals, seconds=seconds, handler=handler)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=100
    )


def _is_closed(end: int) -> bool:
    try:
        os.fstat(end)
    except OSError:
        return True
    return False
