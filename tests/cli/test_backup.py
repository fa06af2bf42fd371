"""Copies of the ledger: made while it is in use, read again, put back only where no history is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from cli.main import run
from ledger import backup
from ledger.book import Book
from ledger.store import Store
from tests.cli.clerk import Clerk
from tests.office import Office
from verifier.errors import Exit, LiuhenError

FOLDER = "另一 磁盘/备份"


@pytest.fixture
def copied(clerk: Clerk) -> Path:
    """A copy of a ledger with a calendar in it."""
    clerk.does("calendar", "adopt", "2026")
    clerk.does("backup", clerk.folder / FOLDER)
    (found,) = (clerk.folder / FOLDER).iterdir()
    return found


def away(clerk: Clerk) -> None:
    """The disk with the ledger is gone; keys and the note of the last copy are on a stick."""
    for path in clerk.folder.glob("台账 ledger.db*"):
        if not path.name.endswith(".json"):
            path.unlink()


def size(clerk: Clerk) -> int:
    with Book.open(clerk.folder / "台账 ledger.db", read_only=True) as book:
        return book.store.head().size


def test_a_copy_is_one_file_that_holds_every_entry(clerk: Clerk, copied: Path) -> None:
    with Book.open(copied, read_only=True) as book, Book.open(clerk.folder / "台账 ledger.db") as ledger:
        assert book.store.head() == ledger.store.head()
        assert [e.raw for e in book.entries()] == [e.raw for e in ledger.entries()]
    assert copied.name.startswith("台账 ledger-6-2026-03-02")


def test_the_same_entries_are_copied_once(clerk: Clerk, copied: Path) -> None:
    before = copied.stat().st_mtime_ns
    clerk.does("backup")
    assert [p.stat().st_mtime_ns for p in copied.parent.iterdir()] == [before]


def test_the_first_copy_needs_a_place(clerk: Clerk) -> None:
    assert clerk.run("backup") == Exit.USAGE
    assert "liuhen backup E:/备份" in clerk.err


def test_a_copy_is_asked_for_every_day_on_which_something_came(clerk: Clerk, copied: Path) -> None:
    assert "备份" not in clerk.does("todo")
    clerk.clock.go("2026-03-03")
    assert "liuhen backup" not in clerk.does("todo")
    clerk.does("calendar", "adopt", "2025")
    assert "上次备份是 2026-03-02" in clerk.does("todo")
    clerk.does("backup")
    assert "上次备份" not in clerk.does("todo")


def test_a_ledger_that_was_never_copied_says_so(clerk: Clerk) -> None:
    assert "还没有备份过" in clerk.does("todo")


def test_a_lost_ledger_is_put_back_and_goes_on(clerk: Clerk, copied: Path) -> None:
    away(clerk)
    assert "台账签名密钥" in clerk.does("restore", copied) or "上次备份的记录" in clerk.out
    clerk.does("calendar", "adopt", "2025")
    assert size(clerk) == 7


def test_a_copy_that_lacks_entries_is_not_put_back(clerk: Clerk, copied: Path) -> None:
    clerk.does("calendar", "adopt", "2025")
    clerk.does("backup")
    away(clerk)
    assert clerk.run("restore", copied) == Exit.REFUSED
    assert "见过 7 条" in clerk.err and "--after" in clerk.err
    assert not (clerk.folder / "台账 ledger.db").exists()


def test_a_signed_head_tells_of_entries_that_a_copy_lacks(clerk: Clerk, copied: Path) -> None:
    clerk.does("calendar", "adopt", "2025")
    clerk.does("bundle", "export", clerk.folder / "核验包")
    away(clerk)
    (clerk.folder / "台账 ledger.db.backup.json").unlink()
    assert clerk.run("restore", copied) == Exit.REFUSED
    assert "台账签名密钥" in clerk.err
    shutil.rmtree(clerk.folder / "keys")
    assert clerk.run("restore", copied, "--against", clerk.folder / "核验包") == Exit.REFUSED
    assert clerk.run("restore", copied) == Exit.REFUSED
    assert "台账签名密钥签名的台账指纹" in clerk.err
    shutil.rmtree(clerk.folder / "台账 ledger.heads")
    assert clerk.run("restore", copied) == 0
    assert "没有可比对的台账指纹" in clerk.out


def test_a_copy_that_lacks_entries_may_be_put_back_to_be_read(clerk: Clerk, copied: Path) -> None:
    clerk.does("calendar", "adopt", "2025")
    clerk.does("backup")
    away(clerk)
    assert "--after" in clerk.does("restore", copied, "--accept-loss")
    assert clerk.run("calendar", "adopt", "2024") == Exit.KEY, "a key that has seen more writes no more"


def test_a_published_head_of_another_ledger_says_nothing(clerk: Clerk, copied: Path) -> None:
    (clerk.folder / "别的").mkdir()
    (clerk.folder / "别的/checkpoint").write_bytes(
        f"other.example.gov.cn/x\n9\n{'A' * 43}=\n\n— other.example.gov.cn/x {'A' * 92}\n".encode()
    )
    away(clerk)
    assert clerk.run("restore", copied, "--checkpoint", clerk.folder / "别的") == Exit.UNREADABLE
    assert "E-RESTORE-AGAINST" in clerk.err


def test_a_head_on_paper_of_another_history_is_evidence(clerk: Clerk, copied: Path) -> None:
    away(clerk)
    assert clerk.run("restore", copied, "--head", f"3:{'0' * 64}") == Exit.REFUSED
    assert "两段历史" in clerk.err
    assert clerk.run("restore", copied, "--head", "3:xyz") == Exit.USAGE


def test_nothing_is_overwritten(clerk: Clerk, copied: Path) -> None:
    assert clerk.run("restore", copied) == Exit.USAGE
    assert size(clerk) == 6


def test_what_was_lost_for_good_is_named_by_the_next_ledger(
    clerk: Clerk, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.commands.keys.SCRYPT_N", 2)
    clerk.does("calendar", "adopt", "2025")
    clerk.does("backup")
    away(clerk)
    clerk.run("restore", copied)
    after = next(word for word in clerk.err.split() if word.count(":") == 2 and len(word) > 128)
    new = [f"--passphrase-file={clerk.folder / '口令.txt'}", "-L", str(clerk.folder / "新/ledger.db"), "init"]
    who = ["--office", "演示局", "--division", "640299", "--person", "zhao-admin:赵一:fgj:admin"]
    assert run([*new, "ledger.example.gov.cn/fgj/2026-2", *who, "--after", after[:-1]]) == Exit.USAGE
    assert run([*new, "ledger.example.gov.cn/fgj/2026-2", *who, "--after", after]) == 0
    with Book.open(clerk.folder / "新/ledger.db") as book:
        assert book.entry(0).body.data["predecessor"]["size"] == 6  # type: ignore[index, call-overload]


HALF = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "no ledger": lambda path: path.write_bytes(b"liuhen"),
    "an entry changed": lambda path: _change(path),
}


def _change(path: Path) -> None:
    """One byte of the signature of entry 1, by somebody who takes the triggers away and puts them back."""
    with sqlite3.connect(path) as connection:
        triggers = list(connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
        for name, _sql in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        (raw,) = connection.execute("SELECT entry FROM events WHERE seq = 1").fetchone()
        changed = raw[:-1] + bytes([raw[-1] ^ 1])
        connection.execute("UPDATE events SET entry = ? WHERE seq = 1", (changed,))
        for _name, sql in triggers:
            connection.execute(sql)


@pytest.mark.parametrize("name", HALF)
def test_a_damaged_copy_is_refused(name: str, clerk: Clerk, copied: Path) -> None:
    HALF[name](copied)
    away(clerk)
    assert clerk.run("restore", copied) == Exit.UNREADABLE, clerk.out
    assert not (clerk.folder / "台账 ledger.db").exists()


def test_a_copy_of_another_ledger_is_not_put_back_in_place_of_ours(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "别的").mkdir()
    other = Office(tmp_path / "别的", origin="other.example.gov.cn/fgj")
    other.book.close()
    clerk.does("backup", tmp_path)
    away(clerk)
    assert clerk.run("restore", next((tmp_path / "别的").glob("*.db"))) in (Exit.KEY, Exit.REFUSED), clerk.out
    assert not (clerk.folder / "台账 ledger.db").exists()


@pytest.fixture
def foreign(clerk: Clerk, copied: Path) -> Path:
    """The copy of another office's ledger where ours was; the note of our last copy is beside it."""
    (clerk.folder / "别的").mkdir()
    other = Office(clerk.folder / "别的", origin="other.example.gov.cn/fgj")
    other.lists()
    there = backup.make(other.book, clerk.folder / "别的").path
    other.book.close()
    away(clerk)
    shutil.copy(there, clerk.folder / "台账 ledger.db")
    return there


