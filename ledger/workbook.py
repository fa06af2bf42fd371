"""A workbook of plain tables, one a sheet, as coordinators pass them on."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

_CREATED = datetime(2000, 1, 1)
_WIDEST = 60
_UNFIT = re.compile(r"[\[\]:*?/\\]")


def sheets(tables: Iterable[tuple[str, Sequence[str], Sequence[Sequence[object]]]]) -> bytes:
    """Bytes of an .xlsx with (title, header, rows) a sheet each; numbers stay numbers, no text is a formula.
    The same tables give the same bytes."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": _CREATED})
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#D9E2F3", "text_wrap": True})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        for title, header, rows in tables:
            sheet = book.add_worksheet(_UNFIT.sub(" ", title)[:31])
            for column, text in enumerate(header):
                values = [row[column] for row in rows]
                longest = max((_width(str(value)) for value in (text, *values)), default=0)
                sheet.set_column(column, column, min(_WIDEST, longest + 2))
                sheet.write_string(0, column, text, head)
                for number, value in enumerate(values, 1):
                    if isinstance(value, int):
                        sheet.write_number(number, column, value, cell)
                    else:
                        sheet.write_string(number, column, str(value), cell)
            sheet.freeze_panes(1, 1)
            sheet.repeat_rows(0)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
    return target.getvalue()


def _width(text: str) -> int:
    return sum(1 if ord(character) < 0x2E80 else 2 for character in text)
