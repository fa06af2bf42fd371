"""What came of the visits as tables: S0 附件7 of one draw, S2's 执法检查台账 of a year (R119, R149)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.commands.find import DONE, draws
from ledger.forms.drawn import Drawn, drawn, items_of, task_of
from ledger.forms.form import Wanted
from ledger.forms.sheet import Column, Sheet
from ledger.forms.source import Source
from ledger.forms.wording import BLANK_DAY, day_zh
from verifier.facts import Data
from verifier.vocabulary import METHODS

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
    """执法检查台账: every visit of a year in order of its day, or of one draw; voided ones are not in it."""
    rows = sorted(_visited(source, wanted), key=lambda pair: pair[1].day())
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
        [(str(number), *_inspection(source, *row)) for number, row in enumerate(rows, 1)],
        above=((f"填报单位：{source.ledger.office}", f"填报时间：{day_zh(source.day)}"),),
    )


def _visited(source: Source, wanted: Wanted) -> Iterator[tuple[Data, Drawn]]:
    names = [name for name, held in draws(source.facts) if held.state in DONE]
    for name in [wanted.draw] if wanted.draw else names:
        task, _row = task_of(source, name)
        for one in drawn(source, Wanted(draw=name)):
            if one.visit is not None and (wanted.draw or one.day().startswith(f"{wanted.year}-")):
                yield task, one


def _inspection(source: Source, task: Data, one: Drawn) -> tuple[str, ...]:
    visit = one.visit.data if one.visit else {}
    texts = {record["id"]: "".join(record.get("text", ())) for record in items_of(source, task)}
    checked = [texts.get(box["item"], box["item"]) for box in visit["items"] if box["checked"]]
    return (
        one.day(),
        one.name,
        one.team.subject,
        one.names(),
        "\n".join(checked),
        "、".join(METHODS[code] for code in visit["methods"]),
        _measures(visit),
        one.results(),
        f"记录 {one.visit_id}" + (f"，{one.publication()}" if one.publication() else ""),
        one.remarks(),
    )


def _measures(visit: Data) -> str:
    """措施: what the boxes of the items say was ordered or put right."""
    said = {
        "责令改正，已改正": any(box["ordered"] and box["corrected"] for box in visit["items"]),
        "责令改正": any(box["ordered"] and not box["corrected"] for box in visit["items"]),
        "当场改正": any(box["corrected"] and not box["ordered"] for box in visit["items"]),
    }
    return "、".join(words for words, holds in said.items() if holds)
