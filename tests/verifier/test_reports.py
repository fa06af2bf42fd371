"""What is to be reported, by when, and what a report must be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.book import Refused
from ledger.commands import draws, plans, reports, visits
from ledger.commands.todo import todos
from tests.office import Office, digest
from verifier.codec import Value
from verifier.errors import LiuhenError
from verifier.figures import Period
from verifier.law.dues import years_of
from verifier.law.reports import FormDue, report_dues
from verifier.replay import verify_entries

HALF_YEARS: list[Value] = [["joint", "01-01"], ["progress", "01-01"], ["progress", "07-01"]]


def founded(folder: Path, **policy: Value) -> Office:
    """An office whose policy of 2 March asks for more, with a completed draw of that day."""
    office = Office(folder)
    office.lists()
    office.policy(**policy)
    office.plan()
    office.task()
    office.draw()
    return office


def dues(office: Office, today: str) -> list[FormDue]:
    facts = office.book.facts()
    return list(report_dues(facts, years_of(facts), today))


def status(office: Office, rule: str, as_of: str) -> list[str]:
    found = verify_entries(office.book.store.entries(), "ledger", as_of=as_of)
    return [c.status.value for c in found.checks if c.rule == rule]


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2026-03-02", ["2026-03-23"]),
        ("2026-03-23", ["2026-03-23", "2026-04-23"]),
        ("2026-03-24", ["2026-03-23", "2026-04-23"]),
        ("2026-05-01", ["2026-03-23", "2026-04-23", "2026-05-23"]),
        ("2027-01-01", [f"2026-{m:02}-23" for m in range(3, 13)] + ["2027-01-23"]),
    ],
)
def test_monthly_reports_are_asked_from_the_policy_on_and_the_next(
    tmp_path: Path, today: str, days: list[str]
) -> None:
    assert [due.day for due in dues(founded(tmp_path, monthly_report=23), today)] == days


def test_a_day_of_rest_moves_the_last_day_and_not_the_period(tmp_path: Path) -> None:
    """23 May 2026 is a Saturday; this policy moves later: Monday the 25th."""
    due = dues(founded(tmp_path, monthly_report=23), "2026-05-24")[2]
    assert due.limit is not None
    assert (due.day, due.limit.latest) == ("2026-05-23", date(2026, 5, 25))
    assert due.judge("2026-05-25") is True
    assert due.judge("2026-05-26") is False


def test_statistics_of_half_years_and_years(tmp_path: Path) -> None:
    office = founded(tmp_path, report_deadlines=HALF_YEARS)
    found = [(due.of, due.after, due.day) for due in dues(office, "2027-01-02")]
    assert found == [
        ("joint", "2026-01-01", "2027-01-01"),
        ("joint", "2027-01-01", "2028-01-01"),
        ("progress", "2026-01-01", "2026-07-01"),
        ("progress", "2026-07-01", "2027-01-01"),
        ("progress", "2027-01-01", "2027-07-01"),
    ]


def test_a_later_policy_asks_from_its_own_day_on(tmp_path: Path) -> None:
    office = founded(tmp_path, monthly_report=23)
    office.clock.go("2026-03-30")
    row = next(iter(office.book.facts().rows(plans.f.POLICIES)))[1]
    rest = {key: value for key, value in row.values.items() if key != "monthly_report"}
    adopted = plans.adopt_policy(
        office.book,
        office.clerk,
        "xize-2",
        title="细则",
        document="2号",
        file=digest("2"),
        values=rest,
        clauses={},
    )
    office.confirm("approver", adopted)
    assert [due.day for due in dues(office, "2026-12-31")] == ["2026-03-23"]


HANDED_IN = {
    "in time": ("2026-03-01", "2026-03-20", "2026-03-20", ["2026-03-20", ""], ["not_due"]),
    "on the last day": ("2026-02-24", "2026-03-23", "2026-03-23", ["2026-03-23", ""], ["not_due"]),
    "late": ("2026-03-01", "2026-03-23", "2026-03-25", ["2026-03-25", ""], ["warn", "not_due"]),
    "of the days after": ("2026-03-24", "2026-03-31", "2026-03-25", ["", "2026-03-25"], ["warn"]),
    "to the end of the month": ("2026-03-01", "2026-03-31", "2026-03-23", ["", "2026-03-23"], ["warn"]),
}


@pytest.mark.parametrize(("first", "last", "day", "done", "told"), HANDED_IN.values(), ids=HANDED_IN)
def test_a_report_answers_the_day_that_its_period_leads_to(
    tmp_path: Path, first: str, last: str, day: str, done: list[str], told: list[str]
) -> None:
    office = founded(tmp_path, monthly_report=23)
    office.clock.go("2026-03-25")
    period = Period(first, last)
    reports.issue_report(office.book, office.clerk, "monthly", period, digest("月报"), day, "执法监督股")
    asked = dues(office, "2026-03-25")
    assert [due.done for due in asked] == done
    assert status(office, "report.due", "2026-03-25") == told


def test_a_report_of_another_form_answers_nothing(tmp_path: Path) -> None:
    office = founded(tmp_path, monthly_report=23)
    period = Period("2026-03-01", "2026-03-02")
    reports.issue_report(office.book, office.clerk, "yearly", period, digest("年报"), "2026-03-02")
    assert not dues(office, "2026-03-02")[0].done


REPORTS: dict[str, tuple[dict[str, str], str]] = {
    "a period that ends before it begins": ({"first": "2026-03-31"}, "report.period"),
    "a day to come": ({"day": "2026-03-26"}, "report.period"),
    "a day before its period": ({"day": "2026-02-28"}, "report.period"),
}


@pytest.mark.parametrize(("changed", "rule"), REPORTS.values(), ids=REPORTS)
def test_a_report_is_refused_for(tmp_path: Path, changed: dict[str, str], rule: str) -> None:
    office = founded(tmp_path)
    office.clock.go("2026-03-25")
    said = {"first": "2026-03-01", "last": "2026-03-23", "day": "2026-03-25", **changed}
    period = Period(said["first"], said["last"])
    with pytest.raises(Refused) as refused:
        reports.issue_report(office.book, office.clerk, "monthly", period, digest("x"), said["day"])
    assert refused.value.code == rule


@pytest.mark.parametrize(
    ("reported", "as_of", "expected"),
    [
        ("", "2026-03-12", "not_due"),
        ("", "2026-03-13", "warn"),
        ("2026-03-12", "2026-12-01", "pass"),
        ("2026-03-13", "2026-12-01", "warn"),
    ],
)
def test_a_task_is_reported_two_days_after_its_last_visit(
    tmp_path: Path, reported: str, as_of: str, expected: str
) -> None:
    office = founded(tmp_path, report_days=2, report_unit="calendar")
    office.clock.go("2026-03-10")
    for subject in office.drawn():
        office.visit(subject)
    if reported:
        office.clock.go("2026-03-20")
        reports.report_task(office.book, office.clerk, "d1", "执法监督股", reported)
    assert status(office, "task.reporting", as_of) == [expected]


def test_a_task_that_was_not_carried_out_is_reported_after_its_window(tmp_path: Path) -> None:
    office = founded(tmp_path, report_days=2)
    assert status(office, "task.reporting", "2026-10-31") == ["not_due"]
    assert status(office, "task.reporting", "2026-11-02") == ["not_due"]
    assert status(office, "task.reporting", "2026-11-03") == ["warn"]


@pytest.mark.parametrize(
    ("issued", "as_of", "expected"),
    [("", "2026-11-20", "not_due"), ("", "2026-12-20", "warn"), ("2026-03-12", "2026-12-20", "pass")],
)
def test_a_draw_has_its_bulletin_with_the_results(
    tmp_path: Path, issued: str, as_of: str, expected: str
) -> None:
    office = founded(tmp_path, bulletin=True)
    if issued:
        office.clock.go(issued)
        reports.issue_bulletin(
            office.book, office.clerk, "d1", "portal", issued, "公告2026-9", digest("通报")
        )
    assert status(office, "bulletin.due", as_of) == [expected]


def test_where_no_policy_asks_nothing_is_due(tmp_path: Path) -> None:
    office = founded(tmp_path)
    for rule in ("bulletin.due", "task.reporting", "report.due"):
        assert status(office, rule, "2027-12-31") == ["n/a"]


def test_a_bulletin_does_not_tell_of_a_sealed_draw(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready(sealed=True)
    office.draw()
    with pytest.raises(Refused) as refused:
        reports.issue_bulletin(office.book, office.clerk, "d1", "portal", "2026-03-02")
    assert refused.value.code == "bulletin.draw"
    reports.report_task(office.book, office.clerk, "d1", "执法监督股", "2026-03-02")


@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-03"])
def test_a_bulletin_is_dated_between_the_draw_and_today(tmp_path: Path, day: str) -> None:
    office = founded(tmp_path)
    with pytest.raises(Refused) as refused:
        reports.issue_bulletin(office.book, office.clerk, "d1", "portal", day)
    assert refused.value.code == "bulletin.draw"


def test_an_open_draw_is_neither_announced_nor_reported(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.freeze()
    for deed in (
        lambda: reports.issue_bulletin(office.book, office.clerk, "d1", "portal", "2026-03-02"),
        lambda: reports.report_task(office.book, office.clerk, "d1", "执法监督股", "2026-03-02"),
    ):
        with pytest.raises(LiuhenError):
            deed()
    assert draws.draw_of(office.book.facts(), "d1").state == "frozen"


ACTIVITIES: dict[str, dict[str, object]] = {
    "a meeting that is led by somebody": {"kind": "meeting", "lead": "别的部门"},
    "a joint check that nobody leads": {"kind": "joint_elsewhere"},
    "more results than subjects": {
        "kind": "joint_elsewhere",
        "lead": "别的部门",
        "subjects": 3,
        "published": 4,
    },
    "a day to come": {"kind": "training", "day": "2026-03-03"},
}


@pytest.mark.parametrize("said", ACTIVITIES.values(), ids=ACTIVITIES)
def test_an_activity_is_refused_for(tmp_path: Path, said: dict[str, object]) -> None:
    office = founded(tmp_path)
    rest = {key: value for key, value in said.items() if key not in ("kind", "day")}
    with pytest.raises(Refused) as refused:
        reports.record_activity(
            office.book,
            office.clerk,
            str(said["kind"]),
            str(said.get("day", "2026-03-02")),
            "标题",
            **rest,  # type: ignore[arg-type]
        )
    assert refused.value.code == "activity.record"


def test_days_and_titles_are_corrected_and_judged_again(tmp_path: Path) -> None:
    office = founded(tmp_path)
    reports.record_activity(office.book, office.clerk, "meeting", "2026-03-02", "部署会")
    reports.issue_bulletin(office.book, office.clerk, "d1", "portal", "2026-03-02")
    seqs = {e.body.type: e.body.seq for e in office.book.entries()}
    with pytest.raises(Refused):
        visits.correct(office.book, office.clerk, seqs["activity.recorded"], "date", "2026-03-09", "笔误")
    with pytest.raises(Refused):
        visits.correct(office.book, office.clerk, seqs["bulletin.issued"], "date", "2026-03-01", "笔误")
    done = visits.correct(office.book, office.clerk, seqs["activity.recorded"], "title", "推进会", "笔误")
    office.confirm("approver", done)
    (row,) = [row for _, row in office.book.facts().rows(plans.f.ACTIVITIES)]
    assert row.data["title"] == "推进会"


def test_figures_of_a_report_take_no_correction_and_a_void_one_is_gone(tmp_path: Path) -> None:
    office = founded(tmp_path, monthly_report=23)
    period = Period("2026-03-01", "2026-03-02")
    reports.issue_report(office.book, office.clerk, "monthly", period, digest("x"), "2026-03-02")
    seq = office.book.store.head().size - 1
    with pytest.raises(Refused) as refused:
        visits.correct(office.book, office.clerk, seq, "figures", [], "重算")
    assert refused.value.code == "correction.lawful"
    assert dues(office, "2026-03-02")[0].done == "2026-03-02"
    office.confirm("approver", visits.void(office.book, office.clerk, seq, "误报"))
    assert not dues(office, "2026-03-02")[0].done


def test_what_is_to_be_reported_is_a_thing_to_do(tmp_path: Path) -> None:
    office = founded(tmp_path, bulletin=True, report_days=2, monthly_report=23)
    office.clock.go("2026-03-10")
    for subject in office.drawn():
        office.visit(subject)
    wanted = {"bulletin.issue", "report.task", "report.issue"}
    found = {one.kind: one for one in todos(office.book.facts(), "2026-03-10") if one.kind in wanted}
    assert set(found) == wanted
    assert found["report.task"].due == "2026-03-12"
    assert found["report.issue"].step.endswith("--from 2026-02-24 --until 2026-03-23")
