"""The platform beside the ledger, through the deeds: comparisons, receipts, lists of another department."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.commands import draws, lists, platforms, registers, visits
from ledger.importing.records import Sheet
from tests.office import Office, digest, made_up_code
from verifier import facts as f
from verifier.errors import LiuhenError
from verifier.facts import Data
from verifier.replay import verify_entries
from verifier.report import Report, Status

PLATFORM = "省双随机平台"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def report(office: Office) -> Report:
    return verify_entries(office.book.store.entries(), "ledger")


def warned(office: Office) -> set[str]:
    bad = (Status.WARN, Status.FAIL, Status.INCONCLUSIVE)
    return {check.rule for check in report(office).checks if check.status in bad}


def shown(office: Office, name: str = "导出", **changed: list[str]) -> Sheet:
    """The platform's export of d1 as the teams are now, officers of some subjects changed."""
    teams = {team.subject: list(team.members()) for _, team in office.book.facts().rows(f.TEAMS, "d1/")}
    rows = [(subject, {"officers": changed.get(subject, seats)}) for subject, seats in teams.items()]
    return Sheet(rows, [], [], digest(name), len(rows))  # type: ignore[arg-type]


def compared(office: Office, sheet: Sheet) -> tuple[int, int, int]:
    found, _ = platforms.compare_with(
        office.book, office.clerk, "d1", sheet, platform=PLATFORM, file="导出.xlsx"
    )
    return found.counts


def test_a_team_is_compared_as_it_is_and_in_any_order(office: Office) -> None:
    office.ready()
    office.draw()
    subject = office.drawn()[0]
    before = shown(office)
    seated = draws.team_of(office.book.facts(), "d1", subject).seats
    _, written = draws.recuse(office.book, office.clerk, "d1", subject, seated[0], "recusal")
    office.confirm("approver", written)
    assert compared(office, before) == (0, 0, 1)
    assert warned(office) == {"platform.differs"}
    team = draws.team_of(office.book.facts(), "d1", subject).members()
    assert compared(office, shown(office, "再次导出", **{subject: list(reversed(team))})) == (0, 0, 0)


def test_a_receipt_is_corrected_and_voided_by_two(office: Office) -> None:
    office.ready()
    office.draw()
    m = bytes.fromhex(draws.draw_of(office.book.facts(), "d1").m)
    platforms.receipt(office.book, office.clerk, [m], platform=PLATFORM, number="1", day="2026-03-02")
    seq = office.book.store.head().size - 1
    for change in (
        visits.correct(office.book, office.clerk, seq, "number", "2", "笔误"),
        visits.void(office.book, office.clerk, seq, "误录"),
    ):
        held = [row.number for _, row in office.book.facts().rows(f.PLATFORM_RECEIPTS)]
        office.confirm("approver", change)
        assert held
    assert list(office.book.facts().rows(f.PLATFORM_RECEIPTS)) == []
    assert warned(office) == set()


def assigned(office: Office, task: str, *subjects: str) -> None:
    """A task on the list of another department, approved."""
    sheet = Sheet([(name, {}) for name in sorted(subjects)], [], [], digest("名单"), len(subjects))
    said = {"lead": "市场监管局", "file": digest("名单")}
    said["rows"] = platforms.assigned_rows(office.book.facts(), task, sheet)  # type: ignore[assignment]
    office.task(
        task,
        elsewhere=said,
        before=lambda now: platforms.assigned_deeds(office.book, now, office.clerk, task, sheet, "名单.xlsx"),
    )


def test_a_received_subject_that_was_renamed_is_drawn_under_its_new_id(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()
    old, new = made_up_code(2), made_up_code(3)
    assigned(office, "t1", old, made_up_code(4))
    linked = registers.link_subjects(office.book, office.clerk, old, new, "renamed", digest("执照"))
    office.confirm("approver", linked)
    office.draw()
    assert sorted(office.drawn()) == sorted((new, made_up_code(4)))
    assert report(office).elsewhere == 1
    assert warned(office) == set()


def test_another_department_may_draw_again_whom_the_policy_would_spare(office: Office) -> None:
    office.lists()
    office.policy(repeat="refuse")
    office.plan()
    office.task("t1")
    office.draw()
    twice = office.drawn()[0]
    assigned(office, "t2", twice)
    office.draw("d2", "t2")
    assert office.drawn("d2") == [twice]
    assert warned(office) == {"draw.repeat"}


def test_a_received_list_stands_once_its_task_is_approved(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()
    assigned(office, "t1", made_up_code(2))
    rows: list[tuple[str, Data]] = [(made_up_code(4), {})]
    with pytest.raises(LiuhenError) as refused:
        lists.import_records(office.book, office.clerk, "assigned.t1", rows, reason="改", source=digest("另"))
    assert refused.value.code == "task.elsewhere"


def test_a_received_list_leaves_nobody_out(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()
    assigned(office, "t1", made_up_code(2), made_up_code(77))
    with pytest.raises(LiuhenError) as refused:
        office.freeze()
    assert refused.value.code == "task.elsewhere"
