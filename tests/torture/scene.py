"""The office that is tortured, the clerk who appends in a process of their own, and dishonest stores.

A writer acknowledges over a pipe, which outlives it: 8 bytes `seq`, 32 bytes leaf hash (zeros where the
dishonest one does not know it yet).
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.book import Book, Deed
from ledger.commands import reports
from ledger.keystore import Signer, unlock
from tests.accident import Desktop, desktop
from tests.office import PASSPHRASE
from verifier.facts import Facts

try:
    import fcntl
except ImportError:  # Windows: a child cannot be forked there, but what stands here may be imported
    _SET_PIPE_SIZE = None
else:
    _SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)

UNKNOWN = bytes(32)
DAY = "2026-03-03"
FOUNDED = 5
"""Entries of an office just founded."""
_ACK = 40
_PIPE = 1 << 20

Ack = tuple[int, bytes]
Acknowledge = Callable[[int, bytes], None]
Append = Callable[[Book, Signer, Acknowledge], None]


def clock() -> str:
    """A clock that stands still: no test of this package but `clocks` is about time."""
    return f"{DAY}T09:00:00+08:00"


def office(folder: Path) -> Desktop:
    """An office just founded: five people, six keys, `FOUNDED` entries."""
    return desktop(folder, until="founded")


def opened(desk: Desktop) -> tuple[Book, Signer]:
    """Its ledger and the key of its clerk, as a program opens them."""
    return Book.open(desk.ledger, clock=clock), unlock(desk.folder / "keys" / "qian-clerk.key", PASSPHRASE)


def honest(book: Book, signer: Signer, acknowledge: Acknowledge) -> None:
    """Append one entry through the whole of the program, then say so."""
    _, written = reports.record_activity(book, signer, "meeting", DAY, "双随机工作会议")
    acknowledge(written.entries[-1].body.seq, written.leaf)


def before_commit(book: Book, signer: Signer, acknowledge: Acknowledge) -> None:
    """A store that acknowledges under the lock, before the commit."""
    data = {"activity": f"a-{os.urandom(8).hex()}", "kind": "meeting", "date": DAY, "title": "会议"}

    def decide(_: Facts) -> Sequence[Deed]:
        acknowledge(book.store.head().size, UNKNOWN)
        return [Deed("activity.recorded", "activities", data)]

    book.write(signer, decide)


def unsynced(append: Append) -> Append:
    """A store that leaves it to the system when its bytes reach the disk."""

    def appending(book: Book, signer: Signer, acknowledge: Acknowledge) -> None:
        book.store.reader().execute("PRAGMA synchronous = OFF")
        append(book, signer, acknowledge)

    return appending


@dataclass
class Child:
    """A process under way and the pipe of what it acknowledged."""

    pid: int
    pipe: int
    acks: bytes = b""

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def first(self) -> bool:
        """Wait for the first acknowledgement; False when the process ends without one."""
        self.acks += os.read(self.pipe, _ACK)
        return bool(self.acks)

    def so_far(self) -> list[Ack]:
        """What it has acknowledged by now."""
        os.set_blocking(self.pipe, False)
        with contextlib.suppress(BlockingIOError):
            while more := os.read(self.pipe, 1 << 16):
                self.acks += more
        os.set_blocking(self.pipe, True)
        return _acks(self.acks)

    def finish(self) -> tuple[int, list[Ack]]:
        """Its exit code (negative: the signal) and what it acknowledged, once it has ended."""
        with os.fdopen(self.pipe, "rb") as pipe:
            held = self.acks + pipe.read()
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return code, _acks(held)


def _acks(held: bytes) -> list[Ack]:
    whole = len(held) - len(held) % _ACK
    rows = [held[at : at + _ACK] for at in range(0, whole, _ACK)]
    return [(int.from_bytes(row[:8], "big"), row[8:]) for row in rows]


def start(work: Callable[[Acknowledge], int]) -> Child:
    """Run `work` in a forked process; its exit code is what it returns, 99 when it raises."""
    read, write = os.pipe()
    if _SET_PIPE_SIZE is not None:
        with contextlib.suppress(OSError):
            fcntl.fcntl(write, _SET_PIPE_SIZE, _PIPE)
    pid = os.fork()
    if pid:
        os.close(write)
        return Child(pid, read)
    code = 99
    try:
        os.close(read)
        code = work(lambda seq, leaf: _all(write, seq.to_bytes(8, "big") + leaf))
    except BaseException:  # noqa: BLE001 - the child must end here, whatever happened
        code = 99
    finally:
        os._exit(code)


def _all(pipe: int, data: bytes) -> None:
    if os.write(pipe, data) != len(data):
        raise OSError("pipe")


def appending(desk: Desktop, append: Append, count: int) -> Child:
    """A clerk who opens the ledger and appends `count` entries."""

    def work(acknowledge: Acknowledge) -> int:
        book, signer = opened(desk)
        with book:
            for _ in range(count):
                append(book, signer, acknowledge)
        return 0

    return start(work)
