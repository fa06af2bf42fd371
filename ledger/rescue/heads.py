"""What others have seen of a ledger: heads noted, signed, cosigned, printed or remembered, against a chain.

A copy or a salvaged ledger that lacks what somebody has seen, or holds something else there, must not be
gone on with: that would begin a second history (design §4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger import backup
from ledger.backup import Known
from ledger.cosigning.heads import Heads, named
from verifier import facts as f
from verifier import note
from verifier.checkpoint import Checkpoint, parse_checkpoint, verify_cosignature
from verifier.errors import N_, LiuhenError, Malformed
from verifier.facts import Facts
from verifier.note import Note, Vkey
from verifier.plainfile import read_plain


@dataclass(frozen=True)
class Seen:
    """A signed head beside a ledger: whether the log's key signed it, and which cosigners did."""

    head: Checkpoint
    by_log: bool
    cosigners: tuple[str, ...]


def of_note(ledger: Path) -> Known | None:
    """What the note of the last copy, beside the ledger, says."""
    noted = backup.last(ledger)
    if noted is None:
        return None
    return Known(noted.size, leaf=noted.leaf, told=N_("the note of the last copy"), ledger=noted.ledger)


def sizes(ledger: Path) -> list[int]:
    """The sizes of the heads kept beside a ledger."""
    return [head.size for head, _signed in Heads.beside(ledger).kept()]


def beside(ledger: Path, facts: Facts, origin: str) -> Iterator[Seen]:
    """The signed heads kept beside a ledger whose facts are these, the newest first. Those that neither a
    key of this log nor a cosigner that it names has signed say nothing and are passed over."""
    for head, signed in Heads.beside(ledger).kept():
        if head.origin == origin:
            seen = examined(head, signed, facts)
            if seen.by_log or seen.cosigners:
                yield seen


def examined(head: Checkpoint, signed: Note, facts: Facts) -> Seen:
    """Who signed a head, of those whom the facts name."""
    held = facts.get(f.LEDGER, f.ONE)
    log = Vkey.parse(held.log_vkey) if held else None
    by = tuple(key.name for key in named(facts) if verify_cosignature(signed, key) is not None)
    return Seen(head, log is not None and note.verify(signed, log), by)


def known(seen: Seen, told: str) -> Known:
    return Known(seen.head.size, root=seen.head.root, told=told)


def published(path: Path, origin: str = "") -> tuple[Checkpoint, Note]:
    """The head of a checkpoint file, a bundle or a site. Raises E-RESTORE-AGAINST, also for a head of
    another log than `origin`."""
    file = path / "checkpoint" if path.is_dir() else path
    try:
        head, signed = parse_checkpoint(_read(file))
    except (OSError, Malformed) as error:
        raise _not_one(file) from error
    if origin and head.origin != origin:
        raise LiuhenError(
            "E-RESTORE-AGAINST",
            N_("This checkpoint is of another ledger ({other}), not of {origin}."),
            where=str(file),
            remedy=N_("Give the checkpoint of this ledger, or leave it out."),
            other=head.origin,
            origin=origin,
        )
    return head, signed


def _read(file: Path) -> bytes:
    """A checkpoint by itself, or the one in a zipped bundle."""
    start = read_plain(file, 1 << 20)
    if not start.startswith(b"PK"):
        return start
    from verifier.bundle import open_bundle

    with open_bundle(file) as bundle:
        return bundle.read("checkpoint")


def _not_one(file: Path) -> LiuhenError:
    return LiuhenError(
        "E-RESTORE-AGAINST",
        N_("There is no checkpoint to read here."),
        where=str(file),
        remedy=N_("Give the file “checkpoint” of a bundle or site, or the folder it lies in."),
    )


def furthest(known: Iterable[Known], size: int) -> Known | None:
    """Of the heads beyond `size` the greatest, one with a root before one without."""
    ahead = [one for one in known if one.size > size]
    return max(ahead, key=lambda one: (one.size, bool(one.root)), default=None)


def contradicting(
    known: Sequence[Known], roots: dict[int, bytes], leaves: dict[int, bytes]
) -> Iterator[Known]:
    """Those heads that the chain with these roots and leaves does not hold."""
    for one in known:
        root, leaf = roots.get(one.size, one.root), leaves.get(one.size, one.leaf)
        if (one.root and one.root != root) or (one.leaf and one.leaf != leaf):
            yield one
