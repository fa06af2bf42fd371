"""Asking somebody at another machine for a signature: the request file (specs/key-file.md).

The clerk writes what is to be signed together with the entry that it answers; the other machine needs no
ledger. It takes the hash to be signed from that entry, so it signs what it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.book import Book
from ledger.commands import draws, statements
from ledger.commands.visits import visit_of
from ledger.keystore import Signer, check_origin
from verifier import codec
from verifier import entry as entries
from verifier import facts as f
from verifier.codec import Value
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.ids import is_id, is_origin
from verifier.lists import list_hash
from verifier.private import Opening
from verifier.statement import Carried

MAGIC: Final = b"liuhen/request/1\n"
PINNED: Final = "ledger"
"""Under which name a key file keeps the ledger it first signed a request for."""

_ANSWERED = {
    "confirmed": "",
    "draw.committed": "draw.frozen",
    "draw.revealed": "draw.frozen",
    "draw.aborted": "draw.frozen",
    "plan.approved": "plan.submitted",
    "plan.rejected": "plan.submitted",
    "visit.result": "visit.recorded",
    "result.reviewed": "visit.recorded",
}
"""What may be asked for, and the type of entry that it answers; "" is any."""

KINDS = tuple(_ANSWERED)


@dataclass(frozen=True)
class Request:
    """What is to be signed: `data` of an event of `kind`, as far as the asking machine knows it.

    `entry` is the entry answered, `rows` those of a plan, `names` what the asking machine says of keys:
    (key id, holder, printed name).
    """

    origin: str
    office: str
    ledger: bytes
    kind: str
    data: Mapping[str, Value]
    entry: Entry
    rows: tuple[Value, ...] = ()
    names: tuple[tuple[bytes, str, str], ...] = ()


def confirmation(book: Book, seq: int) -> Request:
    """A confirmation of entry `seq`. Raises E-REQUEST-SEQ."""
    try:
        answered = book.entry(seq)
    except IndexError:
        raise LiuhenError(
            "E-REQUEST-SEQ",
            N_("There is no entry {seq}."),
            remedy=N_("See what waits: liuhen confirm"),
            exit=Exit.REFUSED,
            seq=seq,
        ) from None
    return _request(book, "confirmed", {"of": answered.leaf}, answered)


def step(book: Book, kind: str, draw: str, **more: str) -> Request:
    """`draw.committed`, `draw.revealed` or `draw.aborted` (cause, note) of a draw. Raises E-DRAW-UNKNOWN."""
    held = draws.draw_of(book.facts(), draw)
    return _request(book, kind, {"draw": draw, "m": held.m, **more}, book.entry(held.seq))


def decision(book: Book, kind: str, plan: str, **more: str) -> Request:
    """`plan.approved` (body) or `plan.rejected` (reason) of a submitted plan. Raises E-PLAN-UNKNOWN."""
    facts = book.facts()
    held = facts.get(f.PLANS, plan)
    if held is None:
        raise LiuhenError(
            "E-PLAN-UNKNOWN",
            N_("There is no submitted plan {plan}."),
            remedy=N_("See the plans: liuhen plan show"),
            exit=Exit.REFUSED,
            plan=plan,
        )
    rows: list[Value] = [[name, row.record] for name, row in facts.rows(f.register(f"plan.{plan}"))]
    return _request(book, kind, {"plan": plan, "of": held.leaf, **more}, book.entry(held.seq), tuple(rows))


def of_visit(book: Book, kind: str, visit: str, **more: Value) -> Request:
    """`visit.result` (department, results) or `result.reviewed` (accepted, reason) of a recorded visit.

    Raises E-VISIT-UNKNOWN.
    """
    held = visit_of(book.facts(), visit)
    return _request(book, kind, {"visit": visit, "of": held.leaf, **more}, book.entry(held.seq))


def _request(
    book: Book, kind: str, data: Mapping[str, Value], answered: Entry, rows: tuple[Value, ...] = ()
) -> Request:
    facts = book.facts()
    ledger = facts.get(f.LEDGER, f.ONE)
    names = []
    for key_id, key in facts.rows(f.KEYS):
        held = facts.get(f.HOLDERS, key.holder)
        names.append((bytes.fromhex(key_id), key.holder, held.name if held else ""))
    return Request(
        book.origin,
        ledger.office if ledger else "",
        ledger.id if ledger else b"",
        kind,
        data,
        answered,
        rows,
        tuple(names),
    )


def write_file(request: Request) -> bytes:
    """The bytes of a request file."""
    head: Value = {
        "origin": request.origin,
        "office": request.office,
        "ledger": request.ledger,
        "kind": request.kind,
        "data": dict(request.data),
        "names": [list(each) for each in request.names],
    }
    return MAGIC + codec.encode_items([head, request.entry.raw, *request.rows])


def read_file(data: bytes) -> Request:
    """The request in a file, its parts held against each other.

    Raises `Malformed` E-REQUEST-FILE, E-CODEC-…, E-ENTRY-… for what is no request, E-REQUEST-FIT when what
    is to be signed is not about the entry shown.
    """
    if not data.startswith(MAGIC):
        raise Malformed(
            "E-REQUEST-FILE",
            N_("This file does not ask for a signature."),
            remedy=N_("Choose the .request file that liuhen sign request wrote."),
        )
    request = _parsed(codec.decode_items(data[len(MAGIC) :]))
    _require_fit(request)
    return request


def _parsed(items: Iterator[Value]) -> Request:
    match list(items):
        case [
            {
                "origin": str() as origin,
                "office": str() as office,
                "ledger": bytes() as ledger,
                "kind": str() as kind,
                "data": dict() as data,
                "names": list() as names,
                **rest,
            },
            bytes() as raw,
            *rows,
        ] if not rest and is_origin(origin) and len(ledger) == 32 and kind in KINDS:
            named = tuple(_name(each) for each in names)
            return Request(origin, office, ledger, kind, data, entries.parse(raw), tuple(rows), named)
    raise Malformed("E-REQUEST-FILE", N_("This file does not ask for a signature."))


def _name(value: Value) -> tuple[bytes, str, str]:
    match value:
        case [bytes() as key_id, str() as holder, str() as name] if len(key_id) == 32 and is_id(holder):
            return key_id, holder, name
    raise Malformed("E-REQUEST-FILE", N_("This file does not ask for a signature."))


def _require_fit(request: Request) -> None:
    body, data = request.entry.body, request.data
    if request.kind == "confirmed":
        fits = set(data) == {"of"} and data["of"] == request.entry.leaf
    elif "plan" in data:
        rows = list_hash(row for row in request.rows if isinstance(row, list)).value()
        fits = data.get("of") == request.entry.leaf and body.data.get("plan") == data["plan"]
        fits = fits and body.data.get("rows") == rows
    elif "visit" in data:
        fits = data.get("of") == request.entry.leaf and body.data.get("visit") == data["visit"]
    else:
        fits = data.get("m") == request.entry.leaf_hex and body.data.get("draw") == data.get("draw")
    if not fits or body.origin != request.origin or body.type != (_ANSWERED[request.kind] or body.type):
        raise Malformed(
            "E-REQUEST-FIT",
            N_("What is to be signed does not fit the entry that the file shows."),
            remedy=N_("Do not sign. Have the request written again, and tell the supervisor."),
        )


def sign(signer: Signer, request: Request) -> tuple[Carried, tuple[Opening, ...]]:
    """The statement that answers a request, under M or the leaf hash of the entry it showed, and the
    opening of what it hides: the r of a sealed draw.

    A key signs for one ledger of its origin only. Raises E-KEY-ORIGIN, E-REQUEST-LEDGER, E-REQUEST-PARTY,
    E-DRAW-NO-SECRET.
    """
    check_origin(signer.info, request.origin)
    known = signer.secret(PINNED)
    if known not in (None, request.ledger.hex()):
        raise LiuhenError(
            "E-REQUEST-LEDGER",
            N_("This request is from another ledger of the same name: {found} instead of {known}."),
            where=str(signer.info.path),
            remedy=N_("Do not sign. Compare with the ledger id on paper, and tell the supervisor."),
            exit=Exit.KEY,
            found=request.ledger.hex(),
            known=str(known),
        )
    data, openings = _completed(signer, request)
    if known is None:
        signer.keep_secret(PINNED, request.ledger.hex())
    return statements.state(signer, request.ledger, request.kind, data), openings


def _completed(signer: Signer, request: Request) -> tuple[Mapping[str, Value], tuple[Opening, ...]]:
    """What only the signer's machine can say: its party, and the random number that its key file keeps."""
    if request.kind not in ("draw.committed", "draw.revealed"):
        return request.data, ()
    question = dict(request.entry.body.data)
    name, party = str(question["draw"]), signer.key_id.hex()
    parties = question.get("parties")
    if not isinstance(parties, list | tuple) or party not in parties:
        raise LiuhenError(
            "E-REQUEST-PARTY",
            N_("{holder} is no party of draw {draw}."),
            remedy=N_("A party was named by its key when the list was sealed; use that key file."),
            exit=Exit.KEY,
            holder=signer.info.holder,
            draw=name,
        )
    frozen = request.entry
    draw = f.Draw("", frozen.leaf_hex, frozen.body.seq, frozen.body.time, "frozen", question, "")
    if request.kind == "draw.committed":
        return draws.commit_data(signer, name, draw), ()
    return draws.reveal_data(request.origin, signer, name, draw)
