"""A ledger on a PostgreSQL server, for several workstations: the head row is the lock.

A writer locks the head row before it reads anything, so entries are without gaps whatever the isolation level
of others. It waits in slices with a pause of random length between them, never for ever. The way to the
server is what an append costs, and who holds the lock keeps others waiting: rows are held until something is
read or the commit comes, and go there together with it (pipeline).
"""

from __future__ import annotations

import contextlib
import logging
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, Self

import psycopg
from eventsourcing.persistence import IntegrityError
from psycopg.pq import TransactionStatus

from ledger.store import postgres_faults
from ledger.store.chain import Edge
from ledger.store.engine import Cursor, closed
from ledger.store.postgres_tables import (
    CHECKS,
    COLUMNS,
    FUNCTIONS,
    KEYS,
    MARK,
    TABLES,
    TRIGGERS,
    VERSION,
    grants_sql,
    tables_sql,
)
from ledger.store.server import Server
from ledger.store.session import connect
from verifier.errors import N_, Exit, LiuhenError
from verifier.merkle import leaf_hash

# What it logs without being asked, on stderr: a person is told what it means, once, by the store.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

LOCK_SLICE: Final = 2.0
"""Seconds that one try for the lock waits on the server."""
_PAUSE: Final = 0.25
"""Longest first pause between two tries, in seconds; it doubles up to four times that."""
_LOOK_AGAIN: Final = 20.0
"""Seconds in which a commit whose answer was lost is looked up."""
_SESSION: Final = (
    "SET search_path = {schema}, pg_catalog",
    "SET default_transaction_isolation = 'read committed'",
    f"SET lock_timeout = '{LOCK_SLICE:g}s'",
    # A workstation that dies with the lock in hand holds up the others for this long at most.
    "SET idle_in_transaction_session_timeout = '120s'",
)
_ONE_ROW: Final = re.compile(r"(INSERT INTO .* )VALUES \([?, ]+\)(.*)", re.S)
_TYPES: Final[dict[type, str]] = {int: "bigint", str: "text", bytes: "bytea"}
_ROWS: Final = 200
_EDGE: Final = "SELECT origin, size, leaf, root, time, frontier FROM head"
_MOVE: Final = "UPDATE head SET size = %s, leaf = %s, root = %s, time = %s, frontier = %s"


