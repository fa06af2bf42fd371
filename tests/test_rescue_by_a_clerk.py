"""What a clerk meets who repairs: files that may not be read, keys that are damaged, notes that were left."""

from __future__ import annotations

import importlib
import os
import sqlite3
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger import backup
from ledger.book import Book
from ledger.commands.bundles import export
from ledger.cosigning.heads import Heads
from ledger.keystore import unlock
from tests.accident import Desktop, desktop
from tests.office import PASSPHRASE
from verifier.errors import Exit

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

NOBODY = 65534
APPEND = ("calendar", "adopt", "2019", "--notice", "x")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desktop:
    """An office with a copy, a bundle of two entries more, and a third entry that no one else has seen."""
    made = desktop(tmp_path_factory.mktemp("clerk"), until="ready")
    with Book.open(made.ledger) as book:
        backup.make(book, made.folder / "备份")
    (copy,) = (made.folder / "备份").glob("*.backup")
    copy.rename(made.folder / "备份/a.backup")
    for year, bundle in ((2022, ""), (2021, "包.zip"), (2020, "")):
        assert made.run("calendar", "adopt", year, "--notice", "x", by="qian-clerk").code == 0
        if bundle:
            with Book.open(made.ledger) as book:
                export(book, unlock(made.folder / "keys/log.key", PASSPHRASE), made.folder / bundle)
    return made


@pytest.fixture
def desk(office: Desktop, tmp_path: Path) -> Desktop:
    return office.copy(tmp_path / "案 头")


def as_somebody_else() -> None:
    """The rest of the process has no rights of its own; the superuser may read everything. What the command
    imports is there before: the interpreter may lie where only the superuser looks."""
    importlib.import_module("cli.commands.doctor")
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def handed_over(desk: Desktop) -> None:
    """The files belong to whoever `as_somebody_else` is."""
    for folder in (*desk.folder.parents, desk.folder, *desk.folder.rglob("*")):
        if os.geteuid() == 0:
            if folder.is_relative_to(desk.folder):
                os.chown(folder, NOBODY, NOBODY)
            elif not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o011)


UNREAD: dict[str, Callable[[Path], Path]] = {
    "the folder of keys": lambda folder: folder / "keys",
    "a folder among the keys": lambda folder: folder / "keys/内",
    "a key file": lambda folder: folder / "keys/log.key",
    "the folder of signed heads": lambda folder: folder / "台账 ledger.heads",
    "a signed head": lambda folder: next((folder / "台账 ledger.heads").iterdir()),
    "the note of the last copy": lambda folder: folder / "台账 ledger.db.backup.json",
    "a copy": lambda folder: folder / "台账 ledger-9-2026-03-02.backup",
}


@pytest.mark.skipif(os.name != "posix", reason="rights are of another kind")
@pytest.mark.parametrize("what", UNREAD)
def test_what_may_not_be_read_is_named_and_the_ledger_is_looked_at_all_the_same(
    what: str, desk: Desktop
) -> None:
    (desk.folder / "keys/内").mkdir()
    (desk.folder / "台账 ledger-9-2026-03-02.backup").write_bytes(b"")
    path = UNREAD[what](desk.folder)
    handed_over(desk)
    path.chmod(0)
    try:
        done = desk.run("doctor", prepare=as_somebody_else)
    finally:
        path.chmod(0o700)
    assert done.code == Exit.PASS, done.text
    assert "D-UNREAD" in done.text and f"{path} cannot be read" in done.text
    assert "D-CHAIN-STANDS" in done.text


def test_a_damaged_key_file_hinders_nobody_else_and_is_named_where_it_is_needed(desk: Desktop) -> None:
    (desk.folder / "keys/log.key").write_bytes(b"liuhen/key/1\n" + bytes(90))
    found = desk.run("doctor")
    assert found.code == Exit.FAIL and "The ledger is sound, a key file is damaged." in found.text
    step = found.text.rstrip().rsplit("Next: ", 1)[1].split("liuhen ", 1)[1]
    listed = desk.run(*step.split()[-2:])
    assert listed.code == Exit.PASS and "log.key: This is not a key file, or it is damaged." in listed.text
    assert desk.run(*APPEND, by="qian-clerk").code == Exit.PASS
    exported = desk.run("bundle", "export", "@b.zip")
    assert exported.code == Exit.KEY and "E-KEY-DAMAGED" in exported.text and "log.key" in exported.text
    assert desk.run("doctor", "--json").text.count('"D-KEY-FILE"') == 1


