"""The second process ends with the block of the first, whatever it is doing."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection
from time import monotonic, sleep

import pytest

from ledger.importing.second import Second

LATE = 6.0


def stop(pipe: Connection) -> None:
    """Stop until somebody says go on."""
    pipe.send("about to stop")
    os.kill(os.getpid(), signal.SIGSTOP)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be stopped here")
def test_a_second_process_that_is_stopped_holds_nobody_up() -> None:
    with Second.start(stop) as second:
        process = second._process
        second.pipe.recv()
        sleep(0.2)
        begun = monotonic()
        late = threading.Timer(LATE, os.kill, (process.pid, signal.SIGCONT))
        late.start()
    late.cancel()
    assert not process.is_alive()
    assert monotonic() - begun < LATE / 2
