"""Plain tables for terminals: columns aligned where a Chinese character takes two places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from unicodedata import category, east_asian_width

from cli.i18n import _
from verifier.wording import printable

GAP = "  "


def width(text: str) -> int:
    """The places that a text takes on a terminal: two for wide and full-width characters, none for marks."""
    if text.isascii():
        return len(text)
    return sum(
        0 if category(c) in ("Mn", "Me", "Cf") else 2 if east_asian_width(c) in "WF" else 1 for c in text
    )


def cut(text: str, places: int) -> str:
    """A text shortened to so many places, `…` at its end when something was left out."""
    if width(text) <= places:
        return text
    kept, taken = [], 1
    for character in text:
        taken += width(character)
        if taken > places:
            break
        kept.append(character)
    return "".join(kept) + "…"


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, right: Collection[int] = (), widest: int = 60
) -> list[str]:
    """Lines of a table: the header, then the rows. Columns in `right` (from 0) are aligned to the right;
    cells are made safe to print and cut at `widest` places. Without rows, one line says so."""
    cells = [[cut(printable(str(value)), widest) for value in row] for row in (header, *rows)]
    if len(cells) == 1:
        return [_("(nothing yet)")]
    widths = [max(width(row[i]) for row in cells) for i in range(len(header))]
    return [
        GAP.join(_padded(text, widths[i], i in right) for i, text in enumerate(row)).rstrip() for row in cells
    ]


def _padded(text: str, places: int, to_the_right: bool) -> str:
    space = " " * (places - width(text))
    return space + text if to_the_right else text + space
