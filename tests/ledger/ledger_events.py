"""Events of a small made-up ledger, and one key to sign them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.store import NewEvent, Store, Transaction
from verifier.entry import Entry

ORIGIN = "practice/store.example/2026"
TIME = "2026-03-02T09:00:00+08:00"
TYPES = frozenset(["subject.added", "subject.changed", "import.chunk"])
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ACTOR = sha256(PUBLIC).digest()


def event(number: int, stream: str = "", type_: str = "subject.added", **data: str | int) -> NewEvent:
    """The event `number`: always the same bytes, and an id of its own."""
    return NewEvent(
        stream or f"subject/{number}",
        type_,
        {"subject": f"S{number:06}", **data},
        sha256(b"event %d" % number).digest()[:16],
    )


def put(transaction: Transaction, *events: NewEvent, time: str = TIME) -> list[Entry]:
    """Append within a transaction."""
    return transaction.append(events, actor=ACTOR, sign=KEY.sign, time=time)


def record(store: Store, *events: NewEvent) -> list[Entry]:
    """Append in a transaction of its own."""
    with store.writing() as transaction:
        return put(transaction, *events)


def ledger(folder: Path, size: int = 0) -> Path:
    """A closed ledger file with `size` entries."""
    path = folder / "ledger.db"
    with Store.create(path, ORIGIN, types=TYPES) as store:
        if size:
            record(store, *map(event, range(size)))
    return path
