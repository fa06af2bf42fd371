"""Reading bundles: folder and zip say the same, and no damage goes unseen."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.small_bundle import Files, signed_note, small_bundle, with_sums, write_folder, zip_bytes
from verifier import paths
from verifier.bundle import (
    RULE_FILES,
    RULE_HASHES,
    RULE_NOTE,
    Bundle,
    FolderBundle,
    check_sums,
    open_bundle,
    read_sums,
)
from verifier.errors import Malformed
from verifier.report import Status

SMALL = small_bundle()
PATHS = sorted(SMALL)


class DictBundle(Bundle):
    """A bundle in memory."""

    def __init__(self, files: Files) -> None:
        self.name = "memory"
        self._files = files

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._files))

    def size(self, path: str) -> int:
        if path not in self._files:
            raise Malformed("E-BUNDLE-MISSING", "missing", where=path)
        return len(self._files[path])

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self._files[path])

    def close(self) -> None:
        """Nothing is open."""


def failing(files: Files) -> set[tuple[str, str | None]]:
    """(rule, file) of the findings that fail."""
    return {
        (finding.rule, finding.location.file)
        for finding in check_sums(DictBundle(files))
        if finding.status is Status.FAIL
    }


@pytest.fixture(params=["folder", "zip"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Bundle:
    """The small bundle on the disk."""
    if request.param == "folder":
        return open_bundle(write_folder(tmp_path / "bundle", SMALL))
    target = tmp_path / "bundle.zip"
    target.write_bytes(zip_bytes(SMALL))
    return open_bundle(target)


def test_folder_and_zip_give_every_file(opened: Bundle) -> None:
    with opened:
        assert opened.paths() == tuple(PATHS)
        assert {path: opened.read(path) for path in opened.paths()} == SMALL
        assert opened.digest("tile/entries/000") == sha256(SMALL["tile/entries/000"]).hexdigest()
        with opened.open("checkpoint") as first, opened.open("log.vkey") as second:
            assert first.read(5) + second.read(5) + first.read() == (
                SMALL["checkpoint"][:5] + SMALL["log.vkey"][:5] + SMALL["checkpoint"][5:]
            )


def test_a_sound_bundle_passes_each_rule_once(opened: Bundle) -> None:
    with opened:
        found = [(finding.rule, finding.status) for finding in check_sums(opened)]
    assert found == [(rule, Status.PASS) for rule in (RULE_FILES, RULE_HASHES, RULE_NOTE)]


def test_the_subject_is_the_hash_of_the_list(opened: Bundle) -> None:
    with opened:
        assert read_sums(opened).subject == sha256(SMALL["SHA256SUMS"]).hexdigest()


def test_a_missing_file_and_one_over_the_limit_are_refused(opened: Bundle) -> None:
    with opened:
        assert not opened.has("tile/0/001")
        with pytest.raises(Malformed, match="E-BUNDLE-MISSING"):
            opened.read("tile/0/001")
        with pytest.raises(Malformed, match="E-BUNDLE-SIZE"):
            opened.read("tile/0/000", limit=8191)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "SHA256SUMS"])
def test_a_file_removed_is_named(path: str) -> None:
    files = {key: data for key, data in SMALL.items() if key != path}
    assert (RULE_FILES, path) in failing(files)


@pytest.mark.parametrize("path", [path for path in PATHS if path not in ("SHA256SUMS", "SHA256SUMS.note")])
def test_a_file_removed_from_folder_and_list_breaks_the_note(path: str) -> None:
    files = with_sums({key: data for key, data in SMALL.items() if key != path})
    files["SHA256SUMS.note"] = SMALL["SHA256SUMS.note"]
    assert any(rule == RULE_NOTE for rule, _ in failing(files))


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("SHA256SUMS")])
def test_a_file_cut_or_swapped_is_named(path: str) -> None:
    other = "README.txt" if path != "README.txt" else "checkpoint"
    for data in (SMALL[path][:-1], SMALL[path] + b"\n", b"", SMALL[other]):
        assert failing({**SMALL, path: data}) >= {(RULE_HASHES, path)}


@pytest.mark.parametrize("path", ["extra.txt", "draws/D-2/seed.txt", "ledger.db", "tile/0/002.p/1"])
def test_a_file_added_is_named(path: str) -> None:
    assert (RULE_FILES, path) in failing({**SMALL, path: b"x"})


def test_a_listed_file_of_another_name_is_named() -> None:
    assert failing(with_sums({**SMALL, "ledger.db": b"x"})) == {(RULE_FILES, "ledger.db")}


def test_pages_and_receipts_of_a_site_are_allowed() -> None:
    site = {"index.html": b"x", "pages/2026/a.html": b"y", "receipts/r.json": b"z"}
    assert failing(with_sums({**SMALL, **site})) == set()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_change_of_any_byte_is_refused_or_fails(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(PATHS))
    place = data.draw(st.integers(0, len(SMALL[path]) - 1))
    damaged = bytearray(SMALL[path])
    damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        assert failing({**SMALL, path: bytes(damaged)})
    except Malformed:
        assert path == "SHA256SUMS"


def test_a_change_of_any_byte_of_the_note_fails() -> None:
    note = SMALL["SHA256SUMS.note"]
    for place in range(len(note)):
        damaged = note[:place] + bytes([note[place] ^ 1]) + note[place + 1 :]
        assert failing({**SMALL, "SHA256SUMS.note": damaged}) == {(RULE_NOTE, "SHA256SUMS.note")}


STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
LINES = SMALL["SHA256SUMS"].splitlines(keepends=True)
NOTES = {
    "signed by another key": signed_note(SMALL["SHA256SUMS"], key=STRANGER),
    "of another ledger": signed_note(SMALL["SHA256SUMS"], origin="ledger.example.gov/draw/2027"),
    "of another list": signed_note(b""),
    "with a line by somebody else": SMALL["SHA256SUMS.note"] + "— somebody AAAAAAAA\n".encode(),
    "signed twice": SMALL["SHA256SUMS.note"] + SMALL["SHA256SUMS.note"].splitlines(keepends=True)[-1],
    "that is empty": b"",
    "that is a checkpoint": SMALL["checkpoint"],
}
LISTS = {
    "is empty of line feeds": SMALL["SHA256SUMS"].replace(b"\n", b" "),
    "has no last line feed": SMALL["SHA256SUMS"][:-1],
    "has carriage returns": SMALL["SHA256SUMS"].replace(b"\n", b"\r\n"),
    "has upper-case hex": SMALL["SHA256SUMS"].upper(),
    "has binary markers": SMALL["SHA256SUMS"].replace(b"  ", b" *"),
    "has an empty line": SMALL["SHA256SUMS"] + b"\n",
    "is in another order": b"".join(LINES[::-1]),
    "names a file twice": LINES[0] + SMALL["SHA256SUMS"],
    "names itself": b"".join(sorted([*LINES, b"0" * 64 + b"  SHA256SUMS\n"], key=lambda line: line[66:])),
    "names its note": b"".join(
        sorted([*LINES, b"0" * 64 + b"  SHA256SUMS.note\n"], key=lambda line: line[66:])
    ),
    "names a path upwards": b"0" * 64 + b"  ../x\n",
    "names an absolute path": b"0" * 64 + b"  /etc/passwd\n",
    "has a path without end": b"0" * 64 + b"  " + b"x" * 1000 + b"\n",
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES.keys())
def test_a_note_fails_that_is(note: bytes) -> None:
    assert failing({**SMALL, "SHA256SUMS.note": note}) == {(RULE_NOTE, "SHA256SUMS.note")}


@pytest.mark.parametrize("data", LISTS.values(), ids=LISTS.keys())
def test_a_list_is_refused_that(data: bytes) -> None:
    with pytest.raises(Malformed, match="E-BUNDLE-"):
        check_sums(DictBundle({**SMALL, "SHA256SUMS": data}))


def test_a_log_key_that_is_none_fails() -> None:
    assert failing(with_sums({**SMALL, "log.vkey": b"x\n"})) == {(RULE_NOTE, "log.vkey")}


def test_a_folder_without_a_list_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    write_folder(tmp_path, {f"bundle/{path}": data for path, data in SMALL.items()})
    with pytest.raises(Malformed, match="E-BUNDLE-NONE"):
        read_sums(open_bundle(tmp_path))


def link(folder: Path) -> None:
    """A symbolic link in place of a file."""
    (folder / "checkpoint").unlink()
    (folder / "checkpoint").symlink_to(folder / "log.vkey")


def folder_link(folder: Path) -> None:
    """A symbolic link to a folder."""
    (folder / "pages").symlink_to(folder / "draws", target_is_directory=True)


def loop(folder: Path) -> None:
    """A symbolic link to the folder above."""
    (folder / "pages").symlink_to(folder, target_is_directory=True)


def fifo(folder: Path) -> None:
    """A pipe."""
    os.mkfifo(folder / "receipt")


def not_ascii(folder: Path) -> None:
    """A Chinese file name."""
    (folder / "说明.txt").write_bytes(b"x")


def not_utf8(folder: Path) -> None:
    """A file name that is no text."""
    (folder / os.fsdecode(b"\xff\xfe")).write_bytes(b"x")


def twins(folder: Path) -> None:
    """Two names that differ in case only."""
    (folder / "Checkpoint").write_bytes(b"x")


def zeros(folder: Path) -> None:
    """Three gigabytes of zeros in a tile."""
    with (folder / "tile/0/000").open("wb") as file:
        file.truncate(3 << 30)


def many_zeros(folder: Path) -> None:
    """More than four gigabytes in files each small enough."""
    for name in "abcde":
        (folder / "draws" / name).mkdir()
        with (folder / "draws" / name / "tickets.csv").open("wb") as file:
            file.truncate(1 << 30)


def deep(folder: Path) -> None:
    """Folders nested deeper than any path may be long."""
    place = folder / "pages"
    for _ in range(130):
        place = place / "d"
    place.mkdir(parents=True)


DAMAGES: list[Callable[[Path], None]] = [
    link, folder_link, loop, fifo, not_ascii, not_utf8, twins, zeros, many_zeros, deep,
]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="makes links, pipes and names that only POSIX file systems have")
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__doc__)
def test_a_folder_is_refused_with(damage: Callable[[Path], None], tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "bundle", SMALL)
    try:
        damage(folder)
    except (OSError, NotImplementedError) as error:
        pytest.skip(f"this file system cannot: {error}")
    if damage is twins and (folder / "checkpoint").read_bytes() == b"x":
        pytest.skip("this file system does not tell case")
    start = time.monotonic()
    with pytest.raises(Malformed):
        open_bundle(folder)
    assert time.monotonic() - start < 2


def test_empty_folders_mean_nothing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "bundle", SMALL)
    (folder / "pages").mkdir()
    assert open_bundle(folder).paths() == tuple(PATHS)


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "bundle", SMALL)
    bundle = FolderBundle(folder)
    (folder / "checkpoint").write_bytes(SMALL["checkpoint"] + b"x")
    for read in (bundle.read, bundle.digest):
        with pytest.raises(Malformed, match="E-BUNDLE-CHANGED"):
            read("checkpoint")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="only where devices are files")
def test_a_device_or_pipe_is_no_bundle(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(Malformed, match="E-BUNDLE-OPEN"):
            open_bundle(path)


def too_many(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """A folder of more files than a bundle may have."""
    patch.setattr(paths, "MAX_FILES", 3)
    return folder


def far_too_many(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """A folder of far more files, refused before all of them are listed."""
    patch.setattr(paths, "MAX_FILES", 1)
    return folder


def too_large(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """A folder of more bytes than a bundle may have."""
    patch.setattr(paths, "MAX_TOTAL", 3)
    return folder


def no_zip(folder: Path, _patch: pytest.MonkeyPatch) -> Path:
    """A file that is no zip."""
    (folder / "核验包.zip").write_bytes(b"hello" * 100)
    return folder / "核验包.zip"


def nothing_in_it(folder: Path, _patch: pytest.MonkeyPatch) -> Path:
    """An empty file."""
    (folder / "核验包.zip").touch()
    return folder / "核验包.zip"


def cut_short(folder: Path, _patch: pytest.MonkeyPatch) -> Path:
    """A zip without its end."""
    (folder / "核验包.zip").write_bytes(zip_bytes(SMALL)[:-30])
    return folder / "核验包.zip"


def more_than_the_list_may_have(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """A zip of more files than a bundle may have."""
    (folder / "核验包.zip").write_bytes(zip_bytes(SMALL))
    patch.setattr(paths, "MAX_FILES", 3)
    return folder / "核验包.zip"


NAMELESS = [too_many, far_too_many, too_large, no_zip, nothing_in_it, cut_short, more_than_the_list_may_have]


@pytest.mark.parametrize("spoil", NAMELESS, ids=lambda spoil: spoil.__doc__)
def test_the_refusal_of_a_whole_bundle_names_it(
    spoil: Callable[[Path, pytest.MonkeyPatch], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = spoil(write_folder(tmp_path / "bundle", SMALL), monkeypatch)
    with pytest.raises(Malformed) as refused:
        open_bundle(place)
    assert refused.value.where == str(place)
    assert str(place) in str(refused.value)


def test_a_list_of_too_many_lines_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MAX_FILES", 3)
    with pytest.raises(Malformed, match="E-BUNDLE-MANY") as refused:
        read_sums(DictBundle(SMALL))
    assert refused.value.where == "SHA256SUMS"


def test_what_does_not_exist_or_is_no_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(b"hello")
    for name in ("missing", "text.txt"):
        with pytest.raises(Malformed):
            open_bundle(tmp_path / name)
