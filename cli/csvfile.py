"""Answers written as CSV, in the form of a bundle's files (design §6), which spreadsheets open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from cli.desk import Desk
from ledger.durable import DOCUMENT, write_whole
from verifier.drawfiles import BOM, csv_line, guarded


def write_csv(
    desk: Desk, file: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, yes: bool
) -> None:
    """Write header and rows; a file that is there is replaced only when that is said."""
    desk.may_replace(file, yes=yes)
    lines = [csv_line(header), *(csv_line(guarded(str(cell)) for cell in row) for row in rows)]
    write_whole(file, BOM + b"".join(lines), DOCUMENT)
