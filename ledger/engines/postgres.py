"""PostgreSQL 11 or newer: `sha256()` of the server, over a temporary table that it forgets at once.

The connection string is that of libpq (`postgresql://host/base`, `service=…`); left out, its environment
says (PGHOST, PGSERVICE …). A password stands in a password file or a service file, never in the string:
other people see the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ledger.engines.engine import ceiling, failed, require, ticket_head
from verifier.errors import N_, Exit, LiuhenError

_AT_ONCE = 50_000
"""Ids sent in one piece."""
_TABLE = 'CREATE TEMPORARY TABLE liuhen_pool (subject text COLLATE "C" NOT NULL) ON COMMIT DROP'
_SELECT = """
SELECT encode(ticket, 'hex'), subject
FROM (SELECT subject, sha256(convert_to(%(head)s || subject, 'UTF8')) AS ticket FROM liuhen_pool) AS pool
WHERE ticket <= decode(%(ceiling)s, 'hex')
ORDER BY ticket, subject
LIMIT %(k)s
"""


class Postgres:
    """`ORDER BY sha256(…) LIMIT k` on a server. Raises E-ENGINE-MISSING, E-ENGINE-PASSWORD when made."""

    def __init__(self, at: str = "") -> None:
        require("psycopg", "postgres")
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

        self._at = at
        try:
            told = conninfo_to_dict(at)
        except ProgrammingError as error:
            raise failed("postgres", error) from error
        if told.get("password"):
            raise LiuhenError(
                "E-ENGINE-PASSWORD",
                N_("The connection string holds a password, which others can see on the command line."),
                remedy=N_("Put it into the password file of PostgreSQL (~/.pgpass) and leave it out here."),
                exit=Exit.USAGE,
            )

    def select(self, seed: str, subjects: Sequence[str], k: int) -> list[tuple[str, str]]:
        """As `Engine.select`."""
        if not k:
            return []
        import psycopg

        try:
            with psycopg.connect(self._at, connect_timeout=10) as connection, connection.cursor() as cursor:
                cursor.execute(_TABLE)
                with cursor.copy("COPY liuhen_pool FROM STDIN") as copy:
                    names = iter(subjects)
                    while piece := list(islice(names, _AT_ONCE)):
                        copy.write("\n".join(piece) + "\n")
                given: dict[str, str | int] = {"head": ticket_head(seed), "k": k}
                found = cursor.execute(_SELECT, {**given, "ceiling": ceiling(len(subjects), k)}).fetchall()
                if len(found) < k:
                    found = cursor.execute(_SELECT, {**given, "ceiling": "ff" * 33}).fetchall()
                return [(str(ticket), str(subject)) for ticket, subject in found]
        except psycopg.Error as error:
            raise failed("postgres", error) from error
