"""After the results at the counter: follow-ups, bulletins, activities, reports, figures."""

from __future__ import annotations

import csv
import sqlite3

import pytest

from tests.cli.room import APPROVER, Room, room

DAY = "2026-03-10"
__all__ = ["room"]


BOX = "item-1=checked,灭火器过期"


@pytest.fixture
def visited(room: Room) -> Room:
    """Four drawn and visited on 10 March, the first with a problem (09), all published."""
    room.draw_it()
    room.clock.go(DAY)
    (room.folder / "scan.pdf").write_bytes(b"scan")
    for nth, team in enumerate(room.drawn()):
        problem = ("--item", BOX, "--result", "09", "--findings", "灭火器过期") if nth == 0 else ()
        room.does("inspect", "record", team.subject, "--on", DAY, "--scan", "scan.pdf", *problem)
    room.does("confirm", "--all", by=APPROVER)
    room.does("result", "register", "--all", "--channel", "credit_system", "--yes")
    return room


def first(room: Room) -> str:
    return room.drawn()[0].subject


def test_a_problem_is_followed_up_and_closed_step_by_step(visited: Room) -> None:
    out = visited.does("followup", "list")
    assert "no follow-up yet" in out
    assert "灭火器过期" in out
    assert out.rsplit("followup record ", 1)[1].startswith("visit-")
    out = visited.does("followup", "record", first(visited), "--kind", "责令改正", "--due", "2026-03-20")
    name = out.rsplit("followup close ", 1)[1].strip()
    assert "To be settled by 2026-03-20." in out
    assert "open" in visited.does("followup", "list", "--open")
    visited.clock.go("2026-03-22")
    assert "overdue!" in visited.does("followup", "list")
    assert visited.json("followup", "list")["overdue"] == 1
    out = visited.does("followup", "close", name, "--on", "2026-03-21", "--reason", "已更换")
    assert "settled on 2026-03-21" in out
    assert "No problem is on record." in visited.does("followup", "list", "--open")


def test_what_was_put_right_on_the_spot_is_closed_on_the_day_of_the_visit(visited: Room) -> None:
    out = visited.does("followup", "record", first(visited), "--kind", "on_the_spot")
    assert f"Closed: settled on {DAY}." in out


def test_the_ledger_of_problems_is_written_as_csv(visited: Room) -> None:
    visited.does("followup", "record", first(visited), "--kind", "case", "--to", "执法大队")
    visited.does("followup", "list", "--csv", "台账.csv")
    with (visited.folder / "台账.csv").open(encoding="utf-8-sig") as file:
        header, row = csv.reader(file)
    assert dict(zip(header, row, strict=True))["To whom"] == "执法大队"
    assert "nobody can be asked" in visited.refused("followup", "list", "--csv", "台账.csv", exit_code=8)


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (("followup", "record", "{first}", "--kind", "枪毙"), 2),
        (("followup", "record", "{first}", "--kind", "case", "--due", "2026-02-30"), 2),
        (("followup", "record", "{first}", "--kind", "case", "--due", "2026-03-01"), 9),
        (("followup", "record", "某某公司", "--kind", "case"), 9),
        (("followup", "close", "followup-none"), 9),
        (("bulletin", "issue", "--channel", "电台"), 2),
        (("report", "issue", "monthly", "none.docx", "--from", DAY, "--until", DAY), 4),
        (("activity", "record", "会", "--kind", "joint_elsewhere"), 9),
        (("stats", "show", "happiness"), 2),
        (("inspect", "record", "{first}", "--on", DAY, "--by-key", "--codes", "i", "--result", "A"), 2),
    ],
)
def test_it_is_refused(visited: Room, words: tuple[str, ...], exit_code: int) -> None:
    visited.refused(*(word.format(first=first(visited)) for word in words), exit_code=exit_code)


