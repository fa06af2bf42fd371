"""Which engine keeps the ledger at a path: the file itself, or the server that the file points to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.store import faults
from ledger.store.engine import Connection, Engine, wrong_origin
from ledger.store.server import Server, pointed
from ledger.store.sqlite import MAGIC, SQLiteEngine
from verifier import paths
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import is_origin
from verifier.plainfile import open_plain

if TYPE_CHECKING:
    from ledger.store.postgres import PostgresEngine


def create(path: Path, origin: str) -> None:
    """A new, empty ledger at `path`. Raises what the engine raises, E-STORE-ORIGIN."""
    if not is_origin(origin):
        raise wrong_origin(origin)
    server = pointed(path)
    if server is None:
        SQLiteEngine.create(path, origin)
    else:
        _postgres().create(server, origin)


def open_engine(path: Path, *, read_only: bool) -> Engine:
    """The ledger at `path`, opened."""
    if _is_bundle(path):
        raise faults.bundle(path)
    server = pointed(path)
    if server is None:
        return SQLiteEngine.open(path, read_only=read_only)
    return _postgres().open(path, server, read_only=read_only)


def as_it_stands(server: Server) -> AbstractContextManager[Connection]:
    """The tables of a ledger on a server, whatever their state, to be read as of one moment."""
    return _postgres().as_it_stands(server)


def _is_bundle(path: Path) -> bool:
    """Whether a folder or zip is a bundle, which people give where a ledger is asked for."""
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return False
    from verifier.bundle import open_bundle

    try:
        with open_bundle(path) as held:
            return held.has(paths.SUMS)
    except LiuhenError:
        return False


def is_ledger(path: Path) -> bool:
    """Whether a file is a ledger's, or points to one."""
    try:
        with open_plain(path) as file:
            head = file.read(len(MAGIC))
    except OSError:
        return False
    return head == MAGIC or pointed(path) is not None


def _postgres() -> type[PostgresEngine]:
    """Loaded when it is used: an office with one computer does not need it. Raises E-STORE-EXTRA."""
    try:
        from ledger.store.postgres import PostgresEngine
    except ImportError as error:
        raise LiuhenError(
            "E-STORE-EXTRA",
            N_("A ledger on a server needs the Python package psycopg, which is not here."),
            remedy=N_("Install it: pip install 'liuhen[postgres]'"),
            exit=Exit.USAGE,
        ) from error
    return PostgresEngine


@contextmanager
def new_file(path: Path) -> Iterator[None]:
    """The new, empty file `path`, readable by its owner only; gone again when the block fails."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
