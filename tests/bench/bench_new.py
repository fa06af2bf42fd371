"""Verification of what is new against verification of everything: `python -m tests.bench.bench_new [RUNS]`.

A made-up ledger grows from 20,000 to 40,000 small events; at each size 500 entries are new to a reader who
keeps a state (`verify --state`). Median seconds of CPU, signatures too, on one process: everything, and what
is new; reading the state's file is shown apart, as it grows with the facts.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from math import log
from pathlib import Path
from statistics import median
from time import process_time

from ledger.book import Deed
from ledger.commands import bundles
from tests.office import Office
from verifier import remembered
from verifier.bundle import open_bundle
from verifier.remembered import Memory
from verifier.replay import replay_bundle
from verifier.report import Anchors, Verdict

SIZES = 20_000, 40_000
NEW = 500


def grow(office: Office, first: int, last: int) -> None:
    """Named attachments with these numbers."""
    photos = [
        Deed("attached", "attachments", {"name": f"照片 {n}", "file": sha256(b"%d" % n).digest(), "size": n})
        for n in range(first, last)
    ]
    office.book.write(office.clerk, lambda _facts: photos)


def verified(folder: Path, memory: Memory | None) -> None:
    with open_bundle(folder) as bundle:
        report, _ = replay_bundle(bundle, Anchors(), workers=1, memory=memory)
    if report.verdict is not Verdict.PASS or (memory and memory.held and not memory.used):
        raise SystemExit(f"new: {report.sentence('en')}")


def timed(work: Callable[[], object], runs: int) -> float:
    taken = []
    for _ in range(runs):
        began = process_time()
        work()
        taken.append(process_time() - began)
    return median(taken)


def main(runs: int = 3) -> None:
    """Print one line a size and the growth between them."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        office = Office(Path(name))
        office.lists(subjects=0, officers=4)
        written = 0
        wholes = []
        for size in SIZES:
            grow(office, written, size)
            before, after = Path(name) / f"a{size}", Path(name) / f"b{size}"
            bundles.export(office.book, office.log, before)
            grow(office, size, size + NEW)
            written = size + NEW
            bundles.export(office.book, office.log, after)
            memory = Memory()
            verified(before, memory)
            if memory.kept is None:
                raise SystemExit("new: nothing was kept")
            data = remembered.encode(memory.kept)
            whole = timed(lambda after=after: verified(after, None), runs)  # type: ignore[misc]
            wholes.append(whole)
            reading = timed(lambda data=data: remembered.decode(data), runs)  # type: ignore[misc]
            held = [remembered.decode(data) for _ in range(runs)]
            new = timed(lambda after=after, held=held: verified(after, Memory(held.pop())), runs)  # type: ignore[misc]
            print(
                f"{NEW} new of {size + NEW:,} entries: everything {whole:.2f} s of CPU, "
                f"what is new {new:.2f} s (1/{whole / new:.0f}), "
                f"the file of {len(data) / 1e6:.0f} MB read in {reading:.2f} s",
                flush=True,
            )
        exponent = log(wholes[-1] / wholes[0]) / log((SIZES[-1] + NEW) / (SIZES[0] + NEW))
        print(f"verification grows with the entries to the power of {exponent:.2f} (aim ≤ 1.05)")
        office.book.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
