"""The 附件6 record of a draw as a file (R101)."""

from __future__ import annotations

from pathlib import Path

from ledger.book import Book
from ledger.forms import record_facts
from ledger.forms.record import DrawRecord, write_record
from ledger.forms.source import Source


def draw_record(book: Book, name: str) -> DrawRecord:
    """The record of a completed draw. Raises as `ledger.forms.record_facts.draw_record`."""
    return record_facts.draw_record(Source.of(book), name)


def write_draw_record(book: Book, name: str, path: Path) -> DrawRecord:
    """Write the record to `path` as a .docx. Raises as `draw_record` and `write_record`."""
    record = draw_record(book, name)
    write_record(record, path)
    return record
