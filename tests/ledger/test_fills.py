"""补抽: seats that nobody may take by replacement are drawn again and join the original team (design §5)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ledger.audit.source import opened
from ledger.book import Refused
from ledger.commands import draws, fills, lists, visits
from ledger.commands.records import draw_record
from tests.forgery import Forger
from tests.office import Office
from verifier import facts as f
from verifier.law.joined import engaged, last_day, last_days
from verifier.replay import verify_entries
from verifier.report import Status

WINDOW = ("2026-03-02", "2026-10-31")


def team(office: Office, draw: str, subject: str) -> f.Team:
    held = office.book.facts().get(f.TEAMS, f"{draw}/{subject}")
    assert held is not None
    return held


def leave(office: Office, subject: str, seat: int, draw: str = "d1") -> str:
    """The officer in a seat leaves and the next by ticket follows; who follows."""
    member = team(office, draw, subject).members()[seat - 1]
    follows, written = draws.recuse(office.book, office.clerk, draw, subject, member, "recusal")
    office.confirm("approver", written)
    return follows


def exhausted(folder: Path) -> tuple[Office, str]:
    """A drawn office, and a subject whose visit had its two replacements."""
    office = Office(folder)
    office.ready()
    office.draw()
    subject = office.drawn()[0]
    leave(office, subject, 1)
    leave(office, subject, 2)
    return office, subject


def propose(office: Office, fill: fills.Fill, **rest: object) -> str:
    task, written = fills.new_fill(office.book, office.clerk, fill, window=WINDOW, **rest)  # type: ignore
    office.confirm("approver", written)
    return task


def seat_one(office: Office, subject: str) -> fills.Fill:
    member = team(office, "d1", subject).members()[0]
    one = fills.who_leaves(office.book.facts(), "d1", subject, member, "recusal")
    assert not one.follows
    return fills.tasks_for(office.book.facts(), [one])[0]


def red(office: Office) -> set[str]:
    report = verify_entries([e.raw for e in office.book.entries()], "ledger")
    return {c.rule for c in report.checks if c.status in (Status.FAIL, Status.WARN)}


def test_two_replacements_then_a_seat_is_drawn_again(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    before = team(office, "d1", subject)
    known = engaged(office.book.facts(), "d1", subject)
    task = propose(office, seat_one(office, subject))
    assert task == "t1-b1"
    office.draw("d2", task)
    now = team(office, "d1", subject)
    drawn = team(office, "d2", subject).members()
    assert now.members() == (drawn[0], before.members()[1])
    assert drawn[0] not in known
    office.clock.go("2026-03-10")
    office.publish([office.visit(s) for s in office.drawn()])
    assert red(office) == set()


def test_the_visit_is_of_the_draw_that_drew_the_subject_and_only_once(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    office.draw("d2", propose(office, seat_one(office, subject)))
    with pytest.raises(Refused) as refused:
        visits.record_visit(office.book, office.clerk, "d2", subject, occurred=office.clock())
    assert refused.value.code == "visit.drawn"
    office.visit(subject)
    held = {one.team.subject: one.state for one in visits.dues(office.book.facts(), "d2", "2026-03-02")}
    assert held == {subject: "effective"}


def test_an_officer_drawn_by_a_fill_is_replaced_by_its_lot_and_the_team_follows(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    office.draw("d2", propose(office, seat_one(office, subject)))
    follows = leave(office, subject, 1)
    assert team(office, "d2", subject).members() == (follows,)
    assert team(office, "d1", subject).members()[0] == follows
    assert red(office) == set()


def test_a_fill_of_a_whole_team_replaces_everybody(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    known = engaged(office.book.facts(), "d1", subject)
    fill = fills.whole_teams(office.book.facts(), "d1", [subject], "recusal")
    office.draw("d2", propose(office, fill))
    members = team(office, "d1", subject).members()
    assert len(members) == 2 and known.isdisjoint(members)
    assert red(office) == set()


def test_a_fill_gives_its_seats_back_when_it_is_aborted_and_is_drawn_again(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    task = propose(office, seat_one(office, subject))
    office.freeze("d2", task)
    assert team(office, "d1", subject).filling == "d2"
    with pytest.raises(Refused) as refused:
        visits.record_visit(office.book, office.clerk, "d1", subject, occurred=office.clock())
    assert refused.value.code == "visit.team"
    office.confirm("approver", draws.abort(office.book, office.clerk, "d2", "equipment"))
    assert team(office, "d1", subject).filling == ""
    office.draw("d3", task)
    assert team(office, "d1", subject).filled[0][1] == "d3"


def test_the_window_of_a_fill_lengthens_that_of_its_visits(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready(window=("2026-03-01", "2026-03-31"))
    office.draw()
    subject = office.drawn()[0]
    leave(office, subject, 1)
    leave(office, subject, 2)
    office.draw("d2", propose(office, seat_one(office, subject)))
    facts = office.book.facts()
    assert last_day(facts, "d1", subject) == "2026-10-31"
    assert last_day(facts, "d1", office.drawn()[1]) == "2026-03-31"
    assert last_days(facts, "d1", office.drawn()) == {s: last_day(facts, "d1", s) for s in office.drawn()}


def test_nobody_fills_a_seat_that_the_next_officer_can_take(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.draw()
    subject = office.drawn()[0]
    fill = fills.Fill("d1", "recusal", ((subject, 1),), (("fgj", "-", 1),))
    with pytest.raises(Refused) as refused:
        propose(office, fill)
    assert refused.value.code == "task.fills"


@pytest.mark.parametrize(
    ("what", "visits_", "seats"),
    [
        ("a seat of another class", ((0, 1),), (("scj", "-", 1),)),
        ("more officers than seats", ((0, 1),), (("fgj", "-", 2),)),
        ("a seat beyond the team", ((0, 3),), (("fgj", "-", 1),)),
        ("one seat twice", ((0, 1), (0, 1)), (("fgj", "-", 1), ("fgj", "-", 1))),
        ("a team and a seat of it", ((0, 0), (0, 1)), (("fgj", "-", 1), ("scj", "-", 1))),
        ("too small a team", ((0, 0),), (("fgj", "-", 1),)),
    ],
)
def test_a_fill_that_does_not_fit_is_refused(
    tmp_path: Path, what: str, visits_: tuple[tuple[int, int], ...], seats: tuple[tuple[str, str, int], ...]
) -> None:
    office, subject = exhausted(tmp_path)
    fill = fills.Fill("d1", "recusal", tuple((subject, seat) for _, seat in visits_), seats)
    with pytest.raises(Refused) as refused:
        propose(office, fill)
    assert refused.value.code in ("task.fills", "policy.officers"), what


def test_a_seat_is_filled_once(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    fill = seat_one(office, subject)
    propose(office, fill)
    with pytest.raises(Refused) as refused:
        propose(office, fill)
    assert refused.value.code == "task.fills"


def test_open_seats_are_found_by_conflict_and_absence(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    first, second = team(office, "d1", subject).members()
    lists.declare_conflicts(office.book, office.clerk, [(first, subject, None)])
    lists.record_absence(office.book, office.clerk, second, "2026-03-01", "2026-03-20", "leave")
    facts = office.book.facts()
    found = [one for one in fills.leaving(facts, "d1", "2026-03-05") if one.subject == subject]
    assert [(one.officer, one.reason, one.follows) for one in found] == [
        (first, "recusal", ""),
        (second, "absence", ""),
    ]
    assert list(fills.in_conflict(facts, "d1", office.drawn())) == found[:1]
    parts = fills.tasks_for(facts, fills.open_seats(facts, found))
    assert [(part.reason, part.visits) for part in parts] == [
        ("recusal", ((subject, 1),)),
        ("absence", ((subject, 2),)),
    ]
    task, written = fills.new_fill(office.book, office.clerk, parts[0], window=WINDOW)
    left = fills.open_seats(office.book.facts(), found)
    assert [one.seat for one in left] == [2]
    assert task == "t1-b1" and written


@pytest.mark.parametrize(("teams", "found"), [("groups", True), ("each", False)])
def test_only_a_draw_in_groups_leaves_conflicts_of_its_own(tmp_path: Path, teams: str, found: bool) -> None:
    office = Office(tmp_path)
    office.ready()
    office.draw()
    subject = office.drawn()[0]
    with opened(office.book.store.path) as source:
        facts = source.followed(source.size)
    held, draw = team(office, "d1", subject), facts.get(f.DRAWS, "d1")
    assert draw is not None
    facts.put(f.DRAWS, "d1", replace(draw, question={**draw.question, "teams": teams, "groups": 2}))
    facts.put(f.TEAMS, f"d1/{subject}", replace(held, must_replace=held.seats[:1]))
    leaving = [one.officer for one in fills.in_conflict(facts, "d1", office.drawn())]
    assert leaving == list(held.seats[:1] if found else ())


def test_the_files_of_the_original_draw_say_that_nobody_of_a_filled_seat_goes(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    before = team(office, "d1", subject)
    office.draw("d2", propose(office, seat_one(office, subject)))
    from verifier.drawfolder import folder

    rows = b"".join(folder(office.book.facts(), "d1")["draws/d1/teams.csv"]).decode().splitlines()
    mine = [row.replace('"', "").split(",") for row in rows if row.startswith(f'"{subject}"')]
    assert [(row[3], row[5]) for row in mine if row[2] == "1"] == [
        (before.seats[0], "recused"),
        (before.members()[0], "recused"),
    ]
    assert [(row[3], row[5]) for row in mine if row[2] == "2"] == [
        (before.seats[1], "recused"),
        (before.members()[1], "substitute"),
    ]


def test_the_record_of_the_draw_names_who_came_in_by_a_fill(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    office.draw("d2", propose(office, seat_one(office, subject)))
    row = next(one for one in draw_record(office.book, "d1").teams if one.code == subject)
    came = [one.name for one in row.members if one.role == "补抽"]
    record = office.book.facts().get(f.register("officers"), team(office, "d2", subject).seats[0])
    assert record is not None and came == [record.record["name"]]


def test_a_replacement_that_is_unlawful_at_its_confirmation_is_said_once(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.draw()
    subject = office.drawn()[0]
    member = team(office, "d1", subject).seats[0]
    _, asked = draws.recuse(office.book, office.clerk, "d1", subject, member, "recusal")
    office.visit(subject)
    forger = Forger(office.book.entries())
    forger.confirm(office.approver, asked.leaf)
    report = verify_entries(forger.raw, "forged")
    found = [c.rule for c in report.checks if c.status is Status.FAIL]
    assert found == ["draw.replacement"]


def test_the_text_of_a_report_names_who_its_ids_are(tmp_path: Path) -> None:
    office, subject = exhausted(tmp_path)
    member = team(office, "d1", subject).members()[0]
    forger = Forger(office.book.entries())
    wrong = ["off-00", "off-02"]
    data = {"visit": "visit-1", "draw": "d1", "subject": subject, "occurred": forger.time, "officers": wrong}
    boxes = [{"item": "item-1", "checked": False, "ordered": False, "corrected": False}]
    data |= {"methods": ["on_site"], "items": boxes, "results": ["01"], "subject_signature": "signed"}
    forger.append(office.clerk, "visit.recorded", data)
    report = verify_entries(forger.raw, "forged")
    assert f"{member} 检查员{int(member[-2:])}" in report.to_text()
    assert "检查员" not in report.to_json()
