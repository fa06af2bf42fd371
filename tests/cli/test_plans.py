"""Policy, calendar, plan and tasks at the counter: from the lists to a task that can be drawn."""

from __future__ import annotations

import pytest

from ledger.book import Book
from tests.cli.clerk import Clerk, code
from verifier import facts as f


def test_a_policy_is_explained_adopted_and_in_force_after_confirmation(clerk: Clerk) -> None:
    assert "不低于3%" in clerk.does("policy", "show", "s0")
    assert clerk.run("policy", "show") == 9
    own = clerk.folder / "细则.toml"
    clerk.does("policy", "show", "s0", "--save", own)
    own.write_text(own.read_text("utf-8").replace("min_officers = 2", "min_officers = 3"), "utf-8")
    (clerk.folder / "细则.pdf").write_bytes(b"rules")
    assert "confirm" in clerk.does("policy", "adopt", own, "--file", clerk.folder / "细则.pdf", "--id", "x-1")
    assert "待确认" in clerk.does("policy", "list")
    clerk.does("confirm", "--all", by="sun-approver")
    shown = clerk.json("policy", "show")
    assert (shown["policy"], shown["values"]["min_officers"]) == ("x-1", 3)


def test_a_calendar_is_filled_in_or_typed(clerk: Clerk) -> None:
    assert clerk.json("calendar", "adopt", "2026")["notice"] == "国办发明电〔2025〕7号"
    assert clerk.run("calendar", "adopt", "2031", "--notice", "某号") == 3
    clerk.does("calendar", "adopt", "2031", "--notice", "某号", "--off", "01-01..01-03", "--work", "01-04")
    held = clerk.json("calendar", "list")["calendars"]
    assert held[1] == {"year": 2031, "notice": "某号", "off": ["01-01", "01-02", "01-03"], "work": ["01-04"]}
    assert clerk.run("calendar", "adopt", "2031", "--notice", "某号", "--off", "02-30") == 2


def test_a_plan_is_submitted_sent_back_approved_and_published(clerk: Clerk) -> None:
    path = clerk.lists()
    assert "plan submit plan-2026" in clerk.does("plan", "import", path)
    assert "20%" in clerk.does("plan", "show")
    clerk.does("plan", "submit")
    assert clerk.run("plan", "approve") == 9
    assert "role.permitted" in clerk.err
    clerk.does("plan", "reject", "--reason", "比例偏低", by="sun-approver")
    clerk.does("plan", "submit")
    clerk.does("plan", "approve", by="sun-approver")
    assert clerk.run("plan", "publish", "--channel", "portal") == 8
    clerk.does("plan", "publish", "--channel", "portal", "--address", "https://www.example.gov.cn", "--yes")
    shown = clerk.json("plan", "show")
    assert (shown["state"], shown["approver"], len(shown["rows"])) == ("published", "sun-approver", 2)


def test_a_plan_is_published_in_two_places_and_the_first_counts(clerk: Clerk) -> None:
    clerk.plan()
    clerk.clock.go("2026-03-05")
    clerk.does("plan", "publish", "--channel", "department_site", "--yes")
    clerk.does("correct", entry(clerk, 2), "date", "2026-03-04", "--reason", "笔误")
    clerk.does("confirm", "--all", by="sun-approver")
    assert published(clerk) == "2026-03-02"
    clerk.does("correct", entry(clerk, 1), "date", "2026-03-01", "--reason", "笔误")
    clerk.does("confirm", "--all", by="sun-approver")
    assert published(clerk) == "2026-03-01"


def entry(clerk: Clerk, number: int) -> int:
    """The seq of a publication of the plan, the first being 1."""
    with Book.open(clerk.folder / "台账 ledger.db", read_only=True) as book:
        return [e.body.seq for e in book.entries() if e.body.type == "plan.published"][number - 1]


def published(clerk: Clerk) -> str:
    """The day from which the plan counts as published."""
    with Book.open(clerk.folder / "台账 ledger.db", read_only=True) as book:
        plan = book.facts().get(f.PLANS, "plan-2026")
        return plan.published if plan else ""


def test_an_approval_on_paper_counts_when_a_second_holder_confirms(clerk: Clerk) -> None:
    clerk.does("plan", "import", clerk.lists())
    clerk.does("plan", "submit")
    (clerk.folder / "纪要.pdf").write_bytes(b"minutes")
    assert clerk.run("plan", "approve", "--names", "甲、乙") == 2
    clerk.does(
        "plan", "approve", "--paper", clerk.folder / "纪要.pdf", "--names", "甲、乙", "--body", "局党组"
    )
    assert clerk.json("plan", "show")["state"] == "submitted"
    clerk.does("confirm", "--all", by="li-supervisor")
    assert clerk.json("plan", "show")["state"] == "approved"


