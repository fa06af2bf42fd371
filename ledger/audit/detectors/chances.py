"""Exact chances in plain Python, so that an audit needs no further package: tails and many tests at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma
from typing import Final

LEVEL: Final = 0.01
"""The level at which detectors that test many people or draws at once control their false alarms."""


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def tails(n: int, marked: int, total: int, found: int) -> tuple[float, float]:
    """(P(X ≤ found), P(X ≥ found)) of X, the marked among `n` taken blindly from `total` of which `marked`
    are; one-sided Fisher tests."""
    whole = _log_choose(total, n)
    least, most = max(0, n + marked - total), min(n, marked)

    def chance(k: int) -> float:
        return exp(_log_choose(marked, k) + _log_choose(total - marked, n - k) - whole)

    low = sum(chance(k) for k in range(least, min(found, most) + 1))
    high = sum(chance(k) for k in range(max(found, least), most + 1))
    return min(1.0, low), min(1.0, high)


def alarms(ps: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Benjamini–Hochberg: which tests are alarms of which `level` may be false, in the order given."""
    ranked = sorted(range(len(ps)), key=lambda i: ps[i])
    last = max((rank for rank, i in enumerate(ranked, 1) if ps[i] <= level * rank / len(ps)), default=0)
    chosen = set(ranked[:last])
    return [i in chosen for i in range(len(ps))]
