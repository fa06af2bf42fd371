"""Whether what happened in draws gathers on somebody beyond what the lot explains: exact tails, many at once.

Within a draw the lot decides who goes where, so that its own counts are given and only how they fall is
asked: what is common in one draw, district or season makes nobody suspicious.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import comb

from ledger.audit.detectors.chances import alarms

Law = tuple[float, ...]
"""Probabilities of 0, 1, 2, …"""
Places = Mapping[str, int]
Struck = Mapping[str, Sequence[int]]


@dataclass
class Count:
    """What happened to one of a kind: how often, at which entries, and the laws of its chances by draw."""

    found: int = 0
    of: int = 0
    entries: list[int] = field(default_factory=list)
    chances: list[tuple[int, int, int]] = field(default_factory=list)
    """(n, hits, own) of each draw: of n places `hits` were struck and `own` are this one's"""

    @property
    def expected(self) -> float:
        return sum(hits * own / n for n, hits, own in self.chances)

    def tail(self) -> float:
        """P(at least as many strikes), draws being independent; 1 where there were no more than expected."""
        if self.found <= self.expected:
            return 1.0
        law: Law = (1.0,)
        for chance in self.chances:
            law = convolved(law, hypergeometric(*chance))
        return min(1.0, sum(law[self.found :]))


@dataclass(frozen=True)
class Alarm:
    """One on whom it gathers: `found` of `of` chances, `expected`, and the exact tail."""

    kind: str
    name: str
    found: int
    of: int
    expected: float
    p: float
    entries: tuple[int, ...]


@lru_cache(maxsize=65536)
def hypergeometric(n: int, hits: int, own: int) -> Law:
    """The law of the strikes on `own` places of n, of which `hits` are struck without preference."""
    whole = comb(n, own)
    return tuple(comb(hits, x) * comb(n - hits, own - x) / whole for x in range(min(hits, own) + 1))


def convolved(one: Law, other: Law) -> Law:
    """The law of the sum of two independent numbers."""
    law = [0.0] * (len(one) + len(other) - 1)
    for i, p in enumerate(one):
        for j, q in enumerate(other):
            law[i + j] += p * q
    return tuple(law)


class Tally:
    """Counts by kind (officer, subject, …) and name."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Count] = defaultdict(Count)

    def draw(self, kind: str, n: int, hits: int, places: Places, struck: Struck) -> None:
        """Take over one draw of n places, of which `hits` were struck: the places of each name, the entries
        of the strikes on each. Several may share a place (a team goes to a visit)."""
        for name, own in places.items():
            count = self._counts[kind, name]
            count.of += own
            if 0 < hits < n and own < n:
                count.chances.append((n, hits, own))
                count.found += len(struck.get(name, ()))
                count.entries += struck.get(name, ())

    def found(self, least: int, level: float) -> Iterator[Alarm]:
        """Who was struck at least so often and is among the alarms at this level, of each kind by itself
        (Benjamini–Hochberg over everybody of the kind who could have been), least probable first."""
        kinds: dict[str, list[tuple[str, Count]]] = defaultdict(list)
        for (kind, name), count in self._counts.items():
            if count.chances:
                kinds[kind].append((name, count))
        found = []
        for kind, rows in kinds.items():
            ps = [count.tail() for _, count in rows]
            for (name, count), p, alarm in zip(rows, ps, alarms(ps, level), strict=True):
                if alarm and count.found >= least:
                    entries = tuple(sorted(set(count.entries)))
                    found.append(Alarm(kind, name, count.found, count.of, count.expected, p, entries))
        yield from sorted(found, key=lambda one: one.p)
