"""Asking for a cosignature: the request and the answer of C2SP tlog-witness v1.0.0 (`add-checkpoint`).

    old <size>
    <base64 of a hash>          no line to 63 lines: the consistency proof from `old` to the checkpoint
                                an empty line
    <signed checkpoint>

The answer is signature lines, or the size that the cosigner saw last, in decimal, where `old` was another.
Both travel over HTTP or as a file (`<size>.add-checkpoint` out, `<size>.cosig` back) with the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier import note
from verifier.checkpoint import MAX_SIZE, Checkpoint, parse_checkpoint
from verifier.errors import N_, Malformed
from verifier.merkle import HASH_SIZE
from verifier.note import Note, Signature

MAX_PROOF = 63
MAX_REQUEST = note.MAX_NOTE + 45 * MAX_PROOF + 64
MAX_ANSWER = 65_536
SIZE_TYPE = "text/x.tlog.size"
"""Content type of the answer that is a size."""

_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})")
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,15})\n")


@dataclass(frozen=True)
class Request:
    """A checkpoint to cosign, with the proof that it continues the first `old` entries."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    signed: Note

    def encode(self) -> bytes:
        """The bytes that `parse_request` reads back."""
        lines = [f"old {self.old}", *(note.encode_base64(one) for one in self.proof), "", ""]
        return "\n".join(lines).encode() + note.render(self.signed)


def parse_request(data: bytes) -> Request:
    """Read the body of `add-checkpoint`. Malformed (E-WITNESS-FORM, E-NOTE-…, E-CHECKPOINT-FORM).

    That `old` is not larger than the checkpoint is for the caller to say.
    """
    head, gap, rest = data.partition(b"\n\n")
    if len(data) > MAX_REQUEST or not gap:
        raise _bad_form()
    try:
        first, *lines = head.decode("ascii").split("\n")
        proof = tuple(note.decode_base64(line) for line in lines)
    except (UnicodeDecodeError, Malformed) as error:
        raise _bad_form() from error
    old = _OLD.fullmatch(first)
    if old is None or len(proof) > MAX_PROOF or any(len(one) != HASH_SIZE for one in proof):
        raise _bad_form()
    if int(old[1]) > MAX_SIZE:
        raise _bad_form()
    checkpoint, signed = parse_checkpoint(rest)
    return Request(int(old[1]), proof, checkpoint, signed)


def size_answer(size: int) -> bytes:
    """The answer to a request whose `old` is not the size seen last."""
    return f"{size}\n".encode()


def parse_answer(data: bytes) -> tuple[Signature, ...] | int:
    """Signature lines, or the size seen last. Malformed (E-WITNESS-ANSWER)."""
    if size := _SIZE.fullmatch(data):
        return int(size[1])
    try:
        lines = data.decode()
        if len(data) > MAX_ANSWER or not lines.endswith("\n"):
            raise _bad_answer()
        return tuple(note.parse_line(line + "\n") for line in lines[:-1].split("\n"))
    except (UnicodeDecodeError, Malformed) as error:
        raise _bad_answer() from error


def _bad_form() -> Malformed:
    return Malformed(
        "E-WITNESS-FORM",
        N_("This is no request for a cosignature (add-checkpoint)."),
        remedy=N_("Take the file ….add-checkpoint as the ledger wrote it."),
    )


def _bad_answer() -> Malformed:
    return Malformed(
        "E-WITNESS-ANSWER",
        N_("This is no answer of a cosigner: neither signature lines nor a size."),
        remedy=N_("Take the file ….cosig as the cosigner wrote it."),
    )
