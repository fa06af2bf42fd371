"""Comparing two heads of one log, from wherever they come: do they belong to one history?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from verifier import evidence, merkle, note, paths
from verifier.bundle import open_bundle
from verifier.checkpoint import Checkpoint, parse_checkpoint
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.evidence import Evidence
from verifier.merkle import leaf_hash
from verifier.note import Note, Vkey
from verifier.plainfile import open_plain
from verifier.tiles import TileReader

Leaves = Callable[[], list[bytes]]


@dataclass(frozen=True)
class Shown:
    """A signed head that somebody was shown; `leaves` gives its entries' leaf hashes where they are there."""

    head: Checkpoint
    signed: Note
    vkey: Vkey | None = None
    leaves: Leaves | None = None


@dataclass(frozen=True)
class Comparison:
    """`agree` is None where the entries are missing that would tell."""

    small: Checkpoint
    large: Checkpoint
    agree: bool | None
    evidence: Evidence | None = None


def show(path: Path) -> Shown:
    """The head in a bundle (folder or .zip), or in a file that is a signed checkpoint. Raises `Malformed`."""
    if path.is_dir() or path.suffix == ".zip":
        with open_bundle(path) as bundle:
            head, signed = parse_checkpoint(bundle.read(paths.CHECKPOINT))
            vkey = note.parse_vkey_file(bundle.read(paths.LOG_VKEY))
        return Shown(head, signed, vkey, lambda: _leaves(path, head))
    try:
        with open_plain(path) as file:
            head, signed = parse_checkpoint(file.read(note.MAX_NOTE + 1))
    except OSError as error:
        raise Malformed("E-FILE-MISSING", N_("There is no such file."), where=str(path)) from error
    return Shown(head, signed)


def _leaves(path: Path, head: Checkpoint) -> list[bytes]:
    with open_bundle(path) as bundle:
        return [leaf_hash(raw) for raw in TileReader(bundle.read, head.size, head.root).entries()]


def compare(one: Shown, other: Shown, vkey: Vkey | None = None) -> Comparison:
    """Whether the smaller head is of the beginning of the larger one.

    Both must be signed by `vkey`, or by the key that comes with one of them. Raises E-COMPARE-KEY,
    E-COMPARE-ORIGIN, E-COMPARE-SIGNATURE.
    """
    vkey = vkey or one.vkey or other.vkey
    if vkey is None:
        raise _cannot("E-COMPARE-KEY", N_("The key of the log is needed: --log VKEY."))
    if not one.head.origin == other.head.origin == vkey.name:
        raise _cannot("E-COMPARE-ORIGIN", N_("These are heads of two different ledgers."))
    if not all(note.verify(shown.signed, vkey) for shown in (one, other)):
        raise _cannot("E-COMPARE-SIGNATURE", N_("A head is not signed by the key of this log."))
    small, large = sorted((one, other), key=lambda shown: shown.head.size)
    if small.head.size == large.head.size:
        same = small.head.root == large.head.root
        found = None if same else evidence.of_heads(vkey, small.signed, large.signed)
        return Comparison(small.head, large.head, same, found)
    if large.leaves is None:
        return Comparison(small.head, large.head, None)
    leaves = large.leaves()
    if merkle.root(leaves[: small.head.size]) == small.head.root:
        return Comparison(small.head, large.head, True)
    found = evidence.of_heads(vkey, small.signed, large.signed, leaves)
    return Comparison(small.head, large.head, False, found)


def _cannot(code: str, what: str) -> LiuhenError:
    return LiuhenError(
        code,
        what,
        remedy=N_("Compare heads of one ledger, each signed by its log key."),
        exit=Exit.UNREADABLE,
    )
