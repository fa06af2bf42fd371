"""`liuhen draw export`: the frozen pool as Parquet, so that any engine can repeat the draw."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from ledger.commands import draws, find
from verifier import facts as f


@click.command(
    "export",
    help=_(
        "Write the frozen pool of a draw (待抽名单) as a Parquet file: stratum, how many are drawn of it, "
        "subject, name. With the seed any database repeats the draw with one query."
    )
    + example("liuhen draw export t1-d1 --parquet 待抽名单.parquet"),
)
@click.argument("draw", required=False, default="")
@click.option("--parquet", "path", type=click.Path(path_type=Path), required=True, help=_("File to write"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def export(desk: Desk, draw: str, path: Path, yes: bool) -> None:
    from ledger.engines.pool import write_parquet

    facts = desk.reading().facts()
    draw = find.any_draw(facts, draw)
    held, frozen = draws.draw_of(facts, draw), facts.get(f.FROZEN, draw)
    there = path.exists()
    desk.may_replace(path, yes=yes)
    rows = write_parquet(path, held.question["strata"], frozen.pool if frozen else (), force=there)
    seed = held.outcome.get("seed", "")
    desk.answer(
        _("Pool of draw {draw} written: {path}, {rows} rows.").format(draw=draw, path=path, rows=rows),
        *([_("Seed: {seed}").format(seed=seed)] if seed else []),
        next_step=f"liuhen draw show {draw}",
        data={"draw": draw, "file": str(path), "rows": rows, "seed": seed},
    )
