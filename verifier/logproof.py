"""A proof that an entry stands in a log, as a small text file: C2SP tlog-proof.

    c2sp.org/tlog-proof@v1
    index <decimal>
    <sibling hash, base64>      leaf side first, as many as the tree needs
                                an empty line
    <the signed checkpoint, with its cosignatures>

The entry itself is not in it. A line `extra <base64>` after the first is allowed and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier import note
from verifier.checkpoint import Checkpoint, parse_checkpoint
from verifier.errors import N_, Malformed
from verifier.merkle import HASH_SIZE, verify_inclusion
from verifier.note import Note

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})")
_MOST = 64
"""Sibling hashes of the largest tree there can be."""


@dataclass(frozen=True)
class LogProof:
    """Where an entry stands, its siblings (32 bytes each), the checkpoint as signed."""

    index: int
    siblings: tuple[bytes, ...]
    signed: bytes

    def checkpoint(self) -> tuple[Checkpoint, Note]:
        """The head and its note; no signature is verified. Raises `Malformed`."""
        return parse_checkpoint(self.signed)

    def shows(self, leaf: bytes) -> bool:
        """Whether the entry with this leaf hash stands at `index` under the head. Raises `Malformed`."""
        head, _ = self.checkpoint()
        return verify_inclusion(self.index, head.size, leaf, self.siblings, head.root)

    def encode(self) -> bytes:
        lines = [HEADER, f"index {self.index}", *map(note.encode_base64, self.siblings), "", ""]
        return "\n".join(lines).encode() + self.signed


def parse(data: bytes) -> LogProof:
    """Read a proof. Malformed E-PROOF-FORM for anything else, E-NOTE-…, E-CHECKPOINT-FORM for its head."""
    head, blank, signed = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise _bad() from error
    if len(lines) > 1 and lines[1].startswith("extra "):
        note.decode_base64(lines.pop(1).removeprefix("extra "))
    index = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if lines[0] != HEADER or index is None or not blank or len(lines) - 2 > _MOST:
        raise _bad()
    siblings = _hashes(lines[2:])
    parse_checkpoint(signed)
    return LogProof(int(index[1]), siblings, signed)


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    found = tuple(note.decode_base64(line) for line in lines)
    if any(len(one) != HASH_SIZE for one in found):
        raise _bad()
    return found


def _bad() -> Malformed:
    return Malformed("E-PROOF-FORM", N_("This is no proof of the form c2sp.org/tlog-proof@v1."))