@lru_cache(maxsize=512)
def _translated(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()


@lru_cache(maxsize=64)
def _many_rows(sql: str, types: tuple[type, ...]) -> bytes | None:
    """The INSERT of one row as that of many, which come as an array for each column: a statement costs more
    than its rows, and each value that stands by itself costs more than the same in an array."""
    form = _ONE_ROW.fullmatch(sql)
    if form is None:
        return None
    columns = ", ".join(f"%b::{_TYPES[one]}[]" for one in types)
    return f"{form[1]}SELECT * FROM unnest({columns}){form[2]}".encode()  # noqa: S608


class ServerConnection:
    """`ledger.store.engine.Connection` over psycopg: each statement is its own transaction until BEGIN.

    Inside one, rows that `executemany` was given may be on this side only; whatever is read comes after them.
    """

    def __init__(self, raw: psycopg.Connection[Any], place: str) -> None:
        self.raw = raw
        self._place = place
        self._held: list[tuple[bytes, Sequence[Any]]] = []

    @property
    def in_transaction(self) -> bool:
        return self.raw.info.transaction_status != TransactionStatus.IDLE

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Cursor:
        with self._explained():
            if not self._held:
                return self.raw.execute(_translated(sql), values)
            with self.raw.pipeline():
                self.send_held()
                return self.raw.execute(_translated(sql), values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Rows of an INSERT go in statements of up to `_ROWS`."""
        held = list(rows)
        if not held:
            return
        many = _many_rows(sql, tuple(map(type, held[0])))
        with self._explained():
            if many is None:
                self.send_held()
                with self.raw.cursor() as cursor:
                    cursor.executemany(_translated(sql), held)
                return
            for at in range(0, len(held), _ROWS):
                columns = zip(*held[at : at + _ROWS], strict=True)
                self._held.append((many, [list(column) for column in columns]))
            if not self.in_transaction:
                self.send_held()

    def send_held(self) -> None:
        """Send what is held; inside a pipeline its answer comes with that of the next statements."""
        held, self._held = self._held, []
        for sql, values in held:
            self.raw.execute(sql, values)

    def forget_held(self) -> None:
        """The transaction is rolled back."""
        self._held = []

    @contextmanager
    def _explained(self) -> Iterator[None]:
        # Facts are read outside the store's own methods too, so errors get their meaning here.
        with postgres_faults.explained(self._place, writing=self.in_transaction):
            yield


class PostgresEngine:
    """`ledger.store.engine.Engine` over one schema of a server. Made by `create` or `open`."""

    refusals: tuple[type[Exception], ...] = (psycopg.IntegrityError,)

    def __init__(
        self, path: Path, server: Server, raw: psycopg.Connection[Any], origin: str, *, read_only: bool
    ) -> None:
        self.path = path
        self.place = server.url
        self.origin = origin
        self.read_only = read_only
        self._server = server
        self._connection: ServerConnection | None = ServerConnection(raw, server.url)

    @staticmethod
    def create(server: Server, origin: str) -> None:
        """Lay out an empty ledger, unless the administrator did so for this very origin.

        Raises E-STORE-EXISTS when there is another ledger, or one with entries; E-STORE-RIGHT when the
        role may not make tables (`liuhen store sql` prints what the administrator runs).
        """
        with _connected(server) as raw, postgres_faults.explained(server.url, writing=True):
            if _laid_out(raw, server):
                found = raw.execute("SELECT origin, size FROM head").fetchone()
                if found == (origin, 0):
                    return
                raise LiuhenError(
                    "E-STORE-EXISTS",
                    N_("There is a ledger already at this place: {origin}."),
                    where=server.url,
                    remedy=N_("Give another database, or another schema: ?schema=…"),
                    exit=Exit.USAGE,
                    origin=found[0] if found else "-",
                )
            with raw.transaction():
                if not raw.execute(
                    "SELECT 1 FROM pg_namespace WHERE nspname = %s", (server.schema,)
                ).fetchone():
                    raw.execute(f"CREATE SCHEMA {server.schema}".encode())
                for statement in tables_sql(server.schema, origin):
                    raw.execute(statement.encode())
                known = raw.execute(
                    "SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s)",
                    (f"{server.schema}_writer", f"{server.schema}_reader"),
                ).fetchone()
                for statement in grants_sql(server.schema) if known == (2,) else ():
                    raw.execute(statement.encode())

    @classmethod
    def open(cls, path: Path, server: Server, *, read_only: bool = False) -> Self:
        """As `Store.open`."""
        raw = _connect(server)
        try:
            with postgres_faults.explained(server.url):
                origin = _examined(raw, server)
                if read_only:
                    raw.execute("SET default_transaction_read_only = on")
                else:
                    _require_durable(raw, server)
        except BaseException:
            raw.close()
            raise
        return cls(path, server, raw, origin, read_only=read_only)

    @staticmethod
    @contextmanager
    def as_it_stands(server: Server) -> Iterator[ServerConnection]:
        """The tables to be read as of one moment, and compared with nothing."""
        with _connected(server) as raw, postgres_faults.explained(server.url):
            raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield ServerConnection(raw, server.url)

    @property
    def connection(self) -> ServerConnection:
        if self._connection is None:
            raise closed(self.place)
        return self._connection

    def edge(self) -> Edge:
        return Edge(*self.connection.execute(_EDGE).fetchone())

    def begin(self, timeout: float) -> Edge:
        raw, deadline, pause = self.connection.raw, monotonic() + timeout, _PAUSE
        # The session's own limit is LOCK_SLICE; only who waits for less says so, as each word is a way there.
        shorter = f"SET LOCAL lock_timeout = {max(1, int(timeout * 1000))}".encode()
        while True:
            try:
                with raw.pipeline():
                    raw.execute("BEGIN")
                    if timeout < LOCK_SLICE:
                        raw.execute(shorter)
                    row = raw.execute(f"{_EDGE} FOR UPDATE".encode())
                return Edge(*row.fetchone())  # type: ignore[misc]
            except psycopg.Error as error:
                if not postgres_faults.is_busy(error):
                    raise
                self.roll_back()
                left = deadline - monotonic()
                if left <= 0:
                    raise
            sleep(min(random.uniform(0, pause), left))  # noqa: S311 - to spread tries, not to hide
            pause = min(pause * 2, 4 * _PAUSE)

    def commit(self, edge: Edge | None) -> None:
        connection = self.connection
        raw = connection.raw
        try:
            with raw.pipeline():
                connection.send_held()
                if edge is not None:
                    raw.execute(_MOVE, (edge.size, edge.leaf, edge.root, edge.time, edge.frontier))
                raw.execute("COMMIT")
        except self.refusals as error:
            raise IntegrityError(*error.args) from error
        except psycopg.Error as error:
            if not postgres_faults.is_lost(error):
                raise
            self.close()
            if edge is not None and not self._recorded(edge):
                raise postgres_faults.lost(self.place, writing=True) from error
            if edge is None:
                raise postgres_faults.lost(self.place, writing=False) from error

    def _recorded(self, edge: Edge) -> bool:
        """Whether the transaction that moved the head to `edge` was committed: asked under the lock of the
        head, which the lost transaction holds until it has ended. Raises E-STORE-UNCLEAR when nobody
        answers in time."""
        deadline = monotonic() + _LOOK_AGAIN
        pause = _PAUSE
        while True:
            try:
                raw = _connect(self._server)
                try:
                    raw.execute("BEGIN")
                    raw.execute("SELECT size FROM head FOR UPDATE")
                    found = raw.execute("SELECT seq FROM events WHERE leaf = %s", (edge.leaf,)).fetchone()
                    raw.execute("COMMIT")
                except BaseException:
                    raw.close()
                    raise
            except (psycopg.Error, LiuhenError) as error:
                if monotonic() + pause > deadline:
                    raise postgres_faults.unclear(self.place, edge.size - 1) from error
                sleep(random.uniform(pause / 2, pause))  # noqa: S311
                pause = min(pause * 2, 8 * _PAUSE)
            else:
                self._connection = ServerConnection(raw, self.place)
                return found == (edge.size - 1,)

    def roll_back(self) -> None:
        if self._connection is None:
            return
        self._connection.forget_held()
        if self._connection.in_transaction:
            with contextlib.suppress(psycopg.Error):
                self._connection.raw.execute("ROLLBACK")

    @contextmanager
    def explained(self, *, writing: bool = False) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            told = postgres_faults.meaning(error, self.place, writing=writing)
            if told is None:
                raise
            raise told from error
        finally:
            if self._connection is not None and self._connection.raw.closed:
                self.close()

    def forget_erased(self) -> None:
        """Nothing that a writer could do: see specs/store.md for VACUUM, the server's log and its copies."""

    def copy(self, path: Path) -> bool:
        return False

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.raw.close()


@contextmanager
def _connected(server: Server) -> Iterator[psycopg.Connection[Any]]:
    raw = _connect(server)
    try:
        yield raw
    finally:
        raw.close()


def _connect(server: Server) -> psycopg.Connection[Any]:
    """A session in the ledger's schema. Raises E-STORE-CONNECT, E-STORE-LOGIN."""
    try:
        return connect(server, (statement.format(schema=server.schema) for statement in _SESSION))
    except psycopg.OperationalError as error:
        raise postgres_faults.not_let_in(server.url, error) from error


def _laid_out(raw: psycopg.Connection[Any], server: Server) -> bool:
    found = raw.execute("SELECT to_regclass(%s)", (f"{server.schema}.head",)).fetchone()
    return found is not None and found[0] is not None


def _require_durable(raw: psycopg.Connection[Any], server: Server) -> None:
    """A commit must be on the disk when it is acknowledged, and text must be UTF-8. Raises E-STORE-SERVER."""
    if raw.execute("SHOW synchronous_commit").fetchone() in (("off",), ("local",)):
        raw.execute("SET synchronous_commit = on")
    for name, value in (("fsync", "on"), ("server_encoding", "UTF8")):
        found = raw.execute(f"SHOW {name}".encode()).fetchone()
        if found != (value,):
            raise postgres_faults.server_refuses(server.url, f"{name} = {found and found[0]}")


def _examined(raw: psycopg.Connection[Any], server: Server) -> str:
    """The origin of the ledger, when tables, triggers, head and last entry are what they should be."""
    place, schema = server.url, server.schema
    if not _laid_out(raw, server):
        raise LiuhenError(
            "E-STORE-MISSING",
            N_("There is no ledger at this place."),
            where=place,
            remedy=N_("Check the address, and ?schema=. To begin a ledger there: liuhen init … --store URL"),
            exit=Exit.UNREADABLE,
        )
    mark = raw.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", (f"{schema}.head",)).fetchone()
    said, _, version = str(mark and mark[0]).rpartition(" ")
    if said != MARK or not version.isdecimal():
        raise postgres_faults.damaged(place, "comment of head")
    if int(version) > VERSION:
        raise LiuhenError(
            "E-STORE-VERSION",
            N_("The ledger was written by a newer version of liuhen."),
            where=place,
            remedy=N_("Install the newer version."),
            exit=Exit.UNREADABLE,
        )
    if _shape(raw, schema) != _expected(schema):
        raise postgres_faults.damaged(place, "tables or triggers")
    row = raw.execute(
        "SELECT h.origin, h.size, h.leaf, e.seq, e.leaf, e.entry, (SELECT count(*) FROM head) FROM head h "
        "LEFT JOIN events e ON e.seq = (SELECT max(seq) FROM events)"
    ).fetchone()
    if row is None or row[6] != 1:
        raise postgres_faults.damaged(place, "head")
    origin, size, head_leaf, seq, leaf, entry, _count = row
    if size != (0 if seq is None else seq + 1):
        raise postgres_faults.damaged(place, f"head {size}, seq {seq}")
    if seq is not None and not head_leaf == leaf == leaf_hash(entry):
        raise postgres_faults.damaged(place, f"seq {seq}")
    return str(origin)


def _shape(raw: psycopg.Connection[Any], schema: str) -> set[tuple[Any, ...]]:
    """Columns, keys, checks and triggers as they stand."""
    with raw.pipeline():
        columns = raw.execute(
            "SELECT c.relname, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' "
            "ORDER BY a.attnum), bool_and(a.attnotnull), bool_or(c.relkind <> 'r') FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE n.nspname = %s AND c.relname = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped "
            "GROUP BY c.relname",
            (schema, list(TABLES)),
        )
        keys = raw.execute(
            "SELECT c.relname, CASE k.contype WHEN 'c' THEN 'checks ' || count(*) "
            "ELSE max(pg_get_constraintdef(k.oid)) END FROM pg_constraint k "
            "JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = %s AND c.relname = ANY(%s) AND k.contype IN ('p', 'u', 'c') "
            "GROUP BY c.relname, k.contype, CASE k.contype WHEN 'c' THEN NULL ELSE k.oid END",
            (schema, list(TABLES)),
        )
        triggers = raw.execute(
            "SELECT c.relname, t.tgname, t.tgtype, t.tgenabled::text, p.proname, p.prosrc, "
            "t.tgqual IS NULL FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE n.nspname = %s AND c.relname = ANY(%s) AND NOT t.tgisinternal",
            (schema, list(TABLES)),
        )
    return {tuple(row) for found in (columns, keys, triggers) for row in found}


def _expected(schema: str) -> set[tuple[Any, ...]]:
    told: set[tuple[Any, ...]] = {(table, columns, True, False) for table, columns in COLUMNS.items()}
    told |= {(table, key) for table, keys in KEYS.items() for key in keys}
    told |= {(table, f"checks {count}") for table, count in CHECKS.items()}
    told |= {
        (t.table, t.name, t.kind, "O", t.function, FUNCTIONS[t.function][1].format(schema=schema), True)
        for t in TRIGGERS
    }
    return told
