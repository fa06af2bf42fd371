"""Lists at the counter: imported, listed, edited by hand, with faults told and nothing half done."""

from __future__ import annotations

import pytest

from tests.cli.clerk import OFFICERS, Clerk, code, subjects, workbook
from tests.ledger.sheets import SUBJECT_HEADER, write_csv, write_xlsx
from tests.ledger.sheets import subject as good_row
from tests.ledger.test_import_faults import FAULTS


def test_the_template_is_written_and_an_existing_one_is_not_replaced_unasked(clerk: Clerk) -> None:
    file = clerk.folder / "模板.xlsx"
    assert "item import" in clerk.does("template", file)
    assert clerk.run("template", file) == 8
    assert clerk.run("template", file, "--yes") == 0


def test_one_workbook_leads_from_list_to_list(clerk: Clerk) -> None:
    path = workbook(clerk.folder / "名录.xlsx")
    assert "subject import" in clerk.does("item", "import", path)
    assert "officer import" in clerk.does("subject", "import", path)
    assert "policy adopt" in clerk.does("officer", "import", path)


def test_the_same_file_twice_changes_nothing_private_fields_included(clerk: Clerk) -> None:
    path = workbook(clerk.folder / "名录.xlsx")
    for noun in ("subject", "officer"):
        clerk.does(noun, "import", path)
        assert "没有变化" in clerk.does(noun, "import", path)
        assert "entries" not in clerk.json(noun, "import", path)


def test_private_values_never_stand_in_a_list(clerk: Clerk) -> None:
    clerk.lists()
    shown = clerk.does("subject", "list") + clerk.does("officer", "list")
    shown += clerk.does("--json", "subject", "list") + clerk.does("--json", "officer", "list")
    for secret in ("演示法人", "13800", "13900", "11010519491231002X", "女", "$c"):
        assert secret not in shown


def test_faults_are_all_named_and_nothing_is_imported(clerk: Clerk) -> None:
    rows = subjects(5)
    rows[2] = [*rows[2][:1], "11010519491231002X", *rows[2][2:]]
    rows[4] = [*rows[4][:6], "E", *rows[4][7:]]
    path = write_xlsx(clerk.folder / "错.xlsx", ("检查对象名录库", rows))
    answer = clerk.json("subject", "import", path)
    assert answer["error"]["code"] == "E-IMPORT-FAULTS"
    assert answer["error"]["exit"] == 4
    assert [(f["code"], f["row"]) for f in answer["faults"]] == [("E-IMP-036", 3), ("E-IMP-041", 5)]
    assert clerk.run("subject", "import", path) == 4
    assert "第3行" in clerk.err
    assert "--leave-out 3,5" in clerk.err
    assert "11010519491231002X" not in clerk.out + clerk.err
    assert clerk.json("subject", "list")["total"] == 0
    assert "新增 3" in clerk.does("subject", "import", path, "--leave-out", "3,5")


def test_the_workbook_of_25_faults_gives_25_lines_and_changes_nothing(clerk: Clerk) -> None:
    rows = [SUBJECT_HEADER, good_row(100), *(good_row(200 + n, **f[1]) for n, f in enumerate(FAULTS))]
    path = write_xlsx(clerk.folder / "25.xlsx", ("检查对象名录库", rows))
    tags = clerk.folder / "标签字库.txt"
    tags.write_text("粮食经营\n粮食承储\n", encoding="utf-8")
    assert clerk.run("subject", "import", path, "--tag-list", tags) == 4
    lines = [line for line in clerk.err.splitlines() if "[E-IMP-" in line]
    assert [line[-10:-1] for line in lines] == [code for _, _, code, _, _ in FAULTS]
    for row, line in enumerate(lines, 3):
        assert f"第{row}行" in line
    assert clerk.json("subject", "list")["total"] == 0
    answer = clerk.json("subject", "import", path, "--tag-list", tags)
    assert len(answer["faults"]) + len(answer["notes"]) == 25


@pytest.mark.parametrize(
    ("what", "content", "told"),
    [
        ("an empty file", "", "E-IMP-003"),
        ("16,384 columns", "a," * 16_383 + "b", "E-IMP-005"),
        ("no header of ours", "甲,乙\n1,2", "E-IMP-013"),
        ("a header alone", ",".join(SUBJECT_HEADER), "E-IMP-004"),
    ],
)
def test_a_file_that_is_no_list_gets_one_message(clerk: Clerk, what: str, content: str, told: str) -> None:
    path = clerk.folder / "表.csv"
    path.write_text(content, encoding="utf-8")
    assert clerk.run("subject", "import", path) == 4
    assert [line[-10:-1] for line in clerk.err.splitlines() if "[E-IMP-" in line] == [told]


