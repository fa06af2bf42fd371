"""A large import in parts: the rows of each put together for its entries.

Of a register that was empty all rows are new, so nothing but the file decides what stands in the entries: a
second process then prepares a part while the one before is sealed, judged and stored.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from ledger import collector
from ledger.importing import runs
from ledger.importing.second import AloneError, Message, Second, receive, send
from ledger.importing.spill import Cut, Spill, filled
from verifier import codec
from verifier.entry import MAX_ENTRY
from verifier.merkle import Frontier, leaf_hash
from verifier.private import Sealed, Sealer

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

PART = 25_000
"""Changed rows of one import; a file that changes more is as many imports as it needs, in one transaction."""
BESIDE_FROM = 100_000
"""Rows that take longer to prepare than a process to start."""
_ROOM = MAX_ENTRY - 2_000
"""Bytes of rows in a chunk: the rest of an entry is its body, signature and headers."""


class Part(NamedTuple):
    """The rows of one import: arrays of [id, record] in canonical bytes, each for one entry; number and root
    of all; the openings of those that are new, as `runs.blocks_of` gives them."""

    chunks: list[bytes]
    n: int
    root: bytes
    openings: list[bytes]


def part_of(rows: Sequence[bytes], openings: Sequence[Sealed] = ()) -> Part:
    """The part of these rows, [id, record] in canonical bytes each; none is encoded again."""
    whole = Frontier()
    whole.extend(map(leaf_hash, rows))
    chunks = list(map(codec.pack_array, _chunks(rows))) or [codec.pack_array(())]
    return Part(chunks, whole.size, whole.root(), runs.blocks_of(openings))


def _chunks(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The rows in chunks that fit an entry."""
    chunk: list[bytes] = []
    size = 0
    for row in rows:
        if chunk and size + len(row) > _ROOM:
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += len(row)
    if chunk:
        yield chunk


def new_row(
    sealer: Sealer | None, name: str, record: bytes, private: bytes
) -> tuple[bytes, Sequence[Sealed]]:
    """[id, record] of a row that waited in canonical bytes, and its openings."""
    openings: Sequence[Sealed] = ()
    if private and sealer is not None:
        openings = sealer.seal(name, codec.read_back(private))  # type: ignore[arg-type]
        record = filled(record, openings)
    return codec.pack_pair(name, record), openings


def prepare(origin: str, owner: str, cut: Cut) -> Part:
    """The part of these rows as new ones; their private fields belong to an `owner` of this kind ("": there
    are none)."""
    sealer = Sealer(origin, owner) if owner else None
    rows: list[bytes] = []
    openings: list[Sealed] = []
    for name, _, _, record, private in cut.rows():
        row, sealed = new_row(sealer, name, record, private)
        rows.append(row)
        openings += sealed
    return part_of(rows, openings)


def prepared(spill: Spill, origin: str, owner: str) -> Iterator[Part]:
    """The same of all rows, part by part. None is kept here: they are large."""
    cuts = spill.cuts(PART)
    here = partial(prepare, origin, owner)
    done = 0

    def counted(part: Part) -> Part:
        nonlocal done
        done += 1
        return part

    if len(spill) >= BESIDE_FROM:
        try:
            with Second.start(_work, origin, owner) as second:
                # Until the other process has started, the first part is prepared and written here.
                found = chain(map(here, islice(cuts, 1)), map(_part, second.answers(map(_question, cuts))))
                yield from map(counted, found)
        except AloneError:
            cuts = islice(spill.cuts(PART), done, None)
    yield from map(here, cuts)


def _question(cut: Cut) -> Message:
    return (cut.skip, cut.take), cut.blocks


def _message(part: Part) -> Message:
    return (part.n, part.root, len(part.chunks)), part.chunks + part.openings


def _part(message: Message) -> Part:
    """The part of which `_message` was made."""
    (n, root, chunks), pieces = message
    return Part(pieces[:chunks], n, root, pieces[chunks:])


def _work(pipe: Connection, origin: str, owner: str) -> None:
    """Prepare what is sent, until there is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this one ends it
    try:
        with collector.paused():
            while True:
                (skip, take), blocks = receive(pipe)
                send(pipe, _message(prepare(origin, owner, Cut(blocks, skip, take))))
                del blocks  # before the next ones come
    except (EOFError, OSError):
        pass  # the other process is done, or gone
    finally:
        pipe.close()