def test_the_ledger_of_another_office_is_no_second_history(clerk: Clerk, foreign: Path) -> None:
    """Doctor, repair and restore tell whose it is: nothing there is evidence against anybody."""
    assert clerk.run("doctor") == Exit.FAIL
    assert "D-LEDGER-OTHER" in clerk.out and "D-HEADS-FORK" not in clerk.out
    assert "other.example.gov.cn/fgj" in clerk.out and "损坏" not in clerk.out
    assert clerk.run("repair", "--to", clerk.folder / "新.db") == Exit.REFUSED
    assert "E-REPAIR-OTHER" in clerk.err and "两段历史" not in clerk.err
    away(clerk)
    assert clerk.run("repair", foreign, "--to", clerk.folder / "台账 ledger.db") == Exit.REFUSED
    assert "E-REPAIR-OTHER" in clerk.err
    assert clerk.run("restore", foreign) == Exit.REFUSED
    assert "E-RESTORE-OTHER" in clerk.err and "两段历史" not in clerk.err
    assert not (clerk.folder / "台账 ledger.db").exists()


def test_another_history_of_our_ledger_is_one_still(clerk: Clerk, copied: Path) -> None:
    """The control: the same first entry, another one later."""
    clerk.does("calendar", "adopt", "2025")
    note = backup.note_path(clerk.folder / "台账 ledger.db")
    held = json.loads(note.read_text("utf-8"))
    note.write_text(json.dumps({**held, "leaf": "00" * 32}), "utf-8")
    assert clerk.run("doctor") == Exit.FAIL
    assert "D-HEADS-FORK" in clerk.out
    away(clerk)
    assert clerk.run("restore", copied) == Exit.REFUSED
    assert "E-BACKUP-FORK" in clerk.err


