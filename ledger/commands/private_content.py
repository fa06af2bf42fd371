"""Private content of the ledger: what is kept of it, and its erasure on a legal ground (design §3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ledger.book import Book, Deed, Written
from ledger.keystore import Signer
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.openings import Seen, State, fields_of, seen


@dataclass(frozen=True)
class Private:
    """A private field: the first entry that has it, its commitment, what is seen of it here."""

    seq: int
    commitment: bytes
    seen: Seen


def private_of(book: Book, what: str) -> list[Private]:
    """Every private field of an officer, subject, holder, visit or draw in order, each value once."""
    facts = book.facts()
    found: dict[bytes, Private] = {}
    for entry in book.entries():
        for place in fields_of(entry.body, facts):
            if place[0].partition("/")[2] == what and place[2] not in found:
                told = seen(book.origin, place, facts, book.open_private)
                found[place[2]] = Private(entry.body.seq, place[2], told)
    return list(found.values())


def kept_of(book: Book, what: str, fields: Collection[str] = ()) -> list[Private]:
    """The private fields that are still kept, of these names or of any. Raises E-PRIVATE-NONE."""
    kept = [
        one
        for one in private_of(book, what)
        if one.seen.state is not State.MISSING
        and not one.seen.ground
        and (one.seen.field in fields or not fields)
    ]
    if not kept:
        raise LiuhenError(
            "E-PRIVATE-NONE",
            N_("Nothing private is kept of {name} that could be erased."),
            remedy=N_("See what is kept, and under which field: liuhen private list {name}"),
            exit=Exit.REFUSED,
            name=what,
        )
    return kept


def erase_private(book: Book, signer: Signer, commitments: Sequence[bytes], ground: str) -> Written:
    """Erase openings on a legal ground; done with the confirmation of an approver."""
    data: dict[str, Value] = {"commitments": list(commitments), "ground": ground}
    return book.write(signer, lambda _facts: [Deed("private.erased", "private", data)])
