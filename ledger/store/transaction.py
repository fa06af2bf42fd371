"""What may be done under the write lock, the same on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from eventsourcing.persistence import EventStore

from ledger.store import faults
from ledger.store.chain import Edge, Head, NewEvent, Sealing
from ledger.store.engine import Connection
from ledger.store.mapper import LedgerEvent
from ledger.store.recorder import ChainRecorder
from verifier import codec, entry
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError
from verifier.private import Opening

_AT_ONCE: Final = 200
"""Values in one question."""


class Transaction:
    """What may be done under the write lock. `connection` is for the views, in the same transaction."""

    def __init__(
        self, connection: Connection, edge: Edge, events: EventStore[str], recorder: ChainRecorder
    ) -> None:
        self.connection = connection
        self.erased = False
        self._edge = self._stored = edge
        self._events = events
        self._recorder = recorder
        self._versions: dict[str, int] = {}
        self._broken = False

    @property
    def head(self) -> Head:
        """The head with what was appended so far."""
        return self._edge.head

    def append(
        self,
        events: Sequence[NewEvent],
        *,
        actor: bytes,
        sign: Callable[[bytes], bytes],
        time: str,
    ) -> list[Entry]:
        """Seal and insert `events` in order; `actor` is the key id of `sign`, `time` as in the body.

        Raises E-STORE-REPEATED (parameter `seq`) when the id of an event is in the ledger already,
        E-STORE-TYPE for an unknown type, `Malformed` for what no reader would accept (an entry of more than
        65,535 bytes, say). Nothing was inserted then, and the transaction may go on.
        """
        versions = self._versions_for(events)
        placed = []
        for event in events:
            versions[event.stream] += 1
            ver = versions[event.stream]
            placed.append(LedgerEvent(event.stream, ver, event.type, event.data, event.id))
        sealing = Sealing(self._edge, actor, sign, time)
        try:
            self._events.put(placed, sealing=sealing)
        except BaseException:
            self._broken = self._broken or bool(sealing.entries)
            raise
        self._edge, self._versions = sealing.edge, versions
        return sealing.entries

    def take(self, raws: Iterable[bytes]) -> None:
        """Insert the next entries of this very log byte for byte, as another store keeps them.

        Raises `Malformed`, E-STORE-OTHER for entries that do not continue this log.
        """
        entries = [entry.parse(raw) for raw in raws]
        if not self._edge.continues(entries):
            raise faults.other()
        try:
            self._recorder.insert(entries)
        except BaseException:
            self._broken = True
            raise
        self._edge = self._edge.after(entries)

    def open_value(self, commitment: bytes, salt: bytes, value: bytes) -> None:
        """Keep the opening of a private field: 32 bytes, 16 bytes, canonical bytes; a known one stays."""
        self.open_values([(commitment, salt, value)])

    def open_values(self, rows: Iterable[tuple[bytes, bytes, bytes]]) -> None:
        """Keep openings as `Store.openings` gives them."""
        self.connection.executemany(
            "INSERT INTO openings (commitment, salt, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows
        )

    def store_openings(self, openings: Sequence[Opening]) -> None:
        """Keep several openings, in the order of their table."""
        if openings:
            self.open_values(sorted((one.commitment, one.salt, codec.encode(one.value)) for one in openings))

    def erase_opening(self, commitment: bytes) -> bool:
        """Remove an opening, its bytes overwritten as far as the engine can; whether there was one."""
        gone = (
            self.connection.execute("DELETE FROM openings WHERE commitment = ?", (commitment,)).rowcount > 0
        )
        self.erased = self.erased or gone
        return gone

    def finished(self) -> Edge | None:
        """The head to write before the commit; None when it did not move."""
        if self._broken:
            raise RuntimeError("an append failed half-way, the transaction cannot be committed")
        return None if self._edge is self._stored else self._edge

    def _versions_for(self, events: Sequence[NewEvent]) -> dict[str, int]:
        """The last version of every stream seen in this transaction and of those of `events`, 0 for a new
        one. Raises E-STORE-REPEATED."""
        known = dict(self._versions)
        unknown = [*dict.fromkeys(event.stream for event in events if event.stream not in known)]
        ids = [event.id for event in events]
        for at in range(0, len(ids), _AT_ONCE):
            some, streams = ids[at : at + _AT_ONCE], unknown[at : at + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            repeated = f"(SELECT min(seq) FROM events WHERE id IN ({marks}))"  # noqa: S608
            if not streams:
                rows = self.connection.execute(f"SELECT NULL, 0, {repeated}", some).fetchall()
            else:
                # One look at the end of an index for each stream: GROUP BY would read every version.
                rows = self.connection.execute(
                    "SELECT s.column1, (SELECT max(e.ver) FROM events e WHERE e.stream = s.column1), "  # noqa: S608
                    f"{repeated} FROM (VALUES {', '.join(['(?)'] * len(streams))}) AS s",
                    [*some, *streams],
                ).fetchall()
            if rows[0][2] is not None:
                raise LiuhenError(
                    "E-STORE-REPEATED",
                    N_("This step is recorded already, as entry {seq}."),
                    remedy=N_("Nothing needs to be done again."),
                    exit=Exit.REFUSED,
                    seq=rows[0][2],
                )
            known.update((stream, version or 0) for stream, version, _ in rows if stream is not None)
        return known
