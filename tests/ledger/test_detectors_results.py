"""Doubts about how results were entered: in bulk, at night, in the same words, late."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.ledger.doubts import doubts
from tests.office import Office, digest
from verifier import facts as f

BULK, NIGHT, WORDS, LATE = "result.bulk", "result.night", "result.same-words", "entry.late"
HONEST = (
    "证照齐全，灭火器{n}具在有效期内",
    "查阅台账{n}册，与登记一致",
    "仓库{n}处通风良好，记录完整",
    "抽查票据{n}张，来源可以追溯",
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A completed draw of all 20 of the class, on 2 March."""
    made = Office(tmp_path)
    made.book.ask_gap = lambda _last, _now: True
    made.lists(officers=4)
    made.policy()
    made.plan(p=1, q=1)
    made.task()
    made.draw()
    return made


def entered(office: Office) -> list[int]:
    return [e.body.seq for e in office.book.entries() if e.body.type == "visit.recorded"]


def enter(office: Office, subject: str, **rest: object) -> str:
    """A visit of the morning, entered at the clock's time."""
    day = office.clock.day
    options: dict[str, object] = {
        "occurred": f"{day}T00:10:00+08:00",
        "paper": ([], digest(subject)),
        "findings": HONEST[len(entered(office)) % 4].format(n=len(entered(office)) * 7),
        **rest,
    }
    return office.visit(subject, **options)  # type: ignore[arg-type]


def one_a_day(office: Office) -> None:
    """Fifteen entered on as many working days from 9 March on, in the afternoon."""
    days = [f"2026-03-{day:02}" for day in (*range(9, 14), *range(16, 21), *range(23, 28))]
    for day, subject in zip(days, office.drawn(), strict=False):
        office.clock.go(day, 15)
        enter(office, subject)


def test_an_honest_office_raises_none(office: Office) -> None:
    one_a_day(office)
    assert [doubts(office, one) for one in (BULK, NIGHT, WORDS, LATE)] == [[], [], [], []]


@pytest.mark.parametrize(("limit", "found"), [(9, 1), (10, 0)])
def test_results_in_bulk_against_the_habit_of_the_office(office: Office, limit: int, found: int) -> None:
    one, *bulk = office.drawn()[:20]
    singles, bulk = [one, *bulk[:10]], bulk[10:]
    for day, subject in enumerate(singles, 10):
        office.clock.go(f"2026-03-{day}")
        enter(office, subject)
    office.clock.go("2026-03-25")
    for subject in bulk:
        enter(office, subject)
    raised = doubts(office, BULK, entries=limit)
    assert [(d.entries, d.values["habit"], d.about) for d in raised] == [
        (tuple(entered(office)[11:]), 1, ("qian-clerk", "d1"))
    ] * found


def test_an_office_that_always_enters_tables_is_not_in_doubt_for_it(office: Office) -> None:
    for day, subjects in ((10, office.drawn()[:10]), (20, office.drawn()[10:])):
        office.clock.go(f"2026-03-{day}")
        for subject in subjects:
            enter(office, subject)
    assert doubts(office, BULK) == []


@pytest.mark.parametrize(
    ("day", "hour", "variant"),
    [
        ("2026-03-10", 23, "found"),
        ("2026-03-11", 5, "found"),
        ("2026-03-10", 21, ""),
        ("2026-03-11", 6, ""),
        ("2026-03-14", 10, "found_rest"),
        ("2026-05-09", 10, ""),
        ("2026-05-04", 10, "found_rest"),
    ],
)
def test_results_at_night_and_on_days_of_rest(office: Office, day: str, hour: int, variant: str) -> None:
    office.clock.go(day, hour)
    for subject in office.drawn()[:3]:
        enter(office, subject)
    raised = doubts(office, NIGHT)
    assert [(d.variant, d.entries) for d in raised] == (
        [(variant, tuple(entered(office)))] if variant else []
    )
    if variant == "found":
        assert raised[0].values["day"] == day, "the day of the entries, not of the evening before"
    assert doubts(office, NIGHT, entries=4) == []


def test_a_night_over_midnight_is_one_and_says_that_it_ends_the_next_day(office: Office) -> None:
    first, *others = office.drawn()[:3]
    office.clock.go("2026-03-10", 23)
    enter(office, first)
    office.clock.go("2026-03-11", 1)
    for subject in others:
        enter(office, subject)
    (raised,) = doubts(office, NIGHT)
    assert "在 2026-03-10 夜间（23:00—次日 01:00）录入3条" in raised.sentence(zh=True)


