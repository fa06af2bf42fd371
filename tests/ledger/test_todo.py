"""今天要办: what is to be done follows from the facts and the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.case_file import Paper
from ledger.commands import closing, draws, followups, lists, notices
from ledger.commands.todo import Todo, todos
from ledger.site.reads import Held
from tests.office import Office, digest, made_up_code, officer
from verifier import facts as f
from verifier.codec import Value
from verifier.factstore import T


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def due(office: Office, day: str = "") -> list[Todo]:
    return todos(office.book.facts(), day or office.clock.day)


def kinds(office: Office, day: str = "") -> list[str]:
    return [one.kind for one in due(office, day)]


def only(office: Office, kind: str, day: str = "") -> Todo:
    (found,) = [one for one in due(office, day) if one.kind == kind]
    return found


def test_an_empty_ledger_asks_for_everything_a_year_stands_on(office: Office) -> None:
    wanted = ["list.items", "list.subjects", "list.officers", "policy", "plan.import", "calendar"]
    assert kinds(office) == wanted


def test_an_act_of_one_person_waits_for_another_who_is_named(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()
    office.task(confirm=False)
    waits = only(office, "confirm")
    assert waits.who == ("sun-approver",)
    assert waits.command().startswith("liuhen --as sun-approver confirm ")


def test_a_task_without_a_draw_is_due_by_the_end_of_its_window(office: Office) -> None:
    office.ready()
    begin = only(office, "draw.begin")
    assert (begin.due, begin.late) == ("2026-10-31", False)
    assert only(office, "draw.begin", "2026-11-01").late


def test_an_open_draw_names_who_is_missing_step_by_step(office: Office) -> None:
    office.ready(public="balls:6")
    office.freeze()
    assert only(office, "draw.commit").who == ("qian-clerk", "li-supervisor")
    draws.commit(office.book, office.clerk, "d1")
    assert only(office, "draw.commit").who == ("li-supervisor",)
    draws.commit(office.book, office.supervisor, "d1")
    assert only(office, "draw.value").step == "draw public-value d1 --value 号码"
    typed = draws.public_value(office.book, office.clerk, "d1", "482913")
    assert "li-supervisor" in only(office, "draw.value").who
    office.confirm("supervisor", typed)
    draws.reveal(office.book, office.supervisor, "d1")
    assert only(office, "draw.reveal").who == ("qian-clerk",)
    draws.reveal(office.book, office.clerk, "d1")
    assert only(office, "draw.run").step == "draw run d1"


def test_visits_are_to_be_recorded_then_published_and_late_ones_come_first(office: Office) -> None:
    office.ready()
    office.draw()
    left = only(office, "visit.record")
    assert (left.params["count"], left.params["all"]) == (4, 4)
    office.clock.go("2026-03-10")
    names = [office.visit(subject) for subject in office.drawn()]
    assert "visit.record" not in kinds(office)
    publish = only(office, "result.publish")
    assert (publish.params["count"], publish.late, publish.provisional) == (4, False, False)
    first = due(office, "2026-12-01")[0]
    assert (first.kind, first.late) == ("result.publish", True)
    office.publish(names)
    assert "result.publish" not in kinds(office)


def without_calendars(facts: f.Facts) -> f.Facts:
    """The same facts in an office that has adopted no calendar."""
    memory = f.MemoryFacts()
    tables = [table for table in vars(f).values() if isinstance(table, f.Table)]
    tables += [f.register(name) for name in ("items", "subjects", "officers", "plan.p2026")]
    for table in tables:
        if table is not f.CALENDARS:
            for key, row in facts.rows(table):
                memory.put(table, key, row)
    return memory


def test_without_the_calendar_of_its_year_a_deadline_is_provisional(office: Office) -> None:
    office.ready()
    office.draw()
    office.clock.go("2026-03-10")
    office.visit(office.drawn()[0])
    found = todos(without_calendars(office.book.facts()), "2026-09-01")
    (publish,) = [one for one in found if one.kind == "result.publish"]
    assert (publish.provisional, publish.late, publish.due[:4]) == (True, False, "2026")
    assert [one.params["year"] for one in found if one.kind == "calendar"] == ["2026"]


def test_a_visit_signed_by_key_waits_for_each_officer(office: Office) -> None:
    office.ready()
    office.draw()
    office.clock.go("2026-03-10")
    subject = office.drawn()[0]
    office.visit(subject, paper=None)
    assert len(only(office, "visit.sign").who) == 2


@pytest.mark.parametrize(
    ("day", "found"), [("2028-11-30", []), ("2028-12-02", [False]), ("2029-01-01", [True])]
)
def test_certificates_are_named_30_days_before_they_end(office: Office, day: str, found: list[bool]) -> None:
    office.lists(officers=1)
    assert [one.late for one in due(office, day) if one.kind == "certificate"] == found


def test_an_officer_with_a_second_certificate_is_named_when_the_last_one_ends(office: Office) -> None:
    office.lists(officers=2)
    name, record = officer(0)
    other: dict[str, Value] = {"number": "S1", "valid_to": "2030-01-01"}
    office.import_rows("officers", [(name, {**record, "other_certificate": other})])
    (one,) = [one for one in due(office, "2029-01-02") if one.kind == "certificate"]
    assert "off-01" in one.step


def test_a_plan_row_without_a_task_is_late_after_its_month(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()
    assert not only(office, "task.new", "2026-10-31").late
    assert only(office, "task.new", "2026-11-01").late


def test_a_finished_year_leaves_its_case_to_be_filed_away(office: Office) -> None:
    office.year()
    assert kinds(office) == ["case.archive"]
    assert only(office, "case.archive").step == "archive t1 --number 案卷号"
    closing.archive(office.book, office.clerk, "t1", "2026-1", [Paper(1, "方案", digest("方案"), Path("a"))])
    assert kinds(office) == []


def test_a_case_with_an_open_rectification_is_not_filed_away_yet(office: Office) -> None:
    office.ready()
    office.draw()
    office.clock.go("2026-03-10")
    names = [
        office.visit(subject, results=["09"] if n == 0 else ["01"])
        for n, subject in enumerate(office.drawn())
    ]
    office.publish(names)
    assert "case.archive" not in kinds(office)
    name = followups.record(office.book, office.clerk, names[0], "ordered", due="2026-04-01")[0]
    assert "case.archive" not in kinds(office)
    followups.close(office.book, office.clerk, name, "2026-03-10")
    assert kinds(office) == ["case.archive"]


@pytest.mark.parametrize(
    ("day", "found"), [("2026-11-30", []), ("2026-12-01", [False]), ("2027-01-01", [True])]
)
def test_a_year_is_to_be_closed_from_december_on(office: Office, day: str, found: list[bool]) -> None:
    office.lists()
    office.policy()
    office.plan()
    assert [one.late for one in due(office, day) if one.kind == "year.close"] == found


def test_a_year_once_closed_is_no_more_to_be_closed(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()
    office.clock.go("2026-12-01")
    office.book.ask_gap = lambda _last, _now: True
    written = closing.close_year(office.book, office.clerk, 2026)
    assert "year.close" not in kinds(office), "it waits for the approver"
    office.confirm("approver", written)
    assert "year.close" not in kinds(office)


def test_a_new_year_has_no_plan_yet(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()
    assert "plan.import" not in kinds(office, "2026-12-31")
    assert only(office, "plan.import", "2027-01-01").params["year"] == "2027"


def test_an_open_draw_is_late_after_the_window_of_its_task(office: Office) -> None:
    office.ready()
    office.freeze()
    assert not only(office, "draw.commit", "2026-10-31").late
    assert only(office, "draw.commit", "2026-11-01").late


def test_visits_that_were_granted_more_time_are_named_apart(office: Office) -> None:
    office.ready()
    office.draw()
    subject = office.drawn()[0]
    office.confirm(
        "approver", notices.extend(office.book, office.clerk, "d1", subject, "2026-11-20", "委托检验")
    )
    left = [(one.due, one.params["count"]) for one in due(office) if one.kind == "visit.record"]
    assert left == [("2026-10-31", 3), ("2026-11-20", 1)]


class Read(Held):
    """Facts that note of which tables rows were read."""

    def __init__(self, facts: f.Facts) -> None:
        super().__init__(facts)
        self.facts, self.tables = facts, Counter[str]()

    def get(self, table: f.Table[T], key: str) -> T | None:
        found = super().get(table, key)
        self.tables[table.name] += found is not None
        return found

    def rows(self, table: f.Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        for key, row in super().rows(table, prefix):
            self.tables[table.name] += 1
            yield key, row

    def keys(self, table: f.Table[Any], prefix: str = "") -> Iterator[str]:
        return self.facts.keys(table, prefix)


def test_visits_not_made_yet_are_counted_without_reading_their_teams(office: Office) -> None:
    office.ready()
    office.draw()
    others = [made_up_code(number) for number in range(40) if made_up_code(number) not in office.drawn()]
    lists.declare_conflicts(office.book, office.clerk, [("off-00", other, None) for other in others])
    read = Read(office.book.facts())
    assert [one.params["count"] for one in todos(read, "2026-03-10") if one.kind == "visit.record"] == [4]
    assert read.tables["team"] == 0


def test_a_visit_that_was_published_is_read_only_where_all_are(office: Office) -> None:
    office.year()
    read = Read(office.book.facts())
    todos(read, "2026-03-10")
    assert (read.tables["team"], read.tables["visit-of"]) == (0, 0)
    passes = 3  # what is not published yet, what has no follow-up, what a closing of the year would carry
    assert read.tables["visit"] == passes * len(office.drawn())


def test_it_is_a_function_of_facts_and_day(office: Office) -> None:
    office.ready()
    assert due(office) == due(office)
