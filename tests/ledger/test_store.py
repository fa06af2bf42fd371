"""The ledger in a SQLite file: the contract, the file itself, and who may not change it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.medium import is_unc, mounted_share, shared_magic
from ledger.store import Store
from tests.ledger.ledger_events import ORIGIN, TYPES, event, ledger, record
from tests.ledger.store_contract import StoreContract, require_chain
from verifier.errors import Exit, LiuhenError


class TestSQLiteStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        with Store.create(tmp_path / "ledger.db", ORIGIN, types=TYPES) as store:
            yield store


def test_a_ledger_is_never_overwritten(tmp_path: Path) -> None:
    path = ledger(tmp_path, 1)
    before = path.read_bytes()
    with pytest.raises(LiuhenError) as refusal:
        Store.create(path, ORIGIN, types=TYPES)
    assert refusal.value.code == "E-STORE-EXISTS"
    assert path.read_bytes() == before


def test_a_wrong_origin_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(LiuhenError) as refusal:
        Store.create(tmp_path / "ledger.db", "No Origin", types=TYPES)
    assert refusal.value.code == "E-STORE-ORIGIN"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "双随机 台账 2026.db",
        "100%#?&mode=memory.db",
        "file:ledger.db",
        pytest.param(
            os.fsdecode(b"\xcb\xab\xcb\xe6.db"),
            marks=pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode on this system"),
        ),
    ],
    ids=["Chinese with spaces", "URI characters", "URI scheme", "GBK bytes"],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_odd_file_names_are_names(tmp_path: Path, name: str, read_only: bool) -> None:
    path = tmp_path / name
    with Store.create(path, ORIGIN, types=TYPES) as store:
        record(store, event(0))
    assert path.is_file()
    with Store.open(path, types=TYPES, read_only=read_only) as store:
        require_chain(store)
        assert store.head().size == 1


def test_the_file_is_set_up_for_durability(tmp_path: Path) -> None:
    path = ledger(tmp_path)
    with Store.open(path, types=TYPES) as store, store.writing() as transaction:
        pragmas = {
            name: transaction.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "trusted_schema", "secure_delete", "user_version")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "trusted_schema": 0,
        "secure_delete": 1,
        "user_version": 1,
    }
    assert path.read_bytes()[68:72] == b"Liuh"
    assert path.stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_no_environment_variable_moves_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SQLITE_DBNAME", "LIUHEN_SQLITE_DBNAME", "PERSISTENCE_MODULE", "MAPPER_TOPIC"):
        monkeypatch.setenv(name, str(tmp_path / "stray.db"))
    ledger(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


FORGERIES = {
    "an entry changed": "UPDATE events SET entry = x'00' WHERE seq = 1",
    "a stream renamed": "UPDATE events SET stream = 'other' WHERE seq = 1",
    "an entry replaced whole": "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 1",
    "the last entry removed": "DELETE FROM events WHERE seq = 2",
    "all entries removed": "DELETE FROM events",
    "a gap": "INSERT INTO events SELECT 4, 'x', 1, type, randomblob(16), randomblob(32), entry FROM events",
    "a negative seq": "INSERT INTO events VALUES (-1, 'x', 1, 't', randomblob(16), randomblob(32), x'00')",
    "no seq, twice": "INSERT INTO events SELECT NULL, 'x', 1, type, randomblob(16), randomblob(32), entry"
    " FROM events LIMIT 1",
    "a version skipped": "INSERT INTO events VALUES (3, 'x', 2, 't', randomblob(16), randomblob(32), x'00')",
    "an id replaced at the end": "INSERT OR REPLACE INTO events SELECT 3, 'x', 1, type, id, randomblob(32),"
    " entry FROM events WHERE seq = 1",
    "a leaf replaced at the end": "INSERT OR REPLACE INTO events SELECT 3, 'x', 1, type, randomblob(16),"
    " leaf, entry FROM events WHERE seq = 1",
    "a short id": "INSERT INTO events VALUES (3, 'x', 1, 't', x'00', randomblob(32), x'00')",
    "a text for an entry": "INSERT INTO events VALUES (3, 'x', 1, 't', randomblob(16), randomblob(32), 'e')",
    "an entry too long": "INSERT INTO events VALUES (3, 'x', 1, 't', randomblob(16), randomblob(32),"
    " zeroblob(65536))",
    "the head moved back": "UPDATE head SET size = 1",
    "the head of other entries": "UPDATE head SET size = 4",
    "another root for the same head": "UPDATE head SET root = randomblob(32)",
    "another origin": "UPDATE head SET origin = 'practice/other.example/x'",
    "a second head": "INSERT INTO head SELECT 2, origin, size, leaf, root, time, frontier FROM head",
    "the head replaced": "INSERT OR REPLACE INTO head SELECT * FROM head",
    "the head removed": "DELETE FROM head",
    "an opening changed": "UPDATE openings SET value = x'02'",
}


@pytest.mark.parametrize("statement", FORGERIES.values(), ids=FORGERIES)
def test_the_tables_refuse(tmp_path: Path, statement: str) -> None:
    path = ledger(tmp_path, 3)
    with Store.open(path, types=TYPES) as store, store.writing() as transaction:
        transaction.open_value(bytes(32), bytes(16), b"\x01")
    plain = sqlite3.connect(path)
    before = list(plain.iterdump())
    with pytest.raises(sqlite3.IntegrityError):
        plain.execute(statement)
    plain.commit()
    assert list(plain.iterdump()) == before
    plain.close()


DAMAGES = {
    "a trigger removed": "DROP TRIGGER events_never_go",
    "a trigger added": "CREATE TRIGGER extra AFTER INSERT ON events BEGIN SELECT 1; END",
    "an index added": "CREATE INDEX extra ON head (size)",
    "an entry changed without the guard": "DROP TRIGGER events_never_change;"
    "UPDATE events SET entry = zeroblob(9) WHERE seq = 2;"
    "CREATE TRIGGER events_never_change BEFORE UPDATE ON events\n"
    "BEGIN SELECT RAISE(ABORT, 'entries never change'); END",
    "the last entry removed without the guard": "DROP TRIGGER events_never_go;"
    "DELETE FROM events WHERE seq = 2;"
    "CREATE TRIGGER events_never_go BEFORE DELETE ON events\n"
    "BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END",
    "another application": "PRAGMA application_id = 7",
    "an older version": "PRAGMA user_version = 0",
}


@pytest.mark.parametrize("script", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_changed_file_is_not_opened(tmp_path: Path, script: str, read_only: bool) -> None:
    path = ledger(tmp_path, 3)
    plain = sqlite3.connect(path)
    plain.executescript(script)
    plain.close()
    with pytest.raises(LiuhenError) as refusal:
        Store.open(path, types=TYPES, read_only=read_only)
    assert (refusal.value.code, refusal.value.exit) == ("E-STORE-DAMAGED", Exit.UNREADABLE)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "E-STORE-MISSING"),
        (b"", "E-STORE-DAMAGED"),
        (b"PK\x03\x04" * 500, "E-STORE-DAMAGED"),
        (b"SQLite format 3\x00" + bytes(5000), "E-STORE-DAMAGED"),
    ],
    ids=["no file", "an empty file", "a workbook", "a torn database"],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_ledger_is_not_opened_and_not_changed(
    tmp_path: Path, content: bytes | None, code: str, read_only: bool
) -> None:
    path = tmp_path / "ledger.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LiuhenError) as refusal:
        Store.open(path, types=TYPES, read_only=read_only)
    assert (refusal.value.code, refusal.value.exit) == (code, Exit.UNREADABLE)
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_newer_file_asks_for_the_newer_program(tmp_path: Path) -> None:
    path = ledger(tmp_path)
    plain = sqlite3.connect(path)
    plain.execute("PRAGMA user_version = 2")
    plain.close()
    with pytest.raises(LiuhenError) as refusal:
        Store.open(path, types=TYPES)
    assert refusal.value.code == "E-STORE-VERSION"


def test_an_erased_value_is_gone_from_file_and_journal(tmp_path: Path) -> None:
    path = ledger(tmp_path)
    value = b"a value that must not be found again"
    with Store.open(path, types=TYPES) as store:
        with store.writing() as transaction:
            transaction.open_value(bytes(32), bytes(16), value)
        with store.writing() as transaction:
            transaction.erase_opening(bytes(32))
        found = [file.name for file in tmp_path.iterdir() if value in file.read_bytes()]
    assert found == []


def test_the_views_of_the_caller_live_in_the_same_transaction(tmp_path: Path) -> None:
    path = ledger(tmp_path)
    with Store.open(path, types=TYPES) as store:
        with store.writing() as transaction:
            transaction.connection.execute("CREATE TABLE view_subjects (id TEXT PRIMARY KEY) STRICT")
        with pytest.raises(ValueError, match="stop"), store.writing() as transaction:
            transaction.connection.execute("INSERT INTO view_subjects VALUES ('S1')")
            raise ValueError("stop")
        with store.writing() as transaction:
            assert transaction.connection.execute("SELECT count(*) FROM view_subjects").fetchone() == (0,)


def test_a_mistake_in_the_callers_sql_stays_what_it_is(tmp_path: Path) -> None:
    with Store.open(ledger(tmp_path), types=TYPES) as store:
        with pytest.raises(sqlite3.OperationalError, match="no such table"), store.writing() as transaction:
            transaction.connection.execute("SELECT * FROM no_such_table")
        record(store, event(0))
        assert store.head().size == 1


def test_the_types_may_be_given_as_a_test(tmp_path: Path) -> None:
    with Store.open(ledger(tmp_path), types=lambda name: name.startswith("subject.")) as store:
        record(store, event(0))
        with pytest.raises(LiuhenError):
            record(store, event(1, type_="import.chunk"))


def test_eventsourcing_is_imported_in_the_store_only() -> None:
    script = "import sys, ledger.keystore, ledger.durable; sys.exit('eventsourcing' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /mnt/share nfs4 rw 0 0
//server/office /mnt/two\\040words cifs rw 0 0
/dev/sdb1 /mnt/share/usb vfat rw 0 0
drvfs /mnt/host 9p rw 0 0
/dev/sdc1 /mnt ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "shared"),
    [
        ("/home/clerk/ledger.db", False),
        ("/mnt/share/ledger.db", True),
        ("/mnt/shared/ledger.db", False),
        ("/mnt/two words/ledger.db", True),
        ("/mnt/share/usb/ledger.db", False),
        ("/mnt/host/ledger.db", True),
    ],
)
def test_a_network_share_is_seen_in_the_table_of_mounts(path: str, shared: bool) -> None:
    assert mounted_share(path, MOUNTS) is shared


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks the Linux kernel")
def test_where_there_is_no_table_of_mounts_the_kernel_is_asked() -> None:
    proc = 0x9FA0
    assert shared_magic("/proc", frozenset([proc]))
    assert not shared_magic("/proc")
    assert not shared_magic("/no such folder", frozenset([proc]))


@pytest.mark.parametrize(
    ("path", "unc"),
    [
        (r"\\server\share\ledger.db", True),
        ("//server/share/ledger.db", True),
        (r"\\?\UNC\server\share\ledger.db", True),
        (r"\\?\C:\ledger.db", False),
        (r"C:\ledger.db", False),
        ("/home/clerk/ledger.db", False),
    ],
)
def test_a_unc_path_names_a_server(path: str, unc: bool) -> None:
    assert is_unc(path) is unc


def test_a_ledger_is_not_laid_on_a_network_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.medium._mounts", lambda: f"server:/x {tmp_path.resolve()} nfs rw 0 0\n")
    with pytest.raises(LiuhenError) as refusal:
        Store.create(tmp_path / "ledger.db", ORIGIN, types=TYPES)
    assert refusal.value.code == "E-STORE-PLACE"
    assert list(tmp_path.iterdir()) == []
