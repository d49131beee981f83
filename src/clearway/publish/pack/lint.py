"""What must hold of every word before it is set: numbers isolated, nothing said by a template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from clearway.publish.isolate import LRI, PDI, unisolated
from clearway.publish.words import ARABIC

#: Fields of a block that steer how it is set, and are not read by anybody.
_SETTING: Final = frozenset(("kind", "styles"))
_COMMENT: Final = re.compile(r"^\s*//.*$", re.MULTILINE)
_STRING: Final = re.compile(r'"[^"\n]*"')
_MARKUP: Final = re.compile(r"\[[^\]\[]*\w[^\]\[]*\]")
#: What turns a value into words inside a template, where nothing isolates them.
_WORDING: Final = re.compile(r"\b(?:str|repr|numbering|display|upper|lower|datetime)\s*\(")
#: A check that ends the compilation sets nothing.
_CHECK: Final = re.compile(r"assert\(\n.*?\n  \)", re.DOTALL)


def loose(told: Mapping[str, Any]) -> list[str]:
    """Return each text of a document that a right-to-left reader may see in the wrong order.

    Parameters
    ----------
    told
        What a template is filled with, ``lang`` and ``pages``; other languages have no such text.
    """
    if told["lang"] != ARABIC:
        return []
    texts = {told["title"], *_texts(told["pages"])}
    return sorted(one for one in texts if unisolated(one) or one.count(LRI) != one.count(PDI))


def spoken(template: str) -> list[str]:
    """Return what a Typst template says of its own, or turns into words by itself.

    Every word must come from the data, where it was isolated; strings that name fonts, files,
    colours and kinds of block are code, and are not set.
    """
    code = _CHECK.sub("", _COMMENT.sub("", template))
    found = [one.group() for one in _WORDING.finditer(code)]
    bare = _STRING.sub('""', code)
    found += [one.group() for one in _MARKUP.finditer(bare)]
    found += re.findall("[\u0590-\u08ff\u2066-\u2069]+", code)
    return found + [one for one in re.findall(r"text\([^()\n]*\)", code) if _set_words(one)]


def _set_words(call: str) -> bool:
    """Return whether a call of ``text`` sets a string that stands in the template."""
    strings = _STRING.findall(call)
    return any(one not in ('"bold"', '"IBM Plex Sans Arabic"') for one in strings)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name not in _SETTING:
                yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
