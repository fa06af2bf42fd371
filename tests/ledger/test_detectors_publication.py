"""Doubts about publication, corrections after it, and the clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.commands import draw_notes, followups, keys, plans, visits
from ledger.commands.keys import Person
from ledger.keystore import Signer
from tests.ledger.doubts import doubts
from tests.office import PASSPHRASE, Office, digest
from verifier import facts as f
from verifier.codec import Value

LATE, CHOSEN, AFTER, CLOCK = (
    "publication.late",
    "publication.selective",
    "correction.after-publication",
    "clock.corrected",
)
BOX: dict[str, Value] = {
    "item": "item-1",
    "checked": True,
    "ordered": True,
    "corrected": False,
    "result": "发现问题",
}
"""What a visit with a problem says of its item: put right on order."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A completed draw of all 20 of the class, on 2 March; results are published within 20 working days."""
    made = Office(tmp_path)
    made.book.ask_gap = lambda _last, _now: True
    made.lists(officers=4)
    made.policy(plan_deadlines=[["yearly", "03-16"]], filing_days=5, filing_unit="calendar")
    made.plan(p=1, q=1)
    made.task()
    made.draw()
    return made


def seqs(office: Office, kind: str) -> list[int]:
    return [e.body.seq for e in office.book.entries() if e.body.type == kind]


def another(office: Office) -> Signer:
    """A second clerk of the unit."""
    person = Person("wu-clerk", "吴六", "fgj", ("clerk",))
    signer = keys.new_key(office.folder / "keys", office.book.origin, person, PASSPHRASE, scrypt_n=2)
    keys.enroll(office.book, office.admin, keys.enrolment(signer, person.name))
    return signer


def enter(office: Office, subject: str, bad: bool = False, by: Signer | None = None, **rest: object) -> str:
    """A visit of the day, entered by a clerk and confirmed."""
    boxes: dict[str, object] = {"items": [BOX], "results": ["09"]} if bad else {}
    options = {"occurred": office.clock(), "paper": ([], digest(subject)), **boxes, **rest}
    name, written = visits.record_visit(office.book, by or office.clerk, "d1", subject, **options)  # type: ignore[arg-type]
    office.confirm("approver", written)
    return name


def publish(office: Office, names: list[str], by: Signer | None = None) -> None:
    where = plans.publication("credit_system", office.clock.day, "公示")
    visits.register_results(office.book, by or office.clerk, names, where)


def test_an_honest_office_raises_none(office: Office) -> None:
    """Visits a day apart, published a week later in turn; one honest correction before publication."""
    office.clock.go("2026-03-06")
    plans.file_plan(office.book, office.clerk, "p2026", "yearly", "司法局", "2026-03-06")
    draw_notes.file_draw(office.book, office.clerk, "d1", "司法局", "2026-03-06")
    names = []
    for day, subject in enumerate(office.drawn()[:16], 9):
        office.clock.go(f"2026-03-{day:02}")
        names.append(enter(office, subject, bad=day % 3 == 0))
    wrong = seqs(office, "visit.recorded")[0]
    office.confirm(
        "approver", visits.correct(office.book, office.clerk, wrong, "results", ["13"], "代码有误")
    )
    for day in range(4):
        office.clock.go(f"2026-03-{25 + day}")
        publish(office, names[day * 4 : day * 4 + 4])
    assert [doubts(office, one) for one in (LATE, CHOSEN, AFTER, CLOCK)] == [[], [], [], []]


@pytest.mark.parametrize(("their_late", "found"), [(6, 1), (0, 0)])
def test_one_holder_is_late_where_the_office_is_not(office: Office, their_late: int, found: int) -> None:
    other = another(office)
    office.clock.go("2026-03-03")
    drawn = office.drawn()
    ours = [enter(office, subject) for subject in drawn[:12]]
    theirs = [enter(office, subject, by=other) for subject in drawn[12:18]]
    office.clock.go("2026-03-10")
    publish(office, ours)
    publish(office, theirs[their_late:], other) if theirs[their_late:] else None
    office.clock.go("2026-05-20")
    publish(office, theirs[:their_late], other) if their_late else None
    raised = doubts(office, LATE)
    assert [(d.variant, d.about, d.entries) for d in raised] == [
        ("found", ("wu-clerk",), tuple(seqs(office, "visit.recorded")[12:]))
    ] * found
    assert all(doubt.p == pytest.approx(1 / 18564) for doubt in raised)


