"""一单两库 as tables: S0 附件4 and the two registers (R027, R030–R042).

No ID number and no telephone stands in any of them; 性别 only where private columns were asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.exporting import officer_cells, subject_cells
from ledger.forms.form import Wanted
from ledger.forms.sheet import Column, Head, Sheet
from ledger.forms.source import Source
from ledger.forms.wording import day_zh, numbered
from verifier import facts as f
from verifier.vocabulary import METHODS

_CLASSES = {"key": "重点检查事项", "general": "一般检查事项"}
_TALL = ("检查对象", "事项类别", "检查方式", "检查主体", "检查依据", "发起部门", "配合部门")


def items(source: Source, wanted: Wanted) -> Sheet:
    """S0 附件4: the item list, its categories joined; the version stands in the title where all agree."""
    held = [row.record for _, row in source.facts.rows(f.register("items"))]
    held.sort(key=lambda record: record["seq"])
    versions = {record.get("version", "") for record in held}
    version = versions.pop() if len(versions) == 1 else ""
    return Sheet(
        f"{wanted.year}年{source.ledger.office}双随机抽查事项清单" + (f"（{version}）" if version else ""),
        (
            Column("序号", 5, centre=True),
            Column("抽查类别", 14, joined=True),
            Column("抽查事项", 32),
            Column("检查对象", 18),
            Column("事项类别", 10, centre=True),
            Column("检查方式", 10, centre=True),
            Column("检查主体", 10, centre=True),
            Column("检查依据", 32),
            Column("发起部门", 10, centre=True),
            Column("配合部门", 11, centre=True),
        ),
        [
            (
                str(record["seq"]),
                record.get("category", ""),
                numbered(record["text"]),
                record["objects"],
                _CLASSES[record["class"]],
                "、".join(METHODS[code] for code in record["methods"]),
                record["body"],
                "\n".join(record["basis"]),
                record.get("lead", ""),
                "、".join(record.get("partners", ())),
            )
            for record in held
        ],
        head=(
            (Head("序号", 1, 2), Head("检查项目", 2), None, *(Head(title, 1, 2) for title in _TALL)),
            (None, Head("抽查类别"), Head("抽查事项"), *(None for _ in _TALL)),
        ),
    )


def subjects(source: Source, _wanted: Wanted) -> Sheet:
    """检查对象名录库, by code; 主体类型 as the list says it, so that the printed list is imported back."""
    cells = [subject_cells(name, row.record) for name, row in source.facts.rows(f.register("subjects"))]
    keys = ("name", "code", "address", "kind", "tags", "risk", "district", "status")
    return Sheet(
        f"{source.ledger.office}检查对象名录库",
        (
            Column("序号", 6, centre=True),
            Column("名称", 30),
            Column("统一社会信用代码（注册号）", 23, centre=True),
            Column("地址", 34),
            Column("主体类型", 16, centre=True),
            Column("行业标签", 18),
            Column("信用风险等级", 9, centre=True),
            Column("所属区域", 11, centre=True),
            Column("登记状态", 9, centre=True),
        ),
        [(str(number), *(row[key] for key in keys)) for number, row in enumerate(_full(cells, keys), 1)],
        above=((f"共 {len(cells)} 户", f"制表时间：{day_zh(source.day)}"),),
    )


def officers(source: Source, wanted: Wanted) -> Sheet:
    """执法检查人员名录库, by department; 性别 filled when private columns are wanted (R037)."""
    rows = [(name, row.record) for name, row in source.facts.rows(f.register("officers"))]
    rows.sort(key=lambda pair: (pair[1]["department"], pair[0]))
    keys = ["name", "department_name", "position", "enforcement", "certificate", "valid_to", "expertise"]
    keys.append("status")
    cells = []
    for name, record in rows:
        shown = officer_cells(name, record)
        shown["department_name"] = record.get("department_name") or record["department"]
        shown["sex"] = source.opened(record.get("sex")) if wanted.private else ""
        cells.append(shown)
    columns = [
        Column("序号", 6, centre=True),
        Column("姓名", 12, centre=True),
        Column("部门", 18, centre=True),
        Column("职务", 12, centre=True),
        Column("执法种类", 20),
        Column("执法证号码", 22, centre=True),
        Column("证件有效期止", 14, centre=True),
        Column("业务专长", 22),
        Column("状态", 9, centre=True),
    ]
    if wanted.private:
        columns.insert(2, Column("性别", 7, centre=True))
        keys.insert(1, "sex")
    return Sheet(
        f"{source.ledger.office}执法检查人员名录库",
        tuple(columns),
        [(str(number), *(row[key] for key in keys)) for number, row in enumerate(_full(cells, keys), 1)],
        above=((f"共 {len(cells)} 名", f"制表时间：{day_zh(source.day)}"),),
    )


def _full(cells: list[dict[str, str]], keys: Sequence[str]) -> list[dict[str, str]]:
    return [{key: row.get(key, "") for key in keys} for row in cells]
