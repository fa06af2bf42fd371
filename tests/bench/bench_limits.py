"""What this machine can do at most, in the run of the others: `python -m tests.bench.bench_limits`.

SHA-256 of a short line, Ed25519, a durable write, copying memory; and peers of the tree where they are
installed (`pip install pymerkle`). Medians of five.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.merkle import Frontier, leaf_hash

LEAVES = 20_000


def rate(work: Callable[[], object], count: int, runs: int = 5) -> float:
    """Times a second of what `work` does `count` times."""
    taken = []
    for _ in range(runs):
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return count / median(taken)


def hashes() -> None:
    line = b"x" * 100
    for _ in range(200_000):
        sha256(line).digest()


def tree() -> None:
    frontier = Frontier()
    frontier.extend(leaf_hash(b"%d" % n) for n in range(LEAVES))
    frontier.root()


def pymerkle_tree() -> None:
    from pymerkle import InmemoryTree  # type: ignore[import-not-found,import-untyped,unused-ignore]

    held = InmemoryTree(algorithm="sha256")
    for n in range(LEAVES):
        held.append_entry(b"%d" % n)
    held.get_state()


def commits(folder: Path) -> float:
    """Transactions a second of one small row, WAL and synchronous=FULL."""
    connection = sqlite3.connect(folder / "a.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE a (b BLOB)")

    def work() -> None:
        for _ in range(50):
            connection.execute("INSERT INTO a VALUES (?)", (bytes(400),))

    found = rate(work, 50)
    connection.close()
    return found


def flushes(folder: Path) -> float:
    with (folder / "b").open("wb", buffering=0) as file:

        def work() -> None:
            for _ in range(50):
                file.write(bytes(400))
                os.fsync(file.fileno())

        return rate(work, 50)


def main() -> None:
    """Print a line for each limit."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, text = key.public_key(), bytes(300)
    signature, block = key.sign(text), bytearray(1 << 26)
    print(f"limit: SHA-256 of 100 bytes from Python {rate(hashes, 200_000):,.0f}/s")
    print(f"limit: Ed25519 sign {rate(lambda: [key.sign(text) for _ in range(2000)], 2000):,.0f}/s", end=", ")
    print(f"verify {rate(lambda: [public.verify(signature, text) for _ in range(2000)], 2000):,.0f}/s")
    print(f"limit: memory copied {rate(lambda: bytes(block), 1) * len(block) / 1e9:.1f} GB/s")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        print(f"limit: write and fsync {flushes(Path(name)):,.0f}/s", end=", ")
        print(f"bare SQLite FULL {commits(Path(name)):,.0f} transactions/s")
    ours = rate(tree, LEAVES)
    print(f"tree of {LEAVES:,} leaves: {ours:,.0f} leaves/s", end="")
    if find_spec("pymerkle"):
        theirs = rate(pymerkle_tree, LEAVES, 3)
        print(f"; pymerkle {theirs:,.0f}/s, ours {ours / theirs:.1f} times", end="")
    print()


if __name__ == "__main__":
    main()
