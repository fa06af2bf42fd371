"""What tests of several folders share."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.cluster import Cluster, programs, running
from tests.dice import thrown

_MEMORY: Final = Path("/dev/shm")
"""A folder of Linux that lies in memory."""
_ROOM: Final = 2 << 30
"""Bytes that a run may want at a time."""
_OPEN: Final = 256
"""Files that may be open between two tests."""


def pytest_configure() -> None:
    """Lays the folders of tests in memory where there is room: ledgers flush at every entry, and what a test
    shows of flushing (that it is asked for, and in which order) needs no disk that takes its time.

    A shell starts what it puts into the background deaf to Ctrl-C, and so would be the commands of tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keys, salts, ids and sealed numbers follow from the name of a test: its draws always fall the same."""
    _close_what_was_left_open()
    with thrown(item.nodeid):
        return (yield)


def _close_what_was_left_open() -> None:
    """Ledgers that tests leave open are closed when they are collected, which Python does more and more
    seldom; and `select` knows 1,024 files."""
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    if lowest > _OPEN:
        gc.collect()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, begun when the first test asks for it."""
    pytest.importorskip("psycopg")
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed here")
    try:
        with running(where) as cluster:
            yield cluster
    except RuntimeError as error:
        pytest.skip(f"PostgreSQL does not run here: {error}")
