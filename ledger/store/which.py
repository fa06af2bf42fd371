"""Which engine keeps the ledger at a path: the file itself, or the server that the file points to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.store.engine import Engine, wrong_origin
from ledger.store.sqlite import SQLiteEngine
from verifier.ids import is_origin


def create(path: Path, origin: str) -> None:
    """A new, empty ledger at `path`. Raises what the engine raises, E-STORE-ORIGIN."""
    if not is_origin(origin):
        raise wrong_origin(origin)
    SQLiteEngine.create(path, origin)


def open_engine(path: Path, *, read_only: bool) -> Engine:
    """The ledger at `path`, opened."""
    return SQLiteEngine.open(path, read_only=read_only)


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
