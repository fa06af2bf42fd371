"""Filing, amending and dividing by risk, each judged by the law as the year goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.book import Refused, Written
from ledger.commands import draws, plans, visits
from tests.office import POLICY, Office, digest, subject
from verifier import facts as f
from verifier.replay import verify_entries
from verifier.report import Report, Status


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def report(office: Office, as_of: str | None = None) -> Report:
    return verify_entries([entry.raw for entry in office.book.entries()], "office", as_of=as_of)


def statuses(office: Office, rule: str, as_of: str | None = None) -> list[str]:
    return [check.status.value for check in report(office, as_of).checks if check.rule == rule]


def adopt(office: Office, **values: object) -> None:
    """A policy with more values than the plain one, and the calendar of 2026."""
    written = plans.adopt_policy(
        office.book,
        office.clerk,
        "xize-3",
        title="细则",
        document="演发改〔2026〕3号",
        file=digest("细则"),
        values={**POLICY, **values},  # type: ignore[dict-item]
        clauses={},
    )
    office.confirm("approver", written)
    off, work = plans.year_table(2026)
    plans.adopt_calendar(office.book, office.clerk, 2026, "国办发明电〔2025〕7号", off, work)


def row(office: Office) -> dict[str, Any]:
    held = office.book.facts().get(f.register("plan.p2026"), "1")
    assert held is not None
    return dict(held.record)


def amend(office: Office, **changes: object) -> Written:
    """Propose row 1 with changes."""
    office.import_rows("amend.p2026", [("1", {**row(office), **changes})])
    return plans.amend_plan(office.book, office.clerk, "p2026", "上级要求")


def republish(office: Office) -> None:
    plans.publish_plan(office.book, office.clerk, "p2026", plans.publication("portal", office.clock.day))


def test_a_plan_amended_after_a_freeze_does_not_touch_that_draw(office: Office) -> None:
    office.ready()
    office.freeze()
    before = office.book.facts().get(f.DRAWS, "d1")
    office.confirm("approver", amend(office, p=1, q=2, until="2026-09"))
    assert (row(office)["q"], office.book.facts().get(f.DRAWS, "d1")) == (2, before)
    office.commits()
    office.reveals()
    draws.run(office.book, office.clerk, "d1")
    assert len(office.drawn()) == 4, "a fifth of 20 as frozen, not half"
    assert report(office).verdict.value == "pass"


def test_a_task_of_the_plan_as_it_was_cannot_be_frozen(office: Office) -> None:
    office.ready()
    office.confirm("approver", amend(office, p=1, q=2))
    with pytest.raises(Refused) as caught:
        office.freeze()
    assert [x.rule for x in caught.value.findings] == ["task.rate"]
    republish(office)
    office.task("t2")
    office.freeze("d2", "t2")


def test_a_task_that_still_fits_its_amended_row_is_frozen(office: Office) -> None:
    office.ready()
    office.confirm("approver", amend(office, remark="县本级开展"))
    office.freeze()


def test_an_amended_plan_is_published_again_before_a_task_is_made(office: Office) -> None:
    office.ready()
    office.confirm("approver", amend(office, until="2026-11"))
    with pytest.raises(Refused, match=r"plan\.order"):
        office.task("t2")
    republish(office)
    office.task("t2")
    (_, change), *_ = office.book.facts().rows(f.AMENDMENTS)
    assert (change.reason, change.clerk, change.approver, change.rows) == (
        *("上级要求", "qian-clerk", "sun-approver"),
        ("1",),
    )


def test_what_was_proposed_is_what_is_confirmed(office: Office) -> None:
    office.ready()
    first = amend(office, p=1, q=2)
    office.import_rows("amend.p2026", [("1", {**row(office), "p": 1, "q": 50})])
    with pytest.raises(Refused, match=r"plan\.rows"):
        office.confirm("approver", first)
    assert row(office)["q"] == 5


def test_the_clerk_does_not_approve_an_amendment(office: Office) -> None:
    office.ready()
    written = amend(office, p=1, q=2)
    for who in ("clerk", "supervisor"):
        with pytest.raises(Refused, match=r"act\.confirmed"):
            office.confirm(who, written)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        pytest.param({}, "plan.amended", id="nothing"),
        pytest.param({"items": ["item-9"]}, "plan.items", id="an item not listed"),
    ],
)
def test_an_amendment_that_is_refused(office: Office, changes: dict[str, object], rule: str) -> None:
    office.ready()
    with pytest.raises(Refused, match=rule):
        amend(office, **changes)


def test_a_plan_not_yet_approved_is_changed_by_importing_it_not_by_an_amendment(office: Office) -> None:
    office.ready()
    with pytest.raises(Refused, match=r"plan\.order"):
        plans.amend_plan(office.book, office.clerk, "p2027", "调整")


DEADLINE = {"plan_deadlines": [["yearly", "03-16"]], "rest_day": "earlier"}


def filed(office: Office, day: str) -> Written:
    return plans.file_plan(office.book, office.clerk, "p2026", "yearly", "司法局", day)


@pytest.mark.parametrize(
    ("day", "as_of", "status"),
    [
        pytest.param("", "2026-03-16", "not_due", id="the last day is not over"),
        pytest.param("", "2026-03-17", "warn", id="not filed and late"),
        pytest.param("2026-03-16", "2026-12-31", "pass", id="filed on the last day"),
        pytest.param("2026-03-17", "2026-12-31", "warn", id="filed a day late"),
    ],
)
def test_a_plan_is_filed_by_its_day(office: Office, day: str, as_of: str, status: str) -> None:
    office.lists()
    adopt(office, **DEADLINE)
    office.plan()
    if day:
        office.clock.go(day)
        filed(office, day)
    assert statuses(office, "plan.filing", as_of) == [status]


def test_a_year_without_a_calendar_makes_the_day_provisional(office: Office) -> None:
    office.lists()
    adopt(office, plan_deadlines=[["yearly", "03-16"]])
    office.import_rows("plan.p2027", [("1", {**_row(), "until": "2027-10"})])
    plans.submit_plan(office.book, office.clerk, "p2027", "2027年度抽查计划", 2027)
    (check,) = (c for c in report(office, "2027-04-01").checks if c.rule == "plan.filing")
    assert (check.status, check.expected) == (Status.NOT_DUE, "filed by 暂定")


def _row() -> dict[str, Any]:
    return {
        "no": 1,
        "plan_name": "计划",
        "task_name": "任务",
        "text": ["对管道安全检查"],
        "items": ["item-1"],
        "p": 1,
        "q": 5,
        "objects": "企业",
        "draw": "undirected",
        "organiser": "发改局",
        "executor": "发改局",
        "until": "2026-10",
    }


def test_a_joint_table_is_due_only_of_a_plan_with_joint_rows(office: Office) -> None:
    office.lists()
    adopt(office, plan_deadlines=[["joint", "03-16"], ["internal", "03-16"]])
    office.import_rows("plan.p2026", [("1", {**_row(), "kind": "joint", "partners": ["市场监管局"]})])
    plans.submit_plan(office.book, office.clerk, "p2026", "计划", 2026)
    assert statuses(office, "plan.filing", "2026-04-01") == ["warn"]


def test_without_deadlines_nothing_is_asked_of_filings(office: Office) -> None:
    office.year()
    assert statuses(office, "plan.filing", "2027-01-01") == ["n/a"]
    assert statuses(office, "plan.filing-order") == ["n/a"]


def test_a_filing_is_corrected_and_voided(office: Office) -> None:
    office.lists()
    adopt(office, **DEADLINE)
    office.plan()
    office.clock.go("2026-03-20")
    filed(office, "2026-03-20")
    seq = office.book.store.head().size - 1
    office.confirm("approver", visits.correct(office.book, office.clerk, seq, "date", "2026-03-13", "笔误"))
    assert statuses(office, "plan.filing") == ["pass"]
    office.confirm("approver", visits.void(office.book, office.clerk, seq, "未备案"))
    assert statuses(office, "plan.filing") == ["warn"]


def test_a_filing_before_publication_is_a_warning_only_where_the_policy_says_so(office: Office) -> None:
    office.lists()
    adopt(office, publish_before_file=True)
    office.plan()
    filed(office, "2026-03-02")
    assert statuses(office, "plan.filing-order") == ["pass"]
    filed(office, "2026-03-01")
    assert statuses(office, "plan.filing-order") == ["warn"]
    with pytest.raises(Refused, match=r"result\.date"):
        filed(office, "2026-03-03")


CLASSES = [
    {"id": f"risk-{risk}", "filter": {"tags": ["油气"], "status": ["active"], "risk": [risk]}, "w": weight}
    for risk, weight in (("A", 1), ("B", 2), ("C", 4), ("D", 8))
]


def by_risk(office: Office) -> None:
    office.lists()
    office.policy()
    row = {**_row(), "by_risk": True, "rate_text": "20%（运用企业信用风险分级分类开展）", "tags": ["油气"]}
    office.import_rows("plan.p2026", [("1", row)])
    plans.submit_plan(office.book, office.clerk, "p2026", "计划", 2026)
    plans.approve_plan(office.book, office.approver, "p2026")
    republish(office)


def test_a_row_by_risk_is_drawn_at_one_rate_with_weights(office: Office) -> None:
    by_risk(office)
    with pytest.raises(Refused, match=r"task\.rate"):
        office.task()
    office.task(strata=CLASSES, overall=(1, 5))
    office.draw()
    assert len(office.drawn()) == 4


@pytest.mark.parametrize("risk", [None, "D"])
def test_nobody_falls_out_of_a_draw_by_risk(office: Office, risk: str | None) -> None:
    by_risk(office)
    strata = CLASSES if risk is None else CLASSES[:-1]
    name, record = subject(10)
    record["risk"] = risk  # type: ignore[assignment]
    office.import_rows("subjects", [(name, {k: v for k, v in record.items() if v is not None})])
    office.task(strata=strata, overall=(1, 5))
    with pytest.raises(Refused, match=r"task\.filter") as caught:
        office.freeze()
    assert name in caught.value.params["found"]
    office.import_rows("subjects", [(name, {**record, "risk": "B", "risk_source": "本单位：未评级按B类"})])
    office.freeze()
