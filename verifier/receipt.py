"""The receipt of a pool member (抽取凭证): that it was in the frozen list, its ticket, why it was drawn.

A receipt is a text of 3–4 kB (specs/receipt.md): what it claims, the row's proof in the frozen pool, the
entries that froze the question and executed the draw, and the C2SP proof of the latter in the log. Rank is
the office's word; everything else follows from the entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from verifier import codec, entry, logproof, note, private, schema
from verifier.codec import MAX_INT
from verifier.draw import ticket_subject
from verifier.entry import Entry
from verifier.errors import N_, LiuhenError, Malformed
from verifier.ids import is_draw_id, is_id
from verifier.lists import from_value
from verifier.logproof import LogProof
from verifier.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from verifier.note import Vkey
from verifier.schemas.draws import EXECUTED_OPEN

HEADER = "liuhen/receipt/1"
CLAIM = "liuhen/claim/1"
MAX_SIZE = 1 << 18
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_HEX = re.compile(r"[0-9a-f]{64}")
_ORDER = ("draw", "subject", "stratum", "n", "k", "rank", "ticket", "cut", "row")


@dataclass(frozen=True)
class Claim:
    """What a receipt says in a line: for the QR code, at most 300 bytes.

    `cut` is empty where nothing was drawn of the stratum; `size` and `root` (hex) are the head that the
    receipt stands under, `file` the SHA-256 (hex) of the receipt.
    """

    draw: str
    subject: str
    stratum: str
    n: int
    k: int
    rank: int
    ticket: str
    cut: str
    size: int
    root: str
    file: str

    @property
    def drawn(self) -> bool:
        return bool(self.cut) and self.ticket <= self.cut

    def encode(self) -> str:
        words = (self.draw, self.subject, self.stratum, str(self.n), str(self.k), str(self.rank))
        hashes = (_short(self.ticket), _short(self.cut), str(self.size), _short(self.root), _short(self.file))
        return " ".join((CLAIM, *words, *hashes))


def parse_claim(text: str) -> Claim:
    """Read the text of a QR code. Malformed E-RECEIPT-CLAIM."""
    words = text.strip(" \t\r\n").split(" ")
    try:
        if len(words) != 12 or words[0] != CLAIM or len(text) > 400:
            raise ValueError(text)
        _, draw, subject, stratum, n, k, rank, ticket, cut, size, root, file = words
        if not (is_draw_id(draw) and is_id(subject) and is_id(stratum)):
            raise ValueError(text)
        if not all(_is_number(number) for number in (n, k, rank, size)):
            raise ValueError(text)
        hashes = [_long(ticket), _long(cut, empty=True), _long(root), _long(file)]
    except ValueError as error:
        raise Malformed("E-RECEIPT-CLAIM", N_("This is not the text of the QR code of a receipt.")) from error
    t, c, r, f = hashes
    return Claim(draw, subject, stratum, int(n), int(k), int(rank), t, c, int(size), r, f)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and int(text) <= MAX_INT


def _short(hexadecimal: str) -> str:
    """A hash as 43 characters of base64url; `-` for none."""
    text = note.encode_base64(bytes.fromhex(hexadecimal)).rstrip("=")
    return text.replace("+", "-").replace("/", "_") or "-"


def _long(text: str, *, empty: bool = False) -> str:
    if text == "-" and empty:
        return ""
    plain = text.replace("-", "+").replace("_", "/")
    try:
        found = note.decode_base64(plain + "=" * (-len(plain) % 4))
    except Malformed as error:
        raise ValueError(text) from error
    if len(found) != HASH_SIZE or _short(found.hex()) != text:
        raise ValueError(text)
    return found.hex()


@dataclass(frozen=True)
class Receipt:
    """A receipt as read: its claims, the proof of the row in the pool, two raw entries, the proof in the log.

    `row` is the place of the row in the list of the pool, from 0; `opening` is [salt, outcome] of a draw
    that was sealed.
    """

    draw: str
    subject: str
    stratum: str
    n: int
    k: int
    rank: int
    ticket: str
    cut: str
    row: int
    siblings: tuple[bytes, ...]
    frozen: bytes
    executed: bytes
    proof: LogProof
    opening: bytes = b""

    def encode(self) -> bytes:
        told = (
            self.draw,
            self.subject,
            self.stratum,
            self.n,
            self.k,
            self.rank,
            self.ticket,
            self.cut or "-",
        )
        lines = [HEADER, *(f"{key} {value}" for key, value in zip(_ORDER, (*told, self.row), strict=True))]
        lines += [f"pool {note.encode_base64(one)}" for one in self.siblings]
        lines += [f"frozen {note.encode_base64(self.frozen)}"]
        lines += [f"executed {note.encode_base64(self.executed)}"]
        lines += [f"opening {note.encode_base64(self.opening)}"] if self.opening else []
        return ("\n".join(lines) + "\n\n").encode() + self.proof.encode()

    def claim(self) -> Claim:
        """The line for the QR code."""
        head, _ = self.proof.checkpoint()
        return Claim(
            self.draw,
            self.subject,
            self.stratum,
            self.n,
            self.k,
            self.rank,
            self.ticket,
            self.cut,
            head.size,
            head.root.hex(),
            sha256(self.encode()).hexdigest(),
        )


def parse(data: bytes) -> Receipt:
    """Read a receipt. Malformed E-RECEIPT-FORM for anything that `Receipt.encode` would not give."""
    told, _, rest = data.partition(b"\n\n")
    try:
        if len(data) > MAX_SIZE:
            raise ValueError("size")
        lines = [line.partition(" ")[::2] for line in told.decode("ascii").split("\n")]
        found = _read(lines, logproof.parse(rest))
    except (ValueError, IndexError) as error:
        raise _bad() from error
    if found.encode() != data:
        raise _bad()
    return found


def _read(lines: Sequence[tuple[str, str]], proof: LogProof) -> Receipt:
    held = dict(lines[1:10])
    if lines[0] != (HEADER, "") or tuple(held) != _ORDER:
        raise ValueError("lines")
    rest = lines[10:]
    siblings = tuple(note.decode_base64(value) for key, value in rest if key == "pool")
    of = {key: note.decode_base64(value) for key, value in rest if key != "pool"}
    if len(siblings) > 64 or any(len(one) != HASH_SIZE for one in siblings):
        raise ValueError("hashes")
    if set(of) - {"opening"} != {"frozen", "executed"}:
        raise ValueError("entries")
    cut = "" if held["cut"] == "-" else held["cut"]
    if not (is_draw_id(held["draw"]) and is_id(held["subject"]) and is_id(held["stratum"])):
        raise ValueError("ids")
    if not all(_is_number(held[key]) for key in ("n", "k", "rank", "row")):
        raise ValueError("numbers")
    if not all(_HEX.fullmatch(one) for one in (held["ticket"], cut or held["ticket"])):
        raise ValueError("hex")
    return Receipt(
        held["draw"],
        held["subject"],
        held["stratum"],
        int(held["n"]),
        int(held["k"]),
        int(held["rank"]),
        held["ticket"],
        cut,
        int(held["row"]),
        siblings,
        of["frozen"],
        of["executed"],
        proof,
        of.get("opening", b""),
    )


def _bad() -> Malformed:
    return Malformed(
        "E-RECEIPT-FORM",
        N_("This is no receipt of this version."),
        remedy=N_("Give the file ending in .receipt as it was handed out."),
    )


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: whether it holds, in words."""

    holds: bool
    zh: str
    en: str


