"""Keys of writers: made once, readable by their owner, sealed on request, never shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clearway.errors import LogError
from clearway.seal.keys import PublicKey, WriterKey, create_key, is_sealed, load_key

#: RFC 8032, section 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signatures_are_those_of_the_standard() -> None:
    key = WriterKey.from_seed(SEED)
    assert key.public.raw.hex() == PUBLIC
    assert key.sign(b"\x72").hex() == SIGNATURE
    assert key.public.verifies(bytes.fromhex(SIGNATURE), b"\x72")
    assert not key.public.verifies(bytes.fromhex(SIGNATURE), b"\x73")
    assert not key.public.verifies(b"short", b"\x72")
    assert not WriterKey.from_seed(b"\1" * 32).public.verifies(bytes.fromhex(SIGNATURE), b"\x72")
    assert key.fingerprint == key.public.fingerprint == "39f713d0a644253f"


@pytest.mark.parametrize("secret", [None, "a long passphrase", "كلمة سر"])
def test_a_key_is_stored_and_loaded(tmp_path: Path, secret: str | None) -> None:
    path = tmp_path / "new" / "laptop.key"
    made = create_key(path, secret)
    assert load_key(path, secret) == made
    assert load_key(path, secret).sign(b"x") == made.sign(b"x")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["laptop.key"]
    assert is_sealed(path) == (secret is not None)
    assert create_key(tmp_path / "other").fingerprint != made.fingerprint


def test_a_sealed_key_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "right")
    assert "seed" not in json.loads((tmp_path / "k").read_text())
    for secret, rule in (("wrong", "not the one"), (None, "is needed"), ("", "not the one")):
        with pytest.raises(LogError, match=rule):
            load_key(tmp_path / "k", secret)
    with pytest.raises(LogError, match="must not be empty"):
        create_key(tmp_path / "empty", "")
    assert not (tmp_path / "empty").exists()


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    key = create_key(tmp_path / "k")
    with pytest.raises(LogError, match="never written over"):
        create_key(tmp_path / "k")
    assert load_key(tmp_path / "k") == key


def test_a_key_does_not_show_its_private_half(tmp_path: Path) -> None:
    key = create_key(tmp_path / "k")
    seed = json.loads((tmp_path / "k").read_text())["seed"]
    assert seed not in repr(key)
    (tmp_path / "k").write_text(json.dumps({"clearway key": 1, "public": "00", "seed": seed}))
    with pytest.raises(LogError) as caught:
        load_key(tmp_path / "k")
    assert seed not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"clearway key": 2}, "clearway key"),
        ({"public": "00" * 32}, "public"),
        ({"seed": "00"}, "seed"),
        ({"seed": 7}, "seed"),
        ({"sealed": []}, "sealed"),
        ({"sealed": {}}, "sealed.n"),
        ({"sealed": {"n": 2**40}}, "sealed.n"),
        ({"sealed": {"n": 2**16 + 1}}, "sealed.n"),
        ({"sealed": {"n": 2**14, "salt": "x"}}, "salt"),
    ],
)
def test_broken_key_files_are_refused(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    path = tmp_path / "k"
    create_key(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(LogError) as caught:
        load_key(path, "x")
    assert [one.field for one in caught.value.breaches] == [field]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff\xfe", b"null"])
def test_other_files_are_no_keys(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "k").write_bytes(data)
    for path in (tmp_path / "k", tmp_path / "none", tmp_path):
        assert not is_sealed(path)
        with pytest.raises(LogError):
            load_key(path)


def test_a_public_key_has_32_bytes() -> None:
    with pytest.raises(LogError):
        PublicKey(b"\1" * 31)
