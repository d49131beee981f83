"""Every command runs where there is no network, and none of them looks for one.

Two guards at once: a network namespace with loopback alone, where the system gives one, and in any
case a hook in every Python process that writes down and refuses each attempt to reach another
machine. Both are shown to catch what is planted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from clearway.cli.arguments import COMMANDS
from clearway.publish.bundle.locking import new_identity
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.seal.keys import create_key
from tests.cli.town_files import write_town
from tests.judge.sound import sound
from tests.offline.sitecustomize import VARIABLE
from tests.scenarios import car_town, one_corridor

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts" / "no-network.sh"
#: Asked for a page and a form that are not there: they read all else, and say so.
REFUSED = {"check-page", "tally"}
ELSEWHERE = "192.0.2.1"  # reserved for documents: nobody's machine (RFC 5737)


@cache
def namespace() -> tuple[str, ...]:
    """Return the words before a command that take its network away; none where that is denied."""
    tried = subprocess.run([SCRIPT, "true"], capture_output=True, check=False)
    assert tried.returncode in {0, 125}, tried.stderr
    return (str(SCRIPT),) if tried.returncode == 0 else ()


def guarded(
    words: list[str], notes: Path, stdin: str = "", *, apart: bool = True
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run Python under the guard; return what it said, and every attempt to leave the machine."""
    paths = [str(ROOT / "tests" / "offline"), str(ROOT), str(ROOT / "src")]
    kept = {"PATH", "HOME", "LANG", "NUMBA_CACHE_DIR", "TMPDIR"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    environment |= {"PYTHONPATH": os.pathsep.join(paths), VARIABLE: str(notes)}
    said = subprocess.run(
        [*(namespace() if apart else ()), sys.executable, *words],
        input=stdin,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = notes.read_text().splitlines()
    assert lines[0].startswith("guarded "), "the guard was not there"
    return said, [line for line in lines if not line.startswith("guarded ")]


def commands(place: Path) -> list[list[str]]:
    """Return the commands of a whole day on two tiny scenarios, written into ``place``."""
    write_scenario(one_corridor(), place / "tiny")
    write_scenario(car_town(), place / "cars")
    scenario, plan = sound("aid_in")
    write_scenario(scenario, place / "town")
    (place / "town.json").write_text(plan_to_json(scenario, plan))
    writer = create_key(place / "day.log.key")
    text, public = new_identity()
    (place / "me.key").write_text(text)
    tiny, made, out = str(place / "tiny"), str(place / "plan.json"), str(place / "out")
    town, log, age = str(place / "town"), str(place / "day.log"), str(place / "run.age")
    ours = ["--identity", str(place / "me.key"), "--signer", writer.fingerprint]
    key = ["--key", str(place / "day.log.key")]
    day = [town, str(place / "town.json")]
    run = str(place / "run")
    few = ["--members", "2", "--seconds", "5"]
    to = ["--to", f"B={public}", "--out", str(place / "gate.age")]
    streets, recipe = write_town(place)
    return [
        ["import", str(streets), "--recipe", str(recipe), "--out", str(place / "imported")],
        ["check-scenario", tiny],
        ["solve", tiny, "--out", made],
        ["judge", tiny, made],
        ["simulate", tiny, made, "--out", out, "--members", "2"],
        ["report", town, str(place / "town.json"), "--out", out],
        ["run", tiny, "--out", out, *few],
        ["study", "contraflow", str(place / "cars"), "--seconds", "5"],
        ["log", "init", log],
        ["log", "append", log, "stop", "corridors=[]", "reason=test"],
        ["log", "verify", log],
        ["log", "show", log],
        ["abort", *day],
        ["drill", *day, "--at", "2016-10-20T09:00"],
        ["pack", *day, "--day", "2016-10-20", "--out", str(place / "pack")],
        ["check-page", *day, "--code", "none"],
        ["tally", *day, str(place / "form.csv"), "--day", "2016-10-20", "--log", log],
        ["start", tiny, made, "--out", run, "--at", "2016-10-20T08:00"],
        ["status", run, "--now", "2016-10-20T09:00"],
        ["ledger", run, "--now", "2016-10-20T09:00"],
        ["replan", run, "--now", "2016-10-20T07:00", "--event", "C1 closed"],
        ["bundle", town, str(place / "town.json"), "--to", f"A={public}", "--out", age, *key],
        ["verify", age, *ours],
        ["release", age, "--profile", "gate", *to, *key, *ours, "--log", log],
        ["open", str(place / "gate.age"), "--out", str(place / "gate"), *ours],
        ["retention", str(place), "--log", log],
        ["identity", "--out", str(place / "other.key")],
    ]


def test_a_day_of_commands_needs_no_network_and_looks_for_none(tmp_path: Path) -> None:
    asked = commands(tmp_path)
    said, attempts = guarded(["-m", "tests.offline.session"], tmp_path / "notes", json.dumps(asked))
    assert attempts == []
    assert said.returncode == 0, said.stderr
    codes = json.loads(said.stderr.rpartition("codes ")[2])
    ended = [(words[0], bool(code)) for words, code in zip(asked, codes, strict=True)]
    assert [name for name, failed in ended if failed != (name in REFUSED)] == [], said.stderr
    assert (tmp_path / "gate" / "release.json").exists()


def test_every_command_is_among_those_tried(tmp_path: Path) -> None:
    tried = {words[0] for words in commands(tmp_path)}
    assert tried == COMMANDS.keys(), "a command is not in commands() above"


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (f"socket.create_connection(('{ELSEWHERE}', 80), timeout=1)", "socket.getaddrinfo"),
        (f"socket.socket().connect(('{ELSEWHERE}', 80))", "socket.connect"),
        ("socket.getaddrinfo('example.org', 443)", "socket.getaddrinfo"),
        ("socket.gethostbyname('example.org')", "socket.gethostbyname"),
        (
            f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('{ELSEWHERE}', 53))",
            "socket.sendto",
        ),
        ("urllib.request.urlopen('http://example.org')", "socket.getaddrinfo"),
    ],
)
def test_a_planted_connection_is_found_even_if_its_error_is_swallowed(
    planted: str, found: str, tmp_path: Path
) -> None:
    code = (
        f"import contextlib, socket, urllib.request\nwith contextlib.suppress(OSError): {planted}"
    )
    said, attempts = guarded(["-c", code], tmp_path / "notes")
    assert said.returncode == 0, said.stderr
    assert len(attempts) == 1
    assert attempts[0].startswith(found)


