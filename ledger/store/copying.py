"""Entries and openings from one store into another, byte for byte, and the proof that they arrived."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from ledger.store import faults
from ledger.store.chain import Head
from verifier import merkle
from verifier.errors import N_, Exit, LiuhenError

if TYPE_CHECKING:
    from ledger.store.store import Store

_AT_ONCE: Final = 1000
"""Rows in one transaction of the target: memory stays bounded, and a copy cut short goes on."""


@dataclass(frozen=True)
class Compared:
    """Two stores that hold the same: their head, the entries and openings that were compared."""

    head: Head
    entries: int
    openings: int


def follow(source: Store, target: Store) -> None:
    """Bring `target`, which holds the beginning of `source` or nothing, to where `source` is now.

    Raises E-STORE-AHEAD when it holds more than `source`, E-STORE-OTHER when it holds something else; then
    nothing was copied, no opening either, which may have been erased there since.
    """
    _require_beginning(source.head(), target.head(), source, target)
    raws = source.entries(target.head().size)
    while page := list(islice(raws, _AT_ONCE)):
        with target.writing() as transaction:
            transaction.take(page)
    openings = source.openings()
    while rows := list(islice(openings, _AT_ONCE)):
        with target.writing() as transaction:
            transaction.open_values(rows)


def _require_beginning(ours: Head, theirs: Head, source: Store, target: Store) -> None:
    if not theirs.size or source.find_leaf(theirs.leaf) == theirs.size - 1:
        return
    if ours.size and target.find_leaf(ours.leaf) == ours.size - 1:
        raise LiuhenError(
            "E-STORE-AHEAD",
            N_("The ledger was copied there before and went on: {n} entries are there, {held} here."),
            where=target.place,
            remedy=N_(
                "Work with that one and put this one away; nothing was copied. See how far it goes: liuhen "
                "store show"
            ),
            exit=Exit.USAGE,
            n=theirs.size,
            held=ours.size,
        )
    raise faults.other(target.place)


def compare(source: Store, target: Store) -> Compared:
    """Read both from the first entry to the last: the same bytes, hence the same leaf hashes, under one root
    that is computed from what is read; the same openings. Raises E-STORE-DIFFERS at the first difference.
    """
    head = target.head()
    if head != source.head():
        raise _differs(target, f"head {source.head().size}, {head.size}")
    tree, last = merkle.Frontier(), bytes(32)
    for seq, (ours, theirs) in enumerate(zip_longest(source.entries(), target.entries())):
        if ours is None or theirs is None or ours != theirs:
            raise _differs(target, f"seq {seq}")
        last = merkle.leaf_hash(theirs)
        if target.find_leaf(last) != seq:
            raise _differs(target, f"leaf {seq}")
        tree.append(last)
    if (tree.size, last, tree.root()) != (head.size, head.leaf, head.root):
        raise _differs(target, "root")
    openings = 0
    for one, other in zip_longest(source.openings(), target.openings()):
        if one != other:
            raise _differs(target, f"opening {openings}")
        openings += 1
    return Compared(head, tree.size, openings)


def into_file(source: Store, path: Path) -> None:
    """The ledger as it stands now in the new, empty file `path`, as one SQLite file without journal."""
    with drafted(path) as draft, type(source).create(draft, source.origin, types=frozenset()) as target:
        follow(source, target)
        target.copy_over(path)


@contextlib.contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A name beside `path` for a ledger while it is made; nothing of it is left."""
    draft = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    try:
        yield draft
    finally:
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                draft.with_name(draft.name + suffix).unlink()


def _differs(target: Store, where: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-DIFFERS",
        N_("The two ledgers are not the same ({at})."),
        where=target.place,
        remedy=N_("Do not work with the new one. Keep both and compare them."),
        exit=Exit.FAIL,
        at=where,
    )
