"""A PostgreSQL server of its own for tests: in a temporary folder, over a socket, thrown away at the end.

It flushes as a real one does, so what it acknowledges may be killed. PostgreSQL refuses to run as root: then
it runs as the user `postgres`. A test run that is killed leaves no server behind.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

OWNER = "liuhen"
"""The superuser of the server, let in without a password."""
_GUARD: Final = """read -r _
pid=$(head -n 1 "$1/data/postmaster.pid") && kill -QUIT "$pid"
sleep 2
rm -rf "$1"
"""
"""Waits until nobody holds the other end of its input any more, however the test run ended."""


@dataclass(frozen=True)
class Cluster:
    """A running server; its socket is in `folder`."""

    folder: Path
    programs: Path

    def url(self, schema: str = "", user: str = OWNER) -> str:
        """The address of a ledger."""
        told = f"postgresql://{user}@/postgres?host={self.folder}"
        return told + (f"&schema={schema}" if schema else "")

    def connect(self, user: str = OWNER, **more: Any) -> Any:
        """A connection past the store, in autocommit."""
        import psycopg

        return psycopg.connect(host=str(self.folder), user=user, dbname="postgres", autocommit=True, **more)

    def reload(self) -> None:
        """Read the settings again, and wait until sessions that begin from now on have them."""
        with self.connect() as plain:
            before = plain.execute("SELECT pg_conf_load_time()").fetchone()
            plain.execute("SELECT pg_reload_conf()")
        # A session takes the time from the process that it was forked from.
        self.wait("SELECT pg_conf_load_time() > %s", *before)

    def wait(self, question: str, *values: object) -> None:
        """Until a new session answers this with true."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with self.connect() as plain:
                if plain.execute(question, values).fetchone() == (True,):
                    return
            time.sleep(0.01)
        raise RuntimeError(question)

    def control(self, *words: str) -> None:
        """pg_ctl: start, stop, restart."""
        _run(self.programs / "pg_ctl", "-D", self.folder / "data", "-w", *words, folder=self.folder)

    def start(self, *options: str) -> None:
        """`options` are those of `postgres`, after the ones that every start has."""
        told = " ".join((f"-k {self.folder}", "-c listen_addresses=", *options))
        self.control("-l", str(self.folder / "log"), "-o", told, "start")

    def stop(self, mode: str = "immediate") -> None:
        """`fast` ends sessions in order, `immediate` (SIGQUIT) as they are."""
        self.control("-m", mode, "stop")

    def kill(self) -> None:
        """`kill -9` of the postmaster; then wait until its children have noticed."""
        os.kill(self.pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(RuntimeError):
                self.start()
                return
            # Its memory is in use until the last of them has ended.
            time.sleep(0.1)
        raise RuntimeError("children of a killed postmaster do not end")

    @property
    def pid(self) -> int:
        """Of the postmaster."""
        return int((self.folder / "data" / "postmaster.pid").read_text().partition("\n")[0])


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, wherever a distribution puts them; None where there is none."""
    if os.name != "posix":
        return None
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return places[-1].parent if places else None


@contextmanager
def running(where: Path, *, small: bool = False, on: Path = Path("/tmp")) -> Iterator[Cluster]:
    """A server for the length of the block, in a folder `on` a disk. `where` are its programs; a `small` one
    writes its log in pieces of 1 MiB. Raises RuntimeError when it fails."""
    # A socket's name has at most 107 bytes, so not below a long folder of the test.
    with tempfile.TemporaryDirectory(prefix="pg", dir=on, ignore_cleanup_errors=True) as name:
        cluster = Cluster(Path(name), where)
        if _owner():
            shutil.chown(name, "postgres", "postgres")
        words = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        words += ["--wal-segsize", "1"] if small else []
        with _guarded(cluster.folder):
            _run(where / "initdb", "-D", cluster.folder / "data", *words, folder=cluster.folder)
            _ask("asked", cluster.folder / "data" / "pg_hba.conf")
            cluster.start()
            try:
                yield cluster
            finally:
                with suppress(RuntimeError):
                    cluster.stop()


@contextmanager
def _guarded(folder: Path) -> Iterator[None]:
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "guard", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        guard.kill()
        guard.communicate()


def _ask(role: str, file: Path) -> None:
    """Let the server ask this role for a password."""
    file.write_text(f"local all {role} scram-sha-256\n" + file.read_text())


def _owner() -> dict[str, str]:
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}


def _run(*words: object, folder: Path) -> None:
    told = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        stdin=subprocess.DEVNULL,
        **_owner(),  # type: ignore[call-overload]
    )
    if told.returncode:
        raise RuntimeError(f"{Path(str(words[0])).name}: {told.stderr[-400:]}{told.stdout[-400:]}")
