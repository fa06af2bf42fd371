"""`liuhen county`: several offices read together, for who coordinates them (R080, R143–R145, R155)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.table import table
from cli.typed import day_typed
from ledger import county as read
from ledger.county import Office
from ledger.durable import DOCUMENT, write_whole
from ledger.scoring import Scoring, score, scoring, shipped
from ledger.workbook import sheets
from verifier.figures import FIGURES, RATES, Period
from verifier.wording import VERDICT

SHOWN = 20
"""Rows of a table that are shown; the workbook has all."""
Table = tuple[str, Sequence[str], list[Sequence[object]]]
"""Title, header, rows."""


@click.command(
    help=_(
        "Read the bundles or ledgers of several offices together. SOURCE is a bundle (.zip or folder), a "
        "ledger, or a folder of them. Each is verified; then: figures side by side, plans filed, results not "
        "published, enterprises inspected by several offices or too often, points of the appraisal."
    )
    + example(
        "liuhen county 各部门核验包", "liuhen county 各部门核验包 --year 2026 --cap 2 --xlsx 全县情况.xlsx"
    )
)
@click.argument("source", nargs=-1, type=click.Path(path_type=Path))
@click.option("--year", type=click.IntRange(2000, 2100), help=_("Year (default: the newest with draws)"))
@click.option(
    "--as-of", default="", metavar="DATE", help=_("Judge deadlines as of this day (default: today)")
)
@click.option(
    "--cap", default=2, show_default=True, help=_("Inspections a year that are too many above this")
)
@click.option("--days", default=30, show_default=True, help=_("Visits of two offices within so many days"))
@click.option(
    "--score", "by", type=click.Path(path_type=Path), help=_("Points of the appraisal (a .toml file)")
)
@click.option("--write-scoring", type=click.Path(path_type=Path), help=_("Write the points that are shipped"))
@click.option("--xlsx", type=click.Path(path_type=Path), help=_("Write every table as a workbook"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def command(
    desk: Desk,
    source: tuple[Path, ...],
    year: int | None,
    as_of: str,
    cap: int,
    days: int,
    by: Path | None,
    write_scoring: Path | None,
    xlsx: Path | None,
    yes: bool,
) -> None:
    if write_scoring is not None:
        _write(desk, write_scoring, shipped().encode(), yes=yes)
        desk.answer(_("Written: {file}").format(file=write_scoring), data={"file": str(write_scoring)})
        return
    if not source:
        raise click.UsageError(_("Name the bundles, or a folder of them."))
    today = day_typed(as_of) or desk.clock()[:10]
    points = scoring(by)
    offices = read.read_all(read.sources(source), f"{today}T23:59:59+08:00")
    chosen, year = year is not None, year or read.newest_year(offices) or int(today[:4])
    period = Period(
        f"{year}-01-01", min(f"{year}-12-31", today) if today >= f"{year}-01-01" else f"{year}-12-31"
    )
    tables = list(_tables(offices, period, year, points, cap, days))
    if xlsx is not None:
        _write(desk, xlsx, sheets(tables), yes=yes)
    lines = [line for one in tables for line in _lines(one)]
    desk.answer(
        _("{n} offices, {first} – {last}").format(n=len(offices), first=period.first, last=period.last),
        *(
            []
            if chosen
            else [_("The newest year with draws is {year}; another: --year YEAR").format(year=year)]
        ),
        *lines,
        *([_("Written: {file}").format(file=xlsx)] if xlsx else []),
        data={
            "year": year,
            "as_of": today,
            "tables": [
                {"title": title, "header": list(header), "rows": [list(row) for row in rows]}
                for title, header, rows in tables
            ],
        },
    )


def _write(desk: Desk, path: Path, data: bytes, *, yes: bool) -> None:
    desk.may_replace(path, yes=yes)
    write_whole(path, data, DOCUMENT)


def _lines(one: Table) -> Iterator[str]:
    title, header, rows = one
    yield ""
    yield f"【{title}】"
    yield from table(header, rows[:SHOWN])
    if len(rows) > SHOWN:
        yield _("… {n} rows in all").format(n=len(rows))


def _tables(
    offices: Sequence[Office], period: Period, year: int, points: Scoring, cap: int, days: int
) -> Iterator[Table]:
    yield _verification(offices)
    yield (
        _("Figures"),
        (_("Figure"), *(office.name for office in offices)),
        [(_named(key), *values) for key, values in read.figures(offices, period)],
    )
    yield _filings(offices, year)
    yield _unpublished(offices)
    burdens = read.burdens(offices, year)
    yield (
        _("Inspected more often than {cap} times").format(cap=cap),
        (_("Subject"), _("Name"), _("Times"), _("When, by whom")),
        [
            (one.subject, one.name, len(one.inspections), _days(one))
            for one in burdens
            if len(one.inspections) > cap
        ],
    )
    yield (
        _("Inspected by several offices within {days} days").format(days=days),
        (_("Subject"), _("Name"), _("Offices"), _("When, by whom")),
        [(one.subject, one.name, len(one.offices), _days(one)) for one in burdens if one.close(days)],
    )
    yield _appraisal(offices, period, points)


def _verification(offices: Sequence[Office]) -> Table:
    return (
        _("Verification"),
        (_("Office"), _("Verdict"), _("Entries"), _("Last entry"), _("Ledger id")),
        [
            (
                office.name,
                _verdict(office),
                (office.report.head or "").partition(":")[0],
                (office.report.last_time or "")[:10],
                office.ledger[:16],
            )
            for office in offices
        ],
    )


def _filings(offices: Sequence[Office], year: int) -> Table:
    return (
        _("Plans filed"),
        (_("Office"), _("Plan"), _("Table"), _("Authority"), _("Date")),
        [
            *(
                (one.office, one.plan, one.table, one.authority, one.date)
                for one in read.filings(offices, year)
            ),
            *((name, _("none filed"), "", "", "") for name in read.without_filing(offices, year)),
        ],
    )


def _unpublished(offices: Sequence[Office]) -> Table:
    return (
        _("Not published"),
        (_("Office"), _("Visit"), _("Subject"), _("Late"), _("Rule")),
        [
            (one.office, one.visit, one.subject, _("late") if one.late else "", one.expected)
            for one in read.unpublished(offices)
        ],
    )


def _appraisal(offices: Sequence[Office], period: Period, points: Scoring) -> Table:
    scored = [(office, *score(office, period, points)) for office in offices]
    return (
        _("Appraisal"),
        (_("Office"), _("Points"), _("Lost for")),
        [
            (office.name, left, "；".join(f"{one.what} ×{one.count} −{one.points}" for one in lost))
            for office, left, lost in sorted(scored, key=lambda row: -row[1])
        ],
    )


def _verdict(office: Office) -> str:
    verdict = VERDICT[office.report.verdict.value]
    return verdict.en if language_in_use() == "en" else verdict.zh


def _days(one: read.Burden) -> str:
    return "；".join(f"{held.day} {held.office}" for held in one.inspections)


def _named(key: str) -> str:
    zh, en = (FIGURES.get(key) or RATES[key])[:2]
    return en if language_in_use() == "en" else zh
