"""Bad input of each list beside 一单两库 and of the newer columns: one fault a row, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ledger.importing import annexes, plans, records
from ledger.importing.records import Sheet
from tests.ledger.sheets import TODAY, code, write_xlsx

PERSON = "11010519491231002X"
LONG = "长" * 2001
UNSEEN = "示范\u200b局"
Fault = tuple[str, dict[int, object], str, str]
"""(name, changes of a good row by column, code, column of the message)"""

FORMULA, ERROR, TRUTH = ("formula", "=A1"), ("formula", "=NA()", None, "#N/A"), ("boolean", True)


def texts(column: int, letter: str, limit: int) -> list[Fault]:
    """What may be wrong with any public text cell that is required."""
    return [
        (f"{letter} empty", {column: ""}, "E-IMP-020", letter),
        (f"{letter} a formula", {column: FORMULA}, "E-IMP-022", letter),
        (f"{letter} an error", {column: ERROR}, "E-IMP-022", letter),
        (f"{letter} a truth value", {column: TRUTH}, "E-IMP-028", letter),
        (f"{letter} an invisible character", {column: UNSEEN}, "E-IMP-024", letter),
        (f"{letter} an ID number", {column: f"某人 {PERSON}"}, "E-IMP-037", letter),
        (f"{letter} too long", {column: "长" * (limit + 1)}, "E-IMP-029", letter),
    ]


def dates(column: int, letter: str, *, past: bool = True) -> list[Fault]:
    return [
        (f"{letter} no date", {column: "去年"}, "E-IMP-026", letter),
        (f"{letter} a day that does not exist", {column: "2025-02-30"}, "E-IMP-026", letter),
        (f"{letter} a serial number", {column: 45000}, "E-IMP-025", letter),
        *([(f"{letter} in the future", {column: "2027-01-01"}, "E-IMP-027", letter)] if past else []),
    ]


Case = tuple[Callable[..., Sheet], str, Sequence[str], Callable[[int], list[object]], list[Fault]]

CASES: dict[str, Case] = {
    "unsuitable": (
        annexes.read_unsuitable,
        "不适用双随机的事项",
        ("序号", "检查事项", "检查主体", "不适用的理由", "报送单位", "报送日期"),
        lambda n: [str(n), "举报核查", "发改局", "由线索确定", "司法局", "2026-01-25"],
        [
            *texts(1, "B", 2000),
            *texts(2, "C", 200),
            *texts(3, "D", 2000),
            *dates(5, "F"),
            ("number in words", {0: "第一"}, "E-IMP-044", "A"),
            ("number twice", {0: "100"}, "E-IMP-038", "A"),
        ],
    ),
    "experts": (
        partial(annexes.read_experts, officers={"fgj-01"}),
        "专家和专业机构",
        ("编号", "名称", "类别", "专业领域", "资质证书", "有效期止", "状态"),
        lambda n: [f"zj-{n}", "演示中心", "专业机构", "管道", f"JC-{n}", "2028-12-31", "在岗"],
        [
            *texts(1, "B", 100),
            *dates(5, "F", past=False),
            ("id empty", {0: ""}, "E-IMP-020", "A"),
            ("id in Chinese", {0: "专家一"}, "E-IMP-039", "A"),
            ("id twice", {0: "ZJ-100"}, "E-IMP-038", "A"),
            ("an officer", {0: "FGJ-01"}, "E-IMP-058", "A"),
            ("kind unknown", {2: "朋友"}, "E-IMP-042", "C"),
            ("kind empty", {2: ""}, "E-IMP-020", "C"),
            ("no field", {3: ""}, "E-IMP-020", "D"),
            ("field too long", {3: "长" * 101}, "E-IMP-029", "D"),
            ("certificate as a number", {4: 123456789012345678}, "E-IMP-021", "E"),
            ("status unknown", {6: "待定"}, "E-IMP-042", "G"),
        ],
    ),
    "history": (
        annexes.read_history,
        "既往检查",
        ("统一社会信用代码", "检查日期", "检查来源", "检查单位", "任务名称", "检查结果"),
        lambda n: [code(n), "2026-01-20", "上级部门", "市发改委", "抽查", "未发现问题"],
        [
            *texts(3, "D", 200),
            *dates(1, "B"),
            ("code empty", {0: ""}, "E-IMP-020", "A"),
            ("code as a number", {0: 916402212281900159}, "E-IMP-021", "A"),
            ("code is an ID number", {0: PERSON}, "E-IMP-036", "A"),
            ("code in Chinese", {0: "某企业"}, "E-IMP-039", "A"),
            ("day empty", {1: ""}, "E-IMP-020", "B"),
            ("by whom unknown", {2: "群众"}, "E-IMP-042", "C"),
            ("by whom empty", {2: ""}, "E-IMP-020", "C"),
            ("the same inspection twice", {0: code(100)}, "E-IMP-038", "A"),
            ("task too long", {4: "长" * 501}, "E-IMP-029", "E"),
            ("result with an ID number", {5: PERSON}, "E-IMP-037", "F"),
        ],
    ),
    "members": (
        annexes.read_members,
        "组织机构成员",
        ("组织", "担任职务", "单位", "姓名", "职务"),
        lambda n: ["领导小组", "成员", f"单位{n}", f"演示{n}", "局长"],
        [
            *texts(1, "B", 100),
            *texts(2, "C", 200),
            ("body unknown", {0: "办公室"}, "E-IMP-042", "A"),
            ("body empty", {0: ""}, "E-IMP-020", "A"),
            ("the same person twice", {2: "单位100", 3: "演示100"}, "E-IMP-038", "C"),
            ("name with an ID number", {3: PERSON}, "E-IMP-037", "D"),
            ("title too long", {4: "长" * 201}, "E-IMP-029", "E"),
        ],
    ),
    "officers": (
        records.read_officers,
        "执法检查人员名录库",
        (
            *("人员编号", "姓名", "部门代码", "执法证号", "有效期起", "有效期止", "执法证类型"),
            *("另一执法证号", "另一证有效期起", "另一证有效期止", "执法种类", "业务专长"),
        ),
        lambda n: [
            *(f"fgj-{n}", "演示", "fgj", f"YS-{n}", "2022-01-01", "2027-12-31", "部门执法证"),
            *(f"SZ-{n}", "2022-01-01", "2028-12-31", "行政检查", "粮食"),
        ],
        [
            *dates(8, "I", past=False),
            *dates(9, "J", past=False),
            ("second certificate without its end", {9: ""}, "E-IMP-020", "J"),
            ("second certificate ends first", {9: "2021-01-01"}, "E-IMP-054", "J"),
            ("second certificate is an ID number", {7: PERSON}, "E-IMP-037", "H"),
            ("second certificate as a number", {7: 123456789012345678}, "E-IMP-021", "H"),
            ("kind of certificate unknown", {6: "驾驶证"}, "E-IMP-042", "G"),
            ("expertise too long", {11: "长" * 101}, "E-IMP-029", "L"),
            ("kind of enforcement with an ID number", {10: PERSON}, "E-IMP-037", "K"),
        ],
    ),
    "items": (
        records.read_items,
        "抽查事项清单",
        (
            *("序号", "抽查事项", "检查对象", "事项类别", "检查方式", "检查主体", "检查依据"),
            *("检查内容", "抽查比例", "抽查频次", "施行日期"),
        ),
        lambda n: [
            *(str(n), "安全检查", "企业", "重点", "现场检查", "发改局", "《条例》"),
            *("制度", "5%", "每年1次", "2023-01-01"),
        ],
        [
            *dates(10, "K", past=False),
            ("rate in words", {8: "适当"}, "E-IMP-050", "I"),
            ("rate of nothing", {8: "0%"}, "E-IMP-051", "I"),
            ("rate above all", {8: "101%"}, "E-IMP-051", "I"),
            ("content too long", {7: LONG}, "E-IMP-029", "H"),
            ("content with an ID number", {7: PERSON}, "E-IMP-037", "H"),
            ("frequency a formula", {9: FORMULA}, "E-IMP-022", "J"),
            ("frequency too long", {9: "长" * 201}, "E-IMP-029", "J"),
        ],
    ),
    "superior": (
        plans.read_superior,
        "上级抽查计划",
        ("序号", "上级部门", "计划名称", "检查时间", "行业标签"),
        lambda n: [str(n), "市发改委", "2026年抽查", "2026年5月-7月", "粮食"],
        [
            *texts(1, "B", 200),
            *texts(2, "C", 300),
            ("no month", {3: "上半年"}, "E-IMP-053", "D"),
            ("ends before it begins", {3: "2026年7月-5月"}, "E-IMP-054", "D"),
            ("neither tags nor subjects", {4: ""}, "E-IMP-020", "E"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_gives_its_message_and_no_other(tmp_path: Path, name: str) -> None:
    read, sheet, header, good, faults = CASES[name]
    assert len({fault[0] for fault in faults}) == len(faults)
    rows: list[Sequence[Any]] = [header, good(100)]
    for number, (_name, changes, _code, _column) in enumerate(faults):
        row = good(200 + number)
        for column, value in changes.items():
            row[column] = value
        rows.append(row)
    found = read(write_xlsx(tmp_path / "错.xlsx", (sheet, rows)), today=TODAY)
    wanted = [(n, c, letter) for n, (_, _, c, letter) in enumerate(faults, 3)]
    told = sorted((f.row, f.code, f.column[:1]) for f in found.faults)
    assert told == wanted
    assert [f.code for f in found.warnings if f.row > 2] == []
    assert len(found.records) == 1
    assert PERSON not in "".join(f.message(language) for f in found.faults for language in ("zh", "en"))


@pytest.mark.parametrize("name", CASES)
def test_a_file_without_its_columns_names_them(tmp_path: Path, name: str) -> None:
    read, sheet, header, _good, _faults = CASES[name]
    path = write_xlsx(tmp_path / "缺列.xlsx", (sheet, [("甲", "乙"), ("1", "2")]))
    assert [f.code for f in read(path, today=TODAY).faults] == ["E-IMP-013"]
    twice = write_xlsx(tmp_path / "重列.xlsx", (sheet, [(*header, header[1]), _good(1)]))
    assert [f.code for f in read(twice, today=TODAY).faults] == ["E-IMP-011"]


def test_a_subject_that_is_not_listed_is_only_a_remark(tmp_path: Path) -> None:
    _read, sheet, header, good, _faults = CASES["history"]
    path = write_xlsx(tmp_path / "既往.xlsx", (sheet, [header, good(1)]))
    found = annexes.read_history(path, today=TODAY, known_subjects={code(2)})
    assert ([f.code for f in found.warnings], len(found.records)) == (["E-IMP-078"], 1)


SUBJECTS = ("企业名称", "统一社会信用代码", "注册号", "住所", "主体类型", "所属区域", "信用风险等级")


def subjects(tmp_path: Path, *rows: Sequence[object], **more: object) -> Sheet:
    path = write_xlsx(tmp_path / "名录.xlsx", ("检查对象名录库", [SUBJECTS, *rows]))
    return records.read_subjects(path, today=TODAY, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "meant"),
    [("产品", "product"), ("项目", "project"), ("行为", "behaviour"), ("非法人分支点", "other")],
)
def test_what_has_no_code_gets_an_id_that_stays(tmp_path: Path, kind: str, meant: str) -> None:
    rows = [("大米", "", "", "一号", kind, town, "") for town in ("甲镇", "乙镇")]
    first = subjects(tmp_path, *rows)
    assert first.faults == []
    assert {record["kind"] for _, record in first.records} == {meant}
    assert len({name for name, _ in first.records}) == 2
    assert all("code" not in record for _, record in first.records)
    written = [(r["name"], name, "", "一号", kind, r["district"], "") for name, r in first.records]
    assert subjects(tmp_path, *written).records == first.records
    assert [f.code for f in subjects(tmp_path, rows[0], rows[0]).faults] == ["E-IMP-038"]


def test_an_enterprise_without_a_code_is_a_fault(tmp_path: Path) -> None:
    found = subjects(tmp_path, ("某公司", "", "", "一号", "有限责任公司", "", ""))
    assert [f.code for f in found.faults] == ["E-IMP-020"]


@pytest.mark.parametrize(
    ("word", "risk"),
    [
        *(("高风险", "D"), ("中低风险", "B"), ("低风险", "A"), ("一般", "B"), ("较高风险", "C")),
        *(("高", "D"), ("D级", "D")),
    ],
)
def test_classes_in_words_are_classes(tmp_path: Path, word: str, risk: str) -> None:
    found = subjects(tmp_path, ("某公司", code(1), "", "一号", "有限责任公司", "", word))
    assert found.faults == []
    record = found.records[0][1]
    assert (record["risk"], record.get("risk_text", "")) == (risk, "" if word == "D级" else word)


def test_a_registration_number_stands_beside_the_code_and_leads_to_it(tmp_path: Path) -> None:
    number = "640221200099998"
    both = subjects(tmp_path, ("某公司", code(1), number, "一号", "有限责任公司", "", ""))
    assert both.records[0][1]["registration"] == number
    alone = subjects(
        tmp_path, ("某公司", "", number, "一号", "有限责任公司", "", ""), registered={number: code(1)}
    )
    assert alone.records == both.records
    changed = subjects(
        tmp_path, ("某公司", code(2), number, "一号", "有限责任公司", "", ""), registered={number: number}
    )
    assert [f.code for f in changed.warnings] == ["E-IMP-077"]
