"""How quickly passphrases can be tried at a key file: every further wrong one makes the next wait longer.

`<key file>.tries` counts the wrong ones since the last right one. Nobody is ever locked out: the pause is a
minute at most. Who copies the key file tries elsewhere; against that stands the cost of scrypt alone.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.durable import write_whole

FREE: Final = 3
"""Wrong passphrases in a row before the first pause."""
LONGEST: Final = 60.0
"""Seconds of the longest pause."""
SUFFIX: Final = ".tries"


@dataclass
class Patience:
    """Clock (seconds), what waits, and what is told of a pause: `told(wrong ones, seconds)`."""

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    told: Callable[[int, float], None] = lambda _wrong, _seconds: None


class Tries:
    """The wrong passphrases at one key file. Where nothing can be written, none is counted."""

    def __init__(self, key: Path, patience: Patience) -> None:
        self._file = key.with_name(key.name + SUFFIX)
        self._patience = patience

    @property
    def wrong(self) -> int:
        """Wrong passphrases since the last right one."""
        return self._read()[0]

    def wait(self) -> None:
        """Pause as long as is still due."""
        wrong, at = self._read()
        due = pause(wrong)
        # A clock that was set back must not make the pause longer.
        left = min(due, at + due - self._patience.clock())
        if left > 0:
            self._patience.told(wrong, left)
            self._patience.sleep(left)

    def missed(self) -> None:
        """Count a wrong one."""
        held = {"wrong": self.wrong + 1, "at": self._patience.clock()}
        with contextlib.suppress(OSError):
            write_whole(self._file, json.dumps(held).encode())

    def opened(self) -> None:
        """Forget the wrong ones."""
        with contextlib.suppress(OSError):
            self._file.unlink()

    def _read(self) -> tuple[int, float]:
        try:
            held = json.loads(self._file.read_bytes()[:200])
            return min(max(int(held["wrong"]), 0), 1000), float(held["at"])
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return 0, 0.0


def pause(wrong: int) -> float:
    """Seconds before the next try after so many wrong ones in a row: 0, 0, 0, 2, 4, 8 … 60."""
    return 0.0 if wrong < FREE else min(2.0 ** min(wrong - FREE + 1, 10), LONGEST)
