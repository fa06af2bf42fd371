"""`python -m tests.cli.dying WHEN ARGUMENTS…`: the command line in a process that is killed on the way.

WHEN is `never`, `secret` (just after a random number was kept in a key file), `inside:N` (in the N-th write,
before it is committed) or `after:N` (just after it). The clock stands in March 2026.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from cli.desk import Desk
from cli.main import main
from ledger.book import Book, Written
from ledger.keystore import Signer
from ledger.views import ViewFacts
from tests.office import Clock

writes = 0


def die() -> None:
    """End without a word, as in a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(when: str) -> None:
    """Lay the trap."""
    kind, _, number = when.partition(":")
    write, flush, keep = Book.write, ViewFacts.flush, Signer.keep_secret

    def counting(book: Book, *rest: Any) -> Written:
        global writes
        writes += 1
        written = write(book, *rest)
        if (kind, str(writes)) == ("after", number):
            die()
        return written

    def flushing(views: ViewFacts) -> None:
        flush(views)
        if (kind, str(writes)) == ("inside", number):
            die()

    def keeping(signer: Signer, name: str, value: str) -> None:
        keep(signer, name, value)
        if kind == "secret":
            die()

    Book.write, ViewFacts.flush, Signer.keep_secret = counting, flushing, keeping  # type: ignore


if __name__ == "__main__":
    arm(sys.argv[1])
    Desk.clock = Clock("2026-03-02", 18)  # type: ignore[assignment, method-assign]
    main(sys.argv[2:])