def test_the_hours_of_the_night_are_thresholds(office: Office) -> None:
    office.clock.go("2026-03-10", 20)
    for subject in office.drawn()[:3]:
        enter(office, subject)
    assert doubts(office, NIGHT) == []
    assert len(doubts(office, NIGHT, **{"from": 20})) == 1


@pytest.mark.parametrize(("limit", "found"), [(4, 1), (5, 0)])
def test_the_same_words_for_several_enterprises(office: Office, limit: int, found: int) -> None:
    """Signs, spaces and the enterprise's own name make no difference; the fourth names itself."""
    said = ["经现场检查， 未发现问题。", "经现场检查未发现问题", "经现场检查：未发现问题"]
    office.clock.go("2026-03-10")
    for subject, findings in zip(office.drawn(), said, strict=False):
        enter(office, subject, findings=findings)
    subject = office.drawn()[3]
    enter(office, subject, findings=f"经现场检查{subject}未发现问题")
    enter(office, office.drawn()[4], findings="经现场检查，发现2处问题")
    raised = doubts(office, WORDS, visits=limit)
    assert [(d.variant, d.entries) for d in raised] == [("found", tuple(entered(office)[:4]))] * found


def test_short_formulas_are_left_out(office: Office) -> None:
    for day, subject in enumerate(office.drawn()[:6], 10):
        office.clock.go(f"2026-03-{day}")
        enter(office, subject, findings="检查未发现问题")
    assert doubts(office, WORDS) == []
    assert len(doubts(office, WORDS, length=7)) == 1


def test_words_that_differ_in_numbers_alone(office: Office) -> None:
    office.clock.go("2026-03-10")
    for number, subject in enumerate(office.drawn()[:5]):
        enter(office, subject, findings=f"查看灭火器{number + 3}具，均在有效期内")
    (found,) = doubts(office, WORDS)
    assert (found.variant, found.entries) == ("found_numbers", tuple(entered(office)))
    assert doubts(office, WORDS, visits=6) == []


def test_one_scan_behind_two_visits(office: Office) -> None:
    office.clock.go("2026-03-10")
    for subject in office.drawn()[:3]:
        enter(office, subject, paper=([], digest("一份" if subject != office.drawn()[1] else "另一份")))
    (found,) = doubts(office, WORDS)
    one, _, other = entered(office)
    assert (found.variant, found.entries) == ("found_scan", (one, other))


@pytest.mark.parametrize("blind", [True, False])
def test_an_officer_who_never_finds_what_others_find(tmp_path: Path, blind: bool) -> None:
    """20 visits; all find something but where the busiest officer goes, or every second of each team."""
    office = Office(tmp_path)
    office.lists(officers=8)
    office.policy()
    office.plan(p=1, q=1)
    office.task()
    office.draw()
    office.clock.go("2026-03-10")
    teams = {team.subject: team.members() for _, team in office.book.facts().rows(f.TEAMS, "d1/")}
    busiest = Counter(officer for members in teams.values() for officer in members).most_common(1)[0][0]
    seen: Counter[tuple[str, ...]] = Counter()
    clean = []
    for subject, members in teams.items():
        seen[members] += 1
        fine = busiest in members if blind else seen[members] % 2 == 0
        enter(office, subject, findings="", results=["01" if fine else "09"])
        clean += [entered(office)[-1]] if fine else []
    raised = {d.about: d for d in doubts(office, WORDS, least=5) if d.variant == "found_clean"}
    if not blind:
        assert raised == {}
        return
    found = raised[busiest,]
    assert found.entries == tuple(sorted(clean)) and found.p is not None and found.p < 1e-3


@pytest.mark.parametrize(("limit", "found"), [(6, 1), (7, 0)])
def test_a_visit_entered_many_working_days_later(office: Office, limit: int, found: int) -> None:
    """From Tuesday the 10th to Thursday the 19th: seven working days."""
    office.clock.go("2026-03-19")
    subject = office.drawn()[0]
    enter(office, subject, occurred="2026-03-10T09:00:00+08:00")
    enter(office, office.drawn()[1], occurred="2026-03-18T09:00:00+08:00")
    raised = doubts(office, LATE, days=limit)
    assert [(d.entries, d.about, d.values["days"]) for d in raised] == [
        ((entered(office)[0],), ("d1", "qian-clerk", subject), 7)
    ] * found
