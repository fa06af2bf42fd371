"""选派（抽取）记录单, form 附件6 (S0 附件6, R101), with its annex 分工及递补顺序表, as a .docx.

The form is a projection of the ledger: names and addresses as drawn, the draw id, the ledger id and the
head, and the last three once more in a QR code. Opinion and signatures stay empty; they are for ink.
The same record and template always give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import segno
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from ledger.durable import DOCUMENT, write_whole
from ledger.forms.digits import grouped as grouped
from ledger.forms.package import repack
from verifier.errors import N_, Exit, LiuhenError

TEMPLATE = Path(__file__).with_name("templates") / "record.docx"

OFFICER_ROWS, SUBJECT_ROWS = 5, 6
"""Lines that the form has in S0; more are added as drawn, missing ones are printed empty."""

BLANK_DATE = "      年     月     日"
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

    def qr_text(self) -> str:
        """What the QR code says: `liuhen:record:1` LF draw LF ledger id LF head."""
        return "\n".join(("liuhen:record:1", self.draw_id, self.ledger_id, self.head))


def write_record(record: DrawRecord, path: Path, template: Path = TEMPLATE) -> None:
    """Write the record to `path` whole or not at all.

    Raises `LiuhenError`: E-FORM-TEMPLATE when the office's own template cannot be used, E-FORM-WRITE
    (exit 7) when the file cannot be written, as while Word has it open.
    """
    content = render_record(record, template)
    try:
        write_whole(path, content, DOCUMENT)
    except OSError as error:
        raise LiuhenError(
            "E-FORM-WRITE",
            N_("The record could not be written: {reason}"),
            where=str(path),
            remedy=N_(
                "Close the file if it is open in Word, check the free space, then run the command again."
            ),
            exit=Exit.DISK,
            reason=error.strerror or str(error),
        ) from error


def render_record(record: DrawRecord, template: Path = TEMPLATE) -> bytes:
    """The record as the bytes of a .docx. Raises `LiuhenError` E-FORM-TEMPLATE."""
    try:
        document = DocxTemplate(template)
        document.render(_context(record, document), _environment())
        out = io.BytesIO()
        document.save(out)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, TemplateError) as error:
        raise LiuhenError(
            "E-FORM-TEMPLATE",
            N_("The Word template of the record cannot be used: {reason}"),
            where=str(template),
            remedy=N_(
                "Take the template that came with the program, or undo the last change to yours in Word."
            ),
            reason=str(error),
        ) from error
    return repack(out.getvalue())


def _environment() -> SandboxedEnvironment:
    """Names are text, never markup; a template from elsewhere reaches nothing but its values."""
    return SandboxedEnvironment(autoescape=True)


def _context(record: DrawRecord, document: DocxTemplate) -> dict[str, object]:
    return {
        "unit": record.unit,
        "date": record.date or BLANK_DATE,
        "officers": _numbered(record.officers, OFFICER_ROWS),
        "subjects": _numbered(record.subjects, SUBJECT_ROWS),
        "draw_id": record.draw_id,
        "ledger_id": grouped(record.ledger_id),
        "head": record.head,
        "practice": PRACTICE if record.practice else "",
        "teams": [_team(number, team) for number, team in enumerate(record.teams, 1)],
        "qr": InlineImage(document, io.BytesIO(_qr(record.qr_text())), width=Cm(2.8)),
    }


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


def _qr(text: str) -> bytes:
    """A PNG of 6 pixels a module with the quiet zone; level M survives print and scan."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(out, kind="png", scale=6, border=4)
    return out.getvalue()
