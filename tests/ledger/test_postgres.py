"""The ledger on a PostgreSQL server: the contract, the tables, the roles, and a connection that breaks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ledger.store import Store
from tests.cluster import Cluster
from tests.ledger.ledger_events import ORIGIN, TYPES, event, put, record
from tests.ledger.store_contract import StoreContract, require_chain
from tests.ledger.test_store_faults import writer
from verifier.errors import Exit, LiuhenError

ROOT = Path(__file__).parents[2]
_SCHEMAS = count(1)


@pytest.fixture
def schema() -> str:
    return f"t{next(_SCHEMAS)}"


@pytest.fixture
def path(cluster: Cluster, schema: str, tmp_path: Path) -> Path:
    """A file that points to a schema of its own, where nothing is yet."""
    return pointer(tmp_path / "ledger.db", cluster.url(schema))


def pointer(path: Path, url: str) -> Path:
    path.write_text(url + "\n", encoding="utf-8")
    return path


def founded(path: Path, size: int = 0) -> Path:
    """The ledger at `path`, with `size` entries, closed."""
    with Store.create(path, ORIGIN, types=TYPES) as store:
        if size:
            record(store, *map(event, range(size)))
    return path


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def store(self, path: Path) -> Iterator[Store]:
        with Store.create(path, ORIGIN, types=TYPES) as store:
            yield store


NEW = "INSERT INTO events (seq, stream, ver, type, id, leaf, entry) "
OF_1 = "FROM events WHERE seq = 1"
FORGERIES = {
    "an entry changed": "UPDATE events SET entry = '\\x00' WHERE seq = 1",
    "an entry changed by an upsert": NEW + f"SELECT seq, stream, ver, type, id, leaf, entry {OF_1} "
    "ON CONFLICT (seq) DO UPDATE SET entry = '\\x00'",
    "the last entry removed": "DELETE FROM events WHERE seq = 2",
    "all entries removed": "TRUNCATE events",
    "a gap": NEW + f"SELECT 4, 'x', 1, type, decode(md5('a'), 'hex'), sha256('a'), entry {OF_1}",
    "a version skipped": NEW + f"SELECT 3, 'x', 2, type, decode(md5('a'), 'hex'), sha256('a'), entry {OF_1}",
    "another leaf than that of its bytes": NEW
    + f"SELECT 3, stream, 2, type, decode(md5('a'), 'hex'), sha256('a'), entry {OF_1}",
    "an entry that follows another one": NEW
    + "SELECT 3, 'x', 1, type, decode(md5('a'), 'hex'), sha256('\\x00'::bytea || '\\x9201'), '\\x9201' "
    + OF_1,
    "an earlier entry again": NEW + f"SELECT 3, 'x', 1, type, decode(md5('a'), 'hex'), leaf, entry {OF_1}",
    "the head moved back": "UPDATE head SET size = 1",
    "the head of other entries": "UPDATE head SET size = 4",
    "another root for the same head": "UPDATE head SET root = sha256('a')",
    "another origin": "UPDATE head SET origin = 'practice/other.example/x'",
    "a second head": "INSERT INTO head SELECT 2, origin, size, leaf, root, time, frontier FROM head",
    "the head removed": "DELETE FROM head",
    "the head emptied": "TRUNCATE head",
    "an opening changed": "UPDATE openings SET value = '\\x02'",
    "the openings emptied": "TRUNCATE openings",
}


@pytest.mark.parametrize("statement", FORGERIES.values(), ids=FORGERIES)
def test_the_tables_refuse_even_their_owner(
    cluster: Cluster, path: Path, schema: str, statement: str
) -> None:
    import psycopg

    founded(path, 3)
    with Store.open(path, types=TYPES) as store, store.writing() as transaction:
        transaction.open_value(bytes(32), bytes(16), b"\x01")
    with cluster.connect(options=f"-c search_path={schema}") as plain:

        def held() -> list[list[tuple[Any, ...]]]:
            return [plain.execute(f"SELECT * FROM {t}").fetchall() for t in ("events", "head", "openings")]

        before = held()
        with pytest.raises(psycopg.IntegrityError):
            plain.execute(statement)
        assert held() == before


def test_an_entry_whose_bytes_name_another_predecessor_is_refused(
    cluster: Cluster, path: Path, schema: str, tmp_path: Path
) -> None:
    """Row by row all is right: seq, version, leaf. Only what was signed does not follow."""
    import psycopg

    from verifier.entry import parse

    founded(path, 3)
    with Store.create(tmp_path / "other.db", ORIGIN, types=TYPES) as other:
        record(other, *map(event, range(10, 13)))
        forged = parse(record(other, event(3))[0].raw)
    body = forged.body
    row = (body.seq, body.stream, body.ver, body.type, body.id, forged.leaf, forged.raw)
    with (
        cluster.connect(options=f"-c search_path={schema}") as plain,
        pytest.raises(psycopg.IntegrityError, match="does not follow"),
    ):
        plain.execute(NEW + "VALUES (%s, %s, %s, %s, %s, %s, %s)", row)
    with Store.open(path, types=TYPES) as store:
        record(store, event(3))
        require_chain(store)


@pytest.mark.parametrize(
    "stream", ["s", "a" * 31, "a" * 32, "b" * 128], ids=["short", "31", "32", "128 characters"]
)
def test_streams_and_versions_of_every_length_pass_the_trigger(path: Path, stream: str) -> None:
    with Store.create(path, ORIGIN, types=TYPES) as store:
        record(store, *(event(n, stream) for n in range(300)))
        require_chain(store)


DAMAGES = {
    "a trigger removed": "DROP TRIGGER events_never_change ON events",
    "a trigger switched off": "ALTER TABLE events DISABLE TRIGGER events_only_follow",
    "a trigger added": "CREATE TRIGGER extra AFTER INSERT ON events EXECUTE FUNCTION never()",
    "a function replaced": "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NULL; END'",
    "a column added": "ALTER TABLE head ADD extra BIGINT",
    "a key removed": "ALTER TABLE events DROP CONSTRAINT events_id_key",
    "the last entry removed without the guard": "ALTER TABLE events DISABLE TRIGGER USER;"
    "DELETE FROM events WHERE seq = 2; ALTER TABLE events ENABLE TRIGGER USER",
    "an entry changed without the guard": "ALTER TABLE events DISABLE TRIGGER USER;"
    "UPDATE events SET entry = '\\x00' WHERE seq = 2; ALTER TABLE events ENABLE TRIGGER USER",
    "another application": "COMMENT ON TABLE head IS 'something else 1'",
}


@pytest.mark.parametrize("script", DAMAGES.values(), ids=DAMAGES)
def test_a_changed_database_is_not_opened(cluster: Cluster, path: Path, schema: str, script: str) -> None:
    founded(path, 3)
    with cluster.connect(options=f"-c search_path={schema}") as plain:
        plain.execute(script)
    for read_only in (False, True):
        with pytest.raises(LiuhenError) as refusal:
            Store.open(path, types=TYPES, read_only=read_only)
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-DAMAGED", Exit.UNREADABLE)


def test_a_newer_database_asks_for_the_newer_program(cluster: Cluster, path: Path, schema: str) -> None:
    founded(path)
    with cluster.connect() as plain:
        plain.execute(f"COMMENT ON TABLE {schema}.head IS 'liuhen ledger 2'")
    with pytest.raises(LiuhenError) as refusal:
        Store.open(path, types=TYPES)
    assert refusal.value.code == "E-STORE-VERSION"


def test_where_no_ledger_is_none_is_opened_and_one_that_stands_is_not_overwritten(path: Path) -> None:
    with pytest.raises(LiuhenError) as missing:
        Store.open(path, types=TYPES)
    founded(path, 1)
    with pytest.raises(LiuhenError) as there:
        Store.create(path, ORIGIN, types=TYPES)
    assert (missing.value.code, there.value.code) == ("E-STORE-MISSING", "E-STORE-EXISTS")


def test_a_server_that_does_not_flush_is_not_written(cluster: Cluster, path: Path) -> None:
    founded(path)
    with cluster.connect() as plain:
        plain.execute("ALTER SYSTEM SET fsync = off")
        cluster.reload()
        with pytest.raises(LiuhenError) as refusal:
            Store.open(path, types=TYPES)
        plain.execute("ALTER SYSTEM RESET fsync")
        cluster.reload()
    assert refusal.value.code == "E-STORE-SERVER"


# roles


@pytest.fixture
def roles(cluster: Cluster, schema: str) -> str:
    """A ledger laid out by the administrator's script, with a writer and a reader."""
    from ledger.store.postgres_tables import script

    with cluster.connect() as plain:
        plain.execute(script(schema, ORIGIN))
        for name in ("writer", "reader"):
            plain.execute(f"CREATE ROLE {schema}_{name}_1 LOGIN IN ROLE {schema}_{name}")
    return schema