def test_a_wrong_check_character_is_accepted_once_with_its_reason(clerk: Clerk) -> None:
    wrong = code(1)[:17] + ("A" if code(1)[17] != "A" else "B")
    rows = subjects(3)
    rows[1] = [rows[1][0], wrong, *rows[1][2:]]
    path = write_xlsx(clerk.folder / "旧码.xlsx", ("检查对象名录库", rows))
    assert clerk.run("subject", "import", path) == 4
    assert f"--accept {wrong}=" in clerk.err
    clerk.does("subject", "import", path, "--accept", f"{wrong}=执照如此")
    assert "没有变化" in clerk.does("subject", "import", path)


def test_a_file_without_a_column_keeps_what_the_ledger_holds(clerk: Clerk) -> None:
    rows = subjects(4)
    clerk.does("subject", "import", write_xlsx(clerk.folder / "一.xlsx", ("检查对象名录库", rows)))
    clerk.does("subject", "change", code(1), "--status", "停业")
    narrow = write_csv(clerk.folder / "二.csv", [row[:3] for row in rows], "gb18030")
    assert "没有变化" in clerk.does("subject", "import", narrow)
    held = clerk.json("subject", "list", code(1))["subjects"][0]
    assert (held["status"], held["tags"], held["risk"]) == ("closed", ["油气"], "B")


def test_rows_missing_from_a_file_stay_unless_it_is_the_whole_list(clerk: Clerk) -> None:
    clerk.does("subject", "import", workbook(clerk.folder / "全.xlsx", 6))
    part = workbook(clerk.folder / "部分.xlsx", 4)
    assert "另有 2 条" in clerk.does("subject", "import", part)
    assert clerk.run("subject", "import", part, "--complete") == 8
    assert "移除 2" in clerk.does("subject", "import", part, "--complete", "--yes")
    assert clerk.json("subject", "list")["total"] == 4


def test_a_subject_is_added_changed_and_removed_by_hand(clerk: Clerk) -> None:
    name = code(77)
    clerk.does(
        *("subject", "add", name.lower(), "--name", "手工录入公司", "--address", "一号", "--tag", "油气"),
        *(
            "--risk",
            "d",
            "--risk-source",
            "市场监管局",
            "--risk-date",
            "2026-2-1",
            "--telephone",
            "13700000000",
        ),
    )
    assert clerk.run("subject", "add", name, "--name", "再录", "--address", "一号") == 9
    clerk.does("subject", "change", name, "--add-tag", "粮食经营", "--status", "吊销")
    assert "没有变化" in clerk.does("subject", "change", name, "--status", "revoked")
    assert clerk.json("subject", "list", "手工")["subjects"] == [
        {
            "id": name,
            "code": name,
            "code_raw": name.lower(),
            "name": "手工录入公司",
            "address": "一号",
            "kind": "enterprise",
            "tags": ["油气", "粮食经营"],
            "risk": "D",
            "risk_source": "市场监管局",
            "risk_date": "2026-02-01",
            "status": "revoked",
        }
    ]
    clerk.does("subject", "remove", name, "--reason", "误录")
    assert clerk.json("subject", "list")["total"] == 0


