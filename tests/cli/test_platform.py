"""The three ways of a platform at the counter, column maps and receipts."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from tests.cli.clerk import Clerk, code
from tests.ledger.sheets import write_xlsx

PLATFORM = "省双随机平台"


BAD = (911234567890123456, "", "同一 家", code(1), code(1))
WRONG = [(2, "E-IMP-021"), (3, "E-IMP-020"), (4, "E-IMP-039"), (6, "E-IMP-038")]
"""Codes in a platform's export, and the faults of their rows."""


def rows_of(path: Path) -> list[list[str]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


def drawn(clerk: Clerk) -> None:
    """A completed draw t1-d1 of the plan's first row."""
    clerk.plan()
    clerk.task()
    clerk.does("confirm", "--all", by="sun-approver")
    clerk.does("draw", "ceremony", "--task", "t1", "--yes")


def test_a_draw_made_here_is_carried_to_the_platform_and_its_export_compared(clerk: Clerk) -> None:
    drawn(clerk)
    carried = clerk.folder / "上传.xlsx"
    assert "platform compare" in clerk.does("platform", "export", carried, "--map", "ningxia")
    header, *rows = rows_of(carried)
    assert header[:4] == ["序号", "抽查任务名称", "统一社会信用代码", "企业名称"]
    assert len(rows) == 2 and "、" in rows[0][header.index("检查人员")]

    words: tuple[object, ...] = ("platform", "compare", carried, "--map", "ningxia", "--platform", PLATFORM)
    assert "2 个对象与本台账抽取的一致" in clerk.does(*words)
    assert "没有新的登记" in clerk.does(*words)

    stranger = next(code(n) for n in range(1, 20) if code(n) not in {row[2] for row in rows})
    rows[0][2], rows[1][header.index("检查人员")] = stranger, "王外人、演示发改局1"
    other = write_xlsx(clerk.folder / "导出.xlsx", ("随机抽取结果", [header, *rows]))
    clerk.does("platform", "compare", other, "--map", "ningxia", "--platform", PLATFORM)
    assert "缺少 1，多出 1，人员不同 1" in clerk.out
    assert "王外人" in clerk.out
    found = clerk.json("platform", "show")["compared"]
    assert [(one["missing"], one["extra"], one["changed"]) for one in found] == [(0, 0, 0), (1, 1, 1)]
    assert clerk.run("verify") in (0, 3)
    assert "平台上的对象和人员与本台账抽取的一致" in clerk.out

    words = ("platform", "receipt", "--draw", "t1-d1", "--number", "HZ-1", "--platform", PLATFORM)
    assert "HZ-1" in clerk.does(*words)
    assert clerk.json("platform", "show")["receipts"][0]["number"] == "HZ-1"


def test_a_comparison_tells_all_faults_of_a_file_at_once(clerk: Clerk) -> None:
    drawn(clerk)
    bad = write_xlsx(
        clerk.folder / "导出.xlsx",
        ("Sheet", [("统一社会信用代码", "检查人员"), *((a, "甲") for a in BAD)]),
    )
    found = clerk.json("platform", "compare", bad, "--platform", PLATFORM)
    assert [(fault["row"], fault["code"]) for fault in found["faults"]] == WRONG
    assert clerk.json("platform", "show")["compared"] == []


def test_the_platform_draws_from_the_list_frozen_here(clerk: Clerk) -> None:
    clerk.plan()
    clerk.task()
    clerk.does("confirm", "--all", by="sun-approver")
    assert "platform export" in clerk.does("draw", "freeze", "--task", "t1", "--elsewhere", "--yes")
    assert "draw receive" in clerk.does("todo")
    pool = clerk.folder / "名单.csv"
    clerk.does("platform", "export", pool, "--what", "pool", "--map", "neimenggu")
    with pool.open(encoding="utf-8-sig", newline="") as file:
        header, *listed = list(csv.reader(file))
    assert len(listed) == 10 and header[1] == "统一社会信用代码/注册号"

    titles = ("统一社会信用代码/注册号", "检查人员1", "检查人员2")
    wrong = [titles, (listed[0][1], "演示发改局1", "没有此人"), (code(2), "演示发改局1", "演示市场监管局1")]
    export = write_xlsx(clerk.folder / "导出.xlsx", ("双随机抽取结果", wrong))
    words = ("draw", "receive", export, "--map", "neimenggu", "--yes")
    assert clerk.run(*words) == 4
    assert "E-IMP-056" in clerk.err and "E-IMP-060" in clerk.err
    short = [titles, (listed[0][1], "演示发改局1", "演示市场监管局1")]
    write_xlsx(export, ("双随机抽取结果", short))
    assert clerk.run(*words) == 4
    assert "E-IMP-063" in clerk.err

    right = [*short, (listed[1][1], "fgj-02", "scj-02")]
    write_xlsx(export, ("双随机抽取结果", right))
    assert "confirm" in clerk.does(*words)
    clerk.does("confirm", "--all", by="sun-approver")
    assert [one["subject"] for one in clerk.json("draw", "show")["drawn"]] == [listed[0][1], listed[1][1]]
    clerk.run("verify")
    assert "随机性" in clerk.out and "外部平台" in clerk.out


def test_another_department_drew_and_only_our_officers_are_drawn_here(clerk: Clerk) -> None:
    clerk.plan()
    named = [code(n) for n in (2, 3, 5)]
    listed = write_xlsx(
        clerk.folder / "牵头名单.xlsx",
        ("名单", [("企业名称", "统一社会信用代码"), *((f"企业{c}", c) for c in (*named, code(99)))]),
    )
    for name in ("方案.docx", "检查表.docx"):
        (clerk.folder / name).write_bytes(name.encode())
    words: tuple[object, ...] = (
        "task",
        "new",
        "t9",
        "--row",
        "1",
        "--scheme",
        clerk.folder / "方案.docx",
        "--responsible",
        "钱二",
    )
    words += ("--form", clerk.folder / "检查表.docx", "--form-version", "1", "--seat", "fgj*2")
    assert clerk.run(*words, "--lead", "市场监管局") == 2
    assert clerk.run(*words, "--received", listed) == 2
    received = ("--received", listed, "--lead", "市场监管局", "--public-draw")
    assert clerk.run(*words, *received) == 4
    assert "E-IMP-057" in clerk.err
    write_xlsx(listed, ("名单", [("企业名称", "统一社会信用代码"), *((f"企业{c}", c) for c in named)]))
    clerk.does(*words, *received)
    assert "市场监管局" in clerk.out
    clerk.does("confirm", "--all", by="sun-approver")
    clerk.does("draw", "ceremony", "--task", "t9", "--yes")
    drawn_here = clerk.json("draw", "show")
    assert sorted(one["subject"] for one in drawn_here["drawn"]) == sorted(named)
    assert {o for one in drawn_here["drawn"] for o in one["team"]} <= {f"fgj-0{n}" for n in range(1, 5)}
    clerk.run("verify")
    assert "外部平台" in clerk.out


def test_a_map_is_copied_edited_and_told_its_faults_by_line(clerk: Clerk) -> None:
    assert "hebei" in clerk.does("map", "list")
    own = clerk.folder / "我的平台.toml"
    clerk.does("map", "write", "hebei", own)
    assert clerk.run("map", "write", "hebei", own) == 8
    own.write_text(own.read_text("utf-8").replace('"主体名称" = "name"', '"主体名称" = "nam"'), "utf-8")
    lines = own.read_text("utf-8").splitlines()
    places = [n for n, line in enumerate(lines, 1) if '"nam"' in line]
    found = clerk.json("map", "show", own)
    assert [fault["line"] for fault in found["faults"]] == places
    assert clerk.run("map", "show", own) == 4
    assert f"第 {places[0]} 行" in clerk.err
    assert clerk.run("map", "show", "nowhere") == 2
    assert "统一社会信用代码" in clerk.does("map", "show", "ningxia")


@pytest.mark.parametrize(
    ("why", "content"),
    [
        ("no TOML", b"name = "),
        ("not UTF-8", "name = '平台'".encode("gb18030")),
        ("no table", b'name = "x"'),
        ("a table nobody knows", b'name = "x"\n[fines]\n'),
        ("no columns", b'name = "x"\n[draw]\n'),
        ("no subject", b'name = "x"\n[draw.columns]\n"a" = "officers"\n'),
        ("one field twice", b'name = "x"\n[draw.columns]\n"a" = "code"\n"b" = "code"\n'),
        ("a number", b'name = "x"\n[draw.columns]\n"a" = "code"\n"b" = 1\n'),
    ],
)
def test_a_map_is_refused_for(why: str, content: bytes, clerk: Clerk) -> None:
    path = clerk.folder / "map.toml"
    path.write_bytes(content)
    found = clerk.json("map", "show", path)
    assert found["error"]["code"] == "E-MAP-FAULTS" and found["faults"], why


def test_published_results_go_to_another_system_with_the_platform_of_the_policy(clerk: Clerk) -> None:
    drawn(clerk)
    assert clerk.json("platform", "show")["missing"] == [
        {"kind": "plan", "name": "plan-2026"},
        {"kind": "draw", "name": "t1-d1"},
    ]
    assert "尚无平台回执" in clerk.does("todo")
    clerk.does("platform", "receipt", "--plan", "plan-2026", "--number", "JH-1")
    clerk.does("platform", "receipt", "--draw", "t1-d1", "--number", "CQ-1")
    assert clerk.json("platform", "show")["missing"] == []
    assert clerk.run("platform", "receipt", "--results", "--number", "JG-1") == 9

    (clerk.folder / "扫描.pdf").write_bytes(b"scan")
    clerk.clock.go("2026-03-10")
    for one in clerk.json("draw", "show")["drawn"]:
        words = (
            "inspect",
            "record",
            one["subject"],
            "--on",
            "2026-03-09",
            "--scan",
            clerk.folder / "扫描.pdf",
        )
        clerk.does(*words)
    clerk.does("confirm", "--all", by="sun-approver")
    clerk.does("result", "register", "--all", "--channel", "credit_system", "--address", "公示1", "--yes")
    table = clerk.folder / "结果.xlsx"
    clerk.does("platform", "export", table, "--what", "results", "--map", "hulianwang")
    header, *rows = rows_of(table)
    cells = dict(zip(header, rows[0], strict=True))
    assert len(rows) == 2
    assert (cells["监管方式"], cells["监管结果代码"], cells["公示日期"]) == (
        "双随机、一公开",
        "01",
        "2026-03-10",
    )
    assert cells["监管机构名称"] == "演示县发展和改革局" and cells["监管事项"] == "管道安全检查"
    assert "2 个结果" in clerk.does("platform", "receipt", "--results", "--number", "JG-1")
    assert clerk.run("platform", "receipt", "--results", "--number", "JG-2") == 9


def test_a_sealed_draw_is_not_carried_to_a_platform(clerk: Clerk) -> None:
    clerk.plan()
    clerk.task("t1", "--sealed")
    clerk.does("confirm", "--all", by="sun-approver")
    clerk.does("draw", "ceremony", "--task", "t1", "--yes")
    assert clerk.run("platform", "export", clerk.folder / "上传.xlsx") == 9
    assert "E-PLATFORM-SEALED" in clerk.err


def test_a_plan_is_written_in_the_columns_of_the_policy_s_platform(clerk: Clerk) -> None:
    clerk.plan()
    table = clerk.folder / "计划.xlsx"
    assert "ningxia" in clerk.does("platform", "export", table, "--what", "plan")
    header, *rows = rows_of(table)
    assert len(rows) == 2 and rows[0][header.index("抽查比例")] == "20%"
