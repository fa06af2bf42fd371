"""Doubts about visits: before the lot, beside the ledger, by others or elsewhere than was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ledger.audit.detectors.doubt import detectors
from ledger.commands import lists, notices, platforms, visits
from ledger.commands.checks import record_check
from ledger.importing.records import Sheet
from tests.ledger.doubts import doubts
from tests.office import Office, digest, made_up_code
from verifier import facts as f

CHECKED, BEFORE = "check.before-draw", "visit.before-draw"
BESIDE, OTHER = "visit.off-ledger", "visit.other-than-drawn"
STRANGER = made_up_code(1)
"""An enterprise that is in no pool of the office's draw."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A task that draws 4 of 20, approved on 2 March."""
    made = Office(tmp_path)
    made.ready()
    return made


def seqs(office: Office, kind: str) -> list[int]:
    return [e.body.seq for e in office.book.entries() if e.body.type == kind]


def executed(office: Office) -> int:
    return seqs(office, "draw.executed")[0]


def checked(office: Office, subject: str, occurred: str, **rest: object) -> str:
    name, _ = record_check(
        office.book,
        office.clerk,
        subject,
        occurred=occurred,
        officers=["off-00", "off-01"],
        items=["item-1"],
        exemption=("complaint", digest("举报")),
        **rest,  # type: ignore[arg-type]
    )
    return name


def honest(office: Office) -> None:
    """Each drawn enterprise visited on a day of its own, with its own paper."""
    for day, subject in enumerate(office.drawn(), 10):
        office.clock.go(f"2026-03-{day}", 16)
        times = {"occurred": f"2026-03-{day}T09:00:00+08:00", "until": f"2026-03-{day}T10:00:00+08:00"}
        office.visit(subject, paper=([], digest(subject)), **times)


def test_an_honest_year_raises_none(office: Office) -> None:
    office.draw()
    honest(office)
    office.clock.go("2026-03-21")
    checked(office, STRANGER, "2026-03-20T09:00:00+08:00")
    compared(office, shown(office))
    assert [doubts(office, one) for one in (CHECKED, BEFORE, BESIDE, OTHER)] == [[]] * 4


