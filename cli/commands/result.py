"""`liuhen result`: register where and when results were made public (公示登记), and what is due."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.inspecting import reviews as reviewing
from cli.inspecting.named import visit_named
from cli.result_words import codes_option, results_shown
from cli.table import table
from cli.words import Word, said
from ledger.commands import find, plans, reviews, visits
from ledger.result_codes import FROM_G, TABLES, TO_G, from_g
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import is_time
from verifier.law.joined import fills_of
from verifier.vocabulary import CHANNELS, Role


@click.group(help=_("Publication of results (公示登记)"))
def command() -> None: ...


for _part in (reviewing.review, reviewing.return_):
    command.add_command(_part)


@command.command(
    "register",
    help=_("Register the publication of results: one channel, day and address for all the visits named.")
    + example("liuhen result register --all --channel credit_system --on 2026-03-12 --address 公示2026-1"),
)
@click.argument("named", nargs=-1, metavar="[VISIT]…")
@click.option("--all", "every", is_flag=True, help=_("Every inspected visit not yet published"))
@click.option("--draw", default="", help=_("With --all: of this draw only"))
@click.option("--channel", required=True, type=Word(CHANNELS), help=_("Where"))
@click.option("--on", "--date", "day", default="", metavar="DATE", help=_("Day (default: today)"))
@click.option("--address", default="", help=_("Web address or number of the notice"))
@click.option("--screenshot", type=click.Path(path_type=Path), help=_("File named by its hash"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def register(
    desk: Desk,
    named: tuple[str, ...],
    every: bool,
    draw: str,
    channel: str,
    day: str,
    address: str,
    screenshot: Path | None,
    yes: bool,
) -> None:
    if bool(named) == every:
        raise click.UsageError(_("Name the visits, or give --all."))
    day = day or desk.clock()[:10]
    if not is_time(f"{day}T00:00:00+08:00"):
        raise click.UsageError(_("“{text}” is no date YYYY-MM-DD.").format(text=day))
    facts = desk.facts
    if every:
        chosen = _ready(facts, draw)
    else:
        chosen = [visit_named(facts, name) for name in named]
    where = plans.publication(channel, day, address, file_hash(screenshot) if screenshot else None)
    signer = first_signer(desk, Role.CLERK, Role.OFFICER)
    question = _("Register {count} results as published on {day}, {channel}?")
    desk.sure(question.format(count=len(chosen), day=day, channel=said(CHANNELS, channel)), yes=yes)
    written = visits.register_results(desk.book, signer, chosen, where)
    desk.answer(
        _("{count} results registered: {channel}, {day}.").format(
            count=len(chosen), channel=said(CHANNELS, channel), day=day
        ),
        next_step="liuhen result list",
        data={"visits": chosen, "channel": channel, "date": day},
        written=written,
    )


def _ready(facts: f.Facts, draw: str) -> list[str]:
    """Every visit that may be published."""
    held = [
        (visit.seq, name)
        for name, visit in facts.rows(f.VISITS)
        if visit.state == "effective"
        and draw in ("", visit.data["draw"])
        and reviews.publishable(facts, name, visit)
    ]
    if not held:
        raise LiuhenError(
            "E-RESULT-NONE",
            N_("No inspected visit waits for its publication."),
            remedy=N_("See how far they are: liuhen inspect show"),
            exit=Exit.REFUSED,
        )
    return [name for _seq, name in sorted(held)]


@command.command(
    "list",
    help=_("List results with the last day of their publication; what is late is marked.")
    + example("liuhen result list", "liuhen result list --codes z"),
)
@click.option("--draw", default="", help=_("Of this draw only"))
@codes_option
@pass_desk
def list_(desk: Desk, draw: str, codes: str) -> None:
    facts = desk.reading().facts()
    wanted = (
        [find.visits_draw(facts, draw)]
        if draw
        else [n for n, d in find.draws(facts) if d.state in find.DONE and fills_of(facts, n) is None]
    )
    rows, data, late = [], [], 0
    for name in wanted:
        names = find.names_at_freeze(facts, name)
        for one in visits.dues(facts, name, desk.clock()[:10]):
            if not one.visit:
                continue
            late += one.late and one.state != "published"
            told = one.published or (_("overdue!") if one.late else _("not yet"))
            subject = names.get(one.team.subject, one.team.subject)
            held = facts.get(f.VISITS, one.visit)
            stored = held.data["results"] if held else []
            shown = results_shown(codes, stored)
            rows.append(
                (one.visit, subject, one.occurred, shown, one.limit_words(_("provisional 暂定")), told)
            )
            data.append({**one.data(names), "results": from_g(codes, stored)[0], "codes": codes})
    header = (_("Visit"), _("Name"), _("Day"), _("Result"), _("Publish by"), _("Published"))
    lines = table(header, rows) if rows else [_("No visit is recorded yet.")]
    if late:
        lines.append(_("{count} are overdue.").format(count=late))
    waiting = [row for row in data if row["state"] == "effective"]
    step = "liuhen result register --all --channel credit_system --address " + _("NOTICE")
    if not waiting:
        step = "liuhen bundle export" if rows else "liuhen inspect show"
    desk.answer(*lines, next_step=step, data={"results": data, "overdue": late})


@command.command(
    "codes",
    help=_("Show the tables of result codes in use, and what each code is in the ledger (table G).")
    + example("liuhen result codes", "liuhen result codes --codes z"),
)
@codes_option
@pass_desk
def codes_(desk: Desk, codes: str) -> None:
    rows, data = [], []
    for code, word in TABLES[codes][1].items():
        if codes == "g":
            others = [FROM_G[name].get(code) for name in ("z", "i")]
        else:
            others = [TO_G[codes][code]]
        told = [f"{'≈' if fellow.near else ''}{fellow.code}" if fellow else "-" for fellow in others]
        rows.append((code, word, *told))
        data.append(
            {"code": code, "word": word, "other": [fellow.code if fellow else None for fellow in others]}
        )
    heads = ("Z", "I") if codes == "g" else ("G",)
    desk.answer(
        TABLES[codes][0],
        *table((_("Code"), _("Result"), *heads), rows),
        _("≈: the nearest; -: none. The ledger stores table G."),
        next_step="liuhen result list --codes z",
        data={"table": codes, "codes": data},
    )
