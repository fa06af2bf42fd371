"""Where tickets are computed and the smallest picked: here, or in an engine that an office has (design §5).

An engine does one thing, `select`: the first k of a stratum in (ticket, id) order. Sizes, seed, teams and the
record stay where they are, and the law draws again before it lets the result in, so an engine that errs is
refused (`draw.results`). Each engine is an extra of the package and a module here.
"""

from __future__ import annotations

from ledger.engines.engine import Builtin, Engine, EngineName
from verifier.errors import N_, Exit, LiuhenError

__all__ = ["ENGINES", "Builtin", "Engine", "EngineName", "engine_of"]

ENGINES: tuple[EngineName, ...] = ("builtin", "duckdb", "postgres", "spark")


def engine_of(name: EngineName, at: str = "") -> Engine:
    """The engine of this name; `at` says where: the address of a PostgreSQL server, a Spark master.

    Raises E-ENGINE-MISSING where its extra is not installed, E-ENGINE-AT for a place it cannot have.
    """
    if at and name in ("builtin", "duckdb"):
        raise LiuhenError(
            "E-ENGINE-AT",
            N_("The engine {engine} runs here; it takes no --at."),
            remedy=N_("Leave --at out, or choose another engine: --engine postgres, --engine spark"),
            exit=Exit.USAGE,
            engine=name,
        )
    if name == "duckdb":
        from ledger.engines.duckdb import DuckDB

        return DuckDB()
    if name == "postgres":
        from ledger.engines.postgres import Postgres

        return Postgres(at)
    if name == "spark":
        from ledger.engines.spark import Spark

        return Spark(at)
    return Builtin()
