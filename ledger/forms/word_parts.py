"""Pieces of Word templates: page, tables, rows and cells, what repeats, header and footer.

The builders of templates (`record_template`, `letters`) put them together. No fonts are shipped: names are
given, the office's Windows has them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from ledger.forms.package import repack

BODY_FONT, TITLE_FONT, LATIN_FONT, HEX_FONT = "仿宋", "黑体", "Times New Roman", "Courier New"
TEXT_WIDTH = Cm(17)
CENTRE, LEFT, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT

_STYLES = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "TableGrid", "Header", "Footer"}
_UNUSED_PARTS = {"stylesWithEffects", "thumbnail", "customXml", "numbering", "webSettings"}


def blank_document() -> DocumentObject:
    """An empty A4 page of the house, without what python-docx's own template brings along."""
    document = Document()
    _prune(document)
    _page(document)
    return document


def finished(document: DocumentObject, title: str) -> bytes:
    """The document as bytes, equal on every run."""
    properties = document.core_properties
    properties.created = properties.modified = datetime(2026, 1, 1, tzinfo=UTC)
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title = title
    properties.revision = 1
    properties.language = "zh-CN"
    out = io.BytesIO()
    document.save(out)
    return repack(out.getvalue())


def _prune(document: DocumentObject) -> None:
    """Leave out what python-docx's own template brings along and the form does not use."""
    styles = document.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in _STYLES:
            styles.remove(style)
    for owner in (document.part, document.part.package):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.rsplit("/", 1)[-1] in _UNUSED_PARTS:
                del owner.rels[key]


def _page(document: DocumentObject) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(4.6)
    section.header_distance, section.footer_distance = Cm(1), Cm(1)
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN_FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FONT)
    style.paragraph_format.space_after = Pt(0)
    document.styles.element.find(".//" + qn("w:lang")).set(qn("w:eastAsia"), "zh-CN")


def add_header(document: DocumentObject) -> None:
    """One line on every page, empty except in a practice ledger."""
    paragraph = document.sections[0].header.paragraphs[0]
    run = write(paragraph, "{{ practice }}", size=18, font=TITLE_FONT, align=CENTRE)
    run.font.color.rgb = RGBColor(0xC0, 0x00, 0x00)


def add_footer(document: DocumentObject, labels: Sequence[tuple[str, str]]) -> None:
    """Where the sheet comes from, on every page: (label, tag) a line, page and a QR code."""
    footer = document.sections[0].footer
    table = footer.add_table(1, 2, TEXT_WIDTH)
    fix_widths(table, (Cm(13.4), Cm(3.6)))
    text, code = table.rows[0].cells
    for index, (label, value) in enumerate(labels):
        paragraph = text.paragraphs[0] if index == 0 else text.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(3)
        write(paragraph, f"{label}  ", size=8)
        write(paragraph, value, size=7, latin=HEX_FONT)
    pages = text.add_paragraph()
    pages.paragraph_format.space_before = Pt(4)
    for part in ("第", "PAGE", "页共", "NUMPAGES", "页"):
        if part.isascii():
            _field(pages, part)
        else:
            write(pages, part, size=10.5)
    pages.alignment = CENTRE
    text.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    write(code.paragraphs[0], "{{ qr }}", align=RIGHT)
    first = footer.paragraphs[0]
    first._p.getparent().remove(first._p)
    _small(footer.add_paragraph())


def add_table(document: DocumentObject, widths: tuple[Length, ...]) -> Table:
    table: Table = document.add_table(0, len(widths))
    table.style = document.styles["Table Grid"]
    fix_widths(table, widths)
    return table


def fix_widths(table: Table, widths: tuple[Length, ...]) -> None:
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def add_row(table: Table, *, height: Length, repeat: bool = False) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    row.height, row.height_rule = height, WD_ROW_HEIGHT_RULE.AT_LEAST
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader") if repeat else ("w:cantSplit",):
        properties.append(OxmlElement(name))
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width = column.width
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return row


def tag_row(table: Table, tag: str) -> None:
    """A row that docxtpl replaces by its tag."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    write(row.cells[0].paragraphs[0], tag)


def tag_line(document: DocumentObject, tag: str) -> None:
    write(document.add_paragraph(), tag)


def merge_down(cell: _Cell, value: str) -> None:
    merge = OxmlElement("w:vMerge")
    merge.set(qn("w:val"), value)
    properties = cell._tc.get_or_add_tcPr()
    properties.insert_element_before(merge, "w:tcBorders", "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")


def fill(
    cell: _Cell,
    text: str,
    *,
    size: float = 12,
    font: str = BODY_FONT,
    align: WD_ALIGN_PARAGRAPH = LEFT,
    keep: bool = False,
) -> None:
    write(cell.paragraphs[0], text, size=size, font=font, align=align, keep=keep)


def write(
    paragraph: Paragraph,
    text: str,
    *,
    size: float = 12,
    font: str = BODY_FONT,
    latin: str = LATIN_FONT,
    align: WD_ALIGN_PARAGRAPH | None = None,
    keep: bool = False,
) -> Run:
    """Add a run with its East Asian font, which python-docx does not set; the hint is for “ and ”."""
    if align is not None:
        paragraph.alignment = align
    if keep:
        paragraph.paragraph_format.keep_with_next = True
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), latin
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")
    return run


def _field(paragraph: Paragraph, instruction: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = write(paragraph, "1", size=10.5)
    field.append(run._r)
    paragraph._p.append(field)


def add_seam(document: DocumentObject) -> None:
    """Word joins tables that touch; a paragraph one point high keeps them apart."""
    _small(document.add_paragraph())


def _small(paragraph: Paragraph) -> None:
    style = paragraph.paragraph_format
    style.line_spacing_rule, style.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), "2")
    mark = OxmlElement("w:rPr")
    mark.append(size)
    paragraph._p.get_or_add_pPr().append(mark)
