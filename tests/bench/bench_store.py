"""Durable appends to a ledger file against their limits: `python -m tests.bench.bench_store`.

By turns on the same disk, so that a disk or a machine that is slow for a while is slow for both: one append
and one bare SQLite insert of the same bytes (WAL, synchronous=FULL); a batch and the bare signatures of its
messages; one process and eight at once. Prints medians by the clock and of CPU time, and ratios.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.commands import visits
from ledger.store import NewEvent, Store
from tests.office import Office
from verifier import entry
from verifier.entry import Entry

ROOT = Path(__file__).parents[2]
TURNS = 500
BATCH = 100
BATCHES = 30
WRITERS = 8
SECONDS = 2.0
RUNS = 5
CHUNKS = 60
ORIGIN = "practice/bench.example/2026"
TIME = "2026-03-02T09:00:00+08:00"
TYPES = frozenset(["subject.added", "import.chunk"])
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
ACTOR = sha256(KEY.public_key().public_bytes_raw()).digest()


@dataclass
class Costs:
    """Seconds of each call, by the clock and of CPU time."""

    clock: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def of(self, work: Callable[[], object]) -> None:
        """Do it once."""
        cpu, clock = process_time(), perf_counter()
        work()
        self.clock.append(perf_counter() - clock)
        self.cpu.append(process_time() - cpu)

    def __str__(self) -> str:
        return f"{median(self.clock) * 1e6:.0f} µs ({median(self.cpu) * 1e6:.0f} of CPU)"


def ratio(peer: Costs, ours: Costs) -> float:
    """How much of the peer's rate ours reaches, by the clock."""
    return median(peer.clock) / median(ours.clock)


def event(name: str) -> NewEvent:
    """An event of usual size."""
    data = {"name": "某某粮油有限公司", "subject": f"S{name:>08}", "tags": ["粮食承储", "油气"]}
    return NewEvent(f"subject/{name}", "subject.added", data, sha256(name.encode()).digest()[:16])


def append(store: Store, events: list[NewEvent]) -> list[Entry]:
    """One durable transaction."""
    with store.writing() as transaction:
        return transaction.append(events, actor=ACTOR, sign=KEY.sign, time=TIME)


def bare_table(folder: Path) -> sqlite3.Connection:
    """The least that keeps entries durably."""
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT")
    return bare


def insert_bare(bare: sqlite3.Connection, one: Entry) -> None:
    """One durable transaction."""
    bare.execute("INSERT INTO events VALUES (?, ?)", (one.body.seq, one.raw))


def single(folder: Path) -> tuple[Costs, Costs]:
    """One append to the store, and one bare insert of the same entry."""
    bare, ours, theirs = bare_table(folder), Costs(), Costs()
    with Store.create(folder / "ledger.db", ORIGIN, types=TYPES) as store:
        for turn in range(TURNS):
            done, events = list[Entry](), [event(f"{turn}")]
            ours.of(lambda: done.extend(append(store, events)))  # noqa: B023
            theirs.of(lambda: insert_bare(bare, done[0]))  # noqa: B023
    bare.close()
    return ours, theirs


