"""The lists beside 一单两库 at the counter, and what keeps the lists true: tags, links, reconciliation."""

from __future__ import annotations

import pytest

from tests.cli.clerk import Clerk, code, subjects, workbook
from tests.ledger.sheets import write_xlsx

ANNEXES = {
    "不适用双随机的事项": [
        ("序号", "检查事项", "检查主体", "不适用的理由", "报送单位", "报送日期"),
        ("1", "信访举报核查", "发改局", "对象由线索确定", "司法局", "2026-01-25"),
    ],
    "专家和专业机构": [
        ("编号", "名称", "类别", "专业领域", "有效期止"),
        ("zj-01", "演示检测中心", "检测机构", "管道检测、阀门", "2028-12-31"),
    ],
    "既往检查": [
        ("统一社会信用代码", "检查日期", "检查来源", "检查单位", "任务名称", "检查结果"),
        (code(1), "2026-01-20", "上级", "市发改委", "储备粮抽查", "未发现问题"),
        (code(99), "2025-07-01", "其他部门", "应急局", "", ""),
    ],
    "组织机构成员": [
        ("组织", "担任职务", "单位", "姓名", "职务"),
        ("领导小组", "组长", "县政府", "演示甲", "副县长"),
        ("联席会议", "召集人", "市场监管局", "", "局长"),
    ],
}
NOUNS = {
    "不适用双随机的事项": ("item", "unsuitable"),
    "专家和专业机构": ("expert",),
    "既往检查": ("history",),
    "组织机构成员": ("member",),
}


@pytest.fixture
def listed(clerk: Clerk) -> Clerk:
    path = workbook(clerk.folder / "名录.xlsx", 6)
    for noun in ("item", "subject", "officer"):
        clerk.does(noun, "import", path)
    return clerk


@pytest.mark.parametrize("sheet", ANNEXES)
def test_a_list_beside_the_three_is_imported_once_and_listed(listed: Clerk, sheet: str) -> None:
    path = write_xlsx(listed.folder / "附.xlsx", (sheet, ANNEXES[sheet]))
    noun = NOUNS[sheet]
    count = len(ANNEXES[sheet]) - 1
    assert f"新增 {count}" in listed.does(*noun, "import", path)
    assert "没有变化" in listed.does(*noun, "import", path)
    assert len(listed.json(*noun, "list")["rows"]) == count
    assert str(ANNEXES[sheet][1][1]) in listed.does(*noun, "list").replace("上级部门", "")


def test_an_officer_cannot_be_an_expert(listed: Clerk) -> None:
    rows = [ANNEXES["专家和专业机构"][0], ("fgj-01", "演示", "专家", "管道", "")]
    path = write_xlsx(listed.folder / "专家.xlsx", ("专家和专业机构", rows))
    assert listed.run("expert", "import", path) == 4
    assert "E-IMP-058" in listed.err


def test_after_a_dictionary_is_adopted_other_tags_are_faults(listed: Clerk) -> None:
    words = listed.folder / "字库.txt"
    words.write_text("油气\n粮食经营\n", encoding="utf-8")
    assert "2 个标签" in listed.does("tags", "adopt", words, "--version", "v1")
    assert listed.run("tags", "adopt", words, "--version", "v1") == 9
    rows = subjects(7)
    rows[7] = [*rows[7][:5], "量贩", *rows[7][6:]]
    path = write_xlsx(listed.folder / "新.xlsx", ("检查对象名录库", rows))
    assert listed.run("subject", "import", path) == 4
    assert "E-IMP-040" in listed.err
    assert listed.run("subject", "change", code(1), "--add-tag", "量贩") == 4
    assert listed.json("tags", "list")["tags"] == {"油气": 3, "粮食经营": 3}


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xff\xff", ("长" * 101).encode()])
def test_a_file_that_is_no_list_of_tags_is_refused(listed: Clerk, content: bytes) -> None:
    words = listed.folder / "字库.txt"
    words.write_bytes(content)
    assert listed.run("tags", "adopt", words, "--version", "v1") == 4
    assert listed.json("tags", "list")["dictionary"] == ""


