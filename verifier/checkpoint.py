"""Checkpoints of the log: C2SP tlog-checkpoint v1.0.0 and Ed25519 cosignatures v1 (tlog-cosignature v1.0.1).

The text is exactly three lines: origin, number of entries in decimal, base64 of the root. Extension lines are
refused (design §3). It is a signed note whose first line of signature is the log's, by a key named like the
origin; cosignatures follow, ordered by key name, one per key (design §6).

A cosignature is 8 bytes of POSIX seconds and an Ed25519 signature over the line `cosignature/v1`, the line
`time <seconds>` and the text. It says: at that time this was the largest consistent tree I had seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from verifier import ed25519, merkle, note
from verifier.errors import N_, LiuhenError, Malformed
from verifier.note import Algorithm, Note, Sign, Signature, Vkey

MAX_SIZE = 2**53 - 1
"""Largest number of entries: the largest integer of a body (design §3)."""
_MAX_TIME = 2**63 - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True)
class Checkpoint:
    """A head: the log's origin, its number of entries and the 32-byte root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{note.encode_base64(self.root)}\n"


def parse_text(text: str) -> Checkpoint:
    """Read the three lines. Malformed (E-CHECKPOINT-FORM) for anything that `Checkpoint.text` would not give.

    Whether the origin is the right one is for the caller to say.
    """
    origin, *rest = text.split("\n")
    if len(rest) != 3 or rest[2] != "" or not note.is_key_name(origin) or not _DECIMAL.fullmatch(rest[0]):
        raise _bad_form()
    try:
        checkpoint = Checkpoint(origin, int(rest[0]), note.decode_base64(rest[1]))
    except Malformed as error:
        raise _bad_form() from error
    if checkpoint.size > MAX_SIZE or len(checkpoint.root) != merkle.HASH_SIZE:
        raise _bad_form()
    if checkpoint.size == 0 and checkpoint.root != merkle.EMPTY_ROOT:
        raise _bad_form()
    return checkpoint


def parse_checkpoint(data: bytes) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint; no signature is verified. Malformed (E-NOTE-…, E-CHECKPOINT-FORM)."""
    signed = note.parse(data)
    return parse_text(signed.text), signed


def sign_checkpoint(checkpoint: Checkpoint, vkey: Vkey, sign: Sign) -> bytes:
    """The checkpoint signed by the log. Malformed when the key is not named like the origin."""
    if vkey.name != checkpoint.origin:
        raise Malformed(
            "E-CHECKPOINT-NAME", N_("The log key is not named like the origin of the checkpoint.")
        )
    parse_text(checkpoint.text())
    return note.sign_note(checkpoint.text(), vkey, sign)


def cosignature_message(text: str, time: int) -> bytes:
    """What a cosigner signs for the text of a checkpoint; time in POSIX seconds."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosign(text: str, vkey: Vkey, time: int, sign: Sign) -> Signature:
    """A cosignature of the text of a checkpoint, by a key of algorithm COSIGNATURE."""
    parse_text(text)
    if vkey.algorithm is not Algorithm.COSIGNATURE or not 0 < time <= _MAX_TIME:
        raise _bad_cosignature()
    return Signature(vkey.name, vkey.key_id, time.to_bytes(8, "big") + sign(cosignature_message(text, time)))


def verify_cosignature(signed: Note, vkey: Vkey) -> int | None:
    """POSIX seconds of this cosigner's signature on the checkpoint, None when it is absent or not valid.

    `signed.signed_by(vkey)` tells absent from not valid: a note in which a line of a known key fails is
    refused as a whole. Of several valid lines by one key the latest time counts.
    """
    lines = signed.signed_by(vkey)
    if vkey.algorithm is not Algorithm.COSIGNATURE or not lines:
        return None
    times = []
    for line in lines:
        time = int.from_bytes(line.blob[:8], "big")
        message = cosignature_message(signed.text, time)
        if not 0 < time <= _MAX_TIME or not ed25519.verify(vkey.public, message, line.blob[8:]):
            return None
        times.append(time)
    return max(times)


def with_cosignature(data: bytes, line: str) -> bytes:
    """The signed checkpoint with one more cosignature line, in the order of design §6.

    The line (with its newline) is not verified here. The same line again changes nothing; another one by
    a key that has already cosigned raises LiuhenError (E-CHECKPOINT-TWICE).
    """
    checkpoint, signed = parse_checkpoint(data)
    new = note.parse_line(line)
    if new in signed.signatures:
        return data
    if any((s.name, s.key_id) == (new.name, new.key_id) for s in signed.signatures):
        raise LiuhenError(
            "E-CHECKPOINT-TWICE", N_("The checkpoint already has a line by the key {name}."), name=new.name
        )
    if len(new.blob) != 8 + ed25519.SIGNATURE_SIZE or new.name == checkpoint.origin:
        raise _bad_cosignature()
    log, *others = signed.signatures
    return note.render(Note(signed.text, (log, *sorted([*others, new], key=_rank))))


def in_order(signed: Note, log: Vkey) -> bool:
    """Whether the log's line comes first and the others follow by key name, then key id, one per key."""
    first, *others = map(_rank, signed.signatures)
    own = (log.name.encode(), log.key_id)
    return first == own and own not in others and all(a < b for a, b in pairwise(others))


def _rank(line: Signature) -> tuple[bytes, bytes]:
    return line.name.encode(), line.key_id


def _bad_form() -> Malformed:
    return Malformed("E-CHECKPOINT-FORM", N_("A checkpoint is exactly three lines: origin, size, root."))


def _bad_cosignature() -> Malformed:
    return Malformed(
        "E-CHECKPOINT-COSIGNATURE",
        N_("This is not an Ed25519 cosignature of a checkpoint."),
        remedy=N_("Copy the whole line as the signer sent it."),
    )
