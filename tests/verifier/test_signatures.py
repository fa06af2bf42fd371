"""Signatures verified beside the replay: the same ones are bad, in order, whoever verifies them."""

from __future__ import annotations

import concurrent.futures
import os
import signal
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import entry, signatures
from verifier.signatures import BATCH, IN_PROCESS, Job, Place, Signatures

COUNT = IN_PROCESS + BATCH + 7
BAD = [0, BATCH - 1, 3 * BATCH, COUNT - 1]
"""In the first batch, at its end, in one in the middle, in the last, which is not full."""
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()


@pytest.fixture(scope="module")
def jobs() -> list[Job]:
    bodies = [f"{number}".encode() for number in range(COUNT)]
    said = [body + b"!" if number in BAD else body for number, body in enumerate(bodies)]
    return [(PUBLIC, body, KEY.sign(entry.message(text))) for body, text in zip(bodies, said, strict=True)]


def found(
    checking: Signatures, jobs: list[Job], between: Callable[[int], None] = lambda _: None
) -> list[int]:
    places: list[Place] = []
    try:
        for number, job in enumerate(jobs):
            places += checking.add((number, "stream"), job)
            between(number)
        places += checking.finish()
    finally:
        checking.close()
    return [seq for seq, _ in places]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_signatures_are_bad_whoever_verifies_them(workers: int, jobs: list[Job]) -> None:
    assert found(Signatures(COUNT, workers), jobs) == BAD


@pytest.mark.parametrize("last", [2 * BATCH, COUNT - 1])
def test_what_a_process_that_was_ended_did_not_verify_is_verified_here(last: int, jobs: list[Job]) -> None:
    checking = Signatures(COUNT, 2)
    pool = checking._pool
    assert pool is not None

    def end(number: int) -> None:
        if number == last:
            for process in [*pool._processes.values()]:
                process.kill()

    assert found(checking, jobs, end) == BAD


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be stopped here")
def test_a_process_that_is_ended_with_work_before_it_leaves_none_undone(jobs: list[Job]) -> None:
    checking = Signatures(COUNT, 2)
    pool = checking._pool
    assert pool is not None

    def stop(number: int) -> None:
        for process in [*pool._processes.values()] if number in (BATCH, COUNT - 1) else ():
            os.kill(process.pid or 0, signal.SIGSTOP if number == BATCH else signal.SIGKILL)

    assert found(checking, jobs, stop) == BAD


@pytest.mark.parametrize("error", [OSError("no /dev/shm"), NotImplementedError("no semaphores")])
def test_where_no_process_can_be_had_all_are_verified_here(
    error: Exception, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_count: int) -> None:
        raise error

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", refuse)
    assert found(Signatures(COUNT, 2), jobs) == BAD


def test_where_no_process_starts_any_more_all_are_verified_here(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(concurrent.futures.Executor):
        def submit(self, *_: object, **__: object) -> concurrent.futures.Future[object]:  # type: ignore[override]
            raise BlockingIOError

    monkeypatch.setattr(signatures, "_processes", lambda _: Refusing())
    assert found(Signatures(COUNT, 2), jobs) == BAD
