"""一单两库模板.xlsx: the workbook that an office fills in, written from the tables the reader uses.

Each sheet has a title, a frozen header (* = required), one grey example row that imports ignore, columns of
codes preset to text, drop-downs for closed sets and a hint beside the cell. Two runs give the same bytes.
"""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.durable import DOCUMENT, write_whole
from ledger.importing.annexes import ANNEXES
from ledger.importing.batch import TASKS
from ledger.importing.reading import choices
from ledger.importing.registers import EXAMPLE, REGISTERS, Column, Form, Register
from ledger.importing.tables import column_letter

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FILE_NAME = "一单两库模板.xlsx"
GUIDE = "填写说明"
SHEETS = (*REGISTERS, *ANNEXES, TASKS)
_FONT = "宋体"
_LAST_ROW = 19_999
_FIRST_ROW = 3
"""Position of the first row to fill in: below title, header and example."""
_CREATED = datetime(2000, 1, 1)
_RULES = (
    "一张表导入一类名录；表头带 * 的列必填，可以调整列的顺序，也可以增加自用的列（导入时忽略）。",
    "灰色示例行（首格以“示例”开头）不导入，保留或删除均可。",
    "代码、编号、比例、时限各列已设为文本格式，请勿改为数字：18 位代码存成数字会丢失末尾几位。",
    "从别的表格复制时，请用“选择性粘贴—数值”，不要带入公式。",
    "身份证号、联系电话、法定代表人、性别和利害关系的具体情况不公开；身份证号不得填入其他各列。",
    "日期按 2023-05-01 填写，月份按 2023年10月 填写，比例按 5% 填写。",
    "文件有任何一处问题时整份不导入，并逐条列出行、列、原值和改正办法；也可以指定不导入某几行。",
)


def write_template(path: Path, *, practice: bool = False) -> None:
    """Write the workbook, whole or not at all; `practice` marks every sheet 演练. Raises OSError."""
    write_whole(path, template_bytes(practice=practice), DOCUMENT)


def template_bytes(*, practice: bool = False) -> bytes:
    """The workbook as bytes."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": "一单两库模板", "created": _CREATED})
        styles = _Styles(book)
        mark = "（演练）" if practice else ""
        for register in SHEETS:
            _write_register(book.add_worksheet(register.sheet), register, styles, mark)
        _write_guide(book.add_worksheet(GUIDE), styles, mark)
    return target.getvalue()


class _Styles:
    """The cell formats of the workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": _FONT, "font_size": 11, "valign": "vcenter", "text_wrap": True}
        head = {**base, "bold": True, "align": "center", "border": 1, "bg_color": "#D9E2F3"}
        self.title: Format = book.add_format({"font_name": _FONT, "font_size": 16, "bold": True})
        self.note: Format = book.add_format({**base, "text_wrap": False})
        self.cell: Format = book.add_format({**base, "border": 1})
        self.header: Format = book.add_format(head)
        self.required: Format = book.add_format({**head, "bg_color": "#FCE4D6"})
        grey = {**base, "border": 1, "font_color": "#808080", "italic": True, "bg_color": "#F2F2F2"}
        self.example: Format = book.add_format({**grey, "num_format": "@"})
        self.border: Format = book.add_format({"border": 1})
        text = book.add_format({**base, "num_format": "@"})
        self.columns: dict[Form, Format] = dict.fromkeys(Form, text)
        self.columns[Form.DATE] = book.add_format({**base, "num_format": "yyyy-mm-dd"})


def _write_register(sheet: Worksheet, register: Register, styles: _Styles, mark: str) -> None:
    last = len(register.columns) - 1
    sheet.write_string(0, 0, register.title + mark, styles.title)
    sheet.set_row(0, 28)
    sheet.set_row(1, 32)
    sheet.set_row(2, 46)
    for position, column in enumerate(register.columns):
        sheet.set_column(position, position, column.width, styles.columns[column.form])
        style = styles.required if _is_required(register, column) else styles.header
        sheet.write_string(1, position, column.title + ("*" if column.required else ""), style)
        sheet.write_string(2, position, _example(position, column), styles.example)
        _guard(sheet, position, column)
    filled = {
        "type": "formula",
        "criteria": f"=COUNTA($A4:${column_letter(last)}4)>0",
        "format": styles.border,
    }
    sheet.conditional_format(_FIRST_ROW, 0, _LAST_ROW, last, filled)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    _page(sheet, register.title + mark)


def _is_required(register: Register, column: Column) -> bool:
    return column.required or any(column.key == group[0] for group in register.any_of)


def _example(position: int, column: Column) -> str:
    if position:
        return column.example
    return EXAMPLE if column.key in ("seq", "no") else f"{EXAMPLE}：{column.example}"


def _guard(sheet: Worksheet, position: int, column: Column) -> None:
    """A drop-down for a closed set, and the hint that shows when a cell is chosen."""
    rule: dict[str, object] = {"validate": "any"}
    if column.form is Form.CHOICE and column.words:
        rule = {
            "validate": "list",
            "source": choices(column.words).split("、"),
            "error_type": "warning",
            "error_title": column.title,
            "error_message": "请从下拉列表中选择。",
        }
    hint = column.hint
    if column.words and column.form is not Form.CHOICE:
        hint = f"{hint}：{choices(column.words)}"
    if hint:
        rule |= {"input_title": column.title[:32], "input_message": hint[:255]}
    if len(rule) > 1:
        sheet.data_validation(_FIRST_ROW, position, _LAST_ROW, position, rule)


def _write_guide(sheet: Worksheet, styles: _Styles, mark: str) -> None:
    sheet.write_string(0, 0, GUIDE + mark, styles.title)
    sheet.set_row(0, 28)
    for position, width in enumerate((20, 22, 8, 60)):
        sheet.set_column(position, position, width)
    for number, rule in enumerate(_RULES, 1):
        sheet.write_string(number, 0, f"{number}. {rule}", styles.note)
    row = len(_RULES) + 2
    for position, title in enumerate(("工作表", "列", "必填", "说明")):
        sheet.write_string(row, position, title, styles.header)
    for register in SHEETS:
        for column in register.columns:
            row += 1
            choice = f"可选：{choices(column.words)}" if column.words and column.hint != "不公开" else ""
            words = "；".join(part for part in (column.hint, choice) if part)
            for position, text in enumerate(
                (register.sheet, column.title, "是" if _is_required(register, column) else "", words)
            ):
                sheet.write_string(row, position, text, styles.cell)
    sheet.repeat_rows(len(_RULES) + 2)
    _page(sheet, GUIDE + mark)


def _page(sheet: Worksheet, title: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{title}&R第 &P 页 共 &N 页")
