"""Around a draw at the counter: an observer who leaves, guests, filing, copies of a sealed list."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import PropertyMock

import click
import pytest

from cli.desk import Desk
from ledger.book import Book
from tests.cli.room import APPROVER, CLERK, SUPERVISOR, Room, room
from tests.cli.test_help import takes
from verifier import facts as f
from verifier.replay import verify_entries

OBSERVER = "zhou-observer"
SEALED = pytest.mark.parametrize("room", [{"sealed": True}], indirect=True)


def types(room: Room) -> list[str]:
    with Book.open(room.ledger, read_only=True) as book:
        return [entry.body.type for entry in book.entries()]


def next_of(out: str) -> str:
    return out.rsplit("Next: ", 1)[1].strip().split(" --as ", 1)[-1]


def test_an_observer_who_leaves_before_revealing_is_named_and_the_task_is_drawn_again(room: Room) -> None:
    people = [word for holder in (CLERK, OBSERVER) for word in ("--party", holder)]
    room.does("draw", "freeze", *people, "--yes")
    room.does("draw", "commit")
    room.does("draw", "commit", by=OBSERVER)
    room.does("draw", "reveal", "--yes")
    out = room.does("draw", "abort", "--cause", "有一方未启封随机数", "--note", "见证代表离场", "--yes")
    assert "party-missing: 周五 (zhou-observer)" in out
    step = next_of(out).split()
    assert step[:2] == [APPROVER, "confirm"]
    out = room.does("confirm", step[2], by=APPROVER)
    assert "aborted: party-missing: 周五 (zhou-observer)" in out
    assert "can be drawn again under a new id (g will be 2)" in out
    assert next_of(out).endswith("draw freeze --task t1")

    room.does("draw", "freeze", "--task", "t1", "--yes")
    room.does("draw", "ceremony", "--yes")
    draws = room.facts()
    first, second = draws.get(f.DRAWS, "t1-d1"), draws.get(f.DRAWS, "t1-d2")
    assert first is not None and first.parties[first.missing] == OBSERVER
    assert second is not None and second.state == "executed"
    with Book.open(room.ledger, read_only=True) as book:
        report = verify_entries([entry.raw for entry in book.entries()], "office")
    assert {outcome.draw: outcome.g for outcome in report.outcomes} == {"t1-d1": 2, "t1-d2": 2}
    assert {check.rule for check in report.checks if check.status.value in ("fail", "warn")} == {
        "draw.outcomes"
    }


def test_a_party_that_did_what_it_had_to_is_not_said_to_be_missing(room: Room) -> None:
    room.does("draw", "freeze", "--yes")
    room.does("draw", "commit")
    room.does("draw", "commit", by=SUPERVISOR)
    assert "Code: E-DRAW-PRESENT" in room.refused("draw", "abort", "--cause", "party-uncommitted", "--yes")
    asked = ("draw", "abort", "--cause", "party-missing", "--yes")
    assert "Code: E-DRAW-WHICH" in room.refused(*asked, by=APPROVER)
    assert "party-missing: 李四" in room.does(*asked, "--party", SUPERVISOR, by=APPROVER)


def test_what_is_to_be_filed_names_a_command_that_the_command_line_takes() -> None:
    takes(["draw", "file", "d1", "--authority", "备案机关"])


def test_guests_and_filing_are_shown_with_the_draw(room: Room) -> None:
    room.draw_it()
    room.does("draw", "attend", "人大代表:县人大", "media：县融媒体中心：记者甲")
    out = room.does("draw", "file", "--authority", "领导小组办公室", "--number", "报备1号")
    assert "was filed with 领导小组办公室 on 2026-03-02" in out
    shown = room.does("draw", "show", "t1-d1")
    for told in ("deputies, 县人大", "media, 县融媒体中心 记者甲", "Filed with 领导小组办公室 on 2026-03-02"):
        assert told in shown
    held = room.json("draw", "show", "t1-d1")
    assert held["attended"][0] == {"capacity": "deputies", "org": "县人大"}
    assert held["filed"] == [{"authority": "领导小组办公室", "date": "2026-03-02"}]


@pytest.mark.parametrize("typed", ["县人大", "代表:县人大", "人大代表:", "人大代表:县人大:甲:乙"])
def test_a_guest_that_is_not_of_the_form(room: Room, typed: str) -> None:
    room.draw_it()
    assert "capacities: deputies" in room.refused("draw", "attend", typed, exit_code=2)


@SEALED
def test_a_sealed_list_is_printed_only_after_it_is_said_how_often_and_what_for(room: Room) -> None:
    room.draw_it()
    assert "Code: E-PRINT-ASK" in room.refused("draw", "record", exit_code=2)
    assert not Path("t1-d1-记录单.docx").exists()
    room.does("draw", "record", "--copies", 3, "--purpose", "检查组各一份")
    assert Path("t1-d1-记录单.docx").exists()
    assert types(room)[-1] == "draw.printed"
    told = "Printed while sealed: 3 copies by 钱二 (qian-clerk) on 2026-03-02, for: 检查组各一份"
    assert told in room.does("draw", "show")


@SEALED
def test_the_workbook_of_a_sealed_draw_is_a_printing_too(room: Room) -> None:
    room.draw_it()
    room.does("inspect", "sheet")
    assert types(room)[-1] == "draw.printed"


@SEALED
def test_a_form_that_names_who_was_drawn_is_a_printing_too(room: Room) -> None:
    room.draw_it()
    assert "Code: E-PRINT-ASK" in room.refused("form", "print", "visit", exit_code=2)
    room.does("form", "print", "visit", "--copies", 1, "--purpose", "上门检查")
    assert types(room)[-1] == "draw.printed"
    room.does("form", "print", "plan")
    assert types(room).count("draw.printed") == 1


@SEALED
def test_on_a_terminal_copies_and_purpose_are_asked(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.draw_it()
    asked: list[str] = []
    answers = iter([2, "存档"])

    def prompt(text: str, **_options: object) -> object:
        asked.append(text)
        return next(answers)

    monkeypatch.setattr(Desk, "interactive", PropertyMock(return_value=True))
    monkeypatch.setattr(click, "prompt", prompt)
    room.does("draw", "record")
    assert asked == ["Draw t1-d1 is sealed. Copies to print", "What are they for"]


def test_an_open_list_is_printed_without_a_question(room: Room) -> None:
    room.draw_it()
    room.does("draw", "record")
    room.does("inspect", "sheet")
    assert "draw.printed" not in types(room)


__all__ = ["room"]
