"""Arguments of the commands that hand a run on: bundle, release, verify, open, retention."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

PROFILES: Final = ("public", "partner", "gate", "medical", "full")
_Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse gives this type no public name


def add_bundling(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    """Add the commands and what each takes."""
    _add_bundle(verbs, "bundle", "seal files, folders and the log in one signed file", "full")
    _add_bundle(verbs, "release", "hand on what one kind of recipient may see", None)
    _add_verify(verbs)
    _add_open(verbs)
    _add_retention(verbs)
    _add_identity(verbs)


def _add_bundle(
    verbs: _Verbs[argparse.ArgumentParser], name: str, says: str, profile: str | None
) -> None:
    verb = _verb(verbs, name, says)
    verb.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="the folder of a running pause; or scenario folder, plan, pack, exported log; or a "
        "bundle, which is opened in memory",
    )
    verb.add_argument(
        "--profile",
        choices=PROFILES,
        default=profile,
        required=profile is None,
        help="what the recipients may see" + (" (default: %(default)s)" if profile else ""),
    )
    verb.add_argument(
        "--to",
        action="append",
        required=True,
        metavar="NAME[=age1...]",
        help="an organisation or role, and the public key to encrypt to; may be repeated",
    )
    verb.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="the writer's key, which signs (default: that of a running pause)",
    )
    verb.add_argument(
        "--key-passphrase-file", type=Path, metavar="FILE", help="passphrase of the writer's key"
    )
    verb.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write")
    verb.add_argument(
        "--expires",
        metavar="MOMENT",
        help="until when it may be kept (default: some days, by profile)",
    )
    verb.add_argument(
        "--encrypt-passphrase-file",
        type=Path,
        metavar="FILE",
        help="encrypt with the passphrase in this file, in place of public keys",
    )
    verb.add_argument(
        "--in-the-clear", action="store_true", help="do not encrypt: readable by whoever has it"
    )
    _add_opening(verb)
    _add_log(verb, "the log: taken in as its export, and told to whom this went")


def _add_verify(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "verify", "look at a bundle and name everything wrong with it")
    verb.add_argument("file", type=Path, metavar="FILE", help="bundle, encrypted or not")
    _add_opening(verb)


def _add_open(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "open", "write what is in a bundle into a new folder, in the clear")
    verb.add_argument("file", type=Path, metavar="FILE", help="bundle, encrypted or not")
    verb.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder that is not there yet"
    )
    _add_opening(verb)


def _add_retention(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "retention", "what was released, what is past its end date; delete it")
    verb.add_argument("folder", type=Path, metavar="DIR", help="folder to look through")
    verb.add_argument("--now", metavar="MOMENT", help="moment to look at (default: this one)")
    verb.add_argument(
        "--delete",
        action="store_true",
        help="delete what is past its end date, and write the proof into the log",
    )
    verb.add_argument(
        "--destroy-key",
        type=Path,
        metavar="FILE",
        help="delete a private key of age: what was encrypted to it alone is then unreadable",
    )
    verb.add_argument("--incidents", action="store_true", help="list the incident register too")
    verb.add_argument("--key", type=Path, metavar="FILE", help="the writer's key, to write proofs")
    verb.add_argument(
        "--key-passphrase-file", type=Path, metavar="FILE", help="passphrase of the writer's key"
    )
    _add_log(verb, "the log that holds the register")


def _add_identity(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "identity", "make a pair of keys to receive encrypted bundles with")
    verb.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="file for the private key"
    )


def _add_opening(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--identity",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="private key of age to decrypt with; may be repeated",
    )
    verb.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="passphrase to decrypt with: of a bundle, or of the folder of a running pause",
    )
    verb.add_argument(
        "--signer",
        action="append",
        default=[],
        metavar="FINGERPRINT",
        help="key whose signature is believed, compared with its owner; may be repeated",
    )
    verb.add_argument("--now", metavar="MOMENT", help="moment to look at (default: this one)")


def _add_log(verb: argparse.ArgumentParser, says: str) -> None:
    verb.add_argument("--log", metavar="LOG", help=says)
    verb.add_argument(
        "--log-passphrase-file", type=Path, metavar="FILE", help="passphrase of an encrypted log"
    )


def _verb(verbs: _Verbs[argparse.ArgumentParser], name: str, says: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", allow_abbrev=False
    )
    loudness = verb.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="say nothing but errors")
    loudness.add_argument("--verbose", action="store_true", help="log each step; show tracebacks")
    return verb
