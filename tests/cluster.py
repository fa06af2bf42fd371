"""A PostgreSQL server of its own for tests: in a temporary folder, over a socket, thrown away at the end.

It flushes as a real one does, so what it acknowledges may be killed. PostgreSQL refuses to run as root: then
it runs as the user `postgres`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OWNER = "liuhen"
"""The superuser of the server, let in without a password."""


@dataclass(frozen=True)
class Cluster:
    """A running server; its socket is in `folder`."""

    folder: Path
    programs: Path

    def url(self, schema: str = "", user: str = OWNER) -> str:
        """The address of a ledger."""
        told = f"postgresql://{user}@/postgres?host={self.folder}"
        return told + (f"&schema={schema}" if schema else "")

    @property
    def conninfo(self) -> str:
        """As libpq takes it."""
        return f"host={self.folder} user={OWNER} dbname=postgres"

    def connect(self, user: str = OWNER, **more: Any) -> Any:
        """A connection past the store, in autocommit."""
        import psycopg

        return psycopg.connect(host=str(self.folder), user=user, dbname="postgres", autocommit=True, **more)

    def control(self, *words: str) -> None:
        """pg_ctl: start, stop, restart."""
        _run(self.programs / "pg_ctl", "-D", self.folder / "data", "-w", *words, folder=self.folder)

    def start(self, *options: str) -> None:
        told = " ".join((f"-k {self.folder}", "-c listen_addresses=", *options))
        self.control("-l", str(self.folder / "log"), "-o", told, "start")

    def stop(self, mode: str = "immediate") -> None:
        self.control("-m", mode, "stop")


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
def running(where: Path) -> Iterator[Cluster]:
    """A server for the length of the block. `where` are its programs. Raises RuntimeError when it fails."""
    # A socket's name has at most 107 bytes, so not below a long folder of the test.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp", ignore_cleanup_errors=True) as name:
        cluster = Cluster(Path(name), where)
        if _owner():
            shutil.chown(name, "postgres", "postgres")
        words = ("-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        _run(where / "initdb", "-D", cluster.folder / "data", *words, folder=cluster.folder)
        _ask("asked", cluster.folder / "data" / "pg_hba.conf")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


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
