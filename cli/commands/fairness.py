"""`liuhen fairness`: was the lot fair over the years? Read-only, without a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.faults import ImportFaults
from cli.i18n import _, language_in_use
from cli.table import table
from cli.typed import quoted
from ledger import county, science
from ledger.durable import DOCUMENT, write_whole
from ledger.importing.tables import Unreadable, read_table
from verifier.errors import N_, Exit, LiuhenError
from verifier.wording import VERDICT

if TYPE_CHECKING:
    from ledger.fairness.report import Fairness

SHOWN = 30
"""Alarms that are shown to a person; page and JSON have all."""


@click.command(
    help=_(
        "Test whether the lot was fair over the years: the random numbers of enterprises, groups and "
        "officers, how often they were drawn or sent, who met whom. SOURCE is a bundle, a ledger, or a "
        "folder of them. Nothing is written to the ledger; no key is needed."
    )
    + example(
        "liuhen fairness 核验包.zip --year 2026",
        "liuhen fairness 各部门核验包 --html 公平性.html --watch 91640221MA0000001X",
    )
)
@click.argument("source", nargs=-1, type=click.Path(path_type=Path))
@click.option("--year", type=click.IntRange(2000, 2100), help=_("Year (default: all)"))
@click.option(
    "--groups",
    type=click.Path(path_type=Path),
    help=_("Groups fixed beforehand, such as owners: two columns, code and group (default: tags, districts)"),
)
@click.option("--watch", multiple=True, metavar="CODE", help=_("An enterprise named beforehand; repeatable"))
@click.option("--html", type=click.Path(path_type=Path), help=_("Write the report with plots as a page"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def command(
    desk: Desk,
    source: tuple[Path, ...],
    year: int | None,
    groups: Path | None,
    watch: tuple[str, ...],
    html: Path | None,
    yes: bool,
) -> None:
    science.require()
    from ledger.fairness import page
    from ledger.fairness.report import examine

    offices = county.read_all(county.sources(source or (desk.ledger,)))
    held = None if groups is None else groups_of(groups)
    hashed = "" if groups is None else file_hash(groups).hex()
    told = examine(offices, year, held, watch, hashed)
    if html is not None:
        desk.may_replace(html, yes=yes)
        tag = "zh-CN" if language_in_use() != "en" else "en"
        write_whole(html, page.page(told, _, tag).encode(), DOCUMENT)
    desk.answer(
        *_lines(told),
        *([_("Written: {file}").format(file=html)] if html else []),
        next_step="" if html else " ".join(["liuhen fairness", *map(quoted, source), "--html 公平性.html"]),
        data=told.json(),
    )


def groups_of(path: Path) -> Mapping[str, Sequence[str]]:
    """Group → codes of a table of two columns, code and group, below a header row. Raises
    ImportFaults, E-FAIRNESS-GROUPS."""
    found: dict[str, list[str]] = {}
    try:
        rows = read_table(path).rows[1:]
    except Unreadable as error:
        raise ImportFaults([error.fault], (), path) from error
    for row in rows:
        code, group = row.text(0).strip(), row.text(1).strip()
        if not code or not group:
            raise LiuhenError(
                "E-FAIRNESS-GROUPS",
                N_("Row {row} of the groups lacks a code or a group."),
                where=str(path),
                remedy=N_("Two columns below a header row: code, group; a code may stand in several rows."),
                exit=Exit.UNREADABLE,
                row=row.number,
            )
        found.setdefault(group, []).append(code)
    return found


def _lines(told: Fairness) -> list[str]:
    from ledger.fairness import page
    from ledger.fairness.report import ABOUT, SEALED

    lines = [
        _("Fairness of draws, {year}").format(year=told.year or _("all years")),
        _("{draws} draws, {tickets} tickets of enterprises").format(
            draws=len(told.history.lots), tickets=told.history.tickets
        ),
    ]
    lines += [f"{name}: {_verdict(verdict)}" for name, verdict, _head in told.offices]
    if not told.sound:
        lines.append(_("A source did not pass verification: settle that first."))
    if told.history.veiled:
        lines.append(_(SEALED).format(n=told.history.veiled))
    lines += ["", *table([_(one) for one in page.HEADER], page.summary(told, _), right=range(1, 7))]
    alarms = list(told.alarms)
    lines += ["", f"【{_('To be asked about')}】"]
    lines += [f"- {page.told_of(family, test, _)}" for family, test in alarms[:SHOWN]]
    if len(alarms) > SHOWN:
        lines.append(_("… {n} rows in all").format(n=len(alarms)))
    if not alarms:
        lines.append(_("No alarm: nothing here is further from honest lots than chance explains."))
    lines += [_(line) for line in ABOUT[:2]] if alarms else []
    lines += ["", f"【{_('Watched continuously')}】", page.bet_of_all(told, _)]
    lines += [page.bet_of(one, _) for one in told.watched]
    missing = page.left_out(told, _)
    return lines + (["", f"【{_('Not tested')}】", *missing] if missing else [])


def _verdict(value: str) -> str:
    verdict = VERDICT[value]
    return verdict.en if language_in_use() == "en" else verdict.zh
