"""What is noted beside a draw: its filing, who watched it without a key, printed copies of a sealed list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.book import Book, Deed, Written
from ledger.commands.draws import draw_of
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value


@dataclass(frozen=True)
class Guest:
    """Somebody invited to watch: as whom (vocabulary.CAPACITIES), from where, and the name if it is told."""

    capacity: str
    org: str
    name: str = ""

    def value(self) -> dict[str, Value]:
        named: dict[str, Value] = {"name": self.name} if self.name else {}
        return {"capacity": self.capacity, "org": self.org, **named}


def _write(book: Book, signer: Signer, kind: str, draw: str, rest: dict[str, Value]) -> Written:
    def decide(facts: f.Facts) -> Sequence[Deed]:
        return [Deed(kind, f"draw/{draw}", {"draw": draw, "m": draw_of(facts, draw).m, **rest})]

    return book.write(signer, decide)


def file_draw(
    book: Book,
    signer: Signer,
    draw: str,
    authority: str,
    day: str,
    *,
    number: str = "",
    receipt: bytes | None = None,
) -> Written:
    """抽取结果备案 (R094): the result of a completed draw was filed with an authority on `day`."""
    rest: dict[str, Value] = {"authority": authority, "date": day}
    if number:
        rest["number"] = number
    if receipt:
        rest["receipt"] = receipt
    return _write(book, signer, "draw.filed", draw, rest)


def attend(book: Book, signer: Signer, draw: str, guests: Sequence[Guest]) -> Written:
    """登记到场见证 (R012): who was invited and watched, without a key of their own."""
    return _write(book, signer, "draw.attended", draw, {"people": [guest.value() for guest in guests]})


def note_printing(book: Book, signer: Signer, draw: str, copies: int, purpose: str) -> Written:
    """打印未公开名单: written before a list of a sealed draw leaves the ledger on paper or as a file."""
    return _write(book, signer, "draw.printed", draw, {"copies": copies, "purpose": purpose})
