"""检查结果录入表: one sheet with every fault that a row can have gives those faults and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest

from ledger.commands import find, visit_rows, visits
from ledger.importing.batch import VISITS, visits_sheet
from ledger.importing.faults import Fault, Kind
from ledger.importing.visits import Papers, Visits, read_visits
from tests.office import Office, digest, made_up_code, officer
from verifier import facts as f

KEYS = [column.key for column in VISITS.columns]
DAY = "2026-03-04"
SCANS = Papers(lambda name: name == "扫描件.pdf", common=True)
Change = dict[str, object]


class Sheet:
    """An office that drew thirty enterprises (全数检查), and the sheet of their visits."""

    def __init__(self, folder: Path) -> None:
        self.office = office = Office(folder)
        office.lists(subjects=60)
        name, record = officer(0)
        office.import_rows("officers", [(name, {**record, "valid_to": "2026-03-05"})])
        office.policy()
        office.plan(p=1, q=1)
        office.task()
        office.draw()
        self.folder = folder
        self.drawn = office.drawn()
        self.expiring = next(s for s in self.drawn if "off-00" in self.team(s))
        others = [s for s in self.drawn if s != self.expiring]
        self.recorded, self.waiting, self.same, *self.rest = others
        office.clock.go(DAY, 10)
        self.seq = self._record(self.recorded, results=["09"], findings="消防通道堵塞")
        self._record(self.same, results=["09"], findings="消防通道堵塞")
        visits.record_visit(
            office.book,
            office.clerk,
            "d1",
            self.waiting,
            occurred=f"{DAY}T10:00:00+08:00",
            paper=(["钱二"], b"\0" * 32),
        )
        office.clock.go("2026-03-20")
        facts = office.book.facts()
        self.names = find.names_at_freeze(facts, "d1")
        self.lot = visit_rows.lot_of(office.book, facts, office.clock())

    def _record(self, subject: str, results: list[str], findings: str) -> int:
        self.office.visit(subject, occurred=f"{DAY}T00:00:00+08:00", results=results, findings=findings)
        ref = self.office.book.facts().get(f.VISIT_OF, f"d1/{subject}")
        assert ref is not None
        return visits.visit_of(self.office.book.facts(), ref.key).seq

    def team(self, subject: str) -> list[str]:
        team = self.office.book.facts().get(f.TEAMS, f"d1/{subject}")
        assert team is not None
        return list(team.members())

    def write(self, changes: Mapping[str, Change], name: str = "录入表.xlsx") -> Path:
        """The sheet with a row for each subject of `changes`, its cells changed, filled in else."""
        facts = self.office.book.facts()
        rows = [
            ("d1", s, self.names[s], "、".join(find.officer_name(facts, o) for o in self.team(s)))
            for s in changes
        ]
        path = self.folder / name
        path.write_bytes(visits_sheet(self.lot.ledger, rows))
        book = openpyxl.load_workbook(path)
        sheet = book[VISITS.sheet]
        for number, cells in enumerate(changes.values(), 3):
            for key, value in {"day": DAY, **cells}.items():
                sheet.cell(number, KEYS.index(key) + 1, value)
        book.save(path)
        return path

    def read(self, path: Path, papers: Papers = SCANS, codes: str = "g") -> Visits:
        return read_visits(path, self.lot, papers, codes=codes)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    return Sheet(tmp_path_factory.mktemp("录入 sheet"))


STRANGER = made_up_code(1)  # in the register, of another tag
ROWS: list[tuple[str, Change, str, str, str]] = [
    ("a day before the draw", {"day": "2026-03-01"}, "E-IMP-087", "day", "2026-03-01 00:00"),
    ("a day to come", {"day": "2026-03-21"}, "E-IMP-027", "day", "2026-03-21"),
    ("an end to come", {"until": "2026-03-21"}, "E-IMP-027", "until", "2026-03-21"),
    ("an end before the beginning", {"until": "2026-03-03"}, "E-IMP-054", "until", "2026-03-03"),
    ("a day as a serial number", {"day": 46085}, "E-IMP-025", "day", "46085"),
    ("a day as a float", {"day": 46085.5}, "E-IMP-026", "day", "46085.5"),
    ("no date", {"day": "三月四日"}, "E-IMP-026", "day", "三月四日"),
    ("a result without a visit", {"day": "", "results": "09"}, "E-IMP-088", "day", "09"),
    ("no hour", {"hour": "上午"}, "E-IMP-089", "hour", "上午"),
    ("an hour as a float", {"hour": 0.6}, "E-IMP-089", "hour", "0.6"),
    ("an officer who was not drawn", {"team": "张三丰"}, "E-IMP-084", "team", "张三丰"),
    ("an enterprise that was not drawn", {"subject": STRANGER}, "E-IMP-082", "subject", STRANGER),
    ("a code as a number", {"subject": 916499990000000}, "E-IMP-021", "subject", "916499990000000"),
    ("no code", {"subject": ""}, "E-IMP-020", "subject", ""),
    ("another draw", {"draw": "d9"}, "E-IMP-081", "draw", "d9"),
    ("a name that was moved", {"name": "演示企业001有限公司"}, "E-IMP-083", "name", "演示企业001有限公司"),
    ("an unknown result code", {"results": "15"}, "E-IMP-091", "results", "15"),
    ("a code of table Z", {"results": "A"}, "E-IMP-091", "results", "A"),
    ("a result code with a fraction", {"results": 9.5}, "E-IMP-091", "results", "9.5"),
    ("an item of another task", {"items": "item-2=检查"}, "E-IMP-092", "items", "item-2=检查"),
    ("boxes without an item", {"items": "检查,责改"}, "E-IMP-092", "items", "检查,责改"),
    ("no order", {"items": "item-1=检查,已改正"}, "E-IMP-093", "items", "item-1=检查,已改正"),
    ("an order without a check", {"items": "item-1=责改"}, "E-IMP-093", "items", "item-1=责改"),
    ("a result without a check", {"items": "item-1=缺标志"}, "E-IMP-093", "items", "item-1=缺标志"),
    ("no signature and no reason", {"signature": "拒绝签字"}, "E-IMP-096", "signature", "拒绝签字"),
    ("a witness of a signature", {"witness": "李四"}, "E-IMP-096", "witness", "李四"),
    ("an unknown word for the signature", {"signature": "签了"}, "E-IMP-042", "signature", "签了"),
    ("a scan that is not there", {"scan": "没有.pdf"}, "E-IMP-095", "scan", "没有.pdf"),
    ("a formula", {"findings": "=A1"}, "E-IMP-022", "findings", "=A1"),
    ("an ID number", {"unsigned": "拒签 11010519491231002X"}, "E-IMP-037", "unsigned", "1101**************"),
]  # fmt: skip


def of(sheet: Sheet, number: int) -> str:
    """The subject of a row of the table; there are fewer subjects than faults: two sheets."""
    return sheet.rest[number % len(sheet.rest)]


def found(faults: list[Fault]) -> list[tuple[int, str, str, str]]:
    titles = {f"{column.title}{'*' if column.required else ''}": column.key for column in VISITS.columns}
    return [(x.row, x.code, titles.get(x.column.partition(" ")[2], ""), x.value) for x in faults]


@pytest.mark.parametrize("half", [0, 1])
def test_all_faults_come_at_once_with_row_column_and_value(sheet: Sheet, half: int) -> None:
    rows = ROWS[half * 15 : half * 15 + 15]
    path = sheet.write({of(sheet, n): change for n, (_, change, *_rest) in enumerate(rows)}, f"{half}.xlsx")
    read = sheet.read(path)
    wanted = [(n, code, key, value) for n, (_, _, code, key, value) in enumerate(rows, 3)]
    assert found(read.sheet.faults) == wanted
    assert read.rows == ()


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_fault_says_in_both_languages_what_to_do(
    sheet: Sheet, row: tuple[str, Change, str, str, str]
) -> None:
    (fault,) = sheet.read(sheet.write({sheet.rest[0]: row[1]}, "one.xlsx")).sheet.faults
    for language in ("zh", "en"):
        message = fault.message(language)
        assert "{" not in message
        assert fault.code in message


def test_a_clean_sheet_gives_every_visit(sheet: Sheet) -> None:
    cells: Change = {
        "results": "09、02",
        "items": "item-1=检查,责改,缺标志",
        "hour": "14:30",
        "scan": "扫描件.pdf",
    }
    (row,) = sheet.read(sheet.write({sheet.rest[0]: cells})).rows
    assert (row.occurred, row.results, row.scan) == (f"{DAY}T14:30:00+08:00", ("09", "02"), "扫描件.pdf")
    assert row.items == (
        {"item": "item-1", "checked": True, "ordered": True, "corrected": False, "result": "缺标志"},
    )


@pytest.mark.parametrize(
    ("value", "hour"), [(time(14, 30), "14:30"), ("9:05", "09:05"), ("14：30", "14:30"), (None, "00:00")]
)
def test_an_hour_may_be_written_as_people_do(sheet: Sheet, value: object, hour: str) -> None:
    (row,) = sheet.read(sheet.write({sheet.rest[0]: {"hour": value}})).rows
    assert row.occurred[11:16] == hour


@pytest.mark.parametrize("day", [datetime(2026, 3, 4), "2026/3/4", "2026年3月4日"])
def test_a_day_may_be_written_as_people_do(sheet: Sheet, day: object) -> None:
    (row,) = sheet.read(sheet.write({sheet.rest[0]: {"day": day}})).rows
    assert row.occurred[:10] == DAY


def test_rows_without_a_day_and_a_result_are_left_for_later(sheet: Sheet) -> None:
    read = sheet.read(sheet.write({sheet.rest[0]: {"day": None}, sheet.rest[1]: {}}))
    assert (read.sheet.faults, len(read.rows)) == ([], 1)


@pytest.mark.parametrize(
    ("table", "typed", "stored"),
    [
        ("z", "A", ("09",)),
        ("z", "6", ("10",)),
        ("z", 6, ("10",)),
        ("i", "4", ("10",)),
        ("g", 9, ("09",)),
        ("g", "未发现问题", ("01",)),
    ],
)
def test_results_are_read_by_the_table_that_is_named(
    sheet: Sheet, table: str, typed: object, stored: tuple[str, ...]
) -> None:
    (row,) = sheet.read(sheet.write({sheet.rest[0]: {"results": typed}}), codes=table).rows
    assert row.results == stored


@pytest.mark.parametrize(("table", "typed"), [("z", "13"), ("z", "G"), ("i", "A"), ("i", "11"), ("g", "0")])
def test_a_code_that_the_table_lacks_is_named_with_the_table(sheet: Sheet, table: str, typed: str) -> None:
    (fault,) = sheet.read(sheet.write({sheet.rest[0]: {"results": typed}}), codes=table).sheet.faults
    assert (fault.kind, fault.value, fault.extra["table"]) == (Kind.UNKNOWN_RESULT, typed, table.upper())


SECOND: dict[str, Change] = {
    "another result": {"results": "01"},
    "another day": {"day": "2026-03-05"},
    "another hour": {"hour": "15:00"},
    "another last day": {"until": "2026-03-05"},
    "other boxes": {"items": "item-1=检查,责改,缺标志"},
    "other findings": {"findings": "没有问题"},
}


@pytest.mark.parametrize("change", SECOND.values(), ids=SECOND)
def test_a_second_result_is_refused_and_names_the_entry_to_correct(sheet: Sheet, change: Change) -> None:
    (fault,) = sheet.read(sheet.write({sheet.recorded: change})).sheet.faults
    assert (fault.code, fault.extra["seq"]) == ("E-IMP-090", str(sheet.seq))
    assert f"liuhen correct {sheet.seq}" in fault.message()


def test_a_second_result_is_refused_while_the_first_waits_for_its_confirmation(sheet: Sheet) -> None:
    (fault,) = sheet.read(sheet.write({sheet.waiting: {"results": "09"}})).sheet.faults
    assert fault.kind is Kind.RECORDED_ALREADY


@pytest.mark.parametrize(
    "cells", [{}, {"results": "09", "findings": "消防通道堵塞"}], ids=["silent", "the same"]
)
def test_the_same_row_again_is_passed_over(sheet: Sheet, cells: Change) -> None:
    read = sheet.read(sheet.write({sheet.same: cells}))
    assert (read.sheet.faults, [row.again for row in read.rows]) == ([], [True])


def test_the_same_enterprise_twice(sheet: Sheet) -> None:
    one, other = sheet.rest[:2]
    cells: Change = {"subject": one, "name": sheet.names[one], "team": ""}
    (fault,) = sheet.read(sheet.write({one: {}, other: cells})).sheet.faults
    assert (fault.kind, fault.row, fault.extra["first"]) == (Kind.DUPLICATE, 4, "3")


def test_an_officer_whose_certificate_had_ended(sheet: Sheet) -> None:
    assert not sheet.read(sheet.write({sheet.expiring: {}})).sheet.faults
    (fault,) = sheet.read(sheet.write({sheet.expiring: {"day": "2026-03-06"}})).sheet.faults
    assert (fault.kind, fault.value, fault.extra["day"]) == (Kind.NOT_CERTIFIED, "检查员0", "2026-03-06")


@pytest.mark.parametrize("waits", ["检查员3须回避", "补抽 d2 未完成"])
def test_a_team_that_waits_for_somebody(sheet: Sheet, waits: str) -> None:
    key = f"d1/{sheet.rest[0]}"
    lot = replace(sheet.lot, drawn={**sheet.lot.drawn, key: replace(sheet.lot.drawn[key], waits=waits)})
    (fault,) = read_visits(sheet.write({sheet.rest[0]: {}}), lot, SCANS).sheet.faults
    assert (fault.kind, fault.value) == (Kind.TEAM_INCOMPLETE, waits)


def test_nobody_signed(sheet: Sheet) -> None:
    (fault,) = sheet.read(sheet.write({sheet.rest[0]: {}}), Papers(lambda _: False)).sheet.faults
    assert fault.kind is Kind.NOT_SIGNED


def test_merged_cells_are_named_since_only_the_first_has_a_value(sheet: Sheet) -> None:
    path = sheet.write(
        {subject: {"day": DAY if n == 0 else None} for n, subject in enumerate(sheet.rest[:3])}
    )
    book = openpyxl.load_workbook(path)
    book[VISITS.sheet].merge_cells("E3:E5")
    book.save(path)
    (fault,) = sheet.read(path).sheet.faults
    assert (fault.kind, fault.row, fault.value) == (Kind.MERGED, 3, "E3:E5")


def test_a_merged_title_does_no_harm(sheet: Sheet) -> None:
    path = sheet.write({sheet.rest[0]: {}})
    book = openpyxl.load_workbook(path)
    book[VISITS.sheet].merge_cells("A1:B1")
    book.save(path)
    assert not sheet.read(path).sheet.faults


def test_a_column_too_many_is_told_and_a_row_too_many_is_a_fault(sheet: Sheet) -> None:
    path = sheet.write({sheet.rest[0]: {}})
    book = openpyxl.load_workbook(path)
    page = book[VISITS.sheet]
    page.cell(2, len(KEYS) + 1, "领导批示")
    page.cell(3, len(KEYS) + 1, "已阅")
    for column, value in enumerate(("d1", STRANGER, "演示企业001有限公司", "", DAY), 1):
        page.cell(4, column, value)
    book.save(path)
    read = sheet.read(path)
    assert [(fault.row, fault.kind) for fault in read.sheet.faults] == [(4, Kind.NOT_DRAWN)]
    assert [note.kind for note in read.sheet.warnings] == [Kind.IGNORED_COLUMNS]


def test_a_missing_column_is_named(sheet: Sheet) -> None:
    path = sheet.write({sheet.rest[0]: {}})
    book = openpyxl.load_workbook(path)
    book[VISITS.sheet].delete_cols(2)
    book.save(path)
    assert [fault.kind for fault in sheet.read(path).sheet.faults][:1] == [Kind.MISSING_COLUMN]


def test_a_sheet_of_another_ledger_is_told_by_its_number_alone(sheet: Sheet) -> None:
    path = sheet.folder / "别的.xlsx"
    path.write_bytes(visits_sheet("ab" * 32, [("d1", sheet.rest[0], "", "")]))
    (fault,) = sheet.read(path).sheet.faults
    assert (fault.kind, fault.value) == (Kind.OTHER_LEDGER, "ab" * 8)


def test_a_sheet_typed_by_hand_names_no_ledger_and_is_judged_row_by_row(sheet: Sheet) -> None:
    path = sheet.write({sheet.rest[0]: {}})
    book = openpyxl.load_workbook(path)
    book[VISITS.sheet].delete_rows(1)
    book.save(path)
    assert (sheet.read(path).sheet.faults, len(sheet.read(path).rows)) == ([], 1)


BAD_FILES: dict[str, tuple[Callable[[Path], object], Kind]] = {
    "no file": (lambda path: None, Kind.NO_FILE),
    "an old workbook": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(512)), Kind.OLD_FORMAT),
    "half a workbook": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(99)), Kind.UNREADABLE),
    "an empty file": (lambda path: path.write_bytes(b""), Kind.EMPTY),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_none(sheet: Sheet, name: str) -> None:
    make, kind = BAD_FILES[name]
    path = sheet.folder / f"{name}.xlsx"
    make(path)
    (fault,) = sheet.read(path).sheet.faults
    assert fault.kind is kind


def test_a_visit_after_its_last_day_is_noted_and_recorded(sheet: Sheet) -> None:
    subject = sheet.rest[0]
    key = f"d1/{subject}"
    lot = replace(sheet.lot, drawn={**sheet.lot.drawn, key: replace(sheet.lot.drawn[key], last="2026-03-03")})
    read = read_visits(sheet.write({subject: {}}), lot, SCANS)
    assert ([note.kind for note in read.sheet.warnings], len(read.rows)) == ([Kind.VISIT_LATE], 1)


@pytest.mark.parametrize(
    ("cells", "noted"),
    [
        ({"results": "02"}, True),
        ({"results": "09", "items": "item-1=检查,灭火器过期"}, False),
        ({"results": "01", "items": "item-1=检查,责改,灭火器过期"}, True),
        ({"results": "01；09", "items": "item-1=检查,灭火器过期"}, True),
        ({"results": "01"}, False),
        ({"results": "13"}, False),
    ],
)
def test_a_result_that_its_boxes_deny_is_noted_and_recorded(sheet: Sheet, cells: Change, noted: bool) -> None:
    read = sheet.read(sheet.write({sheet.rest[0]: cells}))
    assert ([note.kind for note in read.sheet.warnings], len(read.rows)) == ([Kind.RESULT_BOXES] * noted, 1)


def test_two_sheets_of_the_same_rows_are_the_same_bytes() -> None:
    rows = [("d1", made_up_code(0), "演示企业000有限公司", "检查员1")]
    assert visits_sheet("ab", rows) == visits_sheet("ab", rows)


def test_what_the_law_would_say_is_what_the_sheet_says(sheet: Sheet) -> None:
    """Whatever the sheet lets pass, the ledger records: all rows in one deed."""
    changes: dict[str, Change] = {subject: {"results": "09"} for subject in sheet.rest[:10]}
    rows = sheet.read(sheet.write(changes)).rows
    records = [
        visits.Record(
            row.draw,
            row.subject,
            row.occurred,
            items=row.items,
            results=row.results,
            paper=((), digest("扫描")),
        )
        for row in rows
    ]
    written = visits.record_visits(sheet.office.book, sheet.office.clerk, records)
    assert len(written.entries) == 10


def test_a_sheet_for_practice_says_so(tmp_path: Path) -> None:
    for practice in (False, True):
        path = tmp_path / "表.xlsx"
        path.write_bytes(visits_sheet("ab" * 32, [("d1", "s1", "", "")], practice=practice))
        title = openpyxl.load_workbook(path).worksheets[0]["A1"].value
        assert ("演练" in title) is practice
