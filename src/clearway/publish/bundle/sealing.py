"""Make a bundle: list, sign, zip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clearway.publish.bundle.archive import zipped
from clearway.publish.bundle.manifest import Manifest, manifest_to_bytes
from clearway.seal.canonical import canonical
from clearway.seal.keys import WriterKey

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
SIGNATURE_FORMAT: Final = "clearway-signature/1"


def sealed(files: Mapping[str, bytes], manifest: Manifest, key: WriterKey) -> bytes:
    """Return the bundle of ``files``: the same of everything gives the same bytes.

    Parameters
    ----------
    files
        By name, as the manifest lists them.
    manifest
        What is signed.
    key
        Whose signature it carries.

    Raises
    ------
    ValueError
        If the manifest lists other files than these, or a name cannot be one.
    """
    if {one.name for one in manifest.files} != set(files) or {MANIFEST, SIGNATURE} & set(files):
        raise ValueError("the manifest must list these files, and not itself")
    told = manifest_to_bytes(manifest)
    signature = {
        "format": SIGNATURE_FORMAT,
        "key": key.public.raw.hex(),
        "signature": key.sign(told).hex(),
    }
    return zipped({**files, MANIFEST: told, SIGNATURE: canonical(signature)})
