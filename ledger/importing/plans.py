"""Rows of plans to records: the three tables (S0 附件3; S4 附件2, 3) and plans of superior bodies."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from difflib import SequenceMatcher
from functools import partial

from ledger.importing import registers, values
from ledger.importing.faults import Kind
from ledger.importing.reading import Fields
from ledger.importing.records import (
    Private,
    Record,
    Sheet,
    Source,
    counted,
    filled,
    or_else,
    read_rows,
    tags_in,
)
from ledger.importing.registers import Column, Form, Register
from verifier.codec import Value
from verifier.schema import register_shape

_PLAN = register_shape("plan.any")
_TASK_NO = re.compile(r"(联?)(\d{1,9})号?")
"""001号 of an internal plan, 联001 of one of several departments (S4 附件2, 3)."""
_ALIKE = 0.75

SUPERIOR = Register(
    "上级抽查计划",
    "上级已安排的抽查计划",
    (
        Column("no", "序号", (), width=8, example="1"),
        Column("body", "上级部门", ("上级单位", "组织单位", "制定单位"), True, width=20, example="市发改委"),
        Column(
            "name",
            "计划名称",
            ("抽查计划名称", "抽查任务名称", "任务名称"),
            True,
            width=30,
            example="全市储备粮抽查",
            limit=300,
        ),
        Column(
            "until",
            "检查时间",
            ("抽查时间", "完成时限", "时限"),
            True,
            Form.CODE,
            16,
            example="2023年5月-7月",
            hint="写明年、月",
        ),
        Column(
            "objects", "检查对象", ("抽查对象", "抽查对象范围"), width=22, example="储备粮企业", limit=2000
        ),
        Column(
            "tags",
            "行业标签",
            ("抽取条件（行业标签）", "抽取条件", "抽取标签"),
            width=20,
            example="粮食承储",
            hint="上级抽查的企业类别；可填多项",
            limit=100,
        ),
        Column(
            "subjects",
            "统一社会信用代码",
            ("对象代码", "信用代码"),
            form=Form.CODE,
            width=23,
            hint="上级已确定名单的，填代码，可填多项",
        ),
    ),
    (("tags", "subjects"),),
)
"""What superior bodies plan (R061). It is not in the template: most offices have none."""


def read_plan(
    path: Source,
    *,
    today: date,
    items: Mapping[str, Mapping[str, Value]] | None = None,
    sheet: str | None = None,
    leave_out: Collection[int] = (),
) -> Sheet:
    """附件3 年度计划 (R065–R067). `items`: item id → record; a row names items by number or by their text."""
    shape = None if items is None else _PLAN
    return read_rows(registers.PLAN, path, partial(_plan_row, items), today, sheet, leave_out, shape)


def read_superior(
    path: Source, *, today: date, sheet: str | None = None, leave_out: Collection[int] = ()
) -> Sheet:
    """What superior bodies plan to inspect (R061): by tags, or the enterprises that they have chosen."""
    return read_rows(SUPERIOR, path, _superior, today, sheet, leave_out, register_shape("superior"))


def _plan_row(
    items: Mapping[str, Mapping[str, Value]] | None, fields: Fields
) -> tuple[str, str, Record, Private] | None:
    no = counted(fields, "no")
    lines = fields.lines("text", True)
    named = fields.identifiers("items")
    plan_no, plan_name = fields.text("plan_no"), fields.text("plan_name", True)
    rate, period = fields.rate("rate"), fields.period("until", values.year_in(plan_name or "", plan_no or ""))
    organiser = fields.text("organiser", True)
    partners, task_no = fields.parts("partners"), fields.text("task_no")
    record = filled(
        no=no,
        plan_no=plan_no,
        task_no=task_no,
        kind=_plan_kind(fields, bool(partners)),
        lead=fields.text("lead"),
        since=period.since if period else None,
        by_risk=bool(rate and "信用风险" in rate.note),
        remark=fields.text("remark"),
        plan_name=plan_name,
        task_name=fields.text("task_name", True),
        text=lines,
        items=None if named is None or lines is None else _plan_items(fields, items, named, lines),
        rate_text=rate.note if rate else None,
        objects=fields.text("objects", True),
        tags=tags_in(fields, None),
        draw=fields.word("draw", values.DRAW_TYPES, True),
        organiser=organiser,
        executor=or_else(fields.text("executor"), organiser or ""),
        partners=partners,
        until=period.until if period else None,
        reason=fields.text("reason"),
    )
    if record is None or rate is None:
        return None
    record.update(p=rate.p, q=rate.q)
    number = _TASK_NO.fullmatch(values.plain(task_no or "")) if not no else None
    record["no"] = no or (int(number[2]) if number else fields.row.number)
    name = f"{'L' if number[1] else ''}{number[2]}" if number else str(record["no"])
    return "task_no" if number else "no", name, record, {}


def _plan_kind(fields: Fields, with_others: bool) -> str:
    """Who inspects: the office alone, several of its 科室 (S4 附件2), or several departments."""
    if not fields.has("partners"):
        return ""
    if not with_others:
        return "own"
    header = fields.title("partners") + fields.title("organiser")
    return "internal" if "股" in header or "科" in header else "joint"


def _superior(fields: Fields) -> tuple[str, str, Record, Private] | None:
    no, name = counted(fields, "no"), fields.text("name", True)
    period = fields.period("until", values.year_in(name or ""))
    tags = tags_in(fields, None)
    record = filled(
        body=fields.text("body", True),
        name=name,
        year=int(period.until[:4]) if period else None,
        since=period.since if period else None,
        until=period.until if period else None,
        objects=fields.text("objects"),
        tags=tags,
        subjects=[code.upper() for code in listed] if (listed := fields.identifiers("subjects")) else listed,
    )
    if record is None or no is None:
        return None
    if not record.keys() & {"tags", "subjects"}:
        fields.fault(Kind.REQUIRED, "tags" if fields.has("tags") else "subjects", "")
        return None
    return "no", str(no or fields.row.number), record, {}


def _plan_items(
    fields: Fields, items: Mapping[str, Mapping[str, Value]] | None, named: list[str], lines: list[str]
) -> list[str] | None:
    """The items a row means: those numbered, else that of the same or (with a warning) the nearest text."""
    if items is None:
        return named
    unknown = [name for name in named if name not in items]
    if unknown:
        fields.fault(Kind.UNKNOWN_ITEM, "items", unknown[0])
        return None
    text = "".join(lines)
    own = _essence(text)
    listed = {name: _text_of(items[name]) for name in sorted(named or items)}
    if any(_essence(words) == own for words in listed.values()):
        return named or [next(name for name, words in listed.items() if _essence(words) == own)]
    ranked = sorted(((_alike(own, _essence(words)), name) for name, words in listed.items()), reverse=True)
    if not named and (not ranked or ranked[0][0] < _ALIKE):
        fields.fault(Kind.UNKNOWN_ITEM, "text", text)
        return None
    nearest = ranked[0][1]
    if len(named) <= 1:
        fields.warn(Kind.ITEM_TEXT_DIFFERS, "text", text, item=nearest, listed=listed[nearest])
    return named or [nearest]


def _text_of(item: Mapping[str, Value]) -> str:
    lines = item.get("text", "")
    return lines if isinstance(lines, str) else "".join(str(line) for line in lines)  # type: ignore[union-attr]


def _essence(text: str) -> str:
    """Words without punctuation and without the 对 that only joins them to a sentence."""
    return "".join(sign for sign in values.plain(text) if sign.isalnum()).removeprefix("对")


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
