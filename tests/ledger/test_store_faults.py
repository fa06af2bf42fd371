"""Killed writers, second processes, full and read-only disks: acknowledged entries stay, no others appear."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.store import Store
from tests.ledger.ledger_events import ORIGIN, TYPES, event, ledger, put, record
from tests.ledger.store_contract import require_chain
from verifier.errors import Exit, LiuhenError

ROOT = Path(__file__).parents[2]
unix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, resource limits or Unix modes")

WRITER = """
import sys
from pathlib import Path
from ledger.store import Store
from tests.ledger.ledger_events import TYPES, event, record
path, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
with Store.open(path, types=TYPES) as store:
    print("ready", flush=True)
    for number in range(first, first + count):
        print(record(store, event(number))[0].body.seq, flush=True)
"""


def writer(path: Path, first: int, count: int) -> subprocess.Popen[str]:
    """A process that records events and prints each seq once it is acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first), str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def in_child(work: Callable[[], None]) -> None:
    """Run `work` in a forked process, which may limit itself or drop rights; its failure fails the test."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the child must end here, whatever happened
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_tables_that_refuse_the_next_entry_are_damaged(tmp_path: Path) -> None:
    path = ledger(tmp_path, 3)
    with Store.open(path, types=TYPES) as store, sqlite3.connect(path) as raw:
        row = raw.execute(
            "SELECT 3, 'x/1', 1, type, zeroblob(16), zeroblob(32), entry FROM events"
        ).fetchone()
        raw.execute(
            "INSERT INTO events (seq, stream, ver, type, id, leaf, entry) VALUES (?,?,?,?,?,?,?)", row
        )
        raw.commit()
        with pytest.raises(LiuhenError) as refusal:
            record(store, event(3))
    assert (refusal.value.code, refusal.value.exit) == ("E-STORE-DAMAGED", Exit.UNREADABLE)


@unix
def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = ledger(tmp_path)
    chance = random.Random(20260302)
    for round_ in range(10):
        process = writer(path, round_ * 100_000, 100_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.005, 0.1))
        process.send_signal(signal.SIGKILL)
        acknowledged = [int(line) for line in process.stdout.read().splitlines(keepends=True) if "\n" in line]
        process.wait()
        with Store.open(path, types=TYPES) as store:
            size = store.head().size
            assert size > max(acknowledged, default=-1)
            require_chain(store)
    assert size > 0


def test_two_writers_take_turns(tmp_path: Path) -> None:
    path = ledger(tmp_path)
    processes = [writer(path, 0, 60), writer(path, 1000, 60)]
    seqs = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        seqs += [int(line) for line in out.split()[1:]]
    assert sorted(seqs) == list(range(120))
    with Store.open(path, types=TYPES) as store:
        require_chain(store)


def test_a_second_writer_waits_and_then_says_who_is_in_the_way(tmp_path: Path) -> None:
    path = ledger(tmp_path)
    with Store.open(path, types=TYPES) as first, Store.open(path, types=TYPES) as second:
        with first.writing() as transaction:
            put(transaction, event(0))
            began = time.monotonic()
            with pytest.raises(LiuhenError) as refusal, second.writing(timeout=0.2):
                pass
            assert time.monotonic() - began >= 0.2
            assert second.head().size == 0
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-LOCKED", Exit.LOCKED)
        record(second, event(1))
        assert first.head().size == 2
        require_chain(first)


def test_whoever_reads_waits_for_others_also_after_a_write(tmp_path: Path) -> None:
    def patience(connection: Any) -> int:
        return int(connection.execute("PRAGMA busy_timeout").fetchone()[0])

    path = ledger(tmp_path)
    with Store.open(path, types=TYPES) as store:
        for number in range(2):
            assert patience(store.reader()) == 30_000
            with store.writing() as transaction:
                put(transaction, event(number))
                assert patience(transaction.connection) == 0
        with Store.open(path, types=TYPES) as other, other.writing():
            with pytest.raises(LiuhenError, match="writing"), store.writing(timeout=0):
                pass
            assert patience(store.reader()) == 30_000


def test_a_reader_sees_the_ledger_before_or_after_a_transaction(tmp_path: Path) -> None:
    path = ledger(tmp_path, 2)
    with Store.open(path, types=TYPES) as store, Store.open(path, types=TYPES, read_only=True) as reader:
        with store.writing() as transaction:
            put(transaction, event(2))
            assert reader.head().size == len(list(reader.entries())) == 2
        assert reader.head().size == len(list(reader.entries())) == 3


@unix
def test_a_full_disk_records_nothing_and_the_store_stays_closed(tmp_path: Path) -> None:
    import resource

    path = ledger(tmp_path, 3)

    def work() -> None:
        store = Store.open(path, types=TYPES)
        before = store.head()
        record(store, event(3))
        limit = path.with_name("ledger.db-wal").stat().st_size + 10_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        with pytest.raises(LiuhenError) as refusal:
            record(store, *(event(number, note="x" * 60_000) for number in range(4, 8)))
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-DISK", Exit.DISK)
        assert "nothing was recorded" in str(refusal.value)
        with pytest.raises(LiuhenError) as refusal:
            record(store, event(8))
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-CLOSED", Exit.DISK)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        with Store.open(path, types=TYPES) as store:
            assert store.head().size == before.size + 1
            record(store, event(8))

    in_child(work)
    with Store.open(path, types=TYPES) as store:
        assert store.head().size == 5
        require_chain(store)


def test_a_flush_that_fails_at_the_commit_is_not_told_to_have_recorded_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole transaction stands in the journal then; who recovers it later finds the entry."""
    path = ledger(tmp_path, 3)
    connect, failing = sqlite3.connect, [True]

    class Disk(sqlite3.Connection):
        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:  # type: ignore[override]
            if sql == "COMMIT" and failing:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
                raise error
            return super().execute(sql, *values)

    monkeypatch.setattr(sqlite3, "connect", lambda *words, **named: connect(*words, factory=Disk, **named))
    with Store.open(path, types=TYPES) as store:
        with pytest.raises(LiuhenError) as refusal:
            record(store, event(3))
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-UNCLEAR", Exit.DISK)
        assert refusal.value.params["seq"] == 3
        with pytest.raises(LiuhenError) as refusal:
            store.head()
        assert refusal.value.code == "E-STORE-CLOSED"
    failing.clear()
    with Store.open(path, types=TYPES) as store:
        require_chain(store)


