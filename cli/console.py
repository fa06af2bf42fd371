"""The one place where text reaches a terminal, a pipe or a file behind it: `sys.stdout` and `sys.stderr`.

Names, reasons and file names come from strangers. A character that moves the cursor, colours, hides or
reorders text is printed as its escape ``\\uXXXX``, which inside a JSON document is the same value again. Only
`clear` and `over` speak to the terminal itself.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Controls but tab and line feed, what has no width, what turns the direction, halves of pairs, tags."""


def visible(text: str) -> str:
    """`text` with its unsafe characters as escapes of JSON; line feeds and tabs stay."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    point = ord(found[0])
    if point < 0x10000:
        return f"\\u{point:04x}"
    high, low = divmod(point - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


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
