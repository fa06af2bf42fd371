"""Builds `templates/record.docx`, the Word template of the 附件6 record (S0 附件6, R101).

The template is data that an office may edit in Word; this script is how it came to be, so that a
reviewer reads code, not a binary. `python -m ledger.forms.record_template` writes it again; a test
holds the committed file to these bytes.

Title, cell texts and merged cells are the seed's. The seed's one grid is laid out as three tables that
touch: only the first rows of a table can repeat on the next page (`w:tblHeader`), and officers and
subjects each need their own. No fonts are shipped: names are given, the office's Windows has them.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from ledger.forms.package import repack

TEMPLATE = Path(__file__).with_name("templates") / "record.docx"

TITLE = ("“双随机、一公开”抽查", "执法人员、市场主体选派（抽取）记录单")
BODY_FONT, TITLE_FONT, LATIN_FONT, HEX_FONT = "仿宋", "黑体", "Times New Roman", "Courier New"

_STYLES = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "TableGrid", "Header", "Footer"}
_UNUSED_PARTS = {"stylesWithEffects", "thumbnail", "customXml", "numbering", "webSettings"}
_TEXT_WIDTH, _LABEL_WIDTH = Cm(17), Cm(3.2)
_CENTRE = WD_ALIGN_PARAGRAPH.CENTER
_LEFT = WD_ALIGN_PARAGRAPH.LEFT


def build() -> bytes:
    """The template as bytes, equal on every run."""
    document = Document()
    _prune(document)
    _page(document)
    _heading(document)
    _drawn_table(
        document, "现场检查摇号产生检查人员及其执法证号", ("姓名", "执法证号"), (Cm(5), Cm(7.5)), "officers"
    )
    _seam(document)
    _drawn_table(
        document, "现场检查“摇号”产生检查对象名称及地址", ("名称", "地址"), (Cm(6.1), Cm(6.4)), "subjects"
    )
    _seam(document)
    _signature_table(document)
    _annex(document)
    _header(document)
    _footer(document)
    properties = document.core_properties
    properties.created = properties.modified = datetime(2026, 1, 1, tzinfo=UTC)
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title = "".join(TITLE)
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


def _heading(document: DocumentObject) -> None:
    for line in TITLE:
        _write(document.add_paragraph(), line, size=20, font=TITLE_FONT, align=_CENTRE)
    unit = document.add_paragraph()
    unit.paragraph_format.space_before, unit.paragraph_format.space_after = Pt(10), Pt(4)
    unit.paragraph_format.tab_stops.add_tab_stop(_TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    _write(unit, "抽查单位：{{ unit }}\t实施时间：{{ date }}", size=14)


def _drawn_table(
    document: DocumentObject, label: str, columns: tuple[str, str], widths: tuple[Length, Length], rows: str
) -> None:
    """Left cell merged over header and body; 序号 and two columns; one template row in a `{%tr for %}`."""
    table = _table(document, (_LABEL_WIDTH, Cm(1.3), *widths))
    header = _row(table, height=Cm(0.9), repeat=True)
    _cell(header.cells[0], label, size=11, align=_CENTRE)
    _merge_down(header.cells[0], "restart")
    for cell, text in zip(header.cells[1:], ("序号", *columns), strict=True):
        _cell(cell, text, font=TITLE_FONT, align=_CENTRE)
    _tag(table, f"{{%tr for row in {rows} %}}")
    body = _row(table, height=Cm(0.9))
    _merge_down(body.cells[0], "continue")
    align = _CENTRE if rows == "officers" else _LEFT
    _cell(body.cells[1], "{{ row.number }}", size=11, align=_CENTRE)
    _cell(body.cells[2], "{{ row.first }}", size=11, align=align)
    _cell(body.cells[3], "{{ row.second }}", size=11, align=align)
    _tag(table, "{%tr endfor %}")


def _signature_table(document: DocumentObject) -> None:
    """意见 and the two signatures. These cells hold nothing: they are for ink."""
    table = _table(document, (_LABEL_WIDTH, Cm(5.3), _LABEL_WIDTH, Cm(5.3)))
    opinion = _row(table, height=Cm(3))
    _cell(opinion.cells[0], "实施抽查", align=_CENTRE, keep=True)
    _write(opinion.cells[0].add_paragraph(), "单位意见", align=_CENTRE, keep=True)
    opinion.cells[1].merge(opinion.cells[3])
    signatures = _row(table, height=Cm(1.8))
    _cell(signatures.cells[0], "“摇号”经办人签字", align=_CENTRE)
    _cell(signatures.cells[2], "现场监督人员签字", align=_CENTRE)


def _annex(document: DocumentObject) -> None:
    """分工及递补顺序表, on a page of its own; left out when no teams are given. Teams stay whole."""
    _tag_paragraph(document, "{%p if teams %}")
    title = document.add_paragraph()
    title.paragraph_format.page_break_before = True
    title.paragraph_format.space_after = Pt(8)
    _write(title, "分工及递补顺序表", size=20, font=TITLE_FONT, align=_CENTRE)
    table = _table(document, (Cm(1.2), Cm(5.3), Cm(1.2), Cm(1.4), Cm(2.2), Cm(2.9), Cm(2.8)))
    header = _row(table, height=Cm(0.8), repeat=True)
    columns = ("序号", "检查对象", "席位", "分工", "姓名", "部门", "执法证号")
    for cell, text in zip(header.cells, columns, strict=True):
        _cell(cell, text, size=10.5, font=TITLE_FONT, align=_CENTRE)
    _tag(table, "{%tr for team in teams %}")
    _tag(table, "{%tr for member in team.members %}")
    row = _row(table, height=Cm(0.65))
    _cell(row.cells[0], "{% vm %}{{ team.number }}", size=10.5, align=_CENTRE, keep=True)
    _cell(row.cells[1], "{% vm %}{{ team.subject }}", size=10.5, keep=True)
    for cell, field in zip(row.cells[2:], ("seat", "role", "name", "department", "certificate"), strict=True):
        _cell(cell, f"{{{{ member.{field} }}}}", size=10.5, align=_CENTRE, keep=True)
    _tag(table, "{%tr endfor %}")
    row = _row(table, height=Cm(0.65))
    _merge_down(row.cells[0], "continue")
    _merge_down(row.cells[1], "continue")
    label, order = row.cells[2].merge(row.cells[3]), row.cells[4].merge(row.cells[6])
    _cell(label, "递补顺序", size=10.5, align=_CENTRE)
    _cell(order, "{{ team.reserves }}", size=10.5)
    _tag(table, "{%tr endfor %}")
    note = document.add_paragraph()
    note.paragraph_format.space_before = Pt(6)
    _write(
        note,
        "席位1为检查组组长。递补按摇号随机号顺序进行：因回避或缺席需要更换执法人员的，由同一席位类别中次序在先、"
        "与检查对象无利害关系且未占席位的人员递补，须有理由并经批准。抽中的检查对象不更换。",
        size=10.5,
    )
    _tag_paragraph(document, "{%p endif %}")


def _header(document: DocumentObject) -> None:
    """One line on every page, empty except in a practice ledger."""
    paragraph = document.sections[0].header.paragraphs[0]
    run = _write(paragraph, "{{ practice }}", size=18, font=TITLE_FONT, align=_CENTRE)
    run.font.color.rgb = RGBColor(0xC0, 0x00, 0x00)


def _footer(document: DocumentObject) -> None:
    """Where the sheet comes from, on every page: draw, ledger, head, page and a QR code."""
    footer = document.sections[0].footer
    table = footer.add_table(1, 2, _TEXT_WIDTH)
    _fix_widths(table, (Cm(13.4), Cm(3.6)))
    text, code = table.rows[0].cells
    for index, (label, value) in enumerate(
        (
            ("抽取编号", "{{ draw_id }}"),
            ("留痕台账", "{{ ledger_id }}"),
            ("台账指纹", "{{ head }}"),
        )
    ):
        paragraph = text.paragraphs[0] if index == 0 else text.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(3)
        _write(paragraph, f"{label}  ", size=8)
        _write(paragraph, value, size=7, latin=HEX_FONT)
    pages = text.add_paragraph()
    pages.paragraph_format.space_before = Pt(4)
    for part in ("第", "PAGE", "页共", "NUMPAGES", "页"):
        if part.isascii():
            _field(pages, part)
        else:
            _write(pages, part, size=10.5)
    pages.alignment = _CENTRE
    text.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _write(code.paragraphs[0], "{{ qr }}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    first = footer.paragraphs[0]
    first._p.getparent().remove(first._p)
    _small(footer.add_paragraph())


def _table(document: DocumentObject, widths: tuple[Length, ...]) -> Table:
    table: Table = document.add_table(0, len(widths))
    table.style = document.styles["Table Grid"]
    _fix_widths(table, widths)
    return table


def _fix_widths(table: Table, widths: tuple[Length, ...]) -> None:
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def _row(table: Table, *, height: Length, repeat: bool = False) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    row.height, row.height_rule = height, WD_ROW_HEIGHT_RULE.AT_LEAST
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader") if repeat else ("w:cantSplit",):
        properties.append(OxmlElement(name))
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width = column.width
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return row


def _tag(table: Table, tag: str) -> None:
    """A row that docxtpl replaces by its tag."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    _write(row.cells[0].paragraphs[0], tag)


def _tag_paragraph(document: DocumentObject, tag: str) -> None:
    _write(document.add_paragraph(), tag)


def _merge_down(cell: _Cell, value: str) -> None:
    merge = OxmlElement("w:vMerge")
    merge.set(qn("w:val"), value)
    properties = cell._tc.get_or_add_tcPr()
    properties.insert_element_before(merge, "w:tcBorders", "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")


def _cell(
    cell: _Cell,
    text: str,
    *,
    size: float = 12,
    font: str = BODY_FONT,
    align: WD_ALIGN_PARAGRAPH = _LEFT,
    keep: bool = False,
) -> None:
    _write(cell.paragraphs[0], text, size=size, font=font, align=align, keep=keep)


def _write(
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
    run = _write(paragraph, "1", size=10.5)
    field.append(run._r)
    paragraph._p.append(field)


def _seam(document: DocumentObject) -> None:
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


if __name__ == "__main__":
    TEMPLATE.write_bytes(build())
