"""Acts of people who are not at this machine: prepared here, signed there, appended here (design §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.book import Book, Deed, Written
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.private import Opening, is_private, opens
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
    "visit.result": "visit/{visit}",
    "result.reviewed": "visit/{visit}",
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


def _opened(origin: str, said: Statement, held: Mapping[bytes, Opening]) -> tuple[Opening, ...]:
    """The openings of the private fields of a statement, each proved to open its field."""
    kind = EVENTS.get(said.kind)
    found = []
    for field, value in said.data.items():
        if kind is None or not (isinstance(value, dict) and is_private(value)):
            continue
        owner = kind.owner.format(**{k: v for k, v in said.data.items() if isinstance(v, str)})
        commitment = value["$c"]
        opening = held.get(commitment) if isinstance(commitment, bytes) else None
        if opening is None or not opens(
            origin, owner, field, opening.salt, opening.value, opening.commitment
        ):
            raise LiuhenError(
                "E-STATEMENT-OPENING",
                N_("The file of {kind} lacks what opens its sealed field."),
                remedy=N_("Have it signed again: liuhen sign answer FILE.request; bring the file whole."),
                exit=Exit.UNREADABLE,
                kind=said.kind,
            )
        found.append(opening)
    return tuple(found)


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


def append(
    book: Book, clerk: Signer, carried: Sequence[Carried], openings: Sequence[Opening] = ()
) -> Written:
    """Append statements that came by file, as the acts of those who signed them, with the openings of what
    they hide. Raises E-STATEMENT-OPENING when one is missing or opens something else."""
    held = {opening.commitment: opening for opening in openings}

    def decide(_facts: f.Facts) -> Sequence[Deed]:
        deeds = []
        for one in carried:
            said = one.statement()
            place = STREAMS.get(said.kind, "statements")
            words = {k: v for k, v in said.data.items() if isinstance(v, str)}
            data = {**said.data, "statement": one.value()}
            deeds.append(Deed(said.kind, place.format(**words), data, _opened(book.origin, said, held)))
        return deeds

    return book.write(clerk, decide)
