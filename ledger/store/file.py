"""Opening, laying out and examining the file, and taking its write lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from ledger.durable import disk_error
from ledger.store import faults
from ledger.store.chain import Edge
from ledger.store.tables import APPLICATION_ID, SCHEMA, TABLES, USER_VERSION
from verifier.errors import N_, Exit, LiuhenError
from verifier.merkle import leaf_hash

_POLL: Final = 0.003
"""Seconds between two tries for the lock: constant, as SQLite's growing pauses starve who waits longest."""
_READ_TIMEOUT_MS: Final = 30_000
_JOURNAL_LIMIT: Final = 16 << 20
_CACHE: Final = 24_000
"""KB of pages that a writer keeps at most, so that an import does not write each many times."""
_PAGE: Final = 4096
_BESIDE: Final = 16
"""Entries that a page holds at most: the smallest takes 260 bytes."""


def require_version(path: Path) -> None:
    """Raise E-STORE-SQLITE when the SQLite of this Python has no STRICT tables (before 3.37)."""
    if sqlite3.sqlite_version_info < (3, 37):
        raise LiuhenError(
            "E-STORE-SQLITE",
            N_("SQLite {version} is too old for a ledger."),
            where=str(path),
            remedy=N_("Use a Python with SQLite 3.37 or newer."),
            exit=Exit.USAGE,
            version=sqlite3.sqlite_version,
        )


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the existing file at `path`, for reading and writing."""
    return _connect(path, "mode=rw")


def connect_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the file.

    Where SQLite cannot keep its index of the journal beside the file, as on a read-only medium, the file is
    taken as immutable, which is right only when no journal waits: E-STORE-JOURNAL otherwise. So is a file
    marked as read-only: an administrator, whom no mark stops, would else leave that index beside it.
    """
    if _marked_read_only(path) and not _size(path.with_name(path.name + "-wal")):
        return _connect(path, "mode=ro&immutable=1")
    connection = _connect(path, "mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if faults.is_unexpected(error):  # a format of the schema that no SQLite writes
            raise faults.damaged(path, str(error)) from error
        if not faults.is_disk(error):
            raise
    else:
        return connection
    if _size(path.with_name(path.name + "-wal")):
        raise LiuhenError(
            "E-STORE-JOURNAL",
            N_("The newest entries still stand in a journal beside the ledger, which cannot be read here."),
            where=str(path),
            remedy=N_("Copy the ledger and its -wal file together into a folder that can be written."),
            exit=Exit.UNREADABLE,
        )
    return _connect(path, "mode=ro&immutable=1")


@contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for looking at a file, whatever its state, that leaves nothing beside it.

    SQLite removes a journal and its index with the last writer; a reader would leave new ones. So a file
    without them is taken as immutable, one with both is read as it is in use, and one with a part of them is
    copied first.
    """
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    held = [one for one in beside if one.exists()]
    if not held:
        with closing(_connect(path, "mode=ro&immutable=1")) as connection:
            yield connection
    elif held == beside or _marked_read_only(path):
        with closing(connect_reading(path)) as connection:
            yield connection
    else:
        from shutil import copyfile
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            for one in (path, beside[0]):
                if one.exists():
                    copyfile(one, copy.with_name(one.name))
            with closing(_connect(copy, "mode=rw")) as connection:
                yield connection


def _marked_read_only(path: Path) -> bool:
    try:
        return not path.stat().st_mode & 0o222
    except OSError:
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _connect(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, timeout=_READ_TIMEOUT_MS / 1000
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def set_up(connection: sqlite3.Connection, path: Path) -> None:
    """The settings of a writer, each explicit: no default of a build and no environment decides."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise disk_error(path, f"journal_mode={mode}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA cache_size = -{_CACHE}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_LIMIT}")


