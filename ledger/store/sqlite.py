"""A ledger in one SQLite file: WAL, synchronous=FULL, one writer at a time, entries that only follow.

Durability rests on synchronous=FULL: NORMAL lost acknowledged commits in power cuts, FULL none (design §8).
A store belongs to the thread and the process that opened it; open it after forking.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Final, Self

from eventsourcing.persistence import EventStore

from ledger.durable import disk_error, name_new
from ledger.store import faults, file
from ledger.store.chain import Edge, Head, NewEvent, Sealing
from ledger.store.mapper import ClosedMapper, LedgerEvent, Types
from ledger.store.place import require_local
from ledger.store.recorder import SQLiteChainRecorder
from verifier import codec
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import is_origin
from verifier.private import Opening

LOCK_TIMEOUT: Final = 30.0
"""Seconds that a writer waits for another process."""
_PAGE: Final = 256
"""Rows per query when reading in pages: at most 16 MiB of entries."""


class Store:
    """The entries and openings of one ledger. Made by `create` or `open`; close it, or use `with`.

    All methods raise `LiuhenError`: E-STORE-LOCKED (exit 5), E-STORE-DISK and E-STORE-READ (7),
    E-STORE-DAMAGED (4), and what their own lines name.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, origin: str, types: Types, *, read_only: bool
    ) -> None:
        self.path = path
        self.origin = origin
        self.read_only = read_only
        self.mapper = ClosedMapper(types)
        self.recorder = SQLiteChainRecorder(connection)
        self._events = EventStore(self.mapper, self.recorder)
        self._connection: sqlite3.Connection | None = connection
        self._transaction: Transaction | None = None

    @classmethod
    def create(cls, path: Path, origin: str, *, types: Types) -> Self:
        """A new, empty ledger at `path`: laid out under another name, then there at once.

        Raises E-STORE-EXISTS when there is a file, E-STORE-PLACE on a network share, E-STORE-ORIGIN.
        """
        file.require_version(path)
        if not is_origin(origin):
            raise LiuhenError(
                "E-STORE-ORIGIN",
                N_("{origin} cannot name a ledger."),
                remedy=N_("Use lower-case host/path, for example example.gov.cn/2026."),
                exit=Exit.USAGE,
                origin=origin,
            )
        require_local(path)
        draft = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
        try:
            if path.exists():
                raise FileExistsError(str(path))
            os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            with faults.explained(path, writing=True), contextlib.closing(file.connect(draft)) as connection:
                file.set_up(connection, path)
                file.lay_out(connection, origin)
            name_new(draft, path)
        except FileExistsError as error:
            raise LiuhenError(
                "E-STORE-EXISTS",
                N_("There is a file already; a ledger is never overwritten."),
                where=str(path),
                remedy=N_("Choose another place for the new ledger."),
                exit=Exit.USAGE,
            ) from error
        except OSError as error:
            raise disk_error(path, error) from error
        finally:
            for suffix in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    draft.with_name(draft.name + suffix).unlink()
        return cls.open(path, types=types)

    @classmethod
    def open(cls, path: Path, *, types: Types, read_only: bool = False) -> Self:
        """The ledger at `path`, its tables, triggers and last entry checked against each other.

        `read_only` never changes the file and works on a read-only medium, unless a journal waits beside
        the file (E-STORE-JOURNAL). Raises E-STORE-MISSING when there is no file, E-STORE-VERSION for a
        file of a newer version of the tables.
        """
        file.require_version(path)
        if not path.is_file():
            raise LiuhenError(
                "E-STORE-MISSING",
                N_("There is no ledger at this place."),
                where=str(path.absolute()),
                remedy=N_(
                    "Go to the folder of the ledger, or name its file with -L. To begin a ledger: liuhen init"
                ),
                exit=Exit.UNREADABLE,
            )
        if not read_only:
            require_local(path)
        with faults.explained(path, writing=not read_only):
            connection = file.connect_reading(path) if read_only else file.connect(path)
            try:
                origin = file.examine(connection, path)
                if not read_only:
                    file.set_up(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, origin, types, read_only=read_only)

    def close(self) -> None:
        """Close the file; a transaction still open is rolled back. May be called again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def head(self) -> Head:
        """The head; inside `writing`, the one of the transaction."""
        if self._transaction is not None:
            return self._transaction.head
        with faults.explained(self.path):
            return file.edge(self._open()).head

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Raw entries with start ≤ seq < stop, in order; those that are there when the first is asked for.

        Read in pages: memory is bounded, and a reader holds no lock between pages.
        """
        size = self.head().size
        stop = size if stop is None else min(stop, size)
        while start < stop:
            end = min(start + _PAGE, stop)
            page = self._rows(
                "SELECT entry FROM events WHERE seq >= ? AND seq < ? ORDER BY seq", (start, end)
            )
            if len(page) != end - start or not all(isinstance(row[0], bytes) for row in page):
                raise faults.damaged(self.path, f"seq {start}–{end - 1}")
            for row in page:
                yield row[0]
            start = end

    def entry(self, seq: int) -> bytes:
        """The raw entry `seq`; IndexError when there is none."""
        rows = self._rows("SELECT entry FROM events WHERE seq = ?", (seq,))
        if not rows:
            raise IndexError(seq)
        if not isinstance(rows[0][0], bytes):
            raise faults.damaged(self.path, f"seq {seq}")
        return rows[0][0]

    def find_leaf(self, leaf: bytes) -> int | None:
        """Seq of the entry with this leaf hash."""
        return self._first("SELECT seq FROM events WHERE leaf = ?", leaf)

    def find_id(self, event_id: bytes) -> int | None:
        """Seq of the entry of the event with this id (16 bytes)."""
        return self._first("SELECT seq FROM events WHERE id = ?", event_id)

    def copy(self, path: Path) -> None:
        """Write the whole file as it stands now to the new file `path`, while others go on writing.

        The copy has no journal beside it. Raises FileExistsError; after E-STORE-DISK nothing is there.
        """
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with faults.explained(path, writing=True), contextlib.closing(file.connect(path)) as target:
                self._open().backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
                broken = target.execute("PRAGMA integrity_check").fetchone()[0]
                if broken != "ok":
                    raise faults.damaged(self.path, str(broken))
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise

    def reader(self) -> sqlite3.Connection:
        """The connection, to read the views of `ledger.views`; it stays the store's."""
        return self._open()

    def openings(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """(commitment, salt, canonical bytes of the value) of what is not erased, by commitment, in pages."""
        after = b""
        while rows := self._rows(
            "SELECT commitment, salt, value FROM openings WHERE commitment > ? ORDER BY commitment LIMIT ?",
            (after, _PAGE),
        ):
            yield from rows
            after = rows[-1][0]

    def opening(self, commitment: bytes) -> tuple[bytes, bytes] | None:
        """(salt, canonical bytes of the value); None when it was never stored here or is erased."""
        rows = self._rows("SELECT salt, value FROM openings WHERE commitment = ?", (commitment,))
        return rows[0] if rows else None

    @contextmanager
    def writing(self, timeout: float = LOCK_TIMEOUT) -> Iterator[Transaction]:
        """One durable transaction: everything inside is recorded when the block ends, or nothing is.

        Waits up to `timeout` seconds for another process, then E-STORE-LOCKED. Any exception, a Ctrl-C too,
        rolls back. After E-STORE-DISK the store is closed: what the disk refused once is looked at afresh by
        opening again.
        """
        connection = self._open()
        if self.read_only:
            raise disk_error(self.path, "opened for reading only")
        if self._transaction is not None:
            raise RuntimeError("a transaction is open already")
        try:
            file.begin(connection, self.path, timeout)
            transaction = Transaction(self, connection, file.edge(connection), self._events)
            self._transaction = transaction
            yield transaction
            transaction._finish()
            connection.execute("COMMIT")
        except BaseException as error:
            self._undo(connection)
            if isinstance(error, sqlite3.Error):
                told = faults.meaning(error, self.path, writing=True)
                if faults.is_disk(error):
                    self.close()
                if told is not None:
                    raise told from error
            raise
        finally:
            self._transaction = None
        if transaction.erased:
            file.forget_journal(connection)

    @staticmethod
    def _undo(connection: sqlite3.Connection) -> None:
        with contextlib.suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise LiuhenError(
                "E-STORE-CLOSED",
                N_("The ledger was closed after a fault; nothing more was recorded."),
                where=str(self.path),
                remedy=N_("Start the program again."),
                exit=Exit.DISK,
            )
        return self._connection

    def _rows(self, query: str, values: Sequence[object]) -> list[Any]:
        with faults.explained(self.path):
            return self._open().execute(query, values).fetchall()

    def _first(self, query: str, value: bytes) -> int | None:
        rows = self._rows(query, (value,))
        return int(rows[0][0]) if rows else None


class Transaction:
    """What may be done under the write lock. `connection` is for the views, in the same transaction."""

    def __init__(
        self, store: Store, connection: sqlite3.Connection, edge: Edge, events: EventStore[str]
    ) -> None:
        self.connection = connection
        self.erased = False
        self._store = store
        self._edge = self._stored = edge
        self._events = events
        self._versions: dict[str, int] = {}
        self._broken = False

    @property
    def head(self) -> Head:
        """The head with what was appended so far."""
        return self._edge.head

    def append(
        self,
        events: Sequence[NewEvent],
        *,
        actor: bytes,
        sign: Callable[[bytes], bytes],
        time: str,
    ) -> list[Entry]:
        """Seal and insert `events` in order; `actor` is the key id of `sign`, `time` as in the body.

        Raises E-STORE-REPEATED (parameter `seq`) when the id of an event is in the ledger already,
        E-STORE-TYPE for an unknown type, `Malformed` for what no reader would accept (an entry of more than
        65,535 bytes, say). Nothing was inserted then, and the transaction may go on.
        """
        for event in events:
            self._require_new(event)
        versions = dict(self._versions)
        placed = [
            LedgerEvent(event.stream, self._next(event.stream, versions), event.type, event.data, event.id)
            for event in events
        ]
        sealing = Sealing(self._edge, actor, sign, time)
        try:
            self._events.put(placed, sealing=sealing)
        except BaseException:
            self._broken = self._broken or bool(sealing.entries)
            raise
        self._edge, self._versions = sealing.edge, versions
        return sealing.entries

    def open_value(self, commitment: bytes, salt: bytes, value: bytes) -> None:
        """Keep the opening of a private field: 32 bytes, 16 bytes, canonical bytes; a known one stays."""
        self.connection.execute(
            "INSERT INTO openings (commitment, salt, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (commitment, salt, value),
        )

    def store_openings(self, openings: Iterable[Opening]) -> None:
        """Keep several openings."""
        for opening in openings:
            self.open_value(opening.commitment, opening.salt, codec.encode(opening.value))

    def erase_opening(self, commitment: bytes) -> bool:
        """Remove an opening, its bytes overwritten in file and journal; whether there was one."""
        gone = (
            self.connection.execute("DELETE FROM openings WHERE commitment = ?", (commitment,)).rowcount > 0
        )
        self.erased = self.erased or gone
        return gone

    def _require_new(self, event: NewEvent) -> None:
        row = self.connection.execute("SELECT seq FROM events WHERE id = ?", (event.id,)).fetchone()
        if row is not None:
            raise LiuhenError(
                "E-STORE-REPEATED",
                N_("This step is recorded already, as entry {seq}."),
                remedy=N_("Nothing needs to be done again."),
                exit=Exit.REFUSED,
                seq=row[0],
            )

    def _next(self, stream: str, versions: dict[str, int]) -> int:
        """The next version of `stream`, counted in `versions`."""
        last = versions.get(stream)
        if last is None:
            row = self.connection.execute(
                "SELECT max(ver) FROM events WHERE stream = ?", (stream,)
            ).fetchone()
            last = row[0] or 0
        versions[stream] = last + 1
        return last + 1

    def _finish(self) -> None:
        """Write the head, before the commit."""
        if self._broken:
            raise RuntimeError("an append failed half-way, the transaction cannot be committed")
        edge = self._edge
        if edge is not self._stored:
            self.connection.execute(
                "UPDATE head SET size = ?, leaf = ?, root = ?, time = ?, frontier = ?",
                (edge.size, edge.leaf, edge.root, edge.time, edge.frontier),
            )
