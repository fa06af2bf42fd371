"""Builds `templates/record.docx`, the Word template of the 附件6 record (S0 附件6, R101).

The template is data that an office may edit in Word; this script is how it came to be, so that a
reviewer reads code, not a binary. `python -m ledger.forms.record_template` writes it again; a test
holds the committed file to these bytes.

Title, cell texts and merged cells are the seed's. The seed's one grid is laid out as three tables that
touch: only the first rows of a table can repeat on the next page (`w:tblHeader`), and officers and
subjects each need their own.
"""

from __future__ import annotations

from pathlib import Path

from docx.document import Document as DocumentObject
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Cm, Length, Pt

from ledger.forms.word_parts import (
    CENTRE,
    LEFT,
    TEXT_WIDTH,
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

TEMPLATE = Path(__file__).with_name("templates") / "record.docx"

TITLE = ("“双随机、一公开”抽查", "执法人员、市场主体选派（抽取）记录单")
FOOTER = (("抽取编号", "{{ draw_id }}"), ("留痕台账", "{{ ledger_id }}"), ("台账指纹", "{{ head }}"))
_LABEL_WIDTH = Cm(3.2)


def build() -> bytes:
    """The template as bytes, equal on every run."""
    document = blank_document()
    _heading(document)
    _drawn_table(
        document, "现场检查摇号产生检查人员及其执法证号", ("姓名", "执法证号"), (Cm(5), Cm(7.5)), "officers"
    )
    add_seam(document)
    _drawn_table(
        document, "现场检查“摇号”产生检查对象名称及地址", ("名称", "地址"), (Cm(6.1), Cm(6.4)), "subjects"
    )
    add_seam(document)
    _signature_table(document)
    _annex(document)
    add_header(document)
    add_footer(document, FOOTER)
    return finished(document, "".join(TITLE))


def _heading(document: DocumentObject) -> None:
    for line in TITLE:
        write(document.add_paragraph(), line, size=20, font=TITLE_FONT, align=CENTRE)
    unit = document.add_paragraph()
    unit.paragraph_format.space_before, unit.paragraph_format.space_after = Pt(10), Pt(4)
    unit.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    write(unit, "抽查单位：{{ unit }}\t实施时间：{{ date }}", size=14)


def _drawn_table(
    document: DocumentObject, label: str, columns: tuple[str, str], widths: tuple[Length, Length], rows: str
) -> None:
    """Left cell merged over header and body; 序号 and two columns; one template row in a `{%tr for %}`."""
    table = add_table(document, (_LABEL_WIDTH, Cm(1.3), *widths))
    header = add_row(table, height=Cm(0.9), repeat=True)
    fill(header.cells[0], label, size=11, align=CENTRE)
    merge_down(header.cells[0], "restart")
    for cell, text in zip(header.cells[1:], ("序号", *columns), strict=True):
        fill(cell, text, font=TITLE_FONT, align=CENTRE)
    tag_row(table, f"{{%tr for row in {rows} %}}")
    body = add_row(table, height=Cm(0.9))
    merge_down(body.cells[0], "continue")
    align = CENTRE if rows == "officers" else LEFT
    fill(body.cells[1], "{{ row.number }}", size=11, align=CENTRE)
    fill(body.cells[2], "{{ row.first }}", size=11, align=align)
    fill(body.cells[3], "{{ row.second }}", size=11, align=align)
    tag_row(table, "{%tr endfor %}")


def _signature_table(document: DocumentObject) -> None:
    """意见 and the two signatures. These cells hold nothing: they are for ink."""
    table = add_table(document, (_LABEL_WIDTH, Cm(5.3), _LABEL_WIDTH, Cm(5.3)))
    opinion = add_row(table, height=Cm(3))
    fill(opinion.cells[0], "实施抽查", align=CENTRE, keep=True)
    write(opinion.cells[0].add_paragraph(), "单位意见", align=CENTRE, keep=True)
    opinion.cells[1].merge(opinion.cells[3])
    signatures = add_row(table, height=Cm(1.8))
    fill(signatures.cells[0], "“摇号”经办人签字", align=CENTRE)
    fill(signatures.cells[2], "现场监督人员签字", align=CENTRE)


def _annex(document: DocumentObject) -> None:
    """分工及递补顺序表, on a page of its own; left out when no teams are given. Teams stay whole."""
    tag_line(document, "{%p if teams %}")
    title = document.add_paragraph()
    title.paragraph_format.page_break_before = True
    title.paragraph_format.space_after = Pt(8)
    write(title, "分工及递补顺序表", size=20, font=TITLE_FONT, align=CENTRE)
    table = add_table(document, (Cm(1.2), Cm(5.3), Cm(1.2), Cm(1.4), Cm(2.2), Cm(2.9), Cm(2.8)))
    header = add_row(table, height=Cm(0.8), repeat=True)
    columns = ("序号", "检查对象", "席位", "分工", "姓名", "部门", "执法证号")
    for cell, text in zip(header.cells, columns, strict=True):
        fill(cell, text, size=10.5, font=TITLE_FONT, align=CENTRE)
    tag_row(table, "{%tr for team in teams %}")
    tag_row(table, "{%tr for member in team.members %}")
    row = add_row(table, height=Cm(0.65))
    fill(row.cells[0], "{% vm %}{{ team.number }}", size=10.5, align=CENTRE, keep=True)
    fill(row.cells[1], "{% vm %}{{ team.subject }}", size=10.5, keep=True)
    for cell, field in zip(row.cells[2:], ("seat", "role", "name", "department", "certificate"), strict=True):
        fill(cell, f"{{{{ member.{field} }}}}", size=10.5, align=CENTRE, keep=True)
    tag_row(table, "{%tr endfor %}")
    row = add_row(table, height=Cm(0.65))
    merge_down(row.cells[0], "continue")
    merge_down(row.cells[1], "continue")
    label, order = row.cells[2].merge(row.cells[3]), row.cells[4].merge(row.cells[6])
    fill(label, "递补顺序", size=10.5, align=CENTRE)
    fill(order, "{{ team.reserves }}", size=10.5)
    tag_row(table, "{%tr endfor %}")
    note = document.add_paragraph()
    note.paragraph_format.space_before = Pt(6)
    write(
        note,
        "{{ remarks }}席位1为检查组组长。递补按摇号随机号顺序进行：因回避或缺席需要更换执法人员的，由"
        "同一席位类别中次序在先、与检查对象无利害关系且未占席位的人员递补，须有理由并经批准。抽中的检查对象不更换。",
        size=10.5,
    )
    tag_line(document, "{%p endif %}")


if __name__ == "__main__":
    TEMPLATE.write_bytes(build())
