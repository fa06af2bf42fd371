"""What rows become: the forms of S0 (附件3, 附件4), the registers, what stays private, the headers."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.importing import values
from ledger.importing.faults import Kind
from ledger.importing.plans import read_plan
from ledger.importing.records import (
    read_conflicts,
    read_items,
    read_officers,
    read_people,
    read_subjects,
)
from tests.ledger.sheets import SUBJECT_HEADER, TODAY, code, subject, write_csv, write_xlsx
from verifier.codec import decode, encode
from verifier.ids import is_id

PINGLUO = Path(__file__).parents[3] / "shared/data/pingluo-subjects.xlsx"

ANNEX_4 = [
    ["2023年双随机抽查事项清单（第一版）"],
    [
        "序号",
        "检查项目",
        "",
        "检查对象",
        "事项类别",
        "检查方式",
        "检查主体",
        "检查依据",
        "发起部门",
        "配合部门",
    ],
    ["", "抽查类别", "抽查事项"],
    [
        *(
            1,
            "企业安全生产事项检查",
            "油气长输管道开展安全生产检查",
            "对油气长输管道企业",
            "重点检查事项",
            "现场检查",
        ),
        *(
            "发改局",
            "《中华人民共和国石油天然气管道保护法》\n《中华人民共和国主席令第30号》",
            "发改局",
            "市场监管局",
        ),
    ],
    [
        *(
            2,
            "",
            "1.储备粮（原粮、成品粮和食用油）承储企业执行专仓储存、专人保管、专账记载等合规达标情况；\n2.库存数量账实相符情况；\n3.其他依法抽查内容。",
        ),
        *("政策性储备粮（油）存储企业", "重点检查事项", "现场检查", "发改局"),
        *("《粮食流通管理条例》第十七条、第二十条、第二十一条、第二十三条", "发改局", "市场监管局"),
    ],
    [
        *(3, "", "1.企业安全储粮、安全生产工作和责任落实情况；2.库存粮食质量安全情况；3.其他依法检查内容。"),
        *("政策性粮食库存承储企业、规模粮食经营企业", "一般检查事项", "现场检查", "发改局"),
        *("《粮食流通管理条例》第三十八条", "发改局", ""),
    ],
]

ANNEX_3 = [
    ["2023年双随机抽查工作计划"],
    [
        *("序号", "计划名称", "抽查任务名称", "抽查事项", "抽查\n\n比例", "检查对象", "抽查\n\n类型"),
        *("组织抽查单位", "实施检查单位", "联合检查\n\n参与部门", "完成时限"),
    ],
    [
        *(
            1,
            "2023年全县油气长输管道安全隐患检查",
            "油气长输管道安全检查",
            "对油气长输管道开展安全生产检查",
            "50%",
        ),
        *("油气长输管道企业", "不定向", "发改局", "发改局", "市场监管局", "2023年10月"),
    ],
    [
        *(2, "2023年全县成品粮库存检查", "储备粮（成品粮和食用油）未实行专仓储存等行为的检查"),
        "1.储备粮（成品粮和食用油）承储企业执行专仓储存、专人保管、专账记载等合规达标情况；"
        "2.库存数量账实相符情况；3.其他依法抽查内容。\n",
        *("20%", "政策性储备粮（油）存储企业", "不定向", "发改局", "发改局", "市场监管局", "2023年10月"),
    ],
    [
        *(3, "2023年全县安全储粮、安全生产的检查", "安全储粮、安全生产的检查"),
        "1.企业安全储粮、安全生产工作和责任落实情况；2.库存粮食质量安全情况；3.其他依法检查内容。",
        *("1%", "政策性粮食库存承储企业、规模粮食经营企业", "不定向", "发改局", "发改局", "", "2023年10月"),
    ],
    ["备注：本计划按程序公开。"],
]


def test_annex_4_is_read_with_its_title_and_its_header_of_two_rows(tmp_path: Path) -> None:
    sheet = read_items(write_xlsx(tmp_path / "4.xlsx", ("附件4", ANNEX_4)), today=TODAY)
    assert (sheet.faults, sheet.warnings) == ([], [])
    assert [name for name, _ in sheet.records] == ["item-1", "item-2", "item-3"]
    first, second, third = (record for _, record in sheet.records)
    assert {r["category"] for _, r in sheet.records} == {"企业安全生产事项检查"}
    assert [r["class"] for _, r in sheet.records] == ["key", "key", "general"]
    assert first["basis"] == ["《中华人民共和国石油天然气管道保护法》", "《中华人民共和国主席令第30号》"]
    assert first["text"] == ["油气长输管道开展安全生产检查"]
    assert len(second["text"]) == 3  # type: ignore[arg-type]
    assert (first["methods"], first["partners"], first["seq"]) == (["on_site"], ["市场监管局"], 1)
    assert "partners" not in third


def test_annex_3_is_read_and_its_rows_find_their_items(tmp_path: Path) -> None:
    items = dict(read_items(write_xlsx(tmp_path / "4.xlsx", ("附件4", ANNEX_4)), today=TODAY).records)
    path = write_xlsx(tmp_path / "3.xlsx", ("附件3", ANNEX_3))
    sheet = read_plan(path, today=TODAY, items=items)
    assert sheet.faults == []
    assert [(r["p"], r["q"]) for _, r in sheet.records] == [(1, 2), (1, 5), (1, 100)]
    assert [r["items"] for _, r in sheet.records] == [["item-1"], ["item-2"], ["item-3"]]
    assert {r["until"] for _, r in sheet.records} == {"2023-10"}
    assert {r["draw"] for _, r in sheet.records} == {"undirected"}
    assert [name for name, _ in sheet.records] == ["1", "2", "3"]
    assert [(w.kind, w.row) for w in sheet.warnings] == [(Kind.ITEM_TEXT_DIFFERS, 4), (Kind.IGNORED_NOTE, 6)]
    assert "原粮" in sheet.warnings[0].message("zh")


def plan_row(tmp_path: Path, **changed: object) -> list[str]:
    row = [1, "计划", "任务", "检查事项甲", "5%", "对象", "不定向", "发改局", "发改局", "", "2023年10月"]
    for key, value in changed.items():
        row[int(key[1:])] = value
    path = write_xlsx(tmp_path / "p.xlsx", ("x", [ANNEX_3[1], row]))
    items = {"a": {"text": ["检查事项甲"]}}
    return [f.kind.name for f in read_plan(path, today=TODAY, items=items).faults]


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({}, []),
        ({"c4": 0.05}, []),
        ({"c4": "5"}, ["NOT_A_RATE"]),
        ({"c4": "百分之五"}, ["NOT_A_RATE"]),
        ({"c4": "0%"}, ["RATE_RANGE"]),
        ({"c4": "120%"}, ["RATE_RANGE"]),
        ({"c3": "从未列入清单的事项"}, ["UNKNOWN_ITEM"]),
        ({"c10": "10月"}, ["NOT_A_MONTH"]),
        ({"c10": "2023年13月"}, ["NOT_A_MONTH"]),
        ({"c10": "2023年10月-2023年5月"}, ["PERIOD"]),
        ({"c6": "随便"}, ["UNKNOWN_CHOICE"]),
        ({"c0": "第一"}, ["NOT_A_COUNT"]),
    ],
)
def test_faults_of_a_plan(tmp_path: Path, change: dict[str, object], kinds: list[str]) -> None:
    assert plan_row(tmp_path, **change) == kinds


@pytest.mark.parametrize(
    ("text", "p", "q", "note"),
    [
        ("50%", 1, 2, ""),
        ("３％", 3, 100, ""),
        ("2.5%", 1, 40, ""),
        ("100%", 1, 1, ""),
        ("5%（运用企业信用风险分级分类开展）", 1, 20, "5%（运用企业信用风险分级分类开展）"),
        ("不低于3%", 3, 100, "不低于3%"),
    ],
)
def test_rates_become_fractions_in_lowest_terms(text: str, p: int, q: int, note: str) -> None:
    assert values.parse_rate(text) == values.Rate(p, q, note)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2023年10月", "", "2023-10"),
        ("2023年10月底前", "", "2023-10"),
        ("2023-10", "", "2023-10"),
        ("202310", "", "2023-10"),
        ("2023-10-01", "", "2023-10"),
        ("2023年5月-6月", "2023-05", "2023-06"),
        ("2023年11月至2024年2月", "2023-11", "2024-02"),
        ("2023-05…2023-07", "2023-05", "2023-07"),
    ],
)
def test_months_as_offices_write_them(text: str, since: str, until: str) -> None:
    assert values.parse_period(text) == values.Period(since, until)


@pytest.mark.parametrize(
    "text", ["2015-06-01", "2015/6/1", "2015.6.1", "2015年6月1日", "20150601", "２０１５年６月１日"]
)
def test_dates_as_people_write_them(text: str) -> None:
    assert values.parse_date(text) == "2015-06-01"


@given(st.text(max_size=24))
def test_no_text_breaks_the_parsers(text: str) -> None:
    values.parse_date(text)
    values.parse_rate(text)
    values.parse_period(text)
    values.listed(text)
    values.subject_kind(text)
    values.word(tuple(values.RISKS.items()), text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("有限责任公司 国有企业", "enterprise"),
        ("个体工商户", "individual"),
        ("个人独资企业", "enterprise"),
        ("农民专业合作社分支机构", "cooperative"),
        ("民办非企业单位", "social_organisation"),
        ("事业单位", "institution"),
        ("产品", "product"),
        ("某类", "other"),
    ],
)
def test_kinds_of_subjects(text: str, kind: str) -> None:
    assert values.subject_kind(text) == kind


def test_a_code_says_what_its_holder_is_when_the_sheet_does_not(tmp_path: Path) -> None:
    rows = [SUBJECT_HEADER, subject(1, c3=""), subject(2, c3="N/A"), subject(3, c3="个体工商户")]
    kinds = [r["kind"] for _, r in read_subjects(write_csv(tmp_path / "a.csv", rows), today=TODAY).records]
    assert kinds == ["enterprise", "enterprise", "individual"]


def test_the_register_of_a_real_county_is_read_without_fault() -> None:
    if not PINGLUO.exists():
        pytest.skip("the real register is not part of the project")
    sheet = read_subjects(PINGLUO, today=TODAY)
    assert (len(sheet.records), sheet.rows, sheet.faults, sheet.warnings) == (1770, 1770, [], [])
    tags = Counter(tag for _, record in sheet.records for tag in record.get("tags", []))  # type: ignore[union-attr]
    assert (tags["油气"], tags["粮食承储"]) == (47, 15)
    grain = {"粮食承储", "粮食经营"}
    assert sum(1 for _, r in sheet.records if grain.intersection(r.get("tags", []))) == 55  # type: ignore[arg-type]


def test_what_the_law_would_refuse_is_a_fault_of_the_row(tmp_path: Path) -> None:
    tags = "、".join(f"标签{n}" for n in range(101))
    faults = read_subjects(
        write_csv(tmp_path / "a.csv", [SUBJECT_HEADER, subject(1, c5=tags)]), today=TODAY
    ).faults
    assert [(f.kind, f.row) for f in faults] == [(Kind.NOT_RECORDABLE, 2)]


def test_every_record_has_a_canonical_form_and_an_id(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", ("x", [SUBJECT_HEADER, subject(1), subject(2, c6="", c5="", c4="")])
    )
    for name, record in read_subjects(path, today=TODAY).records:
        assert is_id(name)
        assert decode(encode(record)) == record
    assert "risk" not in record


def test_headers_in_any_order_with_line_breaks_spaces_and_full_width_forms(tmp_path: Path) -> None:
    names = ["市场主体\n名称", " 统一社会 信用代码（18位）", "注册地址＊", "企业类型", "设立日期"]
    for order in itertools.islice(itertools.permutations(range(5)), 0, 120, 17):
        rows = [[names[i] for i in order], [subject(1)[i] for i in order]]
        sheet = read_subjects(write_csv(tmp_path / "a.csv", rows), today=TODAY)
        assert sheet.faults == []
        assert sheet.records[0][1]["established"] == "2015-06-01"


def test_missing_and_doubled_columns_are_named_and_the_rows_still_judged(tmp_path: Path) -> None:
    rows = [["企业名称", "统一社会信用代码", "名称"], ["甲", code(1), "乙"], ["", code(2), "丙"]]
    faults = read_subjects(write_csv(tmp_path / "a.csv", rows), today=TODAY).faults
    assert [(f.kind, f.row, f.column) for f in faults] == [
        (Kind.TWO_COLUMNS, 0, "A 企业名称"),
        (Kind.MISSING_COLUMN, 0, "住所"),
        (Kind.REQUIRED, 3, "A 企业名称"),
    ]


def test_columns_that_are_not_known_are_mentioned_once(tmp_path: Path) -> None:
    rows = [[*SUBJECT_HEADER, "经营范围", "省份"], [*subject(1), "粮食", "甲"]]
    sheet = read_subjects(write_csv(tmp_path / "a.csv", rows), today=TODAY)
    assert [(w.kind, w.value) for w in sheet.warnings] == [(Kind.IGNORED_COLUMNS, "I 经营范围、J 省份")]


def test_legal_representative_and_telephone_never_enter_a_record(tmp_path: Path) -> None:
    rows = [[*SUBJECT_HEADER, "法定代表人（负责人）", "联系电话"], [*subject(1), "王示范", 13800000000]]
    sheet = read_subjects(write_xlsx(tmp_path / "a.xlsx", ("x", rows)), today=TODAY)
    assert sheet.faults == []
    assert sheet.private == {code(1): {"legal_representative": "王示范", "telephone": "13800000000"}}
    assert "王示范" not in str(sheet.records)


def test_a_registration_number_stands_in_for_a_missing_code(tmp_path: Path) -> None:
    rows = [
        ["企业名称", "统一社会信用代码", "注册号", "住所"],
        ["甲", "", "110108000000016", "一号"],
        ["乙", code(1), "110108000000016", "二号"],
    ]
    sheet = read_subjects(write_csv(tmp_path / "a.csv", rows), today=TODAY)
    assert [name for name, _ in sheet.records] == ["110108000000016", code(1)]


def test_products_and_projects_carry_a_number_of_the_office(tmp_path: Path) -> None:
    rows = [["名称", "对象编号", "主体类型", "住所"], ["某产品", "CP-2023-1", "产品", ""]]
    sheet = read_subjects(write_csv(tmp_path / "a.csv", rows), today=TODAY)
    assert sheet.faults == []
    assert sheet.records == [("CP-2023-1", sheet.records[0][1])]


OFFICER_HEADER = [
    "人员编号",
    "姓名",
    "性别",
    "部门代码",
    "资质代码",
    "执法证号",
    "有效期止",
    "身份证号",
    "状态",
]
OFFICER = [
    "fgj-01",
    "张示范",
    "男",
    "fgj",
    "grain、safety",
    "SF-1",
    "2030-01-01",
    "11010519491231002X",
    "在岗",
]


def test_officers_are_read_and_what_is_private_comes_apart(tmp_path: Path) -> None:
    sheet = read_officers(write_csv(tmp_path / "o.csv", [OFFICER_HEADER, OFFICER]), today=TODAY)
    assert (sheet.faults, sheet.warnings) == ([], [])
    assert sheet.records == [
        (
            "fgj-01",
            {
                "name": "张示范",
                "department": "fgj",
                "qualifications": ["grain", "safety"],
                "certificate": "SF-1",
                "valid_to": "2030-01-01",
                "status": "active",
            },
        )
    ]
    assert sheet.private == {"fgj-01": {"id_number": "11010519491231002X", "sex": "男"}}


@pytest.mark.parametrize(
    ("position", "value", "kind"),
    [
        (0, "张三", Kind.NOT_AN_ID),
        (3, "xyz", Kind.UNKNOWN_DEPARTMENT),
        (4, "粮食", Kind.NOT_AN_ID),
        (5, "11010519491231002X", Kind.PERSON_IN_TEXT),
        (5, "", Kind.REQUIRED),
        (6, "2030-13-01", Kind.NOT_A_DATE),
        (7, "110105194912310021", Kind.ID_NUMBER),
        (8, "出差", Kind.UNKNOWN_CHOICE),
    ],
)
def test_faults_of_officers(tmp_path: Path, position: int, value: str, kind: Kind) -> None:
    row = [*OFFICER[:position], value, *OFFICER[position + 1 :]]
    path = write_csv(tmp_path / "o.csv", [OFFICER_HEADER, row])
    faults = read_officers(path, today=TODAY, known_departments={"fgj", "scj"}).faults
    assert [f.kind for f in faults] == [kind]
    if position == 7:
        assert value not in faults[0].message("zh")


def test_an_expired_certificate_is_warned_of(tmp_path: Path) -> None:
    row = [*OFFICER[:6], "2020-01-01", *OFFICER[7:]]
    sheet = read_officers(write_csv(tmp_path / "o.csv", [OFFICER_HEADER, row]), today=TODAY)
    assert (sheet.faults, [w.kind for w in sheet.warnings]) == ([], [Kind.CERTIFICATE_EXPIRED])


def test_ids_that_differ_only_in_case_are_duplicates(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "o.csv", [OFFICER_HEADER, OFFICER, ["FGJ-01", *OFFICER[1:]]])
    assert [f.kind for f in read_officers(path, today=TODAY).faults] == [Kind.DUPLICATE]


def test_conflicts_name_officer_and_subject_and_keep_their_story_private(tmp_path: Path) -> None:
    header = ["人员编号", "统一社会信用代码", "关系类型", "具体情况"]
    rows = [header, ["fgj-01", code(1), "近亲属", "兄弟"], ["fgj-09", code(1), "持股", ""]]
    path = write_csv(tmp_path / "c.csv", rows)
    sheet = read_conflicts(path, today=TODAY, known_officers={"fgj-01"}, known_subjects={code(1)})
    name = f"fgj-01.{code(1)}"
    assert sheet.records == [(name, {"officer": "fgj-01", "subject": code(1)})]
    assert sheet.private == {name: {"relation": "kin", "details": "兄弟"}}
    assert [f.kind for f in sheet.faults] == [Kind.UNKNOWN_OFFICER]


def test_people_have_roles(tmp_path: Path) -> None:
    rows = [["人员编号", "姓名", "单位代码", "角色"], ["h-1", "李示范", "fgj", "经办人、审批人"]]
    assert read_people(write_csv(tmp_path / "p.csv", rows), today=TODAY).records == [
        ("h-1", {"name": "李示范", "unit": "fgj", "roles": ["approver", "clerk"]})
    ]


def test_text_comes_out_composed_and_small_letters_of_a_class_are_understood(tmp_path: Path) -> None:
    rows = [SUBJECT_HEADER, subject(1, c0="Cafe\u0301 示范", c6="b级")]
    _, record = read_subjects(write_csv(tmp_path / "a.csv", rows), today=TODAY).records[0]
    assert (record["name"], record["risk"]) == ("Caf\u00e9 示范", "B")
