"""The code on each page: what a second laptop needs to tell whether the page is genuine.

Its text is ``CLEARWAY1|page|version|plan|content|writer|signature``: the page's id, percent-encoded
where it has other letters than a URL; the plan's version; SHA-256 of the plan and of what stands on
the page; the fingerprint of the key; and the Ed25519 signature over everything before its bar.
Hashes and signature are in base64url without padding. Both languages carry the same text.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from clearway.errors import Breach, ScenarioError
from clearway.publish.pack.pack import Pack
from clearway.publish.pack.sheet import Page
from clearway.seal.keys import PublicKey, WriterKey

MARK: Final = "CLEARWAY1"
_BAR: Final = "|"
_FIELDS: Final = 7
#: What stands in place of fingerprint and signature on a page that nobody signed.
UNSIGNED: Final = "-"


_PLAIN: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-.:~_")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the code on a page says.

    Attributes
    ----------
    page
        The page's id.
    version
        The plan's, from 1.
    plan, content
        SHA-256 in small hexadecimal digits.
    writer
        Fingerprint of the key that signed it; empty if none did.
    signature
        Its 64 bytes; none if nobody signed.
    """

    page: str
    version: int
    plan: str
    content: str
    writer: str = ""
    signature: bytes = b""

    @property
    def signed(self) -> str:
        """What the signature is made over."""
        fields = (
            MARK,
            _quoted(self.page),
            str(self.version),
            _short(bytes.fromhex(self.plan)),
            _short(bytes.fromhex(self.content)),
            self.writer or UNSIGNED,
        )
        return _BAR.join(fields)

    @property
    def text(self) -> str:
        """The text of the code."""
        return f"{self.signed}{_BAR}{_short(self.signature) if self.signature else UNSIGNED}"


def mark(pack: Pack, page: Page, key: WriterKey | None) -> Mark:
    """Return the mark of a page, signed if there is a key."""
    plain = Mark(page.id, pack.version, pack.plan, pack.content(page))
    if key is None:
        return plain
    named = Mark(plain.page, plain.version, plain.plan, plain.content, key.fingerprint)
    signature = key.sign(named.signed.encode())
    return Mark(named.page, named.version, named.plan, named.content, named.writer, signature)


def read_mark(text: str) -> Mark:
    """Return the mark whose text is ``text``.

    Raises
    ------
    ScenarioError
        If it is no code of a page.
    """
    fields = text.strip().split(_BAR)
    if len(fields) != _FIELDS or fields[0] != MARK:
        raise _refused("code", text[:40], f"must be {_FIELDS} fields with bars, first {MARK}")
    _, page, version, plan, content, writer, signature = fields
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise _refused("version", version[:40], "must be a whole number")
    found = Mark(
        page=_unquoted(page),
        version=int(version),
        plan=_long("plan", plan, 32).hex(),
        content=_long("content", content, 32).hex(),
        writer="" if writer == UNSIGNED else writer,
        signature=b"" if signature == UNSIGNED else _long("signature", signature, 64),
    )
    if found.text != text.strip():
        raise _refused("code", text[:40], "must be written as the pack writes it")
    return found


def verify(told: Mark, pack: Pack, key: PublicKey | None) -> tuple[Breach, ...]:
    """Return every reason why a page is not one of ``pack``, printed by whoever has the key.

    Parameters
    ----------
    told
        What the code on the page says.
    pack
        Made anew from the scenario and the plan at hand.
    key
        The public half that must have signed it; None asks for no signature.
    """
    found = []
    if key is not None:
        if not told.signature:
            found.append(Breach("", 0, "signature", "", "must be there: nobody signed this page"))
        elif told.writer != key.fingerprint:
            rule = f"must be {key.fingerprint}, the key at hand"
            found.append(Breach("", 0, "writer", told.writer[:40], rule))
        elif not key.verifies(told.signature, told.signed.encode()):
            rule = "must be that of the key over the rest of the code"
            found.append(Breach("", 0, "signature", _short(told.signature)[:12], rule))
    if told.version != pack.version:
        rule = f"must be {pack.version}, the version at hand"
        found.append(Breach("", 0, "version", str(told.version), rule))
    if told.plan != pack.plan:
        rule = f"must be {pack.plan[:12]}..., the plan at hand"
        found.append(Breach("", 0, "plan", told.plan[:12], rule))
    page = pack.by_id.get(told.page)
    if page is None:
        found.append(Breach("", 0, "page", told.page[:60], "must be a page of this day's pack"))
    elif told.content != pack.content(page):
        rule = f"must be {pack.content(page)[:12]}..., what the plan at hand puts on this page"
        found.append(Breach("", 0, "content", told.content[:12], rule))
    return tuple(found)


def _quoted(page: str) -> str:
    """Return an id without letters that a URL has not: each byte of them as ``%41``."""
    raw = page.encode("utf-8", "surrogatepass")
    return "".join(chr(one) if one in _PLAIN else f"%{one:02X}" for one in raw)


def _unquoted(text: str) -> str:
    """Return the id again; what is no UTF-8 becomes a letter that no id has."""
    parts = text.split("%")
    raw = parts[0].encode()
    for part in parts[1:]:
        digits = part[:2]
        whole = len(digits) == 2 and all(one in "0123456789ABCDEF" for one in digits)
        raw += bytes.fromhex(digits) if whole else b"%" + digits.encode()
        raw += part[2:].encode()
    return raw.decode("utf-8", "replace")


def _short(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _long(field: str, text: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != length:
        raise _refused(field, text[:40], f"must be {length} bytes in base64url")
    return raw


def _refused(field: str, value: str, rule: str) -> ScenarioError:
    return ScenarioError((Breach("", 0, field, value, rule),))
