"""一单两库情况表: how whole the registers are (R041: 监管对象齐全、监管人员合格、监管事项合法)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from ledger.forms.form import Wanted
from ledger.forms.sheet import Column, Sheet
from ledger.forms.source import Source
from ledger.forms.wording import KINDS, day_zh
from verifier import facts as f
from verifier.facts import Data
from verifier.law.question import certified

SOON_DAYS = 60
"""A certificate that expires within these days is told."""
_SHOWN = 5
_SUBJECT = {"active": "存续", "revoked": "吊销", "cancelled": "注销", "moved": "迁出", "closed": "停业"}
_OFFICER = {"active": "在岗", "left": "离岗", "suspended": "停止执法"}
_CLASS = {"key": "重点检查事项", "general": "一般检查事项"}
Rows = Sequence[tuple[str, Data]]


def state(source: Source, _wanted: Wanted) -> Sheet:
    subjects, officers, items = (_rows(source, name) for name in ("subjects", "officers", "items"))
    lines = [*_subjects(subjects), *_officers(officers, source.day), *_items(items)]
    return Sheet(
        f"{source.ledger.office}“一单两库”情况表",
        (
            Column("序号", 6, centre=True),
            Column("库（单）", 18, joined=True),
            Column("情况", 34),
            Column("数量", 10, centre=True),
            Column("涉及（前5个）", 44),
        ),
        [(str(number), *line) for number, line in enumerate(lines, 1)],
        above=((f"填报单位：{source.ledger.office}", f"制表时间：{day_zh(source.day)}"),),
        landscape=False,
    )


def _rows(source: Source, name: str) -> Rows:
    return [(key, row.record) for key, row in source.facts.rows(f.register(name))]


def _subjects(rows: Rows) -> Iterator[tuple[str, str, str, str]]:
    register = "检查对象名录库"
    yield register, "检查对象总数", str(len(rows)), ""
    for status, count in Counter(record["status"] for _, record in rows).most_common():
        yield register, f"登记状态：{_SUBJECT.get(status, status)}", str(count), ""
    for kind, count in Counter(record["kind"] for _, record in rows).most_common():
        yield register, f"主体类型：{KINDS.get(kind, kind)}", str(count), ""
    active = [(name, record) for name, record in rows if record["status"] == "active"]
    yield _lacking(register, "存续而没有行业标签", active, lambda record: not record.get("tags"))
    yield _lacking(register, "存续而没有信用风险等级", active, lambda record: not record.get("risk"))
    yield _lacking(register, "存续而没有地址", active, lambda record: not record.get("address"))


def _officers(rows: Rows, day: str) -> Iterator[tuple[str, str, str, str]]:
    register = "执法检查人员名录库"
    soon = (date.fromisoformat(day) + timedelta(days=SOON_DAYS)).isoformat()
    yield register, "执法检查人员总数", str(len(rows)), ""
    for status, count in Counter(record["status"] for _, record in rows).most_common():
        yield register, f"状态：{_OFFICER.get(status, status)}", str(count), ""
    active = [(name, record) for name, record in rows if record["status"] == "active"]
    yield _lacking(register, "在岗而执法证不在有效期", active, lambda record: not certified(record, day))
    ends = f"执法证{SOON_DAYS}日内到期"
    yield _lacking(
        register, ends, active, lambda record: certified(record, day) and not certified(record, soon)
    )
    yield _lacking(register, "在岗而没有业务专长", active, lambda record: not record.get("expertise"))


def _items(rows: Rows) -> Iterator[tuple[str, str, str, str]]:
    register = "随机抽查事项清单"
    yield register, "抽查事项总数", str(len(rows)), ""
    for kind, count in Counter(record["class"] for _, record in rows).most_common():
        yield register, _CLASS.get(kind, kind), str(count), ""
    yield _lacking(register, "没有检查依据", rows, lambda record: not record.get("basis"))


def _lacking(
    register: str, what: str, rows: Rows, lacks: Callable[[Data], bool]
) -> tuple[str, str, str, str]:
    named = [str(record.get("name", name)) for name, record in rows if lacks(record)]
    return register, what, str(len(named)), "、".join(named[:_SHOWN]) + ("等" if len(named) > _SHOWN else "")
