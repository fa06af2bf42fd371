"""No memory image of this program on the disk when it crashes: it would hold opened keys and passphrases."""

from __future__ import annotations

import contextlib
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def forbid() -> None:
    """Ask the system for no core files, where it knows them; nothing happens where it does not.

    A limit of 0 does not hold for programs that the kernel hands an image to (core(5), systemd-coredump), and
    other programs of the same user may read a running one; on Linux prctl(2) forbids both.
    """
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
