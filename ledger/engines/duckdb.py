"""DuckDB: on all cores of this machine, from a file of ids, in as little memory as DuckDB is given."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.engines.engine import ceiling, failed, require, ticket_head

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 100_000
"""Ids that are joined into one piece of the file."""
_IDS = """read_csv($ids, header = false, columns = {'subject': 'VARCHAR'}, auto_detect = false,
    delim = '\t', quote = '', escape = '')"""
_SELECT = f"""
SELECT ticket, subject
FROM (SELECT subject, sha256($head || subject) AS ticket FROM {_IDS})
WHERE ticket <= $ceiling
ORDER BY ticket, subject
LIMIT $k
"""  # noqa: S608 - one query, its parameters bound


@contextmanager
def connected() -> Iterator[DuckDBPyConnection]:
    """A DuckDB of its own in memory. Raises E-ENGINE-MISSING, E-ENGINE-FAILED."""
    require("duckdb", "duckdb")
    import duckdb

    try:
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            yield connection
    except (duckdb.Error, OSError, MemoryError) as error:
        raise failed("duckdb", error) from error


class DuckDB:
    """`ORDER BY sha256(…) LIMIT k`. Raises E-ENGINE-MISSING when made."""

    def __init__(self) -> None:
        require("duckdb", "duckdb")

    def select(self, seed: str, subjects: Sequence[str], k: int) -> list[tuple[str, str]]:
        """As `Engine.select`."""
        if not k:
            return []
        with connected() as connection, tempfile.TemporaryDirectory() as folder:
            ids = Path(folder) / "ids"
            with ids.open("w", encoding="ascii", newline="\n") as file:
                names = iter(subjects)
                while piece := list(islice(names, _AT_ONCE)):
                    file.write("\n".join(piece) + "\n")
            given = {"ids": str(ids), "head": ticket_head(seed), "k": k}
            found = connection.execute(_SELECT, {**given, "ceiling": ceiling(len(subjects), k)}).fetchall()
            if len(found) < k:
                found = connection.execute(_SELECT, {**given, "ceiling": "g"}).fetchall()
            return found
