"""The recorder of `eventsourcing` over the tables of a ledger, the same on every engine.

Promises of the library's contract that hold here: events come back per originator by version and in one
gapless sequence of notification ids (id = seq + 1); a conflict raises `IntegrityError` and writes nothing.
What differs on purpose: the state of what is read is the raw entry, and writing takes a `Sealing` and an open
transaction, because an entry cannot be made outside the lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    ProgrammingError,
    StoredEvent,
    Subscription,
)

from ledger.store.chain import Sealing
from ledger.store.engine import Engine
from ledger.store.mapper import StorableEvent
from verifier.entry import Entry

_INSERT = "INSERT INTO events (seq, stream, ver, type, id, leaf, entry) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ALL = 2**62


class ChainRecorder(ApplicationRecorder):
    """Inserts and selects on one connection; begins and ends no transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        """Seal with `sealing=` and insert; the caller updates the head and commits. What was recorded stands
        in the sealing; for notification ids the library would make each event twice more.

        Raises `IntegrityError` for an entry that the tables refuse; the transaction must then be rolled back.
        """
        sealing = kwargs.get("sealing")
        placed = [event for event in stored_events if isinstance(event, StorableEvent)]
        in_order = len(placed) == len(stored_events) and self._engine.connection.in_transaction
        if not isinstance(sealing, Sealing) or not in_order:
            raise ProgrammingError("events are written in Store.writing() only")
        self.insert(sealing.seal(placed))

    def insert(self, entries: Iterable[Entry]) -> None:
        """Insert sealed entries as they are. Raises `IntegrityError` as `insert_events`, or at the
        commit where the engine holds rows back."""
        rows = [
            (body.seq, body.stream, body.ver, body.type, body.id, entry.leaf, entry.raw)
            for entry in entries
            for body in (entry.body,)
        ]
        # An engine may hold rows back; what can be seen here is said here.
        if len({row[4] for row in rows}) < len(rows):
            raise IntegrityError("one id twice")
        try:
            self._engine.connection.executemany(_INSERT, rows)
        except self._engine.refusals as error:
            raise IntegrityError(*error.args) from error

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        where, values = ["stream = ?"], [str(originator_id)]
        bounds = [(sql, bound) for sql, bound in (("ver > ?", gt), ("ver <= ?", lte)) if bound is not None]
        where += [sql for sql, _ in bounds]
        rows = self._engine.connection.execute(
            f"SELECT stream, ver, type, entry FROM events WHERE {' AND '.join(where)} "  # noqa: S608
            f"ORDER BY ver {'DESC' if desc else 'ASC'} LIMIT ?",
            [*values, *(bound for _, bound in bounds), _ALL if limit is None else limit],
        )
        return [StoredEvent(*row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        first = 0 if start is None else start - 1 + (not inclusive_of_start)
        where, values = ["seq >= ?"], [first]
        if stop is not None:
            where.append("seq < ?")
            values.append(stop)
        if topics:
            where.append(f"type IN ({', '.join('?' * len(topics))})")
        rows = self._engine.connection.execute(
            f"SELECT stream, ver, type, entry, seq + 1 FROM events WHERE {' AND '.join(where)} "  # noqa: S608
            "ORDER BY seq LIMIT ?",
            [*values, *topics, limit],
        )
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        row = self._engine.connection.execute("SELECT max(seq) + 1 FROM events").fetchone()
        return None if row[0] is None else int(row[0])

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        raise NotImplementedError("the library has no subscriptions on every engine; read entries in pages")
