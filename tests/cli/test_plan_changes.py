"""Checking, filing and amending a plan at the counter; policies compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.clerk import PLAN, Clerk, code
from tests.ledger.sheets import write_xlsx


def sheet(clerk: Clerk, *rows: dict[int, str]) -> Path:
    """The made-up plan with cells changed, a row of PLAN for each."""
    changed = [[row.get(i, cell) for i, cell in enumerate(PLAN[n])] for n, row in enumerate(rows, 1)]
    return write_xlsx(clerk.folder / "调整.xlsx", ("年度抽查计划", [PLAN[0], *changed]))


def test_a_plan_is_checked_before_it_is_submitted(clerk: Clerk) -> None:
    path = clerk.lists()
    clerk.does("plan", "import", path)
    answer = clerk.json("plan", "check")
    assert {(r["id"], r["row"]) for r in answer["remarks"]} >= {
        ("rate-low", "2"),
        ("classes-partial", "classes"),
    }
    assert all(r["source"] and r["zh"] and r["en"] for r in answer["remarks"])
    assert clerk.run("plan", "check") == 0 and "〔建议〕2：抽查比例1%低于3%" in clerk.out
    low = sheet(clerk, {}, {12: ""})
    clerk.does("plan", "import", low)
    assert clerk.run("plan", "check") == 1 and "〔须改〕2：" in clerk.out
    assert "须改 1 条" in clerk.does("plan", "submit")


def test_a_name_by_the_rule_is_suggested(clerk: Clerk) -> None:
    clerk.lists()
    assert "2026年演示县发展和改革局随机抽查001" in clerk.does("plan", "name")
    assert clerk.json("plan", "name", "--number", 7)["name"].endswith("随机抽查007")
    assert clerk.run("plan", "name", "--number", 0) == 2


def test_a_plan_is_filed_with_its_receipt(clerk: Clerk) -> None:
    clerk.lists()
    assert clerk.run("plan", "file", "--authority", "司法局") == 9
    clerk.does("plan", "import", clerk.folder / "名录 2026.xlsx")
    clerk.does("plan", "submit")
    clerk.does("plan", "approve", by="sun-approver")
    (clerk.folder / "回执.pdf").write_bytes(b"receipt")
    words = ("plan", "file", "--authority", "司法局", "--receipt", clerk.folder / "回执.pdf")
    assert "年度计划" in clerk.does(*words, "--date", "2026-03-01")
    assert "年度计划已于 2026-03-01 向司法局备案" in clerk.does("plan", "show")
    assert clerk.run(*words, "--date", "2026-03-03") == 9, "a date in the future"
    assert clerk.run(*words, "--table", "月报") == 2


def test_an_amendment_is_shown_confirmed_and_published_again(clerk: Clerk) -> None:
    clerk.plan()
    clerk.task()
    clerk.does("confirm", "--all", by="sun-approver")
    path = sheet(clerk, {5: "30%"}, {5: "4%", 12: ""})
    told = clerk.does("plan", "amend", path, "--reason", "提高比例", "--yes")
    assert "第1行，抽查比例：20% → 30%" in told and "第2行，低于比例的理由：库存普查已覆盖 → —" in told
    assert clerk.json("plan", "show")["rows"][0]["q"] == 5, "nothing changes before the confirmation"
    clerk.does("confirm", "--all", by="sun-approver")
    assert "确认的调整（第1、2行）：提高比例" in clerk.does("plan", "show")
    shown = clerk.json("plan", "show")
    assert (shown["state"], shown["rows"][0]["p"], shown["rows"][0]["q"]) == ("approved", 3, 10)
    assert clerk.run("draw", "freeze", "d1", "--yes") == 9 and "task.rate" in clerk.err
    clerk.does("plan", "publish", "--channel", "政府门户网站", "--yes")
    assert clerk.run("plan", "amend", path, "--reason", "再次", "--yes") == 9
    assert "E-PLAN-SAME" in clerk.err


@pytest.mark.parametrize(
    ("rows", "exit_code"),
    [
        pytest.param(({5: "五成"}, {}), 4, id="a rate in words"),
        pytest.param(({4: "item-9"}, {}), 4, id="an item not listed"),
        pytest.param(({11: "10月"}, {1: "计划"}), 0, id="a month of the year in the name"),
        pytest.param(({1: "计划", 11: "10月"}, {}), 4, id="a month of no year"),
    ],
)
def test_a_bad_amendment_changes_nothing(
    clerk: Clerk,
    rows: tuple[dict[int, str], ...],
    exit_code: int,
) -> None:
    clerk.plan()
    before = clerk.json("log", "list")
    found = clerk.run("plan", "amend", sheet(clerk, *rows), "--reason", "调整", "--yes")
    assert found == exit_code
    assert exit_code == 0 or clerk.json("log", "list") == before


def test_the_plan_of_a_superior_body_is_imported_and_remarked(clerk: Clerk) -> None:
    path = clerk.lists()
    header = ("序号", "上级部门", "计划名称", "检查时间", "行业标签", "统一社会信用代码")
    rows = [header, ("1", "市发改委", "2026年油气抽查", "9月-10月", "油气", "")]
    clerk.does("plan", "superior", write_xlsx(clerk.folder / "上级.xlsx", ("上级抽查计划", rows)))
    clerk.does("plan", "import", path)
    assert {r["row"] for r in clerk.json("plan", "check")["remarks"] if r["id"] == "superior-overlap"} == {
        "1"
    }
    rows = [header, ("1", "市发改委", "2026年油气抽查", "9月", "", code(1)[:17] + "号")]
    bad = write_xlsx(clerk.folder / "上级.xlsx", ("上级抽查计划", rows))
    assert clerk.run("plan", "superior", bad) == 4


def test_policies_are_checked_alone_and_against_each_other(clerk: Clerk) -> None:
    assert clerk.run("policy", "check", "s1") == 0 and "repeat-override" in clerk.out
    assert clerk.run("policy", "check", "s1", "s0") == 9
    assert "阳发改字〔2023〕15号" in clerk.err and "细则第九条" in clerk.err
    (clerk.folder / "细则.pdf").write_bytes(b"rules")
    adopt = ("policy", "adopt", "s0", "--file", clerk.folder / "细则.pdf")
    assert clerk.run(*adopt, "--with", "s1") == 9
    assert clerk.run("policy", "check", "s3", "--add", "x") == 2
    clerk.does(*adopt, "--with", "s2", "--add", "strict-2024")
    clerk.does("confirm", "--all", by="sun-approver")
    assert "国办发〔2024〕54号" in clerk.does("policy", "check")


def test_a_task_of_a_row_by_risk_asks_for_weights(clerk: Clerk) -> None:
    clerk.lists()
    clerk.does("plan", "import", sheet(clerk, {5: "20%（运用企业信用风险分级分类开展）"}, {}))
    clerk.does("plan", "submit")
    clerk.does("plan", "approve", by="sun-approver")
    clerk.does("plan", "publish", "--channel", "政府门户网站", "--yes")
    with pytest.raises(AssertionError, match="E-TASK-BY-RISK"):
        clerk.task()
    clerk.task("t1", "--by-risk", "A=1,B=2,C=4,D=8")
    clerk.does("confirm", "--all", by="sun-approver")
    clerk.does("draw", "freeze", "d1", "--yes")
