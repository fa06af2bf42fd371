"""`liuhen bulletin`: the bulletin of each draw (一抽查一通报; R136)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.table import table
from cli.typed import day_typed
from cli.words import Word, said
from ledger.commands import find, reports
from verifier import facts as f
from verifier.vocabulary import CHANNELS, Role


@click.group(help=_("Bulletins of draws (一抽查一通报)"))
def command() -> None: ...


@command.command(
    "issue",
    help=_("Register the bulletin of a draw: where and on which day it was published.")
    + example("liuhen bulletin issue --draw t1-d1 --channel portal --file 通报.pdf --address 公告2026-9"),
)
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--channel", required=True, type=Word(CHANNELS), help=_("Where"))
@click.option("--on", "--date", "day", default="", metavar="DATE", help=_("Day (default: today)"))
@click.option("--address", default="", help=_("Web address or number of the notice"))
@click.option("--file", type=click.Path(path_type=Path), help=_("Document, named by its hash"))
@pass_desk
def issue(desk: Desk, draw: str, channel: str, day: str, address: str, file: Path | None) -> None:
    draw = find.completed_draw(desk.facts, draw)
    issued = day_typed(day) or desk.clock()[:10]
    written = reports.issue_bulletin(
        desk.book,
        first_signer(desk, Role.CLERK, Role.ADMIN),
        draw,
        channel,
        issued,
        address,
        file_hash(file) if file else None,
    )
    desk.answer(
        _("Bulletin of draw {draw} registered: {channel}, {day}.").format(
            draw=draw, channel=said(CHANNELS, channel), day=issued
        ),
        next_step="liuhen bulletin list",
        data={"draw": draw, "channel": channel, "date": issued},
        written=written,
    )


@command.command(
    "list",
    help=_("List completed draws with their bulletins.") + example("liuhen bulletin list"),
)
@pass_desk
def list_(desk: Desk) -> None:
    facts = desk.reading().facts()
    rows, data = [], []
    for name, draw in find.draws(facts):
        if draw.state in find.DONE:
            held = [row.data for _, row in facts.rows(f.BULLETINS, f"{name}/")]
            told = "; ".join(f"{d['date']} {said(CHANNELS, d['channel'])}" for d in held) or _("none yet")
            rows.append((name, draw.executed_time[:10], told))
            data.append(
                {"draw": name, "bulletins": [{"date": d["date"], "channel": d["channel"]} for d in held]}
            )
    header = (_("Draw"), _("Drawn on"), _("Bulletins"))
    without = next((row["draw"] for row in data if not row["bulletins"]), "")
    desk.answer(
        *(table(header, rows) if rows else [_("No draw is completed yet.")]),
        next_step=f"liuhen bulletin issue --draw {without} --channel portal" if without else "liuhen stats",
        data={"draws": data},
    )