@pytest.mark.parametrize(("limit", "found"), [(5, 0), (6, 1)])
def test_an_enterprise_was_checked_shortly_before_it_was_drawn(
    office: Office, limit: int, found: int
) -> None:
    for number in range(0, 40, 2):
        office.clock.go("2026-03-04", 8 + number // 4)
        checked(office, made_up_code(number), office.clock())
    office.clock.go("2026-03-10")
    office.draw()
    raised = doubts(office, CHECKED, days=limit)
    assert len(raised) == found * 4
    drawn = set(office.drawn())
    entries = {
        e.body.data["subject"]: e.body.seq for e in office.book.entries() if e.body.type == "check.unplanned"
    }
    assert {(d.about[1], d.entries) for d in raised} == {
        (subject, (entries[subject], executed(office))) for subject in drawn if found
    }
    assert all((doubt.values["k"], doubt.values["n"]) == (4, 20) for doubt in raised)
    assert doubts(office, BEFORE) == [], "each was checked and four of twenty were drawn: that is chance"


def test_the_time_of_the_check_stands_in_the_sentence(office: Office) -> None:
    for number in range(0, 40, 2):
        checked(office, made_up_code(number), office.clock())
    office.clock.go("2026-03-02", 14)
    office.draw()
    doubt = doubts(office, CHECKED)[0]
    assert detectors()[CHECKED].weight == "light"
    assert f"于 {doubt.values['occurred']} 有计划外检查" in doubt.sentence(zh=True)
    assert "小时后（2026-03-02 14:" in doubt.sentence(zh=True) and " hours later" in doubt.sentence(zh=False)


@pytest.mark.parametrize(("others", "found"), [(0, 1), (16, 0)], ids=["only those drawn", "everybody"])
def test_an_officer_whose_checks_the_lot_follows_more_often_than_chance(
    office: Office, others: int, found: int
) -> None:
    """Four checks, all of the four drawn of twenty: one in 4845; four of twenty: what is expected."""
    office.draw()
    drawn = office.drawn()
    rest = [made_up_code(n) for n in range(0, 40, 2) if made_up_code(n) not in drawn]
    before = "2026-03-01T09:00:00+08:00"
    office.clock.go("2026-03-03")
    for subject in (*drawn, *rest[:others]):
        checked(office, subject, before)
    raised = doubts(office, BEFORE)
    assert {(d.variant, d.about[0]) for d in raised} == {
        ("found_officer", officer) for officer in ("off-00", "off-01") if found
    }
    for doubt in raised:
        assert doubt.p == pytest.approx(1 / 4845) and doubt.values["expected"] == 0.8


@pytest.mark.parametrize(
    ("sent", "found"), [("2026-03-02T08:59:00+08:00", 1), ("2026-03-02T12:00:00+08:00", 0)]
)
def test_a_notice_bears_a_time_before_the_draw(office: Office, sent: str, found: int) -> None:
    office.draw()
    office.clock.go("2026-03-03")
    subject = office.drawn()[0]
    notice = notices.Notice(["item-1"], sent, day="2026-03-10")
    notices.send_notices(office.book, office.clerk, "d1", [subject], notice)
    raised = doubts(office, BEFORE)
    assert [(d.variant, d.entries, d.about) for d in raised] == [
        ("found_notice", (seqs(office, "notice.sent")[0], executed(office)), ("d1", subject))
    ] * found


@pytest.mark.parametrize("before", [True, False])
def test_a_photograph_was_in_the_ledger_before_the_draw(office: Office, before: bool) -> None:
    def seen() -> None:
        visits.attach(office.book, office.clerk, "照片.jpg", digest("照片"), 1000)

    if before:
        seen()
    office.draw()
    if not before:
        seen()
    office.clock.go("2026-03-10")
    subject = office.drawn()[0]
    office.visit(subject, paper=([], digest(subject)))
    visit = seqs(office, "visit.recorded")[0]
    visits.attach(office.book, office.clerk, "现场照片.jpg", digest("照片"), 1000, seq=visit)
    raised = doubts(office, BEFORE)
    first = seqs(office, "attached")[0]
    expected = [("found_paper", (first, executed(office), visit))] if before else []
    assert [(d.variant, d.entries) for d in raised] == expected


def test_visits_that_begin_as_soon_as_the_lot_fell(office: Office) -> None:
    office.draw()
    for subject in office.drawn():
        office.visit(subject, paper=([], digest(subject)))
    (found,) = doubts(office, BEFORE)
    one, *rest = seqs(office, "visit.recorded")
    assert (found.variant, found.entries, found.values["n"]) == (
        "found_soon",
        (one, executed(office), *rest),
        4,
    )
    assert doubts(office, BEFORE, minutes=0) == []


def shown(office: Office, extra: Mapping[str, list[str]] | None = None, **changed: list[str]) -> Sheet:
    """What a platform exports of d1: the teams, some changed, and further rows."""
    teams = {team.subject: list(team.members()) for _, team in office.book.facts().rows(f.TEAMS, "d1/")}
    rows = {subject: {"officers": changed.get(subject, seats)} for subject, seats in teams.items()}
    rows |= {subject: {"officers": officers} for subject, officers in (extra or {}).items()}
    told = sorted(rows.items())
    return Sheet(told, [], [], digest(repr(told)), len(told))  # type: ignore[arg-type]


def compared(office: Office, sheet: Sheet) -> int:
    platforms.compare_with(office.book, office.clerk, "d1", sheet, platform="省平台", file="导出.xlsx")
    return seqs(office, "platform.compared")[-1]


def test_the_platform_shows_an_enterprise_of_which_the_ledger_knows_nothing(office: Office) -> None:
    office.draw()
    office.clock.go("2026-04-01")
    seq = compared(office, shown(office, {STRANGER: ["off-00"]}))
    (found,) = doubts(office, BESIDE)
    assert (found.variant, found.entries, found.about) == ("found", (seq,), ("d1", STRANGER))
    checked(office, STRANGER, "2026-03-30T09:00:00+08:00")
    assert doubts(office, BESIDE) == []


def test_rows_of_the_platform_are_gone_at_the_next_comparison(office: Office) -> None:
    office.draw()
    office.clock.go("2026-04-01")
    checked(office, STRANGER, "2026-03-30T09:00:00+08:00")
    first = compared(office, shown(office, {STRANGER: ["off-00"]}))
    office.clock.go("2026-04-02")
    last = compared(office, shown(office))
    (found,) = doubts(office, BESIDE)
    assert (found.variant, found.entries, found.values["n"]) == ("found_vanished", (last, first), 1)


@pytest.mark.parametrize(("limit", "found"), [(19, 1), (20, 0)])
def test_a_check_outside_the_plan_was_recorded_weeks_later(office: Office, limit: int, found: int) -> None:
    office.clock.go("2026-03-30")
    checked(office, STRANGER, "2026-03-10T09:00:00+08:00")
    raised = doubts(office, BESIDE, days=limit)
    assert [(d.variant, d.entries) for d in raised] == [
        ("found_late", tuple(seqs(office, "check.unplanned")))
    ] * found


@pytest.mark.parametrize(
    ("reason", "inspected", "found"),
    [("现场核查后调整等级", False, 1), ("现场核查后调整等级", True, 0), ("年度评级", False, 0)],
)
def test_a_list_speaks_of_an_inspection(office: Office, reason: str, inspected: bool, found: int) -> None:
    office.clock.go("2026-03-10")
    if inspected:
        checked(office, STRANGER, "2026-03-09T09:00:00+08:00")
    lists.change_record(
        office.book, office.clerk, "subjects", STRANGER, {"risk": "D"}, reason=reason, source=digest("表")
    )
    raised = doubts(office, BESIDE)
    seq = seqs(office, "import.closed")[-1]
    assert [(d.variant, d.entries, d.about) for d in raised] == [
        ("found_edit", (seq,), ("qian-clerk", STRANGER))
    ] * found


@pytest.mark.parametrize(("limit", "found"), [(2, 1), (3, 0)])
def test_an_officer_whom_nobody_drew_stands_in_on_the_platform(
    office: Office, limit: int, found: int
) -> None:
    office.draw()
    office.clock.go("2026-04-01")
    one, other = office.drawn()[:2]
    seq = compared(office, shown(office, **{one: ["外聘人员"], other: ["外聘人员"]}))  # type: ignore[arg-type]
    raised = doubts(office, OTHER, visits=limit)
    assert [(d.variant, d.entries, d.about[:2]) for d in raised] == [
        ("found", (seq,), ("外聘人员", "d1"))
    ] * found


@pytest.mark.parametrize(("begin", "found"), [("09:45", 1), ("09:46", 0), ("10:30", 0)])
def test_an_officer_in_two_places_at_once(tmp_path: Path, begin: str, found: int) -> None:
    office = Office(tmp_path)
    office.lists(officers=2)
    office.policy()
    office.plan()
    office.task()
    office.draw()
    office.clock.go("2026-03-10", 18)
    one, other = office.drawn()[:2]
    day = "2026-03-10T"
    office.visit(one, occurred=f"{day}09:00:00+08:00", until=f"{day}10:00:00+08:00", paper=([], digest(one)))
    office.visit(
        other, occurred=f"{day}{begin}:00+08:00", until=f"{day}11:30:00+08:00", paper=([], digest(other))
    )
    raised = doubts(office, OTHER)
    first, second = seqs(office, "visit.recorded")
    assert [(d.variant, d.entries) for d in raised] == [("found_two_places", (second, first))] * found
    if found:
        assert set(raised[0].about) == {"off-00", "off-01", one, other} and raised[0].values["minutes"] == 15


@pytest.mark.parametrize(("field", "found"), [("address", 1), ("risk", 0)])
def test_an_enterprise_moved_between_its_draw_and_its_visit(office: Office, field: str, found: int) -> None:
    office.draw()
    office.clock.go("2026-03-05")
    subject = office.drawn()[0]
    changes = {"address": "演示县另一处"} if field == "address" else {"risk": "D"}
    lists.change_record(
        office.book, office.clerk, "subjects", subject, changes, reason="变更登记", source=digest("表")
    )
    edited = seqs(office, "import.closed")[-1]
    honest(office)
    raised = doubts(office, OTHER)
    visit = seqs(office, "visit.recorded")[0]
    assert [(d.variant, d.entries) for d in raised] == [
        ("found_renamed", (edited, executed(office), visit))
    ] * found
