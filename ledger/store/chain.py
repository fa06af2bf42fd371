"""The right edge of the log: what an event still lacks when it comes, and what sealing gives it.

Independent of the database: every engine reads an `Edge` under its lock, lets `Sealing` continue it and
writes both entries and edge back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from verifier.codec import Value
from verifier.entry import NO_ENTRY, Body, Entry, seal
from verifier.merkle import EMPTY_ROOT, HASH_SIZE, Frontier

Map = Mapping[str, Value]


class NewEvent(NamedTuple):
    """An event before it has a place: `seq`, `prev` and `ver` are given out under the lock.

    `id` is 16 random bytes, drawn once per intended event, so that a repeated append is recognised.
    """

    stream: str
    type: str
    data: Map
    id: bytes


class Head(NamedTuple):
    """The log as far as it goes: number of entries, `leaf` hash of the last one (`prev` of the next;
    32 zero bytes when there is none), RFC 6962 `root`, and `time` of the last entry ("" when none)."""

    size: int
    leaf: bytes
    root: bytes
    time: str


class Placed(Protocol):
    """An event that has its version in its stream, as the mapper hands it to a recorder."""

    @property
    def stream(self) -> str: ...
    @property
    def originator_version(self) -> int: ...
    @property
    def topic(self) -> str: ...
    @property
    def data(self) -> Map: ...
    @property
    def id(self) -> bytes: ...


class Edge(NamedTuple):
    """Head and frontier of the log of `origin`; `frontier` are the hashes of `merkle.Frontier`, joined."""

    origin: str
    size: int = 0
    leaf: bytes = NO_ENTRY
    root: bytes = EMPTY_ROOT
    time: str = ""
    frontier: bytes = b""

    @property
    def head(self) -> Head:
        return Head(self.size, self.leaf, self.root, self.time)

    def after(self, entries: Sequence[Entry]) -> Edge:
        """The edge once `entries`, which continue this one, are recorded."""
        if not entries:
            return self
        frontier = Frontier()
        frontier.size = self.size
        frontier.hashes = [
            self.frontier[at : at + HASH_SIZE] for at in range(0, len(self.frontier), HASH_SIZE)
        ]
        for entry in entries:
            frontier.append(entry.leaf)
        last = entries[-1]
        return Edge(
            self.origin,
            frontier.size,
            last.leaf,
            frontier.root(),
            last.body.time,
            b"".join(frontier.hashes),
        )

    def continues(self, entries: Iterable[Entry]) -> bool:
        """Whether `entries` are the next ones of this very log."""
        seq, leaf = self.size, self.leaf
        for entry in entries:
            body = entry.body
            if (body.origin, body.seq, body.prev) != (self.origin, seq, leaf):
                return False
            seq, leaf = seq + 1, entry.leaf
        return True


class Sealing:
    """One append: who signs it and when, the edge it continues, and then its entries and the new edge."""

    def __init__(self, edge: Edge, actor: bytes, sign: Callable[[bytes], bytes], time: str) -> None:
        self.edge = edge
        self.entries: list[Entry] = []
        self._actor = actor
        self._sign = sign
        self._time = time

    def seal(self, events: Iterable[Placed]) -> list[Entry]:
        """Entries for `events` in order, each naming the leaf hash of the one before it.

        Raises `Malformed` for an event that no reader would accept; edge and entries are then as before.
        """
        edge, leaf, seq = self.edge, self.edge.leaf, self.edge.size
        entries = []
        for event in events:
            body = Body(
                origin=edge.origin,
                seq=seq,
                prev=leaf,
                time=self._time,
                actor=self._actor,
                stream=event.stream,
                ver=event.originator_version,
                type=event.topic,
                id=event.id,
                data=event.data,
            )
            entry = seal(body, self._sign)
            entries.append(entry)
            leaf = entry.leaf
            seq += 1
        self.edge = edge.after(entries)
        self.entries += entries
        return entries
