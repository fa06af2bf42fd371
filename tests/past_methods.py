"""How platforms draw, well and badly, on a made-up list: what `liuhen forensics` must tell apart.

The bad ones are known from published code and audits (specs/forensics.md). Each gives the places drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from ledger.forensics.reading import Past, Roster

REGIONS = ("城关镇", "河东镇", "河西镇", "开发区")
Method = Callable[[np.random.Generator, Roster, int], Sequence[int]]


def roster(size: int, seed: int = 0) -> Roster:
    """A list in the order of registration numbers, with a region, a class, a date and a capital."""
    rng = np.random.default_rng([seed, size])
    code = rng.permutation(10 * size)[:size]
    columns = {
        "序号": tuple(str(n + 1) for n in range(size)),
        "统一社会信用代码": tuple(f"91649999MA{number:07}X" for number in code),
        "企业名称": tuple(f"演示企业{number:06}有限公司" for number in rng.permutation(10 * size)[:size]),
        "管辖单位": tuple(REGIONS[n] for n in rng.integers(0, len(REGIONS), size)),
        "风险等级": tuple("ABCD"[n] for n in rng.integers(0, 4, size)),
        "注册资本": tuple(str(n) for n in rng.permutation(100 * size)[:size]),
    }
    return Roster("名录.xlsx", columns["统一社会信用代码"], columns["企业名称"], columns)


def honest(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """Every set of k alike."""
    return [int(n) for n in rng.choice(len(listed.keys), k, replace=False)]


def systematic(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """One random start, then every ⌊N/k⌋-th of the list by code: the last N mod k are never drawn."""
    order = np.argsort(listed.columns["统一社会信用代码"])
    step = len(order) // k
    start = int(rng.integers(step))
    return [int(order[start + i * step]) for i in range(k)]


def by_blocks(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """One at random out of each of k blocks of the file."""
    size = len(listed.keys) / k
    return [int(i * size + rng.random() * size) for i in range(k)]


def first_shuffled(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """`WHERE rownum < k … ORDER BY rand()`: always the first k, only shuffled."""
    return [int(n) for n in rng.permutation(k)]


def first_of_a_region(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """A filter, then the first k by capital."""
    inside = [n for n, region in enumerate(listed.columns["管辖单位"]) if region == REGIONS[1]]
    inside.sort(key=lambda n: int(listed.columns["注册资本"][n]))
    return [int(n) for n in rng.permutation(inside[:k])]


def without_the_tail(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """A random number of too few values: the last 40% of the file cannot be drawn."""
    return [int(n) for n in rng.choice(int(len(listed.keys) * 0.6), k, replace=False)]


def biased_shuffle(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """Sorting with a comparison that throws a coin: who stands first tends to stay first."""
    order = list(range(len(listed.keys)))
    for place in range(1, len(order)):
        while place and rng.random() < 0.5:
            order[place - 1], order[place] = order[place], order[place - 1]
            place -= 1
    return order[:k]


def leaning(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """The smaller of two random places: small capital is drawn more often."""
    order = np.argsort([int(text) for text in listed.columns["注册资本"]])
    found: dict[int, None] = {}
    while len(found) < k:
        found.setdefault(int(order[rng.integers(0, len(order), 2).min()]))
    return list(found)


def clusters(rng: np.random.Generator, listed: Roster, k: int) -> Sequence[int]:
    """Five neighbours at a time."""
    found: dict[int, None] = {}
    while len(found) < k:
        start = int(rng.integers(len(listed.keys) - 5))
        for place in range(start, start + 5):
            found.setdefault(place)
    return list(found)[:k]


BAD: Mapping[str, tuple[Method, frozenset[str]]] = {
    "systematic": (systematic, frozenset({"equal-gaps", "too-even"})),
    "by blocks": (by_blocks, frozenset({"too-even"})),
    "first k, shuffled": (first_shuffled, frozenset({"tails", "lean", "neighbours"})),
    "filter, then first k": (first_of_a_region, frozenset({"tails", "lean"})),
    "tail not reached": (without_the_tail, frozenset({"tails", "lean"})),
    "sort with a coin": (biased_shuffle, frozenset({"tails", "lean", "neighbours"})),
    "leaning to small capital": (leaning, frozenset({"lean", "tails"})),
    "five neighbours at a time": (clusters, frozenset({"neighbours"})),
}
"""Name → the method, and which questions may find it."""


def past(
    method: Method,
    rng: np.random.Generator,
    size: int = 1000,
    k: int = 30,
    draws: int = 1,
    teams: Callable[[np.random.Generator, int], Sequence[str]] | None = None,
) -> list[Past]:
    """Draws of one list, a month apart."""
    listed = roster(size)
    found = []
    for number in range(draws):
        drawn = tuple(method(rng, listed, k))
        sent = tuple(teams(rng, k)) if teams else ()
        when = datetime(2025, 1, 15, 9) + timedelta(days=30 * number)
        found.append(Past(f"d{number}", listed, drawn, (), sent, when, f"t{number}", ""))
    return found


def rotating(rng: np.random.Generator, size: int = 200, k: int = 30, draws: int = 6) -> list[Past]:
    """Nobody is drawn again before everybody was."""
    listed = roster(size)
    order = rng.permutation(size)
    return [
        Past(f"d{n}", listed, tuple(int(i) for i in order[n * k : (n + 1) * k]), task=f"t{n}")
        for n in range(draws)
    ]


def favourites(rng: np.random.Generator, size: int = 500, k: int = 25, draws: int = 6) -> list[Past]:
    """Ten of each draw are always the same."""
    listed = roster(size)
    return [
        Past(
            f"d{n}",
            listed,
            (*range(10), *(int(i) for i in 10 + rng.choice(size - 10, k - 10, replace=False))),
        )
        for n in range(draws)
    ]


OFFICERS = [f"检查员{n}" for n in range(10)]


def lot_of_pairs(rng: np.random.Generator, k: int) -> list[str]:
    """A lot for each visit."""
    return ["+".join(OFFICERS[n] for n in rng.choice(10, 2, replace=False)) for _ in range(k)]


def pairs_in_turn(rng: np.random.Generator, k: int) -> list[str]:
    """From a random start through the list, two at a time."""
    start = int(rng.integers(10))
    return ["+".join(OFFICERS[(start + 2 * i + j) % 10] for j in (0, 1)) for i in range(k)]
