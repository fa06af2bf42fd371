"""A PostgreSQL server that is stopped, killed or cut off while a clerk appends, at random moments.

What a clerk is told must be so: after E-STORE-LOST, which says that nothing was recorded, the last entry is
the last one acknowledged; after E-STORE-UNCLEAR it may be one more.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from unittest.mock import patch

from ledger.book import Book
from tests.accident import Desktop
from tests.cluster import Cluster, programs, running
from tests.torture import crowd, scene
from tests.torture.checker import breaches
from tests.torture.outcome import Outcome
from verifier.errors import LiuhenError

FRESH = 35
"""Rounds on one ledger, so that reading it whole after each stays quick."""
LATEST = 0.06
"""Seconds after the first acknowledgement: some ten appends."""
FEW = 25
"""Appends of a clerk whose own wire breaks; by then it has."""
IN_COMMIT = 0.006
"""Seconds: a commit has been answered by then."""
ENDS = {"E-STORE-LOST": 10, "E-STORE-UNCLEAR": 11, "E-STORE-CONNECT": 12, "E-STORE-SERVER": 13}
"""Exit codes of a clerk for what the store told them."""
_SCHEMAS = count(1)

Fault = Callable[[Cluster], None]


def office(cluster: Cluster, folder: Path) -> Desktop:
    """An office just founded, in a schema of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    url = cluster.url(f"torture{next(_SCHEMAS)}")
    (folder / "台账 ledger.db").write_text(url + "\n", "utf-8")
    return scene.office(folder)


def restart(mode: str) -> Fault:
    """`pg_ctl stop -m MODE`, and a new start."""

    def deed(cluster: Cluster) -> None:
        cluster.stop(mode)
        cluster.start()

    return deed


def kill(cluster: Cluster) -> None:
    cluster.kill()


