"""How long the orders of the flagship's first day take, and whether their pages are right.

``python -m benchmarks.pack --plan PLAN`` runs ``clearway pack`` in a process of its own, as people
do, in both languages. Then every page is looked at: as many pages in both languages, with the same
ids, hours, codes and coordinates; no letter missing; and a sample of codes read back from pages at
150 dpi. The figures go to ``out/bench/operate.json`` under ``pack``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import zxingcpp

from benchmarks.records import keep
from clearway.publish.pack.mark import read_mark
from clearway.seal.keys import create_key

OUT: Final = Path("out/bench/operate.json")
LANGS: Final = ("en", "ar")
#: Every how many pages a code is read.
EVERY: Final = 25
_DPI: Final = 150
_MARKS: Final = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
)
_FONTS: Final = {"IBMPlexSansArabic-Regular", "IBMPlexSansArabic-Bold"}
#: What must be the same on a page in both languages.
_FIGURES: Final = (
    re.compile(r"(?<![\d:])\d\d:\d\d(?![\d:])"),
    re.compile(r"-?\d{1,2}\.\d{5}, -?\d{1,3}\.\d{5}"),
    re.compile(r"\d+°\d\d'\d\d\.\d\"[NS] \d+°\d\d'\d\d\.\d\"[EW]"),
    re.compile(r"\d\d[C-X] [A-Z]{2} \d{5} \d{5}"),
    re.compile(r"(?<!\w)P-\d{3}(?!\d)"),
)
_ID: Final = re.compile(r"[a-z-]+/[^/\s]+/\d{4}-\d\d-\d\d/\d+")


def measure(scenario: Path, plan: Path, day: str) -> dict[str, Any]:
    """Print the day, look at every page, and return the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        create_key(folder / "key")
        words = ["pack", str(scenario), str(plan), "--day", day, "--quiet"]
        words += ["--out", str(folder / "out"), "--key", str(folder / "key")]
        before, began = _used(), time.perf_counter()
        subprocess.run([sys.executable, "-m", "clearway", *words], check=True)  # noqa: S603
        seconds, used = time.perf_counter() - began, _used() - before
        files = {lang: folder / "out" / f"pack.{lang}.pdf" for lang in LANGS}
        pages = {lang: texts(file) for lang, file in files.items()}
        return {
            "day": day,
            "seconds": round(seconds, 2),
            "cpu_seconds": round(used, 2),
            "load": round(os.getloadavg()[0], 2),
            "pages": {lang: len(told) for lang, told in pages.items()},
            "bytes": {lang: file.stat().st_size for lang, file in files.items()},
            "pages_with_other_ids": other_ids(pages),
            "pages_with_other_figures": other_figures(pages),
            "pages_with_missing_letters": sum(
                missing(one) for told in pages.values() for one in told
            ),
            "other_fonts": sorted({one for file in files.values() for one in fonts(file)} - _FONTS),
            **codes(files, pages),
        }


def texts(file: Path) -> list[str]:
    """Return the text of each page, without marks of direction."""
    told = _run(["pdftotext", "-raw", "-enc", "UTF-8", str(file), "-"])
    return [page.translate(_MARKS) for page in told.decode().split("\f")[:-1]]


def fonts(file: Path) -> list[str]:
    """Return the names of the fonts in a file."""
    lines = _run(["pdffonts", str(file)]).decode().splitlines()[2:]
    return [line.split()[0].rpartition("+")[2] for line in lines]


def other_ids(pages: dict[str, list[str]]) -> int:
    """Return on how many pages the languages have not one id, the same."""
    found = zip(*(pages[lang] for lang in LANGS), strict=True)
    return sum(len(ids) != 1 for ids in ({_id(text) for text in both} for both in found))


def other_figures(pages: dict[str, list[str]]) -> int:
    """Return on how many pages hours, codes or coordinates differ between the languages."""
    found = zip(*(pages[lang] for lang in LANGS), strict=True)
    return sum(_figures(english) != _figures(arabic) for english, arabic in found)


def missing(text: str) -> bool:
    """Return whether a letter has no meaning, as one without a glyph has none."""
    return re.search("[\ufffd\ue000-\uf8ff]", text) is not None


def codes(files: dict[str, Path], pages: dict[str, list[str]]) -> dict[str, int]:
    """Return how many codes were looked for, and how many were not read or of another page."""
    looked = wrong = 0
    for lang, file in files.items():
        for number in range(1, len(pages[lang]) + 1, EVERY):
            told = zxingcpp.read_barcode(_picture(file, number))
            looked += 1
            wrong += told is None or read_mark(told.text).page != _id(pages[lang][number - 1])
    return {"codes_read": looked, "codes_wrong": wrong}


def write(figures: dict[str, Any], place: Path = OUT) -> None:
    """Put the figures under ``pack`` in the record, beside what else stands there."""
    keep("pack", figures, place)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", type=Path, default=Path("examples/aleppo-2016"))
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--day", default="2016-10-20")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    figures = measure(args.scenario, args.plan, args.day)
    print(json.dumps(figures, indent=1))  # noqa: T201 - a program's own output
    write(figures, args.out)


def _id(text: str) -> str:
    found = _ID.search(text)
    return found.group() if found else ""


def _figures(text: str) -> list[list[str]]:
    return [sorted(pattern.findall(text)) for pattern in _FIGURES]


def _picture(file: Path, page: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return one page in grey (PGM: three lines of text, then a byte a pixel)."""
    words = ["pdftoppm", "-r", str(_DPI), "-gray", "-f", str(page), "-l", str(page), str(file)]
    told = _run(words)
    _, size, _, pixels = told.split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(pixels, dtype=np.uint8).reshape(height, width)


def _run(words: Sequence[str]) -> bytes:
    return subprocess.run(words, check=True, capture_output=True).stdout  # noqa: S603 - poppler's


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
