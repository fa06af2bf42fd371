"""The plan as tables: S0 附件3, S4 附件2 and 3, and two tables that S2 names (附件1, 4; R053, R062–R067).

S2 gives titles only; the columns are those that its text asks for (一.2, 一.3, 二.8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ledger.exporting import percent
from ledger.forms.form import Wanted
from ledger.forms.sheet import Column, Sheet
from ledger.forms.source import Source
from ledger.forms.wording import area_of, day_zh, month_zh, months_zh, numbered, plan_rows
from ledger.importing import values
from verifier import facts as f
from verifier.facts import Data
from verifier.vocabulary import METHODS

_DRAW = {code: word for word, code in reversed(list(values.DRAW_TYPES.items()))}
_SEAL = "单位（盖章）："


def yearly(source: Source, wanted: Wanted) -> Sheet:
    """S0 附件3: every row of the plan."""
    return Sheet(
        f"{_year(source, wanted)}年{source.ledger.office}双随机抽查工作计划",
        (
            Column("序号", 5, centre=True),
            Column("计划名称", 16),
            Column("抽查任务名称", 18),
            Column("抽查事项", 32),
            Column("抽查\n比例", 8, centre=True),
            Column("检查对象", 16),
            Column("抽查\n类型", 8, centre=True),
            Column("组织抽查单位", 11, centre=True),
            Column("实施检查单位", 11, centre=True),
            Column("联合检查\n参与部门", 12, centre=True),
            Column("完成时限", 12, centre=True),
        ),
        [
            (
                str(row["no"]),
                row["plan_name"],
                row["task_name"],
                numbered(row["text"]),
                _rate(row),
                row["objects"],
                _DRAW[row["draw"]],
                row["organiser"],
                row["executor"],
                "、".join(row.get("partners", ())),
                month_zh(row["until"]),
            )
            for row in _rows(source, wanted)
        ],
    )


def internal(source: Source, wanted: Wanted) -> Sheet:
    """S4 附件2: the rows that join departments of one office."""
    year = _year(source, wanted)
    rows = _rows(source, wanted, lambda row: row.get("kind") == "internal")
    return Sheet(
        f"{year}年内部联合“双随机、一公开”抽查工作计划表",
        _joint_columns("发起科（股）室", "联合科（股）室"),
        [(*_joint_cells(row), months_zh(row.get("since", ""), row["until"], year)) for row in rows],
        above=((_SEAL + source.ledger.office, f"制表时间：{day_zh(source.day)}"),),
        below=(
            "备注：1. 抽查计划名称为：年度+行政区划+部门+随机抽查+序号，抽查任务名称以实施方案名称为准。\n"
            "2. 抽查时间必须填到月份。",
        ),
    )


def joint(source: Source, wanted: Wanted) -> Sheet:
    """S4 附件3: the rows that other departments take part in."""
    area = wanted.area or area_of(source.ledger.office)
    level = area[-1:] if area[-1:] in "县旗市区" else "县"
    rows = _rows(source, wanted, joins)
    return Sheet(
        f"{level}有关部门{_year(source, wanted)}年拟发起的部门联合抽查工作计划",
        (*_joint_columns("发起部门", "联合部门"), Column("备注", 12)),
        [
            (*_joint_cells(row), months_zh(row.get("since", ""), row["until"]), row.get("remark", ""))
            for row in rows
        ],
        above=((_SEAL + source.ledger.office, ""), (f"制表时间：{day_zh(source.day)}", "")),
    )


def inspections(source: Source, wanted: Wanted) -> Sheet:
    """S2 附件1 年度行政执法检查计划表, filed by 15 January (R053)."""
    return Sheet(
        f"{_year(source, wanted)}年度行政执法检查计划表",
        (
            Column("序号", 5, centre=True),
            Column("执法检查主体", 12, centre=True),
            Column("检查事项", 30),
            Column("检查依据", 28),
            Column("检查对象", 18),
            Column("检查方式", 11, centre=True),
            Column("检查比例", 8, centre=True),
            Column("检查时间", 13, centre=True),
            Column("联合检查部门", 13, centre=True),
            Column("备注", 12),
        ),
        [
            (
                str(number),
                row["executor"],
                numbered(row["text"]),
                _of_items(source, row, "basis"),
                row["objects"],
                _methods(source, row),
                _rate(row),
                months_zh(row.get("since", ""), row["until"]),
                "、".join(row.get("partners", ())),
                row.get("remark", ""),
            )
            for number, row in enumerate(_rows(source, wanted), 1)
        ],
        above=(_filled_in(source),),
    )


def beyond_market(source: Source, wanted: Wanted) -> Sheet:
    """S2 附件4 年度非市场监管领域抽查工作计划表, of a half-year or the whole (R062)."""
    rows = _rows(source, wanted, lambda row: not wanted.half or _half(row) == wanted.half)
    part = {0: "", 1: "（上半年）", 2: "（下半年）"}[wanted.half]
    return Sheet(
        f"{_year(source, wanted)}年度非市场监管领域抽查工作计划表{part}",
        (
            Column("序号", 5, centre=True),
            Column("抽查任务名称", 20),
            Column("抽查事项", 28),
            Column("抽查依据", 26),
            Column("抽查对象", 18),
            Column("抽查方式", 11, centre=True),
            Column("抽查比例", 8, centre=True),
            Column("抽查频次", 10, centre=True),
            Column("抽查时间", 13, centre=True),
            Column("牵头部门", 11, centre=True),
            Column("配合部门", 12, centre=True),
        ),
        [
            (
                str(number),
                row["task_name"],
                numbered(row["text"]),
                _of_items(source, row, "basis"),
                row["objects"],
                _methods(source, row),
                _rate(row),
                _of_items(source, row, "frequency"),
                months_zh(row.get("since", ""), row["until"]),
                row.get("lead") or row["organiser"],
                "、".join(row.get("partners", ())),
            )
            for number, row in enumerate(rows, 1)
        ],
        above=(_filled_in(source),),
    )


def _filled_in(source: Source) -> tuple[str, str]:
    return f"填报单位（盖章）：{source.ledger.office}", f"填报时间：{day_zh(source.day)}"


def _joint_columns(lead: str, partners: str) -> tuple[Column, ...]:
    return (
        Column("抽查计划编号", 10, centre=True),
        Column("抽查计划名称", 17),
        Column("抽查任务编号", 9, centre=True),
        Column("抽查任务名称", 18),
        Column("抽查类型", 8, centre=True),
        Column("抽查比例", 12, centre=True),
        Column("抽查事项", 24),
        Column("抽查对象范围", 16),
        Column(lead, 12, centre=True),
        Column(partners, 14, centre=True),
        Column("抽查时间", 13, centre=True),
    )


def _joint_cells(row: Data) -> tuple[str, ...]:
    return (
        row.get("plan_no", ""),
        row["plan_name"],
        row.get("task_no", ""),
        row["task_name"],
        _DRAW[row["draw"]],
        _rate(row),
        "\n".join(row["text"]),
        row["objects"],
        row.get("lead") or row["organiser"],
        "、".join(row.get("partners", ())),
    )


def _rows(source: Source, wanted: Wanted, which: Callable[[Data], bool] | None = None) -> Iterator[Data]:
    for _name, row in plan_rows(source.facts, wanted.plan):
        if which is None or which(row.record):
            yield row.record


def joins(row: Data) -> bool:
    """Whether other departments take part in a row of the plan."""
    kind = row.get("kind", "own")
    return kind == "joint" or (kind == "own" and bool(row.get("partners")))


def _half(row: Data) -> int:
    """The half-year in which a row ends."""
    return 1 if int(row["until"][5:]) <= 6 else 2


def _year(source: Source, wanted: Wanted) -> int:
    """The plan's year; while it was only imported, the year most of its rows end in."""
    plan = source.facts.get(f.PLANS, wanted.plan)
    if plan is not None:
        return plan.year
    years = [int(row["until"][:4]) for row in _rows(source, wanted)]
    return max(set(years), key=years.count) if years else int(source.day[:4])


def _rate(row: Data) -> str:
    return row.get("rate_text") or percent(row["p"], row["q"])


def _of_items(source: Source, row: Data, key: str) -> str:
    """What the items of a row say under a key, each text once."""
    said: dict[str, None] = {}
    for item in row["items"]:
        value = source.record("items", item).get(key, ())
        said.update(dict.fromkeys([value] if isinstance(value, str) else value))
    return "\n".join(said)


def _methods(source: Source, row: Data) -> str:
    codes = [code for item in row["items"] for code in source.record("items", item).get("methods", ())]
    return "、".join(METHODS[code] for code in dict.fromkeys(codes))
