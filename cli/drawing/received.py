"""`liuhen draw receive`: what another platform drew from a list frozen here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.imports import Rows, clean
from cli.mapped import chosen, map_options
from cli.typed import confirming
from ledger.commands import find, platforms
from ledger.importing.platforms import read_received
from verifier.vocabulary import Role


@click.command(
    "receive",
    help=_(
        "Record what another platform drew from a list frozen with --elsewhere: its export, read by a column "
        "map, every fault at once. A second person confirms."
    )
    + example("liuhen draw receive 导出.xlsx --map neimenggu"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--draw", default="", help=_("Draw (default: the only open one)"))
@click.option("--sheet", help=_("Name of the sheet (default: that of the map, else the first)"))
@click.option("--leave-out", type=Rows(), default=frozenset(), metavar="3,7-9", help=_("Rows not to read"))
@map_options
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def receive(
    desk: Desk,
    file: Path,
    draw: str,
    sheet: str | None,
    leave_out: frozenset[int],
    map_name: str,
    platform: str,
    yes: bool,
) -> None:
    facts = desk.facts
    draw = find.open_draw(facts, draw)
    lot = platforms.lot_of(facts, draw)
    columns, platform = chosen(facts, map_name, platform)
    day = date.fromisoformat(desk.clock()[:10])
    known = platforms.known(facts, draw)
    read = read_received(file, columns.table("draw"), known, lot, today=day, sheet=sheet, leave_out=leave_out)
    clean(read, file)
    question = _("Record the {count} subjects that {platform} drew?")
    desk.sure(question.format(count=len(read.records), platform=platform), yes=yes)
    written = platforms.receive(
        desk.book, desk.signer(Role.CLERK), draw, read, platform=platform, file=file.name
    )
    told = _("Recorded what {platform} drew: {count} subjects. It takes effect when another confirms.")
    desk.answer(
        told.format(platform=platform, count=len(read.records)),
        next_step=confirming(desk.facts, written.leaf),
        data={"draw": draw, "platform": platform, "subjects": [name for name, _row in read.records]},
        written=written,
    )
