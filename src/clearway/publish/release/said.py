"""The release's own sentences, in English and in Arabic."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clearway.publish.words import LANGS, Said, Words


@cache
def release_words(lang: str) -> Words:
    """Return the sentences of a release; ``ValueError`` if ``lang`` is not one of ``LANGS``."""
    if lang not in LANGS:
        raise ValueError(f"no words in {lang!r}; there are {', '.join(LANGS)}")
    path = Path(__file__).parent / f"words.{lang}.toml"
    tables: Mapping[str, Mapping[str, str]] = tomllib.loads(path.read_text("utf-8"))
    flat = {f"{name}.{key}": said for name, one in tables.items() for key, said in one.items()}
    return Words(lang, flat)


def value_said(words: Words, value: Any) -> Said:
    """Return a single value: a word of ours in this language, all else as it is."""
    if isinstance(value, bool):
        return words.say(f"value.{str(value).lower()}")
    if isinstance(value, (int, float)):
        return words.code(_figure(value))
    key = f"value.{str(value).replace(' ', '_')}"
    return words.say(key) if key in words.messages else words.quote(str(value))


def _figure(value: float) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".")
