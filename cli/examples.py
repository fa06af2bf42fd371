"""Examples at the end of a command's help; a test reads each of them as the command line would."""

from __future__ import annotations

from cli.i18n import _


def example(*lines: str) -> str:
    """What is added to the help of a command: its examples, a line each, not translated."""
    return "\n\n\b\n" + "\n".join((_("Example:"), *(f"  {line}" for line in lines)))
