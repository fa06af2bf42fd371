"""Tables as they are printed: a `Sheet` says everything, `render` lays it out as an .xlsx on A4.

Title above, header rows that repeat on each page, cells as text. Ledger, head and QR code stand in the footer
of every page. The same sheet gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from ledger.forms.qr import qr_png

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_CREATED = datetime(2000, 1, 1)
_LINE = 15.0
"""Height of a line of text, in points."""
_FOOTER_LIMIT = 255
"""Characters that Excel takes in a footer."""


@dataclass(frozen=True)
class Head:
    """A cell of the header: its text and how many columns and rows it takes."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Column:
    """A column of the body: width in characters; `centre` for short texts; `joined` makes equal neighbours
    one cell."""

    title: str
    width: float
    centre: bool = False
    joined: bool = False


@dataclass(frozen=True)
class Sheet:
    """One printed table. `above` are (left, right) texts under the title, `below` texts under the table.
    `head` replaces a header of one row made of the columns' titles; None goes on a cell that takes more.
    `lines` is the least number of rows: missing ones are printed empty."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    above: tuple[tuple[str, str], ...] = ()
    below: tuple[str, ...] = ()
    head: tuple[tuple[Head | None, ...], ...] = ()
    lines: int = 0
    landscape: bool = True

    def header(self) -> tuple[tuple[Head | None, ...], ...]:
        return self.head or (tuple(Head(column.title) for column in self.columns),)


def render(sheet: Sheet, *, footer: Sequence[str], qr: str, practice: bool) -> bytes:
    """The sheet as an .xlsx; `footer` are the lines at the left of every page's foot, `qr` what the code
    beside them says."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": sheet.title, "created": _CREATED})
        page = book.add_worksheet("演练" if practice else "表")
        _set_page(page, sheet, footer, qr, practice)
        _write(page, sheet, _Styles(book), practice)
    return out.getvalue()


