"""Between domain events and stored events of `eventsourcing`: canonical msgpack, a closed set of types.

The library's own mapper imports whatever a row names and its transcoder is not canonical; this one knows a
type by its name only and never imports anything (design §8).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder

from ledger.store.chain import Map
from verifier import codec
from verifier.entry import parse
from verifier.errors import N_, Exit, LiuhenError

Types = Collection[str] | Callable[[str], bool]
"""The closed registry: the names of the event types, or a test for them."""


class LedgerEvent(NamedTuple):
    """A domain event in the library's sense; the stream is the originator."""

    originator_id: str
    originator_version: int
    type: str
    data: Map
    id: bytes


@dataclass(frozen=True)
class StorableEvent(StoredEvent):
    """A stored event on its way in: `state` is empty, for the entry is made under the lock, out of `data`."""

    data: Map
    id: bytes

    @property
    def stream(self) -> str:
        return str(self.originator_id)


class CanonicalTranscoder(Transcoder):
    """The one encoding of the ledger, in the library's interface."""

    def encode(self, obj: Any) -> bytes:
        return codec.encode(obj)

    def decode(self, data: bytes) -> Any:
        return codec.decode(data)


class ClosedMapper(Mapper[str]):
    """Writes canonical data under a registered type; reads entries back.

    Both directions raise `LiuhenError` E-STORE-TYPE for a type outside the registry.
    """

    def __init__(self, types: Types) -> None:
        super().__init__(CanonicalTranscoder())
        self._known = types if callable(types) else frozenset(types).__contains__

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StorableEvent:
        if not isinstance(domain_event, LedgerEvent):
            raise TypeError(f"not a ledger event: {type(domain_event).__name__}")
        self._check(domain_event.type)
        return StorableEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.type,
            state=b"",
            data=domain_event.data,
            id=domain_event.id,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> LedgerEvent:
        body = parse(stored_event.state).body
        self._check(body.type)
        return LedgerEvent(body.stream, body.ver, body.type, body.data, body.id)

    def _check(self, name: str) -> None:
        if not self._known(name):
            raise LiuhenError(
                "E-STORE-TYPE",
                N_("This version does not know events of type {type}."),
                remedy=N_("Use the version of liuhen that wrote the ledger, or a newer one."),
                exit=Exit.UNREADABLE,
                type=name,
            )