@pytest.mark.parametrize(("limit", "found"), [(4, 1), (5, 0)])
def test_always_on_the_last_day(office: Office, limit: int, found: int) -> None:
    """Visits of 3–6 March are due on 31 March to 3 April, working days each."""
    for day, subject in enumerate(office.drawn()[:4], 3):
        office.clock.go(f"2026-03-{day:02}")
        enter(office, subject)
    for last, one in zip(("03-31", "04-01", "04-02", "04-03"), office.drawn(), strict=False):
        office.clock.go(f"2026-{last}")
        ref = office.book.facts().get(f.VISIT_OF, f"d1/{one}")
        publish(office, [ref.key if ref else ""])
    raised = doubts(office, LATE, **{"last-days": limit})
    assert [(d.variant, d.entries) for d in raised] == [
        ("found_last_day", tuple(seqs(office, "result.published")))
    ] * found


@pytest.mark.parametrize(("new", "found"), [("2026-03-20", 1), ("2026-03-04", 0)])
def test_a_corrected_day_of_visit_brings_a_publication_into_time(
    office: Office, new: str, found: int
) -> None:
    office.clock.go("2026-04-20")
    subject = office.drawn()[0]
    name = enter(office, subject, occurred="2026-03-03T10:00:00+08:00")
    visit = seqs(office, "visit.recorded")[0]
    moved = visits.correct(
        office.book, office.clerk, visit, "occurred", f"{new}T10:00:00+08:00", "日期填写有误"
    )
    office.confirm("approver", moved)
    publish(office, [name])
    raised = doubts(office, LATE)
    assert [(d.variant, d.entries) for d in raised] == [
        ("found_moved", (seqs(office, "corrected")[0], visit))
    ] * found


@pytest.mark.parametrize(("rounds", "found"), [(2, 1), (3, 0)])
def test_results_with_findings_are_passed_over(office: Office, rounds: int, found: int) -> None:
    office.clock.go("2026-03-09")
    bad, *clean = office.drawn()[:3]
    held = enter(office, bad, bad=True)
    for day, subject in zip((10, 17), clean, strict=True):
        office.clock.go(f"2026-03-{day}")
        name = enter(office, subject)
        office.clock.go(f"2026-03-{day + 2}")
        publish(office, [name])
    visit = seqs(office, "visit.recorded")[0]
    raised = [d for d in doubts(office, CHOSEN, rounds=rounds) if d.variant == "found_passed"]
    assert [(d.entries, d.values["never"]) for d in raised] == [((visit,), 1)] * found
    office.clock.go("2026-03-25")
    publish(office, [held])
    raised = [d for d in doubts(office, CHOSEN, rounds=rounds) if d.variant == "found_passed"]
    shown = seqs(office, "result.published")[-1]
    assert [(d.entries, d.values["never"]) for d in raised] == [((shown,), 0)] * found


@pytest.mark.parametrize(("slow", "found"), [("bad", 1), ("clean", 0)])
def test_results_with_findings_wait_longer(office: Office, slow: str, found: int) -> None:
    """Sixteen results of one day, half with findings; one half is published a fortnight after the other."""
    office.clock.go("2026-03-09")
    bad, clean = office.drawn()[:8], office.drawn()[8:16]
    names = {
        "bad": [enter(office, s, bad=True) for s in bad],
        "clean": [enter(office, s) for s in clean],
    }
    office.clock.go("2026-03-12")
    publish(office, names["clean" if slow == "bad" else "bad"])
    office.clock.go("2026-03-26")
    publish(office, names[slow])
    raised = [d for d in doubts(office, CHOSEN) if d.variant == "found"]
    assert [(d.about, d.entries) for d in raised] == [
        (("qian-clerk",), tuple(seqs(office, "visit.recorded")[:8]))
    ] * found
    assert all(doubt.p == pytest.approx(1 / 12870) for doubt in raised)


def shown(office: Office, bad: bool = True, **rest: object) -> tuple[str, int]:
    """A result that was published: its visit and the entry."""
    office.clock.go("2026-03-09")
    name = enter(office, office.drawn()[0], bad, **rest)  # type: ignore[arg-type]
    office.clock.go("2026-03-12")
    publish(office, [name])
    office.clock.go("2026-04-01")
    return name, seqs(office, "visit.recorded")[0]


def corrected(office: Office, seq: int, field: str, new: Value, *, confirmed: bool = True) -> int:
    written = visits.correct(office.book, office.clerk, seq, field, new, "录入有误")
    if confirmed:
        office.confirm("approver", written)
    return seqs(office, "corrected")[-1]


@pytest.mark.parametrize(
    ("was", "now", "variant"),
    [("09", "01", "found"), ("09", "02", "found_softened"), ("02", "09", ""), ("01", "09", "")],
)
def test_a_result_is_softened_after_its_publication(office: Office, was: str, now: str, variant: str) -> None:
    rest: dict[str, object] = {"results": [was]}
    if was == "01":
        rest["items"] = [{**BOX, "ordered": False, "result": "未发现问题"}]
    _, visit = shown(office, **rest)  # type: ignore[arg-type]
    seq = corrected(office, visit, "results", [now])
    raised = doubts(office, AFTER)
    assert [(d.variant, d.entries) for d in raised] == (
        [(variant, (seq, seqs(office, "result.published")[0], visit))] if variant else []
    )