def test_a_task_is_previewed_confirmed_and_leads_to_the_freeze(clerk: Clerk) -> None:
    clerk.plan()
    clerk.task()
    found = clerk.json("task", "preview", "t1")
    assert found["state"] == "proposed"
    assert [(s["n"], s["k"]) for s in found["strata"]] == [(10, 2)]
    assert (found["teams"], found["fewest"], found["refusals"]) == (16, 16, [])
    clerk.does("confirm", "--all", by="sun-approver")
    assert clerk.json("task", "preview")["next"].endswith("draw freeze --task t1")
    assert clerk.json("task", "show")["created"]["window"] == ["2026-03-02", "2026-10-31"]
    assert "已批准" in clerk.does("task", "list")


def test_a_subject_without_able_officers_is_excluded_on_the_preview_s_advice(clerk: Clerk) -> None:
    clerk.plan()
    clerk.task()
    clerk.does("confirm", "--all", by="sun-approver")
    for officer in range(1, 5):
        clerk.does("conflict", "declare", f"fgj-0{officer}", code(1), "--relation", "持股")
    found = clerk.json("task", "preview")
    assert found["unserved"] == [code(1)]
    assert "--reason no-able-officer" in found["next"]
    (clerk.folder / "申报表.pdf").write_bytes(b"declarations")
    evidence = ("--evidence", clerk.folder / "申报表.pdf")
    clerk.does("task", "exclude", code(1), "--reason", "回避后无可派人员", *evidence)
    clerk.does("confirm", "--all", by="sun-approver")
    found = clerk.json("task", "preview")
    assert (found["unserved"], found["strata"][0]["n"]) == ([], 9)


def test_risk_classes_divide_one_rate_and_who_has_none_is_named(clerk: Clerk) -> None:
    clerk.plan()
    clerk.does("subject", "change", code(1), "--risk", "")
    clerk.does("subject", "change", code(3), "--risk", "D")
    shown = clerk.task("t1", "--by-risk", "A=1,B=2,C=4,D=8", "--groups", "2", "--public", "balls:7")
    assert "1 户存续对象不在任何抽取层" in shown
    assert code(1) in shown
    found = clerk.json("task", "preview")
    assert {s["id"]: (s["n"], s["k"]) for s in found["strata"]}["risk-B"] == (8, 1)
    assert sum(s["k"] for s in found["strata"]) == 2


def test_a_low_rate_shows_its_reason_and_the_law_s_remark(clerk: Clerk) -> None:
    clerk.plan()
    shown = clerk.task("t2", "--row", "2", "--seat", "fgj")
    assert "库存普查已覆盖" in shown
    assert "policy.min-rate" in shown


@pytest.mark.parametrize(
    ("what", "options", "exit_code", "told"),
    [
        ("a row that is not there", ("--row", "9"), 9, "E-PLAN-ROW"),
        ("a public value too short", ("--public", "balls:3"), 2, "balls:<6-64>"),
        ("a seat in Chinese", ("--seat", "发改局"), 2, "部门代码/资质代码*人数"),
        ("a stratum of no attribute", ("--stratum", "x:colour=red"), 2, "district"),
        ("weights of no class", ("--by-risk", "E=1"), 2, "A=1"),
        ("both divisions", ("--by-risk", "A=1", "--stratum", "x:risk=A"), 2, "--by-risk"),
        ("a window after the plan's", ("--window", "2026-03-01", "2026-12-31"), 9, "task.plan"),
        ("other tags than the plan's", ("--tag", "粮食经营"), 9, "task.filter"),
        ("a plan that is not there", ("--plan", "plan-1999"), 9, "E-PLAN-ROW"),
    ],
)
def test_a_task_that_cannot_be_is_refused(
    clerk: Clerk, what: str, options: tuple[str, ...], exit_code: int, told: str
) -> None:
    clerk.plan()
    for file in ("方案.docx", "检查表.docx"):
        (clerk.folder / file).write_bytes(b"x")
    at = ("--scheme", clerk.folder / "方案.docx", "--form", clerk.folder / "检查表.docx")
    base = ("task", "new", "t1", "--row", "1", *at, "--form-version", "1", "--responsible", "钱二")
    assert clerk.run(*base, "--seat", "fgj*2", *options) == exit_code, clerk.err
    assert told in clerk.err
    assert clerk.json("task", "list")["tasks"] == []


def test_what_has_a_shortage_says_so_before_it_is_confirmed(clerk: Clerk) -> None:
    clerk.plan()
    shown = clerk.task("t1", "--seat", "scj/metering*2")
    assert "需要可派人员" in shown
    assert "officer list --department scj" in shown


def test_the_next_step_of_a_saved_policy_works_in_a_folder_with_a_space(clerk: Clerk) -> None:
    own = clerk.folder / "细则 一.toml"
    assert f'policy adopt "{own}" --file' in clerk.does("policy", "show", "s0", "--save", own)
