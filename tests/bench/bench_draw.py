"""Tickets and selection from 1,000,000 ids against a bare hashlib loop with `heapq.nsmallest`.

`python -m tests.bench.bench_draw [RUNS]`; prints medians in seconds and their ratio (aim ≥ 0.8). Both sides
hash the same bytes, in turn, and must draw the same ids.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from heapq import nsmallest
from statistics import median
from time import perf_counter

from verifier import draw

COUNT = 1_000_000
DRAWN = 30_000
SEED = sha256(b"a made-up seed").hexdigest()
AIM = 0.8


def bare(ids: list[str], seed: str = SEED, drawn: int = DRAWN) -> list[str]:
    """The loop a stranger would write."""
    head = f"liuhen/ticket/1\n{seed}\nsubject\n".encode()
    tickets = ((sha256(head + name.encode()).digest(), name) for name in ids)
    return [name for _, name in nsmallest(drawn, tickets)]


def main(runs: int = 3) -> None:
    """Print one line."""
    ids = [f"9164000000{number:08}" for number in range(COUNT)]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(runs):
        began = perf_counter()
        drawn = [name for _, name in draw.select(SEED, ids, DRAWN)]
        ours.append(perf_counter() - began)
        began = perf_counter()
        plain = bare(ids)
        theirs.append(perf_counter() - began)
        if drawn != plain:
            raise SystemExit("draw: the bare loop draws others")
    ratio = median(theirs) / median(ours)
    print(
        f"draw {DRAWN:,} of {COUNT:,}: {median(ours):.2f} s; bare hashlib and nsmallest "
        f"{median(theirs):.2f} s; ratio {ratio:.2f} (aim ≥ {AIM})"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
