"""The figures of printed orders: what is compared, and that a difference is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.pack import codes, fonts, missing, other_figures, other_ids, texts, write
from tests.publish.packs import packed, printed

PAGE = "Page gate/C1/2016-10-20/1\nfrom 08:00 to 16:00 at 36.20123, 37.15123, P-101"


def pages(arabic: str) -> dict[str, list[str]]:
    return {"en": [PAGE], "ar": [arabic]}


def test_the_same_figures_in_any_order_are_the_same() -> None:
    same = pages("P-101 36.20123, 37.15123 16:00 gate/C1/2016-10-20/1 08:00")
    assert (other_ids(same), other_figures(same)) == (0, 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("36.20123, 37.15123", "37.15123, 36.20123"),
        ("08:00", "00:80"),
        ("P-101", "P-110"),
        ("16:00", ""),
    ],
)
def test_another_figure_is_seen(old: str, new: str) -> None:
    assert other_figures(pages(PAGE.replace(old, new))) == 1


def test_another_id_is_seen() -> None:
    assert other_ids(pages(PAGE.replace("/1", "/2", 1))) == 1
    assert other_ids({"en": ["no id"], "ar": ["no id"]}) == 0


def test_letters_without_a_meaning_are_seen() -> None:
    assert missing("a\ufffdb")
    assert missing("\uf001")
    assert not missing(PAGE)


def test_printed_pages_are_looked_at(tmp_path: Path) -> None:
    files = {}
    for lang in ("en", "ar"):
        files[lang] = tmp_path / f"{lang}.pdf"
        files[lang].write_bytes(printed()[lang])
    told = {lang: texts(file) for lang, file in files.items()}
    assert len(told["en"]) == len(packed().pages)
    assert (other_ids(told), other_figures(told)) == (0, 0)
    assert all(one.startswith("IBMPlexSansArabic") for one in fonts(files["ar"]))
    assert codes(files, told) == {"codes_read": 4, "codes_wrong": 0}
    swapped = {**told, "ar": told["ar"][::-1]}
    assert codes(files, swapped)["codes_wrong"] == 2


def test_figures_stand_beside_others(tmp_path: Path) -> None:
    place = tmp_path / "bench" / "operate.json"
    write({"pages": 1}, place)
    place.write_text(json.dumps({"log": {"kept": 1}, "pack": {"pages": 1}}), "utf-8")
    write({"pages": 2}, place)
    assert json.loads(place.read_text("utf-8")) == {"log": {"kept": 1}, "pack": {"pages": 2}}
    assert [one.name for one in place.parent.iterdir()] == ["operate.json"]
