"""The template: filled in by a person, it is imported without a fault."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from ledger import template
from ledger.importing import annexes, batch, plans, records
from ledger.importing.faults import Kind
from ledger.importing.registers import EXAMPLE, Form
from ledger.importing.tables import read_table
from tests.ledger.sheets import TODAY, code

READERS = {
    "抽查事项清单": records.read_items,
    "检查对象名录库": records.read_subjects,
    "执法检查人员名录库": records.read_officers,
    "年度抽查计划": plans.read_plan,
    "利害关系申报": records.read_conflicts,
    "人员与角色": records.read_people,
    "不适用双随机的事项": annexes.read_unsuitable,
    "专家和专业机构": annexes.read_experts,
    "既往检查": annexes.read_history,
    "组织机构成员": annexes.read_members,
    "抽查任务": batch.read_tasks,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / template.FILE_NAME
    template.write_template(target)
    return target


def test_the_template_has_a_sheet_for_each_register_and_a_guide(path: Path) -> None:
    assert read_table(path).sheets == (*READERS, template.GUIDE)


@pytest.mark.parametrize("name", READERS)
def test_an_unfilled_sheet_says_that_it_has_no_rows(path: Path, name: str) -> None:
    assert [f.kind for f in READERS[name](path, today=TODAY).faults] == [Kind.NO_ROWS]


def test_the_filled_in_template_is_imported_without_a_fault(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for register in template.SHEETS:
        sheet = book[register.sheet]
        for row in (4, 5):
            for position, column in enumerate(register.columns, 1):
                value = column.example.replace("91640221MA00000000", code(row))
                each = f"{column.example}{row}"
                number = {"seq": str(row), "no": str(row), "id": each, "name": each}.get(column.key, value)
                sheet.cell(row, position, number)
    book.save(path)
    for name, read in READERS.items():
        sheet = read(path, today=TODAY)
        assert (sheet.faults, sheet.warnings) == ([], []), name
        assert len(sheet.records) == 2, name


def test_columns_of_codes_are_text_and_closed_sets_have_drop_downs(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for register in template.SHEETS:
        sheet = book[register.sheet]
        lists = {str(v.sqref)[0] for v in sheet.data_validations.dataValidation if v.type == "list"}
        groups = sheet.column_dimensions.values()
        formats = {n: g.number_format for g in groups for n in range(g.min - 1, g.max)}
        for position, column in enumerate(register.columns):
            letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[position]
            if column.form is Form.CODE:
                assert formats[position] == "@", column
            assert (letter in lists) == (column.form is Form.CHOICE), column
        assert sheet["A3"].value.startswith(EXAMPLE)
        assert sheet.freeze_panes == "A3"


def test_a_practice_template_says_so_on_every_sheet(tmp_path: Path) -> None:
    template.write_template(tmp_path / "t.xlsx", practice=True)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert all("演练" in sheet["A1"].value for sheet in book)


def test_two_runs_give_the_same_bytes(path: Path) -> None:
    assert path.read_bytes() == template.template_bytes()
    assert zipfile.is_zipfile(path)
