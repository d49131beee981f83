"""Small bundles for tests, and what can be done to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from clearway.publish.bundle.manifest import Manifest, listed
from clearway.publish.bundle.sealing import sealed
from clearway.seal.keys import WriterKey

KEY = WriterKey.from_seed(bytes(range(32)))
OTHER_KEY = WriterKey.from_seed(bytes(range(1, 33)))
CREATED = datetime(2016, 10, 19, 12, tzinfo=UTC)
NOW = CREATED + timedelta(days=1)
FILES = {"log.jsonl": b'{"a":1}\n' * 3, "scenario/scenario.toml": 'id = "حلب"\n'.encode()}


def manifest(files: Mapping[str, bytes] = FILES) -> Manifest:
    """Return a manifest of ``files`` for a week."""
    return Manifest(
        id="0123456789",
        profile="full",
        recipient="Relief agency",
        watermark="Relief agency 0123456789",
        created=CREATED,
        expires=CREATED + timedelta(days=7),
        files=listed(files, dict.fromkeys(files, "full")),
    )


def small(files: Mapping[str, bytes] = FILES) -> bytes:
    """Return a bundle of two files, some 900 bytes."""
    return sealed(files, manifest(files), KEY)
