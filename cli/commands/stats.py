"""`liuhen stats`: the figures of a period, the entries behind each, and the database of views."""

from __future__ import annotations

from pathlib import Path

import click

from cli.csvfile import write_csv
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.table import table
from cli.telling import kind_name, time_shown
from cli.typed import day_typed
from ledger.durable import DOCUMENT, write_whole
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.figures import ATTRIBUTES, FIGURES, GROUPED, RATES, Figure, Period, Rate, Statistics

SHOWN = 200
"""Entries behind a figure that are shown to a person; JSON has all."""


def _period(desk: Desk, first: str, last: str) -> Period:
    """As typed; by default this year up to today."""
    today = desk.clock()[:10]
    end = day_typed(last) or today
    return Period(day_typed(first) or f"{end[:4]}-01-01", end)


@click.group(
    invoke_without_command=True,
    help=_("The figures of a period: counts, rates, coverage. Every report takes its numbers from here.")
    + example("liuhen stats", "liuhen stats --from 2026-01-01 --until 2026-06-30 --csv 统计.csv"),
)
@click.option("--from", "first", default="", metavar="DATE", help=_("First day (default: 1 January)"))
@click.option("--until", "last", default="", metavar="DATE", help=_("Last day (default: today)"))
@click.option("--csv", "file", type=click.Path(path_type=Path), help=_("Write them as CSV too"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@click.pass_context
def command(ctx: click.Context, first: str, last: str, file: Path | None, yes: bool) -> None:
    if ctx.invoked_subcommand is not None:
        return
    desk = ctx.find_object(Desk)
    if desk is None:
        return
    period = _period(desk, first, last)
    known = Statistics(desk.reading().facts(), period)
    figures, rates = known.figures(), known.rates()
    lines = [_("{first} – {last}").format(first=period.first, last=period.last)]
    lines += table(
        (_("Figure"), _("Amount"), _("Name")),
        [(_name(figure), figure.value, figure.key) for figure in figures],
        right=[1],
    )
    lines += table(
        (_("Rate"), _("Part"), _("Of"), _("Percent"), _("Name")),
        [(_name(r), r.part.value, r.whole.value, r.percent, r.key) for r in rates],
        right=[1, 2, 3],
    )
    if file:
        write_csv(desk, file, _columns(), _rows(figures, rates), yes=yes)
        lines.append(_("Written: {file}, {count} rows.").format(file=file, count=len(figures) + len(rates)))
    head = desk.reading().store.head()
    desk.answer(
        *lines,
        next_step="liuhen stats show visits",
        data={
            "from": period.first,
            "until": period.last,
            "head": f"{head.size}:{head.root.hex()}",
            "figures": {figure.key: figure.value for figure in figures},
            "rates": {r.key: {"part": r.part.value, "whole": r.whole.value} for r in rates},
        },
    )


def _name(one: Figure | Rate) -> str:
    return one.en if language_in_use() == "en" else one.zh


def _columns() -> tuple[str, ...]:
    return (_("Name"), _("Figure"), _("Amount"), _("Of"), _("Percent"))


def _rows(figures: list[Figure], rates: list[Rate]) -> list[tuple[object, ...]]:
    counts = [(figure.key, _name(figure), figure.value, "", "") for figure in figures]
    return counts + [(r.key, _name(r), r.part.value, r.whole.value, r.percent) for r in rates]


@command.command(
    "show",
    help=_("Show the entries behind a figure, or behind both parts of a rate.")
    + example("liuhen stats show problems --from 2026-01-01", "liuhen stats show covered:tag=油气"),
)
@click.argument("figure")
@click.option("--from", "first", default="", metavar="DATE", help=_("First day (default: 1 January)"))
@click.option("--until", "last", default="", metavar="DATE", help=_("Last day (default: today)"))
@pass_desk
def show(desk: Desk, figure: str, first: str, last: str) -> None:
    period = _period(desk, first, last)
    book = desk.reading()
    known = Statistics(book.facts(), period)
    figure = _key(figure)
    wanted = [known.figure(figure)]
    for rate in known.rates():
        if rate.key == figure and wanted == [None]:
            wanted = [rate.part, rate.whole]
    lines: list[str] = []
    data = []
    for one in wanted:
        if one is None:
            raise _unknown(figure)
        lines.append(f"{_name(one)} ({one.key}): {one.value}")
        bodies = [(member, book.entry(member.seq).body) for member in one.members[:SHOWN]]
        lines += table(
            (_("Entry"), _("Time"), _("Type"), _("Of what"), _("Amount")),
            [(m.seq, time_shown(body.time), kind_name(body.type), m.what, m.count) for m, body in bodies],
            right=[0, 4],
        )
        if len(one.members) > SHOWN:
            lines.append(_(" … {n} in all").format(n=len(one.members)))
        rows = [{"seq": m.seq, "what": m.what, "count": m.count} for m in one.members]
        data.append({"figure": one.key, "value": one.value, "entries": rows})
    entries = [row for one in wanted if one for row in one.members]
    desk.answer(
        *lines,
        next_step=f"liuhen log show {entries[0].seq}" if entries else "liuhen stats",
        data={"from": period.first, "until": period.last, "figures": data},
    )


def _key(typed: str) -> str:
    """The key of what was typed: a key, or the whole name that the table shows."""
    named = {zh: key for table_ in (FIGURES, RATES) for key, (zh, *_rest) in table_.items()}
    return named.get(typed, typed)


def _unknown(figure: str) -> LiuhenError:
    return LiuhenError(
        "E-FIGURE-UNKNOWN",
        N_("There is no figure {figure}."),
        remedy=N_("There are: {known}; by group {grouped}, such as covered:tag=油气."),
        exit=Exit.USAGE,
        figure=figure,
        known=", ".join(
            key if language_in_use() == "en" else f"{zh} {key}" for key, (zh, *_rest) in FIGURES.items()
        ),
        grouped=", ".join(f"{base}:{attribute}=…" for base in GROUPED for attribute in ATTRIBUTES),
    )


@command.command(
    "database",
    help=_(
        "Write a SQLite database of the ledger's facts for reports of your own: tables, views, full-text "
        "search. No private field is in it, and of a sealed draw nothing that is not public."
    )
    + example("liuhen stats database views.db --from 2026-01-01"),
)
@click.argument("file", type=click.Path(path_type=Path), default="views.db")
@click.option("--from", "first", default="", metavar="DATE", help=_("First day (default: 1 January)"))
@click.option("--until", "last", default="", metavar="DATE", help=_("Last day (default: today)"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def database(desk: Desk, file: Path, first: str, last: str, yes: bool) -> None:
    from ledger.database import write_database

    desk.may_replace(file, yes=yes)
    book = desk.reading()
    counts = write_database(book, file, _period(desk, first, last))
    desk.answer(
        _("Written: {file}, {count} rows in {tables} tables.").format(
            file=file, count=sum(counts.values()), tables=len(counts)
        ),
        next_step="liuhen stats",
        data={"file": str(file), "tables": counts},
    )


@command.command(
    "overview",
    help=_("Write one HTML page with the figures and plots of a period; it opens offline and prints.")
    + example("liuhen stats overview 统计.html --from 2026-01-01"),
)
@click.argument("file", type=click.Path(path_type=Path), default="统计.html")
@click.option("--from", "first", default="", metavar="DATE", help=_("First day (default: 1 January)"))
@click.option("--until", "last", default="", metavar="DATE", help=_("Last day (default: today)"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def overview_(desk: Desk, file: Path, first: str, last: str, yes: bool) -> None:
    from ledger.overview import Sheet, overview

    desk.may_replace(file, yes=yes)
    book = desk.reading()
    facts, head = book.facts(), book.store.head()
    ledger = facts.get(f.LEDGER, f.ONE)
    sheet = Sheet(ledger.office if ledger else "", f"{head.size}:{head.root.hex()}", desk.practice)
    page = overview(facts, _period(desk, first, last), sheet)
    write_whole(file, page.encode(), DOCUMENT)
    desk.answer(
        _("Written: {file}. Open it with a browser.").format(file=file),
        next_step="liuhen stats",
        data={"file": str(file)},
    )
