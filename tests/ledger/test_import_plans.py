"""The three tables of plans, with both headers, and the plans of superior bodies (S0 附件3; S4 附件2, 3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.importing import values
from ledger.importing.plans import read_plan, read_superior
from ledger.importing.records import Sheet
from tests.ledger.sheets import TODAY, code, write_xlsx

INTERNAL = [
    ["2023年内部联合“双随机、一公开”抽查工作计划表"],
    ["单位（盖章）：示范县应急管理局", "", "", "制表时间：2023年1月13日"],
    [
        *("抽查计划编号", "抽查计划名称", "抽查任务编号", "抽查任务名称", "抽查类型", "抽查比例", "抽查事项"),
        *("抽查对象范围", "发起科（股）室", "联合科（股）室", "抽查时间"),
    ],
    [
        *("2023001", "2023年示范县应急管理局内部门联合抽查001", "001号", "危化企业“双随机”内部联合抽查"),
        *("定向", "5%（运用企业信用风险分级分类开展）", "对危化企业安全生产的检查", "直接监管危化行业"),
        *("执法监督股", "危化监管股、危化监察股", "5月-6月"),
    ],
    [
        *("2023002", "2023年示范县应急管理局内部门联合抽查002", "002号", "工贸企业“双随机”内部联合抽查"),
        *("定向", "5%（运用企业信用风险分级分类开展）", "对工贸企业安全生产的检查", "直接监管工贸行业"),
        *("执法监督股", "工贸监管股、工贸监察股", "9月-10月"),
    ],
    ["备注：1. 抽查计划名称为：年度+行政区划+部门+随机抽查+序号。"],
]
JOINT = [
    ["县有关部门2023年拟发起的部门联合抽查工作计划"],
    [*INTERNAL[2][:8], "发起部门", "联合部门", "抽查时间", "备注"],
    [
        *("联2023001", "2023年示范县部门联合抽查001", "联001", "重大危险源企业部门联合随机抽查", "定向"),
        *("10% (运用企业信用风险分级分类开展)", "1、人员和资质管理情况。\n2、工艺管理情况。"),
        *("直接监管危化行业企业", "县应急管理局", "县消防救援大队", "2023年5月至7月", "县本级开展"),
    ],
]
ITEMS = {
    "item-1": {"text": ["对危化企业安全生产的检查"]},
    "item-2": {"text": ["对工贸企业安全生产的检查"]},
    "item-3": {"text": ["1、人员和资质管理情况。", "2、工艺管理情况。"]},
}


def read(tmp_path: Path, rows: list[list[Any]]) -> Sheet:
    return read_plan(write_xlsx(tmp_path / "p.xlsx", ("计划", rows)), today=TODAY, items=ITEMS)


def test_the_internal_table_is_read_with_its_offices_and_months(tmp_path: Path) -> None:
    sheet = read(tmp_path, INTERNAL)
    assert sheet.faults == []
    assert [name for name, _ in sheet.records] == ["001", "002"]
    first = sheet.records[0][1]
    assert first == {
        "no": 1,
        "plan_no": "2023001",
        "plan_name": "2023年示范县应急管理局内部门联合抽查001",
        "task_no": "001号",
        "task_name": "危化企业“双随机”内部联合抽查",
        "kind": "internal",
        "draw": "directed",
        "p": 1,
        "q": 20,
        "rate_text": "5%（运用企业信用风险分级分类开展）",
        "by_risk": True,
        "text": ["对危化企业安全生产的检查"],
        "items": ["item-1"],
        "objects": "直接监管危化行业",
        "organiser": "执法监督股",
        "executor": "执法监督股",
        "partners": ["危化监管股", "危化监察股"],
        "since": "2023-05",
        "until": "2023-06",
    }


def test_the_table_of_several_departments_has_its_own_numbers(tmp_path: Path) -> None:
    ((name, row),) = read(tmp_path, JOINT).records
    assert (name, row["no"], row["task_no"], row["plan_no"]) == ("L001", 1, "联001", "联2023001")
    assert (row["kind"], row["partners"], row["remark"]) == ("joint", ["县消防救援大队"], "县本级开展")
    assert (row["p"], row["q"], row["by_risk"]) == (1, 10, True)
    assert (row["since"], row["until"], row["items"]) == ("2023-05", "2023-07", ["item-3"])


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        pytest.param({10: "5月-13月"}, "NOT_A_MONTH", id="a month that is none"),
        pytest.param({10: "6月-5月"}, "PERIOD", id="months backwards"),
        pytest.param({10: "上半年"}, "NOT_A_MONTH", id="half a year"),
        pytest.param({0: "", 1: "内部联合抽查"}, "NOT_A_MONTH", id="months of no year"),
        pytest.param({0: "x" * 51}, "TOO_LONG", id="a number too long"),
        pytest.param({4: "半定向"}, "UNKNOWN_CHOICE", id="a type that is none"),
        pytest.param({6: "未列入清单的检查"}, "UNKNOWN_ITEM", id="an item not listed"),
        pytest.param({2: "002号"}, "DUPLICATE", id="two tasks of one number"),
    ],
)
def test_faults_of_the_internal_table(tmp_path: Path, changed: dict[int, str], kind: str) -> None:
    row = [changed.get(place, cell) for place, cell in enumerate(INTERNAL[3])]
    faults = read(tmp_path, [*INTERNAL[:3], row, INTERNAL[4]]).faults
    assert [fault.kind.name for fault in faults] == [kind]


@pytest.mark.parametrize(
    ("text", "year", "period"),
    [
        ("5月-6月", "2023", ("2023-05", "2023-06")),
        ("2023年5月至7月", "", ("2023-05", "2023-07")),
        ("2023年10月", "2024", ("", "2023-10")),
        ("11月—2024年1月", "2023", ("2023-11", "2024-01")),
        ("5月-6月", "", None),
        ("5-6", "2023", None),
    ],
)
def test_months_are_read_as_offices_write_them(text: str, year: str, period: tuple[str, str] | None) -> None:
    found = values.parse_period(text, year)
    assert (found and (found.since, found.until)) == period


SUPERIOR = [
    ["序号", "上级部门", "计划名称", "检查时间", "行业标签", "统一社会信用代码"],
    ["1", "市应急管理局", "2023年全市危化抽查", "4月-6月", "危化", ""],
    ["2", "市发改委", "储备粮检查", "2023年7月", "", code(1)],
]


def test_plans_of_superior_bodies_name_tags_or_enterprises(tmp_path: Path) -> None:
    sheet = read_superior(write_xlsx(tmp_path / "s.xlsx", ("上级", SUPERIOR)), today=TODAY)
    assert sheet.faults == []
    first, second = (record for _, record in sheet.records)
    assert (first["year"], first["since"], first["tags"]) == (2023, "2023-04", ["危化"])
    assert (second["until"], second["subjects"]) == ("2023-07", [code(1)])


def test_a_superior_plan_that_names_nobody_is_a_fault(tmp_path: Path) -> None:
    rows = [
        SUPERIOR[0],
        [*SUPERIOR[1][:4], "", ""],
        ["3", "", *SUPERIOR[2][2:]],
        [*SUPERIOR[2][:3], "7月", "a", ""],
    ]
    sheet = read_superior(write_xlsx(tmp_path / "s.xlsx", ("上级", rows)), today=TODAY)
    assert [fault.kind.name for fault in sheet.faults] == ["REQUIRED", "REQUIRED", "NOT_A_MONTH"]
