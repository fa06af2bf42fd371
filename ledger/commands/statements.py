"""Acts of people who are not at this machine: prepared here, signed there, appended here (design §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.book import Book, Deed, Written
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.schema import EVENTS
from verifier.statement import Carried, Statement, sign

STREAMS = {
    "draw.committed": "draw/{draw}",
    "draw.revealed": "draw/{draw}",
    "draw.replaced": "draw/{draw}",
    "draw.aborted": "draw/{draw}",
    "plan.approved": "plan/{plan}",
    "plan.rejected": "plan/{plan}",
    "visit.signed": "visit/{visit}",
    "conflict.declared": "conflicts",
    "confirmed": "confirmations",
    "key.enrolled": "keys",
    "key.revoked": "keys",
}
"""Stream of each type that may come as a statement."""


def answered(ledger: bytes, data: Mapping[str, Value]) -> bytes:
    """`of`: the entry an act answers, M for a step of a draw, else the ledger id."""
    if isinstance(of := data.get("of"), bytes):
        return of
    if isinstance(m := data.get("m"), str):
        return bytes.fromhex(m)
    return ledger


def state(signer: Signer, ledger: bytes, kind: str, data: Mapping[str, Value]) -> Carried:
    """A statement of `kind` signed by an opened key, to be carried as a file."""
    if kind not in EVENTS or not EVENTS[kind].by_statement:
        raise LiuhenError(
            "E-STATEMENT-KIND",
            N_("{kind} cannot be signed by file."),
            remedy=N_("It can be: {kinds}"),
            exit=Exit.USAGE,
            kind=kind,
            kinds=", ".join(sorted(STREAMS)),
        )
    return sign(Statement(ledger, kind, answered(ledger, data), data), signer.public, signer.sign)


def append(book: Book, clerk: Signer, carried: Sequence[Carried]) -> Written:
    """Append statements that came by file, as the acts of those who signed them."""

    def decide(_facts: f.Facts) -> Sequence[Deed]:
        deeds = []
        for one in carried:
            said = one.statement()
            place = STREAMS.get(said.kind, "statements")
            words = {k: v for k, v in said.data.items() if isinstance(v, str)}
            deeds.append(Deed(said.kind, place.format(**words), {**said.data, "statement": one.value()}))
        return deeds

    return book.write(clerk, decide)
