"""`liuhen store fetch`: the rows of a ledger on a server, as they stand, in a file that the doctor looks at.

A ledger that the store does not open is not moved or backed up either. What can be read of its tables is
taken as it is and compared with nothing; whether it stands is asked afterwards (`liuhen doctor`, `repair`),
as of any damaged file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger import backup
from ledger.store import faults, which
from ledger.store.server import Server
from ledger.store.tables import APPLICATION_ID, SCHEMA, USER_VERSION
from verifier.errors import N_, Exit, LiuhenError

if TYPE_CHECKING:
    from ledger.store.engine import Connection

_AT_ONCE: Final = 1000
_COLUMNS: Final = {
    "events": "seq, stream, ver, type, id, leaf, entry",
    "head": "one, origin, size, leaf, root, time, frontier",
    "openings": "commitment, salt, value",
}
_FIRST: Final = {"seq": -1, "one": -1, "commitment": b""}
"""What comes before every key."""


@dataclass(frozen=True)
class Fetched:
    """Rows that stand in the file, and those of the server that no file could hold."""

    entries: int
    openings: int
    left: int


def fetch(server: Server, target: Path) -> Fetched:
    """Take the rows as they stand into the new file `target`, all of one moment.

    Raises E-STORE-EXISTS for a file that is there, and what reading from the server and writing raise.
    """
    if target.exists():
        raise LiuhenError(
            "E-STORE-EXISTS",
            N_("There is a file already; a ledger is never overwritten."),
            where=str(target),
            remedy=N_("Give another name for the file."),
            exit=Exit.USAGE,
        )
    tables = [one for one in SCHEMA if one.startswith("CREATE TABLE")]
    told: dict[str, tuple[int, int]] = {}
    with (
        which.as_it_stands(server) as there,
        backup.new_file(target) as draft,
        which.new_file(draft),
        faults.explained(target, writing=True),
        closing(sqlite3.connect(draft, isolation_level=None)) as here,
    ):
        here.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        here.execute(f"PRAGMA user_version = {USER_VERSION}")
        here.execute("BEGIN")
        for statement in tables:
            here.execute(statement)
        for table in _COLUMNS:
            told[table] = _taken(there, here, table)
        # Those of the file refuse rows that do not follow: they come when the rows are there.
        for statement in SCHEMA[len(tables) :]:
            here.execute(statement)
        here.execute("COMMIT")
    return Fetched(told["events"][0], told["openings"][0], sum(read - kept for kept, read in told.values()))


def _taken(there: Connection, here: sqlite3.Connection, table: str) -> tuple[int, int]:
    """How many rows came into the file, of how many."""
    columns = _COLUMNS[table]
    marks = ", ".join("?" * len(columns.split(",")))
    kept = read = 0
    for rows in _pages(there, table):
        read += len(rows)
        query = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names from here
        kept += here.executemany(query, rows).rowcount
    return kept, read


def _pages(there: Connection, table: str) -> Iterator[list[Any]]:
    columns = _COLUMNS[table]
    key = columns.partition(",")[0]
    last: object = _FIRST[key]
    query = f"SELECT {columns} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT {_AT_ONCE}"  # noqa: S608
    while rows := there.execute(query, (last,)).fetchall():
        yield rows
        last = rows[-1][0]
