"""What a method leaves behind in positions: exact laws where there are any, else lots drawn in their place.

A *position* is a place from 0 in some order of N subjects, of which k were drawn. Honest lots make all
C(N, k) sets of positions equally likely in whatever order one looks, if it was not made from the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import exp, lgamma, log

import numpy as np
from numpy.typing import NDArray
from scipy import stats

ROUNDS = 19_999
"""Lots drawn in place of an exact law; the smallest p is 1 in 20,000."""
_SEED = 20260101


def log_comb(n: int, k: int) -> float:
    """ln C(n, k); −∞ where there is none."""
    if not 0 <= k <= n:
        return -np.inf
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def outcomes(n: int, k: int) -> float:
    """log10 of how many outcomes honest lots have."""
    return log_comb(n, k) / log(10)


def step(positions: Sequence[int]) -> int:
    """The common difference of sorted positions, 2 at least; 0 where there is none."""
    gaps = {b - a for a, b in pairwise(positions)}
    gap = gaps.pop() if len(gaps) == 1 else 0
    return gap if gap > 1 else 0


def progression_p(n: int, k: int) -> float:
    """Chance that k of n are at equal distances of any size from 2 on."""
    if k < 2:
        return 1.0
    ways = sum(n - (k - 1) * d for d in range(2, (n - 1) // (k - 1) + 1))
    return min(1.0, exp(log(ways) - log_comb(n, k))) if ways else 1.0


def equal_gaps(positions: Sequence[int], n: int) -> float:
    """p of equal distances among the drawn or, above half, among those left out."""
    k = len(positions)
    if 2 * k > n:
        chosen = set(positions)
        positions = [place for place in range(n) if place not in chosen]
        k = n - k
    return progression_p(n, k) if step(positions) else 1.0


def tails(positions: Sequence[int], n: int) -> float:
    """p of the longer stretch at either end from which nothing was drawn, both ends allowed for."""
    k = len(positions)
    reach = min(positions[-1] + 1, n - positions[0])
    return min(1.0, 2 * exp(log_comb(reach, k) - log_comb(n, k)))


def neighbours(positions: Sequence[int], n: int) -> float:
    """p of as many neighbours drawn together, or more: P(a) = C(k−1, a)·C(n−k+1, k−a) / C(n, k)."""
    k = len(positions)
    found = sum(b - a == 1 for a, b in pairwise(positions))
    if found == 0:
        return 1.0
    total = log_comb(n, k)
    return min(
        1.0, sum(exp(log_comb(k - 1, a) + log_comb(n - k + 1, k - a) - total) for a in range(found, k))
    )


def lean(positions: Sequence[int], n: int) -> float:
    """p of positions that lean to one end (Mann–Whitney, both sides)."""
    chosen = np.zeros(n, dtype=np.bool_)
    chosen[list(positions)] = True
    places = np.arange(n)
    return float(stats.mannwhitneyu(places[chosen], places[~chosen]).pvalue)


def spread(positions: NDArray[np.int64], n: int) -> float:
    """Sum of squared gaps, ends included (Greenwood): small where positions are too even."""
    gaps = np.diff(np.concatenate(([-1], positions, [n])))
    return float((gaps.astype(np.float64) ** 2).sum())


@lru_cache(maxsize=64)
def _spreads(n: int, k: int) -> NDArray[np.float64]:
    rng = np.random.default_rng([_SEED, n, k])
    found = np.empty(ROUNDS)
    for number in range(ROUNDS):
        found[number] = spread(np.sort(rng.choice(n, k, replace=False, shuffle=False)), n)
    return found


def too_even(positions: Sequence[int], n: int) -> float:
    """p of positions as even as these, or more, among ROUNDS lots with a fixed seed."""
    found = spread(np.array(positions), n)
    return float((1 + (_spreads(n, len(positions)) <= found).sum()) / (1 + ROUNDS))


def in_turn(sequence: Sequence[str]) -> float:
    """p of as many repetitions at the distance of one round, among orders of the same names by lot."""
    names = {name: i for i, name in enumerate(dict.fromkeys(sequence))}
    values, round_ = np.array([names[name] for name in sequence]), len(names)

    def matches(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray((rows[..., round_:] == rows[..., :-round_]).sum(axis=-1))

    return _permuted(values, matches)


def in_steps(sequence: Sequence[str], listed: Sequence[str]) -> float:
    """p of as many equal steps through the list of officers, among orders of the same names by lot."""
    place = {name: i for i, name in enumerate(listed)}
    values, count = np.array([place[name] for name in sequence]), len(listed)

    def steps(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        moves = np.diff(rows, axis=-1) % count
        return np.asarray(np.max([(moves == size).sum(axis=-1) for size in range(1, count)], axis=0))

    return _permuted(values, steps)


def _permuted(values: NDArray[np.int64], count: object) -> float:
    rng = np.random.default_rng([_SEED, len(values)])
    found = int(np.max(count(values)))  # type: ignore[operator]
    at_least = 0
    for start in range(0, ROUNDS, 1000):
        rows = np.tile(values, (min(1000, ROUNDS - start), 1))
        at_least += int((count(rng.permuted(rows, axis=1)) >= found).sum())  # type: ignore[operator]
    return (1 + at_least) / (1 + ROUNDS)


def again(before: int, size: int, k: int, found: int) -> tuple[float, float]:
    """(p of so few, p of so many) drawn that were drawn `before`, of a roster of `size`: hypergeometric."""
    law = stats.hypergeom(size, before, k)
    return float(law.cdf(found)), float(law.sf(found - 1))


def together(ps: Sequence[float]) -> float:
    """Fisher: one p-value of independent ones."""
    if len(ps) == 1:
        return ps[0]
    return float(stats.chi2.sf(-2 * sum(log(max(p, 1e-300)) for p in ps), 2 * len(ps)))


def agree_by_chance(n: int, alike: int, k: int) -> float:
    """Chance that all k drawn are among `alike` of n."""
    return exp(log_comb(alike, k) - log_comb(n, k)) if alike >= k else 0.0


def magnitude(log10_value: float) -> str:
    """A number by its logarithm: as such below a million, else a power of ten."""
    return f"{round(10**log10_value):,}" if log10_value < 6 else f"10^{int(log10_value)}"
