"""选派（抽取）记录单, form 附件6 (S0 附件6, R101), with its annex 分工及递补顺序表, as a .docx.

The form is a projection of the ledger: names and addresses as drawn, the draw id, the ledger id and the
head, and the last three once more in a QR code. Opinion and signatures stay empty; they are for ink.
The same record and template always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ledger.forms import word
from ledger.forms.digits import grouped as grouped
from ledger.forms.files import read_template, write_file
from ledger.forms.form import Letter, Stamp
from ledger.forms.wording import BLANK_DAY

TEMPLATE = Path(__file__).with_name("templates") / "record.docx"

OFFICER_ROWS, SUBJECT_ROWS = 5, 6
"""Lines that the form has in S0; more are added as drawn, missing ones are printed empty."""

QR_CODE = "liuhen:record:1"
PRACTICE = "演练　本记录单不具有效力"


class Officer(NamedTuple):
    """A drawn officer: name and 执法证号."""

    name: str
    certificate: str


class Subject(NamedTuple):
    """A drawn enterprise: name and address."""

    name: str
    address: str


class Member(NamedTuple):
    """A seat of a team: seat from 1, role 组长 or 组员, officer, department, 执法证号."""

    seat: int
    role: str
    name: str
    department: str
    certificate: str


class Reserve(NamedTuple):
    """The officers who follow in one seat class, first to last, each as printed."""

    seat_class: str
    officers: Sequence[str]


@dataclass(frozen=True)
class TeamRow:
    """One drawn enterprise in the annex: who goes there, and who would follow."""

    subject: str
    code: str
    members: Sequence[Member]
    reserves: Sequence[Reserve] = ()


@dataclass(frozen=True)
class DrawRecord:
    """What one record says. `ledger_id` is 64 hex digits, `head` is `size:root`, `date` may be empty."""

    unit: str
    date: str
    officers: Sequence[Officer]
    subjects: Sequence[Subject]
    draw_id: str
    ledger_id: str
    head: str
    practice: bool = False
    teams: Sequence[TeamRow] = ()
    remarks: str = ""
    """What the lot did not decide (全数检查, 全员派出, 补抽), at the head of the annex's note."""

    def qr_text(self) -> str:
        """What the QR code says: `liuhen:record:1` LF draw LF ledger id LF head."""
        return Stamp("record", self.draw_id, self.ledger_id, self.head, self.practice).qr_text(QR_CODE)


def write_record(record: DrawRecord, path: Path, template: Path | None = None) -> None:
    """Write the record to `path` whole or not at all.

    Raises `LiuhenError`: E-FORM-TEMPLATE when the office's own template cannot be used, E-FORM-WRITE
    (exit 7) when the file cannot be written, as while Word has it open.
    """
    write_file(path, render_record(record, template))


def render_record(record: DrawRecord, template: Path | None = None) -> bytes:
    """The record as the bytes of a .docx. Raises `LiuhenError` E-FORM-TEMPLATE."""
    stamp = Stamp("record", record.draw_id, record.ledger_id, record.head, record.practice)
    return word.render(read_template(template or TEMPLATE), letter(record), stamp, template)


def template() -> bytes:
    """The template that comes with the program."""
    return TEMPLATE.read_bytes()


def letter(record: DrawRecord) -> Letter:
    """What fills the template."""
    values = {
        "unit": record.unit,
        "date": record.date or BLANK_DAY,
        "officers": _numbered(record.officers, OFFICER_ROWS),
        "subjects": _numbered(record.subjects, SUBJECT_ROWS),
        "draw_id": record.draw_id,
        "remarks": record.remarks,
        "teams": [_team(number, team) for number, team in enumerate(record.teams, 1)],
    }
    return Letter(values, QR_CODE, PRACTICE)


def _numbered(rows: Sequence[tuple[str, str]], at_least: int) -> list[dict[str, str]]:
    filled = [
        {"number": str(number), "first": first, "second": second}
        for number, (first, second) in enumerate(rows, 1)
    ]
    empty = {"number": "", "first": "", "second": ""}
    return filled + [empty] * (at_least - len(filled))


def _team(number: int, team: TeamRow) -> dict[str, object]:
    return {
        "number": str(number),
        "subject": f"{team.subject}\n{team.code}",
        "members": [
            dict(zip(("seat", "role", "name", "department", "certificate"), member, strict=True))
            for member in team.members
        ],
        "reserves": "\n".join(f"{seat_class}：{_order(officers)}" for seat_class, officers in team.reserves)
        or "无",
    }


def _order(officers: Sequence[str]) -> str:
    return "　".join(f"（{place}）{officer}" for place, officer in enumerate(officers, 1)) or "无"