def lay_out(connection: sqlite3.Connection, origin: str) -> None:
    """Tables, triggers and the head of an empty log, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    for statement in SCHEMA:
        connection.execute(statement)
    start = Edge(origin)
    connection.execute(
        "INSERT INTO head (one, origin, size, leaf, root, time, frontier) VALUES (1, ?, 0, ?, ?, '', x'')",
        (origin, start.leaf, start.root),
    )
    connection.execute("COMMIT")


def examine(connection: sqlite3.Connection, path: Path) -> str:
    """The origin of the ledger, when file, tables, triggers, head and last entry are what they should be."""
    try:
        return _examined(connection, path)
    except sqlite3.OperationalError as error:
        if not faults.is_unexpected(error):
            raise
        # Our statements are right; so the tables they name are not what they should be.
        raise faults.damaged(path, str(error)) from error


def _examined(connection: sqlite3.Connection, path: Path) -> str:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise faults.damaged(path, "application_id")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > USER_VERSION:
        raise LiuhenError(
            "E-STORE-VERSION",
            N_("The ledger was written by a newer version of liuhen."),
            where=str(path),
            remedy=N_("Install the newer version."),
            exit=Exit.UNREADABLE,
        )
    marks = ", ".join("?" * len(TABLES))
    found = connection.execute(
        f"SELECT sql FROM sqlite_schema WHERE tbl_name IN ({marks}) AND sql IS NOT NULL",  # noqa: S608
        TABLES,
    )
    if version != USER_VERSION or {row[0] for row in found} != set(SCHEMA):
        raise faults.damaged(path, "sqlite_schema")
    row = connection.execute("SELECT count(*), max(origin) FROM head").fetchone()
    if row[0] != 1:
        raise faults.damaged(path, "head")
    _require_agreement(connection, path)
    return str(row[1])


def _require_agreement(connection: sqlite3.Connection, path: Path) -> None:
    """The head row must name the last entry."""
    last = connection.execute(
        "SELECT h.size, h.leaf, e.seq, e.leaf, e.entry FROM head h "
        "LEFT JOIN events e ON e.seq = (SELECT max(seq) FROM events)"
    ).fetchone()
    size, head_leaf, seq, leaf, raw = last
    columns = ("origin", "size", "leaf", "root", "time", "frontier")
    kinds = ", ".join(f"typeof({column})" for column in columns)
    found = connection.execute(f"SELECT {kinds} FROM head").fetchone()  # noqa: S608
    # A damaged page may hold another type than its column allows.
    if found != ("text", "integer", "blob", "blob", "text", "blob"):
        raise faults.damaged(path, "head")
    if size != (0 if seq is None else seq + 1):
        raise faults.damaged(path, f"head {size}, seq {seq}")
    if seq is not None and not (isinstance(raw, bytes) and head_leaf == leaf == leaf_hash(raw)):
        raise faults.damaged(path, f"seq {seq}")


def require_beside(connection: sqlite3.Connection, path: Path, first: int) -> None:
    """The new entry `first` and what may stand on the page that took it are as they were written.

    SQLite believes a page that claims more room than it has, and writes over what stands there. Before the
    commit nothing of it is in the file. Raises E-STORE-DAMAGED.
    """
    room, want = _PAGE, first
    for seq, leaf, raw in connection.execute(
        "SELECT seq, leaf, entry FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT ?", (first, _BESIDE)
    ):
        if seq != want or not isinstance(raw, bytes) or leaf_hash(raw) != leaf:
            raise faults.damaged(path, f"seq {want}")
        room -= len(raw)
        want -= 1
        if room < 0:
            return


def edge(connection: sqlite3.Connection) -> Edge:
    """Where the log ends."""
    return Edge(*connection.execute("SELECT origin, size, leaf, root, time, frontier FROM head").fetchone())


def begin(connection: sqlite3.Connection, path: Path, timeout: float) -> None:
    """Take the write lock before anything is read; `timeout` in seconds, then E-STORE-LOCKED. The connection
    must not `wait` itself.

    A deferred BEGIN that has read is refused at once when another writer commits, whatever the timeout.
    """
    deadline = monotonic() + timeout
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not faults.is_busy(error):
                raise
            if monotonic() >= deadline:
                raise faults.locked(path) from error
        else:
            return
        sleep(_POLL)


def wait(connection: sqlite3.Connection, *, waits: bool) -> None:
    """Whether SQLite waits for others by itself: it does for a reader, who would else fail while another
    program restores the index of the journal, and not where `begin` waits. Said only when it changes, as
    SQLite translates it anew each time: a twentieth of an append."""
    connection.execute(f"PRAGMA busy_timeout = {_READ_TIMEOUT_MS if waits else 0}")


def forget_journal(connection: sqlite3.Connection) -> None:
    """Empty the journal, which still holds what an erasure removed from the tables.

    Where a reader is in the way it is done by the next checkpoint.
    """
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        if not faults.is_busy(error):
            raise
