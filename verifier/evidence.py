"""Two heads of one log that contradict each other: a file that convicts the log by itself.

    liuhen/evidence/1
    <vkey of the log>
    old <bytes>
    <the signed checkpoint with fewer or as many entries>
    new <bytes>
    <the other signed checkpoint>
    root <base64>
    <base64 of a hash> …

Both heads are signed by the key. Heads of one size contradict each other when their roots differ; the file
then ends after the second. Of two sizes, `root` is the root that the larger tree has over the entries of the
smaller one, not the one that was signed for it, and the hashes are the consistency proof (RFC 6962 §2.1.2)
that shows so. The proof binds `root` to the signed root of the larger tree, so nobody can make the file
without the log key. Whose key it is, a reader sees in entry 0, in `log.vkey` and on printed forms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier import merkle, note
from verifier.checkpoint import Checkpoint, parse_checkpoint
from verifier.errors import N_, LiuhenError, Malformed
from verifier.note import Note, Vkey
from verifier.witness import MAX_PROOF

FIRST_LINE = "liuhen/evidence/1"
MAX_EVIDENCE = 2 * note.MAX_NOTE + 45 * MAX_PROOF + 1024
_COUNT = re.compile(rb"[1-9][0-9]{0,4}")


@dataclass(frozen=True)
class Evidence:
    """Two signed heads; `root` and `proof` as above, empty for heads of one size."""

    vkey: Vkey
    old: bytes
    new: bytes
    root: bytes = b""
    proof: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """The bytes that `parse` reads back."""
        lines = [f"root {note.encode_base64(self.root)}", *map(note.encode_base64, self.proof)]
        parts = [f"{FIRST_LINE}\n{self.vkey}\n".encode()]
        for name, signed in (("old", self.old), ("new", self.new)):
            parts += [f"{name} {len(signed)}\n".encode(), signed]
        parts += ["".join(f"{line}\n" for line in lines).encode()] if self.root else []
        return b"".join(parts)

    def heads(self) -> tuple[Checkpoint, Checkpoint]:
        """The two heads, the smaller one first. Malformed (E-NOTE-…, E-CHECKPOINT-FORM)."""
        return parse_checkpoint(self.old)[0], parse_checkpoint(self.new)[0]


def parse(data: bytes) -> Evidence:
    """Read an evidence file; whether it convicts, `convicts` says. Malformed (E-EVIDENCE-FORM)."""
    if len(data) > MAX_EVIDENCE:
        raise _bad_form()
    first, _, rest = data.partition(b"\n")
    key, _, rest = rest.partition(b"\n")
    try:
        old, rest = _counted(b"old ", rest)
        new, rest = _counted(b"new ", rest)
        lines = rest.decode("ascii").split("\n")
        root = b""
        if rest:
            if not lines[0].startswith("root ") or lines[-1] != "" or len(lines) > MAX_PROOF + 2:
                raise _bad_form()
            root = note.decode_base64(lines[0][5:])
        evidence = Evidence(
            Vkey.parse(key.decode()), old, new, root, tuple(map(note.decode_base64, lines[1:-1]))
        )
    except (UnicodeDecodeError, LiuhenError) as error:
        raise _bad_form() from error
    hashes = (evidence.root, *evidence.proof) if rest else ()
    if any(len(one) != merkle.HASH_SIZE for one in hashes):
        raise _bad_form()
    if first != FIRST_LINE.encode() or evidence.encode() != data:
        raise _bad_form()
    return evidence


def _counted(name: bytes, data: bytes) -> tuple[bytes, bytes]:
    line, _, rest = data.partition(b"\n")
    count = line.removeprefix(name)
    if not line.startswith(name) or not _COUNT.fullmatch(count) or len(rest) < int(count):
        raise _bad_form()
    return rest[: int(count)], rest[int(count) :]


def convicts(evidence: Evidence) -> bool:
    """Whether the holder of the key signed two heads that contradict each other. Never raises."""
    try:
        (old, signed_old), (new, signed_new) = parse_checkpoint(evidence.old), parse_checkpoint(evidence.new)
    except Malformed:
        return False
    if not old.origin == new.origin == evidence.vkey.name:
        return False
    if not all(note.verify(signed, evidence.vkey) for signed in (signed_old, signed_new)):
        return False
    if old.size == new.size:
        return old.root != new.root and not evidence.root
    proven = merkle.verify_consistency(old.size, new.size, evidence.root, new.root, evidence.proof)
    return 0 < old.size < new.size and proven and evidence.root != old.root


def of_heads(vkey: Vkey, one: Note, other: Note, leaves: Sequence[bytes] = ()) -> Evidence | None:
    """The evidence that two signed heads of the log are; None when they do not contradict each other, as
    far as can be seen. `leaves` are the leaf hashes of the larger tree, needed where the sizes differ."""
    first, second = sorted((note.render(one), note.render(other)), key=lambda n: parse_checkpoint(n)[0].size)
    old, new = parse_checkpoint(first)[0], parse_checkpoint(second)[0]
    if old.size == new.size:
        found = Evidence(vkey, first, second)
    else:
        known = leaves[: new.size]
        if not 0 < old.size < new.size == len(known):
            return None
        proof = tuple(merkle.consistency_proof(known, old.size))
        found = Evidence(vkey, first, second, merkle.root(known[: old.size]), proof)
    return found if convicts(found) else None


def of_proof(vkey: Vkey, old: Note, new: Note, proof: Sequence[bytes]) -> Evidence | None:
    """The evidence that lies in a proof which does not lead from the old head to the new one, but shows what
    the new tree begins with instead. None when the proof shows nothing, as where the old size is a power of
    two: then the root it begins with is not in the proof."""
    first, second = note.render(old), note.render(new)
    size1, size2 = parse_checkpoint(first)[0].size, parse_checkpoint(second)[0].size
    if not proof or not 0 < size1 < size2:
        return None
    here, last = size1 - 1, size2 - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    if here == 0:
        return None
    root = proof[0]
    for sibling in proof[1:]:
        if here & 1 or here == last:
            root = merkle.node_hash(sibling, root)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        here, last = here >> 1, last >> 1
    found = Evidence(vkey, first, second, root, tuple(proof))
    return found if convicts(found) else None


def _bad_form() -> Malformed:
    return Malformed(
        "E-EVIDENCE-FORM",
        N_("This is no evidence file of two heads."),
        remedy=N_("Take the file ….evidence as it was written, every byte of it."),
    )
