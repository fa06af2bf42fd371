"""A ledger moved between a file and a server: copied byte for byte, then both read whole and compared."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ledger import backup
from ledger.audit.source import placed
from ledger.book import TYPES, Book
from ledger.store import Store, copying
from ledger.store.copying import Compared
from ledger.store.server import pointed
from verifier.errors import N_, Exit, LiuhenError, Malformed


def move(source: Path, target: Path) -> Compared:
    """Copy the ledger at `source` to `target`, compare both from the first entry to the last, and make the
    facts there. What others write meanwhile comes too; at last both are compared as they then stand.

    A target on a server may have been laid out for this origin, or hold the beginning of this very ledger
    from a copy that was cut short. Raises E-STORE-EXISTS, E-STORE-AHEAD, E-STORE-OTHER,
    E-STORE-DIFFERS, E-MOVE-SAME, and what the engines raise; no file is there then.
    """
    here, there = pointed(source), pointed(target)
    if here.ledger == there.ledger if here and there else source.resolve() == target.resolve():
        raise LiuhenError(
            "E-MOVE-SAME",
            N_("Source and target are the same ledger."),
            where=str(source),
            remedy=N_("Give another place for the copy."),
            exit=Exit.USAGE,
        )
    with Store.open(source, types=TYPES, read_only=True) as held:
        try:
            return _copied(held, target) if there else _into_file(held, target)
        except Malformed as error:
            raise placed(error, source) from error


def _into_file(held: Store, target: Path) -> Compared:
    """A file has its name when all of it is there, however the copying ends."""
    if target.exists():
        raise LiuhenError(
            "E-STORE-EXISTS",
            N_("There is a file already; a ledger is never overwritten."),
            where=str(target),
            remedy=N_("Choose another place for the new ledger."),
            exit=Exit.USAGE,
        )
    with backup.new_file(target) as draft:
        try:
            return _copied(held, draft)
        except LiuhenError as error:
            error.where = error.where.replace(str(draft), str(target))
            raise
        finally:
            for suffix in ("-wal", "-shm"):
                with contextlib.suppress(OSError):
                    draft.with_name(draft.name + suffix).unlink()


def _copied(held: Store, target: Path) -> Compared:
    with _target(target, held.origin) as new:
        copying.follow(held, new)
        if new.head() != held.head():
            copying.follow(held, new)
        compared = copying.compare(held, new)
    with Book.open(target) as book:
        book.settle()
    return compared


def _target(target: Path, origin: str) -> Store:
    """The target, new; on a server also one that a move cut short has begun."""
    if pointed(target) is not None:
        try:
            there = Store.open(target, types=TYPES)
        except LiuhenError as error:
            if error.code != "E-STORE-MISSING":
                raise
        else:
            if there.origin == origin:
                return there
            there.close()
    return Store.create(target, origin, types=TYPES)