@unix
def test_a_ledger_that_cannot_be_laid_out_leaves_no_file(tmp_path: Path) -> None:
    import resource

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, resource.RLIM_INFINITY))
        with pytest.raises(LiuhenError) as refusal:
            Store.create(tmp_path / "ledger.db", ORIGIN, types=TYPES)
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-DISK", Exit.DISK)

    in_child(work)
    assert list(tmp_path.iterdir()) == []


def as_nobody() -> None:
    """Drop root's right to pass over file modes."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


@pytest.fixture
def medium() -> Iterator[Path]:
    """A folder that other users can reach, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def write_protect(folder: Path) -> None:
    """Nobody may write into the folder or its files, everybody may read them."""
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)


@unix
def test_a_read_only_folder_can_be_read_and_refuses_to_be_written(medium: Path) -> None:
    path = ledger(medium, 3)
    before = path.read_bytes()
    write_protect(medium)

    def work() -> None:
        as_nobody()
        with Store.open(path, types=TYPES, read_only=True) as store:
            require_chain(store)
            assert store.head().size == 3
            with pytest.raises(LiuhenError) as refusal:
                record(store, event(3))
            assert (refusal.value.code, refusal.value.exit) == ("E-STORE-DISK", Exit.DISK)
        with pytest.raises(LiuhenError) as refusal, Store.open(path, types=TYPES) as store:
            record(store, event(3))
        assert refusal.value.exit == Exit.DISK
        with pytest.raises(LiuhenError) as refusal:
            Store.create(path.with_name("new.db"), ORIGIN, types=TYPES)
        assert refusal.value.exit == Exit.DISK

    in_child(work)
    assert path.read_bytes() == before
    assert [file.name for file in medium.iterdir()] == ["ledger.db"]


@unix
def test_a_waiting_journal_on_a_read_only_medium_is_not_passed_over(tmp_path: Path, medium: Path) -> None:
    with Store.open(ledger(tmp_path, 3), types=TYPES) as store:
        record(store, event(3))
        for name in ("ledger.db", "ledger.db-wal"):
            (medium / name).write_bytes((tmp_path / name).read_bytes())
    path = medium / "ledger.db"
    write_protect(medium)

    def work() -> None:
        as_nobody()
        with pytest.raises(LiuhenError) as refusal:
            Store.open(path, types=TYPES, read_only=True)
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-JOURNAL", Exit.UNREADABLE)

    in_child(work)
    medium.chmod(0o755)
    for file in medium.iterdir():
        file.chmod(0o644)
    with Store.open(path, types=TYPES, read_only=True) as store:
        assert store.head().size == 4
        require_chain(store)


def test_a_reading_store_does_not_change_the_file(tmp_path: Path) -> None:
    path = ledger(tmp_path, 3)
    before = path.read_bytes()
    with Store.open(path, types=TYPES, read_only=True) as store:
        require_chain(store)
        with pytest.raises(LiuhenError) as refusal:
            record(store, event(3))
    assert refusal.value.exit == Exit.DISK
    assert path.read_bytes() == before


@unix
def test_a_process_killed_while_laying_out_leaves_the_name_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.db"

    def work() -> None:
        monkeypatch.setattr("ledger.store.file.lay_out", lambda *_: os._exit(0))
        Store.create(path, ORIGIN, types=TYPES)

    in_child(work)
    assert not path.exists()
    with Store.create(path, ORIGIN, types=TYPES) as store:
        record(store, event(0))


def test_a_file_system_without_hard_links_takes_a_ledger_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = ledger(tmp_path, 2)
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]
    with pytest.raises(LiuhenError) as refusal:
        Store.create(path, ORIGIN, types=TYPES)
    assert refusal.value.code == "E-STORE-EXISTS"
