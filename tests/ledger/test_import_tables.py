"""Files as they come: encodings, separators, kinds of cells, and the limits on hostile ones."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from ledger.importing import tables
from ledger.importing.faults import Kind
from ledger.importing.records import read_officers, read_subjects
from ledger.importing.tables import CellKind, Unreadable, column_letter, read_table
from tests.ledger.sheets import SUBJECT_HEADER, TODAY, code, subject, write_csv, write_xlsx


def the_one_fault(path: Path) -> Kind:
    result = read_subjects(path, today=TODAY)
    assert result.records == []
    assert len(result.faults) == 1
    assert result.warnings == []
    return result.faults[0].kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_csv_just_works(tmp_path: Path, encoding: str, sign: str) -> None:
    path = write_csv(tmp_path / "a.csv", [SUBJECT_HEADER, subject(1), subject(2)], encoding, sign)
    result = read_subjects(path, today=TODAY)
    assert result.faults == []
    assert [record["name"] for _, record in result.records] == ["示范企业1有限公司", "示范企业2有限公司"]


def test_line_breaks_and_blank_lines_do_not_shift_row_numbers(tmp_path: Path) -> None:
    rows = [SUBJECT_HEADER, subject(1, c2="示范县\n一号"), ["", ""], subject(2, c1="")]
    for path in (write_csv(tmp_path / "a.csv", rows), write_xlsx(tmp_path / "a.xlsx", ("x", rows))):
        result = read_subjects(path, today=TODAY)
        assert [f.row for f in result.faults] == [4]
        assert result.records[0][1]["address"] == "示范县一号"


def test_cells_keep_what_they_were(tmp_path: Path) -> None:
    row = [
        "文字",
        12,
        0.5,
        1.25,
        date(2023, 5, 1),
        ("formula", "=1+1"),
        ("boolean", True),
        ("string", "=1"),
        "",
    ]
    path = write_xlsx(tmp_path / "a.xlsx", ("x", [[*row, "end"]]))
    cells = [read_table(path).rows[0].cell(i) for i in range(10)]
    assert [c.text for c in cells] == [
        "文字",
        "12",
        "50%",
        "1.25",
        "2023-05-01",
        "=1+1",
        "TRUE",
        "=1",
        "",
        "end",
    ]
    kinds = [
        CellKind.TEXT,
        *[CellKind.NUMBER] * 3,
        CellKind.DATE,
        CellKind.FORMULA,
        CellKind.BOOL,
        CellKind.TEXT,
    ]
    assert [c.kind for c in cells] == [*kinds, CellKind.EMPTY, CellKind.TEXT]


def test_a_name_that_begins_with_an_equals_sign_stays_text(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", ("x", [SUBJECT_HEADER, subject(1, c0=("string", "=1+1"))]))
    assert read_subjects(path, today=TODAY).records[0][1]["name"] == "=1+1"


def test_the_sheet_of_the_template_is_preferred_else_the_first(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", ("说明", [["看这里"]]), ("检查对象名录库", [SUBJECT_HEADER, subject(1)])
    )
    assert read_subjects(path, today=TODAY).faults == []
    assert read_table(path).sheet == "说明"
    assert [f.kind for f in read_subjects(path, today=TODAY, sheet="别的").faults] == [Kind.NO_SHEET]
    assert [f.kind for f in read_officers(path, today=TODAY).faults] == [Kind.NO_HEADER]


def test_an_error_cell_is_named(tmp_path: Path) -> None:
    rows = [SUBJECT_HEADER, subject(1, c2="#N/A")]
    path = write_csv(tmp_path / "a.csv", rows)
    assert the_one_fault(path) is Kind.ERROR_CELL


def test_an_empty_file_gives_one_message(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b" \r\n")
    assert the_one_fault(tmp_path / "a.csv") is Kind.EMPTY
    assert the_one_fault(write_xlsx(tmp_path / "a.xlsx", ("x", []))) is Kind.EMPTY


def test_a_header_alone_gives_one_message(tmp_path: Path) -> None:
    assert the_one_fault(write_csv(tmp_path / "a.csv", [SUBJECT_HEADER])) is Kind.NO_ROWS
    assert the_one_fault(write_xlsx(tmp_path / "a.xlsx", ("x", [SUBJECT_HEADER]))) is Kind.NO_ROWS


def test_a_sheet_of_16384_columns_gives_one_message(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "wide.xlsx")) as book:
        sheet = book.add_worksheet()
        for column in range(16_384):
            sheet.write_string(0, column, "列")
    assert the_one_fault(tmp_path / "wide.xlsx") is Kind.TOO_WIDE
    with xlsxwriter.Workbook(str(tmp_path / "far.xlsx")) as book:
        book.add_worksheet().write_string(1_048_575, 16_383, "x")
    assert the_one_fault(tmp_path / "far.xlsx") is Kind.TOO_WIDE


def test_a_sheet_that_is_only_formatted_far_out_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for r, row in enumerate([SUBJECT_HEADER, subject(1)]):
            sheet.write_row(r, 0, row)
        sheet.write_blank(1, 16_000, None, bold)
        sheet.write_blank(900_000, 0, None, bold)
    assert read_subjects(path, today=TODAY).faults == []


@pytest.mark.parametrize(
    ("what", "content", "kind"),
    [
        ("old .xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Kind.OLD_FORMAT),
        ("a web page named .xls", b"<html><table><tr><td>x</td></tr></table></html>", Kind.OLD_FORMAT),
        ("half a zip", b"PK\x03\x04" + bytes(100), Kind.UNREADABLE),
        ("a picture", b"\x89PNG\r\n\x1a\n\xff\xff" + bytes(range(256)), Kind.ENCODING),
        ("an open quotation mark", '企业名称,住所\r\n"示范,x\r\n'.encode(), Kind.BROKEN_CSV),
        ("another table", b"a,b\r\n1,2\r\n", Kind.NO_HEADER),
    ],
)
def test_what_is_no_table_gives_one_message(tmp_path: Path, what: str, content: bytes, kind: Kind) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    assert the_one_fault(tmp_path / "a.bin") is kind, what


def test_a_missing_file_gives_one_message(tmp_path: Path) -> None:
    assert the_one_fault(tmp_path / "no.xlsx") is Kind.NO_FILE


def test_a_zip_without_a_workbook_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert the_one_fault(tmp_path / "a.xlsx") is Kind.OLD_FORMAT


def repacked(source: Path, target: Path, part: str, content: bytes) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return target


def test_a_part_that_unpacks_out_of_proportion_is_refused_unopened(tmp_path: Path) -> None:
    good = write_xlsx(tmp_path / "a.xlsx", ("x", [SUBJECT_HEADER, subject(1)]))
    bomb = repacked(good, tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", b" " * 30_000_000)
    assert the_one_fault(bomb) is Kind.SUSPECT_ARCHIVE


@pytest.mark.parametrize(
    ("what", "sheet", "kind"),
    [
        ("a document type", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', Kind.SUSPECT_ARCHIVE),
        ("broken XML", b"<worksheet", Kind.UNREADABLE),
    ],
)
def test_a_broken_part_gives_one_message(tmp_path: Path, what: str, sheet: bytes, kind: Kind) -> None:
    good = write_xlsx(tmp_path / "a.xlsx", ("x", [SUBJECT_HEADER, subject(1)]))
    bad = repacked(good, tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", sheet)
    assert the_one_fault(bad) is kind, what


def test_too_many_rows_give_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    path = write_csv(tmp_path / "a.csv", [SUBJECT_HEADER, subject(1), subject(2)])
    assert read_subjects(path, today=TODAY).faults == []
    path = write_csv(tmp_path / "a.csv", [SUBJECT_HEADER, subject(1), subject(2), subject(3)])
    assert the_one_fault(path) is Kind.TOO_LARGE


def test_any_cut_of_a_workbook_is_refused_without_a_traceback(tmp_path: Path) -> None:
    whole = write_xlsx(tmp_path / "a.xlsx", ("x", [SUBJECT_HEADER, subject(1)])).read_bytes()
    for end in range(4, len(whole), 97):
        (tmp_path / "b.xlsx").write_bytes(whole[:end])
        with pytest.raises(Unreadable):
            read_table(tmp_path / "b.xlsx")


def test_columns_are_named_as_spreadsheets_do() -> None:
    assert [column_letter(i) for i in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert code(1) != code(2)
