"""Ledger files that were damaged, changed, restored or are none: told apart from sound ones, in words."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.store.tables import SCHEMA
from tests.accident import Desktop, Done, desktop
from verifier.errors import Exit
from verifier.merkle import leaf_hash

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

READING = (("verify",), ("log", "list"), ("key", "list"), ("draw", "show"), ("subject", "list"))
APPEND = ("calendar", "adopt", "2025")
EXPORT = ("bundle", "export", "@核验包.zip")
PAGE = 4096


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desktop:
    """An office that has drawn."""
    return desktop(tmp_path_factory.mktemp("drawn"), until="drawn")


@pytest.fixture
def desk(office: Desktop, tmp_path: Path) -> Desktop:
    """A copy of it, to be damaged."""
    return office.copy(tmp_path)


def everything(desk: Desktop) -> dict[str, Done]:
    """Reading, appending and exporting, one after the other."""
    done = {words[0] + words[1] if len(words) > 1 else words[0]: desk.run(*words) for words in READING}
    done["append"] = desk.run(*APPEND, by="qian-clerk")
    done["export"] = desk.run(*EXPORT)
    return done


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as somebody changes it who owns it: no trigger in the way, and all of them there again."""
    connection = sqlite3.connect(path, isolation_level=None)
    triggers = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    for name in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    try:
        yield connection
    finally:
        for statement in SCHEMA:
            if statement.startswith("CREATE TRIGGER"):
                connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def flipped(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def change_entry(desk: Desktop, seq: int, *, leaf_too: bool) -> None:
    """One bit of an entry, with or without the leaf hash beside it."""
    with opened(desk.ledger) as connection:
        (raw,) = connection.execute("SELECT entry FROM events WHERE seq = ?", (seq,)).fetchone()
        raw = flipped(raw, len(raw) // 2)
        connection.execute("UPDATE events SET entry = ? WHERE seq = ?", (raw, seq))
        if leaf_too:
            connection.execute("UPDATE events SET leaf = ? WHERE seq = ?", (leaf_hash(raw), seq))


@pytest.mark.parametrize("leaf_too", [False, True], ids=["the entry", "entry and leaf hash"])
@pytest.mark.parametrize("seq", [0, 3, 12, -1])
def test_a_changed_entry_is_never_passed_nor_signed(desk: Desktop, seq: int, leaf_too: bool) -> None:
    size = desk.size()
    change_entry(desk, seq % size, leaf_too=leaf_too)
    done = everything(desk)
    assert done["verify"].code in (Exit.FAIL, Exit.UNREADABLE)
    assert done["export"].code not in (Exit.PASS, Exit.BUG), done["export"].text
    assert not (desk.folder / "核验包.zip").exists()
    assert Exit.BUG not in {each.code for each in done.values()}


def test_an_entry_taken_away_at_the_end_is_noticed_by_the_keys(desk: Desktop) -> None:
    """The head row put back as it would be: only who has seen more can tell."""
    before = desk.folder / "backup.db"
    shutil.copy(desk.ledger, before)
    assert desk.run(*EXPORT).code == Exit.PASS
    assert desk.run(*APPEND, by="qian-clerk").code == Exit.PASS
    assert desk.run(*EXPORT).code == Exit.PASS
    for path in desk.folder.glob(f"{desk.ledger.name}*"):
        path.unlink()
    shutil.copy(before, desk.ledger)
    size = desk.size()
    for words, by in ((APPEND, "qian-clerk"), (EXPORT, "")):
        done = desk.run(*words, by=by)
        assert done.code == Exit.KEY
        assert "E-KEY-HISTORY" in done.text
        assert "evidence" in done.text
    assert desk.size() == size
    assert desk.run("calendar", "adopt", "2024", by="sun-approver").code != Exit.PASS


def other_database(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE events (seq INTEGER)")
        connection.commit()


def without_triggers(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER events_never_go")


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


NO_LEDGERS: dict[str, Callable[[Path], object]] = {
    "an empty file": lambda path: path.write_bytes(b""),
    "a text": lambda path: path.write_text("序号,企业名称\n", "utf-8"),
    "zeros": lambda path: path.write_bytes(bytes(100_000)),
    "another database": other_database,
    "a ledger without a trigger": without_triggers,
    "a page and a half": lambda path: cut(path, 6_000),
    "half of it": lambda path: cut(path, path.stat().st_size // 2 // 4096 * 4096),
    "all but its last page": lambda path: cut(path, path.stat().st_size - 4096),
}


@pytest.mark.parametrize("what", NO_LEDGERS)
def test_what_is_no_whole_ledger_is_not_opened(desk: Desktop, what: str) -> None:
    NO_LEDGERS[what](desk.ledger)
    before = desk.ledger.read_bytes()
    for name, done in everything(desk).items():
        assert done.code == Exit.UNREADABLE, (name, done.text)
        assert "What to do" in done.text
    assert desk.ledger.read_bytes() == before


def sql(*statements: str) -> Callable[[Desktop], None]:
    def work(desk: Desktop) -> None:
        with contextlib.closing(sqlite3.connect(desk.ledger)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return work


FACTS: dict[str, Callable[[Desktop], None]] = {
    "dropped": sql("DROP TABLE facts"),
    "emptied": sql("DELETE FROM facts"),
    "no head": sql("DELETE FROM facts WHERE kind = 'head'"),
    "half of it gone": sql("DELETE FROM facts WHERE length(key) % 2 = 0"),
    "values that are no msgpack": sql("UPDATE facts SET value = x'c1'"),
    "values cut short": sql("UPDATE facts SET value = substr(value, 1, length(value) - 1)"),
    "values of other shapes": sql("UPDATE facts SET value = x'90'"),
    "values of other types": sql("UPDATE facts SET value = x'9301a16103' WHERE kind <> 'head'"),
    "two values exchanged": sql(
        "UPDATE facts SET value = (SELECT max(value) FROM facts AS other WHERE other.kind = facts.kind)"
        " WHERE kind = 'key'"
    ),
    "a table of another version": sql("DROP TABLE facts", "CREATE TABLE facts (name TEXT, body TEXT)"),
    "a view in its place": sql("DROP TABLE facts", "CREATE VIEW facts AS SELECT 1 AS kind"),
}


@pytest.mark.parametrize("what", FACTS)
def test_facts_that_were_damaged_are_made_again_from_the_entries(desk: Desktop, what: str) -> None:
    FACTS[what](desk)
    for name, done in everything(desk).items():
        assert done.code == Exit.PASS, (name, done.text)
    desk.size()


def flip(office: Desktop, desk: Desktop, at: int, byte: int) -> Done:
    """One byte of the file changed: no command fails as a fault of the program, and what was acknowledged on
    a ledger that `verify` passed is there. How the append ended."""
    raw = office.ledger.read_bytes()
    for name in ("-wal", "-shm"):
        desk.ledger.with_name(desk.ledger.name + name).unlink(missing_ok=True)
    desk.ledger.write_bytes(raw[:at] + bytes([byte]) + raw[at + 1 :])
    verified = desk.run("verify")
    assert verified.code in (Exit.PASS, Exit.FAIL, Exit.UNREADABLE, Exit.DISK), (at, byte, verified.text)
    shown = desk.run("draw", "show")
    assert 0 <= shown.code != Exit.BUG, (at, byte, shown.text)
    appended = desk.run("key", "revoke", "zhou-observer", "--reason", "试", "--yes", by="zhou-observer")
    assert 0 <= appended.code != Exit.BUG, (at, byte, appended.text)
    shutil.copytree(office.folder / "keys", desk.folder / "keys", dirs_exist_ok=True)
    if verified.code == Exit.PASS and appended.code == Exit.PASS:
        # A page whose bounds were changed is read well until something is written to it: `repair` reads on.
        whole = desk if desk.run("verify").code == Exit.PASS else repaired(desk)
        assert whole.size() == office.size() + 1, (at, byte)
    return appended


def repaired(desk: Desktop) -> Desktop:
    new = Desktop(desk.folder / "repaired")
    shutil.rmtree(new.folder, ignore_errors=True)
    new.folder.mkdir()
    done = desk.run("repair", "--to", new.ledger)
    assert done.code == Exit.PASS, done.text
    return new


def last_page(raw: bytes) -> int:
    """Where the page begins that takes the next entry: the last one below page 2, the root of the table."""
    return (int.from_bytes(raw[PAGE + 8 : PAGE + 12]) - 1) * PAGE


@pytest.mark.parametrize(
    ("place", "change"),
    [
        pytest.param(lambda _: 47, 1, id="a format of the schema that no SQLite writes"),
        pytest.param(lambda _: PAGE + 6, 1, id="an inner page claims a byte of a cell"),
        pytest.param(lambda raw: last_page(raw) + 5, 2, id="the page of new entries claims an old one"),
    ],
)
def test_bytes_of_which_chance_is_rare(
    office: Desktop, tmp_path: Path, place: Callable[[bytes], int], change: int
) -> None:
    raw = office.ledger.read_bytes()
    at = place(raw)
    appended = flip(office, office.copy(tmp_path), at, raw[at] + change)
    assert appended.code == Exit.UNREADABLE, appended.text


def flips(office: Desktop, folder: Path, rounds: int, seed: int) -> None:
    """As `flip`, of bytes anywhere, every other one where a page says what is on it."""
    size, chance, desk = office.ledger.stat().st_size, random.Random(seed), office.copy(folder)
    for number in range(rounds):
        at = chance.randrange(size)
        if number % 2:
            page = at - at % PAGE
            at = page + chance.randrange(12 if page else 112)
        flip(office, desk, at, chance.randrange(256))


def test_no_changed_byte_is_a_fault_of_the_program(office: Desktop, tmp_path: Path) -> None:
    flips(office, tmp_path, 12, 20260302)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_no_changed_byte_of_many_is_a_fault_of_the_program(
    office: Desktop, tmp_path: Path, seed: int
) -> None:
    flips(office, tmp_path, 150, seed)
