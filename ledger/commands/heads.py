"""Cosigners and time-stamps of the ledger's heads: name, ask, take what comes back, record it (design §6)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from ledger.book import Book, Deed, Written
from ledger.cosigning.heads import Heads, Standing, named
from ledger.keystore import Signer
from verifier import facts as f
from verifier import merkle
from verifier.checkpoint import Checkpoint, parse_checkpoint
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.merkle import leaf_hash
from verifier.note import Signature, Vkey
from verifier.witness import Request, parse_answer

STREAM = "heads"
TRIES = 3
"""Requests to one cosigner: one more after each answer that says another size."""


@dataclass(frozen=True)
class Asked:
    """What a cosigner was asked: its name, the request, and the size it was taken to have seen."""

    cosigner: Vkey
    request: Request


def heads_of(book: Book) -> Heads:
    """The folder of signed heads beside a ledger."""
    return Heads.beside(book.store.path)


def standing(book: Book, facts: f.Facts) -> Standing | None:
    """How far the newest signed head is; None in a ledger that names no cosigner."""
    return heads_of(book).standing(facts, book.store.head().size) if named(facts) else None


def name_cosigner(book: Book, admin: Signer, vkey: str, unit: str) -> Written:
    """`cosigner.named`; takes effect when another holder confirms."""
    return book.write(admin, lambda _facts: [Deed("cosigner.named", STREAM, {"vkey": vkey, "unit": unit})])


def only_cosigner(facts: f.Facts, name: str = "") -> Vkey:
    """The cosigner called `name`, else the only one. Raises E-COSIGN-NONE, E-COSIGN-WHICH."""
    keys = named(facts)
    fitting = [key for key in keys if name in ("", key.name, str(key))]
    if len(fitting) == 1:
        return fitting[0]
    if not keys:
        raise LiuhenError(
            "E-COSIGN-NONE",
            N_("This ledger names no cosigner yet."),
            remedy=N_("Name the cosigner first: liuhen cosign name VKEY --unit UNIT"),
            exit=Exit.USAGE,
        )
    raise LiuhenError(
        "E-COSIGN-WHICH",
        N_("Which cosigner is meant? The ledger names: {names}."),
        remedy=N_("Say which: --cosigner NAME"),
        exit=Exit.USAGE,
        names=", ".join(key.name for key in keys),
    )


def request(book: Book, signed: bytes, cosigner: Vkey, old: int | None = None) -> Asked:
    """A request over a signed head of this ledger, from what the cosigner signed last (or from `old`).

    Raises E-COSIGN-AHEAD when `old` is more than the head has.
    """
    head, note = parse_checkpoint(signed)
    seen = min(heads_of(book).seen_by(cosigner), head.size) if old is None else old
    if seen > head.size:
        raise LiuhenError(
            "E-COSIGN-AHEAD",
            N_("{name} has signed a head of {seen} entries of this ledger, which has {size} here."),
            where=str(book.store.path),
            remedy=N_("Entries are missing here: a backup was restored, or there is another copy. Find it."),
            exit=Exit.FAIL,
            name=cosigner.name,
            seen=seen,
            size=head.size,
        )
    leaves = _leaves(book, head.size)
    proof = tuple(merkle.consistency_proof(leaves, seen)) if seen else ()
    return Asked(cosigner, Request(seen, proof, head, note))


def _leaves(book: Book, size: int) -> list[bytes]:
    return [leaf_hash(raw) for raw in book.store.entries(0, size)]


def ask(book: Book, signed: bytes, cosigner: Vkey, url: str) -> list[tuple[Checkpoint, Signature]]:
    """Ask over HTTP and take the answer; another size than thought is asked again from there.

    Raises E-COSIGN-DOWN, E-COSIGN-REFUSED, E-COSIGN-CONTRADICTS, E-COSIGN-AHEAD, E-COSIGN-WRONG; what was
    there before stays as it was.
    """
    from ledger.cosigning import client

    asked = request(book, signed, cosigner)
    for _try in range(TRIES):
        reply = client.post(url, asked.request.encode())
        if reply.status == HTTPStatus.OK:
            answer = parse_answer(reply.body)
            if isinstance(answer, int):
                break
            return heads_of(book).take(answer, [cosigner])
        if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise _contradicts(cosigner, asked.request.old)
        if reply.status != HTTPStatus.CONFLICT:
            break
        size = parse_answer(reply.body)
        if not isinstance(size, int):
            break
        if size == asked.request.old:
            raise _contradicts(cosigner, size)
        asked = request(book, signed, cosigner, size)
    raise LiuhenError(
        "E-COSIGN-REFUSED",
        N_("{name} does not sign: status {status}, “{text}”. What was there before stays."),
        where=url,
        remedy=N_("404 or 403: give its holder the line of log.vkey (liuhen cosign trust); else ask later."),
        exit=Exit.FAIL,
        name=cosigner.name,
        status=reply.status,
        text=reply.body[:200].decode("utf-8", "replace").strip(),
    )


def accept(book: Book, data: bytes, facts: f.Facts) -> list[tuple[Checkpoint, Signature]] | int:
    """Take an answer that came by file: the cosignatures added, or the size that the cosigner saw last.

    Raises E-WITNESS-ANSWER, E-COSIGN-UNKNOWN, E-COSIGN-WRONG.
    """
    answer = parse_answer(data)
    return answer if isinstance(answer, int) else heads_of(book).take(answer, named(facts))


def record(book: Book, signer: Signer, taken: list[tuple[Checkpoint, Signature]]) -> Written:
    """`head.cosigned` for each line that the ledger does not hold yet. Raises E-COSIGN-ROOT."""

    def decide(facts: f.Facts) -> list[Deed]:
        held = {(row.size, row.cosigner) for _key, row in facts.rows(f.PAST_HEADS)}
        keys = {(key.name, key.key_id): str(key) for key in named(facts)}
        fresh = [(h, s) for h, s in taken if (h.size, keys.get((s.name, s.key_id), "")) not in held]
        for head, _line in fresh:
            require_own(book, head)
        return [Deed("head.cosigned", STREAM, _cosigned(head, line)) for head, line in fresh]

    return book.write(signer, decide)


def _cosigned(head: Checkpoint, line: Signature) -> dict[str, Value]:
    return {"size": head.size, "root": head.root, "line": line.line().removesuffix("\n")}


def stamped(book: Book, signer: Signer, head: Checkpoint, token: bytes, authority: str) -> Written:
    """`head.stamped`: an authority stamped a head; `token` is the SHA-256 of its file."""
    require_own(book, head)
    data: dict[str, Value] = {"size": head.size, "root": head.root, "token": token, "authority": authority}
    return book.write(signer, lambda _facts: [Deed("head.stamped", STREAM, data)])


def require_own(book: Book, head: Checkpoint) -> None:
    """The head is one of this ledger's history. Raises E-COSIGN-ROOT."""
    size = book.store.head().size
    if head.size <= size and merkle.root(_leaves(book, head.size)) == head.root:
        return
    raise LiuhenError(
        "E-COSIGN-ROOT",
        N_("The head of {size} entries is not of this ledger's history; it is not recorded."),
        where=str(book.store.path),
        remedy=N_("Keep both and compare them: liuhen cosign compare"),
        exit=Exit.FAIL,
        size=head.size,
    )


def _contradicts(cosigner: Vkey, size: int) -> LiuhenError:
    return LiuhenError(
        "E-COSIGN-CONTRADICTS",
        N_("{name} has signed another history of this ledger: its first {size} entries are not ours."),
        remedy=N_("Ask it for its last checkpoint and compare: liuhen cosign compare. Do not go on."),
        exit=Exit.FAIL,
        name=cosigner.name,
        size=size,
    )
