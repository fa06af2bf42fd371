"""`liuhen expert`: experts and testing bodies, who help and are never counted as officers (R013, R014)."""

from __future__ import annotations

from pathlib import Path

from cli.annex import Annex, group
from cli.desk import Desk
from cli.i18n import _
from cli.imports import Choices
from ledger.importing.annexes import EXPERTS, read_experts
from ledger.importing.records import Sheet
from verifier import facts as f


def _read(desk: Desk, file: Path, chosen: Choices) -> Sheet:
    officers = [name for name, _row in desk.facts.rows(f.register("officers"))]
    return read_experts(
        file, today=chosen.today, sheet=chosen.sheet, leave_out=chosen.leave_out, officers=officers
    )


command = group(
    Annex(
        "experts", "expert ", EXPERTS, ("name", "kind", "organisation", "fields", "valid_to", "status"), _read
    ),
    _("Experts and testing bodies (专家和专业机构), apart from the officers: import and list."),
    _("Import experts and testing bodies. None of them may be an officer; they never fill a seat."),
    _("List experts and testing bodies; TEXT narrows the list."),
)