def through_the_book(folder: Path) -> tuple[Costs, Costs]:
    """As `single`, for what a command does: the law is asked, facts move, the key file remembers the head."""
    office, bare, ours, theirs = Office(folder), bare_table(folder), Costs(), Costs()
    for turn in range(TURNS // 2):
        done = list[Entry]()
        deed = partial(
            visits.attach, office.book, office.clerk, "现场照片", sha256(b"%d" % turn).digest(), turn
        )
        ours.of(lambda: done.extend(deed().entries))  # noqa: B023
        theirs.of(lambda: insert_bare(bare, done[0]))  # noqa: B023
    bare.close()
    office.book.close()
    return ours, theirs


def batches(store: Store) -> tuple[Costs, Costs]:
    """A transaction of BATCH events, and nothing but their signatures."""
    ours, signing = Costs(), Costs()
    for turn in range(BATCHES):
        done, events = list[Entry](), [event(f"b{turn}.{number}") for number in range(BATCH)]
        ours.of(lambda: done.extend(append(store, events)))  # noqa: B023
        messages = [entry.message(one.body_bytes) for one in done]
        signing.of(lambda: [KEY.sign(message) for message in messages])  # noqa: B023
    return ours, signing


def told_batches(where: str, ours: Costs, signing: Costs) -> str:
    """The row of the table."""
    cpu = median(signing.cpu) / median(ours.cpu)
    rate, signed = BATCH / median(ours.clock), BATCH / median(signing.clock)
    return (
        f"append in batches of {BATCH} {where}: {rate:.0f}/s, {median(ours.cpu) / BATCH * 1e6:.0f} µs of CPU "
        f"each; bare signing {signed:.0f}/s, "
        f"by the clock {rate / signed:.2f}, of CPU ratio {cpu:.2f} (aim ≥ 0.4)"
    )


def writers(path: Path, count: int) -> list[float]:
    """What `count` processes append at once for SECONDS: the seconds of each. Nothing lost, no gap."""
    words = [sys.executable, "-m", "tests.bench.bench_store", str(path)]
    with Store.open(path, types=TYPES) as store:
        before = store.head().size
        processes = [
            subprocess.Popen(
                [*words, f"w{before}.{number}"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(count)
        ]
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate()[0].split() for process in processes]
        taken = [float(word) for words in told for word in words]
        assert store.head().size - before == len(taken)
    return taken


def write(path: Path, name: str) -> None:
    """What one process does: append for SECONDS, print the seconds of each."""
    taken = Costs()
    with Store.open(path, types=TYPES) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        end = perf_counter() + SECONDS
        while perf_counter() < end:
            events = [event(f"{name}.{len(taken.clock)}")]
            taken.of(lambda: append(store, events))  # noqa: B023
    print(*taken.clock)


def crowd(where: str, path: Path) -> str:
    """One process and WRITERS at once by turns, RUNS times: the row of the table."""
    one, many, waits = [], [], list[float]()
    for _ in range(RUNS):
        one.append(len(writers(path, 1)) / SECONDS)
        taken = writers(path, WRITERS)
        many.append(len(taken) / SECONDS)
        waits += taken
    waits.sort()
    return (
        f"{WRITERS} writers at once {where}: {median(many):.0f}/s together, one alone {median(one):.0f}/s, "
        f"ratio {median(many) / median(one):.2f} (aim ≥ 0.8); longest {waits[-1]:.2f} s, "
        f"p99 {waits[int(len(waits) * 0.99)]:.3f} s (aim < 1)"
    )


def bulk(folder: Path) -> tuple[float, int]:
    """Seconds of one transaction of CHUNKS chunks, and the bytes of a chunk's entry."""
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
            entries = transaction.append(events, actor=ACTOR, sign=KEY.sign, time=TIME)
        return perf_counter() - began, len(entries[0].raw)


def main() -> None:
    """Run all and print."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # not /tmp, which may be memory
        ours, theirs = single(Path(name))
        print(f"append one at a time through the store: {ours}; bare SQLite {theirs};", end=" ")
        print(f"ratio {ratio(theirs, ours):.2f} (aim ≥ 0.55)")
        with Store.open(Path(name) / "ledger.db", types=TYPES) as store:
            print(told_batches("to a file", *batches(store)))
        print(crowd("on a file", Path(name) / "ledger.db"))
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        ours, theirs = single(Path(name))
        print(
            f"the same without a disk, so nothing waits: CPU {median(ours.cpu) * 1e6:.0f} µs (aim ≤ 150);",
            end=" ",
        )
        print(f"bare SQLite {median(theirs.cpu) * 1e6:.0f} µs")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        ours, theirs = through_the_book(Path(name))
        print(f"append one at a time through the book: {ours}; bare SQLite {theirs};", end=" ")
        print(f"ratio {ratio(theirs, ours):.2f}")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        seconds, size = bulk(Path(name))
    print(f"bulk: {CHUNKS} chunks of {size / 1000:.0f} kB in one transaction: {seconds:.2f} s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write(Path(sys.argv[1]), sys.argv[2])
    else:
        main()