class _Styles:
    """The cell formats of a sheet."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": "仿宋", "font_size": 11, "valign": "vcenter", "text_wrap": True}
        boxed = {**base, "border": 1, "num_format": "@"}
        self.title: Format = book.add_format(
            {**base, "font_name": "黑体", "font_size": 18, "align": "center"}
        )
        self.head: Format = book.add_format({**boxed, "font_name": "黑体", "align": "center"})
        self.text: Format = book.add_format(boxed)
        self.centred: Format = book.add_format({**boxed, "align": "center"})
        self.left: Format = book.add_format(base)
        self.right: Format = book.add_format({**base, "align": "right"})


def _set_page(page: Worksheet, sheet: Sheet, footer: Sequence[str], qr: str, practice: bool) -> None:
    page.set_paper(9)
    if sheet.landscape:
        page.set_landscape()
    page.set_margins(left=0.5, right=0.5, top=0.75, bottom=1.35)
    page.center_horizontally()
    page.fit_to_pages(1, 0)
    left = "\n".join(line.replace("&", "&&") for line in footer)
    page_number = "&C&9第 &P 页 共 &N 页" if sheet.landscape else "\n第 &P 页 共 &N 页"
    text = f"&L&8{left}{page_number}&R&G"
    if len(text) > _FOOTER_LIMIT:
        text = f"&L&8{left.partition(chr(10))[2]}{page_number}&R&G"
    image = io.BytesIO(qr_png(qr))
    page.set_footer(text, {"margin": 0.25, "image_right": "qr.png", "image_data_right": image})
    if practice:
        page.set_header("&C&18&KC00000演练　本表不具有效力")


def _write(page: Worksheet, sheet: Sheet, styles: _Styles, practice: bool) -> None:
    widths = [column.width for column in sheet.columns]
    for position, column in enumerate(sheet.columns):
        page.set_column(position, position, column.width)
    last = len(widths) - 1
    row = _line(page, 0, last, sheet.title + ("（演练）" if practice else ""), styles.title, widths, 30)
    for left, right in sheet.above:
        row = _pair(page, row, last, left, right, styles)
    first = row
    for heads in sheet.header():
        row = _head_row(page, row, heads, styles, widths)
    page.repeat_rows(first, row - 1)
    body = [list(cells) for cells in sheet.rows]
    body += [[""] * len(widths)] * (sheet.lines - len(body))
    for cells in body:
        for position, text in enumerate(cells):
            column = sheet.columns[position]
            page.write_string(row, position, text, styles.centred if column.centre else styles.text)
        row += 1
    for number, height in enumerate(_heights(sheet, body), row - len(body)):
        page.set_row(number, height)
    for position, column in enumerate(sheet.columns):
        if column.joined:
            _join(page, row - len(body), position, [cells[position] for cells in body], styles)
    for note in sheet.below:
        row = _line(page, row, last, note, styles.left, widths, _LINE * 1.3)
    page.print_area(0, 0, row - 1, last)


def _line(
    page: Worksheet, row: int, last: int, text: str, style: Format, widths: Sequence[float], least: float
) -> int:
    """A text over the whole width; the next row."""
    if last:
        page.merge_range(row, 0, row, last, text, style)
    else:
        page.write_string(row, 0, text, style)
    page.set_row(row, max(least, _LINE * 1.2 * _lines(text, sum(widths))))
    return row + 1


def _pair(page: Worksheet, row: int, last: int, left: str, right: str, styles: _Styles) -> int:
    """Two texts at both ends of a row; the next row."""
    middle = last if not right else max(0, last // 2)
    if middle:
        page.merge_range(row, 0, row, middle, left, styles.left)
    else:
        page.write_string(row, 0, left, styles.left)
    if right:
        if last - middle > 1:
            page.merge_range(row, middle + 1, row, last, right, styles.right)
        else:
            page.write_string(row, last, right, styles.right)
    page.set_row(row, 1.6 * _LINE)
    return row + 1


def _head_row(
    page: Worksheet, row: int, cells: Sequence[Head | None], styles: _Styles, widths: Sequence[float]
) -> int:
    texts = []
    for position, cell in enumerate(cells):
        if cell is None:
            texts.append("")
            continue
        texts.append(cell.text if cell.columns == 1 else "")
        end = (row + cell.rows - 1, position + cell.columns - 1)
        if end == (row, position):
            page.write_string(row, position, cell.text, styles.head)
        else:
            page.merge_range(row, position, *end, cell.text, styles.head)
    page.set_row(row, _height(texts, widths, 1.8 * _LINE))
    return row + 1


def _join(page: Worksheet, first: int, position: int, texts: Sequence[str], styles: _Styles) -> None:
    """Make runs of one text in a column one cell."""
    for begin, end in _runs(texts):
        page.merge_range(first + begin, position, first + end - 1, position, texts[begin], styles.text)


def _runs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(begin, end) of each run of two or more equal texts that are not empty."""
    begin = 0
    for end in range(1, len(texts) + 1):
        if end == len(texts) or texts[end] != texts[begin]:
            if end - begin > 1 and texts[begin]:
                yield begin, end
            begin = end


def _heights(sheet: Sheet, body: Sequence[Sequence[str]]) -> list[float]:
    """The heights of the rows of the body; a joined cell is shared by its rows."""
    plain = [[("" if c.joined else t) for c, t in zip(sheet.columns, cells, strict=True)] for cells in body]
    widths = [column.width for column in sheet.columns]
    heights = [_height(cells, widths, 1.6 * _LINE) for cells in plain]
    for position, column in enumerate(sheet.columns):
        texts = [cells[position] for cells in body]
        spans = dict(_runs(texts)) if column.joined else {}
        begin = 0
        while column.joined and begin < len(texts):
            end = spans.get(begin, begin + 1)
            needed = _height([texts[begin]], [column.width], 0) / (end - begin)
            heights[begin:end] = [max(height, needed) for height in heights[begin:end]]
            begin = end
    return heights


def _height(cells: Sequence[str], widths: Sequence[float], least: float) -> float:
    """The height, in points, of a row that holds these texts. Excel takes up to 409."""
    most = max(_lines(text, width) for text, width in zip(cells, widths, strict=True))
    return min(409.0, max(least, _LINE * most + 6))


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of this many characters; a Chinese one takes two."""
    room = max(width - 1.5, 1.0)
    return sum(max(1, ceil(_places(part) / room)) for part in text.split("\n"))


def _places(text: str) -> float:
    return sum(2.15 if east_asian_width(c) in "WF" else 1.1 for c in text)