def gone(desk: Desktop) -> None:
    """The ledger's file was deleted; the note of the last copy and the signed heads are still there."""
    for path in desk.folder.glob(f"{desk.ledger.name}*"):
        if path.suffix != ".json":
            path.unlink()


def test_a_copy_repaired_in_place_of_a_deleted_ledger_is_held_against_what_lies_there(
    desk: Desktop,
) -> None:
    gone(desk)
    (desk.folder / "keys/log.key").unlink()
    size = {
        "repair": ("repair", "@备份/a.backup", "--to", desk.ledger),
        "restore": ("restore", "@备份/a.backup"),
    }
    for name, words in size.items():
        done = desk.run(*words)
        assert done.code == Exit.REFUSED, (name, done.text)
        assert "a head signed by the log key" in done.text
        assert not desk.ledger.exists()
    after = {name: desk.run(*words).text.split("--after ")[1].split()[0] for name, words in size.items()}
    assert after["repair"] == after["restore"], "both name the last head that was seen, not the copy's"


def test_where_only_a_bundle_is_left_the_ledger_is_made_of_it(desk: Desktop) -> None:
    whole = desk.size()
    gone(desk)
    asked = desk.run("doctor")
    assert asked.code == Exit.UNREADABLE and "liuhen repair BUNDLE --to FILE" in asked.text
    made = desk.run("repair", "@包.zip", "--to", desk.ledger)
    assert made.code == Exit.PASS, made.text
    assert desk.size() == whole - 1
    behind = desk.run(*APPEND, by="qian-clerk")
    assert behind.code == Exit.KEY and "E-KEY-HISTORY" in behind.text, "who has seen more notices it"


def test_a_bundle_with_a_tile_that_cannot_be_read_tells_how_much_there_was(
    desk: Desktop, tmp_path: Path
) -> None:
    with zipfile.ZipFile(desk.folder / "包.zip") as held:
        held.extractall(tmp_path / "包")
    (tile,) = (path for path in (tmp_path / "包/tile/entries").rglob("*") if path.is_file())
    tile.write_bytes(b"")
    for path in (*desk.folder.glob("*.json"), *(desk.folder / "台账 ledger.heads").iterdir()):
        path.unlink()
    (desk.folder / "keys/log.key").unlink()
    made = desk.run("repair", "@备份/a.backup", "--to", "@新.db", "--from", tmp_path / "包")
    assert made.code == Exit.REFUSED and "E-REPAIR-LOSS" in made.text, made.text


def test_without_the_log_key_the_answer_says_that_it_was_not_asked(desk: Desktop) -> None:
    (desk.folder / "keys/log.key").unlink()
    made = desk.run("repair", "--to", "@新.db")
    assert made.code == Exit.PASS and "Not compared with the head that the log key remembers" in made.text


def test_a_signed_head_that_cannot_be_read_is_no_head_that_is_missing(
    desk: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a second head of its size would be kept in its place."""
    (head,) = (desk.folder / "台账 ledger.heads").iterdir()

    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(PermissionError):
        Heads.beside(desk.ledger).get(int(head.stem))


FAR = 2**39


def claims(desk: Desktop, *, row: bool) -> None:
    """The ledger file speaks of very many entries: in its head row, or by a row far beyond the others."""
    with sqlite3.connect(desk.ledger) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        if row:
            rest = ("x", 1, "x", bytes(16), bytes(32), b"x")
            connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", (FAR, *rest))
        else:
            connection.execute("UPDATE head SET size = ?", (FAR,))
    connection.close()


@pytest.mark.parametrize("row", [True, False], ids=["a row", "the head row"])
def test_what_a_file_claims_is_not_counted_through(row: bool, desk: Desktop) -> None:
    claims(desk, row=row)
    begun = time.monotonic()
    found, made = desk.run("doctor"), desk.run("repair", "--to", "@新.db")
    assert time.monotonic() - begun < 20
    assert found.code == Exit.FAIL
    assert made.code == (Exit.PASS if row else Exit.REFUSED), made.text


def test_a_head_from_paper_that_claims_very_many_entries_is_not_counted_through(desk: Desktop) -> None:
    made = desk.run("repair", "--to", "@新.db", "--head", f"{2**53 - 1}:{'07' * 32}")
    assert made.code == Exit.REFUSED and f"–{2**53 - 2} are lost" in made.text
