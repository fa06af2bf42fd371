"""Receipts of the members of a pool (抽取凭证): made from the ledger and a signed head, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.book import Book
from ledger.cosigning.heads import Heads
from verifier import codec, draw, logproof
from verifier import facts as f
from verifier.checkpoint import parse_checkpoint
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.question import pools
from verifier.merkle import Levels, leaf_hash
from verifier.private import is_private
from verifier.receipt import Receipt


@dataclass(frozen=True)
class Issuer:
    """What the receipts of one draw share; `one` makes the receipt of a subject."""

    name: str
    held: f.Draw
    pool: Levels
    rows: dict[str, int]
    places: dict[str, tuple[str, int, str]]
    """subject → stratum, rank, ticket"""
    strata: dict[str, tuple[int, int, str]]
    """stratum → n, k, cut"""
    frozen: bytes
    executed: bytes
    proof: logproof.LogProof
    opening: bytes

    def one(self, subject: str) -> Receipt:
        """The receipt of a pool member. KeyError when it was not in the pool."""
        stratum, rank, ticket = self.places[subject]
        n, k, cut = self.strata[stratum]
        row = self.rows[subject]
        siblings = tuple(self.pool.proof(row))
        return Receipt(
            self.name,
            subject,
            stratum,
            n,
            k,
            rank,
            ticket,
            cut,
            row,
            siblings,
            self.frozen,
            self.executed,
            self.proof,
            self.opening,
        )

    def all(self) -> Iterator[Receipt]:
        """The receipts of the whole pool, by its order."""
        return map(self.one, self.rows)


def issuer(book: Book, name: str, signed: bytes) -> Issuer:
    """For the receipts of a completed draw under a signed head of this ledger that covers it.

    Raises E-RECEIPT-DRAW for a draw that is open, drawn elsewhere or still sealed, E-RECEIPT-HEAD for a head
    that is not this ledger's or ends before the draw.
    """
    facts = book.facts()
    held, frozen = facts.get(f.DRAWS, name), facts.get(f.FROZEN, name)
    if held is None or frozen is None or not given(held):
        raise LiuhenError(
            "E-RECEIPT-DRAW",
            N_("There are no receipts of draw {draw}: it is not drawn here, or its result is sealed."),
            remedy=N_("See how far it is: liuhen draw show {draw}"),
            exit=Exit.REFUSED,
            draw=name,
        )
    rows = sorted((stratum, subject) for stratum, subject, _ in frozen.pool)
    places: dict[str, tuple[str, int, str]] = {}
    for stratum, _k, subjects in pools(frozen, held.question["strata"]):
        for rank, (ticket, subject) in enumerate(draw.order(held.outcome["seed"], subjects), 1):
            places[subject] = (stratum, rank, ticket)
    executed = book.entry(held.executed)
    return Issuer(
        name,
        held,
        Levels(leaf_hash(codec.encode([stratum, subject])) for stratum, subject in rows),
        {subject: number for number, (_, subject) in enumerate(rows)},
        places,
        {s["id"]: (s["n"], s["k"], s.get("cut", "")) for s in held.outcome["strata"]},
        book.entry(held.seq).raw,
        executed.raw,
        _proof(book, held.executed, signed),
        _opening(book, executed.body.data.get("outcome")),
    )


def given(held: f.Draw) -> bool:
    """Whether members of a draw's pool can have receipts: it was drawn here and its result is public."""
    return held.state == "executed" and not held.veiled and bool(held.outcome)


def head_over(book: Book, held: f.Draw) -> bytes:
    """The newest signed head kept beside the ledger that has the draw's result; b"" while there is none."""
    heads = Heads.beside(book.store.path)
    entries = book.store.head().size
    sizes = (head.size for head, _ in heads.kept() if held.executed < head.size <= entries)
    newest = next(sizes, 0)
    return heads.place(newest).read_bytes() if newest else b""


def _proof(book: Book, seq: int, signed: bytes) -> logproof.LogProof:
    head, _ = parse_checkpoint(signed)
    if head.origin != book.origin or not seq < head.size <= book.store.head().size:
        raise _wrong_head(book, head.size)
    log = Levels(leaf_hash(raw) for raw in book.store.entries(0, head.size))
    if log.root() != head.root:
        raise _wrong_head(book, head.size)
    return logproof.LogProof(seq, tuple(log.proof(seq)), signed)


def _opening(book: Book, outcome: object) -> bytes:
    """[salt, outcome] of a draw that was sealed and is public now."""
    if not (isinstance(outcome, dict) and is_private(outcome)):
        return b""
    found = book.open_private(outcome["$c"])
    return codec.encode([found[0], found[1]]) if found else b""


def _wrong_head(book: Book, size: int) -> LiuhenError:
    return LiuhenError(
        "E-RECEIPT-HEAD",
        N_("The head of {size} entries is not one of this ledger, or ends before the draw."),
        where=str(book.store.path),
        remedy=N_("Give the checkpoint of a newer bundle, or leave --under out to sign the head as it is."),
        exit=Exit.UNREADABLE,
        size=size,
    )
