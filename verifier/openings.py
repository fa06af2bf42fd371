"""The openings of an inspector's bundle, each of which must open a private field of the chain (design §3).

An opening with a wrong owner, a wrong field or no place at all would let an office show inspectors a value
that the ledger never held; so each is looked for where its commitment stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier import facts as f
from verifier import private, schema
from verifier.codec import Value
from verifier.entry import Body
from verifier.facts import Data, Facts
from verifier.private import Opening
from verifier.report import Finding, Location, Status

RULE = "private.openings"

OWNERS = {"subjects": "subject", "officers": "officer"}
"""Register → kind of the owner of the private fields of its records."""


class Openings:
    """Looks openings up by commitment, and remembers which of them the chain has a place for."""

    def __init__(self, held: Iterable[Opening] = ()) -> None:
        self._held = {o.commitment: (o.salt, o.value) for o in held}
        self._placed: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, commitment: bytes) -> tuple[bytes, Value] | None:
        return self._held.get(commitment)

    def see(self, body: Body, facts: Facts) -> None:
        """Note the openings that belong to private fields of an entry; `facts` are those before it."""
        if body.type not in schema.EVENTS or schema.fault(body.type, body.data):
            return
        for owner, name, commitment in private_fields(body, facts):
            found = self._held.get(commitment)
            if found and private.opens(body.origin, owner, name, *found, commitment):
                self._placed.add(commitment)

    def findings(self, path: str) -> Iterator[Finding]:
        """A failure for every opening that opens nothing; rows count from 1."""
        for row, commitment in enumerate(self._held, start=1):
            if commitment not in self._placed:
                place = Location(file=path, row=row)
                yield Finding(RULE, Status.FAIL, place, "a private field of this ledger", commitment.hex())


def private_fields(body: Body, facts: Facts) -> Iterator[tuple[str, str, bytes]]:
    """(owner, field, commitment) of the private fields of an entry whose data is in form."""
    data: Data = dict(body.data)
    if body.type == "import.chunk":
        kind = OWNERS.get(data["register"])
        for name, record in data["rows"] if kind else ():
            yield from _committed(f"{kind}/{name}", record)
    elif body.type == "corrected":
        ref = facts.get(f.CORRECTABLE, data["of"].hex())
        if ref is not None:
            kind = schema.EVENTS[ref.kind].owner.partition("/")[0]
            owner = f"{kind}/{ref.key.partition('/')[0]}"
            for value in (data.get("old"), data["new"]):
                yield from _committed(owner, {data["field"]: value})
    elif fields := schema.EVENTS[body.type].private:
        owner = schema.EVENTS[body.type].owner.format(**data)
        yield from _committed(owner, {name: data[name] for name in fields if name in data})


def _committed(owner: str, record: Data) -> Iterator[tuple[str, str, bytes]]:
    for name, value in record.items():
        if isinstance(value, dict) and private.is_private(value):
            yield owner, name, value["$c"]