def test_the_administrators_script_lays_out_a_ledger_that_a_writer_fills(
    cluster: Cluster, roles: str, tmp_path: Path
) -> None:
    path = pointer(tmp_path / "ledger.db", cluster.url(roles, f"{roles}_writer_1"))
    with Store.create(path, ORIGIN, types=TYPES) as store:
        record(store, event(0), event(1))
        with store.writing() as transaction:
            transaction.open_value(bytes(32), bytes(16), b"\x01")
            transaction.erase_opening(bytes(32))
        require_chain(store)
    reading = pointer(tmp_path / "reader.db", cluster.url(roles, f"{roles}_reader_1"))
    with Store.open(reading, types=TYPES, read_only=True) as store:
        require_chain(store)
        with pytest.raises(LiuhenError) as refusal:
            store.opening(bytes(32))
    assert refusal.value.code == "E-STORE-RIGHT"
    with pytest.raises(LiuhenError) as refusal, Store.open(reading, types=TYPES) as store:
        record(store, event(2))
    assert (refusal.value.code, refusal.value.exit) == ("E-STORE-RIGHT", Exit.KEY)


BEYOND = {
    "change an entry": "UPDATE events SET entry = '\\x00'",
    "remove an entry": "DELETE FROM events",
    "empty the entries": "TRUNCATE events",
    "switch a trigger off": "ALTER TABLE events DISABLE TRIGGER USER",
    "replace a function": "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NULL; END'",
    "add a table": "CREATE TABLE more (x INT)",
    "write a head": "INSERT INTO head SELECT * FROM head",
    "rename the ledger": "UPDATE head SET origin = 'x.y/z'",
    "remove the head": "DELETE FROM head",
    "change an opening": "UPDATE openings SET value = '\\x02'",
    "become the owner": "SET ROLE {schema}_owner",
    "skip the triggers": "SET session_replication_role = replica",
}


