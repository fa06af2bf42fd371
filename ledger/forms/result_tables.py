"""What came of the visits as tables: S0 附件7 of one draw, S2's 执法检查台账 and the 问题整改台账 of a year
(R119, R139, R149)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.commands.find import DONE, draws, officer_name, subject_name
from ledger.commands.followups import Problem, problems_of
from ledger.forms.drawn import Drawn, drawn
from ledger.forms.form import Wanted
from ledger.forms.sheet import Column, Sheet
from ledger.forms.source import ERASED, Source
from ledger.forms.wording import BLANK_DAY, day_zh
from verifier import facts as f
from verifier.codec import Value
from verifier.facts import Data
from verifier.vocabulary import EXEMPTIONS, FOLLOWUP_KINDS, METHODS, RESULT_CODES

SUMMARY_LINES = 11
"""Lines that 附件7 has in S0."""


def summary(source: Source, wanted: Wanted) -> Sheet:
    """S0 附件7 汇总表 of a draw."""
    rows = drawn(source, wanted)
    return Sheet(
        "“双随机、一公开”抽查情况汇总表",
        (
            Column("序号", 6, centre=True),
            Column("市场主体名称", 28),
            Column("市场主体地址", 32),
            Column("检查人员", 18, centre=True),
            Column("存在问题", 30),
            Column("结果公示", 17, centre=True),
            Column("备注", 20),
        ),
        [
            (
                str(one.number),
                one.name,
                one.record.get("address", ""),
                one.names(),
                one.problems(),
                one.publication(),
                one.remarks(),
            )
            for one in rows
        ],
        above=(("", f"填报时间：{day_zh(source.day) if rows else BLANK_DAY}"),),
        lines=SUMMARY_LINES,
    )


def inspections(source: Source, wanted: Wanted) -> Sheet:
    """执法检查台账: every visit and check outside the plan of a year, or the visits of one draw, by day;
    voided ones are not in it."""
    rows = sorted(_inspections(source, wanted), key=lambda row: row[0])
    return Sheet(
        f"{wanted.year}年{source.ledger.office}执法检查台账",
        (
            Column("序号", 5, centre=True),
            Column("检查日期", 11, centre=True),
            Column("检查对象", 22),
            Column("统一社会信用代码", 20, centre=True),
            Column("执法检查人员", 14, centre=True),
            Column("检查内容", 24),
            Column("检查方式", 10, centre=True),
            Column("措施", 14),
            Column("检查结果", 18),
            Column("监督检查记录", 24),
            Column("备注", 14),
        ),
        [(str(number), *row) for number, row in enumerate(rows, 1)],
        above=((f"填报单位：{source.ledger.office}", f"填报时间：{day_zh(source.day)}"),),
    )


def _inspections(source: Source, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """The rows from the day on."""
    year = f"{wanted.year}-"
    names = [name for name, held in draws(source.facts) if held.state in DONE]
    for name in [wanted.draw] if wanted.draw else names:
        for one in drawn(source, Wanted(draw=name)):
            if one.visit is not None and (wanted.draw or one.day().startswith(year)):
                yield _visit_row(source, one, one.visit.data)
    if not wanted.draw:
        for name, check in source.facts.rows(f.CHECKS):
            if check.data["occurred"].startswith(year):
                yield _check_row(source, name, check.data)


def _visit_row(source: Source, one: Drawn, visit: Data) -> tuple[str, ...]:
    return (
        one.day(),
        one.name,
        one.team.subject,
        one.names(),
        _items(source, [box["item"] for box in visit["items"] if box["checked"]]),
        "、".join(METHODS[code] for code in visit["methods"]),
        _measures(visit),
        one.results(),
        f"记录 {one.visit_id}" + (f"，{one.publication()}" if one.publication() else ""),
        one.remarks(),
    )


def _check_row(source: Source, name: str, check: Data) -> tuple[str, ...]:
    """A check outside plan and draw; why it needed none stands under 备注."""
    exempt = check.get("exemption")
    return (
        check["occurred"][:10],
        subject_name(source.facts, check["subject"]),
        check["subject"],
        "、".join(officer_name(source.facts, officer) for officer in check["officers"]),
        _items(source, check["items"]),
        "、".join(METHODS[code] for code in check["methods"]),
        "",
        "、".join(RESULT_CODES[code] for code in check.get("results", ())),
        f"记录 {name}",
        "计划外检查" + (f"（{EXEMPTIONS[exempt['code']]}）" if exempt else ""),
    )


def _items(source: Source, items: Sequence[str]) -> str:
    return "\n".join("".join(source.record("items", item).get("text", (item,))) for item in items)


def _measures(visit: Data) -> str:
    """措施: what the boxes of the items say was ordered or put right."""
    said = {
        "责令改正，已改正": any(box["ordered"] and box["corrected"] for box in visit["items"]),
        "责令改正": any(box["ordered"] and not box["corrected"] for box in visit["items"]),
        "当场改正": any(box["corrected"] and not box["ordered"] for box in visit["items"]),
    }
    return "、".join(words for words, holds in said.items() if holds)


def problems(source: Source, wanted: Wanted) -> Sheet:
    """问题整改台账 of the visits of a year and what was still open when it began.

    What was found, what was done about it and to whom it went stand in it when private columns are wanted.
    """

    def kept(commitment: bytes) -> tuple[bytes, Value]:
        return source.open_private(commitment) or (b"", ERASED)

    rows = [row for row in problems_of(source.facts, kept, source.day) if _of_year(row, wanted)]
    settled = sum(row.state == "closed" for row in rows)
    return Sheet(
        f"{wanted.year}年{source.ledger.office}“双随机、一公开”抽查问题整改台账",
        (
            Column("序号", 5, centre=True),
            Column("检查日期", 11, centre=True),
            Column("检查对象", 22),
            Column("统一社会信用代码", 20, centre=True),
            Column("检查结果", 18),
            Column("存在问题", 24),
            Column("处置方式", 11, centre=True),
            Column("移送（抄告）单位", 16),
            Column("整改期限", 11, centre=True),
            Column("办结日期", 11, centre=True),
            Column("状态", 9, centre=True),
            Column("检查人员", 14, centre=True),
            Column("备注", 14),
        ),
        [
            (
                str(number),
                row.day,
                row.name,
                row.subject,
                "、".join(RESULT_CODES[code] for code in row.results),
                row.findings if wanted.private else "",
                FOLLOWUP_KINDS.get(row.kind, row.kind) if wanted.private else "",
                row.to if wanted.private else "",
                row.limit,
                row.closed,
                _STATES[row.state] + ("（逾期）" if row.late else ""),
                "、".join(officer_name(source.facts, officer) for officer in row.officers),
                "；".join(part for part in (row.followup, row.receipt, row.reason) if part)
                if wanted.private
                else row.followup,
            )
            for number, row in enumerate(rows, 1)
        ],
        above=(
            (f"填报单位：{source.ledger.office}", f"填报时间：{day_zh(source.day)}"),
            (f"共 {len(rows)} 项，已办结 {settled} 项，未办结 {len(rows) - settled} 项", ""),
        ),
        lines=3,
    )


_STATES = {"none": "未处置", "open": "整改中", "closed": "已办结"}


def _of_year(row: Problem, wanted: Wanted) -> bool:
    """Visited in the year, or earlier and not settled before it."""
    first = f"{wanted.year}-01-01"
    return row.day[:4] == str(wanted.year) or (row.day < first and (not row.closed or row.closed >= first))
