"""Codes made all at once: the same symbols as the library makes one by one, and they are read."""

from __future__ import annotations

import random
import string

import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.publish.pack.codes import _BLOCKS, QUIET, codes

LETTERS = string.ascii_letters + string.digits + "|-_/."


def text_of(length: int, seed: int = 1) -> str:
    drawn = random.Random(seed)  # noqa: S311 - no secret
    return "".join(drawn.choice(LETTERS) for _ in range(length - 1)) + "a"


def room(version: int) -> int:
    """Return how many bytes a version holds at level M."""
    _, first, some, second, more = _BLOCKS[version - 1]
    return first * some + second * more - (3 if version >= 10 else 2)


@pytest.mark.parametrize("version", range(1, len(_BLOCKS) + 1))
def test_a_full_symbol_is_the_librarys(version: int) -> None:
    texts = [text_of(room(version), seed) for seed in (1, 2)]
    found = codes(texts)
    assert found.side == 17 + 4 * version + 2 * QUIET
    for text, image in zip(texts, found.images, strict=True):
        other = segno.make_qr(
            text, error="m", mask=3, boost_error=False, version=version, mode="byte"
        )
        modules = np.array([list(row) for row in other.matrix])
        inside = image[QUIET:-QUIET, QUIET:-QUIET]
        assert np.array_equal(inside, np.where(modules, 0, 255))


@pytest.mark.parametrize("version", range(2, len(_BLOCKS) + 1))
def test_a_symbol_that_is_not_full_is_read(version: int) -> None:
    texts = [text_of(room(version) - less) for less in (1, 2, 9)]
    found = codes(texts)
    assert found.side == 17 + 4 * version + 2 * QUIET
    assert [read(image) for image in found.images] == texts


@settings(max_examples=60)
@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=4))
def test_any_letters_are_read(texts: list[str]) -> None:
    for text, image in zip(texts, codes(texts).images, strict=True):
        told = zxingcpp.read_barcode(np.repeat(np.repeat(image, 3, 0), 3, 1))
        assert told is not None
        assert told.bytes == text.encode()


def test_all_have_the_size_of_the_longest_and_white_around() -> None:
    found = codes(["a", text_of(200)])
    assert found.images.shape == (2, found.side, found.side)
    assert (found.images[:, :QUIET] == 255).all()
    assert (found.images[:, :, -QUIET:] == 255).all()
    assert set(np.unique(found.images).tolist()) == {0, 255}


def test_a_damaged_symbol_is_read() -> None:
    text = text_of(200)
    image = codes([text]).images[0].copy()
    image[30:40, 30:45] = 255
    assert read(image) == text


def test_what_no_symbol_holds_is_refused() -> None:
    longest = room(len(_BLOCKS))
    assert read(codes([text_of(longest)]).images[0]) == text_of(longest)
    with pytest.raises(ScenarioError, match=f"{longest + 1} bytes"):
        codes(["short", text_of(longest + 1)])


def read(image: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> str:
    told = zxingcpp.read_barcode(np.repeat(np.repeat(image, 4, 0), 4, 1))
    return "" if told is None else str(told.text)