@pytest.mark.parametrize(
    ("what", "arguments", "exit_code", "told"),
    [
        ("a wrong check character", ("subject", "add", code(5)[:17] + "Z"), 4, "E-IMPORT-FAULTS"),
        ("an ID number as a code", ("subject", "add", "11010519491231002X"), 4, "E-IMP-036"),
        ("no address", ("subject", "add", code(5), "--name", "甲公司"), 4, "住所"),
        ("a state that is none", ("subject", "change", code(1), "--status", "死亡"), 4, "E-IMP-042"),
        ("a future date", ("subject", "change", code(1), "--established", "2030-01-01"), 4, "E-IMP-027"),
        ("a name emptied", ("subject", "change", code(1), "--name", ""), 4, "E-IMP-020"),
        ("nothing to change", ("subject", "change", code(1)), 2, "没有指定"),
        ("an unknown subject", ("subject", "change", code(9999), "--risk", "A"), 9, "E-LIST-UNKNOWN"),
        ("a removal without a reason", ("subject", "remove", code(1)), 2, "--reason"),
        ("an officer without certificate", ("officer", "add", "x-1", "--name", "甲"), 4, "执法证号"),
        ("a wrong ID number", ("officer", "change", "fgj-01", "--id-number", "123"), 4, "E-IMP-055"),
        ("an end before", ("officer", "change", "fgj-01", "--valid-from", "2030-01-01"), 4, "E-IMP-054"),
        ("an unknown officer", ("officer", "change", "fgj-99", "--status", "离岗"), 9, "E-NAME-UNKNOWN"),
        (
            "an absence",
            ("officer", "absent", "fgj-01", "2026-05-01", "2026-05-02", "--reason", "出差"),
            2,
            "培训",
        ),
        ("rows that are no rows", ("subject", "import", "x.xlsx", "--leave-out", "三"), 2, "3,7-9"),
        ("a code without reason", ("subject", "import", "x.xlsx", "--accept", "91"), 2, "代码=理由"),
        ("a file that is not there", ("subject", "import", "没有.xlsx"), 4, "E-IMP-014"),
    ],
)
def test_wrong_input_is_refused_with_words(
    clerk: Clerk, what: str, arguments: tuple[str, ...], exit_code: int, told: str
) -> None:
    path = workbook(clerk.folder / "名录.xlsx", 3)
    clerk.does("subject", "import", path)
    clerk.does("officer", "import", path)
    before = clerk.json("subject", "list"), clerk.json("officer", "list")
    assert clerk.run(*arguments) == exit_code, clerk.out + clerk.err
    assert told in clerk.err
    assert (clerk.json("subject", "list"), clerk.json("officer", "list")) == before


def test_an_officer_is_found_by_name_changed_and_marked_absent(clerk: Clerk) -> None:
    clerk.does("officer", "import", write_xlsx(clerk.folder / "人员.xlsx", ("执法检查人员名录库", OFFICERS)))
    clerk.does("officer", "change", "演示发改局2", "--qualification", "metering", "--valid-to", "2030-06-30")
    held = next(o for o in clerk.json("officer", "list")["officers"] if o["id"] == "fgj-02")
    assert (held["qualifications"], held["valid_to"]) == (["metering"], "2030-06-30")
    clerk.does("officer", "absent", "fgj-02", "2026-03-01", "2026-03-09", "--reason", "培训")
    assert "今日缺席" in clerk.does("officer", "list", "--department", "fgj")
    clerk.does("officer", "remove", "fgj-02", "--reason", "重复")
    assert clerk.json("officer", "list")["found"] == 7


def test_conflicts_are_declared_imported_listed_and_withdrawn(clerk: Clerk) -> None:
    clerk.lists()
    clerk.does(
        "conflict", "declare", "演示发改局1", "示范企业3有限公司", "--relation", "近亲属", "--details", "配偶"
    )
    assert "此前已申报" in clerk.does("conflict", "declare", "fgj-01", code(3).lower())
    header = ("人员编号", "统一社会信用代码", "关系类型", "具体情况")
    rows = (header, ("fgj-01", code(3), "持股", "百分之五"), ("scj-02", code(4), "其他", "邻居"))
    sheet = write_xlsx(clerk.folder / "申报.xlsx", ("利害关系申报", rows))
    assert "新申报 1 条" in clerk.does("conflict", "import", sheet)
    shown = clerk.does("conflict", "list") + clerk.does("--json", "conflict", "list")
    assert "scj-02" in shown
    assert not any(secret in shown for secret in ("配偶", "邻居", "近亲属"))
    clerk.does("conflict", "withdraw", "scj-02", "示范企业4有限公司", "--reason", "已搬家")
    assert clerk.json("conflict", "list")["conflicts"] == [{"officer": "fgj-01", "subject": code(3)}]
    assert clerk.run("conflict", "withdraw", "scj-02", code(4), "--reason", "再撤") == 9


def test_a_folder_given_for_a_file_is_said_in_chinese(clerk: Clerk) -> None:
    assert clerk.run("item", "import", clerk.folder) == 4
    assert ("这是文件夹" in clerk.err) or ("没有权限" in clerk.err), "Windows refuses the permission"
    assert "directory" not in clerk.err
