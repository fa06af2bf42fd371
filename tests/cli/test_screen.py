"""The screen in the room: what was sealed, who opened, random numbers in their true order, nothing else."""

from __future__ import annotations

import re

import pytest

from cli.drawing.screen import Page, boxed, fitted, framing, pages
from cli.table import width
from tests.cli.room import Room, room
from verifier import draw as lot
from verifier import facts as f
from verifier.errors import Exit

__all__ = ["room"]

LONG = "一二三四五六七八九十" * 9


def shown(room: Room, *words: object) -> str:
    return room.does("draw", "show", *words, "--screen")


def test_it_shows_what_was_sealed_who_opened_the_seed_and_the_teams(room: Room) -> None:
    room.draw_it()
    out = shown(room)
    for words in ("List sealed", "Random numbers", "Seed", "smallest random number first", "Who goes where"):
        assert words in out
    for holder in ("qian-clerk", "li-supervisor"):
        assert holder in out
    assert out.count("[x] opened") == 2


def test_random_numbers_stand_in_their_true_order_down_to_the_cut(room: Room) -> None:
    room.draw_it()
    out = shown(room)
    tickets = [match[1] + match[2] for match in re.finditer(r"\d  ([0-9a-f]{8}) ([0-9a-f]{8}) …", out)]
    draw = room.facts().get(f.DRAWS, "t1-d1")
    frozen = room.facts().get(f.FROZEN, "t1-d1")
    assert draw is not None
    assert frozen is not None
    every = sorted(lot.ticket_subject(draw.outcome["seed"], row[1])[:16] for row in frozen.pool)
    assert tickets == every[:6]
    assert out.index("drawing stops here") > out.index(tickets[3][:8])
    assert out.index("drawing stops here") < out.index(tickets[4][:8])


def test_before_the_draw_it_shows_who_is_missing_and_no_seed(room: Room) -> None:
    room.does("draw", "freeze", "--yes")
    room.does("draw", "commit")
    out = shown(room)
    assert (out.count("[x] sealed"), out.count("[ ] sealed"), out.count("[ ] opened")) == (1, 1, 2)
    assert "Seed" not in out


@pytest.mark.parametrize("room", [{"sealed": True}], indirect=True)
def test_of_a_sealed_draw_the_room_sees_nobody_s_name(room: Room) -> None:
    room.does("draw", "ceremony", "--yes", "--show")
    told = room.out + shown(room)
    assert "Drawn, and sealed" in told
    for team in room.drawn():
        assert team.subject not in told
        assert "演示企业" not in told


@pytest.mark.parametrize("room", [{"seats": [("fgj", "-", 4), ("scj", "-", 4)]}], indirect=True)
def test_the_room_is_told_when_there_is_no_lot_between_officers(room: Room) -> None:
    room.does("draw", "freeze", "--yes")
    assert "everybody is sent" in shown(room)


@pytest.mark.parametrize("room", [{"teams": "groups", "groups": 2}], indirect=True)
def test_groups_stand_with_their_subjects(room: Room) -> None:
    room.draw_it()
    out = shown(room)
    assert "Group 1" in out
    assert "Group 2" in out


def test_the_ceremony_shows_each_stage_when_it_is_reached(room: Room) -> None:
    out = room.does("draw", "ceremony", "--yes", "--show", "--pause", "0")
    places = [out.index(words) for words in ("List sealed", "Random numbers", "3  Seed", "4  Drawn")]
    assert places == sorted(places)


@pytest.mark.parametrize("words", [("--all", "--task", "t1"), ("--all", "--value", "1")])
def test_all_draws_and_one_draw_exclude_each_other(room: Room, words: tuple[str, ...]) -> None:
    assert room.run("draw", "ceremony", *words) == Exit.USAGE


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "ascii", None])
def test_every_line_of_a_page_is_as_wide_as_the_frame(columns: int, encoding: str | None) -> None:
    lines = boxed(Page("摇号", (LONG, "short", "")), columns, framing(encoding))
    assert {width(line) for line in lines} == {min(max(columns, 60), 120)}


def test_a_gbk_console_gets_a_frame_of_plain_signs() -> None:
    assert "".join(framing("gbk")).isascii()
    assert not "".join(framing("UTF-8")).isascii()


@pytest.mark.parametrize("rows", [24, 40])
@pytest.mark.parametrize("count", [0, 1, 8, 9, 100])
def test_a_page_fits_the_height_and_loses_no_line(rows: int, count: int) -> None:
    page = Page("t", tuple(f"line {n}" for n in range(count)))
    parts = list(fitted(page, rows))
    assert all(len(boxed(part, 80, framing("utf-8"))) < rows for part in parts)
    assert [line for part in parts for line in part.lines if line] == list(page.lines)


def test_the_same_draw_gives_the_same_pages(room: Room) -> None:
    room.draw_it()
    assert pages(room.facts(), "t1-d1") == pages(room.facts(), "t1-d1")
