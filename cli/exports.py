"""Writing a list as a workbook with the columns of the template, to be edited and imported again."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from ledger import exporting
from ledger.durable import DOCUMENT, OWNER, write_whole
from ledger.exporting import PRIVATE, Cells
from ledger.importing.registers import Register
from verifier import facts as f
from verifier.facts import Data
from verifier.private import is_private


def export_command(group: click.Group, register: str, noun: str) -> None:
    """Add `export` of a register to a group."""
    columns, cells = exporting.CELLS[register]
    has_private = any(c.key in PRIVATE for c in columns.columns)

    @group.command(
        "export",
        help=_(
            "Write the list as an .xlsx with the columns of the template. Edit it and import it again: only "
            "what you edited is a change."
        )
        + example(f"liuhen {noun} export 名单.xlsx"),
    )
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option(
        "--private",
        is_flag=True,
        hidden=not has_private,
        help=_("With the private columns; keep the file safe"),
    )
    @click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
    @pass_desk
    def export(desk: Desk, file: Path, private: bool, yes: bool) -> None:
        rows = [(name, row.record) for name, row in desk.reading().facts().rows(f.register(register))]
        opened = [
            {**cells(name, record), **(_opened(desk, record) if private else {})} for name, record in rows
        ]
        write(desk, file, columns, opened, noun, private=private, yes=yes)


def write(
    desk: Desk, file: Path, columns: Register, rows: list[Cells], noun: str, *, private: bool, yes: bool
) -> None:
    """Write the workbook and say how it comes back."""
    desk.may_replace(file, yes=yes)
    write_whole(file, exporting.workbook(columns, rows, private=private), OWNER if private else DOCUMENT)
    desk.answer(
        _("Written: {file}, {count} rows.").format(file=file, count=len(rows)),
        next_step=f"liuhen {noun} import {quoted(file)}",
        data={"file": str(file), "rows": len(rows)},
    )


def _opened(desk: Desk, record: Data) -> Cells:
    """The private values of a record that this ledger file holds."""
    found: Cells = {}
    for key, value in record.items():
        if key in PRIVATE and is_private(value):
            opening = desk.book.open_private(value["$c"])
            if opening is not None:
                found[key] = str(opening[1])
    return found
