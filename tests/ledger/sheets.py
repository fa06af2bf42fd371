"""Made-up sheets for the tests of imports: codes that are right, workbooks and CSV files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from ledger import codes

TODAY = date(2026, 11, 21)
SUBJECT_HEADER = (
    "企业名称",
    "统一社会信用代码",
    "住所",
    "主体类型",
    "成立日期",
    "行业标签",
    "信用风险等级",
    "登记状态",
)


def code(number: int) -> str:
    """A right 统一社会信用代码, its organisation part right too, one for each number."""
    first8 = f"MA{number:06}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(w * signs.index(s) for w, s in zip(weights, first8, strict=True))
    first17 = "91640221" + first8 + "0123456789X"[-total % 11]
    return first17 + codes.uscc_check_character(first17)


def subject(number: int, **changed: object) -> list[object]:
    """A row of SUBJECT_HEADER without fault; `changed` by position: c0 … c7."""
    row: list[object] = [
        f"示范企业{number}有限公司",
        code(number),
        f"示范县{number}号",
        "有限责任公司",
        "2015-06-01",
        "粮食经营",
        "B",
        "存续",
    ]
    for key, value in changed.items():
        row[int(key[1:])] = value
    return row


def write_xlsx(path: Path, *sheets: tuple[str, Sequence[Sequence[object]]]) -> Path:
    """Write sheets; a tuple cell is (method, argument …) of the writer, such as ("formula", "=A1")."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        dated = book.add_format({"num_format": "yyyy-mm-dd"})
        percent = book.add_format({"num_format": "0%"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, tuple):
                        getattr(sheet, f"write_{value[0]}")(r, c, *value[1:])
                    elif isinstance(value, date):
                        sheet.write_datetime(r, c, value, dated)
                    elif isinstance(value, float) and value < 1:
                        sheet.write_number(r, c, value, percent)
                    else:
                        sheet.write(r, c, value)
    return path


def write_csv(
    path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig", sign: str = ","
) -> Path:
    """Write a CSV as spreadsheets do: CRLF, quoted where needed."""
    lines = [sign.join('"' + str(v).replace('"', '""') + '"' for v in row) for row in rows]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path
