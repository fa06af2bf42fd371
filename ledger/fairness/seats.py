"""How likely an officer is to get a seat: exact, from the frozen classes alone (design §5, teams).

All officers of a draw are seated by one order of their tickets. Classes whose able officers are the same,
disjoint, or a smaller set seated before the larger one that holds it, have a closed form; for others the
chance is not stated and the visit is left out of the tests.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import comb, factorial

from verifier.teams import Officer, Seat, able


@dataclass(frozen=True)
class Class:
    """Able officers and how many of them are seated; `alone` when no other class shares one of them."""

    officers: frozenset[str]
    count: int
    alone: bool = True


def classes(
    seats: Sequence[Seat], officers: Sequence[Officer], absences: Collection[str], barred: Collection[str]
) -> list[Class]:
    """The classes of one visit, in frozen order; those with the same able officers are one."""
    found: dict[frozenset[str], int] = {}
    for seat in seats:
        held = frozenset(o.id for o in officers if o.id not in barred and able(o, seat, absences))
        found[held] = found.get(held, 0) + seat.count
    sets = list(found)
    return [
        Class(held, count, all(held is other or held.isdisjoint(other) for other in sets))
        for held, count in found.items()
    ]


def chances(groups: Sequence[Class]) -> Mapping[str, float] | None:
    """Officer → chance of a seat in this visit (or in any group); None where it has no closed form."""
    found: dict[str, float] = {}
    rest = [one for one in groups if not one.alone]
    for one in groups:
        if one.alone:
            found |= dict.fromkeys(one.officers, one.count / len(one.officers) if one.officers else 0.0)
    if not rest:
        return found
    if len(rest) != 2 or not rest[0].officers < rest[1].officers:
        return None
    inner, outer = rest
    others = len(outer.officers) - len(inner.officers)
    outside = _outside(len(inner.officers), others, inner.count, outer.count)
    inside = (inner.count + outer.count - others * outside) / len(inner.officers)
    found |= {o: inside if o in inner.officers else outside for o in outer.officers}
    return found


def _outside(a: int, others: int, first: int, second: int) -> float:
    """Chance of an officer outside the inner class of `a`, who stands behind i other outsiders and j insiders
    in a uniform order: seated when i and those insiders that the inner class has left are fewer than
    `second`."""
    n = a + others
    ways = sum(
        comb(others - 1, i) * comb(a, j) * factorial(i + j) * factorial(n - 1 - i - j)
        for i in range(others)
        for j in range(a + 1)
        if i + max(0, j - first) < second
    )
    return ways / factorial(n)


def together(groups: Sequence[Class], one: str, other: str, teams: int = 1) -> float:
    """Chance that two officers sit in one of `teams` teams, each of which takes `count` of every class.

    Only where every class is alone.
    """
    homes = [next((c for c in groups if o in c.officers), None) for o in (one, other)]
    first, second = homes
    if first is None or second is None:
        return 0.0
    n = len(first.officers)
    if first is second:
        return teams * first.count * (first.count - 1) / (n * (n - 1)) if n > 1 else 0.0
    return teams * first.count * second.count / (n * len(second.officers))
