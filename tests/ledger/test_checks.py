"""Checks outside plan and draw: recorded, counted apart, corrected, judged by the same law."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.book import Refused
from ledger.commands import checks, visits
from ledger.commands.todo import todos
from tests.office import POLICY, Office, digest, made_up_code
from verifier import facts as f
from verifier.law.identity import inspected
from verifier.law.question import ask
from verifier.law.repeats import repeats
from verifier.replay import verify_entries
from verifier.report import Status

TEAM = ("off-00", "off-01")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.ready()
    made.clock.go("2026-03-10")
    return made


def check(office: Office, subject: str = "", **rest: object) -> tuple[str, list[str]]:
    """The id of a check, and the rules that warned."""
    options: dict[str, object] = {
        "occurred": "2026-03-10T09:00:00+08:00",
        "officers": TEAM,
        "items": ["item-1"],
        **rest,
    }
    subject = subject or made_up_code(1)
    name, written = checks.record_check(office.book, office.clerk, subject, **options)  # type: ignore[arg-type]
    return name, [finding.rule for finding in written.warnings]


def test_without_a_ground_it_is_recorded_and_stays_a_finding(office: Office) -> None:
    name, warned = check(office)
    assert warned == ["check.planned"]
    report = verify_entries([e.raw for e in office.book.entries()], "checks")
    assert [c.rule for c in report.checks if c.status is Status.WARN] == ["check.planned"]
    assert [one.name for one in checks.unexplained(office.book.facts())] == [name]


def test_with_a_ground_it_is_no_finding_and_counted_apart(office: Office) -> None:
    exempt = ("complaint", digest("举报"))
    _, warned = check(office, exemption=exempt)
    assert warned == []
    assert [one.exempt for one in checks.checks(office.book.facts(), "2026")] == ["complaint"]
    assert checks.checks(office.book.facts(), "2025") == []
    assert checks.unexplained(office.book.facts()) == []


def test_an_item_declared_unsuitable_may_be_inspected(office: Office) -> None:
    row = {"text": ["现场监督"], "body": "发改局", "reason": "须逐户检查"}
    office.import_rows("unsuitable", [("un-1", row)])  # type: ignore[list-item]
    check(office, items=["un-1"], exemption=("accident", digest("报告")))


@pytest.mark.parametrize(
    ("why", "rule", "changes"),
    [
        ("an officer of no list", "check.team", {"officers": ["off-00", "off-99"]}),
        ("one officer", "check.team", {"officers": ["off-00"]}),
        ("an item of no list", "check.item", {"items": ["item-99"]}),
        ("a day to come", "visit.clock", {"occurred": "2026-03-11T09:00:00+08:00"}),
        ("a subject of no list", "list.known", {"subject": made_up_code(99)}),
    ],
)
def test_it_is_refused_for(office: Office, why: str, rule: str, changes: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        check(office, **changes)  # type: ignore[arg-type]
    assert refused.value.code == rule, why


def test_the_same_check_is_not_recorded_twice(office: Office) -> None:
    check(office)
    with pytest.raises(Refused, match=r"check\.once"):
        check(office)
    check(office, items=["item-2"])


def test_a_reason_written_later_ends_the_duty_to_give_one(office: Office) -> None:
    check(office)
    (todo,) = [one for one in todos(office.book.facts(), "2026-03-10") if one.kind == "check.reason"]
    seq = int(todo.step.split()[1])
    office.confirm("approver", visits.correct(office.book, office.clerk, seq, "reason", "临时安排", "补充"))
    assert checks.unexplained(office.book.facts()) == []
    assert checks.checks(office.book.facts())[0].data["reason"] == "临时安排"


def test_a_correction_is_judged_like_the_record(office: Office) -> None:
    check(office)
    seq = checks.checks(office.book.facts())[0].seq
    with pytest.raises(Refused, match=r"check\.team"):
        visits.correct(office.book, office.clerk, seq, "officers", ["off-00"], "笔误")


def test_a_voided_check_is_gone(office: Office) -> None:
    check(office)
    seq = checks.checks(office.book.facts())[0].seq
    office.confirm("approver", visits.void(office.book, office.clerk, seq, "重复登记"))
    assert checks.checks(office.book.facts()) == []


def test_what_was_found_stays_private(office: Office) -> None:
    check(office, findings="罐区消防设施过期")
    (held,) = checks.checks(office.book.facts())
    commitment = held.data["findings"]["$c"]
    opened = office.book.open_private(commitment)
    assert opened is not None and opened[1] == "罐区消防设施过期"
    assert not any("罐区".encode() in e.raw for e in office.book.entries())


def test_it_counts_for_the_cap_of_the_year_and_not_as_drawn(office: Office) -> None:
    facts = office.book.facts()
    task = facts.get(f.TASKS, "t1")
    assert task is not None
    question = ask(facts, "t1", task.data, "2026-03-10")
    first = question.frozen.pool[0][1]
    check(office, first)
    facts = office.book.facts()
    assert [by for _, by, _ in inspected(facts, 2026)[first]] == ["unplanned"]
    assert repeats(facts, {**POLICY, "yearly_cap": 1}, task.data, question, "2026-03-10").capped == (first,)
    assert repeats(facts, {**POLICY, "repeat": "refuse"}, task.data, question, "2026-03-10").drawn == ()
