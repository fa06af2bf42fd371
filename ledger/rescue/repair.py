"""`liuhen repair`: bring what still verifies of a damaged ledger into a new file; the old one stays as it is.

Entries come from the damaged file first, then from the copies and bundles given; each is taken only where
chain and signature bear it out, so a copy cannot slip anything in. Head, tree and facts are made anew. What
others have seen of the ledger is compared before anything is written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from ledger import backup
from ledger.backup import Copy, Known
from ledger.book import TYPES, Book
from ledger.rescue import heads
from ledger.rescue.chain import Chain, beyond, ranges, walk
from ledger.rescue.sources import RawOpening, Source, damaged_of, source_of
from ledger.store import Head, Store
from ledger.store.copying import drafted
from verifier import entry
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.paths import CHECKPOINT

_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Repaired:
    """The new ledger, read again from its first entry to its last, and what it lacks."""

    copy: Copy
    lost: str
    """seqs that were spoken of and are not in it, as `7–9, 12`"""
    after: str
    """the last known head of the ledger, as `init --after` takes it"""
    taken: dict[str, str]
    """copy or bundle → seqs that only it gave"""
    openings: int
    dropped: int
    """openings that fit no entry, or were erased"""
    lacking: int
    """private fields without an opening, not erased"""
    compared: tuple[str, ...]
    breaches: str
    """seqs of entries that a rule did not allow; they are evidence and were kept"""


class Rescue:
    """A damaged ledger, or the bundle that is left of it, and what helps: made by `opened`, closed at the end
    of its block."""

    def __init__(self, path: Path, damaged: Source, helpers: Sequence[Source]) -> None:
        self.path = path
        self.damaged = damaged
        self.sources: list[Source] = [damaged, *helpers]

    @property
    def origin(self) -> str:
        """The origin of entry 0, from whichever source has it; else that of the head row."""
        for source in self.sources:
            for raw in source.entries(0):
                with contextlib.suppress(Malformed):
                    return entry.parse(raw).body.origin
        return self.damaged.origin

    def write(
        self,
        target: Path,
        known: Sequence[Known],
        beside_of: Callable[[Chain], Iterable[Known]],
        *,
        accept_loss: bool,
    ) -> Repaired:
        """The new ledger at `target`, where nothing is. `known` are heads that others have seen; `beside_of`
        gives those that were signed and are kept beside the ledger, once it is known whose keys count.

        Raises E-REPAIR-EXISTS, E-REPAIR-NOTHING where not even entry 0 stands, E-REPAIR-OTHER for a head of
        another ledger, E-REPAIR-FORK, E-REPAIR-LOSS
        where somebody has seen more and `accept_loss` was not said, and what writing raises.
        """
        _require_free(target)
        known = [*known, *self._published()]
        beside = [*heads.sizes(self.path), *heads.sizes(target)]
        chain = walk(self.sources, asked=[*beside, *(one.size for one in known)])
        if not chain.settled:
            raise _nothing(self.path)
        if chain.rivals:
            size, name = chain.rivals[0]
            raise _fork(self.path, Known(size + 1, told=name))
        everything = [*known, *beside_of(chain)]
        for one in everything:
            if not one.is_of(chain.ledger):
                raise _other(self.path, chain, one)
        for one in heads.contradicting(everything, chain.roots, chain.leaves):
            if one.size <= chain.size:
                raise _fork(self.path, one)
        if chain.settled < chain.size:
            chain = walk(self.sources, stop=chain.settled)
        lost, seen, ahead = self._lost(chain, everything)
        stands = Head(chain.size, chain.leaf, chain.root, "")
        after = backup.after(chain.ledger, stands, everything)
        if lost and not accept_loss:
            raise _loss(self.path, chain, lost, seen, ahead, after)
        copy, openings, dropped, opened = self._written(chain, target)
        lacking = sum(c not in opened and not chain.erased(c) for c in chain.places)
        backup.read(copy.path, [one for one in everything if one.size <= chain.size])
        return Repaired(
            copy,
            lost,
            after,
            {name: ranges(seqs) for name, seqs in chain.taken.items()},
            openings,
            dropped,
            lacking,
            tuple(dict.fromkeys(one.told for one in everything)),
            ranges(chain.breaches),
        )

    def _published(self) -> Iterator[Known]:
        """The heads of the bundles: whoever has them has seen so much, even where a tile cannot be read."""
        for source in self.sources:
            head = source.published
            if head is not None and head.origin == self.origin:
                yield Known(head.size, root=head.root, told=source.name)

    def _lost(self, chain: Chain, known: Sequence[Known]) -> tuple[str, int, Known | None]:
        """Which seqs are lost, of how many entries was spoken, and by whom."""
        head = self.damaged.head
        if head is not None:
            own = Known(head.size, leaf=head.leaf, root=head.root, told=N_("the file's own head row"))
            known = [*known, own]
        ahead = heads.furthest(known, chain.size)
        rest = list(beyond(chain, self.damaged))
        most = max([ahead.size if ahead else 0, *(seq + 1 for seq in rest)])
        return ranges(range(chain.size, most)), most, ahead if ahead and ahead.size == most else None

    def _written(self, chain: Chain, target: Path) -> tuple[Copy, int, int, set[bytes]]:
        with backup.new_file(target) as draft, drafted(target) as work:
            with Store.create(work, chain.origin, types=TYPES) as store:
                page: list[bytes] = []

                def take(read: Entry) -> None:
                    page.append(read.raw)
                    if len(page) == _AT_ONCE:
                        _flush(store, page)

                walk(self.sources, take, stop=chain.size)
                _flush(store, page)
                counts = self._open(chain, store)
            with Book.open(work) as book:
                book.settle()
                book.store.copy(draft)
            copy = backup.read(draft)
        return Copy(target, copy.origin, copy.ledger, copy.head, copy.file), *counts

    def _open(self, chain: Chain, store: Store) -> tuple[int, int, set[bytes]]:
        """Openings that open a field of the chain and were not erased since, of every source."""
        opened: set[bytes] = set()
        dropped = 0

        def fitting() -> Iterator[RawOpening]:
            nonlocal dropped
            for source in self.sources:
                for opening in source.openings():
                    if opening[0] in opened:
                        continue
                    if chain.opens(opening) and not chain.erased(opening[0]):
                        opened.add(opening[0])
                        yield opening
                    elif source is self.damaged:
                        dropped += 1

        rows = fitting()
        while some := list(islice(rows, _AT_ONCE)):
            with store.writing() as transaction:
                transaction.open_values(some)
        return len(opened), dropped, opened


@contextlib.contextmanager
def opened(path: Path, helpers: Sequence[Path]) -> Iterator[Rescue]:
    """The damaged file and the copies and bundles that may help. Raises E-DOCTOR-FILE, E-REPAIR-FROM."""
    if not path.is_file() and not (path / CHECKPOINT).is_file():
        raise LiuhenError(
            "E-DOCTOR-FILE",
            N_("There is no file to look at."),
            where=str(path),
            remedy=N_(
                "Give the ledger's file. Where the disk is gone, look for a copy: liuhen restore COPY; where "
                "only a bundle is left: liuhen repair BUNDLE --to FILE"
            ),
        )
    with contextlib.ExitStack() as stack:
        damaged = damaged_of(path)
        stack.callback(damaged.close)
        sources = []
        for helper in helpers:
            sources.append(source_of(helper))
            stack.callback(sources[-1].close)
        yield Rescue(path, damaged, sources)


def _flush(store: Store, page: list[bytes]) -> None:
    if page:
        with store.writing() as transaction:
            transaction.take(page)
        page.clear()


def _require_free(target: Path) -> None:
    for there in (target, target.with_name(target.name + "-wal")):
        if there.exists():
            raise LiuhenError(
                "E-REPAIR-EXISTS",
                N_("There is a file already; a ledger is never repaired over another file."),
                where=str(there),
                remedy=N_("Give a new name with --to."),
                exit=Exit.USAGE,
            )


def _nothing(path: Path) -> LiuhenError:
    return LiuhenError(
        "E-REPAIR-NOTHING",
        N_("Not even entry 0 stands here: the chain has no beginning."),
        where=str(path),
        remedy=N_("Give copies or bundles that hold it: --from FILE (may be repeated)."),
    )


def _other(path: Path, chain: Chain, one: Known) -> LiuhenError:
    return LiuhenError(
        "E-REPAIR-OTHER",
        N_("What stands here is another ledger ({origin}) than that of which {told} speaks."),
        where=str(path),
        remedy=N_(
            "Give the file, copy or bundle of the ledger that was here. Where this one is meant, give "
            "another folder with --to, and the file from a folder of its own."
        ),
        exit=Exit.REFUSED,
        origin=chain.origin,
        told=one.told,
    )


def _fork(path: Path, one: Known) -> LiuhenError:
    return LiuhenError(
        "E-REPAIR-FORK",
        N_("What stands here is another history than {told} saw: at {size} entries not the same head."),
        where=str(path),
        remedy=N_("Two histories of one ledger are evidence: keep both and tell the supervisor."),
        exit=Exit.REFUSED,
        told=one.told,
        size=one.size,
    )


def _loss(path: Path, chain: Chain, lost: str, seen: int, ahead: Known | None, after: str) -> LiuhenError:
    return LiuhenError(
        "E-REPAIR-LOSS",
        N_("Entries {lost} are lost: {size} entries stand, {told} speaks of {seen}. Nothing was written."),
        where=str(path),
        remedy=N_(
            "Give copies or bundles that hold them: --from FILE. When they are lost for good: --accept-loss, "
            "and a new ledger that names this one: liuhen init … --after {after}"
        ),
        exit=Exit.REFUSED,
        lost=lost,
        size=chain.size,
        told=ahead.told if ahead else N_("the file itself"),
        seen=seen,
        after=after,
    )
