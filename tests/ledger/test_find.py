"""What a person names by a part of it: the draw that a subject is meant in."""

from __future__ import annotations

from pathlib import Path

from ledger.commands import find
from tests.office import Office


def test_a_subject_names_the_draw_that_drew_it_where_only_one_did(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.draw()
    office.task("t2")
    office.draw("d2", "t2")
    facts = office.book.facts()
    first, second = (set(office.drawn(name)) for name in ("d1", "d2"))
    for name, alone in (("d1", first - second), ("d2", second - first)):
        for subject in alone:
            assert find.draw_of_subject(facts, subject) == name
            assert find.draw_of_subject(facts, find.names_at_freeze(facts, name)[subject]) == name
    assert first ^ second, "the two draws differ"
    for subject in first & second:
        assert find.draw_of_subject(facts, subject) == "", "the person says which"
    assert find.draw_of_subject(facts, next(iter(first)), pool=True) == "", "both pools hold it"
    assert find.draw_of_subject(facts, "没有这家") == ""
