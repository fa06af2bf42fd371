"""A PostgreSQL server whose disk is full: the disk of its tables, or the one of its log too.

Where only the tables lie on it the server refuses rows. Where its log lies there it gives up in the middle
of a commit, and may not come up again before there is room.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from unittest.mock import patch

from tests.cluster import Cluster, programs, running
from tests.torture import scene, server
from tests.torture.checker import breaches
from tests.torture.full import small
from tests.torture.outcome import Outcome

MOST = 4_000
"""Appends; each disk below is full long before."""
_SPACES = count(1)


def play(at: Path, rounds: int, append: scene.Append = scene.honest) -> Outcome:
    """Half of the rounds on a full disk of tables, half on a full disk of everything."""
    outcome = Outcome("PostgreSQL: full disk")
    where = programs()
    if where is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        outcome.skipped = "needs PostgreSQL and root"
        return outcome
    chance = random.Random(5)
    with _mounts() as mounts:
        with running(where) as cluster:
            for round_ in range(rounds - rounds // 2):
                with _space(cluster, mounts / f"tables{round_}", 800 + 90 * round_) as disk:
                    _play(outcome, cluster, at / f"tables{round_}", append, lambda: None, _larger(disk))
        for round_ in range(rounds // 2):
            room = chance.randint(100_000, 1_200_000)
            with small(mounts / f"all{round_}", 80_000) as disk, running(where, small=True, on=disk) as own:
                fill, empty = _fill(disk, room), (disk / "others.bin").unlink
                _play(outcome, own, at / f"all{round_}", append, fill, empty)
    return outcome


def control(at: Path, rounds: int) -> Outcome:
    """A store that acknowledges before the commit."""
    return play(at, rounds, scene.before_commit)


def _play(
    outcome: Outcome,
    cluster: Cluster,
    at: Path,
    append: scene.Append,
    fill: Callable[[], None],
    empty: Callable[[], None],
) -> None:
    desk = server.office(cluster, at)
    fill()
    # Nobody brings room while the clerk waits for an answer.
    child = server.start(desk, append, patch("ledger.store.postgres._LOOK_AGAIN", 1.0), MOST)
    code, acks = child.finish()
    empty()
    with contextlib.suppress(RuntimeError):
        cluster.start()
    server.answering(cluster)
    outcome.rounds += 1
    outcome.hits += code in server.ENDS.values()
    outcome.acknowledged += len(acks)
    found = [] if code in server.ENDS.values() else [f"the clerk ended with {code}"]
    found += breaches(desk.ledger, acks, desk.folder / "keys")
    found += server.as_told(desk, acks, code) if acks else ["no append before the disk was full"]
    found += server.indexes(cluster)
    if not found:
        code, more = scene.appending(desk, scene.honest, 1).finish()
        found += [f"with room again, exit {code}"] if code or len(more) != 1 else []
    outcome.breaches += [f"{at.name}: {one}" for one in found]


@contextmanager
def _mounts() -> Iterator[Path]:
    """Where file systems are mounted: a short name, for sockets, that the server may enter."""
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def _space(cluster: Cluster, mount: Path, kilobytes: int) -> Iterator[Path]:
    """Tables made inside lie on a small disk of their own."""
    name = f"small{next(_SPACES)}"
    with small(mount, kilobytes) as disk:
        (disk / "space").mkdir(mode=0o700)
        shutil.chown(disk / "space", "postgres", "postgres")
        with cluster.connect() as plain:
            plain.execute(f"CREATE TABLESPACE {name} LOCATION '{disk}/space'".encode())
            plain.execute(f"ALTER ROLE liuhen SET default_tablespace = {name}".encode())
        try:
            yield disk
        finally:
            with cluster.connect() as plain:
                plain.execute("ALTER ROLE liuhen RESET default_tablespace")
                made = plain.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'torture%'")
                for (schema,) in made.fetchall():
                    plain.execute(f"DROP SCHEMA {schema} CASCADE".encode())
                plain.execute(f"DROP TABLESPACE {name}".encode())


def _larger(disk: Path) -> Callable[[], None]:
    def grow() -> None:
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)

    return grow


def _fill(disk: Path, room: int) -> Callable[[], None]:
    def fill() -> None:
        free = shutil.disk_usage(disk).free
        (disk / "others.bin").write_bytes(bytes(max(0, free - room)))

    return fill
