"""A ledger in whatever database keeps it: one writer at a time, entries that only follow.

A store belongs to the thread and the process that opened it; open it after forking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from eventsourcing.persistence import EventStore, IntegrityError

from ledger.durable import disk_error
from ledger.store import copying, faults, which
from ledger.store.chain import Head
from ledger.store.engine import Connection, Engine
from ledger.store.mapper import ClosedMapper, Types
from ledger.store.recorder import ChainRecorder
from ledger.store.transaction import Transaction

LOCK_TIMEOUT: Final = 30.0
"""Seconds that a writer waits for another process."""
_PAGE: Final = 256
"""Rows per query when reading in pages: at most 16 MiB of entries."""


class Store:
    """The entries and openings of one ledger. Made by `create` or `open`; close it, or use `with`.

    All methods raise `LiuhenError`: E-STORE-LOCKED (exit 5), E-STORE-DISK and E-STORE-READ (7),
    E-STORE-DAMAGED (4), what their own lines name, and on a server those of `ledger.store.server`.
    """

    def __init__(self, engine: Engine, types: Types) -> None:
        self.mapper = ClosedMapper(types)
        self.recorder = ChainRecorder(engine)
        self._engine = engine
        self._events = EventStore(self.mapper, self.recorder)
        self._transaction: Transaction | None = None

    @classmethod
    def create(cls, path: Path, origin: str, *, types: Types) -> Self:
        """A new, empty ledger: the file `path`, or in the database that `path` points to.

        Raises E-STORE-EXISTS when there is one, E-STORE-PLACE on a network share, E-STORE-ORIGIN.
        """
        which.create(path, origin)
        return cls.open(path, types=types)

    @classmethod
    def open(cls, path: Path, *, types: Types, read_only: bool = False) -> Self:
        """The ledger at `path`, its tables, triggers and last entry checked against each other.

        `read_only` never changes the file and works on a read-only medium, unless a journal waits beside
        the file (E-STORE-JOURNAL). Raises E-STORE-MISSING when there is no file, E-STORE-VERSION for a
        file of a newer version of the tables.
        """
        return cls(which.open_engine(path, read_only=read_only), types)

    @property
    def path(self) -> Path:
        """The ledger's file on this computer; what belongs to it is kept beside it."""
        return self._engine.path

    @property
    def place(self) -> str:
        """Where the ledger is, for people."""
        return self._engine.place

    @property
    def origin(self) -> str:
        return self._engine.origin

    @property
    def read_only(self) -> bool:
        return self._engine.read_only

    def close(self) -> None:
        """Close the ledger; a transaction still open is rolled back. May be called again."""
        self._engine.close()

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
        with self._engine.explained():
            return self._engine.edge().head

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
                raise faults.damaged(self.place, f"seq {start}–{end - 1}")
            for row in page:
                yield row[0]
            start = end

    def entry(self, seq: int) -> bytes:
        """The raw entry `seq`; IndexError when there is none."""
        rows = self._rows("SELECT entry FROM events WHERE seq = ?", (seq,))
        if not rows:
            raise IndexError(seq)
        if not isinstance(rows[0][0], bytes):
            raise faults.damaged(self.place, f"seq {seq}")
        return rows[0][0]

    def find_leaf(self, leaf: bytes) -> int | None:
        """Seq of the entry with this leaf hash."""
        return self._first("SELECT seq FROM events WHERE leaf = ?", leaf)

    def find_id(self, event_id: bytes) -> int | None:
        """Seq of the entry of the event with this id (16 bytes)."""
        return self._first("SELECT seq FROM events WHERE id = ?", event_id)

    def copy(self, path: Path) -> None:
        """Write the whole ledger as it stands now to the new file `path`, while others go on writing.

        The copy has no journal beside it. Raises FileExistsError; after E-STORE-DISK nothing is there.
        """
        with which.new_file(path):
            self.copy_over(path)

    def copy_over(self, path: Path) -> None:
        """As `copy`, to the empty file `path` that is there."""
        if not self._engine.copy(path):
            copying.into_file(self, path)

    def reader(self) -> Connection:
        """The connection, to read the views of `ledger.views`; it stays the store's."""
        return self._engine.connection

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
        engine = self._engine
        if engine.read_only:
            _ = engine.connection
            raise disk_error(self.path, "opened for reading only")
        if self._transaction is not None:
            raise RuntimeError("a transaction is open already")
        try:
            with engine.explained(writing=True):
                edge = engine.begin(timeout)
                self._transaction = Transaction(engine.connection, edge, self._events, self.recorder)
                yield self._transaction
                engine.commit(self._transaction.finished())
        except IntegrityError as error:
            engine.roll_back()
            if error.__cause__ is None:
                raise
            # Under the lock every row is the next one: tables that refuse it are not what they should be.
            raise faults.damaged(self.place, str(error)) from error
        except BaseException:
            engine.roll_back()
            raise
        else:
            if self._transaction.erased:
                engine.forget_erased()
        finally:
            self._transaction = None

    def _rows(self, query: str, values: Sequence[object]) -> list[Any]:
        with self._engine.explained():
            return self._engine.connection.execute(query, values).fetchall()

    def _first(self, query: str, value: bytes) -> int | None:
        rows = self._rows(query, (value,))
        return int(rows[0][0]) if rows else None
