"""The end of a task, of a year and of somebody's duty."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from ledger.book import Book
from ledger.commands import find
from tests.cli.clerk import Clerk
from tests.office import Office, digest
from verifier import facts as f
from verifier.errors import Exit


@pytest.fixture
def done(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """An office whose one task was drawn, visited and published, as `Office.year` plays it."""
    for path in clerk.folder.iterdir():
        if path.name.startswith("台账"):
            path.unlink()
    for path in (clerk.folder / "keys").iterdir():
        path.unlink()
    office = Office(clerk.folder)
    office.year()
    office.book.close()
    monkeypatch.setattr("ledger.book.AHEAD", timedelta(days=999))
    clerk.clock.go("2026-11-30")
    return clerk


def papers(clerk: Clerk) -> Path:
    """The files that the made-up office named, under names of their own."""
    folder = clerk.folder / "扫描 件"
    folder.mkdir()
    return folder


def facts(clerk: Clerk) -> f.Facts:
    with Book.open(clerk.folder / "台账 ledger.db", read_only=True) as book:
        return book._rebuilt()


def test_a_year_is_closed_in_december_and_names_what_is_open(done: Clerk) -> None:
    assert done.run("year", "close", "2026", "--yes") == Exit.REFUSED
    assert "12" in done.err
    done.clock.go("2026-12-31")
    said = done.does("year", "close", "2026", "--yes")
    assert "未归档的案卷 1" in done.err
    assert "审批人确认后" in said
    done.does("confirm", "--all", by="sun-approver")
    assert "已于 2026-12-31 结转" in done.does("year", "show", "2026")
    assert done.run("year", "close", "2026", "--yes") == Exit.REFUSED


def test_a_year_that_is_closed_takes_no_task(done: Clerk) -> None:
    done.clock.go("2026-12-31")
    done.does("year", "close", "2026", "--yes")
    done.does("confirm", "--all", by="sun-approver")
    for file in ("方案.docx", "检查表.docx"):
        (done.folder / file).write_bytes(file.encode())
    refused = done.run(
        *("task", "new", "t9", "--row", "1", "--batch", "2", "--scheme", done.folder / "方案.docx"),
        *("--form", done.folder / "检查表.docx", "--form-version", "1", "--responsible", "钱二"),
        *("--seat", "fgj", "--seat", "fgj"),
    )
    assert refused == Exit.REFUSED, done.err
    assert "year.closed" in done.err


def test_the_next_year_is_opened_step_by_step(done: Clerk) -> None:
    done.clock.go("2027-01-04")
    steps = done.json("year", "open", "2027")
    assert [step["done"] for step in steps["steps"]] == [False, False, True, False, False]
    assert steps["next"].endswith("year close 2026")
    done.does("year", "close", "2026", "--yes")
    done.does("confirm", "--all", by="sun-approver")
    assert done.json("year", "open", "2027")["next"].endswith("calendar adopt 2027")
    assert "2026 年度转入" in done.does("year", "open", "2027")


def test_a_case_file_holds_every_paper_under_its_number(done: Clerk) -> None:
    folder = papers(done)
    task = next(row for _, row in facts(done).rows(f.TASKS))
    for key, content in {"scheme": "方案", "form": "检查表"}.items():
        assert task.data[key]["file"] == digest(content)
        (folder / f"{key}.bin").write_bytes(content.encode())
    (folder / "别的.txt").write_bytes(b"other")
    further = done.folder / "会议纪要.pdf"
    further.write_bytes(b"minutes")
    written = done.does(
        *("archive", "--number", "2026/双随机-01", "--from", folder, "--paper", further),
        *("--folder", done.folder / "案卷 01", "--yes"),
    )
    assert "已归档" in written
    names = sorted(path.name for path in (done.folder / "案卷 01").iterdir())
    assert [name[:3] for name in names] == ["001", "002", "003", "卷内目"]
    assert names[2] == "003-会议纪要.pdf"
    sheet = openpyxl.load_workbook(done.folder / "案卷 01/卷内目录.xlsx").active
    assert sheet is not None
    assert sheet["A1"].value == "卷 内 目 录"
    assert sheet["B2"].value == "2026/双随机-01"
    assert "未找到文件" in [cell.value for cell in sheet["F"]]
    assert "case.complete" in written


def test_a_case_file_is_never_overwritten(done: Clerk) -> None:
    (done.folder / "案卷").mkdir()
    scans = papers(done)
    (scans / "方案.bin").write_bytes("方案".encode())
    place = ("--from", scans, "--folder", done.folder / "案卷")
    assert done.run("archive", "--number", "1", *place, "--yes") == Exit.USAGE
    assert list((done.folder / "案卷").iterdir()) == []


def test_a_case_without_papers_leaves_no_folder(done: Clerk) -> None:
    empty = papers(done)
    refused = done.run("archive", "--number", "1", "--from", empty, "--folder", done.folder / "卷", "--yes")
    assert refused == Exit.UNREADABLE, done.out
    assert "扫描件所在的文件夹" in done.err
    assert not (done.folder / "卷").exists()


def test_duties_pass_to_a_successor_who_confirms_in_person(done: Clerk) -> None:
    said = done.does("handover", "qian-clerk", "sun-approver", "--reason", "岗位调整")
    assert "钱二" in said and "key revoke qian-clerk" in said
    assert done.run("confirm", "--all", by="li-supervisor") != 0
    done.does("confirm", "--all", by="sun-approver")
    handed = [row.data for _, row in facts(done).rows(f.HANDOVERS)]
    assert [(row["holder"], row["successor"]) for row in handed] == [("qian-clerk", "sun-approver")]
    assert done.run("handover", "qian-clerk", "nobody", "--reason", "调离") == Exit.USAGE


def test_open_tasks_are_found_by_who_made_them(clerk: Clerk) -> None:
    clerk.plan()
    clerk.task()
    clerk.does("confirm", "--all", by="sun-approver")
    assert "t1" in clerk.does("handover", "qian-clerk", "li-supervisor", "--reason", "调离")
    assert find.holders_with(facts(clerk), ["clerk"]) == ["qian-clerk"]
