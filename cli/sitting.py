"""A sitting at the menu: one person's opened key serves many commands, until they leave or are idle.

Keys of others that a command opens (a ceremony, a founding) are closed when it ends: who sits here does not
act as somebody who has gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.keystore import Signer

IDLE = 600.0
"""Seconds without a command after which the keys are closed."""


@dataclass
class Sitting:
    """`holder` sits here, "" for nobody yet; `signers` are the keys open now, by file."""

    holder: str = ""
    signers: dict[Path, Signer] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    """Passwords of database roles typed in this sitting, by address."""
    clock: Callable[[], float] = time.monotonic
    next_step: str = ""
    """下一步 of the last command."""
    used: float = 0.0

    def begin(self) -> bool:
        """Before a command; whether the keys were closed because nobody did anything."""
        late = self.clock() - self.used > IDLE
        idle = late and bool(self.signers)
        if late:
            self._forget()
        self.next_step = ""
        return idle

    def end(self) -> None:
        """After a command: keep the key of who sits here. The first who opens a key alone sits down."""
        holders = {signer.info.holder for signer in self.signers.values()}
        if not self.holder and len(holders) == 1:
            self.holder = holders.pop()
        self.signers = {path: s for path, s in self.signers.items() if s.info.holder == self.holder}
        self.used = self.clock()

    def change(self, holder: str) -> None:
        """换人: somebody else sits down."""
        if holder != self.holder:
            self._forget()
        self.holder = holder

    def _forget(self) -> None:
        self.signers.clear()
        self.passwords.clear()
