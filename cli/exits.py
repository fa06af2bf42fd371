"""The exit codes of design §7 in words: shown by `liuhen --help`, walked by the tests."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from verifier.errors import N_, Exit

MEANINGS: Mapping[Exit, str] = MappingProxyType(
    {
        Exit.PASS: N_("done; of a verification: all required checks passed"),
        Exit.FAIL: N_("a check failed"),
        Exit.USAGE: N_("wrong usage"),
        Exit.INCONCLUSIVE: N_("inconclusive: the evidence is not sufficient"),
        Exit.UNREADABLE: N_("cannot be read, no bundle, or an input with faults (nothing imported)"),
        Exit.LOCKED: N_("the ledger is locked by another process"),
        Exit.KEY: N_("key, passphrase or permission"),
        Exit.DISK: N_("disk full or I/O error, nothing was recorded"),
        Exit.STOPPED: N_("stopped by the user at a question"),
        Exit.REFUSED: N_("refused by a rule (its id is printed)"),
        Exit.BUG: N_("a fault of this program"),
        Exit.INTERRUPTED: N_("interrupted"),
    }
)
"""Every code with its message id. A code that is not here must be taken as a failure."""