@pytest.mark.parametrize("statement", BEYOND.values(), ids=BEYOND)
def test_a_writer_may_not(cluster: Cluster, roles: str, statement: str) -> None:
    import psycopg

    with (
        cluster.connect(f"{roles}_writer_1", options=f"-c search_path={roles}") as plain,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        plain.execute(statement.format(schema=roles))


def test_a_role_that_may_not_make_tables_is_told_what_the_administrator_runs(
    cluster: Cluster, roles: str, tmp_path: Path
) -> None:
    path = pointer(tmp_path / "ledger.db", cluster.url("elsewhere", f"{roles}_writer_1"))
    with pytest.raises(LiuhenError) as refusal:
        Store.create(path, ORIGIN, types=TYPES)
    assert refusal.value.code == "E-STORE-RIGHT"
    assert "liuhen store sql" in refusal.value.remedy


def test_a_password_is_asked_for_and_stands_nowhere(
    cluster: Cluster, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.store.server import prompt

    founded(pointer(tmp_path / "owner.db", cluster.url(schema)))
    with cluster.connect() as plain:
        plain.execute("DROP ROLE IF EXISTS asked")
        plain.execute("CREATE ROLE asked LOGIN SUPERUSER PASSWORD 'open-sesame'")
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    path = pointer(tmp_path / "ledger.db", cluster.url(schema, "asked"))
    with pytest.raises(LiuhenError) as refusal:
        Store.open(path, types=TYPES)
    assert (refusal.value.code, refusal.value.exit) == ("E-STORE-LOGIN", Exit.KEY)
    asked: list[str] = []
    token = prompt.set(lambda place: asked.append(place) or "open-sesame")  # type: ignore[func-returns-value]
    try:
        for stale in ("", "of last year"):
            monkeypatch.setenv("PGPASSWORD", stale)
            with Store.open(path, types=TYPES) as store:
                assert store.head().size == 0
                assert "sesame" not in store.place
    finally:
        prompt.reset(token)
    assert len(asked) == 2
    with pytest.raises(LiuhenError) as refusal:
        Store.open(path, types=TYPES)
    assert (refusal.value.code, refusal.value.exit) == ("E-STORE-LOGIN", Exit.KEY)
    assert "of last year" not in str(refusal.value)
    monkeypatch.setenv("PGPASSWORD", "open-sesame")
    with Store.open(path, types=TYPES) as store:
        record(store, event(0))


# several at once


def test_eight_processes_append_at_once_and_nothing_is_lost(path: Path) -> None:
    founded(path)
    processes = [writer(path, number * 1000, 25) for number in range(8)]
    seqs = []
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        seqs += [int(line) for line in out.split()[1:]]
    assert sorted(seqs) == list(range(200))
    with Store.open(path, types=TYPES) as store:
        require_chain(store)


def test_a_second_writer_waits_and_then_says_who_is_in_the_way(path: Path) -> None:
    founded(path)
    with Store.open(path, types=TYPES) as first, Store.open(path, types=TYPES) as second:
        with first.writing() as transaction:
            put(transaction, event(0))
            began = time.monotonic()
            with pytest.raises(LiuhenError) as refusal, second.writing(timeout=0.3):
                pass
            assert time.monotonic() - began >= 0.3
            assert second.head().size == 0
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-LOCKED", Exit.LOCKED)
        record(second, event(1))
        require_chain(first)


WAITING = (
    "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
    "AND query LIKE '%%FROM head FOR UPDATE'"
)


def test_a_waiting_writer_goes_on_with_the_head_that_the_other_left(cluster: Cluster, path: Path) -> None:
    founded(path)
    with Store.open(path, types=TYPES) as first:
        with first.writing() as transaction:
            put(transaction, event(0))
            process = writer(path, 100, 1)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            cluster.wait(WAITING)
        out, err = process.communicate(timeout=30)
        assert (out, process.returncode) == ("1\n", 0), err
        require_chain(first)


def test_a_killed_writer_loses_nothing_that_was_acknowledged(path: Path) -> None:
    founded(path)
    size = 0
    for round_ in range(3):
        process = writer(path, round_ * 100_000, 100_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        acknowledged = [int(process.stdout.readline())]
        process.kill()
        acknowledged += [
            int(line) for line in process.stdout.read().splitlines(keepends=True) if "\n" in line
        ]
        process.wait()
        with Store.open(path, types=TYPES) as store:
            size = store.head().size
            assert size > max(acknowledged)
            require_chain(store)
    assert size > 0


# a connection that breaks


def test_a_connection_that_breaks_while_it_is_set_up_is_told_and_not_left_open(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    from ledger.store import postgres

    founded(path)
    made: list[Any] = []
    real = psycopg.connect
    monkeypatch.setattr(psycopg, "connect", lambda **how: made.append(real(**how)) or made[-1])
    monkeypatch.setattr(postgres, "_SESSION", ("SELECT pg_terminate_backend(pg_backend_pid())",))
    with pytest.raises(LiuhenError) as refusal:
        Store.open(path, types=TYPES)
    assert (refusal.value.code, refusal.value.exit) == ("E-STORE-CONNECT", Exit.DISK)
    monkeypatch.setattr(postgres, "_SESSION", ("SET no_such_thing = 1",))
    with pytest.raises(psycopg.Error):
        Store.open(path, types=TYPES)
    assert [one.closed for one in made] == [True, True]


AT_COMMIT = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.8); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON facts DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION slow();
"""
"""Lets COMMIT take 0.8 s, once a row of facts was written."""


def broken_in_commit(
    cluster: Cluster, path: Path, schema: str, breaks: Callable[[Store], None]
) -> LiuhenError | None:
    """What an append says while `breaks` happens 0.3 s into its COMMIT; None when it says it is recorded."""
    founded(path, 2)
    with cluster.connect(options=f"-c search_path={schema}") as plain:
        plain.execute(AT_COMMIT)
    with Store.open(path, types=TYPES) as store:
        timer = threading.Timer(0.3, breaks, [store])
        try:
            with store.writing() as transaction:
                put(transaction, event(2))
                transaction.connection.execute("INSERT INTO facts VALUES ('k', 'k', '', 0)")
                timer.start()
        except LiuhenError as error:
            return error
        finally:
            timer.join()
        require_chain(store)
    return None


def cut(store: Store) -> None:
    """The wire: the server does not notice, and goes on."""
    raw = store.reader().raw  # type: ignore[attr-defined]
    wire = socket.socket(fileno=os.dup(raw.fileno()))
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
    wire.close()


def test_a_commit_whose_answer_was_lost_is_looked_up_and_told_as_done(
    cluster: Cluster, path: Path, schema: str
) -> None:
    assert broken_in_commit(cluster, path, schema, cut) is None
    with Store.open(path, types=TYPES) as store:
        assert store.head().size == 3
        with pytest.raises(LiuhenError) as repeated:
            record(store, event(2))
        assert (repeated.value.code, repeated.value.params["seq"]) == ("E-STORE-REPEATED", 2)
        require_chain(store)


def test_a_commit_that_the_server_ended_is_told_as_not_done_and_can_be_repeated(
    cluster: Cluster, path: Path, schema: str
) -> None:
    def terminate(store: Store) -> None:
        pid = store.reader().raw.info.backend_pid  # type: ignore[attr-defined]
        with cluster.connect() as plain:
            plain.execute("SELECT pg_terminate_backend(%s)", (pid,))

    told = broken_in_commit(cluster, path, schema, terminate)
    assert told is not None
    assert (told.code, told.exit) == ("E-STORE-LOST", Exit.DISK)
    assert "nothing was recorded" in told.what
    with Store.open(path, types=TYPES) as store:
        assert store.find_id(event(2).id) is None
        record(store, event(2))
        require_chain(store)


@pytest.mark.slow
def test_a_server_that_died_in_the_commit_and_does_not_come_back_leaves_it_unclear(
    cluster: Cluster, path: Path, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.store.postgres._LOOK_AGAIN", 0.5)
    try:
        told = broken_in_commit(cluster, path, schema, lambda _store: cluster.stop())
    finally:
        cluster.start()
    assert told is not None
    assert (told.code, told.exit, told.params["seq"]) == ("E-STORE-UNCLEAR", Exit.DISK, 2)
    with Store.open(path, types=TYPES) as store:
        assert store.find_id(event(2).id) in (None, 2)
        require_chain(store)


@pytest.mark.slow
def test_a_server_restarted_in_the_commit_is_waited_for(cluster: Cluster, path: Path, schema: str) -> None:
    def restart(_store: Store) -> None:
        cluster.stop()
        cluster.start()

    told = broken_in_commit(cluster, path, schema, restart)
    with Store.open(path, types=TYPES) as store:
        assert store.head().size == (3 if told is None else 2)
        require_chain(store)
    assert told is None or told.code == "E-STORE-LOST"


def test_a_connection_cut_before_the_commit_records_nothing(path: Path) -> None:
    founded(path)
    with Store.open(path, types=TYPES) as store:
        with pytest.raises(LiuhenError) as told, store.writing() as transaction:
            put(transaction, event(0))
            cut(store)
            put(transaction, event(1))
        assert (told.value.code, told.value.exit) == ("E-STORE-LOST", Exit.DISK)
        with pytest.raises(LiuhenError) as closed:
            store.head()
        assert closed.value.code == "E-STORE-CLOSED"
    with Store.open(path, types=TYPES) as store:
        assert store.head().size == 0
        record(store, event(0))
        require_chain(store)


def test_no_environment_variable_moves_the_ledger(path: Path, tmp_path: Path) -> None:
    founded(path, 1)
    stray = {"PGHOST": "/nowhere", "PGHOSTADDR": "203.0.113.9", "PGDATABASE": "other", "PGPORT": "1"}
    stray |= {"PGOPTIONS": "-c search_path=other", "PGSSLMODE": "verify-full"}
    script = (
        "import sys; from pathlib import Path; from ledger.store import Store; "
        "print(Store.open(Path(sys.argv[1]), types=frozenset(), read_only=True).head().size)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env=os.environ | stray,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout == "1\n", told.stderr


def test_a_broken_connection_is_told_once_and_in_the_stores_words_only(path: Path) -> None:
    founded(path)
    script = (
        "import os, socket, sys; from pathlib import Path; from ledger.store import Store\n"
        "from tests.ledger.ledger_events import TYPES, event, put\n"
        "with Store.open(Path(sys.argv[1]), types=TYPES) as store:\n"
        "    try:\n"
        "        with store.writing() as transaction:\n"
        "            put(transaction, event(0))\n"
        "            os.dup2(os.open(os.devnull, os.O_RDWR), store.reader().raw.fileno())\n"
        "            put(transaction, event(1))\n"
        "    except Exception as error:\n"
        "        print(error.code)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (told.stdout, told.stderr) == ("E-STORE-LOST\n", "")
