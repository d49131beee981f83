"""``clearway pack``, ``check-page`` and ``tally``: orders on paper, and what comes back of them."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final

from clearway.cli.codes import FAILED, OK
from clearway.cli.passphrase import VARIABLE, passphrase
from clearway.cli.say import complain, tell
from clearway.cli.write import expect_folder, named, scratch_in
from clearway.errors import Breach, ScenarioError
from clearway.judge.abort import judge_abort
from clearway.model.abort import Abort
from clearway.model.event import Event
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort import abort
from clearway.operate.log.opening import is_encrypted, is_server, open_log
from clearway.publish.pack.day import only
from clearway.publish.pack.form import events, forms
from clearway.publish.pack.mark import read_mark, verify
from clearway.publish.pack.pack import pack
from clearway.publish.pack.press import pressing
from clearway.publish.words import LANGS
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario
from clearway.seal.canonical import canonical
from clearway.seal.keys import PublicKey, WriterKey, is_sealed, load_key

_BOTH: Final = "both"
#: A code is a few hundred letters; more is no code.
_MOST_LETTERS: Final = 4000
_MOST_BYTES: Final = 50_000_000


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: nearly all that is made is kept, and the search takes long."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_uncollected()
def pack_orders(arguments: argparse.Namespace) -> int:
    """Print one day's orders as PDF, and the forms of its tally sheets as CSV."""
    expect_folder(arguments.out)
    key = _key(arguments, arguments.key) if arguments.key is not None else None
    scenario, plan = _read(arguments)
    langs = LANGS if arguments.lang == _BOTH else (arguments.lang,)
    today, cards = _cards(scenario, plan, arguments.day)
    found = pack(scenario, plan, arguments.day, version=arguments.version, abort=cards)
    printed = pressing(found, langs, key)
    # Pages are being set without the interpreter's lock: the cards are judged meanwhile.
    broken = judge_abort(scenario, today, cards) if cards is not None else ()
    if broken:
        complain(map(str, broken))
        return FAILED
    files = {f"pack.{lang}.pdf": data for lang, data in printed().items()} | {
        f"forms/{name}": text.encode() for name, text in forms(found).items()
    }
    for name, data in files.items():
        _write(arguments.out / name, data)
    signed = f"signed by {key.fingerprint}" if key is not None else "signed by nobody: no --key"
    tell(arguments, f"{arguments.out}: {len(found.pages):,} pages a language, {signed}")
    tell(arguments, f"version {found.version}, plan {found.plan}")
    return OK


def check_page(arguments: argparse.Namespace) -> int:
    """Say whether the code on a page is that of the plan at hand."""
    text = arguments.code if arguments.code is not None else sys.stdin.read(_MOST_LETTERS)
    told = read_mark(text)
    key = None if arguments.public is None else _public(arguments.public)
    scenario, plan = _read(arguments)
    day = _day_of(told.page)
    _, cards = _cards(scenario, plan, day)
    found = pack(scenario, plan, day, version=told.version, abort=cards)
    breaches = verify(told, found, key)
    if breaches:
        raise ScenarioError(breaches)
    who = f"signed by {told.writer}" if key is not None else "signature not looked at: no --public"
    tell(arguments, f"{told.page}: a page of this plan, version {told.version}; {who}")
    return OK


def write_tally(arguments: argparse.Namespace) -> int:
    """Write what a filled form tells into the log: all of it, or nothing if anything is wrong."""
    scenario, plan = _read(arguments)
    found = pack(scenario, plan, arguments.day)
    told = events(found, _text(arguments.form), arguments.form.name)
    path = arguments.key
    if path is None:
        if is_server(arguments.log):
            raise _refused("key", "", "must be named for a log on a server")
        path = Path(f"{arguments.log}.key")
    secret = _secret(arguments) if is_encrypted(arguments.log) else None
    with closing(open_log(arguments.log, _key(arguments, path), secret)) as log:
        there = {_same(one.event) for one in log.records()}
        new = [one for one in told if _same(one) not in there]
        for event in new:
            log.append(event)
    tell(arguments, f"{arguments.log}: {len(new):,} records, {len(told) - len(new):,} were there")
    return OK


def _same(event: Event) -> tuple[str, datetime, bytes]:
    return event.kind, event.at, canonical(dict(event.about))


def _read(arguments: argparse.Namespace) -> tuple[Scenario, Plan]:
    scenario = read_scenario(arguments.scenario)
    return scenario, read_plan(arguments.plan, scenario)


def _cards(scenario: Scenario, plan: Plan, day: date) -> tuple[Plan, Abort | None]:
    """Return what the plan does on that day, and what all do if it stops; None if nobody moves."""
    today = only(scenario, plan, day)
    if not (today.movements or today.duties or today.convoys):
        return today, None
    return today, abort(scenario, today)


def _day_of(page: str) -> date:
    try:
        return date.fromisoformat(page.split("/")[-2])
    except (IndexError, ValueError):
        raise _refused("page", page[:60], "must name its day") from None


def _public(text: str) -> PublicKey:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    return PublicKey(raw)


def _key(arguments: argparse.Namespace, path: Path) -> WriterKey:
    return load_key(path, _secret(arguments) if is_sealed(path) else None)


def _secret(arguments: argparse.Namespace) -> str:
    """Return the passphrase, which is asked for once a command."""
    known: str | None = getattr(arguments, "secret", None)
    if known is None:
        known = passphrase(arguments.passphrase_file, VARIABLE, "Passphrase")
        arguments.secret = known
    return known


def _text(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise _refused("form", path.name, f"must be at most {_MOST_BYTES:,} bytes")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused("form", path.name, f"must be UTF-8: {error.reason}") from error


def _write(path: Path, data: bytes) -> None:
    with named(path), scratch_in(path.parent, path.name) as scratch:
        staged = scratch / path.name
        staged.write_bytes(data)
        staged.replace(path)


def _refused(name: str, value: str, rule: str) -> ScenarioError:
    return ScenarioError((Breach("", 0, name, value, rule),))
