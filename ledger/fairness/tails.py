"""Exact tails, many tests at once, and bets that may be watched for ever (specs/fairness.md).

A ticket of an honest draw is uniform on (0, 1). Whoever draws `g` seeds and keeps the one that is best for
somebody gives that ticket the density g·U^(g−1) (kept away from the cut) or g·(1−U)^(g−1) (pushed to it); for
both the sums of logarithms here are the most powerful statistic there is (Neyman–Pearson), for every g.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

GRINDS = (2.0, 4.0)
"""Numbers of seeds per draw against which the bet of `e_values` is placed."""


def tail_of_logs(n: Floats, sums: Floats) -> Floats:
    """P(S ≤ sums) of S = Σ −ln U over n uniform tickets, S ~ Gamma(n, 1): small where tickets are high."""
    return np.asarray(special.gammainc(n, sums), dtype=np.float64)


def both_sides(low: Floats, high: Floats) -> Floats:
    """The p-value of two one-sided tests together: twice the smaller, at most 1."""
    return np.minimum(1.0, 2.0 * np.minimum(low, high))


@lru_cache(maxsize=4096)
def _poisson_binomial(chances: tuple[tuple[float, int], ...]) -> Floats:
    law = np.ones(1)
    for chance, times in chances:
        law = np.convolve(law, stats.binom.pmf(np.arange(times + 1), times, chance))
    return law


def poisson_binomial(chances: Iterable[float]) -> Floats:
    """The law of how many of independent events of these chances happen: probability of 0, 1, … n.

    Exact but for rounding: a convolution of binomial laws, all terms positive.
    """
    counted: dict[float, int] = {}
    for chance in chances:
        counted[chance] = counted.get(chance, 0) + 1
    return _poisson_binomial(tuple(sorted(counted.items())))


def tails(law: Floats, found: int) -> tuple[float, float]:
    """(P(X ≤ found), P(X ≥ found))."""
    return float(min(1.0, law[: found + 1].sum())), float(min(1.0, law[found:].sum()))


def adjusted(ps: Sequence[float] | Floats) -> Floats:
    """Benjamini–Hochberg: the level at which each test would be among the alarms, in the order given."""
    if len(ps) == 0:
        return np.zeros(0)
    return np.asarray(stats.false_discovery_control(np.asarray(ps)), dtype=np.float64)


def e_values(n: Floats, high: Floats, low: Floats) -> Floats:
    """The wealth of a bet against honesty after n tickets: `high` = Σ −ln U, `low` = Σ −ln(1−U).

    The mean of four test martingales (two grinds, two sides): each is 1 before the first ticket and, in
    honest draws, on average ever after: P(it ever reaches 1/α) ≤ α whenever one looks (Ville's inequality).
    """
    bets = [n * np.log(g) - (g - 1) * sums for g in GRINDS for sums in (high, low)]
    return np.asarray(np.exp(special.logsumexp(bets, axis=0)) / len(bets), dtype=np.float64)


def e_alarms(wealth: Floats, level: float) -> NDArray[np.bool_]:
    """e-BH: the alarms among many bets such that, on average, at most `level` of them are false."""
    m = len(wealth)
    order = np.argsort(-wealth, kind="stable")
    ranks = np.arange(1, m + 1)
    good = np.flatnonzero(wealth[order] >= m / (level * ranks))
    chosen = np.zeros(m, dtype=np.bool_)
    if good.size:
        chosen[order[: good[-1] + 1]] = True
    return chosen


def deciles(tickets: Floats) -> tuple[list[int], float]:
    """How many tickets fall into each tenth, and the chi-square p-value; 5 expected in each, or NaN."""
    counts = np.bincount(np.minimum((tickets * 10).astype(int), 9), minlength=10)
    p = float(stats.chisquare(counts).pvalue) if counts.sum() >= 50 else float("nan")
    return [int(count) for count in counts], p


def kolmogorov_smirnov(values: Floats) -> float:
    """p-value of values against the uniform law on (0, 1)."""
    return float(stats.kstest(values, "uniform").pvalue)
