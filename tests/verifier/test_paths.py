"""The names of a bundle's files: which kind each is, which can never be one."""

from __future__ import annotations

import pytest

from verifier.errors import Malformed
from verifier.paths import Kind, check_path, check_paths, check_size, kind

KINDS = {
    "checkpoint": Kind.CHECKPOINT,
    "log.vkey": Kind.VKEY,
    "tile/0/000": Kind.HASHES,
    "tile/0/x001/x234/067.p/8": Kind.HASHES,
    "tile/entries/273.p/112": Kind.ENTRIES,
    "draws/2026-A.1/seed.txt": Kind.SEED,
    "draws/2026-A.1/tickets.csv": Kind.TABLE,
    "draws/2026-A.1/teams.csv": Kind.TABLE,
    "private/openings.msgpack": Kind.OPENINGS,
    "verify.html": Kind.PAGE,
    "README.txt": Kind.README,
    "SHA256SUMS": Kind.SUMS,
    "SHA256SUMS.note": Kind.NOTE,
    "index.html": Kind.SITE,
    "pages/a/b.html": Kind.SITE,
    "receipts/r1.json": Kind.SITE,
    "Checkpoint": Kind.OTHER,
    "tile/0/0": Kind.OTHER,
    "tile/64/000": Kind.OTHER,
    "tile/0/000.p/256": Kind.OTHER,
    "tile/0/x000/000": Kind.OTHER,
    "draws/D-1/notes.txt": Kind.OTHER,
    "draws/D..1/seed.txt": Kind.OTHER,
    "draws/seed.txt": Kind.OTHER,
    "Thumbs.db": Kind.OTHER,
    "ledger.db": Kind.OTHER,
    "private/other": Kind.OTHER,
}

BAD_PATHS = {
    "empty": "",
    "absolute": "/checkpoint",
    "upwards": "pages/../checkpoint",
    "dot": "pages/./x",
    "empty part": "pages//x",
    "folder": "pages/",
    "backslash": "pages\\x",
    "drive": "C:x",
    "space": "a b",
    "line feed": "a\nb",
    "not ASCII": "页面",
    "device": "CON",
    "device with extension": "pages/Lpt1.html",
    "dot at the end": "pages/x.",
    "too long": "pages/" + "x" * 250,
}

BAD_SETS = {
    "twice": ["a", "a"],
    "case of a file": ["a", "A"],
    "case of a folder": ["a/x", "A/y"],
    "case of a file and a folder": ["a/x", "A"],
    "file and folder": ["a", "a/b/c"],
    "folder and file": ["a/b", "a/b/c"],
}


@pytest.mark.parametrize(("path", "expected"), KINDS.items())
def test_each_path_has_one_kind(path: str, expected: Kind) -> None:
    assert kind(path) is expected
    check_path(path)


@pytest.mark.parametrize("path", BAD_PATHS.values(), ids=BAD_PATHS.keys())
def test_a_path_outside_the_grammar_is_refused(path: str) -> None:
    with pytest.raises(Malformed, match="E-BUNDLE-PATH"):
        check_path(path)


@pytest.mark.parametrize("paths", BAD_SETS.values(), ids=BAD_SETS.keys())
def test_paths_that_not_every_system_can_hold_are_refused(paths: list[str]) -> None:
    for order in (paths, paths[::-1]):
        with pytest.raises(Malformed, match="E-BUNDLE-PATH"):
            check_paths(order)


def test_a_file_and_a_folder_of_similar_names_live_side_by_side() -> None:
    check_paths(["tile/0/000", "tile/0/000.p/1", "tile/0/000.p/10", "tile/1/000"])


def test_no_more_than_200000_files_are_taken() -> None:
    with pytest.raises(Malformed, match="E-BUNDLE-MANY"):
        check_paths(f"pages/{i}" for i in range(200_001))


def test_each_kind_has_a_largest_size() -> None:
    for path, expected in KINDS.items():
        check_size(path, expected.limit)
        with pytest.raises(Malformed, match="E-BUNDLE-SIZE"):
            check_size(path, expected.limit + 1)
