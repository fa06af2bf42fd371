"""What a database must do for a ledger: the contract between `Store` and its engines.

An engine keeps one connection and knows how to lock, commit and explain. What is written and read, and in
which order, is `Store`'s, once for every engine, in SQL that each of them speaks; `?` stands for a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from ledger.store.chain import Edge
from verifier.errors import N_, Exit, LiuhenError


class Cursor(Protocol):
    """The rows of a statement, as tuples of int, str and bytes."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """As much of a `sqlite3.Connection` as ledger and facts need."""

    @property
    def in_transaction(self) -> bool: ...
    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Cursor: ...
    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> object: ...


class Engine(Protocol):
    """An opened ledger in one database."""

    @property
    def path(self) -> Path:
        """The ledger's file on this computer; what belongs to it is kept beside it."""

    @property
    def place(self) -> str:
        """Where the ledger is, for people."""

    @property
    def origin(self) -> str: ...

    @property
    def read_only(self) -> bool: ...

    @property
    def refusals(self) -> tuple[type[Exception], ...]:
        """What is raised when tables or triggers refuse a row."""

    @property
    def connection(self) -> Connection:
        """Raises E-STORE-CLOSED."""

    def edge(self) -> Edge:
        """Where the log ends."""

    def begin(self, timeout: float) -> Edge:
        """Take the lock before anything is read; `timeout` in seconds, then E-STORE-LOCKED."""

    def commit(self, edge: Edge | None) -> None:
        """Move the head to `edge`, where there is one, and commit durably.

        When this raises nothing was recorded, unless the error is E-STORE-UNCLEAR.
        """

    def roll_back(self) -> None:
        """Undo the open transaction, if there is one. Raises nothing."""

    def explained(self, *, writing: bool = False) -> AbstractContextManager[None]:
        """Raise the database's errors inside as what they mean to a person. An engine whose disk or
        connection failed in a write is closed."""

    def forget_erased(self) -> None:
        """After a commit that removed openings: overwrite what still holds them, as far as it can be."""

    def copy(self, path: Path) -> bool:
        """Write the ledger as it stands now to the new, empty file `path`, as a SQLite file without
        journal; False when the engine has no means of its own."""

    def close(self) -> None:
        """May be called again."""


def closed(place: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-CLOSED",
        N_("The ledger was closed after a fault; nothing more was recorded."),
        where=place,
        remedy=N_("Start the program again."),
        exit=Exit.DISK,
    )


def wrong_origin(origin: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-ORIGIN",
        N_("{origin} cannot name a ledger."),
        remedy=N_("Use lower-case host/path, for example example.gov.cn/2026."),
        exit=Exit.USAGE,
        origin=origin,
    )
