"""An encrypted log leaves nothing in the clear on the disk, not even when its writer is killed."""

from __future__ import annotations

from benchmarks.log_canaries import EACH, marked, searched


def test_nothing_of_an_encrypted_log_stands_in_the_clear() -> None:
    marks = marked()
    assert len(set(marks)) == 2 * EACH == 200
    found = searched()
    assert found.strings == 200
    assert found.found == []
    assert found.searches == 5
    # The database, its write-ahead log and index, the key and more, each time anew.
    assert found.files > 20
    # The same searches find every one of them where nothing is encrypted.
    assert found.found_if_clear == 200
