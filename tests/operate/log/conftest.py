"""One place for a log on each engine: the same tests run on all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from benchmarks.postgres_server import Server, running
from clearway.operate.log.log import Log
from clearway.operate.log.opening import create_log, open_log
from clearway.seal.keys import WriterKey
from tests.operate.log.events import clock, key

ENGINES = ("sqlite", "sqlcipher", "postgres")
#: With a quote and letters beyond ASCII, for it is put into a statement.
PASSPHRASE = "it's طويلة"  # noqa: S105 - of logs in tests


@dataclass
class Logs:
    """Makes logs on one engine, and opens them anew."""

    engine: str
    target: Callable[[], str]
    passphrase: str | None
    opened: list[Log] = field(default_factory=list)

    def make(self, who: int = 0) -> tuple[str, Log]:
        """Return where a new log is, and the log, open for writer ``who``."""
        target = self.target()
        log = create_log(target, key(who), self.passphrase)
        log.clock = clock()
        self.opened.append(log)
        return target, log

    def open(self, target: str, writer: WriterKey | None = None) -> Log:
        """Return the log at ``target``, opened once more."""
        log = open_log(target, writer, self.passphrase)
        log.clock = clock()
        self.opened.append(log)
        return log


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Run a PostgreSQL server for as long as the tests."""
    with running() as one:
        yield one


@pytest.fixture(params=ENGINES)
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Logs]:
    """Return a maker of logs on each engine in turn."""
    engine: str = request.param
    numbers = count()
    if engine == "postgres":
        one: Server = request.getfixturevalue("server")
        base = f"{tmp_path.parent.parent.name}_{tmp_path.parent.name}_{tmp_path.name}"
        made = Logs(engine, lambda: one.create(f"{base}_{next(numbers)}"[-60:]), None)
    else:
        secret = PASSPHRASE if engine == "sqlcipher" else None
        made = Logs(engine, lambda: str(tmp_path / f"{next(numbers)}.log"), secret)
    yield made
    for log in made.opened:
        log.close()
