"""Apache Spark: `sha2(…, 256)` on a cluster, or on the cores of this machine (`local[*]`). Needs Java."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.engines.engine import ceiling, failed, require, ticket_head

LOCAL = "local[*]"


class Spark:
    """`ORDER BY sha2(…) LIMIT k` on a Spark master. Raises E-ENGINE-MISSING when made."""

    def __init__(self, at: str = "") -> None:
        require("pyspark", "spark")
        self._master = at or LOCAL

    def select(self, seed: str, subjects: Sequence[str], k: int) -> list[tuple[str, str]]:
        """As `Engine.select`."""
        if not k:
            return []
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
        from pyspark.sql import functions as sql

        try:
            made = SparkSession.builder.master(self._master).appName("liuhen")
            # The JVM's own log would stand between the lines that a person reads.
            made = (
                made.config("spark.log.level", "OFF")
                .config("spark.ui.enabled", "false")
                .config("spark.ui.showConsoleProgress", "false")
            )
            session = made.getOrCreate()
            try:
                pool = session.createDataFrame(((one,) for one in subjects), "subject string")
                text = sql.concat(sql.lit(ticket_head(seed)), sql.col("subject"))
                tickets = pool.select(sql.sha2(text, 256).alias("ticket"), "subject")
                for most in (ceiling(len(subjects), k), "g"):
                    below = tickets.where(sql.col("ticket") <= most)
                    found = below.orderBy("ticket", "subject").limit(k).collect()
                    if len(found) == k:
                        break
                return sorted((row.ticket, row.subject) for row in found)
            finally:
                session.stop()
        # Py4J and the JVM raise what they like: all of it means that nothing was drawn.
        except (PySparkException, Py4JError, OSError, RuntimeError) as error:
            raise failed("spark", error) from error
