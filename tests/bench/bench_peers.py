"""Peers doing the same work in the same run: `python -m tests.bench.bench_peers [ENTRIES]`.

- Go's `x/mod` (sumdb/note, sumdb/tlog) and `verifier.tiles` read the same log from disk: the signed head,
  every entry against its hash tile, every tile against the head. Go proves each tile up to the head, ours
  builds the tree again and compares; both must say the same line.
- `cryptorandom` draws as many of the same ids. PIKK, as ours, gives each id a random number and takes the
  smallest, in numbers of its own generator; Fisher-Yates needs only as many numbers as are drawn, but nobody
  can check one id alone.

Each prints CPU, which a busy machine changes least; medians of five, in turn. What is absent is said.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import pytest

from tests.bench.bench_scale import SEED, made_up_ids
from tests.golang import check_log_folder
from tests.verifier import demolog
from verifier import checkpoint, draw, merkle, note, tiles

ENTRIES, LENGTH = 100_000, 300
"""Of the log; bytes of each, about those of a visit."""
IDS, DRAWN = 300_000, 9_000
"""Of the pool, and how many of it are drawn."""
RUNS = 5


def write_log(folder: Path, size: int) -> None:
    """A signed log of made-up entries as tiles."""
    entries = [b"%08d" % n + bytes(LENGTH - 8) for n in range(size)]
    for path, content in tiles.write_tiles(entries):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    head = checkpoint.Checkpoint(demolog.ORIGIN, size, merkle.root(map(merkle.leaf_hash, entries)))
    signed = checkpoint.sign_checkpoint(head, demolog.LOG, demolog.LOG_SEED.sign)
    (folder / "checkpoint").write_bytes(signed)
    (folder / "log.vkey").write_bytes(note.vkey_file(demolog.LOG))


def read_log(folder: Path) -> str:
    """Check the log as Go's program does; gives its line."""
    vkey = note.parse_vkey_file((folder / "log.vkey").read_bytes())
    head, signed = checkpoint.parse_checkpoint((folder / "checkpoint").read_bytes())
    if not note.verify(signed, vkey):
        raise SystemExit("peers: the head is not signed")
    reader = tiles.TileReader(lambda path: (folder / path).read_bytes(), head.size, head.root)
    for _ in reader.entries():
        pass
    return f"{head.origin} {head.size} {note.encode_base64(head.root)}"


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU, of this process and of those it started, and seconds by the clock."""
    began, before = perf_counter(), os.times()
    work()
    after = os.times()
    busy = sum(after[:4]) - sum(before[:4])
    return busy, perf_counter() - began


def go(entries: int) -> None:
    """One line: Go and ours over the same tiles."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        write_log(folder, entries)
        try:
            told = check_log_folder(folder)
        except pytest.skip.Exception as why:
            print(f"Go x/mod: not here ({why})")
            return
        if told != read_log(folder):
            raise SystemExit("peers: Go reads another log")
        theirs, ours = [], []
        for _ in range(RUNS):
            theirs.append(cost(lambda: check_log_folder(folder)))
            ours.append(cost(lambda: read_log(folder)))
    (go_cpu, go_clock), (our_cpu, our_clock) = (
        tuple(map(median, zip(*r, strict=True))) for r in (theirs, ours)
    )
    print(
        f"tiles of {entries:,} entries of {LENGTH} bytes read and checked: ours {entries / our_cpu:,.0f} "
        f"entries/s of CPU, Go x/mod {entries / go_cpu:,.0f}: {go_cpu / our_cpu:.2f} of its rate; by "
        f"the clock {our_clock:.2f} s and {go_clock:.2f} s"
    )


def sampled(ids: list[str], k: int, method: str) -> int:
    from cryptorandom.cryptorandom import SHA256  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from cryptorandom.sample import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
        random_sample,
    )

    return len(random_sample(ids, k, method=method, prng=SHA256(SEED)))


def sample() -> None:
    """One line: cryptorandom and ours over the same ids."""
    if find_spec("cryptorandom") is None:
        print("cryptorandom: not installed (pip install cryptorandom)")
        return
    ids, k = made_up_ids(IDS), DRAWN
    spent: dict[str, list[float]] = {"ours": [], "PIKK": [], "Fisher-Yates": []}
    for _ in range(RUNS):
        began = process_time()
        draw.select(SEED, ids, k)
        spent["ours"].append(process_time() - began)
        for method in ("PIKK", "Fisher-Yates"):
            began = process_time()
            sampled(ids, k, method)
            spent[method].append(process_time() - began)
    ours = median(spent.pop("ours"))
    told = ", ".join(f"{name} {IDS / median(took):,.0f}" for name, took in spent.items())
    times = ", ".join(f"{median(took) / ours:.1f} times {name}" for name, took in spent.items())
    print(
        f"{k:,} of {IDS:,} ids drawn: ours {IDS / ours:,.0f} ids/s of CPU; cryptorandom {told}: ours {times}"
    )


def main(entries: int = ENTRIES) -> None:
    """Print one line a peer."""
    go(entries)
    sample()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
