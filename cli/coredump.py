"""No memory image of this program on the disk when it crashes: it would hold opened keys and passphrases."""

from __future__ import annotations


def forbid() -> None:
    """Ask the system for no core files, where it knows them; nothing happens where it does not."""
    try:
        import resource
    except ImportError:
        return
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return
