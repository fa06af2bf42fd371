"""`liuhen history`: what was inspected before the ledger began, or by others (R061, R079)."""

from __future__ import annotations

from pathlib import Path

from cli.annex import Annex, group
from cli.desk import Desk
from cli.i18n import _
from cli.imports import Choices
from ledger.importing.annexes import HISTORY, read_history
from ledger.importing.records import Sheet
from verifier import facts as f


def _read(desk: Desk, file: Path, chosen: Choices) -> Sheet:
    subjects = {name for name, _row in desk.facts.rows(f.register("subjects"))}
    return read_history(
        file, today=chosen.today, sheet=chosen.sheet, leave_out=chosen.leave_out, known_subjects=subjects
    )


command = group(
    Annex("history", "history ", HISTORY, ("subject", "date", "by", "body", "task", "result"), _read),
    _("Earlier inspections (既往检查), by this office, superiors or other departments: import and list."),
    _(
        "Import what was inspected before the ledger began, or by superiors and other departments. It is "
        "recorded as declared, with the hash of the file."
    ),
    _("List declared inspections; TEXT narrows the list, such as a code or a year."),
)
