"""Street lines are taken from the one source distribution that is meant."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from benchmarks import streets


@pytest.fixture
def sdist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a source distribution with the lines of one city, and pin its hash."""
    path = tmp_path / "some.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("neatnet-0.1.6/data/a_1/original.parquet")
        entry.size = 5
        archive.addfile(entry, io.BytesIO(b"lines"))
    monkeypatch.setattr(streets, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    return path


def test_the_file_of_a_city_is_taken_out(sdist: Path, tmp_path: Path) -> None:
    files = streets.street_files(["a_1"], tmp_path / "cache", sdist)
    assert files == {"a_1": tmp_path / "cache" / "a_1.parquet"}
    assert files["a_1"].read_bytes() == b"lines"


def test_another_file_is_refused(sdist: Path, tmp_path: Path) -> None:
    sdist.write_bytes(sdist.read_bytes() + b"\0")
    with pytest.raises(ValueError, match="sha256 differs"):
        streets.street_files(["a_1"], tmp_path / "cache", sdist)
    assert not list((tmp_path / "cache").iterdir())


def test_a_city_that_it_does_not_hold(sdist: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no .*b_2/original\.parquet"):
        streets.street_files(["a_1", "b_2"], tmp_path / "cache", sdist)


def test_a_file_that_was_fetched_before_is_not_fetched_again(
    sdist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[Path] = []

    def fetch(folder: Path) -> None:
        fetched.append(folder)
        (folder / streets.SDIST).write_bytes(sdist.read_bytes())

    monkeypatch.setattr(streets, "_fetch", fetch)
    for _ in range(2):
        streets.street_files(["a_1"], tmp_path, None)
    assert fetched == [tmp_path]


def test_what_pip_is_asked_for_is_the_source_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    class Ended:
        returncode = 1

    def run(command: list[str], *, check: bool) -> Ended:
        assert not check
        asked.append(command[3:])
        return Ended()

    monkeypatch.setattr("benchmarks.streets.subprocess.run", run)
    with pytest.raises(ValueError, match="give its path with --sdist"):
        streets.street_files(["a_1"], tmp_path, None)
    pinned = ["download", "--no-deps", "--no-binary", ":all:", "neatnet==0.1.6"]
    assert asked == [[*pinned, "--dest", str(tmp_path)]]


def test_the_same_file_as_the_flagships() -> None:
    """One pinned hash for both."""
    build = Path(__file__).parents[2] / "examples" / "aleppo-2016" / "build.py"
    assert f'SHA256 = "{streets.SHA256}"' in build.read_text("utf-8")
