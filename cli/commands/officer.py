"""`liuhen officer`: the register of inspectors (执法检查人员名录库, R037–R042) and their absences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli import rows
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.exports import export_command
from cli.i18n import _
from cli.imports import choices, clean, import_options, import_sheet
from cli.onward import onward
from cli.rows import Edit
from cli.table import table
from cli.typed import confirming
from cli.words import Word, chinese, listed, said
from ledger.commands import find, lists, registers
from ledger.importing import values
from ledger.importing.records import Sheet, read_officers
from ledger.importing.registers import OFFICERS
from ledger.importing.tables import Table
from verifier import facts as f
from verifier.law.question import certified
from verifier.vocabulary import ABSENCE_REASONS, Role

_STATES = chinese(values.OFFICER_STATUS)
_OPTIONS = {
    "name": "--name",
    "sex": "--sex",
    "unit": "--unit",
    "department": "--department",
    "department_name": "--department-name",
    "certificate": "--certificate",
    "certificate_kind": "--certificate-kind",
    "other_certificate": "--other-certificate",
    "other_valid_from": "--other-valid-from",
    "other_valid_to": "--other-valid-to",
    "enforcement": "--enforcement",
    "expertise": "--expertise",
    "valid_from": "--valid-from",
    "valid_to": "--valid-to",
    "position": "--position",
    "status": "--status",
    "id_number": "--id-number",
    "telephone": "--telephone",
}
_DATE = click.DateTime(["%Y-%m-%d"])


@click.group(
    help=_("Inspectors (执法检查人员名录库): import, list, add, change, remove, export, absent, back.")
)
def command() -> None: ...


@command.command(
    "import",
    help=_(
        "Import officers from .xlsx or .csv. ID numbers, telephones and sex become private. "
        "Columns that the file lacks keep what the ledger holds."
    )
    + example("liuhen officer import 一单两库模板.xlsx", "liuhen officer import 人员.xlsx --complete"),
)
@import_options()
@click.option("--department", "known", multiple=True, help=_("Departments allowed; others are faults"))
@pass_desk
def import_(desk: Desk, /, file: Path, known: tuple[str, ...], **options: Any) -> None:
    chosen = choices(desk, **options)
    sheet = read_officers(
        file,
        today=chosen.today,
        sheet=chosen.sheet,
        leave_out=chosen.leave_out,
        known_departments=known or None,
    )
    import_sheet(desk, "officers", clean(sheet, file), file, chosen)


@command.command(
    "list",
    help=_("List officers, without private fields.")
    + example("liuhen officer list", "liuhen officer list --department fgj --status 在岗"),
)
@click.option("--department", default="", help=_("Department"))
@click.option("--qualification", default="", help=_("Has this qualification"))
@click.option("--status", type=Word(_STATES), help=_("Status"))
@click.option("--limit", type=click.IntRange(0), default=0, help=_("Most rows shown; 0 shows all"))
@pass_desk
def list_(desk: Desk, department: str, qualification: str, status: str | None, limit: int) -> None:
    facts = desk.reading().facts()
    today = desk.clock()[:10]
    away = {row.officer for _, row in facts.rows(f.ABSENCES) if row.first <= today <= row.last}
    found = [
        (name, row.record)
        for name, row in facts.rows(f.register("officers"))
        if (not department or row.record["department"] == department)
        and (not qualification or qualification in row.record["qualifications"])
        and (not status or row.record["status"] == status)
    ]
    shown = found[:limit] if limit else found
    header = [
        _("Officer"),
        _("Name"),
        _("Department"),
        _("Qualifications"),
        _("Certificate"),
        _("Valid until"),
        _("Status"),
    ]
    cells = [
        [
            name,
            record["name"],
            record["department"],
            "、".join(record["qualifications"]),
            record["certificate"],
            record["valid_to"] + ("" if certified(record, today) else _(" (expired)")),
            said(_STATES, record["status"]) + (_(" (absent today)") if name in away else ""),
        ]
        for name, record in shown
    ]
    desk.answer(
        *table(header, cells),
        _("{count} officers").format(count=len(found)),
        next_step=onward(desk),
        data={
            "found": len(found),
            "officers": [
                {"id": name, **rows.public(record), "absent": name in away} for name, record in shown
            ],
        },
    )


def _kind(desk: Desk) -> rows.Kind:
    today = date.fromisoformat(desk.clock()[:10])

    def read(typed: Table, _accept: Mapping[str, str]) -> Sheet:
        return read_officers(typed, today=today)

    return rows.Kind("officers", "officer", OFFICERS, read)


@command.command(
    "add",
    help=_("Add an officer. OFFICER is an id of letters, digits and hyphens, unique in the office.")
    + example(
        "liuhen officer add fgj-07 --name 张示范 --department fgj --qualification safety"
        " --certificate SF-0007 --valid-to 2028-12-31"
    ),
)
@click.argument("officer")
@rows.column_options(OFFICERS, _OPTIONS)
@click.option(
    "--qualification", "qualifications", multiple=True, help=_("Qualification; may be given several times")
)
@rows.edit_options
@pass_desk
def add(
    desk: Desk,
    /,
    officer: str,
    qualifications: tuple[str, ...],
    reason: str,
    reviewer: str,
    document: Path | None,
    **cells: str | None,
) -> None:
    name = values.plain(officer)
    typed = {key: value for key, value in cells.items() if value is not None}
    typed |= {"id": officer, "qualifications": "、".join(qualifications)}
    rows.add(desk, _kind(desk), name, typed, {}, Edit(reason, reviewer, document))


@command.command(
    "change",
    help=_("Change fields of an officer; those not named stay, an empty text empties one.")
    + example(
        "liuhen officer change fgj-07 --status 离岗 --reason 调动",
        "liuhen officer change fgj-07 --valid-to 2030-12-31 --reason 换证",
    ),
)
@click.argument("officer")
@rows.column_options(OFFICERS, _OPTIONS)
@click.option(
    "--qualification",
    "qualifications",
    multiple=True,
    help=_("The qualifications from now on; may be given several times"),
)
@rows.edit_options
@pass_desk
def change(
    desk: Desk,
    /,
    officer: str,
    qualifications: tuple[str, ...],
    reason: str,
    reviewer: str,
    document: Path | None,
    **cells: str | None,
) -> None:
    typed = {key: value for key, value in cells.items() if value is not None}
    if qualifications:
        typed["qualifications"] = "、".join(qualifications)
    rows.change(desk, _kind(desk), find.officer(desk.facts, officer), typed, Edit(reason, reviewer, document))


@command.command(
    "remove",
    help=_("Remove a row recorded by mistake. For one who left use: officer change --status 离岗.")
    + example("liuhen officer remove fgj-07 --reason 重复登记"),
)
@click.argument("officer")
@rows.edit_options
@pass_desk
def remove(desk: Desk, officer: str, reason: str, reviewer: str, document: Path | None) -> None:
    if not reason:
        raise click.UsageError(_("Say why: --reason"))
    rows.remove(desk, _kind(desk), find.officer(desk.facts, officer), Edit(reason, reviewer, document))


@command.command(
    "absent",
    help=_(
        "Record that an officer is away from FROM to UNTIL (dates; both days included). Reasons: {reasons}"
    ).format(reasons=listed(ABSENCE_REASONS))
    + example("liuhen officer absent fgj-03 2026-06-01 2026-06-12 --reason training"),
)
@click.argument("officer")
@click.argument("first", metavar="FROM", type=_DATE)
@click.argument("last", metavar="UNTIL", type=_DATE)
@click.option("--reason", type=Word(ABSENCE_REASONS), required=True, help=_("Why"))
@pass_desk
def absent(desk: Desk, officer: str, first: date, last: date, reason: str) -> None:
    name = find.officer(desk.facts, officer)
    days = f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"
    written = lists.record_absence(desk.book, desk.signer(Role.CLERK), name, *days, reason)
    line = _("{name} is absent from {first} to {last}: {reason}.")
    desk.answer(
        line.format(
            name=find.officer_name(desk.facts, name),
            first=days[0],
            last=days[1],
            reason=said(ABSENCE_REASONS, reason),
        ),
        next_step=onward(desk),
        data={"officer": name, "from": days[0], "until": days[1], "reason": reason},
        written=written,
    )


@command.command(
    "back",
    help=_(
        "Record that an absent officer is back on DAY: the absence ends the day before. It counts when a "
        "second person confirms; other mistakes in an absence: liuhen correct."
    )
    + example("liuhen officer back fgj-03 2026-06-05"),
)
@click.argument("officer")
@click.argument("day", type=_DATE)
@click.option("--reason", default="", help=_("Why (default: back early)"))
@pass_desk
def back(desk: Desk, officer: str, day: date, reason: str) -> None:
    name = find.officer(desk.facts, officer)
    written = registers.end_absence(
        desk.book,
        desk.signer(Role.CLERK),
        name,
        date(day.year, day.month, day.day),
        reason or _("Back early"),
    )
    line = _("{name} is back on {day}; it counts when a second person confirms.")
    desk.answer(
        line.format(name=find.officer_name(desk.facts, name), day=f"{day:%Y-%m-%d}"),
        next_step=confirming(desk.facts, written.leaf) or onward(desk),
        data={"officer": name, "back": f"{day:%Y-%m-%d}"},
        written=written,
    )


export_command(command, "officers", "officer")