def test_bulletin_activity_and_reports_are_registered_and_listed(visited: Room) -> None:
    assert "none yet" in visited.does("bulletin", "list")
    visited.does("bulletin", "issue", "--channel", "政府门户网站", "--address", "公告2026-9")
    assert DAY in visited.does("bulletin", "list")
    visited.does("activity", "record", "部署会", "--kind", "会议", "--on", "2026-03-05")
    visited.does(
        *("activity", "record", "联合抽查", "--kind", "joint_elsewhere", "--lead", "消防救援大队"),
        *("--subjects", "4", "--published", "4", "--partner", "应急管理局"),
    )
    out = visited.does("activity", "list")
    assert out.index("部署会") < out.index("联合抽查")
    assert "部署会" not in visited.does("activity", "list", "--from", DAY)
    visited.does("report", "task", "--to", "执法监督股")
    visited.does("report", "issue", "monthly", "scan.pdf", "--from", "2026-03-01", "--until", "2026-03-23")
    out = visited.does("report", "list")
    assert "2026-03-01 – 2026-03-23" in out
    assert visited.json("verify")["verdict"] == "pass"


def test_figures_and_the_entries_behind_them(visited: Room) -> None:
    found = visited.json("stats")
    assert (found["figures"]["visits"], found["figures"]["problems"], found["from"]) == (4, 1, "2026-01-01")
    assert found["rates"]["published_rate"] == {"part": 4, "whole": 4}
    assert found["figures"] == visited.json("stats", "--from", "2026-01-01", "--until", DAY)["figures"]
    shown = visited.json("stats", "show", "problems")["figures"][0]
    (entry,) = shown["entries"]
    assert "09" in visited.does("log", "show", entry["seq"])
    assert visited.json("stats", "show", "发现问题户次")["figures"][0] == shown, "the name in the table"
    parts = visited.json("stats", "show", "followup_rate")["figures"]
    assert [part["figure"] for part in parts] == ["followup_begun", "followup_needed"]
    assert "covered:tag=油气" in visited.does("stats", "show", "covered:tag=油气")


def test_figures_are_written_as_csv_and_as_a_database(visited: Room) -> None:
    visited.does("stats", "--csv", "统计.csv")
    text = (visited.folder / "统计.csv").read_text("utf-8-sig")
    assert '"visits","Visits","4","",""' in text
    assert '"published_rate","Published","4","4","100.0%"' in text
    out = visited.does("stats", "database", "统计 views.db")
    assert "tables" in out
    with sqlite3.connect(visited.folder / "统计 views.db") as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM visits").fetchall()
    assert count == 4


def test_results_are_taken_and_shown_in_the_codes_of_a_platform(room: Room) -> None:
    room.draw_it()
    room.clock.go(DAY)
    (room.folder / "scan.pdf").write_bytes(b"scan")
    one, two, *_ = room.drawn()
    out = room.does(
        *("inspect", "record", one.subject, "--on", DAY, "--scan", "scan.pdf"),
        *("--codes", "z", "--result", "6", "--result", "b"),
    )
    assert "Result: 10、13" in out
    room.does(
        *("inspect", "record", two.subject, "--on", DAY, "--scan", "scan.pdf", "--codes", "i"),
        *("--result", "正常"),
    )
    room.does("confirm", "--all", by=APPROVER)
    listed = {
        row["subject"]: row["results"] for row in room.json("result", "list", "--codes", "z")["results"]
    }
    assert listed == {one.subject: ["6", "B"], two.subject: ["1"]}
    assert "通过登记的住所" in room.does("result", "list", "--codes", "z")
    assert "≈07" in room.does("result", "codes", "--codes", "i")


def test_the_trail_of_an_enterprise_holds_its_follow_ups_and_no_other_s(visited: Room) -> None:
    visited.does("followup", "record", first(visited), "--kind", "责令改正", "--due", "2026-03-20")
    name = visited.json("followup", "list")["problems"][0]["followup"]
    visited.does("followup", "close", name, "--on", "2026-03-10", "--reason", "已更换")
    kinds = [one["type"] for one in visited.json("trail", first(visited))["touches"]]
    assert kinds.count("followup.recorded") == kinds.count("followup.closed") == 1
    kinds = [one["type"] for one in visited.json("trail", visited.drawn()[1].subject)["touches"]]
    assert "followup.recorded" not in kinds
