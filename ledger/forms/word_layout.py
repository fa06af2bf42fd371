"""How the Word template of a letter is laid out: title, lines and grids, once for each paper in `papers`.

A letter's template is built from this description whenever it is needed; an office that wants another one
takes it as a file (`liuhen form template`), edits it in Word and prints with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document as DocumentObject
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.shared import Cm, Pt
from docx.table import Table

from ledger.forms.word_parts import (
    CENTRE,
    LEFT,
    RIGHT,
    TITLE_FONT,
    add_footer,
    add_header,
    add_row,
    add_seam,
    add_table,
    blank_document,
    fill,
    finished,
    merge_down,
    tag_line,
    tag_row,
    write,
)

FOOTER = (("表　　格", "{{ form }}  {{ of }}"), ("留痕台账", "{{ ledger_id }}"), ("台账指纹", "{{ head }}"))
_SIDES = {"left": LEFT, "centre": CENTRE, "right": RIGHT}


@dataclass(frozen=True)
class Cell:
    """A cell of a grid: text or tag, columns that it takes, side (left, centre), at the top or not. `down` is
    `restart` where it begins to take more than one row, `continue` in the rows below."""

    text: str = ""
    columns: int = 1
    side: str = "centre"
    size: float = 11
    top: bool = False
    down: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a grid, at least `height` cm. `each` (`box in one.boxes`) repeats it; `repeat` is a header row
    that stands on every page, which only the first rows of a grid can be."""

    cells: Sequence[Cell]
    height: float = 0.9
    each: str = ""
    repeat: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: widths in cm, 17 together."""

    widths: Sequence[float]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Line:
    """A paragraph; `each` repeats it, `when` prints it only if the tag holds, `indent` by two characters."""

    text: str
    side: str = "left"
    size: float = 12
    each: str = ""
    when: str = ""
    indent: bool = False
    before: float = 4
    tabs: Sequence[float] = ()


def label(text: str, columns: int = 1) -> Cell:
    """A cell whose words are the form's own."""
    return Cell(text, columns)


def value(tag: str, columns: int = 1, *, centre: bool = False) -> Cell:
    """A cell that a tag fills."""
    return Cell(f"{{{{ {tag} }}}}", columns, "centre" if centre else "left")


def ink(columns: int = 1) -> Cell:
    """A cell left empty, for ink and seals."""
    return Cell("", columns)


def template(title: Sequence[str], parts: Sequence[Line | Grid], *, each: str = "one in papers") -> bytes:
    """A template as bytes: the title and `parts` for each paper, header and footer on every page."""
    document = blank_document()
    tag_line(document, f"{{%p for {each} %}}")
    for number, text in enumerate(title):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.page_break_before = number == 0
        paragraph.paragraph_format.space_after = Pt(6 if number == len(title) - 1 else 0)
        write(paragraph, text, size=18, font=TITLE_FONT, align=CENTRE)
    before: Line | Grid | None = None
    for part in parts:
        if isinstance(part, Line):
            _line(document, part)
        else:
            if isinstance(before, Grid):
                add_seam(document)
            _grid(document, part)
        before = part
    tag_line(document, "{%p endfor %}")
    add_header(document)
    add_footer(document, FOOTER)
    return finished(document, "".join(title))


def _line(document: DocumentObject, line: Line) -> None:
    tags = [f"for {line.each}"] * bool(line.each) + [f"if {line.when}"] * bool(line.when)
    for tag in tags:
        tag_line(document, f"{{%p {tag} %}}")
    paragraph = document.add_paragraph()
    style = paragraph.paragraph_format
    style.space_before = Pt(line.before)
    if line.indent:
        style.first_line_indent = Pt(2 * line.size)
    for place in line.tabs:
        style.tab_stops.add_tab_stop(Cm(place))
    write(paragraph, line.text, size=line.size, align=_SIDES[line.side])
    for tag in reversed(tags):
        tag_line(document, f"{{%p end{tag.partition(' ')[0]} %}}")


def _grid(document: DocumentObject, grid: Grid) -> None:
    table = add_table(document, tuple(Cm(width) for width in grid.widths))
    for row in grid.rows:
        if row.each:
            tag_row(table, f"{{%tr for {row.each} %}}")
        _row(table, row)
        if row.each:
            tag_row(table, "{%tr endfor %}")


def _row(table: Table, row: Row) -> None:
    laid = add_row(table, height=Cm(row.height), repeat=row.repeat)
    cells = laid.cells
    place = 0
    for cell in row.cells:
        target = cells[place]
        if cell.columns > 1:
            target = target.merge(cells[place + cell.columns - 1])
        fill(target, cell.text, size=cell.size, align=_SIDES[cell.side])
        if cell.down:
            merge_down(target, cell.down)
        if cell.top:
            target.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
        place += cell.columns