def test_a_connection_of_a_process_that_was_started_is_found(tmp_path: Path) -> None:
    inner = f"import socket; socket.socket().connect(('{ELSEWHERE}', 80))"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    _, attempts = guarded(["-c", code], tmp_path / "notes")
    assert len(attempts) == 1


def test_loopback_and_sockets_of_files_are_let_through(tmp_path: Path) -> None:
    code = (
        "import socket\n"
        "one = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(one.getsockname()).close()\n"
        "socket.create_connection(('localhost', one.getsockname()[1])).close()\n"
        "two = socket.socket(socket.AF_UNIX); two.bind(PATH); two.listen()\n"
        "socket.socket(socket.AF_UNIX).connect(PATH)\n"
    ).replace("PATH", repr(str(tmp_path / "socket")))
    said, attempts = guarded(["-W", "ignore", "-c", code], tmp_path / "notes")
    assert (said.returncode, attempts) == (0, []), said.stderr


def test_the_namespace_leaves_loopback_and_no_route() -> None:
    """What no hook sees, a library that is no Python, has nowhere to go either."""
    code = (
        "import errno, socket\n"
        "one = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(one.getsockname()).close()\n"
        f"error = socket.socket().connect_ex(('{ELSEWHERE}', 80))\n"
        "print(errno.errorcode[error])\n"
    )
    words = [*namespace(), sys.executable, "-W", "ignore", "-c", code]
    if not namespace():
        words[-1] = "print('ENETUNREACH')"  # denied here: the hook alone holds, as tested above
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert said.stdout.strip() == "ENETUNREACH", said.stderr


def test_the_hook_alone_finds_it_where_there_is_no_namespace(tmp_path: Path) -> None:
    code = f"import socket; socket.socket().connect(('{ELSEWHERE}', 80))"
    said, attempts = guarded(["-c", code], tmp_path / "notes", apart=False)
    assert said.returncode == 1
    assert "no network: socket.connect" in said.stderr
    assert len(attempts) == 1


def test_the_script_says_where_no_namespace_is_given(tmp_path: Path) -> None:
    (tmp_path / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "unshare").chmod(0o700)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    said = subprocess.run(
        [SCRIPT, "true"], env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert said.returncode == 125
    assert "not permitted" in said.stderr


def test_the_script_gives_back_the_command_s_code() -> None:
    assert subprocess.run([SCRIPT], capture_output=True, check=False).returncode == 2
    code = subprocess.run(
        [*namespace(), sys.executable, "-c", "raise SystemExit(7)"], check=False
    ).returncode
    assert code == 7
