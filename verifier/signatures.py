"""Verifies the signatures of many entries beside the replay, on all processors when there are enough."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier import ed25519

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Job = tuple[int, str, bytes, bytes, bytes]
"""(seq, stream, raw public key, message, signature)"""

BATCH = 512
IN_PROCESS = 4 * BATCH
"""Up to this many signatures are verified here: starting processes would cost more."""


def _bad(jobs: list[Job]) -> list[tuple[int, str]]:
    return [(seq, stream) for seq, stream, key, text, sig in jobs if not ed25519.verify(key, text, sig)]


def _processes(count: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(count)


class Signatures:
    """Give entries with `add`; `bad` yields (seq, stream) of those whose signature does not hold, once the
    batch is verified. Memory is bounded by a few batches."""

    def __init__(self, expected: int, workers: int | None = None) -> None:
        count = workers if workers is not None else (os.cpu_count() or 1)
        parallel = expected > IN_PROCESS and count > 1
        self._pool = _processes(count) if parallel else None
        self._limit = 2 * count
        self._jobs: list[Job] = []
        self._running: deque[Future[list[tuple[int, str]]]] = deque()

    def add(self, job: Job) -> Iterator[tuple[int, str]]:
        self._jobs.append(job)
        if len(self._jobs) >= BATCH:
            yield from self._send()

    def _send(self) -> Iterator[tuple[int, str]]:
        jobs, self._jobs = self._jobs, []
        if self._pool is None:
            yield from _bad(jobs)
            return
        self._running.append(self._pool.submit(_bad, jobs))
        while len(self._running) > self._limit:
            yield from self._running.popleft().result()

    def finish(self) -> Iterator[tuple[int, str]]:
        """Wait for the rest and give back the processes."""
        try:
            yield from self._send()
            while self._running:
                yield from self._running.popleft().result()
        finally:
            self.close()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
