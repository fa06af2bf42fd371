"""A ledger in one SQLite file: WAL, synchronous=FULL.

Durability rests on synchronous=FULL: NORMAL lost acknowledged commits in power cuts, FULL none (design §8).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final, Self

from ledger.durable import disk_error, name_new
from ledger.medium import require_local
from ledger.store import faults, file
from ledger.store.chain import Edge
from ledger.store.engine import closed
from verifier.errors import N_, Exit, LiuhenError

MAGIC: Final = b"SQLite format 3\0"


class SQLiteEngine:
    """`ledger.store.engine.Engine` over one file. Made by `create` or `open`."""

    refusals: tuple[type[Exception], ...] = (sqlite3.IntegrityError,)

    def __init__(self, path: Path, connection: sqlite3.Connection, origin: str, *, read_only: bool) -> None:
        self.path = path
        self.place = str(path)
        self.origin = origin
        self.read_only = read_only
        self._connection: sqlite3.Connection | None = connection
        self._waits = True
        self._begun = 0
        """Size of the log when the open transaction began."""
        self._looked = False
        """Whether the page that takes new entries was looked at: what a disk did to it happened before."""

    @staticmethod
    def create(path: Path, origin: str) -> None:
        """A new, empty ledger at `path`: laid out under another name, then there at once.

        Raises E-STORE-EXISTS when there is a file, E-STORE-PLACE on a network share.
        """
        file.require_version(path)
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

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """As `Store.open`."""
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
        return cls(path, connection, origin, read_only=read_only)

    @property
    def connection(self) -> sqlite3.Connection:
        if self._connection is None:
            raise closed(self.place)
        if not self._waits and not self._connection.in_transaction:
            self._wait(self._connection, waits=True)
        return self._connection

    def _wait(self, connection: sqlite3.Connection, *, waits: bool) -> None:
        file.wait(connection, waits=waits)
        self._waits = waits

    def edge(self) -> Edge:
        return file.edge(self.connection)

    def begin(self, timeout: float) -> Edge:
        connection = self._connection
        if connection is None:
            raise closed(self.place)
        if self._waits:
            self._wait(connection, waits=False)
        file.begin(connection, self.path, timeout)
        edge = self.edge()
        self._begun = edge.size
        return edge

    def commit(self, edge: Edge | None) -> None:
        connection = self.connection
        if edge is not None:
            connection.execute(
                "UPDATE head SET size = ?, leaf = ?, root = ?, time = ?, frontier = ?",
                (edge.size, edge.leaf, edge.root, edge.time, edge.frontier),
            )
            if not self._looked:
                file.require_beside(connection, self.path, self._begun)
        try:
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if edge is None or not faults.is_flush(error):
                raise
            # The journal holds the whole transaction. When all programs end badly, the next one may find it.
            self.roll_back()
            self.close()
            raise faults.unclear(self.path, edge.size - 1, str(error)) from error
        self._looked = self._looked or edge is not None

    def roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            if self._connection is not None and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def explained(self, *, writing: bool = False) -> Iterator[None]:
        if not writing:
            with faults.explained(self.path):
                yield
            return
        try:
            yield
        except sqlite3.Error as error:
            told = faults.meaning(error, self.path, writing=True)
            if faults.is_disk(error):
                # What the disk refused once is looked at afresh by opening again.
                self.roll_back()
                self.close()
            if told is None:
                raise
            raise told from error

    def forget_erased(self) -> None:
        file.forget_journal(self.connection)

    def copy(self, path: Path) -> bool:
        with faults.explained(path, writing=True), contextlib.closing(file.connect(path)) as target:
            self.connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            broken = target.execute("PRAGMA integrity_check").fetchone()[0]
            if broken != "ok":
                raise faults.damaged(self.place, str(broken))
        return True

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
