"""`python -m tests.cli.dying_init N ARGUMENTS…`: `liuhen` killed at its N-th durable step.

Steps are: a key file put in its place, the new ledger given its name, the founding about to be committed,
and committed. Prints nothing when it is killed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from cli.desk import Desk
from cli.main import main
from ledger import keyfile
from ledger.book import Book
from ledger.commands import keys
from ledger.store import sqlite
from ledger.views import ViewFacts
from tests.office import Clock


def armed(last: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A wrapper that counts what it wraps together, and kills the process after the call number `last`."""
    done = 0

    def counting(deed: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*words: Any, **named: Any) -> Any:
            nonlocal done
            result = deed(*words, **named)
            done += 1
            if done == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return counted

    return counting


if __name__ == "__main__":
    step = armed(int(sys.argv[1]))
    keys.SCRYPT_N = 2  # type: ignore[attr-defined, misc]
    keyfile.write_whole = step(keyfile.write_whole)  # type: ignore[attr-defined]
    sqlite.name_new = step(sqlite.name_new)  # type: ignore[attr-defined]
    ViewFacts.flush = step(ViewFacts.flush)  # type: ignore[method-assign]
    Book.write = step(Book.write)  # type: ignore[method-assign]
    Desk.clock = Clock("2026-03-02")  # type: ignore[assignment, method-assign]
    main(sys.argv[2:])
