"""`liuhen item`: the item list (抽查事项清单, 附件4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.annex import Annex, add_commands
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.exports import export_command
from cli.i18n import _
from cli.imports import Choices, choices, clean, import_options, import_sheet
from cli.onward import onward
from cli.table import table
from cli.words import chinese, said
from ledger.importing import values
from ledger.importing.annexes import UNSUITABLE, read_unsuitable
from ledger.importing.records import Sheet, read_items
from verifier import facts as f
from verifier.vocabulary import METHODS

_CLASSES = chinese(values.ITEM_CLASSES)


@click.group(
    help=_("Inspection items (抽查事项清单): import, export and list; items not suited to random inspection.")
)
def command() -> None: ...


@command.command(
    "import",
    help=_(
        "Import the item list from .xlsx or .csv (columns of 附件4). Nothing is imported unless all is right."
    )
    + example("liuhen item import 一单两库模板.xlsx", "liuhen item import 清单.csv --leave-out 7"),
)
@import_options()
@pass_desk
def import_(desk: Desk, /, file: Path, **options: Any) -> None:
    chosen = choices(desk, **options)
    sheet = read_items(file, today=chosen.today, sheet=chosen.sheet, leave_out=chosen.leave_out)
    import_sheet(desk, "items", clean(sheet, file), file, chosen)


@command.command("list", help=_("List the items.") + example("liuhen item list", "liuhen --json item list"))
@pass_desk
def list_(desk: Desk) -> None:
    rows = [(name, row.record) for name, row in desk.reading().facts().rows(f.register("items"))]
    rows.sort(key=lambda pair: (pair[1]["seq"], pair[0]))
    header = [_("Item"), _("Text"), _("Class"), _("Subjects"), _("Methods"), _("Body")]
    cells = [
        [
            name,
            "；".join(item["text"]),
            said(_CLASSES, item["class"]),
            item["objects"],
            "、".join(said(METHODS, method) for method in item["methods"]),
            item["body"],
        ]
        for name, item in rows
    ]
    desk.answer(
        *table(header, cells, widest=44),
        _("{count} items").format(count=len(rows)),
        next_step=onward(desk),
        data={"items": [{"id": name, **item} for name, item in rows]},
    )


export_command(command, "items", "item")


def _read_unsuitable(_desk: Desk, file: Path, chosen: Choices) -> Sheet:
    return read_unsuitable(file, today=chosen.today, sheet=chosen.sheet, leave_out=chosen.leave_out)


@command.group("unsuitable", help=_("Items not suited to random inspection, each with its reason (R023)."))
def unsuitable() -> None: ...


add_commands(
    unsuitable,
    Annex(
        "unsuitable",
        "item unsuitable ",
        UNSUITABLE,
        ("text", "body", "reason", "reported_to"),
        _read_unsuitable,
    ),
    _("Import items that cannot be done by random inspection, each with its reason."),
    _("List items not suited to random inspection; TEXT narrows the list."),
)
