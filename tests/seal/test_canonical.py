"""One byte form for each JSON value."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import LogError
from clearway.seal.canonical import canonical, digest, from_canonical

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(value=VALUES)
def test_what_is_written_is_read_back_and_is_json(value: Any) -> None:
    data = canonical(value)
    assert from_canonical(data) == value
    assert canonical(from_canonical(data)) == data


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}'),
        ({"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'.encode()),
        ([1.0, 1e21, 0.1, -0.0, 1e-7, 5e-324], b"[1,1e+21,0.1,0,1e-7,5e-324]"),
        ('\u20ac$\u000f\nA\'B"\\"/', b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\"/"'),
        ("معبر", '"معبر"'.encode()),
    ],
)
def test_bytes_are_those_of_rfc_8785(value: Any, data: bytes) -> None:
    assert canonical(value) == data


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, 2**53, -(2**53), 10**400, "\ud800", {1: 2}, {"a": {1, 2}}],
)
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(LogError) as caught:
        canonical(value)
    assert len(caught.value.breaches) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b'{"a":1} ',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000F"',
        b"1.0",
        b"1e3",
        b"-0",
        b"0.10",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e400",
        b"9007199254740993",
        b"-" + b"9" * 400,
        b"1" * 5000,
        b'"\\ud800"',
        b"\xef\xbb\xbf1",
        b"[1,]",
        b"[1] [2]",
        b"1\n",
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(LogError) as caught:
        from_canonical(data)
    assert len(caught.value.breaches) == 1


def test_a_value_nested_too_deep_is_refused() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(LogError, match="nested too deep"):
        canonical(value)


def test_digests_are_those_of_sha_256() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
