"""`liuhen subject`: the register of enterprises and other subjects (检查对象名录库, R030–R036)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli import rows
from cli.commands.tags import tags_of
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.exports import export_command
from cli.i18n import _
from cli.imports import choices, import_options, import_sheet
from cli.onward import onward
from cli.rows import Edit
from cli.subjects import add_commands, dictionary, read_file, registered
from cli.table import table
from cli.words import Word, chinese, said
from ledger import codes
from ledger.importing import values
from ledger.importing.records import Sheet, read_subjects
from ledger.importing.registers import SUBJECTS
from ledger.importing.tables import Table
from verifier import facts as f

_STATES = chinese(values.SUBJECT_STATUS)
_OPTIONS = {
    "name": "--name",
    "address": "--address",
    "district": "--district",
    "kind": "--kind",
    "established": "--established",
    "risk": "--risk",
    "risk_source": "--risk-source",
    "risk_date": "--risk-date",
    "status": "--status",
    "legal_representative": "--legal-representative",
    "telephone": "--telephone",
}
SHOWN = 50


@click.group(
    help=_(
        "Enterprises and other subjects (检查对象名录库): import, export, list, add, change, remove, link, "
        "reconcile."
    )
)
def command() -> None: ...


@command.command(
    "import",
    help=_(
        "Import subjects from .xlsx or .csv. Nothing is imported unless all is right or the rows to leave "
        "out are named. Columns that the file lacks keep what the ledger holds."
    )
    + example(
        "liuhen subject import 一单两库模板.xlsx",
        "liuhen subject import 名录.csv --leave-out 3,7-9",
        "liuhen subject import 名录.csv --accept 91350203M0001QKT19=营业执照核对无误",
    ),
)
@import_options(accept=True)
@click.option(
    "--tag-list",
    type=click.Path(path_type=Path),
    help=_("Tag dictionary: a text file, one tag a line; others are faults"),
)
@pass_desk
def import_(desk: Desk, /, file: Path, tag_list: Path | None, **options: Any) -> None:
    chosen = choices(desk, **options)
    sheet = read_file(desk, file, chosen, tags_of(tag_list) if tag_list else None)
    import_sheet(desk, "subjects", sheet, file, chosen)


@command.command(
    "list",
    help=_("List subjects by code, without private fields. Filters hold together.")
    + example("liuhen subject list --tag 粮食承储 --status 存续", "liuhen --json subject list --limit 0"),
)
@click.argument("text", default="")
@click.option("--tag", multiple=True, help=_("Has one of these tags; may be given several times"))
@click.option("--status", type=Word(_STATES), help=_("Status"))
@click.option("--risk", type=click.Choice(list("ABCD"), case_sensitive=False), help=_("Risk class"))
@click.option("--district", default="", help=_("District"))
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=SHOWN,
    help=_("Most rows shown; 0 shows all"),
    show_default=True,
)
@pass_desk
def list_(
    desk: Desk,
    text: str,
    tag: tuple[str, ...],
    status: str | None,
    risk: str | None,
    district: str,
    limit: int,
) -> None:
    wanted = {"status": status, "risk": risk, "district": district}
    found = []
    total = 0
    for name, row in desk.reading().facts().rows(f.register("subjects")):
        record = row.record
        total += 1
        if any(value and record.get(key) != value for key, value in wanted.items()):
            continue
        if tag and not set(tag) & set(record.get("tags", ())):
            continue
        if text and text.upper() not in name and text not in record["name"]:
            continue
        found.append((name, record))
    shown = found[:limit] if limit else found
    header = [_("Code"), _("Name"), _("Tags"), _("Risk"), _("Status"), _("Address")]
    cells = [
        [
            name,
            record["name"],
            "；".join(record.get("tags", ())),
            record.get("risk", ""),
            said(_STATES, record["status"]),
            record.get("address", ""),
        ]
        for name, record in shown
    ]
    counted = _("{found} of {total} subjects").format(found=len(found), total=total)
    if len(shown) < len(found):
        counted += _("; {shown} shown, all with --limit 0").format(shown=len(shown))
    desk.answer(
        *table(header, cells, widest=40),
        counted,
        next_step=onward(desk),
        data={
            "total": total,
            "found": len(found),
            "subjects": [{"id": name, **rows.public(record)} for name, record in shown],
        },
    )


def _kind(desk: Desk) -> rows.Kind:
    today = date.fromisoformat(desk.clock()[:10])

    def read(typed: Table, accept: Mapping[str, str]) -> Sheet:
        return read_subjects(
            typed,
            today=today,
            accept=accept,
            known_tags=dictionary(desk),
            registered=registered(desk),
        )

    return rows.Kind("subjects", "subject", SUBJECTS, read)


@command.command(
    "add",
    help=_("Add a subject. CODE: 统一社会信用代码 or 15-digit 注册号.")
    + example(
        "liuhen subject add 91640221MA0009992T --name 示范粮油有限公司 --address 城关镇1号 --tag 粮食经营",
    ),
)
@click.argument("code")
@rows.column_options(SUBJECTS, _OPTIONS)
@click.option("--tag", "tags", multiple=True, help=_("Tag; may be given several times"))
@click.option(
    "--accept", default="", metavar="REASON", help=_("The check character is wrong and the code true: why")
)
@rows.edit_options
@pass_desk
def add(
    desk: Desk,
    /,
    code: str,
    tags: tuple[str, ...],
    accept: str,
    reason: str,
    reviewer: str,
    document: Path | None,
    **cells: str | None,
) -> None:
    name = codes.normalise(code)
    typed = {key: value for key, value in cells.items() if value is not None}
    typed |= {"code": code, "tags": "；".join(tags)}
    rows.add(desk, _kind(desk), name, typed, {name: accept}, Edit(reason, reviewer, document))


@command.command(
    "change",
    help=_(
        "Change fields of a subject; those not named stay, an empty text empties one. "
        "A closed enterprise stays in the list with its status changed."
    )
    + example(
        "liuhen subject change 91640221MA0009992T --status 注销 --reason 登记机关通报",
        "liuhen subject change 91640221MA0009992T --risk D --risk-source 市场监管局 --risk-date 2026-03-31",
        "liuhen subject change 91640221MA0009992T --add-tag 粮食承储",
    ),
)
@click.argument("code")
@rows.column_options(SUBJECTS, _OPTIONS)
@click.option("--tag", "tags", multiple=True, help=_("The tags from now on; may be given several times"))
@click.option("--add-tag", multiple=True, help=_("A tag to add"))
@click.option("--remove-tag", multiple=True, help=_("A tag to take away"))
@rows.edit_options
@pass_desk
def change(
    desk: Desk,
    /,
    code: str,
    tags: tuple[str, ...],
    add_tag: tuple[str, ...],
    remove_tag: tuple[str, ...],
    reason: str,
    reviewer: str,
    document: Path | None,
    **cells: str | None,
) -> None:
    name = codes.normalise(code)
    typed = {key: value for key, value in cells.items() if value is not None}
    if tags or add_tag or remove_tag:
        held = list(tags) or rows.row(desk, _kind(desk), name).get("tags", [])
        typed["tags"] = "；".join(sorted(({*held} | {*add_tag}) - {*remove_tag}))
    rows.change(desk, _kind(desk), name, typed, Edit(reason, reviewer, document))


@command.command(
    "remove",
    help=_("Remove a row recorded by mistake. For a closed enterprise use: subject change --status.")
    + example("liuhen subject remove 91640221MA0009992T --reason 重复登记"),
)
@click.argument("code")
@rows.edit_options
@pass_desk
def remove(desk: Desk, code: str, reason: str, reviewer: str, document: Path | None) -> None:
    if not reason:
        raise click.UsageError(_("Say why: --reason"))
    rows.remove(desk, _kind(desk), codes.normalise(code), Edit(reason, reviewer, document))


export_command(command, "subjects", "subject")
add_commands(command)
