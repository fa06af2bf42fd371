"""The openings of an inspector's bundle (design §3): each must open a private field of the chain, and each
private field has one, or was erased on a ground that stands in the chain.

An opening with a wrong owner, a wrong field or no place at all would let an office show inspectors a value
that the ledger never held; one that is left out would hide a value without a word. So each is looked for
where its commitment stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from verifier import facts as f
from verifier import private, schema
from verifier.codec import Value
from verifier.entry import Body
from verifier.facts import Data, Facts
from verifier.private import Opening
from verifier.report import Finding, Location, Status

RULE = "private.openings"
KEPT = "private.kept"

OWNERS = {"subjects": "subject", "officers": "officer"}
"""Register → kind of the owner of the private fields of its records."""

Opener = Callable[[bytes], tuple[bytes, Value] | None]
"""commitment → (salt, value), None where this reader has no opening."""


class State(Enum):
    """What a reader sees of a private field."""

    OPEN = "open"
    ALTERED = "altered"
    ERASED = "erased"
    MISSING = "missing"


@dataclass(frozen=True)
class Seen:
    """A private field before a reader: `value` where it is open, `ground` and `erased` (the number of the
    erasure) where one is recorded, whether the opening is gone or not."""

    owner: str
    field: str
    state: State
    value: Value = ""
    ground: str = ""
    erased: int = -1


def seen(origin: str, place: tuple[str, str, bytes], facts: Facts, open_private: Opener) -> Seen:
    """What a reader with these openings sees at a place (owner, field, commitment), given what is known at
    the head. A value whose opening does not match is not given."""
    owner, name, commitment = place
    ref = facts.get(f.ERASED, commitment.hex())
    erasure = facts.get(f.ERASURES, ref.key) if ref else None
    ground, at = (str(erasure.data["ground"]), erasure.seq) if erasure else ("", -1)
    found = open_private(commitment)
    if found is None:
        return Seen(owner, name, State.ERASED if erasure else State.MISSING, "", ground, at)
    if not private.opens(origin, owner, name, *found, commitment):
        return Seen(owner, name, State.ALTERED, "", ground, at)
    return Seen(owner, name, State.OPEN, found[1], ground, at)


class Openings:
    """Looks openings up by commitment, and remembers which of them the chain has a place for and which
    places have none. `given` is False where no openings came with the chain: nothing is asked then."""

    def __init__(self, held: Iterable[Opening] | None = None) -> None:
        self.given = held is not None
        self._held = {o.commitment: (o.salt, o.value) for o in held or ()}
        self._placed: set[bytes] = set()
        self._without: dict[bytes, tuple[int, str, str]] = {}

    def get(self, commitment: bytes) -> tuple[bytes, Value] | None:
        return self._held.get(commitment)

    def see(self, body: Body, facts: Facts) -> None:
        """Note the private fields of an entry, with an opening and without; `facts` are those before it."""
        for owner, name, commitment in fields_of(body, facts):
            found = self._held.get(commitment)
            if found is None:
                self._without.setdefault(commitment, (body.seq, body.stream, f"{owner} {name}"))
            elif private.opens(body.origin, owner, name, *found, commitment):
                self._placed.add(commitment)

    def findings(self, path: str, facts: Facts) -> Iterator[Finding]:
        """A failure for every opening that opens nothing, rows counting from 1; a warning for every field
        without its opening that was not erased, and for every opening kept in spite of its erasure; and for
        each erasure what it says."""
        for row, commitment in enumerate(self._held, start=1):
            if commitment not in self._placed:
                place = Location(file=path, row=row)
                yield Finding(RULE, Status.FAIL, place, "a private field of this ledger", commitment.hex())
            elif ref := facts.get(f.ERASED, commitment.hex()):
                place = Location(file=path, row=row)
                yield Finding(KEPT, Status.WARN, place, "an opening that was not erased", f"entry {ref.key}")
        for commitment, (seq, stream, name) in self._without.items():
            if facts.get(f.ERASED, commitment.hex()) is None:
                expected = "an opening, or an erasure on a ground"
                yield Finding(KEPT, Status.WARN, Location(entry=seq, stream=stream), expected, name)
        for _, erasure in facts.rows(f.ERASURES):
            count = len(erasure.data["commitments"])
            found = f"{count} erased: {erasure.data['ground']}"
            yield Finding(KEPT, Status.PASS, Location(entry=erasure.seq), "", found)


def fields_of(body: Body, facts: Facts) -> Iterator[tuple[str, str, bytes]]:
    """(owner, field, commitment) of the private fields of an entry; none where its data is not in form."""
    if body.type not in schema.EVENTS or schema.fault(body.type, body.data):
        return
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
