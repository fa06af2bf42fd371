"""Lists as workbooks with the columns of the template: export, edit, import, and only the edit is a change.

Every cell is text in the form that the importer reads back to the same record; columns of private fields are
left out unless asked for, so that an import of the file says nothing of them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ledger.importing.column import Column, Register
from ledger.importing.registers import ITEMS, OFFICERS, PLAN, SUBJECTS
from verifier.codec import Value
from verifier.facts import Data

Cells = dict[str, str]
PRIVATE = frozenset({"legal_representative", "telephone", "id_number", "sex"})
_CREATED = datetime(2000, 1, 1)
_INTERNAL = "联合科（股）室"
"""Header of the partners in a plan whose rows are internal (S4 附件2); the importer tells the kind by it."""


def subject_cells(name: str, record: Data) -> Cells:
    cells = _plain(SUBJECTS, record)
    cells["code"] = record.get("code_raw") or name
    cells["kind"] = record.get("kind_text", "")
    cells["risk"] = record.get("risk_text") or record.get("risk", "")
    return cells


def officer_cells(name: str, record: Data) -> Cells:
    other = record.get("other_certificate", {})
    return {
        **_plain(OFFICERS, record),
        "id": name,
        "other_certificate": other.get("number", ""),
        "other_valid_from": other.get("valid_from", ""),
        "other_valid_to": other.get("valid_to", ""),
    }


def item_cells(name: str, record: Data) -> Cells:
    share = record.get("rate")
    rate = record.get("rate_text") or (percent(*share) if share else "")
    return {**_plain(ITEMS, record), "id": name, "rate": rate}


def plan_cells(name: str, record: Data) -> Cells:
    cells = _plain(PLAN, record)
    cells["rate"] = record.get("rate_text") or percent(record["p"], record["q"])
    cells["until"] = _month(record["until"])
    if "since" in record:
        cells["until"] = f"{_month(record['since'])}-{cells['until']}"
    if name != str(record["no"]):
        cells["no"] = ""
    return cells


def percent(p: int, q: int) -> str:
    """p/q as people write it: 1/20 → 5%."""
    text = f"{Decimal(p) * 100 / Decimal(q):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def plan_register(records: Iterable[Data]) -> Register:
    """The columns of a plan; those of an internal joint plan when no row is of another kind."""
    kinds = {record.get("kind") for record in records} - {None, "own"}
    if kinds != {"internal"}:
        return PLAN
    columns = tuple(replace(c, title=_INTERNAL) if c.key == "partners" else c for c in PLAN.columns)
    return replace(PLAN, columns=columns)


def workbook(register: Register, rows: Sequence[Cells], *, private: bool = False) -> bytes:
    """A workbook of one sheet: title, header, one row a record. Two runs give the same bytes."""
    columns = [c for c in register.columns if private or c.key not in PRIVATE]
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": register.title, "created": _CREATED})
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True, "border": 1}
        text = book.add_format({**base, "num_format": "@"})
        head = book.add_format({**base, "bold": True, "align": "center", "bg_color": "#D9E2F3"})
        title = book.add_format({"font_name": "宋体", "font_size": 16, "bold": True})
        sheet = book.add_worksheet(register.sheet)
        sheet.write_string(0, 0, register.title, title)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width)
            sheet.write_string(1, position, column.title + ("*" if column.required else ""), head)
            for number, cells in enumerate(rows, 2):
                sheet.write_string(number, position, cells.get(column.key, ""), text)
        sheet.freeze_panes(2, 0)
        sheet.repeat_rows(1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return target.getvalue()


def _plain(register: Register, record: Data) -> Cells:
    """The cells of the fields that stand in the record under the key of their column."""
    return {c.key: _cell(c, record[c.key]) for c in register.columns if _shown(record.get(c.key))}


def _shown(value: Value | None) -> bool:
    return value is not None and not isinstance(value, dict)


def _cell(column: Column, value: Value) -> str:
    if isinstance(value, (list, tuple)):
        joint = "\n" if column.form.value == "long" else "、"
        return joint.join(_word(column.words, str(part)) for part in value)
    return _word(column.words, str(value))


def _word(words: Mapping[str, str] | None, code: str) -> str:
    return next((word for word, known in (words or {}).items() if known == code), code)


def _month(month: str) -> str:
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月"


CELLS: Mapping[str, tuple[Register, Callable[[str, Data], Cells]]] = {
    "items": (ITEMS, item_cells),
    "subjects": (SUBJECTS, subject_cells),
    "officers": (OFFICERS, officer_cells),
}
"""Register → its columns and how a record becomes cells."""
