"""`liuhen template`: write the workbook that lists are typed into."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from ledger.template import FILE_NAME, write_template
from verifier.ids import is_practice


@click.command(
    help=_("Write the workbook for items, subjects, officers, plan, conflicts and people.")
    + example("liuhen template", "liuhen template 模板.xlsx")
)
@click.argument("file", type=click.Path(path_type=Path), default=FILE_NAME)
@click.option("--practice", is_flag=True, help=_("Mark every sheet 演练"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def command(desk: Desk, file: Path, practice: bool, yes: bool) -> None:
    desk.may_replace(file, yes=yes)
    founded = desk.ledger.exists()
    write_template(file, practice=practice or (founded and is_practice(desk.reading().origin)))
    step = f"liuhen item import {quoted(file)}" if founded else "liuhen init --help"
    desk.answer(
        _("Written: {file}. Fill it in with Excel or WPS; each sheet says how.").format(file=file),
        next_step=step,
        data={"file": str(file)},
    )