def test_a_correction_that_nobody_approved_changed_nothing(office: Office) -> None:
    _, visit = shown(office)
    corrected(office, visit, "results", ["01"], confirmed=False)
    assert doubts(office, AFTER) == []


def test_an_order_is_taken_back_after_publication(office: Office) -> None:
    _, visit = shown(office)
    seq = corrected(office, visit, "items", [{**BOX, "ordered": False}])
    (found,) = doubts(office, AFTER)
    assert (found.variant, found.entries[0]) == ("found_order", seq)


@pytest.mark.parametrize("bad", [True, False])
def test_a_record_is_voided_after_publication(office: Office, bad: bool) -> None:
    _, visit = shown(office, bad)
    office.confirm("approver", visits.void(office.book, office.clerk, visit, "重复录入"))
    raised = doubts(office, AFTER)
    assert [(d.variant, d.entries[0]) for d in raised] == (
        [("found_voided", seqs(office, "voided")[0])] if bad else []
    )


@pytest.mark.parametrize(("due", "found"), [("2026-06-30", 1), ("2026-04-10", 0)])
def test_a_follow_up_is_put_off_after_publication(office: Office, due: str, found: int) -> None:
    name, _ = shown(office)
    followups.record(office.book, office.clerk, name, "ordered", due="2026-04-30", file=digest("责改"))
    seq = corrected(office, seqs(office, "followup.recorded")[0], "due", due)
    raised = doubts(office, AFTER)
    assert [(d.variant, d.entries[0]) for d in raised] == [("found_followup", seq)] * found


def set_back(office: Office, day: str, hour: int) -> int:
    office.clock.go(day, hour)
    office.confirm("approver", keys.correct_clock(office.book, office.admin, "计算机时间有误"))
    return seqs(office, "clock.corrected")[-1]


@pytest.mark.parametrize(("limit", "found"), [(120, 1), (121, 0)])
def test_the_clock_is_put_back_and_hours_come_twice(office: Office, limit: int, found: int) -> None:
    office.clock.go("2026-03-09", 11)
    enter(office, office.drawn()[0])
    before = office.book.store.head().size - 1
    seq = set_back(office, "2026-03-09", 9)
    enter(office, office.drawn()[1])
    office.clock.go("2026-03-09", 12)
    enter(office, office.drawn()[2])
    again = seqs(office, "visit.recorded")[1]
    raised = doubts(office, CLOCK, minutes=limit)
    assert [(d.variant, d.entries) for d in raised] == [("found", (seq, before, again))] * found


def test_publications_come_into_their_time_by_the_clock(office: Office) -> None:
    office.clock.go("2026-03-03")
    name = enter(office, office.drawn()[0])
    office.clock.go("2026-05-20")
    visits.attach(office.book, office.clerk, "材料.pdf", digest("材料"), 10)
    before = seqs(office, "attached")[0]
    seq = set_back(office, "2026-03-20", 9)
    publish(office, [name])
    (found,) = doubts(office, CLOCK)
    assert (found.variant, found.entries) == ("found_saved", (seq, before, *seqs(office, "result.published")))


@pytest.mark.parametrize(
    ("date", "day", "found"),
    [
        ("2026-03-16", "2026-03-17", 1),
        ("2026-03-16", "2026-03-16", 0),
        ("2026-03-17", "2026-03-17", 0),
    ],
)
def test_a_filing_is_in_time_by_its_date_alone(office: Office, date: str, day: str, found: int) -> None:
    office.clock.go(day)
    plans.file_plan(office.book, office.clerk, "p2026", "yearly", "司法局", date)
    raised = doubts(office, CLOCK)
    assert [(d.variant, d.entries) for d in raised] == [
        ("found_filed", tuple(seqs(office, "plan.filed")))
    ] * found


@pytest.mark.parametrize(("day", "found"), [("2026-03-09", 0), ("2026-03-10", 1)])
def test_the_filing_of_a_draw_is_in_time_by_its_date_alone(office: Office, day: str, found: int) -> None:
    """Five days after 2 March is Saturday the 7th, which moves to Monday the 9th."""
    office.clock.go(day)
    draw_notes.file_draw(office.book, office.clerk, "d1", "司法局", "2026-03-06")
    raised = doubts(office, CLOCK)
    assert [(d.variant, d.entries) for d in raised] == [
        ("found_filed", tuple(seqs(office, "draw.filed")))
    ] * found
