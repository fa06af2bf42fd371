"""`liuhen member`: the leading group and the joint meeting (领导小组、联席会议; S3 附件1, 2)."""

from __future__ import annotations

from pathlib import Path

from cli.annex import Annex, group
from cli.desk import Desk
from cli.i18n import _
from cli.imports import Choices
from ledger.importing.annexes import MEMBERS, read_members
from ledger.importing.records import Sheet


def _read(_desk: Desk, file: Path, chosen: Choices) -> Sheet:
    return read_members(file, today=chosen.today, sheet=chosen.sheet, leave_out=chosen.leave_out)


command = group(
    Annex("members", "member ", MEMBERS, ("of", "capacity", "department", "name", "title"), _read),
    _("Members of the leading group and the joint meeting (领导小组、联席会议): import and list."),
    _("Import the members of the leading group and the joint meeting."),
    _("List the members; TEXT narrows the list."),
)
