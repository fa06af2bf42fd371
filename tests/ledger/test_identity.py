"""A subject that goes on under another id keeps what was drawn, inspected and declared under the old one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.commands import lists, registers
from tests.ledger.test_facts_agree import packed, replayed
from tests.office import Office, digest, made_up_code, subject
from verifier import facts as f
from verifier.errors import LiuhenError
from verifier.law.identity import current, inspected, same

NEW = made_up_code(90)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.ready()
    made.draw()
    made.import_rows("subjects", [subject(90)])
    return made


def link(office: Office, old: str, new: str = NEW) -> None:
    written = registers.link_subjects(office.book, office.clerk, old, new, "code_changed", digest("通知"))
    office.confirm("approver", written)


def inspections(office: Office, year: int) -> list[tuple[str, str, str]]:
    """What is known of the year of the subject with the new id."""
    return inspected(office.book.facts(), year).get(NEW, [])


def test_a_draw_under_the_old_id_counts_for_the_new_one(office: Office) -> None:
    old = office.drawn()[0]
    assert inspections(office, 2026) == []
    link(office, old)
    facts = office.book.facts()
    assert [(by, name) for _, by, name in inspections(office, 2026)] == [("own", "d1")]
    assert inspections(office, 2025) == []
    assert same(facts, old) == same(facts, NEW) == {old, NEW}
    assert facts.get(f.register("subjects"), old) is None


def test_declared_history_counts_under_every_id(office: Office) -> None:
    old = made_up_code(1)
    record = {"subject": old, "date": "2026-01-20", "by": "superior", "body": "市发改委"}
    office.import_rows("history", [("h-1", dict(record))])
    link(office, old)
    assert inspections(office, 2026) == [("2026-01-20", "superior", "市发改委")]


def test_a_conflict_holds_for_both_ids_and_ends_for_both(office: Office) -> None:
    old = made_up_code(2)
    lists.declare_conflicts(office.book, office.clerk, [("off-00", old, None)])
    link(office, old)
    held = [key for key, _ in office.book.facts().rows(f.CONFLICTS)]
    assert held == sorted(f"off-00/{name}" for name in (old, NEW))
    lists.withdraw_conflict(office.book, office.clerk, "off-00", NEW, "调离")
    assert list(office.book.facts().rows(f.CONFLICTS)) == []


def test_several_become_one_and_a_chain_has_one_end(office: Office) -> None:
    first, second = made_up_code(1), made_up_code(2)
    link(office, first, second)
    link(office, second, NEW)
    facts = office.book.facts()
    assert {current(facts, name) for name in (first, second, NEW)} == {NEW}
    assert same(facts, first) == {first, second, NEW}
    with pytest.raises(LiuhenError):
        link(office, NEW, first)


def test_the_visit_to_the_old_id_is_still_made(office: Office) -> None:
    old = office.drawn()[0]
    link(office, old)
    office.clock.go("2026-03-10")
    office.publish([office.visit(name) for name in office.drawn()])
    assert packed(replayed(office)) == packed(office.book.facts())