def verify(receipt: Receipt, vkey: Vkey | None = None) -> list[Finding]:
    """Every check of a receipt, in order; with a log vkey its signature too. Never raises."""
    try:
        return list(_checks(receipt, vkey))
    except (LiuhenError, KeyError, TypeError, ValueError):
        return [Finding(False, "凭证中的记录可以读出", "The entries in the receipt can be read")]


def _checks(receipt: Receipt, vkey: Vkey | None) -> Iterator[Finding]:
    frozen, executed = entry.parse(receipt.frozen), entry.parse(receipt.executed)
    question, outcome = _question(frozen), _outcome(executed, receipt.opening)
    m = frozen.leaf.hex()
    fits = question["draw"] == receipt.draw == executed.body.data["draw"] and executed.body.data["m"] == m
    yield Finding(fits, "摇号的就是这份封存名单", "The draw is the one of this frozen list")
    pool = from_value(question["lists"]["pool"])
    row = leaf_hash(codec.encode([receipt.stratum, receipt.subject]))
    inside = verify_inclusion(receipt.row, pool.n, row, receipt.siblings, pool.root)
    yield Finding(
        inside, "该对象在摇号前封存的待抽名单中", "The subject was in the list frozen before the draw"
    )
    right = ticket_subject(outcome["seed"], receipt.subject) == receipt.ticket
    yield Finding(right, "随机号由摇号种子算出", "The ticket follows from the seed")
    strata = {s["id"]: s for s in outcome["strata"]}
    held = strata.get(receipt.stratum, {})
    same = (held.get("n"), held.get("k"), held.get("cut", "")) == (receipt.n, receipt.k, receipt.cut)
    asked = {s["id"]: (s["n"], s["k"]) for s in question["strata"]}
    same = same and asked.get(receipt.stratum) == (receipt.n, receipt.k)
    yield Finding(same, "户数、抽取数和抽中界线与摇号记录一致", "N, k and the cut are those of the draw")
    drawn = receipt.claim().drawn
    ranked = 1 <= receipt.rank <= receipt.n and (receipt.rank <= receipt.k) == drawn
    yield Finding(ranked, "名次与是否抽中相符", "The rank fits whether it was drawn")
    shown = receipt.proof.shows(executed.leaf) and executed.body.seq == receipt.proof.index
    origin = receipt.proof.checkpoint()[0].origin
    shown = shown and origin == frozen.body.origin == executed.body.origin
    yield Finding(shown, "摇号记录在台账中", "The draw stands in the ledger under this head")
    if vkey is not None:
        signed = vkey.name == origin and note.verify(receipt.proof.checkpoint()[1], vkey)
        yield Finding(signed, "台账指纹由该单位的台账签名密钥签名", "The head is signed by the log's key")


def _question(frozen: Entry) -> dict[str, Any]:
    if frozen.body.type != "draw.frozen" or schema.fault("draw.frozen", frozen.body.data):
        raise ValueError("frozen")
    return dict(frozen.body.data)


def _outcome(executed: Entry, opening: bytes) -> dict[str, Any]:
    data: Any = executed.body.data
    if executed.body.type != "draw.executed" or schema.fault("draw.executed", data):
        raise ValueError("executed")
    if "outcome" not in data:
        return dict(data)
    salt, value = codec.decode(opening)  # type: ignore[misc]
    place = (executed.body.origin, f"draw/{data['draw']}", "outcome")
    if not private.opens(*place, salt, value, data["outcome"]["$c"]):  # type: ignore[arg-type]
        raise ValueError("opening")
    if EXECUTED_OPEN({"draw": data["draw"], "m": data["m"], **value}):  # type: ignore[dict-item]
        raise ValueError("outcome")
    return dict(value)  # type: ignore[arg-type]
