"""The one place where text reaches a terminal, a pipe or a file behind it: `sys.stdout` and `sys.stderr`.

Names, reasons and file names come from strangers. A character that moves the cursor, colours, hides or
reorders text is printed as its escape ``\\uXXXX``, which inside a JSON document is the same value again. Only
`clear` and `over` speak to the terminal itself.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from verifier.wording import visible

__all__ = ["Console", "clear", "over", "safe", "visible"]


class Console:
    """A text stream that prints what `visible` makes of a text.

    It has no `buffer`: whoever would write past it (click does, to consoles of Windows and under ASCII)
    finds nothing to write to.
    """

    def __init__(self, stream: TextIO) -> None:
        self.plain = stream

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError("text")
        self.plain.write(visible(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        if name in ("buffer", "detach"):
            raise AttributeError(name)
        return getattr(self.plain, name)


@contextlib.contextmanager
def safe() -> Iterator[None]:
    """`sys.stdout` and `sys.stderr` are consoles while this lasts."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_console(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _console(stream: TextIO) -> TextIO:
    if stream is None or isinstance(stream, Console):
        return stream
    if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name == "ascii":
        stream.reconfigure(encoding="utf-8")  # a locale that says nothing; terminals show UTF-8
    console: Any = Console(stream)
    shown: TextIO = console
    return shown


def clear() -> None:
    """An empty screen. Consoles of Windows that know no codes are cleared by their own command."""
    if sys.platform == "win32":
        sys.stdout.flush()
        import subprocess

        subprocess.run(["cmd", "/c", "cls"], check=False)
        return
    _plainly(sys.stdout, "\x1b[2J\x1b[1;1H")


def over(text: str, *, end: bool = False) -> None:
    """A line of stderr written over the one before it: progress."""
    _plainly(sys.stderr, "\r")
    sys.stderr.write(text + ("\n" if end else ""))
    sys.stderr.flush()


def _plainly(stream: Any, codes: str) -> None:
    plain = stream.plain if isinstance(stream, Console) else stream
    plain.write(codes)
    plain.flush()
