"""A server of the tests goes with them, however they end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cluster import programs

ROOT = Path(__file__).parents[1]
KILLED = """
import os, signal, sys
from tests.cluster import programs, running
with running(programs()) as cluster:
    print(cluster.folder, cluster.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_test_run_leaves_no_server_behind() -> None:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here")
    words = [sys.executable, "-c", KILLED]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if not told.stdout:
        pytest.skip(f"PostgreSQL does not run here: {told.stderr[-300:]}")
    folder, pid = told.stdout.split()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (alive(int(pid)) or Path(folder).exists()):
        time.sleep(0.05)
    assert not alive(int(pid))
    assert not Path(folder).exists()
