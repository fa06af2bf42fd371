"""Copies of a ledger and the way back from one: nothing is overwritten, no second history is begun.

A copy (备份) is one file, made while others may be writing, read again from its first entry to its last
before it has its name. A note beside the ledger says when that was, for the daily reminder.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import file_digest
from pathlib import Path
from secrets import token_hex

from ledger.book import TYPES, Book
from ledger.durable import disk_error, name_new, write_whole
from ledger.store import Head, Store
from verifier import entry
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.merkle import Frontier


@dataclass(frozen=True)
class Known:
    """A head that somebody has seen: `root` of the first `size` entries, or the `leaf` hash of the last."""

    size: int
    root: bytes = b""
    leaf: bytes = b""
    told: str = ""
    """who says so: a file, a key, paper"""
    ledger: bytes = b""
    """hash of the first entry, where they know it"""

    def is_of(self, ledger: bytes) -> bool:
        """Whether it can be a head of this ledger; another ledger's is no second history of it."""
        return self.ledger in (b"", ledger)


@dataclass(frozen=True)
class Copy:
    """A copy that was read whole: its ledger, its head, SHA-256 of the file in hex."""

    path: Path
    origin: str
    ledger: bytes
    head: Head
    file: str


@dataclass(frozen=True)
class Noted:
    """The last copy of a ledger as its note says: day, number of entries, where."""

    day: str
    size: int
    leaf: bytes
    path: str
    ledger: bytes = b""
    """hash of the first entry; a note of before has none"""


def make(book: Book, folder: Path) -> Copy:
    """A copy of the ledger in `folder`, named after its size and day, read again before it is there.

    A copy of the same entries that is there already is read and returned. Raises E-STORE-DISK (7),
    E-BACKUP-DAMAGED (4), E-BACKUP-OTHER when the name is taken by another ledger's copy.
    """
    day = book.clock()[:10]
    target = folder / f"{book.store.path.stem}-{book.store.head().size}-{day}.backup"
    if target.exists():
        copy = read(target)
        _require_same(book, copy)
    else:
        with new_file(target) as draft:
            book.store.copy(draft)
            copy = replace(read(draft), path=target)
            _require_same(book, copy)
    where = str(target.absolute())
    _note(book.store.path, Noted(day, copy.head.size, copy.head.leaf, where, copy.ledger))
    return copy


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """The name of a draft beside `target`, which is flushed and gets its name when the block ends well; else
    no folder that was made for it is left."""
    draft = target.with_name(f".{target.name}.{token_hex(4)}.tmp")
    made: list[Path] = []
    try:
        made += [folder for folder in target.absolute().parents if not folder.exists()]
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        name_new(draft, target)
    except OSError as error:
        raise disk_error(target, error) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
        with contextlib.suppress(OSError):  # a folder that holds something stays
            for folder in made:
                folder.rmdir()


def read(path: Path, known: Sequence[Known] = ()) -> Copy:
    """Read a copy from its first entry to its last: chain, tree and every head of `known` that it reaches.

    Raises E-BACKUP-DAMAGED for what does not follow, E-RESTORE-OTHER where a known head is of another ledger,
    E-BACKUP-FORK where it is of this one and not in it, and what opening a ledger raises. A known head beyond
    the end is the caller's question.
    """
    with Store.open(path, types=TYPES, read_only=True) as store:
        head, first = store.head(), b""
        tree, last = Frontier(), entry.NO_ENTRY
        wanted: dict[int, list[Known]] = {}
        for one in known:
            wanted.setdefault(one.size, []).append(one)
        try:
            for raw in store.entries():
                found = entry.parse(raw)
                if (found.body.seq, found.body.prev, found.body.origin) != (tree.size, last, store.origin):
                    raise _damaged(path, f"seq {tree.size}")
                last = found.leaf
                if not first:
                    first = last
                    _require_of(store.origin, path, first, known)
                tree.append(last)
                for one in wanted.get(tree.size, ()):
                    if (one.leaf and one.leaf != last) or (one.root and one.root != tree.root()):
                        raise _fork(path, one, last, tree.root())
        except Malformed as error:
            raise _damaged(path, f"seq {tree.size}") from error
        if not tree.size or (tree.size, last, tree.root()) != (head.size, head.leaf, head.root):
            raise _damaged(path, f"seq {tree.size}")
        return Copy(path, store.origin, first, head, _hash(path))


