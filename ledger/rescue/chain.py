"""The longest chain that verifies, out of what several sources hold for each place.

An entry is taken when its bytes are canonical, it names this ledger, its place and the entry before it, and
its signature is of a key of the ledger: so it is the entry that was written, whoever kept it. Whether a rule
allowed it is not asked here: a breach of a rule is evidence, not damage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ledger.rescue.sources import RawOpening, Source
from verifier import codec, entry, private
from verifier import facts as f
from verifier.entry import Entry, signature_valid
from verifier.errors import LiuhenError, Malformed
from verifier.facts import MemoryFacts
from verifier.law.judge import Judge, Openings, no_openings
from verifier.merkle import Frontier
from verifier.openings import fields_of
from verifier.report import Status


class Fault(Enum):
    """Why no entry could be taken for a place."""

    MISSING = "missing"
    SHAPE = "shape"
    ORIGIN = "origin"
    CHAIN = "chain"
    SIGNATURE = "signature"


@dataclass
class Chain:
    """What the walk found: `size` entries stand, the last with `leaf`, under `root`. `fault` is why it ends
    at `size`, None where no source has any more."""

    origin: str = ""
    ledger: bytes = b""
    size: int = 0
    leaf: bytes = entry.NO_ENTRY
    fault: Fault | None = None
    settled: int = 0
    """`size` without chunks at its end of an import that is not closed: one transaction wrote them all"""
    breaches: list[int] = field(default_factory=list)
    """seqs of entries that a rule did not allow"""
    rivals: list[tuple[int, str]] = field(default_factory=list)
    """(seq, source) where another signed entry stands in the place of the one taken: two histories"""
    taken: dict[str, list[int]] = field(default_factory=dict)
    """source → seqs that only it gave, besides the first source"""
    frontier: Frontier = field(default_factory=Frontier)
    facts: MemoryFacts = field(default_factory=MemoryFacts)
    places: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """commitment → (owner, field) of every private field of the chain"""
    roots: dict[int, bytes] = field(default_factory=dict)
    """size → root, where asked for"""
    leaves: dict[int, bytes] = field(default_factory=dict)
    """size → leaf of the last entry, where asked for"""

    @property
    def root(self) -> bytes:
        return self.frontier.root()

    def opens(self, opening: RawOpening) -> bool:
        """Whether an opening opens a private field of this chain."""
        commitment, salt, raw = opening
        place = self.places.get(commitment)
        if place is None:
            return False
        try:
            value = codec.decode(raw)
            return private.opens(self.origin, *place, salt, value, commitment)
        except LiuhenError:
            return False

    def erased(self, commitment: bytes) -> bool:
        """Whether an entry says that this opening was erased."""
        return self.facts.get(f.ERASED, commitment.hex()) is not None


def walk(
    sources: Sequence[Source],
    take: Callable[[Entry], None] = lambda _entry: None,
    asked: Sequence[int] = (),
    stop: int | None = None,
    openings: Openings = no_openings,
) -> Chain:
    """Follow the chain from entry 0 through `sources`, the first of them first, giving each entry to `take`.
    Roots and leaves are kept for the sizes `asked`; at most `stop` entries are followed;
    `openings` let the law read what sealed draws hide."""
    chain = Chain()
    judge = Judge(chain.facts, openings)
    most = max((source.size for source in sources), default=0)
    wanted = set(asked)
    while stop is None or chain.size < stop:
        found, fault = _next(chain, judge, sources)
        if found is None:
            chain.fault = fault if chain.size < most else None
            break
        read, source = found
        if source is not sources[0]:
            chain.taken.setdefault(source.name, []).append(chain.size)
        if not chain.size:
            chain.origin, chain.ledger = read.body.origin, read.leaf
        for owner, name, commitment in fields_of(read.body, chain.facts):
            chain.places[commitment] = (owner, name)
        if any(finding.status is Status.FAIL for finding in judge.judge(read)):
            chain.breaches.append(chain.size)
        take(read)
        chain.frontier.append(read.leaf)
        chain.size, chain.leaf = chain.size + 1, read.leaf
        if read.body.type != "import.chunk":
            chain.settled = chain.size
        if chain.size in wanted:
            chain.roots[chain.size], chain.leaves[chain.size] = chain.frontier.root(), read.leaf
    return chain


def _next(
    chain: Chain, judge: Judge, sources: Sequence[Source]
) -> tuple[tuple[Entry, Source] | None, Fault | None]:
    worst = Fault.MISSING
    taken: tuple[Entry, Source] | None = None
    for source in sources:
        for raw in source.entries(chain.size):
            if taken is not None and raw == taken[0].raw:
                continue
            found, fault = _fits(chain, judge, raw)
            if found is not None and taken is not None:
                chain.rivals.append((chain.size, source.name))
            elif found is not None:
                taken = found, source
            worst = fault or worst
    return taken, worst


def _fits(chain: Chain, judge: Judge, raw: bytes) -> tuple[Entry | None, Fault | None]:
    try:
        read = entry.parse(raw)
    except Malformed:
        return None, Fault.SHAPE
    body = read.body
    if chain.size and body.origin != chain.origin:
        return None, Fault.ORIGIN
    if (body.seq, body.prev) != (chain.size, chain.leaf):
        return None, Fault.CHAIN
    public = judge.public_of(read)
    if public is None or not signature_valid(read, public):
        return None, Fault.SIGNATURE
    return read, None


def beyond(chain: Chain, source: Source) -> Iterator[int]:
    """Seqs after the end of the chain of which the source still holds an entry in form, ascending."""
    for seq in sorted(seq for seq in source.seqs() if seq >= chain.size):
        for raw in source.entries(seq):
            try:
                if entry.parse(raw).body.seq == seq:
                    yield seq
                    break
            except Malformed:
                continue


def ranges(seqs: Iterable[int]) -> str:
    """`3, 7–12, 20`"""
    if isinstance(seqs, range) and len(seqs) > 1 and seqs.step == 1:
        return f"{seqs[0]}–{seqs[-1]}"  # as far as somebody claims: never counted through
    parts: list[str] = []
    start = last = -2
    for seq in [*sorted(set(seqs)), -9]:
        if seq == last + 1:
            last = seq
            continue
        if start >= 0:
            parts.append(str(start) if start == last else f"{start}–{last}")
        start = last = seq
    return ", ".join(parts)
