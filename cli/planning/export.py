"""`liuhen plan export`: the rows of a plan as a workbook, to be edited and imported again."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.exports import write
from cli.i18n import _
from cli.planning.named import filled_rows, the_plan
from ledger import exporting


@click.command(
    "export",
    help=_(
        "Write the rows of a plan as an .xlsx with the columns of the template. Edited, it comes back by "
        "plan import before the plan is submitted, or by plan amend after it was approved."
    )
    + example("liuhen plan export 计划.xlsx", "liuhen plan export 计划.xlsx --plan plan-2026"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plan", default="", help=_("Id of the plan (default: the only one)"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def export(desk: Desk, file: Path, plan: str, yes: bool) -> None:
    plan = the_plan(desk, plan, "imported", "submitted", "approved", "rejected", "published")
    rows = filled_rows(desk.reading().facts(), plan)
    columns = exporting.plan_register(row.record for _name, row in rows)
    cells = [exporting.plan_cells(name, row.record) for name, row in rows]
    write(desk, file, columns, cells, "plan", private=False, yes=yes)
