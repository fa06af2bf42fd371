"""Durable appends against bare SQLite inserts of the same bytes: `python -m tests.bench.bench_store`.

All sides commit each event on its own with WAL and synchronous=FULL, in turn on the same disk, so that a
disk that is slow for a while is slow for all: the store alone, the book with law, facts and key memory
beside it, and bare SQLite with the bytes of the same entries. Prints medians in µs and ratios (aim ≥ 0.5).
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.commands import visits
from ledger.store import NewEvent, Store
from tests.office import Office
from verifier.entry import Entry

ROUNDS = 20
PER_ROUND = 25
CHUNKS = 60
ORIGIN = "practice/bench.example/2026"
TIME = "2026-03-02T09:00:00+08:00"
TYPES = frozenset(["subject.added", "import.chunk"])


def bare_table(folder: Path) -> sqlite3.Connection:
    """The least that keeps entries durably."""
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT")
    return bare


def insert_bare(bare: sqlite3.Connection, entries: list[Entry]) -> Iterator[float]:
    """Seconds of each insert."""
    for entry in entries:
        began = perf_counter()
        bare.execute("INSERT INTO events VALUES (?, ?)", (entry.body.seq, entry.raw))
        yield perf_counter() - began


def single(folder: Path) -> tuple[float, float]:
    """Median seconds of one durable append to the store, and of one bare insert of the same entry."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    actor = sha256(key.public_key().public_bytes_raw()).digest()
    bare = bare_table(folder)
    ours: list[float] = []
    theirs: list[float] = []
    with Store.create(folder / "ledger.db", ORIGIN, types=TYPES) as store:
        for turn in range(ROUNDS):
            done = []
            for number in range(turn * PER_ROUND, (turn + 1) * PER_ROUND):
                event = NewEvent(
                    f"subject/{number}",
                    "subject.added",
                    {"name": "某某粮油有限公司", "subject": f"S{number:08}", "tags": ["粮食承储", "油气"]},
                    sha256(b"%d" % number).digest()[:16],
                )
                began = perf_counter()
                with store.writing() as transaction:
                    done += transaction.append([event], actor=actor, sign=key.sign, time=TIME)
                ours.append(perf_counter() - began)
            theirs += insert_bare(bare, done)
    bare.close()
    return median(ours), median(theirs)


def through_the_book(folder: Path) -> tuple[float, float]:
    """As `single`, for what a command does: the law is asked, facts move, the key file remembers the head."""
    office = Office(folder)
    bare = bare_table(folder)
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(ROUNDS):
        done = []
        for number in range(turn * PER_ROUND, (turn + 1) * PER_ROUND):
            file = sha256(b"%d" % number).digest()
            began = perf_counter()
            done += visits.attach(office.book, office.clerk, f"现场照片 {number}", file, number).entries
            ours.append(perf_counter() - began)
        theirs += insert_bare(bare, done)
    bare.close()
    office.book.close()
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
    """Run all and print."""
    for title, measure in (("the store", single), ("the book", through_the_book)):
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # not /tmp, which may be memory
            ours, theirs = measure(Path(name))
        print(
            f"append one at a time through {title}: {ours * 1e6:.0f} µs; bare SQLite {theirs * 1e6:.0f} µs;",
            end=" ",
        )
        print(f"ratio {theirs / ours:.2f} (aim ≥ 0.5)")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        seconds, size = bulk(Path(name))
    print(f"bulk: {CHUNKS} chunks of {size / 1000:.0f} kB in one transaction: {seconds:.2f} s")


if __name__ == "__main__":
    main()
