"""Signed heads of a ledger with the cosignatures they gathered, in a folder beside it.

`ledger.db` has `ledger.heads/`: `<size>.checkpoint` is a head as the log key signed it, with every
cosignature that came; `policy` (C2SP tlog-policy) says how many make a head final. Nothing in it is secret,
and nothing of the ledger depends on it: what is lost is asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.durable import DOCUMENT, disk_error, write_whole
from verifier import facts as f
from verifier import note, tlogpolicy
from verifier.checkpoint import Checkpoint, parse_checkpoint, verify_cosignature, with_cosignature
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.note import Note, Signature, Vkey
from verifier.tlogpolicy import Group, Policy, Witness

SUFFIX, POLICY = ".heads", "policy"
_NAME = re.compile(r"([1-9][0-9]{0,15})\.checkpoint")


@dataclass(frozen=True)
class Standing:
    """How far the newest signed head of a ledger of `entries` is: `size` 0 while none was signed."""

    entries: int
    size: int
    cosigned: tuple[str, ...]
    missing: tuple[str, ...]
    final: bool
    final_size: int
    """The newest head that is final; 0 for none."""


class Heads:
    """The folder of one ledger. A file in it that is no signed head is passed over; one that cannot be read
    is an OSError: what it says must not be missed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, ledger: Path) -> Heads:
        return cls(ledger.with_suffix(SUFFIX))

    def kept(self) -> Iterator[tuple[Checkpoint, Note]]:
        """The signed heads, the newest first."""
        sizes = []
        if self.folder.is_dir():
            sizes = [int(m[1]) for path in self.folder.iterdir() if (m := _NAME.fullmatch(path.name))]
        for size in sorted(sizes, reverse=True):
            found = self.get(size)
            if found is not None:
                yield found

    def get(self, size: int) -> tuple[Checkpoint, Note] | None:
        try:
            head, signed = parse_checkpoint(self.place(size).read_bytes())
        except (FileNotFoundError, NotADirectoryError, Malformed):
            return None
        return (head, signed) if head.size == size else None

    def keep_token(self, size: int, token: bytes) -> Path:
        """Keep the time-stamp of a head beside it."""
        place = self.folder / f"{size}.tsr"
        self._write(place, token)
        return place

    def place(self, size: int) -> Path:
        return self.folder / f"{size}.checkpoint"

    def keep(self, signed: bytes) -> None:
        """Keep a signed head, with the lines that one of this text has already.

        Raises E-HEAD-TWICE for another root of a size, which this ledger must never have signed.
        """
        head, new = parse_checkpoint(signed)
        before = self.get(head.size)
        if before is not None and before[1].text != new.text:
            raise LiuhenError(
                "E-HEAD-TWICE",
                N_("Another head of {size} entries was signed before; this one is not kept."),
                where=str(self.place(head.size)),
                remedy=N_("Keep both and compare them: liuhen cosign compare"),
                exit=Exit.FAIL,
                size=head.size,
            )
        if before is not None:
            for line in before[1].signatures[1:]:
                if not any((s.name, s.key_id) == (line.name, line.key_id) for s in new.signatures):
                    signed = with_cosignature(signed, line.line())
        self._write(self.place(head.size), signed)

    def policy(self) -> Policy | None:
        """The policy file; None when there is none. Malformed (E-POLICY-FILE) when it cannot be read so."""
        try:
            return tlogpolicy.parse((self.folder / POLICY).read_bytes())
        except FileNotFoundError:
            return None

    def keep_policy(self, data: bytes) -> Policy:
        """Take a policy file into use. Malformed (E-POLICY-FILE) leaves the one before in place."""
        policy = tlogpolicy.parse(data)
        self._write(self.folder / POLICY, data)
        return policy

    def _write(self, place: Path, data: bytes) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
            write_whole(place, data, DOCUMENT)
        except OSError as error:
            raise disk_error(place, error) from error

    def seen_by(self, cosigner: Vkey) -> int:
        """Number of entries of the newest head here that this cosigner signed; 0 for none."""
        return next((head.size for head, signed in self.kept() if verify_cosignature(signed, cosigner)), 0)

    def take(self, lines: Iterable[Signature], named: Iterable[Vkey]) -> list[tuple[Checkpoint, Signature]]:
        """Add cosignatures to the heads that they are over; gives (head, line) of each.

        Lines under other keys are ignored, as tlog-witness asks. Raises E-COSIGN-UNKNOWN when there is no
        other, E-COSIGN-WRONG when one is over no head that was signed here; then nothing is kept.
        """
        keys = {(key.name, key.key_id): key for key in named}
        known = [(line, keys[line.name, line.key_id]) for line in lines if (line.name, line.key_id) in keys]
        if not known:
            raise LiuhenError(
                "E-COSIGN-UNKNOWN",
                N_("There is no line by a cosigner that the ledger names."),
                remedy=N_("Name the cosigner first: liuhen cosign name VKEY --unit UNIT"),
                exit=Exit.FAIL,
            )
        taken = []
        for line, key in known:
            over = next((h for h, s in self.kept() if verify_cosignature(Note(s.text, (line,)), key)), None)
            if over is None:
                raise LiuhenError(
                    "E-COSIGN-WRONG",
                    N_("What {name} signed is no head that was signed here; it is not taken."),
                    remedy=N_("Ask again. If it stays so, do not trust the cosigner or the way to it."),
                    exit=Exit.FAIL,
                    name=line.name,
                )
            taken.append((over, line))
        for head, line in taken:
            found = self.get(head.size)
            if found and not any((s.name, s.key_id) == (line.name, line.key_id) for s in found[1].signatures):
                self._write(self.place(head.size), with_cosignature(note.render(found[1]), line.line()))
        return taken

    def cosignatures(self, head: Checkpoint, named: Iterable[Vkey]) -> list[str]:
        """The valid lines of this very head under keys that the ledger names."""
        found = self.get(head.size)
        if found is None or found[0] != head:
            return []
        valid = [key for key in named if verify_cosignature(found[1], key)]
        return [found[1].signed_by(key)[0].line() for key in valid]

    def standing(self, facts: f.Facts, entries: int) -> Standing:
        """How far the newest signed head is."""
        policy = self.policy() or everybody(named(facts))
        counted = policy.counted()
        newest: tuple[int, tuple[str, ...], bool] | None = None
        final_size = 0
        for head, signed in self.kept():
            if head.size > entries:
                continue
            have = {w.vkey: verify_cosignature(signed, w.vkey) is not None for w in counted}
            final = policy.satisfied(lambda key, have=have: have.get(key, False))  # type: ignore[misc]
            if newest is None:
                newest = (head.size, tuple(w.name for w in counted if have[w.vkey]), final)
            if final:
                final_size = head.size
                break
        size, cosigned, final = newest or (0, (), False)
        missing = tuple(w.name for w in counted if w.name not in cosigned)
        return Standing(entries, size, cosigned, missing, final, final_size)


def named(facts: f.Facts) -> list[Vkey]:
    """The cosigners that the ledger names."""
    return [Vkey.parse(text) for text, _ in facts.rows(f.COSIGNERS)]


def everybody(cosigners: Iterable[Vkey]) -> Policy:
    """The policy of an office that gives none: every cosigner that its ledger names."""
    witnesses = tuple(Witness(key.name, key) for key in cosigners)
    if not witnesses:
        return Policy(tlogpolicy.NONE)
    members = tuple(w.name for w in witnesses)
    return Policy("all cosigners", (), witnesses, (Group("all cosigners", len(members), members),))
