"""Verifies the signatures of many entries beside the replay, on all processors when there are enough.

A batch goes to another process while one of them has less than two to do; otherwise it is verified here, so
that nobody waits for anybody before the end and what is verified here is not sent. Nothing depends on the
others: what they were sent and did not come back with is verified here.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from typing import TYPE_CHECKING

from verifier import ed25519, entry

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Place = tuple[int, str]
"""(seq, stream) of an entry"""
Job = tuple[bytes, bytes, bytes]
"""(raw public key, body bytes, signature)"""

BATCH = 256
IN_PROCESS = 8 * BATCH
"""Up to this many signatures are verified here: starting processes would cost more."""


def _bad(jobs: Sequence[Job]) -> list[int]:
    """Which of the signatures do not hold."""
    return [
        at for at, (key, body, sig) in enumerate(jobs) if not ed25519.verify(key, entry.message(body), sig)
    ]


def _processes(count: int) -> ProcessPoolExecutor | None:
    """None where the system has none to give, or nothing by which to speak with them."""
    from concurrent.futures import ProcessPoolExecutor

    with suppress(OSError, ImportError, NotImplementedError):
        return ProcessPoolExecutor(count)
    return None


class Signatures:
    """Give entries with `add`; it and `finish` give the places of those whose signature does not hold, in
    order, as their batches are verified. Memory is bounded by a few batches."""

    def __init__(self, expected: int, workers: int | None = None) -> None:
        others = (workers if workers is not None else (os.cpu_count() or 1)) - 1
        self._pool = _processes(others) if expected > IN_PROCESS and others > 0 else None
        self._limit = 2 * others
        self._places: list[Place] = []
        self._jobs: list[Job] = []
        self._running: deque[tuple[list[Place], list[Job], Future[list[int]]]] = deque()
        """batches: where their entries stand, what was sent, what comes back"""

    def add(self, place: Place, job: Job) -> Sequence[Place]:
        self._places.append(place)
        self._jobs.append(job)
        if len(self._jobs) < BATCH:
            return ()
        self._send()
        return [*self._verified()]

    def _send(self) -> None:
        places, jobs = self._places, self._jobs
        self._places, self._jobs = [], []
        waiting = sum(not batch.done() for _, _, batch in self._running)
        if self._pool is not None and waiting < self._limit:
            with suppress(BrokenExecutor, OSError):
                self._running.append((places, jobs, self._pool.submit(_bad, jobs)))
                return
        here: Future[list[int]] = Future()
        here.set_result(_bad(jobs))
        self._running.append((places, [], here))

    def _verified(self, wait: bool = False) -> Iterator[Place]:
        """From the batches that are done; with `wait`, from all."""
        while self._running and (wait or self._running[0][2].done()):
            places, sent, batch = self._running.popleft()
            try:
                bad = batch.result()
            except BrokenExecutor:
                bad = _bad(sent)
            yield from (places[at] for at in bad)

    def finish(self) -> Iterator[Place]:
        """Wait for the rest and give back the processes."""
        try:
            self._send()
            yield from self._verified(wait=True)
        finally:
            self.close()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
