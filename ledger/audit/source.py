"""A bundle or a ledger, opened to be read: its entries, what is known at its head, openings kept in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from ledger.book import Book
from ledger.store import is_ledger
from verifier import collector, entry, paths, private
from verifier.bundle import open_bundle
from verifier.checkpoint import parse_checkpoint
from verifier.codec import Value
from verifier.entry import Entry
from verifier.errors import N_, Malformed
from verifier.facts import Facts, MemoryFacts
from verifier.law.case import ACTS, Case
from verifier.law.judge import Judge
from verifier.openings import Openings
from verifier.tiles import TileReader

Opener = Callable[[bytes], tuple[bytes, Value] | None]
"""commitment → (salt, value), None where it is not kept here."""


@dataclass(frozen=True)
class Source:
    """What is read. `read` gives the raw entries from 0 on, as often as it is asked."""

    path: Path
    size: int
    open: Opener
    read: Callable[[], Iterator[bytes]]
    _head: Callable[[], Facts]

    def entries(self) -> Iterator[Entry]:
        """Every entry in order. Raises `Malformed` for one that is not in form, with what to do about it."""
        place: int | None = None
        try:
            for seq, raw in enumerate(self.read()):
                place = seq
                one = entry.parse(raw)
                place = None
                yield one
        except Malformed as error:
            raise placed(error, self.path, place) from error

    @cached_property
    def origin(self) -> str:
        """The origin of the ledger, as its first entry says; "" without one."""
        return next((one.body.origin for one in self.entries()), "")

    def entry(self, seq: int) -> Entry:
        """One entry. Raises IndexError, `Malformed`."""
        for raw in islice(self.read(), seq, seq + 1):
            return entry.parse(raw)
        raise IndexError(seq)

    def facts(self) -> Facts:
        """What is known at the head."""
        return self._facts

    @cached_property
    def _facts(self) -> Facts:
        return self._head()

    def facts_at(self, size: int) -> Facts:
        """What was known after the first `size` entries; who wants to know whether it was lawful verifies."""
        if size >= self.size:
            return self.facts()
        return self.followed(size)

    def followed(self, size: int) -> MemoryFacts:
        """The facts after the first `size` entries, made from the entries."""
        facts = MemoryFacts()
        follower = _Follower(facts, self.open)
        with collector.paused():
            for one in islice(self.entries(), size):
                follower.judge(one)
        return facts


def placed(error: Malformed, path: Path, seq: int | None = None) -> Malformed:
    """An error in the bytes of a bundle or ledger, of its entry `seq`, with where it is explained."""
    explain = N_("It is damaged or was changed. What is wrong, entry by entry: liuhen verify {path}")
    if is_ledger(path):
        explain = N_("It is damaged or was changed. What of it still stands: liuhen doctor {path}")
    shown = f'"{path}"' if " " in str(path) else str(path)
    return Malformed(
        error.code,
        error.what,
        where=error.where or (str(path) if seq is None else f"{path} #{seq}"),
        remedy=error.remedy or explain,
        exit=error.exit,
        **{**error.params, "path": shown},
    )


class _Follower(Judge):
    """Moves the facts on as the judge does, and saves the work of two checks that decide nothing about them:
    the root of an import's rows, and the frozen question compared with the lists."""

    def _check(self, case: Case, entry: Entry) -> None:
        if entry.body.type in ("import.closed", "draw.frozen"):
            ACTS[entry.body.type].effect(case)
        else:
            super()._check(case, entry)


@contextmanager
def opened(path: Path, known: Facts | None = None) -> Iterator[Source]:
    """A ledger file, a bundle folder or zip, for reading; `known` is what is known at its head, where that
    was found out before. Raises what opening it raises."""
    if is_ledger(path):
        with Book.open(path, read_only=True) as book:
            size = book.store.head().size
            yield Source(path, size, book.open_private, book.store.entries, lambda: known or book.facts())
        return
    with open_bundle(path) as bundle:
        head, _ = parse_checkpoint(bundle.read(paths.CHECKPOINT))
        held = bundle.read(paths.OPENINGS) if bundle.has(paths.OPENINGS) else None
        openings = Openings(private.decode_openings(held)) if held is not None else Openings()
        reader = TileReader(bundle.read, head.size, head.root)

        def at_head() -> Facts:
            return known or source.followed(head.size)

        source = Source(path, head.size, openings.get, reader.entries, at_head)
        yield source
