"""`liuhen import`: every list of one workbook, one command and one passphrase."""

from __future__ import annotations

from pathlib import Path

import click

from cli.batch import gathering, give
from cli.commands import conflict, expert, history, item, member, officer, plan, subject
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.onward import onward
from ledger.importing.annexes import EXPERTS, HISTORY, MEMBERS, UNSUITABLE
from ledger.importing.batch import filled
from ledger.importing.registers import CONFLICTS, ITEMS, OFFICERS, PLAN, SUBJECTS
from verifier.errors import N_, Exit, LiuhenError

_SHEETS = (
    (ITEMS, item.command, "import"),
    (SUBJECTS, subject.command, "import"),
    (OFFICERS, officer.command, "import"),
    (CONFLICTS, conflict.command, "import"),
    (UNSUITABLE, item.unsuitable, "import"),
    (EXPERTS, expert.command, "import"),
    (HISTORY, history.command, "import"),
    (MEMBERS, member.command, "import"),
    (PLAN, plan.command, "import"),
)


@click.command(
    help=_(
        "Import every sheet of a workbook that is filled in: items, subjects, officers, conflicts, plan. A "
        "sheet with faults ends it; those before it are recorded, and the same command goes on."
    )
    + example("liuhen import 一单两库模板.xlsx", "liuhen import 一单两库模板.xlsx --submit")
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--submit", is_flag=True, help=_("Submit the plan for approval too"))
@pass_desk
@click.pass_context
def command(ctx: click.Context, desk: Desk, file: Path, submit: bool) -> None:
    wanted = filled(file, [register for register, _group, _verb in _SHEETS])
    if not wanted:
        raise LiuhenError(
            "E-IMPORT-EMPTY",
            N_("No sheet of this workbook is filled in."),
            where=str(file),
            remedy=N_("Its sheets are named as in the template: liuhen template"),
            exit=Exit.UNREADABLE,
        )
    with gathering(desk) as held:
        for register, group, verb in _SHEETS:
            if register in wanted:
                click.echo(f"— {register.sheet}", err=True)
                more = ["--submit"] if submit and register is PLAN else []
                give(ctx, group.commands[verb], [str(file), *more])
    desk.answer(
        next_step=onward(desk, file),
        data={"sheets": [register.sheet for register in wanted], "imports": held.data},
        written=held.written,
    )
