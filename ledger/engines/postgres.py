"""PostgreSQL 11 or newer: `sha256()` of the server, over a temporary table that it forgets at once.

The address has the form of that of a ledger (`ledger.store.server`), with the same rules: no password in it,
and over a network the server proves who it is, as the ids of all subjects go there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ledger.engines.engine import ceiling, failed, require, ticket_head
from ledger.store.server import server_of
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
    """`ORDER BY sha256(…) LIMIT k` on a server. Raises E-ENGINE-MISSING, E-ENGINE-AT without an address, and
    what `server_of` raises, when made."""

    def __init__(self, at: str) -> None:
        require("psycopg", "postgres")
        if not at:
            raise LiuhenError(
                "E-ENGINE-AT",
                N_("The engine {engine} must be told where its server is."),
                remedy=N_("Give the address, without a password: --at postgresql://user@host/database"),
                exit=Exit.USAGE,
                engine="postgres",
            )
        self._server = server_of(at)

    def select(self, seed: str, subjects: Sequence[str], k: int) -> list[tuple[str, str]]:
        """As `Engine.select`."""
        if not k:
            return []
        import psycopg

        from ledger.store.session import connect

        try:
            with connect(self._server) as raw, raw.transaction(), raw.cursor() as cursor:
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
