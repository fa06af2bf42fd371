"""补抽 at the counter: found by the program, proposed, confirmed, drawn, and the visit recorded once."""

from __future__ import annotations

import pytest

from tests.cli.room import APPROVER, Room, room
from tests.cli.test_visits import DAY, confirm_next, next_of
from verifier import facts as f

__all__ = ["room"]


@pytest.fixture
def exhausted(room: Room) -> Room:
    """The room after a draw whose first visit had its two replacements."""
    room.draw_it()
    room.clock.go(DAY)
    (room.folder / "scan.pdf").write_bytes(b"scan")
    subject = room.drawn()[0].subject
    for seat in (0, 1):
        member = room.drawn()[0].members()[seat]
        confirm_next(room, room.does("recuse", subject, member, "--reason", "回避"))
    return room


def filled(room: Room) -> tuple[str, f.Team]:
    """A 补抽 of seat 1 of the first visit, drawn: its draw, and the team now."""
    first = room.drawn()[0]
    room.does("conflict", "declare", first.members()[0], first.subject)
    out = room.does("task", "fill")
    confirm_next(room, out)
    room.does("draw", "ceremony", "--task", "t1-b1", "--yes")
    team = room.facts().get(f.TEAMS, f"t1-d1/{first.subject}")
    assert team is not None
    return "t1-b1-d1", team


def test_a_seat_nobody_may_follow_in_says_how_it_is_drawn(exhausted: Room) -> None:
    first = exhausted.drawn()[0]
    code = exhausted.run("recuse", first.subject, first.members()[0], "--reason", "回避")
    assert code == 9
    assert f"liuhen task fill {first.subject} {first.members()[0]} --draw t1-d1" in exhausted.err


def test_open_seats_are_found_drawn_and_joined(exhausted: Room) -> None:
    before = exhausted.drawn()[0].members()
    draw, team = filled(exhausted)
    assert team.members()[0] not in before and team.members()[1] == before[1]
    assert "Filled at" in exhausted.does("draw", "show", "t1-d1")
    assert team.members()[0] in str(exhausted.json("draw", "show", "t1-d1"))
    record = ("inspect", "record", team.subject, "--draw", draw, "--on", DAY, "--scan", "scan.pdf")
    confirm_next(exhausted, exhausted.does(*record))
    assert "补抽" not in exhausted.does("todo")
    shown = exhausted.json("inspect", "show", "--draw", draw)
    assert shown["draw"] == "t1-d1"


def test_what_has_to_be_filled_stands_in_the_things_to_do(exhausted: Room) -> None:
    first = exhausted.drawn()[0]
    exhausted.does("conflict", "declare", first.members()[0], first.subject)
    assert "task fill --draw t1-d1" in exhausted.does("todo")
    exhausted.does("task", "fill")
    assert "task fill" not in exhausted.does("todo")
    assert exhausted.run("task", "fill") == 9
    assert "t1-b1" in exhausted.err


def test_a_seat_that_can_be_taken_by_replacement_is_not_filled(exhausted: Room) -> None:
    second = exhausted.drawn()[1]
    code = exhausted.run("task", "fill", second.subject, second.seats[0], "--reason", "因故缺席")
    assert code == 9
    assert "liuhen recuse" in exhausted.err


def test_a_whole_team_is_named_by_its_subject_alone(exhausted: Room) -> None:
    first = exhausted.drawn()[0]
    out = exhausted.does("task", "fill", first.subject, "--whole", "--reason", "回避")
    assert next_of(out)[0] == APPROVER
    assert "all seats" in exhausted.does("task", "show", "t1-b1")


def test_nothing_to_fill_is_said(room: Room) -> None:
    room.draw_it()
    assert room.run("task", "fill") == 9
    assert "E-FILL-NONE" in room.err


@pytest.mark.parametrize(
    "words", [("a",), ("a", "b"), ("--whole",), ("a", "b", "--whole", "--reason", "回避")]
)
def test_half_a_wish_is_no_command(room: Room, words: tuple[str, ...]) -> None:
    assert room.run("task", "fill", *words) == 2


def test_a_task_that_waits_for_its_approver_is_named_with_its_entry(exhausted: Room) -> None:
    first = exhausted.drawn()[0]
    exhausted.does("task", "fill", first.subject, first.members()[0], "--reason", "回避")
    told = exhausted.refused("draw", "freeze", "--task", "t1-b1")
    assert "Code: E-TASK-WAITING" in told
    seq = exhausted.size() - 1
    assert f"liuhen confirm {seq}" in told


def test_a_paper_that_a_member_of_the_team_did_not_sign_is_refused(exhausted: Room) -> None:
    team = exhausted.drawn()[0]
    record = ("inspect", "record", team.subject, "--on", DAY, "--scan", "scan.pdf")
    told = exhausted.refused(*record, "--names", team.members()[0], "--names", "见证人")
    assert "Code: E-VISIT-NAMES" in told and team.members()[1] in told
    exhausted.does(*record, *(word for member in team.members() for word in ("--names", member)))
