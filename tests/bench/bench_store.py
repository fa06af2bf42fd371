"""Durable appends against bare SQLite inserts of the same bytes: `python -m tests.bench.bench_store`.

Both sides commit each event on its own with WAL and synchronous=FULL, in turn on the same disk, so that a
disk that is slow for a while is slow for both. Prints medians in µs and their ratio (aim ≥ 0.5).
"""

from __future__ import annotations

import sqlite3
import tempfile
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.store import NewEvent, Store

ROUNDS = 20
PER_ROUND = 25
CHUNKS = 60
ORIGIN = "practice/bench.example/2026"
TIME = "2026-03-02T09:00:00+08:00"
TYPES = frozenset(["subject.added", "import.chunk"])


def single(folder: Path) -> tuple[float, float]:
    """Median seconds of one durable append, and of one bare insert of the same entry."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    actor = sha256(key.public_key().public_bytes_raw()).digest()
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT")
    ours: list[float] = []
    theirs: list[float] = []
    with Store.create(folder / "ledger.db", ORIGIN, types=TYPES) as store:
        for turn in range(ROUNDS):
            done = []
            for number in range(turn * PER_ROUND, (turn + 1) * PER_ROUND):
                event = NewEvent(
                    f"subject/{number}",
                    "subject.added",
                    {"subject": f"S{number:08}", "name": "某某粮油有限公司", "tags": ["粮食承储", "油气"]},
                    sha256(b"%d" % number).digest()[:16],
                )
                began = perf_counter()
                with store.writing() as transaction:
                    done += transaction.append([event], actor=actor, sign=key.sign, time=TIME)
                ours.append(perf_counter() - began)
            for entry in done:
                began = perf_counter()
                bare.execute("INSERT INTO events VALUES (?, ?)", (entry.body.seq, entry.raw))
                theirs.append(perf_counter() - began)
    bare.close()
    return median(ours), median(theirs)


def bulk(folder: Path) -> tuple[float, int]:
    """Seconds of one transaction of CHUNKS chunks, and the bytes of a chunk's entry."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    actor = sha256(key.public_key().public_bytes_raw()).digest()
    events = [
        NewEvent(
            "import/bulk",
            "import.chunk",
            {
                "import": "bulk",
                "index": chunk,
                "rows": [[f"S{chunk:02}{row:06}", "某某粮油有限公司", "粮食承储"] for row in range(900)],
            },
            sha256(b"%d" % chunk).digest()[:16],
        )
        for chunk in range(CHUNKS)
    ]
    with Store.create(folder / "bulk.db", ORIGIN, types=TYPES) as store:
        began = perf_counter()
        with store.writing() as transaction:
            entries = transaction.append(events, actor=actor, sign=key.sign, time=TIME)
        return perf_counter() - began, len(entries[0].raw)


def main() -> None:
    """Run both and print."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # not /tmp, which may be memory
        ours, theirs = single(Path(name))
        seconds, size = bulk(Path(name))
    print(f"append, one at a time: median {ours * 1e6:.0f} µs; bare SQLite insert {theirs * 1e6:.0f} µs")
    print(f"append ratio: {theirs / ours:.2f} of bare SQLite (aim ≥ 0.5)")
    print(f"bulk: {CHUNKS} chunks of {size / 1000:.0f} kB in one transaction: {seconds:.2f} s")


if __name__ == "__main__":
    main()
