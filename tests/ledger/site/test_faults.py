"""A site on a full disk, changed by a hand, killed, over something else: nothing half-written is there."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.commands import bundles
from ledger.site.draft import Draft
from ledger.site.memory import place
from tests.ledger.sites import attach, build, contents, faults
from tests.office import Office, copied
from verifier.errors import Exit, LiuhenError


def full_disk(monkeypatch: pytest.MonkeyPatch, name: str, at: int) -> None:
    """The disk takes nothing at the call number `at`, from 0, of a step of a build."""
    calls = itertools.count()
    real = getattr(os, name)

    def step(*given: object, **named: object) -> object:
        if next(calls) == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*given, **named)

    monkeypatch.setattr(os, name, step)


@pytest.mark.parametrize("name", ["fsync", "replace"])
@pytest.mark.parametrize("at", [0, 1, 2, 4, 6])
def test_on_a_full_disk_the_last_site_stays(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, at: int
) -> None:
    target = build(office, tmp_path / "site").target
    before = contents(target)
    attach(office)
    real = Draft._move_each

    def moving(draft: Draft) -> None:
        with monkeypatch.context() as full:
            full_disk(full, name, at)
            real(draft)

    with monkeypatch.context() as patched, pytest.raises(LiuhenError) as told:
        if name == "fsync":
            full_disk(patched, name, at)
        else:
            patched.setattr(Draft, "_move_each", moving)
        build(office, target)
    assert told.value.exit == Exit.DISK
    assert contents(target) == before
    assert faults(target) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["office", "site"]
    assert faults(build(office, target).target) == []


def edit(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"!")


HANDS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a byte of a full tile": ("tile/0/000", edit),
    "a byte of a partial tile": ("tile/entries/001.p/44", edit),
    "a page": ("pages/plans.html", edit),
    "the file of a draw": ("draws/d1/tickets.csv", edit),
    "the checkpoint": ("checkpoint", edit),
    "a page taken away": ("pages/en/items.html", Path.unlink),
    "a tile taken away": ("tile/1/000.p/1", Path.unlink),
    "the list of hashes": (
        "SHA256SUMS",
        lambda path: path.write_bytes(path.read_bytes().replace(b"1", b"2", 1)),
    ),
}


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("remembered", [True, False], ids=["with its memory", "without"])
def test_what_a_hand_changed_is_named_and_put_back(
    long_office: Office, tmp_path: Path, hand: str, remembered: bool
) -> None:
    path, change = HANDS[hand]
    target = build(long_office, tmp_path / "site").target
    before = contents(target)
    change(target / path)
    if not remembered:
        place(long_office.book.store.path.absolute(), target).unlink()
    built = build(long_office, target)
    assert path in built.mended
    assert contents(target) == before
    assert faults(target) == []


@pytest.fixture(scope="module")
def long_office(year: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """300 entries."""
    office = copied(year, tmp_path_factory.mktemp("long") / "office")
    office.clock.go("2026-03-11")
    attach(office, 300 - office.book.store.head().size)
    return office


@pytest.mark.parametrize("stray", ["robots.txt", "pages/mine.html", "说明.txt", "draws/d1/note.txt"])
def test_files_of_others_stop_a_build_before_anything_is_changed(
    office: Office, tmp_path: Path, stray: str
) -> None:
    target = build(office, tmp_path / "site").target
    (target / stray).write_bytes(b"mine")
    before = contents(target)
    attach(office)
    with pytest.raises(LiuhenError) as told:
        build(office, target)
    assert told.value.code == "E-SITE-STRANGE"
    assert contents(target) == before


@pytest.mark.parametrize("what", ["a folder of something else", "a file", "a link"])
def test_only_a_site_or_an_empty_folder_is_built_over(year: Office, tmp_path: Path, what: str) -> None:
    target = tmp_path / "site"
    if what == "a file":
        target.write_bytes(b"x")
    elif what == "a link":
        (tmp_path / "real").mkdir()
        target.symlink_to(tmp_path / "real", target_is_directory=True)
    else:
        target.mkdir()
        (target / "index.html").write_bytes(b"another site")
    with pytest.raises(LiuhenError) as told:
        build(year, target)
    assert told.value.code == "E-SITE-TARGET"


def test_an_empty_folder_and_an_exported_bundle_become_sites(year: Office, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    bundles.export(year.book, year.log, tmp_path / "bundle")
    for name in ("empty", "bundle"):
        target = build(year, tmp_path / name).target
        assert faults(target) == []
        assert (target / "index.html").is_file()


def test_a_ledger_from_a_backup_does_not_replace_a_newer_site(office: Office, tmp_path: Path) -> None:
    office.book.close()
    newer = copied(office, tmp_path / "newer")
    newer.clock.go("2026-03-11")
    attach(newer)
    target = build(newer, tmp_path / "site").target
    before = contents(target)
    older = copied(office, tmp_path / "older")
    older.clock.go("2026-03-12")
    for count in (0, 1, 5):
        attach(older, count)
        with pytest.raises(LiuhenError) as told:
            build(older, target)
        assert told.value.code == "E-SITE-HISTORY"
        assert contents(target) == before


def test_a_build_that_was_killed_is_no_obstacle(office: Office, tmp_path: Path) -> None:
    """Its folder beside the site goes; new tiles that it had put already are taken as what they are."""
    target = build(office, tmp_path / "site").target
    attach(office)
    newer = build(office, tmp_path / "newer").target
    size = office.book.store.head().size
    shutil.copy2(newer / f"tile/0/000.p/{size}", target / f"tile/0/000.p/{size}")
    (tmp_path / ".site.site-0123abcd.part/new").mkdir(parents=True)
    (target / ".site-0123abcd.part/new").mkdir(parents=True)
    attach(office)
    built = build(office, target)
    assert faults(target) == []
    assert f"tile/0/000.p/{size}" in built.removed
    assert not list(tmp_path.glob(".*"))
    assert not list(target.glob(".*"))