def test_a_note_of_before_that_names_no_ledger_is_read(clerk: Clerk, copied: Path) -> None:
    note = backup.note_path(clerk.folder / "台账 ledger.db")
    held = json.loads(note.read_text("utf-8"))
    del held["ledger"]
    note.write_text(json.dumps(held), "utf-8")
    clerk.does("doctor")


@pytest.mark.parametrize("deep", ["备份", "新 磁盘/一/二"])
def test_a_copy_that_is_refused_leaves_no_folder(
    deep: str, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may only read a ledger on a server has no right to the private values: nothing is copied."""
    (clerk.folder / "备份盘").mkdir()

    def folders() -> list[Path]:
        return sorted(path for path in clerk.folder.rglob("*") if path.is_dir())

    before = folders()

    def refuse(store: Store, path: Path) -> None:
        raise LiuhenError("E-STORE-RIGHT", "no right", exit=Exit.KEY)

    monkeypatch.setattr(Store, "copy", refuse)
    assert clerk.run("backup", clerk.folder / deep) == Exit.KEY
    assert clerk.run("backup", clerk.folder / "备份盘") == Exit.KEY
    assert folders() == before
    assert not list((clerk.folder / "备份盘").iterdir())


def test_what_is_no_copy_is_said_of_the_copy(clerk: Clerk, copied: Path) -> None:
    away(clerk)
    assert clerk.run("restore", clerk.folder / "没有.backup") == Exit.UNREADABLE
    assert "E-FILE-MISSING" in clerk.err and "没有.backup" in clerk.err
    (clerk.folder / "名单.xlsx").write_bytes(b"PK" + b"x" * 5000)
    assert clerk.run("restore", clerk.folder / "名单.xlsx") == Exit.UNREADABLE
    assert "不是数据库文件" in clerk.err
