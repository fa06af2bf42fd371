"""Durable appends on PostgreSQL: `python -m tests.bench.bench_postgres`.

In one run on the same disk, in turn: the store on a server of its own (socket, fsync on), the stock recorder
of `eventsourcing` on the same server with states of the same size, and bare SQLite with the same bytes. Then
one process and eight at once, each append timed. Prints rates, ratios and p99. Needs PostgreSQL.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.store import NewEvent, Store
from tests.bench.bench_store import ORIGIN, PER_ROUND, ROUNDS, TIME, TYPES, bare_table, insert_bare
from tests.cluster import Cluster, programs, running
from verifier.entry import Entry

ROOT = Path(__file__).parents[2]
BATCH = 100
SECONDS = 6.0
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
ACTOR = sha256(KEY.public_key().public_bytes_raw()).digest()


def event(name: str) -> NewEvent:
    """An event of usual size."""
    data = {"name": "某某粮油有限公司", "subject": f"S{name:>08}", "tags": ["粮食承储", "油气"]}
    return NewEvent(f"subject/{name}", "subject.added", data, sha256(name.encode()).digest()[:16])


def append(store: Store, names: list[str]) -> list[Entry]:
    """One durable transaction."""
    with store.writing() as transaction:
        return transaction.append([event(name) for name in names], actor=ACTOR, sign=KEY.sign, time=TIME)


def stock(cluster: Cluster) -> Any:
    """The recorder of `eventsourcing` with its defaults, in a database of its own."""
    from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

    with cluster.connect() as plain:
        plain.execute("CREATE DATABASE stock")
    store = PostgresDatastore(
        dbname="stock", host=str(cluster.folder), port="5432", user="liuhen", password=""
    )
    recorder = PostgresApplicationRecorder(store, events_table_name="stored_events")
    recorder.create_table()
    return recorder


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def one_at_a_time(path: Path, recorder: Any, folder: Path) -> None:
    """Medians of one append to each, by turns."""
    from eventsourcing.persistence import StoredEvent

    bare = bare_table(folder)
    ours: list[float] = []
    theirs: list[float] = []
    sqlite: list[float] = []
    with Store.open(path, types=TYPES) as store:
        for turn in range(ROUNDS):
            entries: list[Entry] = []
            for number in range(PER_ROUND):
                ours.append(seconds(lambda: entries.extend(append(store, [f"{turn}.{number}"]))))  # noqa: B023
            for entry in entries:
                stored = StoredEvent(uuid4(), 1, "subject.added", entry.raw)
                theirs.append(seconds(lambda: recorder.insert_events([stored])))  # noqa: B023
            sqlite += insert_bare(bare, entries)
    bare.close()
    a, b, c = median(ours), median(theirs), median(sqlite)
    print(f"append one at a time on PostgreSQL: {a * 1e6:.0f} µs ({1 / a:.0f}/s);", end=" ")
    print(f"stock eventsourcing {b * 1e6:.0f} µs, ratio {b / a:.2f} (aim ≥ 0.5);", end=" ")
    print(f"bare SQLite {c * 1e6:.0f} µs, ratio {c / a:.2f}")


def in_batches(path: Path, recorder: Any) -> None:
    """Medians of transactions of BATCH events."""
    from eventsourcing.persistence import StoredEvent

    ours: list[float] = []
    theirs: list[float] = []
    with Store.open(path, types=TYPES) as store:
        for turn in range(ROUNDS):
            entries: list[Entry] = []
            names = [f"b{turn}.{number}" for number in range(BATCH)]
            ours.append(seconds(lambda: entries.extend(append(store, names))))  # noqa: B023
            stored = [StoredEvent(uuid4(), 1, "subject.added", entry.raw) for entry in entries]
            theirs.append(seconds(lambda: recorder.insert_events(stored)))  # noqa: B023
    a, b = median(ours), median(theirs)
    print(f"append in batches of {BATCH}: {BATCH / a:.0f}/s; stock {BATCH / b:.0f}/s, ratio {b / a:.2f}")


def writers(path: Path, count: int) -> tuple[float, float, float]:
    """Appends per second of `count` processes for SECONDS, p99 and the longest in seconds."""
    words = [sys.executable, "-m", "tests.bench.bench_postgres", str(path)]
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
        taken = sorted(float(word) for words in told for word in words)
        # nothing lost, no gap: as many new entries as were acknowledged
        assert store.head().size - before == len(taken)
    return len(taken) / SECONDS, taken[int(len(taken) * 0.99)], taken[-1]


def write(path: Path, name: str) -> None:
    """What one process does: append for SECONDS, print the seconds of each."""
    taken = []
    with Store.open(path, types=TYPES) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        end = perf_counter() + SECONDS
        while perf_counter() < end:
            taken.append(seconds(lambda: append(store, [f"{name}.{len(taken)}"])))
    print(*taken)


def main() -> None:
    """Run all and print."""
    where = programs()
    if where is None:
        print("PostgreSQL is not installed here: nothing measured")
        return
    with running(where) as cluster, tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        path = Path(name) / "ledger.db"
        path.write_text(cluster.url("bench") + "\n")
        Store.create(path, ORIGIN, types=TYPES).close()
        recorder = stock(cluster)
        one_at_a_time(path, recorder, Path(name))
        in_batches(path, recorder)
        one, p99, longest = writers(path, 1)
        print(f"one writer: {one:.0f}/s, p99 {p99 * 1e3:.1f} ms, longest {longest * 1e3:.0f} ms")
        eight, p99, longest = writers(path, 8)
        print(f"eight writers: {eight:.0f}/s together, p99 {p99 * 1e3:.0f} ms,", end=" ")
        print(f"longest {longest * 1e3:.0f} ms, ratio {eight / one:.2f} (aim ≥ 0.8, p99 < 1 s)")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write(Path(sys.argv[1]), sys.argv[2])
    else:
        main()
