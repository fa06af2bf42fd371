"""Durable appends on PostgreSQL: `python -m tests.bench.bench_postgres`.

By turns in one run on the same disk: the store on a server of its own (socket, fsync on), the stock recorder
of `eventsourcing` on the same server with states of the same size, and bare SQLite with the same bytes;
batches, against stock and against nothing but their signatures; one process and eight at once. Prints
medians, CPU time of this side (the server's comes on top), ratios and p99. Needs PostgreSQL.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from ledger.store import Store
from tests.bench.bench_store import (
    BATCH,
    BATCHES,
    KEY,
    ORIGIN,
    TURNS,
    TYPES,
    Costs,
    append,
    bare_table,
    crowd,
    event,
    insert_bare,
    ratio,
    told_batches,
)
from tests.cluster import Cluster, programs, running
from verifier import entry
from verifier.entry import Entry


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


def stored(entries: list[Entry]) -> list[Any]:
    """The bytes of the entries, as stock keeps them."""
    from eventsourcing.persistence import StoredEvent

    return [StoredEvent(uuid4(), 1, "subject.added", one.raw) for one in entries]


def one_at_a_time(path: Path, recorder: Any, folder: Path) -> None:
    """One append to each, by turns."""
    bare, ours, theirs, sqlite = bare_table(folder), Costs(), Costs(), Costs()
    with Store.open(path, types=TYPES) as store:
        for turn in range(TURNS):
            done, events = list[Entry](), [event(f"{turn}")]
            ours.of(lambda: done.extend(append(store, events)))  # noqa: B023
            states = stored(done)
            theirs.of(lambda: recorder.insert_events(states))  # noqa: B023
            sqlite.of(lambda: insert_bare(bare, done[0]))  # noqa: B023
    bare.close()
    print(f"append one at a time on PostgreSQL: {ours}; stock eventsourcing {theirs},", end=" ")
    print(f"ratio {ratio(theirs, ours):.2f} (aim ≥ 0.5);", end=" ")
    print(f"bare SQLite {sqlite}, of its rate {ratio(sqlite, ours):.2f}")


def in_batches(path: Path, recorder: Any) -> None:
    """Transactions of BATCH events to each, and their bare signatures, by turns."""
    ours, theirs, signing = Costs(), Costs(), Costs()
    with Store.open(path, types=TYPES) as store:
        for turn in range(BATCHES):
            done, events = list[Entry](), [event(f"b{turn}.{number}") for number in range(BATCH)]
            ours.of(lambda: done.extend(append(store, events)))  # noqa: B023
            states, messages = stored(done), [entry.message(one.body_bytes) for one in done]
            theirs.of(lambda: recorder.insert_events(states))  # noqa: B023
            signing.of(lambda: [KEY.sign(message) for message in messages])  # noqa: B023
    print(told_batches("on PostgreSQL", ours, signing))
    print(f"the same against stock eventsourcing: {BATCH / median(theirs.clock):.0f}/s,", end=" ")
    print(f"of its rate {ratio(theirs, ours):.2f}")


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
        print(crowd("on PostgreSQL", path))


if __name__ == "__main__":
    main()