def restore(path: Path, target: Path, known: Sequence[Known], *, accept_loss: bool = False) -> Copy:
    """Put a copy back as the ledger `target`, where no file is.

    Raises E-RESTORE-EXISTS for a target that is there, E-RESTORE-BEHIND where `known` has seen entries that
    the copy lacks (to go on from it would begin a second history) unless `accept_loss` says that it is only
    to be read, and what `read` raises.
    """
    for there in (target, target.with_name(target.name + "-wal")):
        if there.exists():
            raise LiuhenError(
                "E-RESTORE-EXISTS",
                N_("There is a file already; a ledger is never overwritten."),
                where=str(there),
                remedy=N_("Move it away with its -wal file and keep it as evidence, then restore again."),
                exit=Exit.USAGE,
            )
    copy = read(path, known)
    ahead = max(known, key=lambda one: one.size, default=None)
    if ahead is not None and ahead.size > copy.head.size and not accept_loss:
        raise LiuhenError(
            "E-RESTORE-BEHIND",
            N_("This copy ends with entry {held}, but {told} has seen {seen} entries; nothing was restored."),
            where=str(path),
            remedy=N_(
                "Find a newer copy, or a bundle that holds them: liuhen repair COPY --to FILE --from BUNDLE. "
                "When the entries are lost for good, begin a new ledger that names this one: "
                "liuhen init … --after {after}"
            ),
            exit=Exit.REFUSED,
            held=copy.head.size - 1,
            seen=ahead.size,
            told=ahead.told,
            after=after(copy.ledger, copy.head, known),
        )
    with new_file(target) as draft, Store.open(path, types=TYPES, read_only=True) as store:
        store.copy(draft)
    return replace(copy, path=target)


def after(ledger: bytes, stands: Head, known: Iterable[Known]) -> str:
    """The furthest head with a root, else the one that stands, as `init --after` takes it: `id:size:root`."""
    best = max((one for one in known if one.root), key=lambda one: one.size, default=None)
    size, root = (best.size, best.root) if best and best.size > stands.size else (stands.size, stands.root)
    return f"{ledger.hex()}:{size}:{root.hex()}"


def last(ledger: Path) -> Noted | None:
    """The last copy of the ledger at this path, as noted beside it; None when no note can be read."""
    try:
        held = json.loads(note_path(ledger).read_text("utf-8"))
        day, size, leaf = str(held["day"]), int(held["size"]), bytes.fromhex(held["leaf"])
        return Noted(day, size, leaf, str(held["path"]), bytes.fromhex(held.get("ledger", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def due(ledger: Path, size: int, today: date) -> bool:
    """Whether a copy should be made today: entries came after the last copy, and that is of another day."""
    noted = last(ledger)
    return size > 0 if noted is None else noted.size < size and noted.day != today.isoformat()


def known_of(text: str, told: str) -> Known:
    """A head as printed, `size:root hex`. Raises E-RESTORE-HEAD."""
    size, _, root = text.replace(" ", "").partition(":")
    try:
        if not size.isascii() or len(root) != 64:
            raise ValueError(text)
        return Known(int(size), root=bytes.fromhex(root), told=told)
    except ValueError as error:
        raise LiuhenError(
            "E-RESTORE-HEAD",
            N_("“{text}” is not a head."),
            remedy=N_("A head in print is the number of entries, a colon and 64 characters 0–9, a–f."),
            exit=Exit.USAGE,
            text=text,
        ) from error


def _require_same(book: Book, copy: Copy) -> None:
    head = copy.head
    if copy.origin == book.origin and book.store.find_leaf(head.leaf) == head.size - 1:
        return
    raise LiuhenError(
        "E-BACKUP-OTHER",
        N_("This is a copy of another ledger ({origin}); nothing was overwritten."),
        where=str(copy.path),
        remedy=N_("Give another folder."),
        exit=Exit.USAGE,
        origin=copy.origin,
    )


def _require_of(origin: str, path: Path, ledger: bytes, known: Iterable[Known]) -> None:
    for one in known:
        if not one.is_of(ledger):
            raise LiuhenError(
                "E-RESTORE-OTHER",
                N_("This is a copy of another ledger ({origin}) than that of which {told} speaks."),
                where=str(path),
                remedy=N_(
                    "Take a copy of the ledger that was here. Where this one is meant, put it in a place of "
                    "its own: liuhen -L FOLDER/ledger.db restore COPY"
                ),
                exit=Exit.REFUSED,
                origin=origin,
                told=one.told,
            )


def _damaged(path: Path, place: str) -> LiuhenError:
    return LiuhenError(
        "E-BACKUP-DAMAGED",
        N_("This copy is damaged or not whole ({place}); it cannot be used."),
        where=str(path),
        remedy=N_("Use another copy. If this is the ledger itself, keep it and restore a copy elsewhere."),
        exit=Exit.UNREADABLE,
        place=place,
    )


def _fork(path: Path, known: Known, leaf: bytes, root: bytes) -> LiuhenError:
    here, there = (leaf, known.leaf) if known.leaf else (root, known.root)
    return LiuhenError(
        "E-BACKUP-FORK",
        N_("This copy holds another history than {told} saw: at {size} entries {there} there, {here} here."),
        where=str(path),
        remedy=N_("Two histories of one ledger are evidence: keep both and tell the supervisor."),
        exit=Exit.REFUSED,
        told=known.told,
        size=known.size,
        here=here.hex(),
        there=there.hex(),
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def note_path(ledger: Path) -> Path:
    """Where the last copy of the ledger at this path is noted."""
    return ledger.with_name(ledger.name + ".backup.json")


def _note(ledger: Path, noted: Noted) -> None:
    """Beside the ledger; where that cannot be written the reminder merely comes again."""
    held = {
        "day": noted.day,
        "size": noted.size,
        "leaf": noted.leaf.hex(),
        "path": noted.path,
        "ledger": noted.ledger.hex(),
    }
    with contextlib.suppress(OSError):
        write_whole(note_path(ledger), json.dumps(held, ensure_ascii=False).encode())