def kill_session(cluster: Cluster) -> None:
    """`kill -9` of the process that serves the clerk: the server drops all sessions and recovers."""
    import psycopg

    with cluster.connect() as plain, contextlib.suppress(psycopg.OperationalError):
        for pid in _sessions(cluster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # Until it has noticed, the server lets others in, and drops them too.
        for _ in range(1_000):
            plain.execute("SELECT 1")
            time.sleep(0.01)


def end_session(cluster: Cluster) -> None:
    """As an administrator does."""
    with cluster.connect() as plain:
        for pid in _sessions(cluster):
            plain.execute("SELECT pg_terminate_backend(%s)", (pid,))


def _sessions(cluster: Cluster) -> list[int]:
    with cluster.connect() as plain:
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'liuhen'"
        while not (found := plain.execute(query).fetchall()):
            time.sleep(0.001)
    return [row[0] for row in found]


FAULTS: dict[str, Fault | None] = {
    "restarted": restart("fast"),
    "stopped at once": restart("immediate"),
    "killed": kill,
    "session killed": kill_session,
    "session ended": end_session,
    "cut": None,
    "cut before the commit": None,
    "cut in the commit": None,
}
"""Those without a deed happen in the clerk's own process."""


def play(
    at: Path,
    rounds: int,
    append: scene.Append = scene.honest,
    *,
    faults: tuple[str, ...] = tuple(FAULTS),
    cluster: Cluster | None = None,
    seed: int = 11,
) -> Outcome:
    """Each of `faults` in turn, on `cluster` or on a server of its own."""
    outcome = Outcome("PostgreSQL: server or connection gone")
    with _server(outcome, cluster) as served:
        if served is None:
            return outcome
        chance = random.Random(seed)
        desk, acks = office(served, at / "0"), list[scene.Ack]()
        for round_ in range(rounds):
            name = faults[round_ % len(faults)]
            broken = _round(outcome, served, desk, acks, name, append, chance)
            outcome.breaches += [f"round {round_}, {name}: {one}" for one in broken]
            if broken or round_ % FRESH == FRESH - 1:
                outcome.breaches += indexes(served)
                desk, acks = office(served, at / str(round_ + 1)), []
        outcome.breaches += indexes(served)
    return outcome


def control(at: Path, rounds: int, cluster: Cluster | None = None) -> Outcome:
    """A store that acknowledges before the commit."""
    return play(
        at, rounds, scene.before_commit, cluster=cluster, faults=("cut before the commit", "session killed")
    )


def _round(
    outcome: Outcome,
    cluster: Cluster,
    desk: Desktop,
    acks: list[scene.Ack],
    name: str,
    append: scene.Append,
    chance: random.Random,
) -> list[str]:
    deed = FAULTS[name]
    wait = chance.uniform(0, LATEST)
    within: AbstractContextManager[None]
    if "commit" in name:
        into = chance.uniform(0, IN_COMMIT) if name == "cut in the commit" else 0.0
        within = cutting_in_commit(chance.randint(2, 6), into)
    else:
        within = cutting(wait) if deed is None else contextlib.nullcontext()
    child = start(desk, append, within, FEW if deed is None else 10_000)
    if not child.first():
        code, _ = child.finish()
        return [f"no append is possible afterwards: the clerk ended with {code}"]
    if deed is not None:
        time.sleep(wait)
        deed(cluster)
        # A commit whose answer was lost is looked up, and then the clerk goes on.
        _stop(desk).touch()
    code, told = child.finish()
    _stop(desk).unlink(missing_ok=True)
    acks += told
    outcome.rounds += 1
    outcome.hits += 1
    outcome.acknowledged += len(told)
    answering(cluster)
    found = [] if code in (0, *ENDS.values()) else [f"the clerk ended with {code}"]
    return found + breaches(desk.ledger, acks, desk.folder / "keys") + as_told(desk, told, code)


def start(
    desk: Desktop, append: scene.Append, within: AbstractContextManager[object], most: int
) -> scene.Child:
    """A clerk who appends inside `within` until the store refuses, and ends with its word, or until told."""
    stop = _stop(desk)

    def work(acknowledge: scene.Acknowledge) -> int:
        try:
            with within:
                book, signer = scene.opened(desk)
                with book:
                    for _ in range(most):
                        append(book, signer, acknowledge)
                        if stop.exists():
                            break
        except LiuhenError as error:
            return ENDS.get(error.code, 90)
        return 0

    return scene.start(work)


def _stop(desk: Desktop) -> Path:
    return desk.folder / "stop"


def as_told(desk: Desktop, told: list[scene.Ack], code: int) -> list[str]:
    """The ledger has as many entries as the only clerk was told."""
    least = told[-1][0] + 1
    with Book.open(desk.ledger, clock=scene.clock) as book:
        size = book.store.head().size
    if least <= size <= least + (code == ENDS["E-STORE-UNCLEAR"]):
        return []
    return [f"told of {least} entries and the end {code}, but there are {size}"]


@contextmanager
def cutting(wait: float) -> Iterator[None]:
    """Inside, the wire breaks `wait` seconds after the second append began."""
    from ledger.store.postgres import PostgresEngine

    begun = PostgresEngine.begin
    begins = count(1)

    def begin(engine: PostgresEngine, timeout: float) -> object:
        if next(begins) == 2:
            _cut_after(wait, engine)
        return begun(engine, timeout)

    with patch.object(PostgresEngine, "begin", begin):
        yield


@contextmanager
def cutting_in_commit(which: int, wait: float) -> Iterator[None]:
    """Inside, the wire breaks `wait` seconds into the commit number `which`."""
    from ledger.store.postgres import PostgresEngine

    committed = PostgresEngine.commit
    left = [which]

    def commit(engine: PostgresEngine, *words: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            _cut_after(wait, engine)
        committed(engine, *words)  # type: ignore[arg-type]

    with patch.object(PostgresEngine, "commit", commit):
        yield


def _cut_after(wait: float, engine: object) -> None:
    raw = engine.connection.raw  # type: ignore[attr-defined]
    wire = socket.socket(fileno=os.dup(raw.fileno()))

    def cut() -> None:
        with contextlib.suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)
        wire.close()

    if not wait:
        cut()
        return
    timer = threading.Timer(wait, cut)
    timer.daemon = True
    timer.start()


@contextmanager
def _server(outcome: Outcome, cluster: Cluster | None) -> Iterator[Cluster | None]:
    """`cluster`, or one of its own; None, and why, where there is no PostgreSQL."""
    where = programs()
    if cluster is not None:
        yield cluster
    elif where is None:
        outcome.skipped = "PostgreSQL is not installed here"
        yield None
    else:
        with running(where) as own:
            yield own


def answering(cluster: Cluster) -> None:
    """Wait until the server lets somebody in."""
    import psycopg

    deadline = time.monotonic() + 30
    while True:
        try:
            cluster.connect().close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def indexes(cluster: Cluster) -> list[str]:
    """What `amcheck` says of all indexes of ledgers: each row is in each of them."""
    import psycopg

    with cluster.connect() as plain:
        try:
            plain.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        except psycopg.Error:
            return []
        try:
            plain.execute(
                "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i "
                "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname LIKE 'torture%'"
            )
        except psycopg.Error as error:
            return [f"amcheck: {error}"]
    return []


def without_lock() -> AbstractContextManager[object]:
    """Inside, a transaction on a server begins without the lock."""
    from ledger.store.chain import Edge
    from ledger.store.postgres import PostgresEngine

    def begin(engine: PostgresEngine, _timeout: float) -> Edge:
        engine.connection.raw.execute("BEGIN")
        return engine.edge()

    return patch.object(PostgresEngine, "begin", begin)


def crowded(at: Path, appends: int, cluster: Cluster | None = None, *, locked: bool = True) -> Outcome:
    """Eight clerks at once."""
    outcome = Outcome("")
    with _server(outcome, cluster) as served:
        if served is not None:
            outcome = crowd.play(office(served, at), appends, None if locked else without_lock)
    outcome.name = f"PostgreSQL: {crowd.CLERKS} processes append at once"
    return outcome


def crowded_control(at: Path, appends: int, cluster: Cluster | None = None) -> Outcome:
    return crowded(at, appends, cluster, locked=False)
