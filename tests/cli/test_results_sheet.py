"""`liuhen inspect sheet` and `inspect import`: a sheet is filled in and recorded, all of it or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from ledger.importing.batch import VISITS
from tests.cli.room import APPROVER, Room, room
from tests.office import Office
from verifier import facts as f

__all__ = ["room"]
KEYS = [column.key for column in VISITS.columns]
DAY = "2026-03-10"


@pytest.fixture
def sheet(room: Room) -> Path:
    """The sheet of the four visits of a draw, to be filled in ten days later."""
    room.draw_it()
    room.clock.go(DAY, 8)
    path = room.folder / "录入表.xlsx"
    room.does("inspect", "sheet", path)
    room.clock.go("2026-03-12")
    (room.folder / "扫描件.pdf").write_bytes(b"scan")
    return path


def fill(path: Path, *rows: dict[str, object]) -> None:
    """Type cells into the rows, from the first one on."""
    book = openpyxl.load_workbook(path)
    page = book[VISITS.sheet]
    for number, cells in enumerate(rows, 3):
        for key, value in cells.items():
            page.cell(number, KEYS.index(key) + 1, value)
    book.save(path)


NO_SCAN: dict[str, object] = {"day": DAY}
GOOD: dict[str, object] = {"day": DAY, "scan": "扫描件.pdf"}


def test_a_filled_in_sheet_is_recorded_and_waits_for_one_confirmation(room: Room, sheet: Path) -> None:
    fill(sheet, *[GOOD] * 4)
    told = room.json("inspect", "import", sheet)
    assert len(told["visits"]) == 4
    room.does("confirm", "--all", by=APPROVER)
    assert {row.state for _, row in room.facts().rows(f.VISITS)} == {"effective"}


def test_one_fault_and_nothing_is_recorded(room: Room, sheet: Path) -> None:
    fill(sheet, GOOD, {**GOOD, "day": "2026-03-01"}, {**GOOD, "results": "77"}, {**GOOD, "team": "张三丰"})
    said = room.refused("inspect", "import", sheet, exit_code=4)
    for words in ("3 faults", "Row 4", "Row 5", "Row 6", "E-IMP-087", "E-IMP-091", "E-IMP-084"):
        assert words in said, said


def test_programs_get_every_fault_with_its_place_and_remedy(room: Room, sheet: Path) -> None:
    fill(sheet, {**GOOD, "day": "2026-03-01"}, {**GOOD, "results": "77"})
    assert room.run("--json", "inspect", "import", sheet) == 4
    faults = json.loads(room.out or room.err)["faults"]
    assert [(one["row"], one["column"][:1], one["value"]) for one in faults] == [
        (3, "E", "2026-03-01 00:00"),
        (4, "H", "77"),
    ]
    assert all(one["remedy"] for one in faults)


def test_the_same_sheet_again_writes_nothing_and_another_result_is_refused(room: Room, sheet: Path) -> None:
    fill(sheet, *[GOOD] * 4)
    room.does("inspect", "import", sheet)
    before = room.size()
    assert "0 visits recorded, 4" in room.does("inspect", "import", sheet)
    assert room.size() == before
    fill(sheet, {"results": "09"})
    assert "E-IMP-090" in room.refused("inspect", "import", sheet, exit_code=4)


def test_a_sheet_of_another_ledger_is_refused(room: Room, sheet: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other", origin="other.example.gov.cn/fgj")
    ours = room.ledger
    other.book.close()
    room.ledger = next((tmp_path / "other").glob("*.db"))
    said = room.refused("inspect", "import", sheet, exit_code=4)
    room.ledger = ours
    assert "E-IMP-080" in said


def test_one_scan_serves_every_row(room: Room, sheet: Path) -> None:
    fill(sheet, *[{**NO_SCAN}] * 4)
    assert "E-IMP-094" in room.refused("inspect", "import", sheet, exit_code=4)
    told = room.json("inspect", "import", sheet, "--scan", room.folder / "扫描件.pdf")
    assert len(told["visits"]) == 4


def test_codes_of_another_table_are_turned_into_ours(room: Room, sheet: Path) -> None:
    fill(sheet, {**GOOD, "results": "A"})
    assert "E-IMP-091" in room.refused("inspect", "import", sheet, exit_code=4)
    room.does("inspect", "import", sheet, "--codes", "z")
    room.does("confirm", "--all", by=APPROVER)
    assert [row.data["results"] for _, row in room.facts().rows(f.VISITS)] == [["09"]]


def test_what_a_rule_refuses_all_the_same_is_a_fault_of_its_row(
    room: Room, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.importing.visits.consistent", lambda _box: True)
    fill(sheet, GOOD, {**GOOD, "items": "item-1=责改"})
    said = room.refused("inspect", "import", sheet, exit_code=4)
    assert "Row 4: Rule visit.form does not allow this row" in said
