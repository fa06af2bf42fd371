"""Sheets whose rows are commands: tasks to be made (任务), visits to be recorded (检查结果录入表).

A row is read as text and becomes one command; the command line and the law judge it as if it had been typed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path

from ledger.importing import columns
from ledger.importing.reading import Fields
from ledger.importing.records import Private, Record, Sheet, read_rows
from ledger.importing.registers import EXAMPLE, Column, Form, Register
from ledger.importing.tables import heads

TASKS = Register(
    "抽查任务",
    "抽查任务表",
    (
        Column("id", "任务编号", ("编号", "任务代码"), True, Form.CODE, example="task-2026-1", limit=64),
        Column("row", "计划序号", ("序号",), True, Form.CODE, 10, example="1", limit=64),
        Column("plan", "计划编号", (), form=Form.CODE, example="", hint="不填时为唯一已公布的计划", limit=64),
        Column("scheme", "工作方案文件", ("工作方案",), True, width=26, example="方案.docx"),
        Column("form", "检查表文件", ("检查表",), True, width=26, example="检查表.docx"),
        Column("form_version", "检查表版本", ("版本",), True, Form.CODE, 10, example="1"),
        Column("responsible", "负责人", ("责任人",), True, example="张示范"),
        Column(
            "seats",
            "检查组席位",
            ("席位",),
            True,
            Form.CODE,
            24,
            example="fgj/safety、scj",
            hint="部门代码/资质代码×人数，用顿号分开，第一席为组长",
        ),
        Column("groups", "固定分组数", ("分组数",), form=Form.CODE, width=10, hint="不填时每户各抽一组"),
        Column("public", "公共随机数", (), form=Form.CODE, example="balls:7", hint="不填为不用"),
        Column("since", "起始日期", ("开始日期",), form=Form.DATE, hint="不填为当日"),
        Column("until", "截止日期", ("结束日期",), form=Form.DATE, hint="不填为计划月份的最后一日"),
        Column("weights", "风险等级权重", ("权重",), form=Form.CODE, width=16, hint="如 A=1,B=2,C=4,D=8"),
        Column("exception", "低于比例的理由", ("例外理由",), width=24),
    ),
)
VISITS = Register(
    "检查结果录入表",
    "检查结果录入表",
    (
        Column("draw", "抽取编号", (), True, Form.CODE, limit=64),
        Column("subject", "统一社会信用代码", ("代码", "对象编号"), True, Form.CODE, 24, limit=64),
        Column("name", "企业名称", ("对象名称", "名称"), width=30),
        Column("team", "检查组", (), width=20),
        Column("day", "检查日期", ("日期",), form=Form.DATE, hint="填了日期的行才导入"),
        Column("hour", "时间", (), form=Form.CODE, width=8, hint="如 14:30，可不填"),
        Column("until", "结束日期", (), form=Form.DATE, hint="跨日检查的最后一日，可不填"),
        Column("results", "检查结果代码", ("结果", "检查结果"), form=Form.CODE, width=12, hint="不填为 01"),
        Column(
            "items",
            "有问题的事项",
            ("事项情况",),
            width=40,
            hint="如 item-1=检查,责改,已改正,灭火器过期；多项用分号分开；不填为均未发现问题；"
            "公开，不写个人信息",
        ),
        Column("findings", "检查情况", (), width=30, hint="不公开", limit=2000),
        Column("opinion", "处理意见", (), width=30, hint="不公开", limit=2000),
        Column("signature", "签字情况", (), width=14, hint="已签字、拒绝签字或负责人不在场；不填为已签字"),
        Column("unsigned", "未签字的原因", ("拒签原因",), width=20),
        Column("witness", "见证人", (), width=14, hint="未签字时填写，不公开", limit=200),
        Column("scan", "记录表扫描件", ("扫描件",), width=26, hint="与本表同一文件夹；多户可共用一个文件"),
    ),
)


def read_tasks(path: Path, *, today: date, sheet: str | None = None) -> Sheet:
    """The rows of 抽查任务 as text, by task id."""
    reader = partial(_texts, TASKS, "id", ("id",))
    return read_rows(TASKS, path, reader, today, sheet, ())


def _texts(
    register: Register, key: str, named: Sequence[str], fields: Fields
) -> tuple[str, str, Record, Private] | None:
    record: Record = {}
    for column in register.columns:
        if column.form is Form.DATE:
            text = fields.date(column.key)
        elif column.key in ("findings", "opinion"):
            text = fields.text(column.key, private=True)
        else:
            text = fields.text(column.key, column.required)
        if text is None:
            return None
        if text:
            record[column.key] = text
    return key, "/".join(str(record.get(part, "")) for part in named), record, {}


def filled(path: Path, registers: Sequence[Register]) -> list[Register]:
    """Those of the registers whose sheet is in the workbook and has a row below its header and example.
    Raises Unreadable."""
    tables = {table.sheet: table for table in heads(path)}
    found = []
    for register in registers:
        table = tables.get(register.sheet)
        if table is not None:
            header, _faults = columns.locate(register, table)
            rows = table.rows[header.first_row :]
            if any(not row.texts[0].startswith(EXAMPLE) for row in rows):
                found.append(register)
    return found


def visits_sheet(ledger: str, rows: Sequence[tuple[str, str, str, str]], *, practice: bool = False) -> bytes:
    """The workbook of visits to be filled in, from the ledger id as printed and (draw, subject, name, team);
    two runs, the same bytes. `practice` marks it 演练."""
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        text = book.add_format({"num_format": "@", "border": 1, "text_wrap": True})
        day = book.add_format({"num_format": "yyyy-mm-dd", "border": 1})
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#D9E2F3", "text_wrap": True})
        sheet = book.add_worksheet(VISITS.sheet)
        title = VISITS.title + ("（演练）" if practice else "")
        sheet.write_string(0, 0, title, book.add_format({"font_size": 16, "bold": True}))
        sheet.write_string(0, 2, f"台账编号：{ledger}")
        for position, column in enumerate(VISITS.columns):
            style = day if column.form is Form.DATE else text
            sheet.set_column(position, position, column.width, style)
            sheet.write_string(1, position, column.title + ("*" if column.required else ""), head)
            if column.hint:
                hint = {"input_title": column.title, "input_message": column.hint[:255], "validate": "any"}
                sheet.data_validation(2, position, 2 + len(rows), position, hint)
        for number, row in enumerate(rows, 2):
            for position, words in enumerate(row):
                sheet.write_string(number, position, words, text)
        sheet.freeze_panes(2, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)
    return target.getvalue()