def test_a_linked_subject_keeps_what_it_was(listed: Clerk) -> None:
    paper = listed.folder / "通知书.txt"
    paper.write_text("代码变更", encoding="utf-8")
    listed.does("conflict", "declare", "fgj-01", code(1), "--details", "曾任职")
    linked = listed.json("subject", "link", code(1), code(2), "--evidence", paper)
    assert listed.json("subject", "list")["total"] == 6
    listed.does("confirm", linked["entries"][0]["seq"], by="sun-approver")
    assert listed.json("subject", "list")["total"] == 5
    assert listed.run("subject", "add", code(1), "--name", "又来", "--address", "一号") == 9


def test_reconciliation_shows_what_differs_and_takes_it_over_as_one_edit(listed: Clerk) -> None:
    rows = subjects(7)
    del rows[3]
    rows[1] = [rows[1][0], rows[1][1], "示范县新址", *rows[1][3:]]
    path = write_xlsx(listed.folder / "登记.xlsx", ("检查对象名录库", rows))
    words = ("subject", "reconcile", path, "--authority", "市场监管局")
    found = listed.json(*words)
    assert (found["missing"], found["extra"]) == ([code(7)], [code(3)])
    assert found["changed"] == {code(1): ["address"]}
    assert listed.json("subject", "list")["total"] == 6
    assert listed.run(*words, "--accept", "--yes") == 2
    assert listed.run(*words, "--accept", "--yes", "--reviewer", "qian-clerk") == 9
    assert listed.run(*words, "--accept", "--reviewer", "sun-approver") == 8
    listed.does(*words, "--accept", "--yes", "--reviewer", "sun-approver", "--extra", "注销")
    again = listed.json(*words)
    assert (again["missing"], again["extra"], again["changed"]) == ([], [], {})
    assert "市场监管局" in listed.does("list", "show")


def test_a_publication_counts_until_the_list_changes(listed: Clerk) -> None:
    for channel in ("platform", "部门网站"):
        listed.does("list", "publish", "items", "--channel", channel)
    assert listed.json("list", "show")["lists"]["items"]["published"] == ["department_site", "platform"]
    assert listed.run("list", "publish", "unsuitable", "--channel", "platform") == 9


def test_an_exported_list_comes_back_without_a_change(listed: Clerk) -> None:
    for noun in ("item", "subject", "officer"):
        path = listed.folder / f"{noun}.xlsx"
        listed.does(noun, "export", path)
        assert listed.run(noun, "export", path) == 8
        assert "没有变化" in listed.does(noun, "import", path)
    listed.does("subject", "export", path, "--private", "--yes")
    assert "没有变化" in listed.does("subject", "import", path)
    listed.does("plan", "import", listed.folder / "名录.xlsx")
    listed.does("plan", "export", path, "--yes")
    assert "没有变化" in listed.does("plan", "import", path)


def test_an_officer_comes_back_early(listed: Clerk) -> None:
    listed.does("officer", "absent", "fgj-01", "2026-03-01", "2026-03-20", "--reason", "leave")
    assert listed.run("officer", "back", "fgj-01", "2026-04-01") == 9
    listed.does("officer", "back", "fgj-01", "2026-03-02")
    assert listed.json("officer", "list")["officers"][0]["absent"]


def test_a_second_certificate_is_kept_with_its_end(listed: Clerk) -> None:
    listed.does(
        "officer", "change", "fgj-01", "--other-certificate", "SZ-9", "--other-valid-to", "2030-01-01"
    )
    assert listed.run("officer", "change", "fgj-02", "--other-certificate", "SZ-8") == 4
    held = listed.json("officer", "list")["officers"][0]["other_certificate"]
    assert (held["number"], held["valid_to"]) == ("SZ-9", "2030-01-01")


def test_products_are_numbered_by_the_importer(listed: Clerk) -> None:
    rows = [("企业名称", "统一社会信用代码", "住所", "主体类型"), ("演示牌大米", "", "", "产品")]
    path = write_xlsx(listed.folder / "产品.xlsx", ("检查对象名录库", rows))
    listed.does("subject", "import", path)
    held = listed.json("subject", "list", "大米")["subjects"][0]
    assert held["id"].startswith("P-")
    assert held["kind"] == "product"
    assert "没有变化" in listed.does("subject", "import", path)
